from collections import Counter
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..bridge.access import check_access
from .errand import Errand
from .mto_outlook import Outlook, Surroundings
from .mto_progress import READ_AHEAD
from .trial import SILENT, taken_back

# What the plan is made by.
OPTIONS = {"method", "frozen_days", "company_id"}
DAY = 24 * 60 * 60


class Delivery(NamedTuple):
    """When an order line is made and when its customer has it; ``False``: never."""

    made: object
    delivered: object


class MtoScenario(models.Model):
    """What if: changes that are tried on the whole shop before anybody makes them.

    They are made, all is planned anew on paper, and they are taken back: so what it
    says is what happens when it is applied.
    """

    _name = "mto.scenario"
    _inherit = ["mto.replanning"]
    _description = "What-If"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(index=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user
    )
    note = fields.Text("Notes")
    change_ids = fields.One2many(
        "mto.scenario.change", "scenario_id", string="Changes", copy=True
    )
    impact_ids = fields.One2many(
        "mto.scenario.impact",
        "scenario_id",
        string="Orders That It Moves",
        readonly=True,
        copy=False,
    )
    state = fields.Selection(
        [("draft", "New"), ("computed", "Computed"), ("applied", "Applied")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    computed_date = fields.Datetime("Computed On", readonly=True, copy=False)
    applied_date = fields.Datetime("Applied On", readonly=True, copy=False)
    is_outdated = fields.Boolean(
        compute="_compute_is_outdated",
        help="The plan has changed since this was computed.",
    )
    summary = fields.Char("Outcome", compute="_compute_summary")
    late_count = fields.Integer("Become Late", compute="_compute_summary")

    @api.depends("state", "plan_version", "company_id.mto_plan_version")
    def _compute_is_outdated(self):
        for scenario in self:
            scenario.is_outdated = (
                scenario.state == "computed" and scenario._is_plan_another()
            )

    @api.depends("state", "impact_ids.effect")
    @api.depends_context("lang")
    def _compute_summary(self):
        effects = self.env["mto.scenario.impact"]._fields["effect"]
        names = dict(effects._description_selection(self.env))
        for scenario in self:
            counts = Counter(scenario.impact_ids.mapped("effect"))
            scenario.late_count = counts["late"] + counts["blocked"]
            parts = [f"{names[one]}: {counts[one]}" for one in names if counts[one]]
            if scenario.state == "draft":
                parts = []
            elif not parts:
                parts = [self.env._("No order is delivered at another time.")]
            scenario.summary = " · ".join(parts)

    # Public interface

    def action_compute(self):
        """Find out when all open orders would be delivered with the changes.

        Writes what was found, and nothing else.

        :return: ``True``.
        :raises UserError: it is applied already, has no change, or one of them cannot
            be made as things are now; it is named.
        """
        check_access(self, "write")
        for scenario in self:
            scenario._check_to_do()
            scenario._write_impacts(scenario._find_deliveries())
        return True

    def action_apply(self):
        """Make the changes as the user, and plan all open orders anew.

        :return: the client's action that says so.
        :raises UserError: it is not computed, or the plan has changed since.
        :raises AccessError: the user may not make one of the changes.
        """
        self.ensure_one()
        check_access(self, "write")
        self._check_to_do()
        if self.state != "computed" or self.is_outdated:
            raise UserError(
                self.env._(
                    "%s: the plan has changed since, or it was never computed. Compute "
                    "it, and look at whom it moves.",
                    self.name,
                )
            )
        self.change_ids._make()
        answer = self._replan()
        self.write({"state": "applied", "applied_date": fields.Datetime.now()})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(name)s is applied; %(count)d work orders have new times.",
                    name=self.name,
                    count=answer["moved_workorders"],
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_to_do(self):
        if self.state == "applied":
            raise self._already_applied()
        if not self.change_ids:
            raise UserError(
                self.env._("%s: “Changes” is empty. Say what is tried.", self.name)
            )

    def _reopen(self):
        """What was computed is not about this any more.

        :raises UserError: it is applied already.
        """
        for scenario in self:
            if scenario.state == "applied":
                raise scenario._already_applied()
        computed = self.filtered(lambda scenario: scenario.state == "computed")
        # Superuser: impacts are written by computing only, see there.
        computed.sudo().impact_ids.unlink()
        computed.write({"state": "draft", "computed_date": False})

    def _already_applied(self):
        return UserError(
            self.env._(
                "%s is applied already. Duplicate it to try it once more.", self.name
            )
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & OPTIONS:
            self._reopen()
        return result

    # Trying

    def _find_deliveries(self):
        """How each open line is made and delivered, planned anew and with the changes.

        :return: two dictionaries ``{line id: Delivery}``.
        """
        at_once = Errand.give(self, moment=fields.Datetime.now())
        anew = at_once._measure()
        with taken_back(self.env):
            # Superuser: it is taken back. Whoever applies it needs the rights.
            trial = Errand.give(at_once.sudo().with_context(**SILENT), is_trial=True)
            trial.change_ids._make()
            changed = trial._measure()
        return anew, changed

    def _measure(self):
        """When each open line is made and delivered if all is planned anew."""
        answer = self._replan(dry_run=True)
        ends = {
            row["production_id"]: fields.Datetime.to_datetime(row["after"])
            for row in answer["orders"]
        }
        never = {row["production_id"] for row in answer["unplanned"]}
        lines, now = self._get_open_lines(), self.env["mto.planner"]._get_moment()
        for path in READ_AHEAD:
            lines.mapped(path)
        surroundings = Surroundings(lines, now)
        return {
            line.id: self._deliver(Outlook(line, now, surroundings), ends, never)
            for line in lines
        }

    def _get_open_lines(self):
        # Superuser: planners are told whom it moves, whatever they may do in sales.
        Line = self.env["sale.order.line"].sudo()
        domain = Domain(self.env["mto.progress"]._get_open_domain())
        return Line.search(domain & Domain("company_id", "=", self.company_id.id))

    @api.model
    def _deliver(self, outlook, ends, never):
        """A line's ``Delivery`` by a plan; what the plan leaves alone stays.

        :param ends: ``{manufacturing order id: when it would end}``.
        :param never: ids of those that have no date.
        """
        tops = outlook.top()
        if any(production.id in never for production in outlook.productions):
            return Delivery(False, False)
        made = [ends.get(one.id) or outlook.finish(one) for one in tops]
        if not made:
            return Delivery(False, outlook.projected())
        return Delivery(max(made), outlook.projected(max(made)))

    # Telling

    def _write_impacts(self, deliveries):
        anew, changed = deliveries
        # Superuser: what was found is written by computing only, never by hand; whom it
        # moves is told as by ``_get_open_lines``.
        inside = self.sudo()
        lines = inside.env["sale.order.line"].browse(changed)
        inside.impact_ids.unlink()
        inside.impact_ids.create(
            [
                self._prepare_impact(line, anew.get(line.id), changed[line.id])
                for line in lines
                if changed[line.id] != anew.get(line.id)
            ]
        )
        self.write(
            {
                "state": "computed",
                "computed_date": fields.Datetime.now(),
                "plan_version": self.company_id.mto_plan_version,
            }
        )

    def _prepare_impact(self, line, anew, changed):
        shift = anew and anew.made and changed.made and changed.made - anew.made
        return {
            "scenario_id": self.id,
            "line_id": line.id,
            "is_new": anew is None,
            "promise_date": line.mto_promise_date,
            "current_date": anew is not None and line.mto_ready_date,
            "anew_date": anew is not None and anew.delivered,
            "changed_date": changed.delivered,
            "made_days": shift.total_seconds() / DAY if shift else 0.0,
        }
