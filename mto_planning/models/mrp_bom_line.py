from odoo import api, fields, models

SUPPLIES = [("stock", "From stock"), ("order", "Made or bought for the order")]
PARTLY = ("both", "From stock, the rest made or bought for the order")


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    mto_child_bom_id = fields.Many2one(
        "mrp.bom",
        string="Made With",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The order's own bill of materials that makes this component.",
    )
    mto_supply = fields.Selection(
        [*SUPPLIES, PARTLY],
        string="Supply",
        copy=False,
        help="How the order comes by this component, decided when it was confirmed.",
    )

    @api.depends("mto_child_bom_id")
    def _compute_child_bom_id(self):
        result = super()._compute_child_bom_id()
        for line in self.filtered("mto_child_bom_id"):
            line.child_bom_id = line.mto_child_bom_id
        return result

    def _mto_is_planned(self):
        """Whether core makes a component move of this line: goods, not services."""
        self.ensure_one()
        return self.product_id.type == "consu" and self.product_qty > 0
