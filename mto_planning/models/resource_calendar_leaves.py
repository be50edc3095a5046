from odoo import fields, models


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
