from odoo import api, models

from .errand import Errand
from .sale_order_line import OPEN_STATES


class AskedOnce:
    """What was asked of some products, at hand for all of them."""

    def __init__(self, product_ids):
        self.product_ids = product_ids
        self._known = {}

    def remember(self, key, find):
        """What ``find()`` said the first time."""
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]


class SaleOrderLine(models.Model):
    """Core's forecast on the lines of an order, without what nobody is shown.

    An order of fifty lines opened in seconds: each has a date of its own, and core
    reads the stock for each date anew.
    """

    _inherit = "sale.order.line"

    def _compute_qty_to_deliver(self):
        """Core's; it asks three times for the kit of each line: now once for all."""
        asked = AskedOnce(self.product_id.ids)
        return super(
            SaleOrderLine, Errand.give(self, asked=asked)
        )._compute_qty_to_deliver()

    @api.depends("mto_is_made_to_order", "mto_projected_date", "mto_risk")
    def _compute_qty_at_date(self):
        """Core's; what is made for the line is known, and needs no forecast of stock.

        On a quotation the window of core tells the date alone; afterwards what is
        reserved, and when the rest is there: the projected date.
        """
        made = self.filtered(lambda line: line._mto_is_known_without_stock())
        made.virtual_available_at_date = 0.0
        for line in made:
            line.scheduled_date = line.order_id.commitment_date or line._expected_date()
            is_sold = line.state == "sale"
            line.forecast_expected_date = is_sold and line.mto_projected_date
            line.qty_available_today = line._mto_get_reserved() if is_sold else 0.0
            is_coming = is_sold and line.mto_risk != "blocked"
            line.free_qty_today = line.qty_to_deliver if is_coming else 0.0
        return super(SaleOrderLine, self - made)._compute_qty_at_date()

    def _mto_is_known_without_stock(self):
        if not (self.mto_is_made_to_order and self.is_mto and self.display_qty_widget):
            return False
        return self.state in OPEN_STATES or bool(
            self.state == "sale" and self.mto_projected_date
        )

    def _mto_get_reserved(self):
        """How much of it waits for its delivery, in the line's unit."""
        return sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id)
            for move in self.move_ids
            if move.product_id == self.product_id
            and not move.production_id
            and move.state not in ("done", "cancel")
        )
