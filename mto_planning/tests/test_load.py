from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestLoad(MtoCase):
    """How full work centers are, week by week, from Monday 8:00 on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls._make_product("Table")
        cls._make_bom(cls.table, [], [(cls.assembly, 480)])

    def _load(self, weeks=2):
        load = self.env["mto.planner"].with_user(self.planner).load(weeks)
        rows = {row["workcenter_id"]: row for row in load["centers"]}
        return load, rows[self.assembly.id]

    def test_an_empty_center_is_free(self):
        load, row = self._load()
        self.assertEqual(
            [(period["start"], period["finish"]) for period in load["periods"]],
            [
                (str(NOW), "2027-03-08 00:00:00"),
                ("2027-03-08 00:00:00", "2027-03-15 00:00:00"),
            ],
        )
        free = {"open_hours": 40, "used_hours": 0, "held_hours": 0, "added_hours": 0}
        self.assertEqual(row["loads"], [free, free])

    def test_planned_work_counts_in_the_week_where_it_is(self):
        # Seven days of work: five in this week, two in the next.
        self._make_order((self.table, 7)).action_confirm()
        load, row = self._load()
        self.assertEqual([one["used_hours"] for one in row["loads"]], [40, 16])
        self.assertEqual(load["bottleneck"]["workcenter_id"], self.assembly.id)
        self.assertEqual(load["bottleneck"]["percent"], 70)
        self.assertIn("70 % booked until March 14", load["bottleneck"]["text"])

    def test_what_core_plans_counts_too(self):
        self._confirm_as_stock_odoo(self._make_order((self.table, 1)))
        production = self.env["mrp.production"].search(
            [("product_id", "=", self.table.id)]
        )
        production.button_plan()
        _load, row = self._load()
        self.assertEqual(row["loads"][0]["used_hours"], 8)

    def test_what_is_held_is_told(self):
        self._make_order((self.table, 1)).mto_hold(NOW + timedelta(days=3))
        _load, row = self._load()
        self.assertEqual(
            row["loads"][0],
            {"open_hours": 40, "used_hours": 8, "held_hours": 8, "added_hours": 0},
        )

    def test_all_machines_count(self):
        self.assembly.mto_machines = 2
        self._make_order((self.table, 1)).action_confirm()
        _load, row = self._load()
        self.assertEqual(row["loads"][0]["open_hours"], 80)
        self.assertEqual(row["loads"][0]["used_hours"], 8)

    def test_weeks_begin_where_the_user_is(self):
        self.planner.tz = "Europe/Berlin"
        load, _row = self._load(1)
        self.assertEqual(load["periods"][0]["finish"], "2027-03-07 23:00:00")

    def test_the_number_of_queries_does_not_grow_with_the_bookings(self):
        self._load()
        with self.assertQueryCount(15):
            self._load()

    def test_wrong_weeks_and_wrong_users_are_refused(self):
        for weeks in (0, 53, "4", True, None, 1.5):
            with self.subTest(weeks=weeks), self.assertRaises(ValidationError):
                self._load(weeks)
        for user in (self.salesperson, self.buyer):
            with self.assertRaises(AccessError):
                self.env["mto.planner"].with_user(user).load()
