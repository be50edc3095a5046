"""Stock that comes, or what is bought: whichever serves the date."""

import pytest
from workshop import DAY, MONDAY, SAW, THURSDAY, TUESDAY, at, make, promise, times, work

from mto_planning.engine import (
    ConstraintKind,
    DemandPlan,
    Movement,
    Need,
    Purchase,
    Receipt,
    StepKind,
    Stock,
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
