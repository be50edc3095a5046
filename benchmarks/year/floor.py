"""The shop floor: what really happens, hour by hour, and what a planner is asked.

Work is taken up as people do it: a free center takes, of what can be begun, what the
plan puts first; nothing is begun before its parts are there and what comes before it is
done. Each morning all is planned anew.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from mto_planning import engine

from .factory import DAY, HOUR, MINUTE, Buy, Level, Order, Year

MORNING = 6 * HOUR
EVER = 1 << 62
QUARTER = 15 * MINUTE


@dataclass(eq=False)
class Work:
    """An operation of an order: expected, planned, and as it was.

    :param seconds: as expected.
    :param pace: what it takes in truth, as a factor; nobody knows it before.
    """

    key: tuple
    level: "Making"
    center: int
    seconds: int
    pace: float
    planned: engine.Span | None = None
    started: int | None = None
    ends: int | None = None
    done: bool = False

    @property
    def takes(self) -> int:
        """Working seconds in truth."""
        return max(MINUTE, round(self.seconds * self.pace))


@dataclass(eq=False)
class Part:
    """A bought part of an order."""

    key: tuple
    buy: Buy
    delay: int
    order_by: int | None = None
    expected: int | None = None
    here: bool = False


@dataclass(eq=False)
class Making:
    """A made level of an order."""

    key: tuple
    level: Level
    job: "Job"
    works: list[Work] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    children: list["Making"] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether its last operation is."""
        return self.works[-1].done

    def next_work(self) -> Work | None:
        """The operation that can be begun, if one can."""
        for work in self.works:
            if not work.done:
                first = work is self.works[0]
                return work if not first or self.is_ready() else None
        return None

    def is_ready(self) -> bool:
        """Whether all that goes into it is there."""
        parts = all(part.here for part in self.parts)
        return parts and all(child.done for child in self.children)


class Job:
    """An order in the factory, with what was told of it.

    :param asked: when the customer asked, or changed the order last.
    :param promise: the date that he was told.
    :param plan: that date without the safety.
    :param cause: what set it: ``("center", key)``, ``("vendor", key)`` or ``None``.
    """

    def __init__(self, order: Order, product: Level) -> None:
        self.order = order
        self.quantity = order.quantity
        self.asked = order.time
        self.promise: int = 0
        self.plan: int = 0
        self.cause: tuple | None = None
        self.actual: int | None = None
        self.cancelled = False
        self.makings: list[Making] = []
        self.top = self._make(product)

    def _make(self, level: Level) -> Making:
        order, number = self.order, len(self.makings)
        key = order.number, number
        making = Making(key, level, self)
        self.makings.append(making)
        for place, (center, minutes) in enumerate(level.operations):
            seconds, pace = minutes * MINUTE * self.quantity, order.paces[number][place]
            making.works.append(Work((*key, place), making, center, seconds, pace))
        for place, buy in enumerate(level.parts):
            delay = order.delays[number][place]
            making.parts.append(Part((*key, place), buy, delay))
        making.children = [self._make(child) for child in level.children]
        return making

    def works(self) -> Iterator[Work]:
        """All operations."""
        for making in self.makings:
            yield from making.works

    def parts(self) -> Iterator[Part]:
        """All bought parts."""
        for making in self.makings:
            yield from making.parts

    def resize(self, quantity: int) -> None:
        """Another quantity, for all that is not begun."""
        for work in self.works():
            if work.started is None:
                work.seconds = work.seconds // self.quantity * quantity
        self.quantity = quantity


class Planner(Protocol):
    """Who tells dates and makes plans: ours, or a rule of thumb."""

    def promise(self, job: Job, floor: "Floor") -> None:
        """Tell a date for a new or changed order, and give its work a time."""

    def replan(self, floor: "Floor") -> None:
        """The morning: plan all open orders anew."""

    def delivered(self, job: Job, floor: "Floor") -> None:
        """An order is finished."""


