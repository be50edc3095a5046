"""Manufacturing orders that exist, as what the engine has to place anew."""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

from .. import engine
from ..engine.urgency import RULES, Urgency
from .clock import back_on, days_to_seconds, from_seconds, to_seconds
from .shop import expected

OPEN_STATES = ("confirmed", "progress")
PENDING_STATES = ("blocked", "ready")
UNORDERED_STATES = ("draft", "sent", "to approve")


@dataclass(frozen=True, slots=True)
class Supply:
    """What brings a component: orders, receipts that come, requests, or stock.

    :param made: ``mrp.production`` records.
    :param received: ``stock.move`` records from outside.
    :param unordered: ``purchase.order.line`` records of requests for quotation.
    :param is_stock: nothing is meant for it; it is taken from stock.
    """

    made: list
    received: list
    unordered: list
    is_stock: bool


class OpenOrders:
    """Manufacturing orders with what is still to be done, and what they wait for.

    Work that runs, is finished or begins before ``frozen_until`` stays where it is;
    so does everything of other orders.

    :param productions: ``mrp.production`` as superuser, of one company.
    :param now: in seconds, as all times.
    :param frozen_until: planned work that begins earlier is not moved.
    :param fixed_until: nor is work that begins later moved to before this.
    :param keep_planned: only work that has no time yet gets one.
    """

    def __init__(
        self,
        productions,
        now,
        frozen_until=None,
        fixed_until=None,
        keep_planned=False,
    ):
        self._now = now
        self.fixed_until = now if fixed_until is None else fixed_until
        self._frozen_until = now if frozen_until is None else frozen_until
        self._keep_planned = keep_planned
        self._assumed = {}
        self._jobs = {}
        self._ready_of = {}
        self._moves = {}
        self._dues = {}
        self._given = set(productions.ids)
        _read_ahead(productions)
        self.productions = productions.filtered(
            lambda production: (
                production.state in OPEN_STATES
                and (self.pending_of(production) or not production.workorder_ids)
            )
        )

    # What is placed anew

    def pending_of(self, production):
        """The work orders of a manufacturing order that may move."""
        return production.workorder_ids.filtered(self._may_move)

    def _may_move(self, workorder):
        if workorder not in self._moves:
            # Set first: a circle (there should be none) must end.
            self._moves[workorder] = False
            self._moves[workorder] = self._is_movable(workorder)
        return self._moves[workorder]

    def _is_movable(self, workorder):
        if workorder.state not in PENDING_STATES:
            return False
        if not workorder.leave_id:
            return True
        if self._keep_planned:
            return False
        start = to_seconds(workorder.date_start)
        # Overdue work is not frozen, nor is what cannot begin then.
        is_frozen = self._now <= start < self._frozen_until
        return not is_frozen or not self._can_begin(workorder, start)

    def _can_begin(self, workorder, start):
        """Whether frozen work finds all that it needs when it is planned."""
        production = workorder.production_id
        return not (
            self._is_blocked(workorder.workcenter_id, start)
            or self._ready(production) > start
            or any(map(self._may_move, workorder.blocked_by_workorder_ids))
            or any(map(self.pending_of, self._made_for(production)))
        )

    def _made_for(self, production):
        """The orders of these that make a component of one."""
        return [
            child
            for move in production.move_raw_ids
            if move.state not in ("done", "cancel")
            for child in _trace(move).made
            if child.id in self._given
        ]

    def _is_blocked(self, center, moment):
        """Whether a work center is blocked now, and not back by then."""
        if center.working_state != "blocked":
            return False
        tz = center.resource_calendar_id.tz or "UTC"
        return moment < back_on(center.mto_back_on, from_seconds(self._now), tz)

    def _ready(self, production):
        """When everything is there that an order waits for, as things stand."""
        if production not in self._ready_of:
            # Set first: a circle in the pegs (there should be none) must end.
            self._ready_of[production] = self._now
            moments = [
                moment
                for move in production.move_raw_ids
                if move.state not in ("done", "cancel")
                for moment in self._expected(_trace(move))
            ]
            self._ready_of[production] = max([self._now, *moments])
        return self._ready_of[production]

    def _expected(self, supply):
        """When each thing that a component comes from is there."""
        yield from map(expected, supply.received)
        yield from (self._now + _lead_seconds(line) for line in supply.unordered)
        for production in supply.made:
            if production.date_start and production.date_finished:
                start = to_seconds(production.date_start)
                # What has begun waits for nothing any more.
                is_waiting = production.state == "confirmed"
                delay = is_waiting and max(0, self._ready(production) - start)
                yield to_seconds(production.date_finished) + delay

    @cached_property
    def pending(self):
        """All work orders that may move."""
        empty = self.productions.env["mrp.workorder"]
        return empty.concat(*map(self.pending_of, self.productions))

    @cached_property
    def workcenter_ids(self):
        """Work centers that the pending work may use."""
        centers = self.pending.workcenter_id | self.pending.operation_id.workcenter_id
        return set((centers | centers.alternative_workcenter_ids).ids)

    # What they wait for

    @cached_property
    def _supplies(self):
        """``{production: [(raw move, its ``Supply``), …]}``, of what is not there."""
        supplies = defaultdict(list)
        for production in self.productions:
            for move in production.move_raw_ids:
                if move.state not in ("done", "cancel"):
                    supplies[production].append((move, _trace(move)))
        return supplies

    @cached_property
    def taken_from_stock(self):
        """Ids of the component moves whose parts are looked for in stock."""
        return {
            move.id
            for rows in self._supplies.values()
            for move, supply in rows
            if supply.is_stock and move.product_id.is_storable
        }

    @cached_property
    def stock_items(self):
        """``{(product id, warehouse id)}`` of what is looked for in stock."""
        moves = self.productions.move_raw_ids.browse(self.taken_from_stock)
        return {(move.product_id.id, move.warehouse_id.id) for move in moves}

    @cached_property
    def _parent_of(self):
        """The order that waits for each; of several, the one that is due first."""
        parents = {}
        for production in self.productions.sorted(self._rank_by_due):
            for _move, supply in self._supplies[production]:
                for child in supply.made:
                    if child in self.productions and child != production:
                        parents.setdefault(child, production)
        return parents

    def due(self, production):
        """When an order has to be finished, or ``None``."""
        if production not in self._dues:
            self._dues[production] = self._read_due(production)
        return self._dues[production]

    def _read_due(self, production):
        moment = (
            production.mto_need_date
            or production.mto_line_id.mto_promise_id.shipping_date
            or production.date_deadline
        )
        return to_seconds(moment) if moment else None

    # To the engine

    def demands(self, rule="due", method="as_promised", as_planned=False):
        """One demand for each order that no other of them waits for.

        Those that are wanted just in time have a requested time.

        :param rule: which of equally urgent ones comes first, see
            ``engine.urgency.RULES``.
        :param as_planned: those that are wanted just in time do not begin earlier than
            they are planned now.
        """
        return tuple(
            engine.Demand(
                key=production.id,
                needs=(self._make(production),),
                requested=requested,
                not_before=requested
                and as_planned
                and self._planned_starts[production],
                # The engine serves higher ones first.
                priority=-rank,
            )
            for rank, production in enumerate(self._ranked(rule))
            for requested in (self._requested(production, method),)
        )

    def ranks(self, rule):
        """What each center does first: ``{key: rank}`` for ``engine.dispatch``.

        :param rule: as for ``demands``, or ``"planned"``: the sequence of the current
            plan; what has no time yet is the last.
        """
        # Of work orders only: a manufacturing order may have the id of a work order.
        places = {one: place for place, one in enumerate(self._ranked(rule))}
        ranks = {}
        for production in self.productions:
            root = self._root_of(production)
            rank = -int(root.priority or 0), places[root]
            for workorder in self.pending_of(production):
                ranks[workorder.id] = (
                    self._rank_as_planned(root, workorder)
                    if rule == "planned"
                    else rank
                )
        return ranks

    def _root_of(self, production):
        """The order at the top of the tree that one is made for."""
        while production in self._parent_of:
            production = self._parent_of[production]
        return production

    def _rank_as_planned(self, root, workorder):
        urgency = -int(root.priority or 0)
        if not workorder.leave_id:
            return urgency, 1
        return urgency, 0, to_seconds(workorder.date_start)

    def _ranked(self, rule):
        if rule not in RULES:
            return self.roots
        return self.roots.sorted(lambda one: RULES[rule](self._urgencies[one]))

    def _planned_start(self, production):
        """When the first work of an order, or of one below it, is planned."""
        starts = self.pending_of(production).filtered("leave_id").mapped("date_start")
        below = map(self._planned_start, self._children[production])
        return min(
            [*map(to_seconds, starts), *(start for start in below if start)],
            default=None,
        )

    @cached_property
    def _planned_starts(self):
        return {
            production: self._planned_start(production) for production in self.roots
        }

    def _requested(self, production, method):
        is_wanted = method == "as_promised" and production in self._on_request
        if method == "just_in_time" or is_wanted:
            return self.due(production)
        return None

    @cached_property
    def _on_request(self):
        """The orders of what was promised for a requested date, and not to be early."""
        return {
            production
            for production in self.roots
            if not production.company_id.mto_plan_early
            for promise in production.mto_line_id.mto_promise_id
            if promise.requested_date and promise.on_request
        }

    def lateness(self, demand):
        """Seconds by which an order ends after it is due, by a plan."""
        due = self.due(self.productions.browse(demand.key))
        return max(0, demand.finish - due) if due and demand.feasible else 0

    @cached_property
    def roots(self):
        """The orders that no other of them waits for."""
        return self.productions.filtered(lambda one: one not in self._parent_of)

    @cached_property
    def _children(self):
        children = defaultdict(list)
        for child, parent in self._parent_of.items():
            children[parent].append(child)
        return children

    def _rank_by_due(self, production):
        due = self.due(production)
        return (-int(production.priority or 0), due is None, due or 0)

    @cached_property
    def _urgencies(self):
        return {production: self._urgency(production) for production in self.roots}

    def _urgency(self, production):
        finish = production.is_planned and production.date_finished
        return Urgency(
            priority=int(production.priority or 0),
            due=self.due(production),
            work=self._work(production),
            finish=to_seconds(finish) if finish else None,
            promised=production.mto_line_id.mto_promise_id.id or production.id,
            delayed=self._is_delayed(production),
        )

    def _is_delayed(self, production):
        """Whether an order, or one below it, cannot begin when it is planned."""
        starts = self.pending_of(production).filtered("leave_id").mapped("date_start")
        return bool(
            starts and self._ready(production) > to_seconds(min(starts))
        ) or any(self._is_delayed(child) for child in self._children[production])

    def _work(self, production):
        """Seconds of work in an order and in the longest way below it."""
        below = (self._work(child) for child in self._children[production])
        own = sum(self.pending_of(production).mapped("duration_expected"))
        return round(own * 60) + max(below, default=0)

    def assume(self, finishes):
        """Say when orders end that several others wait for.

        Only the first of them has such an order in its own tree; the others wait for
        the time at which it ended there.

        :param finishes: ``{production id: seconds}`` of a plan.
        :return: whether the plan was made with other times, so that it must be
            made once more.
        """
        changed = any(
            finishes.get(production_id, finish) != finish
            for production_id, finish in self._assumed.items()
        )
        self._assumed.update(
            (production_id, finishes[production_id])
            for production_id in self._assumed.keys() & finishes.keys()
        )
        if changed:
            self._jobs.clear()
        return changed

    def _make(self, production):
        return engine.Need(
            key=("make", production.id),
            item=("production", production.id),
            quantity=production.product_qty or 1.0,
            supply=self._job(production),
        )

    def _job(self, production):
        if production not in self._jobs:
            self._jobs[production] = self._make_job(production)
        return self._jobs[production]

    def _make_job(self, production):
        operations = self.pending_of(production)
        return engine.Job(
            key=production.id,
            operations=tuple(map(self._operation, operations)),
            needs=(
                *self._component_needs(production),
                *self._running_needs(operations),
            ),
            lead_seconds=days_to_seconds(production.bom_id.produce_delay),
            name=production.name,
        )

    def _operation(self, workorder):
        return engine.Operation(
            key=workorder.id,
            modes=tuple(self._modes(workorder)),
            blocked_by=tuple(
                blocker.id
                for blocker in workorder.blocked_by_workorder_ids
                if self._may_move(blocker)
            ),
            name=workorder.name,
            ignores_freeze=not self._begins_later(workorder),
        )

    def _begins_later(self, workorder):
        """Whether it is planned after the fixed time; what is in it has to go on."""
        if not workorder.leave_id:
            return False
        return to_seconds(workorder.date_start) >= self.fixed_until

    def _modes(self, workorder):
        """As core's ``_plan_workorder``: its center and the alternatives."""
        center, home = workorder.workcenter_id, workorder.operation_id.workcenter_id
        yield engine.Mode(center.id, round(workorder.duration_expected * 60))
        for other in (home | home.alternative_workcenter_ids) - center:
            minutes = workorder._get_duration_expected(alternative_workcenter=other)
            yield engine.Mode(other.id, round(minutes * 60))

    def _running_needs(self, operations):
        """Work that stays where it is holds up what comes behind it."""
        for workorder in operations:
            for blocker in workorder.blocked_by_workorder_ids:
                if blocker.state in ("done", "cancel") or self._may_move(blocker):
                    continue
                yield engine.Need(
                    key=("after", workorder.id, blocker.id),
                    item=("workorder", blocker.id),
                    quantity=1.0,
                    supply=self._receipt(("workorder", blocker.id), blocker),
                    operation=workorder.id,
                )

    def _component_needs(self, production):
        children = set(self._children[production])
        for move, supply in self._supplies[production]:
            consumer = self._consumer(move)
            for need in self._move_needs(production, children, move, supply):
                yield replace(need, operation=consumer) if consumer else need

    def _consumer(self, move):
        """Id of the work order that a component goes into, if that is still to come.

        What is fetched for the order (pick components, then make) is fetched at once.
        """
        workorder = move.workorder_id
        fetched = move.move_orig_ids.filtered(lambda origin: origin.picking_id)
        if move.operation_id and workorder and not fetched:
            return self._may_move(workorder) and workorder.id
        return None

    def _move_needs(self, production, children, move, supply):
        """What a component waits for; orders are taken out of ``children``."""
        for child in supply.made:
            if child in children:
                children.discard(child)
                yield self._make(child)
            elif self._parent_of.get(child) != production:
                yield self._wait_for_order(move, child)
        for origin in supply.received:
            yield self._wait_for(move, origin)
        for line in supply.unordered:
            yield self._buy(move, line)
        if move.id in self.taken_from_stock:
            yield self._take(move)

    def _wait_for_order(self, move, child):
        """An order that is not in this tree: it ends when it ends there."""
        finish = self._now
        if child in self.productions:
            finish = self._assumed.setdefault(child.id, self._now)
        elif child.date_finished:
            finish = max(self._now, to_seconds(child.date_finished))
        return engine.Need(
            key=("move", move.id, "of", child.id),
            item=("production", child.id),
            quantity=move.product_qty or 1.0,
            supply=engine.Receipt(("production", child.id), finish),
            name=child.name,
        )

    def _wait_for(self, move, origin):
        key = ("move", move.id, "from", origin.id)
        return engine.Need(
            key=key,
            item=("move", move.id),
            quantity=move.product_qty or 1.0,
            supply=engine.Receipt(key, max(self._now, expected(origin))),
            name=move.product_id.display_name,
        )

    def _buy(self, move, line):
        """A request for quotation: it is ordered when the plan wants it."""
        return engine.Need(
            key=("move", move.id, "bought", line.id),
            item=("move", move.id),
            quantity=move.product_qty or 1.0,
            supply=engine.Purchase(("purchase", line.id, move.id), _lead_seconds(line)),
            name=move.product_id.display_name,
        )

    def _take(self, move):
        """Free stock; where there is none, the order does not get later by that."""
        return engine.Need(
            key=("move", move.id),
            item=(move.product_id.id, move.warehouse_id.id),
            quantity=move.product_qty,
            from_stock=True,
            supply=engine.Receipt(("missing", move.id), self._now),
            name=move.product_id.display_name,
        )

    def _receipt(self, key, workorder):
        finish = workorder.date_finished
        return engine.Receipt(
            key, max(self._now, to_seconds(finish)) if finish else self._now
        )


