from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError

from .. import engine
from ..bridge import (
    Answer,
    NetworkBuilder,
    Request,
    ShopLoader,
    from_seconds,
    planning_now,
    to_seconds,
)
from ..bridge.clock import HORIZON_DAYS
from ..bridge.network import operation_key

# One call may ask for an order of any real size, but not occupy a worker for ever.
MAX_REQUESTS = 1000
QUOTE_GROUPS = ("sales_team.group_sale_salesman", "mrp.group_mrp_user")
REQUEST_KEYS = {
    "product_id",
    "default_code",
    "quantity",
    "uom_id",
    "requested_date",
    "warehouse_id",
    "bom_id",
}


class MtoPlanner(models.AbstractModel):
    """The bridge between Odoo's records and the engine, and the public interface.

    One way in (``_plan``), one way out (``_write_plan``); nothing else builds engine
    objects or writes plan dates.
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
            (UTC, Odoo's format), ``warehouse_id``, ``bom_id``. They compete for the
            same capacity and material, in the order given.
        :return: list of dictionaries in the same order, see ``docs/api.md``.
        :raises AccessError: the user is neither in sales nor in manufacturing.
        :raises ValidationError: a field has a value that makes no sense.
        :raises MissingError: a record that is not there.
        """
        if not any(self.env.user.has_group(group) for group in QUOTE_GROUPS):
            raise AccessError(
                self.env._("Quoting dates needs sales or manufacturing rights.")
            )
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
        parsed = [
            self._parse_request(position, values)
            for position, values in enumerate(requests)
        ]
        return [answer.as_dict() for answer in self._plan(parsed)]

    # Requests

    @api.model
    def _parse_request(self, position, values):
        """Check one dictionary of ``quote`` and complete it with defaults."""
        if not isinstance(values, dict):
            raise ValidationError(
                self.env._("Request %(number)d must be a dictionary.", number=position)
            )
        unknown = set(values) - REQUEST_KEYS
        if unknown:
            raise ValidationError(
                self.env._(
                    "Request %(number)d: unknown field “%(name)s”.",
                    number=position,
                    name=sorted(unknown)[0],
                )
            )
        product = self._parse_product(values)
        warehouse = self._parse_warehouse(values)
        return self._make_request(
            key=position,
            product=product,
            quantity=self._parse_quantity(values.get("quantity")),
            uom=self._parse_record("uom.uom", values, "uom_id") or product.uom_id,
            warehouse=warehouse,
            requested=self._parse_requested(values.get("requested_date")),
            bom=self._parse_bom(values, product),
        )

    @api.model
    def _make_request(self, **values):
        empty = {
            "bom": self.env["mrp.bom"],
            "line": self.env["sale.order.line"],
            "routes": self.env["stock.route"],
            "never_values": self.env["product.template.attribute.value"],
            "customer_location": None,
        }
        request = {**empty, **values}
        if not request["customer_location"]:
            request["customer_location"] = self.env.ref(
                "stock.stock_location_customers"
            )
        return Request(**request)

    @api.model
    def _parse_record(self, model, values, name):
        """The record that an id of a request names, readable by the user."""
        value = values.get(name)
        if not value:
            return self.env[model]
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(
                self.env._(
                    "“%(name)s” must be the id of a record, not “%(value)s”.",
                    name=name,
                    value=value,
                )
            )
        record = self.env[model].browse(value).exists()
        if not record:
            raise MissingError(
                self.env._(
                    "“%(name)s”: there is no record with id %(value)s.",
                    name=name,
                    value=value,
                )
            )
        record.check_access("read")
        return record

    @api.model
    def _parse_product(self, values):
        product = self._parse_record("product.product", values, "product_id")
        code = values.get("default_code")
        if not product and code:
            product = product.search([("default_code", "=", code)], limit=2)
        if len(product) != 1:
            raise ValidationError(
                self.env._(
                    "Name one product by “product_id” or by “default_code” "
                    "(“%(code)s” names %(count)d).",
                    code=code or "",
                    count=len(product),
                )
            )
        if product.type != "consu":
            raise ValidationError(
                self.env._(
                    "“product_id”: %(product)s is not a product that is delivered.",
                    product=product.display_name,
                )
            )
        return product

    @api.model
    def _parse_quantity(self, value):
        valid = (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 0 < value < 1e12
        )
        if not valid:
            raise ValidationError(
                self.env._(
                    "“quantity” must be a number above zero, not “%(value)s”.",
                    value=value,
                )
            )
        return float(value)

    @api.model
    def _parse_requested(self, value):
        if not value:
            return None
        try:
            moment = fields.Datetime.to_datetime(value)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.tzinfo:
            raise ValidationError(
                self.env._(
                    "“requested_date” must be a UTC date and time like "
                    "2026-12-24 15:00:00, not “%(value)s”.",
                    value=value,
                )
            )
        return moment

    @api.model
    def _parse_warehouse(self, values):
        warehouse = self._parse_record("stock.warehouse", values, "warehouse_id")
        warehouse = warehouse or self.env.user._get_default_warehouse_id()
        if not warehouse:
            raise UserError(
                self.env._("There is no warehouse in %s.", self.env.company.name)
            )
        return warehouse

    @api.model
    def _parse_bom(self, values, product):
        bom = self._parse_record("mrp.bom", values, "bom_id")
        fits = not bom or (
            bom.product_id == product
            or (not bom.product_id and bom.product_tmpl_id == product.product_tmpl_id)
        )
        if not fits:
            raise ValidationError(
                self.env._(
                    "“bom_id”: %(bom)s does not make %(product)s.",
                    bom=bom.display_name,
                    product=product.display_name,
                )
            )
        return bom

    @api.model
    def _request_of_line(self, line, quantity=None):
        """What an order line asks for."""
        return self._make_request(
            key=line.id,
            product=line.product_id,
            quantity=line.product_uom_qty if quantity is None else quantity,
            uom=line.product_uom_id,
            warehouse=line.warehouse_id,
            requested=line._mto_get_requested_date() or None,
            bom=line.mto_bom_id,
            line=line,
            routes=line.route_ids,
            never_values=line.product_no_variant_attribute_value_ids,
            customer_location=line._get_location_final(),
        )

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
        plans = {}
        networks = {}
        by_company = defaultdict(list)
        for request in requests:
            by_company[request.warehouse.company_id].append(request)
        for company, company_requests in by_company.items():
            env = self.sudo().with_company(company).env
            builder = NetworkBuilder(
                env(context=dict(env.context, allowed_company_ids=company.ids))
            )
            built = [
                builder.build(self._as_superuser(request, builder.env))
                for request in company_requests
            ]
            networks.update((network.request.key, network) for network in built)
            problem = self._prepare_problem(builder.env, built)
            plan = engine.plan(problem)
            plans.update((demand.key, demand) for demand in plan.demands)
        return [
            Answer(self.env, networks[request.key], plans[request.key])
            for request in requests
        ]

    @api.model
    def _as_superuser(self, request, env):
        """The same request with records of the superuser's environment."""
        values = {name: getattr(request, name) for name in Request.__slots__}
        return Request(
            **{
                name: value.with_env(env)
                if isinstance(value, models.BaseModel)
                else value
                for name, value in values.items()
            }
        )

    @api.model
    def _prepare_problem(self, env, networks):
        """Everything that the engine has to know about some networks."""
        now = planning_now(fields.Datetime.now())
        loader = ShopLoader(env, from_seconds(now), HORIZON_DAYS)
        workcenters = env["mrp.workcenter"].browse(
            sorted(set().union(*(network.workcenter_ids for network in networks)))
        )
        items = set().union(*(network.stock_items for network in networks))
        return engine.Problem(
            now=now,
            horizon=to_seconds(loader.end),
            demands=tuple(network.demand for network in networks),
            resources=loader.resources(workcenters),
            stocks=loader.stocks(items),
        )

    # Out: engine to records

    @api.model
    def _write_plan(self, answers, boms):
        """Book the work orders and set the dates of the manufacturing orders.

        :param boms: ``{(request key, level path): order's mrp.bom}``.
        """
        productions = self._get_unplanned_productions(boms.values())
        spans = {}
        for answer in answers:
            planned = answer.spans()
            for level in answer.made_levels:
                bom = boms[answer.network.request.key, level.path]
                operations = bom._mto_get_own_operations()
                for production in productions.get(bom, ()):
                    start, finish = answer.level_span(level)
                    for position, operation in enumerate(operations):
                        span = planned[operation_key(level.path, position)]
                        spans.update(self._span_of(production, operation, span))
                    production._mto_set_dates(start, finish)
                    if not production.workorder_ids:
                        production.is_planned = True
        # Superuser, as everything that core's procurement makes: whoever confirms an
        # order may have rights on neither work orders nor purchases.
        self.env["mrp.workorder"].sudo()._mto_book(spans)
        lines = self.env["sale.order.line"].browse(
            answer.network.request.line.id for answer in answers
        )
        lines.sudo().mto_purchase_line_ids.order_id._mto_set_order_date()

    @api.model
    def _span_of(self, production, operation, span):
        start, finish, workcenter_id = span
        center = production.env["mrp.workcenter"].browse(workcenter_id)
        return {
            workorder: (start, finish, center)
            for workorder in production.workorder_ids
            if workorder.operation_id == operation
        }

    @api.model
    def _get_unplanned_productions(self, boms):
        """``{bom: manufacturing orders}`` that were just made and have no plan yet."""
        # Superuser: core makes manufacturing orders as superuser too, for a
        # salesperson who confirms may not plan them.
        productions = self.env["mrp.production"].sudo().search(
            [
                ("bom_id", "in", [bom.id for bom in boms]),
                ("state", "in", ["draft", "confirmed"]),
                ("is_planned", "=", False),
            ]
        )
        return productions.grouped("bom_id")

    # Lines

    @api.model
    def _is_made_to_order(self, line):
        """Whether core's rules make (part of) a line for it alone."""
        line = line.sudo()
        builder = NetworkBuilder(line.with_company(line.company_id).env)
        request = self._as_superuser(self._request_of_line(line), builder.env)
        return any(
            source.action == "manufacture" and source.on_order
            for source in builder.sources(request)
        )

    @api.model
    def _promise(self, lines):
        """Compute and record promises of quotation lines, which compete in order.

        :return: the public dictionaries, each with its ``line_id``.
        """
        answers = self._plan([self._request_of_line(line) for line in lines])
        for line, answer in zip(lines, answers, strict=True):
            line._mto_record_promise(answer, "quoted")
        return [
            {"line_id": line.id, **answer.as_dict()}
            for line, answer in zip(lines, answers, strict=True)
        ]

    @api.model
    def _plan_production(self, quantities):
        """Plan lines that are being confirmed, and write down what they will be.

        Makes the order's bills of materials and the confirmed promise; core's
        procurement, which runs next, takes the dates from there.

        :param quantities: ``{line: quantity}``.
        :return: the answers, and ``{(line id, level path): mrp.bom}``.
        """
        lines = self.env["sale.order.line"].concat(*quantities)
        lines.company_id._mto_guard_plan()
        answers = self._plan(
            [
                self._request_of_line(line, quantity)
                for line, quantity in quantities.items()
            ]
        )
        boms = {}
        for line, answer in zip(quantities, answers, strict=True):
            line._mto_check_answer(answer)
            # Superuser: a salesperson who confirms may not write bills of materials.
            order_boms = self.env["mrp.bom"].sudo()._mto_create_order_boms(line, answer)
            boms.update(
                ((line.id, path), bom) for path, bom in order_boms.items()
            )
            line._mto_record_promise(answer, "confirmed")
        for order in lines.order_id.filtered(lambda order: not order.commitment_date):
            dates = (lines & order.order_line).mapped("mto_promise_date")
            order.commitment_date = max(dates)
        return answers, boms
