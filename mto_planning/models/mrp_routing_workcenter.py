from odoo import fields, models

from ..bridge.structure import Rate
from .bom_content import number


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
