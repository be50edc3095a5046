from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestCustomerDate(MtoCase, HttpCase):
    """The quotation on paper and in the portal tells the date, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slow = cls._make_product("Slow thing")
        cls._make_bom(cls.slow, [], [(cls.bending, 60 * 8 * 5)])
        cls.quick = cls._make_product("Quick thing")
        cls._make_bom(cls.quick, [], [(cls.assembly, 60)])
        cls.order = cls._make_order(
            (cls.quick, 1), (cls.slow, 1), commitment_date=cls._at(cls, 1, 12)
        )

    def _paper(self):
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", self.order.ids
        )
        return html.decode()

    def _portal(self):
        self.order.state = "sent"
        return self.url_open(self.order.get_portal_url()).text

    def test_what_was_requested_is_not_told_as_a_date(self):
        for page in (self._paper(), self._portal()):
            self.assertNotIn("Delivery Date", page)
            self.assertNotIn("03/02/2027", page)

    def test_the_promised_dates_are_told(self):
        self.order.mto_compute_promise()
        # The quick one on Tuesday as requested, the slow one on Friday.
        for page in (self._paper(), self._portal()):
            self.assertIn("Delivery Date", page)
            self.assertEqual(page.count("03/05/2027"), 1)
            self.assertEqual(page.count("03/02/2027"), 1)
            for internal in ("Bending", "Assembly", "is full", "Slack", "afety"):
                self.assertNotIn(internal, page)

    def test_a_date_that_is_out_of_date_is_not_told(self):
        self.order.mto_compute_promise()
        self.order.order_line[1].product_uom_qty = 2
        self.assertNotIn("Delivery Date", self._paper())

    def test_a_confirmed_order_tells_the_date_of_the_order(self):
        self.order.commitment_date = False
        self.order.action_confirm()
        self.assertIn("03/05/2027", self._paper())

    def test_days_are_those_of_the_customer_whoever_renders_them(self):
        # Friday 17:00 is Saturday there; the mails tell him so.
        self.customer.tz = "Asia/Tokyo"
        self.env.user.tz = "America/Los_Angeles"
        self.order.commitment_date = False
        self.order.action_confirm()
        slow = self.order.order_line[1]
        self.assertEqual(slow.mto_promise_date, self._at(4, 17))
        page = self.url_open(self.order.get_portal_url()).text
        for text in (self._paper(), page):
            self.assertIn("03/06/2027", text)
            self.assertNotIn("03/05/2027", text)

    def test_lines_of_one_day_of_the_customer_are_told_once(self):
        self.order.mto_compute_promise()
        quick, slow = self.order.order_line
        quick.mto_promise_id.promise_date = self._at(4, 23)
        slow.mto_promise_id.promise_date = self._at(5, 1)
        self.assertTrue(quick._mto_get_customer_date())
        self.customer.tz = "America/Los_Angeles"
        self.assertIsNone(quick._mto_get_customer_date())

    def test_what_comes_later_on_the_customers_day_has_not_moved(self):
        self.customer.tz = "America/Los_Angeles"
        self.order.commitment_date = False
        self.order.action_confirm()
        slow = self.order.order_line[1]
        # Friday evening there, Saturday in UTC; then Saturday there, too.
        slow.mto_projected_date = self._at(5, 1)
        self.assertFalse(slow._mto_is_moved())
        slow.mto_projected_date = self._at(5, 9)
        self.assertTrue(slow._mto_is_moved())

    def test_the_portal_tells_how_far_it_is_in_the_customers_words(self):
        self.order.commitment_date = False
        self.order.action_confirm()
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("Quick thing", page)
        self.assertIn("Expected on", page)
        for production in self.order.order_line.mto_production_ids:
            self.assertNotIn(production.name, page)
        self.assertNotIn("Manufacturing Orders", page)
        quick = self.order.order_line[0]
        self.assertEqual(
            [done for _, done in quick._mto_get_customer_steps()], [1, 0, 0, 0]
        )
        quick.mto_production_ids.qty_producing = 1
        quick.mto_production_ids.button_mark_done()
        self.assertEqual(
            [done for _, done in quick._mto_get_customer_steps()], [1, 1, 1, 0]
        )

    def test_the_portal_tells_that_a_date_has_moved(self):
        self.order.commitment_date = False
        self.order.action_confirm()
        slow = self.order.order_line[1]
        work = slow.mto_production_ids.workorder_ids
        work.leave_id.date_to += timedelta(days=7)
        slow.mto_production_ids.date_finished += timedelta(days=7)
        self.assertTrue(slow._mto_is_moved())
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("promised for", page)
        self.assertIn("03/12/2027", page)
        self.assertNotIn(slow.mto_trouble, page)
