from odoo import api, fields, models
from odoo.tools import SQL

from .mto_outlook import Outlook, name_of_part
from .mto_progress import CAUSES, RISKS, STAGE_ORDER, STAGES
from .sale_order_line import PRODUCTION_GROUPS

# Columns of the board: these always, the others when something is there.
BOARD_STAGES = (
    "quoted",
    "waiting_material",
    "ready",
    "in_production",
    "ready_to_ship",
)
# What an order says of its lines.
ROLLUP = ("mto_promise_date", "mto_projected_date", "mto_risk", "mto_progress")
# Sorted from the first to the last, and not by the names of the values.
RANKED = {"mto_stage": STAGE_ORDER, "mto_risk": [risk for risk, _label in RISKS]}
# Of the web client's palette: green, yellow, red.
RISK_COLORS = {"on_track": 10, "at_risk": 3, "late": 1, "blocked": 1}


class SaleOrderLine(models.Model):
    """Where a made-to-order line stands: what ``mto.progress`` measures, stored."""

    _inherit = "sale.order.line"

    mto_move_ids = fields.One2many(
        "stock.move",
        "mto_line_id",
        string="Moves of the Line",
        groups=PRODUCTION_GROUPS,
    )
    mto_stage = fields.Selection(
        STAGES,
        string="Stage",
        compute="_compute_mto_progress",
        store=True,
        group_expand="_group_expand_mto_stage",
    )
    mto_progress = fields.Float(
        "Progress",
        compute="_compute_mto_progress",
        store=True,
        aggregator="avg",
        help="20 % for the bought parts that are here, 70 % for the planned hours of "
        "work that are done, 10 % for the delivery; what an order does not have counts "
        "for the rest. 100 only when it is delivered.",
    )
    mto_planned_hours = fields.Float(
        "Planned Hours",
        compute="_compute_mto_progress",
        store=True,
        groups="base.group_user",
    )
    mto_projected_date = fields.Datetime(
        "Projected Date",
        compute="_compute_mto_outlook",
        store=True,
        help="When it will be delivered as things stand: the plan, moved by what is "
        "late.",
    )
    mto_slack_hours = fields.Float(
        "Slack (Hours)",
        compute="_compute_mto_outlook",
        store=True,
        aggregator="min",
        groups="base.group_user",
        help="Hours from the projected date to the promised date; negative: late.",
    )
    mto_risk = fields.Selection(
        RISKS, string="Risk", compute="_compute_mto_outlook", store=True
    )
    mto_color = fields.Integer(
        "Color", compute="_compute_mto_color", help="Of the risk, on cards."
    )
    mto_trouble = fields.Char(
        "Trouble",
        compute="_compute_mto_trouble",
        # Superuser: whoever may read the line may read what is told of it.
        compute_sudo=True,
        groups="base.group_user",
        help="What makes the line late or blocks it.",
    )
    mto_cause = fields.Selection(
        CAUSES,
        string="Cause",
        compute="_compute_mto_progress",
        store=True,
        groups="base.group_user",
        help="The kind of its trouble.",
    )
    mto_cause_model = fields.Char(
        compute="_compute_mto_progress", store=True, groups="base.group_user"
    )
    mto_cause_id = fields.Many2oneReference(
        "Where It Can Be Helped",
        model_field="mto_cause_model",
        compute="_compute_mto_progress",
        store=True,
        groups="base.group_user",
    )
    mto_cause_name = fields.Char(
        compute="_compute_mto_progress", store=True, groups="base.group_user"
    )
    mto_cause_expected = fields.Datetime(
        compute="_compute_mto_progress", store=True, groups="base.group_user"
    )
    mto_cause_needed = fields.Datetime(
        compute="_compute_mto_progress", store=True, groups="base.group_user"
    )
    mto_told_late_date = fields.Datetime(
        "Told Late",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The projected date that the salesperson was told when it passed the "
        "promise; empty while the promise holds.",
    )

    # Computes

    @api.depends(
        "state",
        "mto_is_made_to_order",
        "mto_promise_id.promise_date",
        "mto_promise_id.shipping_date",
        "mto_promise_id.state",
        "order_id.commitment_date",
        "qty_delivered",
        "product_uom_qty",
        "move_ids.state",
        "move_ids.date",
        "mto_production_ids.state",
        "mto_production_ids.date_start",
        "mto_production_ids.date_finished",
        "mto_production_ids.workorder_ids.state",
        "mto_production_ids.workorder_ids.date_start",
        "mto_production_ids.workorder_ids.date_finished",
        "mto_production_ids.workorder_ids.qty_produced",
        "mto_move_ids.state",
        "mto_move_ids.quantity",
        "mto_purchase_line_ids.state",
        "mto_purchase_line_ids.date_planned",
        "mto_purchase_line_ids.qty_received",
        "mto_purchase_line_ids.move_ids.date",
        "mto_purchase_line_ids.move_ids.state",
    )
    def _compute_mto_progress(self):
        followed = self.filtered("mto_is_made_to_order")
        measured = self.env["mto.progress"]._measure(followed)
        nothing = self.env["mto.progress"]._prepare_nothing()
        for line in self:
            line.update(measured.get(line, nothing))

    @api.depends(
        "mto_cause",
        "mto_cause_name",
        "mto_cause_expected",
        "mto_cause_needed",
        "mto_hindered_by_id",
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_mto_trouble(self):
        """In the language and the time zone of the reader."""
        progress = self.env["mto.progress"]
        for line in self:
            line.mto_own_trouble = progress._describe(line)
            line.mto_trouble = progress._describe_all(line)

    @api.model
    def _group_expand_mto_stage(self, stages, _domain):
        return [
            stage
            for stage, _label in STAGES
            if stage in stages or stage in BOARD_STAGES
        ]

    @api.depends("mto_risk")
    def _compute_mto_color(self):
        for line in self:
            line.mto_color = RISK_COLORS.get(line.mto_risk, 0)

    # Sorting

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Lists by stage and risk as these follow each other, what has none last."""
        if field_name not in RANKED:
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        column = self._field_to_sql(alias, field_name, query)
        query._order_groupby.append(column)
        last = nulls if nulls.code else SQL("NULLS LAST")
        return SQL("%s %s %s", _rank(field_name, column), direction, last)

    def _read_group_orderby(self, order, groupby_terms, query):
        """Graphs and groups, too."""
        ranks = {
            name: _rank(name, column)
            for name, column in groupby_terms.items()
            if name in RANKED
        }
        terms = {**groupby_terms, **ranks}
        ordered = super()._read_group_orderby(order, terms, query)
        # What core has added to a term belongs to all that it groups by.
        groupby_terms.update({n: t for n, t in terms.items() if n not in ranks})
        return ordered

    # Measuring

    def _mto_measure_again(self):
        """Have ``mto.progress`` measure lines again, for what no field depends on.

        What has not changed is not written.
        """
        computes = ("_compute_mto_progress", "_compute_mto_outlook")
        names, following = (
            [name for name, field in self._fields.items() if field.compute == compute]
            for compute in computes
        )
        # A value that was not read would be written again, changed or not.
        self.fetch([*names, *following, "order_id", "mto_project_id"])
        self.order_id.fetch(ROLLUP)
        for name in names:
            self.env.add_to_compute(self._fields[name], self)
        self.modified(names)

    def _mto_bring_missing(self):
        """Make or buy what the line waits for and nothing brings.

        :return: what it is, as list of texts.
        """
        self.ensure_one()
        missing = Outlook(self, fields.Datetime.now()).unsupplied()
        made_before = self.mto_production_ids
        for move, quantity in missing.items():
            move._mto_bring(quantity)
        self._mto_place_the_rest(made_before)
        self.mto_purchase_line_ids.order_id._mto_set_order_date()
        self._mto_measure_again()
        return [name_of_part(move, missing[move]) for move in missing]

    # Who is told

    def _mto_tell_late(self):
        """Tell the salesperson, once, which lines will be later than promised.

        And once more when the promise holds again. What happens to several lines of an
        order at once is one message.
        """
        late = self.filtered(
            lambda line: line.mto_risk == "late" and line.mto_stage != "delivered"
        )
        news = late.filtered(lambda line: not line.mto_told_late_date)
        for order, lines in news.grouped("order_id").items():
            order._mto_post_late(lines)
        for line in news:
            line.mto_told_late_date = line.mto_projected_date
        well = (self - late).filtered("mto_told_late_date")
        well.mto_told_late_date = False
        on_time = well.filtered(lambda line: line.mto_risk in ("on_track", "at_risk"))
        for order, lines in on_time.grouped("order_id").items():
            order._mto_post_on_time(lines)

    def _mto_get_customer_steps(self):
        """The way of the line in a customer's words, for the portal.

        :return: list of ``(label, whether it is reached)``.
        """
        self.ensure_one()
        steps = [
            (self.env._("Confirmed"), ("waiting_material", "ready")),
            (self.env._("In production"), ("in_production", "inspection")),
            (self.env._("Ready to ship"), ("ready_to_ship",)),
            (self.env._("Delivered"), ("delivered",)),
        ]
        reached = next(
            (number for number, (_, own) in enumerate(steps) if self.mto_stage in own),
            -1,
        )
        return [(label, number <= reached) for number, (label, _) in enumerate(steps)]

    def _mto_as_dict(self):
        """What a line is, as public dictionaries of many lines begin."""
        self.ensure_one()
        return {
            "line_id": self.id,
            "order_id": self.order_id.id,
            "order": self.order_id.name,
            "product_id": self.product_id.id,
            "product": self.product_id.display_name,
            "quantity": self.product_uom_qty,
            "stage": self.mto_stage,
            "progress": self.mto_progress,
        }

    def _mto_is_moved(self):
        """Whether the customer gets it on a later day than he was told."""
        self.ensure_one()
        told, expected = self.mto_promise_date, self.mto_projected_date
        get_day = self.order_id._mto_get_day
        return bool(told and expected and get_day(expected) > get_day(told))


def _rank(field_name, column):
    """The place of a value among those of its field."""
    return SQL("array_position(%s::varchar[], %s)", RANKED[field_name], column)
