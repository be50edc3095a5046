"""Odoo's naive UTC datetimes and the engine's whole seconds."""

from calendar import timegm
from datetime import datetime, time, timedelta, timezone

from pytz import timezone as zone
from pytz import utc

GRANULARITY = 15 * 60
HORIZON_DAYS = 730


def to_seconds(moment: datetime) -> int:
    """Seconds since the epoch of a UTC datetime (naive, as Odoo's, or aware)."""
    return timegm(moment.timetuple())


def from_seconds(seconds: int) -> datetime:
    """Naive UTC datetime of seconds since the epoch."""
    return datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)


def planning_now(moment: datetime) -> int:
    """The next full quarter of an hour: work does not start this very second.

    It also lets a promise that is confirmed within minutes keep its times.
    """
    return -(-to_seconds(moment) // GRANULARITY) * GRANULARITY


def days_to_seconds(days: float) -> int:
    """Whole seconds of a number of (calendar) days."""
    return round(timedelta(days=days).total_seconds())


def back_on(expected: datetime | None, now: datetime, tz: str) -> int:
    """When a work center that is blocked now is taken to be back.

    As expected; without a date, or when that has passed, with the next day.

    :param tz: of its working time: where a day begins.
    """
    if expected and expected > now:
        return to_seconds(expected)
    today = utc.localize(now).astimezone(zone(tz)).date()
    tomorrow = datetime.combine(today + timedelta(days=1), time.min)
    return to_seconds(zone(tz).localize(tomorrow).astimezone(utc))
