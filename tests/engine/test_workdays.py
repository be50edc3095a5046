"""Dates are counted in days on which somebody works."""

from hypothesis import given
from hypothesis import strategies as st

from mto_planning.engine import Workdays

HOUR, DAY = 3600, 86400
# Two weeks from Monday to Friday, from 8 to 17, with a holiday on the second Monday.
DATES = (0, 1, 2, 3, 4, 8, 9, 10, 11)
WEEKS = Workdays(
    [(day * DAY + 8 * HOUR, day * DAY + 17 * HOUR) for day in DATES],
    [(day * DAY, day * DAY + DAY) for day in DATES],
)
THURSDAY, FRIDAY, TUESDAY = (day * DAY + 10 * HOUR for day in (3, 4, 8))


def test_days_on_which_nobody_works_are_not_counted() -> None:
    """Weekends and holidays; a working day has 24 hours."""
    assert WEEKS.between(THURSDAY, FRIDAY) == DAY
    assert WEEKS.between(FRIDAY, TUESDAY) == DAY
    assert WEEKS.between(TUESDAY, THURSDAY) == -2 * DAY
    assert WEEKS.after(THURSDAY, 2 * DAY) == TUESDAY
    assert WEEKS.before(TUESDAY, 2 * DAY) == THURSDAY


def test_nothing_more_is_nothing_less() -> None:
    """Also where nobody works: a plan may end there."""
    sunday = 6 * DAY + 10 * HOUR
    assert WEEKS.after(sunday, 0) == WEEKS.before(sunday, 0) == sunday


def test_a_date_is_not_at_night() -> None:
    """Then it is the evening before, if that is not before it began."""
    assert WEEKS.after(THURSDAY, 10 * HOUR) == 3 * DAY + 17 * HOUR
    assert WEEKS.after(THURSDAY, 20 * HOUR) == 3 * DAY + 17 * HOUR
    assert WEEKS.after(11 * DAY, DAY) == 11 * DAY + 17 * HOUR  # the last that is known
    late = 3 * DAY + 20 * HOUR
    assert WEEKS.after(late, HOUR) == late
    assert WEEKS.after(-3 * DAY, HOUR) == -3 * DAY + HOUR  # before all that is known


def test_days_that_are_not_known_are_worked() -> None:
    """After the last one, before the first one, and if there are none."""
    last = 11 * DAY + 10 * HOUR
    assert WEEKS.after(last, 30 * DAY) == last + 30 * DAY
    assert WEEKS.before(last + 30 * DAY, 30 * DAY) == last
    assert WEEKS.between(-DAY, 0) == DAY
    assert WEEKS.after(12 * DAY, 1) == 12 * DAY + 1
    assert WEEKS.before(FRIDAY, 1) == FRIDAY - 1
    always = Workdays((), ())
    assert always.after(5, DAY) == 5 + DAY
    assert always.before(5, DAY) == 5 - DAY
    assert always.between(5, 6) == 1


MOMENTS = st.integers(-3 * DAY, 14 * DAY)


@given(MOMENTS, st.integers(0, 9 * DAY))
def test_there_and_back_is_not_later(moment: int, seconds: int) -> None:
    """A plan that ends so much before a requested date is promised for it in time."""
    before = WEEKS.before(moment, seconds)
    assert WEEKS.between(before, moment) == seconds
    assert before <= WEEKS.after(before, seconds) <= moment


@given(MOMENTS, st.integers(1, 9 * DAY))
def test_a_later_date_is_no_sooner(moment: int, seconds: int) -> None:
    """What adds more ends later, and never before it began."""
    assert moment <= WEEKS.after(moment, seconds) <= WEEKS.after(moment, seconds + HOUR)
