"""The timeline of an order as a picture on paper: A4, landscape, page by page."""

from datetime import timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..bridge.days import DAY_OF_YEAR, SHORT_DAY, format_day, format_moment
from ..bridge.figures import format_number

# Pixels of the picture of one page.
WIDTH, LABEL, AXIS, ROW, BAR = 1030, 290, 26, 17, 11
ROWS_OF_PAGE = 34
# Purchases first, then what is made, then what is carried.
KINDS = ("purchase", "receipt", "stock", "production", "operation", "lead_time")
# While so many days or less are drawn: from one line of the calendar to the next.
TICKS = (
    (2, timedelta(hours=6)),
    (21, timedelta(days=1)),
    (150, timedelta(days=7)),
    (700, timedelta(days=30)),
)
SLOWEST_TICK = timedelta(days=91)


class MtoTimelinePrint(models.AbstractModel):
    """Places on paper of what ``sale.order.mto_progress_data`` tells."""

    _name = "mto.timeline.print"
    _description = "Timeline on Paper"

    @api.model
    def _prepare(self, data):
        """Pages of rows with their bars.

        :param data: of ``mto_progress_data``: checked for who may see it.
        :return: a dictionary for the template.
        :raises UserError: nothing of it is planned.
        """
        groups = [group for group in data if any(map(_start, group["timeline"]))]
        if not groups:
            raise UserError(self.env._("Nothing of it is planned yet."))
        scale = Scale(groups, self._get_zone())
        return {
            "pages": [
                self._prepare_page(rows, scale)
                for rows in self._paginate(groups, scale)
            ],
            "sizes": {"width": WIDTH, "label": LABEL, "axis": AXIS, "row": ROW},
            "now": scale.place(fields.Datetime.now()),
            "printed": self._format(fields.Datetime.now()),
            "groups": groups,
        }

    @api.model
    def _paginate(self, groups, scale):
        """Rows page by page; a group that goes on says its name again."""
        page = []
        for group in groups:
            name, detail, *rows = self._prepare_group(group, scale)
            for row in rows:
                # A heading is not left alone at the end of a page.
                if len(page) + (2 if row is rows[0] else 0) >= ROWS_OF_PAGE:
                    yield page
                    page = []
                if row is rows[0] or not page:
                    page += [name, detail]
                page.append(row)
        yield page

    @api.model
    def _get_zone(self):
        return timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")

    @api.model
    def _format(self, moment):
        return format_moment(self.env, moment, self._get_zone().zone)

    @api.model
    def _prepare_page(self, rows, scale):
        return {
            "rows": rows,
            "height": AXIS + ROW * len(rows),
            "ticks": [
                {"x": scale.place(moment), "label": self._name_tick(moment, scale)}
                for moment in scale.ticks()
            ],
        }

    @api.model
    def _name_tick(self, moment, scale):
        if scale.step < timedelta(days=1):
            day = format_day(self.env, scale.local(moment).date(), SHORT_DAY)
            hour = format_datetime(
                self.env, moment, tz=scale.zone.zone, dt_format="HH:mm"
            )
            return f"{day} {hour}"
        return format_day(self.env, scale.local(moment).date(), DAY_OF_YEAR)

    @api.model
    def _prepare_group(self, group, scale):
        """A heading, what was promised, then a row for each thing to do."""
        markers = [
            {"kind": kind, "x": scale.place(moment)}
            for kind, moment in (
                ("requested", _moment(group["requested_date"])),
                ("promise", _moment(group["promise_date"])),
            )
            if moment
        ]
        # Without the markers: lines would cross the words.
        heading = {"is_head": True, "bars": [], "markers": []}
        yield {**heading, "label": self._name_group(group), "detail": ""}
        yield {**heading, "label": "", "detail": self._describe_group(group)}
        for step in self._sort(group["timeline"]):
            yield self._prepare_row(step, scale, markers, group["trouble"])

    @api.model
    def _sort(self, timeline):
        """As on the screen; the work of a manufacturing order below it."""
        shown = [step for step in timeline if _start(step)]
        tops = sorted((one for one in shown if not one.get("parent")), key=_rank)
        for top in tops:
            yield top
            yield from sorted(
                (one for one in shown if one.get("parent") == top["id"]), key=_rank
            )

    @api.model
    def _name_group(self, group):
        quantity = format_number(self.env, group["quantity"])
        return f"{group['order']}: {quantity} × {group['product']}"

    @api.model
    def _describe_group(self, group):
        dates = [
            (self.env._("Promised"), group["promise_date"]),
            (self.env._("Requested"), group["requested_date"]),
            (self.env._("Expected"), group["projected_date"]),
        ]
        texts = [
            f"{label} {self._format(_moment(date))}" for label, date in dates if date
        ]
        return ", ".join(filter(None, [*texts, group["trouble"]]))

    @api.model
    def _prepare_row(self, step, scale, markers, trouble):
        start, finish = _start(step), _moment(step["finish"]) or _start(step)
        expected = _moment(step.get("expected"))
        bars = [self._prepare_bar(step, scale.place(start), scale.place(finish))]
        if expected and expected > finish:
            slip = self._prepare_bar(step, scale.place(finish), scale.place(expected))
            bars.append({**slip, "state": "slip"})
        name = step["name"]
        if step["kind"] == "operation":
            name = " · ".join(filter(None, [name, step.get("workcenter")]))
        elif step["product"] and step["product"] != name:
            name = f"{step['product']} · {name}"
        return {
            "is_head": False,
            "label": name,
            "indent": 12 if step.get("parent") else 0,
            "is_bold": bool(step.get("critical")),
            # What is in the heading is not said again.
            "reason": self._place_reason(step, bars)
            if step.get("reason") and step["reason"] != trouble
            else None,
            "bars": bars,
            "markers": markers,
        }

    @api.model
    def _place_reason(self, step, bars):
        """Why it is late: before its bars, or behind them where there is no room."""
        left, right = bars[0]["x"], bars[-1]["x"] + bars[-1]["width"]
        is_before = left - LABEL > WIDTH - right
        return {
            "text": step["reason"],
            "x": left - 4 if is_before else right + 4,
            "anchor": "end" if is_before else "start",
        }

    @api.model
    def _prepare_bar(self, step, left, right):
        return {
            "x": left,
            "width": max(right - left, 2),
            "height": BAR,
            "state": "late" if step["late"] else step["state"],
            "is_critical": bool(step.get("critical")),
        }


