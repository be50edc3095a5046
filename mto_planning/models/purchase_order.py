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

    def action_merge(self):
        """Core's; but lines that are for an order are not added up with others.

        They all go to the oldest request as they are. Core would keep the peg of the
        first only, and take the others for cancelled.
        """
        requests = self.filtered(lambda order: order.state in ("draft", "sent"))
        kept = self.browse()
        for together in requests.grouped(self._prepare_grouped_data).values():
            if together.order_line.mto_line_id:
                oldest = min(together, key=lambda order: order.date_order)
                (together - oldest).order_line.order_id = oldest
                kept |= oldest
        action = super().action_merge()
        # Not before: core looks for the oldest again, and has to find the same.
        kept._mto_set_order_date()
        return action

    def button_approve(self, force=False):
        """Core's; from now on each vendor has so long, see ``mto.time``."""
        result = super().button_approve(force=force)
        ordered = self.filtered(lambda order: order.state == "purchase")
        ordered.order_line._mto_start_lead_time()
        return result

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
