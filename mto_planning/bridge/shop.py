"""What the factory has: working time, bookings, stock to come and to go."""

from collections import defaultdict
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import NamedTuple

from pytz import timezone, utc

from odoo.fields import Datetime, Domain
from odoo.tools import SQL

from .. import engine
from .clock import back_on, from_seconds, to_seconds
from .memory import Memory, unread

OPEN_MOVE_STATES = ["waiting", "confirmed", "partially_available", "assigned"]
# What the query reads.
CAPACITY_MODELS = (
    "resource.calendar",
    "resource.calendar.attendance",
    "resource.calendar.leaves",
    "resource.resource",
    "mrp.workcenter",
    "mto.overtime",
    "mto.promise.slot",
)
# For each work center (see ``CenterRow``): its bookings, packed; its machines, and
# whether it is blocked; the versions of the rows that its working time is made from
# (see ``versions.py``); and those of its bookings that keep time for those who ask, or
# for promises not held any more.
CAPACITY = """
    SELECT center.id, booked.starts, booked.ends, center.mto_machines,
           center.working_state = 'blocked', center.mto_back_on, calendar.tz,
           concat_ws(' ',
               resource.ctid, resource.xmin, calendar.ctid, calendar.xmin,
               (SELECT string_agg(ctid::text || xmin::text, ' ' ORDER BY id)
                  FROM resource_calendar_attendance
                 WHERE calendar_id = calendar.id),
               (SELECT string_agg(ctid::text || xmin::text, ' ' ORDER BY id)
                  FROM resource_calendar_leaves
                 WHERE resource_id = resource.id AND time_type = 'leave'
                   AND date_to >= %(start)s AND date_from <= %(end)s),
               (SELECT string_agg(ctid::text || xmin::text, ' ' ORDER BY id)
                  FROM resource_calendar_leaves
                 WHERE resource_id IS NULL AND time_type = 'leave'
                   AND date_to >= %(start)s AND date_from <= %(end)s),
               (SELECT string_agg(ctid::text || xmin::text, ' ' ORDER BY id)
                  FROM mto_overtime
                 WHERE workcenter_id = center.id
                   AND date_to >= %(start)s AND date_from <= %(end)s)
           ),
           ARRAY(SELECT held.id
                   FROM mto_promise_slot slot
                   JOIN resource_calendar_leaves held ON held.mto_slot_id = slot.id
                  WHERE slot.workcenter_id = center.id
                    AND (slot.hold_until <= %(now)s OR slot.line_id = ANY(%(lines)s)))
      FROM mrp_workcenter center
      JOIN resource_resource resource ON resource.id = center.resource_id
      LEFT JOIN resource_calendar calendar ON calendar.id = resource.calendar_id
     CROSS JOIN LATERAL (
               SELECT string_agg(timestamp_send(date_from), '') AS starts,
                      string_agg(timestamp_send(date_to), '') AS ends
                 FROM resource_calendar_leaves
                WHERE resource_id = resource.id AND time_type = 'other'
                  AND date_to > %(start)s AND date_from < %(end)s
                  %(without)s
           ) booked
     WHERE center.id IN %(centers)s"""


class CenterRow(NamedTuple):
    """What the database says of a work center.

    :param starts: of its bookings, packed as the engine's index reads them.
    :param ends: of its bookings, too.
    :param machines: how many work orders run at once.
    :param blocked_until: in seconds; ``None`` if it is not blocked now.
    :param hours: versions of all rows that its working time is made from.
    """

    id: int
    starts: bytes
    ends: bytes
    machines: int
    blocked_until: int | None
    hours: str


class Capacity(NamedTuple):
    """A work center in the engine's form, and what that was made from."""

    made_from: tuple
    shop: engine.Shop


class Hours(NamedTuple):
    """Working time of a work center, and what that was made from."""

    made_from: tuple
    calendar: engine.Calendar


class Floor:
    """The shop of a call: work centers that were indexed one by one, and the stock.

    Does for the engine what an ``engine.Shop`` of all of them would do.
    """

    def __init__(self, capacities: dict[int, engine.Shop], stocks):
        self._capacities = capacities
        self._stock = engine.Shop((), stocks)
        self._all = (*capacities.values(), self._stock)

    def __contains__(self, workcenter_id):
        return workcenter_id in self._capacities

    def center(self, workcenter_id):
        """The capacity of a work center."""
        return self._capacities[workcenter_id].center(workcenter_id)

    def ledger(self, item):
        """The stock of an item."""
        return self._stock.ledger(item)

    def mark(self):
        """A point to which :meth:`rollback` can return."""
        return [shop.mark() for shop in self._all]

    def rollback(self, marks):
        """Free all capacity and stock taken since the mark."""
        for shop, mark in zip(self._all, marks, strict=True):
            shop.rollback(mark)


