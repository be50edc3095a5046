from odoo import models

from ..bridge.access import check_access


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_mto_show_load(self):
        """How full work centers would be if these quotations were confirmed."""
        self.env["mto.planner"]._check_load_rights()
        check_access(self, "read")
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        action = self.env["ir.actions.client"]._for_xml_id(
            "mto_planning.action_mto_load"
        )
        action["context"] = {
            "active_model": "sale.order",
            "active_ids": quotations.ids,
        }
        return action
