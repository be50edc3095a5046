from odoo import api, fields, models
from odoo.exceptions import UserError


class MtoReplan(models.TransientModel):
    """Plan all open orders anew: first see whom it moves, then do it."""

    _name = "mto.replan"
    _description = "Plan Orders Anew"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    method = fields.Selection(
        [
            ("as_promised", "As promised"),
            ("just_in_time", "Just in time"),
            ("earliest", "As early as possible"),
        ],
        required=True,
        default="as_promised",
        help="As promised: just in time what was promised for a requested date, the "
        "rest as early as possible.",
    )
    frozen_days = fields.Float(
        "Leave the Next (Days)",
        default=lambda self: self.env.company.mto_frozen_days or 1.0,
        help="Work that is planned to begin within so many days stays where it is.",
    )
    impact_ids = fields.One2many("mto.replan.impact", "wizard_id", readonly=True)
    is_previewed = fields.Boolean(readonly=True)
    plan_version = fields.Integer(readonly=True)
    summary = fields.Char(readonly=True)
    moved_count = fields.Integer(readonly=True)

    @api.onchange("company_id", "method", "frozen_days")
    def _onchange_options(self):
        self.is_previewed = False

    def _replan(self, **options):
        return self.env["mto.planner"].replan(
            {
                "company_id": self.company_id.id,
                "method": self.method,
                "frozen_days": self.frozen_days,
                **options,
            }
        )

    def action_preview(self):
        """Compute the new plan and show which orders it moves."""
        self.ensure_one()
        answer = self._replan(dry_run=True)
        moved = [row for row in answer["orders"] if row["before"] != row["after"]]
        self.impact_ids.unlink()
        self.env["mto.replan.impact"].create(
            [
                {
                    "wizard_id": self.id,
                    "production_id": row["production_id"],
                    "date_before": row["before"],
                    "date_after": row["after"],
                    "lateness_hours": row["lateness_hours"],
                }
                for row in moved
            ]
        )
        self.write(
            {
                "is_previewed": True,
                "plan_version": self.company_id.mto_plan_version,
                "moved_count": answer["moved_workorders"],
                "summary": self._summarize(answer, len(moved)),
            }
        )
        return self._reopen()

    def _summarize(self, answer, moved):
        if not answer["moved_workorders"]:
            return self.env._("The plan is as good as it gets: nothing would move.")
        return self.env._(
            "%(orders)d of %(all)d orders end at another time, %(workorders)d work "
            "orders move; %(late)d orders end later than needed.",
            orders=moved,
            all=len(answer["orders"]) + len(answer["unplanned"]),
            workorders=answer["moved_workorders"],
            late=answer["late"],
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan Anew"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_apply(self):
        """Write the plan that was shown."""
        self.ensure_one()
        if self.plan_version != self.company_id.mto_plan_version:
            raise UserError(
                self.env._(
                    "The plan has changed since: look at what changes once more."
                )
            )
        answer = self._replan()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)d work orders have new times.",
                    count=answer["moved_workorders"],
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class MtoReplanImpact(models.TransientModel):
    """An order that a new plan moves."""

    _name = "mto.replan.impact"
    _description = "Order Moved by a New Plan"
    _order = "lateness_hours desc, id"

    wizard_id = fields.Many2one("mto.replan", required=True, ondelete="cascade")
    production_id = fields.Many2one("mrp.production", string="Manufacturing Order")
    order_id = fields.Many2one(related="production_id.mto_order_id")
    product_id = fields.Many2one(related="production_id.product_id")
    date_before = fields.Datetime("Ends Now")
    date_after = fields.Datetime("Would End")
    days = fields.Float(compute="_compute_days", digits=(16, 1))
    lateness_hours = fields.Float("Late (Hours)", digits=(16, 1))

    @api.depends("date_before", "date_after")
    def _compute_days(self):
        for impact in self:
            moved = impact.date_before and impact.date_after - impact.date_before
            impact.days = moved.total_seconds() / 86400 if moved else 0.0