class ShopLoader:
    """Loads work centers and stocks for the engine, with a fixed number of queries.

    Times count from the beginning of the day, so that what was made from the same
    rows before can be used again.

    :param env: a superuser environment.
    :param now: naive UTC datetime from which on anything counts.
    :param line_ids: order lines for which the shop is loaded: what is held for them is
        free to them.
    :param within_compute: fields are being computed: only what is read here is flushed.
    """

    def __init__(
        self,
        env,
        memory: Memory,
        now,
        horizon_days,
        line_ids=(),
        *,
        within_compute=False,
    ):
        self.env = env
        self._within_compute = within_compute
        self._line_ids = list(line_ids)
        self._memory = memory
        self.now = now
        self.end = now + timedelta(days=horizon_days)
        self._start = now.replace(hour=0, minute=0)
        self._stop = self._start + timedelta(days=horizon_days + 1)

    # Capacity

    def timetables(self, workcenter_ids):
        """When work centers are open, without what is booked on them.

        :return: ``{work center id: (engine.Calendar, seconds or None)}``; until then
            it is blocked.
        """
        if not workcenter_ids:
            return {}
        self._flush()
        rows = self._select_capacity(workcenter_ids, SQL("AND FALSE"))
        rows = [self._read_center(*row) for row in rows]
        hours = self._hours(rows)
        return {row.id: (hours[row.id].calendar, row.blocked_until) for row in rows}

    def _flush(self):
        """Have the database know what this transaction has changed."""
        if not self._within_compute:
            self.env.flush_all()
            return
        for name in CAPACITY_MODELS:
            self.env[name].flush_model()

    @contextmanager
    def floor(self, workcenter_ids, items):
        """The shop to plan with.

        Planning changes it for a moment: work centers are out of memory until then.
        """
        capacities = self._capacities(sorted(workcenter_ids))
        shops = {one: capacity.shop for one, capacity in capacities.items()}
        yield Floor(shops, self.stocks(items))
        self._memory.capacities.update(capacities)

    def shop_without(self, workcenter_ids, items, leave_ids, move_ids) -> engine.Shop:
        """The shop as if some work were not booked and some parts not asked for.

        :param leave_ids: of the bookings, ``resource.calendar.leaves``.
        :param move_ids: of the ``stock.move`` that ask for parts.
        """
        resources = self.resources(workcenter_ids, leave_ids)
        return engine.Shop(resources, self.stocks(items, move_ids))

    def resources(self, workcenter_ids, without=()) -> list[engine.Resource]:
        """Work centers in the engine's form.

        :param without: ids of bookings that do not count.
        """
        rows = self._center_rows(workcenter_ids, without)
        hours = self._hours(rows)
        return [_make_resource(row, hours[row.id].calendar) for row in rows]

    def _capacities(self, workcenter_ids) -> dict[int, Capacity]:
        """Work centers with their working time and what is booked on them."""
        rows = self._center_rows(workcenter_ids)
        hours = self._hours(rows)
        capacities = {}
        for row in rows:
            made_from = (self._start, *row)
            known = self._memory.capacities.pop(row.id, None)
            if not known or known.made_from != made_from:
                resource = _make_resource(row, hours[row.id].calendar)
                known = Capacity(made_from, engine.Shop([resource]))
            capacities[row.id] = known
        return capacities

    def _center_rows(self, workcenter_ids, without=()) -> list[CenterRow]:
        self._flush()
        rows = self._select_capacity(workcenter_ids, _without(without))
        let_go = {leave_id for row in rows for leave_id in row[-1]} - set(without)
        if let_go:
            rows = self._select_capacity(workcenter_ids, _without({*without, *let_go}))
        return [self._read_center(*row) for row in rows]

    def _select_capacity(self, workcenter_ids, without):
        return self.env.execute_query(
            SQL(
                CAPACITY,
                centers=tuple(workcenter_ids) or (0,),
                start=self._start,
                end=self._stop,
                # To the second: planning begins a moment later.
                now=Datetime.now(),
                lines=self._line_ids,
                without=without,
            )
        )

    def _read_center(
        self,
        center_id,
        starts,
        ends,
        machines,
        is_blocked,
        expected,
        tz,
        hours,
        _let_go,
    ) -> CenterRow:
        return CenterRow(
            center_id,
            bytes(starts or b""),
            bytes(ends or b""),
            machines,
            back_on(expected, self.now, tz or "UTC") if is_blocked else None,
            hours,
        )

    def _hours(self, rows) -> dict[int, Hours]:
        """Working time of work centers, from memory where nothing has changed."""
        made_from = {row.id: (self._start, row.hours) for row in rows}
        remembered = {one: self._memory.hours.get(one) for one in made_from}
        hours = {
            one: known
            for one, known in remembered.items()
            if known and known.made_from == made_from[one]
        }
        missing = made_from.keys() - hours.keys()
        if missing:
            with unread(self.env, flush=not self._within_compute) as env:
                calendars = dict(self._read_calendars(env, missing))
            for center_id, calendar in calendars.items():
                hours[center_id] = Hours(made_from[center_id], calendar)
                self._memory.hours[center_id] = hours[center_id]
        return hours

    def _read_calendars(self, env, workcenter_ids):
        """Working time of each center: its calendar less the time off."""
        workcenters = env["mrp.workcenter"].browse(workcenter_ids)
        for calendar, centers in workcenters.grouped("resource_calendar_id").items():
            if not calendar:
                for center in centers:
                    yield center.id, engine.Calendar(key=center.id, spans=())
                continue
            intervals = read_spans(
                calendar, self._start, self._stop, centers.resource_id
            )
            shared = {}
            for center in centers:
                spans = intervals[center.resource_id.id]
                # Most have no time off of their own: one tuple for all of them.
                spans = shared.setdefault(spans, spans)
                yield center.id, engine.Calendar(center.id, spans, calendar.name)

    # Material

    def stocks(self, items, without=()) -> tuple[engine.Stock, ...]:
        """Stock on hand and to come of ``{(product id, warehouse id)}``.

        :param without: ids of moves that do not count.
        """
        products_by_warehouse = defaultdict(list)
        for product_id, warehouse_id in sorted(items):
            products_by_warehouse[warehouse_id].append(product_id)
        stocks = []
        for warehouse_id, product_ids in products_by_warehouse.items():
            warehouse = self.env["stock.warehouse"].browse(warehouse_id)
            products = self.env["product.product"].browse(product_ids)
            stocks += self._warehouse_stocks(warehouse, products, without)
        return tuple(stocks)

    def arrival(self, item, quantity, without=()) -> datetime | None:
        """When stock that nobody else waits for gives a quantity; ``None``: never.

        :param item: ``(product id, warehouse id)``.
        :param without: ids of the moves that ask for it.
        """
        ledger = engine.Shop((), self.stocks({item}, without)).ledger(item)
        *_parts, offer = [None, *ledger.offers(quantity)]
        if not offer or offer.quantity < quantity:
            return None
        return max(self.now, from_seconds(offer.since)) if offer.since else self.now

    def _warehouse_stocks(self, warehouse, products, without):
        on_hand = self._on_hand(warehouse, products)
        movements = self._movements(warehouse, products, without)
        return [
            engine.Stock(
                item=(product.id, warehouse.id),
                on_hand=on_hand.get(product.id, 0.0),
                movements=tuple(movements[product.id]),
            )
            for product in products
        ]

    def _on_hand(self, warehouse, products):
        """Pieces in the warehouse that may be promised."""
        Quant = self.env["stock.quant"]
        usable = warehouse._mto_get_usable_locations()
        groups = Quant._read_group(
            Domain("product_id", "in", products.ids)
            & Domain("location_id", "child_of", usable.ids)
            & Domain("location_id.usage", "in", ["internal", "transit"])
            & Quant._mto_get_usable_domain(self.now),
            ["product_id"],
            ["quantity:sum"],
        )
        return {product.id: quantity for product, quantity in groups}

    def _movements(self, warehouse, products, without):
        movements = defaultdict(list)
        for move, sign in self._open_moves(warehouse, products):
            if move.id in without:
                continue
            movements[move.product_id.id].append(
                engine.Movement(
                    time=expected(move),
                    quantity=sign * move.product_qty,
                    name=move.picking_id.name or move.reference or "",
                    key=("move", move.id),
                )
            )
        for part in self._held_parts(warehouse, products):
            movements[part.product_id.id].append(
                engine.Movement(
                    time=to_seconds(part.date),
                    quantity=-part.quantity,
                    name=part.order_id.name,
                    key=("held", part.id),
                )
            )
        for line in self._pegged_requests(warehouse, products):
            movements[line.product_id.id].append(
                engine.Movement(
                    time=to_seconds(line.date_planned),
                    quantity=line.product_uom_qty,
                    name=line.order_id.name,
                    key=("purchase", line.id),
                )
            )
        return movements

    def _open_moves(self, warehouse, products):
        usable = warehouse._mto_get_usable_locations().ids
        inside = Domain("location_dest_id", "child_of", usable)
        from_inside = Domain("location_id", "child_of", usable)
        common = Domain("product_id", "in", products.ids) & Domain(
            "state", "in", OPEN_MOVE_STATES
        )
        # A first step out (pick, then pushed on to the customer) is as good as gone:
        # the next step exists only when this one is done.
        leaves = Domain("location_final_id", "!=", False) & ~Domain(
            "location_final_id", "child_of", usable
        )
        first_step = leaves & Domain("move_dest_ids", "=", False)
        received = common & ~from_inside & inside
        consumed = common & from_inside & (~inside | first_step)
        Move = self.env["stock.move"]
        return [(move, 1) for move in Move.search(received)] + [
            (move, -1) for move in Move.search(consumed)
        ]

    def _held_parts(self, warehouse, products):
        """What is kept for quotations, but not for those that ask."""
        return self.env["mto.promise.part"].search(
            [
                ("product_id", "in", products.ids),
                ("warehouse_id", "=", warehouse.id),
                ("hold_until", ">", Datetime.now()),
                ("line_id", "not in", self._line_ids),
            ]
        )

    def _pegged_requests(self, warehouse, products):
        """Requests for quotation whose parts are already meant for a demand.

        Core makes the receipt only when the purchase is confirmed; until then the
        demand alone would look like a shortage.
        """
        return self.env["purchase.order.line"].search(
            [
                ("product_id", "in", products.ids),
                ("state", "in", ["draft", "sent", "to approve"]),
                ("move_dest_ids", "!=", False),
                ("order_id.picking_type_id.warehouse_id", "=", warehouse.id),
            ]
        )


