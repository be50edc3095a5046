"""What the factory has: working time, bookings, stock to come and to go."""

from collections import defaultdict
from datetime import timedelta

from pytz import timezone, utc

from odoo.fields import Domain
from odoo.tools import SQL

from .. import engine
from .clock import to_seconds

OPEN_MOVE_STATES = ["waiting", "confirmed", "partially_available", "assigned"]


class ShopLoader:
    """Loads resources and stocks for the engine, with a fixed number of queries.

    :param env: a superuser environment.
    :param now: naive UTC datetime from which on anything counts.
    """

    def __init__(self, env, now, horizon_days):
        self.env = env
        self.now = now
        self.end = now + timedelta(days=horizon_days)

    # Capacity

    def resources(self, workcenters) -> tuple[engine.Resource, ...]:
        """Work centers with their working time and what is booked on them."""
        bookings = self._bookings(workcenters)
        calendars = self._calendars(workcenters)
        return tuple(
            engine.Resource(
                key=workcenter.id,
                calendar=calendars[workcenter],
                bookings=tuple(bookings[workcenter.resource_id.id]),
                name=workcenter.display_name,
            )
            for workcenter in workcenters
        )

    def _bookings(self, workcenters):
        """``{resource id: [(start, finish), …]}`` of planned work orders."""
        Leave = self.env["resource.calendar.leaves"]
        Leave.flush_model(["resource_id", "date_from", "date_to", "time_type"])
        rows = self.env.execute_query(
            SQL(
                """SELECT resource_id, date_from, date_to
                     FROM resource_calendar_leaves
                    WHERE resource_id IN %s AND time_type = 'other'
                      AND date_to > %s AND date_from < %s""",
                tuple(workcenters.resource_id.ids) or (0,),
                self.now,
                self.end,
            )
        )
        bookings = defaultdict(list)
        for resource_id, start, finish in rows:
            bookings[resource_id].append((to_seconds(start), to_seconds(finish)))
        return bookings

    def _calendars(self, workcenters):
        """Working time of each center: its calendar less the time off."""
        calendars = {}
        for calendar, centers in workcenters.grouped("resource_calendar_id").items():
            if not calendar:
                for center in centers:
                    calendars[center] = engine.Calendar(key=center.id, spans=())
                continue
            intervals = calendar._work_intervals_batch(
                utc.localize(self.now),
                utc.localize(self.end),
                resources=centers.resource_id,
                # As core's own slot search: the calendar's time zone counts.
                tz=timezone(calendar.tz),
            )
            for center in centers:
                calendars[center] = engine.Calendar(
                    key=center.id,
                    spans=_spans(intervals[center.resource_id.id]),
                    name=calendar.name,
                )
        return calendars

    # Material

    def stocks(self, items) -> tuple[engine.Stock, ...]:
        """Stock on hand and to come of ``{(product id, warehouse id)}``."""
        products_by_warehouse = defaultdict(list)
        for product_id, warehouse_id in sorted(items):
            products_by_warehouse[warehouse_id].append(product_id)
        stocks = []
        for warehouse_id, product_ids in products_by_warehouse.items():
            warehouse = self.env["stock.warehouse"].browse(warehouse_id)
            products = self.env["product.product"].browse(product_ids)
            stocks += self._warehouse_stocks(warehouse, products)
        return tuple(stocks)

    def _warehouse_stocks(self, warehouse, products):
        on_hand = self._on_hand(warehouse, products)
        movements = self._movements(warehouse, products)
        return [
            engine.Stock(
                item=(product.id, warehouse.id),
                on_hand=on_hand.get(product.id, 0.0),
                movements=tuple(movements[product.id]),
            )
            for product in products
        ]

    def _on_hand(self, warehouse, products):
        """Own pieces in the warehouse; another owner's are not ours to promise."""
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", products.ids),
                ("location_id", "child_of", warehouse.view_location_id.id),
                ("location_id.usage", "in", ["internal", "transit"]),
                ("owner_id", "=", False),
            ],
            ["product_id"],
            ["quantity:sum"],
        )
        return {product.id: quantity for product, quantity in groups}

    def _movements(self, warehouse, products):
        movements = defaultdict(list)
        for move, sign in self._open_moves(warehouse, products):
            movements[move.product_id.id].append(
                engine.Movement(
                    time=to_seconds(move.date),
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
        inside = [("location_dest_id", "child_of", warehouse.view_location_id.id)]
        from_inside = [("location_id", "child_of", warehouse.view_location_id.id)]
        common = Domain("product_id", "in", products.ids) & Domain(
            "state", "in", OPEN_MOVE_STATES
        )
        # A first step out (pick, then pushed on to the customer) is as good as gone:
        # the next step exists only when this one is done.
        leaves = Domain("location_final_id", "!=", False) & ~Domain(
            "location_final_id", "child_of", warehouse.view_location_id.id
        )
        first_step = leaves & Domain("move_dest_ids", "=", False)
        received = common & ~Domain(from_inside) & Domain(inside)
        consumed = common & Domain(from_inside) & (~Domain(inside) | first_step)
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
