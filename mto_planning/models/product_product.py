from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from odoo import models


@dataclass(frozen=True, slots=True)
class Source:
    """How core's rules come by a product at some location.

    :param on_order: a demand triggers its own replenishment (perhaps only for what
        stock does not cover); else stock is all there is.
    :param from_stock: stock is looked at first.
    :param is_netted: that is so by choice, though the rules would not.
    :param action: ``manufacture``, ``buy`` or ``None``: what procures it when it is
        not taken from stock.
    :param rule: the ``stock.rule`` that does.
    :param delay: days that the rules on the way add.
    :param warehouse: in whose stock it is looked for; none: where it is asked for.
    """

    on_order: bool
    from_stock: bool
    action: str | None
    rule: Any
    delay: float = 0.0
    is_netted: bool = False
    warehouse: Any = None

    def as_netted(self):
        """The same, with a look at stock before anything is made or bought."""
        return replace(self, from_stock=True, is_netted=not self.from_stock)

    def as_chosen(self, rule):
        """The same place, but made or bought for the order by another rule."""
        return replace(
            self,
            on_order=True,
            from_stock=self.from_stock and rule.action == "buy",
            action=rule.action,
            rule=rule,
        )


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _mto_get_rules_key(self):
        """What core's rules look at in a product: equal keys find equal rules.

        Hook: a module whose rules look at more adds it.
        """
        self.ensure_one()
        return (
            self.route_ids,
            self.categ_id,
            bool(self.bom_ids.filtered(lambda bom: bom.type == "normal")),
            bool(self.seller_ids),
            self.property_stock_production,
        )

    def _mto_is_netted(self, company):
        """Whether free stock is taken before anything is made or bought for an order.

        Only what is counted can be free.
        """
        self.ensure_one()
        return self.is_storable and (
            (self.mto_netting or company.mto_netting) == "first"
        )

    def _mto_read_ahead(self):
        """Read what planning looks at, for all products at once."""
        for name in ("route_ids", "seller_ids", "uom_id", "property_stock_production"):
            self.mapped(name)
        self.mapped("bom_ids.type")
        self.mapped("categ_id.total_route_ids")
        self.mapped("product_template_attribute_value_ids.attribute_id.create_variant")

    def _mto_get_delivery_source(self, warehouse, routes, customer_location):
        """How a delivery from a warehouse to a customer comes by the product.

        :return: a ``Source``; ``delay`` is the sum of the delivery rules' days, or that
            of the steps that follow the first one by push rules, if it is more.
        """
        self.ensure_one()
        rule = self.env["stock.rule"]._get_rule(
            self,
            customer_location,
            {"route_ids": routes, "warehouse_id": warehouse},
        )
        source = self._mto_follow_rule(rule)
        first = rule.picking_type_id.default_location_dest_id
        if not first or rule.location_dest_from_rule:
            return source
        pushed = self._mto_get_push_delay(first, customer_location, warehouse)
        return replace(source, delay=max(source.delay, pushed))

    def _mto_get_component_source(self, warehouse, picking_type):
        """How a manufacturing order of an operation type comes by a component.

        Mirrors ``stock.move._adjust_procure_method`` (core ``stock``), which decides
        the same for the real move.
        """
        self.ensure_one()
        location = picking_type.default_location_src_id or warehouse.lot_stock_id
        production = self.property_stock_production
        rule = self.env["stock.rule"]
        source = location
        while source and not rule:
            rule = rule._search_rule(
                False,
                self.env["uom.uom"],
                self,
                warehouse,
                [
                    ("location_src_id", "=", source.id),
                    ("location_dest_id", "=", production.id),
                    ("action", "!=", "push"),
                ],
            )
            source = source.location_id
        if not rule:
            return self._mto_get_stock_source(location)
        source = self._mto_follow_rule(rule)
        # The first rule is the component's own move: it is not run.
        return replace(source, delay=source.delay - rule.delay)

    def _mto_get_push_delay(self, location, final, warehouse=None):
        """Days that core's push rules take from a location to where it is needed."""
        self.ensure_one()
        warehouse = warehouse or final.warehouse_id
        delay, seen = 0.0, self.env["stock.rule"]
        while location and not location._child_of(final):
            rule = seen._get_push_rule(self, location, {"warehouse_id": warehouse})
            if not rule or rule in seen:
                break
            seen |= rule
            delay += rule.delay
            location = rule.location_dest_id
        return delay

    def _mto_get_arrival(self, picking_type, location, need):
        """When a receipt must arrive for the product to be at a location in time."""
        dock = picking_type.default_location_dest_id
        return need - timedelta(days=self._mto_get_push_delay(dock, location))

    def _mto_follow_rule(self, rule):
        """Follow pull rules to stock, or to the rule that makes or buys.

        That stock may be another warehouse's, which resupplies this one.
        """
        on_order, from_stock, delay, seen = True, False, 0.0, rule.browse()
        location = rule.location_src_id
        while rule.action in ("pull", "pull_push") and rule not in seen:
            seen |= rule
            delay += rule.delay
            location = rule.location_src_id
            on_order = rule.procure_method != "make_to_stock"
            from_stock = from_stock or rule.procure_method != "make_to_order"
            rule = rule._get_rule(
                self, location, {"warehouse_id": location.warehouse_id}
            )
            if not on_order:
                break
        action = rule.action if rule.action in ("manufacture", "buy") else None
        return Source(
            on_order,
            from_stock or not action,
            action,
            rule,
            delay,
            warehouse=None if action and on_order else location.warehouse_id,
        )

    def _mto_get_stock_source(self, location):
        """Taken from stock at a location; the rule that would replenish it there."""
        rule = self.env["stock.rule"]._get_rule(
            self, location, {"warehouse_id": location.warehouse_id}
        )
        action = rule.action if rule.action in ("manufacture", "buy") else None
        return Source(False, True, action, rule)
