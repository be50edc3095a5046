"""The door of the public interface: what programs send becomes requests, or errors."""

from datetime import datetime
from functools import cached_property

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Datetime, Domain

from .access import not_there
from .request import MAX_QUANTITY

# What is answered besides the date, if it is asked for.
OPTIONS = ("levers", "ladder")
REQUEST_KEYS = {
    "product_id",
    "default_code",
    "quantity",
    "uom_id",
    "requested_date",
    "warehouse_id",
    "bom_id",
    *OPTIONS,
}
# The longest text that is taken.
MAX_TEXT = 10000
# A longer value is cut in a message.
MAX_SHOWN = 60
# “2026-12-24”, and with minutes or seconds; Odoo itself also reads “2026”.
DATE_LENGTHS = (10, 16, 19)


class RecordParser:
    """Looks up the records that dictionaries name, those of all at once.

    :param env: the environment of the user who asks: he must be allowed to read every
        record that he names.
    :param requests: all that will be parsed.
    """

    def __init__(self, env, requests):
        self.env = env
        self._requests = [values for values in requests if isinstance(values, dict)]
        self._known = {}

    def _record(self, model, values, name):
        """The record that an id names; empty when none is given."""
        value = values.get(name)
        if is_absent(value):
            return self.env[model]
        if not _is_id(value):
            raise ValidationError(
                self.env._(
                    "“%(name)s” must be the id of a record, not “%(value)s”.",
                    name=name,
                    value=shown(value),
                )
            )
        record = self.env[model].browse(value)
        readable = self._look_up(model, name)
        if record not in readable:
            # Of a model that is not the user's at all.
            record.browse().check_access("read")
            raise not_there(record, name)
        return record.with_prefetch(readable.ids)

    def _look_up(self, model, name):
        """Those of the records that all requests name that the user may read."""
        if name not in self._known:
            named = {
                values[name] for values in self._requests if _is_id(values.get(name))
            }
            existing = self.env[model].browse(named).exists()
            self._known[name] = existing._filtered_access("read")
        return self._known[name]


