"""The shop as it is: the capacity of its resources and the stock of its items."""

from collections.abc import Iterable

from .axis import Axis
from .center import Center
from .check import check_resources, check_stocks
from .journal import Journal
from .ledger import Ledger
from .problem import Calendar, Key, Resource, Stock


class Shop:
    """Resources and stocks, indexed for planning.

    Building one is the expensive part of a plan; planning leaves it as it was, so
    that it can serve many problems, though only one at a time.

    :raises InvalidProblemError: when a resource or a stock cannot be read.
    """

    __slots__ = ("_centers", "_journal", "_ledgers", "_nothing")

    def __init__(
        self, resources: Iterable[Resource], stocks: Iterable[Stock] = ()
    ) -> None:
        """Check and index resources and stocks; their order does not matter."""
        resources, stocks = tuple(resources), tuple(stocks)
        check_resources(resources)
        check_stocks(stocks)
        self._journal = journal = Journal()
        axes = _axes(resource.calendar for resource in resources)
        self._centers = {
            resource.key: Center(resource, axes[resource.calendar.key], journal)
            for resource in resources
        }
        self._ledgers = {stock.item: Ledger(stock, journal) for stock in stocks}
        self._nothing = Ledger(Stock(None), journal)

    def __contains__(self, resource: Key) -> bool:
        """Whether there is a resource of that key."""
        return resource in self._centers

    def center(self, resource: Key) -> Center:
        """The capacity of a resource."""
        return self._centers[resource]

    def ledger(self, item: Key) -> Ledger:
        """The stock of an item; one that is not known has none."""
        return self._ledgers.get(item, self._nothing)

    def mark(self) -> int:
        """A point to which :meth:`rollback` can return."""
        return self._journal.mark()

    def rollback(self, mark: int) -> None:
        """Free all capacity and stock taken since the mark."""
        self._journal.rollback(mark)

    def forget(self) -> None:
        """Let all that was taken stand; marks made before are void."""
        self._journal.forget()


def _axes(calendars: Iterable[Calendar]) -> dict[Key, Axis]:
    distinct = {calendar.key: calendar.spans for calendar in calendars}
    return {key: Axis(spans) for key, spans in distinct.items()}
