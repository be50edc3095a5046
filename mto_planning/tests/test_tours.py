from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tests.common import new_test_user

from .common import Factory


@tagged("post_install", "-at_install", "mto_tour")
class TestTours(Factory, HttpCase):
    """A frame of two tubes is sold, promised, confirmed, and made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_workshop()
        cls.env["res.partner"].create({"name": "Tour customer"})
        cls.frame.name = "Tour frame"
        quick = cls.env["res.partner"].create({"name": "Quick tubes"})
        cls.tube.seller_ids = [
            Command.create(
                {"partner_id": quick.id, "delay": 1, "price": 9, "sequence": 99}
            )
        ]
        # Open at all times: the reason of the date is the same on any day of the week.
        cls.bending.resource_calendar_id = cls._make_calendar((0, 24), days=range(7))
        new_test_user(
            cls.env,
            "mto_tour",
            groups="sales_team.group_sale_salesman_all_leads,mrp.group_mrp_manager",
        )

    def test_order_from_question_to_work_done_moves_its_progress(self):
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "mrp.group_mrp_routings"
        )
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_quotations",
            "mto_planning_order",
            login="mto_tour",
        )
        line = self.env["sale.order.line"].search(
            [("product_id", "=", self.frame.id)], limit=1
        )
        self.assertEqual(line.state, "sale")
        self.assertEqual(line.mto_progress, 70.0)
        self.assertEqual(line.mto_production_ids.workorder_ids.state, "done")

    def _order_parts(self, orders):
        """All of them come at one time, whenever one plans.

        What is only asked for comes the later the later one plans: by a quarter of an
        hour, if one begins meanwhile.
        """
        purchases = orders.order_line.mto_purchase_line_ids
        purchases.date_planned = min(purchases.mapped("date_planned"))
        purchases.order_id.button_confirm()

    def test_planner_sees_whom_a_new_plan_moves(self):
        self.customer = self.env["res.partner"].create({"name": "Second customer"})
        first, second = (self._make_order((self.frame, 1)) for _number in range(2))
        (first | second).action_confirm()
        self._order_parts(first | second)
        before = second.order_line.mto_production_ids.date_finished
        first.order_line.mto_production_ids.action_cancel()
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_lines",
            "mto_planning_plan_anew",
            login="mto_tour",
        )
        after = second.order_line.mto_production_ids.date_finished
        self.assertEqual(after, before - timedelta(minutes=90))

    def test_planner_tries_what_another_machine_would_bring(self):
        orders = [self._make_order((self.frame, 1)) for _number in range(2)]
        for order in orders:
            order.action_confirm()
        self._order_parts(orders[0] | orders[1])
        starts = [order.order_line.mto_production_ids.date_start for order in orders]
        self.assertEqual(starts[1] - starts[0], timedelta(minutes=90))
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_scenarios",
            "mto_planning_what_if",
            login="mto_tour",
        )
        self.assertEqual(self.bending.mto_machines, 2)
        starts = [order.order_line.mto_production_ids.date_start for order in orders]
        self.assertEqual(starts[1], starts[0])

    def test_what_is_customised_is_what_is_made(self):
        hook = self._make_bought("Tour hook", 1)
        self.customer = self.env["res.partner"].create({"name": "Third customer"})
        order = self._make_order((self.frame, 1))
        order.mto_compute_promise()
        line = order.order_line
        self.start_tour(
            f"/odoo/action-mto_planning.action_mto_lines/{line.id}",
            "mto_planning_customise",
            login="mto_tour",
        )
        self.assertEqual(order.state, "sale")
        parts = line.mto_production_ids.move_raw_ids
        self.assertEqual(
            {move.product_id: move.product_uom_qty for move in parts},
            {self.tube: 5, hook: 1},
        )

    def test_confirmed_line_is_changed_and_changed_back(self):
        order = self._make_order((self.frame, 2))
        order.action_confirm()
        line = order.order_line
        self.start_tour(
            f"/odoo/action-mto_planning.action_mto_lines/{line.id}",
            "mto_planning_change",
            login="mto_tour",
        )
        made = line.mto_production_ids
        self.assertEqual((made.product_qty, line.product_uom_qty), (1, 1))
        self.assertEqual(made.move_raw_ids.mapped("product_uom_qty"), [2])
        self.assertEqual(line.mto_purchase_line_ids.product_qty, 2)
        self.assertFalse(line.mto_build)

    def test_orders_that_belong_together_get_one_date(self):
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_projects",
            "mto_planning_installation",
            login="mto_tour",
        )
        project = self.env["mto.project"].search([("name", "=", "Tour lobby")])
        self.assertTrue(project.deliver_together)
        self.assertEqual(project.line_ids.product_id, self.frame)
        self.assertEqual(project.promise_date, project.order_ids.mto_promise_date)

    def test_planner_deals_with_what_is_at_risk(self):
        self.customer = self.env["res.partner"].create({"name": "Late customer"})
        order = self._make_order((self.frame, 1))
        order.mto_compute_promise()
        order.action_confirm()
        purchase = order.order_line.mto_purchase_line_ids
        purchase.order_id.button_confirm()
        purchase.date_planned += timedelta(days=3)
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_today",
            "mto_planning_today",
            login="mto_tour",
        )
        self.assertEqual(len(purchase.order_id.activity_ids), 1)
        care = self.env["mto.attention"].search([("line_id", "=", order.order_line.id)])
        self.assertEqual(care.user_id.login, "mto_tour")
        self.assertFalse(care.snooze_until)

    def test_worker_works_and_buyer_buys_for_an_order(self):
        self.customer = self.env["res.partner"].create({"name": "Patient customer"})
        order = self._make_order((self.frame, 1))
        order.mto_compute_promise()
        order.action_confirm()
        work = order.order_line.mto_production_ids.workorder_ids
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_workorders",
            "mto_planning_work",
            login="mto_tour",
        )
        self.assertEqual(work.state, "done")
        new_test_user(self.env, "mto_buyer", groups="purchase.group_purchase_user")
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_purchases",
            "mto_planning_buy",
            login="mto_buyer",
        )

    def test_planner_takes_over_what_work_really_takes(self):
        order = self._make_order((self.frame, 1))
        order.action_confirm()
        master = order.order_line.mto_bom_id.mto_template_bom_id
        (operation,) = master.operation_ids
        row = self.env["mto.time"].create(
            {
                "company_id": self.env.company.id,
                "kind": "work",
                "operation_id": operation.id,
                "workcenter_id": operation.workcenter_id.id,
                "bom_id": master.id,
                "product_tmpl_id": master.product_tmpl_id.id,
                "measured": [240] * 8,
            }
        )
        before = operation.time_cycle_manual
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_times",
            "mto_planning_times",
            login="mto_tour",
        )
        # Taken over at 200 minutes, and put back.
        self.assertEqual(operation.time_cycle_manual, before)
        self.assertFalse(row.taken_date)
        told = master.message_ids.mapped("body")
        self.assertIn("planned with 200 min", told[1])
        self.assertIn("put back", told[0])

    def _make_late_order(self):
        """Confirmed, late, and the customer was told so."""
        self.env.company.mto_notice = "manual"
        customer = self.env["res.partner"].create(
            {"name": "Told customer", "email": "told@example.com"}
        )
        order = self._make_order((self.frame, 2), partner_id=customer.id)
        order.mto_compute_promise()
        order.action_confirm()
        purchase = order.order_line.mto_purchase_line_ids
        purchase.order_id.button_confirm()
        purchase.date_planned += timedelta(days=9)
        order.order_line._mto_measure_again()
        self.env["mto.notice"]._prepare_draft(order)._send()
        return order

    def test_customer_accepts_a_new_date_by_his_link(self):
        order = self._make_late_order()
        before = order.mto_promise_date
        notice = order._mto_get_notice(("sent",))
        self.assertTrue(notice._is_open())
        path = notice._get_url().split(order.get_base_url())[1]
        self.start_tour(path, "mto_planning_accept_date")
        self.assertEqual(notice.state, "accepted")
        self.assertGreater(order.mto_promise_date, before)

    def test_customer_asks_for_a_part_in_the_portal(self):
        order = self._make_late_order()
        new_test_user(
            self.env,
            "mto_tour_customer",
            groups="base.group_portal",
            partner_id=order.partner_id.id,
        )
        self.start_tour(
            "/my/orders", "mto_planning_ask_part", login="mto_tour_customer"
        )
        notice = order._mto_get_notice(("partial",))
        self.assertEqual(notice.message, "One lamp for the opening, please")

    def test_what_is_ready_of_it_goes_first_at_one_click(self):
        order = self._make_late_order()
        line = order.order_line
        # He asks first: with half of the work done the date he was told may move.
        notice = order._mto_get_notice(("sent",))
        notice._ask_partial(order.partner_id, [(line, 1, False)], "For the opening")
        made = line.mto_production_ids
        one, _other = made._split_productions({made: [1, 1]})
        one.button_mark_done()
        self.start_tour(
            f"/odoo/sales/{order.id}", "mto_planning_send_part", login="mto_tour"
        )
        self.assertEqual(notice.state, "arranged")
        first, rest = order.picking_ids.sorted("id")
        self.assertEqual((first.move_ids.product_qty, first.state), (1, "assigned"))
        self.assertEqual((rest.move_ids.product_qty, rest.backorder_id), (1, first))

    def test_planner_looks_at_the_load_and_at_what_it_would_be(self):
        busy, asking = self.env["res.partner"].create(
            [{"name": "Busy customer"}, {"name": "Load customer"}]
        )
        self._make_order((self.frame, 4), partner_id=busy.id).action_confirm()
        # Begins when its tubes are there, weeks after the other work.
        self._make_bom_of_slow_tubes()
        quotation = self._make_order((self.slow, 2), partner_id=asking.id)
        quotation.mto_compute_promise()
        self.start_tour(
            "/odoo/action-mto_planning.action_mto_load",
            "mto_planning_load",
            login="mto_tour",
        )
        self.assertEqual(quotation.state, "draft")
        self.assertEqual(self.bending.mto_machines, 1)

    def _make_bom_of_slow_tubes(self):
        tube = self._make_bought("Slow tube", 30)
        self.slow = self._make_product("Slow frame")
        self._make_bom(self.slow, [(tube, 1)], [(self.bending, 90)])


@tagged("post_install", "-at_install", "mto_js")
class TestUnits(HttpCase):
    """The unit tests of the screens' components."""

    def test_units_of_the_components_pass(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={self._get_suite('@mto_planning')}",
            "",
            "",
            login="admin",
            timeout=1200,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    @staticmethod
    def _get_suite(name):
        """HOOT's id of a suite, as in core's ``web/tests/test_js.py``."""
        number = 0
        for char in name:
            number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
        return f"{number:08x}"
