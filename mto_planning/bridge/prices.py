"""What things cost."""

from typing import Any

from odoo.fields import Date


def price_of(seller: Any, product: Any, company: Any) -> float:
    """A vendor's price of one product.

    :param seller: ``product.supplierinfo``.
    :return: of one in the product's own unit, in the company's currency.
    """
    price = seller.product_uom_id._compute_price(
        seller.price_discounted, product.uom_id
    )
    today = Date.context_today(product)
    return seller.currency_id._convert(
        price, company.currency_id, company, today, round=False
    )
