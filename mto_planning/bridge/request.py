"""What somebody asks for, checked and complete."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from odoo.models import BaseModel

# Beyond any order; whoever sends more has sent something else.
MAX_QUANTITY = 1e12


@dataclass(frozen=True, slots=True)
class Request:
    """A quantity of a product, wanted in a warehouse's delivery.

    :param key: any hashable value; comes back with the answer.
    :param product: ``product.product`` record.
    :param quantity: in ``uom``, greater than zero.
    :param company: ``res.company`` that plans: of the order, or of the warehouse.
    :param requested: naive UTC datetime of delivery, or ``None`` for the earliest.
    :param bom: ``mrp.bom`` to make the product with, or empty for the usual one.
    :param line: ``sale.order.line`` that asks, or empty.
    :param has_own_boms: whether the line has bills of materials of its own.
    """

    key: Any
    product: Any
    quantity: float
    uom: Any
    warehouse: Any
    company: Any
    requested: datetime | None
    bom: Any
    line: Any
    has_own_boms: bool
    routes: Any
    never_values: Any
    customer_location: Any

    def with_env(self, env) -> "Request":
        """The same request with records of another environment."""
        values = {name: getattr(self, name) for name in Request.__slots__}
        return Request(
            **{
                name: value.with_env(env) if isinstance(value, BaseModel) else value
                for name, value in values.items()
            }
        )

    def of_part(self, key: Any, quantity: float) -> "Request":
        """A part of the same, as early as possible."""
        return replace(self, key=key, quantity=quantity, requested=None)
