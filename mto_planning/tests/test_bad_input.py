import json
from datetime import timedelta

from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import NOW, MtoCase
from .common_rpc import MtoRpcCase

NAN, INF = float("nan"), float("inf")
HUGE_ID = 10**30
# The code of a fault by XML-RPC that tells the user something; 1 is a server error.
WARNING = 2


class BadRequests:
    """Requests that make no sense, as ``(what, request, error, words in it)``."""

    def _bad_quantities(self):
        lamp = self.lamp.id
        for value in (NAN, INF, -INF, 1e300, 10**400, "1", "one", None, True, [], {}):
            yield (
                f"quantity {value!r:.20}",
                {"product_id": lamp, "quantity": value},
                ValidationError,
                ["“quantity” must be a number above zero", f"{value}"[:60]],
            )
        for value in (0, -1, -0.5, 1e-9):
            yield (
                f"quantity {value!r}",
                {"product_id": lamp, "quantity": value},
                ValidationError,
                [f"Quantity of Lamp is {value:g}"],
            )
        yield ("no quantity", {"product_id": lamp}, ValidationError, ["“quantity”"])

    def _bad_ids(self):
        good = {"product_id": self.lamp.id, "quantity": 1}
        for name in ("product_id", "uom_id", "warehouse_id", "bom_id"):
            for value in ("1", "", "x", [1], {}, {"id": 1}, True, 1.5, NAN):
                yield (
                    f"{name} {value!r}",
                    {**good, name: value},
                    ValidationError,
                    [f"“{name}” must be the id of a record, not “{value}”"],
                )
            for value in (0, -1, 2**31, HUGE_ID, self.deleted.id):
                yield (
                    f"{name} {value!r}",
                    {**good, name: value},
                    MissingError,
                    [f"“{name}”: there is no record with id {value}"],
                )

    def _bad_products(self):
        mat = self._make_product("Mat", default_code="TWICE")
        self._make_product("Rug", default_code="TWICE")
        service = self._make_product("Advice", type="service", is_storable=False)
        kilogram = self.env.ref("uom.product_uom_kgm")
        names = ["“default_code”", "must name one product, it names"]
        for code, words in (
            ("TWICE", [*names, "several"]),
            ("NOTHING", [*names, "none"]),
            ("", [*names, "none"]),
            ("a\0b", [*names, "none"]),
            ("x" * 10_000, [*names, "none", "xxx…”"]),
            (5, [*names, "none"]),
            (True, [*names, "none"]),
            (["TWICE"], [*names, "none"]),
            ({"code": "TWICE"}, [*names, "none"]),
        ):
            yield (
                f"default_code {code!r:.20}",
                {"default_code": code, "quantity": 1},
                ValidationError,
                words,
            )
        for request, words in (
            ({}, ["name a product by “product_id” or “default_code”"]),
            ({"product_id": False}, ["name a product by"]),
            ({"product_id": None, "default_code": None}, ["name a product by"]),
            ({"product_id": mat.id, "default_code": "TWICE"}, ["not both"]),
            ({"product_id": service.id}, ["Advice is not a product that is deliv"]),
            (
                {"product_id": self.lamp.id, "uom_id": kilogram.id},
                ["“uom_id”", "Lamp is counted in Units: kg cannot"],
            ),
            (
                {"product_id": self.lamp.id, "bom_id": self.frame.bom_ids.id},
                ["“bom_id”", "Frame does not make Lamp"],
            ),
        ):
            yield (str(request), {**request, "quantity": 1}, ValidationError, words)

    def _bad_dates(self):
        good = {"product_id": self.lamp.id, "quantity": 1}
        for value in (
            "",
            "tomorrow",
            "2027",
            "2027-03",
            "2027-02-30 00:00:00",
            "2027-03-09 25:00:00",
            "2027-03-09T10:00:00",
            "2027-03-09T10:00:00Z",
            "2027-03-09 10:00:00+02:00",
            "2027-03-09 10:00:00 UTC",
            "09.03.2027 10:00:00",
            5,
            0,
            1.5,
            True,
            [],
            {},
            ["2027-03-09"],
            {"date": "2027-03-09"},
        ):
            yield (
                f"requested_date {value!r}",
                {**good, "requested_date": value},
                ValidationError,
                ["“requested_date” must be a UTC date and time", f"not “{value}”"],
            )
        for value in ("9999-12-31 23:59:59", "2035-01-01 00:00:00"):
            yield (
                f"requested_date {value!r}",
                {**good, "requested_date": value},
                ValidationError,
                [f"Requested date {value} is too far ahead", "2029-02-28"],
            )

    def _bad_shapes(self):
        good = {"product_id": self.lamp.id, "quantity": 1}
        for value in (None, True, 5, 1.5, "lamp", [], [good]):
            yield (f"a {value!r}", value, ValidationError, ["it must be a dictionary"])
        for name in ("qty", "", "product", "context", "quantity "):
            yield (
                f"field {name!r}",
                {**good, name: 1},
                ValidationError,
                [f"unknown field “{name}”"],
            )

    def _bad_requests(self):
        yield from self._bad_quantities()
        yield from self._bad_ids()
        yield from self._bad_products()
        yield from self._bad_dates()
        yield from self._bad_shapes()

    @classmethod
    def _set_up_deleted(cls):
        """A product that was deleted; nothing else has its id."""
        cls.deleted = cls._make_product("Deleted")
        cls.env["product.product"].browse(cls.deleted.id).unlink()
        for model in ("uom.uom", "stock.warehouse", "mrp.bom"):
            while cls.env[model].browse(cls.deleted.id).exists():
                cls.deleted = cls.deleted.browse(cls.deleted.id + 1000)


