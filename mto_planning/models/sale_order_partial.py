from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..bridge.access import check_access
from ..bridge.figures import format_number
from .mto_notice import ASK_TO_ANSWER


class SaleOrder(models.Model):
    """Sending first what a customer has asked for when a date moved."""

    _inherit = "sale.order"

    mto_can_deliver_part = fields.Boolean(
        compute="_compute_mto_part",
        compute_sudo=True,
        groups="base.group_user",
        help="Whether something that the customer asks for first lies ready.",
    )
    mto_part_text = fields.Char(
        "Partial Delivery",
        compute="_compute_mto_part",
        compute_sudo=True,
        groups="base.group_user",
    )

    @api.depends(
        "state", "mto_notice_ids.state", "order_line.move_ids.quantity", "mto_stage"
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_mto_part(self):
        for order in self:
            notice = order._mto_get_part_notice()
            parts = notice._get_ready_parts()
            order.mto_can_deliver_part = bool(parts)
            order.mto_part_text = bool(notice) and order._mto_describe_parts(parts)

    def _mto_get_part_notice(self):
        """The notice to which a partial delivery is still to be arranged."""
        self.ensure_one()
        if self.state != "sale" or self.mto_stage == "delivered":
            return self.env["mto.notice"]
        told = self._mto_get_notice(("sent", "accepted", "partial", "arranged"))
        return told.filtered(lambda notice: notice.state == "partial" and notice.wanted)

    def _mto_describe_parts(self, parts):
        if not parts:
            return self.env._("Nothing of what he asks for lies ready yet.")
        texts = [line._mto_describe_part(quantity) for line, quantity in parts]
        return self.env._("Ready of it: %s.", "; ".join(texts))

    def action_mto_deliver_part(self):
        """Button: send first what the customer has asked for and what lies ready.

        Its transfer keeps that only; the rest stays open in a backorder with the dates
        that it had. The customer reads so in the order's messages.

        :raises UserError: nothing is asked for or ready, or it has begun to leave, or
            leaves together with other orders.
        """
        self.ensure_one()
        check_access(self, "write")
        # Superuser: whoever may write the order may say what of it goes first.
        order = self.sudo()
        notice = order._mto_get_part_notice()
        parts = notice._get_ready_parts()
        if not parts:
            raise UserError(
                self.env._(
                    "%s: nothing that the customer asks for first lies ready. Make it "
                    "first, or tell him when it comes.",
                    self.name,
                )
            )
        # As it is told before: what is left to come is another quantity after it.
        rows = [line._mto_describe_part(quantity) for line, quantity in parts]
        takes = {}
        for line, quantity in parts:
            takes.update(line._mto_find_ready(quantity))
        for picking in order.env["stock.move"].union(*takes).picking_id:
            picking._mto_send_first(
                {move: takes[move] for move in picking.move_ids if move in takes}
            )
        notice.state = "arranged"
        self.message_post(
            body=Markup("<p><b>%s</b></p><ul>%s</ul>")
            % (
                self.env._("The partial delivery that was asked for is prepared"),
                Markup().join(Markup("<li>%s</li>") % row for row in rows),
            ),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        order.activity_feedback([ASK_TO_ANSWER])
        return True


class SaleOrderLine(models.Model):
    """Which part of a line goes first."""

    _inherit = "sale.order.line"

    def _mto_describe_part(self, quantity):
        """What of the line goes now, and when the rest is expected."""
        self.ensure_one()
        rest = self._mto_get_open_quantity() - quantity
        day = self._mto_get_customer_expected_date()
        values = {
            "quantity": format_number(self.env, quantity),
            "unit": self.product_uom_id.name,
            "product": self.product_id.display_name,
            "rest": format_number(self.env, rest),
            "day": day and self.order_id._mto_tell_day(day),
        }
        if self.product_uom_id.compare(rest, 0.0) <= 0:
            return self.env._("%(quantity)s %(unit)s %(product)s", **values)
        if not day:
            return self.env._(
                "%(quantity)s %(unit)s %(product)s, the other %(rest)s later", **values
            )
        return self.env._(
            "%(quantity)s %(unit)s %(product)s, the other %(rest)s on %(day)s",
            **values,
        )

    def _mto_find_ready(self, quantity):
        """``{move: quantity}`` of what lies ready, in the product's unit.

        :param quantity: in the line's unit.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        left = self.product_uom_id._compute_quantity(quantity, unit)
        takes = {}
        for move in self._mto_get_open_deliveries().sorted("date"):
            there = move.product_uom._compute_quantity(move.quantity, unit)
            take = min(left, there) if move.product_id == self.product_id else 0.0
            if unit.compare(take, 0.0) > 0:
                takes[move] = take
                left -= take
        return takes
