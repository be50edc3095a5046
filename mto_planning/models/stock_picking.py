from odoo import api, fields, models


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
