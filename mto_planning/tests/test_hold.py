from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestHold(MtoCase):
    """A holding quotation keeps capacity and material until a date.

    A table: 8 hours on Assembly (Monday 8:00 to 17:00) and 4 legs from stock.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leg = cls._make_product("Leg", on_order=False)
        cls.table = cls._make_product("Table")
        cls._make_bom(cls.table, [(cls.leg, 4)], [(cls.assembly, 480)])
        cls._make_stock(cls.leg, 100)
        cls.until = NOW + timedelta(days=3)

    def _quote(self, quantity=1):
        request = {"product_id": self.table.id, "quantity": quantity}
        return self.env["mto.planner"].quote([request])[0]

    def _held(self, **values):
        order = self._make_order((self.table, 1), user=self.salesperson, **values)
        order.mto_hold(self.until)
        return order

    def _hold_rows(self):
        return (
            self.env["mto.promise.slot"].search_count([]),
            self.env["mto.promise.part"].search_count([]),
            self.env["resource.calendar.leaves"].search_count(
                [("mto_slot_id", "!=", False)]
            ),
        )

    def test_an_inquiry_holds_nothing(self):
        order = self._make_order((self.table, 1))
        order.mto_compute_promise()
        self.assertEqual(self._hold_rows(), (0, 0, 0))
        self.assertEqual(self._quote()["promise_date"], str(self._at(0, 17)))

    def test_what_is_held_is_not_promised_to_others(self):
        order = self._held()
        line = order.order_line
        self.assertEqual(line.mto_stage, "held")
        self.assertEqual(line.mto_promise_id.state, "held")
        self.assertEqual(order.mto_hold_until, self.until)
        slot = line.mto_promise_id.slot_ids
        self.assertEqual(slot.workcenter_id, self.assembly)
        self.assertEqual(slot.date_start, self._at(0, 8))
        self.assertEqual(slot.date_finished, self._at(0, 17))
        self.assertEqual(slot.hours, 8)
        # Monday is held: the next table is made on Tuesday.
        self.assertEqual(self._quote()["promise_date"], str(self._at(1, 17)))

    def test_material_that_is_held_is_not_promised_to_others(self):
        self._held()
        part = self.env["mto.promise.part"].search([])
        self.assertEqual((part.product_id, part.quantity), (self.leg, 4))
        # 96 of 100 legs are free: enough for 24 tables, not for 25.
        self.assertTrue(self._quote(24)["feasible"])
        answer = self._quote(25)
        self.assertFalse(answer["feasible"])
        self.assertEqual(answer["constraint"]["product_id"], self.leg.id)

    def test_the_own_quotation_is_not_in_its_own_way(self):
        order = self._held()
        answer = order.mto_compute_promise()[0]
        self.assertEqual(answer["promise_date"], str(self._at(0, 17)))
        self.assertEqual(answer["hold_until"], str(self.until))
        self.assertEqual(self._hold_rows(), (1, 1, 1))
        self.assertEqual(order.mto_hold_until, self.until)

    def test_another_quantity_holds_what_it_needs_when_computed_anew(self):
        order = self._held()
        order.order_line.product_uom_qty = 2
        self.assertEqual(order.mto_promise_state, "outdated")
        order.mto_compute_promise()
        self.assertEqual(order.order_line.mto_promise_id.part_ids.quantity, 8)
        self.assertEqual(self._quote()["promise_date"], str(self._at(2, 17)))

    def test_confirmation_turns_the_hold_into_the_plan(self):
        order = self._held()
        order.action_confirm()
        self.assertEqual(self._hold_rows(), (0, 0, 0))
        workorder = order.order_line.sudo().mto_production_ids.workorder_ids
        self.assertEqual(workorder.date_start, self._at(0, 8))
        self.assertEqual(workorder.date_finished, self._at(0, 17))
        self.assertEqual(order.order_line.mto_promise_id.state, "confirmed")
        self.assertEqual(self._quote()["promise_date"], str(self._at(1, 17)))

    def test_what_is_held_leads_to_the_quotation(self):
        line = self._held().order_line
        promise = line.mto_promise_id
        self.assertEqual(promise.part_ids.uom_id, self.leg.uom_id)
        for held in (promise.slot_ids[:1], promise.part_ids[:1]):
            action = held.with_user(self.salesperson).action_open()
            self.assertEqual(action["res_model"], line._name)
            self.assertEqual(action["res_id"], line.id)

    def test_release_frees_it_and_keeps_the_date_that_was_told(self):
        order = self._held()
        self.assertTrue(order.mto_release_hold())
        self.assertEqual(self._hold_rows(), (0, 0, 0))
        self.assertEqual(order.order_line.mto_promise_id.state, "quoted")
        self.assertEqual(order.order_line.mto_stage, "quoted")
        self.assertEqual(order.order_line.mto_promise_date, self._at(0, 17))
        self.assertEqual(self._quote()["promise_date"], str(self._at(0, 17)))
        self.assertFalse(order.mto_release_hold())

    def test_a_hold_can_be_renewed(self):
        order = self._held()
        order.mto_hold(self.until + timedelta(days=2))
        self.assertEqual(order.mto_hold_until, self.until + timedelta(days=2))
        self.assertEqual(self._hold_rows(), (1, 1, 1))

    def test_the_planner_ignores_a_hold_from_the_minute_on_that_it_ends(self):
        order = self._make_order((self.table, 1))
        # The work of Tuesday is held until Tuesday, 10:00.
        with freeze_time(self._at(1, 8)):
            order.mto_hold(self._at(1, 10))
        with freeze_time(self._at(1, 9, 59)):
            # Eight hours from Wednesday 8:00.
            self.assertEqual(self._quote()["promise_date"], str(self._at(2, 17)))
        with freeze_time(self._at(1, 10)):
            # Six hours on Tuesday, two on Wednesday.
            self.assertEqual(self._quote()["promise_date"], str(self._at(2, 10)))
            self.assertTrue(self._quote(25)["feasible"])

    def test_it_expires_by_itself(self):
        order = self._held()
        with freeze_time(self.until):
            self.env["mto.promise"]._cron_expire_holds()
            self.assertEqual(self._hold_rows(), (0, 0, 0))
            self.assertEqual(order.order_line.mto_promise_id.state, "expired")
            self.assertEqual(order.order_line.mto_stage, "quoted")
            self.assertEqual(order.mto_promise_state, "outdated")
            self.assertIn("hold has ended", order.message_ids[0].body)
            order.action_confirm()
        self.assertEqual(order.order_line.mto_promise_id.state, "confirmed")

    def test_the_cron_is_woken_when_the_hold_ends(self):
        self._held()
        cron = self.env.ref("mto_planning.ir_cron_mto_expire_holds")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(self.until, triggers.mapped("call_at"))

    def test_core_plans_around_what_is_held(self):
        self._held()
        order = self._make_order((self.table, 1))
        self._confirm_as_stock_odoo(order)
        production = self.env["mrp.production"].search(
            [("product_id", "=", self.table.id)], limit=1
        )
        production.button_plan()
        self.assertEqual(production.workorder_ids.date_start, self._at(1, 8))

    def test_cancelled_and_deleted_quotations_hold_nothing(self):
        order = self._held()
        order._action_cancel()
        self.assertEqual(self._hold_rows(), (0, 0, 0))
        order = self._held()
        order.order_line.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self._hold_rows(), (0, 0, 0))
        order = self._held()
        order.sudo().unlink()
        self.env.invalidate_all()
        self.assertEqual(self._hold_rows(), (0, 0, 0))

    def test_without_a_date_it_is_held_as_long_as_the_company_says(self):
        self.env.company.mto_hold_days = 5
        order = self._make_order((self.table, 1), validity_date=False)
        answer = order.mto_hold()[0]
        self.assertEqual(answer["hold_until"], str(NOW + timedelta(days=5)))

    def test_it_is_held_no_longer_than_the_quotation_is_valid(self):
        self.env.company.partner_id.tz = "Europe/Berlin"
        order = self._make_order((self.table, 1), validity_date="2027-03-02")
        # The end of that day in Berlin, an hour before that in UTC.
        self.assertEqual(order.mto_hold()[0]["hold_until"], "2027-03-02 23:00:00")
        with self.assertRaisesRegex(ValidationError, "extend the expiration date"):
            order.mto_hold("2027-03-03 00:00:00")

    def test_wrong_input_is_refused_and_changes_nothing(self):
        order = self._make_order((self.table, 1), validity_date=False)
        for until, message in [
            ("soon", "not “soon”"),
            ("2027-02-30", "not “2027-02-30”"),
            (["2027-03-05"], "must be a UTC date"),
            (str(NOW), "that is past"),
            ("2029-01-01", "only until"),
        ]:
            with self.subTest(until=until):
                with self.assertRaisesRegex(ValidationError, message):
                    order.mto_hold(until)
        self.assertFalse(order.order_line.mto_promise_id)

    def test_what_has_no_date_cannot_be_held(self):
        order = self._make_order((self.table, 26))
        with self.assertRaisesRegex(UserError, "Table has no date. Leg"):
            order.mto_hold(self.until)
        order = self._make_order((self.leg, 1))
        with self.assertRaisesRegex(UserError, "no line that is made to order"):
            order.mto_hold(self.until)

    def test_only_quotations_are_held_by_those_who_may_write_them(self):
        order = self._held()
        with self.assertRaises(AccessError):
            order.with_user(self.buyer).mto_release_hold()
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "not a quotation any more"):
            order.mto_hold(self.until)

    def test_the_wizard_proposes_the_date_and_holds(self):
        order = self._make_order((self.table, 1), user=self.salesperson)
        action = order.action_mto_hold()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.salesperson)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.until, NOW + timedelta(days=7))
        wizard.action_hold()
        self.assertEqual(order.mto_hold_until, NOW + timedelta(days=7))
        self.assertIn("are held until", order.message_ids[0].body)
