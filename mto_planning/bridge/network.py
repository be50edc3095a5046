"""From a structure and a quantity to the tree of what is made, bought or taken."""

from collections.abc import Hashable
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from odoo.fields import Date

from .. import engine
from .clock import days_to_seconds, to_seconds
from .memory import Memory
from .request import Request
from .structure import (
    Item,
    Making,
    Offers,
    Part,
    Rate,
    Structure,
    Unit,
    Vendor,
    Work,
    round_up,
)
from .structures import StructureBook
from .workdays import CompanyDays


class Records:
    """The records behind structures; what is read of one is read of all.

    :param env: a superuser environment.
    """

    def __init__(self, env, structures):
        self.env = env
        self._structures = structures

    def get(self, model: str, record_id: int | bool) -> Any:
        """A record of a structure."""
        records = self.env[model].browse(record_id)
        return records.with_prefetch(self._ids[model])

    def vendor(self, seller) -> Vendor:
        """What a ``product.supplierinfo`` says.

        Whoever orders takes the company's days to purchase before the vendor his own.
        """
        days = seller.delay + self.env.company.days_to_purchase
        partner = seller.partner_id
        return Vendor(
            seller.id, partner.id, partner.display_name, days_to_seconds(days)
        )

    @cached_property
    def _ids(self) -> dict[str, set[int]]:
        ids = {
            "product.product": set(),
            "mrp.bom": set(),
            "mrp.bom.line": set(),
            "mrp.routing.workcenter": set(),
        }
        for structure in self._structures:
            for part in structure.parts():
                ids["product.product"].add(part.item.id)
                ids["mrp.bom.line"].add(part.bom_line_id)
                if part.making:
                    ids["mrp.bom"].add(part.making.bom_id)
                    ids["mrp.routing.workcenter"].update(
                        work.operation_id for work in part.making.works
                    )
        ids["mrp.bom.line"].discard(False)
        return ids


@dataclass(frozen=True, slots=True)
class Component:
    """A line of a made level, kits dissolved.

    :param path: key of the need in the engine's problem.
    :param quantity: in the product's own unit.
    :param made: the level that makes it, if it may be made for this request.
    :param vendor: who it may be bought from.
    """

    path: tuple
    part: Part
    quantity: float
    records: Records
    made: "MadeLevel | None" = None
    vendor: Vendor | None = None

    @property
    def item(self) -> Item:
        """What it is."""
        return self.part.item

    @property
    def stock_item(self) -> tuple[int, int]:
        """``(product id, warehouse id)`` of the stock that it is looked for in."""
        return self.part.item.id, self.part.warehouse_id

    @property
    def product(self) -> Any:
        """The record of it."""
        return self.records.get("product.product", self.part.item.id)

    @property
    def bom_line(self) -> Any:
        """The ``mrp.bom.line`` that asks for it, perhaps of a kit; none at the top."""
        return self.records.get("mrp.bom.line", self.part.bom_line_id)

    @property
    def consumer(self) -> tuple | None:
        """Key of the operation of the level above that it is consumed in."""
        work = self.part.work
        return None if work is None else operation_key(self.path[:-1], work)

    @property
    def from_stock(self) -> bool:
        """Whether stock is looked at first."""
        return self.part.from_stock

    @property
    def is_always_there(self) -> bool:
        """Goods that are neither counted nor bought for the order keep nobody."""
        return self.part.from_stock and not self.part.item.is_storable


@dataclass(frozen=True, slots=True)
class MadeLevel:
    """One manufacturing order to be: its bill of materials and what goes into it.

    :param quantity: in the unit of the bill of materials.
    """

    path: tuple
    making: Making
    quantity: float
    operations: tuple[engine.Operation, ...]
    components: tuple[Component, ...]
    records: Records

    @property
    def item(self) -> Item:
        """What is made."""
        return self.making.item

    @property
    def product(self) -> Any:
        """The record of what is made."""
        return self.records.get("product.product", self.making.item.id)

    @property
    def bom(self) -> Any:
        """The ``mrp.bom`` that makes it."""
        return self.records.get("mrp.bom", self.making.bom_id)

    @property
    def operation_records(self) -> tuple[Any, ...]:
        """The ``mrp.routing.workcenter`` of each operation."""
        return tuple(
            self.records.get("mrp.routing.workcenter", work.operation_id)
            for work in self.making.works
        )


