"""What is made, on what, of what; what is ordered; and what will go wrong.

All chance is drawn here, before anything happens: the same seed gives the same orders,
durations, breakdowns and late vendors to every rule that is compared.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from mto_planning import engine

MINUTE, HOUR, DAY = 60, 3600, 86400
# A Monday, 0:00 UTC.
START = 1_798_416_000
OPENINGS = ((8, 12), (13, 17))
HORIZON_DAYS = 730


@dataclass(frozen=True)
class Trouble:
    """How much goes otherwise than expected; the means are as expected.

    :param spread: standard deviation of a duration, as a part of it.
    :param up_hours: mean working hours between two breakdowns of a center.
    :param down_hours: mean working hours that a breakdown takes.
    :param late: share of purchases that vendors deliver late, by ``late_days`` on
        average.
    :param changed: share of orders that become half as large again; as many are
        cancelled.
    :param rush: share of orders that go first.
    """

    spread: float = 0.3
    up_hours: float = 200.0
    down_hours: float = 6.0
    late: float = 0.1
    late_days: float = 2.5
    changed: float = 0.04
    rush: float = 0.05

    @property
    def availability(self) -> float:
        """Share of the working time in which a center is up."""
        if not self.down_hours:
            return 1.0
        return self.up_hours / (self.up_hours + self.down_hours)


CALM = Trouble(0, 0, 0, 0, 0, 0, 0)


class Buy(NamedTuple):
    """A bought part: from whom, and his lead time."""

    vendor: int
    days: int


@dataclass(frozen=True)
class Level:
    """A made level: operations one after the other, bought parts, levels below.

    :param operations: ``(center, minutes for one piece)``.
    """

    name: str
    operations: tuple[tuple[int, int], ...]
    parts: tuple[Buy, ...]
    children: tuple["Level", ...] = ()

    def all(self) -> Iterator["Level"]:
        """The level and all below it."""
        yield self
        for child in self.children:
            yield from child.all()

    @property
    def produce_days(self) -> int:
        """The manufacturing lead time that its bill of materials says.

        As people set it: its work, a day of waiting for each operation.
        """
        work = sum(minutes for _center, minutes in self.operations)
        return -(-2 * work // (8 * 60)) + len(self.operations)

    @property
    def lead_days(self) -> int:
        """The sum of lead times on the longest way, as BoM Overview tells it."""
        below = [part.days for part in self.parts]
        below += [child.lead_days for child in self.children]
        return self.produce_days + max(below, default=0)


@dataclass(frozen=True)
class Order:
    """What a customer orders, and what will happen to it.

    :param paces: real duration of each operation as a factor, level by level.
    :param delays: seconds by which each purchase comes late, level by level.
    :param change_at: when it is changed; ``None``: never.
    :param changed_to: the quantity then, 0 for a cancelled order.
    """

    number: int
    time: int
    product: int
    quantity: int
    rush: bool
    paces: tuple[tuple[float, ...], ...]
    delays: tuple[tuple[int, ...], ...]
    change_at: int | None = None
    changed_to: int = 0


@dataclass
class Factory:
    """Work centers and products; the same in all years."""

    centers: int = 12
    products: int = 20
    seed: int = 1
    catalogue: list[Level] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the products."""
        rng = random.Random(self.seed)
        self.catalogue = [self._product(rng, n) for n in range(self.products)]

    def _product(self, rng: random.Random, number: int) -> Level:
        below = [
            self._level(rng, f"{number}.{one}", 2) for one in range(rng.randint(1, 2))
        ]
        if rng.random() < 0.5:
            deeper = self._level(rng, f"{number}.0.0", 1)
            below[0] = Level(*_fields(below[0]), (deeper,))
        return Level(*_fields(self._level(rng, str(number), 3)), tuple(below))

    def _level(self, rng: random.Random, name: str, operations: int) -> Level:
        centers = rng.sample(range(self.centers), operations)
        route = tuple((center, 10 * rng.randint(2, 12)) for center in centers)
        parts = tuple(
            Buy(rng.randrange(6), rng.choice((2, 3, 5, 5, 8, 12)))
            for _ in range(rng.randint(0 if operations > 1 else 1, 1))
        )
        return Level(name, route, parts)

    @cached_property
    def busiest_hours(self) -> float:
        """Mean hours of an order on the center that most is done on."""
        hours = [0.0] * self.centers
        for product in self.catalogue:
            for level in product.all():
                for center, minutes in level.operations:
                    hours[center] += minutes / 60
        return MEAN_QUANTITY * max(hours) / self.products

    def orders_a_day(self, load: float, trouble: Trouble) -> float:
        """So many that the busiest center is busy for that share of its time."""
        # What is cancelled may be begun; what is changed is half as much again.
        size = 1 + trouble.changed / 2 * (0.5 - 1)
        return 8 * load * trouble.availability / (self.busiest_hours * size)


