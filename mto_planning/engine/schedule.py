"""One pass over a network gives each activity its place, in either direction."""

from collections.abc import Sequence
from typing import NamedTuple

from .axis import FORWARD
from .bookings import EVER
from .network import Activity, Network, Place, Window
from .problem import Demand, Problem
from .shop import Shop


def window(problem: Problem, demand: Demand, closes: int) -> Window:
    """The time that a demand has until ``closes``."""
    opens, frozen = problem.now, problem.frozen_until
    if demand.not_before is not None:
        opens = max(opens, demand.not_before)
    return Window(opens, closes, -EVER if frozen is None else frozen)


def deadline(problem: Problem, demand: Demand) -> int | None:
    """The requested time, unless it is too far to be planned for."""
    requested = demand.requested
    return None if requested is None or requested > problem.horizon else requested


class Stuck(NamedTuple):
    """A pass that failed: the activity that found no place, and its bound."""

    activity: Activity
    bound: int


Places = list[Place]
# Where nothing has a place yet.
NOWHERE = Place(0, 0, 0)


def schedule(
    network: Network,
    shop: Shop,
    window: Window,
    way: int,
    order: Sequence[int] | None = None,
) -> Places | Stuck:
    """Place and commit all activities, each directly after its neighbours.

    :param way: ``FORWARD`` from the opening of the window, each activity as early as
        those before it allow; ``BACKWARD`` from its closing, as late as possible.
    :param order: the indices with those before it in front of each activity, in which
        they choose (backward: from the last); that of the network if not given.
    :return: a place for each activity, or where it failed; either way the caller
        takes back what was committed, if he does not want it.
    """
    if way == FORWARD:
        origin, neighbours, furthest = window.opens, network.before, max
    else:
        origin, neighbours, furthest = window.closes, network.after, min
    activities = network.activities
    places = [NOWHERE] * len(activities)
    far = [origin] * len(activities)
    for index in (range(len(activities)) if order is None else order)[::way]:
        activity, bound = activities[index], origin
        for other in neighbours[index]:
            bound = furthest(bound, far[other])
        place = activity.place(shop, bound, way)
        if place is None or place.start < window.opens or window.closes < place.finish:
            return Stuck(activity, bound)
        activity.commit(shop, place)
        places[index] = place
        far[index] = place.finish if way == FORWARD else place.start
    return places


def settle(network: Network, places: Places) -> Places:
    """Move what should not be early, such as purchases, up to what waits for it."""
    settled, after = list(places), network.after
    for index in reversed(range(len(places))):
        if network.activities[index].floats:
            until = min(settled[other].start for other in after[index])
            settled[index] = settled[index].until(until)
    return settled


def sequence(places: Places) -> list[int]:
    """The indices of all activities in the order in which they end.

    A backward pass in this order can give each activity at least the place that it
    has, for those that chose before it have only moved away from it, to later places
    (unless one of them has moved to another resource).
    """
    return sorted(range(len(places)), key=lambda one: places[one][1::-1])


def commit(network: Network, places: Places, shop: Shop) -> None:
    """Take all that the activities use at their places."""
    for activity, place in zip(network.activities, places, strict=True):
        activity.commit(shop, place)
