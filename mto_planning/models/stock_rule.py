from odoo import models


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        return super()._get_custom_move_fields() + ["mto_line_id"]

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
        return bool(p.mto_line_id) or super()._should_auto_confirm_procurement_mo(p)

    def _make_mo_get_domain(self, procurement, bom):
        """An order line's manufacturing orders grow by no other line's demand."""
        line_id = procurement.values.get("mto_line_id", False)
        return super()._make_mo_get_domain(procurement, bom) + (
            ("mto_line_id", "=", line_id),
        )

    def _get_procurements_to_merge_groupby(self, procurement):
        """Parts of different order lines, or for different dates, stay apart."""
        key = super()._get_procurements_to_merge_groupby(procurement)
        line_id = procurement.values.get("mto_line_id", False)
        return (key, line_id, line_id and procurement.values["date_planned"])
