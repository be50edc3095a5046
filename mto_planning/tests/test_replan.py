from datetime import timedelta
from itertools import count
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..bridge import OpenOrders, to_seconds
from .common import MtoCase


@tagged("post_install", "-at_install")
class TestReplan(MtoCase):
    """Manufacturing orders that exist are placed anew: by button, or the whole shop."""

    def _confirm(self, *products, **values):
        order = self._make_order(*((product, 1) for product in products), **values)
        order.action_confirm()
        return order.order_line

    def _times(self, lines):
        return {
            workorder: (workorder.date_start, workorder.date_finished)
            for workorder in lines.mto_production_ids.workorder_ids
        }

    def _replan(self, **options):
        return self.env["mto.planner"].with_user(self.planner).replan(options)

    def _check(self, lines):
        """What must hold of any plan, as the records have it."""
        self.env.invalidate_all()
        productions = lines.mto_production_ids
        workorders = productions.workorder_ids
        self.assertFalse(workorders._get_conflicted_workorder_ids())
        for workorder in workorders:
            leave = workorder.leave_id
            self.assertEqual(
                (leave.date_from, leave.date_to, leave.resource_id),
                (
                    workorder.date_start,
                    workorder.date_finished,
                    workorder.workcenter_id.resource_id,
                ),
            )
            hours = leave.calendar_id.get_work_hours_count(
                workorder.date_start, workorder.date_finished
            )
            self.assertAlmostEqual(hours * 60, workorder.duration_expected, delta=0.1)
        for production in productions:
            times = production.workorder_ids
            self.assertEqual(production.date_start, min(times.mapped("date_start")))
            self.assertEqual(
                production.date_finished, max(times.mapped("date_finished"))
            )
            raw, made = production.move_raw_ids, production.move_finished_ids
            self.assertEqual(set(raw.mapped("date")), {production.date_start})
            self.assertEqual(set(made.mapped("date")), {production.date_finished})
            for child in raw.move_orig_ids.production_id:
                self.assertLessEqual(child.date_finished, production.date_start)
            for receipt in raw.move_orig_ids.filtered("purchase_line_id"):
                self.assertLessEqual(receipt.date, production.date_start)
            requests = raw.created_purchase_line_ids
            for request in requests.filtered(lambda line: line.state == "draft"):
                self.assertEqual(request.date_planned, production.date_start)

    # The Plan button

    def test_planned_again_stands_where_it_stood(self):
        lines = self._confirm(self.lamp) + self._confirm(self.lamp)
        before = self._times(lines)
        productions = lines.mto_production_ids
        productions.button_unplan()
        self.assertFalse(any(productions.mapped("is_planned")))
        productions.with_user(self.planner).button_plan()
        self.assertEqual(self._times(lines), before)
        self.assertTrue(all(productions.mapped("is_planned")))
        self._check(lines)

    def test_button_plans_what_is_below_first(self):
        line = self._confirm(self.lamp)
        line.mto_production_ids.button_unplan()
        self._production_of(line, self.lamp).button_plan()
        self.assertTrue(all(line.mto_production_ids.mapped("is_planned")))
        self._check(line)

    def test_button_keeps_what_is_planned(self):
        line = self._confirm(self.lamp)
        before = self._times(line)
        frame = self._production_of(line, self.frame)
        frame.button_unplan()
        frame.button_plan()
        self.assertEqual(self._times(line), before)

    def test_button_plans_what_has_no_work_orders(self):
        plain = self._make_product("Plain")
        self._make_bom(plain, [(self.tube, 1)], produce_delay=2)
        production = self._confirm(plain).mto_production_ids
        finish = production.date_finished
        production.button_plan()
        self.assertTrue(production.is_planned)
        self.assertEqual(production.date_finished, finish)

    def test_no_time_at_all_is_said(self):
        line = self._confirm(self.lamp)
        frame = self._production_of(line, self.frame)
        frame.button_unplan()
        self.bending.resource_calendar_id = self._make_calendar()
        self.bending.resource_calendar_id.attendance_ids.unlink()
        with self.assertRaisesRegex(UserError, f"{frame.name} cannot be planned"):
            frame.button_plan()

    def test_orders_for_stock_are_left_to_core(self):
        production = self.env["mrp.production"].create({"product_id": self.frame.id})
        production.action_confirm()
        production.button_plan()
        self.assertTrue(production.is_planned)
        self.assertGreaterEqual(production.date_start, fields.Datetime.now())

    # The whole shop

    def test_freed_capacity_is_used(self):
        first, second = self._confirm(self.lamp), self._confirm(self.lamp)
        first.mto_production_ids.action_cancel()
        answer = self._replan(method="earliest")
        self.assertFalse(answer["unplanned"])
        self._check(second)
        alone = self._make_order((self.lamp, 1))
        second_end = self._production_of(second, self.lamp).date_finished
        second.mto_production_ids.workorder_ids.leave_id.unlink()
        (promise,) = alone.mto_compute_promise()
        self.assertEqual(fields.Datetime.to_string(second_end), promise["promise_date"])

    def test_late_receipt_makes_its_order_later_and_no_other(self):
        late, other = self._confirm(self.lamp), self._confirm(self.frame)
        before = self._times(other)
        chips = late.mto_purchase_line_ids.filtered(
            lambda line: line.product_id == self.chip
        )
        chips.order_id.button_confirm()
        chips.move_ids.picking_id.scheduled_date = self._at(30, 10)
        answer = self._replan()
        self._check(late + other)
        for workorder, (_start, finish) in self._times(other).items():
            self.assertLessEqual(finish, before[workorder][1])
        board = self._production_of(late, self.board)
        self.assertGreaterEqual(board.date_start, self._at(30, 10))
        told = {row["line_id"]: row for row in answer["orders"]}
        self.assertGreater(told[late.id]["lateness_hours"], 24 * 20)
        self.assertEqual(told[other.id]["lateness_hours"], 0)
        self.assertEqual(late.mto_risk, "late")
        self.assertEqual(
            late.mto_projected_date, self._production_of(late, self.lamp).date_finished
        )

    def test_one_late_order_makes_no_other_late(self):
        lines = self.env["sale.order.line"]
        for _order in range(6):
            lines |= self._confirm(self.lamp)
        due = {
            line: self._production_of(line, self.lamp).date_finished for line in lines
        }
        chips = lines[0].mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.chip
        )
        chips.order_id.button_confirm()
        # When the others have all machines.
        chips.date_planned = due[lines[2]]
        self._replan()
        self._check(lines[1:])
        ends = {
            line: self._production_of(line, self.lamp).date_finished for line in lines
        }
        self.assertGreater(ends[lines[0]], due[lines[0]])
        for line in lines[1:]:
            self.assertLessEqual(ends[line], due[line])

    def test_work_ranks_as_the_order_that_it_is_for(self):
        """By its own key: ids of manufacturing orders are ids of work orders, too."""
        lines = self._confirm(self.lamp) | self._confirm(self.lamp)
        lines[1].mto_production_ids.priority = "1"
        productions = lines.mto_production_ids
        orders = OpenOrders(productions, to_seconds(fields.Datetime.now()))
        for rule in ("due", "slack"):
            ranks = orders.ranks(rule)
            self.assertEqual(ranks.keys(), set(productions.workorder_ids.ids))
            for line, rank in zip(lines, [(0, 1), (-1, 0)], strict=True):
                workorders = line.mto_production_ids.workorder_ids
                self.assertEqual({ranks[one] for one in workorders.ids}, {rank})

    def test_purchase_that_is_put_off_makes_its_order_later(self):
        """Core tells the receipt nothing of a new date of the purchase."""
        line = self._confirm(self.lamp)
        chips = line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.chip
        )
        chips.order_id.button_confirm()
        receipt = chips.move_ids.date
        chips.date_planned = self._at(30, 10)
        self.assertEqual(chips.move_ids.date, receipt)
        self._replan()
        board = self._production_of(line, self.board)
        self.assertGreaterEqual(board.date_start, self._at(30, 10))

    def test_requests_for_quotation_move_with_the_plan(self):
        line = self._confirm(self.lamp)
        line.mto_requested_date = self._at(60, 12)
        productions = line.mto_production_ids
        productions.mto_need_date = False
        productions.date_deadline = self._at(60, 12)
        line.mto_promise_id.sudo().shipping_date = self._at(60, 12)
        self._replan(method="just_in_time")
        self._check(line)
        lamp = self._production_of(line, self.lamp)
        self.assertEqual(lamp.date_finished, self._at(60, 12))
        tubes = line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.tube
        )
        self.assertGreater(tubes.date_planned, self._at(45, 0))
        self.assertEqual(tubes.mto_order_by, tubes.date_planned - timedelta(days=3))

    def test_work_that_runs_or_is_frozen_stays(self):
        first, second = self._confirm(self.lamp), self._confirm(self.lamp)
        running = self._production_of(second, self.frame).workorder_ids
        running.button_start()
        begun = running.date_start
        before = self._times(first + second)
        first.mto_production_ids.action_cancel()
        self._replan(method="earliest", frozen_days=100)
        after = self._times(second)
        self.assertEqual(running.date_start, begun)
        self.assertEqual(after, {one: before[one] for one in after})
        self._replan(method="earliest")
        self.assertEqual(running.date_start, begun)
        self.assertNotEqual(self._times(second), after)

    def test_frozen_work_without_material_moves(self):
        line = self._confirm(self.lamp)
        chips = line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.chip
        )
        chips.order_id.button_confirm()
        chips.move_ids.date = self._at(30, 10)
        frame = self._production_of(line, self.frame)
        before = frame.date_start
        self._replan(frozen_days=100)
        self._check(line)
        self.assertEqual(frame.date_start, before)
        board = self._production_of(line, self.board)
        self.assertGreaterEqual(board.date_start, self._at(30, 10))

    def test_urgent_orders_come_first(self):
        first, second = self._confirm(self.lamp), self._confirm(self.lamp)
        end = self._production_of(first, self.lamp).date_finished
        second.mto_production_ids.priority = "1"
        self._replan(method="earliest")
        self._check(first + second)
        self.assertEqual(self._production_of(second, self.lamp).date_finished, end)
        self.assertGreater(self._production_of(first, self.lamp).date_finished, end)

    def test_order_that_two_others_wait_for(self):
        lines = self._confirm(self.lamp, self.lamp)
        engines = lines.mto_production_ids.filtered(
            lambda production: production.product_id == self.engine
        )
        raw = self._production_of(lines[1], self.lamp).move_raw_ids
        second = raw.filtered(lambda move: move.product_id == self.engine)
        second.move_orig_ids = [fields.Command.set(engines[0].move_finished_ids.ids)]
        self.assertEqual(len(engines[0].move_finished_ids.move_dest_ids), 2)
        self._replan(method="earliest")
        self._check(lines)

    def test_dry_run_changes_nothing(self):
        first, second = self._confirm(self.lamp), self._confirm(self.lamp)
        first.mto_production_ids.action_cancel()
        before = self._times(second)
        version = self.env.company.mto_plan_version
        answer = self._replan(method="earliest", dry_run=True)
        self.assertGreater(answer["moved_workorders"], 0)
        self.assertEqual(self._times(second), before)
        self.assertEqual(self.env.company.mto_plan_version, version)
        self.assertEqual(
            self._replan(method="earliest")["moved_workorders"],
            answer["moved_workorders"],
        )
        self.assertEqual(self._replan(method="earliest")["moved_workorders"], 0)

    # Wrong input, wrong user

    def test_wrong_options_are_named(self):
        for options, words in (
            ([], "“options”"),
            ({"frozen": 1}, "“frozen”"),
            ({"method": "soon"}, "“method”.*soon"),
            ({"method": []}, "“method”"),
            ({"frozen_days": -1}, "“frozen_days”.*-1"),
            ({"frozen_days": "x"}, "“frozen_days”.*x"),
            ({"frozen_days": float("nan")}, "“frozen_days”"),
            ({"dry_run": "perhaps"}, "“dry_run”.*perhaps"),
            ({"production_ids": 7}, "“production_ids”.*7"),
            ({"production_ids": [True]}, "“production_ids”"),
            ({"production_ids": [2**40]}, "“production_ids”"),
            ({"company_id": 0}, "“company_id”.*0"),
            ({"company_id": {}}, "“company_id”"),
        ):
            with self.subTest(options=options):
                planner = self.env["mto.planner"].with_user(self.planner)
                with self.assertRaisesRegex(ValidationError, words):
                    planner.replan(options)
        with self.assertRaisesRegex(MissingError, "“production_ids”"):
            planner.replan({"production_ids": [2**31 - 1]})

    def test_salesperson_may_not_plan(self):
        with self.assertRaises(AccessError):
            self.env["mto.planner"].with_user(self.salesperson).replan({})

    # The wizard

    def _open_wizard(self, **values):
        wizards = self.env["mto.replan"].with_user(self.planner)
        return wizards.create({"frozen_days": 0, "method": "earliest", **values})

    def test_wizard_shows_whom_it_moves_before(self):
        first, second = self._confirm(self.lamp), self._confirm(self.lamp)
        first.mto_production_ids.action_cancel()
        wizard = self._open_wizard()
        before = self._times(second)
        wizard.action_preview()
        self.assertEqual(self._times(second), before)
        self.assertEqual(wizard.impact_ids.order_id, second.order_id)
        self.assertLess(wizard.impact_ids.days, 0)
        messages = second.order_id.message_ids
        wizard.action_apply()
        lamp = self._production_of(second, self.lamp)
        self.assertEqual(lamp.date_finished, wizard.impact_ids.date_after)
        (message,) = second.order_id.message_ids - messages
        self.assertIn("Planned anew: Lamp", message.body)
        self._check(second)

    def test_wizard_does_not_apply_what_is_outdated(self):
        self._confirm(self.lamp)
        wizard = self._open_wizard()
        wizard.action_preview()
        self._confirm(self.lamp)
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "once more"):
            wizard.action_apply()

    def test_wizard_has_nothing_to_do(self):
        wizard = self._open_wizard()
        wizard.action_preview()
        self.assertFalse(wizard.impact_ids)
        self.assertIn("nothing would move", wizard.summary)


