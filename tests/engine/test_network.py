"""How a tree of needs becomes a list of activities."""

from workshop import DAY, HOUR, SAW, make, work

from mto_planning.engine import Demand, Job, Need, Purchase, Shop, StepKind, Stock
from mto_planning.engine.axis import FORWARD
from mto_planning.engine.check import in_order
from mto_planning.engine.network import Network, Window
from mto_planning.engine.weave import weave

MONTH = Window(0, 28 * DAY)


def net(*needs: Need, **on_hand: float) -> Network:
    """The network of a demand in a shop with something in stock."""
    stocks = [Stock(item, quantity) for item, quantity in on_hand.items()]
    demand = Demand("order", needs, deliver_seconds=HOUR)
    return weave(demand, Shop([SAW], stocks), MONTH, FORWARD)


def keys(network: Network) -> list[tuple[StepKind, str]]:
    """Kind and key of its activities in order."""
    return [(one.kind, one.key) for one in network.activities]


def bolts(key: str, quantity: float, operation: str | None = None) -> Need:
    """A need for bolts, from stock or bought."""
    buy = Purchase(f"buy {key}", DAY)
    return Need(key, "bolt", quantity, buy, True, operation)


def test_everything_stands_behind_what_it_waits_for() -> None:
    """Components, preparing, operations, storing, delivery."""
    network = net(
        make(
            work("glue", 1, "saw", after="cut"),
            work("cut", 1, "saw"),
            needs=(bolts("a", 1.0), bolts("b", 1.0, "glue")),
            prepare_seconds=HOUR,
            store_seconds=HOUR,
        )
    )
    assert keys(network) == [
        (StepKind.PURCHASE, "buy a"),
        (StepKind.PURCHASE, "buy b"),
        (StepKind.WAIT, "job"),
        (StepKind.OPERATION, "cut"),
        (StepKind.OPERATION, "glue"),
        (StepKind.WAIT, "job"),
        (StepKind.DELIVERY, "order"),
    ]
    assert network.before == [[], [], [0], [2], [3, 1], [4], [5]]
    assert network.after == [[2], [4], [3], [4], [5], [6], []]


def test_delivery_waits_for_every_last_operation() -> None:
    """Those that block no other, when nothing is stored."""
    network = net(make(work("cut", 1, "saw"), work("press", 1, "saw")))
    assert network.before == [[], [], [0, 1]]


def test_needs_are_netted_in_the_order_in_which_they_stand() -> None:
    """A component stands before what comes after its parent, whatever operation."""
    lower = Job("lower", (work("cut", 1, "saw"),), (bolts("first", 5.0, "cut"),))
    upper = Need("upper", "lamp", 1.0, lower)
    network = net(upper, bolts("second", 5.0), bolts("third", 3.0), bolt=8.0)
    assert [one.key for one in network.activities] == [
        "first",
        "cut",
        "buy second",
        "third",
        "order",
    ]


def test_what_a_level_from_stock_would_have_used_stays_in_stock() -> None:
    """No component is taken for what is not made."""
    lower = Job("lower", needs=(bolts("inner", 5.0),))
    network = net(
        Need("upper", "lamp", 1.0, lower, True), bolts("other", 5.0), lamp=1.0, bolt=5.0
    )
    assert [one.key for one in network.activities] == ["upper", "other", "order"]


def test_the_first_need_without_a_source_is_named() -> None:
    """Also when stock would cover it, but it is not from stock."""
    network = net(Need("a", "lamp", 1.0), Need("b", "bolt", 1.0, None, True), lamp=9.0)
    assert network.missing and network.missing.key == "a"


def test_operations_keep_their_order_as_far_as_they_can() -> None:
    """What is blocked waits, the others stand as given; a circle is left out."""
    operations = [
        work("a", 1, "saw", after="c"),
        work("b", 1, "saw"),
        work("c", 1, "saw"),
        work("x", 1, "saw", after="y"),
        work("y", 1, "saw", after="x"),
    ]
    assert [one.key for one in in_order(operations)] == ["b", "c", "a"]
