"""Available-to-promise against the balance of each second."""

from hypothesis import given
from hypothesis import strategies as st
from oracle import BEYOND, balance, promisable_from
from strategies import FIRST, LAST, MOMENTS, QUANTITIES, stocks

from mto_planning.engine import Movement, Stock
from mto_planning.engine.journal import Journal
from mto_planning.engine.ledger import Ledger


def moment_of(since: int | None) -> int:
    """What is on hand is there at any time."""
    return FIRST - 1 if since is None else since


def covers(ledger: Ledger, quantity: float) -> bool:
    """Whether that much is ever free to promise."""
    return any(offer.quantity == quantity for offer in ledger.offers(quantity))


@given(stocks(), st.lists(st.tuples(QUANTITIES, MOMENTS), max_size=6))
def test_promises_leave_what_was_promised_before(
    stock: Stock, wishes: list[tuple[float, int]]
) -> None:
    """Each wish is served from the first moment that looking ahead allows, or never."""
    ledger = Ledger(stock, Journal())
    for quantity, moment in wishes:
        first = promisable_from(stock, quantity, FIRST - 1, LAST + 60)
        assert covers(ledger, quantity) == (quantity > 0 and first is not None)
        if covers(ledger, quantity):
            since = moment_of(ledger.since(quantity))
            assert since == first
            moment = max(moment, since)
            ledger.take(moment, quantity)
            moves = (*stock.movements, Movement(moment, -quantity))
            stock = Stock(stock.item, stock.on_hand, moves)


@given(stocks(), QUANTITIES)
def test_what_is_taken_back_is_there_again(stock: Stock, quantity: float) -> None:
    """Undo restores every stair."""
    journal = Journal()
    ledger, untouched = Ledger(stock, journal), Ledger(stock, Journal())
    mark = journal.mark()
    if covers(ledger, quantity):
        ledger.take(ledger.since(quantity) or 0, quantity)
    journal.rollback(mark)
    for wish in (0.5, 1.0, 2.0, 3.0, 4.0, 7.0):
        assert covers(ledger, wish) == covers(untouched, wish)
        if covers(ledger, wish):
            assert ledger.since(wish) == untouched.since(wish)


def test_a_later_demand_keeps_its_piece() -> None:
    """Five on hand, four of them promised for later: one is free now."""
    ledger = Ledger(Stock("bolt", 5.0, (Movement(90, -4.0),)), Journal())
    assert covers(ledger, 1.0) and not covers(ledger, 1.5)


def test_taking_late_leaves_the_shelf_to_those_who_come_first() -> None:
    """Stock that a promise takes tomorrow serves today if a receipt replaces it."""
    ledger = Ledger(Stock("bolt", 5.0, (Movement(50, 5.0),)), Journal())
    ledger.take(60, 5.0)
    assert ledger.since(5.0) is None
    ledger = Ledger(Stock("bolt", 5.0, (Movement(50, 5.0),)), Journal())
    ledger.take(40, 5.0)
    assert ledger.since(5.0) == 50


def test_a_shortage_of_others_is_filled_first() -> None:
    """A receipt that a negative stock waits for is not free."""
    moves = Movement(10, -3.0), Movement(50, 5.0)
    ledger = Ledger(Stock("bolt", 0.0, moves), Journal())
    assert covers(ledger, 2.0) and not covers(ledger, 3.0)
    assert ledger.since(2.0) == 50


def test_crumbs_of_float_sums_do_not_refuse_a_piece() -> None:
    """Ten times a tenth is one."""
    ledger = Ledger(Stock("bolt", sum([0.1] * 10)), Journal())
    assert covers(ledger, 1.0)
    ledger = Ledger(Stock("bolt", 1.0), Journal())
    for _piece in range(10):
        assert covers(ledger, 0.1)
        ledger.take(0, 0.1)
    assert not covers(ledger, 0.1)


def test_the_source_is_the_largest_receipt_of_the_moment() -> None:
    """The same one in whatever order the movements come."""
    moves = Movement(50, 2.0, "b"), Movement(50, 3.0, "a"), Movement(60, 9.0, "c")
    for movements in (moves, moves[::-1]):
        ledger = Ledger(Stock("bolt", 0.0, movements), Journal())
        assert ledger.source(50).name == "a"
        assert ledger.source(55) is None


def test_balance_of_the_second_opinion_counts_everything() -> None:
    """The oracle itself."""
    stock = Stock("bolt", 1.0, (Movement(-5, 2.0), Movement(9, -0.5)))
    assert [balance(stock, moment) for moment in (-6, -5, 8, BEYOND)] == [1, 3, 3, 2.5]
