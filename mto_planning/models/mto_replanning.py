from odoo import fields, models

from .mto_replan import METHODS


class MtoReplanning(models.AbstractModel):
    """How all is planned anew: seen first, and done only if nothing changed since."""

    _name = "mto.replanning"
    _description = "How All Is Planned Anew"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    method = fields.Selection(
        list(METHODS.items()),
        string="Plan",
        required=True,
        default="as_promised",
        help="As promised: just in time what was promised for a requested date, the "
        "rest as early as possible.",
    )
    frozen_days = fields.Float(
        "Leave the Next (Days)",
        default=lambda self: self.env.company.mto_frozen_days,
        help="Work that is planned to begin within so many days stays where it is, if "
        "it still can be done then.",
    )
    plan_version = fields.Integer(
        readonly=True, copy=False, help="Of the plan that was looked at."
    )

    def _replan(self, **options):
        """What ``mto.planner.replan`` answers; ``dry_run``: nothing is written."""
        self.ensure_one()
        return self.env["mto.planner"].replan(
            {
                "company_id": self.company_id.id,
                "method": self.method,
                "frozen_days": self.frozen_days,
                **options,
            }
        )

    def _is_plan_another(self):
        """Whether the plan is not the one any more that was looked at."""
        self.ensure_one()
        return self.plan_version != self.company_id.mto_plan_version
