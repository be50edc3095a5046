from odoo import models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _mto_get_usable_locations(self):
        """Where pieces lie that may be promised: in stock, and at the steps around it.

        Hook: a module with steps of its own adds their locations.
        """
        self.ensure_one()
        return (
            self.lot_stock_id
            | self.wh_input_stock_loc_id
            | self.wh_qc_stock_loc_id
            | self.wh_output_stock_loc_id
            | self.wh_pack_stock_loc_id
            | self.pbm_loc_id
            | self.sam_loc_id
        )

    def _mto_get_rule(self, action):
        """The rule that makes, or buys, what this warehouse has not.

        :param action: ``manufacture`` or ``buy``.
        """
        self.ensure_one()
        name = "manufacture_pull_id" if action == "manufacture" else "buy_pull_id"
        return self[name]
