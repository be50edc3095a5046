from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mto_frozen_days = fields.Integer(
        related="company_id.mto_frozen_days", readonly=False
    )
    mto_plan_early = fields.Boolean(related="company_id.mto_plan_early", readonly=False)
    mto_safety_days = fields.Float(related="company_id.mto_safety_days", readonly=False)
    mto_service_level = fields.Integer(
        related="company_id.mto_service_level", readonly=False
    )
    mto_hold_days = fields.Integer(related="company_id.mto_hold_days", readonly=False)
    mto_notice = fields.Selection(related="company_id.mto_notice", readonly=False)
    mto_notice_days = fields.Integer(
        related="company_id.mto_notice_days", readonly=False
    )
    mto_netting = fields.Selection(related="company_id.mto_netting", readonly=False)
    mto_target_margin = fields.Float(
        related="company_id.mto_target_margin", readonly=False
    )
