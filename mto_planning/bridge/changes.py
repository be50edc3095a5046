"""The door of ``sale.order.line.mto_customise``: changes, checked and complete."""

import base64
import binascii
from functools import cached_property

from odoo.exceptions import ValidationError
from odoo.http import DEFAULT_MAX_CONTENT_LENGTH
from odoo.tools import human_size

from .parse import RecordParser, is_absent, is_text, shown
from .request import MAX_QUANTITY

# Longer than any operation, in minutes.
MAX_MINUTES = 1e6
# Fields of each kind of change: those that it needs, those that it may have.
KINDS = {
    "set_quantity": (("key", "quantity"), ()),
    "replace": (("key", "product_id"), ("quantity",)),
    "add_component": (("key", "product_id"), ("quantity",)),
    "remove": (("key",), ()),
    "restore": (("key",), ()),
    "make": (("key",), ("bom_id", "empty")),
    "buy": (("key",), ()),
    "add_operation": (("key", "name", "workcenter_id", "minutes"), ()),
    "set_operation": (("key",), ("name", "workcenter_id", "minutes")),
    "note": (("key", "text"), ()),
    "attach": (("key",), ("name", "data", "attachment_id")),
    "detach": (("key", "document_id"), ()),
}
# What changes the work, not only what goes into it.
OPERATION_KINDS = ("add_operation", "set_operation")
# What changes neither.
DOCUMENT_KINDS = ("attach", "detach")
# What tells how something is made; what is made and bought stays the same.
SPOKEN_KINDS = ("note", *DOCUMENT_KINDS)


class ChangeParser(RecordParser):
    """Reads the dictionaries of ``mto_customise``; see ``RecordParser``."""

    def parse(self, values) -> dict:
        """A change with its records, every field of its kind present.

        :raises UserError: or one of its kinds; names the field and the value.
        """
        self._check_names(values)
        needed, optional = KINDS[values["type"]]
        readers = {
            "key": self._text,
            "name": self._text,
            "text": self._text,
            "quantity": self._quantity,
            "minutes": self._minutes,
            "empty": self._boolean,
            "product_id": self._product,
            "workcenter_id": self._workcenter,
            "bom_id": self._bom,
            "data": self._data,
            "attachment_id": self._attachment,
            "document_id": self._document,
        }
        change = {"type": values["type"]}
        for name in needed + optional:
            is_given = not is_absent(values.get(name))
            if name in needed and not is_given:
                raise ValidationError(
                    self.env._(
                        "“%(type)s” needs “%(name)s”.", type=values["type"], name=name
                    )
                )
            change[name] = readers[name](values, name) if is_given else None
        if values["type"] == "attach":
            self._check_file(change)
        return change

    def _check_names(self, values):
        if not isinstance(values, dict):
            raise ValidationError(
                self.env._("it must be a dictionary, not “%s”.", shown(values))
            )
        kind = values.get("type")
        if not isinstance(kind, str) or kind not in KINDS:
            raise ValidationError(
                self.env._(
                    "“type” must be one of %(kinds)s, not “%(value)s”.",
                    kinds=", ".join(KINDS),
                    value=shown(kind),
                )
            )
        needed, optional = KINDS[kind]
        for name in values.keys() - {"type", *needed, *optional}:
            raise ValidationError(
                self.env._(
                    "“%(type)s” has no field “%(name)s”.", type=kind, name=shown(name)
                )
            )

    def _check_file(self, change):
        is_new = change["name"] is not None and change["data"] is not None
        is_any = change["name"] is not None or change["data"] is not None
        if is_any != is_new or is_new == bool(change["attachment_id"]):
            raise ValidationError(
                self.env._(
                    "“attach” needs “name” and “data”, or an “attachment_id” instead."
                )
            )

    # Values

    def _data(self, values, name) -> bytes:
        """The content of a file, which comes in base64."""
        value = values[name]
        try:
            data = base64.b64decode(value, validate=True)
        except (TypeError, ValueError, binascii.Error):
            data = b""
        if not data:
            raise ValidationError(
                self.env._(
                    "“%(name)s” must be the content of a file in base64, not "
                    "“%(value)s”.",
                    name=name,
                    value=shown(value),
                )
            )
        if len(data) > self._max_file_size:
            raise ValidationError(
                self.env._(
                    "“%(name)s”: the file has %(size)s; %(most)s is the most.",
                    name=name,
                    size=human_size(len(data)),
                    most=human_size(self._max_file_size),
                )
            )
        return data

    @cached_property
    def _max_file_size(self) -> int:
        """As for every upload of Odoo."""
        # Superuser: a limit is no secret.
        parameters = self.env["ir.config_parameter"].sudo()
        size = parameters.get_param("web.max_file_upload_size")
        return int(size or DEFAULT_MAX_CONTENT_LENGTH)

    def _text(self, values, name) -> str:
        value = values[name]
        if not is_text(value):
            raise ValidationError(
                self.env._(
                    "“%(name)s” must be a text, not “%(value)s”.",
                    name=name,
                    value=shown(value),
                )
            )
        if name != "text" and not value.strip():
            raise ValidationError(self.env._("“%s” is empty.", name))
        return value.strip()

    def _boolean(self, values, name) -> bool:
        if not isinstance(values[name], bool):
            raise ValidationError(
                self.env._(
                    "“%(name)s” must be true or false, not “%(value)s”.",
                    name=name,
                    value=shown(values[name]),
                )
            )
        return values[name]

    def _quantity(self, values, name) -> float:
        value = values[name]
        if not (_is_number(value) and 0 < value < MAX_QUANTITY):
            raise ValidationError(
                self.env._(
                    "“%(name)s” must be a number above zero, not “%(value)s”.",
                    name=name,
                    value=shown(value),
                )
            )
        return float(value)

    def _minutes(self, values, name) -> float:
        value = values[name]
        if not (_is_number(value) and 0 <= value < MAX_MINUTES):
            raise ValidationError(
                self.env._(
                    "“%(name)s” must be a number of minutes, zero or more, not "
                    "“%(value)s”.",
                    name=name,
                    value=shown(value),
                )
            )
        return float(value)

    # Records

    def _product(self, values, name):
        product = self._record("product.product", values, name)
        if product.type != "consu":
            raise ValidationError(
                self.env._(
                    "“%(name)s”: %(product)s is not goods: it cannot be a component.",
                    name=name,
                    product=product.display_name,
                )
            )
        return product

    def _workcenter(self, values, name):
        return self._record("mrp.workcenter", values, name)

    def _bom(self, values, name):
        return self._record("mrp.bom", values, name)

    def _document(self, values, name):
        return self._record("mto.document", values, name)

    def _attachment(self, values, name):
        """A file that the user has uploaded and that belongs to nothing yet."""
        attachment = self._record("ir.attachment", values, name)
        is_free = not (attachment.res_id or attachment.res_field)
        is_own = attachment.create_uid == self.env.user
        if not (is_free and is_own and attachment.type == "binary"):
            raise ValidationError(
                self.env._(
                    "“%(name)s”: “%(file)s” is not a file that you have uploaded and "
                    "that belongs to nothing else.",
                    name=name,
                    file=attachment.name,
                )
            )
        return attachment


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
