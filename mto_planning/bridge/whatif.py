"""The same question once more, with something changed."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property

from .. import engine
from .answer import Answer
from .network import Network, NetworkBuilder
from .request import Request
from .structure import Rate, Vendor


@dataclass(frozen=True, slots=True)
class Change:
    """What is assumed to be otherwise; nothing by default.

    :param overtime: by work center, times in which it would work too.
    :param vendors: by path of a component, who it would be bought from.
    :param rates: by key of an operation, one more work center that could do it.
    :param arrivals: by key of a movement of stock, when it would be.
    :param without: keys of movements of stock that would not be.
    :param requests: what would be asked for instead of the last request.
    """

    overtime: dict[int, tuple[engine.Span, ...]] = field(default_factory=dict)
    vendors: dict[tuple, Vendor] = field(default_factory=dict)
    rates: dict[Hashable, Rate] = field(default_factory=dict)
    arrivals: dict[Hashable, int] = field(default_factory=dict)
    without: frozenset[Hashable] = frozenset()
    requests: tuple[Request, ...] = ()


class WhatIf:
    """Plans the last of several requests of a company that compete, again and again.

    Nothing is written, and what the others asked for before it keeps its place.

    :param env: the environment of the user who asks: his language and time zone.
    :param loader: a ``ShopLoader``; what it loads is loaded once.
    :param now: in seconds.
    """

    def __init__(self, env, builder: NetworkBuilder, loader, requests, now, horizon):
        self.env = env
        self.now = now
        self.request = requests[-1]
        self._builder = builder
        self._loader = loader
        self._horizon = horizon
        self._before = builder.build(requests[:-1])

    @cached_property
    def base(self) -> Answer:
        """The answer as things are."""
        return self.plan(Change())

    @cached_property
    def stocks(self) -> dict[Hashable, engine.Stock]:
        """Stock on hand and to come, by item."""
        items = set().union(*(network.stock_items for network in self._base_networks))
        return {stock.item: stock for stock in self._loader.stocks(items)}

    def spans(self, workcenter_id: int) -> tuple[engine.Span, ...]:
        """When a work center works."""
        return self._resource(workcenter_id).calendar.spans

    def plan(self, change: Change) -> Answer:
        """The answer to the last request (of several instead: to the first)."""
        return self.plan_all(change)[0]

    def plan_all(self, change: Change) -> list[Answer]:
        """The answers to what is asked for last, in order."""
        asked = self._ask(change)
        problem = engine.Problem(
            now=self.now,
            horizon=self._horizon,
            demands=tuple(network.demand for network in (*self._before, *asked)),
            frozen_until=self.now + asked[0].structure.frozen_seconds,
        )
        plans = engine.plan(problem, self._shop(change, asked)).demands
        return [
            Answer(self.env, network, plan)
            for network, plan in zip(asked, plans[len(self._before) :], strict=True)
        ]

    @cached_property
    def _base_networks(self) -> list[Network]:
        return [*self._before, *self._ask(Change())]

    def _ask(self, change: Change) -> list[Network]:
        requests = list(change.requests) or [self.request]
        builder = self._builder.assuming(change.vendors, change.rates)
        return builder.build(requests)

    # The shop

    def _shop(self, change: Change, asked: list[Network]) -> engine.Shop:
        networks = (*self._before, *asked)
        centers = set().union(*(network.workcenter_ids for network in networks))
        return engine.Shop(
            [self._changed_resource(one, change) for one in sorted(centers)],
            [self._changed_stock(stock, change) for stock in self.stocks.values()],
        )

    def _resource(self, workcenter_id) -> engine.Resource:
        if workcenter_id not in self._resources:
            loaded = self._loader.resources({workcenter_id})
            self._resources.update((one.key, one) for one in loaded)
        return self._resources[workcenter_id]

    @cached_property
    def _resources(self) -> dict[int, engine.Resource]:
        networks = self._base_networks
        centers = set().union(*(network.workcenter_ids for network in networks))
        return {one.key: one for one in self._loader.resources(centers)}

    def _changed_resource(self, workcenter_id, change) -> engine.Resource:
        resource = self._resource(workcenter_id)
        overtime = change.overtime.get(workcenter_id)
        if not overtime:
            return resource
        spans = tuple(sorted((*resource.calendar.spans, *overtime)))
        calendar = replace(resource.calendar, spans=spans)
        return replace(resource, calendar=calendar)

    def _changed_stock(self, stock, change) -> engine.Stock:
        if not (change.arrivals or change.without):
            return stock
        movements = tuple(
            replace(move, time=change.arrivals.get(move.key, move.time))
            for move in stock.movements
            if move.key not in change.without
        )
        return replace(stock, movements=movements)
