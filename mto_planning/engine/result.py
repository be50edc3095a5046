"""The engine's answer: for each demand a plan, its steps, and why it is not earlier."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .problem import Key


class Word(str, Enum):
    """An enumeration whose members are plain words (``StrEnum`` of Python 3.11).

    >>> str(StepKind.OPERATION), f"{StepKind.OPERATION}"
    ('operation', 'operation')
    """

    __str__ = str.__str__

    def __format__(self, spec: str) -> str:
        return str.__format__(self, spec)


class StepKind(Word):
    """What a step of a plan is."""

    OPERATION = "operation"  # working time on a resource
    PURCHASE = "purchase"  # start = order, finish = receipt
    STOCK = "stock"  # taken from what lies in stock or from a receipt that comes
    RECEIPT = "receipt"  # what was to come for it anyway, when it is used
    WAIT = "wait"  # wall-clock time: preparing, making without operations, storing
    DELIVERY = "delivery"  # from having everything to the customer


class ConstraintKind(Word):
    """What sets the date of a plan."""

    CAPACITY = "capacity"  # waits for a resource that is busy
    BLOCKED = "blocked"  # waits for a resource that is out of order
    MATERIAL = "material"  # waits for a receipt
    LEAD_TIME = "lead_time"  # waits for a vendor (or for a made level's lead time)
    CALENDAR = "calendar"  # waits for a resource to open
    FROZEN = "frozen"  # waits until the plan is not fixed any more
    SHORTAGE = "shortage"  # no source for an item: infeasible
    HORIZON = "horizon"  # nothing free within the horizon: infeasible
    NONE = "none"  # only the work itself


class Step(NamedTuple):
    """One placed piece of a plan.

    :param key: the key of the operation, purchase, receipt, need (stock), job (wait)
        or demand (delivery) that it stands for.
    :param job: the job that it belongs to (its own, for an operation or wait; the
        consuming one for stock, receipts and purchases; ``None`` at the top).
    :param level: 0 for delivery and what it needs, 1 for that job's needs, …
    :param ready: the earliest moment that its predecessors allowed (forward), or
        the latest that its successors allowed (backward). Stock and receipts,
        forward: the moment from which it is free; purchases: when it could be ordered.
    :param critical: on the path that sets the finish of the demand; no step of a
        plan that was made backward from its request is.
    :param source: for a step from stock or a receipt, key of the receipt that makes it
        possible, also of an overdue one; ``None`` when what is on hand is enough.
    """

    kind: StepKind
    key: Key
    job: Key | None
    item: Key | None
    resource: Key | None
    quantity: float
    start: int
    finish: int
    level: int
    ready: int
    critical: bool = False
    name: str = ""
    source: Key | None = None


@dataclass(frozen=True, slots=True)
class Constraint:
    """The one constraint that sets the date, as data; the caller words it.

    :param since: when the wait for it began; for a shortage ``None``.
    :param until: when it ended; for ``HORIZON`` the horizon.
    :param resource: what was waited for (``CAPACITY``, ``BLOCKED``, ``CALENDAR``,
        ``HORIZON``).
    :param item: what the step makes, takes or buys.
    :param step: the key of the step that waited.
    :param name: of the resource, the receipt or the vendor.
    """

    kind: ConstraintKind
    resource: Key | None = None
    item: Key | None = None
    step: Key | None = None
    since: int | None = None
    until: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class DemandPlan:
    """The plan of one demand.

    :param feasible: False when there is no plan at all; then ``finish`` is ``None``
        and ``constraint`` says why.
    :param on_request: the requested time holds (always True when none was given).
    :param finish: delivery.
    :param latest_start: the latest moment at which the first step must begin for
        ``finish`` to hold on the resources as they are now; never before the first
        step of the plan itself.
    :param steps: in order of start.
    """

    key: Key
    feasible: bool
    on_request: bool
    finish: int | None
    latest_start: int | None
    steps: tuple[Step, ...]
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class Plan:
    """The plans of all demands, in the order of the problem."""

    demands: tuple[DemandPlan, ...]


@dataclass(frozen=True, slots=True)
class DemandSchedule:
    """Where :func:`replan` has put one demand.

    :param feasible: False when there is no place at all; then ``finish`` is ``None``,
        there are no steps, and ``constraint`` says why.
    :param finish: delivery.
    :param lateness: seconds by which the delivery is after the requested time.
    :param steps: in order of start.
    :param constraint: why it has no place; ``None`` if it has one.
    """

    key: Key
    feasible: bool
    finish: int | None
    lateness: int
    steps: tuple[Step, ...]
    constraint: Constraint | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Where all demands stand, in the order of the problem."""

    demands: tuple[DemandSchedule, ...]
