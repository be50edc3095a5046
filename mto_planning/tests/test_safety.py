from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Datetime
from odoo.tests import tagged

from .common import MtoCase

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@tagged("post_install", "-at_install")
class TestSafety(MtoCase):
    """The customer's date is the plan and a safety.

    A table: one hour on Assembly, nothing to wait for. Planned on Monday 8:00 to 9:00.
    The company works from Monday to Friday, 8:00 to 17:00.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {"mto_safety_days": 2, "resource_calendar_id": cls.calendar.id}
        )
        cls.table = cls._make_product("Table")
        cls._make_bom(cls.table, [], [(cls.assembly, 60)])
        cls.planned = cls._at(cls, 0, 9)

    def _quote(self, product=None, **values):
        request = {"product_id": (product or self.table).id, "quantity": 1, **values}
        return self.env["mto.planner"].quote([request])[0]

    def _deliver(self, slippages, product=None, ahead=0, weeks=26, **values):
        """Write deliveries into the ledger, so many working days after their plan.

        :param ahead: working days from their promise to their plan; 0: an hour.
        :param weeks: how long ago they were promised.
        """
        product = product or self.table
        line = self._make_order((product, 1)).order_line
        told = self.planned - weeks * WEEK
        planned = self._later(told, ahead)
        promises = self.env["mto.promise"].create(
            [
                {
                    "line_id": line.id,
                    "company_id": self.company.id,
                    "product_id": product.id,
                    "state": "kept",
                    "planned_date": planned,
                    "actual_date": self._later(planned, days),
                    "confirmed_date": told - timedelta(hours=0 if ahead else 1),
                    **values,
                }
                for days in slippages
            ]
        )
        self.env.flush_all()
        return promises

    def _later(self, moment, days):
        """A moment so many working days after one on a Monday, or before it."""
        weeks, more = divmod(days + moment.weekday(), 5)
        return moment + weeks * WEEK + (more - moment.weekday()) * DAY

    def _learn(self):
        self.env["mto.safety"]._cron_learn()

    # What the company has set

    def test_the_customer_is_told_the_plan_and_the_safety(self):
        answer = self._quote()
        self.assertEqual(answer["planned_date"], str(self.planned))
        self.assertEqual(answer["promise_date"], str(self.planned + 2 * DAY))
        self.assertEqual(
            answer["safety"],
            {
                "days": 2.0,
                "service_level": 95,
                "cases": 0,
                "date_50": False,
                "date_90": False,
            },
        )
        last = answer["steps"][-1]
        self.assertEqual(
            (last["kind"], last["start"], last["finish"]),
            ("safety", str(self.planned), str(self.planned + 2 * DAY)),
        )

    def test_production_and_delivery_stand_where_they_are_planned(self):
        order = self._make_order((self.table, 1))
        order.action_confirm()
        line = order.order_line
        self.assertEqual(line.mto_promise_date, self.planned + 2 * DAY)
        self.assertEqual(line.mto_planned_date, self.planned)
        self.assertEqual(line.mto_production_ids.date_finished, self.planned)
        delivery = order.picking_ids
        self.assertEqual(delivery.scheduled_date, self.planned)
        self.assertEqual(delivery.date_deadline, self.planned + 2 * DAY)
        self.assertEqual(order.commitment_date, self.planned + 2 * DAY)
        self.assertEqual(line.mto_projected_date, self.planned)
        self.assertEqual(line.mto_slack_hours, 48)

    def test_a_requested_date_is_planned_for_with_the_safety_before_it(self):
        # Friday 12:00 less two days is Wednesday 12:00: work from 11:00 to 12:00.
        wanted = self._at(4, 12)
        answer = self._quote(requested_date=str(wanted))
        self.assertEqual(answer["promise_date"], str(wanted))
        self.assertEqual(answer["planned_date"], str(wanted - 2 * DAY))
        self.assertEqual(answer["steps"][0]["start"], str(self._at(2, 11)))
        self.assertTrue(answer["on_request"])

    def test_a_requested_sunday_is_a_sunday(self):
        sunday = self._at(6, 12)
        answer = self._quote(requested_date=str(sunday))
        self.assertEqual(answer["promise_date"], str(sunday))
        self.assertTrue(answer["on_request"])
        # Nobody works from Friday evening on.
        planned = Datetime.to_datetime(answer["planned_date"])
        self.assertEqual(planned, self._at(3, 0))
        safe = Datetime.to_datetime(answer["steps"][-1]["finish"])
        self.assertEqual(safe.date(), self._at(4, 12).date())
        self.assertAlmostEqual(answer["safety"]["days"], (safe - planned) / DAY, 2)

    def test_a_date_without_room_for_the_safety_is_not_promised(self):
        answer = self._quote(requested_date=str(self._at(1, 12)))
        self.assertFalse(answer["on_request"])
        self.assertEqual(answer["planned_date"], str(self.planned))
        self.assertEqual(answer["promise_date"], str(self.planned + 2 * DAY))

    def test_made_early_only_the_delivery_waits(self):
        self.company.mto_plan_early = True
        wanted = self._at(4, 12)
        answer = self._quote(requested_date=str(wanted))
        work, delivery, _safety = answer["steps"]
        self.assertEqual(work["start"], str(self._at(0, 8)))
        self.assertEqual(delivery["finish"], str(wanted - 2 * DAY))
        self.assertEqual(answer["promise_date"], str(wanted))
        order = self._make_order((self.table, 1), commitment_date=wanted)
        order.action_confirm()
        workorder = order.order_line.mto_production_ids.workorder_ids
        self.assertEqual(workorder.date_start, self._at(0, 8))
        self.assertEqual(order.picking_ids.scheduled_date, wanted - 2 * DAY)
        self.assertEqual(order.order_line.mto_promise_date, wanted)

    def test_settings_out_of_range_are_refused(self):
        for name, value in [
            ("mto_safety_days", -1),
            ("mto_service_level", 100),
            ("mto_service_level", 10),
            ("mto_hold_days", 0),
        ]:
            with self.subTest(name=name, value=value):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.company[name] = value
                    self.company.flush_recordset()

    # What was learned

    def test_the_safety_is_the_quantile_of_what_happened(self):
        # 19 deliveries 1 to 19 days late: rank 0.95 * 20 = 19, 0.5 * 20 = 10 and
        # 0.9 * 20 = 18.
        self._deliver(range(1, 20))
        self._learn()
        answer = self._quote()
        told = self._later(self.planned, 19)
        self.assertEqual(answer["promise_date"], str(told))
        self.assertEqual(answer["safety"]["days"], (told - self.planned).days)
        self.assertEqual(answer["safety"]["cases"], 19)
        for name, days in (("date_50", 10), ("date_90", 18)):
            date = str(self._later(self.planned, days))
            self.assertEqual(answer["safety"][name], date)

    def test_too_few_deliveries_teach_nothing(self):
        self._deliver(range(1, 19))
        self._learn()
        self.assertEqual(self._quote()["safety"]["days"], 2.0)

    def test_being_early_makes_no_date_earlier_than_its_plan(self):
        self._deliver([-5] * 30)
        self._learn()
        self.assertEqual(self._quote()["promise_date"], str(self.planned))

    def test_of_many_deliveries_the_latest_count(self):
        self._deliver([9] * 100, weeks=60)
        self._deliver([3] * 400, weeks=30)
        self._learn()
        # 500 are needed: all of the worse year count, too.
        self.assertEqual(self._quote()["safety"]["cases"], 500)
        self.assertEqual(self._usual().days, 9.0)
        self._deliver([2] * 510, weeks=20)
        self._learn()
        self.assertEqual(self._quote()["safety"]["cases"], 510)
        self.assertEqual(self._usual().days, 2.0)

    def _usual(self):
        return self.env["mto.safety"].search(
            [("company_id", "=", self.company.id), ("kind", "=", "company")]
        )

    def test_another_service_level_is_learned_at_once(self):
        self._deliver(range(1, 20))
        self._learn()
        self.company.mto_service_level = 50
        told = self._later(self.planned, 10)
        self.assertEqual(self._quote()["promise_date"], str(told))

    def test_the_category_counts_before_all_deliveries(self):
        furniture = self.env["product.category"].create({"name": "Furniture"})
        chairs = self.env["product.category"].create(
            {"name": "Chairs", "parent_id": furniture.id}
        )
        other = self._make_product("Other", categ_id=furniture.id)
        # None of 120 later than the safety of all: that is no chance.
        self._deliver([3] * 120, other)
        self._deliver([4] * 800)
        self._learn()
        self.table.categ_id = chairs  # the nearest category above that is known
        self.assertEqual(self._quote()["safety"]["days"], 3.0)
        self.table.categ_id = self.lamp.categ_id
        self.assertEqual(self._quote()["safety"]["days"], 4.0)

    def test_a_few_deliveries_of_a_kind_belong_to_all(self):
        self._deliver([3] * 20, constraint_workcenter_id=self.assembly.id)
        self._deliver([4] * 40)
        self._learn()
        learned = self.env["mto.safety"].search([("company_id", "=", self.company.id)])
        by_kind = learned.grouped("kind")
        self.assertEqual(by_kind["center"].days, 3.0)
        self.assertFalse(by_kind["center"].is_own)
        self.assertTrue(by_kind["company"].is_own)
        self._book_assembly()
        answer = self._quote()
        self.assertEqual(answer["constraint"]["kind"], "capacity")
        self.assertEqual(answer["safety"]["cases"], 60)

    def test_a_center_that_sets_the_date_counts_before_the_category(self):
        # Half of those that Assembly held up were later than the safety of all.
        self._deliver([1] * 400)
        self._deliver([1, 3] * 10, constraint_workcenter_id=self.assembly.id)
        self._learn()
        self.assertEqual(self._quote()["safety"]["cases"], 420)
        self._book_assembly()
        answer = self._quote()
        self.assertEqual(answer["constraint"]["kind"], "capacity")
        self.assertEqual(answer["safety"]["cases"], 20)
        self.assertEqual(answer["planned_date"], str(self._at(1, 9)))
        self.assertEqual(answer["promise_date"], str(self._at(4, 9)))

    def _book_assembly(self):
        """All Monday: the table waits for it until Tuesday."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "booked",
                "resource_id": self.assembly.resource_id.id,
                "calendar_id": self.calendar.id,
                "time_type": "other",
                "date_from": self._at(0, 8),
                "date_to": self._at(0, 17),
            }
        )

    def test_a_vendor_that_sets_the_date_counts(self):
        slow = self._make_bought("Slow part", 10)
        chair = self._make_product("Chair")
        self._make_bom(chair, [(slow, 1)], [(self.assembly, 60)])
        self._deliver([6] * 20, constraint_partner_id=self.vendor.id)
        self._deliver([0] * 400)
        self._learn()
        answer = self._quote(chair)
        self.assertEqual(answer["constraint"]["kind"], "lead_time")
        self.assertEqual(answer["safety"]["cases"], 20)
        planned = Datetime.to_datetime(answer["planned_date"])
        self.assertEqual(answer["promise_date"], str(self._later(planned, 6)))

    # Days that count

    def test_days_on_which_nobody_works_do_not_count(self):
        self.company.mto_safety_days = 6
        self.assertEqual(self._quote()["promise_date"], str(self._at(8, 9)))
        self.assertEqual(self._quote()["safety"]["days"], 8.0)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": self._at(2, 0),
                "date_to": self._at(2, 23),
            }
        )
        self.assertEqual(self._quote()["promise_date"], str(self._at(9, 9)))
        # Asked for that Wednesday: six days before is the Monday, 9:00.
        answer = self._quote(requested_date=str(self._at(9, 9)))
        self.assertEqual(answer["planned_date"], str(self.planned))
        self.assertEqual(answer["promise_date"], str(self._at(9, 9)))

    def test_other_companies_have_their_own_holidays(self):
        self.company.mto_safety_days = 6
        other = self.env["res.company"].create({"name": "Other"})
        self.env["resource.calendar.leaves"].with_company(other).create(
            {
                "name": "Holiday elsewhere",
                "calendar_id": False,
                "date_from": self._at(2, 0),
                "date_to": self._at(2, 23),
            }
        )
        self.assertEqual(self._quote()["promise_date"], str(self._at(8, 9)))

    def test_a_date_is_not_at_night(self):
        # Monday 9:00 and 12 hours are 21:00: what is not done at 17:00 is not then.
        self.company.mto_safety_days = 0.5
        self.assertEqual(self._quote()["promise_date"], str(self._at(0, 17)))

    def test_without_a_calendar_all_days_count(self):
        self.company.resource_calendar_id = False
        self.company.mto_safety_days = 6
        self.assertEqual(self._quote()["promise_date"], str(self.planned + 6 * DAY))

    # How long ahead

    def test_what_is_planned_longer_ahead_has_more_safety(self):
        slow = self._make_bought("Slow part", 12)  # nine to ten working days
        chair = self._make_product("Chair")
        self._make_bom(chair, [(slow, 1)], [(self.assembly, 60)])
        self._deliver([2] * 20, ahead=4)
        self._deliver([3] * 19, ahead=9)
        self._deliver([4], ahead=16)
        self._learn()
        learned = self.env["mto.safety"].search([("company_id", "=", self.company.id)])
        usual = learned.filtered(lambda row: row.kind == "company")
        self.assertEqual((usual.lead_days, usual.longest_days), (9, 16))
        self.assertEqual((usual.days, usual.days_50), (3.0, 3.0))
        # One day for each root of a day: the table is planned for today.
        self.assertEqual(self._quote()["promise_date"], str(self._at(1, 9)))
        answer = self._quote(chair)
        planned = Datetime.to_datetime(answer["planned_date"])
        self.assertEqual(planned, self._at(14, 9))  # ten working days and an hour
        days = timedelta(seconds=round(86400 * 11**0.5))
        self.assertEqual(answer["promise_date"], str(planned + days)[:19])

    def test_a_far_requested_date_has_the_longest_that_was_learned(self):
        self._deliver([2] * 20, ahead=4)
        self._deliver([3], ahead=9)
        self._learn()
        wanted = self._at(60, 12)  # a Friday
        answer = self._quote(requested_date=str(wanted))
        self.assertEqual(answer["planned_date"], str(wanted - 3 * DAY))
        self.assertEqual(answer["promise_date"], str(wanted))

    def test_planned_just_in_time_it_is_late_from_its_start_on(self):
        start = self.planned - 21 * WEEK
        wanted = {"on_request": True, "requested_date": start, "latest_start": start}
        self._deliver([2] * 20, ahead=29, **wanted)
        self._learn()
        self.assertEqual(self.env["mto.safety"].search([], limit=1).lead_days, 4)

    def test_of_a_date_accepted_later_the_first_plan_counts(self):
        accepted = self._deliver([5] * 20, ahead=4)
        first = accepted[0].copy({"state": "superseded"})
        first.confirmed_date = accepted[0].confirmed_date
        planned = accepted[0].planned_date
        accepted.write(
            {
                "first_planned_date": planned,
                "planned_date": planned + 5 * DAY,
                "confirmed_date": planned,
            }
        )
        self._learn()
        learned = self.env["mto.safety"].search([], limit=1)
        self.assertEqual((learned.days, learned.lead_days), (5.0, 4))

    def test_the_delivery_of_an_order_is_a_case(self):
        order = self._make_order((self.table, 1))
        order.action_confirm()
        production = order.order_line.mto_production_ids
        production.qty_producing = 1
        production.button_mark_done()
        order.picking_ids.button_validate()
        promise = order.order_line.mto_promise_id
        self.assertEqual(promise.state, "kept")
        expected = (Datetime.now() - self.planned) / DAY
        self.assertAlmostEqual(promise.slippage_days, expected, 4)

    def test_only_a_manager_sets_and_nobody_writes_what_is_learned(self):
        self._deliver(range(1, 20))
        self._learn()
        learned = self.env["mto.safety"].search([], limit=1)
        for user in (self.salesperson, self.planner):
            with self.assertRaises(AccessError):
                learned.with_user(user).days = 0
        learned.with_user(self.planner).action_learn()
        with self.assertRaises(AccessError):
            learned.with_user(self.salesperson).action_learn()
