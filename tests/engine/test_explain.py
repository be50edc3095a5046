"""The one reason that a plan gives for its date."""

from dataclasses import replace

from hypothesis import given
from strategies import problems
from workshop import (
    DAY,
    FRIDAY,
    HOUR,
    MONDAY,
    NEXT_MONDAY,
    PRESS,
    SAW,
    TUESDAY,
    WEDNESDAY,
    at,
    make,
    promise,
    work,
)

from mto_planning.engine import (
    Calendar,
    Constraint,
    ConstraintKind,
    Demand,
    Movement,
    Need,
    Problem,
    Purchase,
    Resource,
    StepKind,
    Stock,
    plan,
)

CUT = work("cut", 4, "saw")
STEEL = Need("steel", "steel", 1.0, Purchase("buy", 2 * DAY, "ACME"))


def test_nothing_holds_up_work_on_a_free_machine() -> None:
    """Only the work itself."""
    made = promise(make(CUT), now=at(MONDAY, 8))
    assert made.constraint == Constraint(ConstraintKind.NONE)


def test_a_busy_machine_is_the_constraint() -> None:
    """From when it could have begun to when it did."""
    saw = replace(SAW, bookings=((0, at(WEDNESDAY, 8)),), name="Saw 1")
    made = promise(make(CUT), resources=(saw,))
    assert made.constraint == Constraint(
        ConstraintKind.CAPACITY,
        resource="saw",
        item="lamp",
        step="cut",
        since=at(MONDAY, 8),
        until=at(WEDNESDAY, 8),
        name="Saw 1",
    )


def test_work_of_the_same_plan_makes_a_machine_busy() -> None:
    """Two lamps on one saw, two days each."""
    slow = work("cut", 16, "saw")
    first, second = make(slow), replace(make(slow), key="other")
    made = promise(first, second, now=at(MONDAY, 8))
    assert made.constraint.kind is ConstraintKind.CAPACITY
    assert made.constraint.until == at(WEDNESDAY, 8)


def test_a_vendor_is_the_constraint() -> None:
    """The whole lead time."""
    made = promise(make(CUT, needs=(STEEL,)), now=at(MONDAY, 8))
    assert made.constraint == Constraint(
        ConstraintKind.LEAD_TIME,
        item="steel",
        step="buy",
        since=at(MONDAY, 8),
        until=at(WEDNESDAY, 8),
        name="ACME",
    )


def test_a_made_level_without_operations_is_a_lead_time() -> None:
    """The same for what has no work orders."""
    made = promise(make(lead_seconds=DAY))
    assert made.constraint.kind is ConstraintKind.LEAD_TIME
    assert (made.constraint.item, made.constraint.step) == ("lamp", "job")


def test_preparing_storing_and_delivering_are_part_of_the_work() -> None:
    """They are no wait, however long."""
    need = make(CUT, prepare_seconds=5 * HOUR, store_seconds=9 * DAY)
    made = promise(need, now=at(MONDAY, 4), deliver_seconds=9 * DAY)
    assert made.constraint == Constraint(ConstraintKind.NONE)
    assert all(one.critical for one in made.steps)


def test_a_receipt_is_the_constraint() -> None:
    """From now until it comes, by its name."""
    need = Need("s", "steel", 1.0, from_stock=True)
    stock = Stock("steel", 0.0, (Movement(at(TUESDAY, 9), 1.0, "PO7", 7),))
    made = promise(make(CUT, needs=(need,)), stocks=(stock,))
    assert made.constraint == Constraint(
        ConstraintKind.MATERIAL,
        item="steel",
        step="s",
        since=0,
        until=at(TUESDAY, 9),
        name="PO7",
    )


def test_closed_time_is_the_constraint_when_it_is_the_longest_wait() -> None:
    """Asked on Friday evening, the saw opens on Monday."""
    made = promise(make(CUT), now=at(FRIDAY, 17))
    found = made.constraint
    assert (found.kind, found.resource) == (ConstraintKind.CALENDAR, "saw")
    assert (found.since, found.until) == (at(FRIDAY, 17), at(NEXT_MONDAY, 8))


def test_work_of_no_length_at_closing_time_does_not_wait() -> None:
    """It is done before the saw closes, not after it opens again."""
    made = promise(make(work("check", 0, "saw")), now=at(FRIDAY, 17))
    assert made.finish == at(FRIDAY, 17)
    assert made.constraint == Constraint(ConstraintKind.NONE)


def test_the_longest_wait_wins() -> None:
    """Two days for the steel, then the night before the press opens again."""
    need = make(CUT, work("press", 1, "press", after="cut"), needs=(STEEL,))
    made = promise(need, now=at(MONDAY, 18))
    assert made.constraint.kind is ConstraintKind.LEAD_TIME


def test_what_is_not_on_the_way_to_the_date_is_no_constraint() -> None:
    """The saw waits two days for steel, but the press is busy for a week."""
    press = replace(PRESS, bookings=((0, at(NEXT_MONDAY, 8)),))
    need = make(CUT, work("press", 1, "press", after="cut"), needs=(STEEL,))
    made = promise(need, now=at(MONDAY, 8), resources=(SAW, press))
    found = made.constraint
    assert (found.kind, found.resource) == (ConstraintKind.CAPACITY, "press")
    assert (found.since, found.until) == (at(MONDAY, 8), at(NEXT_MONDAY, 8))
    critical = {one.key for one in made.steps if one.critical}
    assert critical == {"press", "order"}


