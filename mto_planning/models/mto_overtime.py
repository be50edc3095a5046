from pytz import utc

from odoo import api, fields, models


class MtoOvertime(models.Model):
    """Hours that a work center works once, beside its calendar.

    Core's calendars know weeks that repeat, and time off; nothing that opens a work
    center on one Saturday.
    """

    _name = "mto.overtime"
    _description = "Overtime of a Work Center"
    _order = "date_from desc, id"
    _check_company_auto = True

    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        string="Work Center",
        required=True,
        check_company=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="workcenter_id.company_id", store=True, index=True
    )
    name = fields.Char("Reason")
    date_from = fields.Datetime("From", required=True)
    date_to = fields.Datetime("Until", required=True)
    hours = fields.Float(
        compute="_compute_hours",
        help="From beginning to end. What lies in the working hours, or in time off, "
        "adds nothing to them.",
    )

    _date_to_after_from = models.Constraint(
        "CHECK(date_from < date_to)",
        "Overtime: “Until” must be later than “From”.",
    )
    _workcenter_index = models.Index("(workcenter_id, date_from)")

    @api.depends("date_from", "date_to")
    def _compute_hours(self):
        for overtime in self:
            start, end = overtime.date_from, overtime.date_to
            overtime.hours = (
                (end - start).total_seconds() / 3600 if start and end else 0
            )

    @api.depends("workcenter_id", "date_from")
    def _compute_display_name(self):
        for overtime in self:
            day = fields.Datetime.context_timestamp(overtime, overtime.date_from)
            overtime.display_name = f"{overtime.workcenter_id.name}, {day:%Y-%m-%d}"

    @api.model_create_multi
    def create(self, vals_list):
        overtimes = super().create(vals_list)
        overtimes.workcenter_id._mto_tell_orders()
        return overtimes

    def write(self, vals):
        before = self.workcenter_id
        result = super().write(vals)
        (before | self.workcenter_id)._mto_tell_orders()
        return result

    def unlink(self):
        centers = self.workcenter_id
        result = super().unlink()
        centers._mto_tell_orders()
        return result

    @api.model
    def _get_spans(self, resources, start, end):
        """When resources work overtime within a time.

        :param start: aware, as ``end``.
        :return: ``{resource id: [(from, until), …]}``, naive UTC, of those that do.
        """
        # Superuser: working hours are the same for whoever asks for them.
        found = self.sudo().search(
            [
                ("workcenter_id.resource_id", "in", resources.ids),
                ("date_to", ">", fields.Datetime.to_string(_as_utc(start))),
                ("date_from", "<", fields.Datetime.to_string(_as_utc(end))),
            ]
        )
        return {
            center.resource_id.id: [(row.date_from, row.date_to) for row in rows]
            for center, rows in found.grouped("workcenter_id").items()
        }


def _as_utc(moment):
    return moment.astimezone(utc).replace(tzinfo=None)
