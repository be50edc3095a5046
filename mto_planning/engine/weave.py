"""From a demand to its network: what is taken from stock, and what is made or bought.

The tree of needs is flattened into one list in which everything stands behind what it
waits for. Stock is netted here: how much of a need comes from it, before the need has
its place in time.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from .axis import BACKWARD, FORWARD
from .bookings import EVER
from .check import in_order
from .network import Network, Receive, Take, Wait, Window, Work
from .problem import Demand, Job, Key, Need, Purchase, Receipt
from .result import StepKind
from .schedule import Stuck, schedule
from .shop import Shop

# A look at one level looks at those below it, too: where receipts are to come at very
# many levels, what could be made is not waited for after so many looks.
MAX_LOOKS = 200


def weave(demand: Demand, shop: Shop, window: Window, way: int) -> Network:
    """Flatten a demand; its delivery is the last activity.

    Needs are netted against stock in the order in which they stand, those of a made
    level after that of the level itself.

    :param window: stock that comes after it is as good as none, if there is a supply.
    :param way: ``FORWARD``, where each wait costs: stock that comes later than the
        supply alone would give the same is not waited for. ``BACKWARD`` all stock is as
        good that comes within the window.
    """
    weaver = Weaver(shop, window, way)
    weaver.deliver(demand)
    return weaver.network


def weave_late(demand: Demand, shop: Shop, window: Window) -> Iterator[Network]:
    """The networks to try for a plan that is as late as can be, the best first.

    None when a need has no source; a second one, that waits for no stock which could be
    had sooner, when the first one waits for stock and has no place.
    """
    network = weave(demand, shop, window, BACKWARD)
    if network.missing:
        return
    yield network
    if network.waits:
        yield weave(demand, shop, window, FORWARD)


class _Mark(NamedTuple):
    # How far a weaver has got, to come back to.
    size: int
    missing: Need | None
    netted: defaultdict[Key, float]


class Weaver:
    """Makes one network of demands, in turn; each nets what those before have left.

    The methods for needs add activities and return the indices of those that are last.
    """

    def __init__(self, shop: Shop, window: Window, way: int) -> None:
        self.network = Network()
        self._shop = shop
        self._window = window
        self._way = way
        self._netted: defaultdict[Key, float] = defaultdict(float)
        self._looks = MAX_LOOKS

    def deliver(self, demand: Demand) -> Need | None:
        """Add all of a demand; its delivery is its last activity.

        :return: the first need that has no source, if there is one.
        """
        self.network.missing = None
        ends = [end for need in demand.needs for end in self.need(need, None, 0)]
        delivery = Wait(StepKind.DELIVERY, demand.key, seconds=demand.deliver_seconds)
        self.network.add(delivery, ends)
        return self.network.missing

    def mark(self) -> _Mark:
        """A point to which :meth:`back_to` can return."""
        network = self.network
        return _Mark(len(network.activities), network.missing, self._netted.copy())

    def back_to(self, mark: _Mark) -> None:
        """Forget all that was added since the mark."""
        self.network.cut(mark.size)
        self.network.missing, self._netted = mark.missing, mark.netted

    def need(self, need: Need, job: Key | None, level: int) -> list[int]:
        """Add the sources of a need and all that it needs in turn."""
        if need.from_stock:
            return self._net(need, job, level)
        return self._supply(need, job, level)

    # Stock first

    def _net(self, need: Need, job: Key | None, level: int) -> list[int]:
        # Offer by offer: what has to be waited for is taken as long as the supply would
        # not give sooner what the offers before it have left.
        already, taken, ends = self._netted[need.item], 0.0, None
        is_divisible = need.supply and need.supply_of
        for since, amount in self._shop.ledger(need.item).offers(
            need.quantity, already
        ):
            if amount < need.quantity and not is_divisible:
                continue
            if since is not None and need.supply:
                ends = self._sooner(need, taken, since, job, level)
                if ends is not None:
                    break
            taken = amount
            self._netted[need.item] = already + amount
        if ends is None and taken < need.quantity:
            ends = self._supply(self._left(need, taken), job, level)
        if taken or not need.quantity:  # nothing is always there
            about = job, need.item, taken, level, need.name, True
            taking = self.network.add(Take(StepKind.STOCK, need.key, *about))
            ends = [*(ends or ()), taking]
        return ends or []

    def _sooner(
        self, need: Need, taken: float, since: int, job: Key | None, level: int
    ) -> list[int] | None:
        # The supply of what is left, if stock that comes at ``since`` is later.
        if self._way == BACKWARD and since <= self._window.closes:
            self.network.waits = True
            return None
        rest = self._left(need, taken)
        if isinstance(rest.supply, Purchase | Receipt):
            is_later = since > min(self._window.closes, self._arrival(rest.supply))
            return self._supply(rest, job, level) if is_later else None
        mark = self.mark()
        ends = self._supply(rest, job, level)
        if since > self._window.closes or since > self._there(mark):
            return ends
        self.back_to(mark)
        return None

    def _arrival(self, supply: Purchase | Receipt) -> int:
        if isinstance(supply, Purchase):
            return self._window.opens + supply.lead_seconds
        return max(self._window.opens, supply.time)

    def _there(self, mark: _Mark) -> int:
        # When all is there that was added since then, if nothing else is to be done;
        # the stock that others take is gone.
        if self.network.missing:
            return EVER
        self._looks -= 1
        if self._looks < 0:
            return self._window.opens
        shop, added = self._shop, range(mark.size, len(self.network.activities))
        before = shop.mark()
        for item, quantity in mark.netted.items():
            shop.ledger(item).take(-EVER, quantity)
        places = schedule(self.network, shop, self._window, FORWARD, added)
        shop.rollback(before)
        if isinstance(places, Stuck):
            return EVER
        return max(places[index].finish for index in added)

    # The rest

    def _left(self, need: Need, taken: float) -> Need:
        if not taken or not need.supply_of:
            return need
        quantity = need.quantity - taken
        return replace(need, quantity=quantity, supply=need.supply_of(quantity))

    def _supply(self, need: Need, job: Key | None, level: int) -> list[int]:
        if isinstance(need.supply, Purchase):
            return [self.network.add(_purchase(need, need.supply, job, level))]
        if isinstance(need.supply, Receipt):
            return [self.network.add(_receive(need, need.supply, job, level))]
        if isinstance(need.supply, Job):
            return self._job(need, need.supply, level)
        self.network.missing = self.network.missing or need
        return []

    def _job(self, need: Need, job: Job, level: int) -> list[int]:
        add, about = self.network.add, (job.key, need.item, need.quantity, level)
        wait = partial(Wait, StepKind.WAIT, job.key, *about, job.name)
        there = self._arrivals(job, level + 1)
        if job.prepare_seconds:
            prepare = wait(floats=True, seconds=job.prepare_seconds)
            there[None] = [add(prepare, there[None])]
        if job.operations:
            ends = self._operations(job, about, there)
        else:
            ends = [add(wait(seconds=job.lead_seconds, leads=True), there[None])]
        if job.store_seconds:
            ends = [add(wait(seconds=job.store_seconds), ends)]
        return ends

    def _arrivals(self, job: Job, level: int) -> dict[Key | None, list[int]]:
        # By the operation that they must be there for.
        there: dict[Key | None, list[int]] = defaultdict(list)
        for part in job.needs:
            there[part.operation] += self.need(part, job.key, level)
        return there

    def _operations(
        self,
        job: Job,
        about: tuple[Key, Key | None, float, int],
        there: dict[Key | None, list[int]],
    ) -> list[int]:
        done: dict[Key, int] = {}
        for operation in in_order(job.operations):
            # What the job needs holds up its first operations, and so the others.
            blockers = [done[key] for key in operation.blocked_by] or there[None]
            key, name, modes = operation.key, operation.name, operation.modes
            thaws = -EVER if operation.ignores_freeze else self._window.thaws
            work = Work(StepKind.OPERATION, key, *about, name, False, modes, thaws)
            done[key] = self.network.add(work, blockers + there[key])
        blocking = {key for one in job.operations for key in one.blocked_by}
        return [index for key, index in done.items() if key not in blocking]


def _purchase(need: Need, purchase: Purchase, job: Key | None, level: int) -> Wait:
    about = job, need.item, need.quantity, level, purchase.name, True
    lead = purchase.lead_seconds
    return Wait(StepKind.PURCHASE, purchase.key, *about, seconds=lead, leads=True)


def _receive(need: Need, receipt: Receipt, job: Key | None, level: int) -> Receive:
    about = job, need.item, need.quantity, level, receipt.name, True
    return Receive(StepKind.RECEIPT, receipt.key, *about, time=receipt.time)
