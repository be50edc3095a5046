from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..bridge.days import format_moment

KINDS = [
    ("closed", "A work center is closed"),
    ("overtime", "A work center works overtime"),
    ("machines", "A work center has more or fewer machines"),
    ("receipt", "A receipt comes at another time"),
    ("quotation", "A quotation is confirmed"),
    ("first", "An order goes first"),
]
# Without what a change says nothing.
NEEDED = {
    "closed": ("workcenter_id", "date_from", "date_to"),
    "overtime": ("workcenter_id", "date_from", "date_to"),
    "machines": ("workcenter_id", "machines"),
    "receipt": ("picking_id", "date_from"),
    "quotation": ("order_id",),
    "first": ("order_id",),
}
PICKING_OVER = ("done", "cancel")


class MtoScenarioChange(models.Model):
    """One thing that a what-if assumes, and how it is made.

    Each is made by what Odoo has for it: time off, overtime, the machines of a work
    center, the date of a transfer, a confirmation, a priority.
    """

    _name = "mto.scenario.change"
    # What it names is the user's: his what-if tells dates of it.
    _inherit = ["mto.dialog"]
    _description = "Change That Is Tried"
    _order = "sequence, id"
    _check_company_auto = True

    scenario_id = fields.Many2one(
        "mto.scenario", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scenario_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, string="What", required=True, default="closed")
    workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Work Center", check_company=True, ondelete="cascade"
    )
    date_from = fields.Datetime(
        "From", help="Of a receipt: when it comes, later or earlier than expected."
    )
    date_to = fields.Datetime("Until")
    machines = fields.Integer(
        "Parallel Machines", help="How many it has then; until somebody changes it."
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Receipt",
        check_company=True,
        domain="[('picking_type_code', '=', 'incoming'),"
        " ('state', 'not in', ('done', 'cancel')), ('company_id', '=', company_id)]",
        ondelete="cascade",
    )
    order_id = fields.Many2one(
        "sale.order",
        check_company=True,
        domain="[('mto_is_made_to_order', '=', True), ('company_id', '=', company_id),"
        " ('state', 'in', ('draft', 'sent') if kind == 'quotation' else ('sale',))]",
        ondelete="cascade",
    )
    description = fields.Char("Change", compute="_compute_description")

    @api.depends(
        "kind",
        "workcenter_id",
        "date_from",
        "date_to",
        "machines",
        "picking_id",
        "order_id",
    )
    @api.depends_context("lang", "tz")
    def _compute_description(self):
        for change in self:
            change.description = change._describe() if change._is_complete() else False

    def _describe(self):
        """What is tried, in one sentence."""
        values = {
            "center": self.workcenter_id.display_name,
            "start": self._format(self.date_from),
            "end": self._format(self.date_to),
            "order": self.order_id.display_name,
        }
        if self.kind == "closed":
            return self.env._(
                "%(center)s is closed from %(start)s to %(end)s", **values
            )
        if self.kind == "overtime":
            return self.env._(
                "%(center)s also works from %(start)s to %(end)s", **values
            )
        if self.kind == "machines":
            return self.env._(
                "%(center)s has %(count)d machines", count=self.machines, **values
            )
        if self.kind == "receipt":
            return self.env._(
                "%(picking)s comes on %(start)s",
                picking=self.picking_id.display_name,
                **values,
            )
        if self.kind == "quotation":
            return self.env._("%(order)s is confirmed", **values)
        return self.env._("%(order)s goes first", **values)

    def _format(self, moment):
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        return format_moment(self.env, moment, zone) if moment else ""

    # Keeping them sensible

    def _is_complete(self):
        return self.kind in NEEDED and all(self[name] for name in NEEDED[self.kind])

    @api.constrains(*{name for names in NEEDED.values() for name in names}, "kind")
    def _check_values(self):
        for change in self:
            missing = [name for name in NEEDED[change.kind] if not change[name]]
            if missing:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” is missing: “%(kind)s” needs it.",
                        field=self._get_label(missing[0]),
                        kind=self._get_kind_name(change.kind),
                    )
                )
            change._check_dates()
            change._check_machines()

    def _check_dates(self):
        if "date_to" not in NEEDED[self.kind]:
            return
        if self.date_to <= max(self.date_from, fields.Datetime.now()):
            raise ValidationError(
                self.env._(
                    "“Until” must be later than “From”, and not be past: %(end)s.",
                    end=self._format(self.date_to),
                )
            )

    def _check_machines(self):
        if self.kind == "machines" and self.machines < 1:
            raise ValidationError(
                self.env._(
                    "“Parallel Machines” must be at least 1, not %(count)d. A work "
                    "center without a machine is closed.",
                    count=self.machines,
                )
            )

    def _get_label(self, name):
        return self._fields[name]._description_string(self.env)

    def _get_kind_name(self, kind):
        return dict(self._fields["kind"]._description_selection(self.env))[kind]

    @api.onchange("kind")
    def _onchange_kind(self):
        """Nothing is kept that this kind does not need."""
        names = {name for needed in NEEDED.values() for name in needed}
        for name in names - set(NEEDED[self.kind or "closed"]):
            self[name] = False
        if self.kind == "machines" and not self.machines:
            self.machines = self.workcenter_id.mto_machines + 1

    @api.onchange("workcenter_id")
    def _onchange_workcenter_id(self):
        if self.kind == "machines" and self.workcenter_id:
            self.machines = self.workcenter_id.mto_machines + 1

    @api.onchange("date_from")
    def _onchange_date_from(self):
        """A day of eight hours, until another end is given."""
        if self.date_from and (not self.date_to or self.date_to <= self.date_from):
            self.date_to = self.date_from + timedelta(hours=8)

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        changes.scenario_id._reopen()
        return changes

    def write(self, vals):
        result = super().write(vals)
        self.scenario_id._reopen()
        return result

    def unlink(self):
        scenarios = self.scenario_id
        result = super().unlink()
        scenarios._reopen()
        return result

    # Making them

    def _make(self):
        """Make the changes, in their order.

        :raises UserError: one cannot be made as things are now; it is named.
        """
        for change in self:
            getattr(change, f"_make_{change.kind}")()

    def _make_closed(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": self.scenario_id.name,
                "resource_id": self.workcenter_id.resource_id.id,
                "calendar_id": self.workcenter_id.resource_calendar_id.id,
                "company_id": self.company_id.id,
                "date_from": self.date_from,
                "date_to": self.date_to,
                "time_type": "leave",
            }
        )

    def _make_overtime(self):
        self.env["mto.overtime"].create(
            {
                "name": self.scenario_id.name,
                "workcenter_id": self.workcenter_id.id,
                "date_from": self.date_from,
                "date_to": self.date_to,
            }
        )

    def _make_machines(self):
        self.workcenter_id.mto_machines = self.machines

    def _make_receipt(self):
        if self.picking_id.state in PICKING_OVER:
            raise self._not_possible(self.env._("it has come, or never will"))
        self.picking_id.scheduled_date = self.date_from
        # Of both dates the later one is the truth (see ``bridge.shop.expected``).
        self.picking_id.move_ids.purchase_line_id.filtered(
            lambda line: line.date_planned and line.date_planned > self.date_from
        ).date_planned = self.date_from

    def _make_quotation(self):
        if self.order_id.state not in ("draft", "sent"):
            raise self._not_possible(self.env._("it is no quotation any more"))
        self.order_id.with_context(mto_planning_ask=False).action_confirm()

    def _make_first(self):
        productions = self.order_id._mto_get_lines().mto_production_ids.filtered(
            lambda production: production.state in ("confirmed", "progress")
        )
        if not productions:
            raise self._not_possible(self.env._("nothing of it is left to be made"))
        productions.priority = "1"

    def _not_possible(self, reason):
        return UserError(
            self.env._(
                "“%(change)s” cannot be tried: %(reason)s. Take it out.",
                change=self.description,
                reason=reason,
            )
        )
