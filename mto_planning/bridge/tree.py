"""What a line is made of, as rows with their costs: for people and programs."""

from functools import cached_property
from typing import Any

from odoo.tools import float_round

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
        return sum(self._material_cost(component) for component in self._network.roots)

    @property
    def has_own_documents(self) -> bool:
        """Whether drawings were attached for this line."""
        return any(
            not document.is_from_master
            for documents in self._documents.values()
            for document in documents
        ) and bool(self.boms)

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
            "documents": self._part_documents(component, level),
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
        others = [
            self._byproduct_row(level, byproduct, depth)
            for byproduct in self._byproducts(level)
        ]
        return parts + works + others

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
            "documents": self._owned_documents(record),
        }

    def _byproduct_row(self, level: MadeLevel, byproduct: Any, depth: int):
        """What comes out beside; its cost is what the level costs the less for it."""
        batches = level.quantity / level.making.makes
        return {
            "key": f"{self._level_key(level)}-beside-{byproduct.id}",
            "parent": self._level_key(level),
            "depth": depth,
            "kind": "byproduct",
            "product_id": byproduct.product_id.id,
            "name": byproduct.product_id.display_name,
            "quantity": byproduct.product_qty,
            "unit_id": byproduct.product_uom_id.id,
            "unit": byproduct.product_uom_id.name,
            "total": batches * byproduct.product_qty,
            "cost_share": byproduct.cost_share,
            "cost": -self._gross_cost(level) * _share(byproduct),
            "note": "",
            "documents": [],
        }

    def _byproducts(self, level: MadeLevel) -> Any:
        """By-products of a level, for the variant that is made."""
        values = self._network.request.never_values
        return level.bom.byproduct_ids.filtered(
            lambda one: not one._skip_byproduct_line(level.product, values)
        )

    # Drawings

    @cached_property
    def _documents(self) -> dict[Any, Any]:
        """Of all levels, by the record that they are of."""
        ids = {level.making.bom_id for level in self._network.levels.values()}
        return self._env["mto.document"]._find(self._env["mrp.bom"].browse(ids))

    def _owned_documents(self, owner: Any) -> list[dict[str, Any]]:
        found = self._documents.get(owner) or ()
        return [document._as_dict() for document in found]

    def _part_documents(self, component: Component, level: MadeLevel | None):
        """Of the component in the level above, and of its own level."""
        return [
            *self._owned_documents(component.bom_line),
            *(self._owned_documents(level.bom) if level else ()),
        ]

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
        """As core values it: what comes out beside bears its share."""
        return self._gross_cost(level) * self._own_share(level)

    def _gross_cost(self, level: MadeLevel) -> float:
        parts = sum(self._cost(component) for component in level.components)
        works = range(len(level.operations))
        return parts + sum(self._operation_cost(level, position) for position in works)

    def _own_share(self, level: MadeLevel) -> float:
        share = 1 - sum(_share(one) for one in self._byproducts(level))
        return float_round(share, precision_digits=4)

    def _material_cost(self, component: Component) -> float:
        level = component.made
        if not level:
            return self._cost(component)
        parts = sum(self._material_cost(one) for one in level.components)
        return parts * self._own_share(level)

    def _price(self, component: Component) -> float:
        """Of one: at the vendor that core would choose, else the standard cost."""
        product = component.product.with_company(self._company)
        if not component.vendor:
            return product.standard_price
        sellers = self._env["product.supplierinfo"].browse(
            component.vendor.supplierinfo_id
        )
        sellers = sellers.with_prefetch(self._seller_ids)
        price = price_of(sellers, product, self._company)
        return price + self._supplied_cost(component, product)

    def _supplied_cost(self, component: Component, product: Any) -> float:
        """Of what a subcontractor is given to make one of.

        As core's valuation has it: at the standard cost. Without subcontracting
        installed there are no such bills of materials.
        """
        bom = self._subcontracts.get(component.product)
        if not bom or component.vendor.partner_id not in bom.subcontractor_ids.ids:
            return 0.0
        lines = bom.bom_line_ids.filtered(lambda line: not line._skip_bom_line(product))
        cost = sum(
            line.product_uom_id._compute_quantity(
                line.product_qty, line.product_id.uom_id, round=False
            )
            * line.product_id.with_company(self._company).standard_price
            for line in lines
        )
        makes = bom.product_uom_id._compute_quantity(
            bom.product_qty, product.uom_id, round=False
        )
        return cost / makes

    @cached_property
    def _subcontracts(self) -> dict[Any, Any]:
        """By product that is bought, how a subcontractor makes it."""
        Bom = self._env["mrp.bom"]
        if "subcontract" not in Bom._fields["type"].get_values(self._env):
            return {}
        bought = {
            component.item.id
            for component in self._network.components.values()
            if component.vendor
        }
        return Bom._bom_find(
            self._env["product.product"].browse(bought),
            company_id=self._company.id,
            bom_type="subcontract",
        )

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


def _share(byproduct: Any) -> float:
    """What a by-product bears of the cost of its level, from 0 to 1."""
    return byproduct.cost_share / 100 if byproduct.product_qty > 0 else 0.0


def _place(path: tuple) -> str:
    return ".".join(map(str, path))
