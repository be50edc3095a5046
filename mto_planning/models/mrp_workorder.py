from odoo import api, fields, models


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    mto_line_id = fields.Many2one(related="production_id.mto_line_id")
    mto_order_id = fields.Many2one(related="production_id.mto_order_id")
    mto_need_date = fields.Datetime(related="production_id.mto_need_date")

    def write(self, vals):
        """Core's compute of the state writes it again to each, changed or not."""
        if vals.keys() == {"state"}:
            self = self.filtered(lambda workorder: workorder.state != vals["state"])
            if not self:
                return True
        return super().write(vals)

    def _set_cost_mode(self):
        """Core's; those that have theirs from the start need no second write."""
        return super(
            MrpWorkorder,
            self.filtered(
                lambda workorder: (
                    workorder.cost_mode
                    != (workorder.operation_id.cost_mode or "actual")
                )
            ),
        )._set_cost_mode()

    @api.model
    def _mto_create_booked(self, values_list, spans):
        """Create work orders that are booked on their work centers already.

        As core's ``_plan_workorder``: one calendar leave for each, which its own
        planning and screens respect.

        :param values_list: values of each, with its ``workcenter_id``.
        :param spans: for each ``(name, start, finish)`` in naive UTC, or ``None``.
        """
        booked = [
            (values, span)
            for values, span in zip(values_list, spans, strict=True)
            if span
        ]
        leaves = self.env["resource.calendar.leaves"].create(
            [self._mto_prepare_leave(values, *span) for values, span in booked]
        )
        for (values, _span), leave in zip(booked, leaves, strict=True):
            values["leave_id"] = leave.id
        return self.create(values_list)

    @api.model
    def _mto_prepare_leave(self, values, name, start, finish):
        center = self.env["mrp.workcenter"].browse(values["workcenter_id"])
        return {
            "name": name,
            "calendar_id": center.resource_calendar_id.id,
            "date_from": start,
            "date_to": finish,
            "resource_id": center.resource_id.id,
            "time_type": "other",
        }
