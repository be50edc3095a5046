from odoo import api, models
from odoo.fields import Domain


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _mto_get_usable_domain(self, now):
        """Which of the pieces in a usable location may be promised.

        Not another owner's, and none that are to be removed from stock by now (core
        ``product_expiry``). Hook: a module that knows of others adds them.

        :param now: naive UTC datetime.
        """
        domain = Domain("owner_id", "=", False)
        if "removal_date" in self._fields:
            domain &= Domain("removal_date", "=", False) | Domain(
                "removal_date", ">", now
            )
        return domain