QUANTITIES = (1, 1, 2, 2, 3, 4)
MEAN_QUANTITY = sum(QUANTITIES) / len(QUANTITIES)


def _fields(level: Level) -> tuple:
    return level.name, level.operations, level.parts


def open_spans(days: int, first: int = START) -> tuple[engine.Span, ...]:
    """Working time, Monday to Friday, from a Monday on."""
    return tuple(
        (first + day * DAY + opens * HOUR, first + day * DAY + closes * HOUR)
        for day in range(days)
        if day % 7 < 5
        for opens, closes in OPENINGS
    )


class Year:
    """One year of a factory: its orders, and the true working time of its centers.

    :param days: calendar days in which orders come.
    """

    def __init__(
        self, factory: Factory, load: float, trouble: Trouble, seed: int, days: int
    ) -> None:
        self.factory = factory
        self.trouble = trouble
        self.buys_at_once = True
        self.calendar = engine.Calendar("week", open_spans(days + 2 * HORIZON_DAYS))
        self.axis = engine.Axis(self.calendar.spans)
        mornings = sorted(
            {opens // DAY * DAY for opens, _closes in self.calendar.spans}
        )
        self.workdays = engine.Workdays(
            self.calendar.spans, [(one, one + DAY) for one in mornings]
        )
        rng = random.Random(f"{seed}/{factory.seed}")
        rate = factory.orders_a_day(load, trouble)
        self.orders = list(self._orders(rng, rate, days))
        self.downs = [self._downs(rng) for _center in range(factory.centers)]
        self.up = [engine.Axis(_without(self.calendar.spans, d)) for d in self.downs]

    def _orders(self, rng: random.Random, rate: float, days: int) -> Iterator[Order]:
        work, end = 0.0, self.axis.work(START + days * DAY)
        while True:
            work += rng.expovariate(rate) * 8 * HOUR
            if work >= end:
                return
            yield self._order(rng, self.axis.start(int(work)))

    def _order(self, rng: random.Random, time: int) -> Order:
        self._number = getattr(self, "_number", 0) + 1
        trouble, product = self.trouble, rng.randrange(self.factory.products)
        quantity = rng.choice(QUANTITIES)
        levels = list(self.factory.catalogue[product].all())
        change, chance = None, rng.random()
        to = 0 if chance < trouble.changed / 2 else quantity + -(-quantity // 2)
        waits = rng.expovariate(1 / (3 * DAY))
        if chance < trouble.changed:
            change = self.axis.start(self.axis.work(int(time + waits)))
        return Order(
            number=self._number,
            time=time,
            product=product,
            quantity=quantity,
            rush=rng.random() < trouble.rush,
            paces=tuple(
                tuple(_pace(rng, trouble.spread) for _one in level.operations)
                for level in levels
            ),
            delays=tuple(
                tuple(_delay(rng, trouble) for _one in level.parts) for level in levels
            ),
            change_at=change,
            changed_to=to,
        )

    def _downs(self, rng: random.Random) -> list[engine.Span]:
        """When a center is down, in wall-clock time."""
        trouble, work, downs = self.trouble, 0.0, []
        while trouble.up_hours:
            work += rng.expovariate(1 / (trouble.up_hours * HOUR))
            takes = rng.expovariate(1 / (trouble.down_hours * HOUR))
            if work + takes + HOUR >= self.axis.total:
                break
            downs.append(self.axis.span(int(work), int(work + takes) + MINUTE))
            work += takes + MINUTE
        return downs


def _pace(rng: random.Random, spread: float) -> float:
    """A gamma variable of mean 1: never negative, and skewed as durations are."""
    if not spread:
        return 1.0
    shape = 1 / spread**2
    return rng.gammavariate(shape, 1 / shape)


def _delay(rng: random.Random, trouble: Trouble) -> int:
    chance, days = rng.random(), rng.expovariate(1.0)
    return int(days * trouble.late_days * DAY) if chance < trouble.late else 0


def _without(spans: tuple, downs: list) -> list:
    """Working time less that in which a center is down."""
    left, downs, index = [], sorted(downs), 0
    for opens, closes in spans:
        while index < len(downs) and downs[index][1] <= opens:
            index += 1
        at, here = opens, index
        while here < len(downs) and downs[here][0] < closes:
            if downs[here][0] > at:
                left.append((at, downs[here][0]))
            at = max(at, min(downs[here][1], closes))
            here += 1
        if at < closes:
            left.append((at, closes))
    return left