@tagged("post_install", "-at_install")
class TestGoFirst(MtoCase):
    """A quotation that goes before others, once it was seen whom that hurts.

    A table is 8 hours on Assembly. Two are planned, on Monday and on Tuesday.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls._make_product("Table")
        cls._make_bom(cls.table, [], [(cls.assembly, 480)])
        cls.others = cls._make_order((cls.table, 1)) + cls._make_order((cls.table, 1))
        cls.others.action_confirm()
        cls.quotation = cls._make_order((cls.table, 1))
        cls.quotation.mto_compute_promise()

    def _open(self, **values):
        action = self.quotation.action_mto_go_first()
        return (
            self.env["mto.replan"]
            .with_context(**action["context"])
            .create({"frozen_days": 0, **values})
        )

    def _spans(self):
        leaves = self.env["resource.calendar.leaves"].search(
            [("resource_id", "=", self.assembly.resource_id.id)]
        )
        return sorted((leave.date_from, leave.date_to) for leave in leaves)

    def test_whom_it_hurts_is_shown_and_nothing_is_changed(self):
        before = self._spans()
        messages = self.quotation.message_ids
        wizard = self._open()
        wizard.action_preview()
        self.assertEqual(wizard.date_usual, self._at(2, 17))
        self.assertEqual(wizard.date_first, self._at(0, 17))
        self.assertEqual(
            [(row.order_id, row.days) for row in wizard.impact_ids.sorted("id")],
            [(self.others[0], 1.0), (self.others[1], 1.0)],
        )
        # Each is promised for the evening at which it ends now.
        self.assertEqual(wizard.impact_ids.mapped("late_days"), [1.0, 1.0])
        self.assertEqual(
            wizard.impact_ids.mapped("promise_date"),
            self.others.order_line.mapped("mto_promise_date"),
        )
        self.assertIn(
            "2 days earlier. Other orders that end at another time: 2.", wizard.summary
        )
        self.assertEqual(self.quotation.state, "draft")
        self.assertFalse(self.quotation.order_line.mto_production_ids)
        self.assertEqual(self._spans(), before)
        self.assertEqual(self.quotation.message_ids, messages)

    def test_time_that_passes_while_it_is_tried_makes_nothing_later(self):
        # What is not ordered yet comes the later the later one looks.
        self.quotation = self._make_order((self.frame, 1))
        self.quotation.mto_compute_promise()
        wizard = self._open()
        moments = (self._at(0, 8) + timedelta(minutes=15) * n for n in count())
        with patch.object(fields.Datetime, "now", lambda: next(moments)):
            wizard.action_preview()
        self.assertGreater(next(moments), self._at(0, 8, 30))
        self.assertEqual(wizard.date_first, wizard.date_usual)

    def test_it_goes_first_when_it_is_said(self):
        wizard = self._open()
        wizard.action_preview()
        shown = {row.order_id: row.date_after for row in wizard.impact_ids}
        wizard.action_apply()
        line = self.quotation.order_line
        self.assertEqual(self.quotation.state, "sale")
        self.assertEqual(line.mto_promise_date, self._at(0, 17))
        self.assertEqual(line.mto_production_ids.date_finished, self._at(0, 17))
        self.assertEqual(self.quotation.picking_ids.scheduled_date, self._at(0, 17))
        self.assertEqual(self.quotation.commitment_date, self._at(0, 17))
        self.assertEqual(line.mto_risk, "on_track")
        for order, moment in shown.items():
            other = order.order_line
            self.assertEqual(other.mto_production_ids.date_finished, moment)
            # What they were told stands; that it does not hold is seen.
            self.assertEqual(other.mto_risk, "late")
        spans = self._spans()
        self.assertEqual(len(spans), 3)
        for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False):
            self.assertLessEqual(end, start)

    def test_later_changes_start_from_the_date_that_it_got(self):
        wizard = self._open()
        wizard.action_preview()
        wizard.action_apply()
        line, wanted = self.quotation.order_line, self._at(9, 17)
        line.mto_apply_change({"requested_date": str(wanted)})
        self.assertEqual(line.mto_production_ids.date_finished, wanted)
        self.assertEqual(line.mto_promise_date, wanted)

    def test_a_plan_that_has_changed_since_is_shown_again(self):
        wizard = self._open()
        wizard.action_preview()
        self._make_order((self.table, 1)).action_confirm()
        with self.assertRaisesRegex(UserError, "look at what changes once more"):
            wizard.action_apply()

    def test_without_a_date_nothing_goes_first(self):
        part = self._make_product("Unknown part", on_order=False)
        self.table.bom_ids.bom_line_ids = [
            Command.create({"product_id": part.id, "product_qty": 1})
        ]
        wizard = self._open()
        with self.assertRaisesRegex(UserError, "cannot go first: it has no date"):
            wizard.action_preview()
        self.assertEqual(self.quotation.state, "draft")
