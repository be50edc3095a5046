from datetime import timedelta

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import new_test_user, tagged

from .test_notice import NoticeCase


@tagged("post_install", "-at_install")
class TestPartial(NoticeCase):
    """Of three quick things and a slow one that gets late, the customer wants two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls._make_order((cls.quick, 3), (cls.slow, 1), user=cls.salesperson)
        order.mto_compute_promise()
        order.action_confirm()
        cls.order = order.with_user(cls.env.user)
        cls.three, cls.line = cls.order.order_line
        cls.picking = cls.order.picking_ids
        cls.env.flush_all()

    def _make_three(self):
        made = self.three.mto_production_ids
        made.qty_producing = 3
        made.button_mark_done()

    def _ask(self, *wanted):
        self._slip(7)
        notice = self._send()
        notice._ask_partial(self.customer, list(wanted), "Please")
        return notice

    def _press(self, user=None):
        return self.order.with_user(user or self.salesperson).action_mto_deliver_part()

    def test_what_is_ready_of_it_goes_first(self):
        self._make_three()
        notice = self._ask(
            (self.three, 2, self._at(3, 0).date()), (self.line, 1, False)
        )
        order = self.order.with_user(self.salesperson)
        rest = self.three._mto_get_customer_expected_date()
        day = self.order._mto_tell_day(rest)
        text = f"2 Units Quick thing, the other 1 on {day}"
        self.assertTrue(order.mto_can_deliver_part)
        self.assertEqual(order.mto_part_text, f"Ready of it: {text}.")
        planned = self.line.move_ids.filtered("picking_id").date
        self._press()
        first = self.picking.move_ids
        self.assertEqual((first.product_id, first.product_qty), (self.quick, 2))
        self.assertEqual((first.quantity, first.state), (2, "assigned"))
        self.assertLessEqual(first.date, self._at(0, 8))
        later = self.order.picking_ids - self.picking
        self.assertEqual(later.backorder_id, self.picking)
        left = {move.product_id: move for move in later.move_ids}
        self.assertEqual(left.keys(), {self.quick, self.slow})
        self.assertEqual(left[self.quick].product_qty, 1)
        self.assertEqual(left[self.quick].quantity, 1)
        self.assertEqual(left[self.quick].sale_line_id, self.three)
        self.assertEqual(left[self.slow].date, planned)
        self.assertEqual(notice.state, "arranged")
        self.assertIn(text, self._last_message().body)
        self.assertFalse(self._activities("partial"))
        self.assertIn("It is prepared", order.mto_notice_text)
        self.assertFalse(order.mto_can_deliver_part)
        history = [text for _moment, text in self.line._mto_get_customer_history()]
        self.assertIn("You have asked for a partial delivery.", history)

    def test_it_leaves_as_prepared_and_the_rest_after_it(self):
        self._make_three()
        self._ask((self.three, 2, False))
        self._press()
        self.picking.button_validate()
        self.assertEqual(self.three.qty_delivered, 2)
        later = self.order.picking_ids - self.picking
        self.assertEqual(later.state, "assigned")
        self.line.mto_production_ids.button_mark_done()
        later.button_validate()
        self.assertEqual(self.order.order_line.mapped("qty_delivered"), [3, 1])
        self.assertEqual(self.order.mto_stage, "delivered")

    def test_today_leads_the_salesperson_there_first(self):
        self._make_three()
        self._ask((self.three, 2, False))
        today = self.env["mto.today"].with_user(self.salesperson)
        rows = {row["line_id"]: row for row in today.get()["lines"]}
        self.assertEqual(rows[self.line.id]["suggestion"]["remedy"], "send_part")
        action = today.act(self.line.id, "send_part")
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sale.order", self.order.id)
        )
        self._press()
        rows = {row["line_id"]: row for row in today.get()["lines"]}
        remedies = [one["remedy"] for one in rows[self.line.id]["remedies"]]
        self.assertNotIn("send_part", remedies)

    def test_all_that_is_ready_of_an_order_leaves_nothing_to_split(self):
        self._make_three()
        self._ask((self.three, 3, False))
        self._press()
        self.assertEqual(self.picking.move_ids.product_id, self.quick)
        later = self.order.picking_ids - self.picking
        self.assertEqual(later.move_ids.product_id, self.slow)

    def test_what_is_not_made_yet_cannot_go_first(self):
        self._ask((self.three, 2, False))
        order = self.order.with_user(self.salesperson)
        self.assertFalse(order.mto_can_deliver_part)
        self.assertIn("Nothing of what he asks", order.mto_part_text)
        with self.assertRaisesRegex(UserError, "lies ready"):
            self._press()
        self.assertEqual(self.order.picking_ids, self.picking)

    def test_words_alone_ask_for_nothing_that_could_be_prepared(self):
        self._make_three()
        self._ask()
        self.assertFalse(self.order.mto_part_text)

    def test_a_transfer_that_has_begun_is_left_alone(self):
        self._make_three()
        notice = self._ask((self.three, 2, False))
        self.picking.printed = True
        with self.assertRaisesRegex(UserError, "begun to leave"):
            self._press()
        self.assertEqual(notice.state, "partial")

    def test_what_leaves_in_one_go_is_left_alone(self):
        self._make_three()
        self._ask((self.three, 2, False))
        self.order.mto_project_id = self.env["mto.project"].create(
            {
                "name": "Hall",
                "partner_id": self.customer.id,
                "deliver_together": True,
            }
        )
        with self.assertRaisesRegex(UserError, "in one go with Hall"):
            self._press()

    def test_who_may_not_write_the_order_prepares_nothing(self):
        self._make_three()
        self._ask((self.three, 2, False))
        colleague = new_test_user(
            self.env, "mto_n_colleague", groups="sales_team.group_sale_salesman"
        )
        # An order of somebody else is not there for him.
        for user, error in ((colleague, MissingError), (self.buyer, AccessError)):
            with self.subTest(user=user.login), self.assertRaises(error):
                self._press(user)
        self.assertEqual(self.order.picking_ids, self.picking)

    def test_steps_of_the_warehouse(self):
        """What is picked first is packed and sent first."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._make_order((self.quick, 3), (self.slow, 1), user=self.salesperson)
        order.mto_compute_promise()
        order.action_confirm()
        self.order = order.with_user(self.env.user)
        self.three, self.line = self.order.order_line
        self._make_three()
        self._ask((self.three, 2, False))
        self._press()
        pick = self.three.move_ids.filtered(lambda move: move.product_qty == 2)
        self.assertEqual(pick.picking_id.move_ids, pick)
        pick.picking_id.button_validate()
        ship = pick.move_dest_ids
        self.assertEqual(ship.product_qty, 2)
        ship.picking_id.button_validate()
        self.assertEqual(self.three.qty_delivered, 2)
        self.assertLess(self.three.mto_projected_date, self._at(0, 8) + timedelta(9))
