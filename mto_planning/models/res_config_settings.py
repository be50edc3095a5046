from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mto_plan_early = fields.Boolean(related="company_id.mto_plan_early", readonly=False)
    mto_netting = fields.Selection(related="company_id.mto_netting", readonly=False)
