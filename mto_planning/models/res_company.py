from odoo import fields, models
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = "res.company"

    mto_plan_version = fields.Integer(
        "Plan Version",
        default=0,
        readonly=True,
        help="Grows with each plan that is written. Two plans at the same time would "
        "both see the same machine free; writing this makes the second start again.",
    )

    mto_plan_early = fields.Boolean(
        "Make Early",
        help="Orders with a requested date are made as soon as possible instead of "
        "just in time.",
    )

    mto_frozen_days = fields.Integer(
        "Fixed Days",
        default=0,
        help="For so many days from now the plan is fixed: no work of a new promise or "
        "order starts before, and planning anew moves nothing within these days, nor "
        "into them. Purchases may be ordered at once.",
    )

    _mto_frozen_days_in_range = models.Constraint(
        "CHECK(mto_frozen_days BETWEEN 0 AND 365)",
        "“Fixed Days” must be from 0, which fixes nothing, to 365.",
    )

    def _mto_guard_plan(self):
        """Let one plan at a time be written for a company.

        At REPEATABLE READ waiting for a lock does not renew the snapshot, so a lock
        alone does not prevent a double booking. The update does: whoever comes second
        gets a serialization failure, and Odoo repeats the request on fresh data.
        """
        self.env.cr.execute(
            SQL(
                """UPDATE res_company SET mto_plan_version = mto_plan_version + 1
                    WHERE id IN %s""",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["mto_plan_version"])
