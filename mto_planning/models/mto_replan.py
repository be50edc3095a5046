from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .. import engine
from ..bridge import OpenOrders, ShopLoader, from_seconds, planning_now, to_seconds
from ..bridge.access import not_there
from ..bridge.clock import HORIZON_DAYS
from ..engine.urgency import RULES, badness

# Sequences in which all work is placed at once, work order by work order.
WORK_RULES = ("planned", "due", "slack")
# Who comes first at each center costs as much for each that waits there.
MOST_IN_QUEUES = 5000
METHODS = {
    "as_promised": "As promised",
    "just_in_time": "Just in time",
    "earliest": "As early as possible",
}
# Those that are the making of an order, not what it waits for.
OWN_STEPS = (engine.StepKind.OPERATION, engine.StepKind.WAIT)
# With what they are when they are not given.
OPTIONS = {
    "company_id": None,
    "production_ids": None,
    "method": "as_promised",
    "frozen_days": None,
    "dry_run": False,
}


class MtoPlanner(models.AbstractModel):
    """Placing manufacturing orders that exist: the whole shop, or some of it."""

    _inherit = "mto.planner"

    # Public interface

    @api.model
    def replan(self, options=None):
        """Place the open manufacturing orders anew, the most urgent first.

        Work that has started stays, so does work that begins within the frozen days,
        and everything of orders that are not placed. Work orders get new times (and
        perhaps an alternative work center), manufacturing orders and their moves new
        dates.

        :param dict options: all optional. ``company_id`` (the user's),
            ``production_ids`` (all open ones that are planned by this add-on),
            ``method``: ``"just_in_time"`` for the date needed, ``"earliest"``, or
            ``"as_promised"`` (default): just in time what was promised for a
            requested date, the rest as early as possible; ``frozen_days`` (those
            of the company); ``dry_run`` (False): only say what would happen.
        :return: dictionary, see ``docs/api.md``.
        :raises AccessError: the user has no manufacturing rights.
        :raises ValidationError: an option that makes no sense; it names it.
        """
        if not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(self.env._("Planning needs manufacturing rights."))
        values = self._parse_options({} if options is None else options)
        productions = self._get_productions(values)
        now, fixed_days = self._get_moment(), self._get_fixed_days(values)
        placement = self._place(
            productions,
            method=values["method"],
            frozen_until=to_seconds(now + timedelta(days=values["frozen_days"])),
            fixed_until=to_seconds(now + timedelta(days=fixed_days)),
            dry_run=values["dry_run"],
        )
        answer = placement.as_dict()
        if not values["dry_run"]:
            self._log_moves(answer["orders"])
        return answer

    @api.model
    def _get_fixed_days(self, values):
        """The company's, but not more than the caller leaves alone."""
        company = self.env["res.company"].browse(values["company_id"])
        return min(company.mto_frozen_days, values["frozen_days"])

    @api.model
    def _log_moves(self, rows):
        """Tell in the chatter of each order which of its lines end at another time."""
        bodies = defaultdict(list)
        # Superuser: who plans production may not write on sales orders.
        lines = self.env["sale.order.line"].sudo()
        for row in rows:
            order = lines.browse(row["line_id"]).order_id
            if order and row["before"] != row["after"]:
                bodies[order].append(self._describe_move(order, row))
        orders = lines.order_id.union(*bodies)
        orders._message_log_batch(
            {order.id: Markup("<br/>").join(rows) for order, rows in bodies.items()}
        )

    @api.model
    def _describe_move(self, order, row):
        values = {
            "product": self.env["product.product"]
            .browse(row["product_id"])
            .display_name,
            "after": order._mto_format(fields.Datetime.to_datetime(row["after"])),
        }
        if not row["before"]:
            return self.env._("Planned: %(product)s ends on %(after)s.", **values)
        return self.env._(
            "Planned anew: %(product)s ends on %(after)s, before it was %(before)s.",
            before=order._mto_format(fields.Datetime.to_datetime(row["before"])),
            **values,
        )

    @api.model
    def _parse_options(self, options):
        if not isinstance(options, dict):
            raise ValidationError(self.env._("“options” must be a dictionary."))
        unknown = set(options) - OPTIONS.keys()
        if unknown:
            raise ValidationError(
                self.env._(
                    "“%(name)s” is not an option; known are: %(known)s.",
                    name=min(map(str, unknown)),
                    known=", ".join(OPTIONS),
                )
            )
        given = {name: value for name, value in options.items() if value is not None}
        values = {**OPTIONS, "company_id": self.env.company.id, **given}
        for name, is_right, expected in (
            (
                "company_id",
                lambda value: _is_id(value) and value in self.env.companies.ids,
                self.env._("one of your companies"),
            ),
            (
                "production_ids",
                lambda value: value is None or _is_ids(value),
                self.env._("a list of ids"),
            ),
            (
                "method",
                lambda value: isinstance(value, str) and value in METHODS,
                self.env._("one of %s", ", ".join(METHODS)),
            ),
            (
                "frozen_days",
                lambda value: (
                    value is None or (_is_number(value) and 0 <= value <= HORIZON_DAYS)
                ),
                self.env._("a number from 0 to %s", HORIZON_DAYS),
            ),
            (
                "dry_run",
                lambda value: isinstance(value, bool),
                self.env._("true or false"),
            ),
        ):
            if not is_right(values[name]):
                raise self._wrong_option(name, values[name], expected)
        if values["frozen_days"] is None:
            company = self.env["res.company"].browse(values["company_id"])
            values["frozen_days"] = company.mto_frozen_days
        return values

    @api.model
    def _wrong_option(self, name, value, expected):
        return ValidationError(
            self.env._(
                "“%(name)s” must be %(expected)s, not “%(value)s”.",
                name=name,
                expected=expected,
                value=str(value)[:80],
            )
        )

    @api.model
    def _get_productions(self, values):
        """The manufacturing orders that an option names, else all of the company."""
        ids, company_id = values["production_ids"], values["company_id"]
        if ids is None:
            return self.env["mrp.production"].search(self._get_open_domain(company_id))
        productions = self.env["mrp.production"].browse(ids)
        hidden = productions - productions.exists()._filtered_access("write")
        if hidden:
            raise not_there(min(hidden, key=lambda one: one.id), "production_ids")
        foreign = productions.filtered(lambda one: one.company_id.id != company_id)
        if foreign:
            raise ValidationError(
                self.env._(
                    "“production_ids”: %(name)s is not of %(company)s.",
                    name=foreign[0].display_name,
                    company=self.env["res.company"].browse(company_id).name,
                )
            )
        return productions

    @api.model
    def _get_open_domain(self, company_id):
        return [
            ("company_id", "=", company_id),
            ("state", "in", ["confirmed", "progress"]),
            ("mto_line_id", "!=", False),
        ]

    # Placing

    @api.model
    def _place(
        self,
        productions,
        *,
        method="as_promised",
        frozen_until=None,
        fixed_until=None,
        keep_planned=False,
        dry_run=False,
    ):
        """Find times for the open work of manufacturing orders, and write them.

        :param productions: of one company.
        :param frozen_until: in seconds; see ``OpenOrders``, also for the next ones.
        :return: a ``Placement``.
        """
        company = productions.company_id
        if not dry_run:
            company._mto_guard_plan()
        env = self._get_planning_env(company or self.env.company)
        now = planning_now(self._get_moment())
        orders = OpenOrders(
            productions.with_env(env), now, frozen_until, fixed_until, keep_planned
        )
        schedule = self._schedule(orders, env, now, method)
        placement = Placement(self.env, orders, schedule)
        if not dry_run:
            placement.apply()
        return placement

    @api.model
    def _schedule(self, orders, env, now, method):
        """The plan with the least lateness of those that several sequences give."""
        loader = ShopLoader(env, self._get_memory(), from_seconds(now), HORIZON_DAYS)
        shop = loader.shop_without(
            orders.workcenter_ids,
            orders.stock_items,
            orders.pending.leave_id.ids,
            orders.taken_from_stock,
        )
        problem = engine.Problem(
            now=now,
            horizon=to_seconds(loader.end),
            demands=(),
            frozen_until=orders.fixed_until,
        )
        best = self._best(orders, problem, shop, method)
        if method != "earliest" and any(_badness(orders, best)):
            # In a full shop, what is not begun as early as it can be is missing later.
            early = self._best(orders, problem, shop, "earliest")
            best = min((best, early), key=partial(_badness, orders))
        return best

    @api.model
    def _best(self, orders, problem, shop, method):
        place = partial(self._dispatch, orders, problem, shop, method)
        # One order alone has no sequence.
        if len(orders.roots) == 1:
            return place("due")
        schedules = [place(rule) for rule in RULES]
        if method != "just_in_time":
            few = len(orders.pending) <= MOST_IN_QUEUES
            rules = WORK_RULES if few else WORK_RULES[:1]
            schedules += [place(rule, by_work=True) for rule in rules]
        return min(schedules, key=partial(_badness, orders))

    @api.model
    def _dispatch(self, orders, problem, shop, method, rule, by_work=False):
        """One plan, with the orders, or all their work, in the sequence of a rule."""
        while True:
            demands = orders.demands(rule, method, as_planned=by_work)
            problem = replace(problem, demands=demands)
            if by_work:
                keep, ranks = rule == "planned", orders.ranks(rule)
                schedule = engine.dispatch(problem, ranks, shop, keep=keep)
            else:
                schedule = engine.replan(problem, shop, just_in_time=True)
            # Orders that several others wait for are read from the plan before.
            if not orders.assume(_finishes(schedule)):
                return schedule


