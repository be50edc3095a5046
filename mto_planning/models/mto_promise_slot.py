from odoo import api, fields, models

from ..bridge.access import check_access


class MtoPromiseHeld(models.AbstractModel):
    """What a held promise keeps from others until its time is over."""

    _name = "mto.promise.held"
    _description = "Held by a Promise"

    promise_id = fields.Many2one(
        "mto.promise", required=True, readonly=True, index=True, ondelete="cascade"
    )
    # Stored, as the ones below: planning reads them for all centers and parts at once.
    line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    hold_until = fields.Datetime("Held Until", required=True, readonly=True, index=True)
    order_id = fields.Many2one(related="line_id.order_id", string="Quotation")
    partner_id = fields.Many2one(
        related="line_id.order_id.partner_id", string="Customer"
    )
    user_id = fields.Many2one(related="promise_id.user_id", string="Held By")

    def action_open(self):
        """Open the line of the quotation that holds it."""
        self.ensure_one()
        check_access(self, "read")
        return self.line_id.action_mto_open()

    @api.model
    def _prepare_held(self, promise):
        return {
            "promise_id": promise.id,
            "line_id": promise.line_id.id,
            "company_id": promise.company_id.id,
            "hold_until": promise.hold_until,
        }


class MtoPromiseSlot(models.Model):
    """Working time that a held promise keeps on a work center.

    Has a calendar leave too, as a work order has: core's own planning respects it.
    """

    _name = "mto.promise.slot"
    _inherit = ["mto.promise.held"]
    _description = "Held Capacity"
    _order = "date_start, id"

    name = fields.Char("Operation", readonly=True)
    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        string="Work Center",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    leave_ids = fields.One2many("resource.calendar.leaves", "mto_slot_id")
    date_start = fields.Datetime("Start", required=True, readonly=True)
    date_finished = fields.Datetime("Finish", required=True, readonly=True)
    hours = fields.Float("Hours of Work", readonly=True)

    @api.model
    def _create_of(self, promises, answers):
        """Keep the working time that the plans of promises use."""
        slots = self.create(
            [
                {
                    **self._prepare_held(promise),
                    "name": answer.network.works[key].name,
                    "workcenter_id": center_id,
                    "date_start": start,
                    "date_finished": finish,
                    "hours": answer.seconds(key) / 3600,
                }
                for promise, answer in zip(promises, answers, strict=True)
                for key, (start, finish, center_id) in answer.spans().items()
            ]
        )
        slots._book()
        return slots

    def _book(self):
        """Let core's planning see them."""
        Workorder = self.env["mrp.workorder"]
        self.env["resource.calendar.leaves"].create(
            [
                {
                    **Workorder._mto_prepare_leave(
                        {"workcenter_id": slot.workcenter_id.id},
                        # Every employee reads time off, not whose it is.
                        self.env._("Held: %s", slot.name),
                        slot.date_start,
                        slot.date_finished,
                    ),
                    "mto_slot_id": slot.id,
                }
                for slot in self
            ]
        )


class MtoPromisePart(models.Model):
    """Stock, or a receipt to come, that a held promise keeps."""

    _name = "mto.promise.part"
    _inherit = ["mto.promise.held"]
    _description = "Held Material"
    _order = "date, id"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, ondelete="cascade"
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    date = fields.Datetime("Needed On", required=True, readonly=True)

    @api.model
    def _create_of(self, promises, answers):
        """Keep what the plans of promises take from stock."""
        return self.create(
            [
                {
                    **self._prepare_held(promise),
                    "product_id": product_id,
                    "warehouse_id": warehouse_id,
                    "quantity": quantity,
                    "date": moment,
                }
                for promise, answer in zip(promises, answers, strict=True)
                for product_id, warehouse_id, quantity, moment in answer.takes()
            ]
        )
