from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..bridge.access import check_access
from ..bridge.days import format_apart, format_moment
from .errand import Errand
from .mto_notice import ASK_TO_TELL
from .mto_progress import RISK_ORDER, RISKS, STAGES
from .sale_order_line import OPEN_STATES

# What a promise looks at, and what follows from it.
PROMISE_FIELDS = [
    "state",
    "company_id",
    "partner_shipping_id",
    "commitment_date",
    "mto_promise_date",
    "mto_projected_date",
    "mto_risk",
    "mto_progress",
]


class SaleOrder(models.Model):
    _inherit = "sale.order"

    mto_is_made_to_order = fields.Boolean(
        compute="_compute_mto_is_made_to_order",
        search="_search_mto_is_made_to_order",
        string="Made to Order",
    )
    mto_promise_date = fields.Datetime(
        "Earliest Realistic Date",
        compute="_compute_mto_rollup",
        store=True,
        help="When the last made-to-order line of the order can be delivered.",
    )
    mto_projected_date = fields.Datetime(
        "Projected Date", compute="_compute_mto_rollup", store=True
    )
    mto_risk = fields.Selection(
        RISKS,
        string="Risk",
        compute="_compute_mto_rollup",
        store=True,
        help="The worst of its lines.",
    )
    mto_progress = fields.Float(
        "Production Progress",
        compute="_compute_mto_rollup",
        store=True,
        aggregator="avg",
        help="Of its lines, weighted by planned hours.",
    )
    mto_promise_state = fields.Selection(
        lambda self: (
            self.env["sale.order.line"]
            ._fields["mto_promise_state"]
            ._description_selection(self.env)
        ),
        compute="_compute_mto_promise_state",
        compute_sudo=True,
        string="Promise Status",
    )
    mto_stage = fields.Selection(
        STAGES,
        string="Stage",
        compute="_compute_mto_attention",
        compute_sudo=True,
        help="Of the line that is furthest behind.",
    )
    mto_reason = fields.Char(
        "Why",
        compute="_compute_mto_attention",
        compute_sudo=True,
        groups="base.group_user",
        help="What holds up the line that is worst off, in one sentence.",
    )
    # Computed as superuser: only how many; opening them is checked as usual.
    mto_bom_count = fields.Integer(
        compute="_compute_mto_counts", compute_sudo=True, groups="base.group_user"
    )
    mto_production_count = fields.Integer(
        compute="_compute_mto_counts", compute_sudo=True, groups="base.group_user"
    )
    mto_purchase_count = fields.Integer(
        compute="_compute_mto_counts", compute_sudo=True, groups="base.group_user"
    )

    # Computes

    @api.depends("order_line.mto_is_made_to_order")
    def _compute_mto_is_made_to_order(self):
        for order in self:
            order.mto_is_made_to_order = bool(order._mto_get_lines())

    def _search_mto_is_made_to_order(self, operator, value):
        if operator != "in":
            return NotImplemented
        lines = self.env["sale.order.line"]._search(
            [("mto_is_made_to_order", "=", True)]
        )
        return [("order_line", "any" if True in value else "not any", lines)]

    @api.depends(
        # Which lines count: made to order, and wanted.
        "order_line.mto_is_made_to_order",
        "order_line.state",
        "order_line.product_uom_qty",
        "order_line.mto_promise_date",
        "order_line.mto_projected_date",
        "order_line.mto_risk",
        "order_line.mto_progress",
        "order_line.mto_planned_hours",
    )
    def _compute_mto_rollup(self):
        for order in self:
            rollup = self.env["mto.progress"]._roll_up(order._mto_get_lines())
            order.update({f"mto_{name}": value for name, value in rollup.items()})

    @api.depends("order_line.mto_promise_state")
    def _compute_mto_promise_state(self):
        progress = self.env["mto.progress"]
        for order in self:
            lines = order._mto_get_lines()
            order.mto_promise_state = progress._get_worst_promise_state(lines)

    @api.depends(
        "state",
        "order_line.mto_stage",
        "order_line.mto_promise_state",
        "order_line.mto_promise_text",
        "order_line.mto_risk",
        "order_line.mto_trouble",
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_mto_attention(self):
        progress = self.env["mto.progress"]
        for order in self:
            order.mto_stage = progress._get_last_stage(order._mto_get_lines())
            order.mto_reason = progress._get_reason(
                order._mto_get_worst_line(), len(order._mto_get_lines()) > 1
            )

    def _mto_get_customer_date(self):
        """When a customer is told that he has all of it, on paper and in the portal.

        ``None`` while there is no date that holds for what the order asks for now.
        """
        self.ensure_one()
        dates = [line._mto_get_told_date() for line in self._mto_get_lines()]
        if not dates or not all(dates):
            return None
        return max(dates) if self.state in OPEN_STATES else self.commitment_date

    def _mto_get_worst_line(self):
        """The line that sets the order's date: without one, latest or most at risk."""
        self.ensure_one()
        lines = self._mto_get_lines()
        if self.state in OPEN_STATES:
            impossible = lines.filtered(
                lambda line: line.mto_promise_state == "infeasible"
            )
            dated = lines.filtered("mto_promise_date").sorted("mto_promise_date")
            return impossible[:1] or dated[-1:]
        return lines.sorted(lambda line: RISK_ORDER.index(line.mto_risk))[-1:]

    @api.depends("order_line.mto_bom_ids", "order_line.mto_production_ids")
    def _compute_mto_counts(self):
        for order in self:
            lines = order._mto_get_lines()
            order.mto_bom_count = len(lines.mto_bom_ids)
            order.mto_production_count = len(lines.mto_production_ids)
            order.mto_purchase_count = len(lines.mto_purchase_line_ids.order_id)

    def _mto_get_lines(self):
        """The made-to-order lines that are wanted, in the order's sequence."""
        return self.order_line.filtered(
            lambda line: line.mto_is_made_to_order and not line._mto_is_dropped()
        )

    # Public interface

    def mto_compute_promise(self):
        """Compute the earliest realistic date of each made-to-order line.

        :return: for each line, in order, the dictionary of ``mto.planner.quote`` with
            its ``line_id``.
        :raises UserError: the order is not a quotation any more, or a line asks for
            what no date can be given for.
        """
        check_access(self, "write")
        self.fetch(PROMISE_FIELDS)
        answers = []
        for order in self:
            order._mto_check_open()
            answers += self.env["mto.planner"]._promise(order.order_line)
        return answers

    def _mto_check_open(self):
        if self.state not in OPEN_STATES:
            raise UserError(
                self.env._(
                    "%s is not a quotation any more: its dates stand. See its "
                    "production instead.",
                    self.name,
                )
            )

    @api.readonly
    def mto_progress_data(self):
        """Stage, progress, projected date, risk and the timeline of each line.

        :return: list of dictionaries, one for each made-to-order line of the orders,
            see ``docs/api.md``.
        :raises AccessError: a customer: vendors and work centers are not his business.
        """
        check_access(self, "read")
        self.env["mto.progress"]._check_employee()
        return self.env["mto.progress"]._get_timeline(self._mto_get_lines())

    def _mto_refresh_lines(self):
        """Look again at the routes: they may have changed since the line was made."""
        self.env["mto.planner"]._refresh(self.order_line)

    def write(self, vals):
        """Another delivery date of a confirmed order is another one of its lines."""
        lines = self._mto_get_moved_lines(vals)
        requested = fields.Datetime.to_datetime(vals.get("commitment_date"))
        with self.env["mto.changer"]._following_date(lines, requested):
            return super().write(vals)

    def _mto_get_moved_lines(self, vals):
        """Confirmed lines that were asked for when their order was, if that is new."""
        if Errand.of(self.env).is_planner or not vals.get("commitment_date"):
            return self.env["sale.order.line"]
        date = fields.Datetime.to_datetime(vals["commitment_date"])
        moved = self.filtered(
            lambda order: order.state == "sale" and order.commitment_date != date
        )
        return moved._mto_get_lines().filtered(lambda line: not line.mto_requested_date)

    def unlink(self):
        # The database deletes its lines.
        self.order_line._mto_drop_boms()
        return super().unlink()

    # Confirmation

    def action_confirm(self):
        """In the web client, ask before an order that misses its date is confirmed."""
        if self.env.context.get("mto_planning_ask"):
            # A list: the wizard shows new dates of all of them.
            if any([order._mto_should_ask() for order in self]):
                return self._mto_ask_to_confirm()
        return super().action_confirm()

    def _action_confirm(self):
        self._mto_refresh_lines()
        result = super()._action_confirm()
        # What was planned has let go of it already.
        self.order_line._mto_let_go()
        return result

    def _action_cancel(self):
        """All that is made and bought for an order goes with it, as far as it can."""
        self.order_line._mto_let_go()
        confirmed = self.order_line.filtered(
            lambda line: line.state == "sale" and line.mto_is_made_to_order
        )
        with self.env["mto.changer"]._following(confirmed):
            if not confirmed:
                return super()._action_cancel()
            self.check_access("write")
            # Superuser: core follows purchases, which a salesperson may not read.
            return super(SaleOrder, self.sudo())._action_cancel()

    def action_draft(self):
        """A quotation again: for the dates and of the materials that it had."""
        orders = self.filtered(lambda order: order.state == "cancel")
        orders.filtered(lambda order: order._mto_is_told_date()).commitment_date = False
        orders.order_line._mto_take_back_boms()
        return super().action_draft()

    def _mto_is_told_date(self):
        """Whether its delivery date is what was promised, not what somebody typed."""
        self.ensure_one()
        date = self.commitment_date
        return bool(date) and date == self._mto_get_latest_promise()

    def _mto_get_latest_promise(self):
        """What the line was told that is promised last; false without a promise.

        A line that was dropped and is wanted again counts once it is promised again,
        if there are others.
        """
        self.ensure_one()
        # Superuser: whoever asks may not read the ledger.
        lines = self.sudo()._mto_get_lines().filtered("product_uom_qty")
        promises = lines.mto_promise_id
        agreed = promises.filtered(lambda promise: promise.state != "superseded")
        dates = (agreed or promises).mapped("promise_date")
        return max(filter(None, dates), default=False)

    def _mto_tell_latest(self):
        """Set the delivery date to that of the line which is promised last."""
        for order in self:
            latest = order._mto_get_latest_promise()
            if latest and latest != order.commitment_date:
                order._mto_tell_date(latest)

    def _mto_tell_date(self, date):
        """Set the delivery date to what was planned: nothing is to follow from it."""
        Errand.give(self, is_planner=True).commitment_date = date

    def _mto_should_ask(self):
        """Whether the dates, computed now, miss what was requested."""
        self.ensure_one()
        if self.state not in OPEN_STATES:
            return False
        answers = self.mto_compute_promise()
        return any(
            not (answer["feasible"] and answer["on_request"]) for answer in answers
        )

    def _mto_ask_to_confirm(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Later Than Requested"),
            "res_model": "mto.confirm",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_ids": self.ids},
        }

    def _mto_post_plan(self, lines):
        """Tell in the chatter what was planned, and what is later than requested.

        :param lines: as superuser.
        """
        self.ensure_one()
        rows = [self._mto_describe_plan(line) for line in lines]
        self.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._(
                    "Production is planned. Manufacturing orders: %(productions)d, "
                    "purchase lines: %(purchases)d.",
                    productions=len(lines.mto_production_ids),
                    purchases=len(lines.mto_purchase_line_ids),
                ),
                Markup().join(Markup("<li>%s</li>") % row for row in rows),
            )
        )

    def _mto_describe_plan(self, line):
        if not line.mto_promise_date:
            return self.env._(
                "%(product)s could not be planned. %(reason)s",
                product=line.product_id.display_name,
                reason=line.mto_promise_text,
            )
        text = self.env._(
            "%(product)s: %(date)s. %(reason)s",
            product=line.product_id.display_name,
            date=self._mto_format(line.mto_promise_date),
            reason=line.mto_promise_text,
        )
        if not line.mto_promise_id.on_request:
            text += " " + self.env._(
                "This is later than requested (%s).",
                self._mto_format(line.mto_promise_id.requested_date),
            )
        told = line.mto_promise_ids.sorted("id", reverse=True)[1:2].promise_date
        if told and told != line.mto_promise_date:
            text += " " + self.env._(
                "Since it was promised for %s, things have changed.",
                self._mto_format(told),
            )
        urgent = line.mto_purchase_line_ids.filtered("mto_is_urgent")
        if urgent:
            text += " " + self.env._(
                "To be ordered now: %s.",
                ", ".join(urgent.product_id.mapped("display_name")),
            )
        return text

    def _mto_post_late(self, lines):
        """A message, and something to do for the salesperson."""
        self.ensure_one()
        # Whoever measures it: of orders that he may not read he is not told.
        seen = lines.with_user(self.user_id).sudo() if self.user_id else lines
        texts = [
            self.env._(
                "%(product)s will be later than promised: %(projected)s instead of "
                "%(promised)s. %(trouble)s",
                product=line.product_id.display_name,
                projected=projected,
                promised=promised,
                trouble=line.mto_trouble or "",
            )
            for line in seen
            for projected, promised in [
                self._mto_format_apart(line.mto_projected_date, line.mto_promise_date)
            ]
        ]
        text = Markup("<br/>").join(texts)
        self.message_post(body=text)
        # Where customers are told automatically, or know already, nothing is to do.
        told = self._mto_get_notice(("sent", "partial", "arranged"))
        is_told = bool(told) and told._is_true()
        if self.company_id.mto_notice != "auto" and not is_told:
            self._mto_ask_salesperson(
                ASK_TO_TELL, self.env._("Tell the customer the new date"), text
            )

    def _mto_post_on_time(self, lines):
        self.ensure_one()
        texts = [
            self.env._(
                "%(product)s will be on time again: %(projected)s.",
                product=line.product_id.display_name,
                projected=self._mto_format(line.mto_projected_date),
            )
            for line in lines
        ]
        self.message_post(body=Markup("<br/>").join(texts))
        self._mto_forget_telling()

    def _mto_forget_telling(self):
        """No new date is to be told where nothing is late, or all is delivered."""
        for order in self:
            coming = order._mto_get_lines().filtered(
                lambda line: line.mto_stage != "delivered"
            )
            if "late" not in coming.mapped("mto_risk"):
                order.activity_unlink([ASK_TO_TELL])

    def _mto_format(self, moment):
        """A moment as people of the order's company read it, whoever posts it."""
        return format_moment(self.env, moment, self._mto_get_reader_zone())

    def _mto_format_apart(self, *moments):
        """Dates that a sentence compares: days, and times if the days are the same."""
        return format_apart(self.env, moments, self._mto_get_reader_zone())

    def _mto_get_reader_zone(self):
        """The time zone of who reads what is posted, whoever posts it.

        What a job posts, which has no time zone, is read by the salesperson.
        """
        company = self.company_id or self.warehouse_id.company_id
        zones = (
            self.env.user.tz,
            # Superuser: no more than a time zone.
            self.sudo().user_id.tz,
            company.partner_id.tz,
            company.resource_calendar_id.tz,
        )
        return next(filter(None, zones), "UTC")

    # Actions

    def action_mto_compute_promise(self):
        """Button: compute the dates and say so."""
        return self.env["mto.planner"]._notify_computed(self.mto_compute_promise())

    def action_mto_go_first(self):
        """Button: see whom it would hurt if this quotation went before all others."""
        self.ensure_one()
        check_access(self, "write")
        self._mto_check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Go First"),
            "res_model": "mto.replan",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_order_id": self.id,
                "default_company_id": self.company_id.id,
                "default_method": "earliest",
            },
        }

    def action_mto_view_lines(self):
        """Open the order's made-to-order lines."""
        check_access(self, "read")
        return self._mto_action(
            "mto_planning.action_mto_lines", self._mto_get_lines().ids
        )

    def action_mto_view_boms(self):
        """Open the order's own bills of materials."""
        check_access(self, "read")
        boms = self._mto_get_lines().mto_bom_ids
        action = self._mto_action("mrp.mrp_bom_form_action", boms.ids)
        # Those of what is delivered are archived, and still wanted here.
        return {**action, "context": {**action["context"], "active_test": False}}

    def action_mto_view_productions(self):
        """Open the order's manufacturing orders of all levels."""
        check_access(self, "read")
        productions = self._mto_get_lines().mto_production_ids
        return self._mto_action("mrp.mrp_production_action", productions.ids)

    def action_mto_view_purchases(self):
        """Open the purchases made for the order."""
        check_access(self, "read")
        purchases = self._mto_get_lines().mto_purchase_line_ids.order_id
        return self._mto_action("purchase.purchase_rfq", purchases.ids)

    def _mto_action(self, action, record_ids):
        values = self.env["ir.actions.act_window"]._for_xml_id(action)
        values["domain"] = [("id", "in", record_ids)]
        values["context"] = {"create": False}
        if len(record_ids) == 1:
            values["res_id"] = record_ids[0]
            # The action's own: lines have one besides core's.
            values["views"] = [one for one in values["views"] if one[1] == "form"]
        return values
