from odoo import api, fields, models

from odoo.addons.mto_planning.bridge.access import check_access


class SaleOrder(models.Model):
    _inherit = "sale.order"

    mto_inspection_count = fields.Integer(
        "Inspections",
        compute="_compute_mto_inspection_count",
        compute_sudo=True,
        groups="quality_control_oca.group_quality_control_user",
    )

    @api.depends("order_line.mto_inspection_ids")
    def _compute_mto_inspection_count(self):
        for order in self:
            order.mto_inspection_count = len(order.order_line.mto_inspection_ids)

    def action_mto_view_inspections(self):
        """Open the inspections of what the order delivers."""
        check_access(self, "read")
        # Superuser: the list shows those that the user may read.
        inspections = self.sudo().order_line.mto_inspection_ids
        return self._mto_action(
            "quality_control_oca.action_qc_inspection", inspections.ids
        )
