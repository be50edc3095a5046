from odoo import fields, models


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    mto_line_id = fields.Many2one(related="production_id.mto_line_id")
    mto_order_id = fields.Many2one(related="production_id.mto_order_id")
    mto_need_date = fields.Datetime(related="production_id.mto_need_date")

    def _mto_book(self, spans):
        """Book the work orders on their work centers at given times.

        :param spans: ``{work order: (start, finish, work center)}``, naive UTC.

        As core's ``_plan_workorder``: one calendar leave for each, which its own
        planning and screens respect. The center is changed before there is a leave,
        else core would move the end of the work.
        """
        if not spans:
            return
        for workorder, (_start, _finish, center) in spans.items():
            if workorder.workcenter_id != center:
                minutes = workorder._get_duration_expected(
                    alternative_workcenter=center
                )
                workorder.workcenter_id = center
                workorder.duration_expected = minutes
        leaves = self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": workorder.display_name,
                    "calendar_id": center.resource_calendar_id.id,
                    "date_from": start,
                    "date_to": finish,
                    "resource_id": center.resource_id.id,
                    "time_type": "other",
                }
                for workorder, (start, finish, center) in spans.items()
            ]
        )
        for workorder, leave in zip(spans, leaves, strict=True):
            workorder.leave_id = leave
