from odoo import fields, models

from .res_company import NETTING


class ProductTemplate(models.Model):
    _inherit = "product.template"

    # Bills of materials of orders are not the product's: the domain hides them from
    # everything in core that reads this field (routes, kits, counters, archiving).
    bom_ids = fields.One2many(domain=[("mto_is_order_bom", "=", False)])
    mto_netting = fields.Selection(
        NETTING,
        string="Stock for Orders",
        help="When this product is replenished on order, for a customer or for another "
        "product: is it always made or bought for the order, or is free stock taken "
        "first and only the rest made or bought? Empty: as the company's settings say.",
        groups="base.group_user",
    )
