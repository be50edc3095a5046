"""Numbers as people write them: no zeros that say nothing, no powers of ten."""

from odoo.tools import formatLang

# More digits than any unit of measure is counted with are noise of the arithmetic.
MOST_DIGITS = 4


def plain_number(number):
    """A number as text for programs and for what is stored: ``1234567``, ``0.5``.

    :param number: finite.
    """
    text = f"{number:.{MOST_DIGITS}f}"
    text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def format_number(env, number):
    """A number in the language of the reader: “1,234,567” or “0,5”.

    :param number: finite.
    """
    _whole, _point, decimals = plain_number(number).partition(".")
    return formatLang(env, number, digits=len(decimals))
