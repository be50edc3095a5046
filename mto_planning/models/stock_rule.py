from odoo import api, models

from .errand import Errand


class StockRule(models.Model):
    _inherit = "stock.rule"

    # Looking for rules

    @api.model
    def _search_rule_for_warehouses(
        self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain
    ):
        arguments = route_ids, packaging_uom_id, product_id, warehouse_ids, domain
        return self._mto_remember(
            "_search_rule_for_warehouses",
            arguments,
            super()._search_rule_for_warehouses,
        )

    @api.model
    def _search_rule(
        self, route_ids, packaging_uom_id, product_id, warehouse_id, domain
    ):
        arguments = route_ids, packaging_uom_id, product_id, warehouse_id, domain
        return self._mto_remember("_search_rule", arguments, super()._search_rule)

    @api.model
    def _mto_remember(self, name, arguments, search):
        """Ask once for all products for which the rules give the same answer."""
        plan = Errand.of(self.env).plan
        if not plan:
            return search(*arguments)
        routes, packaging, product, warehouses, domain = arguments
        key = (
            name,
            routes and routes.ids,
            packaging and packaging.package_type_id.id,
            plan.remember(("rules key", product.id), product._mto_get_rules_key),
            warehouses and warehouses.ids,
            self.env.su,
        )
        return plan.remember(f"{key} {domain}", lambda: search(*arguments))

    # Making by the plan

    def _get_custom_move_fields(self):
        return super()._get_custom_move_fields() + ["mto_line_id", "mto_supply"]

    def _prepare_mo_vals(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
        bom,
    ):
        """Make exactly the order's level, at the planned times."""
        vals = super()._prepare_mo_vals(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
            bom,
        )
        vals["mto_line_id"] = values.get("mto_line_id", False)
        if bom.mto_is_order_bom and bom.mto_date_start:
            vals["mto_need_date"] = values.get("date_planned")
            vals["date_start"] = bom.mto_date_start
            vals["date_finished"] = bom.mto_date_finished
        return vals

    def _should_auto_confirm_procurement_mo(self, p):
        """Not one by one: ``_post_run_manufacture`` confirms an order's together."""
        return not p.mto_line_id and super()._should_auto_confirm_procurement_mo(p)

    def _make_mo_get_domain(self, procurement, bom):
        """An order line's manufacturing orders grow by no other line's demand.

        Nor by its own for another component, to which core would not link them, or when
        a part of more is come by in another way than before.
        """
        line_id = procurement.values.get("mto_line_id", False)
        domain = super()._make_mo_get_domain(procurement, bom)
        if line_id:
            for supply, lines in bom.bom_line_ids.grouped("mto_supply").items():
                differs = [("bom_line_id", "in", lines.ids)]
                differs += [("mto_supply", "!=", supply)]
                domain += (("move_raw_ids", "not any", differs),)
            dests = procurement.values.get("move_dest_ids", self.env["stock.move"])
            if not all(move._mto_leaves() for move in dests):
                domain += (("move_finished_ids.move_dest_ids", "in", dests.ids),)
        return domain + (("mto_line_id", "=", line_id),)

    def _get_procurements_to_merge_groupby(self, procurement):
        """Parts of different order lines, or for different dates, stay apart."""
        key = super()._get_procurements_to_merge_groupby(procurement)
        line_id = procurement.values.get("mto_line_id", False)
        return (key, line_id, line_id and procurement.values["date_planned"])
