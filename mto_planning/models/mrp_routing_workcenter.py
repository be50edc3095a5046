from odoo import fields, models
from odoo.tools import float_round


class MrpRoutingWorkcenter(models.Model):
    _inherit = "mrp.routing.workcenter"

    mto_template_operation_id = fields.Many2one(
        "mrp.routing.workcenter",
        string="Copied From",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    def _mto_get_modes(self, product, quantity, bom):
        """Where an operation can be done and how long it takes there.

        Mirrors ``mrp.workorder._get_duration_expected`` (core ``mrp``), before there
        is a work order.

        :param quantity: in the unit of ``bom``.
        :return: list of ``(work center, whole seconds)``, its own center first.
        """
        self.ensure_one()
        centers = self.workcenter_id | self.workcenter_id.alternative_workcenter_ids
        return [
            (center, self._mto_get_seconds(center, product, quantity, bom))
            for center in centers
        ]

    def _mto_get_seconds(self, center, product, quantity, bom):
        capacity, setup, cleanup = center._get_capacity(
            product, bom.product_uom_id, bom.product_qty or 1
        )
        cycles = float_round(
            quantity / capacity, precision_digits=0, rounding_method="UP"
        )
        minutes = setup + cleanup
        minutes += cycles * self.time_cycle * 100.0 / (center.time_efficiency or 100.0)
        # Core keeps durations with two decimals.
        return round(float_round(minutes, precision_digits=2) * 60)

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
            "mto_template_operation_id": self.id,
        }
