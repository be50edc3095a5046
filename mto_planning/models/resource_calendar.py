from odoo import models

HOURS = {"tz", "flexible_hours", "hours_per_day", "two_weeks_calendar"}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if HOURS & vals.keys():
            self._mto_tell_orders()
        return result

    def _mto_tell_orders(self):
        """The hours have changed: the orders made in them may end at another time."""
        # Superuser: whoever keeps calendars may not see work centers.
        self.env["mrp.workcenter"].sudo().search(
            [("resource_calendar_id", "in", self.ids)]
        )._mto_tell_orders()
