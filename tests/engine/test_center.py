"""Slots on one resource against stepping through time."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from oracle import earliest, is_taken, latest
from strategies import FIRST, LAST, MOMENTS, resources

from mto_planning.engine import Calendar, Resource, Shop, Span
from mto_planning.engine.axis import BACKWARD, FORWARD
from mto_planning.engine.center import Center, Slot

SECONDS = st.integers(0, 60)


def center(resource: Resource) -> Center:
    """The index of one resource."""
    return Shop([resource]).center(resource.key)


def span(slot: Slot | None) -> Span | None:
    """Its times on the wall clock."""
    return slot and (slot.start, slot.finish)


@given(resources(), MOMENTS, SECONDS)
def test_the_earliest_slot_is_the_first_that_any_second_gives(
    resource: Resource, ready: int, seconds: int
) -> None:
    """Forward: odd calendars, overlapping bookings also out of hours, machines."""
    found = span(center(resource).find(ready, seconds, FORWARD))
    assert found == earliest(resource, ready, seconds, LAST + 1)


@given(resources(), MOMENTS, SECONDS)
def test_the_latest_slot_is_the_last_that_any_second_gives(
    resource: Resource, due: int, seconds: int
) -> None:
    """Backward: the same."""
    found = span(center(resource).find(due, seconds, BACKWARD))
    assert found == latest(resource, due, seconds, FIRST - 1)


@given(
    resources(),
    st.lists(st.tuples(MOMENTS, SECONDS, st.sampled_from((FORWARD, BACKWARD)))),
)
def test_what_is_booked_counts_as_if_it_had_been_there(
    resource: Resource, calls: list[tuple[int, int, int]]
) -> None:
    """Booking slot after slot is the same as building with these bookings."""
    index = center(resource)
    for bound, seconds, way in calls:
        afresh = center(resource)
        slot = index.find(bound, seconds, way)
        assert span(slot) == span(afresh.find(bound, seconds, way))
        if slot:
            index.book(slot)
            booking = (slot.start, slot.finish)
            bookings = (*resource.bookings, booking)
            resource = replace(resource, bookings=bookings)


WEEK = Calendar("week", ((8, 16), (32, 40), (104, 112)))  # Thursday, Friday, Monday


def saw(*booked: Span, machines: int = 1) -> Center:
    """A resource with that week."""
    return center(Resource("saw", WEEK, booked, machines))


def test_work_spans_closed_time_but_never_starts_or_ends_in_it() -> None:
    """12 hours from Friday 10:00 end on Monday; asked on Saturday they start then."""
    assert span(saw().find(34, 12, FORWARD)) == (34, 110)
    assert span(saw().find(41, 4, FORWARD)) == (104, 108)
    assert span(saw().find(90, 8, BACKWARD)) == (32, 40)


def test_a_booking_out_of_hours_is_a_barrier() -> None:
    """Someone works on Saturday: nothing may span that weekend."""
    assert span(saw((50, 60)).find(34, 6, FORWARD)) == (34, 40)
    assert span(saw((50, 60)).find(34, 7, FORWARD)) == (104, 111)
    assert span(saw((50, 60)).find(107, 7, BACKWARD)) == (33, 40)


def test_a_barrier_stays_when_what_stood_beside_it_is_taken_back() -> None:
    """Giving back a slot does not join the gaps on both sides of a barrier."""
    shop = Shop([Resource("saw", WEEK, ((50, 60),))])
    index, mark = shop.center("saw"), shop.mark()
    index.book(index.find(34, 6, FORWARD))
    shop.rollback(mark)
    assert span(index.find(34, 7, FORWARD)) == (104, 111)


def test_work_of_no_length_takes_an_open_moment() -> None:
    """It never ends before it starts, and is in nobody's way."""
    for moment in (8, 12, 16, 32):  # also at opening and closing time
        assert span(saw().find(moment, 0, FORWARD)) == (moment, moment)
        assert span(saw().find(moment, 0, BACKWARD)) == (moment, moment)
    assert span(saw().find(20, 0, FORWARD)) == (32, 32)
    assert span(saw().find(20, 0, BACKWARD)) == (16, 16)
    assert span(saw((33, 36)).find(34, 0, FORWARD)) == (34, 34)
    assert saw().find(112, 0, FORWARD) and not saw().find(113, 0, FORWARD)


def test_overlapping_bookings_are_swept_with_their_furthest_end() -> None:
    """A short booking inside a long one does not free the long one's end."""
    assert span(saw((8, 16), (9, 10)).find(8, 2, FORWARD)) == (32, 34)


def test_machines_share_work_as_long_as_one_is_free() -> None:
    """Two bookings one after the other leave the second machine free throughout."""
    assert span(saw((8, 12), (12, 16), machines=2).find(8, 8, FORWARD)) == (8, 16)
    assert span(saw((8, 12), (11, 16), machines=2).find(8, 8, FORWARD)) == (12, 36)


def test_weekend_work_on_every_machine_is_a_barrier() -> None:
    """Two on Saturday at once, or one and work that spans the weekend already."""
    assert span(saw((50, 60), machines=2).find(34, 7, FORWARD)) == (34, 105)
    assert span(saw((50, 60), (60, 70), machines=2).find(34, 7, FORWARD)) == (34, 105)
    assert span(saw((50, 60), (59, 70), machines=2).find(34, 7, FORWARD)) == (104, 111)


def test_work_that_spans_a_weekend_is_counted_in_it_until_it_is_taken_back() -> None:
    """With the one who works on Saturday, both machines are in use."""
    shop = Shop([Resource("saw", WEEK, ((50, 60),), 2)])
    index, mark = shop.center("saw"), shop.mark()
    for _again in range(2):
        assert span(index.find(34, 7, FORWARD)) == (34, 105)
        index.book(index.find(39, 2, FORWARD))
        assert span(index.find(34, 7, FORWARD)) == (104, 111)
        shop.rollback(mark)


def test_a_resource_that_never_opens_has_no_slot() -> None:
    """Nothing to find, in either direction."""
    index = center(Resource("saw", Calendar("never", ()), ((3, 5),)))
    assert index.find(0, 1, FORWARD) is index.find(9, 0, BACKWARD) is None


def test_is_taken_agrees_with_the_layers() -> None:
    """The second opinion itself: surplus bookings take no more than all machines."""
    booked = ((0, 9), (0, 9), (0, 9), (5, 12))
    resource = Resource("saw", Calendar("always", ((0, 50),)), booked, 2)
    assert [is_taken(resource, second) for second in (0, 8, 9, 12)] == [
        True,
        True,
        False,
        False,
    ]
