import random

from odoo.tests import tagged

from .common import NOW, MtoCase

CASES = 12


@tagged("post_install", "-at_install")
class TestOverview(MtoCase):
    """One order in an empty shop: our date and the one of core's BoM Overview.

    Core counts in days and knows no queue, so there is no more to compare.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20270302)
        # Always open: nothing is rounded to a day by closing time.
        cls.open = cls._make_calendar((0, 24), days=range(7))

    def _core_days(self, product):
        """Days until core's overview has the product."""
        overview = self.env["report.mrp.report_bom_structure"]
        data = overview.with_context(warehouse_id=self.warehouse.id)._get_report_data(
            product.bom_ids.id, 1
        )
        return data["lines"]["availability_delay"]

    def _our_days(self, product):
        (answer,) = self.env["mto.planner"].quote(
            [{"product_id": product.id, "quantity": 1}]
        )
        finish = answer["planned_date"]
        return (self._to_datetime(finish) - NOW).total_seconds() / 86400

    def _to_datetime(self, value):
        return self.env["mto.promise"]._fields["planned_date"].to_datetime(value)

    def _random_tree(self, name, levels):
        if not levels or self.random.random() < 0.3:
            return self._make_bought(name, self.random.randint(0, 20))
        product = self._make_product(name)
        parts = [
            (self._random_tree(f"{name}.{number}", levels - 1), 1)
            for number in range(self.random.randint(1, 3))
        ]
        self._make_bom(product, parts, produce_delay=self.random.randint(0, 5))
        return product

    def test_lead_times_add_up_alike(self):
        # Where core is right, and all that it looks at: the longest way of lead times.
        for case in range(CASES):
            product = self._make_product(f"Case {case}")
            parts = [(self._random_tree(f"Case {case}.0", 3), 1)]
            self._make_bom(product, parts, produce_delay=2)
            with self.subTest(case=case):
                self.assertEqual(self._our_days(product), self._core_days(product))

    def test_operations_end_on_the_same_day(self):
        # 36 hours, from Monday 8:00, Thursday or the Friday after that.
        for days in (0, 3, 11):
            product = self._make_product(f"Thing {days}")
            center = self._make_workcenter(f"Center {days}", self.open)
            part = self._make_bought(f"Part {days}", days)
            self._make_bom(product, [(part, 1)], [(center, 60 * 36)])
            with self.subTest(days=days):
                self.assertEqual(self._our_days(product), days + 1.5)
                self.assertEqual(self._core_days(product), days + 1)

    def test_core_has_parts_at_midnight(self):
        # They come on Thursday at 8:00, three days after they are ordered: 20 hours of
        # work end on Friday at 4:00. Core begins on Thursday at 0:00.
        product = self._make_product("Thing")
        center = self._make_workcenter("Center", self.open)
        self._make_bom(product, [(self._make_bought("Part", 3), 1)], [(center, 1200)])
        self.assertEqual(self._our_days(product), 3 + 20 / 24)
        self.assertEqual(self._core_days(product), 3)

    def test_core_begins_a_level_with_its_sub_assembly(self):
        # Six hours each: the inner one on Monday until 15:00, the outer one from then
        # to Tuesday 12:00. Core has whole days, so both begin on Monday at 8:00.
        inner, outer = self._make_product("Inner"), self._make_product("Outer")
        self._make_bom(inner, [], [(self.bending, 360)])
        self._make_bom(outer, [(inner, 1)], [(self.assembly, 360)])
        self.assertEqual(self._our_days(outer), 1 + 4 / 24)
        self.assertEqual(self._core_days(outer), 0)
