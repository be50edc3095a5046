from odoo import api, fields, models
from odoo.tools import float_compare

from ..bridge.access import order_name
from .errand import Errand
from .mto_outlook import Cause, Outlook, Surroundings, name_of, name_of_made
from .purchase_order_line import UNORDERED
from .sale_order_line import OPEN_STATES

STAGES = [
    ("quoted", "Quoted"),
    ("held", "Held"),
    ("waiting_material", "Waiting for Material"),
    ("ready", "Ready to Start"),
    ("in_production", "In Production"),
    ("inspection", "Inspection"),
    ("ready_to_ship", "Ready to Ship"),
    ("delivered", "Delivered"),
    ("cancelled", "Cancelled"),
]
RISKS = [
    ("on_track", "On Track"),
    ("at_risk", "At Risk"),
    ("late", "Late"),
    ("blocked", "Blocked"),
]
# From best to worst.
RISK_ORDER = [False, *(risk for risk, _label in RISKS)]
STAGE_ORDER = [stage for stage, _label in STAGES]

# Shares of progress in percent; what an order has none of counts for the others.
SHARES = {"material": 20.0, "production": 70.0, "delivery": 10.0}


# What keeps a line from its plan; what is done about each, see ``mto.today``.
CAUSES = [
    ("impossible", "No Plan"),
    ("lost", "Cancelled"),
    ("short", "Receipt Short"),
    ("missing", "Missing in Stock"),
    ("stock", "Stock Comes Late"),
    ("purchase", "Purchase Late"),
    ("unordered", "Not Ordered"),
    ("blocked", "Work Center Blocked"),
    ("closed", "Work Center Closed"),
    ("overdue", "Work Overdue"),
    ("overrun", "Work Overruns"),
    ("plan", "Planned Late"),
    ("delivery", "Delivery Put Off"),
    # Where something inspects: mto_planning_quality.
    ("inspection", "Inspection Failed"),
]
# Nothing happens by itself: somebody has to do something.
GAPS = ("lost", "short", "missing", "inspection")

# Manufacturing orders whose lines one event measures again; the job does the rest.
AT_ONCE = 50

# What is looked at record by record, read for all lines at once.
READ_AHEAD = (
    "mto_promise_id.promise_date",
    "move_ids.move_orig_ids.state",
    "move_ids.product_id.is_storable",
    "move_ids.picking_id.move_type",
    "move_ids.rule_id.delay",
    "mto_production_ids.bom_id.mto_parent_line_id.bom_id",
    "mto_production_ids.workorder_ids.blocked_by_workorder_ids.state",
    "mto_production_ids.workorder_ids.workcenter_id",
    "mto_production_ids.move_raw_ids.date",
    "mto_production_ids.move_raw_ids.product_id.is_storable",
    "mto_production_ids.move_raw_ids.move_orig_ids.created_purchase_line_ids.state",
    "mto_production_ids.move_raw_ids.move_orig_ids.purchase_line_id.state",
    "mto_production_ids.move_raw_ids.created_purchase_line_ids.state",
    "mto_purchase_line_ids.move_ids.state",
    "mto_purchase_line_ids.move_dest_ids.production_group_id",
)


