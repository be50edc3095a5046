"""Plans computed by hand."""

from dataclasses import replace

import pytest
from workshop import (
    DAY,
    FRIDAY,
    HOUR,
    MONDAY,
    NEXT_MONDAY,
    PRESS,
    SAW,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    at,
    make,
    promise,
    step,
    times,
    work,
)

from mto_planning.engine import (
    Calendar,
    Demand,
    DemandPlan,
    Job,
    Mode,
    Movement,
    Need,
    Operation,
    Problem,
    Purchase,
    Resource,
    StepKind,
    Stock,
    plan,
)


@pytest.mark.parametrize(
    ("now", "hours", "start", "finish"),
    [
        (at(MONDAY, 9), 3, at(MONDAY, 9), at(MONDAY, 12)),  # until the lunch break
        (at(MONDAY, 9), 4, at(MONDAY, 9), at(MONDAY, 14)),  # spans the lunch break
        (at(MONDAY, 12), 1, at(MONDAY, 13), at(MONDAY, 14)),  # asked at lunch
        (at(MONDAY, 16), 4, at(MONDAY, 16), at(TUESDAY, 11)),  # over night
        (at(FRIDAY, 15), 4, at(FRIDAY, 15), at(NEXT_MONDAY, 10)),  # over the weekend
        (at(FRIDAY, 17), 2, at(NEXT_MONDAY, 8), at(NEXT_MONDAY, 10)),  # at closing
        (at(MONDAY, 8), 40, at(MONDAY, 8), at(FRIDAY, 17)),  # the whole week
    ],
)
def test_one_operation_on_an_empty_machine(
    now: int, hours: int, start: int, finish: int
) -> None:
    """Not padded (6): working time only, and the first there is."""
    made = promise(make(work("cut", hours, "saw")), now=now)
    assert times(made, "cut") == (start, finish)
    assert made.finish == finish


def test_a_chain_is_handed_over_between_calendars() -> None:
    """The press works on after the saw has gone home, and without lunch."""
    chain = make(work("cut", 8, "saw"), work("press", 7, "press", after="cut"))
    made = promise(chain, now=at(MONDAY, 9))
    assert times(made, "cut") == (at(MONDAY, 9), at(TUESDAY, 9))
    assert times(made, "press") == (at(TUESDAY, 9), at(TUESDAY, 16))
    made = promise(chain, now=at(FRIDAY, 8))
    assert times(made, "press") == (at(FRIDAY, 17), at(NEXT_MONDAY, 8))


def test_operations_without_order_share_their_time() -> None:
    """Two that do not block each other run at once; storing waits for both."""
    need = make(work("cut", 4, "saw"), work("press", 6, "press"), store_seconds=HOUR)
    made = promise(need, now=at(MONDAY, 8))
    assert times(made, "cut") == (at(MONDAY, 8), at(MONDAY, 12))
    assert times(made, "press") == (at(MONDAY, 8), at(MONDAY, 14))
    assert made.finish == at(MONDAY, 15)


def test_the_alternative_that_is_done_first_is_chosen() -> None:
    """And the best liked one if both are."""
    cut = work("cut", 4, "saw", "press")
    assert step(promise(make(cut), now=at(MONDAY, 8)), "cut").resource == "saw"
    assert step(promise(make(cut), now=at(MONDAY, 9)), "cut").resource == "press"
    quick = Operation("cut", (Mode("saw", 4 * HOUR), Mode("press", 3 * HOUR)))
    made = promise(make(quick), now=at(MONDAY, 8))
    assert times(made, "cut") == (at(MONDAY, 8), at(MONDAY, 11))


