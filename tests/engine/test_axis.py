"""The working-time axis against stepping through time."""

from hypothesis import given
from hypothesis import strategies as st
from strategies import FIRST, LAST, MOMENTS, spans

from mto_planning.engine import Span
from mto_planning.engine.axis import BACKWARD, FORWARD, Axis


def is_open(opening: tuple[Span, ...], second: int) -> bool:
    """Whether a second is working time."""
    return any(opens <= second < closes for opens, closes in opening)


@given(spans(), MOMENTS)
def test_work_counts_the_open_seconds_before_a_moment(
    opening: tuple[Span, ...], moment: int
) -> None:
    """W(t) is the number of open seconds before t."""
    seconds = range(FIRST, moment)
    assert Axis(opening).work(moment) == sum(is_open(opening, one) for one in seconds)


@given(spans(least=1), st.data())
def test_start_is_the_opening_and_finish_the_closing(
    opening: tuple[Span, ...], data: st.DataObject
) -> None:
    """Open second n begins at start(n) and ends at finish(n + 1)."""
    seconds = [one for one in range(FIRST, LAST) if is_open(opening, one)]
    axis = Axis(opening)
    assert axis.total == len(seconds)
    place = data.draw(st.integers(0, axis.total - 1))
    assert axis.start(place) == seconds[place]
    assert axis.finish(place + 1) == seconds[place] + 1


def test_at_closing_time_work_ends_at_once_and_begins_at_the_next_opening() -> None:
    """Friday's closing is Monday's opening on the axis."""
    axis = Axis([(8, 16), (80, 88)])
    assert (axis.finish(8), axis.start(8)) == (16, 80)


def test_shifts_that_touch_are_one() -> None:
    """A change of shift is no closed time."""
    axis = Axis([(0, 8), (8, 16), (24, 32)])
    assert axis.finish(8) == axis.start(8) == 8
    assert list(axis.closures(0, 32)) == [16]


@given(spans(), st.data())
def test_closures_are_the_closed_periods_that_a_span_touches(
    opening: tuple[Span, ...], data: st.DataObject
) -> None:
    """Each closed period between two openings with a second in the span, once."""
    axis = Axis(opening)
    edges = [FIRST, *(edge for span in opening for edge in span)]
    moments = MOMENTS | st.sampled_from(edges)
    start, finish = data.draw(moments), data.draw(moments)
    last = max((closes for _opens, closes in opening), default=FIRST)
    first = min((opens for opens, _closes in opening), default=LAST)
    expected = {
        axis.work(second)
        for second in range(max(start, first), min(finish, last))
        if not is_open(opening, second)
    }
    found = list(axis.closures(start, finish)) if start < finish else []
    assert found == sorted(expected)


@given(spans(), MOMENTS)
def test_a_moment_is_the_nearest_that_work_could_end_or_begin_at(
    opening: tuple[Span, ...], bound: int
) -> None:
    """Opening and closing time included, in either direction."""
    moments = [
        one
        for one in range(FIRST - 1, LAST + 2)
        if is_open(opening, one - 1) or is_open(opening, one)
    ]
    axis = Axis(opening)
    later = min((one for one in moments if one >= bound), default=None)
    earlier = max((one for one in moments if one <= bound), default=None)
    assert axis.moment(bound, FORWARD) == later
    assert axis.moment(bound, BACKWARD) == earlier
