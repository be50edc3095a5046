from odoo import api, fields, models

# A snoozed line comes back before its day when it is more than so much later than it
# was, or at a worse risk.
WAKING_HOURS = 24


class MtoAttention(models.Model):
    """Who cares for a line that is at risk, and until when nobody has to.

    Beside the line: a planner may not write sales orders.
    """

    _name = "mto.attention"
    _description = "Made-to-Order Line That Somebody Cares For"
    _rec_name = "line_id"

    line_id = fields.Many2one(
        "sale.order.line", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users", string="Cared For By", index="btree_not_null", ondelete="set null"
    )
    snooze_until = fields.Date("Snoozed Until", index="btree_not_null")
    snooze_reason = fields.Char()
    snooze_user_id = fields.Many2one("res.users", "Snoozed By", ondelete="set null")
    # As it was when it was snoozed.
    snooze_risk = fields.Char()
    snooze_slack_hours = fields.Float()

    _line_unique = models.Constraint(
        "UNIQUE(line_id)", "A line has one who cares for it."
    )

    @api.model
    def _find(self, lines):
        """``{line: its record}``, an empty one if nobody was asked; as superuser."""
        # Superuser: what is noted beside lines that the user may see is his to see.
        found = self.sudo().search([("line_id", "in", lines.ids)])
        return {**dict.fromkeys(lines, found.browse()), **found.grouped("line_id")}

    @api.model
    def _get_of(self, line):
        """The record of a line that the user may see; made, if there is none."""
        found = self._find(line)[line]
        return found or found.create({"line_id": line.id})

    def _is_snoozed(self, today, risk_rank):
        """Whether nobody has to look at the line before its day.

        :param risk_rank: a function of a risk: the worse, the higher.
        """
        self.ensure_one()
        if not self.snooze_until or self.snooze_until <= today:
            return False
        line = self.line_id
        later = self.snooze_slack_hours - line.mto_slack_hours
        is_worse = risk_rank(line.mto_risk) > risk_rank(self.snooze_risk)
        return not is_worse and later <= WAKING_HOURS


class MtoSnapshot(models.Model):
    """Which lines were at risk on a day: what has changed since is told by it."""

    _name = "mto.snapshot"
    _description = "Made-to-Order Line at Risk, Yesterday"
    _order = "date desc, id"

    KEPT_DAYS = 15

    date = fields.Date(required=True, index=True)
    line_id = fields.Many2one(
        "sale.order.line", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    risk = fields.Char(required=True)
    slack_hours = fields.Float()
    since = fields.Date(required=True, help="The first day of this trouble.")

    _once_a_day = models.UniqueIndex("(line_id, date)")

    @api.model
    def _cron_take(self):
        """Remember which lines are at risk today, and since when."""
        today = fields.Date.context_today(self)
        if self.search_count([("date", "=", today)], limit=1):
            return
        last = self.search([], order="date desc", limit=1).date
        since = {
            row.line_id.id: row.since
            for row in self.search([("date", "=", last)] if last else [(0, "=", 1)])
        }
        lines = self.env["sale.order.line"].search(
            self.env["mto.today"]._get_risk_domain()
        )
        self.create(
            [
                {
                    "date": today,
                    "line_id": line.id,
                    "company_id": line.company_id.id,
                    "risk": line.mto_risk,
                    "slack_hours": line.mto_slack_hours,
                    "since": since.get(line.id, today),
                }
                for line in lines
            ]
        )

    @api.autovacuum
    def _gc_old(self):
        """Two weeks are enough to see what has changed."""
        limit = fields.Date.subtract(
            fields.Date.context_today(self), days=self.KEPT_DAYS
        )
        self.search([("date", "<", limit)], limit=10000).unlink()
