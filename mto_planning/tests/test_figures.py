from odoo.tests import tagged

from odoo.addons.mto_planning.bridge.figures import format_number, plain_number

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestFigures(MtoCase):
    """Numbers in sentences: as people write them, in the language of the reader."""

    def test_numbers_have_the_digits_that_they_need(self):
        for number, text in (
            (20.0, "20"),
            (1234567, "1234567"),
            (0.1 + 0.2, "0.3"),
            (12345.25, "12345.25"),
            (100, "100"),
            (0.0, "0"),
            (-0.00001, "0"),
            (-2.5, "-2.5"),
            (1e-7, "0"),
        ):
            with self.subTest(number=number):
                self.assertEqual(plain_number(number), text)

    def test_numbers_follow_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.env(context={"lang": "de_DE"})
        self.assertEqual(format_number(self.env, 1234567.5), "1,234,567.5")
        self.assertEqual(format_number(german, 1234567.5), "1.234.567,5")
        self.assertEqual(format_number(german, 20.0), "20")

    def test_a_customer_reads_whole_quantities(self):
        order = self._make_order((self.lamp, 1234567), user=self.salesperson)
        text = order.order_line._mto_describe_part(1234565)
        self.assertIn("1,234,565 Units", text)
        self.assertIn("the other 2 ", text)