@dataclass(slots=True)
class Network:
    """The tree of one request, and everything of it by key: as if stock gave nothing.

    :param quantity: that is asked for, in the product's own unit.
    :param builder: makes parts of it anew, for what stock leaves.
    """

    request: Request
    structure: Structure
    quantity: float
    builder: "NetworkBuilder"
    demand: engine.Demand | None = None
    roots: tuple[Component, ...] = ()
    components: dict[Hashable, Component] = field(default_factory=dict)
    levels: dict[Hashable, MadeLevel] = field(default_factory=dict)
    works: dict[Hashable, Work] = field(default_factory=dict)

    def index(self) -> None:
        """Note everything by its key."""
        waiting = list(self.roots)
        while waiting:
            component = waiting.pop()
            self.components[component.path] = component
            level = component.made
            if level:
                self.levels[level.path] = level
                keys = (operation.key for operation in level.operations)
                self.works.update(zip(keys, level.making.works, strict=True))
                waiting += level.components

    @property
    def security_seconds(self) -> int:
        """How much earlier than promised the delivery is planned."""
        return self.structure.security_seconds

    @property
    def stock_items(self) -> set[Hashable]:
        """Keys of the items that stock may supply."""
        return {
            component.stock_item
            for component in self.components.values()
            if component.from_stock
        }

    @property
    def workcenter_ids(self) -> set[int]:
        """Ids of the work centers that it may reach."""
        return {
            mode.resource
            for level in self.levels.values()
            for operation in level.operations
            for mode in operation.modes
        }

    def name_of(self, key: Hashable) -> str | None:
        """What users call the thing that a key of the problem stands for."""
        if key in self.works:
            return self.works[key].name
        found = self.components.get(key) or self.levels.get(key)
        return found and found.item.name


def operation_key(path, position):
    """Key of the operation at a position of a made level."""
    return (*path, ("operation", position))


