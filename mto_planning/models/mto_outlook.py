"""When one order line's production ends as things stand, and what makes it late."""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from odoo import models

from ..bridge import (
    ShopLoader,
    Slip,
    Timetable,
    from_seconds,
    planning_now,
    to_seconds,
)
from ..bridge.clock import HORIZON_DAYS
from ..bridge.figures import plain_number
from .purchase_order_line import UNORDERED

OVER = ("done", "cancel")


class Cause(NamedTuple):
    """One thing that keeps a line from its plan.

    :param kind: of ``mto.progress``'s ``CAUSES``.
    :param record: where it can be helped.
    :param name: of the record, for people.
    :param expected: when it is over or here as things stand; ``None``: never.
    :param needed: when it should be.
    """

    kind: str
    record: models.BaseModel
    name: str
    expected: object = None
    needed: object = None

    @property
    def delay(self):
        """By how much it is late."""
        if not self.expected or not self.needed:
            return timedelta()
        return self.expected - self.needed


class Wait(NamedTuple):
    """What an order waits for that is late, and what makes that late."""

    expected: object
    needed: object
    cause: Cause


class Surroundings:
    """What the lines that are measured together share: each is read once for all.

    :param lines: as superuser, confirmed.
    :param now: naive UTC.
    """

    def __init__(self, lines, now):
        self.lines = lines
        self.now = now
        self._loaders = {}
        self._timetables = {}

    def loader(self, company):
        """The way to what the factory has; read while fields are computed."""
        if company not in self._loaders:
            planner = self.lines.env["mto.planner"]
            self._loaders[company] = ShopLoader(
                planner._get_planning_env(company),
                planner._get_memory(),
                from_seconds(planning_now(self.now)),
                HORIZON_DAYS,
                within_compute=True,
            )
        return self._loaders[company]

    def timetable(self, company):
        """When the work centers of the lines' open work are open."""
        if company not in self._timetables:
            lines = self.lines.filtered(lambda line: line.company_id == company)
            workorders = lines.mto_production_ids.workorder_ids
            open_work = workorders.filtered(lambda one: one.state not in OVER)
            loader = self.loader(company)
            self._timetables[company] = Timetable(
                loader, to_seconds(loader.now), open_work.workcenter_id.ids
            )
        return self._timetables[company]

    def arrival(self, company, product, warehouse, quantity, move_ids):
        """When stock that nobody else waits for gives a quantity.

        :param move_ids: of the moves that ask for it.
        :return: naive UTC; ``None`` if it never does.
        """
        item = product.id, warehouse.id
        return self.loader(company).arrival(item, quantity, set(move_ids))


