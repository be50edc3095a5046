from collections import defaultdict
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date

from .. import engine
from ..bridge import ShopLoader, to_seconds
from ..bridge.clock import HORIZON_DAYS

MAX_WEEKS = 52
# Where people look for what will be the bottleneck.
BOTTLENECK_WEEKS = 4
HOUR = 3600


class MtoPlanner(models.AbstractModel):
    _inherit = "mto.planner"

    @api.model
    @api.readonly
    def load(self, weeks=12):
        """How full the work centers of the user's company are, week by week.

        Work that core has planned counts as ours does, and so does what is held.

        :param int weeks: how many, this one the first, from now on.
        :return: a dictionary, see ``docs/api.md``.
        :raises AccessError: the user has no manufacturing rights.
        :raises ValidationError: ``weeks`` is no number from 1 to 52.
        """
        if not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._(
                    "Seeing the load of work centers needs manufacturing rights."
                )
            )
        is_number = isinstance(weeks, int) and not isinstance(weeks, bool)
        if not is_number or not 1 <= weeks <= MAX_WEEKS:
            raise ValidationError(
                self.env._(
                    "“weeks” must be a number from 1 to %(most)d, not “%(value)s”.",
                    most=MAX_WEEKS,
                    value=str(weeks)[:60],
                )
            )
        boundaries = self._get_weeks(weeks)
        centers = self.env["mrp.workcenter"].search(
            [("company_id", "=", self.env.company.id)]
        )
        rows = self._get_center_loads(centers, boundaries)
        return {
            "now": fields.Datetime.to_string(boundaries[0]),
            "periods": [
                {
                    "start": fields.Datetime.to_string(start),
                    "finish": fields.Datetime.to_string(finish),
                }
                for start, finish in zip(boundaries, boundaries[1:], strict=False)
            ],
            "centers": rows,
            "bottleneck": self._get_bottleneck(rows, boundaries),
        }

    @api.model
    def _get_weeks(self, weeks):
        """Now, and so many ends of weeks, naive UTC: weeks are those of the user."""
        zone = timezone(self.env.user.tz or self.env.company.partner_id.tz or "UTC")
        now = fields.Datetime.now()
        today = utc.localize(now).astimezone(zone).date()
        monday = today - timedelta(days=today.weekday())
        ends = (
            zone.localize(datetime.combine(monday + timedelta(weeks=week), time.min))
            for week in range(1, weeks + 1)
        )
        return [now, *(end.astimezone(utc).replace(tzinfo=None) for end in ends)]

    @api.model
    def _get_center_loads(self, centers, boundaries):
        env = self._get_planning_env(self.env.company)
        loader = ShopLoader(env, self._get_memory(), boundaries[0], HORIZON_DAYS)
        moments = [to_seconds(moment) for moment in boundaries]
        loads = {
            resource.key: engine.load(resource, moments)
            for resource in loader.resources(centers.ids)
        }
        held = self._get_held_hours(centers, boundaries)
        return [
            {
                "workcenter_id": center.id,
                "workcenter": center.display_name,
                "machines": center.mto_machines,
                "is_blocked": center.working_state == "blocked",
                "loads": [
                    {
                        "open_hours": round(load.open / HOUR, 2),
                        "used_hours": round(load.used / HOUR, 2),
                        "held_hours": round(held[center.id, period], 2),
                    }
                    for period, load in enumerate(loads[center.id])
                ],
            }
            for center in centers
        ]

    @api.model
    def _get_held_hours(self, centers, boundaries):
        """``{(work center id, number of the period): hours}``, by their start."""
        found = self.env["mto.promise.slot"].search(
            [
                ("workcenter_id", "in", centers.ids),
                ("hold_until", ">", boundaries[0]),
                ("date_start", "<", boundaries[-1]),
            ]
        )
        held = defaultdict(float)
        for slot in found:
            period = sum(slot.date_start >= end for end in boundaries[1:])
            held[slot.workcenter_id.id, period] += slot.hours
        return held

    @api.model
    def _get_bottleneck(self, rows, boundaries):
        """The fullest work center of the coming weeks, or ``False``."""
        weeks = min(BOTTLENECK_WEEKS, len(boundaries) - 1)

        def share(row):
            loads = row["loads"][:weeks]
            hours = sum(load["open_hours"] for load in loads)
            return sum(load["used_hours"] for load in loads) / hours if hours else 0.0

        fullest = max(rows, key=share, default=None)
        if not fullest or not share(fullest):
            return False
        last = fields.Datetime.context_timestamp(self, boundaries[weeks])
        return {
            "workcenter_id": fullest["workcenter_id"],
            "percent": round(100 * share(fullest)),
            "text": self.env._(
                "%(workcenter)s is the fullest: %(percent)d %% booked until %(date)s.",
                workcenter=fullest["workcenter"],
                percent=round(100 * share(fullest)),
                date=format_date(
                    self.env,
                    (last - timedelta(days=1)).date(),
                    date_format="d MMMM",
                ),
            ),
        }