class MtoProgress(models.AbstractModel):
    """Where made-to-order lines stand: one definition for all screens and clients."""

    _name = "mto.progress"
    _description = "Make-to-Order Progress"

    @api.model
    def _prepare_nothing(self):
        """Values of a line that is not made to order."""
        return {
            "mto_stage": False,
            "mto_progress": 0.0,
            "mto_planned_hours": 0.0,
            "mto_ready_date": False,
            "mto_own_risk": False,
            "mto_cause": False,
            "mto_cause_model": False,
            "mto_cause_id": False,
            "mto_cause_name": False,
            "mto_cause_expected": False,
            "mto_cause_needed": False,
        }

    @api.model
    def _measure(self, lines):
        """Stage and progress, and the line's own date, risk and trouble.

        :param lines: as superuser, as stored fields are computed.
        :return: ``{line: values of its fields}``.
        """
        now = fields.Datetime.now()
        confirmed = lines.filtered(lambda line: line.state == "sale")
        for path in READ_AHEAD:
            confirmed.mapped(path)
        surroundings = Surroundings(confirmed, now)
        return {line: self._measure_line(line, surroundings) for line in lines}

    @api.model
    def _measure_line(self, line, surroundings):
        values = self._prepare_nothing()
        if line.state == "cancel" or line._mto_is_dropped():
            return {**values, "mto_stage": "cancelled"}
        if line.state != "sale":
            return {
                **values,
                "mto_stage": "held"
                if line.mto_promise_id.state == "held"
                else "quoted",
                "mto_ready_date": line.mto_promise_id.promise_date,
            }
        outlook = Outlook(line, surroundings.now, surroundings)
        delivered = self._get_delivery(line)
        projected = delivered or outlook.projected()
        promised = line.mto_promise_id.promise_date or projected
        slack = (promised - projected).total_seconds() / 3600 if projected else 0.0
        cause = None if delivered else self._get_cause(outlook)
        return {
            **values,
            **self._prepare_cause(cause),
            "mto_stage": self._get_stage(outlook, delivered),
            "mto_progress": self._get_progress(outlook, delivered),
            "mto_planned_hours": sum(
                outlook.productions.workorder_ids.mapped("duration_expected")
            )
            / 60,
            "mto_ready_date": projected,
            "mto_own_risk": self._get_risk(outlook, slack, cause, delivered),
        }

    @api.model
    def _look_out(self, lines):
        """Projected date, slack, risk and trouble: with what is delivered with a line.

        :param lines: measured, as superuser, as stored fields are computed.
        :return: ``{line: values of its fields}``.
        """
        shipments = self.env["mto.shipment"]._get_shipments(lines)
        return {line: self._look_out_line(line, shipments[line]) for line in lines}

    @api.model
    def _look_out_line(self, line, shipment):
        worst = max(shipment, key=lambda one: RISK_ORDER.index(one.mto_own_risk))
        # One without a date keeps all of them.
        dates = shipment.mapped("mto_ready_date")
        projected = all(dates) and max(dates)
        slack = 0.0
        if projected and line.state == "sale":
            promised = line.mto_promise_id.promise_date or projected
            slack = (promised - projected).total_seconds() / 3600
        is_hindered = worst.mto_own_risk != line.mto_own_risk
        return {
            "mto_projected_date": projected,
            "mto_slack_hours": slack,
            "mto_risk": worst.mto_own_risk,
            "mto_hindered_by_id": worst.id if is_hindered else False,
        }

    # Of many lines

    @api.model
    def _roll_up(self, lines):
        """What lines come to together, for the fields of what they belong to.

        :param lines: made to order and wanted.
        :return: ``promise_date`` (of the last; false until all have one),
            ``projected_date``, ``risk`` (worst) and ``progress`` (weighted by hours).
        """
        promised = lines.filtered("mto_promise_date")
        hours = sum(lines.mapped("mto_planned_hours"))
        return {
            "promise_date": max(promised.mapped("mto_promise_date"), default=False)
            if promised == lines
            else False,
            "projected_date": max(
                lines.filtered("mto_projected_date").mapped("mto_projected_date"),
                default=False,
            ),
            "risk": max(lines.mapped("mto_risk"), key=RISK_ORDER.index, default=False),
            "progress": sum(
                line.mto_progress
                * (line.mto_planned_hours / hours if hours else 1 / len(lines))
                for line in lines
            ),
        }

    @api.model
    def _get_last_stage(self, lines):
        """The stage of the line that is furthest behind."""
        staged = lines.filtered("mto_stage")
        return min(staged.mapped("mto_stage"), key=STAGE_ORDER.index, default=False)

    @api.model
    def _get_worst_promise_state(self, lines):
        """The worst of how lines are promised."""
        states = set(lines.mapped("mto_promise_state"))
        worst_first = ["infeasible", "none", "outdated", "late", "good"]
        return next((state for state in worst_first if state in states), False)

    @api.model
    def _get_reason(self, line, is_named=True):
        """Why a line is where it is, in one sentence or false.

        :param is_named: with the line's product: it is one of several.
        """
        text = line.mto_promise_text if line.state in OPEN_STATES else line.mto_trouble
        if not is_named:
            return text
        return text and self.env._(
            "%(product)s: %(reason)s",
            product=line.product_id.display_name,
            reason=text,
        )

    # Delivery

    @api.model
    def _get_delivery(self, line):
        """When all was delivered that ever will be, or ``None``.

        Less than what was ordered is all, too, where somebody wanted no backorder, and
        what came back was delivered.
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        is_short = (
            float_compare(
                line.qty_delivered, line.product_uom_qty, precision_digits=digits
            )
            < 0
        )
        shipped = line.move_ids._mto_get_shipped()
        leaving = line._mto_get_open_deliveries().filtered(lambda m: m._mto_leaves())
        if is_short and (leaving or not shipped):
            return None
        done = line.move_ids.filtered(lambda move: move.state == "done")
        return max((shipped or done).mapped("date"), default=None)

    # Stage and progress

    @api.model
    def _get_stage(self, outlook, delivered):
        productions = outlook.productions
        if delivered:
            return "delivered"
        pending = productions.filtered(lambda production: production.state != "done")
        if not pending and (productions or self._is_there(outlook.line)):
            return "ready_to_ship"
        if any(map(is_started, productions)):
            return "in_production"
        if any(
            production.reservation_state == "assigned" or not production.move_raw_ids
            for production in pending
        ):
            return "ready"
        return "waiting_material"

    @api.model
    def _is_there(self, line):
        """Whether all that is delivered lies in stock for it: nothing is made then."""
        moves = line.move_ids.filtered(lambda move: move.state != "cancel")
        return bool(moves) and all(move.state in ("assigned", "done") for move in moves)

    @api.model
    def _get_progress(self, outlook, delivered):
        """See the help of ``sale.order.line.mto_progress``."""
        if delivered:
            return 100.0
        parts = {
            "material": _ratio(
                [(1.0, _received_share(purchase)) for purchase in outlook.purchases]
            ),
            "production": _ratio(
                [
                    (workorder.duration_expected or 1.0, _done_share(workorder))
                    for workorder in outlook.productions.workorder_ids
                ]
                or [
                    (1.0, float(production.state == "done"))
                    for production in outlook.productions
                ]
            ),
            "delivery": 0.0,
        }
        present = {name: ratio for name, ratio in parts.items() if ratio is not None}
        total = sum(SHARES[name] for name in present)
        progress = sum(SHARES[name] * ratio for name, ratio in present.items())
        return round(100.0 * progress / total, 1)

    # Risk

    @api.model
    def _get_risk(self, outlook, slack, cause, delivered):
        if delivered:
            return "late" if slack < 0 else "on_track"
        if not outlook.is_planned or (cause and cause.kind in GAPS):
            return "blocked"
        if slack < 0:
            return "late"
        return "at_risk" if cause else "on_track"

    @api.model
    def _get_cause(self, outlook):
        """The one thing that hurts most, a ``Cause``, or ``None``."""
        if not outlook.is_planned:
            promise = outlook.promise
            return Cause("impossible", promise, promise.constraint_text)
        return (
            self._get_lost(outlook)
            or outlook.worst
            or self._get_unordered(outlook)
            or self._get_late_plan(outlook)
        )

    @api.model
    def _prepare_cause(self, cause):
        """Values of the line's fields about what hurts it."""
        if not cause:
            return {}
        return {
            "mto_cause": cause.kind,
            "mto_cause_model": cause.record._name,
            "mto_cause_id": cause.record[:1].id,
            "mto_cause_name": cause.name,
            "mto_cause_expected": cause.expected,
            "mto_cause_needed": cause.needed,
        }

    @api.model
    def _describe_all(self, line):
        """What hurts a line, or what it is delivered with, or ``False``."""
        other = line.mto_hindered_by_id
        if not other:
            return self._describe(line)
        return self.env._(
            "Waits for %(order)s, %(product)s. %(trouble)s",
            order=order_name(other.order_id),
            product=other.product_id.display_name,
            trouble=self._describe(other) or "",
        )

    @api.model
    def _describe(self, line):
        """What hurts a line, in a sentence; ``False`` if nothing does."""
        return self._describe_cause(
            line.order_id,
            line.mto_cause,
            line.mto_cause_name,
            line.mto_cause_expected,
            line.mto_cause_needed,
        )

    @api.model
    def _describe_cause(self, order, cause, name, expected, needed):
        """One of ``CAUSES`` in a sentence, for the reader of an order."""
        values = {"what": name}
        if expected and needed:
            values["expected"], values["needed"] = order._mto_format_apart(
                expected, needed
            )
        if not cause or cause == "impossible":
            return name
        if cause == "lost":
            return self.env._("%(what)s is cancelled: nothing replaces it.", **values)
        if cause == "short":
            return self.env._(
                "%(what)s: less came than was ordered, and nothing brings the rest.",
                **values,
            )
        if cause == "missing":
            return self.env._(
                "%(what)s: not in stock any more, and nothing brings it.", **values
            )
        if cause == "inspection":
            return self.env._(
                "%(what)s has failed its inspection: repair it and inspect it again.",
                **values,
            )
        if cause == "unordered" and not expected:
            return self.env._("Order now: %(what)s.", **values)
        return self._describe_late(cause, values)

    @api.model
    def _describe_late(self, cause, values):
        """What comes later than it should, with both dates."""
        if cause == "blocked":
            return self.env._(
                "%(what)s is blocked: work ends on %(expected)s, due %(needed)s.",
                **values,
            )
        if cause == "closed":
            return self.env._(
                "%(what)s is closed when work is planned: it ends on %(expected)s, "
                "due %(needed)s.",
                **values,
            )
        if cause == "plan":
            return self.env._(
                "%(what)s is planned until %(expected)s, due %(needed)s.", **values
            )
        if cause == "delivery":
            return self.env._(
                "The delivery %(what)s is scheduled for %(expected)s, planned for "
                "%(needed)s.",
                **values,
            )
        return self.env._("%(what)s: expected %(expected)s, due %(needed)s.", **values)

    @api.model
    def _get_late_plan(self, outlook):
        """Nothing is late, but the plan is: the order was put behind others."""
        needed = outlook.promise.shipping_date
        for production in outlook.top():
            finish = outlook.finish(production)
            if needed and finish and finish > needed:
                name = name_of_made(production)
                return Cause("plan", production, name, finish, needed)
        return None

    @api.model
    def _get_lost(self, outlook):
        """What is cancelled and nothing replaces: made, bought, or its delivery."""
        line = outlook.line
        leaving = line.move_ids.filtered(
            lambda move: move.picking_id and move._mto_leaves()
        )
        if leaving and set(leaving.mapped("state")) == {"cancel"}:
            picking = leaving.picking_id.sorted("id")[-1]
            return Cause("lost", picking, picking.name)
        made = outlook.productions.bom_id
        for production in line.mto_production_ids - outlook.productions:
            if production.bom_id not in made:
                return Cause("lost", production, name_of_made(production))
        cancelled = line.mto_purchase_line_ids - outlook.purchases
        for gap in outlook.all_gaps():
            for purchase in cancelled:
                if purchase.product_id == gap.record.product_id:
                    return gap._replace(
                        kind="lost", record=purchase, name=name_of(purchase)
                    )
        return None

    @api.model
    def _get_unordered(self, outlook):
        """Parts that are not ordered though the latest date to order has passed."""
        late = outlook.purchases.filtered(
            lambda purchase: (
                purchase.state in UNORDERED
                and purchase.mto_order_by
                and purchase.mto_order_by < outlook.now
            )
        )
        if not late:
            return None
        return Cause("unordered", late[0], ", ".join(map(name_of, late[:3])))

    # Keeping true as time goes by

    @api.model
    def _cron_refresh(self, limit=500):
        """Measure open lines again: being late needs no event, only time."""
        Line = self.env["sale.order.line"]
        # All that they get has left, and the rest was cancelled since.
        over = [
            ("mto_stage", "=", "delivered"),
            ("mto_promise_id.state", "=", "confirmed"),
        ]
        Line.search(over, limit=limit)._mto_close()
        ids = Line.search(self._get_open_domain(), order="id").ids
        for start in range(0, len(ids), limit):
            batch = Line.browse(ids[start : start + limit])
            batch._mto_measure_again()
            batch._mto_tell_late()
            self.env["mto.notice"]._follow(batch.order_id)
            remaining = len(ids) - start - len(batch)
            if not self.env["ir.cron"]._commit_progress(
                len(batch), remaining=remaining
            ):
                break

    @api.model
    def _look_at_centers(self, workcenters):
        """Measure lines again whose work can no longer be done when it is planned.

        Those whose work comes first at once, so that an event costs the same however
        many orders there are; if there are more, the job does the rest, now.

        Called as superuser: whoever stops a machine may see neither orders nor jobs.

        :param workcenters: that were blocked or freed, or whose hours have changed.
        """
        # Of a plan that is only tried, whoever tries it measures what he wants to know.
        if not workcenters or Errand.of(self.env).is_trial:
            return
        groups = self.env["mrp.workorder"]._read_group(
            [
                ("workcenter_id", "in", workcenters.ids),
                ("state", "in", ["blocked", "ready", "progress"]),
                ("production_id.mto_line_id", "!=", False),
            ],
            ["production_id"],
            order="date_start:min",
            limit=AT_ONCE + 1,
        )
        productions = self.env["mrp.production"].union(*(row for (row,) in groups))
        productions[:AT_ONCE].mto_line_id._mto_measure_again()
        if len(productions) > AT_ONCE:
            self.env.ref("mto_planning.ir_cron_mto_refresh_progress")._trigger()

    @api.model
    def _get_open_domain(self):
        """Lines whose production or delivery is still to come."""
        return [
            ("mto_is_made_to_order", "=", True),
            ("state", "=", "sale"),
            ("mto_stage", "not in", ["delivered", "cancelled"]),
        ]


def is_started(production):
    """Whether anything of a manufacturing order is done already."""
    return production.state in ("progress", "to_close", "done") or any(
        workorder.state in ("progress", "done")
        for workorder in production.workorder_ids
    )


def _received_share(purchase):
    if not purchase.product_qty:
        return 1.0
    return min(1.0, purchase.qty_received / purchase.product_qty)


def _done_share(workorder):
    if workorder.state in ("done", "cancel"):
        return 1.0
    if not workorder.qty_production:
        return 0.0
    return min(1.0, workorder.qty_produced / workorder.qty_production)


def _ratio(weighted):
    """Weighted mean of ``(weight, share)``, ``None`` of nothing."""
    total = sum(weight for weight, _share in weighted)
    if not total:
        return None
    return sum(weight * share for weight, share in weighted) / total
