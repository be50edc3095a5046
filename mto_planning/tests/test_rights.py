import inspect

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import REFUSED, MtoCase

# What programs may call, beside buttons (``action_…``) and what core made public.
INTERFACE = {
    "mto.planner": {
        "check_consistency",
        "load",
        "load_details",
        "quote",
        "repair_consistency",
        "replan",
    },
    "mto.project": {"mto_compute_promise", "mto_progress_data"},
    "mto.scenario": {"action_apply", "action_compute"},
    "mto.time": {"effect", "take_over"},
    "mto.today": {"act", "get", "snooze", "take"},
    "sale.order.line": {
        "mto_apply_change",
        "mto_customise",
        "mto_find_earlier",
        "mto_find_options",
        "mto_get_structure",
        "mto_preview_change",
        "mto_refresh_structure",
        "mto_reset_structure",
        "mto_split",
        "mto_take_structure_from",
    },
    "sale.order": {
        "mto_compute_promise",
        "mto_hold",
        "mto_progress_data",
        "mto_release_hold",
    },
}
# Of one order line: what a customer may know, and what is for employees.
FOR_CUSTOMERS = {"mto_promise_date", "mto_projected_date", "mto_stage", "mto_progress"}
FOR_EMPLOYEES = {
    "mto_promise_text",
    "mto_promise_steps",
    "mto_trouble",
    "mto_planned_hours",
    "mto_slack_hours",
}


