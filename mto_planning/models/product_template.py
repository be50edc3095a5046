from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # Bills of materials of orders are not the product's: the domain hides them from
    # everything in core that reads this field (routes, kits, counters, archiving).
    bom_ids = fields.One2many(domain=[("mto_is_order_bom", "=", False)])
