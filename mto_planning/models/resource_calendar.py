from pytz import timezone, utc

from odoo import models
from odoo.fields import Domain
from odoo.tools.intervals import Intervals

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
        domain = Domain("resource_calendar_id", "in", self.ids)
        self.env["mrp.workcenter"]._mto_find(domain)._mto_tell_orders()

    def _attendance_intervals_batch(
        self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False
    ):
        """Core's, and the overtime of work centers: its own planning sees it, too."""
        intervals = super()._attendance_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz, lunch=lunch
        )
        # People are no work centers: calendars are mostly asked for theirs.
        machines = resources and resources.filtered(
            lambda resource: resource.resource_type == "material"
        )
        if lunch or not machines:
            return intervals
        overtime = self.env["mto.overtime"]._get_spans(machines, start_dt, end_dt)
        for resource in machines.filtered(lambda machine: machine.id in overtime):
            usual = intervals[resource.id]
            more = self._mto_get_attendances(
                overtime[resource.id], start_dt, end_dt, tz or timezone(resource.tz)
            )
            intervals[resource.id] = usual | (more - usual)
        return intervals

    def _mto_get_attendances(self, spans, start, end, tz):
        """Spans within a time as core has attendances, each with a record that is none.

        :param spans: pairs of naive UTC moments.
        """
        rows = []
        for opens, closes in spans:
            opens = max(utc.localize(opens), start).astimezone(tz)
            closes = min(utc.localize(closes), end).astimezone(tz)
            hours = (closes - opens).total_seconds() / 3600
            attendance = self.env["resource.calendar.attendance"].new(
                {"duration_hours": hours, "duration_days": hours / 24}
            )
            rows.append((opens, closes, attendance))
        return Intervals(rows, keep_distinct=True)
