"""Who tells dates: the engine with the add-on's rules, and rules of thumb."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from mto_planning import engine
from mto_planning.engine import safety, urgency

from .check import check_plan
from .factory import DAY, HORIZON_DAYS
from .floor import Floor, Job, Making, Part, Work

QUARTER = 15 * 60
# As ``mto.planner``: orders one after the other, and all at once, work by work.
NAMES = (
    *((rule, False) for rule in urgency.RULES),
    *((rule, True) for rule in ("planned", "due", "slack")),
)
MEMORY = 730 * DAY


class Case(NamedTuple):
    """A delivery.

    :param cause: what set its date, see ``Job``.
    :param slippage: seconds of working days after its plan.
    :param lead: those from asking to the plan.
    """

    actual: int
    cause: tuple | None
    slippage: int
    lead: int


class Ledger:
    """The slippages of deliveries, and the safety that is learned from them.

    :param days: of the settings, until enough is known.
    :param learns: whether each night; else what is known stays.
    """

    def __init__(self, level: float = 0.95, days: float = 1.0, learns: bool = True):
        self.level = level
        self.default = round(days * DAY)
        self.learns = learns
        self.cases: list[Case] = []
        self.known: dict[tuple | None, safety.Experience] = {}

    def copy(self, learns: bool, weeks: int = 0) -> "Ledger":
        """What another year begins with, so many weeks later."""
        other = Ledger(self.level, self.default / DAY, learns)
        shift = weeks * 7 * DAY
        other.cases = [one._replace(actual=one.actual - shift) for one in self.cases]
        other.known = dict(self.known)
        return other

    def add(self, case: Case) -> None:
        """A delivery."""
        self.cases.append(case)

    def learn(self, now: int) -> None:
        """As ``mto.safety``: from all, and by what set their date."""
        if self.learns:
            since = now - MEMORY
            self._learn([one for one in self.cases if one.actual >= since], now)

    def freeze(self) -> None:
        """Learn from all there ever was, and then no more."""
        self._learn(self.cases, None)
        self.learns = False

    def _learn(self, cases: list[Case], now: int | None) -> None:
        groups = defaultdict(list)
        for case in sorted(cases, key=lambda case: case.actual, reverse=True):
            for key in {None, case.cause}:
                groups[key].append(case)
        known = {
            key: self._read(group, now)
            for key, group in groups.items()
            if len(group) >= safety.least_cases(self.level)
        }
        usual = known.get(None)
        self.known = {
            key: experience
            for key, experience in known.items()
            if key is None or experience.stands_out(usual, self.level)
        }

    def _read(self, group: list[Case], now: int | None) -> safety.Experience:
        recent = now and safety.count_recent([one.actual for one in group], now)
        return safety.Experience([(one.slippage, one.lead) for one in group], recent)

    def get(self, cause: tuple | None, lead: int | None = None) -> int:
        """Of what sets the date, if that is a case of its own, else of all deliveries.

        :param lead: of the order, else the usual one.
        """
        experience = self.known.get(cause) or self.known.get(None)
        if not experience:
            return self.default
        return safety.scale(
            experience.safety(self.level),
            experience.usual,
            experience.longest,
            experience.usual if lead is None else lead,
        )


class Ours:
    """The engine with the rules of the add-on.

    :param frozen_days: what begins so soon is not moved by planning anew.
    """

    def __init__(self, ledger: Ledger, frozen_days: float = 1.0) -> None:
        self.ledger = ledger
        self.frozen = round(frozen_days * DAY)
        self.chosen: dict[str, int] = defaultdict(int)
        self.moved = 0
        self.names = NAMES
        self._calendars: dict[int, engine.Calendar] = {}

    # Planner

    def promise(self, job: Job, floor: Floor) -> None:
        """Plan on what all others have left; a rush order before all others."""
        now = _planning_now(floor.now)
        for work in job.works():
            work.planned = None
        demand = self._new_demand(job, now)
        problem = self._problem(floor, now, _others(floor, job), (demand,))
        plan = engine.plan(problem).demands[0]
        self._write(plan.steps, {work.key: work for work in job.works()}, job.parts())
        job.plan, job.cause = plan.finish, _cause(plan, job)
        if job.order.rush:
            # As “Go First” does it: with priority, all planned anew.
            placed = self._place(floor, now)
            job.plan = placed.get(job.order.number, job.plan)
        workdays = floor.year.workdays
        lead = workdays.between(job.asked, job.plan)
        job.promise = workdays.after(job.plan, self.ledger.get(job.cause, lead))

    def replan(self, floor: Floor) -> None:
        """All open orders anew, and the night's learning before it."""
        self.ledger.learn(floor.now)
        self._place(floor, _planning_now(floor.now))

    def delivered(self, job: Job, floor: Floor) -> None:
        """Write the slippage into the ledger."""
        between = floor.year.workdays.between
        slippage, lead = between(job.plan, job.actual), between(job.asked, job.plan)
        self.ledger.add(Case(job.actual, job.cause, slippage, lead))

    # To the engine

    def _problem(self, floor: Floor, now: int, works, demands) -> engine.Problem:
        bookings = defaultdict(list)
        for work in works:
            if work.planned and work.planned[1] > now:
                bookings[work.center].append(work.planned)
        calendar = self._calendar(floor, now)
        return engine.Problem(
            now=now,
            horizon=now + HORIZON_DAYS * DAY,
            demands=tuple(demands),
            resources=tuple(
                engine.Resource(
                    center,
                    calendar,
                    tuple(bookings[center]),
                    blocked_until=floor.down_until(center),
                )
                for center in range(floor.year.factory.centers)
            ),
        )

    def _calendar(self, floor: Floor, now: int) -> engine.Calendar:
        week = now // (7 * DAY)
        if week not in self._calendars:
            spans = floor.year.calendar.spans
            since, until = now - 14 * DAY, now + (HORIZON_DAYS + 7) * DAY
            near = tuple(span for span in spans if since < span[0] and span[1] < until)
            self._calendars = {week: engine.Calendar("week", near)}
        return self._calendars[week]

    def _new_demand(self, job: Job, now: int) -> engine.Demand:
        need = self._new_need(job.top, now)
        return engine.Demand(job.order.number, (need,))

    def _new_need(self, making: Making, now: int) -> engine.Need:
        needs = [self._new_need(child, now) for child in making.children]
        needs += [self._part(part, now) for part in making.parts if not part.here]
        return _need(making, _operations(making.works), needs)

    def _part(self, part: Part, now: int) -> engine.Need:
        key = ("part", *part.key)
        if part.expected is None:
            supply = engine.Purchase(key, part.buy.days * DAY)
        else:
            supply = engine.Receipt(key, max(now, part.expected))
        return engine.Need(key, key, 1.0, supply)

    # Planning anew, as ``bridge.OpenOrders`` and ``mto.planner`` do it

    def _place(self, floor: Floor, now: int) -> dict[int, int]:
        """Write the best of the plans that several sequences give.

        :return: ``{order number: end}`` of the orders that still have work to place.
        """
        orders = Open(floor, now, now + self.frozen)
        staying = [work for work in _all(floor) if work not in orders.pending]
        problem = self._problem(floor, now, staying, ())
        shop = engine.Shop(problem.resources)
        schedules = {
            name: self._dispatch(orders, problem, shop, *name) for name in self.names
        }
        rule = min(schedules, key=lambda one: orders.badness(schedules[one]))
        self.chosen[rule] += 1
        before = {work: work.planned for work in orders.pending}
        keys = {work.key: work for work in orders.pending}
        for demand in schedules[rule].demands:
            parts = floor.open[demand.key].parts()
            self._write(demand.steps, keys, parts)
        self.moved += sum(work.planned != before[work] for work in before)
        check_plan(floor, now, staying, orders.pending)
        return {d.key: d.finish for d in schedules[rule].demands}

    def _dispatch(self, orders, problem, shop, rule, by_work) -> engine.Schedule:
        problem = replace(problem, demands=orders.demands(rule))
        if not by_work:
            return engine.replan(problem, shop)
        keep = rule == "planned"
        return engine.dispatch(problem, orders.ranks(rule), shop, keep=keep)

    def _write(self, steps, works: dict, parts) -> None:
        parts = {("part", *part.key): part for part in parts}
        for step in steps:
            if step.kind == engine.StepKind.OPERATION:
                works[step.key].planned = step.start, step.finish
            elif step.kind == engine.StepKind.PURCHASE:
                parts[step.key].order_by = step.start


