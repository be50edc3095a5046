from collections import defaultdict
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, float_round

from ..engine.measured import Measured
from .mrp_routing_workcenter import as_master

# What happened longer ago says little about how long it takes today.
MEMORY_DAYS = 730
# Of a kind the latest cases count.
MAX_CASES = 50
MONTH_DAYS = 365 / 12
# A proposal differs by so much of the planned time, and by no less than this.
LEAST_SHARE = 0.1
LEAST = {"work": 0.1, "vendor": 1.0}
# Core takes a work order's time from its plan when nobody has measured it, in seconds.
SAME_MINUTES = 0.05
EPOCH = datetime(1970, 1, 1)
KINDS = [("work", "Work"), ("vendor", "Vendor")]

# Of each operation of a master, by what its capacity depends on: minutes, quantity,
# whether it was measured, and when it was done. Breaks are losses that stop the work;
# who works at the same time on the same is busy there once.
WORK = """
    WITH done AS MATERIALIZED (
        SELECT workorder.id, workorder.workcenter_id, production.product_id,
               coalesce(operation.mto_template_operation_id, operation.id)
                   AS operation_id,
               production.product_uom_id, made.product_qty AS batch,
               workorder.qty_produced, workorder.duration_expected,
               workorder.date_finished
          FROM mrp_workorder workorder
          JOIN mrp_production production ON production.id = workorder.production_id
          JOIN mrp_bom made ON made.id = production.bom_id
          JOIN mrp_routing_workcenter operation
            ON operation.id = workorder.operation_id
          JOIN mrp_bom bom ON bom.id = operation.bom_id
         WHERE workorder.state = 'done'
           AND workorder.qty_produced > 0
           AND workorder.date_finished >= %(since)s
           AND production.company_id = %(company)s
           AND %(as_master)s
    ),
    log AS (
        SELECT log.workorder_id, log.date_start, log.date_end,
               max(log.date_end) OVER (
                   PARTITION BY log.workorder_id ORDER BY log.date_start, log.id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
               ) AS busy_until
          FROM mrp_workcenter_productivity log
          JOIN mrp_workcenter_productivity_loss loss ON loss.id = log.loss_id
          JOIN mrp_workcenter_productivity_loss_type kind ON kind.id = loss.loss_id
         WHERE kind.loss_type IN ('productive', 'performance')
           AND log.date_end IS NOT NULL
           AND log.workorder_id IN (SELECT id FROM done)
    ),
    worked AS (
        SELECT workorder_id,
               sum(extract(epoch FROM greatest(
                   date_end - greatest(date_start, busy_until), interval '0'
               ))) / 60 AS minutes
          FROM log
         GROUP BY workorder_id
    )
    SELECT done.operation_id, done.workcenter_id, done.product_id,
           done.product_uom_id, done.batch,
           array_agg(ARRAY[
               worked.minutes,
               done.qty_produced,
               CASE WHEN worked.minutes > 0
                     AND abs(worked.minutes - done.duration_expected) > %(same)s
                    THEN 1 ELSE 0 END,
               extract(epoch FROM done.date_finished)
           ] ORDER BY done.date_finished DESC, done.id DESC)
      FROM done
      JOIN mrp_routing_workcenter master ON master.id = done.operation_id
      JOIN mrp_bom bom ON bom.id = master.bom_id AND bom.active
      LEFT JOIN worked ON worked.workorder_id = done.id
     WHERE master.active AND bom.mto_is_order_bom IS NOT TRUE
     GROUP BY 1, 2, 3, 4, 5"""

