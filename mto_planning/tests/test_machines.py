import random
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestMachines(MtoCase):
    """A work center with two saws, 8 to 12 and 13 to 17; a panel takes five hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._make_workcenter("Saw", mto_machines=2)
        cls.sheet = cls._make_bought("Sheet", on_order=False)
        cls._make_stock(cls.sheet, 1000)
        cls.panel = cls._make_product("Panel")
        cls._make_bom(cls.panel, [(cls.sheet, 1)], [(cls.saw, 300)])

    def _confirm(self, product=None, **values):
        order = self._make_order((product or self.panel, 1), **values)
        order.mto_compute_promise()
        order.action_confirm()
        return order.order_line

    def _times(self, lines):
        return [
            (workorder.date_start, workorder.date_finished)
            for workorder in lines.mto_production_ids.workorder_ids.sorted("id")
        ]

    def _make_stock_order(self, start=None):
        """An order for stock, planned by core's own search."""
        production = self.env["mrp.production"].create(
            {"product_id": self.panel.id, "date_start": start or NOW}
        )
        production.action_confirm()
        production.button_plan()
        return production.workorder_ids

    def _most_at_once(self, center):
        """The most bookings of a work center that share a moment."""
        leaves = self.env["resource.calendar.leaves"].search(
            [("resource_id", "=", center.resource_id.id), ("time_type", "=", "other")]
        )
        spans = [(leave.date_from, leave.date_to) for leave in leaves]
        return max(
            sum(start <= moment < end for start, end in spans) for moment, _end in spans
        )

    # By hand

    # Two begin at eight and work until two; the third until five, and from eight to
    # ten on Tuesday.
    FIRST = (NOW, NOW + timedelta(hours=6))
    THIRD = (NOW + timedelta(hours=6), NOW + timedelta(days=1, hours=2))

    def test_three_at_once_on_two_machines(self):
        order = self._make_order(*[(self.panel, 1)] * 3)
        answers = order.mto_compute_promise()
        expected = [self.FIRST, self.FIRST, self.THIRD]
        self.assertEqual(
            [answer["promise_date"] for answer in answers],
            [str(finish) for _start, finish in expected],
        )
        self.assertEqual(answers[2]["constraint"]["text"], "Saw is full until March 1.")
        order.action_confirm()
        lines = order.order_line
        self.assertEqual([self._times(line)[0] for line in lines], expected)
        deliveries = [
            line.move_ids.filtered(
                lambda move: move.location_dest_id.usage == "customer"
            )
            for line in lines
        ]
        self.assertEqual(
            [delivery.date for delivery in deliveries],
            [finish for _start, finish in expected],
        )
        self.assertEqual(self._most_at_once(self.saw), 2)

    def test_one_order_after_the_other(self):
        lines = [self._confirm() for _order in range(3)]
        self.assertEqual(
            [self._times(line)[0] for line in lines],
            [self.FIRST, self.FIRST, self.THIRD],
        )

    def test_just_in_time_uses_all_machines(self):
        wanted = self._at(4, 17)
        lines = [self._confirm(commitment_date=wanted) for _order in range(3)]
        last = (self._at(4, 11), wanted)
        before = (self._at(3, 15), self._at(4, 11))
        self.assertEqual([self._times(line)[0] for line in lines], [last, last, before])

    def test_plan_button_and_replan_use_all_machines(self):
        lines = self.env["sale.order.line"].concat(
            *(self._confirm() for _order in range(3))
        )
        before = self._times(lines)
        lines.mto_production_ids.button_unplan()
        lines.mto_production_ids.button_plan()
        self.assertEqual(self._times(lines), before)
        self.saw.mto_machines = 3
        self.env["mto.planner"].with_user(self.planner).replan({"method": "earliest"})
        self.assertEqual(self._times(lines), [self.FIRST] * 3)

    # Orders for stock, planned by core's button

    def test_core_fills_all_machines_and_no_more(self):
        workorders = [self._make_stock_order() for _order in range(3)]
        self.assertEqual(
            [(one.date_start, one.date_finished) for one in workorders],
            [self.FIRST, self.FIRST, self.THIRD],
        )

    def test_core_searches_backward_too(self):
        for _order in range(2):
            self._make_stock_order(self._at(2, 8))
        # Both are busy on Wednesday from eight to two; three hours are left.
        for minutes, expected in (
            (180, (self._at(2, 14), self._at(2, 17))),
            (300, (self._at(1, 11), self._at(1, 17))),
        ):
            slot = self.saw._get_first_available_slot(
                self._at(2, 17), minutes, forward=False
            )
            self.assertEqual(slot, expected)

    def test_core_counts_its_simulated_work(self):
        self._make_stock_order()
        simulated = [self.FIRST]
        slot = self.saw._get_first_available_slot(
            NOW, 300, extra_leaves_slots=simulated
        )
        self.assertEqual(slot, self.THIRD)
        self.assertEqual(self.saw._get_first_available_slot(NOW, 300), self.FIRST)

    def test_core_ignores_what_it_is_told_to(self):
        leaves = self._make_stock_order().leave_id + self._make_stock_order().leave_id
        slot = self.saw._get_first_available_slot(NOW, 300)
        self.assertEqual(slot, self.THIRD)
        slot = self.saw._get_first_available_slot(NOW, 300, leaves_to_ignore=leaves[0])
        self.assertEqual(slot, self.FIRST)

    def test_ours_and_stock_orders_share_the_machines(self):
        stock = self._make_stock_order()
        ours = [self._confirm() for _order in range(2)]
        self.assertEqual(
            [(stock.date_start, stock.date_finished)]
            + [self._times(line)[0] for line in ours],
            [self.FIRST, self.FIRST, self.THIRD],
        )
        self.assertEqual(self._most_at_once(self.saw), 2)

    def test_never_more_at_once_than_machines(self):
        dice = random.Random(20270301)
        drill = self._make_workcenter("Drill", mto_machines=3)
        lines = self.env["sale.order.line"]
        for number in range(25):
            part = self._make_product(f"Part {number}")
            centers = dice.choice(
                [(self.saw, drill), (drill, self.saw), (drill, drill)]
            )
            minutes = [dice.choice([20, 95, 240, 610]) for _center in centers]
            self._make_bom(
                part, [(self.sheet, 1)], list(zip(centers, minutes, strict=True))
            )
            wanted = dice.choice([False, self._at(dice.randint(3, 9), 15)])
            lines |= self._confirm(part, commitment_date=wanted)
            if dice.random() < 0.4:
                self._make_stock_order(self._at(dice.randint(0, 3), 8))
        for method in (None, "earliest", "just_in_time"):
            if method:
                self.env["mto.planner"].with_user(self.planner).replan(
                    {"method": method}
                )
            with self.subTest(method=method):
                workorders = self.env["mrp.workorder"].search(
                    [("workcenter_id", "in", (self.saw + drill).ids)]
                )
                self.assertFalse(workorders._get_conflicted_workorder_ids())
                self.assertEqual(self._most_at_once(self.saw), 2)
                self.assertEqual(self._most_at_once(drill), 3)

    # Conflicts

    def _popovers(self, workorders):
        workorders.invalidate_recordset(["json_popover"])
        return ["same time" in (one.json_popover or "") for one in workorders]

    def test_more_than_machines_are_a_conflict(self):
        lines = [self._confirm() for _order in range(3)]
        first, second, third = (line.mto_production_ids.workorder_ids for line in lines)
        workorders = first + second + third
        self.assertEqual(self._popovers(workorders), [False] * 3)
        third.write({"date_start": self._at(0, 9), "date_finished": self._at(0, 10)})
        self.assertEqual(self._popovers(workorders), [True] * 3)
        # Side by side: at no moment more than two.
        second.date_finished = self._at(0, 9)
        self.assertEqual(self._popovers(workorders), [False] * 3)
        self.saw.mto_machines = 1
        self.assertEqual(self._popovers(workorders), [True] * 3)

    # The number

    @mute_logger("odoo.sql_db")
    def test_a_center_has_a_machine(self):
        self.assertEqual(self.assembly.mto_machines, 1)
        for number in (0, -1):
            with (
                self.subTest(number=number),
                self.assertRaisesRegex(IntegrityError, "mto_machines_positive"),
                self.env.cr.savepoint(),
            ):
                self.saw.mto_machines = number
                self.env.flush_all()
        # What the user reads instead.
        words = self.saw._mto_machines_positive.get_error_message(self.saw)
        self.assertIn("“Parallel Machines” must be at least 1", words)
