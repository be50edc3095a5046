from odoo import api, models

BLOCKING = {"date_end", "loss_id", "workcenter_id"}


class MrpWorkcenterProductivity(models.Model):
    """Core blocks a work center by a loss that has no end."""

    _inherit = "mrp.workcenter.productivity"

    @api.model_create_multi
    def create(self, vals_list):
        logs = super().create(vals_list)
        logs._mto_get_blocked()._mto_tell_orders()
        return logs

    def write(self, vals):
        if not BLOCKING & vals.keys():
            return super().write(vals)
        before = self._mto_get_blocked()
        result = super().write(vals)
        (before | self._mto_get_blocked())._mto_tell_orders()
        return result

    def unlink(self):
        before = self._mto_get_blocked()
        result = super().unlink()
        before._mto_tell_orders()
        return result

    def _mto_get_blocked(self):
        """The work centers that these block."""
        blocking = self.filtered(
            lambda log: (
                not log.date_end and log.loss_type not in ("productive", "performance")
            )
        )
        return blocking.workcenter_id
