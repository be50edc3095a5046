"""Days in sentences, in the order that the reader's language has."""

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import format_skeleton, format_time, get_datetime_format
from pytz import timezone, utc

from odoo.api import Environment
from odoo.fields import Datetime
from odoo.tools import babel_locale_parse, get_lang

DAY = "MMMMd"
SHORT_DAY = "MMMd"
WEEKDAY = "MMMEd"
DAY_OF_YEAR = "yMMMd"
LONG_DAY = "yMMMMd"


def format_day(env: Environment, day: date, skeleton: str = DAY) -> str:
    """A day of this year or the next: *March 5*, *5 March*, *5. März*.

    Core's ``format_date`` takes patterns, whose order is the same in all languages.

    :param skeleton: which parts, as CLDR names them; one of the constants above.
    """
    locale = babel_locale_parse(get_lang(env).code)
    return format_skeleton(skeleton, day, locale=locale)


def format_moment(env: Environment, moment: datetime, zone: str) -> str:
    """A moment as the web client shows it: *Dec 1, 10:00 AM*, *1. Dez., 10:00*.

    With its year if that is not the current one.

    :param moment: naive UTC.
    :param zone: name of the time zone of whoever reads it.
    """
    locale = babel_locale_parse(get_lang(env).code)
    local, now = (
        utc.localize(one).astimezone(timezone(zone)) for one in (moment, Datetime.now())
    )
    skeleton = SHORT_DAY if local.year == now.year else DAY_OF_YEAR
    day = format_skeleton(skeleton, local.date(), locale=locale)
    time = format_time(local.time(), "short", locale=locale)
    pattern = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    return pattern.format(time, day)


def format_apart(env: Environment, moments: Sequence[datetime], zone: str) -> list[str]:
    """Moments of one sentence: the days are enough where they tell them apart.

    :param moments: naive, UTC; of this year they are told without it.
    :param zone: name of the time zone whose days they are.
    """
    local = [utc.localize(moment).astimezone(timezone(zone)) for moment in moments]
    days = [moment.date() for moment in local]
    if len(set(days)) < len(days):
        return [format_moment(env, moment, zone) for moment in moments]
    year = datetime.now(timezone(zone)).year
    return [format_day(env, day, DAY if day.year == year else LONG_DAY) for day in days]
