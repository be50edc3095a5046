from odoo import fields
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal

from ..bridge.figures import format_number
from ..models.mto_notice import LONGEST_MESSAGE

ADDRESS = "/my/orders/<int:order_id>/new-date/<string:token>"


class NewDatePortal(CustomerPortal):
    """The customer answers a notice that a date has moved.

    Two keys are needed: one to the order, as for its page, and that of the notice.
    Opening an address answers nothing: mail programs open links, too.
    """

    @route(ADDRESS, type="http", auth="public", website=True)
    def mto_new_date(self, order_id, token, access_token=None, want="", **_kwargs):
        """The page on which the customer chooses."""
        notice, elsewhere = self._find_notice(order_id, token, access_token)
        return elsewhere or self._show_notice(notice, access_token, want)

    @route(
        f"{ADDRESS}/accept", type="http", auth="public", methods=["POST"], website=True
    )
    def mto_accept_new_date(self, order_id, token, access_token=None, **_kwargs):
        """The customer accepts the new date."""
        notice, elsewhere = self._find_notice(order_id, token, access_token)
        if elsewhere:
            return elsewhere
        notice._accept(self._get_answerer(notice))
        return self._go_to_order(notice.order_id, "mto_accepted")

    @route(
        f"{ADDRESS}/partial", type="http", auth="public", methods=["POST"], website=True
    )
    def mto_ask_partial(self, order_id, token, access_token=None, **answers):
        """The customer asks for a part of the order first."""
        notice, elsewhere = self._find_notice(order_id, token, access_token)
        if elsewhere:
            return elsewhere
        try:
            wanted, message = self._read_partial(notice, answers)
        except ValidationError as error:
            return self._show_notice(
                notice, access_token, "partial", error.args[0], answers
            )
        notice._ask_partial(self._get_answerer(notice), wanted, message)
        return self._go_to_order(notice.order_id, "mto_partial")

    # Helpers

    def _find_notice(self, order_id, token, access_token):
        """The notice to answer, as superuser, or where to go instead.

        Whoever may not see the order learns nothing, not even that it is there.
        """
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return None, request.redirect("/my")
        notice = order._mto_get_open_notice()
        if not notice or not notice._has_token(token):
            return None, self._go_to_order(order, "mto_closed")
        if request.env.user._is_internal():
            return None, self._go_to_order(order, "mto_employee")
        return notice, None

    def _go_to_order(self, order, message):
        return request.redirect(
            order.get_portal_url(query_string=f"&message={message}")
        )

    def _get_answerer(self, notice):
        user = request.env.user
        return notice.partner_id if user._is_public() else user.partner_id

    def _show_notice(self, notice, access_token, want, error="", answers=None):
        order = notice.order_id
        values = self._get_page_view_values(
            order, access_token, {}, "my_orders_history", False
        )
        return request.render(
            "mto_planning.portal_new_date",
            {
                **values,
                "sale_order": order,
                "notice": notice,
                "address": f"/my/orders/{order.id}/new-date/{notice.token}",
                "access_token": access_token or "",
                "lines": order._mto_get_partial_lines(),
                "want": want,
                "answer_error": error,
                "answers": answers or {},
                "today": fields.Date.to_string(self._get_today(order)),
                "longest_message": LONGEST_MESSAGE,
                "page_name": "order",
            },
        )

    def _read_partial(self, notice, answers):
        """What the customer has filled in, checked.

        :return: list of ``(line, quantity, day or False)``, and his words.
        :raises ValidationError: a sentence for the customer.
        """
        env, order, wanted = notice.env, notice.order_id, []
        for line in order._mto_get_partial_lines():
            quantity = self._read_quantity(line, answers.get(f"quantity_{line.id}"))
            if quantity:
                day = self._read_day(order, answers.get(f"day_{line.id}"))
                wanted.append((line, quantity, day))
        message = (answers.get("message") or "").strip()[:LONGEST_MESSAGE]
        if not wanted and not message:
            raise ValidationError(
                env._("Please say how many of what you need, or write to us.")
            )
        return wanted, message

    def _read_quantity(self, line, text):
        most = line._mto_get_open_quantity()
        try:
            quantity = float((text or "0").replace(",", "."))
        except ValueError:
            quantity = -1
        # Also refuses what is not a number at all.
        if not 0 <= quantity <= most:
            raise ValidationError(
                line.env._(
                    "%(product)s: please give a quantity from 0 to %(most)s.",
                    product=line.product_id.display_name,
                    most=format_number(line.env, most),
                )
            )
        return quantity

    def _read_day(self, order, text):
        if not text:
            return False
        try:
            day = fields.Date.to_date(text)
        except ValueError:
            day = None
        if not day or day < self._get_today(order):
            raise ValidationError(
                order.env._("Please give a day that is still to come.")
            )
        return day

    def _get_today(self, order):
        """The day that it is where the customer is."""
        return order._mto_get_day(fields.Datetime.now())
