from odoo import api, fields, models

from .mto_progress import timeline_row


class MtoProgress(models.AbstractModel):
    """What the timeline tells besides dates: transfers, what sets the date, and why."""

    _inherit = "mto.progress"

    @api.model
    def _get_line_timeline(self, line, surroundings):
        rows = super()._get_line_timeline(line, surroundings)
        if line.state == "sale":
            rows += self._timeline_transfers(line)
        return rows

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
        return rows

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
