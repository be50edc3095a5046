from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..bridge import ShopLoad, read_moment, to_seconds

# More at once nobody reads.
MOST = 200


class MtoPlanner(models.AbstractModel):
    """What is behind the load of a work center: whose work it is."""

    _inherit = "mto.planner"

    @api.model
    @api.readonly
    def load_details(self, workcenter_id, start, finish):
        """The orders whose work is booked on a work center in a span of time.

        :param int workcenter_id: one of the user's company.
        :param str start: UTC, as in ``periods`` of ``load``.
        :param str finish: UTC, after it.
        :return: a dictionary, see ``docs/api.md``: who takes most comes first.
        :raises AccessError: the user has no manufacturing rights.
        :raises ValidationError: no such work center, or no such span of time.
        """
        self._check_load_rights()
        center = self._check_load_center(workcenter_id)
        since, until = self._check_load_span(start, finish)
        bookings = [
            *self._get_booked_work(center, since, until),
            *self._get_held_work(center, since, until),
        ]
        self._add_hours(center, bookings, since, until)
        rows = {}
        for record, booking in bookings:
            row = rows.setdefault(
                self._get_load_owner(record), self._start_load_row(record)
            )
            row["hours"] += booking["hours"]
            row["work"].append(booking)
        # The same hours: as they were found, by time.
        ranked = sorted(rows.values(), key=lambda row: -row["hours"])
        for row in ranked:
            row["hours"] = round(row["hours"], 2)
        return {
            "workcenter": center.display_name,
            "hours": round(sum(row["hours"] for row in ranked), 2),
            "rows": ranked[:MOST],
            "total": len(ranked),
        }

    @api.model
    def _check_load_center(self, workcenter_id):
        is_id = isinstance(workcenter_id, int) and not isinstance(workcenter_id, bool)
        center = self.env["mrp.workcenter"]
        if is_id and 0 < workcenter_id < 1 << 31:
            center = center.search(
                [
                    ("id", "=", workcenter_id),
                    ("company_id", "=", self.env.company.id),
                ]
            )
        if not center:
            raise ValidationError(
                self.env._(
                    "“workcenter_id” must be a work center of your company, not “%s”.",
                    str(workcenter_id)[:60],
                )
            )
        return center

    @api.model
    def _check_load_span(self, start, finish):
        moments = []
        for name, value in (("start", start), ("finish", finish)):
            moment = read_moment(value)
            if not moment:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” must be a UTC date and time like "
                        "2026-12-24 15:00:00, not “%(value)s”.",
                        name=name,
                        value=str(value)[:60],
                    )
                )
            moments.append(moment)
        if moments[0] >= moments[1]:
            raise ValidationError(self.env._("“finish” must be after “start”."))
        return moments

    @api.model
    def _get_booked_work(self, center, since, until):
        """``[(work order, what is told of it)]``, by time."""
        workorders = self.env["mrp.workorder"].search(
            [
                ("workcenter_id", "=", center.id),
                ("leave_id", "!=", False),
                ("date_start", "<", until),
                ("date_finished", ">", since),
                ("state", "not in", ["done", "cancel"]),
            ],
            order="date_start, id",
        )
        return [
            (
                workorder,
                {
                    "workorder_id": workorder.id,
                    "name": workorder.name,
                    "production": workorder.production_id.name,
                    "start": workorder.date_start,
                    "finish": workorder.date_finished,
                },
            )
            for workorder in workorders
        ]

    @api.model
    def _get_held_work(self, center, since, until):
        """The same of what is held for quotations, which has no work order yet."""
        slots = self.env["mto.promise.slot"].search(
            [
                ("workcenter_id", "=", center.id),
                ("hold_until", ">", fields.Datetime.now()),
                ("date_start", "<", until),
                ("date_finished", ">", since),
            ],
            order="date_start, id",
        )
        return [
            (
                slot,
                {
                    "workorder_id": False,
                    "name": slot.name,
                    "production": False,
                    "start": slot.date_start,
                    "finish": slot.date_finished,
                },
            )
            for slot in slots
        ]

    @api.model
    def _add_hours(self, center, bookings, since, until):
        """How much of each is in the span of time, as ``load`` counts it."""
        loader = self._get_loader(self.env.company, to_seconds(since), [])
        shop = ShopLoad(loader, [], center.ids)
        hours = shop.hours(
            center.id,
            [
                (
                    to_seconds(max(booking["start"], since)),
                    to_seconds(min(booking["finish"], until)),
                )
                for _record, booking in bookings
            ],
        )
        for (_record, booking), amount in zip(bookings, hours, strict=True):
            booking["hours"] = round(amount, 2)
            for name in ("start", "finish"):
                booking[name] = fields.Datetime.to_string(booking[name])

    @api.model
    def _get_load_owner(self, record):
        """Work of one order line stands together; other work by its order."""
        if record._name == "mto.promise.slot":
            return record.line_id
        return record.production_id.mto_line_id or record.production_id

    @api.model
    def _start_load_row(self, record):
        owner = self._get_load_owner(record)
        is_line = owner._name == "sale.order.line"
        return {
            "kind": "held"
            if record._name == "mto.promise.slot"
            else "order"
            if is_line
            else "other",
            "line_id": owner.id if is_line else False,
            "production_id": False if is_line else owner.id,
            "order": owner.order_id.name if is_line else owner.name,
            "customer": owner.order_id.partner_id.display_name if is_line else False,
            "product": owner.product_id.display_name,
            "risk": is_line and owner.mto_risk,
            "promise_date": fields.Datetime.to_string(
                is_line and owner.mto_promise_date
            ),
            "hours": 0.0,
            "work": [],
        }
