from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tests import tagged

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestLoadWhatIf(MtoCase):
    """What quotations would add, and what other capacity would give."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls._make_product("Table")
        cls._make_bom(cls.table, [], [(cls.assembly, 480)])

    def _load(self, weeks=3, **what_if):
        planner = self.env["mto.planner"].with_user(self.planner)
        load = planner.load(weeks, what_if)
        rows = {row["workcenter_id"]: row for row in load["centers"]}
        return load, rows[self.assembly.id]["loads"]

    def _assume(self, **change):
        change["workcenter_id"] = self.assembly.id
        return self._load(changes=[change])[1]

    def _hours(self, loads, name):
        return [load[f"{name}_hours"] for load in loads]

    # Quotations

    def test_a_quotation_adds_what_it_takes_when_it_is_confirmed(self):
        self._make_order((self.table, 3)).action_confirm()
        order = self._make_order((self.table, 4))
        load, loads = self._load(order_ids=order.ids)
        self.assertEqual(self._hours(loads, "used"), [24, 0, 0])
        self.assertEqual(self._hours(loads, "added"), [16, 16, 0])
        (row,) = load["quotations"]
        self.assertEqual(row["order"], order.name)
        self.assertEqual(
            row["loads"],
            [{"workcenter_id": self.assembly.id, "hours": [16.0, 16.0, 0.0]}],
        )
        order.action_confirm()
        _load, loads = self._load()
        self.assertEqual(self._hours(loads, "used"), [40, 16, 0])
        self.assertEqual(
            row["promise_date"], str(order.order_line.mto_promise_id.promise_date)
        )

    def test_nothing_is_written(self):
        order = self._make_order((self.table, 4))
        self._load(order_ids=order.ids)
        self.assertFalse(order.order_line.mto_promise_id)
        self.assertEqual(self._hours(self._load()[1], "used"), [0, 0, 0])

    def test_several_quotations_compete_in_their_order(self):
        first = self._make_order((self.table, 5))
        second = self._make_order((self.table, 1))
        load, loads = self._load(order_ids=[second.id, first.id])
        self.assertEqual(
            [row["order_id"] for row in load["quotations"]], [second.id, first.id]
        )
        self.assertEqual(
            [row["loads"][0]["hours"] for row in load["quotations"]],
            [[8, 0, 0], [32, 8, 0]],
        )
        self.assertEqual(self._hours(loads, "added"), [40, 8, 0])

    def test_what_a_quotation_holds_already_counts_once(self):
        order = self._make_order((self.table, 2))
        order.mto_hold(NOW.replace(day=20))
        _load, loads = self._load(order_ids=order.ids)
        self.assertEqual(
            loads[0],
            {"open_hours": 40, "used_hours": 0, "held_hours": 0, "added_hours": 16},
        )

    def test_a_quotation_without_production_adds_nothing(self):
        bought = self._make_bought("Vase", on_order=False)
        load, loads = self._load(order_ids=self._make_order((bought, 1)).ids)
        self.assertEqual(self._hours(loads, "added"), [0, 0, 0])
        self.assertEqual(load["quotations"][0]["promise_date"], False)

    # Capacity

    def test_one_machine_more(self):
        self._make_order((self.table, 3)).action_confirm()
        loads = self._assume(machines=1)
        self.assertEqual(self._hours(loads, "open"), [80, 80, 80])
        self.assertEqual(self._hours(loads, "used"), [24, 0, 0])
        self.assertEqual(self.assembly.mto_machines, 1)

    def test_longer_days(self):
        loads = self._assume(overtime_hours=2)
        self.assertEqual(self._hours(loads, "open"), [50, 50, 50])

    def test_work_of_a_blocked_week_goes_to_the_first_free_time_after_it(self):
        for quantity in (5, 3):
            self._make_order((self.table, quantity)).action_confirm()
        loads = self._assume(blocked_weeks=[0])
        self.assertEqual(self._hours(loads, "open"), [0, 40, 40])
        self.assertEqual(self._hours(loads, "used"), [0, 40, 24])

    def test_work_that_spans_a_blocked_week_ends_after_it(self):
        self._make_order((self.table, 7)).action_confirm()
        loads = self._assume(blocked_weeks=[1])
        self.assertEqual(self._hours(loads, "open"), [40, 0, 40])
        self.assertEqual(self._hours(loads, "used"), [40, 0, 16])

    def test_a_quotation_is_planned_with_what_is_assumed(self):
        order = self._make_order((self.table, 6))
        change = {"workcenter_id": self.assembly.id, "overtime_hours": 2}
        load, loads = self._load(order_ids=order.ids, changes=[change])
        self.assertEqual(self._hours(loads, "added"), [48, 0, 0])
        self.assertEqual(load["quotations"][0]["promise_date"][:10], "2027-03-05")

    # The bottleneck

    def test_the_first_week_with_time_to_spare_is_named(self):
        self._make_order((self.table, 6)).action_confirm()
        load, _loads = self._load()
        self.assertEqual(load["bottleneck"]["free_from"], "2027-03-08 00:00:00")
        self.assertIn("begins on March 8", load["bottleneck"]["text"])
        order = self._make_order((self.table, 9))
        load, _loads = self._load(order_ids=order.ids)
        self.assertFalse(load["bottleneck"]["free_from"])
        self.assertIn("None of these weeks", load["bottleneck"]["text"])
        load, _loads = self._load(4)
        self.assertEqual(load["bottleneck"]["percent"], 30)

    # What is behind a cell

    def _details(self, start=str(NOW), finish="2027-03-08 00:00:00", user=None):
        planner = self.env["mto.planner"].with_user(user or self.planner)
        return planner.load_details(self.assembly.id, start, finish)

    def test_orders_behind_a_cell_who_takes_most_first(self):
        small = self._make_order((self.table, 1))
        large = self._make_order((self.table, 3))
        held = self._make_order((self.table, 2))
        (small | large).action_confirm()
        held.mto_hold(NOW.replace(day=20))
        details = self._details()
        self.assertEqual(
            [(row["order"], row["kind"], row["hours"]) for row in details["rows"]],
            [
                (large.name, "order", 24),
                (small.name, "order", 8),
                (held.name, "held", 8),
            ],
        )
        self.assertEqual(details["hours"], 40)
        self.assertEqual(details["hours"], self._load()[1][0]["used_hours"])
        (work,) = details["rows"][0]["work"]
        workorder = large.order_line.mto_production_ids.workorder_ids
        self.assertEqual(work["workorder_id"], workorder.id)

    def test_only_the_hours_of_the_week_count(self):
        self._make_order((self.table, 7)).action_confirm()
        details = self._details("2027-03-08 00:00:00", "2027-03-15 00:00:00")
        self.assertEqual(details["hours"], 16)

    def test_work_without_an_order_stands_by_itself(self):
        production = self.env["mrp.production"].create({"product_id": self.table.id})
        production.action_confirm()
        production.button_plan()
        (row,) = self._details()["rows"]
        self.assertEqual((row["kind"], row["order"]), ("other", production.name))

    # Wrong questions

    def test_what_makes_no_sense_is_refused(self):
        confirmed = self._make_order((self.table, 1))
        confirmed.action_confirm()
        center = self.assembly.id
        for what_if in (
            {"orders": []},
            {"order_ids": 1},
            {"order_ids": [True]},
            {"order_ids": confirmed.ids},
            {"changes": {}},
            {"changes": [1]},
            {"changes": [{"machines": 1}]},
            {"changes": [{"workcenter_id": 0}]},
            {"changes": [{"workcenter_id": center, "machines": -1}]},
            {"changes": [{"workcenter_id": center, "machines": 0.5}]},
            {"changes": [{"workcenter_id": center, "overtime_hours": 25}]},
            {"changes": [{"workcenter_id": center, "overtime_hours": float("nan")}]},
            {"changes": [{"workcenter_id": center, "blocked_weeks": [3]}]},
            {"changes": [{"workcenter_id": center}, {"workcenter_id": center}]},
        ):
            with self.subTest(what_if=what_if), self.assertRaises(ValidationError):
                self._load(**what_if)
        with self.assertRaises(MissingError):
            self._load(order_ids=[999999999])
        with self.assertRaises(ValidationError):
            self.env["mto.planner"].with_user(self.planner).load(3, "overtime")

    def test_wrong_spans_and_wrong_users_are_refused(self):
        for span in ((False, str(NOW)), (str(NOW), "soon"), (str(NOW), str(NOW))):
            with self.subTest(span=span), self.assertRaises(ValidationError):
                self._details(*span)
        for workcenter_id in (0, "1", None, 999999999):
            with self.assertRaises(ValidationError):
                self.env["mto.planner"].load_details(
                    workcenter_id, str(NOW), "2027-03-08 00:00:00"
                )
        for user in (self.salesperson, self.buyer):
            with self.assertRaises(AccessError):
                self._details(user=user)

    def test_the_number_of_queries_does_not_grow_with_the_work(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._details()
            return self.env.cr.sql_log_count - before

        self._make_order((self.table, 1)).action_confirm()
        count()
        one = count()
        for _number in range(4):
            self._make_order((self.table, 1)).action_confirm()
        self.assertLessEqual(count(), one)
