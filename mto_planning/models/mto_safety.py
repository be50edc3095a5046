from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..bridge.clock import to_seconds
from ..bridge.structure import Safeties, Safety
from ..bridge.workdays import read_workdays
from ..engine.safety import Experience, count_recent, days_begun, least_cases

# What happened longer ago says little about how the factory keeps its dates today.
MEMORY_DAYS = 730
# The latest deliveries of a kind that are looked at.
MAX_CASES = 10000
# How long before its delivery an order may have been promised for it to count in full.
LONGEST_DAYS = 730
KINDS = [
    ("company", "All deliveries"),
    ("family", "Product category"),
    ("center", "Held up by a work center"),
    ("vendor", "Held up by a vendor"),
]
# Column of the ledger that tells the cases of a kind apart.
CASES = {
    "company": SQL("NULL::int"),
    "family": SQL("template.categ_id"),
    "center": SQL("promise.constraint_workcenter_id"),
    "vendor": SQL("promise.constraint_partner_id"),
}
# Of each delivery: when its date was told, when it was planned and when it was. If the
# customer has accepted a later date, the one before; what is planned just in time for
# the date that was asked for can only be late from its start on.
DELIVERIES = """
    SELECT %(case)s AS record_id,
           (array_agg(
               ARRAY[
                   EXTRACT(epoch FROM greatest(
                       CASE WHEN promise.first_planned_date IS NULL
                            THEN coalesce(promise.confirmed_date, promise.create_date)
                            ELSE (SELECT min(confirmed_date)
                                    FROM mto_promise
                                   WHERE line_id = promise.line_id)
                        END,
                       CASE WHEN promise.on_request
                             AND promise.requested_date IS NOT NULL
                            THEN promise.latest_start
                        END)),
                   EXTRACT(epoch FROM
                       coalesce(promise.first_planned_date, promise.planned_date)),
                   EXTRACT(epoch FROM promise.actual_date)
               ]
               ORDER BY promise.actual_date DESC, promise.id
           ))[:%(most)s]
      FROM mto_promise promise
      JOIN product_product product ON product.id = promise.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
     WHERE promise.state IN ('kept', 'missed')
       AND promise.actual_date >= %(since)s
       AND promise.planned_date IS NOT NULL
       AND promise.company_id = %(company)s
     GROUP BY 1"""