class Floor:
    """The factory through one year, under one planner.

    :ivar now: seconds.
    :ivar open: orders that are not delivered, by number.
    """

    def __init__(self, year: Year, planner: Planner) -> None:
        self.year = year
        self.planner = planner
        self.now = 0
        self.open: dict[int, Job] = {}
        self.jobs: list[Job] = []
        self.running: dict[int, Work] = {}
        self.executed: list[Work] = []
        self.in_progress: list[int] = []
        self._can_begin: dict[int, list[Work]] = {
            center: [] for center in range(year.factory.centers)
        }
        self._events: list[tuple] = []
        self._count = 0

    # Events

    def at(self, moment: int, call, *args) -> None:
        """Have something happen at a moment; what was said first comes first."""
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, call, args))

    def run(self, until: int, wanted=None) -> None:
        """All that happens until a moment, or until what is wanted is delivered.

        :param wanted: whether there is still something to wait for.
        """
        for order in self.year.orders:
            self.at(order.time, self._arrive, order)
        self.at(self.year.orders[0].time // DAY * DAY + MORNING, self._morning)
        while self._events:
            moment, _count, call, args = heapq.heappop(self._events)
            if moment > until or (wanted and not wanted(self)):
                return
            self.now = moment
            call(*args)

    def _arrive(self, order: Order) -> None:
        job = Job(order, self.year.factory.catalogue[order.product])
        self.jobs.append(job)
        self.open[order.number] = job
        self.planner.promise(job, self)
        self._buy(job)
        if order.change_at is not None:
            self.at(max(order.change_at, order.time + HOUR), self._change, job)
        self._look(job)

    def _change(self, job: Job) -> None:
        """The customer wants more, or nothing; what is begun is made anyway."""
        if job.actual or any(work.started for work in job.works()):
            return
        if not job.order.changed_to:
            job.cancelled = True
            del self.open[job.order.number]
            for works in self._can_begin.values():
                works[:] = [work for work in works if work.level.job is not job]
            return
        job.resize(job.order.changed_to)
        job.asked = self.now
        self.planner.promise(job, self)
        self._buy(job)
        self._look(job)

    def _morning(self) -> None:
        self.at(self.now + DAY, self._morning)
        weekday = (self.now // DAY - self.year.calendar.spans[0][0] // DAY) % 7
        if weekday > 4:
            return
        self.in_progress.append(len(self.open))
        self.planner.replan(self)
        for job in list(self.open.values()):
            self._buy(job)
        for opens in (8, 13):
            self.at(self.now - MORNING + opens * HOUR, self._wake_all)

    def _wake_all(self) -> None:
        for center in self._can_begin:
            self._wake(center)

    # Buying

    def _buy(self, job: Job) -> None:
        """Order at once, or what has to be ordered before the next working morning."""
        tomorrow = EVER if self.year.buys_at_once else self._next_morning()
        for part in job.parts():
            if part.expected is None and part.order_by is not None:
                if part.order_by < tomorrow:
                    ordered = (
                        self.now
                        if self.year.buys_at_once
                        else max(part.order_by, self.now)
                    )
                    part.expected = ordered + part.buy.days * DAY
                    self.at(part.expected + part.delay, self._receive, job, part)

    def _next_morning(self) -> int:
        axis, midnight = self.year.axis, self.now // DAY * DAY + DAY
        return axis.start(axis.work(midnight)) // DAY * DAY + MORNING

    def _receive(self, job: Job, part: Part) -> None:
        part.here = True
        self._look(job)

    # Working

    def _look(self, job: Job) -> None:
        """See what of an order can be begun now."""
        if job.cancelled:
            return
        for making in job.makings:
            work = making.next_work()
            if work and work.started is None:
                waiting = self._can_begin[work.center]
                if work not in waiting:
                    waiting.append(work)
                self._wake(work.center)

    def _wake(self, center: int) -> None:
        """A free center takes what the plan puts first, if it is up and open."""
        waiting = self._can_begin[center]
        if center in self.running or not waiting:
            return
        axis = self.year.up[center]
        begins = axis.start(axis.work(self.now))
        if begins > self.now:
            if begins < self.now // DAY * DAY + DAY:
                self.at(begins, self._wake, center)
            return
        work = min(waiting, key=_rank)
        if not self._fits(work):
            self.at(min(work.planned[0], self.now + QUARTER), self._wake, center)
            return
        waiting.remove(work)
        self._begin(work)

    def _fits(self, work: Work) -> bool:
        """Whether work can go first that the plan puts behind work that is to come.

        It has to be done, as far as one knows, when that can begin, or the other order
        has time enough until it was promised.
        """
        if work.planned is None or work.planned[0] <= self.now:
            return True
        ends = self._ends(self.now, work)
        return not any(
            self.now <= other.planned[0] < min(ends, work.planned[0])
            and self._slack(other.level.job) < ends - other.planned[0]
            and self._expected(other.level, other) < ends
            for job in self.open.values()
            for other in job.works()
            if other.center == work.center
            and other.started is None
            and other.planned
            and other is not work
        )

    def _slack(self, job: Job) -> int:
        # A day is kept: other work on the same way may be made to wait, too.
        return job.promise - DAY - max(w.planned[1] for w in job.top.works if w.planned)

    def _ends(self, start: int, work: Work) -> int:
        """When work ends that starts then, as far as one knows."""
        axis = self.year.axis
        return axis.finish(axis.work(start) + work.seconds)

    def _expected(self, making: Making, until: Work | None = None) -> int:
        """When a level is done, or can do one of its operations, as things stand."""
        moments = [self.now]
        if making.works[0].started is None:
            moments += [p.expected for p in making.parts if not p.here and p.expected]
            moments += [self._expected(one) for one in making.children if not one.done]
        moment = max(moments)
        for work in making.works:
            if work is until:
                break
            if work.started is not None:
                moment = max(moment, work.planned[1])
            else:
                moment = self._ends(max(moment, work.planned[0]), work)
        return moment

    def _begin(self, work: Work) -> None:
        axis = self.year.up[work.center]
        work.started, self.running[work.center] = self.now, work
        work.ends = axis.finish(axis.work(self.now) + work.takes)
        expected = self.year.axis
        work.planned = (
            self.now,
            expected.finish(expected.work(self.now) + work.seconds),
        )
        self.executed.append(work)
        self.at(work.ends, self._finish, work)

    def _finish(self, work: Work) -> None:
        work.done = True
        del self.running[work.center]
        job = work.level.job
        if job.top.done:
            job.actual = self.now
            del self.open[job.order.number]
            self.planner.delivered(job, self)
        else:
            self._look(job)
        self._wake(work.center)

    def down_until(self, center: int) -> int | None:
        """When a center that is down now is taken to be up again; else ``None``."""
        for start, _end in self.year.downs[center]:
            if start <= self.now < _end:
                axis, repair = self.year.axis, self.year.trouble.down_hours * HOUR
                back = axis.finish(axis.work(start) + int(repair) + 1)
                tomorrow = self.now // DAY * DAY + DAY
                return back if back > self.now else tomorrow
        return None


def _rank(work: Work) -> tuple:
    return (work.planned[0] if work.planned else 0, work.key)
