from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import NamedTuple

from pytz import timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.fields import Domain

from ..bridge.parse import is_text, shown
from .mto_progress import RISKS

PLANNER = "mrp.group_mrp_user"
SALES = "sales_team.group_sale_salesman"
BUYER = "purchase.group_purchase_user"

# Causes that a buyer can help.
BOUGHT = ("purchase", "unordered", "short", "missing", "stock")
RISK_RANK = {False: 0, **{risk: rank for rank, (risk, _label) in enumerate(RISKS)}}
AT_RISK = ("at_risk", "late", "blocked")
# Hours of slack that make a line worse or better than it was.
CHANGE_HOURS = 4
# A planner cannot look at more in a day.
MOST = 200
COMING_DAYS = 14
COMING = 8
LONGEST_SNOOZE_DAYS = 366


class Seen(NamedTuple):
    """What a user may open of a line.

    :param cause: the record that hurts, as superuser; empty if it is there no more.
    :param may_open_cause: whether the user may read it.
    :param may_open_line: whether the user may read the line with its order.
    """

    cause: models.BaseModel
    may_open_cause: bool
    may_open_line: bool

    def is_purchase(self):
        """Whether a purchase is what hurts."""
        return self.cause._name == "purchase.order" and bool(self.cause)


class MtoToday(models.AbstractModel):
    """What needs somebody today, worst first, with what to do about it."""

    _name = "mto.today"
    _description = "Made-to-Order: Today"

    # Public interface

    @api.model
    @api.readonly
    def get(self):
        """The lines at risk that the user may see, and what has changed.

        Planners see all of their companies, salespeople their orders, buyers what
        waits for purchases.

        :return: a dictionary, see ``docs/api.md``.
        :raises AccessError: the user is neither in manufacturing, sales nor purchases.
        """
        self._check_user()
        lines = self._get_lines(self._get_risk_domain())
        attention = self.env["mto.attention"]._find(lines)
        active, snoozed = self._split(lines.sorted(self._get_rank), attention)
        shown = active[:MOST] | snoozed[:MOST]
        past, seen = self._get_past(), self._look_at(shown)
        rows = {
            line: self._prepare_row(line, attention[line], past, seen[line])
            for line in shown
        }
        return {
            "date": fields.Date.to_string(fields.Date.context_today(self)),
            "counts": {
                risk: len(
                    active.filtered(lambda line, risk=risk: line.mto_risk == risk)
                )
                for risk in AT_RISK
            },
            "lines": [rows[line] for line in active[:MOST]],
            "total": len(active),
            "snoozed": [rows[line] for line in snoozed[:MOST]],
            "changes": self._get_changes(past, lines),
            "coming": self._get_coming(),
        }

    @api.model
    def take(self, line_id, is_mine=True):
        """Care for a line, or do so no more.

        :raises ValidationError: the line is none that the user may see.
        """
        line = self._check_line(line_id)
        care = self.env["mto.attention"]._get_of(line)
        care.user_id = self.env.user if is_mine else False
        return True

    @api.model
    def snooze(self, line_id, until, reason=""):
        """Look at a line again on a day; before, if it gets worse.

        :param until: ``YYYY-MM-DD`` after today, at most a year ahead; ``False``: now.
        :param reason: why, for the others.
        :raises ValidationError: no such line, or no such day.
        """
        line = self._check_line(line_id)
        day = self._check_day(until) if until else False
        if not is_text(reason):
            raise ValidationError(
                self.env._("“reason” must be a text, not “%s”.", shown(reason))
            )
        self.env["mto.attention"]._get_of(line).write(
            {
                "snooze_until": day,
                "snooze_reason": reason.strip()[:200] if day else False,
                "snooze_user_id": self.env.uid if day else False,
                "snooze_risk": line.mto_risk,
                "snooze_slack_hours": line.mto_slack_hours,
            }
        )
        return True

    # Who sees what

    @api.model
    def _is(self, group):
        return self.env.su or self.env.user.has_group(group)

    @api.model
    def _may_see(self):
        return any(map(self._is, (PLANNER, SALES, BUYER)))

    @api.model
    def _may_help(self):
        return self._is(PLANNER) or self._is(BUYER)

    @api.model
    def _check_user(self):
        if not self._may_see():
            raise AccessError(
                self.env._(
                    "What is at risk is shown to manufacturing, sales and purchases."
                )
            )

    @api.model
    def _get_risk_domain(self):
        return Domain("mto_risk", "in", AT_RISK) & Domain(
            self.env["mto.progress"]._get_open_domain()
        )

    @api.model
    def _get_lines(self, domain, **options):
        """Lines that the user may see, as superuser: they tell of what makes them."""
        domain = Domain("company_id", "in", self.env.companies.ids) & Domain(domain)
        Line = self.env["sale.order.line"]
        # Superuser: a planner sees all orders of the companies, a buyer what waits for
        # purchases.
        inside = Line.sudo()
        if self._is(PLANNER):
            return inside.search(domain, **options)
        if self._is(SALES):
            inside |= Line.search(domain, **options)
        if self._is(BUYER):
            bought = domain & Domain("mto_cause", "in", BOUGHT)
            inside |= inside.search(bought, **options)
        return inside

    @api.model
    def _check_line(self, line_id):
        self._check_user()
        if not isinstance(line_id, int) or isinstance(line_id, bool) or line_id < 1:
            raise ValidationError(
                self.env._(
                    "“line_id” must be the id of an order line, not “%s”.",
                    shown(line_id),
                )
            )
        line = self._get_lines([("id", "=", line_id)])
        if not line:
            raise MissingError(
                self.env._("“line_id”: there is no order line %s for you.", line_id)
            )
        return line

    @api.model
    def _check_day(self, until):
        today = fields.Date.context_today(self)
        try:
            day = fields.Date.to_date(until)
        except (ValueError, TypeError):
            day = None
        last = today + timedelta(days=LONGEST_SNOOZE_DAYS)
        if not day or not today < day <= last:
            raise ValidationError(
                self.env._(
                    "“until” must be a day after today like 2026-12-24, not “%s”.",
                    shown(until),
                )
            )
        return day

    # The list

    @api.model
    def _get_rank(self, line):
        """Worst first: what is blocked, then by slack, the most valuable first."""
        return (
            line.mto_risk != "blocked",
            -RISK_RANK[line.mto_risk],
            line.mto_slack_hours,
            -line.price_subtotal,
            line.id,
        )

    @api.model
    def _split(self, lines, attention):
        """The lines that are shown, and those that somebody has put off."""
        today = fields.Date.context_today(self)
        snoozed = lines.filtered(
            lambda line: (
                attention[line] and attention[line]._is_snoozed(today, RISK_RANK.get)
            )
        )
        return lines - snoozed, snoozed

    @api.model
    def _prepare_row(self, line, care, past, seen):
        order, was = line.order_id, past["rows"].get(line.id)
        today = fields.Date.context_today(self)
        remedies = self._get_remedies(line, seen)
        return {
            "line_id": line.id,
            "order_id": order.id,
            "order": order.name,
            "customer": order.partner_id.display_name,
            "product": line.product_id.display_name,
            "quantity": line.product_uom_qty,
            "unit": line.product_uom_id.name,
            "value": line.price_subtotal if self._may_see_prices() else False,
            "currency_id": line.currency_id.id,
            "promise_date": _string(line.mto_promise_date),
            "projected_date": _string(line.mto_projected_date),
            "slack_hours": round(line.mto_slack_hours, 2),
            "risk": line.mto_risk,
            "stage": line.mto_stage,
            "cause": line.mto_cause,
            "cause_label": self._get_label(line.mto_cause),
            "trouble": line.mto_trouble or False,
            "since": fields.Date.to_string(was.since if was else today),
            "change": self._get_change(line, was) if past["date"] else False,
            "salesperson": order.user_id.name or False,
            "owner": care.user_id.name or False,
            "owner_id": care.user_id.id,
            "snooze": bool(care.snooze_until)
            and {
                "until": fields.Date.to_string(care.snooze_until),
                "reason": care.snooze_reason or "",
                "user": care.snooze_user_id.name or "",
            },
            "suggestion": remedies[0] if remedies else False,
            "remedies": remedies,
        }

    @api.model
    def _get_label(self, cause):
        labels = self.env["sale.order.line"]._fields["mto_cause"]
        return dict(labels._description_selection(self.env)).get(cause, False)

    @api.model
    def _may_see_prices(self):
        return self._is(SALES) or self._is(PLANNER)

    @api.model
    def _look_at(self, lines):
        """What the user may open of each line, with a fixed number of queries.

        :return: ``{line: Seen}``.
        """
        causes = self._get_causes(lines)
        readable = set()
        by_model = defaultdict(list)
        for cause in causes.values():
            by_model[cause._name].append(cause.id)
        for model, ids in by_model.items():
            records = self.env[model].browse(filter(None, ids))
            if self.env[model].has_access("read"):
                readable |= {(model, one.id) for one in self._get_readable(records)}
        open_lines, open_orders = self.env["sale.order.line"], self.env["sale.order"]
        if open_lines.has_access("read") and open_orders.has_access("read"):
            open_lines = self._get_readable(lines)
            open_orders = self._get_readable(lines.order_id)
        return {
            line: Seen(
                causes[line],
                (causes[line]._name, causes[line].id) in readable,
                line in open_lines and line.order_id in open_orders,
            )
            for line in lines
        }

    @api.model
    def _get_readable(self, records):
        return records.with_user(self.env.user)._filtered_access("read")

    @api.model
    def _get_causes(self, lines):
        """The record that hurts each line, to be opened; empty if there is none."""
        by_model = defaultdict(dict)
        for line in lines:
            if line.mto_cause_model in self.env:
                by_model[line.mto_cause_model][line] = line.mto_cause_id
        causes = dict.fromkeys(lines, lines.env["mto.promise"])
        for model, id_of in by_model.items():
            there = lines.env[model].browse(set(id_of.values())).exists()
            for line, record_id in id_of.items():
                record = there.filtered(lambda one, known=record_id: one.id == known)
                causes[line] = _to_open(record)
        return causes

    # What has changed

    @api.model
    def _get_past(self):
        """How it was when the last working day began.

        :return: ``{"date": day or None, "rows": {line id: snapshot}}``.
        """
        # Superuser: only of lines that the user may see it is told.
        Snapshot = self.env["mto.snapshot"].sudo()
        today = fields.Date.context_today(self)
        groups = Snapshot._read_group(
            [("date", "<", today), ("company_id", "in", self.env.companies.ids)],
            ["date:day"],
            order="date:day desc",
            limit=7,
        )
        days = [fields.Date.to_date(day) for (day,) in groups]
        day = next(filter(self._is_working_day, days), days[0] if days else None)
        rows = Snapshot.search([("date", "=", day)]) if day else Snapshot
        return {"date": day, "rows": {row.line_id.id: row for row in rows}}

    @api.model
    def _is_working_day(self, day):
        """Whether the user's company works on a day, and it is no holiday."""
        calendar = self.env.company.resource_calendar_id
        if not calendar:
            return day.weekday() < 5
        zone = timezone(calendar.tz or "UTC")
        start = zone.localize(datetime.combine(day, time.min))
        end = zone.localize(datetime.combine(day, time.max))
        return bool(calendar._work_intervals_batch(start, end)[False])

    @api.model
    def _get_change(self, line, was):
        """How a line at risk differs from what it was."""
        if not was:
            return "new"
        worse = RISK_RANK[line.mto_risk] - RISK_RANK.get(was.risk, 0)
        slack = line.mto_slack_hours - was.slack_hours
        if worse > 0 or (not worse and slack <= -CHANGE_HOURS):
            return "worse"
        if worse < 0 or (not worse and slack >= CHANGE_HOURS):
            return "better"
        return False

    @api.model
    def _get_changes(self, past, lines):
        """What is new, worse, better, or done since the last working day."""
        if not past["date"]:
            return False
        changes = {"new": [], "worse": [], "better": [], "done": []}
        for line in lines.sorted(self._get_rank):
            change = self._get_change(line, past["rows"].get(line.id))
            if change:
                changes[change].append(self._name_line(line))
        gone = set(past["rows"]) - set(lines.ids)
        for line in self._get_lines([("id", "in", list(gone))]):
            if line.mto_stage == "delivered":
                changes["done"].append(self._name_line(line))
            elif line.mto_risk == "on_track":
                changes["better"].append(self._name_line(line))
        return {"since": fields.Date.to_string(past["date"]), **changes}

    @api.model
    def _name_line(self, line):
        return {
            "line_id": line.id,
            "order": line.order_id.name,
            "product": line.product_id.display_name,
        }

    @api.model
    def _get_coming(self):
        """What is delivered next and on its way, for those who have time."""
        now = fields.Datetime.now()
        lines = self._get_lines(
            Domain(self.env["mto.progress"]._get_open_domain())
            & Domain("mto_risk", "=", "on_track")
            & Domain("mto_projected_date", "<=", now + timedelta(days=COMING_DAYS)),
            order="mto_projected_date, id",
            limit=COMING,
        )
        return [
            {
                **self._name_line(line),
                "customer": line.order_id.partner_id.display_name,
                "promise_date": _string(line.mto_promise_date),
                "projected_date": _string(line.mto_projected_date),
                "progress": line.mto_progress,
                "stage": line.mto_stage,
            }
            for line in lines
        ]


def _to_open(record):
    """What people open of a record that hurts."""
    if record._name == "purchase.order.line":
        return record.order_id
    if record._name == "stock.move":
        return record.raw_material_production_id or record.picking_id
    return record


def _string(moment):
    return fields.Datetime.to_string(moment) if moment else False
