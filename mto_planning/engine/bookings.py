"""When a resource is occupied, in the form that is quickest to read and to index."""

import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from operator import eq

Span = tuple[int, int]
Edges = tuple[list[int], list[int]]

EVER = 1 << 62  # further away than any moment
_EPOCH_2000 = 946_684_800  # where PostgreSQL counts from, on ours
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Bookings:
    """The starts and the ends of all bookings of a resource, each sorted by itself.

    Which end belongs to which start makes no difference to what is free: the number
    of bookings that run at a moment is that of the starts so far less that of the ends.

    >>> Bookings.of([(10, 14), (4, 6), (5, 12)])
    Bookings(starts=[4, 5, 10], ends=[6, 12, 14], origin=0)

    :param origin: the moment that starts and ends count from, in seconds.
    """

    starts: list[int]
    ends: list[int]
    origin: int = 0

    @classmethod
    def of(cls, spans: Iterable[Span], origin: int = 0) -> "Bookings":
        """From half-open spans, in any order; what has no length is none."""
        spans = [span for span in spans if span[0] != span[1]]
        starts = sorted([start for start, _end in spans])
        return cls(starts, sorted([end for _start, end in spans]), origin)

    @classmethod
    def unpack(cls, starts: bytes | memoryview, ends: bytes | memoryview) -> "Bookings":
        """From PostgreSQL's own bytes for any number of timestamps, in any order.

        One row for a resource is some ten times less to carry than one for a booking::

            SELECT resource_id, string_agg(timestamp_send(date_from), ''),
                   string_agg(timestamp_send(date_to), '')
            ...
            GROUP BY resource_id

        :param starts: big-endian 64-bit microseconds since 2000, UTC; what is beyond
            whole seconds is cut off.
        :param ends: as many of them.
        """
        begun, done = _to_seconds(starts), _to_seconds(ends)
        if any(map(eq, begun, done)):
            return cls.of(zip(begun, done, strict=True), _EPOCH_2000)
        begun.sort()
        done.sort()
        return cls(begun, done, _EPOCH_2000)

    def gaps(self, running: int = 0) -> Edges:
        """Where at most so many bookings run: sorted gaps from ever to ever.

        After the end number n no more than ``running`` run until the start number
        n + ``running`` + 1. Where that start comes first there is no gap; such a pair
        is in the answer all the same, for to pass it on is cheaper than to look at it.

        :return: the starts of the gaps, and their ends, both counted from the origin.

        >>> Bookings.of([(4, 6), (5, 12)]).gaps(1) == ([-EVER, 6], [5, EVER])
        True
        """
        opens, closes = [-EVER, *self.ends], [*self.starts[running:], EVER]
        return _join(opens, closes) if running else (opens, closes)


def _join(opens: list[int], closes: list[int]) -> Edges:
    # The gaps of several machines overlap; those of one cannot.
    joined_opens, joined_closes, until = [-EVER], [], -EVER
    for start, end in zip(opens, closes, strict=False):
        if start < end:
            if start > until:
                joined_opens.append(start)
                joined_closes.append(until)
            until = end
    return joined_opens, [*joined_closes, until]


def _to_seconds(data: bytes | memoryview) -> list[int]:
    moments = array("q")
    moments.frombytes(data)
    if sys.byteorder == "little":  # pragma: no branch: each machine has one
        moments.byteswap()
    return [moment // _MICRO for moment in moments]
