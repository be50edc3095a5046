from odoo import api, fields, models
from odoo.fields import Domain


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    # By the database, so that nothing stays booked however its quotation went.
    mto_slot_id = fields.Many2one(
        "mto.promise.slot",
        string="Held For",
        index="btree_not_null",
        readonly=True,
        ondelete="cascade",
    )
    # The bookings of a work center in their order, and its time off, without a look at
    # those of all others; core's index is on the resource alone.
    _mto_capacity_index = models.Index(
        "(resource_id, time_type, date_from) INCLUDE (date_to)"
    )

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._mto_get_closed()._mto_tell_orders()
        return leaves

    def write(self, vals):
        before = self._mto_get_closed()
        result = super().write(vals)
        (before | self._mto_get_closed())._mto_tell_orders()
        return result

    def unlink(self):
        before = self._mto_get_closed()
        result = super().unlink()
        before._mto_tell_orders()
        return result

    def _mto_get_closed(self):
        """The work centers that time off closes; bookings close none."""
        Center = self.env["mrp.workcenter"]
        off = self.filtered(lambda leave: leave.time_type == "leave")
        if not off:
            return Center
        domain = Domain("resource_id", "in", off.resource_id.ids)
        # Of a calendar, or of a company: of all who have no time off of their own.
        shared = off.filtered(lambda leave: not leave.resource_id)
        for leave in shared:
            if leave.calendar_id:
                domain |= Domain("resource_calendar_id", "=", leave.calendar_id.id)
            else:
                domain |= Domain("company_id", "=", leave.company_id.id)
        return Center._mto_find(domain)
