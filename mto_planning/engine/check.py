"""The door: everything that the engine is given is checked here, and only here."""

import math
from collections.abc import Container, Iterable, Iterator
from operator import lt

from .bookings import Bookings
from .errors import (
    CyclicOrderError,
    DepthError,
    DuplicateKeyError,
    InvalidProblemError,
    UnknownKeyError,
)
from .problem import (
    Calendar,
    Demand,
    Job,
    Key,
    Need,
    Operation,
    Problem,
    Purchase,
    Receipt,
    Resource,
    Stock,
)

MAX_LEVELS = 100


def check_resources(resources: Iterable[Resource]) -> None:
    """Check resources, their calendars and bookings.

    :raises InvalidProblemError: for the first thing that is wrong.
    """
    resources = tuple(resources)
    _check_distinct("resource", (resource.key for resource in resources))
    for calendar in _calendars(resources):
        _check_spans(calendar)
    for resource in resources:
        _check_resource(resource)


def check_stocks(stocks: Iterable[Stock]) -> None:
    """Check stocks and their movements.

    :raises InvalidProblemError: for the first thing that is wrong.
    """
    stocks = tuple(stocks)
    _check_distinct("stock", (stock.item for stock in stocks))
    for stock in stocks:
        _check_finite("stock", stock.item, stock.on_hand)
        for move in stock.movements:
            _check_finite("movement", stock.item, move.quantity)
            _check_whole("movement", stock.item, move.time)


def check_demands(problem: Problem, resources: Container[Key]) -> None:
    """Check times and demands, down to the last level.

    :param resources: holds the keys of the resources that exist.
    :raises InvalidProblemError: for the first thing that is wrong.
    """
    _check_whole("problem", "now", problem.now)
    _check_whole("problem", "horizon", problem.horizon)
    if problem.frozen_until is not None:
        _check_whole("problem", "frozen_until", problem.frozen_until)
    _check_distinct("demand", (demand.key for demand in problem.demands))
    for demand in problem.demands:
        _check_demand(demand)
        for job in _jobs(demand):
            _check_job(job, resources)