def test_on_request_everything_is_as_late_as_possible() -> None:
    """Delivery by Wednesday noon: pressed just before, cut just before that."""
    need = make(
        work("cut", 8, "saw"),
        work("press", 4, "press", after="cut"),
        needs=(Need("steel", "steel", 2.0, Purchase("buy", DAY)),),
        prepare_seconds=HOUR,
    )
    made = promise(need, requested=at(WEDNESDAY, 12), deliver_seconds=2 * HOUR)
    assert made.on_request and made.finish == at(WEDNESDAY, 12)
    assert times(made, "order", StepKind.DELIVERY)[0] == at(WEDNESDAY, 10)
    assert times(made, "press") == (at(WEDNESDAY, 6), at(WEDNESDAY, 10))
    assert times(made, "cut") == (at(TUESDAY, 8), at(TUESDAY, 17))
    assert times(made, "job", StepKind.WAIT) == (at(TUESDAY, 7), at(TUESDAY, 8))
    assert times(made, "buy", StepKind.PURCHASE) == (at(MONDAY, 7), at(TUESDAY, 7))
    assert made.latest_start == at(MONDAY, 7)


def test_on_request_what_two_wait_for_is_there_for_the_first_of_them() -> None:
    """The long operation sets when the steel must be there and the base be cut."""
    need = make(
        work("base", 2, "saw"),
        work("long", 10, "press", after="base"),
        work("short", 1, "saw", after="base"),
        needs=(Need("steel", "steel", 2.0, Purchase("buy", DAY)),),
    )
    made = promise(need, requested=at(WEDNESDAY, 17))
    assert times(made, "short") == (at(WEDNESDAY, 16), at(WEDNESDAY, 17))
    assert times(made, "long") == (at(WEDNESDAY, 7), at(WEDNESDAY, 17))
    assert times(made, "base") == (at(TUESDAY, 15), at(TUESDAY, 17))
    parallel = make(
        work("long", 10, "press"), work("short", 1, "saw"), needs=need.supply.needs
    )
    made = promise(parallel, requested=at(WEDNESDAY, 17))
    assert times(made, "buy", StepKind.PURCHASE)[1] == at(WEDNESDAY, 7)


def test_a_request_that_cannot_be_held_gets_the_earliest_date() -> None:
    """The vendor alone needs two days."""
    need = make(
        work("cut", 4, "saw"), needs=(Need("s", "s", 1.0, Purchase("b", 172800)),)
    )
    late = promise(need, requested=at(TUESDAY, 17))
    assert late.feasible and not late.on_request
    assert late.finish == at(WEDNESDAY, 12)
    assert replace(late, on_request=True) == promise(need)


def test_a_request_at_the_horizon_is_planned_backward() -> None:
    """Nothing ends later than the horizon, but may end there."""
    made = promise(make(work("cut", 4, "saw")), requested=28 * DAY)
    assert made.on_request and made.finish == 28 * DAY
    assert times(made, "cut") == (at(25 * DAY, 13), at(25 * DAY, 17))


def test_an_early_delivery_still_holds_the_request() -> None:
    """A request beyond the horizon is met by the earliest plan."""
    made = promise(make(work("cut", 4, "saw")), requested=60 * DAY)
    assert made.on_request and made.finish == at(MONDAY, 12)


@pytest.mark.parametrize(("hours", "weld"), [(1, (8, 9)), (2, (9, 10))])
def test_a_request_holds_though_work_fits_only_from_its_beginning(
    hours: int, weld: tuple[int, int]
) -> None:
    """Backward the weld, which may be done on both, takes the saw that the cut needs.

    From the beginning it finds the press; when it ends there before the cut does, it
    can still be moved later.
    """
    needs = work("cut", hours, "saw"), work("weld", 1, "saw", "press")
    requested = at(MONDAY, 8 + hours)
    made = promise(make(*needs), now=at(MONDAY, 8), requested=requested)
    assert made.on_request and made.finish == requested
    assert times(made, "cut") == (at(MONDAY, 8), requested)
    assert step(made, "weld").resource == "press"
    assert times(made, "weld") == tuple(at(MONDAY, hour) for hour in weld)


def test_what_is_made_early_waits_for_its_request() -> None:
    """Work stands as early as it can; only the delivery is when it was asked for."""
    demand = Demand("order", (make(work("cut", 4, "saw")),), requested=at(FRIDAY, 9))
    early = replace(demand, early=True)
    problem = Problem(at(MONDAY, 8), 28 * DAY, (early,), (SAW,))
    (made,) = plan(problem).demands
    assert times(made, "cut") == (at(MONDAY, 8), at(MONDAY, 12))
    assert made.on_request and made.finish == at(FRIDAY, 9)


