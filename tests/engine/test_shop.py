"""The shop: one index for many problems."""

from dataclasses import replace

import pytest
from workshop import DAY, MONDAY, OFFICE, PRESS, SAW, TUESDAY, at, make, work

from mto_planning.engine import (
    Calendar,
    Demand,
    DuplicateKeyError,
    InvalidProblemError,
    Movement,
    Need,
    Problem,
    Purchase,
    Resource,
    Shop,
    Stock,
    UnknownKeyError,
    plan,
)
from mto_planning.engine.axis import FORWARD

LAMP = Need("lamp", "lamp", 2.0, Purchase("buy", DAY), from_stock=True)
CUT = make(work("cut", 4, "saw"))


def problem(*needs: Need, now: int = 0, **values: object) -> Problem:
    """A problem that leaves resources and stocks to the shop."""
    return Problem(now, 28 * DAY, (Demand("order", needs),), **values)


def finish(problem: Problem, shop: Shop) -> int:
    """When its only demand is delivered."""
    (made,) = plan(problem, shop).demands
    return made.finish


def test_a_shop_knows_its_resources() -> None:
    """By their keys."""
    shop = Shop([SAW, PRESS])
    assert "saw" in shop and "laser" not in shop
    assert shop.center("saw").key == "saw"


def test_an_item_that_is_not_known_is_not_in_stock() -> None:
    """Nobody has put it there."""
    ledger = Shop([]).ledger("lamp")
    assert not list(ledger.offers(0.5)) and ledger.since(0.0) is None


def test_one_shop_serves_problems_at_different_times() -> None:
    """Its capacity and stock belong to no moment; each problem has its own now."""
    shop = Shop([SAW], [Stock("lamp", 0.0, (Movement(at(TUESDAY, 9), 2.0),))])
    slow = replace(LAMP, supply=Purchase("buy", 2 * DAY))
    assert finish(problem(slow), shop) == at(TUESDAY, 9)
    assert finish(problem(slow, now=at(TUESDAY, 11)), shop) == at(TUESDAY, 11)
    assert finish(problem(CUT, now=at(MONDAY, 13)), shop) == at(MONDAY, 17)
    assert finish(problem(CUT), shop) == at(MONDAY, 12)


def test_with_a_shop_those_of_the_problem_are_not_looked_at() -> None:
    """Neither its resources nor its stocks."""
    busy = replace(SAW, bookings=((0, 20 * DAY),))
    given = problem(CUT, LAMP, resources=(busy,), stocks=(Stock("lamp", 9.0),))
    assert finish(given, Shop([SAW])) == DAY


def test_a_resource_that_the_shop_lacks_is_named() -> None:
    """Also when the problem itself has it."""
    with pytest.raises(UnknownKeyError, match="'saw'"):
        plan(problem(CUT, resources=(SAW,)), Shop([PRESS]))


def test_a_problem_that_is_refused_leaves_no_trace() -> None:
    """What was planned before the mistake was found is taken back."""
    shop = Shop([SAW])
    wrong = replace(CUT, quantity=-1.0)
    demands = (Demand("good", (CUT,)), Demand("wrong", (wrong,)))
    with pytest.raises(InvalidProblemError, match="negative"):
        plan(Problem(0, 28 * DAY, demands), shop)
    assert finish(problem(CUT), shop) == at(MONDAY, 12)


def test_what_is_booked_and_taken_goes_with_the_mark() -> None:
    """Both kinds of state share one journal."""
    shop = Shop([SAW], [Stock("lamp", 2.0)])
    mark = shop.mark()
    center = shop.center("saw")
    center.book(center.find(0, 4 * 3600, FORWARD))
    shop.ledger("lamp").take(0, 2.0)
    assert finish(problem(CUT), shop) == at(MONDAY, 17)
    assert finish(problem(LAMP), shop) == DAY
    shop.rollback(mark)
    assert finish(problem(CUT), shop) == at(MONDAY, 12)
    assert finish(problem(LAMP), shop) == 0


def test_calendars_of_one_key_may_repeat_but_not_differ() -> None:
    """Two resources built from two readings of the same calendar."""
    again = Calendar("office", tuple(OFFICE.spans))
    shop = Shop([SAW, Resource("drill", again)])
    assert shop.center("drill").axis is shop.center("saw").axis
    with pytest.raises(DuplicateKeyError, match="'drill'"):
        Shop([SAW, Resource("drill", Calendar("office", OFFICE.spans[1:]))])