class Outlook:
    """Expected dates of one line's production, from the bought parts upwards.

    One propagation through the pegs: bought parts are here when their receipt is
    expected, a component that nothing brings any more never; each work order begins
    when what comes before it is done and its parts are here; if that is when it is
    planned and its work center is open, it stays there, else it takes the earliest
    free capacity (see ``bridge.Slip``). It leaves when that is made, or when somebody
    has scheduled the delivery later. What is early makes nothing earlier.

    A plain calculation over records that are already loaded; superuser records, since
    a salesperson follows purchases and work orders that he may not open.
    """

    def __init__(self, line, now, surroundings=None):
        self.line = line
        self.now = now
        self.surroundings = surroundings or Surroundings(line, now)
        self.promise = line.mto_promise_id
        self.productions = line.mto_production_ids.filtered(
            lambda production: production.state != "cancel"
        )
        self.purchases = line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.state != "cancel"
        )
        # What makes it late, and what is there no more and nothing replaces.
        self.causes, self.gaps = [], []
        self._finish, self._done_at = {}, {}
        self._is_followed = False
        # What sets the end of a manufacturing order or a work order, if it is late.
        self._why = {}
        self._productions_of = defaultdict(list)
        for production in self.productions:
            parent = production.bom_id.mto_parent_line_id.bom_id
            self._productions_of[parent].append(production)
        self._purchases_of = defaultdict(list)
        for purchase in self.purchases:
            for group in purchase.move_dest_ids.production_group_id:
                self._purchases_of[group].append(purchase)

    # Bought parts

    def receipt(self, purchase):
        """When bought parts are here: really, or as things stand."""
        if purchase.mto_is_received or self.is_short(purchase):
            return None
        moves = purchase.move_ids.filtered(lambda move: move.state not in OVER)
        expected = max([purchase.date_planned, *moves.mapped("date"), self.now])
        late = self.now - (purchase.mto_order_by or self.now)
        if purchase.state in UNORDERED and late >= timedelta(days=1):
            expected = max(expected, purchase.date_planned + timedelta(days=late.days))
        return expected

    def is_short(self, purchase):
        """Whether the vendor has brought less than was ordered, and brings no more."""
        return bool(
            not purchase.mto_is_received
            and purchase.state not in UNORDERED
            and purchase.move_ids
            and all(move.state in OVER for move in purchase.move_ids)
        )

    # What is made

    def finish(self, production):
        """When a manufacturing order ends: really, or as things stand."""
        if production not in self._finish:
            # Set first: a loop in the pegs (there should be none) must end.
            self._finish[production] = production.date_finished
            self._finish[production] = self._expect(production)
        return self._finish[production]

    def _expect(self, production):
        if production.state == "done":
            return production.date_finished
        planned = production.date_finished or self.now
        waits = list(self._waits(production))
        work = production.workorder_ids.filtered(lambda one: one.state not in OVER)
        if work:
            ends = [(self._work(one, waits), self._why.get(one)) for one in work]
        elif production.state == "progress":
            ends = []
        else:
            ends = [
                (planned + (wait.expected - wait.needed), wait.cause) for wait in waits
            ]
        late = [end for end in ends if end[0] > planned]
        expected, cause = max(late, key=_moment, default=(planned, None))
        if self.now > expected:
            expected = self.now
            cause = cause or self._note(
                Cause(
                    "overdue", production, name_of_made(production), expected, planned
                )
            )
        self._why[production] = cause
        return expected

    def _note(self, cause):
        self.causes.append(cause)
        return cause

    def _work(self, workorder, waits):
        """When a work order ends, with all that is before it."""
        if workorder not in self._done_at:
            self._done_at[workorder] = workorder.date_finished or self.now
            self._done_at[workorder] = self._expect_work(workorder, waits)
        return self._done_at[workorder]

    def _expect_work(self, workorder, waits):
        planned = workorder.date_finished
        if workorder.state == "progress":
            return self._expect_running(workorder, planned)
        start = workorder.date_start
        blockers = workorder.blocked_by_workorder_ids.filtered(
            lambda one: one.state not in OVER
        )
        before = [(self._work(one, waits), self._why.get(one)) for one in blockers]
        before += [
            (wait.expected, wait.cause)
            for wait in waits
            if not start or wait.needed <= start or not blockers
        ]
        begin = start or self.now
        late = [one for one in before if one[0] > begin]
        ready, cause = max(late, key=_moment, default=(begin, None))
        end, reason = self._slip.finish(workorder, max(ready, self.now))
        if not cause and (reason or begin < self.now):
            cause = self._note_work(reason or "overdue", workorder, end)
        self._why[workorder] = cause
        return end

    def _expect_running(self, workorder, planned):
        """Work that runs ends as planned, or now, or when its center is back."""
        back = self._slip.back(workorder)
        end = max(planned or self.now, self.now, back or self.now)
        if planned and end > planned:
            kind = "blocked" if back and back > planned else "overrun"
            self._why[workorder] = self._note_work(kind, workorder, end)
        return end

    def _note_work(self, kind, workorder, end):
        made = name_of_made(workorder.production_id)
        name, record = f"{made}, {workorder.name}", workorder
        if kind in ("blocked", "closed"):
            record = workorder.workcenter_id
            name = record.display_name
        return self._note(Cause(kind, record, name, end, workorder.date_finished))

    @cached_property
    def _slip(self):
        timetable = self.surroundings.timetable(self.line.company_id)
        return Slip(timetable, self.productions.workorder_ids)

    # What it waits for

    def _waits(self, production):
        """What an order waits for that is late, as ``Wait``."""
        start = production.date_start or self.now
        for purchase in self._purchases_of[production.production_group_id]:
            # What an operation consumes is not needed before it.
            needed = _latest(start, purchase.mto_need_date)
            yield from self._wait_for_purchase(purchase, needed)
        for child in self._productions_of[production.bom_id]:
            if child.state != "done":
                needed = _latest(start, child.mto_need_date)
                expected = self.finish(child)
                if expected > needed:
                    cause = self._why.get(child) or self._note(
                        Cause("plan", child, name_of_made(child), expected, needed)
                    )
                    yield Wait(expected, needed, cause)
        for move in production.move_raw_ids:
            yield from self._wait_for_stock(move, _latest(start, move.date))

    def _wait_for_purchase(self, purchase, needed):
        if self.is_short(purchase):
            yield from self._wait_for_rest(purchase, needed)
            return
        expected = self.receipt(purchase)
        if expected and expected > needed:
            kind = "unordered" if purchase.state in UNORDERED else "purchase"
            cause = Cause(kind, purchase, name_of(purchase), expected, needed)
            yield Wait(expected, needed, self._note(cause))

    def _wait_for_rest(self, purchase, needed):
        """A receipt was short: the rest is there when it is ordered again today."""
        waiting = purchase.move_dest_ids.filtered(
            lambda move: move.state not in (*OVER, "assigned")
        )
        if not waiting:
            return
        expected = self._if_ordered_now(purchase._mto_get_vendor_delay())
        cause = Cause("short", purchase, name_of(purchase), expected, needed)
        self.gaps.append(cause)
        if expected > needed:
            yield Wait(expected, needed, cause)

    def _wait_for_stock(self, move, needed):
        """A component that is taken from stock, and is not there any more."""
        missing = self.missing(move)
        if not missing:
            return
        arrival, kind = self._arrival(move, missing), "stock"
        if arrival is None:
            delay = move.product_id.seller_ids[:1].delay
            arrival, kind = self._if_ordered_now(delay), "missing"
        cause = Cause(kind, move, name_of_part(move, missing), arrival, needed)
        if kind == "missing":
            self.gaps.append(cause)
        if arrival > needed:
            yield Wait(arrival, needed, self._note(cause))

    def _if_ordered_now(self, delay):
        return self.now + timedelta(days=delay or 0)

    def _arrival(self, move, quantity):
        """When stock gives a move what it misses, besides what it has; or ``None``."""
        warehouse = move.warehouse_id or move.location_id.warehouse_id
        moves = move | move.move_orig_ids.filtered(lambda one: one.state not in OVER)
        quantity += sum(map(_reserved, moves))
        return self.surroundings.arrival(
            self.line.company_id, move.product_id, warehouse, quantity, moves.ids
        )

    def missing(self, move):
        """What of a move neither is reserved nor comes; in the product's unit.

        A bought part whose receipt was short is told as such.
        """
        is_short = move.move_orig_ids.purchase_line_id.filtered(self.is_short)
        return 0.0 if is_short else self.uncovered(move)

    def uncovered(self, move):
        """What of a move neither is reserved nor comes; in the product's unit."""
        product = move.product_id
        if move.state in (*OVER, "assigned", "draft") or not product.is_storable:
            return 0.0
        left = move.product_qty - self._coming(move)
        return left if product.uom_id.compare(left, 0.0) > 0 else 0.0

    def unsupplied(self):
        """``{move: quantity}`` of what nothing brings, also not free stock."""
        moves = self.productions.move_raw_ids | self.line.move_ids.filtered(
            lambda move: move._mto_leaves()
        )
        # What is fetched from stock is missing where it is fetched.
        moves |= moves.move_orig_ids.filtered(
            lambda move: not move.production_id and move.location_id.usage == "internal"
        )
        firsts = moves.filtered(lambda move: not move.move_orig_ids - _over(move))
        missing = {move: self.uncovered(move) for move in firsts}
        return {
            move: quantity
            for move, quantity in missing.items()
            if quantity and self._arrival(move, quantity) is None
        }

    def _coming(self, move):
        """What is reserved for a move, and what comes for it."""
        coming = _reserved(move)
        for origin in move.move_orig_ids:
            if origin.state in OVER:
                continue
            inside = not origin.production_id and origin.location_id.usage == "internal"
            coming += origin.product_qty - (self.missing(origin) if inside else 0.0)
        requests = (
            move.created_purchase_line_ids
            | move.move_orig_ids.created_purchase_line_ids
        )
        return coming + sum(
            request.product_uom_qty
            for request in requests
            if request.state in UNORDERED
        )

    # The whole line

    def all_gaps(self):
        """What is there no more and nothing replaces, as list of ``Cause``."""
        self._follow()
        return self.gaps

    def _follow(self):
        """Follow everything once, so that all causes are known."""
        if self._is_followed:
            return
        self._is_followed = True
        for production in self.productions:
            self.finish(production)
        if self.delivery:
            self._note(self.delivery)
        for move in self.line.move_ids:
            if move._mto_leaves() and self.missing(move):
                self._note_lost(move)

    def _note_lost(self, move):
        """What was made for the customer is there no more."""
        missing = self.missing(move)
        if self._arrival(move, missing) is None:
            name = name_of_part(move, missing)
            self.gaps.append(Cause("missing", move, name, None, move.date))

    def why(self, record):
        """The ``Cause`` that makes a record of the line late, or ``None``."""
        self._follow()
        if record._name == "stock.move" and self.is_put_off(record):
            return self.delivery
        found = self._why.get(record)
        return found or next(
            (cause for cause in self.causes + self.gaps if cause.record == record), None
        )

    def ends(self, workorder):
        """When a work order ends: really, or as things stand."""
        self._follow()
        return self._done_at.get(workorder, workorder.date_finished)

    def critical(self):
        """What sets the date: from the last that is made, back by what came last.

        :return: a set of manufacturing orders, work orders and purchase lines.
        """
        self._follow()
        path = set()
        todo = sorted(self.top(), key=self.finish)[-1:]
        while todo:
            production = todo.pop()
            if production in path:
                # A loop in the pegs: there should be none.
                break
            path.add(production)
            path.update(self._critical_work(production))
            before = [
                (self.finish(child), child)
                for child in self._productions_of[production.bom_id]
            ] + [
                (self.receipt(one) or one.mto_need_date or self.now, one)
                for one in self._purchases_of[production.production_group_id]
            ]
            last = max(before, key=_moment, default=(None, None))[1]
            if last is not None and last._name == "mrp.production":
                todo.append(last)
            elif last is not None:
                path.add(last)
        return path

    def _critical_work(self, production):
        """The work of an order, from its last back by what blocks it longest."""
        work = production.workorder_ids.filtered(lambda one: one.state != "cancel")
        last = max(work, key=lambda one: self.ends(one) or self.now, default=None)
        while last:
            yield last
            last = max(
                last.blocked_by_workorder_ids & work,
                key=lambda one: self.ends(one) or self.now,
                default=None,
            )

    @property
    def worst(self):
        """What hurts most, or ``None``: what is gone, sets the date, or is late."""
        self._follow()
        tops = sorted(self.top(), key=self.finish, reverse=True)
        setting = [self._why[one] for one in tops if self._why.get(one)]
        if self.delivery and self.delivery.delay >= self._production_slip():
            setting = [self.delivery]
        late = sorted(self.causes, key=lambda cause: cause.delay, reverse=True)
        return next(iter([*self.gaps, *setting, *late]), None)

    def top(self):
        """The manufacturing orders that make what is delivered."""
        return self._productions_of[self.productions.env["mrp.bom"]]

    @cached_property
    def delivery(self):
        """What puts the delivery off, as ``Cause`` of the latest; or ``None``.

        It leaves when it was planned unless somebody has scheduled it later. A date
        that has passed says nothing: then it leaves now.
        """
        late = [
            Cause(
                "delivery",
                move.picking_id,
                move.picking_id.name,
                move.date,
                self._delivery_due(move),
            )
            for move in self.line._mto_get_open_deliveries()
            if self.is_put_off(move)
        ]
        return max(late, key=lambda cause: cause.delay, default=None)

    def is_put_off(self, move):
        """Whether a move is a delivery that is scheduled later than planned."""
        return bool(
            self.promise.shipping_date
            and move.picking_id
            and move.state not in OVER
            and move._mto_leaves()
            and move.date > self.now
            and move.date > self._delivery_due(move)
        )

    def _delivery_due(self, move):
        """When a delivery is planned to leave: all at once with its last."""
        due = self.line._mto_get_delivery_date(move)
        if move.date > due and move.picking_id.move_type == "one":
            mates = move.picking_id.move_ids
            planned = [mate.sale_line_id._mto_get_delivery_date(mate) for mate in mates]
            due = max(filter(None, planned), default=due)
        return due

    @property
    def is_planned(self):
        """Whether there is a plan to compare with: not if it was impossible."""
        return self.promise.feasible or all(self.productions.mapped("is_planned"))

    def projected(self, made=None):
        """When the customer has it, as things stand; ``False`` without a plan.

        :param made: when it would be made instead, for plans that are only tried.
        """
        if not self.is_planned:
            return False
        if not self.promise.promise_date:
            ends = [self.finish(production) for production in self.productions]
            return made or max(ends, default=False)
        put_off = self.delivery.delay if self.delivery else timedelta()
        slip = max(self._production_slip(made), put_off, timedelta())
        planned = self.promise.planned_date or self.promise.promise_date
        return max(planned + slip, self.now)

    def _production_slip(self, made=None):
        """By how much what is delivered is made later than it was to leave."""
        ends = [made] if made else map(self.finish, self.top())
        return max(
            [end - self.promise.shipping_date for end in ends], default=timedelta()
        )


def name_of(purchase):
    """What people call a purchase line in a sentence."""
    return f"{purchase.order_id.name} {purchase.product_id.display_name}"


def name_of_made(production):
    """What people call a manufacturing order in a sentence."""
    return f"{production.name} {production.product_id.display_name}"


def name_of_part(move, quantity):
    """What people call so many of a part in a sentence."""
    product = move.product_id
    return f"{plain_number(quantity)} {product.uom_id.name} {product.display_name}"


def _reserved(move):
    unit = move.product_id.uom_id
    return move.product_uom._compute_quantity(move.quantity, unit)


def _over(move):
    return move.move_orig_ids.filtered(lambda origin: origin.state in OVER)


def _moment(end):
    return end[0]


def _latest(moment, other):
    return max(moment, other) if other else moment
