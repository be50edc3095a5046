from odoo import api, fields, models

from ..models.mto_repair import REPAIRED


class MtoCheck(models.TransientModel):
    """Whether the plan that stands in the database can be true, and repairing it."""

    _name = "mto.check"
    _inherit = ["mto.dialog"]
    _description = "Check the Plan"

    problem_ids = fields.One2many("mto.check.problem", "check_id", readonly=True)
    problem_id = fields.Many2one("mto.check.problem", "To Be Repaired", readonly=True)
    repaired = fields.Text("What Would Be Done", readonly=True)
    by_hand = fields.Text("Left for You", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """A check is made when it is opened."""
        checks = super().create(vals_list)
        for check in checks:
            check._look()
        return checks

    def action_check(self):
        """Look again."""
        self.problem_ids.unlink()
        self.write({"problem_id": False, "repaired": False, "by_hand": False})
        self._look()
        return self._reopen()

    @api.model
    def action_open(self):
        """Open a check that was just made."""
        return self.create({})._reopen()

    def action_repair(self):
        """Do what was shown, and look again."""
        self.ensure_one()
        self.env["mto.planner"].repair_consistency(self.problem_id.check)
        return self.action_check()

    def _look(self):
        self.ensure_one()
        planner = self.env["mto.planner"]
        self.env["mto.check.problem"].create(
            [
                {
                    "check_id": self.id,
                    "check": problem["check"],
                    "text": problem["text"],
                    "advice": planner._get_advice(problem["check"]),
                    "res_model": problem["model"],
                    "res_ids": problem["ids"],
                }
                for problem in planner.check_consistency()
            ]
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check the Plan"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class MtoCheckProblem(models.TransientModel):
    """Something that cannot be true."""

    _name = "mto.check.problem"
    _inherit = ["mto.dialog"]
    _description = "Problem of the Plan"

    check_id = fields.Many2one("mto.check", required=True, ondelete="cascade")
    check = fields.Char("Name of the Check", readonly=True)
    text = fields.Char("Problem", readonly=True)
    advice = fields.Char("By Hand", readonly=True)
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True)
    count = fields.Integer("Records", compute="_compute_count")
    can_repair = fields.Boolean(compute="_compute_can_repair")

    @api.depends("res_ids")
    def _compute_count(self):
        for problem in self:
            problem.count = len(problem.res_ids or [])

    @api.depends("check")
    def _compute_can_repair(self):
        for problem in self:
            problem.can_repair = problem.check in REPAIRED

    def action_view_records(self):
        """Open what it is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.text,
            "res_model": self.res_model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.res_ids)],
        }

    def action_preview(self):
        """Show what a repair would do, by doing it and taking it back."""
        self.ensure_one()
        planner = self.env["mto.planner"]
        report = planner.repair_consistency(self.check, dry_run=True)
        self.check_id.write(
            {
                "problem_id": self.id,
                "repaired": _in_lines(report["repaired"]),
                "by_hand": _in_lines(report["by_hand"]),
            }
        )
        return self.check_id._reopen()


def _in_lines(rows):
    return "\n".join(f"{row['name']}: {row['text']}" for row in rows)
