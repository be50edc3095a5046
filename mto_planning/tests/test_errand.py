from odoo.tests import tagged

from ..models.errand import KEY, NONE, Errand
from .common import MtoCase
from .common_rpc import MtoRpcCase

LATER = "2027-04-05 12:00:00"
# All kinds of values that a program can send.
ODD = (
    False,
    True,
    7,
    -1.5,
    "",
    "plan",
    [],
    [1, "plan"],
    {},
    {"plan": True, "is_planner": True, "is_trial": True},
    {"moment": "2030-01-01 00:00:00", "asked": {"product_ids": [1]}},
    [{"plan": [{"remember": 1}]}],
)


@tagged("post_install", "-at_install")
class TestErrand(MtoCase):
    """What calls are made for is said by our own code only."""

    def test_what_is_no_errand_has_no_effect(self):
        for value in (*ODD, None, Errand):
            with self.subTest(value=value):
                env = self.env(context={KEY: value})
                self.assertIs(Errand.of(env), NONE)

    def test_what_is_told_later_adds_to_what_was_told(self):
        records = Errand.give(self.lamp, is_planner=True)
        errand = Errand.of(Errand.give(records, is_trial=True).env)
        self.assertTrue(errand.is_planner and errand.is_trial)
        self.assertFalse(Errand.of(records.env).is_trial)
        self.assertIs(Errand.of(self.env), NONE)

    def test_contexts_with_it_can_be_hashed(self):
        env = Errand.give(self.lamp, plan=object()).env
        self.assertEqual(hash(env.context), hash(env.context))


@tagged("post_install", "-at_install")
class TestErrandRpc(MtoRpcCase):
    """A client that sends the key gets what one gets that does not."""

    # A lamp's way through the shop, told without what is counted up.
    SEEN = {
        "sale.order": ["state", "commitment_date", "mto_promise_date"],
        "sale.order.line": [
            "mto_promise_date",
            "mto_promise_state",
            "mto_ready_date",
            "mto_requested_date",
            "mto_stage",
        ],
        "mrp.production": ["product_id", "state", "date_start", "date_finished"],
        "mrp.workorder": ["name", "state", "date_start", "date_finished"],
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson.group_ids += cls.env.ref("mrp.group_mrp_user")

    def _create(self, door, model, values):
        """Create a record as the salesperson, with the context of the case."""
        if door == "json2":
            created = self._ask(
                self.salesperson,
                model,
                "create",
                vals_list=[values],
                context=self.context,
            )
        else:
            created = self._xmlrpc(
                self.salesperson, model, "create", [values], context=self.context
            )
        return self.env[model].browse(created)

    def _call(self, door, model, method, records=None, **arguments):
        """Call as the salesperson, with the context of the case."""
        arguments["context"] = self.context
        if door == "json2":
            ids = {} if records is None else {"ids": records.ids}
            return self._ask(self.salesperson, model, method, **ids, **arguments)
        ids = () if records is None else (records.ids,)
        return self._xmlrpc(self.salesperson, model, method, *ids, **arguments)

    def _see(self, order):
        """What there is of an order, and what was written on it."""
        self.env.invalidate_all()
        productions = order.order_line.mto_production_ids.sorted("id")
        seen = [
            records.sudo().read(self.SEEN[records._name], load=None)
            for records in (
                order,
                order.order_line,
                productions,
                productions.workorder_ids.sorted("id"),
            )
        ]
        for rows in seen:
            for row in rows:
                del row["id"]
        posted = [
            (message.subtype_id.id, message.message_type)
            for message in order.message_ids.sorted("id")
        ]
        return [*seen, posted]

    def _go_through(self, door):
        """All that a program does with an order; returns what there was each time."""
        values = {
            "partner_id": self.customer.id,
            "order_line": [[0, 0, {"product_id": self.lamp.id, "product_uom_qty": 2}]],
        }
        order = self._create(door, "sale.order", values)
        line = order.order_line
        request = {"product_id": self.lamp.id, "quantity": 1}
        seen = [self._call(door, "mto.planner", "quote", requests=[request])]
        (promise,) = self._call(door, "sale.order", "mto_compute_promise", order)
        seen.append(promise["promise_date"])
        steps = (
            ("sale.order", "action_confirm", order, {}),
            ("sale.order", "write", order, {"vals": {"commitment_date": LATER}}),
            (
                "sale.order.line",
                "mto_apply_change",
                line,
                {"values": {"product_uom_qty": 3}},
            ),
            ("sale.order.line", "write", line, {"vals": {"product_uom_qty": 1}}),
            ("sale.order", "action_cancel", order, {}),
        )
        for model, method, records, arguments in steps:
            self._call(door, model, method, records, **arguments)
            seen.append((method, self._see(order)))
        return seen

    def test_an_order_is_planned_changed_and_cancelled_as_without(self):
        self.context = {}
        expected = self._go_through("json2")
        for door, value in (
            ("json2", {"plan": True, "is_planner": True, "is_trial": True}),
            ("json2", [{"plan": [{"remember": None}]}]),
            ("xmlrpc", "plan"),
        ):
            with self.subTest(door=door, value=value):
                self.context = {KEY: value}
                self.assertEqual(self._go_through(door), expected)

    def test_production_is_created_with_its_parts(self):
        values = {"product_id": self.lamp.id, "product_qty": 1}
        for door, sent in (("json2", (*ODD, None)), ("xmlrpc", ODD)):
            for value in sent:
                with self.subTest(door=door, value=value):
                    self.context = {KEY: value}
                    made = self._create(door, "mrp.production", values)
                    self.assertTrue(made.move_raw_ids)
                    self.assertTrue(made.workorder_ids)
