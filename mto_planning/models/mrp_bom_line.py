from odoo import api, fields, models
from odoo.tools import float_round

SUPPLIES = [("stock", "From stock"), ("order", "Made or bought for the order")]


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
        SUPPLIES,
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

    # How a plan comes by a component

    def _mto_record_supply(self, answer, component, child):
        """Write down how a plan comes by a component; when it is split, so is the line.

        :param child: the order's bill of materials that makes it, if one does.
        """
        self.ensure_one()
        *stock, (ordered, moved) = self._mto_prepare_supply(
            answer, component, self.product_qty, child or self.mto_child_bom_id
        )
        for values, taken in stock:
            self.copy(values)._mto_set_moved(taken)
        self.write(ordered)
        self._mto_set_moved(moved)

    def _mto_prepare_supply(self, answer, component, quantity, child):
        """Values of how a plan comes by a component: of two lines if it is split.

        :param component: of the plan; ``None`` if it plans none for this line.
        :param quantity: of one bill of materials, in the unit of the line.
        :return: list of ``(values, quantity)``, stock first; the quantity that the plan
            moves, where the values cannot tell it: a line is of one bill of materials,
            rounded.
        """
        if not component:
            return [({}, None)]
        child_id = child.id if child else False
        shares = answer.shares(component)
        if len(shares) == 1:
            supply = {"mto_supply": shares[0].supply, "mto_child_bom_id": child_id}
            return [(supply, None)]
        unit = component.product.uom_id
        whole = self.product_uom_id._compute_quantity(quantity, unit, round=False)
        # The rest of the line is never nothing.
        part = float_round(
            whole * shares[0].quantity / component.quantity,
            precision_digits=self._fields["product_qty"].get_digits(self.env)[1],
            rounding_method="DOWN",
        )
        return [
            (
                {
                    "product_qty": product_qty,
                    "product_uom_id": unit.id,
                    "mto_supply": share.supply,
                    "mto_child_bom_id": bom_id,
                },
                share.quantity,
            )
            for share, product_qty, bom_id in zip(
                shares, (part, whole - part), (False, child_id), strict=True
            )
        ]

    def _mto_set_moved(self, quantity):
        """Let the plan at hand know how much of a line it moves, if the line cannot."""
        if quantity is not None:
            self.env.context["mto_plan"].set_quantity(self, quantity)
