from odoo import models


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        """Core's; it leaves bookings as long as they were, and new parts without one.

        What then finds no time stays without: people change what they make.
        """
        planned = self.mo_id.filtered(
            lambda production: production.is_planned and production._mto_is_placed()
        )
        result = super().change_prod_qty()
        changed = planned._mto_with_unplanned_children()
        for productions in changed.grouped("company_id").values():
            productions._mto_find_place(keep_planned=False)
        return result
