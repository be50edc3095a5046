"""Days in sentences, in the order that the reader's language has."""

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import format_skeleton
from pytz import timezone, utc

from odoo.api import Environment
from odoo.tools import babel_locale_parse, format_datetime, get_lang

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


def format_apart(env: Environment, moments: Sequence[datetime], zone: str) -> list[str]:
    """Moments of one sentence: the days are enough where they tell them apart.

    :param moments: naive, UTC; of this year they are told without it.
    :param zone: name of the time zone whose days they are.
    """
    local = [utc.localize(moment).astimezone(timezone(zone)) for moment in moments]
    days = [moment.date() for moment in local]
    if len(set(days)) < len(days):
        return [
            format_datetime(env, moment, tz=zone, dt_format="short")
            for moment in moments
        ]
    year = datetime.now(timezone(zone)).year
    return [format_day(env, day, DAY if day.year == year else LONG_DAY) for day in days]
