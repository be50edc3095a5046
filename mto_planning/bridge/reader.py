"""From records to structures: bills of materials, core's rules, vendors."""

from collections import deque
from dataclasses import replace
from typing import Any, NamedTuple

from odoo.exceptions import UserError

from .clock import days_to_seconds
from .request import Request
from .structure import Item, Kit, Making, Offers, Part, Structure, Unit, Work

# Far deeper than any real product; only a bill of materials gone wrong gets there.
MAX_LEVELS = 50


class Line(NamedTuple):
    """A line of a bill of materials that was exploded, and the kits on the way."""

    record: Any
    kits: tuple[Kit, ...]


class StructureReader:
    """Reads structures; remembers what core's rules said within one call.

    :param env: a superuser environment: a salesperson may not read work centers or
        vendors, but the date depends on them.
    """

    def __init__(self, env):
        self.env = env
        self._sources = {}
        self._safeties = {}
        self._ahead = env["product.product"]
        self._products = env["product.product"]
        self._workcenters = env["mrp.workcenter"]

    def structure(self, request: Request) -> Structure:
        """The structure of what a request asks for, of any quantity.

        :raises UserError: a bill of materials that contains itself.
        """
        self._products = request.product
        self._workcenters = self.env["mrp.workcenter"]
        company = request.company
        kit, delivered, sources = None, [], []
        # Services are not procured.
        if request.product.type == "consu":
            self._read_ahead(request, company)
            kit, delivered = self._delivered(request)
            sources = [self._delivery_source(request, line) for line in delivered]
        return Structure(
            item=self._item(request.product),
            kit=kit,
            roots=tuple(
                self._read_root(request, position, line, source)
                for position, (line, source) in enumerate(
                    zip(delivered, sources, strict=True)
                )
            ),
            on_order=any(
                source.action == "manufacture" and source.on_order for source in sources
            ),
            delivery_seconds=max(
                (days_to_seconds(source.delay) for source in sources), default=0
            ),
            security_seconds=days_to_seconds(company.security_lead),
            safeties=self._learned(company)._get_safeties(request.product, company),
            plans_early=company.mto_plan_early,
            frozen_seconds=days_to_seconds(company.mto_frozen_days),
            workcenters={one.id: one.display_name for one in self._workcenters},
            template_ids=frozenset(self._products.product_tmpl_id.ids),
        )

    def _learned(self, company):
        if company not in self._safeties:
            self._safeties[company] = self.env["mto.safety"]._get_learned(company)
        return self._safeties[company]

    def sources(self, request: Request) -> list:
        """How what a request delivers is come by, without looking below."""
        _kit, delivered = self._delivered(request)
        return [self._delivery_source(request, line) for line in delivered]

    def _read_ahead(self, request: Request, company) -> None:
        """Read all that lies below a product, level by level.

        What is looked at later, record by record, is then in the cache.
        """
        Bom = self.env["mrp.bom"]
        products = request.product
        boms = request.line.mto_bom_ids if request.has_own_boms else Bom
        for _level in range(MAX_LEVELS):
            products = (products | boms.bom_line_ids.product_id) - self._ahead
            if not products:
                break
            self._ahead |= products
            products._mto_read_ahead()
            boms = Bom.search(Bom._bom_find_domain(products, company_id=company.id))
            boms._mto_read_ahead()

    # Top: what is delivered

    def _delivered(self, request: Request):
        """The kit that is asked for, if it is one, and what core delivers."""
        kit = self._kit(request)
        if not kit:
            return None, [Line(None, ())]
        step = self._kit_step(1.0, request.product.uom_id, kit)
        _boms, lines = self._explode(kit, request.product, request.never_values)
        return step, [line for line in lines if line.record.product_id.type == "consu"]

    def _kit(self, request: Request):
        if request.bom and request.bom.type == "normal":
            return self.env["mrp.bom"]
        found = self.env["mrp.bom"]._bom_find(
            request.product,
            company_id=request.company.id,
            bom_type="phantom",
        )
        return found[request.product]

    def _delivery_source(self, request, line):
        product = line.record.product_id if line.record else request.product
        return product._mto_get_delivery_source(
            request.warehouse, request.routes, request.customer_location
        )

    def _read_root(self, request, position, line, source) -> Part:
        product = line.record.product_id if line.record else request.product
        if source.on_order and product._mto_is_netted(request.company):
            source = source.as_netted()
        bom = None
        if request.has_own_boms:
            bom = request.line._mto_get_top_bom(product, line.record)
        if not bom and product == request.product:
            bom = request.bom
        return self._read_part(request, position, product, line, source, bom, ())

    # Every level

    def _read_part(self, request, position, product, line, source, bom, above) -> Part:
        company = request.company
        self._products |= product
        making, offers = None, None
        if source.action == "manufacture":
            bom = bom or source.rule._get_matching_bom(product, company, {})
            if bom:
                making = self._read_making(request, product, bom, above)
        elif source.action == "buy":
            offers = self._offers(product, source.rule, request.warehouse)
        item = self._item(product)
        record = line.record
        is_custom = bool(making and making.is_custom)
        return Part(
            position=position,
            bom_line_id=record.id if record else False,
            item=item,
            unit=self._unit(record.product_uom_id) if record else item.unit,
            quantity=record.product_qty if record else 1.0,
            kits=line.kits,
            from_stock=source.from_stock and not is_custom,
            is_netted=source.is_netted and not is_custom,
            warehouse_id=(source.warehouse or request.warehouse).id,
            making=making,
            offers=offers,
        )

    def _read_making(self, request, product, bom, above) -> Making:
        self._check_no_loop(product, bom, above)
        boms, lines = self._explode(bom, product, request.never_values)
        records = bom._mto_get_operations(boms, product, request.never_values)
        planned = [
            (position, line, self._line_source(request, line, bom))
            for position, line in enumerate(lines)
            if line.record._mto_is_planned()
        ]
        delays = [source.delay for _position, _line, source in planned]
        # Goods that are fetched for the order are fetched together.
        works = records if not any(delays) else []
        parts = tuple(
            self._read_line(
                request, position, line, source, _index(works, line), (*above, bom)
            )
            for position, line, source in planned
        )
        return Making(
            bom_id=bom.id,
            item=self._item(product),
            unit=self._unit(bom.product_uom_id),
            makes=bom.product_qty,
            prepare_seconds=days_to_seconds(max(delays, default=0)),
            lead_seconds=days_to_seconds(bom.produce_delay),
            store_seconds=days_to_seconds(self._store_delay(request, product, bom)),
            works=self._read_works(product, bom, records),
            parts=parts,
            is_custom=bool(bom.mto_digest)
            or any(part.making and part.making.is_custom for part in parts),
        )

    def _store_delay(self, request, product, bom) -> float:
        """Days from where the product is made to the warehouse's stock."""
        warehouse = request.warehouse
        picking_type = bom.picking_type_id or warehouse.manu_type_id
        location = picking_type.default_location_dest_id
        return product._mto_get_push_delay(location, warehouse.lot_stock_id)

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

    def _explode(self, bom, product, never_values):
        """The bills of materials and lines that make a product, kits dissolved.

        Mirrors ``mrp.bom.explode`` (core ``mrp``), for any quantity: same lines, same
        order. The first have the form that core's have.
        """
        boms, lines, kits = [(bom, {"parent_line": False})], [], {}
        self._find_kits(bom, bom.bom_line_ids.product_id, kits)
        waiting = deque((line, product, (), (bom,)) for line in bom.bom_line_ids)
        while waiting:
            line, made, steps, above = waiting.popleft()
            self._products |= line.product_id
            if line._skip_bom_line(made, never_values):
                continue
            kit = kits[line.product_id]
            if not kit:
                lines.append(Line(line, steps))
                continue
            self._check_no_loop(line.product_id, kit, above)
            self._find_kits(bom, kit.bom_line_ids.product_id, kits)
            boms.append((kit, {"parent_line": line}))
            step = self._kit_step(line.product_qty, line.product_uom_id, kit)
            waiting.extendleft(
                (part, line.product_id, (*steps, step), (*above, kit))
                for part in reversed(kit.bom_line_ids)
            )
        return boms, lines

    def _find_kits(self, bom, products, kits):
        unknown = products.filtered(lambda product: product not in kits)
        found = bom._bom_find(
            unknown,
            picking_type=bom.picking_type_id,
            company_id=bom.company_id.id,
            bom_type="phantom",
        )
        kits.update((product, found[product]) for product in unknown)

    def _line_source(self, request, line, bom):
        """How a component is come by."""
        record, warehouse = line.record, request.warehouse
        rules_key = record.product_id._mto_get_rules_key()
        key = (rules_key, warehouse.id, bom.picking_type_id.id)
        if key not in self._sources:
            self._sources[key] = record.product_id._mto_get_component_source(
                warehouse, bom.picking_type_id or warehouse.manu_type_id
            )
        source = self._sources[key]
        if record.mto_source:
            source = source.as_chosen(warehouse._mto_get_rule(record.mto_source))
        if source.on_order and record.product_id._mto_is_netted(request.company):
            source = source.as_netted()
        return source

    def _read_line(self, request, position, line, source, work, above) -> Part:
        record = line.record
        part = self._read_part(
            request,
            position,
            record.product_id,
            line,
            source,
            record.mto_child_bom_id or record.mto_chosen_bom_id,
            above,
        )
        return replace(part, work=work)

    def _read_works(self, product, bom, records) -> tuple[Work, ...]:
        """The work orders that core will make, and which waits for which."""
        own = self.env["mrp.workcenter"].union(*(op.workcenter_id for op in records))
        self._workcenters |= own | own.alternative_workcenter_ids
        return tuple(
            Work(
                operation_id=record.id,
                name=record.name,
                rates=tuple(record._mto_get_rates(product, bom)),
                blocked_by=tuple(
                    before
                    for before, blocker in enumerate(records)
                    if blocker in record.blocked_by_operation_ids
                )
                if bom.allow_operation_dependencies
                else tuple(range(max(0, position - 1), position)),
            )
            for position, record in enumerate(records)
        )

    # Small things

    def _kit_step(self, quantity, uom, kit) -> Kit:
        return Kit(
            quantity,
            self._unit(uom),
            kit.product_qty,
            self._unit(kit.product_uom_id),
        )

    def _unit(self, uom) -> Unit:
        return Unit(uom.id, uom.factor, uom.name)

    def _item(self, product) -> Item:
        return Item(
            product.id,
            product.display_name,
            self._unit(product.uom_id),
            product.is_storable,
        )

    def _offers(self, product, rule, warehouse) -> Offers:
        company = warehouse.company_id
        dock = rule.picking_type_id.default_location_dest_id or rule.location_dest_id
        days = product._mto_get_push_delay(dock, warehouse.lot_stock_id)
        sellers = product.with_company(company)._prepare_sellers(False)
        return Offers(
            rule_id=rule.id,
            product_id=product.id,
            inbound_seconds=days_to_seconds(days),
            fixed=len(sellers.currency_id) < 2
            and not any(
                seller.min_qty or seller.date_start or seller.date_end
                for seller in sellers
            ),
        )


def _index(works, line) -> int | None:
    """The position of the operation in which a line is consumed, if it names one."""
    consumer = line.record.operation_id
    return works.index(consumer) if consumer in works else None
