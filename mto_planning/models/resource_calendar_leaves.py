from odoo import models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    # The bookings of a work center in their order, and its time off, without a look at
    # those of all others; core's index is on the resource alone.
    _mto_capacity_index = models.Index(
        "(resource_id, time_type, date_from) INCLUDE (date_to)"
    )
