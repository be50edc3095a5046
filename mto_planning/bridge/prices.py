"""What things cost."""

from typing import Any

from odoo.fields import Date


def price_of(seller: Any, product: Any, company: Any) -> float:
    """A vendor's price of one product.

    :param seller: ``product.supplierinfo``.
    :return: of one in the product's own unit, in the company's currency.
    """
    today = Date.context_today(product)
    # Core gives it for the product's unit already, whatever the vendor's is.
    return seller.currency_id._convert(
        seller.price_discounted, company.currency_id, company, today, round=False
    )
