from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mto_frozen_days = fields.Integer(
        related="company_id.mto_frozen_days", readonly=False
    )
    mto_plan_early = fields.Boolean(related="company_id.mto_plan_early", readonly=False)