def _without(leave_ids):
    # Only if there are any: the index does not know ids.
    return SQL("AND id != ALL(%s)", list(leave_ids)) if leave_ids else SQL()


def _make_resource(row: CenterRow, calendar: engine.Calendar) -> engine.Resource:
    return engine.Resource(
        key=row.id,
        calendar=calendar,
        bookings=engine.Bookings.unpack(row.starts, row.ends),
        machines=row.machines,
        blocked_until=row.blocked_until,
    )


def expected(move) -> int:
    """When a move is expected, in seconds.

    Of a purchase whose date is changed core moves the deadline of the receipt only, not
    the receipt: the later one is the truth.
    """
    dates = [move.date, move.purchase_line_id.date_planned]
    return to_seconds(max(filter(None, dates)))


def read_spans(calendar, start, stop, resources=None, domain=None):
    """``{resource id: spans}`` of working time; of ``False`` that of all of them.

    :param start: naive UTC, as ``stop``.
    :param domain: of the time off that counts.
    """
    # As in core's own slot search: the calendar's time zone counts.
    tz, begin = timezone(calendar.tz), utc.localize(start)
    intervals = calendar._work_intervals_batch(
        _monday(begin, tz) if calendar.flexible_hours else begin,
        utc.localize(stop),
        resources=resources,
        domain=domain,
        tz=tz,
    )
    return {key: _spans(found) for key, found in intervals.items()}


def _monday(moment, tz):
    """The beginning of its week.

    Core gives flexible hours from the first day that is asked for on, until those of
    a week are full, and so again each seventh day: which days are worked would change
    with the day on which one asks.
    """
    day = moment.astimezone(tz).date()
    monday = datetime.combine(day - timedelta(days=day.weekday()), time.min)
    return tz.localize(monday)


def _spans(intervals):
    """Engine spans of Odoo's intervals: sorted, touching ones joined."""
    spans = []
    for start, stop, _records in intervals:
        opens = to_seconds(start.astimezone(utc))
        # Odoo writes the end of a day as 23:59:59.999999.
        closes = to_seconds(stop.astimezone(utc)) + (stop.microsecond > 0)
        if spans and opens <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], closes))
        elif opens < closes:
            spans.append((opens, closes))
    return tuple(spans)