def test_a_plan_on_request_has_no_constraint() -> None:
    """It is as late as it should be."""
    made = promise(make(CUT), requested=at(FRIDAY, 12))
    assert made.constraint == Constraint(ConstraintKind.NONE)


def test_a_shortage_names_its_item_and_need() -> None:
    """Nothing in stock, nothing to come, nobody who makes or sells it."""
    need = Need("s", "steel", 1.0, from_stock=True, name="Steel")
    made = promise(make(CUT, needs=(need,)))
    assert (made.feasible, made.finish, made.steps) == (False, None, ())
    assert made.constraint == Constraint(
        ConstraintKind.SHORTAGE, item="steel", step="s", name="Steel"
    )


def test_a_resource_without_time_names_itself() -> None:
    """It never opens, or not long enough before the horizon."""
    never = Resource("saw", Calendar("never", ()), name="Saw 1")
    made = promise(make(CUT), resources=(never,))
    assert not made.feasible
    assert made.constraint == Constraint(
        ConstraintKind.HORIZON,
        resource="saw",
        item="lamp",
        step="cut",
        since=0,
        until=28 * DAY,
        name="Saw 1",
    )
    made = promise(make(work("cut", 161, "saw")))
    assert made.constraint.resource == "saw"


def test_a_lead_time_beyond_the_horizon_names_what_is_bought() -> None:
    """Also without any resource."""
    far = replace(STEEL, supply=Purchase("buy", 29 * DAY, "ACME"))
    made = promise(far)
    found = made.constraint
    assert (found.kind, found.resource) == (ConstraintKind.HORIZON, None)
    assert (found.item, found.step, found.name) == ("steel", "buy", "ACME")


@given(problems())
def test_the_reason_belongs_to_the_plan(problem: Problem) -> None:
    """A wait that was, of a critical step; critical steps end with the delivery."""
    for demand, made in zip(problem.demands, plan(problem).demands, strict=True):
        found = made.constraint
        if not made.feasible:
            kinds = ConstraintKind.SHORTAGE, ConstraintKind.HORIZON
            assert found.kind in kinds
            continue
        critical = [one for one in made.steps if one.critical]
        if demand.requested is not None and not critical:
            assert made.finish == demand.requested
            assert found.kind is ConstraintKind.NONE
            continue
        assert critical[-1].kind is StepKind.DELIVERY
        if found.kind is not ConstraintKind.NONE:
            assert found.since < found.until <= made.finish
            assert found.step in {one.key for one in critical}


def test_hours_of_waiting_are_counted_from_the_opening() -> None:
    """The night before does not count as waiting for the machine."""
    saw = replace(SAW, bookings=((0, at(TUESDAY, 9)),))
    made = promise(make(CUT), now=at(MONDAY, 20), resources=(saw,))
    found = made.constraint
    assert found.kind is ConstraintKind.CALENDAR
    assert found.until - found.since == 12 * HOUR


def test_a_blocked_machine_is_the_constraint() -> None:
    """Until it is back, or if it is full for longer, until it is free."""
    saw = replace(SAW, blocked_until=at(TUESDAY, 0), name="Saw 1")
    made = promise(make(CUT), now=at(MONDAY, 8), resources=(saw,))
    assert made.constraint == Constraint(
        ConstraintKind.BLOCKED,
        resource="saw",
        item="lamp",
        step="cut",
        since=at(MONDAY, 8),
        until=at(TUESDAY, 8),
        name="Saw 1",
    )
    busy = replace(saw, bookings=((at(TUESDAY, 8), at(FRIDAY, 8)),))
    found = promise(make(CUT), now=at(MONDAY, 8), resources=(busy,)).constraint
    assert (found.kind, found.until) == (ConstraintKind.CAPACITY, at(FRIDAY, 8))


def fixed(resource: Resource, *needs: Need) -> Constraint:
    """Why a lamp that is asked for on Monday is not earlier: fixed until Wednesday."""
    demand = Demand("order", (make(CUT, needs=needs),))
    problem = Problem(
        at(MONDAY, 8), 28 * DAY, (demand,), (resource,), (), at(WEDNESDAY, 9)
    )
    return plan(problem).demands[0].constraint


def test_a_fixed_plan_is_the_constraint() -> None:
    """Also where what is bought would be there before."""
    expected = Constraint(
        ConstraintKind.FROZEN,
        item="lamp",
        step="cut",
        since=at(MONDAY, 8),
        until=at(WEDNESDAY, 9),
    )
    assert fixed(SAW) == expected
    assert fixed(SAW, replace(STEEL, supply=Purchase("buy", DAY))) == expected


def test_a_fixed_plan_is_no_constraint_where_something_else_sets_the_date() -> None:
    """A saw that is full until Thursday, a vendor who takes until then."""
    full = fixed(replace(SAW, bookings=((0, at(WEDNESDAY, 17)),)))
    assert (full.kind, full.since, full.until) == (
        ConstraintKind.CAPACITY,
        at(MONDAY, 8),
        at(WEDNESDAY + DAY, 8),
    )
    slow = fixed(SAW, replace(STEEL, supply=Purchase("buy", 3 * DAY)))
    assert (slow.kind, slow.until) == (ConstraintKind.LEAD_TIME, at(WEDNESDAY + DAY, 8))
