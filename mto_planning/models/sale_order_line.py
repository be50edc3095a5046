from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare

from ..bridge.access import check_access
from ..bridge.figures import format_number
from ..bridge.parse import shown
from ..bridge.request import MAX_QUANTITY
from .errand import Errand
from .mrp_bom import OF_ITS_LINE

OPEN_STATES = ("draft", "sent")
# What only the planner writes: a date that is typed in would be no promise.
PLANNER_FIELDS = {"mto_promise_id", "mto_first_promise_date"}
WRITTEN_BY_PLANNER = PLANNER_FIELDS | {"mto_estimated_cost", "mto_undo"}
# Who may read what a line is made of and made by; nobody else sees these fields.
PRODUCTION_GROUPS = (
    "sales_team.group_sale_salesman,mrp.group_mrp_user,stock.group_stock_user"
)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    mto_is_made_to_order = fields.Boolean(
        "Made to Order",
        compute="_compute_mto_is_made_to_order",
        store=True,
        index=True,
        help="Replenished on order and manufactured: it becomes its own production.",
    )
    mto_bom_ids = fields.One2many(
        "mrp.bom",
        "mto_line_id",
        string="Order Bills of Materials",
        domain=OF_ITS_LINE,
        context={"active_test": False},
        readonly=True,
        copy=False,
        groups=PRODUCTION_GROUPS,
    )
    mto_bom_id = fields.Many2one(
        "mrp.bom",
        string="Order Bill of Materials",
        compute="_compute_mto_bom_id",
        compute_sudo=True,
        help="The bill of materials that makes this line, and nothing else.",
        groups="base.group_user",
    )
    mto_build = fields.Char(
        compute="_compute_mto_build",
        store=True,
        groups="base.group_user",
        help="Of a line that is not made as the masters say: another text for another "
        "structure.",
    )
    mto_like_line_id = fields.Many2one(
        "sale.order.line",
        string="Made Like",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The order line that this one's structure was taken from.",
    )
    mto_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of Costs"
    )
    mto_estimated_cost = fields.Monetary(
        "Estimated Cost",
        currency_field="mto_currency_id",
        readonly=True,
        copy=False,
        groups="mrp.group_mrp_user",
        help="What it should cost to make, as it stood when the order was confirmed.",
    )
    mto_actual_cost = fields.Monetary(
        "Actual Cost",
        currency_field="mto_currency_id",
        compute="_compute_mto_actual_cost",
        compute_sudo=True,
        groups="mrp.group_mrp_user",
        help="Of the parts that were used and the time that was worked until now.",
    )
    mto_cost_difference = fields.Monetary(
        "More Than Estimated",
        currency_field="mto_currency_id",
        compute="_compute_mto_actual_cost",
        compute_sudo=True,
        groups="mrp.group_mrp_user",
    )
    mto_requested_date = fields.Datetime(
        "Requested Date",
        copy=False,
        help="When the customer wants this line; empty: the delivery date of the order "
        "if it has one, else as early as possible.",
    )
    mto_promise_ids = fields.One2many(
        "mto.promise",
        "line_id",
        string="Promises",
        readonly=True,
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user",
    )
    mto_promise_id = fields.Many2one(
        "mto.promise", string="Promise", readonly=True, copy=False, ondelete="set null"
    )
    mto_promise_date = fields.Datetime(
        related="mto_promise_id.promise_date", string="Earliest Realistic Date"
    )
    mto_planned_date = fields.Datetime(
        related="mto_promise_id.planned_date",
        string="Planned",
        groups="base.group_user",
    )
    mto_safety_days = fields.Float(
        related="mto_promise_id.safety_days",
        string="Safety (Days)",
        groups="base.group_user",
    )
    mto_promise_text = fields.Char(
        "Why This Date",
        compute="_compute_mto_promise_text",
        compute_sudo=True,
        groups="base.group_user",
    )
    mto_promise_steps = fields.Json(
        related="mto_promise_id.steps", groups="base.group_user"
    )
    mto_first_promise_date = fields.Datetime(
        "First Promised", readonly=True, copy=False
    )
    mto_promise_state = fields.Selection(
        [
            ("none", "Not computed"),
            ("outdated", "Out of date"),
            ("infeasible", "Cannot be made"),
            ("late", "Later than requested"),
            ("good", "Can be kept"),
        ],
        compute="_compute_mto_promise_state",
        compute_sudo=True,
        string="Promise Status",
    )
    mto_production_ids = fields.One2many(
        "mrp.production",
        "mto_line_id",
        string="Manufacturing Orders of the Line",
        groups=PRODUCTION_GROUPS,
    )
    mto_purchase_line_ids = fields.One2many(
        "purchase.order.line",
        "mto_line_id",
        string="Purchases of the Line",
        groups="purchase.group_purchase_user",
    )
    mto_partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer of the Order", store=True
    )

    # Computes

    @api.depends("product_id", "route_ids", "warehouse_id", "display_type")
    def _compute_mto_is_made_to_order(self):
        made = self._mto_filter_made_to_order()
        for line in self:
            line.mto_is_made_to_order = line in made

    def _mto_filter_made_to_order(self):
        return self.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and line.warehouse_id
                and not line.display_type
                and self.env["mto.planner"]._is_made_to_order(line)
            )
        )

    @api.depends("mto_bom_ids.mto_parent_line_id", "product_id")
    def _compute_mto_bom_id(self):
        for line in self:
            line.mto_bom_id = line._mto_get_top_bom(line.product_id)

    @api.depends("mto_bom_ids.mto_digest")
    def _compute_mto_build(self):
        for line in self:
            digests = sorted(filter(None, line.mto_bom_ids.mapped("mto_digest")))
            line.mto_build = "-".join(digests) or False

    @api.depends(
        "mto_estimated_cost",
        "mto_production_ids.move_raw_ids.state",
        "mto_production_ids.workorder_ids.duration",
    )
    def _compute_mto_actual_cost(self):
        for line in self:
            productions = line.mto_production_ids
            used = productions.move_raw_ids.filtered(lambda move: move.state == "done")
            # What the line makes itself is in the parts and the work of its level.
            made = used.filtered(
                lambda move, own=productions: move.move_orig_ids.production_id & own
            )
            parts = sum(move._mto_get_cost() for move in used - made)
            work = sum(productions.workorder_ids.mapped("mto_actual_cost"))
            line.mto_actual_cost = parts + work
            line.mto_cost_difference = parts + work - line.mto_estimated_cost

    @api.depends(
        "mto_promise_id.state",
        "mto_build",
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "warehouse_id",
        "mto_requested_date",
        "order_id.commitment_date",
        "state",
    )
    def _compute_mto_promise_state(self):
        for line in self:
            line.mto_promise_state = line._mto_get_promise_state()

    def _mto_get_promise_state(self):
        promise = self.mto_promise_id
        if not promise:
            return "none"
        if promise.state in ("expired", "superseded"):
            return "outdated"
        if self.state in OPEN_STATES and not promise._is_about(
            self._mto_prepare_question()
        ):
            return "outdated"
        if not promise.feasible:
            return "infeasible"
        return "good" if promise.on_request else "late"

    def _expected_date(self):
        """A made-to-order line is expected when it was promised."""
        promise = self.mto_promise_id
        if promise.promise_date and self.mto_promise_state != "outdated":
            return promise.promise_date
        return super()._expected_date()

    # Written by the planner only

    @api.model_create_multi
    def create(self, vals_list):
        self._mto_check_written(set().union(*vals_list))
        lines = super().create(vals_list)
        if any("mto_like_line_id" in vals for vals in vals_list):
            lines._mto_make_alike()
        return lines

    def write(self, vals):
        """Less of a confirmed line is less of all that is made and bought for it.

        What is made of other things now has no use for what it was made of.
        """
        self._mto_check_written(vals)
        product_id = vals.get("product_id")
        others = self.filtered(
            lambda line: product_id and line.product_id.id != product_id
        )
        with self._mto_following(vals):
            others._mto_tell_dropped()
            result = super().write(vals)
        others._mto_drop_boms()
        return result

    def unlink(self):
        self._mto_drop_boms()
        return super().unlink()

    def copy_data(self, default=None):
        """A copy of what was customised is made like it."""
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            # Superuser: a customer who orders again may not read the fields.
            if line.sudo()._mto_is_special():
                vals.setdefault("mto_like_line_id", line.id)
        return vals_list

    def _mto_check_written(self, names):
        written = WRITTEN_BY_PLANNER.intersection(names)
        if written and not self.env.su:
            raise AccessError(
                self.env._(
                    "“%s” is written by the planner only.",
                    self._fields[min(written)]._description_string(self.env),
                )
            )

    def _mto_is_special(self):
        """Whether somebody has made it its own: all that is confirmed has copies."""
        self.ensure_one()
        boms = self.mto_bom_ids
        return bool(
            self.mto_build
            or (boms and self.state in OPEN_STATES)
            or any(bom.mto_note != bom.mto_template_bom_id.mto_note for bom in boms)
            or boms._mto_get_own_documents()
        )

    # What a line asks for

    def _mto_get_requested_date(self):
        self.ensure_one()
        order = self.order_id
        if self.mto_requested_date or self.state != "sale":
            return self.mto_requested_date or order.commitment_date
        if order._mto_is_told_date():
            # It was told, not asked for.
            return self.mto_promise_id.requested_date
        return order.commitment_date

    def _mto_prepare_question(self):
        """The values that a promise answers; another value makes it out of date."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "quantity": self.product_uom_qty,
            "uom_id": self.product_uom_id.id,
            "warehouse_id": self.warehouse_id.id,
            "requested_date": self._mto_get_requested_date(),
            "build": self.mto_build,
        }

    def _mto_get_top_bom(self, product, kit_line=None):
        """The line's own bill of materials of what it delivers (a kit: of a part).

        :param kit_line: of the kit; which may have the same part twice.
        """
        boms = self.mto_bom_ids.filtered(
            lambda bom: not bom.mto_parent_line_id and bom.product_id == product
        )
        exact = boms.filtered(lambda bom: kit_line and bom.mto_kit_line_id == kit_line)
        return (exact or boms)[:1]

    # Promise

    def _mto_get_holds(self):
        """``{line: until}`` of the lines whose capacity and material are held now."""
        now = fields.Datetime.now()
        return {
            line: line.mto_promise_id.hold_until
            for line in self
            if line.mto_promise_id.state == "held"
            and line.mto_promise_id.hold_until > now
        }

    def _mto_get_told_date(self):
        """The date of the line for its customer, if it has one that holds."""
        # Superuser: a customer reads his date, not what it was computed from.
        line = self.sudo()
        is_right = line.mto_promise_state in ("good", "late")
        return is_right and line.mto_promise_date

    def _mto_get_customer_date(self):
        """The date of the line where it is not that of the whole order."""
        self.ensure_one()
        date = self.mto_is_made_to_order and self._mto_get_told_date()
        order = self.order_id
        whole, get_day = order._mto_get_customer_date(), order._mto_get_day
        return date if date and whole and get_day(date) != get_day(whole) else None

    def _mto_record_promises(self, answers, state, holds=None):
        """Write the answer of each line into the ledger and make it its promise.

        The lines are given as superuser.

        :param holds: ``{line: until}`` of those that are held, if they have a date.
        """
        # Not their steps, which are long.
        self.mto_promise_id.fetch(["state"])
        current = self.mto_promise_id
        current.filtered(lambda promise: promise.state == "held")._let_go("superseded")
        current.filtered(
            lambda promise: promise.state in ("quoted", "confirmed")
        ).state = "superseded"
        holds = {
            line: (holds or {}).get(line)
            for line, answer in zip(self, answers, strict=True)
            if answer.feasible
        }
        Promise = self.env["mto.promise"]
        promises = Promise.create(
            [
                {
                    **Promise._prepare_from_answer(line, answer),
                    "hold_until": holds.get(line),
                    "state": "held" if holds.get(line) else state,
                }
                for line, answer in zip(self, answers, strict=True)
            ]
        )
        held = [
            (promise, answer)
            for promise, answer in zip(promises, answers, strict=True)
            if promise.hold_until
        ]
        Promise.concat(*(promise for promise, _answer in held))._hold(
            [answer for _promise, answer in held]
        )
        # Without the business of sales on each write: none of it looks at these.
        planned = [self._fields[name] for name in PLANNER_FIELDS]
        with self.env.protecting(planned, self):
            for line, promise in zip(self, promises, strict=True):
                line.mto_promise_id = promise
                line.mto_first_promise_date = promise.first_promise_date
        self.modified(PLANNER_FIELDS)
        return promises

    def _mto_let_go(self):
        """Let others use what the lines hold, if they hold anything; says whether."""
        # Superuser: the ledger is no salesperson's to write; the order, he may.
        promises = self.sudo().mto_promise_id
        held = promises.filtered(lambda promise: promise.state == "held")
        held._let_go("quoted")
        return bool(held)

    def _mto_close(self):
        """What is to be done once all is delivered, for lines of which it is."""
        over = self.filtered(lambda line: line.mto_stage == "delivered")
        over._mto_tell_left_open()
        over._mto_close_promise()
        over._mto_put_away_boms()
        over.order_id._mto_forget_telling()

    def _mto_tell_left_open(self):
        """Note what is still made for lines that were delivered from elsewhere.

        Once: while the promise is not closed.
        """
        for line in self.filtered(lambda one: one.mto_promise_id.state == "confirmed"):
            productions = line._mto_get_open_productions()
            if productions:
                line.order_id.message_post(
                    body=self.env._(
                        "%(product)s is delivered, but %(productions)s for it are "
                        "still open. Cancel what is not wanted any more: until then it "
                        "keeps its time on the work centers.",
                        product=line.product_id.display_name,
                        productions=", ".join(productions.mapped("name")),
                    )
                )

    def _mto_close_promise(self):
        """Write into the ledger whether the date was kept, of what is delivered."""
        for line in self:
            promise = line.mto_promise_id
            if promise.state == "confirmed":
                delivered = line.mto_projected_date
                kept = delivered <= promise.promise_date
                promise.actual_date = delivered
                promise.state = "kept" if kept else "missed"

    def _prepare_procurement_values(self):
        """Deliver when it was planned; the deadline is what the customer was told."""
        values = super()._prepare_procurement_values()
        promise = self.mto_promise_id
        if self.mto_is_made_to_order:
            values["mto_line_id"] = self.id
            if promise.shipping_date:
                values["date_planned"] = promise.shipping_date
                values["date_deadline"] = (
                    self.order_id.commitment_date or promise.promise_date
                )
        return values

    # Public interface: choices

    @api.readonly
    def mto_find_options(self):
        """What would make the line's date earlier, and how many of it by when.

        Computed now, after the lines of the order that stand before it; nothing is
        written.

        :return: ``{"levers": […], "ladder": […], "promise_date": …}``, see
            ``docs/api.md``.
        :raises UserError: not a line of a quotation that is made to order.
        """
        self.ensure_one()
        check_access(self, "read")
        if not self.env.user._is_internal():
            raise AccessError(
                self.env._("Only employees may see what a date depends on.")
            )
        self._mto_check_open()
        planner = self.env["mto.planner"]
        # Superuser: whoever may read a line may know what competes with it.
        order_lines = self.sudo().order_id._mto_get_lines()
        asked = order_lines[: order_lines.ids.index(self.id) + 1]
        return planner._find_options(
            [planner._check_request(planner._request_of_line(line)) for line in asked],
            ("levers", "ladder", "promise_date"),
        )

    def mto_split(self, quantities):
        """Deliver the line in parts: one line for each, with a date of its own.

        :param list quantities: of the parts, in order; together the line's quantity.
        :return: the ids of the lines, the first of which is this one.
        :raises UserError: they are not the line's quantity, or it has a bill of
            materials of its own already, which could serve one of them only.
        """
        self.ensure_one()
        check_access(self, "write")
        self._mto_check_open()
        self._mto_check_parts(quantities)
        first, *others = quantities
        lines = self + self.create(
            [
                {
                    **self.copy_data({"product_uom_qty": quantity})[0],
                    "order_id": self.order_id.id,
                }
                for quantity in others
            ]
        )
        self.product_uom_qty = first
        self.order_id.mto_compute_promise()
        return lines.ids

    def _mto_check_open(self):
        self.order_id._mto_check_open()
        self._mto_check_made()

    def _mto_check_parts(self, quantities):
        numbers = isinstance(quantities, list) and all(
            isinstance(one, int | float)
            and not isinstance(one, bool)
            and 0 < one < MAX_QUANTITY
            for one in quantities
        )
        whole = self.product_uom_qty
        if not numbers or self.product_uom_id.compare(sum(quantities), whole):
            raise ValidationError(
                self.env._(
                    "“quantities” must be a list of numbers above zero that together "
                    "are %(quantity)s, not “%(value)s”.",
                    quantity=format_number(self.env, whole),
                    value=shown(quantities),
                )
            )
        if self._mto_has_own_boms():
            raise UserError(
                self.env._(
                    "%s has a bill of materials of its own: split the line first, then "
                    "change what it is made of.",
                    self.product_id.display_name,
                )
            )

    # Production

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """Plan made-to-order lines, then let core's procurement run by the plan."""
        quantities = self._mto_get_quantities_to_make(previous_product_uom_qty)
        if not quantities:
            return super()._action_launch_stock_rule(
                previous_product_uom_qty=previous_product_uom_qty
            )
        lines = self.browse().concat(*quantities)
        # Superuser: whoever confirms may not read production and purchases.
        inside = lines.sudo()
        made_before = inside.mto_production_ids
        # Of more of a line: all of it is there when the last of it is.
        grown = inside.filtered("mto_production_ids")
        served = inside.env["stock.move"]
        if grown:
            served = served.search([("mto_line_id", "in", grown.ids)])
        told = lines.order_id.filtered(lambda order: order._mto_is_told_date())
        plan = self.env["mto.planner"]._plan_production(quantities)
        result = super(
            SaleOrderLine, Errand.give(self, plan=plan)
        )._action_launch_stock_rule(previous_product_uom_qty=previous_product_uom_qty)
        inside._mto_place_the_rest(made_before)
        for line in grown:
            line._mto_follow_growth(served)
        told._mto_tell_latest()
        inside.mto_purchase_line_ids.order_id._mto_set_order_date()
        for order in lines.order_id:
            order._mto_post_plan(inside & order.order_line)
        return result

    def _mto_place_the_rest(self, made_before):
        """Plan new orders that the plan had no time for: a kit has a kit twice."""
        planned = self.filtered("mto_promise_id.feasible")
        rest = (planned.mto_production_ids - made_before).filtered(
            lambda production: (
                production.state == "confirmed"
                and production.workorder_ids
                and not production.is_planned
            )
        )
        if rest:
            rest._mto_place(keep_planned=True)

    def _mto_get_quantities_to_make(self, previous_product_uom_qty):
        """``{line: quantity in its unit}`` that core is about to procure more of."""
        if self.env.context.get("skip_procurement"):
            return {}
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantities = {}
        for line in self:
            if (
                line.state != "sale"
                or line.order_id.locked
                or not line.mto_is_made_to_order
            ):
                continue
            procured = line._get_qty_procurement(previous_product_uom_qty)
            missing = line.product_uom_qty - procured
            if float_compare(missing, 0.0, precision_digits=digits) > 0:
                quantities[line] = missing
        return quantities

    # Actions

    def action_mto_open(self):
        """Open the line as a made-to-order job."""
        self.ensure_one()
        check_access(self, "read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order.line",
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref("mto_planning.sale_order_line_view_form_mto").id,
                    "form",
                )
            ],
        }

    def action_mto_explain(self):
        """Show the line as a made-to-order job over the order that is being edited."""
        return {
            **self.action_mto_open(),
            "name": self.product_id.display_name,
            "target": "new",
        }
