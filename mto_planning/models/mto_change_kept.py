"""What stays though nobody needs it any more, and what becomes of it."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..bridge.access import order_name
from ..bridge.figures import format_number
from .mto_pegs import Pegs, quantity_of
from .mto_progress import is_started
from .purchase_order_line import UNORDERED

# Of what is kept, that which lies in stock.
IN_STOCK = ("done", "received")


class MtoChanger(models.AbstractModel):
    _inherit = "mto.changer"

    @api.model
    def _settle(self, line, pegs, values):
        """Do with what is too much as was chosen; else it becomes free stock.

        :param pegs: the ``Pegs`` of the line before the change.
        :return: public rows of what is kept, and of what serves others.
        """
        chosen = values.get("kept", {})
        usual = "repeg" if values.get("repeg") else "stock"
        self._check_kept(pegs, chosen)
        self._cancel_kept(pegs, chosen)
        kept, repegged = self._get_all_kept(pegs), []
        for _line, record, quantity, reason in kept:
            choice = chosen.get((record._name, record.id), usual)
            if choice == "repeg":
                others = [("mto_line_id", "not in", [False, line.id])]
                takers = self._get_takers(line, record.product_id, others)
                repegged += self._repeg(takers, record, quantity, reason)
            elif choice == "scrap":
                self._scrap(line, record, quantity, reason)
        rows = [
            {
                **self._prepare_kept(*row),
                "choice": chosen.get((row[1]._name, row[1].id), usual),
            }
            for row in kept
        ]
        return rows, repegged

    @api.model
    def _get_all_kept(self, pegs):
        """What stays though nobody needs it any more.

        :return: list of ``(line, record, quantity in the product's unit, reason)``.
        """
        return [row for group in pegs.groups for row in self._get_kept(pegs, group)]

    @api.model
    def _get_kept(self, pegs, group):
        line = pegs.line_of[group[2][:1]]
        for row in self._count_kept(group, pegs.surplus(group)):
            yield line, *row

    @api.model
    def _count_kept(self, group, surplus):
        """Of one group: what is not here yet is counted first."""
        origins, _requests, needs = group
        unit = needs.product_id[:1].uom_id
        for move in origins.sorted(lambda move: (move.state == "done", -move.id)):
            record, reason = move._mto_get_kept()
            quantity = min(surplus, quantity_of(move))
            if record and unit.compare(quantity, 0.0) > 0:
                yield record, quantity, reason
                surplus -= quantity

    @api.model
    def _check_kept(self, pegs, chosen):
        """Something can only become of what is kept."""
        kept = {(row[1]._name, row[1].id) for row in self._get_all_kept(pegs)}
        wrong = [key for key in chosen if chosen[key] != "stock" and key not in kept]
        if wrong:
            model, record_id = min(wrong)
            raise self._wrong(
                "kept",
                f"{model} {record_id}",
                self.env._("what the preview says is kept"),
            )

    # Cancelled with the vendor, or stopped

    @api.model
    def _cancel_kept(self, pegs, chosen):
        """Cancel what was chosen, and what was made or bought for that alone."""
        keys = {key for key, choice in chosen.items() if choice == "cancel"}
        while keys:
            found = [
                row
                for row in self._get_all_kept(pegs)
                if (row[1]._name, row[1].id) in keys
            ]
            if not found:
                break
            for _line, record, quantity, reason in found:
                keys.discard((record._name, record.id))
                record._mto_cancel_kept(quantity, reason)
            # What went into it is too much now.
            self._fit(pegs)

    # Scrapped

    @api.model
    def _scrap(self, line, record, quantity, reason):
        """Throw away what lies in stock and is of no use to anybody."""
        product = record.product_id
        if reason not in IN_STOCK:
            raise UserError(
                self.env._(
                    "“kept”: %s is not here yet, so it cannot be scrapped: keep it, "
                    "or cancel it.",
                    record.display_name,
                )
            )
        location = line.warehouse_id.lot_stock_id
        quants = line.env["stock.quant"]
        free = quants._get_available_quantity(product, location)
        if product.uom_id.compare(free, quantity) < 0:
            raise UserError(
                self.env._(
                    "“kept”: only %(free)s of %(quantity)s %(product)s are free in "
                    "stock to be scrapped.",
                    free=format_number(self.env, free),
                    quantity=format_number(self.env, quantity),
                    product=product.display_name,
                )
            )
        scraps = line.env["stock.scrap"].create(
            {
                "product_id": product.id,
                "scrap_qty": quantity,
                "product_uom_id": product.uom_id.id,
                "location_id": location.id,
                "company_id": line.company_id.id,
                "origin": line.order_id.name,
            }
        )
        scraps.do_scrap()

    # Serving others

    @api.model
    def _repeg(self, takers, record, quantity, reason):
        """Let others have what is kept, those that need it first.

        What lies in stock they take from there; what still comes they wait for, if it
        comes in time.

        :param takers: moves that need it, see :meth:`_get_takers`.
        :return: list of dictionaries, see ``docs/api.md``.
        """
        rows, unit = [], record.product_id.uom_id
        coming = takers.browse()
        if reason not in IN_STOCK:
            coming = record._mto_get_arriving()
            if not coming:
                return rows
        for move in takers:
            taken = min(quantity, move.product_qty)
            if unit.compare(taken, 0.0) <= 0:
                break
            if coming and max(coming.mapped("date")) > move.date:
                continue
            rows.append(self._prepare_repegged(move, taken, reason))
            self._serve(move, taken, coming)
            quantity -= taken
        return rows

    @api.model
    def _get_takers(self, line, product, whose):
        """Moves whose own supply of a product has not begun, in the line's warehouse.

        :param whose: the domain of those that are asked for.
        """
        moves = line.env["stock.move"].search(
            [
                ("company_id", "=", line.company_id.id),
                ("warehouse_id", "=", line.warehouse_id.id),
                ("product_id", "=", product.id),
                *whose,
                ("location_id", "child_of", line.warehouse_id.lot_stock_id.id),
                ("state", "=", "waiting"),
            ],
            order="date, id",
        )
        return moves.filtered(
            lambda move: (
                all(one.state in UNORDERED for one in move.created_purchase_line_ids)
                and all(
                    one.production_id and not is_started(one.production_id)
                    for one in move.move_orig_ids
                )
            )
        )

    @api.model
    def _serve(self, move, quantity, coming):
        """Let what was made or bought for a move shrink by what it is given.

        :param coming: the moves that bring it; none: it lies in stock.
        """
        pegs = Pegs(move.mto_line_id)
        source = {
            "mto_supply": "order" if coming else "stock",
            "procure_method": "make_to_order" if coming else "make_to_stock",
            "move_orig_ids": [Command.set(coming.ids)],
            "created_purchase_line_ids": [Command.clear()],
        }
        rest = move.product_qty - quantity
        if move.product_id.uom_id.compare(rest, 0.0) > 0:
            taking = move._mto_split_off(quantity, source)
        else:
            taking = move
            pegs.forget(move)
            move.write(source)
            move._recompute_state()
        taking._action_assign()
        self._fit(pegs)

    @api.model
    def _prepare_repegged(self, move, quantity, reason):
        return {
            "move_id": move.id,
            "line_id": move.mto_line_id.id,
            "order": move.mto_line_id.order_id.name,
            "product_id": move.product_id.id,
            "product": move.product_id.display_name,
            "quantity": quantity,
            "is_here": reason in IN_STOCK,
        }

    @api.model
    def _tell_repegged(self, order, rows):
        """Write on the orders that were served what they need not make or buy.

        :param order: as superuser: those that are served may be other salespeople's.
        """
        for row in rows:
            other = order.order_line.browse(row["line_id"]).order_id
            values = {
                "quantity": format_number(self.env, row["quantity"]),
                "product": row["product"],
                "order": order_name(order, other.user_id),
            }
            if row["is_here"]:
                body = self.env._(
                    "%(quantity)s %(product)s are taken from stock, where %(order)s "
                    "has left them: they are not made or bought for this order.",
                    **values,
                )
            else:
                body = self.env._(
                    "%(quantity)s %(product)s that come for %(order)s, which needs "
                    "them no more, are for this order: no others are made or bought.",
                    **values,
                )
            other.message_post(body=body)
