from datetime import timedelta

from odoo import api, fields, models

from .bulk import update_rows


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    # Core's, with an index: whatever deletes a leave looks here for who had it.
    leave_id = fields.Many2one(index="btree_not_null")
    mto_line_id = fields.Many2one(related="production_id.mto_line_id")
    mto_order_id = fields.Many2one(related="production_id.mto_order_id")
    mto_need_date = fields.Datetime(related="production_id.mto_need_date")
    mto_note = fields.Text(related="operation_id.mto_note")
    mto_order_note = fields.Text(
        related="production_id.mto_note", string="Note of the Manufacturing Order"
    )
    # Superuser: their names, as the note; whoever opens one is checked.
    mto_documents = fields.Json(
        "Drawings", compute="_compute_mto_documents", compute_sudo=True
    )
    mto_actual_cost = fields.Float(
        compute="_compute_mto_actual_cost", groups="mrp.group_mrp_user"
    )

    @api.depends("production_id.bom_id.mto_document_ids", "operation_id")
    def _compute_mto_documents(self):
        """Of the operation, of the components that it uses, and of the whole."""
        for workorder in self:
            workorder.mto_documents = [
                document._as_dict()
                for document in workorder.production_id.bom_id.mto_document_ids
                if (document.operation_id or document.bom_line_id.operation_id)
                in (workorder.operation_id, workorder.operation_id.browse())
            ]

    @api.depends("duration", "costs_hour", "workcenter_id.costs_hour")
    def _compute_mto_actual_cost(self):
        """Of the time that was worked, in the company's currency."""
        for workorder in self:
            per_hour = workorder.costs_hour or workorder.workcenter_id.costs_hour
            workorder.mto_actual_cost = workorder.duration / 60 * per_hour

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

    def _calculate_date_finished(self, date_start=False, new_workcenter=False):
        """Core's, to the second.

        The days of a calendar end a microsecond before midnight: work over midnight
        would end one after the next begins, and count as booked twice.
        """
        finish = super()._calculate_date_finished(date_start, new_workcenter)
        return finish and (finish + timedelta(milliseconds=500)).replace(microsecond=0)

    def _get_conflicted_workorder_ids(self):
        """Core's; several machines do as many work orders at the same time."""
        conflicts = super()._get_conflicted_workorder_ids()
        for workorder in self.browse(list(conflicts)):
            others = self.browse(conflicts[workorder.id])
            if not workorder._mto_is_crowded(others):
                del conflicts[workorder.id]
        return conflicts

    def _mto_is_crowded(self, others):
        """Whether at some moment of this work there are more than there are machines.

        :param others: work orders that overlap with it on its work center.
        """
        self.ensure_one()
        machines = self.workcenter_id.mto_machines
        if len(others) < machines:
            return False
        # It is fullest when one of them starts. Core, too, compares whole seconds.
        moments = [max(self.date_start, other.date_start) for other in others]
        return any(
            sum(_covers(other, moment) for other in others) >= machines
            for moment in [self.date_start, *moments]
        )

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
    def _mto_move(self, spans):
        """Book work orders at other times, or for the first time.

        :param spans: ``{work order: (start, finish, work center id)}``, naive UTC.
        """
        for workorder, (_start, _finish, center_id) in spans.items():
            if workorder.workcenter_id.id != center_id:
                workorder._mto_change_center(center_id)
        new = [workorder for workorder in spans if not workorder.leave_id]
        leaves = self.env["resource.calendar.leaves"].create(
            [
                self._mto_prepare_leave(
                    {"workcenter_id": spans[one][2]}, one.display_name, *spans[one][:2]
                )
                for one in new
            ]
        )
        leave_of = {one.id: leave.id for one, leave in zip(new, leaves, strict=True)}
        update_rows(
            leaves,
            ("date_from", "date_to"),
            {
                workorder.leave_id.id: span[:2]
                for workorder, span in spans.items()
                if workorder.leave_id
            },
        )
        update_rows(
            self,
            ("leave_id", "date_start", "date_finished"),
            {
                one.id: (leave_of.get(one.id) or one.leave_id.id, *span[:2])
                for one, span in spans.items()
            },
        )

    def _mto_shrink(self, factor):
        """Take as long as core's formula says for another quantity, from its start on.

        :param factor: the new quantity by the old one.
        """
        spans = {}
        for workorder in self.filtered(lambda one: one.state not in ("done", "cancel")):
            minutes = workorder._get_duration_expected(ratio=factor)
            workorder.duration_expected = minutes
            if workorder.leave_id:
                # Core's knows no time off of the work center.
                finish = min(
                    workorder.date_finished, workorder._calculate_date_finished()
                )
                center_id = workorder.workcenter_id.id
                spans[workorder] = (workorder.date_start, finish, center_id)
        self._mto_move(spans)

    def _mto_follow_operation(self, asked):
        """Be the work that its operation asks for now.

        :param asked: what it asked for before, as ``_mto_get_content``.
        """
        self.ensure_one()
        operation = self.operation_id
        self.name = operation.name
        if operation.workcenter_id.id != asked["workcenter_id"]:
            self._mto_change_center(operation.workcenter_id.id)
        self.duration_expected = self._get_duration_expected()

    def _mto_change_center(self, center_id):
        """Do the work on another center, which takes its own time there."""
        center = self.env["mrp.workcenter"].browse(center_id)
        minutes = self._get_duration_expected(alternative_workcenter=center)
        self.leave_id.calendar_id = center.resource_calendar_id
        # Else core would work out the end of the work, which is planned anyway.
        self.with_context(bypass_duration_calculation=True).write(
            {"workcenter_id": center_id}
        )
        self.duration_expected = minutes

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


def _covers(workorder, moment):
    start = workorder.date_start.replace(microsecond=0)
    finish = workorder.date_finished.replace(microsecond=0)
    moment = moment.replace(microsecond=0)
    # Work of no length is there at its own moment.
    return start <= moment < finish or start == moment == finish
