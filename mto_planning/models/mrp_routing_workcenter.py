from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from ..bridge.structure import Rate
from .bom_content import number

# An operation that says of its work what the master says: the master's own, and copies
# for orders whose time and work center nobody has changed for the order.
AS_MASTER = """
    CASE WHEN %(operation)s.mto_template_operation_id IS NULL
         THEN %(bom)s.mto_is_order_bom IS NOT TRUE
         WHEN %(bom)s.mto_digest IS NULL
         THEN true
         ELSE %(bom)s.mto_base #> ARRAY['operations', %(operation)s.mto_origin]
              @> jsonb_build_object(
                  'minutes', round(%(operation)s.time_cycle_manual::numeric, 4),
                  'workcenter_id', %(operation)s.workcenter_id)
     END"""


def as_master(operation, bom):
    """SQL: whether the work of an operation was that of its master.

    :param operation: the alias of ``mrp_routing_workcenter``, as ``SQL``.
    :param bom: that of its ``mrp_bom``.
    """
    return SQL(AS_MASTER, operation=operation, bom=bom)


class MrpRoutingWorkcenter(models.Model):
    _name = "mrp.routing.workcenter"
    _inherit = ["mrp.routing.workcenter", "mto.documented"]

    mto_template_operation_id = fields.Many2one(
        "mrp.routing.workcenter",
        string="Copied From",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    mto_origin = fields.Char(
        copy=False, readonly=True, help="Key of the master's row: see bom_content.py."
    )
    mto_note = fields.Text(
        "Note for Production",
        help="Shown on the work orders that are made from it: what is special, which "
        "drawing is valid.",
    )

    def _mto_get_key(self):
        """What this row is known by in the content of its bill of materials."""
        self.ensure_one()
        return self.mto_origin or f"new-{self.id}"

    mto_document_ids = fields.One2many(
        "mto.document",
        "operation_id",
        string="Files of Drawings",
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user,"
        "stock.group_stock_user",
    )

    def _mto_is_kept(self):
        """Whether it has more of its own than its fields say."""
        self.ensure_one()
        return bool(self._mto_get_own_documents())

    def _mto_get_content(self):
        self.ensure_one()
        content = {
            "name": self.name,
            "workcenter_id": self.workcenter_id.id,
            "minutes": number(self.time_cycle),
        }
        return content | ({"is_learned": True} if self.time_mode == "auto" else {})

    # Times that are learned from work

    def _compute_time_cycle(self):
        """Core's; a master that learns its time also learns from the work of orders.

        What was made for an order was made with the order's own copy, of which core,
        which looks for the work of the operation itself, knows nothing.
        """
        result = super()._compute_time_cycle()
        for operation in self.filtered(lambda one: one.time_mode == "auto"):
            minutes = operation._mto_get_average()
            if minutes is not None:
                operation._mto_set_time_cycle(minutes)
        return result

    def _mto_set_time_cycle(self, minutes):
        """Take another time of a cycle, and what core has worked out from it."""
        context, bom = self.env.context, self.bom_id
        center = context.get("workcenter", self.workcenter_id)
        product = context.get(
            "product", bom.product_id or bom.product_tmpl_id.product_variant_ids
        )
        more = (minutes - self.time_cycle) * 100.0 / (center.time_efficiency or 100.0)
        self.time_cycle = minutes
        # Of several variants core tells the time that was entered.
        if len(product) <= 1:
            self.time_total += self.cycle_number * more

    def _mto_get_average(self):
        """Minutes of a cycle by the last work orders, those of orders among them.

        Mirrors core's ``_compute_time_cycle`` (``mrp``), whatever it makes of set-up
        times: ``None`` if nothing was done yet.
        """
        self.ensure_one()
        if not isinstance(self.id, int):
            return None
        # What tells which copies are as it is, see ``AS_MASTER``.
        self.env["mrp.bom"].flush_model(["mto_base", "mto_digest", "mto_is_order_bom"])
        self.flush_model(
            [
                "mto_origin",
                "mto_template_operation_id",
                "time_cycle_manual",
                "workcenter_id",
            ]
        )
        workorders = self.env["mrp.workorder"].search(
            Domain("operation_id", "any!", self._mto_get_same_domain())
            & Domain("qty_produced", ">", 0)
            & Domain("state", "=", "done"),
            limit=self.time_mode_batch,
            order="date_finished desc, id desc",
        )
        batch, cycles = self.bom_id.product_qty or 1, 0
        for one in workorders:
            capacity, _setup, _cleanup = one.workcenter_id._get_capacity(
                one.product_id, one.product_uom_id, batch
            )
            cycles += float_round(one.qty_produced / capacity, 0, rounding_method="UP")
        return sum(workorders.mapped("duration")) / cycles if cycles else None

    def _mto_get_same_domain(self):
        """This operation, and the copies of it that are as it is."""
        self.ensure_one()
        copies = Domain("mto_template_operation_id", "=", self.id)
        return (Domain("id", "=", self.id) | copies & _SAME) & Domain(
            "active", "in", (True, False)
        )

    # Planning

    def _mto_get_rates(self, product, bom):
        """How long an operation takes where it can be done, its own center first."""
        self.ensure_one()
        centers = self.workcenter_id | self.workcenter_id.alternative_workcenter_ids
        return [self._mto_get_rate(center, product, bom) for center in centers]

    def _mto_get_rate(self, center, product, bom):
        capacity, setup, cleanup = center._get_capacity(
            product, bom.product_uom_id, bom.product_qty or 1
        )
        return Rate(
            workcenter_id=center.id,
            capacity=capacity,
            fixed_minutes=setup + cleanup,
            cycle_minutes=self.time_cycle,
            efficiency=center.time_efficiency or 100.0,
        )

    def _mto_prepare_order_operation(self, bom, position):
        """Values of the copy of an operation in an order's bill of materials."""
        self.ensure_one()
        return {
            "name": self.name,
            "bom_id": bom.id,
            "workcenter_id": self.workcenter_id.id,
            "sequence": position,
            # A copy has no history of its own to learn its time from.
            "time_mode": "manual",
            "time_cycle_manual": self.time_cycle,
            "cost_mode": self.cost_mode,
            "mto_note": self.mto_note,
            "mto_template_operation_id": (self.mto_template_operation_id or self).id,
        }


def _is_same(_model, alias, _query):
    operation = SQL.identifier(alias)
    return SQL(
        "EXISTS (SELECT FROM mrp_bom bom WHERE bom.id = %s.bom_id AND %s)",
        operation,
        as_master(operation, SQL("bom")),
    )


_SAME = Domain.custom(to_sql=_is_same)
