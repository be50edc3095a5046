"""What the factory has: working time, bookings, stock to come and to go."""

from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

from pytz import timezone, utc

from odoo.fields import Domain
from odoo.tools import SQL

from .. import engine
from .clock import to_seconds
from .memory import Memory, unread

OPEN_MOVE_STATES = ["waiting", "confirmed", "partially_available", "assigned"]
# For each work center: its bookings, packed; and the versions of the rows that its
# working time is made from (see ``versions.py``).
CAPACITY = """
    SELECT center.id, booked.starts, booked.ends,
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
                   AND date_to >= %(start)s AND date_from <= %(end)s)
           )
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
    """

    def __init__(self, env, memory: Memory, now, horizon_days):
        self.env = env
        self._memory = memory
        self.now = now
        self.end = now + timedelta(days=horizon_days)
        self._start = now.replace(hour=0, minute=0)
        self._stop = self._start + timedelta(days=horizon_days + 1)

    # Capacity

    @contextmanager
    def floor(self, workcenter_ids, items):
        """The shop to plan with.

        Planning changes it for a moment: work centers are out of memory until then.
        """
        capacities = self._capacities(sorted(workcenter_ids))
        shops = {one: capacity.shop for one, capacity in capacities.items()}
        yield Floor(shops, self._stocks(items))
        self._memory.capacities.update(capacities)

    def shop_without(self, workcenter_ids, items, leave_ids, move_ids) -> engine.Shop:
        """The shop as if some work were not booked and some parts not asked for.

        :param leave_ids: of the bookings, ``resource.calendar.leaves``.
        :param move_ids: of the ``stock.move`` that ask for parts.
        """
        rows = self._capacity_rows(workcenter_ids, leave_ids)
        hours = self._hours({row[0]: (self._start, row[3]) for row in rows})
        resources = [
            engine.Resource(
                key=center_id,
                calendar=hours[center_id].calendar,
                bookings=engine.Bookings.unpack(starts, ends),
            )
            for center_id, starts, ends, _version in rows
        ]
        return engine.Shop(resources, self._stocks(items, move_ids))

    def _capacities(self, workcenter_ids) -> dict[int, Capacity]:
        """Work centers with their working time and what is booked on them."""
        rows = self._capacity_rows(workcenter_ids)
        hours = self._hours({row[0]: (self._start, row[3]) for row in rows})
        capacities = {}
        for center_id, starts, ends, _version in rows:
            made_from = (hours[center_id].made_from, bytes(starts), bytes(ends))
            known = self._memory.capacities.pop(center_id, None)
            if not known or known.made_from != made_from:
                known = self._make_capacity(center_id, made_from, hours[center_id])
            capacities[center_id] = known
        return capacities

    def _capacity_rows(self, workcenter_ids, without=()):
        # Below: what this transaction has changed.
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                CAPACITY,
                centers=tuple(workcenter_ids) or (0,),
                start=self._start,
                end=self._stop,
                # Only if there are any: the index does not know ids.
                without=SQL("AND id != ALL(%s)", list(without)) if without else SQL(),
            )
        )
        return [(row[0], row[1] or b"", row[2] or b"", row[3]) for row in rows]

    def _make_capacity(self, center_id, made_from, hours) -> Capacity:
        _hours, starts, ends = made_from
        resource = engine.Resource(
            key=center_id,
            calendar=hours.calendar,
            bookings=engine.Bookings.unpack(starts, ends),
        )
        return Capacity(made_from, engine.Shop([resource]))

    def _hours(self, made_from) -> dict[int, Hours]:
        """Working time of work centers, from memory where nothing has changed.

        :param made_from: ``{work center id: (first day, versions of the rows)}``.
        """
        remembered = {one: self._memory.hours.get(one) for one in made_from}
        hours = {
            one: known
            for one, known in remembered.items()
            if known and known.made_from == made_from[one]
        }
        missing = made_from.keys() - hours.keys()
        if missing:
            with unread(self.env) as env:
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
            intervals = calendar._work_intervals_batch(
                utc.localize(self._start),
                utc.localize(self._stop),
                resources=centers.resource_id,
                # As core's own slot search: the calendar's time zone counts.
                tz=timezone(calendar.tz),
            )
            shared = {}
            for center in centers:
                spans = _spans(intervals[center.resource_id.id])
                # Most have no time off of their own: one tuple for all of them.
                spans = shared.setdefault(spans, spans)
                yield center.id, engine.Calendar(center.id, spans, calendar.name)

    # Material

    def _stocks(self, items, without=()) -> tuple[engine.Stock, ...]:
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


def expected(move) -> int:
    """When a move is expected, in seconds.

    Of a purchase whose date is changed core moves the deadline of the receipt only, not
    the receipt: the later one is the truth.
    """
    dates = [move.date, move.purchase_line_id.date_planned]
    return to_seconds(max(filter(None, dates)))


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
