from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.date_utils import localized, to_timezone

from ..bridge.access import check_access

# What a work center can do when.
CAPACITY_FIELDS = {"mto_back_on", "mto_machines", "resource_calendar_id"}


class MrpWorkcenter(models.Model):
    _inherit = "mrp.workcenter"

    mto_machines = fields.Integer(
        "Parallel Machines",
        default=1,
        required=True,
        tracking=True,
        help="How many work orders the work center does at the same time: the number "
        "of its equal machines, or of the people who work there side by side. Each "
        "work order takes one of them for its whole duration.",
    )

    mto_back_on = fields.Datetime(
        "Expected Back",
        compute="_compute_mto_back_on",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="When the blocked work center can be used again: until then no work is "
        "planned on it. Empty, or past: it is taken to be back when its working time "
        "begins on another day.",
    )

    _mto_machines_positive = models.Constraint(
        "CHECK(mto_machines >= 1)",
        "“Parallel Machines” must be at least 1: a work center without a machine can "
        "do no work. Archive it instead.",
    )

    @api.depends("working_state")
    def _compute_mto_back_on(self):
        """Nothing to expect of a work center that is not blocked any more."""
        for workcenter in self:
            if workcenter.working_state != "blocked":
                workcenter.mto_back_on = False
            else:
                workcenter.mto_back_on = workcenter.mto_back_on

    def write(self, vals):
        result = super().write(vals)
        if CAPACITY_FIELDS & vals.keys():
            self._mto_tell_orders()
        return result

    def _mto_tell_orders(self):
        """Work cannot be done when it is planned, or can be again."""
        # Superuser: the lines of all orders, whoever stops a machine.
        self.env["mto.progress"].sudo()._look_at_centers(self)

    @api.model
    def _mto_find(self, domain):
        """Work centers whose hours change, as superuser."""
        # Superuser: whoever keeps calendars or takes time off may not see them.
        return self.sudo().search(domain)

    def action_mto_what_if(self):
        """Button: a what-if in which the work center is closed for a day from now."""
        self.ensure_one()
        check_access(self, "read")
        now = fields.Datetime.now().replace(second=0, microsecond=0)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What-If"),
            "res_model": "mto.scenario",
            "view_mode": "form",
            "context": {
                "default_name": self.env._("%s stops", self.display_name),
                "default_company_id": self.company_id.id,
                "default_change_ids": [
                    Command.create(
                        {
                            "kind": "closed",
                            "workcenter_id": self.id,
                            "date_from": now,
                            "date_to": now + timedelta(days=1),
                        }
                    )
                ],
            },
        }

    def action_mto_view_overtime(self):
        """Button: when the work center works overtime."""
        self.ensure_one()
        check_access(self, "read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "mto_planning.action_mto_overtime"
            ),
            "domain": [("workcenter_id", "=", self.id)],
            "context": {"default_workcenter_id": self.id},
        }

    def _get_first_available_slot(
        self,
        start_datetime,
        duration,
        forward=True,
        leaves_to_ignore=False,
        extra_leaves_slots=(),
    ):
        """Core's; a center of several machines is busy when all of them are.

        Core searches beside what is booked and the extra slots. Of several machines
        it gets instead of these the times at which as many run as there are machines.
        """
        extra = list(extra_leaves_slots)
        if self.mto_machines > 1:
            booked = self._mto_get_bookings(start_datetime, forward)
            counted = booked - leaves_to_ignore if leaves_to_ignore else booked
            spans = extra + [(leave.date_from, leave.date_to) for leave in counted]
            extra = full_spans(spans, self.mto_machines)
            leaves_to_ignore = booked | leaves_to_ignore if leaves_to_ignore else booked
        return super()._get_first_available_slot(
            start_datetime,
            duration,
            forward=forward,
            leaves_to_ignore=leaves_to_ignore,
            extra_leaves_slots=extra,
        )

    def _mto_get_bookings(self, moment, forward):
        """The bookings that a search from a moment on may meet.

        :param moment: naive UTC, or aware.
        """
        moment = to_timezone(None)(localized(moment))
        ahead = ("date_to", ">", moment) if forward else ("date_from", "<", moment)
        return self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", self.resource_id.id),
                ("time_type", "=", "other"),
                ahead,
            ]
        )


def full_spans(spans, machines):
    """When as many spans run at once as there are machines, or more.

    :param spans: pairs of moments, in any order.
    :return: such pairs, sorted and disjoint.
    """
    changes = [(start, 1) for start, _end in spans] + [
        (end, -1) for _start, end in spans
    ]
    full, running, since = [], 0, None
    # At one moment what ends comes first: it makes room for what starts.
    for moment, change in sorted(changes):
        running += change
        if change > 0 and running == machines:
            since = moment
        elif change < 0 and running == machines - 1:
            full.append((since, moment))
    return full