class RequestParser(RecordParser):
    """Reads the dictionaries of ``mto.planner.quote``; see ``RecordParser``."""

    def __init__(self, env, requests):
        super().__init__(env, requests)
        self._company_domains = {}

    def parse(self, values) -> dict:
        """What a dictionary asks for, as values of a ``Request``.

        :raises UserError: or one of its kinds; names the field and the value.
        """
        self._check_names(values)
        warehouse = self._warehouse(values)
        product = self._product(values, warehouse)
        return {
            "product": product,
            "quantity": self._quantity(values.get("quantity")),
            "uom": self._uom(values, product),
            "warehouse": warehouse,
            "requested": self._requested(values.get("requested_date")),
            "bom": self._bom(values, product, warehouse),
            "customer_location": self._customer_location,
        }

    def _check_names(self, values):
        if not isinstance(values, dict):
            raise ValidationError(
                self.env._("it must be a dictionary, not “%s”.", shown(values))
            )
        for name in values:
            if name not in REQUEST_KEYS:
                raise ValidationError(self.env._("unknown field “%s”.", shown(name)))

    # Records

    @cached_property
    def _customer_location(self):
        location_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "stock.stock_location_customers", raise_if_not_found=True
        )
        return self.env["stock.location"].browse(location_id)

    @cached_property
    def _default_warehouse(self):
        return self.env.user._get_default_warehouse_id()

    def _warehouse(self, values):
        warehouse = self._record("stock.warehouse", values, "warehouse_id")
        warehouse = warehouse or self._default_warehouse
        if not warehouse:
            raise UserError(
                self.env._("there is no warehouse in %s.", self.env.company.name)
            )
        return warehouse

    def _product(self, values, warehouse):
        code = values.get("default_code")
        product = self._record("product.product", values, "product_id")
        if product and not is_absent(code):
            raise ValidationError(
                self.env._("give “product_id” or “default_code”, not both.")
            )
        if not product:
            product = self._product_of_code(code, warehouse)
        if product.type != "consu":
            raise ValidationError(
                self.env._(
                    "“product_id”: %s is not a product that is delivered.",
                    product.display_name,
                )
            )
        self._check_company("product_id", product, warehouse)
        return product

    def _product_of_code(self, code, warehouse):
        if is_absent(code):
            raise ValidationError(
                self.env._("name a product by “product_id” or “default_code”.")
            )
        products = self.env["product.product"]
        if isinstance(code, str):
            products = self._products_by_code.get(code, products)
            domain = self._company_domain(products, warehouse.company_id)
            products = products.filtered_domain(domain)
        if len(products) != 1:
            raise ValidationError(
                self.env._(
                    "“default_code”: “%(code)s” must name one product, it names "
                    "%(count)s.",
                    code=shown(code),
                    count=self.env._("several") if products else self.env._("none"),
                )
            )
        return products

    @cached_property
    def _products_by_code(self):
        # Odoo's search takes an empty text for "has none".
        codes = {
            code
            for code in (values.get("default_code") for values in self._requests)
            if isinstance(code, str) and code and code.isprintable()
        }
        Product = self.env["product.product"]
        return Product.search([("default_code", "in", codes)]).grouped("default_code")

    def _bom(self, values, product, warehouse):
        bom = self._record("mrp.bom", values, "bom_id")
        fits = bom.product_id == product or (
            not bom.product_id and bom.product_tmpl_id == product.product_tmpl_id
        )
        if bom and not fits:
            raise ValidationError(
                self.env._(
                    "“bom_id”: %(bom)s does not make %(product)s.",
                    bom=bom.display_name,
                    product=product.display_name,
                )
            )
        self._check_company("bom_id", bom, warehouse)
        return bom

    def _uom(self, values, product):
        uom = self._record("uom.uom", values, "uom_id")
        if not uom:
            return product.uom_id
        if not uom._has_common_reference(product.uom_id):
            raise ValidationError(
                self.env._(
                    "“uom_id”: %(product)s is counted in %(unit)s: %(uom)s cannot be "
                    "converted to that.",
                    product=product.display_name,
                    unit=product.uom_id.name,
                    uom=uom.name,
                )
            )
        return uom

    def _check_company(self, name, record, warehouse):
        """Whoever works for several companies must not mix them."""
        company = warehouse.company_id
        if not record.company_id:
            return
        if not record.filtered_domain(self._company_domain(record, company)):
            raise ValidationError(
                self.env._(
                    "“%(name)s”: %(record)s is not of %(company)s, whose warehouse "
                    "delivers.",
                    name=name,
                    record=record.display_name,
                    company=company.name,
                )
            )

    def _company_domain(self, records, company):
        key = (records._name, company.id)
        if key not in self._company_domains:
            domain = Domain(records._check_company_domain(company))
            self._company_domains[key] = domain
        return self._company_domains[key]

    # Plain values

    def options(self, values) -> set[str]:
        """What else is asked for, of ``OPTIONS``."""
        for name in OPTIONS:
            value = values.get(name, False)
            if not isinstance(value, bool):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” must be true or false, not “%(value)s”.",
                        name=name,
                        value=shown(value),
                    )
                )
        return {name for name in OPTIONS if values.get(name)}

    def _quantity(self, value):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and abs(value) < MAX_QUANTITY):
            raise ValidationError(
                self.env._(
                    "“quantity” must be a number above zero, not “%s”.", shown(value)
                )
            )
        return float(value)

    def _requested(self, value):
        if is_absent(value):
            return None
        moment = read_moment(value)
        if moment is None:
            raise ValidationError(
                self.env._(
                    "“requested_date” must be a UTC date and time like "
                    "2026-12-24 15:00:00, not “%s”.",
                    shown(value),
                )
            )
        return moment


def is_absent(value) -> bool:
    """Odoo's programs send ``False`` for nothing, others ``None``."""
    return value is None or value is False


def _is_id(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def read_moment(value) -> datetime | None:
    """A naive UTC datetime; ``None`` when the value is none."""
    if isinstance(value, str) and len(value) not in DATE_LENGTHS:
        return None
    try:
        return Datetime.to_datetime(value)
    except (TypeError, ValueError, KeyError):
        return None


def is_text(value) -> bool:
    """Whether a value is a text that the database can keep."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        # JSON can say half a character.
        return False
    return True


def shown(value) -> str:
    """A value of any kind in a message: short, and sound in any encoding."""
    text = str(value).encode(errors="backslashreplace").decode()
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
