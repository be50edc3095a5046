"""Which order comes first, which plan is better, and what is learned."""

import pytest

from mto_planning.engine.safety import (
    DAY,
    RECENT_CASES,
    Experience,
    count_recent,
    least_cases,
    quantile,
    scale,
)
from mto_planning.engine.urgency import RULES, Urgency, badness

# As few differences as it takes that each rule has another sequence.
ORDERS = {
    "long": Urgency(0, due=90, work=80, finish=50, promised=3, delayed=True),
    "soon": Urgency(0, due=40, work=5, finish=60, promised=2, delayed=False),
    "free": Urgency(0, due=None, work=5, finish=None, promised=1, delayed=False),
    "rush": Urgency(1, due=95, work=1, finish=70, promised=4, delayed=True),
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("due", ["rush", "soon", "long", "free"]),
        ("slack", ["rush", "long", "soon", "free"]),
        ("current", ["rush", "long", "soon", "free"]),
        ("promised", ["rush", "free", "soon", "long"]),
        ("trouble", ["rush", "soon", "free", "long"]),
    ],
)
def test_each_rule_has_its_sequence(rule: str, expected: list[str]) -> None:
    """Urgent ones are first by every rule."""
    assert sorted(ORDERS, key=lambda name: RULES[rule](ORDERS[name])) == expected


def test_an_order_that_is_late_is_not_left_to_wait() -> None:
    """Two that are an hour late are better than one that is late by a week."""
    assert badness([3600, 3600]) < badness([0, 7 * 86400])
    assert badness([0, 0]) < badness([0, 1]) < badness([0, None])
    assert badness([5, 5]) > badness([10, 0])  # as much in all: the fewer


def test_the_safety_is_a_rank_among_the_cases() -> None:
    """Of 19 cases the greatest stands for 95 %; fewer cannot."""
    cases = list(range(1, 20))
    assert quantile(cases, 0.95) == 19
    assert quantile(cases, 0.5) == 10
    assert quantile([-2, -1], 0.5) == 0
    assert least_cases(0.95) == 19
    assert least_cases(0.5) == 10


def test_the_last_half_year_counts_or_as_many_as_it_takes() -> None:
    """What is older counts for what few are delivered only."""
    now = 1000 * DAY
    recent, old = [now - 181 * DAY] * 700, [now - 183 * DAY] * 700
    assert count_recent(recent + old, now) == 700
    assert count_recent(recent[:20] + old, now) == RECENT_CASES
    assert count_recent([], now) == RECENT_CASES


def test_the_safety_follows_the_latest_and_kinds_are_told_apart_by_all() -> None:
    """A worse time does not make later dates for ever, nor a kind of a few cases."""
    better, worse = [(DAY, DAY)] * 500, [(9 * DAY, 16 * DAY)] * 500
    usual = Experience(better + worse, 500)
    assert (len(usual), usual.usual, usual.longest) == (500, DAY, DAY)
    assert usual.safety(0.95) == DAY
    assert usual.safety(0.5) <= usual.safety(0.95) <= usual.safety(0.99)
    # Of the worse time only, as late as all were then.
    assert not Experience(worse[:30]).stands_out(usual, 0.95)


def test_the_safety_moves_with_each_delivery_and_does_not_jump() -> None:
    """From a good half year into a bad one, night by night."""
    cases = [(late * DAY / 100, DAY) for late in range(1000, 0, -1)]
    told = [Experience(cases[-n:], 500).safety(0.95) for n in range(20, 1001)]
    steps = [after - before for before, after in zip(told, told[1:], strict=False)]
    assert told[-1] - told[0] > 7 * DAY
    assert 0 <= min(steps) and max(steps) <= DAY / 100 + 1


def test_the_safety_grows_with_the_root_of_the_time() -> None:
    """Learned from short and long orders, it is right for both; not beyond them."""
    past = Experience([(DAY, DAY)] * 30 + [(3 * DAY, 9 * DAY)] * 31)
    assert (len(past), past.usual, past.longest) == (61, 9 * DAY, 9 * DAY)
    assert past.safety(0.95) == 3 * DAY
    for lead, days in ((0, 1), (DAY, 1), (4 * DAY, 2), (9 * DAY, 3), (99 * DAY, 3)):
        assert scale(3 * DAY, past.usual, past.longest, lead) == days * DAY


def test_a_few_cases_do_not_stand_for_themselves() -> None:
    """Unless chance would not have it: then they do, whether better or worse."""
    usual = Experience([(one * DAY, DAY) for one in range(1, 101)])
    late, never = (97 * DAY, DAY), (0, DAY)
    for cases, alone in (
        ([late, *[never] * 19], False),
        ([*[late] * 6, *[never] * 14], True),
        ([never] * 60, False),
        ([never] * 110, True),
        ([late] * 2000, True),  # more ways than a float can hold
    ):
        assert Experience(cases).stands_out(usual, 0.95) is alone
