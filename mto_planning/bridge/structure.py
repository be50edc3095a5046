"""What a product is made of, for any quantity: plain values, without records.

Read once from the records (``reader.py``), kept between requests (``structures.py``)
and turned into the network of one request (``network.py``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from odoo.tools import float_round

from ..engine.safety import scale


class Unit(NamedTuple):
    """A unit of measure."""

    id: int
    factor: float
    name: str

    def convert(self, quantity: float, to: "Unit", digits: int | None = None) -> float:
        """A quantity in another unit, rounded up if digits are given.

        Mirrors ``uom.uom._compute_quantity`` (core ``uom``).
        """
        if quantity and self.id != to.id:
            quantity = quantity * self.factor / to.factor
        return quantity if digits is None else round_up(quantity, digits)


class Item(NamedTuple):
    """A product."""

    id: int
    name: str
    unit: Unit
    is_storable: bool


class Rate(NamedTuple):
    """How long an operation takes on a work center."""

    workcenter_id: int
    capacity: float
    fixed_minutes: float
    cycle_minutes: float
    efficiency: float

    def seconds(self, quantity: float) -> int:
        """Whole seconds of work for a quantity.

        Mirrors ``mrp.workorder._get_duration_expected`` (core ``mrp``), before there
        is a work order.
        """
        cycles = round_up(quantity / self.capacity, 0)
        minutes = self.fixed_minutes
        minutes += cycles * self.cycle_minutes * 100.0 / self.efficiency
        # Core keeps durations with two decimals.
        return round(float_round(minutes, precision_digits=2) * 60)


class Work(NamedTuple):
    """An operation of a made level.

    :param blocked_by: positions in the level of the operations that come before.
    """

    operation_id: int
    name: str
    rates: tuple[Rate, ...]
    blocked_by: tuple[int, ...]


class Vendor(NamedTuple):
    """Who sells something, and how long that takes."""

    supplierinfo_id: int
    partner_id: int
    name: str
    lead_seconds: int


@dataclass(frozen=True, slots=True)
class Offers:
    """Vendors of a product.

    :param rule_id: the ``stock.rule`` that buys it.
    :param inbound_seconds: from the dock to the stock.
    :param fixed: whether quantity and date make no difference.
    :param chosen: what core chose; by quantity, unit and day unless it is fixed.
    """

    rule_id: int
    product_id: int
    inbound_seconds: int
    fixed: bool
    chosen: dict[tuple | None, Vendor | None] = field(default_factory=dict)


class Kit(NamedTuple):
    """A step into a kit, from the quantity of what contains it.

    :param quantity: of the kit in one of what contains it, in ``unit``.
    :param makes: what its bill of materials makes, in ``made_unit``.
    """

    quantity: float
    unit: Unit
    makes: float
    made_unit: Unit


@dataclass(frozen=True, slots=True)
class Part:
    """A component, kits dissolved.

    :param position: its place in core's explosion of the level.
    :param kits: the kits on the way to it, the outermost first.
    :param quantity: in one of the innermost, in ``unit``.
    :param from_stock: stock is looked at first; ``is_netted``: though core's rules
        would make or buy it for the order.
    :param warehouse_id: in whose stock.
    :param making: how it is made for the order, if it is.
    :param offers: where it is bought for the order, if it is.
    :param work: position in the level of the operation that it is consumed in; else it
        has to be there before the level begins.
    """

    position: int
    bom_line_id: int
    item: Item
    unit: Unit
    quantity: float
    kits: tuple[Kit, ...]
    from_stock: bool
    is_netted: bool
    warehouse_id: int
    making: "Making | None" = None
    offers: Offers | None = None
    work: int | None = None

    def needed(self, batches: float, digits: int) -> float:
        """How much of it so many bills of materials need, in ``unit``.

        Mirrors ``mrp.bom.explode`` (core ``mrp``).
        """
        for kit in self.kits:
            batches = kit.unit.convert(
                batches * kit.quantity / kit.makes, kit.made_unit
            )
        return round_up(batches * self.quantity, digits)


@dataclass(frozen=True, slots=True)
class Making:
    """A bill of materials that makes ``makes`` (in ``unit``) of an item.

    :param prepare_seconds: from the components in stock to the work center's shelf.
    :param lead_seconds: of the making itself, when there are no operations.
    :param store_seconds: from the last operation to the product in stock.
    :param is_custom: it, or a level below it, is not as in the master: what is in stock
        is something else.
    """

    bom_id: int
    item: Item
    unit: Unit
    makes: float
    prepare_seconds: int
    lead_seconds: int
    store_seconds: int
    works: tuple[Work, ...]
    parts: tuple[Part, ...]
    is_custom: bool = False


class Safety(NamedTuple):
    """What is added to a planned delivery for the date that a customer is told.

    :param seconds: of working days, as all that follows.
    :param level: how often that date is to be kept, in percent.
    :param cases: deliveries that it was learned from; 0: the company has set it.
    :param half_seconds: with so much a date was kept half of the time.
    :param most_seconds: with so much in nine of ten cases.
    :param usual_lead: how long ahead such orders are planned as a rule.
    :param longest_lead: how long ahead one was planned.
    """

    seconds: int
    level: int
    cases: int = 0
    half_seconds: int = 0
    most_seconds: int = 0
    usual_lead: int = 0
    longest_lead: int = 0

    def ahead(self, lead: int) -> "Safety":
        """What belongs to an order that is planned so long ahead.

        What the company has set is the same for all.
        """
        if not self.cases:
            return self
        usual, longest = self.usual_lead, self.longest_lead
        return self._replace(
            seconds=scale(self.seconds, usual, longest, lead),
            half_seconds=scale(self.half_seconds, usual, longest, lead),
            most_seconds=scale(self.most_seconds, usual, longest, lead),
        )


@dataclass(frozen=True, slots=True)
class Safeties:
    """The safety of a product, and those of what may hold it up.

    :param by_center: by the id of the work center that sets the date.
    :param by_vendor: by the id of the vendor (``res.partner``) that does.
    """

    usual: Safety
    by_center: dict[int, Safety] = field(default_factory=dict)
    by_vendor: dict[int, Safety] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Structure:
    """All levels below a product that is delivered.

    :param item: what is asked for; ``kit`` if it is delivered in its parts.
    :param on_order: whether a delivery makes (part of) it for the order alone.
    :param plans_early: made as soon as possible also for a later requested date.
    :param frozen_seconds: for so long from now the company's plan is fixed.
    :param workcenters: names by id.
    :param template_ids: of all products that were looked at.
    """

    item: Item
    kit: Kit | None
    roots: tuple[Part, ...]
    on_order: bool
    delivery_seconds: int
    security_seconds: int
    safeties: Safeties
    plans_early: bool
    frozen_seconds: int
    workcenters: dict[int, str]
    template_ids: frozenset[int]

    def parts(self) -> Iterator[Part]:
        """Every part at every level."""
        waiting = list(self.roots)
        while waiting:
            part = waiting.pop()
            yield part
            if part.making:
                waiting += part.making.parts


def round_up(quantity: float, digits: int) -> float:
    """Rounded up to so many digits."""
    return float_round(quantity, precision_digits=digits, rounding_method="UP")
