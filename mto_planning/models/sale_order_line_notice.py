from datetime import timedelta

from odoo import fields, models

from ..bridge.figures import format_number
from .mto_promise import SHARED_DATES


class SaleOrderLine(models.Model):
    """What the customer of a line is told when its date moves."""

    _inherit = "sale.order.line"

    mto_notice_row_ids = fields.One2many(
        "mto.notice.row",
        "line_id",
        string="Notices of the Line",
        readonly=True,
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user",
    )

    def _mto_get_date_to_tell(self):
        """When the customer may count on the line as things stand.

        The projected date is the plan. As with a promise a safety belongs to it, of
        which so much is needed as of the way is still ahead. Never before the promise.

        :return: a datetime, or ``False`` where there is nothing to tell: delivered, or
            without a promise or a plan.
        """
        self.ensure_one()
        promise, projected = self.mto_promise_id, self.mto_projected_date
        if (
            promise.state != "confirmed"
            or not (promise.promise_date and projected)
            or self.mto_stage in ("delivered", "cancelled")
        ):
            return False
        if projected <= promise.promise_date:
            return promise.promise_date
        now = fields.Datetime.now()
        ahead = max(projected - now, timedelta())
        gone = max(now - (promise.confirmed_date or now), timedelta())
        share = ahead / (ahead + gone) if ahead else 0.0
        return projected + timedelta(days=promise.safety_days * share)

    def _mto_get_last_notice_row(self):
        """What the customer was told last about the promise that holds."""
        rows = self.mto_notice_row_ids.filtered(
            lambda row: (
                row.notice_id.state != "draft" and row.promise_id == self.mto_promise_id
            )
        )
        return rows.sorted("id")[-1:]

    def _mto_accept(self, date, partner):
        """Promise another date, which the customer has accepted.

        The first promise stays what it was, and so does the plan that the safety is
        learned from.

        :param date: not before the projected date.
        :param partner: who has accepted it.
        """
        self.ensure_one()
        order, promise = self.order_id, self.mto_promise_id
        told = order.filtered(lambda order: order._mto_is_told_date())
        planned = min(self.mto_projected_date, date)
        before = promise.planned_date or promise.promise_date
        shift = planned - before
        values = {
            "promise_date": date,
            "planned_date": planned,
            "shipping_date": promise.shipping_date and promise.shipping_date + shift,
        }
        agreed = promise._replace(
            {
                **values,
                **{own: values[name] for name, own in SHARED_DATES.items()},
                "first_planned_date": promise.first_planned_date or before,
                "safety_days": (date - planned) / timedelta(days=1),
                "on_request": not promise.requested_date
                or date <= promise.requested_date,
                "waits_for_line_id": False,
                "accepted_by_id": partner.id,
                "date_50": False,
                "date_90": False,
                "constraint_kind": "none",
                "constraint_text": self.env._("The customer has accepted this date."),
                # They are those of a plan that does not hold any more.
                "steps": False,
            }
        )
        self.mto_promise_id = agreed
        self.mto_told_late_date = False
        told._mto_tell_latest()
        self._mto_deliver_as_told()
        self._mto_tell_fresh()

    # For the customer

    def _mto_format_number(self, number):
        """As the reader writes it: “1,234.5”."""
        return format_number(self.env, number)

    def _mto_get_open_quantity(self):
        """What is still to be delivered, in the line's unit."""
        self.ensure_one()
        return max(0.0, self.product_uom_qty - self.qty_delivered)

    def _mto_get_ready_quantity(self):
        """How many of those that are still to come lie in stock for the line."""
        self.ensure_one()
        there = self.move_ids.filtered(
            lambda move: move.picking_id and move.state not in ("done", "cancel")
        )
        ready = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id)
            for move in there
            if move.product_id == self.product_id
        )
        return min(ready, self._mto_get_open_quantity())

    def _mto_get_customer_expected_date(self):
        """When a line that has moved is expected: as its customer was told, if so."""
        self.ensure_one()
        row = self._mto_get_last_notice_row()
        is_told = row and row._is_true()
        return row.expected_date if is_told else self.mto_projected_date

    def _mto_get_customer_history(self):
        """The dates of the line as its customer was told them, the first first.

        :return: list of ``(moment, sentence)``.
        """
        self.ensure_one()
        events = [
            *self._mto_get_given_dates(),
            *self._mto_get_noticed_dates(),
            *self._mto_get_delivered_dates(),
        ]
        # At the same moment: what is told comes before what is answered.
        return [
            (moment, text)
            for moment, _rank, text in sorted(events, key=lambda event: event[:2])
        ]

    def _mto_get_given_dates(self):
        last = None
        order = self.order_id
        promises = self.mto_promise_ids.filtered("confirmed_date")
        for promise in promises.sorted("id") or self.mto_promise_id:
            day = promise.promise_date and order._mto_tell_day(promise.promise_date)
            if not day or day == last:
                continue
            if promise.accepted_by_id:
                text = self.env._("You have accepted %s.", day)
            elif last:
                text = self.env._("Delivery is promised for %s now.", day)
            else:
                text = self.env._("Confirmed: delivery is promised for %s.", day)
            rank = 2 if promise.accepted_by_id else 0
            yield promise.confirmed_date or order.date_order, rank, text
            last = day

    def _mto_get_noticed_dates(self):
        order = self.order_id
        for row in self.mto_notice_row_ids.filtered("notice_id.sent_date"):
            notice, day = row.notice_id, order._mto_tell_day(row.expected_date)
            if row._is_late():
                text = self.env._("We told you a new date: %s.", day)
            else:
                text = self.env._("We told you that it stays at %s.", day)
            yield notice.sent_date, 1, text
            if notice.state in ("partial", "arranged"):
                text = self.env._("You have asked for a partial delivery.")
                yield notice.answer_date, 2, text

    def _mto_get_delivered_dates(self):
        done = self.move_ids.filtered(
            lambda move: (
                move.state == "done" and move.location_dest_id.usage == "customer"
            )
        )
        for date, moves in done.grouped("date").items():
            quantity = sum(
                move.product_uom._compute_quantity(move.quantity, self.product_uom_id)
                for move in moves
                if move.product_id == self.product_id
            )
            text = self.env._("Delivered")
            if quantity:
                text = self.env._(
                    "Delivered: %(quantity)s %(unit)s.",
                    quantity=format_number(self.env, quantity),
                    unit=self.product_uom_id.name,
                )
            yield date, 3, text
