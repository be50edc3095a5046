from odoo import api, fields, models


class MtoCheck(models.TransientModel):
    """Whether the plan that stands in the database can be true."""

    _name = "mto.check"
    _inherit = ["mto.dialog"]
    _description = "Check the Plan"

    problem_ids = fields.One2many("mto.check.problem", "check_id", readonly=True)

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
        self._look()
        return self._reopen()

    @api.model
    def action_open(self):
        """Open a check that was just made."""
        return self.create({})._reopen()

    def _look(self):
        self.ensure_one()
        self.env["mto.check.problem"].create(
            [
                {
                    "check_id": self.id,
                    "text": problem["text"],
                    "res_model": problem["model"],
                    "res_ids": problem["ids"],
                }
                for problem in self.env["mto.planner"].check_consistency()
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
    text = fields.Char("Problem", readonly=True)
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True)
    count = fields.Integer("Records", compute="_compute_count")

    @api.depends("res_ids")
    def _compute_count(self):
        for problem in self:
            problem.count = len(problem.res_ids or [])

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
