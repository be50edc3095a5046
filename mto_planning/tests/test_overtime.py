from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestOvertime(MtoCase):
    """Hours that a work center works once: for dates, plans, and core's planning."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls._make_product("Table")
        cls._make_bom(cls.table, [], [(cls.assembly, 480)])

    def _make_overtime(self, day, start, end, center=None, user=None):
        overtime = self.env["mto.overtime"].with_user(user or self.planner)
        return overtime.create(
            {
                "workcenter_id": (center or self.assembly).id,
                "date_from": self._at(day, start),
                "date_to": self._at(day, end),
            }
        )

    def _quote(self, quantity):
        request = {"product_id": self.table.id, "quantity": quantity}
        (answer,) = self.env["mto.planner"].quote([request])
        return answer["planned_date"]

    def _open_hours(self, weeks=2):
        load = self.env["mto.planner"].with_user(self.planner).load(weeks)
        (row,) = [
            row for row in load["centers"] if row["workcenter_id"] == self.assembly.id
        ]
        return [period["open_hours"] for period in row["loads"]]

    def test_a_saturday_makes_the_date_earlier(self):
        self.assertEqual(self._quote(6), str(self._at(7, 17)))
        overtime = self._make_overtime(5, 8, 16)
        self.assertEqual(self._quote(6), str(self._at(5, 16)))
        self.assertEqual(overtime.hours, 8)
        self.assertEqual(self._open_hours(), [48, 40])
        overtime.unlink()
        self.assertEqual(self._quote(6), str(self._at(7, 17)))

    def test_what_is_open_anyway_adds_nothing(self):
        # 12 to 13 is the break, 17 to 19 the evening.
        self._make_overtime(0, 10, 19)
        self.assertEqual(self._open_hours(), [43, 40])
        self.assertEqual(self._quote(1), str(self._at(0, 16)))

    def test_overtimes_that_overlap_count_once(self):
        self._make_overtime(5, 8, 12)
        self._make_overtime(5, 10, 14)
        self.assertEqual(self._open_hours(), [46, 40])

    def test_other_work_centers_with_the_same_hours_do_not_work(self):
        self._make_overtime(5, 8, 16, center=self.bending)
        self.assertEqual(self._open_hours(), [40, 40])

    def test_in_time_off_nobody_works_overtime(self):
        self._make_overtime(5, 8, 16)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": self._at(5, 0),
                "date_to": self._at(6, 0),
            }
        )
        self.assertEqual(self._open_hours(), [40, 40])

    def test_with_flexible_hours(self):
        self.calendar.write(
            {"flexible_hours": True, "hours_per_day": 8, "full_time_required_hours": 40}
        )
        self._make_overtime(5, 8, 16)
        self.assertEqual(self._open_hours(), [48, 40])

    def test_cores_own_search_uses_it(self):
        start, end = self.assembly._get_first_available_slot(self._at(4, 18), 240)
        self.assertEqual((start, end), (self._at(7, 8), self._at(7, 12)))
        self._make_overtime(5, 8, 16)
        start, end = self.assembly._get_first_available_slot(self._at(4, 18), 240)
        self.assertEqual((start, end), (self._at(5, 8), self._at(5, 12)))

    def test_confirmed_work_stands_in_it(self):
        self._make_overtime(5, 8, 16)
        order = self._make_order((self.table, 6))
        order.action_confirm()
        workorder = order.order_line.mto_production_ids.workorder_ids
        self.assertEqual(workorder.date_finished, self._at(5, 16))
        self.assertFalse(self.env["mto.planner"].check_consistency())

    def test_orders_are_told_when_it_is_taken_back(self):
        overtime = self._make_overtime(5, 8, 16)
        order = self._make_order((self.table, 6))
        order.action_confirm()
        line = order.order_line
        self.assertEqual(line.mto_risk, "on_track")
        overtime.date_to = self._at(5, 12)
        self.assertEqual(line.mto_projected_date, self._at(7, 12))
        overtime.unlink()
        self.assertEqual(line.mto_projected_date, self._at(7, 17))

    def test_hours_of_people_are_not_asked_for(self):
        employee = self.env["resource.resource"].create(
            {"name": "Ann", "resource_type": "user", "calendar_id": self.calendar.id}
        )
        self._make_overtime(5, 8, 16)
        start, end = (
            moment.astimezone() for moment in (self._at(5, 0), self._at(6, 0))
        )
        hours = self.calendar._work_intervals_batch(start, end, resources=employee)
        self.assertFalse(hours[employee.id])

    def test_until_must_be_later(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._make_overtime(5, 16, 8)

    def test_planners_alone(self):
        for user in (self.salesperson, self.buyer):
            with self.assertRaises(AccessError):
                self._make_overtime(5, 8, 16, user=user)

    def test_of_another_company_it_is_not_seen(self):
        overtime = self._make_overtime(5, 8, 16)
        company = self.env["res.company"].create({"name": "Other"})
        self.planner.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        self.assertFalse(
            self.env["mto.overtime"].with_user(self.planner).search([]) & overtime
        )