class MtoSafety(models.Model):
    """How much later than planned deliveries are, learned from those of the past."""

    _name = "mto.safety"
    _description = "Learned Safety"
    _order = "company_id, kind, cases desc, id"
    _rec_name = "kind"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, string="Learned From", required=True, readonly=True)
    category_id = fields.Many2one("product.category", readonly=True, ondelete="cascade")
    workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Work Center", readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", readonly=True, ondelete="cascade"
    )
    cases = fields.Integer(
        "Deliveries",
        readonly=True,
        help="Those of the last half year; if they are fewer than 500, the latest 500 "
        "of the last two years.",
    )
    is_own = fields.Boolean(
        "Used",
        readonly=True,
        help="Whether these have a safety of their own. If they keep that of all "
        "deliveries as often as the others do, that one is used: it was learned from "
        "more.",
    )
    lead_days = fields.Integer(
        "Planned Ahead (Days)",
        readonly=True,
        help="Working days from the promise to the planned delivery, of the order in "
        "the middle. What is planned four times as long ahead gets twice the safety.",
    )
    longest_days = fields.Integer(
        "Longest (Days)",
        readonly=True,
        help="Working days from the promise to the planned delivery, of the order that "
        "was planned longest ahead. Beyond it the safety does not grow.",
    )
    days = fields.Float(
        "Safety (Days)",
        digits=(16, 2),
        readonly=True,
        help="With so many working days after the plan, the date of an order that is "
        "planned so long ahead is kept as often as the company's service level asks "
        "for.",
    )
    days_50 = fields.Float("Kept with 50 % (Days)", digits=(16, 2), readonly=True)
    days_90 = fields.Float("Kept with 90 % (Days)", digits=(16, 2), readonly=True)

    # Learning

    @api.model
    def _cron_learn(self):
        """Learn anew from the deliveries of all companies."""
        companies = self.env["mto.promise"]._read_group(
            [("state", "in", ("kept", "missed"))], ["company_id"]
        )
        self._learn(self.env["res.company"].concat(*(row[0] for row in companies)))

    def action_learn(self):
        """Button: learn from the deliveries up to now.

        :raises AccessError: the user does not manage manufacturing.
        """
        if not self.env.user.has_group("mrp.group_mrp_manager"):
            raise AccessError(
                self.env._("Learning the safety needs manufacturing manager rights.")
            )
        self._learn(self.env.companies)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _learn(self, companies):
        """Replace what is known about companies by what their ledgers say now."""
        # Superuser: what was learned is written by learning only, never by hand.
        inside = self.sudo()
        learned = [
            values for company in companies for values in inside._learn_company(company)
        ]
        inside.search([("company_id", "in", companies.ids)]).unlink()
        return inside.create(learned)

    @api.model
    def _learn_company(self, company):
        """Values of all that the deliveries of a company say."""
        now = fields.Datetime.now()
        since = now - timedelta(days=MEMORY_DAYS)
        workdays = read_workdays(company, since - timedelta(days=LONGEST_DAYS), now)
        usual = None
        for kind, _label in KINDS:
            for record_id, deliveries in self._get_deliveries(kind, company, since):
                moments = (actual for _told, _planned, actual in deliveries)
                recent = count_recent(moments, to_seconds(now))
                cases = [_read(workdays, *row) for row in deliveries]
                experience = Experience(cases, recent)
                usual = usual or experience
                yield self._prepare_learned(kind, company, record_id, experience, usual)

    @api.model
    def _get_deliveries(self, kind, company, since):
        """``(record id, rows of DELIVERIES, the latest first)`` of a kind."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                DELIVERIES,
                case=CASES[kind],
                most=MAX_CASES,
                since=since,
                company=company.id,
            )
        )
        for record_id, deliveries in rows:
            if kind == "company" or record_id:
                yield record_id, deliveries

    @api.model
    def _prepare_learned(self, kind, company, record_id, experience, usual):
        """Values of a row.

        :param experience: the ``Experience`` of its deliveries.
        :param usual: that of all deliveries.
        """
        field = {"family": "category_id", "center": "workcenter_id"}
        field["vendor"] = "partner_id"
        level = company.mto_service_level / 100
        return {
            "company_id": company.id,
            "kind": kind,
            "cases": len(experience),
            "is_own": kind == "company" or experience.stands_out(usual, level),
            "lead_days": days_begun(experience.usual),
            "longest_days": days_begun(experience.longest),
            "days": experience.safety(level) / 86400,
            "days_50": experience.safety(0.5) / 86400,
            "days_90": experience.safety(0.9) / 86400,
            **({field[kind]: record_id} if kind in field else {}),
        }

    # Use

    @api.model
    def _get_learned(self, company):
        """What a company has learned from enough cases that are no chance."""
        least = least_cases(company.mto_service_level / 100)
        return self.search(
            Domain("company_id", "=", company.id)
            & Domain("cases", ">=", least)
            & Domain("is_own", "=", True)
        )

    def _get_safeties(self, product, company):
        """Of what a company has learned, that for a product that it delivers.

        The narrowest kind counts: the nearest category, then all deliveries, then what
        the company has set.

        :return: ``Safeties``.
        """
        family = self.filtered("category_id").grouped("category_id")
        category, usual = product.categ_id, self.browse()
        while category and not usual:
            usual, category = family.get(category, usual), category.parent_id
        usual = usual or self.filtered(lambda row: row.kind == "company")
        level = company.mto_service_level
        default = round(company.mto_safety_days * 86400)
        return Safeties(
            usual=usual._as_safety(level) if usual else Safety(default, level),
            by_center={
                row.workcenter_id.id: row._as_safety(level)
                for row in self.filtered("workcenter_id")
            },
            by_vendor={
                row.partner_id.id: row._as_safety(level)
                for row in self.filtered("partner_id")
            },
        )

    def _as_safety(self, level):
        self.ensure_one()
        return Safety(
            seconds=round(self.days * 86400),
            level=level,
            cases=self.cases,
            half_seconds=round(self.days_50 * 86400),
            most_seconds=round(self.days_90 * 86400),
            usual_lead=self.lead_days * 86400,
            longest_lead=self.longest_days * 86400,
        )


def _read(workdays, told, planned, actual):
    """A row of ``DELIVERIES`` as ``Experience`` takes it."""
    told, planned, actual = map(round, (told, planned, actual))
    return workdays.between(planned, actual), workdays.between(told, planned)
