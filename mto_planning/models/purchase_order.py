from odoo import api, fields, models


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    mto_is_for_orders = fields.Boolean(
        "Bought for Orders",
        compute="_compute_mto_is_for_orders",
        groups="base.group_user",
    )

    @api.depends("order_line.mto_line_id")
    def _compute_mto_is_for_orders(self):
        for order in self:
            order.mto_is_for_orders = bool(order.order_line.mto_line_id)

    def _mto_set_order_date(self):
        """Order requests in time for the first of their parts, and no earlier.

        Core takes the earliest receipt of the order less the delay of whatever part
        comes last (core ``purchase_stock``, ``stock.rule._run_buy``), which for parts
        of different delays may lie in the past.
        """
        for order in self.filtered(lambda order: order.state == "draft"):
            parts = order.order_line.filtered(lambda line: not line.display_type)
            dates = [part._mto_get_order_by() for part in parts if part.date_planned]
            if dates:
                order.date_order = min(dates)