@tagged("post_install", "-at_install")
class TestRights(MtoCase):
    """Who may do what, by real users with the lowest rights of their kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {
            "colleague": "sales_team.group_sale_salesman",
            "leader": "sales_team.group_sale_salesman_all_leads",
            "worker": "mrp.group_mrp_user",
            "shipper": "stock.group_stock_user",
            "invoicing": "account.group_account_invoice",
            "employee": "base.group_user",
        }
        cls.users = {
            name: new_test_user(cls.env, f"mto_{name}", groups=group)
            for name, group in groups.items()
        }
        cls.users["portal"] = new_test_user(
            cls.env,
            "mto_portal",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )
        cls.users.update(
            salesperson=cls.salesperson, planner=cls.planner, buyer=cls.buyer
        )
        cls.quotation = cls._make_order((cls.lamp, 1), user=cls.salesperson)
        cls.quotation.mto_compute_promise()
        cls.quotation.sudo().state = "sent"
        cls.order = cls._make_order((cls.lamp, 1), user=cls.salesperson)
        cls.order.action_confirm()
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.env.invalidate_all()

    def _as(self, name, record):
        return record.with_user(self.users[name])

    def _orders(self, name):
        return [self._as(name, self.quotation), self._as(name, self.order)]

    def _our_fields(self, records):
        """Our fields that a user is shown, as ``read`` without names does."""
        return [
            name
            for name, field in records._fields.items()
            if name.startswith("mto_") and records._has_field_access(field, "read")
        ]

    # Quoting

    def test_sales_and_manufacturing_may_quote_and_nobody_else(self):
        request = {"product_id": self.lamp.id, "quantity": 1}
        allowed = {"salesperson", "colleague", "leader", "planner", "worker"}
        for name, user in self.users.items():
            planner = self.env["mto.planner"].with_user(user)
            with self.subTest(user=name):
                if name in allowed:
                    self.assertTrue(planner.quote([request])[0]["feasible"])
                else:
                    with self.assertRaisesRegex(AccessError, "sales or manufacturing"):
                        planner.quote([request])

    # Orders

    def test_own_orders_are_promised_and_followed(self):
        for name in ("salesperson", "leader", "planner", "worker"):
            with self.subTest(user=name):
                quotation, order = self._orders(name)
                self.assertEqual(len(quotation.mto_compute_promise()), 1)
                for followed in (quotation, order):
                    (data,) = followed.mto_progress_data()
                    self.assertTrue(data["timeline"])

    def test_orders_of_others_are_closed(self):
        for name in ("colleague", "buyer", "employee"):
            for order in self._orders(name):
                line = self._as(name, order.sudo().order_line)
                for call in (
                    order.mto_compute_promise,
                    order.mto_progress_data,
                    order.action_confirm,
                    lambda line=line: line.read(["mto_promise_date"]),
                ):
                    with self.subTest(user=name, order=order.id, call=call):
                        # What the last check has read is no right of this one.
                        self.env.invalidate_all()
                        with self.assertRaisesRegex(UserError, REFUSED):
                            call()

    def test_whoever_reads_an_order_reads_what_is_told_of_its_dates(self):
        """Also those who may read neither promises, production nor purchases."""
        readers = ("salesperson", "leader", "planner", "shipper", "invoicing", "portal")
        for name in readers:
            for order in self._orders(name):
                line = self._as(name, order.sudo().order_line)
                for records in (order, line):
                    with self.subTest(user=name, records=records):
                        names = self._our_fields(records)
                        self.assertIn("mto_stage", names)
                        records.read(names)
                self.assertLessEqual(FOR_CUSTOMERS, set(self._our_fields(line)))

    def test_reading_all_of_an_order_works_as_in_core(self):
        (values,) = self.order.read()
        self.assertEqual(values["mto_promise_state"], "good")
        names = self._our_fields(self.order.order_line)
        self.assertIn("mto_production_ids", names)
        self.assertNotIn("mto_purchase_line_ids", names)

    def test_readers_of_orders_may_follow_them(self):
        for name in ("shipper", "invoicing"):
            for order in self._orders(name):
                with self.subTest(user=name, order=order.id):
                    (data,) = order.mto_progress_data()
                    self.assertTrue(data["timeline"])

    def test_salesperson_confirms_though_he_may_not_write_what_is_made(self):
        self.quotation.action_confirm()
        line = self.quotation.sudo().order_line
        self.assertEqual(len(line.mto_bom_ids), 4)
        self.assertEqual(len(line.mto_production_ids), 4)
        self.assertEqual(len(line.mto_purchase_line_ids), 3)
        for call in (
            lambda: self._as("salesperson", line.mto_bom_ids).write({"code": "Mine"}),
            lambda: self._as(
                "salesperson", line.mto_production_ids.workorder_ids
            ).workcenter_id.mapped("name"),
            lambda: self._as("salesperson", line.mto_purchase_line_ids).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_buyer_sees_for_which_order_he_buys(self):
        purchases = self._as(
            "buyer", self.order.sudo().order_line.mto_purchase_line_ids
        )
        for values in purchases.read(self._our_fields(purchases)):
            with self.subTest(purchase=values["id"]):
                self.assertEqual(values["mto_order_id"][0], self.order.id)
                self.assertTrue(values["mto_need_date"])

    def test_planner_sees_for_which_order_he_makes(self):
        line = self.order.sudo().order_line
        for records in (line.mto_production_ids, line.mto_production_ids.workorder_ids):
            for name in ("planner", "worker"):
                records = self._as(name, records)
                with self.subTest(user=name, model=records._name):
                    for values in records.read(self._our_fields(records)):
                        self.assertEqual(values["mto_order_id"][0], self.order.id)

    # The ledger

    def test_promises_of_others_are_not_read(self):
        line = self.quotation.sudo().order_line
        promise = line.mto_promise_id
        Promise = self.env["mto.promise"]
        colleague = Promise.with_user(self.users["colleague"])
        self.assertFalse(colleague.search([("line_id", "=", line.id)]))
        with self.assertRaises(AccessError):
            self._as("colleague", promise).read(["promise_date"])
        for name in ("salesperson", "leader", "planner", "worker"):
            with self.subTest(user=name):
                found = Promise.with_user(self.users[name]).search(
                    [("line_id", "=", line.id)]
                )
                self.assertEqual(found.ids, promise.ids)
                found.read()
        for name in ("buyer", "shipper", "invoicing", "employee", "portal"):
            with self.subTest(user=name), self.assertRaises(AccessError):
                Promise.with_user(self.users[name]).search([])

    def test_nobody_writes_promises_by_hand(self):
        promise = self.quotation.sudo().order_line.mto_promise_id
        for user in [*self.users.values(), self.env.ref("base.user_admin")]:
            mine = promise.with_user(user)
            for call in (
                lambda mine=mine: mine.write({"state": "kept"}),
                lambda mine=mine: mine.create({"line_id": mine.sudo().line_id.id}),
                lambda mine=mine: mine.copy(),
                lambda mine=mine: mine.unlink(),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()
        self.assertEqual(promise.state, "quoted")

    def test_line_takes_no_promise_by_hand(self):
        other = self.order.sudo().order_line.mto_promise_id
        line = self.quotation.order_line
        promise = line.mto_promise_id
        for values in (
            {"mto_promise_id": other.id},
            {"mto_promise_id": False},
            {"mto_first_promise_date": "2027-03-02 08:00:00"},
            {"mto_promise_ids": [Command.update(promise.id, {"state": "kept"})]},
            {"mto_promise_ids": [Command.delete(promise.id)]},
        ):
            for call in (
                lambda values=values: line.write(values),
                lambda values=values: self.quotation.write(
                    {"order_line": [Command.update(line.id, values)]}
                ),
                lambda values=values: line.create(
                    {
                        "order_id": self.quotation.id,
                        "product_id": self.lamp.id,
                        **values,
                    }
                ),
            ):
                with self.subTest(values=values), self.assertRaises(AccessError):
                    call()
        self.assertEqual(line.mto_promise_id, promise)

    # Asking before confirmation

    def test_salesperson_is_asked_once_for_all_orders_that_he_confirms(self):
        shelf = self._make_product("Shelf", on_order=False)
        early = {"mto_requested_date": self._at(2, 15)}
        orders = self.quotation + self._make_order(
            (self.lamp, 1, early), (shelf, 1), user=self.salesperson
        )
        orders += self._make_order((shelf, 1), user=self.salesperson)
        asked = orders.with_context(mto_planning_ask=True).action_confirm()
        self.assertEqual(asked["res_model"], "mto.confirm")
        self.assertEqual(set(orders.mapped("state")), {"sent", "draft"})
        wizard = self.env["mto.confirm"].with_user(self.salesperson)
        wizard = wizard.with_context(**asked["context"]).create({})
        self.assertEqual(wizard.line_ids, orders[1].order_line[0])
        self.assertIs(wizard.action_confirm(), True)
        self.assertEqual(orders.mapped("state"), ["sale"] * 3)

    def test_whoever_confirms_what_cannot_be_made_is_told_so(self):
        early = {"mto_requested_date": self._at(2, 15)}
        order = self._make_order((self.lamp, 1, early), user=self.salesperson)
        asked = order.with_context(mto_planning_ask=True).action_confirm()
        wizard = order.env["mto.confirm"].with_context(**asked["context"]).create({})
        self.assertTrue(wizard.is_late)
        self.assertFalse(wizard.is_impossible)
        part = self._make_product("Part from nowhere", on_order=False)
        thing = self._make_product("Thing")
        self._make_bom(thing, [(part, 1)], [])
        order = self._make_order((thing, 1), user=self.salesperson)
        asked = order.with_context(mto_planning_ask=True).action_confirm()
        wizard = order.env["mto.confirm"].with_context(**asked["context"]).create({})
        self.assertTrue(wizard.is_impossible)
        self.assertFalse(wizard.is_late)

    def test_whoever_may_confirm_in_core_may_answer_the_question(self):
        early = {"mto_requested_date": self._at(2, 15)}
        for name in ("leader", "planner", "shipper"):
            with self.subTest(user=name):
                order = self._as(name, self._make_order((self.lamp, 1, early)))
                asked = order.with_context(mto_planning_ask=True).action_confirm()
                wizard = order.env["mto.confirm"].with_context(**asked["context"])
                wizard = wizard.create({})
                self.assertEqual(wizard.line_ids, order.order_line)
                wizard.action_confirm()
                self.assertEqual(order.state, "sale")

    def test_order_that_the_customer_accepts_is_made(self):
        """In the portal he signs it without any right of his own."""
        for user in (self.users["portal"], self.env.ref("base.public_user")):
            with self.subTest(user=user.login):
                order = self._make_order((self.lamp, 1), user=self.salesperson)
                order.with_user(user).sudo().action_confirm()
                line = order.sudo().order_line
                self.assertEqual(len(line.mto_production_ids), 4)
                self.assertTrue(order.commitment_date)
                note = order.message_ids[0]
                self.assertIn("Manufacturing orders: 4", note.body)
                self.assertTrue(note.subtype_id.internal)

    def test_wizard_confirms_no_order_of_others(self):
        wizard = self.env["mto.confirm"].with_user(self.users["colleague"])
        with self.assertRaisesRegex(MissingError, "for you"):
            wizard.create({"order_ids": self.quotation.ids}).action_confirm()

    # Customers

    def test_customer_does_not_see_vendors_and_work_centers(self):
        for order in self._orders("portal"):
            line = self._as("portal", order.sudo().order_line)
            self.assertEqual(
                str(line.read(["mto_promise_date"])[0]["mto_promise_date"]),
                str(order.sudo().mto_promise_date),
            )
            self.assertFalse(FOR_EMPLOYEES & set(self._our_fields(line)))
            self.assertNotIn("mto_reason", self._our_fields(order))
            for records, name in [
                (order, "mto_reason"),
                *((line, name) for name in sorted(FOR_EMPLOYEES)),
            ]:
                with self.subTest(order=order.id, name=name):
                    with self.assertRaises(AccessError):
                        records.read([name])

    def test_customer_calls_nothing(self):
        quotation, order = self._orders("portal")
        for call in (
            quotation.mto_compute_promise,
            quotation.mto_progress_data,
            quotation.action_confirm,
            quotation.action_mto_compute_promise,
            order.mto_compute_promise,
            order.mto_progress_data,
        ):
            with self.subTest(call=call):
                with self.assertRaises(AccessError):
                    call()

    def test_page_of_the_customer_is_made_as_superuser(self):
        (data,) = self._as("portal", self.order).sudo().mto_progress_data()
        self.assertEqual(data["line_id"], self.order.sudo().order_line.id)

    # The door itself

    def test_only_the_interface_is_public(self):
        ours = "odoo.addons.mto_planning."
        for model_name, model in self.registry.items():
            for name, method in inspect.getmembers(model, inspect.isfunction):
                if name.startswith("_") or not method.__module__.startswith(ours):
                    continue
                if getattr(method, "_api_private", False):
                    continue
                with self.subTest(model=model_name, method=name):
                    from_core = any(
                        name in vars(base)
                        for base in model.mro()
                        if not base.__module__.startswith(ours)
                        and not base.__module__.startswith("odoo.api")
                        and base is not model
                    )
                    self.assertTrue(
                        from_core
                        or name.startswith("action_")
                        or name in INTERFACE.get(model_name, ())
                    )


@tagged("post_install", "-at_install")
class TestCompanies(MtoCase):
    """A second company makes the same lamp elsewhere; neither knows of the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other = cls.env["res.company"].create(
            {"name": "Other lamps", "mto_safety_days": 0}
        )
        cls.other_warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.other.id)]
        )
        calendar = cls._make_calendar()
        calendar.company_id = cls.other
        cls.press = cls._make_workcenter(
            "Secret press", calendar, company_id=cls.other.id
        )
        cls._make_bom(cls.lamp, [], [(cls.press, 30)], company_id=cls.other.id)
        cls.stranger = cls._make_seller("mto_stranger", cls.other)
        cls.both = cls._make_seller("mto_both", cls.company, cls.other)

    @classmethod
    def _make_seller(cls, login, *companies):
        return new_test_user(
            cls.env,
            login,
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=companies[0].id,
            company_ids=[Command.set([company.id for company in companies])],
        )

    def _quote(self, user, *requests):
        return self.env["mto.planner"].with_user(user).quote(list(requests))

    def test_each_company_plans_with_its_own(self):
        request = {"product_id": self.lamp.id, "quantity": 1}
        (mine,) = self._quote(self.salesperson, request)
        (theirs,) = self._quote(self.stranger, request)
        self.assertEqual(mine["promise_date"], str(self._at(7, 10, 40)))
        self.assertNotIn("Secret press", str(mine))
        self.assertEqual(theirs["promise_date"], str(self._at(0, 8, 30)))
        self.assertEqual(theirs["steps"][0]["workcenter_id"], self.press.id)
        self.assertNotIn("Assembly", str(theirs))

    def test_both_companies_in_one_call_do_not_compete(self):
        mine = {
            "product_id": self.lamp.id,
            "quantity": 1,
            "warehouse_id": self.warehouse.id,
        }
        theirs = {**mine, "warehouse_id": self.other_warehouse.id}
        answers = self._quote(self.both, theirs, mine, theirs)
        self.assertEqual(
            [answer["promise_date"] for answer in answers],
            [str(self._at(0, 8, 30)), str(self._at(7, 10, 40)), str(self._at(0, 9))],
        )

    def test_what_only_the_other_company_can_make_is_not_made_here(self):
        vase = self._make_product("Vase")
        self._make_bom(vase, [], [(self.press, 30)], company_id=self.other.id)
        (answer,) = self._quote(
            self.salesperson, {"product_id": vase.id, "quantity": 1}
        )
        self.assertFalse(answer["feasible"])
        self.assertIn("Vase (level 0", answer["constraint"]["text"])
        self.assertNotIn("Secret press", str(answer))

    def test_stock_of_the_other_company_is_not_there(self):
        clip = self._make_product("Clip")
        screw = self._make_bought("Screw", 10, on_order=False)
        for company in (self.company, self.other):
            center = self.press if company == self.other else self.assembly
            self._make_bom(clip, [(screw, 1)], [(center, 30)], company_id=company.id)
        self.env["stock.quant"]._update_available_quantity(
            screw, self.other_warehouse.lot_stock_id, 100
        )
        request = {"product_id": clip.id, "quantity": 1}
        (mine,) = self._quote(self.salesperson, request)
        (theirs,) = self._quote(self.stranger, request)
        self.assertEqual(mine["promise_date"], str(self._at(10, 8, 30)))
        self.assertEqual(theirs["promise_date"], str(self._at(0, 8, 30)))

    def test_order_of_the_other_company_is_made_there(self):
        order = self._make_order((self.lamp, 1), company_id=self.other.id)
        order = order.with_user(self.both)
        (answer,) = order.mto_compute_promise()
        self.assertEqual(answer["promise_date"], str(self._at(0, 8, 30)))
        order.action_confirm()
        line = order.sudo().order_line
        for records in (
            line.mto_bom_ids,
            line.mto_production_ids,
            line.mto_promise_ids,
        ):
            self.assertEqual(records.company_id, self.other)
        workorder = line.mto_production_ids.workorder_ids
        self.assertEqual(workorder.workcenter_id, self.press)
        self.assertEqual(workorder.date_start, self._at(0, 8))

    def test_orders_of_both_companies_are_confirmed_at_once(self):
        orders = self._make_order((self.lamp, 1)) + self._make_order(
            (self.lamp, 1), company_id=self.other.id
        )
        orders.with_user(self.both).action_confirm()
        mine, theirs = orders
        self.assertEqual(mine.commitment_date, self._at(7, 10, 40))
        self.assertEqual(theirs.commitment_date, self._at(0, 8, 30))
        self.assertEqual(len(mine.order_line.mto_production_ids), 4)
        self.assertEqual(len(theirs.order_line.mto_production_ids), 1)

    def test_promises_and_orders_of_the_other_company_are_not_read(self):
        order = self._make_order((self.lamp, 1), company_id=self.other.id)
        order.mto_compute_promise()
        promise = order.order_line.mto_promise_id
        leader = self._make_seller("mto_leader", self.company)
        for user in (leader, self.planner):
            with self.subTest(user=user.login):
                Promise = self.env["mto.promise"].with_user(user)
                self.assertNotIn(promise.id, Promise.search([]).ids)
                for call in (
                    promise.with_user(user).read,
                    order.with_user(user).mto_compute_promise,
                    order.with_user(user).mto_progress_data,
                ):
                    with self.assertRaisesRegex(UserError, REFUSED):
                        call()
        for companies, seen in (
            (self.company, False),
            (self.other, True),
            (self.company + self.other, True),
        ):
            with self.subTest(companies=companies.mapped("name")):
                Promise = self.env["mto.promise"].with_user(self.both)
                Promise = Promise.with_context(allowed_company_ids=companies.ids)
                self.assertEqual(promise.id in Promise.search([]).ids, seen)

    def test_default_warehouse_is_of_the_company_that_asks(self):
        request = {"product_id": self.lamp.id, "quantity": 1}
        planner = self.env["mto.planner"].with_user(self.both)
        for company, date in (
            (self.company, self._at(7, 10, 40)),
            (self.other, self._at(0, 8, 30)),
        ):
            with self.subTest(company=company.name):
                asking = planner.with_context(allowed_company_ids=company.ids)
                (answer,) = asking.quote([request])
                self.assertEqual(answer["promise_date"], str(date))

    def test_company_without_warehouse_is_named(self):
        empty = self.env["res.company"].create({"name": "Holding"})
        self.env["stock.warehouse"].search(
            [("company_id", "=", empty.id)]
        ).active = False
        seller = self._make_seller("mto_holding", empty)
        with self.assertRaisesRegex(UserError, "there is no warehouse in Holding"):
            self._quote(seller, {"product_id": self.lamp.id, "quantity": 1})