def test_what_is_bought_is_ordered_as_late_as_its_use_allows() -> None:
    """The saw is busy until Wednesday: there is time to order the steel."""
    saw = replace(SAW, bookings=((0, at(WEDNESDAY, 8)),))
    steel = Need("steel", "steel", 1.0, Purchase("buy", DAY))
    oil = Need("oil", "oil", 1.0, Purchase("buy oil", HOUR), operation="press")
    need = make(
        work("cut", 2, "saw"),
        work("press", 1, "press", after="cut"),
        needs=(steel, oil),
        prepare_seconds=HOUR,
    )
    made = promise(need, resources=(saw, PRESS))
    assert times(made, "job", StepKind.WAIT) == (at(WEDNESDAY, 7), at(WEDNESDAY, 8))
    assert times(made, "buy", StepKind.PURCHASE) == (at(TUESDAY, 7), at(WEDNESDAY, 7))
    assert times(made, "buy oil", StepKind.PURCHASE)[1] == at(WEDNESDAY, 10)
    assert step(made, "buy", StepKind.PURCHASE).ready == 0
    assert made.latest_start == at(TUESDAY, 7)


def test_stock_is_taken_when_it_is_used_and_names_its_receipt() -> None:
    """A receipt of Tuesday covers what is short on hand."""
    need = make(
        work("cut", 2, "saw"), needs=(Need("s", "steel", 3.0, from_stock=True),)
    )
    stock = Stock("steel", 2.0, (Movement(at(TUESDAY, 9.5), 1.0, key="PO7"),))
    made = promise(need, stocks=(stock,))
    assert times(made, "cut") == (at(TUESDAY, 9.5), at(TUESDAY, 11.5))
    taken = step(made, "s", StepKind.STOCK)
    assert (taken.start, taken.finish) == (at(TUESDAY, 9.5), at(TUESDAY, 9.5))
    assert (taken.source, taken.job, taken.level) == ("PO7", "job", 1)


def test_stock_that_a_later_demand_needs_is_not_taken() -> None:
    """One piece lies there, but is promised for Friday: another is bought."""
    stock = Stock("lamp", 1.0, (Movement(at(FRIDAY, 8), -1.0),))
    bought = Need("need", "lamp", 1.0, Purchase("buy", HOUR), from_stock=True)
    assert times(promise(bought, stocks=(stock,)), "buy", StepKind.PURCHASE)


def test_two_needs_of_one_item_share_what_is_there() -> None:
    """Eight on hand: the first five are taken, the other five are bought."""
    first = Need("first", "bolt", 5.0, Purchase("a", HOUR), from_stock=True)
    second = Need("second", "bolt", 5.0, Purchase("b", HOUR), from_stock=True)
    made = promise(first, second, stocks=(Stock("bolt", 8.0),))
    assert [one.key for one in made.steps] == ["b", "first", "order"]


def test_a_receipt_of_the_past_counts_from_now() -> None:
    """What should have come yesterday is taken as coming now."""
    stock = Stock("lamp", 0.0, (Movement(at(MONDAY, 8), 1.0, key="late"),))
    made = promise(
        Need("n", "lamp", 1.0, from_stock=True), stocks=(stock,), now=TUESDAY
    )
    assert made.finish == TUESDAY
    assert step(made, "n", StepKind.STOCK).source == "late"


def test_an_item_that_is_not_from_stock_is_made_whatever_lies_there() -> None:
    """Made to order."""
    made = promise(make(work("cut", 1, "saw")), stocks=(Stock("lamp", 9.0),))
    assert made.finish == at(MONDAY, 9)