class Placement:
    """Where the open work of manufacturing orders was placed.

    :param orders: the ``OpenOrders`` that were.
    :param schedule: the ``engine.Schedule`` of them.
    """

    def __init__(self, env, orders, schedule):
        self.env = env
        self.orders = orders
        self.schedule = schedule
        self.spans = {}
        self.dates = {}
        self.receipts = {}
        for demand in schedule.demands:
            for step in demand.steps:
                self._read(step)
        self.moved = self._get_moved()
        self.before = {one.id: one.date_finished for one in orders.productions}

    def _read(self, step):
        if step.kind == engine.StepKind.PURCHASE:
            line_id, finish = step.key[1], from_seconds(step.finish)
            self.receipts[line_id] = min(self.receipts.get(line_id, finish), finish)
        if step.kind == engine.StepKind.OPERATION:
            span = from_seconds(step.start), from_seconds(step.finish)
            self.spans[step.key] = (*span, step.resource)
        if step.kind in OWN_STEPS:
            start, finish = self.dates.get(step.job, (step.start, step.finish))
            self.dates[step.job] = min(start, step.start), max(finish, step.finish)

    def _get_moved(self):
        """``{work order: (start, finish, work center id)}`` of those that move."""
        return {
            workorder: self.spans[workorder.id]
            for workorder in self.orders.pending
            if workorder.id in self.spans
            and self.spans[workorder.id]
            != (
                workorder.date_start,
                workorder.date_finished,
                workorder.workcenter_id.id,
            )
        }

    # Writing

    def apply(self):
        """Book the work orders anew and set the dates of what depends on them."""
        self.orders.pending.browse()._mto_move(self.moved)
        productions = self.orders.productions
        productions._mto_set_dates(
            {
                production: self._span_of(production)
                for production in productions
                if production.id in self.dates
            }
        )
        # As core: what has no work orders is planned by its dates alone.
        productions.filtered(
            lambda one: one.id in self.dates and not one.workorder_ids
        ).is_planned = True
        productions.env["purchase.order.line"]._mto_set_need_dates(self.receipts)

    def _span_of(self, production):
        """Its first start and last finish, with the work that stays where it is."""
        start, finish = map(from_seconds, self.dates[production.id])
        staying = production.workorder_ids.filtered(
            lambda one: one.date_start and one.id not in self.spans
        )
        return (
            min([start, *staying.mapped("date_start")]),
            max([finish, *staying.mapped("date_finished")]),
        )

    # Telling

    def as_dict(self):
        """The dictionary of ``mto.planner.replan``, see ``docs/api.md``."""
        return {
            "productions": len(self.dates),
            "moved_workorders": len(self.moved),
            "late": sum(map(bool, map(self.orders.lateness, self.schedule.demands))),
            "orders": [
                self._order(self._get_production(demand.key), demand)
                for demand in self.schedule.demands
                if demand.key in self.dates
            ],
            "unplanned": [
                self._unplanned(self._get_production(demand.key), demand)
                for demand in self.schedule.demands
                if not demand.feasible
            ],
        }

    def _get_production(self, production_id):
        # What is read of one is read of all of them at once.
        productions = self.orders.productions
        return productions.browse(production_id).with_prefetch(productions.ids)

    def _order(self, production, demand):
        line = production.mto_line_id
        return {
            "production_id": production.id,
            "production": production.name,
            "line_id": line.id,
            "order": line.order_id.name or False,
            "product_id": production.product_id.id,
            "before": fields.Datetime.to_string(self.before[production.id]),
            # Made in time for a later date, it ends before its demand does.
            "after": fields.Datetime.to_string(self._span_of(production)[1]),
            "lateness_hours": round(self.orders.lateness(demand) / 3600, 2),
        }

    def _unplanned(self, production, demand):
        centers = self.orders.productions.env["mrp.workcenter"]
        center = centers.browse(demand.constraint.resource)
        return {
            "production_id": production.id,
            "production": production.name,
            "reason": self.env._(
                "%s has no free time within the next two years.", center.display_name
            )
            if center
            else self.env._("There is no date within the next two years."),
        }


def _badness(orders, schedule):
    return badness(
        orders.lateness(demand) if demand.feasible else None
        for demand in schedule.demands
    )


def _finishes(schedule):
    """``{production id: seconds}`` of all orders that have a place."""
    return {
        step.job: step.finish
        for demand in schedule.demands
        for step in sorted(demand.steps, key=lambda step: step.finish)
        if step.kind in OWN_STEPS
    }


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_id(value):
    """Of a record: PostgreSQL's integers end there."""
    return (
        isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31
    )


def _is_ids(value):
    return isinstance(value, list) and all(map(_is_id, value))
