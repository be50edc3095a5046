"""Stock that comes, or what is bought: whichever serves the date."""

from dataclasses import replace

import pytest
from workshop import (
    DAY,
    FRIDAY,
    MONDAY,
    SAW,
    THURSDAY,
    TUESDAY,
    at,
    make,
    promise,
    step,
    times,
    work,
)

from mto_planning.engine import (
    ConstraintKind,
    Demand,
    DemandPlan,
    Job,
    Movement,
    Need,
    Problem,
    Purchase,
    Receipt,
    StepKind,
    Stock,
    replan,
)

LATE = Stock("part", 0.0, (Movement(at(14 * DAY, 8), 5.0, "in a fortnight"),))


def lamp(supply: Purchase | Receipt | None, **values: object) -> DemandPlan:
    """A lamp that is cut from a part, on a free saw."""
    part = Need("part", "part", 1.0, supply, True)
    need = make(work("cut", 4, "saw"), needs=(part,))
    return promise(need, resources=(SAW,), now=at(MONDAY, 8), **values)


def test_for_the_earliest_date_nothing_is_waited_for_that_is_bought_sooner() -> None:
    """Three days from the vendor, a fortnight until the receipt."""
    made = lamp(Purchase("buy", 3 * DAY), stocks=(LATE,))
    assert times(made, "buy", StepKind.PURCHASE) == (at(MONDAY, 8), at(THURSDAY, 8))
    assert made.finish == at(THURSDAY, 12)
    assert made.constraint.kind is ConstraintKind.LEAD_TIME


def test_stock_that_comes_no_later_is_taken() -> None:
    """At the same moment, too."""
    stock = Stock("part", 0.0, (Movement(at(TUESDAY, 8), 1.0),))
    made = lamp(Purchase("buy", DAY), stocks=(stock,))
    assert times(made, "part", StepKind.STOCK) == (at(TUESDAY, 8), at(TUESDAY, 8))


def test_what_is_under_way_is_taken_when_it_comes_sooner() -> None:
    """The purchase that is meant for it, instead of the next one."""
    made = lamp(Receipt("PO7", at(TUESDAY, 9)), stocks=(LATE,))
    assert times(made, "PO7", StepKind.RECEIPT)[0] == at(TUESDAY, 9)


@pytest.mark.parametrize(
    ("requested", "source"),
    [
        (20 * DAY, StepKind.STOCK),  # there is time to wait for it
        (at(14 * DAY, 12), StepKind.STOCK),  # just: four hours of the saw
        (at(14 * DAY, 11), StepKind.PURCHASE),  # it comes, but an hour too late
        (9 * DAY, StepKind.PURCHASE),  # it comes after the request
    ],
)
def test_on_request_stock_is_waited_for_when_there_is_time(
    requested: int, source: StepKind
) -> None:
    """Else it is bought, and the request holds all the same."""
    made = lamp(Purchase("buy", 3 * DAY), stocks=(LATE,), requested=requested)
    assert made.on_request
    kinds = {step.kind for step in made.steps}
    assert kinds & {StepKind.STOCK, StepKind.PURCHASE} == {source}


def test_stock_beyond_the_horizon_is_none() -> None:
    """What can be bought is bought, what is made is made; else the horizon is told."""
    never = Stock("part", 0.0, (Movement(40 * DAY, 1.0),))
    assert lamp(Purchase("buy", 3 * DAY), stocks=(never,)).finish == at(THURSDAY, 12)
    sub = make(work("sub", 4, "saw")).supply
    assert lamp(sub, stocks=(never,)).finish == at(MONDAY, 17)
    made = lamp(None, stocks=(never,))
    assert not made.feasible
    assert made.constraint.kind is ConstraintKind.HORIZON


# A part of it from stock


def cut_lamps(quantity: float) -> Job:
    """Cutting takes four hours for each lamp."""
    return Job("job", (work("cut", 4 * quantity, "saw"),), name="Lamp")


def lamps(quantity: float = 4.0, **values: object) -> Need:
    """Lamps from stock; what is not there is cut."""
    make_rest = {"supply": cut_lamps(quantity), "supply_of": cut_lamps, **values}
    return Need("lamp", "lamp", quantity, from_stock=True, **make_rest)


def coming(on_hand: float, *receipts: tuple[int, float]) -> Stock:
    """Lamps on hand and to come."""
    return Stock("lamp", on_hand, tuple(Movement(*receipt) for receipt in receipts))


def deliver(need: Need, *stocks: Stock, **values: object) -> DemandPlan:
    """Lamps for a customer, on a free saw, from Monday at eight."""
    return promise(need, resources=(SAW,), now=at(MONDAY, 8), stocks=stocks, **values)


def taken(made: DemandPlan) -> dict[str, tuple[float, int]]:
    """What comes from stock, and when."""
    return {
        one.key: (one.quantity, one.start)
        for one in made.steps
        if one.kind is StepKind.STOCK
    }


