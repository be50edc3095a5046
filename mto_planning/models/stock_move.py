from odoo import api, fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    mto_line_id = fields.Many2one(
        "sale.order.line",
        string="Made to Order For",
        index="btree_not_null",
        help="The sales order line that this move serves.",
    )

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return super()._prepare_merge_moves_distinct_fields() + ["mto_line_id"]

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Supply each component as the order's bill of materials has decided."""
        self._mto_apply_supply()
        return super()._action_confirm(
            merge=merge, merge_into=merge_into, create_proc=create_proc
        )

    # Reordering rules: most parts of an order have none

    def _update_orderpoints(self):
        return super(StockMove, self._mto_get_replenished())._update_orderpoints()

    def _mto_update_orderpoints(self):
        """Core's, of many moves at once: first look which products have rules."""
        ruled = self._mto_get_ruled_ids(self.product_id.ids)
        self.filtered(lambda move: move.product_id.id in ruled)._update_orderpoints()

    def _mto_get_ruled_ids(self, product_ids):
        """Of products, those that have reordering rules."""
        # Superuser: as core's ``_update_orderpoints``, whoever moves the goods.
        rules = self.env["stock.warehouse.orderpoint"].sudo()
        found = rules.search([("product_id", "in", list(product_ids))])
        return set(found.product_id.ids)

    def _trigger_scheduler(self):
        return super(StockMove, self._mto_get_replenished())._trigger_scheduler()

    def _mto_get_replenished(self):
        """While a plan is made: those of products that have reordering rules."""
        plan = self.env.context.get("mto_plan")
        if not plan:
            return self
        known = plan.remember("replenished", dict)
        asked = set(self.product_id.ids) - known.keys()
        if asked:
            asked |= plan.product_ids
            ruled = self._mto_get_ruled_ids(asked)
            known.update((product_id, product_id in ruled) for product_id in asked)
        return self.filtered(lambda move: known[move.product_id.id])

    def _action_done(self, cancel_backorder=False):
        done = super()._action_done(cancel_backorder=cancel_backorder)
        # Superuser: whoever ships may not read sales orders.
        lines = (
            done.filtered(lambda move: move.location_dest_id.usage == "customer")
            .sudo()
            .mto_line_id
        )
        lines._mto_close_promise()
        return done

    def _mto_apply_supply(self):
        """Order what the plan orders, also where the rule would look at stock."""
        self.filtered(
            lambda move: (
                move.state == "draft"
                and move.mto_line_id
                and move.procure_method != "make_to_order"
                and move.location_id.usage == "internal"
                and not move.move_orig_ids
                and move._mto_is_ordered()
            )
        ).procure_method = "make_to_order"

    def _mto_is_ordered(self):
        """Whether the order's bills of materials make or buy this for the order."""
        self.ensure_one()
        if self.bom_line_id.mto_supply:
            return self.bom_line_id.mto_supply == "order"
        # What is delivered: only a rule that looks at stock leaves it to the plan.
        return self.rule_id.procure_method == "mts_else_mto" and bool(
            self._mto_get_top_bom()
        )

    def _prepare_procurement_values(self):
        """Carry the order line, and the bill of materials that makes this for it."""
        values = super()._prepare_procurement_values()
        line = self.mto_line_id
        if line:
            values["mto_line_id"] = line.id
            bom = self.bom_line_id.mto_child_bom_id or self._mto_get_top_bom()
            if bom:
                values["bom_id"] = bom
        return values

    def _mto_get_top_bom(self):
        """The order's bill of materials for what this move delivers, if it is made."""
        if not self.sale_line_id:
            return self.env["mrp.bom"]
        return self.mto_line_id._mto_get_top_bom(self.product_id)
