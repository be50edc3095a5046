from odoo import models

# Whom core's form of an order serves: it reads invoices, and fails for others.
CORE_FORM_GROUPS = (
    "sales_team.group_sale_salesman",
    "account.group_account_readonly",
    "account.group_account_invoice",
)


class SaleOrder(models.Model):
    """The order for those who make it: links lead them to a form that they may open."""

    _inherit = "sale.order"

    def get_formview_id(self, access_uid=None):
        user = self.env["res.users"].browse(access_uid or self.env.uid)
        if any(user.has_group(group) for group in CORE_FORM_GROUPS):
            return super().get_formview_id(access_uid=access_uid)
        return self.env.ref("mto_planning.sale_order_view_form_production").id
