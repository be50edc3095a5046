from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    mto_morning_message = fields.Boolean(
        "Morning Message: Orders at Risk",
        help="On working days, when the day begins: the made-to-order lines that need "
        "somebody, by mail. Nothing is sent when nothing needs you.",
    )
    mto_morning_sent = fields.Date(readonly=True, copy=False)

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["mto_morning_message"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["mto_morning_message"]
