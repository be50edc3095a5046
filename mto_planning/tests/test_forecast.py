from datetime import timedelta

from odoo.tests import Form, tagged

from .common import MtoCase

SHOWN = [
    "display_qty_widget",
    "scheduled_date",
    "forecast_expected_date",
    "qty_available_today",
    "free_qty_today",
    "virtual_available_at_date",
]


@tagged("post_install", "-at_install")
class TestForecast(MtoCase):
    """Core's window of stock on the lines of an order tells what is made for them."""

    def _count(self, lines):
        """Queries of core's window on a quotation whose lines differ in date."""
        order = self._make_order(*[(self.lamp, 1)] * lines)
        order.mto_compute_promise()
        dates = set(order.order_line.mapped("mto_promise_date"))
        self.assertEqual(len(dates), lines)
        for _run in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.order_line.read(SHOWN)
        return self.env.cr.sql_log_count - before

    def test_lines_of_many_dates_cost_no_queries_each(self):
        self.assertEqual(self._count(2), self._count(6))

    def test_a_quotation_tells_the_promised_date(self):
        order = self._make_order((self.lamp, 1))
        order.mto_compute_promise()
        line = order.order_line
        self.assertTrue(line.display_qty_widget)
        self.assertEqual(line.scheduled_date, line.mto_promise_date)
        self.assertFalse(line.forecast_expected_date)
        order.commitment_date = line.mto_promise_date + timedelta(days=2)
        self.assertEqual(line.scheduled_date, order.commitment_date)

    def test_stock_of_what_is_not_made_is_told_as_in_core(self):
        leg = self._make_product("Leg", on_order=False)
        self._make_stock(leg, 7)
        order = self._make_order((leg, 2), (self.lamp, 1))
        self.assertEqual(order.order_line[0].free_qty_today, 7)
        self.assertEqual(order.order_line[1].free_qty_today, 0)

    def test_an_order_tells_when_it_is_there(self):
        order = self._make_order((self.lamp, 2)).sudo()
        order.action_confirm()
        line = order.order_line
        self.assertEqual(line.forecast_expected_date, line.mto_projected_date)
        self.assertEqual((line.qty_available_today, line.free_qty_today), (0, 2))
        purchase = line.mto_purchase_line_ids[:1]
        purchase.date_planned += timedelta(days=30)
        self.assertGreater(line.forecast_expected_date, line.scheduled_date)
        made = self._production_of(line, self.lamp)
        made.qty_producing = 2
        made.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(line.qty_available_today, 2)

    def test_what_nothing_brings_is_not_coming(self):
        order = self._make_order((self.lamp, 2)).sudo()
        order.action_confirm()
        line = order.order_line
        line.mto_purchase_line_ids[:1].order_id.button_cancel()
        self.assertEqual(line.mto_risk, "blocked")
        self.assertEqual(line.free_qty_today, 0)

    def test_a_line_that_is_being_entered_has_a_date(self):
        order = self._make_order((self.lamp, 1))
        with Form(order) as form:
            with form.order_line.new() as line:
                line.product_id = self.lamp
        self.assertEqual(len(order.order_line.filtered("scheduled_date")), 2)
