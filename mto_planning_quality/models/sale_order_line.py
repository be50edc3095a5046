from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """What of a line has to be inspected, and what has passed."""

    _inherit = "sale.order.line"

    mto_inspection_ids = fields.One2many(
        "qc.inspection",
        "mto_line_id",
        string="Inspections",
        groups="quality_control_oca.group_quality_control_user",
    )

    @api.depends(
        "mto_inspection_ids.state",
        "mto_inspection_ids.qty",
        "mto_inspection_ids.mto_shipped_qty",
    )
    def _compute_mto_progress(self):
        return super()._compute_mto_progress()

    def write(self, vals):
        """Less of a line is less to inspect."""
        result = super().write(vals)
        if "product_uom_qty" in vals:
            confirmed = self.filtered(lambda line: line.state == "sale")
            confirmed._mto_sync_inspections()
        return result

    def _mto_get_inspection_test(self, product):
        """The test that a product which the line delivers has to pass, if any.

        What is delivered of a kit has its own or else the kit's.
        """
        self.ensure_one()
        if not self.mto_is_made_to_order:
            return self.env["qc.test"]
        products = (product | self.product_id).with_company(self.company_id)
        return products.mapped("mto_inspection_test_id")[:1]

    def _mto_get_inspections(self, product):
        return self.mto_inspection_ids.filtered(lambda one: one.product_id == product)

    def _mto_get_to_inspect(self):
        """``{product: moves}`` of what is still to leave and has to be inspected."""
        leaving = self._mto_get_leaving().grouped("product_id").items()
        return {one: it for one, it in leaving if self._mto_get_inspection_test(one)}

    def _mto_is_uninspected(self):
        """Whether something is to leave that has not passed yet."""
        self.ensure_one()
        return any(
            product.uom_id.compare(
                sum(moves.mapped("product_qty")),
                self._mto_get_inspections(product)._mto_get_passed(),
            )
            > 0
            for product, moves in self._mto_get_to_inspect().items()
        )

    def _mto_sync_inspections(self, may_lower=True):
        """Have inspections cover what is still to leave.

        :param may_lower: whether to inspect less where less leaves; not while a move
            is split and its rest is about to come.
        """
        # Superuser: whoever sells, makes or ships may not see inspections.
        for line in self.sudo():
            leaving = line._mto_get_to_inspect()
            for product in line.mto_inspection_ids.product_id.union(*leaving):
                inspections = line._mto_get_inspections(product)
                moves = leaving.get(product, line.move_ids.browse())
                missing = sum(moves.mapped("product_qty")) - inspections._mto_covered()
                sign = product.uom_id.compare(missing, 0.0)
                if sign > 0:
                    inspections |= line._mto_inspect_more(product, missing, inspections)
                elif sign < 0 and may_lower:
                    inspections._mto_inspect_less(-missing)
                inspections._mto_follow_moves(moves)

    def _mto_inspect_more(self, product, missing, inspections):
        planned = inspections.filtered(lambda one: one.state == "plan")[:1]
        if planned:
            planned.qty += missing
            return planned
        test = self._mto_get_inspection_test(product)
        return inspections.create(
            {
                "object_id": f"product.product,{product.id}",
                "qty": missing,
                "test": test.id,
                "inspection_lines": inspections._prepare_inspection_lines(test),
                "state": "plan",
                "auto_generated": True,
                "company_id": self.company_id.id,
                # Whoever confirms the order is not who inspects it.
                "user": False,
                "mto_line_id": self.id,
            }
        )
