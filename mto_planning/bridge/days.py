"""Days in sentences, in the order that the reader's language has."""

from datetime import date

from babel.dates import format_skeleton

from odoo.api import Environment
from odoo.tools import babel_locale_parse, get_lang

DAY = "MMMMd"
SHORT_DAY = "MMMd"
WEEKDAY = "MMMEd"
DAY_OF_YEAR = "yMMMd"


def format_day(env: Environment, day: date, skeleton: str = DAY) -> str:
    """A day of this year or the next: *March 5*, *5 March*, *5. März*.

    Core's ``format_date`` takes patterns, whose order is the same in all languages.

    :param skeleton: which parts, as CLDR names them; one of the constants above.
    """
    locale = babel_locale_parse(get_lang(env).code)
    return format_skeleton(skeleton, day, locale=locale)
