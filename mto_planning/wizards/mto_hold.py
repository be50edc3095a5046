from odoo import api, fields, models


class MtoHold(models.TransientModel):
    """Until when a quotation keeps its capacity and material from others."""

    _name = "mto.hold"
    _inherit = ["mto.dialog"]
    _description = "Hold Capacity and Material"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    until = fields.Datetime(
        "Hold Until",
        compute="_compute_until",
        compute_sudo=False,
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    last = fields.Datetime("At the Latest", compute="_compute_last")
    validity_date = fields.Date(related="order_id.validity_date", related_sudo=False)

    @api.depends("order_id")
    def _compute_until(self):
        for wizard in self:
            order = wizard.order_id
            wizard.until = order and order._mto_check_hold_until(False)

    @api.depends("order_id")
    def _compute_last(self):
        for wizard in self:
            wizard.last = wizard.order_id and wizard.order_id._mto_get_last_hold()

    def action_hold(self):
        """Hold it."""
        self.ensure_one()
        self.order_id.mto_hold(self.until)
        return {"type": "ir.actions.act_window_close"}
