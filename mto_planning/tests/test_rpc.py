from datetime import timedelta

from psycopg2.errors import ReadOnlySqlTransaction

from odoo.fields import Datetime
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common_rpc import MtoRpcCase

ACCESS_DENIED, ACCESS_ERROR = 3, 4
CORE_DOCUMENTS = (
    "mrp.bom",
    "mrp.bom.line",
    "mrp.production",
    "mrp.routing.workcenter",
    "mrp.workorder",
    "purchase.order",
    "purchase.order.line",
    "resource.calendar.leaves",
    "sale.order",
    "sale.order.line",
    "stock.move",
    "stock.picking",
    "stock.quant",
    "mail.message",
)
# The keys of docs/api.md, all of them.
SAFETY = {"days", "service_level", "cases", "date_50", "date_90"}
LEVER = {"kind", "text", "promise_date", "days", "cost", "cost_text"}
ANSWER = {
    "product_id",
    "quantity",
    "feasible",
    "promise_date",
    "planned_date",
    "safety",
    "requested_date",
    "on_request",
    "latest_start",
    "constraint",
    "steps",
}
STEP = {
    "kind",
    "name",
    "product_id",
    "product",
    "quantity",
    "start",
    "finish",
    "level",
    "critical",
}
PROGRESS = {
    "line_id",
    "order_id",
    "order",
    "product_id",
    "product",
    "quantity",
    "stage",
    "progress",
    "requested_date",
    "promise_date",
    "projected_date",
    "slack_hours",
    "risk",
    "trouble",
    "now",
    "timeline",
}
ROW = {
    "id",
    "parent",
    "kind",
    "res_model",
    "res_id",
    "name",
    "product",
    "quantity",
    "start",
    "finish",
    "state",
    "late",
    "reason",
    "critical",
    "level",
}
MORE_OF_ROW = {
    "production": {"expected"},
    "operation": {"expected", "workcenter"},
    "purchase": {"expected"},
    "delivery": set(),
}
PROMISE_FIELDS = [
    "mto_is_made_to_order",
    "mto_promise_date",
    "mto_first_promise_date",
    "mto_promise_state",
    "mto_promise_text",
    "mto_stage",
]


