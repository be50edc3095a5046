from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mto_risk_hours = fields.Float(related="company_id.mto_risk_hours", readonly=False)
