from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..bridge.access import check_access, order_name
from .mto_progress import RISK_ORDER, RISKS, STAGES
from .sale_order_line import OPEN_STATES
from .sale_order_line_progress import RISK_COLORS

COSTS_GROUP = "mrp.group_mrp_user"


class MtoProject(models.Model):
    """Orders of one customer for one installation: a kitchen, a lobby, a machine.

    Not Odoo's ``project``, which is about tasks: this says when all is there.
    """

    _name = "mto.project"
    _description = "Installation"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "projected_date, id desc"
    _check_company_auto = True

    name = fields.Char("Installation", required=True, tracking=True)
    reference = fields.Char(copy=False, help="What the customer calls it.")
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        help="Orders of the same company may belong to it, whoever there has ordered.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Customer"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
        check_company=True,
    )
    requested_date = fields.Datetime(
        tracking=True,
        copy=False,
        help="When the customer wants all of it; lines and orders with a date of their "
        "own keep that.",
    )
    deliver_together = fields.Boolean(
        "Deliver in One Go",
        tracking=True,
        help="All leaves in one go: one delivery, which waits for its last part. Each "
        "order is told the date of the last.",
    )
    order_ids = fields.One2many("sale.order", "mto_project_id", string="Orders")
    line_ids = fields.One2many(
        "sale.order.line", "mto_project_id", string="Lines", readonly=True
    )
    shipment_ids = fields.One2many(
        "stock.picking",
        "mto_project_id",
        string="Deliveries in One Go",
        readonly=True,
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user,"
        "stock.group_stock_user",
    )

    # Of the whole
    promise_date = fields.Datetime(
        "Promised",
        compute="_compute_rollup",
        store=True,
        help="When the last of it is promised; empty until all has a date.",
    )
    projected_date = fields.Datetime(
        compute="_compute_rollup",
        store=True,
        help="When the last of it is delivered, as things stand.",
    )
    slack_hours = fields.Float(
        "Slack (Hours)",
        compute="_compute_rollup",
        store=True,
        aggregator="min",
        help="Hours from the projected to the promised date of the whole; negative: "
        "late.",
    )
    risk = fields.Selection(
        RISKS,
        compute="_compute_rollup",
        store=True,
        help="The worst of its lines.",
    )
    stage = fields.Selection(
        STAGES,
        compute="_compute_rollup",
        store=True,
        help="Of the line that is furthest behind.",
    )
    progress = fields.Float(
        compute="_compute_rollup",
        store=True,
        aggregator="avg",
        help="Of its lines, weighted by planned hours.",
    )
    promise_state = fields.Selection(
        lambda self: (
            self.env["sale.order.line"]
            ._fields["mto_promise_state"]
            ._description_selection(self.env)
        ),
        compute="_compute_attention",
        compute_sudo=True,
        string="Promise Status",
        help="The worst of the lines of its quotations.",
    )
    setting_line_id = fields.Many2one(
        "sale.order.line",
        string="Set By",
        compute="_compute_attention",
        compute_sudo=True,
        help="The line that all of it waits for.",
    )
    reason = fields.Char(
        "Why",
        compute="_compute_attention",
        compute_sudo=True,
        help="What sets the date of the whole, in one sentence.",
    )
    is_late = fields.Boolean(
        "Later Than Requested", compute="_compute_attention", compute_sudo=True
    )
    deliveries = fields.Json(
        compute="_compute_deliveries", help="Each date with what comes then."
    )
    order_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    line_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    open_count = fields.Integer(
        "Open Quotations", compute="_compute_counts", compute_sudo=True
    )
    color = fields.Integer(compute="_compute_color", help="Of the risk, on cards.")

    # Money
    price = fields.Monetary(
        compute="_compute_price",
        compute_sudo=True,
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user",
        help="Of what is made to order, without taxes.",
    )
    estimated_cost = fields.Monetary(
        compute="_compute_costs",
        compute_sudo=True,
        groups=COSTS_GROUP,
        help="What it should cost to make: of confirmed lines as it stood then, of "
        "quotations as it is now.",
    )
    actual_cost = fields.Monetary(
        "Actual Cost So Far",
        compute="_compute_costs",
        compute_sudo=True,
        groups=COSTS_GROUP,
        help="Of the parts that were used and the time that was worked until now.",
    )
    margin = fields.Monetary(
        compute="_compute_costs",
        compute_sudo=True,
        groups=COSTS_GROUP,
        help="The price less the estimated cost.",
    )
    margin_percent = fields.Float(
        "Margin (%)", compute="_compute_costs", compute_sudo=True, groups=COSTS_GROUP
    )

    # Computes

    def _get_lines(self):
        """The made-to-order lines that are wanted, by order, in its sequence.

        As they are saved, whatever is being edited: their dates are not computed
        on drafts, and what the planner reads it remembers.
        """
        lines = self._origin.line_ids.filtered(
            lambda line: (
                line.mto_is_made_to_order
                and line.state != "cancel"
                and not line._mto_is_dropped()
            )
        )
        return lines.sorted(lambda line: (line.order_id.id, line.sequence, line.id))

    @api.depends(
        "line_ids.state",
        "line_ids.product_uom_qty",
        "line_ids.mto_is_made_to_order",
        "line_ids.mto_stage",
        "line_ids.mto_promise_date",
        "line_ids.mto_projected_date",
        "line_ids.mto_risk",
        "line_ids.mto_progress",
        "line_ids.mto_planned_hours",
    )
    def _compute_rollup(self):
        progress = self.env["mto.progress"]
        for project in self:
            lines = project._get_lines()
            project.update(progress._roll_up(lines))
            project.stage = progress._get_last_stage(lines)
            promised, projected = project.promise_date, project.projected_date
            slack = promised - projected if promised and projected else None
            project.slack_hours = slack.total_seconds() / 3600 if slack else 0.0

    @api.depends(
        "requested_date",
        "deliver_together",
        "promise_date",
        "projected_date",
        "line_ids.mto_promise_state",
        "line_ids.mto_promise_text",
        "line_ids.mto_ready_date",
        "line_ids.mto_own_risk",
        "line_ids.mto_own_trouble",
    )
    def _compute_attention(self):
        progress = self.env["mto.progress"]
        for project in self:
            lines = project._get_lines()
            quoted = lines.filtered(lambda line: line.state in OPEN_STATES)
            project.promise_state = progress._get_worst_promise_state(quoted)
            line = project._get_setting_line(lines)
            project.setting_line_id = line
            project.reason = project._get_reason(line)
            dates = (project.requested_date, project.promise_date)
            project.is_late = all(dates) and project.promise_date > dates[0]

    def _get_setting_line(self, lines):
        """The line that the whole waits for: one without a date, else the last."""
        impossible = lines.filtered(
            lambda line: (
                line.mto_own_risk == "blocked" or line.mto_promise_state == "infeasible"
            )
        )
        dated = lines.filtered(lambda line: line.mto_promise_date)
        return (impossible or dated.sorted(_own_date_of)[-1:])[:1]

    def _get_reason(self, line):
        """What sets the date: trouble first, else what its promise was made from."""
        if not line:
            return False
        reason = line.mto_own_trouble or line.mto_promise_id.constraint_text
        return reason and self.env._(
            "%(order)s, %(product)s: %(reason)s",
            order=line.order_id.name,
            product=line.product_id.display_name,
            reason=reason,
        )

    @api.depends("line_ids", "order_ids")
    def _compute_counts(self):
        for project in self:
            lines = project._get_lines()
            orders = project._get_orders()
            project.line_count = len(lines)
            project.order_count = len(orders)
            quoted = lines.filtered(lambda line: line.state in OPEN_STATES)
            project.open_count = len(quoted.order_id)

    def _get_orders(self):
        """Its orders, and those of which only lines belong to it."""
        saved = self._origin
        return (saved.order_ids | saved.line_ids.order_id).filtered(
            lambda order: order.state != "cancel"
        )

    @api.depends("risk")
    def _compute_color(self):
        for project in self:
            project.color = RISK_COLORS.get(project.risk, 0)

    @api.depends(
        "line_ids.mto_projected_date", "line_ids.mto_stage", "line_ids.mto_promise_date"
    )
    @api.depends_context("tz", "uid")
    def _compute_deliveries(self):
        for project in self:
            lines = project._get_lines()._filtered_access("read")
            project.deliveries = project._get_deliveries(lines)

    def _get_deliveries(self, lines):
        """What comes when: lines by day, in the time zone of who asks.

        :return: list of dictionaries, see ``docs/api.md``.
        """
        days = defaultdict(self.env["sale.order.line"].browse)
        for line in lines:
            date = line.mto_projected_date
            moment = date and fields.Datetime.context_timestamp(line, date)
            days[moment and moment.date()] |= line
        # What has no date yet comes last.
        ordered = sorted(days, key=lambda day: (not day, day or fields.Date.today()))
        return [self._get_delivery(days[day]) for day in ordered]

    def _get_delivery(self, lines):
        dates = lines.filtered("mto_projected_date").mapped("mto_projected_date")
        promised = lines.filtered("mto_promise_date").mapped("mto_promise_date")
        stages = set(lines.mapped("mto_stage"))
        is_quoted = any(line.state in OPEN_STATES for line in lines)
        return {
            "date": fields.Datetime.to_string(max(dates, default=None)) or False,
            "promise_date": fields.Datetime.to_string(max(promised, default=None))
            or False,
            "state": "delivered"
            if stages == {"delivered"}
            else "quoted"
            if is_quoted
            else "confirmed",
            "risk": max(lines.mapped("mto_risk"), key=RISK_ORDER.index, default=False),
            "lines": [
                {
                    **line._mto_as_dict(),
                    "uom": line.product_uom_id.name,
                }
                for line in lines
            ],
        }

    @api.depends("line_ids.price_subtotal", "line_ids.state", "currency_id")
    def _compute_price(self):
        for project in self:
            project.price = sum(
                line.currency_id._convert(
                    line.price_subtotal,
                    project.currency_id,
                    project.company_id,
                    (line.order_id.date_order or fields.Datetime.now()).date(),
                )
                for line in project._get_lines()
            )

    @api.depends("price", "line_ids.mto_estimated_cost", "line_ids.mto_actual_cost")
    def _compute_costs(self):
        unknown = self._get_lines().filtered(
            lambda line: line.state in OPEN_STATES or not line.mto_estimated_cost
        )
        costs = self.env["mto.planner"]._get_costs(unknown)
        for project in self:
            lines = project._get_lines()
            project.estimated_cost = sum(
                costs.get(line, line.mto_estimated_cost) for line in lines
            )
            project.actual_cost = sum(lines.mapped("mto_actual_cost"))
            project.margin = project.price - project.estimated_cost
            project.margin_percent = project.price and (
                100 * project.margin / project.price
            )

    # Checks

    @api.constrains("partner_id", "company_id")
    def _check_orders(self):
        for project in self:
            for order in project._get_all_orders():
                project._check_customer(order)

    def _get_all_orders(self):
        """What belongs to it, of whomever: cancelled orders as well."""
        # Superuser: orders of colleagues count as well, told without a name.
        project = self.sudo()
        return project.order_ids | project.line_ids.order_id

    @api.model
    def _check_joining(self, vals_list):
        """Let orders join only what the user may read: what refuses them names it."""
        ids = {vals.get("mto_project_id") for vals in vals_list} - {False, None}
        if not self.env.su:
            check_access(self.browse(ids), "read")

    def _check_customer(self, order):
        """Refuse an order of somebody else, or of another company."""
        self.ensure_one()
        # Superuser: one of them may be a colleague's.
        project, order = self.sudo(), order.sudo()
        if order.company_id != project.company_id:
            raise ValidationError(
                self.env._(
                    "%(order)s is of %(other)s, the installation “%(project)s” of "
                    "%(company)s: choose one of the same company.",
                    order=order_name(order),
                    other=order.company_id.name,
                    project=project.name,
                    company=project.company_id.name,
                )
            )
        customer = order.partner_id.commercial_partner_id
        if customer != project.commercial_partner_id:
            raise ValidationError(
                self.env._(
                    "%(order)s is for %(customer)s, the installation “%(project)s” "
                    "for %(other)s: choose one of the same customer, or none.",
                    order=order_name(order),
                    customer=customer.display_name,
                    project=project.name,
                    other=project.commercial_partner_id.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_orders(self):
        for project in self:
            orders = project._get_all_orders()
            if orders:
                raise UserError(
                    self.env._(
                        "“%(project)s” has orders (%(orders)s): archive it, or take "
                        "them out first.",
                        project=project.name,
                        orders=", ".join(map(order_name, orders[:5])),
                    )
                )

    # Delivered together

    @api.onchange("deliver_together")
    def _onchange_deliver_together(self):
        """Say before which confirmed orders will be told another date."""
        project, shipment = self._origin, self.env["mto.shipment"]
        moved = shipment._find_moved_if(project, self.deliver_together)
        if self.deliver_together == project.deliver_together or not moved:
            return None
        return {
            "warning": {
                "title": self.env._("Customers were told other dates"),
                "message": self.env._(
                    "When you save this, these confirmed orders are delivered on "
                    "another date:\n%s",
                    shipment._describe_moved(moved),
                ),
            }
        }

    def write(self, vals):
        """Lines are told anew, and wait for each other, when that is switched."""
        switched = self.filtered(
            lambda project: (
                "deliver_together" in vals
                and project.deliver_together != bool(vals["deliver_together"])
            )
        )
        result = super().write(vals)
        if switched:
            # Superuser: orders of colleagues move as well.
            lines = switched.sudo().line_ids
            # Not by a dependency, which would look at drafts of them in the form, too.
            self.env.add_to_compute(lines._fields["mto_projected_date"], lines)
            lines._mto_tell_together()
            lines.move_ids._mto_regroup()
        return result

    # The customer, in the portal

    def _get_customer_orders(self):
        """The orders that the customer knows of: a draft was not sent to him yet."""
        self.ensure_one()
        told = self._get_orders().filtered(
            lambda order: order.state in ("sent", "sale") and order._mto_get_lines()
        )
        return told.sorted("id")

    def _get_customer_date(self):
        """When the customer gets the last of what he has ordered, or could.

        ``None`` without a date for all of it.
        """
        orders = self._get_customer_orders()
        orders = orders.filtered(lambda order: order.state == "sale") or orders
        dates = [order._mto_get_expected_date() for order in orders]
        return max(dates) if dates and all(dates) else None

    # Public interface

    def mto_compute_promise(self):
        """Compute the dates of all lines of open quotations at once.

        They compete for the same capacity and material in the order of their orders;
        each asks for its own date, else that of its order, else that of the whole.

        :return: for each line, in order, the dictionary of ``mto.planner.quote`` with
            its ``line_id``.
        :raises UserError: no quotation is open, or a line asks for what no date can be
            given for.
        :raises AccessError: of an order that the user may not write.
        """
        check_access(self, "write")
        answers = []
        for project in self:
            # What was read with more rights before is in the cache, too.
            readable = project._get_lines()._filtered_access("read")
            lines = readable.filtered(lambda line: line.state in OPEN_STATES)
            if not lines:
                raise UserError(
                    self.env._(
                        "“%s” has no open quotation with lines that are made to "
                        "order: the dates of confirmed orders stand.",
                        project.name,
                    )
                )
            lines.order_id.check_access("write")
            answers += self.env["mto.planner"]._promise(lines)
        return answers

    @api.readonly
    def mto_progress_data(self):
        """Stage, progress, projected date, risk and the timeline of each line.

        :return: list of dictionaries as of ``sale.order.mto_progress_data``, one for
            each line whose order the user may read.
        :raises AccessError: a customer: vendors and work centers are not his business.
        """
        check_access(self, "read")
        self.env["mto.progress"]._check_employee()
        lines = self._get_lines()._filtered_access("read")
        return self.env["mto.progress"]._get_timeline(lines)

    # Actions

    def action_compute_promise(self):
        """Button: compute the dates and say so."""
        return self.env["mto.planner"]._notify_computed(self.mto_compute_promise())

    def action_new_quotation(self):
        """Button: a quotation that belongs to it."""
        self.ensure_one()
        check_access(self, "read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Quotation"),
            "res_model": "sale.order",
            "view_mode": "form",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_mto_project_id": self.id,
            },
        }

    def action_view_orders(self):
        """Open its quotations and orders."""
        self.ensure_one()
        check_access(self, "read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return {
            **action,
            "domain": [("id", "in", self._get_orders().ids)],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_mto_project_id": self.id,
            },
        }

    def action_view_lines(self):
        """Open its lines on the board of orders."""
        self.ensure_one()
        check_access(self, "read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mto_planning.action_mto_lines"
        )
        return {
            **action,
            "domain": [("id", "in", self._get_lines().ids)],
            "context": {"create": False},
        }

    def action_view_shipments(self):
        """Open what is delivered in one go."""
        self.ensure_one()
        check_access(self, "read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        return {
            **action,
            "domain": [("mto_project_id", "=", self.id)],
            "context": {"create": False},
        }

    def _get_action(self):
        """Open them: the form of one, a list of several."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mto_planning.action_mto_projects"
        )
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", self.ids)]}


def _own_date_of(line):
    """When a line could be delivered if it waited for no other one, as it stands."""
    promise = line.mto_promise_id
    date = line.mto_ready_date or promise.promise_date
    waits = promise.promise_date - promise.own_date if promise.own_date else None
    return date - waits if waits else date
