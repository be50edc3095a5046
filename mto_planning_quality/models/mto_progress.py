from odoo import api, models

from odoo.addons.mto_planning.models.mto_outlook import Cause
from odoo.addons.mto_planning.models.mto_progress_timeline import timeline_row

_ROW_STATES = {"ready": "running", "waiting": "running", "success": "done"}


class MtoProgress(models.AbstractModel):
    """What is inspected is a stage of its own, between made and ready to ship."""

    _inherit = "mto.progress"

    @api.model
    def _get_stage(self, outlook, delivered):
        stage = super()._get_stage(outlook, delivered)
        waits = stage == "ready_to_ship" and outlook.line._mto_is_uninspected()
        return "inspection" if waits else stage

    @api.model
    def _get_cause(self, outlook):
        """A failure comes first: nothing leaves before somebody repairs it."""
        inspections = outlook.line.mto_inspection_ids
        failed = inspections.filtered(lambda one: one.state == "failed")[:1]
        if failed:
            return Cause("inspection", failed, failed._mto_get_name())
        return super()._get_cause(outlook)

    @api.model
    def _get_line_timeline(self, line, surroundings):
        rows = super()._get_line_timeline(line, surroundings)
        return rows + [
            self._timeline_inspection(one, surroundings.now)
            for one in line.mto_inspection_ids.sorted("id")
            if one.state != "canceled"
        ]

    @api.model
    def _timeline_inspection(self, one, now):
        has_failed = one.state == "failed"
        row = timeline_row(one, "inspection", one.date_done or one.date)
        reason = has_failed and self._describe_cause(
            one.mto_line_id.order_id, "inspection", one._mto_get_name(), None, None
        )
        return {
            **row,
            "name": one.name,
            "product": one.product_id.display_name,
            "quantity": one.qty,
            "finish": row["start"],
            "state": _ROW_STATES.get(one.state, "planned"),
            "late": has_failed or (not one.date_done and one.date < now),
            "reason": reason,
            "level": 0,
        }
