"""What a line is made of, as rows with their costs: for people and programs."""

from functools import cached_property
from typing import Any

from .network import Component, MadeLevel, Network
from .prices import price_of


class Tree:
    """The rows of a network, parents before what they are made of.

    A row of an order line's own bill of materials is known by its record; one of a
    master, which other rows may share, by its place.

    :param network: of the line, built by a superuser: a salesperson may read neither
        work centers nor all vendors.
    """

    def __init__(self, network: Network):
        self._network = network
        self._line = network.request.line
        self._company = network.request.company
        self._env = network.request.product.env
        self._digits = self._env["decimal.precision"].precision_get("Product Unit")
        self._targets: dict[str, tuple] = {}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """All rows; ``depth`` and ``parent`` say what belongs to what."""
        return [
            row
            for component in self._network.roots
            for row in self._part_rows(component, None, 0)
        ]

    @property
    def targets(self) -> dict[str, tuple]:
        """``{key of a row: ("part", path) or ("operation", path, position)}``."""
        return self.rows and self._targets

    @cached_property
    def cost(self) -> float:
        """Of all that is asked for, in the company's currency."""
        return sum(self._cost(component) for component in self._network.roots)

    @property
    def material_cost(self) -> float:
        """The part of the cost that is bought or in stock."""
        return sum(
            self._cost(component)
            for component in self._network.components.values()
            if not component.made
        )

    @property
    def boms(self) -> Any:
        """The line's own bills of materials in it, parents first."""
        boms = [level.bom for level in self._network.levels.values()]
        own = [bom for bom in boms if self._is_own(bom)]
        return self._env["mrp.bom"].concat(*own)

    # Rows

    def _part_rows(self, component: Component, above: MadeLevel | None, depth: int):
        part, level = component.part, component.made
        key = self._part_key(component, above)
        self._targets[key] = ("part", component.path)
        unit_cost = self._cost(component) / (component.quantity or 1.0)
        row = {
            "key": key,
            "parent": self._level_key(above),
            "depth": depth,
            "kind": "part",
            "product_id": part.item.id,
            "name": part.item.name,
            "quantity": part.needed(1.0, self._digits) if above else component.quantity,
            "unit_id": part.unit.id,
            "unit": part.unit.name,
            "total": part.item.unit.convert(component.quantity, part.unit),
            "supply": self._supply(component),
            "vendor": component.vendor.name if component.vendor else "",
            "unit_cost": part.unit.convert(unit_cost, part.item.unit),
            "cost": self._cost(component),
            "bom_id": level.bom.id if level else False,
            "bom": level.bom.code or "" if level else "",
            "makes": level.making.makes if level else 0.0,
            "makes_unit": level.making.unit.name if level else "",
            "note": (level.bom.mto_note or "") if level else "",
        }
        return [row, *(self._level_rows(level, depth + 1) if level else [])]

    def _level_rows(self, level: MadeLevel, depth: int):
        parts = [
            row
            for component in level.components
            for row in self._part_rows(component, level, depth)
        ]
        works = [
            self._operation_row(level, position, depth)
            for position in range(len(level.operations))
        ]
        return parts + works

    def _operation_row(self, level: MadeLevel, position: int, depth: int):
        work = level.making.works[position]
        record = level.operation_records[position]
        key = self._operation_key(level, position)
        self._targets[key] = ("operation", level.path, position)
        own = work.rates[0]
        return {
            "key": key,
            "parent": self._level_key(level),
            "depth": depth,
            "kind": "operation",
            "operation_id": record.id,
            "name": work.name,
            "workcenter_id": own.workcenter_id,
            "workcenter": self._network.structure.workcenters[own.workcenter_id],
            "minutes": own.cycle_minutes,
            "duration": own.seconds(level.quantity) / 60,
            "cost": self._operation_cost(level, position),
            "note": record.mto_note or "",
        }

    def _supply(self, component: Component) -> str:
        if component.made:
            return "make"
        return "buy" if component.vendor and not component.from_stock else "stock"

    # Keys

    def _is_own(self, bom) -> bool:
        return bool(bom.mto_line_id) and bom.mto_line_id.id == self._line.id

    def _part_key(self, component: Component, above: MadeLevel | None) -> str:
        if above and self._is_own(above.bom):
            return f"part-{component.part.bom_line_id}"
        return f"at-{_place(component.path)}"

    def _level_key(self, level: MadeLevel | None) -> str | bool:
        if not level:
            return False
        component = self._network.components[level.path]
        return self._part_key(component, self._network.levels.get(level.path[:-1]))

    def _operation_key(self, level: MadeLevel, position: int) -> str:
        if self._is_own(level.bom):
            return f"work-{level.making.works[position].operation_id}"
        return f"at-{_place(level.path)}-work-{position}"

    # Costs, in the company's currency

    @cached_property
    def _costs(self) -> dict[tuple, float]:
        return {}

    def _cost(self, component: Component) -> float:
        """Of all of a component that is needed: by its own tree if it is made."""
        if component.path not in self._costs:
            level = component.made
            self._costs[component.path] = (
                self._level_cost(level)
                if level
                else component.quantity * self._price(component)
            )
        return self._costs[component.path]

    def _level_cost(self, level: MadeLevel) -> float:
        parts = sum(self._cost(component) for component in level.components)
        works = range(len(level.operations))
        return parts + sum(self._operation_cost(level, position) for position in works)

    def _price(self, component: Component) -> float:
        """Of one: at the vendor that core would choose, else the standard cost."""
        product = component.product.with_company(self._company)
        if not component.vendor:
            return product.standard_price
        sellers = self._env["product.supplierinfo"].browse(
            component.vendor.supplierinfo_id
        )
        return price_of(sellers.with_prefetch(self._seller_ids), product, self._company)

    def _operation_cost(self, level: MadeLevel, position: int) -> float:
        """At the operation's own work center, whatever the plan will choose."""
        rate = level.making.works[position].rates[0]
        centers = self._env["mrp.workcenter"].browse(rate.workcenter_id)
        centers = centers.with_prefetch(self._network.structure.workcenters)
        return centers.costs_hour * rate.seconds(level.quantity) / 3600

    @cached_property
    def _seller_ids(self) -> list[int]:
        return [
            component.vendor.supplierinfo_id
            for component in self._network.components.values()
            if component.vendor
        ]


def _place(path: tuple) -> str:
    return ".".join(map(str, path))
