from lxml import etree

from odoo.exceptions import AccessError, MissingError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import MtoCase

NOT_THERE = 2**31 - 2


@tagged("post_install", "-at_install")
class TestNamesOfOthers(MtoCase):
    """A salesperson with own documents gets dates and reasons, no colleague's order.

    Whoever may read the others is told their names: the planner.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, "mto_colleague", groups="sales_team.group_sale_salesman"
        )
        cls.secret = cls.env["res.partner"].create({"name": "Secret customer"})

    def _make_stool(self):
        leg = self._make_bought("Leg", 20, on_order=False)
        stool = self._make_product("Stool")
        self._make_bom(stool, [(leg, 3)], [(self.assembly, 60)])
        self._make_stock(leg, 3)
        return stool

    def _hold_secretly(self, product):
        """A quotation of the colleague that keeps what is there for later."""
        order = self._make_order(
            (product, 1, {"mto_requested_date": self._at(10, 15)}),
            user=self.colleague,
            partner_id=self.secret.id,
        )
        order.mto_hold(self._at(9, 8))
        return order.sudo()

    def _confirm_both(self, **values):
        orders = [
            self._make_order((self.lamp, 2), user=user, **values)
            for user in (self.salesperson, self.colleague)
        ]
        for order in orders:
            order.action_confirm()
        return [order.sudo() for order in orders]

    def _check_silent(self, told, *orders):
        for order in orders:
            self.assertNotIn(order.name, str(told))
            self.assertNotIn(self.secret.name, str(told))

    # What would make a date earlier

    def test_choices_name_no_quotation_of_a_colleague(self):
        stool = self._make_stool()
        order = self._hold_secretly(stool)
        request = {"product_id": stool.id, "quantity": 1, "levers": True}
        for user, name in (
            (self.salesperson, "another order"),
            (self.planner, order.name),
            (self.colleague, order.name),
        ):
            with self.subTest(user=user.login):
                (answer,) = self.env["mto.planner"].with_user(user).quote([request])
                (lever,) = (one for one in answer["levers"] if one["kind"] == "stock")
                self.assertEqual(lever["hurts"], [name])
                self.assertIn(name, lever["text"])
        (answer,) = self.env["mto.planner"].with_user(self.salesperson).quote([request])
        self._check_silent(answer, order)

    def test_time_off_tells_what_is_held_and_not_for_whom(self):
        order = self._hold_secretly(self._make_stool())
        employee = new_test_user(self.env, "mto_employee", groups="base.group_user")
        slots = order.order_line.mto_promise_id.slot_ids
        leaves = slots.leave_ids.with_user(employee)
        self.assertTrue(leaves)
        self._check_silent(leaves.read(["name", "mto_slot_id"]), order)

    # Changes

    def test_a_change_names_no_order_of_a_colleague(self):
        mine, theirs = self._confirm_both()
        mine.order_line.mto_purchase_line_ids.order_id.button_confirm()
        line = mine.order_line.with_user(self.salesperson)
        for values in ({"cancel": True}, {"cancel": True, "repeg": True}):
            report = line.mto_preview_change(values)
            self._check_silent(report, theirs)
            seen = line.with_user(self.planner).mto_preview_change(values)
            self.assertIn(theirs.name, str(seen))
        rows = [row for kept in report["kept"] for row in kept["wanted_by"]]
        rows += report["repegged"]
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual((row["order"], row["line_id"]), ("another order", False))

    def test_the_note_on_the_other_order_names_no_order_of_a_colleague(self):
        mine, theirs = self._confirm_both()
        mine.order_line.mto_purchase_line_ids.order_id.button_confirm()
        line = mine.order_line.with_user(self.salesperson)
        report = line.mto_apply_change({"cancel": True, "repeg": True})
        self.assertTrue(report["repegged"])
        note = theirs.message_ids[0].body
        self.assertIn("another order", note)
        self._check_silent(note, mine)

    # Installations

    def test_what_is_delivered_together_has_no_name_for_others(self):
        project = self.env["mto.project"].create(
            {
                "name": "Lobby",
                "partner_id": self.customer.id,
                "deliver_together": True,
            }
        )
        slow, quick = (
            self._make_order((product, 1), user=user, mto_project_id=project.id).sudo()
            for product, user in (
                (self.lamp, self.colleague),
                (self.frame, self.salesperson),
            )
        )
        project.mto_compute_promise()
        line = quick.order_line
        self.assertEqual(line.mto_waits_for_line_id, slow.order_line)
        told = line.with_user(self.salesperson).mto_promise_text
        self.assertIn("another order", told)
        self._check_silent(told, slow)
        (answer,) = quick.with_user(self.salesperson).mto_compute_promise()
        self.assertEqual(answer["waits_for"]["order"], "another order")
        self.assertFalse(answer["waits_for"]["line_id"])
        self.assertIn(slow.name, line.with_user(self.planner).mto_promise_text)

    def test_joining_an_installation_of_a_colleague_tells_nothing_of_it(self):
        project = self.env["mto.project"].create(
            {
                "name": "Secret lobby",
                "partner_id": self.secret.id,
                "user_id": self.colleague.id,
            }
        )
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        for record in (order, order.order_line):
            answers = []
            for project_id in (project.id, NOT_THERE):
                with self.assertRaises(MissingError) as caught:
                    record.mto_project_id = project_id
                answers.append(str(caught.exception).replace(str(project_id), "N"))
                self.assertNotIn("ecret", answers[-1])
            self.assertEqual(*answers)

    # Bills of materials

    def test_bills_of_materials_of_orders_are_read_as_their_orders(self):
        mine, theirs = self._confirm_both()
        bom, other = (order.order_line.mto_bom_ids[0] for order in (mine, theirs))
        for record in (bom, bom.bom_line_ids, self.lamp.bom_ids):
            record.with_user(self.salesperson).read(["display_name"])
        for record in (other, other.bom_line_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.salesperson).read(["display_name"])
        found = other.with_user(self.salesperson).search([("mto_line_id", "!=", False)])
        self.assertEqual(found.mto_order_id, mine)
        with self.assertRaisesRegex(MissingError, "for you"):
            self.env["mto.planner"].with_user(self.salesperson).quote(
                [{"product_id": self.lamp.id, "quantity": 1, "bom_id": other.id}]
            )

    # Dialogs

    def test_dialogs_are_about_what_the_user_may_read(self):
        order = self._hold_secretly(self._make_stool())
        line = order.order_line
        for model, values in (
            ("mto.hold", lambda found: {"order_id": found and order.id or NOT_THERE}),
            (
                "mto.confirm",
                lambda found: {
                    "order_ids": [Command.set([found and order.id or NOT_THERE])]
                },
            ),
            ("mto.change", lambda found: {"line_id": found and line.id or NOT_THERE}),
        ):
            Dialog = self.env[model].with_user(self.salesperson)
            answers = []
            for found in (True, False):
                with self.subTest(model=model), self.assertRaises(MissingError) as bad:
                    Dialog.create(values(found))
                answers.append("".join(filter(str.isalpha, str(bad.exception))))
                self._check_silent(bad.exception, order)
            self.assertEqual(*answers)

    def test_dialogs_of_others_are_closed(self):
        order = self._make_order((self.lamp, 1), user=self.colleague)
        dialog = self.env["mto.hold"].with_user(self.colleague)
        dialog = dialog.create({"order_id": order.id})
        mine = dialog.with_user(self.salesperson)
        self.assertFalse(mine.search([("id", "=", dialog.id)]))
        with self.assertRaises(AccessError):
            mine.read(["order_id", "until"])

    # The order, for those who make it

    def test_planners_open_orders_in_a_form_that_they_may_read(self):
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        order.action_confirm()
        ours = self.env.ref("mto_planning.sale_order_view_form_production")
        for user, is_ours in ((self.planner, True), (self.salesperson, False)):
            mine = order.with_user(user)
            with self.subTest(user=user.login):
                views = mine.get_views([(False, "form")])
                self.assertEqual(views["views"]["form"]["id"] == ours.id, is_ours)
        fields = views["models"]["sale.order"]["fields"]
        self.assertIn("order_line", fields)
        names = [node.get("name") for node in etree.fromstring(ours.arch).iter("field")]
        self.assertNotIn("invoice_ids", names)
        order_names = [name for name in names if name in order._fields]
        (values,) = order.with_user(self.planner).read(order_names)
        self.assertEqual(values["name"], order.name)
