"""Which order comes first, which plan is better, and what is learned."""

import pytest

from mto_planning.engine.safety import least_cases, quantile
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