class Scale:
    """Places of moments on paper.

    :param groups: of ``mto_progress_data``.
    :param zone: of the reader: his days are drawn.
    """

    def __init__(self, groups, zone):
        self.zone = zone
        moments = [fields.Datetime.now()]
        for group in groups:
            moments += map(_moment, (group["promise_date"], group["requested_date"]))
            for step in group["timeline"]:
                moments += map(
                    _moment, (step["start"], step["finish"], step.get("expected"))
                )
        moments = list(filter(None, moments))
        self.first, self.last = min(moments), max(moments)
        margin = max((self.last - self.first) / 50, timedelta(hours=1))
        self.first, self.last = self.first - margin, self.last + margin
        days = (self.last - self.first).days
        self.step = next((step for most, step in TICKS if days <= most), SLOWEST_TICK)

    def place(self, moment):
        share = (moment - self.first) / (self.last - self.first)
        return round(LABEL + share * (WIDTH - LABEL), 1)

    def local(self, moment):
        return utc.localize(moment).astimezone(self.zone)

    def ticks(self):
        """Round moments for the reader, as naive UTC."""
        start = self.local(self.first).replace(
            hour=0, minute=0, second=0, microsecond=0, tzinfo=None
        )
        if self.step == timedelta(days=7):
            start -= timedelta(days=start.weekday())
        while True:
            moment = self.zone.localize(start).astimezone(utc).replace(tzinfo=None)
            if moment > self.last:
                return
            if moment >= self.first:
                yield moment
            start += self.step


class MtoTimelineReport(models.AbstractModel):
    """The timeline of whole orders."""

    _name = "report.mto_planning.report_mto_timeline"
    _description = "Timeline of an Order on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        orders = self.env["sale.order"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "sale.order",
            "docs": orders,
            "title": ", ".join(orders.mapped("name")),
            **self.env["mto.timeline.print"]._prepare(orders.mto_progress_data()),
        }


class MtoTimelineLineReport(models.AbstractModel):
    """The timeline of single lines."""

    _name = "report.mto_planning.report_mto_timeline_line"
    _description = "Timeline of an Order Line on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        lines = self.env["sale.order.line"].browse(docids)
        lines.check_access("read")
        groups = [
            group
            for group in lines.order_id.mto_progress_data()
            if group["line_id"] in lines.ids
        ]
        return {
            "doc_ids": docids,
            "doc_model": "sale.order.line",
            "docs": lines,
            "title": ", ".join(lines.order_id.mapped("name")),
            **self.env["mto.timeline.print"]._prepare(groups),
        }


class MtoTimelineProjectReport(models.AbstractModel):
    """The timeline of installations."""

    _name = "report.mto_planning.report_mto_timeline_project"
    _description = "Timeline of an Installation on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        projects = self.env["mto.project"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "mto.project",
            "docs": projects,
            "title": ", ".join(projects.mapped("name")),
            **self.env["mto.timeline.print"]._prepare(projects.mto_progress_data()),
        }


def _moment(text):
    return fields.Datetime.to_datetime(text) if text else None


def _start(step):
    return _moment(step["start"]) or _moment(step["finish"])


def _rank(step):
    kind = step["kind"]
    rank = KINDS.index(kind) if kind in KINDS else len(KINDS)
    return rank, _start(step)
