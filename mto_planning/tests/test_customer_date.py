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
