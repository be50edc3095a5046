"""The question that is put to the engine: calendars, resources, stock and demands.

Everything is immutable and plain. Times are whole seconds since the epoch, UTC;
durations are whole seconds; quantities are floats in the item's own unit. Keys are
any hashable value that the caller likes to get back.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from .bookings import Bookings, Span

Key = Hashable


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working time of one or more resources.

    :param spans: half-open ``(opens, closes)``, sorted, disjoint, within the horizon.
    """

    key: Key
    spans: tuple[Span, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A work center: ``machines`` equal machines that share one calendar.

    :param bookings: half-open occupied wall-clock spans, in any order; they may
        overlap and may lie outside working time. A large number of them is best read
        as :class:`Bookings`: ``Bookings.unpack(starts, ends)``, straight from
        PostgreSQL's bytes.
    :param blocked_until: it is out of order: no work starts on it before.
    """

    key: Key
    calendar: Calendar
    bookings: Bookings | tuple[Span, ...] = ()
    machines: int = 1
    name: str = ""
    blocked_until: int | None = None


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to do an operation: on which resource, how many working seconds."""

    resource: Key
    seconds: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One work order: contiguous working time on one resource.

    :param modes: the work center and its alternatives, best liked first.
    :param blocked_by: keys of operations of the same job that must end before.
    :param ignores_freeze: it may start before ``Problem.frozen_until``.
    """

    key: Key
    modes: tuple[Mode, ...]
    blocked_by: tuple[Key, ...] = ()
    name: str = ""
    ignores_freeze: bool = False


@dataclass(frozen=True, slots=True)
class Purchase:
    """Buying from a vendor: it arrives ``lead_seconds`` after it is ordered."""

    key: Key
    lead_seconds: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What comes at a known time, whatever is planned: a purchase that was ordered
    already, a job that is planned elsewhere, an operation that runs now.

    :param time: from then on it is there; it may be past.
    """

    key: Key
    time: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One made level: its operations and what they consume.

    :param needs: the components; each must be there before its operation starts.
    :param prepare_seconds: wall-clock time between the components and the first
        operation (picking them, days to prepare).
    :param lead_seconds: wall-clock time of the job when it has no operations.
    :param store_seconds: wall-clock time between the last operation and the moment
        the product can be used (storing it).
    """

    key: Key
    operations: tuple[Operation, ...] = ()
    needs: tuple["Need", ...] = ()
    prepare_seconds: int = 0
    lead_seconds: int = 0
    store_seconds: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """An item that something consumes, and how it is come by.

    ``from_stock`` items are taken from stock, what is on hand and free as well as what
    comes; ``supply`` gives the rest. When both are possible, stock must come before
    the requested time or the horizon, and, where the earliest date is sought, not later
    than the supply alone would give the same. Other items always take ``supply``,
    whatever is in stock. A need that has neither is a shortage, and the demand is
    infeasible.

    :param operation: the operation of the consuming job that needs it; ``None``
        means that the job cannot start without it.
    :param supply_of: the supply of a part of the quantity: as ``supply``, with the same
        keys, but other durations and quantities. Without it stock gives all or nothing.
    """

    key: Key
    item: Key
    quantity: float
    supply: Job | Purchase | Receipt | None = None
    from_stock: bool = False
    operation: Key | None = None
    name: str = ""
    supply_of: Callable[[float], Job | Purchase] | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """A customer's request: the needs that it delivers together.

    :param requested: deliver at this time if possible, made as late as possible;
        ``None`` asks for the earliest time, as does a time beyond the horizon.
    :param early: not made as late as possible: only the delivery waits for the
        requested time.
    :param not_before: nothing of this demand may start earlier (``None``: now).
    :param deliver_seconds: wall-clock time from having the needs to delivery.
    :param priority: :func:`replan` serves higher ones first.
    """

    key: Key
    needs: tuple[Need, ...]
    requested: int | None = None
    not_before: int | None = None
    deliver_seconds: int = 0
    priority: int = 0
    early: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of stock to come: positive for a receipt, negative for a demand.

    What is due in the past counts from ``Problem.now`` on.
    """

    time: int
    quantity: float
    name: str = ""
    key: Key = None


@dataclass(frozen=True, slots=True)
class Stock:
    """What is on hand of an item now, and what will come and go."""

    item: Key
    on_hand: float = 0.0
    movements: tuple[Movement, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """All that the engine knows. ``demands`` compete in the order given (for
    :func:`replan`: in that of their priority, their requested time, and that given).

    :param now: nothing starts earlier.
    :param horizon: nothing ends later; calendars need not reach further.
    :param frozen_until: what is planned until then is fixed: no operation starts
        before. What is bought or taken from stock may be earlier.
    """

    now: int
    horizon: int
    demands: tuple[Demand, ...]
    resources: tuple[Resource, ...] = ()
    stocks: tuple[Stock, ...] = field(default=())
    frozen_until: int | None = None
