"""The door of ``sale.order.line.mto_apply_change``: what a change may say."""

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from ..bridge.figures import plain_number
from ..bridge.parse import read_moment, shown
from ..bridge.request import MAX_QUANTITY

CHANGES = (
    "product_uom_qty",
    "requested_date",
    "priority",
    "structure",
    "go_first",
    "cancel",
    "repeg",
    "kept",
    "undo",
)
# What only planners may change.
ONLY_PLANNERS = {"structure", "go_first"}
# Those that come alone, or with these.
ALONE = {"cancel": {"repeg", "kept"}, "undo": set()}
# What is freed by those.
FREEING = {"product_uom_qty", "structure", "cancel"}
# What may become of what nobody needs any more, and who may say so.
CHOICES = {
    "stock": None,
    "repeg": None,
    "scrap": "stock.group_stock_user",
    "cancel": None,
}


class MtoChanger(models.AbstractModel):
    _inherit = "mto.changer"

    @api.model
    def _parse(self, line, values):
        """Check the values of a change.

        :return: those that are given; of ``cancel``, the quantity that is left.
        """
        self._check_names(values)
        parsed = {
            name: getattr(self, f"_parse_{name}")(line, value)
            for name, value in values.items()
        }
        for name, others in ALONE.items():
            if name in parsed and parsed.keys() - others - {name}:
                raise self._wrong(name, values[name], self.env._("given alone"))
        for name in ("repeg", "kept"):
            if parsed.get(name) and not FREEING & parsed.keys():
                raise self._wrong(
                    name,
                    values[name],
                    self.env._("given with one of %s", ", ".join(sorted(FREEING))),
                )
        for name in ("cancel", "undo", "go_first"):
            if parsed.get(name) is False:
                if len(parsed) == 1:
                    raise self._wrong(name, False, self.env._("true if given alone"))
                del parsed[name]
        if parsed.pop("cancel", False):
            # What is delivered stays delivered.
            parsed["product_uom_qty"] = line.qty_delivered
        return parsed

    @api.model
    def _check_names(self, values):
        if not isinstance(values, dict):
            raise ValidationError(self.env._("“values” must be a dictionary."))
        unknown = values.keys() - set(CHANGES)
        if unknown or not values:
            raise ValidationError(
                self.env._(
                    "“%(name)s” cannot be changed; known are: %(known)s.",
                    name=shown(min(map(str, unknown), default="")),
                    known=", ".join(CHANGES),
                )
            )
        for name in sorted(ONLY_PLANNERS & values.keys()):
            if not (self.env.su or self.env.user.has_group("mrp.group_mrp_user")):
                raise AccessError(
                    self.env._(
                        "“%s” of a confirmed order needs manufacturing rights: ask a "
                        "planner.",
                        name,
                    )
                )

    @api.model
    def _wrong(self, name, value, expected):
        return ValidationError(
            self.env._(
                "“%(name)s” must be %(expected)s, not “%(value)s”.",
                name=name,
                expected=expected,
                value=shown(value),
            )
        )

    # Value by value

    @api.model
    def _parse_product_uom_qty(self, line, value):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value < MAX_QUANTITY:
            raise self._wrong(
                "product_uom_qty", value, self.env._("a number, zero or above")
            )
        if line.product_uom_id.compare(value, line.qty_delivered) < 0:
            raise self._wrong(
                "product_uom_qty",
                value,
                self.env._(
                    "at least what is delivered (%s)", plain_number(line.qty_delivered)
                ),
            )
        return float(value)

    @api.model
    def _parse_requested_date(self, line, value):
        if value is False or value is None:
            return False
        moment = read_moment(value)
        if moment is None:
            raise self._wrong(
                "requested_date",
                value,
                self.env._("a UTC date and time like 2026-12-24 15:00:00, or false"),
            )
        self.env["mto.planner"]._check_requested(moment)
        return moment

    @api.model
    def _parse_priority(self, line, value):
        if value not in ("0", "1"):
            raise self._wrong("priority", value, self.env._("“0” or “1”"))
        return value

    @api.model
    def _parse_structure(self, line, value):
        """Checked in full where it is applied: ``mto.bom.editor``."""
        if not isinstance(value, list) or not value:
            raise self._wrong(
                "structure", value, self.env._("a list of changes, as of mto_customise")
            )
        return value

    @api.model
    def _parse_boolean(self, name, value):
        if not isinstance(value, bool):
            raise self._wrong(name, value, self.env._("true or false"))
        return value

    @api.model
    def _parse_go_first(self, line, value):
        return self._parse_boolean("go_first", value)

    @api.model
    def _parse_cancel(self, line, value):
        return self._parse_boolean("cancel", value)

    @api.model
    def _parse_repeg(self, line, value):
        return self._parse_boolean("repeg", value)

    @api.model
    def _parse_undo(self, line, value):
        return self._parse_boolean("undo", value)

    @api.model
    def _parse_kept(self, line, value):
        """``{(model, id): choice}``."""
        if not isinstance(value, list):
            raise self._wrong("kept", value, self.env._("a list"))
        return dict(map(self._parse_kept_row, value))

    @api.model
    def _parse_kept_row(self, row):
        names = {"model", "id", "choice"}
        is_right = (
            isinstance(row, dict)
            and row.keys() == names
            and isinstance(row["id"], int)
            and row["model"] in ("mrp.production", "purchase.order.line")
            and isinstance(row["choice"], str)
            and row["choice"] in CHOICES
        )
        if not is_right:
            raise self._wrong(
                "kept",
                row,
                self.env._(
                    "rows of “model” and “id”, as in the preview, and “choice”: one of "
                    "%s",
                    ", ".join(CHOICES),
                ),
            )
        self._check_may_choose(row["model"], row["choice"])
        return (row["model"], row["id"]), row["choice"]

    @api.model
    def _check_may_choose(self, model, choice):
        group = CHOICES[choice]
        if choice == "cancel":
            is_bought = model == "purchase.order.line"
            group = (
                "purchase.group_purchase_user" if is_bought else "mrp.group_mrp_user"
            )
        if group and not (self.env.su or self.env.user.has_group(group)):
            raise AccessError(
                self.env._(
                    "“kept”: you may not choose “%(choice)s”: that is for %(group)s.",
                    choice=choice,
                    group=self.env.ref(group).display_name,
                )
            )