def test_what_lies_there_is_taken_and_the_rest_is_made() -> None:
    """One of four lamps: three are cut, twelve hours on the saw, and none waits."""
    made = deliver(lamps(), coming(1.0))
    # 8 to 12 and 13 to 17 on Monday, 8 to 12 on Tuesday.
    assert times(made, "cut") == (at(MONDAY, 8), at(TUESDAY, 12))
    assert step(made, "cut").quantity == 3.0
    assert taken(made) == {"lamp": (1.0, at(TUESDAY, 12))}


def test_all_or_nothing_where_the_supply_of_a_rest_is_not_known() -> None:
    """The lamp stays in stock, all four are cut: two days."""
    made = deliver(lamps(supply_of=None), coming(1.0))
    assert times(made, "cut") == (at(MONDAY, 8), at(TUESDAY, 17))
    assert not taken(made)


def test_the_rest_of_what_is_bought_is_ordered() -> None:
    """The vendor takes a day for each piece; two of three lie there."""

    def buy(quantity: float) -> Purchase:
        return Purchase("buy", int(quantity * DAY))

    made = deliver(lamps(3.0, supply=buy(3.0), supply_of=buy), coming(2.0))
    assert times(made, "buy", StepKind.PURCHASE) == (at(MONDAY, 8), at(TUESDAY, 8))
    assert step(made, "buy", StepKind.PURCHASE).quantity == 1.0
    assert taken(made) == {"lamp": (2.0, at(TUESDAY, 8))}


@pytest.mark.parametrize(
    ("receipt", "share", "finish"),
    [
        # Four lamps are cut by Tuesday at five: what comes then is no later.
        ((at(TUESDAY, 17), 4.0), 4.0, at(TUESDAY, 17)),
        ((at(TUESDAY, 18), 4.0), 0.0, at(TUESDAY, 17)),
        # A part that comes in time, and the rest is cut.
        ((at(TUESDAY, 8), 1.0), 1.0, at(TUESDAY, 12)),
        ((at(TUESDAY, 17), 1.0), 1.0, at(TUESDAY, 17)),
        ((90 * DAY, 4.0), 0.0, at(TUESDAY, 17)),
    ],
)
def test_what_is_made_sooner_is_not_waited_for(
    receipt: tuple[int, float], share: float, finish: int
) -> None:
    """Not three months for what takes two days."""
    made = deliver(lamps(), coming(0.0, receipt))
    assert made.finish == finish
    assert sum(quantity for quantity, _start in taken(made).values()) == share


def test_each_receipt_counts_against_what_is_then_left_to_make() -> None:
    """Two come on Monday at nine, one on Tuesday at nine; four are wanted.

    Four are cut by Tuesday at five, so the first receipt is worth it. The two that it
    leaves are cut by Monday at five: the second one would only delay.
    """
    made = deliver(lamps(), coming(0.0, (at(MONDAY, 9), 2.0), (at(TUESDAY, 9), 1.0)))
    assert times(made, "cut") == (at(MONDAY, 8), at(MONDAY, 17))
    assert taken(made) == {"lamp": (2.0, at(MONDAY, 17))}


def test_a_busy_saw_makes_waiting_worth_it() -> None:
    """It is booked until Friday: stock of Thursday is sooner."""
    saw = replace(SAW, bookings=((0, at(FRIDAY, 8)),))
    stock = coming(0.0, (at(THURSDAY, 9), 1.0))
    made = promise(lamps(1.0), resources=(saw,), now=at(MONDAY, 8), stocks=(stock,))
    assert made.finish == at(THURSDAY, 9)
    assert made.constraint.kind is ConstraintKind.MATERIAL


def test_what_cannot_be_made_is_waited_for() -> None:
    """A part of it has no source, so stock that comes is all there is."""
    gone = Need("gone", "rare", 1.0)
    broken = Job("job", (work("cut", 4, "saw"),), (gone,))
    need = lamps(2.0, supply=broken, supply_of=lambda _rest: broken)
    made = deliver(need, coming(1.0, (at(FRIDAY, 8), 1.0)))
    assert taken(made) == {"lamp": (2.0, at(FRIDAY, 8))}
    made = deliver(need, coming(1.0))
    assert not made.feasible and made.constraint.step == "gone"


def test_components_are_needed_for_the_rest_only() -> None:
    """Three lamps, one in stock, two bulbs each: three bulbs are there, one is bought.

    The bulb comes on Tuesday at eight, and two lamps are cut until five.
    """

    def buy(quantity: float) -> Purchase:
        return Purchase("buy", DAY)

    def make_lamps(quantity: float) -> Job:
        bulbs = 2 * quantity
        need = Need("bulb", "bulb", bulbs, buy(bulbs), True, supply_of=buy)
        return replace(cut_lamps(quantity), needs=(need,))

    need = lamps(3.0, supply=make_lamps(3.0), supply_of=make_lamps)
    made = deliver(need, coming(1.0), Stock("bulb", 3.0))
    assert step(made, "buy", StepKind.PURCHASE).quantity == 1.0
    assert times(made, "cut") == (at(TUESDAY, 8), at(TUESDAY, 17))
    assert {key: share for key, (share, _start) in taken(made).items()} == {
        "lamp": 1.0,
        "bulb": 3.0,
    }


