from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, ormcache

from .. import engine
from ..bridge import (
    Answer,
    Draft,
    Ladder,
    LeverFinder,
    Memory,
    NetworkBuilder,
    ProductionPlan,
    Request,
    RequestParser,
    ShopLoader,
    StructureReader,
    Tree,
    WhatIf,
    from_seconds,
    planning_now,
    to_seconds,
)
from ..bridge.clock import HORIZON_DAYS
from ..bridge.request import MAX_QUANTITY
from .errand import Errand

# One call may ask for an order of any real size, but not occupy a worker for ever.
MAX_REQUESTS = 1000
# What a promise looks at, and what follows from it.
LINE_FIELDS = [
    "order_id",
    "company_id",
    "state",
    "display_type",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "warehouse_id",
    "mto_is_made_to_order",
    "mto_build",
    "mto_requested_date",
    "mto_promise_id",
    "mto_first_promise_date",
    "mto_stage",
    "mto_progress",
    "mto_planned_hours",
    "mto_project_id",
    "mto_ready_date",
    "mto_own_risk",
    "mto_hindered_by_id",
    "mto_projected_date",
    "mto_slack_hours",
    "mto_risk",
    "mto_cause",
    "mto_cause_model",
    "mto_cause_id",
    "mto_cause_name",
    "mto_cause_expected",
    "mto_cause_needed",
]
QUOTE_GROUPS = ("sales_team.group_sale_salesman", "mrp.group_mrp_user")


