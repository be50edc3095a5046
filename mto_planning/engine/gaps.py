"""Free time on one axis: sorted gaps in small blocks that know their longest gap."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import sub

from .bookings import EVER, Span
from .journal import Journal

BLOCK = 32
UNKNOWN = EVER
Block = tuple[list[int], list[int]]


class Gaps:
    """The free gaps of a working-time axis, searched in both directions.

    Gaps may touch: what touches but is not joined is a barrier that work must not
    span. The longest gap of a block is an upper bound which a vain search tightens;
    while it is not known, the block still stands in wall-clock time, and is mapped
    onto the axis when something first looks at it.

    >>> gaps = Gaps([0, 10], [10, 30], Journal())
    >>> gaps.earliest(5, 8), gaps.latest(25, 8), gaps.earliest(0, 21)
    (10, 25, None)
    >>> gaps.take(12, 15), gaps.take(8, 20)
    ([], [(12, 15)])
    >>> list(gaps)
    [(0, 8), (20, 30)]
    """

    __slots__ = ("_blocks", "_firsts", "_journal", "_longest", "_onto")

    def __init__(
        self,
        starts: list[int],
        ends: list[int],
        journal: Journal,
        onto: Callable[[list[int]], list[int]] = list,
    ) -> None:
        """Build from gaps of which none starts before the one before it ends.

        :param onto: maps wall-clock moments onto the axis; later ones not before
            earlier ones. What has no length there is no gap, nor what ends before it
            starts.
        """
        self._journal = journal
        self._onto = onto
        cuts = range(0, max(len(starts), 1), BLOCK)
        self._blocks: list[Block] = [
            (starts[cut : cut + BLOCK], ends[cut : cut + BLOCK]) for cut in cuts
        ]
        # No gap of a block starts before its place here, none before it ends after it.
        self._firsts = [-EVER, *onto(starts[BLOCK::BLOCK])]
        self._longest = [UNKNOWN] * len(cuts)

    def __iter__(self) -> Iterator[Span]:
        """All gaps in order."""
        blocks = map(self._block, range(len(self._blocks)))
        return chain.from_iterable(zip(*block, strict=True) for block in blocks)

    def earliest(self, at: int, need: int) -> int | None:
        """The earliest start at or after ``at`` where ``need`` (at least 1) fits."""
        longest = self._longest
        for index in range(bisect_right(self._firsts, at) - 1, len(longest)):
            if longest[index] >= need:
                starts, ends = self._block(index)
                for place in range(bisect_right(ends, at), len(ends)):
                    start = starts[place]
                    if start < at:
                        start = at
                    if ends[place] - start >= need:
                        return start
                longest[index] = _longest(starts, ends)
        return None

    def latest(self, at: int, need: int) -> int | None:
        """The latest end at or before ``at`` where ``need`` (at least 1) fits."""
        longest = self._longest
        for index in range(bisect_left(self._firsts, at) - 1, -1, -1):
            if longest[index] >= need:
                starts, ends = self._block(index)
                for place in range(bisect_left(starts, at) - 1, -1, -1):
                    end = ends[place]
                    if end > at:
                        end = at
                    if end - starts[place] >= need:
                        return end
                longest[index] = _longest(starts, ends)
        return None

    def take(self, start: int, end: int) -> list[Span]:
        """Make ``[start, end)`` busy; an empty stretch becomes a barrier.

        :return: the parts of it that were busy before.
        """
        index = bisect_right(self._firsts, start) - 1
        starts, ends = self._block(index)
        place = bisect_right(ends, start)
        if place < len(ends) and starts[place] <= start and end <= ends[place]:
            self._cut(index, place, start, end)
            return []
        return self._take_parts(start, end)

    def _take_parts(self, start: int, end: int) -> list[Span]:
        busy, at = [], start
        for left, right in self._free(start, end):
            busy.append((at, left))
            self.take(left, right)
            at = right
        busy.append((at, end))
        return [span for span in busy if span[0] < span[1]]

    def _free(self, start: int, end: int) -> list[Span]:
        # What of [start, end) is free.
        first = bisect_right(self._firsts, start) - 1
        last = bisect_left(self._firsts, end)
        return [
            (max(left, start), min(right, end))
            for index in range(first, last)
            for left, right in zip(*self._block(index), strict=True)
            if left < end and start < right
        ]

    def _cut(self, index: int, place: int, start: int, end: int) -> None:
        starts, ends = self._blocks[index]
        left, right = starts[place], ends[place]
        before, after = left < start, end < right
        if before and after:
            starts.insert(place + 1, end)
            ends.insert(place, start)
        elif before:
            ends[place] = start
        elif after:
            starts[place] = end
        else:
            del starts[place], ends[place]
        self._journal.note(self._mend, index, place, before + after, left, right)
        if len(starts) > 2 * BLOCK:
            self._split(index)

    def _mend(self, index: int, place: int, parts: int, start: int, end: int) -> None:
        # Put one gap where its parts are.
        starts, ends = self._blocks[index]
        starts[place : place + parts] = (start,)
        ends[place : place + parts] = (end,)
        self._longest[index] = max(self._longest[index], end - start)

    def _split(self, index: int) -> None:
        starts, ends = self._blocks[index]
        self._blocks.insert(index + 1, (starts[BLOCK:], ends[BLOCK:]))
        self._firsts.insert(index + 1, starts[BLOCK])
        self._longest.insert(index + 1, self._longest[index])
        del starts[BLOCK:], ends[BLOCK:]
        self._journal.note(self._unsplit, index)

    def _unsplit(self, index: int) -> None:
        starts, ends = self._blocks[index]
        more_starts, more_ends = self._blocks.pop(index + 1)
        starts += more_starts
        ends += more_ends
        longest = self._longest.pop(index + 1)
        self._longest[index] = max(self._longest[index], longest)
        del self._firsts[index + 1]

    def _block(self, index: int) -> Block:
        if self._longest[index] == UNKNOWN:
            self._map(index)
        return self._blocks[index]

    def _map(self, index: int) -> None:
        # Mapping changes nothing that could be seen, so there is nothing to take back.
        starts, ends = map(self._onto, self._blocks[index])
        gaps = [gap for gap in zip(starts, ends, strict=True) if gap[0] < gap[1]]
        starts, ends = [start for start, _end in gaps], [end for _start, end in gaps]
        self._blocks[index] = starts, ends
        self._longest[index] = _longest(starts, ends)


def _longest(starts: Iterable[int], ends: Iterable[int]) -> int:
    return max(map(sub, ends, starts), default=0)
