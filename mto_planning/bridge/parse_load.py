"""The door of the load: which quotations, and what is assumed of which work centers."""

from odoo.exceptions import ValidationError

from .access import not_there
from .parse import is_absent, shown
from .shop_load import Assumption

KEYS = {"order_ids", "changes"}
CHANGE_KEYS = {"workcenter_id", "machines", "overtime_hours", "blocked_weeks"}
MAX_ORDERS = 50
MAX_MACHINES = 99
MAX_OVERTIME_HOURS = 12
HOUR = 3600


class LoadParser:
    """Checks what ``load`` is to assume.

    :param env: the environment of the user who asks.
    :param moments: where the weeks begin and end, in seconds.
    """

    def __init__(self, env, moments):
        self.env = env
        self._moments = moments

    def check_keys(self, values, known, name):
        """Refuse what is no dictionary, and names that nobody knows."""
        if not isinstance(values, dict):
            raise ValidationError(self.env._("“%s” must be a dictionary.", name))
        unknown = values.keys() - known
        if unknown:
            raise ValidationError(
                self.env._(
                    "“%(key)s” is not known in “%(name)s”; known are: %(known)s.",
                    key=shown(min(map(str, unknown))),
                    name=name,
                    known=", ".join(sorted(known)),
                )
            )

    def orders(self, ids):
        """The quotations of a list of ids, in its order.

        :raises ValidationError: no list of ids, or one that is no open quotation.
        :raises MissingError: one that is not there, or that the user may not read.
        """
        if is_absent(ids):
            ids = []
        if not isinstance(ids, list) or not all(map(_is_number, ids)):
            raise self._wrong("order_ids", ids, self.env._("a list of ids"))
        if len(ids) > MAX_ORDERS:
            raise self._wrong(
                "order_ids", ids, self.env._("at most %d quotations", MAX_ORDERS)
            )
        orders = self.env["sale.order"].browse(dict.fromkeys(ids))
        orders.browse().check_access("read")
        hidden = orders - orders.exists()._filtered_access("read")
        if hidden:
            raise not_there(hidden[0], "order_ids")
        for order in orders:
            if order.state not in ("draft", "sent"):
                raise ValidationError(
                    self.env._(
                        "“order_ids”: %s is no open quotation; what is confirmed "
                        "counts anyway.",
                        order.name,
                    )
                )
            if order.company_id != self.env.company:
                raise ValidationError(
                    self.env._(
                        "“order_ids”: %(order)s is not of %(company)s.",
                        order=order.name,
                        company=self.env.company.name,
                    )
                )
        return orders

    def assumptions(self, changes, workcenter_ids):
        """``{work center id: Assumption}`` of a list of dictionaries.

        :param workcenter_ids: of the company.
        """
        if is_absent(changes):
            changes = []
        if not isinstance(changes, list):
            raise self._wrong("changes", changes, self.env._("a list"))
        assumptions = {}
        for values in changes:
            self.check_keys(values, CHANGE_KEYS, "changes")
            center_id = values.get("workcenter_id")
            if not _is_number(center_id) or center_id not in workcenter_ids:
                raise self._wrong(
                    "workcenter_id",
                    center_id,
                    self.env._("the id of a work center of your company"),
                )
            if center_id in assumptions:
                raise self._wrong(
                    "workcenter_id", center_id, self.env._("in one entry only")
                )
            assumptions[center_id] = self._assumption(values)
        return assumptions

    def _assumption(self, values):
        weeks = values.get("blocked_weeks") or []
        last = len(self._moments) - 2
        if not isinstance(weeks, list) or not all(
            _is_number(week) and 0 <= week <= last for week in weeks
        ):
            raise self._wrong(
                "blocked_weeks",
                weeks,
                self.env._("a list of numbers from 0 (this week) to %d", last),
            )
        return Assumption(
            machines=self._amount(values, "machines", MAX_MACHINES),
            overtime=round(
                HOUR * self._amount(values, "overtime_hours", MAX_OVERTIME_HOURS)
            ),
            blocked=tuple(
                (self._moments[week], self._moments[week + 1])
                for week in sorted(set(weeks))
            ),
        )

    def _amount(self, values, name, most):
        value = values.get(name) or 0
        whole = name == "machines"
        is_right = _is_number(value) if whole else isinstance(value, int | float)
        if isinstance(value, bool) or not is_right or not 0 <= value <= most:
            raise self._wrong(
                name, value, self.env._("a number from 0 to %(most)d", most=most)
            )
        return value

    def _wrong(self, name, value, expected):
        return ValidationError(
            self.env._(
                "“%(name)s” must be %(expected)s, not “%(value)s”.",
                name=name,
                expected=expected,
                value=shown(value),
            )
        )


def _is_number(value):
    """A whole one that PostgreSQL can be asked for."""
    return isinstance(value, int) and not isinstance(value, bool) and value < 1 << 31
