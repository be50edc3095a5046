from odoo import api, fields, models
from odoo.exceptions import UserError


class MtoTakeOver(models.TransientModel):
    """Shows what taking over real times does to dates, then does it."""

    _name = "mto.take.over"
    _inherit = ["mto.dialog"]
    _description = "Take Over Real Times"

    time_ids = fields.Many2many("mto.time", string="Times", required=True)
    is_one = fields.Boolean(compute="_compute_is_one")
    kind = fields.Selection(related="time_ids.kind", related_sudo=False)
    planned_text = fields.Char(compute="_compute_is_one", string="Planned Until Now")
    value = fields.Float(
        "From Now On",
        digits=(16, 1),
        help="What is proposed is the real time in the middle. You may enter another.",
    )
    reason = fields.Text("What Was Measured", compute="_compute_is_one")
    effect = fields.Text("A Quotation Today", compute="_compute_effect")

    @api.depends("time_ids")
    def _compute_is_one(self):
        for wizard in self:
            rows = wizard.time_ids
            wizard.is_one = len(rows) == 1
            wizard.planned_text = rows.planned_text if wizard.is_one else False
            wizard.reason = rows.reason if wizard.is_one else rows._tell_proposals()

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        rows = self.new({"time_ids": values.get("time_ids")}).time_ids
        if "value" in fields and len(rows) == 1:
            values["value"] = rows.proposed
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """What is proposed, where programs say nothing else."""
        wizards = super().create(vals_list)
        for wizard, vals in zip(wizards, vals_list, strict=True):
            if "value" not in vals and wizard.is_one:
                wizard.value = wizard.time_ids.proposed
        return wizards

    @api.depends("time_ids", "value")
    def _compute_effect(self):
        for wizard in self:
            rows = wizard.time_ids._origin
            if not rows:
                wizard.effect = False
                continue
            kept = {"time_ids": wizard.time_ids, "value": wizard.value}
            try:
                effect = rows.effect(wizard._get_value())
                text = "\n".join(rows._tell_effects(effect))
            except UserError as error:
                text = str(error)
            # What is tried and taken back empties the cache, which is all there is of
            # a dialog that is being filled in.
            wizard._update_cache(kept, validate=False)
            wizard.effect = text

    def _get_value(self):
        return self.value if self.is_one else None

    def action_take_over(self):
        """Button: plan with the real times from now on."""
        self.ensure_one()
        self.time_ids.take_over(self._get_value())
        return {"type": "ir.actions.act_window_close"}
