from freezegun import freeze_time

from odoo.tests import tagged

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestBlocked(MtoCase):
    """A saw that breaks on Monday, 8 to 12 and 13 to 17; a panel takes two hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._make_workcenter("Saw")
        cls.sheet = cls._make_bought("Sheet", on_order=False)
        cls._make_stock(cls.sheet, 1000)
        cls.panel = cls._make_product("Panel")
        cls._make_bom(cls.panel, [(cls.sheet, 1)], [(cls.saw, 120)])

    def _block(self, center=None, **values):
        """Block as core's wizard does."""
        loss = self.env["mrp.workcenter.productivity.loss"].search(
            [("loss_type", "=", "availability")], limit=1
        )
        log = self.env["mrp.workcenter.productivity"].create(
            {"workcenter_id": (center or self.saw).id, "loss_id": loss.id}
        )
        log.button_block()
        (center or self.saw).write(values)
        return log

    def _quote(self, **context):
        planner = self.env["mto.planner"].with_context(**context)
        (answer,) = planner.quote([{"product_id": self.panel.id, "quantity": 1}])
        return answer

    def _confirm(self, **values):
        order = self._make_order((self.panel, 1), **values)
        order.mto_compute_promise()
        order.action_confirm()
        return order.order_line

    def _work(self, line):
        return line.mto_production_ids.workorder_ids

    # Promises

    def test_blocked_until_it_is_expected_back(self):
        self._block(mto_back_on=self._at(3, 10))
        answer = self._quote()
        self.assertEqual(answer["promise_date"], str(self._at(3, 12)))
        self.assertEqual(answer["constraint"]["kind"], "capacity")
        self.assertEqual(answer["constraint"]["workcenter_id"], self.saw.id)
        self.assertEqual(answer["constraint"]["text"], "Saw is blocked until March 4.")
        workorder = self._work(self._confirm())
        self.assertEqual(
            (workorder.date_start, workorder.date_finished),
            (self._at(3, 10), self._at(3, 12)),
        )

    def test_days_are_written_as_the_language_of_the_user_has_them(self):
        self._block(mto_back_on=self._at(3, 10))
        for lang, day in (
            ("en_US", "March 4"),
            ("en_GB", "4 March"),
            ("de_DE", "4. März"),
            ("ja_JP", "3月4日"),
        ):
            self.env["res.lang"]._activate_lang(lang)
            with self.subTest(lang=lang):
                answer = self._quote(lang=lang)
                self.assertIn(day, answer["constraint"]["text"])

    def test_without_a_date_it_is_back_on_another_day(self):
        self._block()
        self.assertEqual(self._quote()["promise_date"], str(self._at(1, 10)))
        workorder = self._work(self._confirm())
        self.assertEqual(workorder.date_start, self._at(1, 8))

    def test_a_date_that_has_passed_is_none(self):
        self._block(mto_back_on=self._at(0, 9))
        self.assertEqual(self._quote()["promise_date"], str(self._at(0, 11)))
        with freeze_time(self._at(0, 13)):
            self.assertEqual(self._quote()["promise_date"], str(self._at(1, 10)))

    def test_on_friday_it_is_back_on_monday(self):
        with freeze_time(self._at(4, 9)):
            self._block()
            answer = self._quote()
            self.assertEqual(answer["promise_date"], str(self._at(7, 10)))
            self.assertIn("blocked until March 8", answer["constraint"]["text"])

    def test_another_day_is_one_of_the_work_center(self):
        """Nine on Monday in Tokyo is Sunday midnight in UTC: its Tuesday counts."""
        self.saw.resource_calendar_id = self._make_calendar((8, 17), tz="Asia/Tokyo")
        with freeze_time(self._at(0, 0)):
            self._block()
            self.assertEqual(self._quote()["promise_date"], str(self._at(1, 1)))
        with freeze_time(self._at(0, 23)):  # eight on Tuesday
            self.assertEqual(self._quote()["promise_date"], str(self._at(2, 1)))

    def test_a_request_before_it_is_back_cannot_be_kept(self):
        self._block(mto_back_on=self._at(3, 10))
        for wanted, on_request in ((self._at(2, 17), False), (self._at(3, 15), True)):
            order = self._make_order((self.panel, 1), commitment_date=wanted)
            (answer,) = order.mto_compute_promise()
            self.assertEqual(answer["on_request"], on_request)

    def test_alternatives_are_used_meanwhile(self):
        other = self._make_workcenter("Old saw", time_efficiency=50)
        self.saw.alternative_workcenter_ids = other
        before = self._quote()
        self.assertEqual(before["promise_date"], str(self._at(0, 10)))
        self._block()
        workorder = self._work(self._confirm())
        self.assertEqual(workorder.workcenter_id, other)
        # Half as fast.
        self.assertEqual(
            (workorder.date_start, workorder.date_finished), (NOW, self._at(0, 12))
        )

    def test_unblocked_it_is_used_at_once(self):
        before = self._quote()
        self._block(mto_back_on=self._at(3, 10))
        self.assertNotEqual(self._quote(), before)
        self.saw.unblock()
        self.assertFalse(self.saw.mto_back_on)
        self.assertEqual(self._quote(), before)
        log = self._block(mto_back_on=self._at(4, 10))
        log.loss_id = self.env.ref("mrp.block_reason1")
        self.assertEqual(self.saw.mto_back_on, self._at(4, 10))
        log.date_end = NOW
        self.assertFalse(self.saw.mto_back_on)
        self.assertEqual(self._quote(), before)

    def test_work_that_runs_does_not_block(self):
        first = self._work(self._confirm())
        before = self._quote()
        first.button_start()
        self.assertEqual(self.saw.working_state, "done")
        self.assertEqual(self._quote(), before)

    # Plans of what exists

    def _replan(self, **options):
        return self.env["mto.planner"].with_user(self.planner).replan(options)

    def test_replan_moves_what_waits_for_it_and_nothing_else(self):
        first, second = self._confirm(), self._confirm()
        running = self._work(first)
        running.button_start()
        begun = (running.date_start, running.date_finished)
        self._block(mto_back_on=self._at(3, 10))
        # Though it begins within the days that are left alone.
        self._replan(frozen_days=2)
        self.assertEqual((running.date_start, running.date_finished), begun)
        moved = self._work(second)
        self.assertEqual(
            (moved.date_start, moved.date_finished), (self._at(3, 10), self._at(3, 12))
        )
        self.assertEqual(
            (moved.leave_id.date_from, moved.leave_id.date_to),
            (moved.date_start, moved.date_finished),
        )

    def test_frozen_work_after_it_is_back_stays(self):
        line = self._confirm(commitment_date=self._at(4, 12))
        work = self._work(line)
        planned = (work.date_start, work.date_finished)
        self.assertEqual(planned, (self._at(4, 10), self._at(4, 12)))
        self._block(mto_back_on=self._at(3, 10))
        self._replan(frozen_days=30, method="earliest")
        self.assertEqual((work.date_start, work.date_finished), planned)
        self._replan(method="earliest")
        self.assertEqual(work.date_start, self._at(3, 10))

    def test_what_follows_moved_work_moves_with_it(self):
        """Also within the days that are left alone: in the order, and in that above."""
        bench = self._make_workcenter("Bench")
        door = self._make_product("Door")
        self._make_bom(door, [(self.sheet, 1)], [(self.saw, 120), (bench, 60)])
        cabinet = self._make_product("Cabinet")
        self._make_bom(cabinet, [(door, 1)], [(bench, 30)])
        order = self._make_order((cabinet, 1))
        order.action_confirm()
        line = order.order_line

        def spans():
            workorders = line.mto_production_ids.workorder_ids.sorted("date_start")
            return [
                (one.workcenter_id, one.date_start, one.date_finished)
                for one in workorders
            ]

        self.assertEqual(
            spans(),
            [
                (self.saw, self._at(0, 8), self._at(0, 10)),
                (bench, self._at(0, 10), self._at(0, 11)),
                (bench, self._at(0, 11), self._at(0, 11, 30)),
            ],
        )
        # The bench could go on in time, but would not have the door yet.
        self._block(mto_back_on=self._at(0, 9, 30))
        self._replan(frozen_days=5)
        self.assertEqual(
            spans(),
            [
                (self.saw, self._at(0, 9, 30), self._at(0, 11, 30)),
                (bench, self._at(0, 11, 30), self._at(0, 13, 30)),
                (bench, self._at(0, 13, 30), self._at(0, 14)),
            ],
        )

    def test_replan_uses_the_alternative(self):
        other = self._make_workcenter("Old saw")
        self.saw.alternative_workcenter_ids = other
        work = self._work(self._confirm())
        self.assertEqual(work.workcenter_id, self.saw)
        self._block()
        self._replan()
        self.assertEqual(work.workcenter_id, other)
        self.assertEqual(work.date_start, NOW)

    def test_plan_button_waits_for_it(self):
        production = self._confirm().mto_production_ids
        production.button_unplan()
        self._block(mto_back_on=self._at(3, 10))
        production.button_plan()
        self.assertEqual(production.date_start, self._at(3, 10))
