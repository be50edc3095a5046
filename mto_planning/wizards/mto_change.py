from odoo import api, fields, models
from odoo.exceptions import UserError

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
    _description = "Change a Confirmed Line"

    line_id = fields.Many2one("sale.order.line", required=True, readonly=True)
    company_id = fields.Many2one(related="line_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_id = fields.Many2one(related="line_id.order_id")
    product_id = fields.Many2one(related="line_id.product_id")
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    quantity_now = fields.Float(related="line_id.product_uom_qty", string="Ordered")
    qty_delivered = fields.Float(related="line_id.qty_delivered")
    requested_now = fields.Datetime(
        related="line_id.mto_requested_date", string="Requested Now"
    )
    product_uom_qty = fields.Float(
        "New Quantity",
        digits="Product Unit",
        compute="_compute_new",
        store=True,
        precompute=True,
        readonly=False,
        help="At least what is delivered already.",
    )
    requested_date = fields.Datetime(
        compute="_compute_new",
        store=True,
        precompute=True,
        readonly=False,
        help="What is not begun is planned just in time for it; empty: as early as "
        "possible.",
    )
    is_cancelled = fields.Boolean(
        "Not Wanted Any More",
        help="What is not begun or ordered goes; what is delivered stays.",
    )
    repeg = fields.Boolean(
        "Offer What Is Freed",
        help="What lies in stock then and is not needed any more is given to other "
        "orders that still have to make or buy it; they make and buy less.",
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

    @api.depends("line_id")
    def _compute_new(self):
        for wizard in self:
            wizard.product_uom_qty = wizard.line_id.product_uom_qty
            wizard.requested_date = wizard.line_id.mto_requested_date

    @api.onchange("product_uom_qty", "requested_date", "is_cancelled", "repeg")
    def _onchange_values(self):
        self.is_previewed = False

    def _get_values(self):
        """What differs from the line, for ``mto_apply_change``."""
        self.ensure_one()
        repeg = {"repeg": True} if self.repeg else {}
        if self.is_cancelled:
            return {"cancel": True, **repeg}
        values = {}
        if self.product_uom_id.compare(self.product_uom_qty, self.quantity_now):
            values.update(product_uom_qty=self.product_uom_qty, **repeg)
        if self.requested_date != self.requested_now:
            values["requested_date"] = fields.Datetime.to_string(self.requested_date)
        if not values:
            raise UserError(self.env._("Nothing is changed yet."))
        return values

    def action_preview(self):
        """Show what the change does, level by level."""
        self.ensure_one()
        report = self.line_id.mto_preview_change(self._get_values())
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
        production = self.env["mrp.production"].sudo().browse(row["production_id"])
        return {
            "kind": "other",
            "action": "changed",
            "name": f"{row['order']} {row['production']}",
            "product_id": production.product_id.id,
            "quantity_before": production.product_qty,
            "quantity_after": production.product_qty,
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
            ("served", "Takes it from stock"),
        ],
        string="What Happens",
        required=True,
    )
    name = fields.Char()
    product_id = fields.Many2one("product.product")
    quantity_before = fields.Float("Quantity", digits="Product Unit")
    quantity_after = fields.Float("New Quantity", digits="Product Unit")
    date_before = fields.Datetime("Date")
    date_after = fields.Datetime("New Date")
