from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    mto_inspection_test_id = fields.Many2one(
        "qc.test",
        string="Inspect Before Shipping",
        company_dependent=True,
        check_company=True,
        copy=False,
        groups="mrp.group_mrp_manager,quality_control_oca.group_quality_control_user",
        help="What is made to order of this leaves for the customer only when it has "
        "passed this test. Of a kit: all that has no test of its own. Orders that are "
        "under way get their inspections at once.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "mto_inspection_test_id" in vals:
            # Superuser: whoever says what is inspected may not read all orders.
            lines = self.env["sale.order.line"].sudo()
            parts = [("move_ids.product_id.product_tmpl_id", "in", self.ids)]
            company = [("company_id", "=", self.env.company.id), ("state", "=", "sale")]
            lines.search(company + parts)._mto_sync_inspections()
        return result
