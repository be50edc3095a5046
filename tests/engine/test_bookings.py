"""Bookings as sorted starts and ends against stepping through time."""

from datetime import datetime, timedelta, timezone
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import running
from strategies import FIRST, LAST, bookings

from mto_planning.engine import (
    Bookings,
    Calendar,
    InvalidProblemError,
    Resource,
    Shop,
    Span,
)
from mto_planning.engine.bookings import EVER

EPOCH, POSTGRES_EPOCH = (
    datetime(year, 1, 1, tzinfo=timezone.utc) for year in (1970, 2000)
)
MOMENTS = st.datetimes(
    datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc)
)


@given(bookings(), st.integers(0, 4))
def test_gaps_are_where_no_more_run(booked: tuple[Span, ...], most: int) -> None:
    """Each second is in a gap exactly when few enough bookings run in it."""
    gaps = find_gaps(booked, most)
    for second in range(FIRST - 1, LAST + 61):
        assert running(gaps, second) == (running(booked, second) <= most)


@given(bookings(), st.integers(0, 4))
def test_gaps_are_sorted_and_apart(booked: tuple[Span, ...], most: int) -> None:
    """From ever to ever, with something between any two."""
    edges = [edge for gap in find_gaps(booked, most) for edge in gap]
    assert edges == sorted(set(edges))
    assert (edges[0], edges[-1]) == (-EVER, EVER)


def find_gaps(booked: tuple[Span, ...], most: int) -> list[Span]:
    """Those that have a length."""
    gaps = zip(*Bookings.of(booked).gaps(most), strict=True)
    return [(start, end) for start, end in gaps if start < end]


def send(moments: list[datetime]) -> bytes:
    """As PostgreSQL's timestamp_send writes them."""
    micros = [(one - POSTGRES_EPOCH) // timedelta(microseconds=1) for one in moments]
    return pack(f">{len(micros)}q", *micros)


@given(st.lists(st.tuples(MOMENTS, MOMENTS)))
def test_bytes_of_the_database_are_the_same_bookings(
    rows: list[tuple[datetime, datetime]],
) -> None:
    """Before and after 2000, whole seconds."""
    spans = [
        tuple(int((one - EPOCH).total_seconds() // 1) for one in row) for row in rows
    ]
    starts, ends = (send([row[side] for row in rows]) for side in (0, 1))
    assert moments(Bookings.unpack(starts, ends)) == moments(Bookings.of(spans))
    views = memoryview(starts), memoryview(ends)
    assert Bookings.unpack(*views) == Bookings.unpack(starts, ends)


def moments(booked: Bookings) -> tuple[list[int], list[int]]:
    """Starts and ends since the epoch."""
    return tuple(
        [booked.origin + moment for moment in edges]
        for edges in (booked.starts, booked.ends)
    )


def test_a_resource_takes_either_form() -> None:
    """Spans or starts and ends give the same gaps."""
    always, booked = Calendar("always", ((0, 100),)), ((10, 20), (30, 40), (35, 60))
    shifted = Bookings([5, 25, 30], [15, 35, 55], origin=5)
    for form in (booked, booked[::-1], Bookings.of(booked), shifted):
        center = Shop([Resource("saw", always, form)]).center("saw")
        assert center.find(0, 11, 1)[:2] == (60, 71)
        assert center.find(5, 10, 1)[:2] == (20, 30)


def test_an_origin_moves_bookings_in_closed_time_as_well() -> None:
    """Two machines, both taken in the break: nothing may span it."""
    shifts = Calendar("shifts", ((0, 50), (60, 100)))
    booked = Bookings([2, 3], [8, 8], origin=50)
    center = Shop([Resource("saw", shifts, booked, 2)]).center("saw")
    assert center.find(40, 11, 1)[:2] == (60, 71)


@pytest.mark.parametrize(
    "wrong",
    [Bookings([5], [4]), Bookings([5], [5]), Bookings([1, 2], [3]), Bookings([], [3])],
)
def test_a_booking_must_end_after_it_starts(wrong: Bookings) -> None:
    """Those of no length were left out before; and each has both a start and an end."""
    with pytest.raises(InvalidProblemError, match="booking"):
        Shop([Resource("saw", Calendar("always", ((0, 9),)), wrong)])
