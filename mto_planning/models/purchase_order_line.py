from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .bulk import update_rows

UNORDERED = ("draft", "sent", "to approve")


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    mto_line_id = fields.Many2one(
        "sale.order.line",
        string="Made to Order For",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="The sales order line that these parts are bought for.",
        groups="base.group_user",
    )
    # Not stored: deleting an order would clear two columns of one row by foreign keys,
    # and PostgreSQL, depending on their order, then checks one of a line that is gone.
    mto_order_id = fields.Many2one(
        related="mto_line_id.order_id",
        string="For Sales Order",
        groups="base.group_user",
    )
    mto_need_date = fields.Datetime(
        "Needed On",
        copy=False,
        readonly=True,
        help="The parts must be here at this time for the order to be on time.",
        groups="base.group_user",
    )
    mto_order_by = fields.Datetime(
        "Order By",
        compute="_compute_mto_order_by",
        store=True,
        help="The latest date to order: needed on, less the vendor's lead time.",
        groups="base.group_user",
    )
    mto_is_received = fields.Boolean(
        "Here",
        compute="_compute_mto_is_received",
        store=True,
        groups="base.group_user",
    )
    mto_is_late = fields.Boolean(
        "Too Late for the Order",
        compute="_compute_mto_is_late",
        search="_search_mto_is_late",
        help="Not here yet, and either expected after it is needed or not ordered "
        "though the latest date to order has passed.",
        groups="base.group_user",
    )

    mto_is_urgent = fields.Boolean(
        "Order Now",
        compute="_compute_mto_is_late",
        help="Not ordered yet, and to be ordered within a day for the order's date.",
        groups="base.group_user",
    )

    mto_lead_start = fields.Datetime(
        "Lead Time Began",
        copy=False,
        readonly=True,
        help="When it was ordered; of what was ordered earlier than its date asks for, "
        "the last moment at which it could have been. What the vendor really needs is "
        "counted from here.",
        groups="base.group_user",
    )

    @api.depends("mto_need_date", "product_id", "order_id.partner_id")
    def _compute_mto_order_by(self):
        for line in self:
            line.mto_order_by = line.mto_need_date and line._mto_get_order_by()

    @api.depends("qty_received", "product_qty")
    def _compute_mto_is_received(self):
        for line in self:
            unit = line.product_uom_id
            # A line that is being entered, a section and a note have no unit.
            line.mto_is_received = (
                not unit or unit.compare(line.qty_received, line.product_qty) >= 0
            )

    def _mto_get_order_by(self):
        """The latest moment to order: when it is needed, less the vendor's delay."""
        self.ensure_one()
        return fields.Datetime.subtract(
            self.mto_need_date or self.date_planned, days=self._mto_get_vendor_delay()
        )

    def _mto_start_lead_time(self):
        """Write down, once, from when on the vendor's lead time counts.

        Now, and not when the parts are here: by then their date may have been moved to
        when the vendor says that they come.
        """
        for line in self.filtered(
            lambda one: one.product_id and not one.mto_lead_start
        ):
            asked = line.date_planned or line.order_id.date_approve
            delay = line._mto_get_vendor_delay()
            line.mto_lead_start = max(
                line.order_id.date_approve, fields.Datetime.subtract(asked, days=delay)
            )

    @api.model
    def _mto_set_need_dates(self, dates):
        """Have requests for quotation arrive when the plan needs them.

        :param dates: ``{line id: naive UTC datetime}``.
        """
        lines = self.browse(dates)
        moved = lines.filtered(lambda line: line.date_planned != dates[line.id])
        update_rows(
            self,
            ("date_planned", "mto_need_date"),
            {line.id: (dates[line.id], dates[line.id]) for line in moved},
        )
        moved.order_id._mto_set_order_date()

    def _mto_get_vendor_delay(self):
        """Days that the vendor of this line takes."""
        seller = self.product_id.with_company(self.company_id)._select_seller(
            partner_id=self.order_id.partner_id,
            quantity=self.product_qty,
            uom_id=self.product_uom_id,
        )
        return (seller or self.product_id.seller_ids)[:1].delay

    @api.depends(
        "mto_need_date", "mto_order_by", "date_planned", "state", "mto_is_received"
    )
    def _compute_mto_is_late(self):
        now = fields.Datetime.now()
        for line in self:
            line.mto_is_urgent = bool(
                line.mto_order_by
                and line.state in UNORDERED
                and line.mto_order_by < now + timedelta(days=1)
            )
            unordered = line.state in UNORDERED
            awaited = not line.mto_is_received and line.state != "cancel"
            line.mto_is_late = bool(line.mto_need_date and awaited) and (
                line.date_planned > line.mto_need_date
                or (unordered and line.mto_order_by < now)
            )

    def _search_mto_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(
            ["mto_need_date", "mto_order_by", "date_planned", "state"]
            + ["mto_is_received"]
        )
        late = SQL(
            """(SELECT id FROM purchase_order_line
                 WHERE mto_need_date IS NOT NULL AND mto_is_received IS NOT TRUE
                   AND state != 'cancel'
                   AND (date_planned > mto_need_date
                        OR (state IN ('draft', 'sent', 'to approve')
                            AND mto_order_by < %s)))""",
            fields.Datetime.now(),
        )
        return [("id", "in" if True in value else "not in", late)]

    @api.model
    def _prepare_purchase_order_line_from_procurement(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
        po,
    ):
        """Peg the line, and keep the planned receipt whatever the vendor's weekday."""
        vals = super()._prepare_purchase_order_line_from_procurement(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
            po,
        )
        if values.get("mto_line_id"):
            vals["mto_line_id"] = values["mto_line_id"]
            need = fields.Datetime.to_datetime(values["date_planned"])
            arrival = product_id._mto_get_arrival(
                po.picking_type_id, location_dest_id, need
            )
            vals["mto_need_date"] = vals["date_planned"] = arrival
        return vals

    def _find_candidate(
        self,
        product_id,
        product_qty,
        product_uom,
        location_id,
        name,
        origin,
        company_id,
        values,
    ):
        """A line of one order and need takes no other's demand."""
        line_id = values.get("mto_line_id", False)
        lines = self.filtered(lambda line: line.mto_line_id.id == line_id)
        if line_id:
            need = fields.Datetime.to_datetime(values["date_planned"])
            lines = lines.filtered(
                lambda line: (
                    line.mto_need_date
                    == product_id._mto_get_arrival(
                        line.order_id.picking_type_id, location_id, need
                    )
                )
            )
        return super(PurchaseOrderLine, lines)._find_candidate(
            product_id,
            product_qty,
            product_uom,
            location_id,
            name,
            origin,
            company_id,
            values,
        )

    def _prepare_stock_move_vals(
        self, picking, price_unit, product_uom_qty, product_uom
    ):
        vals = super()._prepare_stock_move_vals(
            picking, price_unit, product_uom_qty, product_uom
        )
        vals["mto_line_id"] = self.mto_line_id.id
        return vals

    def _mto_give_up(self, surplus):
        """Ask for less, or nothing, of what is not ordered yet.

        :param surplus: in the product's unit.
        :return: by how much less, in the product's unit.
        """
        self.ensure_one()
        if self.state not in UNORDERED:
            return 0.0
        unit, before, order = (
            self.product_id.uom_id,
            self.product_uom_qty,
            self.order_id,
        )
        left = before - min(surplus, before)
        if unit.is_zero(left):
            # Core would cancel the moves that this was for, which others may serve.
            self.move_dest_ids = False
            self.unlink()
            if not order.order_line.filtered("product_id"):
                order.button_cancel()
            return before
        arrival = self.date_planned
        self.product_qty = unit._compute_quantity(
            left, self.product_uom_id, rounding_method="UP"
        )
        if self.date_planned != arrival:
            # With the price core computes a new date.
            update_rows(self, ("date_planned",), {self.id: (arrival,)})
        return before - self.product_uom_qty

    def _mto_get_arriving(self):
        """The moves that bring what is ordered into stock, if it is not there yet."""
        return self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )._mto_get_last()

    def _mto_cancel_kept(self, quantity, reason):
        """Order less: it was cancelled with the vendor.

        :param quantity: in the product's unit.
        """
        self.ensure_one()
        if reason != "ordered":
            raise UserError(
                self.env._(
                    "“kept”: %(product)s of %(order)s are here: return or keep them.",
                    product=self.product_id.display_name,
                    order=self.order_id.name,
                )
            )
        unit, left = self.product_id.uom_id, quantity
        for move in self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        ):
            given = min(left, move.product_qty)
            move._mto_set_quantity(move.product_qty - given)
            left -= given
        fewer = unit._compute_quantity(quantity, self.product_uom_id)
        self.product_qty -= fewer
        order = self.order_id
        if not any(order.order_line.mapped("product_qty")):
            order.button_cancel()
