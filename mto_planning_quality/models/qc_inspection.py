from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.mto_planning.bridge.figures import format_number
from odoo.addons.mto_planning.models.sale_order_line import PRODUCTION_GROUPS

# Not judged yet.
OPEN_STATES = ("plan", "draft", "ready", "waiting")


class QcInspection(models.Model):
    _inherit = "qc.inspection"

    mto_line_id = fields.Many2one(
        "sale.order.line",
        string="Made to Order For",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups=PRODUCTION_GROUPS,
        help="The sales order line of which nothing leaves before it has passed.",
    )
    mto_is_made_to_order = fields.Boolean(related="mto_line_id.mto_is_made_to_order")
    mto_shipped_qty = fields.Float(
        "Shipped",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="How much of what has passed has left.",
    )

    def write(self, vals):
        """Less that is inspected, or an inspection cancelled, leaves a rest to do."""
        result = super().write(vals)
        if "qty" in vals or "state" in vals:
            # Superuser: an inspector may not read sales orders.
            inside = self.sudo().filtered("mto_line_id")
            if vals.get("state") == "failed":
                inside._mto_tell_failed()
            inside.mto_line_id._mto_sync_inspections()
        return result

    def _mto_tell_failed(self):
        for one in self:
            text = self.env._(
                "%s has failed its inspection. It does not leave before it is repaired "
                "and has passed another one.",
                one._mto_get_name(),
            )
            one.mto_line_id.order_id.message_post(body=text)

    def _mto_get_name(self):
        """What people call it in a sentence."""
        quantity = format_number(self.env, self.qty)
        return f"{quantity} × {self.product_id.display_name} ({self.name})"

    # How much, in the product's unit

    def _mto_get_passed(self):
        """What has passed and is still here."""
        passed = self.filtered(lambda one: one.state == "success")
        return sum(one.qty - one.mto_shipped_qty for one in passed)

    def _mto_covered(self):
        """What is or will be inspected; what has failed waits for its repair."""
        rest = self.filtered(lambda one: one.state in (*OPEN_STATES, "failed"))
        return self._mto_get_passed() + sum(rest.mapped("qty"))

    def _mto_inspect_less(self, surplus):
        """Of the newest that is not judged; writing to it looks at the others."""
        newest = self.filtered(lambda one: one.state in OPEN_STATES).sorted("id")[-1:]
        if newest and newest.product_id.uom_id.compare(newest.qty, surplus) > 0:
            newest.qty -= surplus
        else:
            newest.write({"state": "canceled"})

    def _mto_follow_moves(self, moves):
        """Planned for when it leaves; to be done when some of it is reserved."""
        if not moves:
            return
        date, is_here = min(moves.mapped("date")), any(moves.mapped("quantity"))
        for one in self.filtered(lambda one: one.state in OPEN_STATES):
            if one.date != date:
                one.date = date
            if is_here and one.state == "plan":
                one.state = "ready"

    def _mto_ship(self, quantity):
        """Let what has passed leave; returns how much has not passed."""
        for one in self.filtered(lambda one: one.state == "success").sorted("id"):
            shipped = max(min(quantity, one.qty - one.mto_shipped_qty), 0.0)
            one.mto_shipped_qty += shipped
            quantity -= shipped
        return quantity

    # Actions

    def action_mto_inspect_again(self):
        """Button: what has failed is repaired; a new inspection takes its place.

        :return: an action that opens it.
        :raises UserError: it has not failed.
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "failed":
            raise UserError(self.env._("%s has not failed.", self.name))
        self.message_post(body=self.env._("Repaired, to be inspected again."))
        self.action_cancel()
        inspections = self._mto_get_line()._mto_get_inspections(self.product_id)
        again = inspections.filtered(lambda one: one.state in OPEN_STATES)
        return (again.sorted("id")[-1:] or self)._get_records_action()

    def action_mto_view_line(self):
        """Button: open the order line, if the user may."""
        self.check_access("read")
        return self._mto_get_line().with_user(self.env.user).action_mto_open()

    def _mto_get_line(self):
        """The order line, as superuser: opening it is checked."""
        # Superuser: an inspector may not read sales orders.
        return self.sudo().mto_line_id
