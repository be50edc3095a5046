"""Why a plan is not earlier: the longest wait on the path that sets its finish."""

from collections.abc import Iterator
from typing import NamedTuple

from .network import Activity, Network, Place, Take, Wait, Work
from .problem import Key
from .result import Constraint, ConstraintKind
from .schedule import Places, Stuck, Window
from .shop import Shop


class Explanation(NamedTuple):
    """The indices of the critical activities, and the one constraint."""

    critical: frozenset[int]
    constraint: Constraint


def explain(
    network: Network, places: Places, window: Window, shop: Shop
) -> Explanation:
    """Find the path that sets the finish of a forward pass, and its longest wait.

    :param places: as the pass gave them, before anything was settled.
    """
    path = list(_path(network, places))
    longest = Constraint(ConstraintKind.NONE, since=window.opens, until=window.opens)
    for index in path:
        activity, place = network.activities[index], places[index]
        for wait in _waits(activity, place, window, shop):
            if wait.until - wait.since > longest.until - longest.since:
                longest = wait
    if longest.kind is ConstraintKind.NONE:
        longest = Constraint(ConstraintKind.NONE)
    return Explanation(frozenset(path), longest)


def explain_missing(item: Key, need: Key, name: str) -> Constraint:
    """A need that has no source."""
    return Constraint(ConstraintKind.SHORTAGE, item=item, step=need, name=name)


def explain_stuck(stuck: Stuck, window: Window, shop: Shop) -> Constraint:
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
        until=window.closes,
        name=name,
    )


def _path(network: Network, places: Places) -> Iterator[int]:
    index: int | None = len(places) - 1
    while index is not None:
        yield index
        before = network.before[index]
        index = max(before, key=lambda other: places[other].finish, default=None)


def _waits(
    activity: Activity, place: Place, window: Window, shop: Shop
) -> Iterator[Constraint]:
    if isinstance(activity, Work):
        yield from _wait_for_resource(activity, place, shop)
    elif isinstance(activity, Take):
        yield _wait_for_receipt(activity, place, window, shop)
    elif isinstance(activity, Wait) and activity.leads:
        kind, name = ConstraintKind.LEAD_TIME, activity.name
        span = place.start, place.finish
        yield Constraint(kind, None, activity.item, activity.key, *span, name)


def _wait_for_resource(work: Work, place: Place, shop: Shop) -> Iterator[Constraint]:
    center = shop.center(place.mode.resource)
    opening = center.opening(place.ready)
    about = center.key, work.item, work.key
    calendar, capacity = ConstraintKind.CALENDAR, ConstraintKind.CAPACITY
    yield Constraint(calendar, *about, place.ready, opening, center.name)
    yield Constraint(capacity, *about, opening, place.start, center.name)


def _wait_for_receipt(
    take: Take, place: Place, window: Window, shop: Shop
) -> Constraint:
    receipt = place.since and shop.ledger(take.item).source(place.since)
    name = receipt.name if receipt else take.name
    span = window.opens, place.start
    return Constraint(ConstraintKind.MATERIAL, None, take.item, take.key, *span, name)
