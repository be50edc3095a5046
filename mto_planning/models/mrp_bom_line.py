from odoo import api, fields, models

from .bom_content import number

SUPPLIES = [("stock", "From stock"), ("order", "Made or bought for the order")]
PARTLY = ("both", "From stock, the rest made or bought for the order")


class MrpBomLine(models.Model):
    _name = "mrp.bom.line"
    _inherit = ["mrp.bom.line", "mto.documented"]

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

    mto_source = fields.Selection(
        [("manufacture", "Made"), ("buy", "Bought")],
        string="Made or Bought",
        copy=False,
        help="Whether the order makes or buys this component, whatever its product's "
        "rules say; empty: as they say.",
    )
    mto_chosen_bom_id = fields.Many2one(
        "mrp.bom",
        string="Made From",
        copy=False,
        ondelete="set null",
        help="The master that was chosen to make this component of an order with.",
    )
    mto_origin = fields.Char(
        copy=False, readonly=True, help="Key of the master's row: see bom_content.py."
    )

    mto_document_ids = fields.One2many(
        "mto.document",
        "bom_line_id",
        string="Files of Drawings",
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user,"
        "stock.group_stock_user",
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

    def _mto_get_key(self):
        """What this row is known by in the content of its bill of materials."""
        self.ensure_one()
        return self.mto_origin or f"new-{self.id}"

    def _mto_is_kept(self):
        """Whether it has more of its own than its fields say."""
        self.ensure_one()
        below = self.mto_child_bom_id._mto_get_tree()
        return bool(
            any(below.mapped("mto_digest"))
            or below._mto_get_own_documents()
            or self._mto_get_own_documents()
        )

    def _mto_get_content(self):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "quantity": number(self.product_qty),
            "unit_id": self.product_uom_id.id,
            "source": self.mto_source,
        }
