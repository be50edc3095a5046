"""The load of resources, compared with counting second by second."""

from hypothesis import given
from hypothesis import strategies as st

from mto_planning.engine import Bookings, Calendar, Load, Resource, load

SPANS = st.lists(st.integers(0, 60), min_size=2, max_size=8, unique=True).map(
    lambda edges: (
        tuple((edges[at], edges[at + 1]) for at in range(0, len(edges) - 1, 2))
        if edges.sort() is None
        else ()
    )
)
BOOKINGS = st.lists(
    st.tuples(st.integers(-5, 65), st.integers(0, 30)).map(
        lambda booking: (booking[0], booking[0] + booking[1])
    ),
    max_size=8,
)
BOUNDARIES = st.lists(st.integers(-3, 63), min_size=2, max_size=6, unique=True).map(
    sorted
)


@given(SPANS, BOOKINGS, BOUNDARIES, st.integers(1, 3))
def test_load_is_what_is_counted(spans, bookings, boundaries, machines):
    resource = Resource("saw", Calendar("hours", spans), tuple(bookings), machines)
    works = {second for opens, closes in spans for second in range(opens, closes)}
    expected = []
    for since, until in zip(boundaries, boundaries[1:], strict=False):
        seconds = works.intersection(range(since, until))
        used = sum(
            len(seconds.intersection(range(start, end))) for start, end in bookings
        )
        expected.append(Load(len(seconds) * machines, used))
    assert load(resource, boundaries) == expected


def test_packed_bookings_count_alike():
    resource = Resource(
        "saw", Calendar("hours", ((0, 100),)), Bookings([0, 40], [20, 50], origin=10)
    )
    assert load(resource, [0, 50, 100]) == [Load(50, 20), Load(50, 10)]