class Open:
    """The open orders, as ``bridge.OpenOrders`` gives them to the engine."""

    def __init__(self, floor: Floor, now: int, frozen_until: int) -> None:
        self.floor, self.now, self.frozen_until = floor, now, frozen_until
        self._moves: dict[Work, bool] = {}
        self.jobs = [
            job for job in floor.open.values() if any(map(self._may_move, job.works()))
        ]
        self.pending = {
            work for job in self.jobs for work in job.works() if self._may_move(work)
        }
        self._needs = {job: self._make(job.top) for job in self.jobs}
        self._urgency = {job: self._get_urgency(job) for job in self.jobs}

    def _may_move(self, work: Work) -> bool:
        if work not in self._moves:
            self._moves[work] = self._is_movable(work)
        return self._moves[work]

    def _is_movable(self, work: Work) -> bool:
        if work.started is not None:
            return False
        if not work.planned:
            return True
        start = work.planned[0]
        frozen = self.now <= start < self.frozen_until
        return not frozen or not self._can_begin(work, start)

    def _can_begin(self, work: Work, start: int) -> bool:
        making = work.level
        before = making.works[: making.works.index(work)]
        back = self.floor.down_until(work.center)
        return not (
            (back and start < back)
            or self.ready(making) > start
            or any(map(self._may_move, before[-1:]))
            or any(self._may_move(one) for ch in making.children for one in ch.works)
        )

    def ready(self, making: Making) -> int:
        """When everything is there that a level waits for, as things stand."""
        moments = [self.now]
        for part in making.parts:
            if part.expected is None:
                moments.append(self.now + part.buy.days * DAY)
            elif not part.here:
                moments.append(part.expected)
        for child in making.children:
            if not child.done:
                start, finish = _span(child)
                waits = child.works[0].started is None
                delay = max(0, self.ready(child) - start) if waits else 0
                moments.append(finish + delay)
        return max(moments)

    def _make(self, making: Making) -> engine.Need:
        pending = [work for work in making.works if work in self.pending]
        needs = list(self._waits(making))
        for work in pending[:1]:
            index = making.works.index(work)
            before = making.works[index - 1] if index else None
            if before and not before.done:
                key = ("after", *work.key)
                finish = max(self.now, before.planned[1])
                supply = engine.Receipt(key, finish)
                needs.append(engine.Need(key, key, 1.0, supply, operation=work.key))
        return _need(making, _operations(pending), needs)

    def _waits(self, making: Making) -> Iterator[engine.Need]:
        if making.works[0].started is not None:
            return
        for child in making.children:
            if any(work in self.pending for work in child.works):
                yield self._make(child)
            elif not child.done:
                key = ("made", *child.key)
                finish = max(self.now, child.works[-1].planned[1])
                yield engine.Need(key, key, 1.0, engine.Receipt(key, finish))
        for part in making.parts:
            if not part.here:
                yield Ours._part(None, part, self.now)

    def _get_urgency(self, job: Job) -> urgency.Urgency:
        return urgency.Urgency(
            priority=int(job.order.rush),
            due=job.plan,
            work=self._work(job.top),
            finish=job.top.works[-1].planned and job.top.works[-1].planned[1],
            promised=job.order.number,
            delayed=self._is_delayed(job.top),
        )

    def _work(self, making: Making) -> int:
        own = sum(work.seconds for work in making.works if work in self.pending)
        return own + max(map(self._work, making.children), default=0)

    def _is_delayed(self, making: Making) -> bool:
        starts = [
            work.planned[0]
            for work in making.works
            if work in self.pending and work.planned
        ]
        late = bool(starts) and self.ready(making) > min(starts)
        return late or any(map(self._is_delayed, making.children))

    def demands(self, rule: str) -> tuple[engine.Demand, ...]:
        """One for each order, the first in the sequence of a rule."""
        return tuple(
            engine.Demand(job.order.number, (self._needs[job],), priority=-place)
            for place, job in enumerate(self._ranked(rule))
        )

    def _ranked(self, rule: str) -> list[Job]:
        if rule not in urgency.RULES:
            return self.jobs
        rank = urgency.RULES[rule]
        return sorted(self.jobs, key=lambda job: rank(self._urgency[job]))

    def ranks(self, rule: str) -> dict:
        """What each center does first."""
        if rule != "planned":
            return {
                job.order.number: (-int(job.order.rush), place)
                for place, job in enumerate(self._ranked(rule))
            }
        return {
            work.key: (-int(work.level.job.order.rush),)
            + ((0, work.planned[0]) if work.planned else (1,))
            for work in self.pending
        }

    def badness(self, schedule: engine.Schedule) -> tuple:
        """As ``mto.planner``: late are orders that end after their plan."""
        return urgency.badness(
            max(0, demand.finish - self.floor.open[demand.key].plan)
            if demand.feasible
            else None
            for demand in schedule.demands
        )


