"""One pass in either direction, and what is moved after it."""

from workshop import (
    DAY,
    HOUR,
    MONDAY,
    PRESS,
    SAW,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    at,
    make,
    work,
)

from mto_planning.engine import Demand, Movement, Need, Purchase, Shop, Span, Stock
from mto_planning.engine.axis import BACKWARD, FORWARD
from mto_planning.engine.network import Network, Window
from mto_planning.engine.schedule import (
    Places,
    Stuck,
    commit,
    schedule,
    settle,
)
from mto_planning.engine.weave import weave

STEEL = Need("steel", "steel", 1.0, Purchase("buy", HOUR))
OIL = Need("oil", "oil", 1.0, from_stock=True, operation="press")
LAMP = make(
    work("cut", 4, "saw"),
    work("press", 2, "press", after="cut"),
    needs=(STEEL, OIL),
    prepare_seconds=HOUR,
)
STOCK = Stock("oil", 0.0, (Movement(at(TUESDAY, 9), 1.0),))
MONTH = Window(0, 28 * DAY)
WEEK = Window(at(MONDAY, 8), 5 * DAY)


def shop() -> Shop:
    """A free workshop, with oil from Tuesday on."""
    return Shop([SAW, PRESS], [STOCK])


def net(shop: Shop, need: Need = LAMP) -> Network:
    """The network of one lamp."""
    return weave(Demand("order", (need,)), shop, MONTH, BACKWARD)


def spans(network: Network, places: Places | Stuck) -> dict[str, Span]:
    """When each activity stands, by its key."""
    assert not isinstance(places, Stuck)
    pairs = zip(network.activities, places, strict=True)
    return {one.key: (place.start, place.finish) for one, place in pairs}


def test_forward_each_activity_stands_behind_what_it_waits_for() -> None:
    """As early as possible, also what will not stay there."""
    here = shop()
    network = net(here)
    assert spans(network, schedule(network, here, WEEK, FORWARD)) == {
        "buy": (at(MONDAY, 8), at(MONDAY, 9)),
        "oil": (at(TUESDAY, 9), at(TUESDAY, 9)),
        "job": (at(MONDAY, 9), at(MONDAY, 10)),
        "cut": (at(MONDAY, 10), at(MONDAY, 15)),
        "press": (at(TUESDAY, 9), at(TUESDAY, 11)),
        "order": (at(TUESDAY, 11), at(TUESDAY, 11)),
    }


def test_settled_only_what_floats_has_moved() -> None:
    """Oil and steel are there when they are used; work stays early."""
    here = Shop([SAW, PRESS], [Stock("oil", 1.0)])
    here.center("saw").book(here.center("saw").find(at(MONDAY, 8), 4 * HOUR, FORWARD))
    network = net(here)
    drafted = schedule(network, here, WEEK, FORWARD)
    before = spans(network, drafted)
    assert before["oil"] == (at(MONDAY, 8), at(MONDAY, 8))
    assert spans(network, settle(network, drafted)) == {
        **before,
        "buy": (at(MONDAY, 11), at(MONDAY, 12)),
        "job": (at(MONDAY, 12), at(MONDAY, 13)),
        "oil": (at(MONDAY, 17), at(MONDAY, 17)),
    }


def test_backward_each_activity_stands_before_what_waits_for_it() -> None:
    """As late as possible: there is nothing to settle."""
    here = shop()
    network = net(here)
    places = schedule(network, here, Window(0, at(WEDNESDAY, 20)), BACKWARD)
    assert spans(network, places) == {
        "buy": (at(WEDNESDAY, 11), at(WEDNESDAY, 12)),
        "job": (at(WEDNESDAY, 12), at(WEDNESDAY, 13)),
        "cut": (at(WEDNESDAY, 13), at(WEDNESDAY, 17)),
        "press": (at(WEDNESDAY, 18), at(WEDNESDAY, 20)),
        "oil": (at(WEDNESDAY, 18), at(WEDNESDAY, 18)),
        "order": (at(WEDNESDAY, 20), at(WEDNESDAY, 20)),
    }
    assert settle(network, places) == places


def test_a_pass_says_where_it_found_no_place() -> None:
    """Which activity, and from when on it looked."""
    here = shop()
    network = net(here)
    stuck = schedule(network, here, Window(at(MONDAY, 8), at(MONDAY, 16)), FORWARD)
    assert isinstance(stuck, Stuck)
    assert (stuck.activity.key, stuck.bound) == ("oil", at(MONDAY, 8))
    stuck = schedule(network, shop(), Window(at(TUESDAY, 8), at(TUESDAY, 12)), FORWARD)
    assert (stuck.activity.key, stuck.bound) == ("cut", at(TUESDAY, 10))
    stuck = schedule(network, shop(), Window(0, at(TUESDAY, 10)), BACKWARD)
    assert (stuck.activity.key, stuck.bound) == ("oil", at(TUESDAY, 8))


def test_what_a_pass_has_taken_is_taken_until_it_is_taken_back() -> None:
    """The next lamp finds the saw busy; after a rollback it does not."""
    here = shop()
    network = net(here, make(work("cut", 4, "saw")))
    mark = here.mark()
    first = schedule(network, here, WEEK, FORWARD)
    second = schedule(network, here, WEEK, FORWARD)
    assert spans(network, second)["cut"] == (at(MONDAY, 13), at(MONDAY, 17))
    here.rollback(mark)
    assert schedule(network, here, WEEK, FORWARD) == first


def test_committing_places_takes_the_same_as_the_pass_did() -> None:
    """The way back from a look at another direction."""
    here, other = shop(), shop()
    network = net(here)
    mark = here.mark()
    places = schedule(network, here, WEEK, FORWARD)
    here.rollback(mark)
    commit(network, places, here)
    schedule(network, other, WEEK, FORWARD)
    for need in (make(work("cut", 3, "saw")), make(work("press", 9, "press"))):
        again = net(here, need)
        window = Window(0, THURSDAY)
        placed = schedule(again, here, window, FORWARD)
        assert placed == schedule(again, other, window, FORWARD)
    assert not list(here.ledger("oil").offers(0.5))