class MtoPlanner(models.AbstractModel):
    """The bridge between Odoo's records and the engine, and the public interface.

    One way in (``_plan``), one way out (``_plan_production``, whose ``ProductionPlan``
    core's procurement follows); nothing else builds engine objects or plan dates.
    """

    _name = "mto.planner"
    _description = "Make-to-Order Planner"

    # Public interface

    @api.model
    @api.readonly
    def quote(self, requests):
        """Earliest realistic delivery of products, without writing anything.

        :param list requests: dictionaries with ``product_id`` or ``default_code``,
            ``quantity`` (above zero) and optionally ``uom_id``, ``requested_date``
            (UTC, Odoo's format), ``warehouse_id``, ``bom_id``, and ``levers`` and
            ``ladder`` (true: what would make it earlier, and how many by when). They
            compete for the same capacity and material, in the order given.
        :return: list of dictionaries in the same order, see ``docs/api.md``.
        :raises AccessError: the user is neither in sales nor in manufacturing.
        :raises UserError: or one of its kinds, which names the request and the field:
            ``ValidationError`` a value that makes no sense, ``MissingError`` a record
            that is not there, ``AccessError`` one that the user may not read.
        """
        if not any(self.env.user.has_group(group) for group in QUOTE_GROUPS):
            raise AccessError(
                self.env._("Quoting dates needs sales or manufacturing rights.")
            )
        self._check_requests(requests)
        parser = RequestParser(self.env, requests)
        parsed = [
            self._parse_request(parser, position, values)
            for position, values in enumerate(requests)
        ]
        answers = [answer.as_dict() for answer in self._plan(parsed)]
        for position, values in enumerate(requests):
            options = parser.options(values)
            if options:
                answers[position].update(
                    self._find_options(parsed[: position + 1], options)
                )
        return answers

    @api.model
    def _check_requests(self, requests):
        if not isinstance(requests, list):
            raise ValidationError(self.env._("“requests” must be a list."))
        if len(requests) > MAX_REQUESTS:
            raise ValidationError(
                self.env._(
                    "“requests” has %(count)d entries; at most %(most)d in one call.",
                    count=len(requests),
                    most=MAX_REQUESTS,
                )
            )

    # Requests

    @api.model
    def _parse_request(self, parser, position, values):
        """Check one dictionary of ``quote`` and complete it with defaults."""
        try:
            request = self._make_request(key=position, **parser.parse(values))
            parser.options(values)
            return self._check_request(request)
        except UserError as error:
            message = self.env._(
                "Request %(number)d: %(problem)s", number=position, problem=error
            )
            raise type(error)(message) from error

    @api.model
    def _make_request(self, **values):
        empty = {
            "bom": self.env["mrp.bom"],
            "line": self.env["sale.order.line"],
            "has_own_boms": False,
            "routes": self.env["stock.route"],
            "never_values": self.env["product.template.attribute.value"],
            "customer_location": None,
        }
        request = {**empty, **values}
        if "company" not in request:
            request["company"] = request["warehouse"].company_id
        if not request["customer_location"]:
            request["customer_location"] = self.env.ref(
                "stock.stock_location_customers"
            )
        return Request(**request)

    @api.model
    def _check_request(self, request):
        """Refuse what there is no date for, whoever asks; returns the request."""
        self._check_quantity(request.product, request.uom, request.quantity)
        self._check_requested(request.requested)
        return request

    @api.model
    def _check_quantity(self, product, uom, quantity):
        """Nothing, less than nothing, what is rounded to nothing, and not a number."""
        if not (0 < quantity < MAX_QUANTITY) or uom.is_zero(quantity):
            raise ValidationError(
                self.env._(
                    "Quantity of %(product)s is %(quantity)s: a date needs a quantity "
                    "above zero.",
                    product=product.display_name,
                    quantity=f"{quantity:g}",
                )
            )

    @api.model
    def _check_requested(self, moment):
        last = fields.Datetime.now() + timedelta(days=HORIZON_DAYS)
        if moment and moment > last:
            raise ValidationError(
                self.env._(
                    "Requested date %(date)s is too far ahead: nothing is planned "
                    "after %(last)s.",
                    date=fields.Datetime.to_string(moment),
                    last=fields.Datetime.to_string(last),
                )
            )

    @api.model
    def _request_of_line(self, line, quantity=None, is_plain=False):
        """What an order line asks for.

        :param is_plain: see ``_get_plain_lines``.
        """
        own = {}
        if not is_plain:
            own = {
                "bom": line.mto_bom_id,
                "has_own_boms": line._mto_has_own_boms(),
                "routes": line.route_ids,
                "never_values": line.product_no_variant_attribute_value_ids,
            }
        return self._make_request(
            key=line.id,
            product=line.product_id,
            quantity=line.product_uom_qty if quantity is None else quantity,
            uom=line.product_uom_id,
            warehouse=line.warehouse_id,
            company=line.company_id,
            requested=line._mto_get_requested_date() or None,
            line=line,
            customer_location=line._get_location_final(),
            **own,
        )

    @api.model
    def _get_plain_lines(self, lines):
        """Lines without routes, choices and bills of materials of their own.

        Most are, and one query says so.
        """
        self.env["mrp.bom"].flush_model(["mto_line_id", "active"])
        special = self.env.execute_query(
            SQL(
                """SELECT sale_order_line_id FROM sale_order_line_stock_route_rel
                    WHERE sale_order_line_id IN %(ids)s
                    UNION ALL
                   SELECT sale_order_line_id
                     FROM product_template_attribute_value_sale_order_line_rel
                    WHERE sale_order_line_id IN %(ids)s
                    UNION ALL
                   SELECT mto_line_id FROM mrp_bom WHERE mto_line_id IN %(ids)s""",
                ids=tuple(lines.ids) or (0,),
            )
        )
        return lines - lines.browse(line_id for (line_id,) in special)

    # In: records to engine

    @api.model
    def _plan(self, requests):
        """Plan requests against all that is booked and promised now.

        Reads as superuser: a salesperson may read neither work centers nor vendors,
        but the date depends on them. Of what was read, only the names, quantities and
        dates of the requests' own production leave.

        :param requests: list of ``Request``.
        :return: list of ``Answer``, in the same order.
        """
        return self._plan_networks(self._build_networks(requests))

    @api.model
    @ormcache()
    def _get_memory(self):
        return Memory()

    @api.model
    def _get_planning_env(self, company):
        """The superuser's environment of a company, whatever else the context says."""
        context = {
            name: value
            for name, value in self.env.context.items()
            if name in ("lang", "tz")
        }
        return self.sudo().env(context={**context, "allowed_company_ids": company.ids})

    @api.model
    def _build_networks(self, requests):
        """The network of each request, in the same order."""
        by_company = defaultdict(list)
        for request in requests:
            by_company[request.company].append(request)
        networks = {}
        for company, company_requests in by_company.items():
            env = self._get_planning_env(company)
            builder = NetworkBuilder(env, self._get_memory())
            for network in builder.build(
                [request.with_env(env) for request in company_requests]
            ):
                networks[network.request.key] = network
        return [networks[request.key] for request in requests]

    @api.model
    def _plan_networks(self, networks, shop=None):
        """Plan networks, those of each company together.

        :param shop: a ``ShopLoad`` to plan in instead of the shop as it is.
        :return: the ``Answer`` of each, in the same order.
        """
        now = planning_now(self._get_moment())
        by_company = defaultdict(list)
        for network in networks:
            by_company[network.request.company].append(network)
        plans = {}
        for company, company_networks in by_company.items():
            loader = self._get_loader(
                company, now, [network.request for network in company_networks]
            )
            problem = engine.Problem(
                now=now,
                horizon=to_seconds(loader.end),
                demands=tuple(network.demand for network in company_networks),
                # The same for all structures of a company.
                frozen_until=now + company_networks[0].structure.frozen_seconds,
            )
            plan = self._solve(problem, shop or loader, company_networks)
            plans.update((demand.key, demand) for demand in plan.demands)
        return [
            Answer(self.env, network, plans[network.request.key])
            for network in networks
        ]

    @api.model
    def _get_moment(self):
        """When it is, for planning: the same for all plans that are compared.

        Else the second of two would begin later, now and then by a quarter of an hour.
        """
        return Errand.of(self.env).moment or fields.Datetime.now()

    @api.model
    def _get_loader(self, company, now, requests):
        """The ``ShopLoader`` for requests: what they hold is free to them."""
        return ShopLoader(
            self._get_planning_env(company),
            self._get_memory(),
            from_seconds(now),
            HORIZON_DAYS,
            {request.line.id for request in requests} - {False},
        )

    @api.model
    def _find_options(self, requests, options=("levers", "ladder")):
        """What would make the date of the last request earlier, and how many by when.

        :param requests: list of ``Request``; the others compete with it.
        :param options: which of ``levers``, ``ladder`` and ``promise_date``: the date
            without any change, as it would be computed now.
        :return: a dictionary with those, see ``docs/api.md``.
        """
        company = requests[-1].company
        env, now = self._get_planning_env(company), planning_now(self._get_moment())
        competing = [
            request.with_env(env) for request in requests if request.company == company
        ]
        loader = self._get_loader(company, now, competing)
        builder = NetworkBuilder(env, self._get_memory())
        horizon = to_seconds(loader.end)
        whatif = WhatIf(self.env, builder, loader, competing, now, horizon)
        ladder = Ladder(self.env, whatif)
        finders = {
            "levers": LeverFinder(self.env, whatif, ladder).find,
            "ladder": ladder.find,
            "promise_date": lambda: fields.Datetime.to_string(whatif.base.promise_date),
        }
        return {name: finders[name]() for name in finders if name in options}

    @api.model
    def _solve(self, problem, loader, networks):
        """The engine's plan; what it cannot read is named as its records are."""
        centers = set().union(*(network.workcenter_ids for network in networks))
        items = set().union(*(network.stock_items for network in networks))
        try:
            with loader.floor(centers, items) as floor:
                return engine.plan(problem, floor)
        except engine.InvalidProblemError as error:
            names = [network.name_of(error.key) for network in networks]
            raise UserError(
                self.env._(
                    "%(name)s cannot be planned: %(problem)s",
                    name=next(filter(None, names), error.what),
                    problem=error,
                )
            ) from error

    # Lines

    @api.model
    def _is_made_to_order(self, line):
        """Whether core's rules make (part of) a line for it alone.

        :param line: as superuser, see ``StructureReader``.
        """
        reader = StructureReader(line.with_company(line.company_id).env)
        request = self._request_of_line(line).with_env(reader.env)
        return any(
            source.action == "manufacture" and source.on_order
            for source in reader.sources(request)
        )

    @api.model
    def _refresh(self, lines):
        """Say anew which lines are made to order: routes change.

        :return: the networks of those that are, in the order of the lines.
        """
        # Superuser: what was asked for, whoever asks; customers, routes and the like
        # are then read without the rules of each.
        lines = lines.sudo()
        # Here and below: of records that have much more, only what is needed.
        lines.fetch(LINE_FIELDS)
        candidates = lines.filtered(
            lambda line: line.product_id and line.warehouse_id and not line.display_type
        )
        candidates.order_id.partner_shipping_id.fetch(["property_stock_customer"])
        plain = self._get_plain_lines(candidates)
        networks = self._build_networks(
            [self._request_of_line(line, is_plain=line in plain) for line in candidates]
        )
        found = [network for network in networks if network.structure.on_order]
        made = lines.browse([network.request.key for network in found])
        (made - made.filtered("mto_is_made_to_order")).mto_is_made_to_order = True
        (lines - made).filtered("mto_is_made_to_order").mto_is_made_to_order = False
        return found

    @api.model
    def _get_tree(self, line):
        """What a line is made of, as a ``Tree``.

        :param line: as superuser, see ``StructureReader``.
        """
        (network,) = self._build_networks([self._request_of_line(line)])
        return Tree(network)

    @api.model
    def _get_costs(self, lines):
        """``{line: what it should cost to make}`` as things are now.

        :param lines: made to order, as superuser, see ``StructureReader``.
        """
        networks = self._build_networks([self._request_of_line(line) for line in lines])
        return {
            line: line.mto_currency_id.round(Tree(network).cost)
            for line, network in zip(lines, networks, strict=True)
        }

    @api.model
    def _copy_levels(self, line, like=None):
        """Give a line bills of materials of its own, of all levels that have none.

        :param line: as superuser, as is ``like``.
        :param like: another line, whose levels are copied.
        :return: the ``Tree`` as it was, and ``{(line id, level path): mrp.bom}``.
        """
        (network,) = self._build_networks([self._request_of_line(like or line)])
        boms = line.env["mrp.bom"]._mto_create_order_boms([Draft(network, line)])
        return Tree(network), boms

    @api.model
    def _promise(self, lines, hold_until=None):
        """Compute and record promises of quotation lines, which compete in order.

        What is held already stays so, with what the new plan needs.

        :param lines: of quotations that the user may write; those are left out that are
            not made to order, or ask for nothing beside others that do.
        :param hold_until: hold them until then, naive UTC.
        :return: the public dictionaries, each with its ``line_id``.
        """
        # Superuser: the ledger is written by the planner only, never by hand.
        lines = lines.sudo()
        networks = self._refresh(lines)
        # A line of nothing, as an option may be, keeps the others from no date.
        networks = [one for one in networks if one.request.quantity] or networks
        for network in networks:
            self._check_request(network.request)
        made = lines.browse([network.request.key for network in networks])
        holds = made._mto_get_holds()
        if hold_until:
            holds = dict.fromkeys(made, hold_until)
        if holds:
            made.company_id._mto_guard_plan()
        answers = self._plan_networks(networks)
        made._mto_record_promises(answers, "quoted", holds)
        return [
            {
                "line_id": line.id,
                **answer.as_dict(),
                **line._mto_prepare_told(),
                "hold_until": fields.Datetime.to_string(
                    answer.feasible and holds.get(line)
                ),
            }
            for line, answer in zip(made, answers, strict=True)
        ]

    @api.model
    def _notify_computed(self, answers):
        """The client action that says how many dates were computed.

        :param answers: as of ``_promise``.
        """
        kind, message = self._describe_computed(answers)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _describe_computed(self, answers):
        """How the worst of some dates are, as ``(kind of message, sentence)``."""
        none = [answer for answer in answers if not answer["feasible"]]
        late = [answer for answer in answers if not answer["on_request"]]
        values = {"all": len(answers), "none": len(none), "late": len(late)}
        if not answers:
            return "warning", self.env._("Nothing of it is made to order.")
        if none and len(answers) == 1:
            return "danger", self.env._("There is no date: it cannot be made.")
        if none:
            return "danger", self.env._(
                "%(none)d of %(all)d lines have no date: they cannot be made.", **values
            )
        if late and len(answers) == 1:
            return "warning", self.env._("The date is later than requested.")
        if late:
            return "warning", self.env._(
                "%(late)d of %(all)d dates are later than requested.", **values
            )
        if len(answers) == 1:
            return "success", self.env._("The date is computed.")
        return "success", self.env._("%(all)d dates are computed.", **values)

    @api.model
    def _estimate(self, lines, answers):
        """Write down what lines should cost, as it stands when they are confirmed.

        What is ordered later of a line is added.

        :param lines: as superuser.
        """
        name = "mto_estimated_cost"
        # Without the business of sales on each write: none of it looks at this.
        with self.env.protecting([lines._fields[name]], lines):
            for line, answer in zip(lines, answers, strict=True):
                line[name] += line.mto_currency_id.round(Tree(answer.network).cost)
        lines.modified([name])

    @api.model
    def _plan_production(self, quantities):
        """Plan lines that are being confirmed, and write down what they will be.

        Makes the order's bills of materials and the confirmed promise; core's
        procurement, which runs next, takes the dates from there.

        :param quantities: ``{line: quantity}``.
        :return: a ``ProductionPlan``.
        """
        # Superuser: a salesperson who confirms may write neither bills of materials nor
        # the ledger.
        lines = self.env["sale.order.line"].concat(*quantities).sudo()
        lines.company_id._mto_guard_plan()
        answers = self._plan(
            [
                self._check_request(self._request_of_line(line, quantity))
                for line, quantity in quantities.items()
            ]
        )
        self._estimate(lines, answers)
        plan = ProductionPlan(answers)
        Bom = Errand.give(lines.env["mrp.bom"], plan=plan)
        plan.read_boms(Bom._mto_create_order_boms(answers))
        lines._mto_record_promises(answers, "confirmed")
        for order in lines.order_id.filtered(lambda order: not order.commitment_date):
            promised = (lines & order.order_line).mapped("mto_promise_date")
            if all(promised):
                order._mto_tell_date(max(promised))
        return plan
