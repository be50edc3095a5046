"""How long something really takes: against the standard library, and by hand."""

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mto_planning.engine.measured import CHANCE, FORGOTTEN, Measured, middle

VALUES = st.lists(st.integers(1, 10_000).map(float), min_size=1, max_size=60)


@given(VALUES)
def test_the_middle_is_the_median(values: list[float]) -> None:
    """Of all values, and of those that are believed."""
    usual = median(values)
    assert middle(sorted(values)) == usual
    kept = [v for v in values if usual / FORGOTTEN <= v <= usual * FORGOTTEN]
    cases = Measured(values)
    assert (len(cases), cases.left_out) == (len(kept), len(values) - len(kept))
    assert cases.middle == median(kept)
    assert min(kept) <= cases.low <= cases.middle <= cases.high <= max(kept)


@given(VALUES, st.floats(0, 10_000))
def test_a_plan_that_is_wrong_is_no_chance(values: list[float], planned: float) -> None:
    """As often as coins that all but a few fall on one side, counted one by one."""
    cases = Measured(values)
    longer, shorter = cases.longer(planned), cases.shorter(planned)
    coins, few = longer + shorter, min(longer, shorter)
    row = [1]
    for _coin in range(coins):
        row = [1, *(a + b for a, b in zip(row, row[1:], strict=False)), 1]
    assert cases.differs(planned) == (2 * sum(row[: few + 1]) / 2**coins <= CHANCE)


@given(VALUES)
def test_the_real_time_is_not_proposed_again(values: list[float]) -> None:
    """Once it is planned with, half of the cases lie on each side."""
    cases = Measured(values)
    assert not cases.differs(cases.middle)


@pytest.mark.parametrize(("cases", "is_enough"), [(5, False), (6, True)])
def test_it_takes_six_cases(cases: int, is_enough: bool) -> None:
    """Five coins fall on one side too often."""
    assert Measured([60.0] * cases).differs(30) is is_enough


def test_one_case_is_all_there_is() -> None:
    """Its quarters are itself, and it proves nothing."""
    cases = Measured([45])
    assert (cases.low, cases.middle, cases.high, len(cases)) == (45, 45, 45, 1)
    assert not cases.differs(10)


def test_no_time_at_all_is_a_case() -> None:
    """Set-up that is planned and not needed leaves nothing of some work."""
    cases = Measured([0, 0, 0, 5])
    assert (cases.middle, len(cases), cases.left_out) == (0, 3, 1)
