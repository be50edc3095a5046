"""Quotations that keep capacity and material from others until a date."""

from datetime import timedelta

from markupsafe import Markup
from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..bridge.access import check_access
from ..bridge.parse import read_moment, shown

# Longer than any inquiry is open.
MAX_HOLD_DAYS = 365


class SaleOrder(models.Model):
    _inherit = "sale.order"

    mto_hold_until = fields.Datetime(
        "Held Until",
        compute="_compute_mto_hold_until",
        compute_sudo=True,
        help="Until then nobody else gets the capacity and the material of this "
        "quotation.",
    )

    # Computes

    @api.depends("order_line.mto_promise_id.state")
    def _compute_mto_hold_until(self):
        for order in self:
            holds = order._mto_get_lines()._mto_get_holds()
            order.mto_hold_until = min(holds.values(), default=False)

    # Public interface

    def mto_hold(self, until=False):
        """Keep capacity and material of quotations from others until a date.

        The promise is computed anew. What is held already is renewed.

        :param until: UTC, Odoo's format; at most the end of the quotation's validity.
            ``False``: as long as the company holds by default.
        :return: as :meth:`mto_compute_promise`, with ``hold_until``.
        :raises UserError: the order is not a quotation any more, a line has no date,
            or ``until`` is none, past, or too late.
        """
        check_access(self, "write")
        answers = []
        for order in self:
            order._mto_check_open()
            moment = order._mto_check_hold_until(until)
            lines = order.order_line
            rows = self.env["mto.planner"]._promise(lines, moment)
            order._mto_check_held(rows)
            order._mto_post_hold(
                self.env._(
                    "Capacity and material are held until %s.",
                    order._mto_format(moment),
                ),
                lines.browse(row["line_id"] for row in rows),
            )
            answers += rows
        return answers

    def mto_release_hold(self):
        """Let others use what quotations hold; their dates stay as they were told.

        :return: whether anything was held.
        :raises UserError: the order is not a quotation any more.
        """
        check_access(self, "write")
        held = self.browse()
        for order in self:
            order._mto_check_open()
            if order.order_line._mto_let_go():
                text = self.env._("The hold was released.")
                order._mto_post_hold(text, order.order_line)
                held |= order
        return bool(held)

    def _mto_check_hold_until(self, until):
        """A moment at which a hold may end, as a naive UTC datetime."""
        self.ensure_one()
        last = self._mto_get_last_hold()
        if not until:
            days = self.company_id.mto_hold_days
            moment = fields.Datetime.add(fields.Datetime.now(), days=days)
            until = min(moment, last)
        moment = read_moment(until)
        if moment is None:
            raise ValidationError(
                self.env._(
                    "“until” must be a UTC date and time like 2026-12-24 15:00:00, "
                    "not “%s”.",
                    shown(until),
                )
            )
        if moment <= fields.Datetime.now():
            raise ValidationError(
                self.env._(
                    "%(order)s cannot be held until %(date)s: that is past. If the "
                    "quotation has expired, extend its expiration date first.",
                    order=self.name,
                    date=self._mto_format(moment),
                )
            )
        if moment > last:
            raise ValidationError(
                self.env._(
                    "%(order)s cannot be held until %(date)s, only until %(last)s: "
                    "extend the expiration date of the quotation first.",
                    order=self.name,
                    date=self._mto_format(moment),
                    last=self._mto_format(last),
                )
            )
        return moment

    def _mto_get_last_hold(self):
        """When a hold ends at the latest: with the day on which the quotation does."""
        self.ensure_one()
        last = fields.Datetime.add(fields.Datetime.now(), days=MAX_HOLD_DAYS)
        if not self.validity_date:
            return last
        zone = timezone(self.company_id.partner_id.tz or self.env.user.tz or "UTC")
        midnight = fields.Datetime.to_datetime(self.validity_date) + timedelta(days=1)
        ends = zone.localize(midnight).astimezone(utc).replace(tzinfo=None)
        return min(last, ends)

    def _mto_check_held(self, rows):
        if not rows:
            raise UserError(
                self.env._("%s has no line that is made to order.", self.name)
            )
        for row in rows:
            if not row["feasible"]:
                raise UserError(
                    self.env._(
                        "%(order)s cannot be held: %(product)s has no date. %(reason)s",
                        order=self.name,
                        product=self.env["product.product"]
                        .browse(row["product_id"])
                        .display_name,
                        reason=row["constraint"]["text"],
                    )
                )

    def _mto_post_hold(self, text, lines):
        """Tell in the chatter what is held, or not any more."""
        names = ", ".join(lines.product_id.mapped("display_name"))
        body = Markup("%s (%s)") % (text, names)
        self.message_post(body=body)

    # Actions

    def action_mto_hold(self):
        """Button: ask until when capacity and material are to be held."""
        self.ensure_one()
        check_access(self, "write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold Capacity and Material"),
            "res_model": "mto.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_mto_release_hold(self):
        """Button: let others use what the quotation holds."""
        return self.mto_release_hold()