# Of each vendor's offer of a product: days from the order to the last of it, and when
# that was. The offer is the one that core would choose; of several quantities with the
# same lead time the first stands for all. Who had more time than he needs and was not
# late took no longer than promised; how much less, nobody knows.
RECEIPTS = """
    WITH received AS (
        SELECT purchase_line_id,
               max(date) FILTER (WHERE state = 'done') AS date
          FROM stock_move
         WHERE purchase_line_id IS NOT NULL AND origin_returned_move_id IS NULL
         GROUP BY purchase_line_id
        HAVING bool_and(state IN ('done', 'cancel')) AND bool_or(state = 'done')
    )
    SELECT (SELECT min(peer.id)
              FROM product_supplierinfo peer
             WHERE peer.partner_id = offer.partner_id
               AND peer.product_tmpl_id = offer.product_tmpl_id
               AND peer.product_id IS NOT DISTINCT FROM offer.product_id
               AND peer.company_id IS NOT DISTINCT FROM offer.company_id
               AND peer.delay = offer.delay),
           array_agg(ARRAY[
               extract(epoch FROM greatest(interval '0', least(
                   received.date - purchase.date_approve,
                   greatest(
                       offer.delay * interval '1 day',
                       received.date - coalesce(
                           line.mto_lead_start,
                           greatest(
                               purchase.date_approve,
                               line.date_planned - offer.delay * interval '1 day'
                           )))))) / 86400,
               extract(epoch FROM received.date)
           ] ORDER BY received.date DESC, line.id DESC)
      FROM received
      JOIN purchase_order_line line ON line.id = received.purchase_line_id
      JOIN purchase_order purchase ON purchase.id = line.order_id
      JOIN res_partner vendor ON vendor.id = purchase.partner_id
      JOIN product_product product ON product.id = line.product_id
      JOIN uom_uom unit ON unit.id = line.product_uom_id
      JOIN LATERAL (
          SELECT info.*
            FROM product_supplierinfo info
            JOIN uom_uom info_unit ON info_unit.id = info.product_uom_id
           WHERE info.product_tmpl_id = product.product_tmpl_id
             AND (info.product_id IS NULL OR info.product_id = product.id)
             AND (info.company_id IS NULL OR info.company_id = purchase.company_id)
             AND info.partner_id IN (vendor.id, vendor.parent_id)
             AND coalesce(info.min_qty, 0)
                 <= line.product_qty * unit.factor / info_unit.factor + 0.00001
           ORDER BY info.price * (1 - coalesce(info.discount, 0) / 100), info.sequence,
                    info.id
           LIMIT 1
      ) offer ON true
     WHERE purchase.company_id = %(company)s
       AND purchase.date_approve IS NOT NULL
       AND received.date >= %(since)s
     GROUP BY 1"""