def test_two_needs_share_what_is_there_in_their_order() -> None:
    """Three lamps: two and one for the first two needs, the last lamp is cut."""
    needs = [replace(lamps(2.0), key=key) for key in ("first", "second")]
    needs = [
        replace(need, supply=replace(need.supply, key=f"job {need.key}"))
        for need in needs
    ]
    made = promise(*needs, resources=(SAW,), now=at(MONDAY, 8), stocks=(coming(3.0),))
    assert {key: share for key, (share, _start) in taken(made).items()} == {
        "first": 2.0,
        "second": 1.0,
    }
    assert times(made, "cut") == (at(MONDAY, 8), at(MONDAY, 12))


def test_a_later_demand_keeps_its_piece() -> None:
    """Three lie there, two are promised for Friday: one is free."""
    made = deliver(lamps(2.0), coming(3.0, (at(FRIDAY, 8), -2.0)))
    assert taken(made) == {"lamp": (1.0, at(MONDAY, 12))}


@pytest.mark.parametrize(
    ("requested", "share"),
    [
        (at(FRIDAY, 17), 4.0),  # three come on Friday morning
        (at(THURSDAY, 17), 1.0),  # too late for that: three are cut
        (at(TUESDAY, 12), 1.0),  # just: twelve hours of the saw
    ],
)
def test_on_request_all_that_comes_in_time_is_taken(
    requested: int, share: float
) -> None:
    """As late as possible, and from stock what stock gives by then."""
    stock = coming(1.0, (at(FRIDAY, 8), 3.0))
    made = deliver(lamps(), stock, requested=requested)
    assert made.on_request and made.finish == requested
    assert taken(made) == {"lamp": (share, requested)}


def test_replanning_nets_the_same_way() -> None:
    """The first demand takes what lies there, the second the rest of it."""
    demands = (
        Demand("first", (lamps(2.0),)),
        Demand("second", (lamps(2.0),)),
    )
    problem = Problem(at(MONDAY, 8), 28 * DAY, demands, (SAW,), (coming(3.0),))
    first, second = replan(problem).demands
    assert taken(first) == {"lamp": (2.0, at(MONDAY, 8))}
    assert taken(second) == {"lamp": (1.0, at(MONDAY, 12))}
    assert times(second, "cut") == (at(MONDAY, 8), at(MONDAY, 12))


def test_a_crumb_is_not_worth_a_step() -> None:
    """What rounding has left in stock is nothing; what it lacks is nothing, too."""
    assert not taken(deliver(lamps(1.0), coming(1e-9)))
    made = deliver(lamps(3.0), coming(3.0 - 1e-9))
    assert taken(made) == {"lamp": (3.0, at(MONDAY, 8))}
    assert len(made.steps) == 2


def test_what_others_take_is_not_there_for_making_either() -> None:
    """The bulb on hand goes into the first lamp; the next one comes on Friday.

    So the second lamp is cut on Friday at the earliest: stock of Thursday is sooner.
    """
    bulb = Need("bulb", "bulb", 1.0, from_stock=True)
    first = Need(
        "first", "lamp", 1.0, Job("first", (work("glue", 4, "press"),), (bulb,))
    )
    second = lamps(1.0, supply=replace(cut_lamps(1.0), needs=(replace(bulb, key="b"),)))
    made = promise(
        first,
        second,
        now=at(MONDAY, 8),
        stocks=(
            coming(0.0, (at(THURSDAY, 8), 1.0)),
            Stock("bulb", 1.0, (Movement(at(FRIDAY, 8), 1.0),)),
        ),
    )
    assert taken(made)["lamp"] == (1.0, at(THURSDAY, 8))


def test_receipts_at_many_levels_are_looked_at_in_time() -> None:
    """Twelve levels with a receipt each day: trying all ways would take for ever."""

    def level(depth: int, quantity: float) -> Need:
        def job(rest: float) -> Job:
            operation = work(f"cut {depth}", rest, "saw")
            needs = (level(depth + 1, rest),) if depth < 12 else ()
            return Job(f"job {depth}", (operation,), needs)

        about = f"need {depth}", f"item {depth}", quantity, job(quantity), True
        return Need(*about, supply_of=job)

    stocks = tuple(
        Stock(
            f"item {depth}",
            0.0,
            tuple(Movement(at(DAY * day, 9), 0.25) for day in range(1, 12)),
        )
        for depth in range(13)
    )
    made = promise(level(0, 4.0), resources=(SAW,), stocks=stocks)
    assert made.feasible
