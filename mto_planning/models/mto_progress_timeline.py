from odoo import api, fields, models
from odoo.exceptions import AccessError

from .mto_outlook import Outlook, Surroundings
from .purchase_order_line import UNORDERED

_PRODUCTION_STATES = {"done": "done", "progress": "running", "to_close": "running"}
_WORKORDER_STATES = {"done": "done", "progress": "running", "cancel": "cancelled"}


class MtoProgress(models.AbstractModel):
    """The timeline: what is bought, made, carried, delivered, and why it is late."""

    _inherit = "mto.progress"

    @api.model
    def _check_employee(self):
        """Refuse customers: vendors and work centers are not their business."""
        if not (self.env.su or self.env.user._is_internal()):
            raise AccessError(
                self.env._("Only employees may follow the production of an order.")
            )

    @api.model
    def _get_timeline(self, lines):
        """The public dictionaries of ``sale.order.mto_progress_data``.

        :param lines: of orders that the user may read.
        """
        # Superuser: whoever may read an order may follow its production, too; opening
        # a record of it is checked as usual.
        lines = lines.sudo()
        now = fields.Datetime.now()
        surroundings = Surroundings(lines, now)
        self._read_ahead(lines)
        return [
            {
                **line._mto_as_dict(),
                "requested_date": _string(
                    line.mto_promise_id.requested_date
                    if line.state == "sale"
                    else line._mto_get_requested_date()
                ),
                "promise_date": _string(line.mto_promise_date),
                "projected_date": _string(line.mto_projected_date),
                "slack_hours": line.mto_slack_hours,
                "risk": line.mto_risk,
                "trouble": line.mto_trouble,
                "now": _string(now),
                "timeline": self._get_line_timeline(line, surroundings),
            }
            for line in lines
        ]

    @api.model
    def _read_ahead(self, lines):
        """Read what the timelines of lines look at, of all of them at once.

        What follows goes line by line, and would ask for each of them again.
        """
        productions, purchases = lines.mto_production_ids, lines.mto_purchase_line_ids
        parts = productions.move_raw_ids
        origins = parts.move_orig_ids
        workorders = productions.workorder_ids
        for records, name in (
            (productions.bom_id.mto_parent_line_id, "bom_id"),
            (workorders.blocked_by_workorder_ids, "state"),
            (workorders.workcenter_id, "display_name"),
            (parts | origins, "created_purchase_line_ids"),
            (origins, "purchase_line_id"),
            (parts.product_id, "is_storable"),
            (purchases.move_ids, "state"),
            (purchases.move_dest_ids, "production_group_id"),
            (productions.product_id | purchases.product_id, "display_name"),
        ):
            records.mapped(name)

    @api.model
    def _get_line_timeline(self, line, surroundings):
        if line.state != "sale":
            return [
                {**step, "state": "planned", "late": False, "id": f"step-{position}"}
                for position, step in enumerate(line.mto_promise_id.steps or [])
            ]
        outlook = Outlook(line, surroundings.now, surroundings)
        rows = []
        for production in outlook.productions.sorted("date_start"):
            level = level_of(production)
            finish = outlook.finish(production)
            rows.append(self._timeline_production(production, finish, level))
            rows += [
                self._timeline_workorder(workorder, outlook, level)
                for workorder in production.workorder_ids
            ]
        rows += [
            self._timeline_purchase(purchase, outlook) for purchase in outlook.purchases
        ]
        rows += [
            self._timeline_delivery(move, outlook)
            for move in line.move_ids
            # Core puts the top manufacturing order's output among them, too.
            if move.state != "cancel" and not move.production_id
        ]
        self._explain_timeline(rows, line, outlook)
        return rows + self._timeline_transfers(line)

    @api.model
    def _explain_timeline(self, rows, line, outlook):
        """Mark the way that sets the date, and say of what is late why."""
        critical = {f"{record._name}-{record.id}" for record in outlook.critical()}
        for row in rows:
            row["critical"] = row["id"] in critical
            row["reason"] = False
            if row["late"]:
                model, record_id = row["id"].rsplit("-", 1)
                record = line.env[model].browse(int(record_id))
                cause = outlook.why(record)
                row["reason"] = cause and self._describe_cause(
                    line.order_id, cause.kind, cause.name, cause.expected, cause.needed
                )

    # A row of each kind

    @api.model
    def _timeline_production(self, production, finish, level):
        return {
            **timeline_row(production, "production", production.date_start),
            "name": production.name,
            "product": production.product_id.display_name,
            "quantity": production.product_qty,
            "finish": _string(production.date_finished),
            "expected": _string(finish),
            "state": _PRODUCTION_STATES.get(production.state, "planned"),
            "late": bool(
                production.date_finished and finish > production.date_finished
            ),
            "level": level,
        }

    @api.model
    def _timeline_workorder(self, workorder, outlook, level):
        done = workorder.state in ("done", "cancel")
        planned, expected = workorder.date_finished, outlook.ends(workorder)
        return {
            **timeline_row(workorder, "operation", workorder.date_start),
            "parent": f"mrp.production-{workorder.production_id.id}",
            "name": workorder.name,
            "product": workorder.product_id.display_name,
            "workcenter": workorder.workcenter_id.display_name,
            "quantity": workorder.qty_production,
            "finish": _string(planned),
            "expected": _string(expected),
            "state": _WORKORDER_STATES.get(workorder.state, "planned"),
            "late": not done and bool(planned and expected > planned),
            "level": level + 1,
        }

    @api.model
    def _timeline_purchase(self, purchase, outlook):
        expected = outlook.receipt(purchase)
        received = purchase.mto_is_received
        start, finish = purchase.mto_order_by, purchase.mto_need_date
        if received:
            # What was, no longer what had to be.
            done = purchase.move_ids.filtered(lambda move: move.state == "done")
            finish = max(done.mapped("date"), default=finish)
            start = min(purchase.order_id.date_approve or finish, finish)
        return {
            **timeline_row(purchase, "purchase", start),
            "res_model": "purchase.order",
            "res_id": purchase.order_id.id,
            "name": purchase.order_id.name,
            "product": purchase.product_id.display_name,
            "quantity": purchase.product_qty,
            "finish": _string(finish),
            "expected": _string(expected),
            "state": "done"
            if received
            else "planned"
            if purchase.state in UNORDERED
            else "running",
            "late": outlook.is_short(purchase)
            or bool(
                expected
                and purchase.mto_need_date
                and expected > purchase.mto_need_date
            ),
            "level": 1,
        }

    @api.model
    def _timeline_delivery(self, move, outlook):
        return {
            **timeline_row(move, "delivery", move.date),
            "res_model": "stock.picking",
            "res_id": move.picking_id.id,
            "name": move.picking_id.name or outlook.line.order_id.name,
            "product": move.product_id.display_name,
            "quantity": move.product_uom_qty,
            "finish": _string(move.date),
            "state": "done" if move.state == "done" else "planned",
            "late": outlook.is_put_off(move),
            "level": 0,
        }

    @api.model
    def _timeline_transfers(self, line):
        """What is carried inside the factory, one row for each transfer."""
        carried = line.mto_move_ids.filtered(
            lambda move: (
                move.picking_id.picking_type_id.code == "internal"
                and move.state != "cancel"
            )
        )
        return [
            {
                **timeline_row(picking, "move", min(moves.mapped("date"))),
                "name": picking.name,
                "product": ", ".join(moves.product_id.mapped("display_name")[:3]),
                "quantity": sum(moves.mapped("product_uom_qty")),
                "finish": fields.Datetime.to_string(max(moves.mapped("date"))),
                "state": "done"
                if set(moves.mapped("state")) == {"done"}
                else "planned",
                "level": 1,
            }
            for picking, moves in carried.grouped("picking_id").items()
        ]


def timeline_row(record, kind, start):
    """What every row of a timeline begins with.

    :param record: that it is about, and that a click opens.
    :param kind: what the clients know it by, see ``docs/api.md``.
    :param start: naive UTC, or false.
    """
    return {
        "id": f"{record._name}-{record.id}",
        "parent": False,
        "kind": kind,
        "res_model": record._name,
        "res_id": record.id,
        "start": _string(start),
        "late": False,
        "critical": False,
        "reason": False,
    }


def _string(moment):
    return fields.Datetime.to_string(moment) if moment else False


def level_of(production):
    """0 for what is delivered, 1 for its parts, and so on."""
    level, bom = 0, production.bom_id
    while bom.mto_parent_line_id:
        level, bom = level + 1, bom.mto_parent_line_id.bom_id
    return level