def _trace(move):
    """Follow a component to what brings it."""
    made, received, unordered = [], [], []
    waiting, seen = [move], move.browse()
    while waiting:
        one = waiting.pop()
        for origin in one.move_orig_ids - seen:
            seen |= origin
            if origin.state in ("done", "cancel"):
                continue
            if origin.production_id:
                made.append(origin.production_id)
            elif origin.location_id.usage in ("supplier", "transit"):
                received.append(origin)
            else:
                waiting.append(origin)
        unordered += [
            line
            for line in one.created_purchase_line_ids
            if line.state in UNORDERED_STATES
        ]
    return Supply(made, received, unordered, not (seen or unordered))


def _lead_seconds(line):
    """The vendor's lead time, as it was when the line was made."""
    if line.mto_need_date and line.mto_order_by:
        return to_seconds(line.mto_need_date) - to_seconds(line.mto_order_by)
    return days_to_seconds(line._mto_get_vendor_delay())


def _read_ahead(productions):
    """Read what is looked at later, record by record, for all of them at once."""
    for path in (
        "bom_id.produce_delay",
        "mto_line_id.mto_promise_id.shipping_date",
        "workorder_ids.blocked_by_workorder_ids.leave_id",
        "workorder_ids.operation_id.workcenter_id.alternative_workcenter_ids",
        "workorder_ids.workcenter_id",
        "move_raw_ids.product_id.is_storable",
        "move_raw_ids.created_purchase_line_ids.date_planned",
    ):
        productions.mapped(path)
    origins = productions.move_raw_ids.move_orig_ids
    while origins:
        origins.mapped("location_id.usage")
        origins.mapped("purchase_line_id.date_planned")
        origins.mapped("created_purchase_line_ids.date_planned")
        origins = origins.filtered(lambda one: not one.production_id).move_orig_ids
