from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..bridge.figures import format_number
from .turn import BusyError, Turn

# What a company may set, both ends included.
RANGES = {
    "mto_frozen_days": (0, 365),
    "mto_safety_days": (0, 365),
    "mto_service_level": (50, 99),
    "mto_hold_days": (1, 365),
    "mto_notice_days": (1, 365),
    "mto_target_margin": (0, 95),
}
NETTING = [
    ("order", "Always make or buy for the order"),
    ("first", "Take free stock first, make or buy the rest"),
]
NOTICES = [
    ("off", "Nothing happens by itself, and customers answer by mail"),
    ("manual", "The salesperson is asked to tell the customer"),
    ("auto", "The customer is told automatically"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    mto_plan_version = fields.Integer(
        "Plan Version",
        default=0,
        readonly=True,
        help="Grows with each plan that is written. Two plans at the same time would "
        "both see the same machine free; writing this makes the second start again.",
        groups="base.group_user",
    )

    mto_plan_early = fields.Boolean(
        "Make Early",
        help="Orders with a requested date are made as soon as possible instead of "
        "just in time.",
        groups="base.group_user",
    )
    mto_frozen_days = fields.Integer(
        "Fixed Days",
        default=0,
        help="For so many days from now the plan is fixed: no work of a new promise or "
        "order starts before, and planning anew moves nothing within these days, nor "
        "into them. Purchases may be ordered at once.",
        groups="base.group_user",
    )

    mto_netting = fields.Selection(
        NETTING,
        string="Stock for Orders",
        default="order",
        required=True,
        help="Of what is replenished on order; a product may say otherwise.",
        groups="base.group_user",
    )

    mto_safety_days = fields.Float(
        "Safety (Days)",
        default=1.0,
        help="Working days that are added to the planned delivery for the date that a "
        "customer is told, until enough deliveries are known to learn them from.",
        groups="base.group_user",
    )
    mto_service_level = fields.Integer(
        "Service Level (%)",
        default=95,
        help="How often a promised date is to be kept: the more, the later the dates.",
        groups="base.group_user",
    )
    mto_target_margin = fields.Float(
        "Target Margin (%)",
        default=30.0,
        help="The margin on the price of a made-to-order line for which a price is "
        "suggested.",
        groups="base.group_user",
    )
    mto_hold_days = fields.Integer(
        "Hold Quotations For (Days)",
        default=7,
        help="How long a holding quotation keeps its capacity and material, if nobody "
        "says otherwise.",
        groups="base.group_user",
    )
    mto_notice = fields.Selection(
        NOTICES,
        string="When a Delivery Date Moves",
        default="off",
        required=True,
        help="A customer who is told can accept the new date or ask for a partial "
        "delivery in the portal.",
        groups="base.group_user",
    )
    mto_notice_days = fields.Integer(
        "Days That Matter",
        default=1,
        help="A date has moved for a customer when it is so many days from what he was "
        "told last.",
        groups="base.group_user",
    )

    @api.constrains(*RANGES)
    def _check_mto_ranges(self):
        for company in self:
            for name, (least, most) in RANGES.items():
                if not least <= company[name] <= most:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” is %(value)s: it must be %(least)d to "
                            "%(most)d.",
                            field=self._fields[name]._description_string(self.env),
                            value=format_number(self.env, company[name]),
                            least=least,
                            most=most,
                        )
                    )

    def write(self, vals):
        """Another service level needs another safety from the same deliveries."""
        result = super().write(vals)
        if "mto_service_level" in vals:
            self.env["mto.safety"]._learn(self)
        return result

    def _mto_guard_plan(self):
        """Let one plan at a time be written for a company, in the order of asking.

        At REPEATABLE READ waiting for a lock does not renew the snapshot, so a lock
        alone does not prevent a double booking. The update does: whoever has not seen
        the last plan gets a serialization failure, and Odoo repeats the request on
        fresh data. He keeps his turn, so that the second try is the last one. Who comes
        from outside has waited at the door, so this is rare (``mto_door.py``).

        :raises UserError: others have been planning for a minute.
        """
        try:
            turn = Turn.take(self.env, self.ids)
        except BusyError as error:
            raise UserError(self._mto_say_busy()) from error
        try:
            self.env.cr.execute(
                SQL(
                    """UPDATE res_company SET mto_plan_version = mto_plan_version + 1
                        WHERE id IN %s""",
                    tuple(self.ids) or (0,),
                )
            )
        except SerializationFailure:
            if turn:
                turn.keep()
            raise
        if turn:
            turn.hold(self.env.cr)
        self.invalidate_recordset(["mto_plan_version"])

    def _mto_say_busy(self):
        return self.env._("Others are planning all the time: please try again.")