@tagged("post_install", "-at_install")
class TestRpc(MtoRpcCase):
    """A salesperson's program quotes, writes, promises, confirms and follows a lamp.

    Whatever the door, XML-RPC or JSON-2, it gets what the ORM gives.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp.default_code = "LAMP-1"

    def _quote(self, *requests):
        """The answer of all doors and of the ORM, which must be the same."""
        user, requests = self.salesperson, list(requests)
        answer = self.env["mto.planner"].with_user(user).quote(requests)
        by_xmlrpc = self._xmlrpc(user, "mto.planner", "quote", requests)
        by_json2 = self._ask(user, "mto.planner", "quote", requests=requests)
        self.assertEqual(by_xmlrpc, answer)
        self.assertEqual(by_json2, answer)
        return answer

    def _call(self, door, model, method, record_ids, *args, **kwargs):
        """Call a method of records through a door."""
        if door == "xmlrpc":
            return self._xmlrpc(
                self.salesperson, model, method, record_ids, *args, **kwargs
            )
        return self._ask(self.salesperson, model, method, ids=record_ids, **kwargs)

    # Quoting

    def test_product_by_id_or_by_code_gets_the_same_date(self):
        (by_id,) = self._quote({"product_id": self.lamp.id, "quantity": 1})
        (by_code,) = self._quote({"default_code": "LAMP-1", "quantity": 1})
        self.assertEqual(by_id, by_code)
        self.assertEqual(by_id["product_id"], self.lamp.id)
        self.assertEqual(by_id["promise_date"], str(self._at(7, 10, 40)))
        self.assertEqual(by_id["constraint"]["kind"], "lead_time")
        self.assertEqual(by_id["constraint"]["product_id"], self.chip.id)

    def test_requests_of_one_call_compete_in_their_order(self):
        lamp = {"product_id": self.lamp.id, "quantity": 1}
        frame = {"product_id": self.frame.id, "quantity": 1}
        answers = self._quote(lamp, frame, lamp)
        self.assertEqual(
            [answer["promise_date"] for answer in answers],
            [str(self._at(7, 10, 40)), str(self._at(3, 11)), str(self._at(7, 13, 20))],
        )

    def test_requested_date_that_holds_is_promised(self):
        wanted = str(self._at(11, 15))
        (answer,) = self._quote(
            {"product_id": self.lamp.id, "quantity": 1, "requested_date": wanted}
        )
        self.assertTrue(answer["on_request"])
        self.assertEqual(answer["requested_date"], wanted)
        self.assertEqual(answer["promise_date"], wanted)
        self.assertEqual(answer["constraint"]["kind"], "none")

    def test_requested_date_too_early_gets_the_first_possible_one(self):
        (answer,) = self._quote(
            {
                "product_id": self.lamp.id,
                "quantity": 1,
                "requested_date": str(self._at(2, 15)),
            }
        )
        self.assertTrue(answer["feasible"])
        self.assertFalse(answer["on_request"])
        self.assertEqual(answer["promise_date"], str(self._at(7, 10, 40)))

    def test_quantity_counts_in_its_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        pieces, packs = (
            self._quote({"product_id": self.frame.id, **values})[0]
            for values in (
                {"quantity": 24},
                {"quantity": 2, "uom_id": dozen.id},
            )
        )
        self.assertEqual(packs["promise_date"], pieces["promise_date"])
        self.assertEqual(packs["steps"], pieces["steps"])
        self.assertEqual((packs["quantity"], pieces["quantity"]), (2, 24))
        self.assertEqual(packs["steps"][-1]["kind"], "transfer")
        self.assertEqual(packs["steps"][-1]["quantity"], 24)

    def test_named_bill_of_materials_is_used(self):
        quick = self._make_bom(self.lamp, [], [(self.assembly, 30)])
        (answer,) = self._quote(
            {"product_id": self.lamp.id, "quantity": 2, "bom_id": quick.id}
        )
        self.assertEqual(answer["promise_date"], str(self._at(0, 9)))
        self.assertEqual(
            [step["kind"] for step in answer["steps"]], ["operation", "transfer"]
        )

    def test_no_requests_get_no_answers(self):
        self.assertEqual(self._quote(), [])

    def test_what_cannot_be_made_is_answered_with_the_reason(self):
        self.chip.seller_ids.unlink()
        (answer,) = self._quote({"product_id": self.lamp.id, "quantity": 1})
        self.assertFalse(answer["feasible"])
        for name in ("promise_date", "requested_date", "latest_start"):
            self.assertIs(answer[name], False)
        self.assertEqual(answer["steps"], [])
        self.assertEqual(answer["constraint"]["kind"], "material")
        self.assertEqual(answer["constraint"]["product_id"], self.chip.id)

    # What is documented, and nothing else

    def test_answers_have_the_documented_keys(self):
        answer, infeasible = self._quote(
            {"product_id": self.lamp.id, "quantity": 1},
            {"product_id": self.lamp.id, "quantity": 1e9},
        )
        self.assertEqual(set(answer), ANSWER)
        self.assertEqual(set(answer["safety"]), SAFETY)
        self.assertEqual(set(infeasible), ANSWER)
        self.assertEqual(set(answer["constraint"]), {"kind", "text", "product_id"})
        self.assertEqual(
            set(infeasible["constraint"]), {"kind", "text", "workcenter_id"}
        )
        for step in answer["steps"]:
            with self.subTest(step=step["name"]):
                center = {"workcenter_id", "workcenter"}
                more = center if step["kind"] == "operation" else set()
                self.assertEqual(set(step), STEP | more)

    def test_progress_has_the_documented_keys(self):
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        order.mto_compute_promise()
        (data,) = order.mto_progress_data()
        self.assertEqual(set(data), PROGRESS)
        for row in data["timeline"]:
            self.assertLessEqual(STEP | {"id", "state", "late"}, set(row))
        order.action_confirm()
        (data,) = order.mto_progress_data()
        self.assertEqual(set(data), PROGRESS)
        self.assertEqual({row["kind"] for row in data["timeline"]}, set(MORE_OF_ROW))
        for row in data["timeline"]:
            with self.subTest(row=row["id"]):
                self.assertEqual(set(row), ROW | MORE_OF_ROW[row["kind"]])

    # Quoting writes nothing

    def _count_rows(self):
        self.env.flush_all()
        names = [
            name
            for name, model in self.registry.items()
            if name.startswith("mto.") and model._auto and not model._abstract
        ]
        return {
            name: self.env.execute_query(
                SQL("SELECT count(*) FROM %s", SQL.identifier(self.env[name]._table))
            )
            for name in [*names, *CORE_DOCUMENTS]
        }

    def test_quoting_leaves_no_row_behind(self):
        before = self._count_rows()
        self.assertIn("mto.promise", before)
        self._quote({"product_id": self.lamp.id, "quantity": 3})
        self.assertEqual(self._count_rows(), before)

    def test_quoting_needs_no_right_to_write_in_the_database(self):
        self.assertTrue(self.registry["mto.planner"].quote._readonly)
        requests = [{"product_id": self.lamp.id, "quantity": 1}]
        expected = self._quote(*requests)
        with self.registry.cursor(readonly=True) as cr:
            env = self.env(cr=cr, user=self.salesperson.id)
            self.assertEqual(env["mto.planner"].quote(requests), expected)
            with mute_logger("odoo.sql_db"), self.assertRaises(ReadOnlySqlTransaction):
                cr.execute("DELETE FROM mto_promise")

    def test_following_needs_no_right_to_write_in_the_database(self):
        self.assertTrue(self.registry["sale.order"].mto_progress_data._readonly)
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        order.action_confirm()
        expected = order.mto_progress_data()
        self.env.flush_all()
        with self.registry.cursor(readonly=True) as cr:
            env = self.env(cr=cr, user=self.salesperson.id)
            again = env["sale.order"].browse(order.id).mto_progress_data()
        self.assertEqual(again, expected)

    # Orders

    def _create(self, door, *lines):
        values = {
            "partner_id": self.customer.id,
            "order_line": [
                [0, 0, {"product_id": product.id, "product_uom_qty": quantity}]
                for product, quantity in lines
            ],
        }
        if door == "xmlrpc":
            return self._xmlrpc(self.salesperson, "sale.order", "create", values)
        (order_id,) = self._ask(
            self.salesperson, "sale.order", "create", vals_list=[values]
        )
        return order_id

    def test_quotation_is_written_promised_and_read(self):
        for door in ("xmlrpc", "json2"):
            with self.subTest(door=door):
                order_id = self._create(door, (self.lamp, 1))
                (answer,) = self._call(
                    door, "sale.order", "mto_compute_promise", [order_id]
                )
                self.assertEqual(answer["promise_date"], str(self._at(7, 10, 40)))
                (line,) = self._call(
                    door,
                    "sale.order.line",
                    "read",
                    [answer["line_id"]],
                    fields=PROMISE_FIELDS,
                )
                self.assertTrue(line["mto_is_made_to_order"])
                self.assertEqual(line["mto_promise_date"], answer["promise_date"])
                self.assertEqual(line["mto_first_promise_date"], answer["promise_date"])
                self.assertEqual(line["mto_promise_state"], "good")
                self.assertEqual(line["mto_promise_text"], answer["constraint"]["text"])
                self.assertEqual(line["mto_stage"], "quoted")

    def test_promise_of_an_order_is_the_quote_with_its_line(self):
        order = self._make_order((self.lamp, 1), (self.lamp, 2), user=self.salesperson)
        quoted = self._quote(
            {"product_id": self.lamp.id, "quantity": 1},
            {"product_id": self.lamp.id, "quantity": 2},
        )
        expected = [
            {**answer, "line_id": line.id, "hold_until": False}
            for line, answer in zip(order.order_line, quoted, strict=True)
        ]
        self.assertEqual(order.mto_compute_promise(), expected)
        for door in ("xmlrpc", "json2"):
            with self.subTest(door=door):
                answers = self._call(
                    door, "sale.order", "mto_compute_promise", order.ids
                )
                self.assertEqual(answers, expected)
        self.assertEqual(len(order.order_line[0].mto_promise_ids), 3)

    def test_holding_a_quotation_and_letting_go(self):
        until = Datetime.to_string(Datetime.now() + timedelta(days=2))
        for door in ("xmlrpc", "json2"):
            with self.subTest(door=door):
                order_id = self._create(door, (self.lamp, 1))
                (answer,) = self._call(
                    door, "sale.order", "mto_hold", [order_id], until=until
                )
                self.assertEqual(answer["hold_until"], until)
                order = self.env["sale.order"].browse(order_id)
                self.assertEqual(str(order.mto_hold_until), until)
                let_go = self._call(door, "sale.order", "mto_release_hold", [order_id])
                self.assertIs(let_go, True)
                self.assertFalse(order.mto_hold_until)

    def test_choices_and_parts(self):
        for door in ("xmlrpc", "json2"):
            with self.subTest(door=door):
                order_id = self._create(door, (self.lamp, 8))
                line = self.env["sale.order"].browse(order_id).order_line
                options = self._call(
                    door, "sale.order.line", "mto_find_options", line.ids
                )
                self.assertEqual(set(options), {"levers", "ladder", "promise_date"})
                for lever in options["levers"]:
                    self.assertLessEqual(LEVER, set(lever))
                self.assertEqual(options["ladder"][-1]["quantity"], 8)
                ids = self._call(
                    door, "sale.order.line", "mto_split", line.ids, quantities=[3, 5]
                )
                self.assertEqual(len(ids), 2)

    def test_confirming_makes_what_was_promised(self):
        for door in ("xmlrpc", "json2"):
            with self.subTest(door=door):
                order_id = self._create(door, (self.lamp, 1))
                (answer,) = self._call(
                    door, "sale.order", "mto_compute_promise", [order_id]
                )
                self.assertIs(
                    self._call(door, "sale.order", "action_confirm", [order_id]), True
                )
                order = self.env["sale.order"].browse(order_id)
                self.assertEqual(order.state, "sale")
                self.assertEqual(str(order.commitment_date), answer["promise_date"])
                promised = {
                    (step["product_id"], step["start"], step["finish"])
                    for step in answer["steps"]
                    if step["kind"] == "operation"
                }
                workorders = order.order_line.mto_production_ids.workorder_ids
                self.assertEqual(
                    {
                        (wo.product_id.id, str(wo.date_start), str(wo.date_finished))
                        for wo in workorders
                    },
                    promised,
                )

    def test_progress_is_the_same_through_every_door(self):
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        order.mto_compute_promise()
        for state in ("draft", "sale"):
            if state == "sale":
                order.action_confirm()
            expected = order.mto_progress_data()
            self.assertEqual(expected[0]["line_id"], order.order_line.id)
            self.assertTrue(expected[0]["timeline"])
            for door in ("xmlrpc", "json2"):
                with self.subTest(door=door, state=state):
                    data = self._call(
                        door, "sale.order", "mto_progress_data", order.ids
                    )
                    self.assertEqual(data, expected)

    # Doors that stay closed

    def test_private_methods_are_not_called(self):
        for model, method in (
            ("mto.planner", "_plan"),
            ("mto.planner", "_promise"),
            ("mto.planner", "_write_plan"),
            ("mto.progress", "_get_timeline"),
            ("mto.progress", "_cron_refresh"),
            ("sale.order.line", "_mto_record_promise"),
        ):
            with self.subTest(model=model, method=method):
                response = self._json2(self.salesperson, model, method, {})
                self.assertEqual(response.status_code, 403)
                fault = self._refusal(self.salesperson, model, method, [])
                self.assertEqual(fault.faultCode, ACCESS_ERROR)

    def test_without_a_key_nothing_is_answered(self):
        body = {"requests": [{"product_id": self.lamp.id, "quantity": 1}]}
        response = self.url_open("/json/2/mto.planner/quote", json=body)
        self.assertEqual(response.status_code, 401)
        self._keys[self.salesperson] = "no such key"
        fault = self._refusal(
            self.salesperson, "mto.planner", "quote", body["requests"]
        )
        self.assertEqual(fault.faultCode, ACCESS_DENIED)
