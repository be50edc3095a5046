from odoo import api, fields, models
from odoo.tools import SQL

# What all that is delivered together has in common, and the line's own, see
# ``mto.shipment``.
SHARED_DATES = {
    "promise_date": "own_date",
    "planned_date": "own_planned_date",
    "shipping_date": "own_shipping_date",
}
# What there is of deliveries only: of the others 0 stands in the row.
OF_DELIVERIES = ("on_time:avg", "delay_days:avg", "slippage_days:avg")


class MtoPromise(models.Model):
    _name = "mto.promise"
    _description = "Delivery Promise"
    _order = "id desc"
    _rec_name = "promise_date"

    line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    # Not stored, as in ``mrp.production``: see there.
    order_id = fields.Many2one(related="line_id.order_id", string="Order")
    partner_id = fields.Many2one(
        related="line_id.order_id.partner_id", string="Customer"
    )
    company_id = fields.Many2one(
        related="line_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one("res.users", string="Given By", readonly=True)
    state = fields.Selection(
        [
            ("quoted", "Quoted"),
            ("held", "Held"),
            ("confirmed", "Confirmed"),
            ("superseded", "Replaced"),
            ("expired", "Expired"),
            ("kept", "Kept"),
            ("missed", "Missed"),
        ],
        default="quoted",
        required=True,
        readonly=True,
        index=True,
    )
    product_id = fields.Many2one("product.product", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    build = fields.Char(
        readonly=True,
        help="What the line was made of, if not as the masters say.",
    )
    hold_until = fields.Datetime(
        "Held Until",
        readonly=True,
        index="btree_not_null",
        help="Until then nobody else gets the capacity and the material of this "
        "promise.",
    )
    slot_ids = fields.One2many("mto.promise.slot", "promise_id", readonly=True)
    part_ids = fields.One2many("mto.promise.part", "promise_id", readonly=True)
    requested_date = fields.Datetime("Requested", readonly=True)
    promise_date = fields.Datetime(
        "Promised",
        readonly=True,
        help="Earliest realistic date; with a requested date that can be kept, that.",
    )
    planned_date = fields.Datetime(
        "Planned",
        readonly=True,
        help="When it is delivered by the plan, without the safety.",
    )
    safety_days = fields.Float(
        "Safety (Days)",
        digits=(16, 2),
        readonly=True,
        help="Added to the plan for the date that the customer is told.",
    )
    safety_cases = fields.Integer(
        "Learned From",
        readonly=True,
        help="Deliveries that the safety was learned from; 0: the company has set it.",
    )
    service_level = fields.Integer("Service Level (%)", readonly=True)
    date_50 = fields.Datetime("Kept with 50 %", readonly=True)
    date_90 = fields.Datetime("Kept with 90 %", readonly=True)
    slippage_days = fields.Float(
        "Days After Plan",
        compute="_compute_slippage_days",
        store=True,
        precompute=True,
        aggregator="avg",
        help="Days from the planned to the actual delivery: the safety is learned from "
        "these.",
    )
    shipping_date = fields.Datetime("Planned Delivery", readonly=True)
    own_date = fields.Datetime(
        "Alone",
        readonly=True,
        help="When it could be promised if it waited for nothing that is delivered "
        "with it.",
    )
    own_planned_date = fields.Datetime("Planned Alone", readonly=True)
    own_shipping_date = fields.Datetime("Planned Delivery Alone", readonly=True)
    waits_for_line_id = fields.Many2one(
        "sale.order.line",
        string="Waits For",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The last of what is delivered together with it.",
    )
    first_promise_date = fields.Datetime(
        "First Promised",
        readonly=True,
        help="The first date that was ever told for this line.",
    )
    first_planned_date = fields.Datetime(
        "First Planned",
        readonly=True,
        help="Of a date that the customer has accepted later: when it was planned "
        "before. What the safety is learned from.",
    )
    confirmed_date = fields.Datetime(
        "Agreed On",
        readonly=True,
        copy=False,
        help="When it became the date that was agreed with the customer.",
    )
    accepted_by_id = fields.Many2one(
        "res.partner",
        "Accepted by the Customer",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who has accepted this date when it had moved.",
    )
    actual_date = fields.Datetime("Delivered", readonly=True)
    delay_days = fields.Float(
        "Days After First Promise",
        compute="_compute_delay_days",
        store=True,
        precompute=True,
        aggregator="avg",
        help="Days from the date that was promised first to the delivery; negative: "
        "delivered earlier.",
    )
    on_time = fields.Float(
        "On Time (%)",
        compute="_compute_delay_days",
        store=True,
        precompute=True,
        aggregator="avg",
        digits=(16, 1),
        help="100 if it was delivered by the date that was promised first, else 0: of "
        "several, the share that was on time.",
    )
    latest_start = fields.Datetime("Start at the Latest", readonly=True)
    feasible = fields.Boolean(readonly=True)
    on_request = fields.Boolean("As Requested", readonly=True)
    constraint_kind = fields.Selection(
        [
            ("capacity", "Capacity"),
            ("material", "Material"),
            ("lead_time", "Lead time"),
            ("calendar", "Working time"),
            ("none", "Nothing"),
        ],
        string="Constraint",
        readonly=True,
    )
    constraint_text = fields.Char(
        "Why",
        readonly=True,
        help="What sets the date, in one sentence.",
    )
    constraint_workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Held Up by Work Center", readonly=True
    )
    constraint_partner_id = fields.Many2one(
        "res.partner", string="Held Up by Vendor", readonly=True
    )
    # Long, and shown for one line at a time: lists do not read it.
    steps = fields.Json(readonly=True, prefetch=False)

    @api.depends("first_promise_date", "actual_date")
    def _compute_delay_days(self):
        for promise in self:
            first, actual = promise.first_promise_date, promise.actual_date
            is_delivered = first and actual
            promise.delay_days = (
                (actual - first).total_seconds() / 86400 if is_delivered else 0.0
            )
            promise.on_time = 100.0 if is_delivered and actual <= first else 0.0

    @api.depends("first_planned_date", "planned_date", "actual_date")
    def _compute_slippage_days(self):
        for promise in self:
            planned = promise.first_planned_date or promise.planned_date
            actual = promise.actual_date
            promise.slippage_days = (
                (actual - planned).total_seconds() / 86400
                if planned and actual
                else 0.0
            )

    @api.depends("promise_date", "order_id.name")
    def _compute_display_name(self):
        for promise in self:
            moment = promise.promise_date and fields.Datetime.context_timestamp(
                promise, promise.promise_date
            )
            date = f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
            promise.display_name = f"{promise.order_id.name} {date}"

    def _read_group_select(self, aggregate_spec, query):
        """What is not delivered yet makes no average better."""
        select = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec not in OF_DELIVERIES:
            return select
        delivered = self._field_to_sql(self._table, "actual_date", query)
        return SQL("%s FILTER (WHERE %s IS NOT NULL)", select, delivered)

    @api.model_create_multi
    def create(self, vals_list):
        """What is confirmed is agreed now."""
        now = fields.Datetime.now()
        return super().create(
            [
                {"confirmed_date": now, **vals}
                if vals.get("state") == "confirmed"
                else vals
                for vals in vals_list
            ]
        )

    def _is_about(self, question):
        """Whether the promise was given for just these values of a line.

        :param question: see ``sale.order.line._mto_prepare_question``.
        """
        self.ensure_one()
        return all(
            self._fields[name].convert_to_write(self[name], self) == value
            for name, value in question.items()
        )

    def _replace(self, values):
        """Tell something else of the same plan; what was told stays in the ledger.

        :return: the row that says it, which keeps what this one holds.
        """
        self.ensure_one()
        promise = self.copy({"state": self.state, "user_id": self.env.uid})
        promise.update(values)
        self.slot_ids.promise_id = promise
        self.part_ids.promise_id = promise
        self.state = "superseded"
        return promise

    # Holding

    def _hold(self, answers):
        """Keep for each promise what its plan uses, until its time is over.

        :param answers: the ``Answer`` of each, which has a date.
        """
        if self:
            self.env["mto.promise.slot"]._create_of(self, answers)
            self.env["mto.promise.part"]._create_of(self, answers)
            cron = self.env.ref("mto_planning.ir_cron_mto_expire_holds")
            cron._trigger(self.mapped("hold_until"))

    def _let_go(self, state):
        """Free what promises keep; held ones get another state."""
        self.slot_ids.unlink()
        self.part_ids.unlink()
        self.filtered(lambda promise: promise.state == "held").state = state

    @api.model
    def _cron_expire_holds(self):
        """Let go of what was held long enough; planning ignores it already."""
        over = self.search(
            [("state", "=", "held"), ("hold_until", "<=", fields.Datetime.now())]
        )
        over._let_go("expired")
        for order, promises in over.grouped("order_id").items():
            order._mto_post_hold(
                self.env._("The hold has ended: others may use its time and material."),
                promises.line_id,
            )

    def _prepare_from_answer(self, line, answer):
        """Values of the ledger's row of an answer."""
        public = answer.as_dict()
        return {
            **line._mto_prepare_question(),
            "line_id": line.id,
            "user_id": self.env.uid,
            # Said here, they need not be computed on a draft of each row.
            "company_id": line.company_id.id,
            "delay_days": 0.0,
            "on_time": 0.0,
            "slippage_days": 0.0,
            "promise_date": answer.promise_date,
            "planned_date": answer.planned_date,
            "safety_days": public["safety"]["days"],
            "safety_cases": public["safety"]["cases"],
            "service_level": public["safety"]["service_level"],
            "date_50": public["safety"]["date_50"],
            "date_90": public["safety"]["date_90"],
            "shipping_date": answer.shipping_date,
            "own_date": answer.promise_date,
            "own_planned_date": answer.planned_date,
            "own_shipping_date": answer.shipping_date,
            "first_promise_date": line.mto_first_promise_date or answer.promise_date,
            "latest_start": answer.latest_start,
            "feasible": answer.feasible,
            "on_request": public["on_request"],
            "constraint_kind": public["constraint"]["kind"],
            "constraint_text": public["constraint"]["text"],
            "constraint_workcenter_id": public["constraint"].get("workcenter_id"),
            "constraint_partner_id": answer.constraint_vendor
            and answer.constraint_vendor.partner_id,
            "steps": public["steps"],
        }
