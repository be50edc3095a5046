from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Datetime, Domain

from ..bridge.access import check_access
from ..bridge.parse import is_absent, is_text, read_moment, shown
from .mrp_bom import OF_ITS_LINE

# What one look at earlier orders costs is bounded: each is computed with its costs.
MAX_EARLIER = 20
USUAL_EARLIER = 8
TEXTS = ("text", "customer", "order")
DATES = ("date_from", "date_to")
NUMBERS = ("offset", "limit")
FILTERS = {*TEXTS, *DATES, *NUMBERS, "only_customised"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.readonly
    def mto_find_earlier(self, filters=None):
        """Other order lines of the same product that this one could be made like.

        The latest first, of those that the user may read; nothing is written.

        :param dict filters: any of ``text``, ``customer``, ``order``, ``date_from``,
            ``date_to``, ``only_customised``, ``offset``, ``limit``; see
            ``docs/api.md``.
        :return: ``{"lines": […], "has_more": …}``: each with its price, its cost today
            and what differs from the masters.
        :raises ValidationError: a filter that makes no sense; it names it.
        """
        self.ensure_one()
        check_access(self, "read")
        self._mto_check_employee()
        self._mto_check_made()
        filters = self._mto_read_filters(filters or {})
        limit, offset = filters["limit"], filters["offset"]
        domain = self._mto_get_earlier_domain(filters)
        found = self.search(domain, limit=limit + 1, offset=offset, order="id desc")
        return {
            "lines": [line._mto_describe_earlier() for line in found[:limit]],
            "has_more": len(found) > limit,
        }

    @api.onchange("product_id")
    def _onchange_product_id_mto_customised(self):
        """Say, before it is saved, what another product does to what was customised."""
        line = self._origin
        if line and self.product_id != line.product_id and line._mto_describe_build():
            return {
                "warning": {
                    "title": self.env._("What was customised is dropped"),
                    "message": self.env._(
                        "%(product)s has been customised for this line. With another "
                        "product, or another variant of it, the line is made as that "
                        "one's master says. Discard to keep it, or put the other one "
                        "on a line of its own.",
                        product=line.product_id.display_name,
                    ),
                }
            }
        return None

    def _mto_describe_build(self):
        """What of the line is not as the masters say, in words: a list of texts."""
        self.ensure_one()
        # Superuser: whoever may read the line sees what differs.
        return [
            f"{bom.product_id.display_name}: {text}"
            for bom in self.sudo().mto_bom_ids
            for text in bom._mto_describe_own().splitlines()
        ]

    def _mto_tell_dropped(self):
        """Note on quotations what lines that become something else were made of."""
        for line in self:
            texts = line._mto_describe_build()
            if texts:
                items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
                said = self.env._(
                    "%(product)s is another product now: what was customised is "
                    "dropped.",
                    product=line.product_id.display_name,
                )
                line.order_id.message_post(
                    body=Markup("<p>%s</p><ul>%s</ul>") % (said, items)
                )

    def _mto_get_earlier_domain(self, filters):
        domain = Domain(
            [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.id),
            ]
        )
        if filters["date_from"]:
            domain &= Domain("order_id.date_order", ">=", filters["date_from"])
        if filters["date_to"]:
            domain &= Domain("order_id.date_order", "<", filters["date_to"])
        for word in filters["customer"].split():
            domain &= Domain("order_id.partner_id", "ilike", word)
        for word in filters["order"].split():
            domain &= self._mto_domain_of_order(word)
        # Superuser: which lines have bills of materials of their own, and with what;
        # only those that the user may read are found by them.
        boms = self.env["mrp.bom"].sudo()
        own = Domain(OF_ITS_LINE) & Domain(
            "mto_line_id.product_id", "=", self.product_id.id
        )
        domain &= Domain("id", "in", boms._search(own).subselect("mto_line_id"))
        for word in filters["text"].split():
            made_of = boms._search(own & self._mto_domain_of_structure(word))
            domain &= (
                self._mto_domain_of_order(word)
                | Domain("order_id.partner_id", "ilike", word)
                | Domain("name", "ilike", word)
                | Domain("id", "in", made_of.subselect("mto_line_id"))
            )
        if filters["only_customised"]:
            shown_only = Domain("mto_note", "!=", False) | Domain(
                "mto_document_ids.is_from_master", "=", False
            )
            special = boms._search(own & shown_only).subselect("mto_line_id")
            domain &= Domain("mto_build", "!=", False) | Domain("id", "in", special)
        return domain

    @api.model
    def _mto_domain_of_order(self, word):
        return Domain("order_id.name", "ilike", word) | Domain(
            "order_id.client_order_ref", "ilike", word
        )

    @api.model
    def _mto_domain_of_structure(self, word):
        """Of bills of materials that name a component, an operation or a note so."""
        return Domain.OR(
            Domain(name, "ilike", word)
            for name in (
                "mto_note",
                "bom_line_ids.product_id",
                "operation_ids.name",
                "operation_ids.mto_note",
                "mto_document_ids.name",
            )
        )

    def _mto_describe_earlier(self):
        """The line for whoever looks for one to make another like."""
        structure = self.mto_get_structure()
        order = self.order_id
        quantity = self.product_uom_qty or 1.0
        states = dict(order._fields["state"]._description_selection(self.env))
        return {
            "line_id": self.id,
            "order_id": order.id,
            "order": order.name,
            "reference": order.client_order_ref or "",
            "customer_id": order.partner_id.id,
            "customer": order.partner_id.display_name,
            "date": Datetime.to_string(order.date_order),
            "state": order.state,
            "state_label": states[order.state],
            "description": self.name,
            "quantity": self.product_uom_qty,
            "unit": self.product_uom_id.name,
            "unit_price": self.price_unit,
            "discount": self.discount,
            "price_currency_id": self.currency_id.id,
            "unit_cost": structure["cost"] / quantity,
            "currency_id": structure["currency_id"],
            "margin_percent": structure["margin_percent"],
            "differences": [
                {
                    name: row[name]
                    for name in (
                        "kind",
                        "name",
                        "change",
                        "was",
                        "quantity",
                        "unit",
                        "minutes",
                        "workcenter",
                        "note",
                        "documents",
                    )
                    if name in row
                }
                for row in structure["rows"]
                if row["change"] or row["note"]
            ],
        }

    @api.model
    def _mto_read_filters(self, filters):
        """Filters, all of them, checked."""
        if not isinstance(filters, dict):
            raise ValidationError(
                self.env._("“filters” must be a dictionary, not “%s”.", shown(filters))
            )
        for name in filters.keys() - FILTERS:
            raise ValidationError(
                self.env._("“filters” has no field “%s”.", shown(name))
            )
        given = {name: value for name, value in filters.items() if not is_absent(value)}
        read = {
            **{name: given.get(name, "") for name in TEXTS},
            **{name: self._mto_read_day(given, name) for name in DATES},
            "limit": given.get("limit", USUAL_EARLIER),
            "offset": given.get("offset", 0),
            "only_customised": given.get("only_customised", False),
        }
        bounds = {"limit": (1, MAX_EARLIER), "offset": (0, 10**6)}
        is_right = {
            **{name: is_text(read[name]) for name in TEXTS},
            **{
                name: isinstance(read[name], int)
                and not isinstance(read[name], bool)
                and low <= read[name] <= high
                for name, (low, high) in bounds.items()
            },
            "only_customised": isinstance(read["only_customised"], bool),
        }
        for name, right in is_right.items():
            if not right:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot be “%(value)s”.",
                        name=name,
                        value=shown(read[name]),
                    )
                )
        return read

    @api.model
    def _mto_read_day(self, given, name):
        value = given.get(name)
        if not value:
            return None
        moment = read_moment(value)
        if not moment:
            raise ValidationError(
                self.env._(
                    "“%(name)s” must be a date like “2026-12-24”, not “%(value)s”.",
                    name=name,
                    value=shown(value),
                )
            )
        return moment
