from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..bridge.access import check_access
from ..models.mto_change_values import FREEING

KINDS = [
    ("kept", "Stays"),
    ("production", "Production"),
    ("operation", "Work"),
    ("purchase", "Purchase"),
    ("transfer", "Transfer"),
    ("other", "Other"),
]


class MtoChange(models.TransientModel):
    """Change a confirmed line: first see what follows from it, then do it."""

    _name = "mto.change"
    _inherit = ["mto.dialog"]
    _description = "Change a Confirmed Line"

    # All that is read of the line is read as the user: a dialog is made for any line.
    line_id = fields.Many2one("sale.order.line", required=True, readonly=True)
    company_id = fields.Many2one(related="line_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_id = fields.Many2one(related="line_id.order_id", related_sudo=False)
    product_id = fields.Many2one(related="line_id.product_id", related_sudo=False)
    product_uom_id = fields.Many2one(
        related="line_id.product_uom_id", related_sudo=False
    )
    quantity_now = fields.Float(
        related="line_id.product_uom_qty", related_sudo=False, string="Ordered"
    )
    qty_delivered = fields.Float(related="line_id.qty_delivered", related_sudo=False)
    requested_now = fields.Datetime(
        related="line_id.mto_requested_date", related_sudo=False, string="Requested Now"
    )
    product_uom_qty = fields.Float(
        "New Quantity",
        digits="Product Unit",
        compute="_compute_new",
        compute_sudo=False,
        store=True,
        precompute=True,
        readonly=False,
        help="At least what is delivered already.",
    )
    requested_date = fields.Datetime(
        compute="_compute_new",
        compute_sudo=False,
        store=True,
        precompute=True,
        readonly=False,
        help="What is not begun is planned just in time for it; empty: as early as "
        "possible.",
    )
    structure = fields.Json(readonly=True)
    structure_text = fields.Text(
        "Made of Other Things", compute="_compute_structure_text"
    )
    go_first = fields.Boolean(
        "Before All Others",
        help="It becomes urgent and all open orders are planned anew behind it: which "
        "of them end later is shown first.",
    )
    chosen = fields.Json(readonly=True)
    undo = fields.Boolean(readonly=True)
    can_undo = fields.Boolean(compute="_compute_can_undo")
    is_planner = fields.Boolean(compute="_compute_is_planner")
    is_cancelled = fields.Boolean(
        "Not Wanted Any More",
        help="What is not begun or ordered goes; what is delivered stays.",
    )
    repeg = fields.Boolean(
        "Offer What Is Freed",
        help="What is not needed any more is given to other orders that still have to "
        "make or buy it, if it is here or comes in time; they make and buy less.",
    )
    is_previewed = fields.Boolean(readonly=True)
    plan_version = fields.Integer(readonly=True)
    promise_before = fields.Datetime("Promised Now", readonly=True)
    promise_after = fields.Datetime("Would Be Promised", readonly=True)
    is_late = fields.Boolean(readonly=True)
    materials = fields.Monetary(
        readonly=True,
        help="What is asked of vendors and not ordered yet: more, or less (below "
        "zero). What is ordered stays.",
    )
    work = fields.Monetary(
        readonly=True, help="By the hourly costs of the work centers."
    )
    hours = fields.Float("Hours of Work", readonly=True)
    row_ids = fields.One2many("mto.change.row", "wizard_id", readonly=True)
    kept_ids = fields.One2many(
        "mto.change.row",
        "wizard_id",
        string="What Nobody Needs Then",
        domain=[("kind", "=", "kept")],
    )
    changed_ids = fields.One2many(
        "mto.change.row", "wizard_id", domain=[("kind", "!=", "kept")], readonly=True
    )

    @api.depends("line_id")
    def _compute_can_undo(self):
        changer = self.env["mto.changer"]
        for wizard in self:
            check_access(wizard.line_id, "read")
            # Superuser: only whether anything has begun.
            line = wizard.line_id.sudo()
            wizard.can_undo = not changer._get_undo_problem(line)

    @api.depends_context("uid")
    def _compute_is_planner(self):
        self.is_planner = self.env.user.has_group("mrp.group_mrp_user")

    @api.depends("structure")
    def _compute_structure_text(self):
        structure = self.env["mto.bom.structure"]
        for wizard in self:
            wizard.structure_text = wizard.structure and "\n".join(
                structure._describe_asked(wizard.line_id, wizard.structure)
            )

    @api.depends("line_id")
    def _compute_new(self):
        for wizard in self:
            wizard.product_uom_qty = wizard.line_id.product_uom_qty
            wizard.requested_date = wizard.line_id.mto_requested_date

    @api.onchange(
        "product_uom_qty", "requested_date", "is_cancelled", "repeg", "go_first"
    )
    def _onchange_values(self):
        self.is_previewed, self.chosen = False, False
        self.kept_ids = [Command.clear()]

    def _get_values(self):
        """What differs from the line, for ``mto_apply_change``."""
        self.ensure_one()
        if self.undo:
            return {"undo": True}
        values = {} if self.is_cancelled else self._get_new_values()
        if self.is_cancelled:
            values["cancel"] = True
        if values.keys() & FREEING:
            values.update({"repeg": True} if self.repeg else {})
            chosen = self._get_chosen()
            values.update({"kept": chosen} if chosen else {})
        if self.go_first and not self.is_cancelled:
            values["go_first"] = True
        if not values:
            raise UserError(self.env._("Nothing is changed yet."))
        return values

    def _get_new_values(self):
        values = {"structure": self.structure} if self.structure else {}
        if self.product_uom_id.compare(self.product_uom_qty, self.quantity_now):
            values["product_uom_qty"] = self.product_uom_qty
        if self.requested_date != self.requested_now:
            values["requested_date"] = fields.Datetime.to_string(self.requested_date)
        return values

    def _get_chosen(self):
        """What was chosen to become of what is kept, as ``mto_apply_change`` has it."""
        rows = {(row["model"], row["id"]): row for row in self.chosen or []}
        for row in self.kept_ids:
            key = (row.record_model, row.record_id)
            rows[key] = {"model": key[0], "id": key[1], "choice": row.choice}
        return list(rows.values())

    def action_undo(self):
        """Show what taking the last change back would do."""
        self.ensure_one()
        self.undo = True
        return self.action_preview()

    def action_preview(self):
        """Show what the change does, level by level."""
        self.ensure_one()
        values = self._get_values()
        report = self.line_id.mto_preview_change(values)
        # Kept apart from the rows: what is cancelled is not kept any more.
        self.chosen = values.get("kept")
        self.row_ids.unlink()
        self.env["mto.change.row"].create(
            [
                {"wizard_id": self.id, **values}
                for values in (
                    *map(self._prepare_kept, report["kept"]),
                    *map(self._prepare_row, report["rows"]),
                    *map(self._prepare_other, report["others"]),
                    *map(self._prepare_served, report["repegged"]),
                )
            ]
        )
        self.write(
            {
                "is_previewed": True,
                "plan_version": self.company_id.mto_plan_version,
                "promise_before": report["before"]["promise_date"],
                "promise_after": not self.is_cancelled
                and report["after"]["promise_date"],
                "is_late": not report["after"]["on_request"],
                "materials": report["cost"]["materials"],
                "work": report["cost"]["work"],
                "hours": report["cost"]["hours"],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _prepare_row(self, row):
        old, new = row["before"] or {}, row["after"] or {}
        return {
            "kind": row["kind"],
            "action": row["action"],
            "name": row["name"] if row["action"] != "new" else False,
            "product_id": row["product_id"],
            "quantity_before": old.get("quantity"),
            "quantity_after": new.get("quantity")
            if row["action"] != "cancelled"
            else 0.0,
            "date_before": old.get("finish"),
            "date_after": new.get("finish") if row["action"] != "cancelled" else False,
        }

    @api.model
    def _prepare_kept(self, row):
        return {
            "kind": "kept",
            "action": row["reason"],
            "choice": row["choice"],
            "record_model": row["model"],
            "record_id": row["id"],
            "name": row["name"],
            "product_id": row["product_id"],
            "quantity_after": row["quantity"],
        }

    @api.model
    def _prepare_served(self, row):
        return {
            "kind": "other",
            "action": "served",
            "name": row["order"],
            "product_id": row["product_id"],
            "quantity_after": row["quantity"],
        }

    @api.model
    def _prepare_other(self, row):
        return {
            "kind": "other",
            "action": "changed",
            "name": " ".join(filter(None, (row["order"], row["production"]))),
            "product_id": row["product_id"],
            "quantity_before": row["quantity"],
            "quantity_after": row["quantity"],
            "date_before": row["before"],
            "date_after": row["after"],
        }

    def action_apply(self):
        """Do what was shown."""
        self.ensure_one()
        if self.plan_version != self.company_id.mto_plan_version:
            raise UserError(
                self.env._(
                    "The plan has changed since: look at what changes once more."
                )
            )
        self.line_id.mto_apply_change(self._get_values())
        return {"type": "ir.actions.act_window_close"}


class MtoChangeRow(models.TransientModel):
    """A record that a change of a line changes, or leaves though nobody needs it."""

    _name = "mto.change.row"
    _inherit = ["mto.dialog"]
    _description = "Record Changed with a Line"

    wizard_id = fields.Many2one("mto.change", required=True, ondelete="cascade")
    kind = fields.Selection(KINDS, required=True)
    action = fields.Selection(
        [
            ("changed", "Changed"),
            ("new", "New"),
            ("cancelled", "Cancelled"),
            ("started", "Has begun: goes to stock"),
            ("done", "Is made: free stock"),
            ("ordered", "Ordered: becomes free stock"),
            ("received", "Is here: free stock"),
            ("served", "Has it instead"),
        ],
        string="What Happens",
        required=True,
    )
    choice = fields.Selection(
        [
            ("stock", "Keep for stock"),
            ("repeg", "Offer to other orders"),
            ("cancel", "Cancel it"),
            ("scrap", "Scrap it"),
        ],
        string="What Becomes of It",
        help="What is ordered can be cancelled with the vendor, work that has used "
        "nothing can be stopped, and what is here can be scrapped.",
    )
    record_model = fields.Char()
    record_id = fields.Integer()
    name = fields.Char()
    product_id = fields.Many2one("product.product")
    quantity_before = fields.Float("Quantity", digits="Product Unit")
    quantity_after = fields.Float("New Quantity", digits="Product Unit")
    date_before = fields.Datetime("Date")
    date_after = fields.Datetime("New Date")
