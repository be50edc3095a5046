"""Why a plan is not earlier: the longest wait on the path that sets its finish."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from .axis import FORWARD
from .bookings import EVER
from .network import Activity, Network, Place, Receive, Take, Wait, Window, Work
from .problem import Need
from .result import Constraint, ConstraintKind
from .schedule import Places, Stuck
from .shop import Shop


class Explanation(NamedTuple):
    """The indices of the critical activities, and the one constraint."""

    critical: frozenset[int]
    constraint: Constraint


def explain(
    network: Network, places: Places, window: Window, shop: Shop
) -> Explanation:
    """Find the path that sets the finish of a forward pass, and its longest wait.

    The path ends at work that would not be done earlier if all that it waits for
    were there at once: then it is the resource that sets the date.

    :param places: as the pass gave them, before anything was settled.
    :param shop: without what the pass has taken.
    """
    path = _path(network, places, window, shop)
    waits = [
        wait
        for index, since in path.items()
        for wait in _waits(network.activities[index], places[index], since, shop)
        if _length(wait) > 0
    ]
    nothing = Constraint(ConstraintKind.NONE)
    longest = max(waits, key=_length, default=nothing)
    return Explanation(frozenset(path), longest)


def _length(wait: Constraint) -> int:
    return (wait.until or 0) - (wait.since or 0)


def explain_missing(need: Need) -> Constraint:
    """A need that has no source."""
    kind, name = ConstraintKind.SHORTAGE, need.name
    return Constraint(kind, item=need.item, step=need.key, name=name)


def explain_stuck(stuck: Stuck, horizon: int, shop: Shop) -> Constraint:
    """An activity that does not fit into the horizon."""
    activity, resource = stuck.activity, None
    name = activity.name
    if isinstance(activity, Work):
        resource = activity.modes[0].resource
        name = shop.center(resource).name
    return Constraint(
        ConstraintKind.HORIZON,
        resource=resource,
        item=activity.item,
        step=activity.key,
        since=stuck.bound,
        until=horizon,
        name=name,
    )


def _path(
    network: Network, places: Places, window: Window, shop: Shop
) -> dict[int, int]:
    # The critical activities from the last to the first, and since when each waits.
    path: dict[int, int] = {}
    index = len(places) - 1
    while True:
        activity, place = network.activities[index], places[index]
        before = network.before[index]
        if not before or _is_held_up(activity, place, window, shop):
            path[index] = window.opens
            return path
        path[index] = place.ready
        index = max(before, key=lambda other: places[other].finish)


def _is_held_up(activity: Activity, place: Place, window: Window, shop: Shop) -> bool:
    # Whether work is done no earlier even if it may start when the window opens.
    if not isinstance(activity, Work):
        return False
    soonest = activity.place(shop, window.opens, FORWARD)
    return soonest is not None and soonest.finish >= place.finish


def _waits(
    activity: Activity, place: Place, since: int, shop: Shop
) -> Iterator[Constraint]:
    if isinstance(activity, Work):
        yield from _wait_for_resource(activity, place, since, shop)
    elif isinstance(activity, (Take, Receive)):
        yield _wait_for_receipt(activity, place, since, shop)
    elif isinstance(activity, Wait) and activity.leads:
        kind, name = ConstraintKind.LEAD_TIME, activity.name
        span = place.start, place.finish
        yield Constraint(kind, None, activity.item, activity.key, *span, name)


def _wait_for_resource(
    work: Work, place: Place, since: int, shop: Shop
) -> Iterator[Constraint]:
    assert place.mode is not None
    center, about = shop.center(place.mode.resource), (work.item, work.key)
    if _is_frozen(work, place, since, shop):
        yield Constraint(ConstraintKind.FROZEN, None, *about, since, work.thaws)
        since = work.thaws
    # A moment may be taken at closing time, before the next opening.
    back = min(center.opening(max(since, center.blocked_until)), place.start)
    opening = min(center.opening(since), back)
    for kind, begun, until in (
        (ConstraintKind.CALENDAR, since, opening),
        (ConstraintKind.BLOCKED, opening, back),
        (ConstraintKind.CAPACITY, back, place.start),
    ):
        yield Constraint(kind, center.key, *about, begun, until, center.name)


def _is_frozen(work: Work, place: Place, since: int, shop: Shop) -> bool:
    # Whether the work would be done sooner if the plan were not fixed.
    if work.thaws <= since:
        return False
    free = replace(work, thaws=-EVER).place(shop, since, FORWARD)
    return free is not None and free.finish < place.finish


def _wait_for_receipt(
    taking: Take | Receive, place: Place, since: int, shop: Shop
) -> Constraint:
    receipt, about = taking.source(shop, place), (taking.item, taking.key)
    name = receipt.name if receipt else taking.name
    return Constraint(ConstraintKind.MATERIAL, None, *about, since, place.start, name)
