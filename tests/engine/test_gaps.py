"""The gap list against a plain list of gaps."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mto_planning.engine import Span
from mto_planning.engine import gaps as gaps_module
from mto_planning.engine.axis import BACKWARD, FORWARD
from mto_planning.engine.gaps import Gaps
from mto_planning.engine.journal import Journal

END = 120
WAYS = st.sampled_from((FORWARD, BACKWARD))
# Each gap between them is longer than the one before it.
LONGER = (0, 1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 66, 78, 91, 105)
PLACES = st.integers(0, END)
TAKES = st.tuples(st.just("take"), PLACES, st.integers(0, 30))
FINDS = st.tuples(st.just("find"), PLACES, st.integers(1, 30), WAYS)
MARKS = st.tuples(st.sampled_from(("mark", "rollback")))


class PlainGaps:
    """The same without blocks: all gaps are looked at each time."""

    def __init__(self, gaps: Iterable[Span]) -> None:
        self.gaps = list(gaps)

    def find(self, at: int, need: int, way: int) -> int | None:
        """The first place or the last one."""
        if way == FORWARD:
            fits = (max(a, at) for a, b in self.gaps if b - max(a, at) >= need)
            return min(fits, default=None)
        fits = (min(b, at) for a, b in self.gaps if min(b, at) - a >= need)
        return max(fits, default=None)

    def take(self, start: int, end: int) -> set[int]:
        """Cut the gaps; which seconds were busy before."""
        seconds = set(range(start, end))
        pieces = []
        for left, right in self.gaps:
            seconds -= set(range(left, right))
            pieces += [(left, min(right, start)), (max(left, end), right)]
            if right <= start or end <= left:
                pieces[-2:] = [(left, right)]
        self.gaps = [(left, right) for left, right in pieces if left < right]
        return seconds


@given(
    st.sets(PLACES, min_size=2),
    st.lists(st.one_of(TAKES, FINDS, MARKS), max_size=40),
    st.integers(1, 5),
)
def test_blocks_do_not_change_what_is_found(
    edges: set[int], calls: list[tuple], block: int
) -> None:
    """Any calls in any order give what a plain list gives, also after rollbacks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gaps_module, "BLOCK", block)
        run(sorted(edges), calls)


def run(edges: list[int], calls: list[tuple]) -> None:
    """Make the same calls on both."""
    spans = list(zip(edges, edges[1:], strict=False))  # all gaps touch
    journal = Journal()
    gaps, plain = Gaps(edges[:-1], edges[1:], journal), PlainGaps(spans)
    marks = []
    for name, *arguments in calls:
        if name == "find":
            assert find(gaps, *arguments) == plain.find(*arguments)
        elif name == "take":
            start, length = arguments
            busy = gaps.take(start, start + length)
            seconds = {one for span in busy for one in range(*span)}
            assert seconds == plain.take(start, start + length)
        elif name == "mark":
            marks.append((journal.mark(), plain.gaps))
        elif marks:
            mark, plain.gaps = marks.pop()
            journal.rollback(mark)
        assert list(gaps) == plain.gaps


def find(gaps: Gaps, at: int, need: int, way: int) -> int | None:
    """The nearest place in a direction."""
    return gaps.earliest(at, need) if way == FORWARD else gaps.latest(at, need)


def test_a_full_axis_has_no_place() -> None:
    """No gap at all, and none after everything is taken; then some again."""
    journal = Journal()
    assert Gaps([], [], journal).earliest(0, 1) is None
    assert Gaps([], [], journal).take(0, 1) == [(0, 1)]
    gaps = Gaps([0], [10], journal)
    mark = journal.mark()
    gaps.take(0, 10)
    assert gaps.earliest(0, 1) is gaps.latest(10, 1) is None
    assert gaps.take(2, 3) == [(2, 3)]
    journal.rollback(mark)
    assert list(gaps) == [(0, 10)]


def test_a_block_that_was_cut_in_two_is_whole_again() -> None:
    """Rolled back, what was taken from a block that became two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gaps_module, "BLOCK", 1)
        taken = [("take", start, 1) for start in range(10, 90, 10)]
        whole = ("find", 0, 100, FORWARD)
        run([0, 100], [("mark",), *taken, whole, ("rollback",), whole])


@pytest.mark.parametrize("block", [1, 2, 3])
@pytest.mark.parametrize("at", LONGER)
def test_a_cut_block_stands_in_order_among_others(block: int, at: int) -> None:
    """Also what nobody has taken is found then, and when it is whole again."""
    every = [
        ("find", place, need, way)
        for place in range(0, END + 1, 5)
        for need in (2, 6, 10, 14)
        for way in (FORWARD, BACKWARD)
    ]
    taken = [("take", at + start, 1) for start in (2, 4, 6, 8)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gaps_module, "BLOCK", block)
        calls = [("mark",), *taken, *every, ("rollback",), *every]
        run([*LONGER, END], calls)


def test_a_barrier_splits_a_gap_and_stays() -> None:
    """What is taken beside a barrier and given back does not join the gaps."""
    journal = Journal()
    gaps = Gaps([0, 10], [10, 20], journal)
    assert gaps.earliest(0, 11) is None
    mark = journal.mark()
    gaps.take(5, 10)
    journal.rollback(mark)
    assert list(gaps) == [(0, 10), (10, 20)]


@given(st.sets(PLACES, min_size=2), st.lists(FINDS | TAKES, max_size=10))
def test_a_block_is_mapped_when_something_looks_at_it(
    edges: set[int], calls: list[tuple]
) -> None:
    """Late or at once, the gaps are the same; those without length are gone."""
    places = sorted(edges)
    starts, ends = places[::2], places[1::2]
    starts = starts[: len(ends)]

    def onto(moments: Iterable[int]) -> list[int]:
        return [one // 20 * 10 + min(one % 20, 10) for one in moments]  # half is closed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gaps_module, "BLOCK", 2)
        late = Gaps(starts, ends, Journal(), onto)
        gaps = zip(onto(starts), onto(ends), strict=True)
        plain = PlainGaps([gap for gap in gaps if gap[0] < gap[1]])
        for name, at, need, *way in calls:
            if name == "find":
                assert find(late, at, need, *way) == plain.find(at, need, *way)
            else:
                late.take(at, at + need)
                plain.take(at, at + need)
        assert list(late) == plain.gaps
