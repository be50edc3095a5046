from odoo import fields, models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    mto_line_id = fields.Many2one(
        "sale.order.line",
        string="Made to Order For",
        index="btree_not_null",
        readonly=True,
        help="The sales order line that this is made for, at whatever level.",
    )
    # Not stored: deleting an order would clear two columns of one row by foreign keys,
    # and PostgreSQL, depending on their order, then checks one of a line that is gone.
    mto_order_id = fields.Many2one(
        related="mto_line_id.order_id", string="For Sales Order"
    )
    mto_need_date = fields.Datetime(
        "Needed On",
        copy=False,
        readonly=True,
        help="When the level above, or the delivery, needs it.",
    )

    def _get_move_raw_values(
        self, product, product_uom_qty, product_uom, operation_id=False, bom_line=False
    ):
        values = super()._get_move_raw_values(
            product, product_uom_qty, product_uom, operation_id, bom_line
        )
        values["mto_line_id"] = self.mto_line_id.id
        return values

    def _get_move_finished_values(
        self,
        product_id,
        product_uom_qty,
        product_uom,
        operation_id=False,
        byproduct_id=False,
        cost_share=0,
    ):
        values = super()._get_move_finished_values(
            product_id,
            product_uom_qty,
            product_uom,
            operation_id,
            byproduct_id,
            cost_share,
        )
        # A by-product is nobody's order: it goes to stock.
        values["mto_line_id"] = False if byproduct_id else self.mto_line_id.id
        return values

    def _plan_workorders(self, replan=False):
        self.company_id._mto_guard_plan()
        return super()._plan_workorders(replan=replan)

    def action_view_mto_line(self):
        """Open the made-to-order line that this is made for."""
        self.ensure_one()
        return self.mto_line_id.action_mto_open()

    # Writing a plan

    def _mto_set_dates(self, start, finish):
        """Set the dates of a manufacturing order without undoing its plan."""
        self.ensure_one()
        values = {
            name: value
            for name, value in (("date_start", start), ("date_finished", finish))
            if self[name] != value
        }
        if values:
            self.with_context(force_date=True).write(values)