def in_order(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Operations with those that block them first, else in the order given.

    Stops early when those that are left block each other.
    """
    waiting = list(operations)
    done: set[Key] = set()
    while waiting:
        for operation in waiting:
            if done.issuperset(operation.blocked_by):
                break
        else:
            return
        waiting.remove(operation)
        done.add(operation.key)
        yield operation


def _calendars(resources: tuple[Resource, ...]) -> Iterator[Calendar]:
    # Each once, however many resources share it.
    seen: dict[Key, Calendar] = {}
    for resource in resources:
        calendar = resource.calendar
        known = seen.get(calendar.key)
        if known is None:
            seen[calendar.key] = calendar
            yield calendar
        elif known is not calendar and known.spans != calendar.spans:
            reason = "two calendars of this key differ, one belongs to resource"
            raise DuplicateKeyError("calendar", calendar.key, resource.key, reason)


def _check_spans(calendar: Calendar) -> None:
    closed = -math.inf
    for span in calendar.spans:
        opens, closes = span
        if not closed <= opens < closes:
            reason = "opening spans must be sorted, disjoint and not empty"
            raise InvalidProblemError("calendar", calendar.key, span, reason)
        closed = closes


def _check_resource(resource: Resource) -> None:
    key, machines, blocked = resource.key, resource.machines, resource.blocked_until
    if not isinstance(machines, int) or machines < 1:
        reason = "the number of machines must be at least 1"
        raise InvalidProblemError("resource", key, machines, reason)
    if blocked is not None:
        _check_whole("resource", key, blocked)
    if isinstance(resource.bookings, Bookings):
        _check_bookings(key, resource.bookings)
        return
    for booking in resource.bookings:
        if not booking[0] <= booking[1]:
            reason = "a booking must not end before it starts"
            raise InvalidProblemError("resource", key, booking, reason)


def _check_bookings(key: Key, bookings: Bookings) -> None:
    # If each booking ends after it starts, so do the sorted ends after the starts.
    starts, ends = bookings.starts, bookings.ends
    if len(starts) != len(ends) or not all(map(lt, starts, ends)):
        reason = "each booking must end after it starts"
        raise InvalidProblemError("resource", key, bookings, reason)


def _check_demand(demand: Demand) -> None:
    for moment in (demand.requested, demand.not_before):
        if moment is not None:
            _check_whole("demand", demand.key, moment)
    _check_whole("demand", demand.key, demand.priority)
    _check_duration("demand", demand.key, demand.deliver_seconds)
    for need in demand.needs:
        if need.operation is not None:
            reason = "a demand has no operation that could need it"
            raise UnknownKeyError("need", need.key, need.operation, reason)


def _jobs(demand: Demand) -> Iterator[Job]:
    """Check all needs of a demand and give their jobs, without recursion."""
    level = list(demand.needs)
    for _level in range(MAX_LEVELS):
        for need in level:
            _check_need(need)
        jobs = [need.supply for need in level if isinstance(need.supply, Job)]
        yield from jobs
        level = [need for job in jobs for need in job.needs]
        if not level:
            return
    reason = f"more than {MAX_LEVELS} levels, the first need below them is"
    raise DepthError("demand", demand.key, level[0].key, reason)


def _check_need(need: Need) -> None:
    _check_finite("need", need.key, need.quantity)
    if need.quantity < 0:
        reason = "a quantity must not be negative"
        raise InvalidProblemError("need", need.key, need.quantity, reason)
    if isinstance(need.supply, Purchase):
        _check_duration("purchase", need.supply.key, need.supply.lead_seconds)
    elif isinstance(need.supply, Receipt):
        _check_whole("receipt", need.supply.key, need.supply.time)


def _check_job(job: Job, resources: Container[Key]) -> None:
    for seconds in (job.prepare_seconds, job.lead_seconds, job.store_seconds):
        _check_duration("job", job.key, seconds)
    keys = [operation.key for operation in job.operations]
    _check_distinct("operation", keys)
    for operation in job.operations:
        _check_operation(operation, keys, resources)
    done = {operation.key for operation in in_order(job.operations)}
    for key in keys:
        if key not in done:
            reason = "operations block each other in a circle, also this one"
            raise CyclicOrderError("job", job.key, key, reason)
    for need in job.needs:
        if need.operation is not None and need.operation not in keys:
            reason = f"job {job.key!r} has no such operation"
            raise UnknownKeyError("need", need.key, need.operation, reason)


def _check_operation(
    operation: Operation, keys: list[Key], resources: Container[Key]
) -> None:
    key = operation.key
    if not operation.modes:
        reason = "there must be at least one mode"
        raise InvalidProblemError("operation", key, operation.modes, reason)
    for blocker in operation.blocked_by:
        if blocker not in keys:
            reason = "its job has no such operation that could block it"
            raise UnknownKeyError("operation", key, blocker, reason)
    for mode in operation.modes:
        _check_duration("operation", key, mode.seconds)
        if mode.resource not in resources:
            raise UnknownKeyError("operation", key, mode.resource, "unknown resource")


def _check_distinct(what: str, keys: Iterable[Key]) -> None:
    seen: set[Key] = set()
    for key in keys:
        if key in seen:
            raise DuplicateKeyError(what, key, key, "there are two of this key")
        seen.add(key)


def _check_finite(what: str, key: Key, quantity: float) -> None:
    if not math.isfinite(quantity):
        reason = "a quantity must be a finite number"
        raise InvalidProblemError(what, key, quantity, reason)


def _check_whole(what: str, key: Key, moment: int) -> None:
    if not isinstance(moment, int):
        reason = "a time or a rank must be a whole number"
        raise InvalidProblemError(what, key, moment, reason)


def _check_duration(what: str, key: Key, seconds: int) -> None:
    if not isinstance(seconds, int) or seconds < 0:
        reason = "a duration must be a whole number of seconds, not negative"
        raise InvalidProblemError(what, key, seconds, reason)
