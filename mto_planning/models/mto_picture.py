"""What is made, bought and moved for an order line at one moment."""

from odoo import fields

from .purchase_order_line import UNORDERED

GONE = ("done", "cancel")


class Picture:
    """The records of a line's production at one moment, as plain values.

    :param also: another picture, whose records are looked at, too.
    """

    def __init__(self, line, also=None):
        moves = line.env["stock.move"].search([("mto_line_id", "=", line.id)])
        self.records = [
            line.mto_production_ids,
            line.mto_production_ids.workorder_ids,
            line.mto_purchase_line_ids,
            moves.filtered("picking_id"),
        ]
        if also:
            self.records = [
                (one | two).exists()
                for one, two in zip(self.records, also.records, strict=True)
            ]
        # What is delivered first, then level by level, as it was made; by date it would
        # be another order before a change than after.
        self.records = [records.sorted("id") for records in self.records]
        productions, workorders, purchases, moves = self.records
        self.rows = {
            **{one: _production_row(one) for one in productions},
            **{one: _workorder_row(one) for one in workorders},
            **{one: _purchase_row(one) for one in purchases},
            **{one: _transfer_row(one) for one in moves},
        }

    def cost(self, kind):
        """In the company's currency, of what is not spent yet."""
        return sum(row["cost"] for row in self.rows.values() if row["kind"] == kind)

    def hours(self):
        """Of work that is not done yet."""
        return sum(row.get("hours", 0.0) for row in self.rows.values())


def _production_row(production):
    return {
        **_row(production, "production", production.product_qty),
        "start": _string(production.date_start),
        "finish": _string(production.date_finished),
        "state": production.state,
        "priority": production.priority,
    }


def _workorder_row(workorder):
    is_open = workorder.state not in GONE
    hours = workorder.duration_expected / 60 if is_open else 0.0
    return {
        **_row(workorder, "operation", workorder.qty_production),
        "name": f"{workorder.production_id.name} {workorder.name}",
        "start": _string(workorder.date_start),
        "finish": _string(workorder.date_finished),
        "state": workorder.state,
        "hours": hours,
        "cost": hours * workorder.workcenter_id.costs_hour,
    }


def _purchase_row(purchase):
    order = purchase.order_id
    is_open = purchase.state in UNORDERED
    return {
        **_row(purchase, "purchase", purchase.product_qty),
        "name": order.name,
        "finish": _string(purchase.date_planned),
        "state": purchase.state,
        "cost": purchase.price_subtotal / (order.currency_rate or 1.0)
        if is_open
        else 0.0,
    }


def _transfer_row(move):
    return {
        **_row(move, "transfer", move.product_uom_qty),
        "name": move.picking_id.name,
        "finish": _string(move.date),
        "state": move.state,
    }


def _row(record, kind, quantity):
    return {
        "kind": kind,
        "name": record.name if "name" in record else "",
        "product_id": record.product_id.id,
        "product": record.product_id.display_name,
        "quantity": quantity,
        "cost": 0.0,
    }


def public(row):
    """Of a row, what is compared and shown as before and after."""
    names = ("quantity", "start", "finish", "state", "priority")
    return {name: row[name] for name in names if name in row}


def _string(moment):
    return fields.Datetime.to_string(moment) if moment else False
