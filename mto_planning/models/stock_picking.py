from odoo import api, fields, models
from odoo.exceptions import UserError

from .mto_outlook import OVER


class StockPicking(models.Model):
    _inherit = "stock.picking"

    mto_project_id = fields.Many2one(
        "mto.project",
        string="Installation",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="What is delivered together with this transfer, all at once.",
        groups="base.group_user",
    )

    @api.depends("mto_project_id")
    def _compute_move_type(self):
        """What is delivered together waits for its last part."""
        result = super()._compute_move_type()
        self.filtered("mto_project_id").move_type = "one"
        return result

    def _mto_send_first(self, takes):
        """Keep so much of some moves, to leave now; the rest goes to a backorder.

        :param takes: ``{move of the transfer: quantity}``, reserved, in the product's
            unit.
        :raises UserError: it leaves with other orders, or has begun to leave.
        """
        self.ensure_one()
        if self.mto_project_id:
            raise UserError(
                self.env._(
                    "%(transfer)s: it is delivered in one go with %(installation)s. "
                    "Switch that off there first.",
                    transfer=self.name,
                    installation=self.mto_project_id.display_name,
                )
            )
        moves = self.move_ids.filtered(lambda move: move.state not in OVER)
        if not all(move._mto_may_change_transfer() for move in moves):
            raise UserError(
                self.env._(
                    "%s has begun to leave: validate it with what goes first.",
                    self.name,
                )
            )
        rest = moves.filtered(lambda move: move not in takes)
        for move, quantity in takes.items():
            rest |= move._mto_leave_rest(quantity)
        if rest:
            self._create_backorder(rest)
        now = fields.Datetime.now()
        for move in takes:
            move.date = min(move.date, now)