def test_nothing_starts_before_it_may() -> None:
    """Not before ``not_before``, and never in the past."""
    need = make(work("cut", 1, "saw"))
    assert promise(need, not_before=at(TUESDAY, 10)).finish == at(TUESDAY, 11)
    late = promise(need, now=at(TUESDAY, 10), not_before=0)
    assert late.finish == at(TUESDAY, 11)
    early = promise(need, not_before=at(TUESDAY, 10), requested=at(MONDAY, 17))
    assert not early.on_request and early.finish == at(TUESDAY, 11)


def test_a_level_without_operations_takes_its_lead_time() -> None:
    """On the wall clock, between preparing and storing."""
    need = make(prepare_seconds=HOUR, lead_seconds=DAY, store_seconds=2 * HOUR)
    made = promise(need, now=at(FRIDAY, 20))
    spans = [(one.start, one.finish) for one in made.steps]
    start = at(FRIDAY, 20)
    stops = [start, start + HOUR, start + DAY + HOUR, start + DAY + 3 * HOUR]
    assert spans == [*zip(stops, stops[1:], strict=False), (stops[-1], stops[-1])]


def test_a_parent_waits_for_its_sub_assembly_to_be_stored() -> None:
    """Levels are counted from the top."""
    lower = Job("lower", (work("cut", 2, "saw"),), store_seconds=HOUR)
    need = make(work("press", 1, "press"), needs=(Need("part", "part", 1.0, lower),))
    made = promise(need, now=at(MONDAY, 8))
    assert times(made, "press") == (at(MONDAY, 11), at(MONDAY, 12))
    assert step(made, "cut").level == 1 and step(made, "press").level == 0
    assert (step(made, "cut").job, step(made, "cut").item) == ("lower", "part")


def test_only_the_operation_that_needs_it_waits() -> None:
    """The saw may begin, the press waits for the oil."""
    oil = Need("oil", "oil", 1.0, Purchase("buy", DAY), operation="press")
    need = make(
        work("cut", 2, "saw"), work("press", 1, "press", after="cut"), needs=(oil,)
    )
    made = promise(need, now=at(MONDAY, 8))
    assert times(made, "cut")[0] == at(MONDAY, 8)
    assert times(made, "press")[0] == at(TUESDAY, 8)


def test_demands_compete_in_the_order_given() -> None:
    """The first takes the morning and the last lamp; one that fails takes nothing."""
    lamp = Need("lamp", "lamp", 1.0, None, from_stock=True)
    cut = make(work("cut", 4, "saw"))
    gone = Need("gone", "rare", 1.0, from_stock=True)
    demands = [("impossible", gone), ("first", lamp), ("second", lamp), ("third", cut)]
    problem = Problem(
        0,
        28 * DAY,
        tuple(Demand(key, (need, cut)) for key, need in demands),
        (SAW,),
        (Stock("lamp", 1.0),),
    )
    made = {one.key: one for one in plan(problem).demands}
    assert [made[key].feasible for key, _need in demands] == [False, True, False, True]
    assert made["first"].finish == at(MONDAY, 12)
    assert made["third"].finish == at(TUESDAY, 12)


def test_the_latest_start_is_where_the_work_could_still_begin() -> None:
    """The press is booked until Friday: the saw may take its time."""
    press = replace(PRESS, bookings=((0, at(FRIDAY, 8)),))
    chain = make(work("cut", 4, "saw"), work("press", 2, "press", after="cut"))
    made = promise(chain, resources=(SAW, press))
    assert times(made, "cut")[0] == at(MONDAY, 8)
    assert made.finish == at(FRIDAY, 10)
    assert made.latest_start == at(THURSDAY, 13)


def test_when_moving_later_fails_the_plan_starts_at_its_latest_start() -> None:
    """Moved to the saw, the milling would take the only hour in which it can cut."""
    saw = Resource("saw", Calendar("once", ((at(MONDAY, 8), at(MONDAY, 9)),)))
    press = Resource("press", Calendar("early", ((at(MONDAY, 7), at(MONDAY, 10)),)))
    mill = Operation("mill", (Mode("press", 3 * HOUR), Mode("saw", HOUR)))
    made = promise(make(work("cut", 1, "saw"), mill), resources=(saw, press))
    assert times(made, "mill") == (at(MONDAY, 7), at(MONDAY, 10))
    assert (made.finish, made.latest_start) == (at(MONDAY, 10), at(MONDAY, 7))


