"""What a line has too much of, because it wanted more once, serves it first."""

from odoo import api, models

from .mto_change_kept import IN_STOCK
from .mto_pegs import Pegs


class MtoChanger(models.AbstractModel):
    _inherit = "mto.changer"

    @api.model
    def _reuse(self, line, known):
        """Let what comes for a line anyhow serve what it wants more of.

        Who orders four, then three, then four again needs no fourth part bought twice.

        :param line: as superuser.
        :param known: the moves that served the line before it wanted more.
        :return: whether anything is made or bought less for it.
        """
        pegs, is_less = Pegs(line), False
        new = [("mto_line_id", "=", line.id), ("id", "not in", known.ids)]
        for group in pegs.groups:
            product = group[2].product_id[:1]
            if not self._is_alone(line, product):
                continue
            for record, quantity, reason in self._count_kept(group, pegs.rest(group)):
                takers = self._get_takers(line, product, new)
                free = self._limit(line, product, quantity, reason)
                is_less |= bool(self._repeg(takers, record, free, reason))
        return is_less

    @api.model
    def _limit(self, line, product, quantity, reason):
        """Of what lies in stock, what somebody has not taken from there since."""
        if reason not in IN_STOCK:
            return quantity
        return min(
            quantity,
            line.env["stock.quant"]._get_available_quantity(
                product, line.warehouse_id.lot_stock_id
            ),
        )

    @api.model
    def _is_alone(self, line, product):
        """Whether nobody else may count on what is free of a product, or comes."""
        moves, parts = line.env["stock.move"], line.env["mto.promise.part"]
        return not (
            moves.search_count(
                [
                    ("company_id", "=", line.company_id.id),
                    ("product_id", "=", product.id),
                    ("procure_method", "=", "make_to_stock"),
                    ("location_id", "child_of", line.warehouse_id.lot_stock_id.id),
                    ("state", "in", ["confirmed", "partially_available"]),
                ],
                limit=1,
            )
            or parts.search_count(
                [
                    ("product_id", "=", product.id),
                    ("warehouse_id", "=", line.warehouse_id.id),
                ],
                limit=1,
            )
        )

    @api.model
    def _get_unasked(self, move, extra):
        """How much of more of a component comes for its line anyhow.

        :param move: one that is supplied to order.
        :param extra: in the product's unit.
        """
        line = move.mto_line_id
        if not self._is_alone(line, move.product_id):
            return 0.0
        pegs = Pegs(line)
        groups = [group for group in pegs.groups if move in group[2]]
        return min(extra, max(0.0, sum(map(pegs.rest, groups))))
