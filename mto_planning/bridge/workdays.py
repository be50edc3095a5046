"""The days on which a company works, as its dates are counted."""

from datetime import datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from pytz import timezone, utc

from odoo.fields import Datetime
from odoo.tools import SQL

from .. import engine
from .clock import HORIZON_DAYS, from_seconds, planning_now, to_seconds
from .memory import Memory, unread
from .shop import read_spans

# What the query reads.
MODELS = (
    "res.company",
    "resource.calendar",
    "resource.calendar.attendance",
    "resource.calendar.leaves",
)
VERSIONS = """
    SELECT concat_ws(' ',
               calendar.ctid, calendar.xmin,
               (SELECT string_agg(ctid::text || xmin::text, ' ' ORDER BY id)
                  FROM resource_calendar_attendance
                 WHERE calendar_id = calendar.id),
               (SELECT string_agg(ctid::text || xmin::text, ' ' ORDER BY id)
                  FROM resource_calendar_leaves
                 WHERE resource_id IS NULL AND time_type = 'leave'
                   AND date_to >= %(start)s AND date_from <= %(end)s)
           )
      FROM res_company company
      JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
     WHERE company.id = %(company)s"""


class Known(NamedTuple):
    """Working days, and what they were made from."""

    made_from: tuple
    workdays: engine.Workdays


class CompanyDays:
    """The working days of a company from today on, read when they are needed.

    :param env: a superuser environment of the company.
    """

    def __init__(self, env, memory: Memory):
        self._env = env
        self._memory = memory
        self.now = planning_now(Datetime.now())

    @cached_property
    def workdays(self) -> engine.Workdays:
        """From memory where nothing has changed."""
        company = self._env.company
        start = from_seconds(self.now).replace(hour=0, minute=0)
        # A date may lie as long behind the last plan as the safety is.
        stop = start + timedelta(days=HORIZON_DAYS + 366)
        for name in MODELS:
            self._env[name].flush_model()
        versions = self._env.execute_query(
            SQL(VERSIONS, company=company.id, start=start, end=stop)
        )
        made_from = (start, versions)
        known = self._memory.workdays.get(company.id)
        if not known or known.made_from != made_from:
            with unread(self._env) as env:
                found = read_workdays(
                    env["res.company"].browse(company.id), start, stop
                )
            known = self._memory.workdays[company.id] = Known(made_from, found)
        return known.workdays

    def lead(self, moment: int) -> int:
        """How far ahead a moment lies, in seconds of working days."""
        return self.workdays.between(self.now, moment)


def read_workdays(company, start, stop) -> engine.Workdays:
    """The working days of a company: those on which its working time has hours.

    :param start: naive UTC, as ``stop``.
    """
    calendar = company.resource_calendar_id
    if not calendar:
        return engine.Workdays((), ())
    # Other companies have holidays of their own.
    domain = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
    zone = timezone(calendar.tz or "UTC")
    spans = read_spans(calendar, start, stop, domain=domain)[False]
    dates = {
        utc.localize(from_seconds(moment)).astimezone(zone).date()
        for opens, closes in spans
        for moment in (opens, closes - 1)
    }
    days = [
        (_midnight(one, zone), _midnight(one + timedelta(days=1), zone))
        for one in sorted(dates)
    ]
    return engine.Workdays(spans, days)


def _midnight(day, zone) -> int:
    local = zone.localize(datetime.combine(day, time.min))
    return to_seconds(local.astimezone(utc))
