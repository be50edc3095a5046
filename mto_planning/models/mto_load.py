from collections import defaultdict
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..bridge import LoadParser, ShopLoad, planning_now, to_seconds
from ..bridge.days import format_day

MAX_WEEKS = 52
# Where people look for what will be the bottleneck.
BOTTLENECK_WEEKS = 4
# What is free below this share of a week is bits and pieces.
FREE_SHARE = 0.1
HOUR = 3600


class MtoPlanner(models.AbstractModel):
    _inherit = "mto.planner"

    # Public interface

    @api.model
    @api.readonly
    def load(self, weeks=12, what_if=None):
        """How full the work centers of the user's company are, week by week.

        Work that core has planned counts as ours does, and so does what is held.
        Nothing is written, also not of what is assumed.

        :param int weeks: how many, this one the first, from now on.
        :param dict what_if: all optional. ``order_ids``: quotations, as if they were
            confirmed now, one after the other. ``changes``: dictionaries, one for a
            work center: ``workcenter_id``, ``machines`` (so many more),
            ``overtime_hours`` (each working day longer), ``blocked_weeks`` (numbers, 0
            is this week).
        :return: a dictionary, see ``docs/api.md``.
        :raises AccessError: the user has no manufacturing rights, or may not read an
            order.
        :raises ValidationError: ``weeks`` is no number from 1 to 52, or an assumption
            makes no sense; it names it.
        :raises MissingError: an order that is not there.
        """
        self._check_load_rights()
        self._check_weeks(weeks)
        boundaries = self._get_weeks(weeks)
        moments = [to_seconds(moment) for moment in boundaries]
        centers = self.env["mrp.workcenter"].search(
            [("company_id", "=", self.env.company.id)]
        )
        parser = LoadParser(self.env, moments)
        what_if = {} if what_if is None else what_if
        parser.check_keys(what_if, {"order_ids", "changes"}, "what_if")
        assumptions = parser.assumptions(what_if.get("changes"), centers.ids)
        lines = self._get_quoted_lines(parser.orders(what_if.get("order_ids")))
        shop = self._get_shop_load(lines, moments, centers, assumptions)
        answers = self._plan_quoted(lines, shop)
        rows = self._get_center_loads(centers, boundaries, shop, lines, answers)
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
            "quotations": self._describe_quoted(lines, answers, shop),
        }

    @api.model
    def _check_load_rights(self):
        if not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._(
                    "Seeing the load of work centers needs manufacturing rights."
                )
            )

    @api.model
    def _check_weeks(self, weeks):
        is_number = isinstance(weeks, int) and not isinstance(weeks, bool)
        if not is_number or not 1 <= weeks <= MAX_WEEKS:
            raise ValidationError(
                self.env._(
                    "“weeks” must be a number from 1 to %(most)d, not “%(value)s”.",
                    most=MAX_WEEKS,
                    value=str(weeks)[:60],
                )
            )

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

    # Quotations, as if they were confirmed

    @api.model
    def _get_quoted_lines(self, orders):
        """Their lines that have a product and a quantity, as superuser.

        The orders are the user's to read; what their products are made of is not.
        """
        return orders.sudo().order_line.filtered(
            lambda line: (
                not line.display_type
                and line.product_id
                and line.warehouse_id
                and line.product_uom_qty > 0
            )
        )

    @api.model
    def _get_shop_load(self, lines, moments, centers, assumptions):
        """The ``ShopLoad``, without what is held for the lines themselves."""
        now = planning_now(fields.Datetime.now())
        requests = [self._request_of_line(line) for line in lines]
        loader = self._get_loader(self.env.company, now, requests)
        return ShopLoad(loader, moments, centers.ids, assumptions)

    @api.model
    def _plan_quoted(self, lines, shop):
        """``{line: Answer}`` of those that would be made to order."""
        env = self._get_planning_env(self.env.company)
        requests = [
            self._check_request(self._request_of_line(line)).with_env(env)
            for line in lines
        ]
        networks = [
            network
            for network in self._build_networks(requests)
            if network.structure.on_order
        ]
        answers = self._plan_networks(networks, shop)
        return {lines.browse(answer.network.request.key): answer for answer in answers}

    @api.model
    def _describe_quoted(self, lines, answers, shop):
        """One row for each quotation, in the order asked for."""
        rows = []
        for order, order_lines in lines.grouped("order_id").items():
            planned = [answers[line] for line in order_lines if line in answers]
            dates = [answer.promise_date for answer in planned]
            added = shop.added(step for one in planned for step in one.plan.steps)
            rows.append(
                {
                    "order_id": order.id,
                    "order": order.name,
                    "customer": order.partner_id.display_name,
                    "promise_date": fields.Datetime.to_string(max(dates))
                    if dates and all(dates)
                    else False,
                    "loads": [
                        {
                            "workcenter_id": center_id,
                            "hours": [round(hours / HOUR, 2) for hours in seconds],
                        }
                        for center_id, seconds in sorted(added.items())
                    ],
                }
            )
        return rows

    # Work centers

    @api.model
    def _get_center_loads(self, centers, boundaries, shop, lines, answers):
        held = self._get_held_hours(centers, boundaries, lines)
        added = shop.added(
            step for answer in answers.values() for step in answer.plan.steps
        )
        nothing = [0] * (len(boundaries) - 1)
        return [
            {
                "workcenter_id": center.id,
                "workcenter": center.display_name,
                "machines": shop.machines(center.id),
                "is_blocked": center.working_state == "blocked",
                "loads": [
                    {
                        "open_hours": round(load.open / HOUR, 2),
                        "used_hours": round(load.used / HOUR, 2),
                        "held_hours": round(held[center.id, period], 2),
                        "added_hours": round(more / HOUR, 2),
                    }
                    for period, (load, more) in enumerate(
                        zip(
                            shop.loads(center.id),
                            added.get(center.id, nothing),
                            strict=True,
                        )
                    )
                ],
            }
            for center in centers
        ]

    @api.model
    def _get_held_hours(self, centers, boundaries, lines):
        """``{(work center id, number of the period): hours}``, by their start."""
        found = self.env["mto.promise.slot"].search(
            [
                ("workcenter_id", "in", centers.ids),
                ("hold_until", ">", boundaries[0]),
                ("date_start", "<", boundaries[-1]),
                ("line_id", "not in", lines.ids),
            ]
        )
        held = defaultdict(float)
        for slot in found:
            period = sum(slot.date_start >= end for end in boundaries[1:])
            held[slot.workcenter_id.id, period] += slot.hours
        return held

    # The bottleneck

    @api.model
    def _get_bottleneck(self, rows, boundaries):
        """The fullest work center of the coming weeks, or ``False``."""
        weeks = min(BOTTLENECK_WEEKS, len(boundaries) - 1)

        def share(row):
            loads = row["loads"][:weeks]
            hours = sum(load["open_hours"] for load in loads)
            return sum(map(_get_taken, loads)) / hours if hours else 0.0

        fullest = max(rows, key=share, default=None)
        if not fullest or not share(fullest):
            return False
        free = next(
            (
                start
                for start, load in zip(boundaries, fullest["loads"], strict=False)
                if _is_free(load)
            ),
            None,
        )
        told = self.env._(
            "%(workcenter)s is the fullest: %(percent)d %% booked until %(date)s.",
            workcenter=fullest["workcenter"],
            percent=round(100 * share(fullest)),
            # Boundaries are midnights: the day before is the last.
            date=self._format_load_day(boundaries[weeks] - timedelta(minutes=1)),
        )
        return {
            "workcenter_id": fullest["workcenter_id"],
            "percent": round(100 * share(fullest)),
            "free_from": fields.Datetime.to_string(free) if free else False,
            "text": f"{told} {self._describe_free(free, boundaries)}",
        }

    @api.model
    def _describe_free(self, free, boundaries):
        if not free:
            return self.env._(
                "None of these weeks has hours to spare, until %s.",
                self._format_load_day(boundaries[-1] - timedelta(minutes=1)),
            )
        if free == boundaries[0]:
            return self.env._("It has hours to spare this week.")
        return self.env._(
            "Its first week with hours to spare begins on %s.",
            self._format_load_day(free),
        )

    @api.model
    def _format_load_day(self, moment):
        local = fields.Datetime.context_timestamp(
            self.with_context(tz=self.env.user.tz or self.env.company.partner_id.tz),
            moment,
        )
        return format_day(self.env, local.date())


def _get_taken(load):
    return load["used_hours"] + load["added_hours"]


def _is_free(load):
    """Whether there is time for more than bits and pieces."""
    free = load["open_hours"] - _get_taken(load)
    return load["open_hours"] > 0 and free >= FREE_SHARE * load["open_hours"]
