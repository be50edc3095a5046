from odoo import fields, models

from ..bridge.access import check_access


class MtoConfirm(models.TransientModel):
    _name = "mto.confirm"
    _inherit = ["mto.dialog"]
    _description = "Confirm Later Than Requested"

    order_ids = fields.Many2many("sale.order", required=True, readonly=True)
    line_ids = fields.Many2many(
        "sale.order.line", compute="_compute_line_ids", string="Later Lines"
    )
    is_late = fields.Boolean(
        compute="_compute_line_ids", help="Whether a date is another than wanted."
    )
    is_impossible = fields.Boolean(
        compute="_compute_line_ids", help="Whether there is no date for a line."
    )
    moved = fields.Text(
        "Orders That Move",
        compute="_compute_moved",
        help="Confirmed orders that are delivered together with these.",
    )

    def _compute_moved(self):
        shipment = self.env["mto.shipment"]
        for wizard in self:
            check_access(wizard.order_ids._origin, "read")
            moved = shipment._find_moved_by(wizard.order_ids)
            wizard.moved = shipment._describe_moved(moved)

    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.order_ids._mto_get_lines().filtered(
                lambda line: line.mto_promise_state != "good"
            )
            impossible = wizard.line_ids.filtered(
                lambda line: line.mto_promise_state == "infeasible"
            )
            wizard.is_impossible = bool(impossible)
            wizard.is_late = bool(wizard.line_ids - impossible)

    def action_confirm(self):
        """Confirm the orders with these dates."""
        self.ensure_one()
        check_access(self, "read")
        return self.order_ids.with_context(mto_planning_ask=False).action_confirm()
