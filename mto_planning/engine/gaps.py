"""Free time on one axis: sorted gaps in small blocks that know their longest gap."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import sub

from .axis import FORWARD
from .journal import Journal
from .problem import Span

BLOCK = 32
Block = tuple[list[int], list[int]]


class Gaps:
    """The free gaps of a working-time axis, searched in both directions.

    Gaps may touch: what touches but is not joined is a barrier that work must not
    span. Blocks are never changed, only replaced, so that taking back a booking is
    putting the old block back. The longest gap of a block is an upper bound which a
    vain search tightens.

    >>> gaps = Gaps([(0, 10), (10, 30)], Journal())
    >>> gaps.find(5, 8, 1), gaps.find(25, 8, -1), gaps.find(0, 21, 1)
    (10, 25, None)
    >>> gaps.take(12, 15), gaps.take(8, 20)
    ([], [(12, 15)])
    >>> list(gaps)
    [(0, 8), (20, 30)]
    """

    __slots__ = ("_blocks", "_firsts", "_journal", "_longest")

    def __init__(self, gaps: Iterable[Span], journal: Journal) -> None:
        """Build from sorted, disjoint, non-empty ``(start, end)`` gaps."""
        self._journal = journal
        starts, ends = [], []
        for start, end in gaps:
            starts.append(start)
            ends.append(end)
        self._blocks = _cut(starts, ends)
        self._firsts = [block[0][0] for block in self._blocks]
        self._longest = [_longest(block) for block in self._blocks]

    def __iter__(self) -> Iterator[Span]:
        """All gaps in order."""
        return chain.from_iterable(zip(*block, strict=True) for block in self._blocks)

    def find(self, at: int, need: int, way: int) -> int | None:
        """The place nearest to ``at`` where ``need`` (at least 1) fits.

        :param way: ``FORWARD`` for the earliest start at or after ``at``,
            ``BACKWARD`` for the latest end at or before ``at``.
        :return: that start or end; ``None`` when nothing fits.
        """
        longest = self._longest
        for index in self._beyond(at, way):
            if longest[index] >= need:
                block = self._blocks[index]
                place = _nearest(block, at, need, way)
                if place is not None:
                    return place
                longest[index] = _longest(block)
        return None

    def _beyond(self, at: int, way: int) -> range:
        if way == FORWARD:
            first = max(bisect_right(self._firsts, at) - 1, 0)
            return range(first, len(self._blocks))
        return range(bisect_left(self._firsts, at) - 1, -1, -1)

    def take(self, start: int, end: int) -> list[Span]:
        """Make ``[start, end)`` busy; an empty stretch becomes a barrier.

        :return: the parts of it that were busy before.
        """
        first = max(bisect_right(self._firsts, start) - 1, 0)
        last = bisect_left(self._firsts, end)
        starts, ends = _join(self._blocks[first:last])
        low, high = bisect_right(ends, start), bisect_left(starts, end)
        if low >= high:
            return [(start, end)]
        free = starts[low] <= start and end <= ends[low]
        busy = [] if free else _between(start, starts[low:high], ends[low:high], end)
        before, after = starts[low] < start, end < ends[high - 1]
        new_starts = starts[low : low + before] + [end] * after
        new_ends = [start] * before + ends[high - after : high]
        starts[low:high], ends[low:high] = new_starts, new_ends
        self._replace(first, last, starts, ends)
        return busy

    def _replace(
        self, first: int, last: int, starts: list[int], ends: list[int]
    ) -> None:
        blocks = _cut(starts, ends)
        firsts = [block[0][0] for block in blocks]
        longest = [max(self._longest[first:last])] * len(blocks)
        old = self._put(first, last, blocks, firsts, longest)
        self._journal.note(self._put, first, first + len(blocks), *old)

    def _put(
        self,
        first: int,
        last: int,
        blocks: list[Block],
        firsts: list[int],
        longest: list[int],
    ) -> tuple[list[Block], list[int], list[int]]:
        where = slice(first, last)
        old = self._blocks[where], self._firsts[where], self._longest[where]
        self._blocks[where] = blocks
        self._firsts[where] = firsts
        self._longest[where] = longest
        return old


def _cut(starts: list[int], ends: list[int]) -> list[Block]:
    # A block may grow to twice its size before it is cut again.
    if len(starts) <= 2 * BLOCK:
        return [(starts, ends)] if starts else []
    cuts = range(0, len(starts), BLOCK)
    return [(starts[cut : cut + BLOCK], ends[cut : cut + BLOCK]) for cut in cuts]


def _join(blocks: list[Block]) -> Block:
    starts, ends = [], []
    for block in blocks:
        starts += block[0]
        ends += block[1]
    return starts, ends


def _longest(block: Block) -> int:
    return max(map(sub, block[1], block[0]))


def _nearest(block: Block, at: int, need: int, way: int) -> int | None:
    starts, ends = block
    if way == FORWARD:
        first = bisect_right(ends, at)
        near, far = starts[first:], ends[first:]
    else:
        first = bisect_left(starts, at)
        near, far = ends[:first][::-1], starts[:first][::-1]
    if near and (near[0] - at) * way < 0:
        near[0] = at  # only the first gap can reach to the other side of ``at``
    for edge, limit in zip(near, far, strict=True):
        if (limit - edge) * way >= need:
            return edge
    return None


def _between(start: int, starts: list[int], ends: list[int], end: int) -> list[Span]:
    # What is left of [start, end) when the gaps are cut out.
    edges = zip([start, *ends], [*starts, end], strict=True)
    return [(left, right) for left, right in edges if left < right]