class MtoTime(models.Model):
    """What is planned for an operation or a vendor, and what it really takes."""

    _name = "mto.time"
    _description = "Planned and Real Time"
    _order = "is_proposed desc, kind desc, weight desc, id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product", readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", string="Variant", readonly=True, ondelete="cascade"
    )

    # Work
    operation_id = fields.Many2one(
        "mrp.routing.workcenter", readonly=True, index=True, ondelete="cascade"
    )
    bom_id = fields.Many2one(
        "mrp.bom", string="Bill of Materials", readonly=True, ondelete="cascade"
    )
    workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Work Center", readonly=True, ondelete="cascade"
    )
    is_alternative = fields.Boolean(
        "On an Alternative",
        compute="_compute_planned",
        store=True,
        help="It was done on another work center than its own. The operation has one "
        "time for all of them; the efficiency of a work center says what differs.",
    )
    is_learned = fields.Boolean(
        "Computed by Odoo",
        compute="_compute_planned",
        store=True,
        help="The duration of this operation is “Computed”: Odoo takes the average of "
        "its last work orders by itself.",
    )
    capacity = fields.Float(
        "Pieces at a Time",
        readonly=True,
        help="How many pieces the planned and the real time are for. With units that "
        "the work center counts otherwise, those of the last time.",
    )
    fixed_minutes = fields.Float(
        "Set-up and Clean-up",
        readonly=True,
        help="Minutes that each work order takes besides, however many pieces. They "
        "are taken off what was measured.",
    )
    cycles_month = fields.Float(readonly=True)

    # Vendor
    supplierinfo_id = fields.Many2one(
        "product.supplierinfo", readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", readonly=True, ondelete="cascade"
    )

    # What was measured: minutes of one cycle, or days
    measured = fields.Json(readonly=True, prefetch=False)
    unmeasured = fields.Integer(
        "Not Measured",
        readonly=True,
        help="Work orders that nobody has measured: Odoo took their time from the "
        "plan. They say nothing and are left out.",
    )
    last_date = fields.Datetime("Last Case", readonly=True)
    cases = fields.Integer(compute="_compute_real", store=True)
    left_out = fields.Integer(
        compute="_compute_real",
        store=True,
        help="More than four times as long as the one in the middle, or less than a "
        "quarter of it: a timer that was forgotten, or started at the end.",
    )
    planned = fields.Float(
        compute="_compute_planned",
        store=True,
        aggregator=False,
        help="Work: minutes of the operation, as its bill of materials says. Vendor: "
        "days of the vendor's price list.",
    )
    real = fields.Float(
        compute="_compute_real",
        store=True,
        aggregator=False,
        help="What it took in the middle: half of the cases took less, half of them "
        "more.",
    )
    low = fields.Float("A Quarter Below", compute="_compute_real", store=True)
    high = fields.Float("A Quarter Above", compute="_compute_real", store=True)
    longer = fields.Integer(
        "Took Longer", compute="_compute_proposal", store=True, aggregator=False
    )
    shorter = fields.Integer(
        "Took Less", compute="_compute_proposal", store=True, aggregator=False
    )
    proposed = fields.Float(
        compute="_compute_proposal",
        store=True,
        aggregator=False,
        help="The real time, rounded as people enter it.",
    )
    is_proposed = fields.Boolean(
        "Proposal",
        compute="_compute_proposal",
        store=True,
        help="That most cases took longer, or most took less, is no chance, and the "
        "difference is a tenth of the planned time at least.",
    )
    difference = fields.Float(
        "Difference (%)", compute="_compute_proposal", store=True, aggregator="avg"
    )
    hours_month = fields.Float(
        "Hours a Month",
        compute="_compute_proposal",
        store=True,
        help="Work that the plan has too few hours for (or, below zero, too many), in "
        "a month as those of the last two years.",
    )
    weight = fields.Float(compute="_compute_proposal", store=True)

    # Taken over
    before = fields.Float("Planned Before", readonly=True, aggregator=False)
    taken = fields.Float("Taken Over", readonly=True, aggregator=False)
    taken_date = fields.Datetime("Taken Over On", readonly=True)
    taken_by_id = fields.Many2one(
        "res.users", string="Taken Over By", readonly=True, ondelete="set null"
    )

    _work_unique = models.UniqueIndex(
        "(company_id, operation_id, workcenter_id) WHERE operation_id IS NOT NULL"
    )
    _vendor_unique = models.UniqueIndex(
        "(company_id, supplierinfo_id) WHERE supplierinfo_id IS NOT NULL"
    )

    # What follows from what was measured

    @api.depends(
        "operation_id.time_cycle_manual",
        "operation_id.time_mode",
        "operation_id.workcenter_id",
        "supplierinfo_id.delay",
    )
    def _compute_planned(self):
        for row in self:
            operation = row.operation_id
            row.is_learned = operation.time_mode == "auto"
            row.is_alternative = operation.workcenter_id != row.workcenter_id
            row.planned = (
                operation.time_cycle if operation else row.supplierinfo_id.delay
            )

    @api.depends("measured")
    def _compute_real(self):
        for row in self:
            cases = row._get_cases()
            row.cases = len(cases) if cases else 0
            row.left_out = cases.left_out if cases else 0
            row.real = cases.middle if cases else 0
            row.low = cases.low if cases else 0
            row.high = cases.high if cases else 0

    @api.depends(
        "measured",
        "planned",
        "is_learned",
        "is_alternative",
        "cycles_month",
        "workcenter_id.time_efficiency",
    )
    def _compute_proposal(self):
        for row in self:
            cases, planned = row._get_cases(), row.planned
            row.longer = cases.longer(planned) if cases else 0
            row.shorter = cases.shorter(planned) if cases else 0
            row.proposed = row._round(row.real)
            off = row.proposed - planned
            row.is_proposed = bool(
                cases
                and not (row.is_learned or row.is_alternative)
                and abs(off) >= max(LEAST[row.kind], LEAST_SHARE * planned)
                and cases.differs(planned)
            )
            off_by = (row.real - planned) / planned if cases and planned else 0
            row.difference = 100 * off_by
            minutes = row.cycles_month * (row.real - planned) if cases else 0
            efficiency = row.workcenter_id.time_efficiency or 100
            row.hours_month = minutes / 60 * 100 / efficiency
            row.weight = abs(row.hours_month or row.difference)

    def _get_cases(self):
        """``Measured``, or ``None`` if nothing was."""
        self.ensure_one()
        return Measured(self.measured) if self.measured else None

    def _round(self, value):
        """A time as people enter it: vendors' in days, short work in tenths."""
        if self.kind == "work" and value < 10:
            return float_round(value, precision_digits=1)
        return float_round(value, precision_digits=0)

    @api.depends("operation_id", "partner_id", "product_tmpl_id")
    def _compute_display_name(self):
        for row in self:
            product = row.product_id or row.product_tmpl_id
            done_by = row.operation_id or row.partner_id
            row.display_name = f"{product.display_name}: {done_by.display_name}"

    # Learning

    @api.model
    def _cron_learn(self):
        """Learn anew from the work and the receipts of all companies."""
        self._learn(self.env["res.company"].search([("active", "=", True)]))

    def action_learn(self):
        """Button: learn from what was done up to now.

        :raises AccessError: the user is neither in manufacturing nor in purchase.
        """
        user = self.env.user
        if not (
            user.has_group("mrp.group_mrp_user")
            or user.has_group("purchase.group_purchase_user")
        ):
            raise AccessError(
                self.env._("Learning times needs manufacturing or purchase rights.")
            )
        # Superuser: what was learned is written by learning only, never by hand.
        self.sudo()._learn(self.env.companies)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _learn(self, companies):
        """Have a row for each operation and each offer that something was done of.

        Rows stay the same records: who has taken over a time wants to put it back.
        """
        self.env.flush_all()
        since = fields.Datetime.now() - timedelta(days=MEMORY_DAYS)
        for company in companies:
            # As the company: its own capacities, set-up times and efficiencies.
            self.with_company(company)._learn_company(company, since)
        # What Odoo learns by itself is planned otherwise after each work order.
        learned = self.search([("is_learned", "=", True)])
        learned.operation_id.invalidate_recordset(["time_cycle"])
        learned._compute_planned()

    @api.model
    def _learn_company(self, company, since):
        found = {
            **self._read_work(company, since),
            **self._read_receipts(company, since),
        }
        rows = {
            row._get_key(): row
            for row in self.search([("company_id", "=", company.id)])
        }
        self.browse(row.id for key, row in rows.items() if key not in found).unlink()
        for key in rows.keys() & found.keys():
            rows[key]._follow(found[key])
        self.create([found[key] for key in found if key not in rows])

    def _get_key(self):
        """What a row is about, by ids."""
        self.ensure_one()
        return self.operation_id.id, self.workcenter_id.id, self.supplierinfo_id.id

    def _follow(self, values):
        """Write what is another value than before."""
        changed = {
            name: value
            for name, value in values.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)

    # Work

    @api.model
    def _read_work(self, company, since):
        """``{key: values}`` of all operations of masters that something was done of."""
        rows = self.env.execute_query(
            SQL(
                WORK,
                since=since,
                company=company.id,
                same=SAME_MINUTES,
                as_master=as_master(SQL("operation"), SQL("bom")),
            )
        )
        works = defaultdict(list)
        Center, Product = self.env["mrp.workcenter"], self.env["product.product"]
        Unit = self.env["uom.uom"]
        centers = Center.browse({row[1] for row in rows})
        products = Product.browse({row[2] for row in rows})
        units = Unit.browse({row[3] for row in rows})
        for operation_id, center_id, product_id, unit_id, batch, cases in rows:
            rate = (
                Center.browse(center_id)
                .with_prefetch(centers.ids)
                ._get_capacity(
                    Product.browse(product_id).with_prefetch(products.ids),
                    Unit.browse(unit_id).with_prefetch(units.ids),
                    batch or 1,
                )
            )
            works[operation_id, center_id] += [(*case, *rate) for case in cases]
        operations = self.env["mrp.routing.workcenter"].browse(key[0] for key in works)
        return {
            (operation.id, center_id, False): {
                "company_id": company.id,
                "kind": "work",
                "operation_id": operation.id,
                "workcenter_id": center_id,
                "bom_id": operation.bom_id.id,
                "product_tmpl_id": operation.bom_id.product_tmpl_id.id,
                "product_id": operation.bom_id.product_id.id,
                **self._measure_work(centers.browse(center_id), cases),
            }
            for operation, (_id, center_id), cases in zip(
                operations, works, works.values(), strict=True
            )
        }

    @api.model
    def _measure_work(self, center, cases):
        """What work orders say of an operation.

        Each says how long one cycle takes: without what each work order takes besides,
        and at an efficiency of 100 %, as the master tells it.

        :param cases: ``(minutes, quantity, was it measured, when, capacity, minutes of
            set-up, of clean-up)`` of each.
        """
        cases.sort(key=lambda case: -case[3])
        efficiency = (center.time_efficiency or 100.0) / 100
        measured, all_cycles = [], 0
        for minutes, quantity, is_measured, _when, capacity, *fixed in cases:
            cycles = float_round(quantity / capacity, 0, rounding_method="UP") or 1
            all_cycles += cycles
            if is_measured:
                worked = max(0.0, minutes - sum(fixed))
                measured.append(round(worked * efficiency / cycles, 4))
        *_rest, last, capacity, setup, cleanup = cases[0]
        lasted = fields.Datetime.now() - _as_datetime(cases[-1][3])
        return {
            "measured": measured[:MAX_CASES] or False,
            "unmeasured": len(cases) - len(measured),
            "last_date": _as_datetime(last),
            "capacity": capacity,
            "fixed_minutes": setup + cleanup,
            "cycles_month": all_cycles / max(1.0, lasted.days / MONTH_DAYS),
        }

    # Vendors

    @api.model
    def _read_receipts(self, company, since):
        """``{key: values}`` of all vendors' offers that something was received of."""
        rows = self.env.execute_query(SQL(RECEIPTS, since=since, company=company.id))
        offers = self.env["product.supplierinfo"].browse(row[0] for row in rows)
        return {
            (False, False, offer.id): {
                "company_id": company.id,
                "kind": "vendor",
                "supplierinfo_id": offer.id,
                "partner_id": offer.partner_id.id,
                "product_tmpl_id": offer.product_tmpl_id.id,
                "product_id": offer.product_id.id,
                "measured": [round(days, 2) for days, _when in cases[:MAX_CASES]],
                "last_date": _as_datetime(cases[0][1]),
            }
            for offer, (_id, cases) in zip(offers, rows, strict=True)
        }


def _as_datetime(seconds):
    """A moment of SQL, naive UTC, to the second."""
    return EPOCH + timedelta(seconds=round(seconds))
