from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..bridge.structure import Safeties, Safety
from ..engine.safety import least_cases, quantile

# What happened longer ago says little about how the factory keeps its dates today.
MEMORY_DAYS = 730
# The latest deliveries of a kind that are looked at.
MAX_CASES = 500
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
SLIPPAGES = """
    SELECT promise.company_id, %(case)s AS record_id,
           (array_agg(
               EXTRACT(epoch FROM promise.actual_date - promise.planned_date)
               ORDER BY promise.actual_date DESC, promise.id
           ))[:%(most)s]
      FROM mto_promise promise
      JOIN product_product product ON product.id = promise.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
     WHERE promise.state IN ('kept', 'missed')
       AND promise.actual_date >= %(since)s
       AND promise.planned_date IS NOT NULL
       AND promise.company_id IN %(companies)s
     GROUP BY promise.company_id, 2"""


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
    cases = fields.Integer("Deliveries", readonly=True)
    days = fields.Float(
        "Safety (Days)",
        digits=(16, 2),
        readonly=True,
        help="With so many days after the plan, the date is kept as often as the "
        "company's service level asks for.",
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
        # Superuser: what was learned is written by learning only, never by hand.
        self.sudo()._learn(self.env.companies)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _learn(self, companies):
        """Replace what is known about companies by what their ledgers say now."""
        learned = [
            values
            for kind, _label in KINDS
            for values in self._learn_kind(kind, companies)
        ]
        old = self.search([("company_id", "in", companies.ids)])
        old.unlink()
        return self.create(learned)

    @api.model
    def _learn_kind(self, kind, companies):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                SLIPPAGES,
                case=CASES[kind],
                most=MAX_CASES,
                since=fields.Datetime.now() - timedelta(days=MEMORY_DAYS),
                companies=tuple(companies.ids) or (0,),
            )
        )
        for company_id, record_id, slippages in rows:
            if kind == "company" or record_id:
                company = companies.browse(company_id)
                yield self._prepare_learned(kind, company, record_id, slippages)

    @api.model
    def _prepare_learned(self, kind, company, record_id, slippages):
        field = {"family": "category_id", "center": "workcenter_id"}
        field["vendor"] = "partner_id"
        slippages = sorted(map(float, slippages))
        level = company.mto_service_level / 100
        return {
            "company_id": company.id,
            "kind": kind,
            "cases": len(slippages),
            "days": quantile(slippages, level) / 86400,
            "days_50": quantile(slippages, 0.5) / 86400,
            "days_90": quantile(slippages, 0.9) / 86400,
            **({field[kind]: record_id} if kind in field else {}),
        }

    # Use

    @api.model
    def _get_learned(self, company):
        """What a company has learned from enough cases."""
        least = least_cases(company.mto_service_level / 100)
        return self.search(
            Domain("company_id", "=", company.id) & Domain("cases", ">=", least)
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
        )
