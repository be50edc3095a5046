from odoo import fields, models


class MtoConfirm(models.TransientModel):
    _name = "mto.confirm"
    _description = "Confirm Later Than Requested"

    order_ids = fields.Many2many("sale.order", required=True, readonly=True)
    line_ids = fields.Many2many(
        "sale.order.line", compute="_compute_line_ids", string="Later Lines"
    )

    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.order_ids._mto_get_lines().filtered(
                lambda line: line.mto_promise_state != "good"
            )

    def action_confirm(self):
        """Confirm the orders with the later dates."""
        self.ensure_one()
        return self.order_ids.with_context(mto_planning_ask=False).action_confirm()
