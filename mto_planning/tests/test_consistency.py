from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestConsistency(MtoCase):
    """What must always hold, checked on live data: each check finds what it is for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        orders = cls._make_order((cls.lamp, 2)) + cls._make_order((cls.lamp, 1))
        orders.action_confirm()
        cls.lines = orders.order_line
        cls.held = cls._make_order((cls.lamp, 1))
        cls.held.mto_hold(NOW + timedelta(days=3))
        cls.env.flush_all()

    def _check(self):
        return {
            problem["check"]: problem["ids"]
            for problem in self.env["mto.planner"].check_consistency()
        }

    def _set(self, record, **values):
        """Change a row behind the back of all code."""
        self.env.flush_all()
        columns = ", ".join(f"{name} = %s" for name in values)
        self.env.cr.execute(
            f"UPDATE {record._table} SET {columns} WHERE id = %s",
            [*values.values(), record.id],
        )
        self.env.invalidate_all()

    def _work(self, product, line=None):
        production = self._production_of(line or self.lines[0], product)
        return production.workorder_ids

    # Repairs

    def _repair(self, check):
        """Repair what is broken; the preview says the same, and changes nothing."""
        planner = self.env["mto.planner"]
        before = planner.check_consistency()
        shown = planner.repair_consistency(check, dry_run=True)
        self.assertEqual(planner.check_consistency(), before)
        done = planner.repair_consistency(check)
        self.assertEqual(done, shown)
        self.assertTrue(done["repaired"])
        self.assertFalse(done["by_hand"])
        self.assertEqual(self._check(), {})
        return done["repaired"]

    def _last_note(self, record):
        return record.message_ids.sorted("id")[-1:].body or ""

    def test_work_that_is_booked_elsewhere_than_it_stands_is_booked_there(self):
        first, second = self._work(self.lamp), self._work(self.lamp, self.lines[1])
        was = second.leave_id.date_from
        self._set(
            second.leave_id,
            date_from=first.date_start + timedelta(minutes=1),
            date_to=first.date_finished,
        )
        (row,) = self._repair("double_booking")
        self.assertEqual((row["model"], row["id"]), ("mrp.workorder", second.id))
        self.assertEqual(second.leave_id.date_from, was)
        self.assertIn("repaired", self._last_note(second.production_id))

    def test_work_that_is_planned_twice_at_a_time_is_planned_anew(self):
        first, second = self._work(self.lamp), self._work(self.lamp, self.lines[1])
        span = (first.date_start, first.date_finished)
        self._set(second, date_start=span[0], date_finished=span[1])
        self._set(second.leave_id, date_from=span[0], date_to=span[1])
        self._repair("double_booking")
        spans = [(one.date_start, one.date_finished) for one in first + second]
        self.assertNotEqual(*spans)

    def test_work_in_closed_time_is_planned_anew(self):
        work = self._work(self.frame)
        self._set(work, date_start=work.date_start.replace(hour=3))
        self._repair("working_time")
        self.assertIn(work.date_start.hour, range(8, 17))

    def test_work_before_what_it_waits_for_is_planned_anew(self):
        self.lamp.bom_ids.operation_ids.copy({"bom_id": self.lamp.bom_ids.id})
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        first, second = self._work(self.lamp, order.order_line).sorted("date_start")
        self._set(second, date_start=first.date_start)
        self._repair("precedence")
        self.assertGreaterEqual(second.date_start, first.date_finished)

    def test_a_level_after_the_one_that_needs_it_is_planned_anew(self):
        child = self._production_of(self.lines[0], self.frame)
        parent = self._production_of(self.lines[0], self.lamp)
        self._set(child, date_finished=parent.date_finished)
        self._repair("sub_assembly")
        self.assertLessEqual(child.date_finished, parent.date_start)

    def test_what_nobody_wants_is_cancelled(self):
        line = self.lines[0]
        productions, order = line.mto_production_ids, line.order_id
        purchases = line.mto_purchase_line_ids.order_id
        self._set(line, state="cancel")
        planner = self.env["mto.planner"]
        done = planner.repair_consistency("unwanted_production")
        self.assertEqual({row["id"] for row in done["repaired"]}, set(productions.ids))
        self.assertEqual(set(productions.mapped("state")), {"cancel"})
        if "unwanted_purchase" in self._check():
            planner.repair_consistency("unwanted_purchase")
        self.assertEqual(self._check(), {})
        wanted = self.lines[1].mto_purchase_line_ids
        self.assertTrue(wanted.exists() and all(wanted.mapped("product_qty")))
        self.assertTrue(order and purchases)

    def test_a_request_that_nobody_wants_is_taken_back(self):
        line = self.lines[0]
        line.mto_production_ids.move_raw_ids.state = "cancel"
        for production in line.mto_production_ids:
            self._set(production, state="cancel")
        self._set(line, state="cancel")
        self._repair("unwanted_purchase")
        self.assertFalse(line.mto_purchase_line_ids.filtered("product_qty"))

    def test_what_has_begun_is_left_for_people(self):
        line = self.lines[0]
        begun = self._production_of(line, self.frame)
        begun.workorder_ids.button_start()
        self._set(line, state="cancel")
        self.env.flush_all()
        self._set(begun, state="confirmed")
        report = self.env["mto.planner"].repair_consistency(
            "unwanted_production", dry_run=True
        )
        self.assertEqual([row["id"] for row in report["by_hand"]], begun.ids)
        self.assertIn("finished", report["by_hand"][0]["text"])
        self.assertNotIn(begun.id, [row["id"] for row in report["repaired"]])

    def test_a_hold_that_is_none_is_let_go(self):
        promise = self.held.order_line.mto_promise_id
        self._set(promise, state="superseded")
        self._repair("hold")
        self.assertFalse(promise.slot_ids)
        self.assertIn("free for others", self._last_note(self.held))

    def test_work_is_booked_when_and_where_it_is_planned(self):
        work = self._work(self.frame)
        leave, span = work.leave_id, (work.date_start, work.date_finished)
        for values in (
            {"date_to": work.date_finished + timedelta(minutes=1)},
            {"resource_id": self.assembly.resource_id.id},
        ):
            self._set(leave, **values)
            (row,) = self._repair("booking")
            self.assertEqual((row["model"], row["id"]), ("mrp.workorder", work.id))
            self.assertEqual((leave.date_from, leave.date_to), span)
            self.assertEqual(leave.resource_id, work.workcenter_id.resource_id)

    def test_what_is_held_for_a_confirmed_order_is_let_go(self):
        promise = self.held.order_line.mto_promise_id
        self._set(self.held.order_line, state="sale")
        planner = self.env["mto.planner"]
        planner.repair_consistency("hold")
        self.assertFalse(promise.slot_ids)
        if "held_material" in self._check():
            planner.repair_consistency("held_material")
        self.assertFalse(promise.part_ids)

    def test_a_hold_that_is_not_booked_is_booked(self):
        slot = self.held.order_line.mto_promise_id.slot_ids[0]
        slot.leave_ids.unlink()
        self._repair("hold")
        self.assertEqual(slot.leave_ids.date_from, slot.date_start)

    def test_a_level_of_another_order_is_made_with_its_own(self):
        mine, theirs = (
            line.mto_bom_ids.bom_line_ids.filtered("mto_child_bom_id")[:1]
            for line in self.lines
        )
        own = mine.mto_child_bom_id
        self._set(mine, mto_child_bom_id=theirs.mto_child_bom_id.id)
        (row,) = self._repair("order_bom")
        self.assertEqual(mine.mto_child_bom_id, own)
        self.assertIn(own.display_name, row["text"])

    def test_a_level_without_one_of_its_own_is_left_for_people(self):
        mine, theirs = (
            line.mto_bom_ids.bom_line_ids.filtered("mto_child_bom_id")[:1]
            for line in self.lines
        )
        self._set(mine.mto_child_bom_id, product_id=self.tube.id)
        self._set(mine, mto_child_bom_id=theirs.mto_child_bom_id.id)
        report = self.env["mto.planner"].repair_consistency("order_bom")
        self.assertFalse(report["repaired"])
        self.assertEqual([row["id"] for row in report["by_hand"]], mine.ids)

    def test_what_no_program_can_know_has_advice_and_no_repair(self):
        purchases = self.lines[0].mto_purchase_line_ids
        purchases.order_id.button_confirm()
        move = purchases.move_ids[0]
        self._set(move, product_qty=move.product_qty / 2)
        report = self.env["mto.planner"].repair_consistency("material")
        self.assertEqual([row["id"] for row in report["by_hand"]], move.ids)
        self.assertFalse(report["repaired"])

    def test_a_repair_that_does_not_help_is_taken_back_whole(self):
        promise = self.held.order_line.mto_promise_id
        self._set(promise, state="superseded")
        slots, planner = promise.slot_ids, self.env["mto.planner"]
        found = planner.check_consistency()

        def repair(planner, slots):
            slots[0].unlink()
            return []

        with patch.object(self.registry["mto.planner"], "_repair_hold", repair):
            with self.assertRaisesRegex(UserError, "Nothing was changed"):
                planner.repair_consistency("hold")
        self.assertEqual(planner.check_consistency(), found)
        self.assertEqual(promise.slot_ids, slots)

    def test_only_administrators_repair_and_only_what_is_known(self):
        admin = new_test_user(self.env, "mto_mender", groups="base.group_system")
        planner = self.env["mto.planner"]
        promise = self.held.order_line.mto_promise_id
        self._set(promise, state="superseded")
        for user in (self.salesperson, self.planner, self.buyer):
            with self.assertRaisesRegex(AccessError, "administration rights"):
                planner.with_user(user).repair_consistency("hold")
        with self.assertRaisesRegex(ValidationError, "“check”.*“all”"):
            planner.with_user(admin).repair_consistency("all")
        planner.with_user(admin).repair_consistency("hold")
        self.assertEqual(self._check(), {})

    def test_the_dialog_shows_a_repair_before_it_is_done(self):
        promise = self.held.order_line.mto_promise_id
        self._set(promise, state="superseded")
        admin = new_test_user(self.env, "mto_mender", groups="base.group_system")
        check = self.env["mto.check"].with_user(admin).create({})
        self.assertTrue(check.problem_ids.can_repair)
        check.problem_ids.action_preview()
        self.assertIn("free for others", check.repaired)
        self.assertTrue(promise.slot_ids)
        check.action_repair()
        self.assertFalse(promise.slot_ids)
        self.assertFalse(check.problem_ids)

    # What is found

    def test_all_is_well(self):
        self.assertEqual(self._check(), {})

    def test_double_booking(self):
        first, second = self._work(self.lamp), self._work(self.lamp, self.lines[1])
        self._set(
            second.leave_id,
            date_from=first.date_start + timedelta(minutes=1),
            date_to=first.date_finished,
        )
        self.assertEqual(self._check()["double_booking"], self.assembly.ids)
        self.assembly.mto_machines = 2
        self.assertNotIn("double_booking", self._check())

    def test_work_in_closed_time(self):
        work = self._work(self.frame)
        self._set(work, date_start=work.date_start.replace(hour=3))
        self.assertEqual(self._check()["working_time"], work.ids)

    def test_work_before_what_it_waits_for(self):
        self.lamp.bom_ids.operation_ids.copy({"bom_id": self.lamp.bom_ids.id})
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        first, second = self._work(self.lamp, order.order_line).sorted("date_start")
        self.assertEqual(second.blocked_by_workorder_ids, first)
        self._set(second, date_start=first.date_start)
        self.assertIn("precedence", self._check())

    def test_a_level_after_the_one_that_needs_it(self):
        child = self._production_of(self.lines[0], self.frame)
        parent = self._production_of(self.lines[0], self.lamp)
        self._set(child, date_finished=parent.date_finished)
        self.assertEqual(self._check()["sub_assembly"], child.ids)

    def test_a_receipt_for_more_than_it_brings(self):
        purchases = self.lines[0].mto_purchase_line_ids
        purchases.order_id.button_confirm()
        move = purchases.move_ids[0]
        self._set(move, product_qty=move.product_qty / 2)
        self.assertEqual(self._check()["material"], move.ids)

    def test_production_and_purchases_that_nobody_wants(self):
        line = self.lines[0]
        self._set(line, state="cancel")
        found = self._check()
        self.assertEqual(
            found["unwanted_production"], sorted(line.mto_production_ids.ids)
        )
        self.assertEqual(
            found["unwanted_purchase"], sorted(line.mto_purchase_line_ids.ids)
        )

    def test_a_hold_that_is_none(self):
        promise = self.held.order_line.mto_promise_id
        slots = promise.slot_ids
        self._set(promise, state="superseded")
        self.assertEqual(self._check()["hold"], sorted(slots.ids))
        self._set(promise, state="held")
        slots[0].leave_ids.unlink()
        self.assertEqual(self._check()["hold"], slots[0].ids)

    def test_a_hold_of_an_order_that_is_confirmed(self):
        slots = self.held.order_line.mto_promise_id.slot_ids
        self._set(self.held.order_line, state="sale")
        self.assertEqual(self._check()["hold"], sorted(slots.ids))

    def test_material_that_is_held_for_nobody(self):
        screw = self._make_bought("Screw", on_order=False)
        self._make_stock(screw, 50)
        shade = self._make_product("Shade")
        self._make_bom(shade, [(screw, 4)], [(self.assembly, 30)])
        order = self._make_order((shade, 1))
        order.mto_hold(NOW + timedelta(days=3))
        promise = order.order_line.mto_promise_id
        self.assertEqual(promise.part_ids.quantity, 4)
        self.assertEqual(self._check(), {})
        self._set(promise, state="expired")
        self.assertEqual(self._check()["held_material"], promise.part_ids.ids)
        done = self.env["mto.planner"].repair_consistency("held_material")
        self.assertEqual(len(done["repaired"]), 1)
        self.assertFalse(promise.part_ids)
        self.assertNotIn("held_material", self._check())

    def test_a_booking_elsewhere(self):
        work = self._work(self.frame)
        self._set(work, date_finished=work.date_finished + timedelta(minutes=1))
        self.assertEqual(self._check()["booking"], work.ids)
        self._set(work, date_finished=work.leave_id.date_to)
        self.assertEqual(self._check(), {})
        self._set(work.leave_id, resource_id=self.assembly.resource_id.id)
        self.assertIn("booking", self._check())

    def test_a_level_of_another_order(self):
        mine, theirs = (
            line.mto_bom_ids.bom_line_ids.filtered("mto_child_bom_id")[:1]
            for line in self.lines
        )
        self._set(mine, mto_child_bom_id=theirs.mto_child_bom_id.id)
        self.assertEqual(self._check()["order_bom"], mine.ids)

    def test_the_menu_tells_what_is_wrong_and_where(self):
        check = self.env["mto.check"].browse(
            self.env["mto.check"].action_open()["res_id"]
        )
        self.assertFalse(check.problem_ids)
        promise = self.held.order_line.mto_promise_id
        self._set(promise, state="superseded")
        check.action_check()
        self.assertEqual(check.problem_ids.count, len(promise.slot_ids))
        action = check.problem_ids.action_view_records()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, promise.slot_ids)

    def test_administrators_need_no_other_rights(self):
        admin = new_test_user(self.env, "mto_admin", groups="base.group_system")
        planner = self.env["mto.planner"].with_user(admin)
        self.assertEqual(planner.check_consistency(), [])

    def test_only_administrators_check(self):
        for user in (self.salesperson, self.planner, self.buyer):
            with self.assertRaises(AccessError):
                self.env["mto.planner"].with_user(user).check_consistency()
