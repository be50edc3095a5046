from odoo import api, models

# Whom core's form of an order serves: it reads invoices, and fails for others.
CORE_FORM_GROUPS = (
    "sales_team.group_sale_salesman",
    "account.group_account_readonly",
    "account.group_account_invoice",
)


class SaleOrder(models.Model):
    """The order for those who make it, in a form that they may open."""

    _inherit = "sale.order"

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Whoever follows a link or an address gets the form that serves him."""
        if view_type == "form" and not view_id and not self._mto_is_served_by_core():
            view_id = self.env.ref("mto_planning.sale_order_view_form_production").id
        return super().get_view(view_id, view_type, **options)

    @api.model
    def _mto_is_served_by_core(self):
        user = self.env.user
        return self.env.su or any(map(user.has_group, CORE_FORM_GROUPS))