def test_nothing_starts_on_a_blocked_machine() -> None:
    """Out of order until Tuesday ten; the press takes over where it may."""
    saw = replace(SAW, blocked_until=at(TUESDAY, 10))
    shop = saw, PRESS
    made = promise(make(work("cut", 4, "saw")), now=at(MONDAY, 8), resources=shop)
    assert times(made, "cut") == (at(TUESDAY, 10), at(TUESDAY, 15))
    made = promise(
        make(work("cut", 4, "saw", "press")), now=at(MONDAY, 8), resources=shop
    )
    assert times(made, "cut") == (at(MONDAY, 8), at(MONDAY, 12))
    assert step(made, "cut").resource == "press"
    # Wanted on Tuesday noon there is no time before; at three there just is.
    for wanted, finish in ((12, 15), (15, 15), (17, 17)):
        made = promise(
            make(work("cut", 4, "saw")),
            resources=shop,
            requested=at(TUESDAY, wanted),
        )
        assert made.on_request == (wanted >= 15)
        assert times(made, "cut")[1] == at(TUESDAY, finish)
    # Work of no length needs a machine that is in order, too.
    made = promise(make(work("check", 0, "saw")), resources=shop)
    assert times(made, "check") == (at(TUESDAY, 10), at(TUESDAY, 10))


def fixed(need: Need, until: int, **values: object) -> DemandPlan:
    """The plan of one demand on Monday at eight, when that until then is fixed."""
    demand, now = Demand("order", (need,), **values), at(MONDAY, 8)
    problem = Problem(now, 28 * DAY, (demand,), (SAW, PRESS), frozen_until=until)
    return plan(problem).demands[0]


def test_no_operation_starts_while_the_plan_is_fixed() -> None:
    """The steel is bought meanwhile, and what waits for nothing begins then."""
    steel = Need("steel", "steel", 1.0, Purchase("buy", DAY))
    need = make(work("cut", 4, "saw"), needs=(steel,))
    made = fixed(need, at(WEDNESDAY, 10))
    assert times(made, "cut") == (at(WEDNESDAY, 10), at(WEDNESDAY, 15))
    # Ordered as late as the cut allows.
    assert times(made, "buy", StepKind.PURCHASE)[0] == at(TUESDAY, 10)
    made = fixed(need, at(MONDAY, 16))  # the steel comes later anyway
    assert times(made, "cut") == (at(TUESDAY, 8), at(TUESDAY, 12))
    assert fixed(need, 0) == fixed(need, at(MONDAY, 8))


def test_what_follows_fixed_time_waits_for_nothing_more() -> None:
    """The second operation is after the first, and so after the fixed time."""
    chain = make(work("cut", 2, "saw"), work("press", 2, "press", after="cut"))
    made = fixed(chain, at(TUESDAY, 8))
    assert times(made, "cut") == (at(TUESDAY, 8), at(TUESDAY, 10))
    assert times(made, "press") == (at(TUESDAY, 10), at(TUESDAY, 12))


def test_a_request_within_fixed_time_cannot_be_held() -> None:
    """Four hours of work: fixed until Tuesday at eight, noon is the earliest."""
    cut = make(work("cut", 4, "saw"))
    for wanted, finish in ((11, 12), (12, 12), (16, 16)):
        made = fixed(cut, at(TUESDAY, 8), requested=at(TUESDAY, wanted))
        assert made.on_request == (wanted >= 12)
        assert made.finish == at(TUESDAY, finish)


def test_an_operation_that_may_starts_while_the_plan_is_fixed() -> None:
    """Also backward: it is wanted on Monday."""
    cut = replace(work("cut", 4, "saw"), ignores_freeze=True)
    for requested in (None, at(MONDAY, 12)):
        made = fixed(make(cut), at(WEDNESDAY, 10), requested=requested)
        assert times(made, "cut") == (at(MONDAY, 8), at(MONDAY, 12))
