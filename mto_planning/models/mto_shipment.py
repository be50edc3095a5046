from collections import defaultdict
from datetime import datetime

from markupsafe import Markup

from odoo import api, models

from ..bridge.access import order_name
from .mto_promise import SHARED_DATES
from .sale_order_line import OPEN_STATES

# Promises that somebody still goes by.
LIVE_STATES = ("quoted", "held", "confirmed")


class MtoShipment(models.AbstractModel):
    """What is delivered in one go waits for its last.

    Each promise of the ledger remembers what the line could have alone (``own_…``) and
    says what it has together with the others. Quotations wait for all lines of their
    installation. What is confirmed waits for what is confirmed, and for what it was
    told to wait for: a mere quotation moves no date that was agreed.
    """

    _name = "mto.shipment"
    _description = "Deliver Together"

    # Who waits for whom

    @api.model
    def _get_together(self, project):
        """The lines of an installation that are still to be delivered in one go."""
        return project.line_ids.filtered(
            lambda line: (
                line.mto_is_made_to_order
                and line.state != "cancel"
                and line.mto_stage != "delivered"
                and not line._mto_is_dropped()
            )
        )

    @api.model
    def _get_shipments(self, lines):
        """``{line: the lines that it is delivered with, itself among them}``.

        :param lines: as superuser: the others may be orders of a colleague.
        """
        together = {
            project: self._get_together(project).filtered(
                lambda line: line.state == "sale"
            )
            for project in lines.mto_project_id
            if project.deliver_together
        }
        return {
            line: mates
            if line in (mates := together.get(line.mto_project_id, lines.browse()))
            else line
            for line in lines
        }

    # What they are told

    @api.model
    def _tell(self, lines, fresh):
        """Give lines the dates that they have together, or their own again.

        :param fresh: those of which the ledger has just got a promise, which nobody
            was told yet: theirs are corrected, the others get a new one.
        """
        # Superuser: the others may be orders of a colleague; the ledger is the
        # planner's.
        lines = lines.sudo()
        told = {line: self._get_dates(line, line in fresh) for line in lines}
        moved = defaultdict(list)
        for line, values in told.items():
            promise = line.mto_promise_id
            names = (*SHARED_DATES, "waits_for_line_id")
            if not values or all(promise[name] == values[name] for name in names):
                continue
            before = promise.promise_date
            line._mto_tell_shared(values, is_fresh=line in fresh)
            if line not in fresh and before != values["promise_date"]:
                moved[line.order_id].append((line, before))
        for order, rows in moved.items():
            self._post_moved(order, rows)

    @api.model
    def _get_dates(self, line, is_fresh):
        """What a line's promise is to say; empty if it has none that counts."""
        if not self._has_date(line):
            return {}
        promise = line.mto_promise_id
        others = self._get_others(line, is_fresh)
        promises = (line + others).mto_promise_id
        last = max(
            promises,
            key=lambda one: (_own(one, "promise_date"), one == promise, one.line_id.id),
        )
        shared = {
            name: max(_own(one, name) or datetime.min for one in promises)
            for name in SHARED_DATES
        }
        own = {own: _own(promise, name) for name, own in SHARED_DATES.items()}
        waits_for = last.line_id if last != promise else line.browse()
        return {**own, **shared, "waits_for_line_id": waits_for}

    @api.model
    def _has_date(self, line):
        promise = line.mto_promise_id
        return bool(promise.promise_date) and promise.state in LIVE_STATES

    @api.model
    def _get_others(self, line, is_fresh):
        """The lines with a date that a line waits for."""
        project = line.mto_project_id
        if not project.deliver_together:
            return line.browse()
        others = (self._get_together(project) - line).filtered(self._has_date)
        if line.state in OPEN_STATES or is_fresh:
            return others
        agreed = line.mto_promise_id.waits_for_line_id
        return others.filtered(lambda one: one.state == "sale" or one == agreed)

    # Who would be told another date

    @api.model
    def _find_moved_by(self, orders):
        """Confirmed orders of others that quotations move when they are confirmed.

        :return: list of ``(order, what it is told, what it will be told)``.
        """
        moved = []
        # Superuser: the others may be orders of a colleague, told without a name.
        lines = orders.sudo()._mto_get_lines().filtered(self._has_date)
        for project, own in lines.grouped("mto_project_id").items():
            if not project.deliver_together:
                continue
            after = _latest_own(own)
            others = self._get_together(project).filtered(
                lambda line: line.state == "sale" and self._has_date(line)
            )
            for order, waiting in others.grouped("order_id").items():
                before = max(waiting.mapped("mto_promise_date"))
                if after > before:
                    moved.append((order, before, after))
        return moved

    @api.model
    def _find_moved_if(self, project, is_together):
        """Confirmed orders that are told another date when that is switched.

        :return: as :meth:`_find_moved_by`.
        """
        # Superuser: as in ``_find_moved_by``.
        lines = self._get_together(project.sudo()).filtered(
            lambda line: line.state == "sale" and self._has_date(line)
        )
        moved = []
        for order, own in lines.grouped("order_id").items():
            before = max(own.mapped("mto_promise_date"))
            after = _latest_own(lines if is_together else own)
            if after != before:
                moved.append((order, before, after))
        return moved

    @api.model
    def _describe_moved(self, moved):
        """One order in each line of text."""
        return "\n".join(
            self.env._(
                "%(order)s: %(after)s instead of %(before)s",
                order=order_name(order),
                after=order._mto_format(after),
                before=order._mto_format(before),
            )
            for order, before, after in moved
        )

    @api.model
    def _post_moved(self, order, rows):
        """Say on an order which of its dates have moved, and why."""
        notes = []
        for line, before in rows:
            promise = line.mto_promise_id
            values = {
                "product": line.product_id.display_name,
                "date": order._mto_format(promise.promise_date),
                "before": order._mto_format(before),
            }
            other = promise.waits_for_line_id
            if other:
                note = self.env._(
                    "%(product)s: %(date)s instead of %(before)s, delivered together "
                    "with %(other)s of %(order)s.",
                    other=other.product_id.display_name,
                    order=order_name(other.order_id, order.user_id),
                    **values,
                )
            else:
                note = self.env._(
                    "%(product)s: %(date)s instead of %(before)s, it waits for "
                    "nothing else.",
                    **values,
                )
            notes.append(Markup("<li>%s</li>") % note)
        order.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (self.env._("The delivery date has moved."), Markup().join(notes))
        )


def _own(promise, name):
    """A date of a line alone; what has never waited may not have written it down."""
    return promise[SHARED_DATES[name]] or promise[name]


def _latest_own(lines):
    """When the last of lines could be delivered if they waited for no others."""
    return max(_own(promise, "promise_date") for promise in lines.mto_promise_id)
