"""From a request to the tree of what must be made, bought or taken from stock."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from odoo.exceptions import UserError

from .. import engine
from .clock import days_to_seconds, to_seconds
from .request import Request

# Far deeper than any real product; only a bill of materials gone wrong gets there.
MAX_LEVELS = 50


@dataclass(frozen=True, slots=True)
class Component:
    """A line of a made level, kits dissolved.

    :param path: key of the need in the engine's problem.
    :param bom_line: the ``mrp.bom.line`` that asks for it (of the bill of materials
        or of a kit in it); empty at the top.
    :param made: the level that makes it, if it may be made for this request.
    :param vendor: ``product.supplierinfo`` that it may be bought from.
    """

    path: tuple
    product: Any
    quantity: float
    bom_line: Any
    from_stock: bool
    made: "MadeLevel | None" = None
    vendor: Any = None

    @property
    def is_always_there(self) -> bool:
        """Goods that are neither counted nor bought for the order keep nobody."""
        return self.from_stock and not self.product.is_storable


@dataclass(frozen=True, slots=True)
class MadeLevel:
    """One manufacturing order to be: its bill of materials and what goes into it."""

    path: tuple
    product: Any
    quantity: float
    bom: Any
    operations: tuple[engine.Operation, ...]
    operation_records: tuple[Any, ...]
    components: tuple[Component, ...]


@dataclass(slots=True)
class Network:
    """The tree of one request, and everything of it by key."""

    request: Request
    demand: engine.Demand | None = None
    roots: list[Component] = field(default_factory=list)
    components: dict[Hashable, Component] = field(default_factory=dict)
    levels: dict[Hashable, MadeLevel] = field(default_factory=dict)
    operations: dict[Hashable, Any] = field(default_factory=dict)
    delivery_seconds: int = 0
    security_seconds: int = 0

    @property
    def stock_items(self) -> set[Hashable]:
        """Keys of the items that stock may supply."""
        return {
            (component.product.id, self.request.warehouse.id)
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
        if key in self.operations:
            return self.operations[key].display_name
        found = self.components.get(key) or self.levels.get(key)
        return found and found.product.display_name


def operation_key(path, position):
    """Key of the operation at a position of a made level."""
    return (*path, ("operation", position))


class NetworkBuilder:
    """Builds networks; remembers what core's rules said within one call.

    :param env: a superuser environment: a salesperson may not read work centers or
        vendors, but the date depends on them. What leaves the bridge is names,
        quantities and dates of the request's own tree.
    """

    def __init__(self, env):
        self.env = env
        self._sources = {}
        self._read = env["product.product"]

    def build(self, request: Request) -> Network:
        """The network of a request.

        :raises UserError: a bill of materials that contains itself.
        """
        network = Network(request)
        company = request.warehouse.company_id
        self._read_ahead(request, company)
        network.security_seconds = days_to_seconds(company.security_lead)
        network.roots = self._build_roots(network)
        network.demand = engine.Demand(
            key=request.key,
            needs=self._needs(network, network.roots),
            requested=request.requested and to_seconds(request.requested),
            deliver_seconds=network.delivery_seconds + network.security_seconds,
        )
        return network

    def _read_ahead(self, request: Request, company) -> None:
        """Read all that lies below a product, level by level.

        What is looked at later, record by record, is then in the cache.
        """
        Bom = self.env["mrp.bom"]
        products, boms = request.product, request.line.mto_bom_ids
        for _level in range(MAX_LEVELS):
            products = (products | boms.bom_line_ids.product_id) - self._read
            if not products:
                break
            self._read |= products
            products._mto_read_ahead()
            boms = Bom.search(Bom._bom_find_domain(products, company_id=company.id))
            boms._mto_read_ahead()

    # Top: what is delivered

    def _build_roots(self, network: Network) -> list[Component]:
        """What the delivery needs: the product, or what is in the kit."""
        request = network.request
        return [
            self._build_root(network, position, product, quantity, uom, bom_line)
            for position, (product, quantity, uom, bom_line) in enumerate(
                self._delivered(request)
            )
        ]

    def _delivered(self, request: Request):
        """``(product, quantity, unit, kit line)`` as core's procurement splits it."""
        no_line = self.env["mrp.bom.line"]
        kit = self._kit(request)
        if not kit:
            return [(request.product, request.quantity, request.uom, no_line)]
        quantity = request.uom._compute_quantity(
            request.quantity, kit.product_uom_id, round=False
        )
        _boms, lines = kit.explode(
            request.product,
            quantity / kit.product_qty,
            never_attribute_values=request.never_values,
        )
        return [
            (line.product_id, data["qty"], line.product_uom_id, line)
            for line, data in lines
            if line.product_id.type == "consu"
        ]

    def _kit(self, request: Request):
        if request.bom and request.bom.type == "normal":
            return self.env["mrp.bom"]
        found = self.env["mrp.bom"]._bom_find(
            request.product,
            company_id=request.warehouse.company_id.id,
            bom_type="phantom",
        )
        return found[request.product]

    def _build_root(self, network, position, product, quantity, uom, bom_line):
        request = network.request
        source = product._mto_get_delivery_source(
            request.warehouse, request.routes, request.customer_location
        )
        network.delivery_seconds = max(
            network.delivery_seconds, days_to_seconds(source.delay)
        )
        bom = request.line._mto_get_top_bom(product) if request.line else None
        if not bom and product == request.product:
            bom = request.bom
        return self._build_component(
            network, (position,), product, quantity, uom, bom_line, source, bom, ()
        )

    def sources(self, request: Request) -> list:
        """How what a request delivers is come by, without looking below."""
        return [
            product._mto_get_delivery_source(
                request.warehouse, request.routes, request.customer_location
            )
            for product, _quantity, _uom, _line in self._delivered(request)
        ]

    # Every level

    def _build_component(
        self, network, path, product, quantity, uom, bom_line, source, bom, above
    ):
        company = network.request.warehouse.company_id
        made, vendor = None, None
        if source.action == "manufacture":
            bom = bom or source.rule._get_matching_bom(product, company, {})
            if bom:
                made = self._build_level(
                    network, path, product, quantity, uom, bom, above
                )
        elif source.action == "buy":
            vendor = source.rule._get_matching_supplier(
                product, quantity, uom, company, {}
            )
        component = Component(
            path=path,
            product=product,
            quantity=uom._compute_quantity(quantity, product.uom_id, round=False),
            bom_line=bom_line,
            from_stock=source.from_stock,
            made=made,
            vendor=vendor or None,
        )
        network.components[path] = component
        return component

    def _build_level(self, network, path, product, quantity, uom, bom, above):
        self._check_no_loop(product, bom, above)
        quantity = uom._compute_quantity(quantity, bom.product_uom_id)
        boms, lines = bom.explode(
            product,
            quantity / bom.product_qty,
            picking_type=bom.picking_type_id,
            never_attribute_values=network.request.never_values,
        )
        records = bom._mto_get_operations(boms, product, network.request.never_values)
        level = MadeLevel(
            path=path,
            product=product,
            quantity=quantity,
            bom=bom,
            operations=self._build_operations(
                network, path, product, quantity, bom, records
            ),
            operation_records=tuple(records),
            components=tuple(
                self._build_line(
                    network, (*path, position), line, data["qty"], bom, (*above, bom)
                )
                for position, (line, data) in enumerate(lines)
                if line._mto_is_planned()
            ),
        )
        network.levels[path] = level
        return level

    def _check_no_loop(self, product, bom, above):
        if bom in above or len(above) >= MAX_LEVELS:
            raise UserError(
                self.env._(
                    "The bill of materials of %(product)s contains itself: "
                    "%(path)s. Remove it from one of these levels.",
                    product=product.display_name,
                    path=" > ".join(level.display_name for level in (*above, bom)),
                )
            )

    def _build_line(self, network, path, line, quantity, bom, above):
        warehouse = network.request.warehouse
        rules_key = line.product_id._mto_get_rules_key()
        key = (rules_key, warehouse.id, bom.picking_type_id.id)
        if key not in self._sources:
            self._sources[key] = line.product_id._mto_get_component_source(
                warehouse, bom.picking_type_id or warehouse.manu_type_id
            )
        source = self._sources[key]
        if line.mto_supply:
            source = source.as_decided(line.mto_supply)
        return self._build_component(
            network,
            path,
            line.product_id,
            quantity,
            line.product_uom_id,
            line,
            source,
            line.mto_child_bom_id,
            above,
        )

    def _build_operations(self, network, path, product, quantity, bom, records):
        """The work orders that core will make, and which waits for which."""
        keys = [operation_key(path, position) for position in range(len(records))]
        network.operations.update(zip(keys, records, strict=True))
        return tuple(
            engine.Operation(
                key=key,
                modes=tuple(
                    engine.Mode(workcenter.id, seconds)
                    for workcenter, seconds in record._mto_get_modes(
                        product, quantity, bom
                    )
                ),
                blocked_by=(
                    tuple(
                        blocker_key
                        for blocker_key, blocker in zip(keys, records, strict=True)
                        if blocker in record.blocked_by_operation_ids
                    )
                    if bom.allow_operation_dependencies
                    else tuple(keys[max(0, position - 1) : position])
                ),
                name=record.name,
            )
            for position, (key, record) in enumerate(zip(keys, records, strict=True))
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
            item=(component.product.id, network.request.warehouse.id),
            quantity=component.quantity,
            supply=self._supply(network, component),
            from_stock=component.from_stock,
            name=component.product.display_name,
        )

    def _supply(self, network, component):
        if component.made:
            return self._job(network, component.made)
        if component.vendor:
            return engine.Purchase(
                key=component.path,
                lead_seconds=days_to_seconds(component.vendor.delay),
                name=component.vendor.partner_id.display_name,
            )
        return None

    def _job(self, network, level: MadeLevel) -> engine.Job:
        return engine.Job(
            key=level.path,
            operations=level.operations,
            needs=self._needs(network, level.components),
            lead_seconds=days_to_seconds(level.bom.produce_delay),
            name=level.product.display_name,
        )
