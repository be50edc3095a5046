from odoo import api, fields, models

from ..bridge.access import check_access


class MtoScenarioImpact(models.Model):
    """An order line that a what-if moves: its delivery without it, and with it."""

    _name = "mto.scenario.impact"
    _description = "Order That a What-If Moves"
    _order = "sequence, days desc, id"

    scenario_id = fields.Many2one(
        "mto.scenario", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scenario_id.company_id")
    line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(related="line_id.order_id", related_sudo=False)
    partner_id = fields.Many2one(
        related="line_id.order_partner_id", string="Customer", related_sudo=False
    )
    product_id = fields.Many2one(related="line_id.product_id", related_sudo=False)
    is_new = fields.Boolean("Quotation", readonly=True)
    promise_date = fields.Datetime("Promised", readonly=True)
    current_date = fields.Datetime(
        "As It Stands",
        readonly=True,
        help="When it is delivered by the plan as it stands.",
    )
    anew_date = fields.Datetime(
        "Without This",
        readonly=True,
        help="When it would be delivered if all was planned anew without the changes.",
    )
    changed_date = fields.Datetime(
        "With This", readonly=True, help="Empty: it would have no date at all."
    )
    first_date = fields.Datetime(compute="_compute_span")
    last_date = fields.Datetime(compute="_compute_span")
    made_days = fields.Float(
        "Made (Days Later)",
        readonly=True,
        digits=(16, 1),
        help="By how much it is made later, or (less than zero) earlier. What is made "
        "in time still leaves when it was promised.",
    )
    days = fields.Float(
        "Delivered (Days Later)", compute="_compute_outcome", store=True, digits=(16, 1)
    )
    effect = fields.Selection(
        [
            ("blocked", "No date any more"),
            ("late", "Becomes late"),
            ("later", "Later"),
            ("new", "Quotation"),
            ("earlier", "Earlier"),
            ("saved", "Not late any more"),
            ("same", "Same date"),
        ],
        compute="_compute_outcome",
        store=True,
    )
    sequence = fields.Integer(compute="_compute_outcome", store=True)

    @api.depends("is_new", "promise_date", "anew_date", "changed_date")
    def _compute_outcome(self):
        """Worst first."""
        effects = [name for name, _label in self._fields["effect"].selection]
        for impact in self:
            shift = impact.changed_date and impact.anew_date
            seconds = (
                (impact.changed_date - impact.anew_date).total_seconds() if shift else 0
            )
            impact.days = seconds / 86400
            impact.effect = impact._get_effect(seconds)
            impact.sequence = effects.index(impact.effect)

    @api.depends("scenario_id.impact_ids")
    def _compute_span(self):
        """From the first to the last moment of its what-if, to draw all alike."""
        for scenario, impacts in self.grouped("scenario_id").items():
            rows = scenario.impact_ids
            moments = [
                moment
                for name in ("promise_date", "anew_date", "changed_date")
                for moment in rows.mapped(name)
                if moment
            ]
            impacts.first_date = min(moments, default=False)
            impacts.last_date = max(moments, default=False)

    def _get_effect(self, seconds):
        if self.is_new and self.changed_date:
            return "new"
        if not self.changed_date:
            return "blocked"
        was_late = self._is_late(self.anew_date)
        if self._is_late(self.changed_date) != was_late:
            return "saved" if was_late else "late"
        if not seconds:
            return "same"
        return "later" if seconds > 0 else "earlier"

    def _is_late(self, moment):
        # What had no date at all was late, too.
        return not moment or bool(self.promise_date and moment > self.promise_date)

    def action_mto_open(self):
        """Open the order line, with its timeline."""
        self.ensure_one()
        check_access(self, "read")
        return self.line_id.action_mto_open()
