"""The parts of the simulated year in ``benchmarks/year``."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from year import figures
from year.check import WrongError, check_done, check_plan
from year.factory import CALM, DAY, HOUR, START, Factory, Trouble, Year, _without
from year.floor import Floor
from year.planners import Case, Ledger, Ours, Thumb

WEEKS = 42


def live(trouble: Trouble, planner: object, seed: int = 1) -> Floor:
    """Six weeks of orders."""
    floor = Floor(Year(Factory(), 0.85, trouble, seed, WEEKS), planner)
    floor.run(START + WEEKS * DAY)
    return floor


def test_the_same_seed_is_the_same_year() -> None:
    """Orders, breakdowns and paces are drawn before anything happens."""
    one, same, other = (
        Year(Factory(), 0.85, Trouble(), seed, WEEKS) for seed in (1, 1, 2)
    )
    assert (one.orders, one.downs) == (same.orders, same.downs)
    assert one.orders != other.orders


def test_the_busiest_center_is_as_busy_as_asked() -> None:
    """Over ten years, of the time in which it is up."""
    factory, days = Factory(), 3640
    year = Year(factory, 0.85, Trouble(), 1, days)
    hours = [0.0] * factory.centers
    for order in year.orders:
        cancelled = order.change_at and not order.changed_to
        for level in factory.catalogue[order.product].all():
            for center, minutes in level.operations:
                hours[center] += minutes / 60 * order.quantity * (not cancelled)
    up = Trouble().availability * days / 7 * 40
    assert max(hours) / up == pytest.approx(0.85, abs=0.03)


def test_breakdowns_are_cut_out_of_the_working_time() -> None:
    """Within, across and outside of it."""
    spans = ((0, 10), (20, 30))
    assert _without(spans, [(2, 4), (8, 22), (40, 50)]) == [(0, 2), (4, 8), (22, 30)]
    assert _without(spans, []) == [(0, 10), (20, 30)]


def test_without_trouble_each_date_is_kept_to_the_second() -> None:
    """The plan, no safety, and nobody is late."""
    floor = live(CALM, Ours(Ledger(days=0, learns=False)))
    check_done(floor)
    delivered = [job for job in floor.jobs if job.actual]
    assert len(delivered) > 20
    assert all(job.actual <= job.promise for job in delivered)


def test_with_trouble_work_still_has_its_order() -> None:
    """``check_done`` holds for us and for rules of thumb, and finds what is wrong."""
    for planner in (Ours(Ledger()), Thumb(lambda _job: 20)):
        floor = live(Trouble(), planner)
        check_done(floor)
    work = next(work for work in floor.executed if work.level.parts)
    work.level.parts[0].delay += 100 * DAY
    with pytest.raises(WrongError, match="before it could be"):
        check_done(floor)


def test_a_plan_that_books_twice_is_found() -> None:
    """Two works of one center at the same time."""
    floor = live(CALM, Ours(Ledger()))
    works = [w for j in floor.open.values() for w in j.works() if w.started is None]
    check_plan(floor, floor.now, [], works)
    works[0].planned = works[0].planned[0] - HOUR, works[0].planned[1]
    with pytest.raises(WrongError):
        check_plan(floor, floor.now, [], works)


def test_the_safety_is_learned_by_what_set_the_date() -> None:
    """The default until enough is known, then that of all, and a cause's own."""
    ledger, center, vendor = Ledger(days=2), ("center", 1), ("vendor", 1)
    assert ledger.get(center) == ledger.get(center, 9 * DAY) == 2 * DAY
    for _one in range(100):
        ledger.add(Case(START, vendor, DAY, DAY))
    ledger.learn(START)
    assert ledger.get(vendor) == ledger.get(center) == DAY
    for n in range(20):
        ledger.add(Case(START, center, n * DAY, DAY))
    ledger.learn(START)
    # Of all 120 the 115th; of the center's, late as no chance would have it, the 20th.
    assert ledger.get(vendor) == 14 * DAY
    assert ledger.get(center) == 19 * DAY
    assert ledger.copy(learns=False).get(center) == 19 * DAY


def test_what_is_planned_longer_ahead_gets_more() -> None:
    """Up to the longest that was learned from."""
    ledger = Ledger()
    for days in (1, 2, 3):
        for _one in range(20):
            ledger.add(Case(START, None, days * DAY, days * days * DAY))
    ledger.learn(START)
    assert [ledger.get(None, lead * DAY) // DAY for lead in (1, 4, 9, 16)] == [
        1,
        2,
        3,
        3,
    ]


def test_dates_are_told_in_working_days() -> None:
    """Friday and a day is Monday."""
    floor = live(CALM, Ours(Ledger(days=1, learns=False)))
    friday = START + 4 * DAY + 10 * HOUR
    assert floor.year.workdays.after(friday, DAY) == friday + 3 * DAY
    told = [job for job in floor.jobs if not job.order.rush]
    assert all(
        job.promise == floor.year.workdays.after(job.plan, DAY) > job.plan
        for job in told
    )


def test_a_share_of_sorted_values() -> None:
    """The one that so many do not exceed."""
    assert figures.at([1, 2, 3, 4], 0.5) == 2
    assert figures.at([1, 2, 3, 4], 0.51) == 3
    assert figures.at([1, 2, 3, 4], 1.0) == 4
