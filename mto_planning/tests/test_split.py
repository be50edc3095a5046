from pytz import UTC

from odoo.tests import tagged

from .common import MtoCase

OPEN = ("confirmed", "progress", "to_close")


@tagged("post_install", "-at_install")
class TestSplit(MtoCase):
    """Manufacturing orders of an order that people split, merge, or make in parts.

    Four lamps: assembly from Monday in a week, 15:40, to Tuesday, 10:40.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls._make_order((cls.lamp, 4))
        order.action_confirm()
        cls.line = order.order_line
        cls.top = cls.line.mto_production_ids.filtered(
            lambda production: production.product_id == cls.lamp
        )

    def _open(self, product):
        return self._production_of(self.line, product).filtered(
            lambda one: one.state in OPEN
        )

    def _assert_booked(self, productions, *spans):
        """The work has these times, they are the orders', and nobody else's."""
        for production, span in zip(productions, spans, strict=True):
            work = production.workorder_ids
            self.assertEqual((work.date_start, work.date_finished), span)
            self.assertEqual((production.date_start, production.date_finished), span)
            self.assertTrue(work.leave_id)
        self.assertEqual(self.env["mto.planner"].check_consistency(), [])

    def test_both_parts_have_their_time(self):
        halves = self.top._split_productions({self.top: [1, 3]})
        self._assert_booked(
            halves,
            (self._at(7, 15, 40), self._at(7, 16, 40)),
            (self._at(7, 16, 40), self._at(8, 10, 40)),
        )
        self.assertEqual(self.line.mto_projected_date, self._at(8, 10, 40))
        self.assertEqual(self.line.mto_risk, "on_track")

    def test_parts_of_work_over_midnight_end_where_the_next_begins(self):
        """A day of a calendar ends a microsecond before midnight."""
        always = self._make_calendar((0, 24), days=range(7))
        self.assembly.resource_calendar_id = always
        order = self._make_order((self.lamp, 24))
        order.action_confirm()
        whole = self._production_of(order.order_line, self.lamp)
        parts = whole._split_productions({whole: [20, 4]})
        ends = parts.workorder_ids.mapped("date_finished")
        self.assertGreater(ends[0].date(), parts[0].date_start.date())
        self.assertEqual({end.microsecond for end in ends}, {0})
        self.assertEqual(self.env["mto.planner"].check_consistency(), [])

    def test_the_time_of_a_part_is_promised_to_nobody_else(self):
        self.top._split_productions({self.top: [2, 2]})
        stool = self._make_product("Stool")
        self._make_bom(stool, [], [(self.assembly, 60)])
        other = self._make_order(
            (stool, 4, {"mto_requested_date": self._at(8, 10, 40)})
        )
        other.action_confirm()
        self.assertEqual(self.env["mto.planner"].check_consistency(), [])

    def test_what_is_merged_has_the_time_of_its_parts(self):
        self.top._split_productions({self.top: [1, 3]})
        self._open(self.lamp).action_merge()
        merged = self._open(self.lamp)
        self._assert_booked(merged, (self._at(7, 15, 40), self._at(8, 10, 40)))
        self.assertEqual(merged.product_qty, 4)
        self.assertEqual(self.line.mto_projected_date, self._at(8, 10, 40))

    def test_parts_of_what_is_not_planned_are_not_planned(self):
        self.line.mto_production_ids.button_unplan()
        halves = self.top._split_productions({self.top: [1, 3]})
        self.assertFalse(halves.workorder_ids.leave_id)
        halves.action_merge()
        self.assertFalse(self._open(self.lamp).workorder_ids.leave_id)

    def test_a_part_that_finds_no_time_is_split_all_the_same(self):
        self.assembly.resource_calendar_id = self._make_calendar((8, 8.5))
        halves = self.top._split_productions({self.top: [1, 3]})
        self.assertEqual(halves.mapped("product_qty"), [1, 3])

    def test_what_is_left_of_work_that_has_begun_keeps_its_time(self):
        self.line.mto_purchase_line_ids.order_id.button_confirm()
        receipts = self.line.mto_purchase_line_ids.order_id.picking_ids
        receipts.move_ids.picked = True
        receipts.button_validate()
        board = self._open(self.board)
        board.qty_producing = 3
        board._set_qty_producing()
        board.move_raw_ids.picked = True
        board.with_context(
            skip_consumption=True, skip_backorder=True, mo_ids_to_backorder=board.ids
        ).button_mark_done()
        rest = self._open(self.board)
        self.assertEqual(rest.product_qty, 5)
        work = rest.workorder_ids
        self.assertTrue(work.leave_id)
        self.assertEqual(work.duration_expected, 100)
        self.assertLessEqual(work.date_finished, self._at(7, 10, 40))
        self.assertEqual(self.line.mto_risk, "on_track")
        self.assertEqual(self.env["mto.planner"].check_consistency(), [])

    def _change(self, production, quantity):
        self.env["change.production.qty"].create(
            {"mo_id": production.id, "product_qty": quantity}
        ).change_prod_qty()

    def test_more_takes_its_time_with_all_that_it_needs(self):
        self._change(self.top, 5)
        for production in self.line.mto_production_ids:
            with self.subTest(product=production.product_id.name):
                work = production.workorder_ids
                self.assertTrue(work.leave_id)
                self.assertEqual(
                    self._get_hours(work.date_start, work.date_finished),
                    work.duration_expected / 60,
                )
        self.assertEqual(self.top.workorder_ids.duration_expected, 300)
        made = self.line.mto_production_ids.filtered(
            lambda production: production.product_id == self.frame
        )
        self.assertEqual(sum(made.mapped("product_qty")), 5)
        parts = self.line.mto_production_ids - self.top
        self.assertGreaterEqual(self.top.date_start, max(parts.mapped("date_finished")))
        self.assertEqual(self.env["mto.planner"].check_consistency(), [])

    def test_less_gives_the_time_back(self):
        self._change(self.top, 2)
        work = self.top.workorder_ids
        self.assertEqual(self._get_hours(work.date_start, work.date_finished), 2)

    def _get_hours(self, start, finish):
        """Working hours between two moments."""
        return self.calendar.get_work_hours_count(
            start.replace(tzinfo=UTC), finish.replace(tzinfo=UTC), compute_leaves=False
        )