@tagged("post_install", "-at_install")
class TestBadQuote(BadRequests, MtoCase):
    """What makes no sense gets an error that names the request, field and value."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_deleted()

    def _quote(self, *requests):
        planner = self.env["mto.planner"].with_user(self.salesperson)
        return planner.quote(list(requests))

    def test_bad_request_is_refused_by_name(self):
        good = {"product_id": self.lamp.id, "quantity": 1}
        for what, request, error, words in self._bad_requests():
            with self.subTest(what=what):
                with self.assertRaises(UserError) as caught:
                    self._quote(good, request, good)
                self.assertIs(type(caught.exception), error)
                message = str(caught.exception)
                self.assertTrue(message.startswith("Request 1: "), message)
                for word in words:
                    self.assertIn(word, message)
                self.assertLess(len(message), 300)

    def test_requests_must_be_a_list_of_bearable_length(self):
        good = {"product_id": self.lamp.id, "quantity": 1}
        for requests, words in (
            (None, "“requests” must be a list"),
            (good, "“requests” must be a list"),
            ("lamp", "“requests” must be a list"),
            (5, "“requests” must be a list"),
            ([good] * 1001, "“requests” has 1001 entries; at most 1000"),
        ):
            with self.subTest(words=words):
                with self.assertRaisesRegex(ValidationError, words):
                    self.env["mto.planner"].quote(requests)
        self.assertEqual(self.env["mto.planner"].quote([]), [])

    def test_requested_date_long_ago_gets_the_first_possible_date(self):
        for value in ("2027-02-28 08:00:00", "1900-01-01 00:00:00", "1970-01-01"):
            with self.subTest(value=value):
                (answer,) = self._quote(
                    {"product_id": self.lamp.id, "quantity": 1, "requested_date": value}
                )
                self.assertFalse(answer["on_request"])
                self.assertEqual(answer["promise_date"], str(self._at(7, 10, 40)))

    def test_absent_values_are_defaults(self):
        expected = self._quote({"product_id": self.lamp.id, "quantity": 1})
        for nothing in (None, False):
            with self.subTest(nothing=nothing):
                names = ("default_code", "uom_id", "requested_date", "warehouse_id")
                request = dict.fromkeys([*names, "bom_id"], nothing)
                answer = self._quote(
                    {**request, "product_id": self.lamp.id, "quantity": 1}
                )
                self.assertEqual(answer, expected)

    def test_records_of_a_foreign_company_are_not_read(self):
        company = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        product = self._make_product("Theirs", on_order=False, company_id=company.id)
        bom = self._make_bom(self.lamp, company_id=company.id)
        good = {"product_id": self.lamp.id, "quantity": 1}
        for values in (
            {"product_id": product.id},
            {"warehouse_id": warehouse.id},
            {"bom_id": bom.id},
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(MissingError, "^Request 0: .*for you"):
                    self._quote({**good, **values})
        product.default_code = "THEIRS"
        with self.assertRaisesRegex(ValidationError, "it names none"):
            self._quote({"default_code": "THEIRS", "quantity": 1})

    def test_companies_are_not_mixed(self):
        company = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        both = new_test_user(
            self.env,
            "mto_both",
            groups="sales_team.group_sale_salesman",
            company_ids=[Command.set([company.id, self.env.company.id])],
        )
        product = self._make_product("Theirs", on_order=False, company_id=company.id)
        bom = self._make_bom(self.lamp, company_id=company.id)
        good = {"product_id": self.lamp.id, "quantity": 1}
        planner = self.env["mto.planner"].with_user(both)
        for values, name in (
            ({"product_id": product.id}, "“product_id”: Theirs is not of "),
            ({"bom_id": bom.id}, "“bom_id”: Lamp is not of "),
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(ValidationError, name):
                    planner.quote([{**good, **values}])
                planner.quote([{**good, **values, "warehouse_id": warehouse.id}])


@tagged("post_install", "-at_install")
class TestBadQuoteByRpc(BadRequests, MtoRpcCase):
    """The same through the doors: never a server error, never a traceback."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_deleted()

    def test_bad_request_is_the_clients_error_by_json2(self):
        status = {ValidationError: 422, MissingError: 404}
        for what, request, error, words in self._bad_requests():
            with self.subTest(what=what):
                # NaN and infinity are no JSON, but Python's parser reads them.
                body = json.dumps({"requests": [request]})
                response = self._json2(self.salesperson, "mto.planner", "quote", body)
                self.assertEqual(response.status_code, status[error])
                answer = response.json()
                self.assertEqual(
                    answer["name"], f"odoo.exceptions.{error.__name__}", answer
                )
                for word in ["Request 0: ", *words]:
                    self.assertIn(word, answer["message"])

    def test_bad_request_is_a_warning_by_xmlrpc(self):
        for what, request, _error, words in self._bad_requests():
            if not _fits_in_xml(request):
                continue
            with self.subTest(what=what):
                fault = self._refusal(
                    self.salesperson, "mto.planner", "quote", [request]
                )
                self.assertEqual(fault.faultCode, WARNING)
                self.assertNotIn("Traceback", fault.faultString)
                for word in ["Request 0: ", *words]:
                    self.assertIn(word, fault.faultString)

    def test_half_a_character_in_a_text_is_refused(self):
        half = "\ud800"
        for request in (
            {"default_code": half, "quantity": 1},
            {"product_id": half, "quantity": 1},
            {"product_id": self.lamp.id, "quantity": half},
            {"product_id": self.lamp.id, "quantity": 1, "requested_date": half},
            {"product_id": self.lamp.id, "quantity": 1, half: 1},
            half,
        ):
            with self.subTest(request=request):
                body = json.dumps({"requests": [request]})
                response = self._json2(self.salesperson, "mto.planner", "quote", body)
                self.assertEqual(response.status_code, 422)
                self.assertIn("\\ud800", response.json()["message"])

    def test_body_that_is_no_call_is_the_clients_error(self):
        for body, status in (
            ("[", 400),
            ("quantity=1", 400),
            ("[]", 422),
            ("null", 422),
            ("5", 422),
            ("{}", 422),
            ('{"requests": {}}', 422),
            ('{"requests": "lamp"}', 422),
            ('{"requests": null}', 422),
            ('{"requests": [], "product_id": 1}', 422),
            ('{"requests": [], "ids": [1]}', 422),
        ):
            with self.subTest(body=body):
                response = self._json2(self.salesperson, "mto.planner", "quote", body)
                self.assertEqual(response.status_code, status)

    def test_orders_that_are_not_there_are_missing(self):
        order = self._make_order((self.lamp, 1))
        order_id = order.id
        order.unlink()
        for method in ("mto_compute_promise", "mto_progress_data"):
            with self.subTest(method=method):
                response = self._json2(
                    self.salesperson, "sale.order", method, {"ids": [order_id]}
                )
                self.assertEqual(response.status_code, 404)
                fault = self._refusal(
                    self.salesperson, "sale.order", method, [order_id]
                )
                self.assertEqual(fault.faultCode, WARNING)
                self.assertNotIn("Traceback", fault.faultString)
                self.assertEqual(
                    self._ask(self.salesperson, "sale.order", method, ids=[]), []
                )

    def test_refused_confirmation_leaves_nothing_behind(self):
        """Both where the planner refuses and where core does, half way through."""
        far = {"mto_requested_date": "9999-12-31 23:59:59"}
        refused = self._make_order(
            (self.frame, 1), (self.lamp, 1, far), user=self.salesperson
        )
        self.chip.seller_ids.unlink()
        halfway = self._make_order(
            (self.frame, 1), (self.lamp, 1), user=self.salesperson
        )
        for order, words in ((refused, "too far ahead"), (halfway, "Chip")):
            with self.subTest(words=words):
                response = self._json2(
                    self.salesperson, "sale.order", "action_confirm", {"ids": order.ids}
                )
                self.assertEqual(response.status_code, 422)
                self.assertIn(words, response.json()["message"])
                fault = self._refusal(
                    self.salesperson, "sale.order", "action_confirm", order.ids
                )
                self.assertEqual(fault.faultCode, WARNING)
                self.assertIn(words, fault.faultString)
                self.assertEqual(order.state, "draft")
                lines = order.sudo().order_line
                self.assertFalse(lines.mto_promise_ids)
                self.assertFalse(lines.mto_bom_ids)
                self.assertFalse(lines.mto_production_ids)
                self.assertFalse(lines.mto_purchase_line_ids)

    def test_refused_order_is_left_as_it_was(self):
        lamp, frame = (self.lamp, 1), (self.frame, -1)
        order = self._make_order(lamp, frame, user=self.salesperson)
        lines = order.order_line
        self.assertEqual(lines.mapped("mto_is_made_to_order"), [True, True])
        response = self._json2(
            self.salesperson, "sale.order", "mto_compute_promise", {"ids": order.ids}
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("Quantity of Frame is -1", response.json()["message"])
        self.assertFalse(lines.mto_promise_ids)
        self.assertEqual(lines.mapped("mto_promise_state"), ["none", "none"])


@tagged("post_install", "-at_install")
class TestBadFactory(MtoCase):
    """Master data that cannot work: said by name, and nothing is half written."""

    def _quote(self, product, quantity=1, **values):
        planner = self.env["mto.planner"].with_user(self.salesperson)
        (answer,) = planner.quote(
            [{"product_id": product.id, "quantity": quantity, **values}]
        )
        return answer

    def _loop(self, product, part):
        """Let a bill of materials ask for its own product, past core's check."""
        line = self.env["mrp.bom.line"].search(
            [("bom_id", "in", product.bom_ids.ids), ("product_id", "=", part.id)]
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE mrp_bom_line SET product_id = %s WHERE id = %s",
                product.id,
                line.id,
            )
        )
        self.env.invalidate_all()

    def _assert_untouched(self, order):
        lines = order.sudo().order_line
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.commitment_date)
        self.assertFalse(lines.mto_promise_ids)
        self.assertFalse(lines.mto_bom_ids)
        self.assertFalse(lines.mto_production_ids)
        self.assertFalse(lines.mto_purchase_line_ids)
        self.assertFalse(lines.move_ids)

    def _assert_refused(self, order, words):
        """Neither a promise nor a confirmation, and no trace of having tried."""
        for method in (order.mto_compute_promise, order.action_confirm):
            with self.subTest(method=method.__name__):
                with self.assertRaises(UserError) as caught, self.cr.savepoint():
                    method()
                self.assertIn(words, str(caught.exception))
                self._assert_untouched(order)

    # Bills of materials

    def test_bill_of_materials_in_itself_is_named(self):
        self._loop(self.lamp, self.engine)
        words = "The bill of materials of Lamp contains itself: Lamp > Lamp."
        with self.assertRaisesRegex(UserError, words):
            self._quote(self.lamp)
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        self._assert_refused(order, words)

    def test_loop_over_levels_is_named_with_its_way(self):
        line = self.board.bom_ids.bom_line_ids
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE mrp_bom_line SET product_id = %s WHERE id = %s",
                self.engine.id,
                line.id,
            )
        )
        self.env.invalidate_all()
        words = "contains itself: Lamp > LED engine > Board > LED engine."
        with self.assertRaisesRegex(UserError, words):
            self._quote(self.lamp)
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        self._assert_refused(order, words)

    def _make_chain(self, depth):
        """A product of ``depth`` made levels, ten minutes each."""
        product = self._make_bought("Grain", 0)
        for level in range(depth):
            part, product = product, self._make_product(f"Level {level}")
            self._make_bom(product, [(part, 1)], [(self.assembly, 10)])
        return product

    def test_thirty_levels_are_planned_and_made(self):
        product = self._make_chain(30)
        answer = self._quote(product)
        self.assertEqual(answer["promise_date"], str(self._at(0, 14)))
        self.assertEqual(max(step["level"] for step in answer["steps"]), 30)
        order = self._make_order((product, 1), user=self.salesperson)
        order.action_confirm()
        self.assertEqual(len(order.order_line.mto_production_ids), 30)
        self.assertEqual(str(order.commitment_date), answer["promise_date"])

    def test_product_without_bill_of_materials_or_vendor_is_named(self):
        orphan = self._make_product("Orphan")
        answer = self._quote(orphan, 2)
        self.assertFalse(answer["feasible"])
        self.assertEqual(answer["constraint"]["kind"], "material")
        self.assertIn("Orphan (level 0, 2 Units)", answer["constraint"]["text"])
        self._make_bom(self._make_product("Parent"), [(orphan, 3)])
        parent = self.env["product.product"].search([("name", "=", "Parent")])
        answer = self._quote(parent, 2)
        self.assertIn("Orphan (level 1, 6 Units)", answer["constraint"]["text"])
        self.assertEqual(answer["constraint"]["product_id"], orphan.id)

    # Work centers

    def test_center_without_hours_is_named(self):
        never = self._make_calendar((8, 9))
        never.attendance_ids.unlink()
        for calendar, words in (
            (False, "Assembly has no working hours"),
            (never, "Assembly has no free time within the next two years"),
        ):
            with self.subTest(words=words):
                self.assembly.resource_calendar_id = calendar
                answer = self._quote(self.lamp)
                self.assertFalse(answer["feasible"])
                self.assertEqual(answer["constraint"]["kind"], "capacity")
                self.assertEqual(
                    answer["constraint"]["workcenter_id"], self.assembly.id
                )
                self.assertIn(words, answer["constraint"]["text"])

    def test_center_that_is_closed_for_years_is_named(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Rebuilding",
                "calendar_id": self.calendar.id,
                "resource_id": self.assembly.resource_id.id,
                "date_from": NOW - timedelta(days=1),
                "date_to": NOW + timedelta(days=1000),
            }
        )
        answer = self._quote(self.lamp)
        self.assertFalse(answer["feasible"])
        self.assertIn("Assembly has no free time", answer["constraint"]["text"])

    def test_quantity_beyond_two_years_of_work_is_infeasible(self):
        answer = self._quote(self.lamp, 1e9)
        self.assertFalse(answer["feasible"])
        self.assertEqual(answer["constraint"]["kind"], "capacity")
        self.assertEqual(answer["steps"], [])

    # Times that make no sense

    def test_negative_lead_time_of_a_vendor_is_named(self):
        self.chip.seller_ids.delay = -5
        with self.assertRaisesRegex(UserError, "^Chip cannot be planned: "):
            self._quote(self.lamp)
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        self._assert_refused(order, "Chip cannot be planned")

    def test_negative_time_of_an_operation_is_named(self):
        self.frame.bom_ids.operation_ids.time_cycle_manual = -90
        with self.assertRaisesRegex(UserError, "Bending 1 cannot be planned: "):
            self._quote(self.lamp)

    # Orders

    def test_line_without_quantity_can_be_written_but_not_promised(self):
        order = self._make_order((self.lamp, -1), (self.lamp, 0), user=self.salesperson)
        self.assertEqual(order.order_line.mapped("mto_is_made_to_order"), [True, True])
        for line, words in zip(order.order_line, ("is -1:", "is 0:"), strict=True):
            with self.subTest(words=words):
                with self.assertRaisesRegex(UserError, f"Quantity of Lamp {words}"):
                    order.mto_compute_promise()
                line.unlink()

    def test_order_for_a_far_future_is_refused(self):
        far = {"mto_requested_date": "9999-12-31 23:59:59"}
        order = self._make_order((self.lamp, 1, far), user=self.salesperson)
        self._assert_refused(order, "Requested date 9999-12-31 23:59:59 is too far")

    def test_order_that_is_not_a_quotation_gets_no_date(self):
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        order.action_confirm()
        promise = order.order_line.mto_promise_id
        with self.assertRaisesRegex(UserError, "is not a quotation any more"):
            order.mto_compute_promise()
        cancelled = self._make_order((self.lamp, 1), user=self.salesperson)
        cancelled._action_cancel()
        with self.assertRaisesRegex(UserError, "is not a quotation any more"):
            cancelled.mto_compute_promise()
        self.assertEqual(order.order_line.mto_promise_ids, promise)

    def test_order_that_core_cannot_procure_stays_a_quotation(self):
        self.chip.seller_ids.unlink()
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        with self.assertRaisesRegex(UserError, "Chip"), self.cr.savepoint():
            order.action_confirm()
        self._assert_untouched(order)

    def test_order_that_cannot_be_planned_books_nothing(self):
        """It is confirmed as core does, without a date; nobody is told one."""
        glass = self._make_product("Glass", on_order=False)
        vase = self._make_product("Vase")
        self._make_bom(vase, [(glass, 1), (self.frame, 1)], [(self.assembly, 30)])
        order = self._make_order((vase, 1), user=self.salesperson)
        leaves = self.env["resource.calendar.leaves"].search_count([])
        order.action_confirm()
        line = order.sudo().order_line
        self.assertEqual(line.mto_promise_state, "infeasible")
        self.assertFalse(order.commitment_date)
        self.assertFalse(line.mto_promise_date)
        self.assertFalse(line.mto_first_promise_date)
        self.assertEqual(line.mto_risk, "blocked")
        self.assertEqual(line.mto_production_ids.bom_id, line.mto_bom_ids)
        self.assertFalse(any(line.mto_production_ids.mapped("is_planned")))
        self.assertEqual(self.env["resource.calendar.leaves"].search_count([]), leaves)

    def test_one_bad_line_leaves_the_whole_order_a_quotation(self):
        far = {"mto_requested_date": "9999-12-31 23:59:59"}
        order = self._make_order(
            (self.frame, 1), (self.lamp, 1, far), user=self.salesperson
        )
        self._assert_refused(order, "is too far ahead")

    def test_one_bad_order_confirms_none(self):
        far = {"mto_requested_date": "9999-12-31 23:59:59"}
        good = self._make_order((self.frame, 1), user=self.salesperson)
        bad = self._make_order((self.lamp, 1, far), user=self.salesperson)
        with self.assertRaises(UserError), self.cr.savepoint():
            (good + bad).action_confirm()
        for order in (good, bad):
            self._assert_untouched(order)


def _fits_in_xml(value):
    """Whether XML-RPC can carry a value at all: no big integers, no NUL."""
    if isinstance(value, dict):
        return all(_fits_in_xml(item) for item in [*value, *value.values()])
    if isinstance(value, list):
        return all(map(_fits_in_xml, value))
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, int):
        return -(2**31) <= value < 2**31
    return value is not None