class Thumb:
    """A rule of thumb: a number of days; work in the sequence of the dates told.

    :param days: of a job.
    """

    def __init__(self, days) -> None:
        self.days = days

    def promise(self, job: Job, floor: Floor) -> None:
        """Tell the date; buy at once."""
        job.plan = job.promise = job.asked + round(self.days(job) * DAY)
        rank = job.promise - (365 * DAY if job.order.rush else 0)
        for work in job.works():
            work.planned = (rank - 3650 * DAY, rank)
        for part in job.parts():
            if part.order_by is None:
                part.order_by = floor.now

    def replan(self, floor: Floor) -> None:
        """There is no plan."""

    def delivered(self, job: Job, floor: Floor) -> None:
        """Nothing is learned."""


def overview_days(job: Job) -> float:
    """BoM Overview: the longest sum of lead times."""
    return job.top.level.lead_days


def stock_days(job: Job) -> float:
    """Stock Odoo: the customer lead time of the product, kept in whole weeks."""
    return 7 * -(-job.top.level.lead_days // 7)


def _planning_now(now: int) -> int:
    return -(-now // QUARTER) * QUARTER


def _all(floor: Floor) -> Iterator[Work]:
    for job in floor.open.values():
        for work in job.works():
            if not work.done:
                yield work


def _others(floor: Floor, job: Job) -> Iterator[Work]:
    return (work for work in _all(floor) if work.level.job is not job)


def _span(making: Making) -> tuple[int, int]:
    left = [work.planned for work in making.works if not work.done]
    return left[0][0], left[-1][1]


def _operations(works: list[Work]) -> tuple[engine.Operation, ...]:
    return tuple(
        engine.Operation(
            work.key,
            (engine.Mode(work.center, work.seconds),),
            (works[place - 1].key,) if place else (),
        )
        for place, work in enumerate(works)
    )


def _need(making: Making, operations, needs) -> engine.Need:
    supply = engine.Job(making.key, operations, tuple(needs))
    return engine.Need(making.key, making.key, 1.0, supply)


def _cause(plan: engine.DemandPlan, job: Job) -> tuple | None:
    kind, constraint = engine.ConstraintKind, plan.constraint
    if constraint.kind == kind.CAPACITY:
        return "center", constraint.resource
    if constraint.kind == kind.LEAD_TIME:
        for part in job.parts():
            if ("part", *part.key) == constraint.step:
                return "vendor", part.buy.vendor
    return None