class NetworkBuilder:
    """Builds the networks of one call.

    :param env: a superuser environment of one company.
    :ivar days: the company's ``CompanyDays``.
    """

    def __init__(self, env, memory: Memory):
        self.env = env
        self.days = CompanyDays(env, memory)
        self._book = StructureBook(env, memory)
        self._own_vendors, self._own_rates = {}, {}
        self._digits = env["decimal.precision"].precision_get("Product Unit")

    def assuming(
        self, vendors: dict[tuple, Vendor], rates: dict[Hashable, Rate]
    ) -> "NetworkBuilder":
        """One that builds as if some things were otherwise.

        :param vendors: by path of a component, who it is bought from whatever core
            chooses.
        :param rates: by key of an operation, one more work center that can do it.
        """
        other = copy(self)
        other._own_vendors, other._own_rates = vendors, rates
        return other

    def build(self, requests: list[Request]) -> list[Network]:
        """The network of each request.

        :raises UserError: a bill of materials that contains itself.
        """
        structures = self._book.structures(requests)
        records = Records(self.env, structures)
        return [
            self._build(request, structure, records)
            for request, structure in zip(requests, structures, strict=True)
        ]

    def _build(self, request, structure, records) -> Network:
        unit = self._unit(request, structure)
        quantity = unit.convert(request.quantity, structure.item.unit)
        network = Network(request, structure, quantity, self)
        network.roots = tuple(
            self._build_root(network, part, unit, records) for part in structure.roots
        )
        network.index()
        network.demand = engine.Demand(
            key=request.key,
            needs=self._needs(network, network.roots),
            requested=self._finish_by(request, structure),
            early=structure.plans_early,
            deliver_seconds=structure.delivery_seconds + structure.security_seconds,
        )
        return network

    def _finish_by(self, request, structure) -> int | None:
        """When the plan must end for the requested date to be safe."""
        if not request.requested:
            return None
        requested = to_seconds(request.requested)
        safety = structure.safeties.usual.ahead(self.days.lead(requested))
        return self.days.workdays.before(requested, safety.seconds)

    def _unit(self, request, structure) -> Unit:
        """The unit of the request; most often the product's."""
        if request.uom.id == structure.item.unit.id:
            return structure.item.unit
        return Unit(request.uom.id, request.uom.factor, request.uom.name)

    def _build_root(self, network, part, unit, records) -> Component:
        """What is delivered: the product, or a part of the kit."""
        kit, quantity = network.structure.kit, network.request.quantity
        if kit:
            batches = unit.convert(quantity, kit.made_unit) / kit.makes
            unit, quantity = part.unit, part.needed(batches, self._digits)
        return self._build_component((part.position,), part, unit, quantity, records)

    def part_of(self, component: Component, quantity: float) -> Component:
        """As much of a component, in the product's own unit: what stock leaves of it.

        Its keys, and those of all below it, stay the same.
        """
        unit, records = component.item.unit, component.records
        quantity = round_up(quantity, self._digits)
        return self._build_component(
            component.path, component.part, unit, quantity, records
        )

    def _build_component(self, path, part, unit, quantity, records) -> Component:
        return Component(
            path=path,
            part=part,
            quantity=unit.convert(quantity, part.item.unit),
            records=records,
            made=part.making
            and self._build_level(path, part.making, unit, quantity, records),
            vendor=self._own_vendors.get(path)
            or (part.offers and self._vendor(part.offers, records, unit, quantity)),
        )

    def _build_level(self, path, making, unit, quantity, records) -> MadeLevel:
        quantity = unit.convert(quantity, making.unit, self._digits)
        batches = quantity / making.makes
        return MadeLevel(
            path=path,
            making=making,
            quantity=quantity,
            operations=self._build_operations(path, making, quantity),
            components=tuple(
                self._build_component(
                    (*path, part.position),
                    part,
                    part.unit,
                    part.needed(batches, self._digits),
                    records,
                )
                for part in making.parts
            ),
            records=records,
        )

    def _build_operations(self, path, making, quantity):
        keys = [operation_key(path, position) for position in range(len(making.works))]
        return tuple(
            engine.Operation(
                key=key,
                modes=tuple(
                    engine.Mode(rate.workcenter_id, rate.seconds(quantity))
                    for rate in self._rates(key, work)
                ),
                blocked_by=tuple(keys[before] for before in work.blocked_by),
                name=work.name,
            )
            for key, work in zip(keys, making.works, strict=True)
        )

    def _rates(self, key, work: Work) -> tuple[Rate, ...]:
        more = self._own_rates.get(key)
        return (*work.rates, more) if more else work.rates

    # Vendors

    def _vendor(
        self, offers: Offers, records: Records, unit: Unit, quantity: float
    ) -> Vendor | None:
        """The vendor that core chooses, asked once if that depends on nothing."""
        key = None
        if not offers.fixed:
            today = Date.context_today(self.env["product.product"])
            key = (quantity, unit.id, today)
        if key not in offers.chosen:
            seller = self._choose_seller(offers, unit, quantity)
            offers.chosen[key] = records.vendor(seller) if seller else None
        return offers.chosen[key]

    def _choose_seller(self, offers, unit, quantity):
        return (
            self.env["stock.rule"]
            .browse(offers.rule_id)
            ._get_matching_supplier(
                self.env["product.product"].browse(offers.product_id),
                quantity,
                self.env["uom.uom"].browse(unit.id),
                self.env.company,
                {},
            )
        )

    # To the engine

    def _needs(self, network, components) -> tuple[engine.Need, ...]:
        """The needs that can keep a plan waiting."""
        return tuple(
            self._need(network, component)
            for component in components
            if not component.is_always_there
        )

    def _need(self, network: Network, component: Component) -> engine.Need:
        return engine.Need(
            key=component.path,
            item=component.stock_item,
            quantity=component.quantity,
            operation=component.consumer,
            supply=self._supply(network, component),
            from_stock=component.from_stock,
            name=component.item.name,
            supply_of=partial(self._supply_of, network, component),
        )

    def _supply_of(self, network, component, quantity):
        """What supplies that much of a component."""
        return self._supply(network, self.part_of(component, quantity))

    def _supply(self, network, component):
        if component.made:
            return self._job(network, component.made)
        if component.vendor:
            return engine.Purchase(
                key=component.path,
                lead_seconds=component.vendor.lead_seconds
                + component.part.offers.inbound_seconds,
                name=component.vendor.name,
            )
        return None

    def _job(self, network, level: MadeLevel) -> engine.Job:
        return engine.Job(
            key=level.path,
            operations=level.operations,
            needs=self._needs(network, level.components),
            prepare_seconds=level.making.prepare_seconds,
            lead_seconds=level.making.lead_seconds,
            store_seconds=level.making.store_seconds,
            name=level.item.name,
        )
