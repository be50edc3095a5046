from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..bridge.figures import format_number
from ..models.errand import Errand
from ..models.trial import SILENT, taken_back

DAY = 24 * 60 * 60


class MtoReplan(models.TransientModel):
    """Plan all open orders anew: first see whom it moves, then do it.

    With a quotation: confirm it and let it go before all others.
    """

    _name = "mto.replan"
    _inherit = ["mto.dialog", "mto.replanning"]
    _description = "Plan Orders Anew"

    # What is written at once leaves today's work where it is.
    frozen_days = fields.Float(
        default=lambda self: self.env.company.mto_frozen_days or 1.0
    )
    order_id = fields.Many2one("sale.order", "Goes First", readonly=True)
    date_usual = fields.Datetime("If Nobody Moves", readonly=True)
    date_first = fields.Datetime("If It Goes First", readonly=True)
    impact_ids = fields.One2many("mto.replan.impact", "wizard_id", readonly=True)
    is_previewed = fields.Boolean(readonly=True)
    summary = fields.Char(readonly=True)
    moved_count = fields.Integer(readonly=True)

    @api.onchange("company_id", "method", "frozen_days")
    def _onchange_options(self):
        self.is_previewed = False

    def action_preview(self):
        """Compute the new plan and show which orders it moves."""
        self.ensure_one()
        if self.order_id:
            usual, first, answer = self._try_first()
            self.date_usual, self.date_first = usual, first
        else:
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
        if self.order_id:
            days = (self.date_usual - self.date_first).total_seconds() / DAY
            return self.env._(
                "%(order)s would be delivered %(days)s days earlier. Other orders that "
                "end at another time: %(count)d. Orders later than needed: %(late)d.",
                order=self.order_id.name,
                days=format_number(self.env, round(days, 1)),
                count=moved,
                late=answer["late"],
            )
        if not answer["moved_workorders"]:
            return self.env._("The plan is as good as it gets: nothing would move.")
        return self.env._(
            "Orders that end at another time: %(orders)d of %(all)d. Work orders that "
            "move: %(workorders)d. Orders later than needed: %(late)d.",
            orders=moved,
            all=len(answer["orders"]) + len(answer["unplanned"]),
            workorders=answer["moved_workorders"],
            late=answer["late"],
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Go First")
            if self.order_id
            else self.env._("Plan Anew"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_apply(self):
        """Write the plan that was shown."""
        self.ensure_one()
        if self._is_plan_another():
            raise UserError(
                self.env._(
                    "The plan has changed since: look at what changes once more."
                )
            )
        if self.order_id:
            return self._go_first()
        answer = self._replan()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Done. Work orders with new times: %(count)d.",
                    count=answer["moved_workorders"],
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # A quotation that goes first

    def _try_first(self):
        """What would happen, by doing it and taking it back.

        :return: ``(usual date, date if it goes first, answer of replan for others)``.
        """
        with taken_back(self.env):
            wizard = Errand.give(
                self.with_context(**SILENT), moment=fields.Datetime.now()
            )
            usual = wizard._confirm_order()
            answer = wizard._replan(dry_run=True)
            own = wizard._get_productions().ids
        rows = [row for row in answer["orders"] if row["production_id"] in own]
        others = [row for row in answer["orders"] if row not in rows]
        return usual, usual + _shift(rows), {**answer, "orders": others}

    def _confirm_order(self):
        """Confirm the quotation as usual, as urgent; returns the date that it has."""
        self.order_id.with_context(mto_planning_ask=False).action_confirm()
        productions = self._get_productions()
        productions.priority = "1"
        undated = not self.order_id.mto_promise_date
        if undated or not productions:
            raise UserError(
                self.env._(
                    "%(order)s cannot go first: it has no date. %(reason)s",
                    order=self.order_id.name,
                    reason=self.order_id.mto_reason or "",
                )
            )
        return self.order_id.mto_promise_date

    def _get_productions(self):
        """The open manufacturing orders of the quotation."""
        productions = self.order_id._mto_get_lines().mto_production_ids
        return productions.filtered(lambda one: one.state in ("confirmed", "progress"))

    def _go_first(self):
        """Confirm the quotation, plan it before all others, and tell the new date."""
        self._confirm_order()
        self._replan()
        # Superuser: the ledger is written by the planner only.
        for line in self.order_id.sudo()._mto_get_lines():
            line._mto_follow_finish(self.env._("It goes before other orders."))
        return self.order_id.get_formview_action()


def _shift(rows):
    """By how much the last of some orders ends at another time (less: earlier)."""
    ends = [
        (
            fields.Datetime.to_datetime(row["before"]),
            fields.Datetime.to_datetime(row["after"]),
        )
        for row in rows
        if row["before"]
    ]
    if not ends:
        return timedelta()
    before, after = zip(*ends, strict=True)
    return max(after) - max(before)


class MtoReplanImpact(models.TransientModel):
    """An order that a new plan moves."""

    _name = "mto.replan.impact"
    _inherit = ["mto.dialog"]
    _description = "Order Moved by a New Plan"
    _order = "lateness_hours desc, id"

    wizard_id = fields.Many2one("mto.replan", required=True, ondelete="cascade")
    production_id = fields.Many2one("mrp.production", string="Manufacturing Order")
    order_id = fields.Many2one(related="production_id.mto_order_id", related_sudo=False)
    product_id = fields.Many2one(related="production_id.product_id", related_sudo=False)
    partner_id = fields.Many2one(
        related="production_id.mto_line_id.mto_partner_id",
        string="Customer",
        related_sudo=False,
    )
    promise_date = fields.Datetime(
        related="production_id.mto_line_id.mto_promise_date", related_sudo=False
    )
    date_before = fields.Datetime("Ends Now")
    date_after = fields.Datetime("Would End")
    days = fields.Float(compute="_compute_days", digits=(16, 1))
    lateness_hours = fields.Float("Late (Hours)", digits=(16, 1))
    late_days = fields.Float(
        "Days Late",
        compute="_compute_late_days",
        digits=(16, 1),
        help="After the time at which it must be made for the promised date.",
    )

    @api.depends("lateness_hours")
    def _compute_late_days(self):
        for impact in self:
            impact.late_days = impact.lateness_hours / 24

    @api.depends("date_before", "date_after")
    def _compute_days(self):
        for impact in self:
            moved = impact.date_before and impact.date_after - impact.date_before
            impact.days = moved.total_seconds() / 86400 if moved else 0.0
