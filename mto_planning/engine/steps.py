"""The places of a network's activities as the steps of an answer."""

from collections.abc import Container

from .network import Activity, Network, Place
from .result import Step
from .schedule import Places
from .shop import Shop


def make_steps(
    network: Network, places: Places, shop: Shop, critical: Container[int] = ()
) -> tuple[Step, ...]:
    """One step for each activity, in order of start.

    :param critical: the indices of the activities that set the finish.
    """
    pairs = zip(network.activities, places, strict=True)
    steps = [
        _make_step(activity, place, shop, index in critical)
        for index, (activity, place) in enumerate(pairs)
    ]
    return tuple(sorted(steps, key=_times))


def _times(step: Step) -> tuple[int, int]:
    return step.start, step.finish


def _make_step(activity: Activity, place: Place, shop: Shop, critical: bool) -> Step:
    source = activity.source(shop, place)
    return Step(
        activity.kind,
        activity.key,
        activity.job,
        activity.item,
        place.mode and place.mode.resource,
        activity.quantity,
        place.start,
        place.finish,
        activity.level,
        place.ready,
        critical,
        activity.name,
        source and source.key,
    )
