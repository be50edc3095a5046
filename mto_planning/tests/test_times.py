from datetime import timedelta
from statistics import median

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Command, Datetime
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from .common import NOW, MtoCase

MONTH = timedelta(days=365 / 12)


class TimesCase(MtoCase):
    """A table: sawn (set-up 10, clean-up 5; 30 minutes a piece), then assembled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._make_workcenter("Saw", time_start=10, time_stop=5)
        cls.table = cls._make_product("Table")
        cls.master = cls._make_bom(cls.table, [], [(cls.saw, 30), (cls.assembly, 60)])
        cls.sawing, cls.joining = cls.master.operation_ids
        cls.loss = {
            kind: cls.env["mrp.workcenter.productivity.loss"].search(
                [("loss_type", "=", kind)], limit=1
            )
            for kind in ("productive", "performance", "availability")
        }

    def _order(self, quantity=1, product=None):
        """A confirmed order of a product: what is made for it."""
        order = self._make_order((product or self.table, quantity))
        order.action_confirm()
        # The work is done in another request.
        self.env.flush_all()
        return order.order_line.mto_production_ids

    def _time(self, workorder, minutes, loss="productive", after=0):
        """A timer of a work order that ran so long."""
        start = Datetime.now() - timedelta(days=1) + timedelta(minutes=after)
        return self.env["mrp.workcenter.productivity"].create(
            {
                "workorder_id": workorder.id,
                "workcenter_id": workorder.workcenter_id.id,
                "loss_id": self.loss[loss].id,
                "date_start": start,
                "date_end": start + timedelta(minutes=minutes),
            }
        )

    def _make(self, minutes, quantity=1, product=None):
        """Make an order: ``minutes`` of the first operation, the others untimed."""
        production = self._order(quantity, product)
        self._time(production.workorder_ids[0], minutes)
        return self._finish(production)

    def _finish(self, production):
        production.qty_producing = production.product_qty
        production.button_mark_done()
        self.assertEqual(set(production.workorder_ids.mapped("state")), {"done"})
        return production

    def _learn(self):
        self.env["mto.time"]._cron_learn()

    def _row(self, operation, center=None):
        return self.env["mto.time"].search(
            [
                ("operation_id", "=", operation.id),
                ("workcenter_id", "=", (center or operation.workcenter_id).id),
            ]
        )


@tagged("post_install", "-at_install")
class TestWorkTimes(TimesCase):
    """What an operation of a master really takes, from the work of orders."""

    def test_set_up_and_quantity_are_taken_off(self):
        worked = [(15 + 7 * 41, 7), (15 + 40, 1), (15 + 2 * 44, 2), (15 + 42, 1)]
        worked += [(15 + 3 * 43, 3), (15 + 45, 1)]
        for minutes, quantity in worked:
            self._make(minutes, quantity)
        self._learn()
        row = self._row(self.sawing)
        # The same, worked out from what was timed.
        each = [(minutes - 15) / quantity for minutes, quantity in worked]
        self.assertEqual(row.real, median(each))
        self.assertEqual((row.low, row.high), (41, 44))
        self.assertEqual((row.planned, row.cases, row.longer), (30, 6, 6))
        self.assertEqual((row.fixed_minutes, row.capacity), (15, 1))
        self.assertEqual((row.proposed, row.is_proposed), (43, True))
        # 15 pieces in the first month.
        self.assertAlmostEqual(row.hours_month, 15 * (42.5 - 30) / 60, 4)
        self.assertEqual(row.bom_id, self.master)
        self.assertEqual(row.product_tmpl_id, self.table.product_tmpl_id)

    def test_nothing_is_proposed_from_few_cases(self):
        for _number in range(5):
            self._make(75)
        self._learn()
        self.assertFalse(self._row(self.sawing).is_proposed)
        self._make(75)
        self._learn()
        self.assertTrue(self._row(self.sawing).is_proposed)

    def test_nothing_is_proposed_that_may_be_chance_or_is_little(self):
        for minutes in (15 + 50, 15 + 52, 15 + 20, 15 + 50, 15 + 51, 15 + 20, 15 + 51):
            self._make(minutes)
        self._learn()
        row = self._row(self.sawing)
        self.assertEqual((row.real, row.longer, row.shorter), (50, 5, 2))
        self.assertFalse(row.is_proposed)
        lamp_like = self._make_product("Shelf")
        bom = self._make_bom(lamp_like, [], [(self.saw, 30)])
        for _number in range(8):
            self._make(15 + 32, product=lamp_like)
        self._learn()
        row = self._row(bom.operation_ids)
        self.assertEqual((row.real, row.longer), (32, 8))
        self.assertFalse(row.is_proposed)

    def test_what_nobody_measured_says_nothing(self):
        for _number in range(6):
            self._make(15 + 45)
        self._learn()
        # Odoo takes the time of the second operation from its plan.
        row = self._row(self.joining)
        self.assertEqual((row.cases, row.unmeasured, row.real), (0, 6, 0))
        self.assertFalse(row.is_proposed)
        self.assertEqual(row.hours_month, 0)

    def test_a_forgotten_timer_is_left_out(self):
        for minutes in (45, 46, 44, 45, 46, 44, 60 * 60, 1):
            self._make(15 + minutes)
        self._learn()
        row = self._row(self.sawing)
        self.assertEqual((row.cases, row.left_out), (6, 2))
        self.assertEqual((row.real, row.low, row.high), (45, 44, 46))

    def test_breaks_are_no_work_and_two_at_once_are_busy_once(self):
        production = self._order()
        sawing = production.workorder_ids[0]
        self._time(sawing, 30)
        self._time(sawing, 20, after=10)
        self._time(sawing, 15, "availability", after=30)
        self._time(sawing, 25, "performance", after=45)
        self._finish(production)
        self._learn()
        self.assertEqual(self._row(self.sawing).measured, [30 + 25 - 15])

    def test_capacity_efficiency_and_units(self):
        self.saw.time_efficiency = 80
        self.env["mrp.workcenter.capacity"].create(
            {
                "workcenter_id": self.saw.id,
                "product_id": self.table.id,
                "product_uom_id": self.table.uom_id.id,
                "capacity": 2,
                "time_start": 6,
                "time_stop": 4,
            }
        )
        production = self._make(110, 7)
        # Four times two at once.
        self._learn()
        row = self._row(self.sawing)
        self.assertEqual(row.measured, [(110 - 10) * 0.8 / 4])
        self.assertEqual((row.capacity, row.fixed_minutes), (2, 10))
        # As Odoo plans it: what was measured is what would be planned.
        self.sawing.time_cycle_manual = row.real
        again = self._order(7).workorder_ids[0]
        self.assertEqual(again.duration_expected, 110)
        self.assertNotEqual(production.bom_id, again.production_id.bom_id)
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._make_order((self.table, 1, {"product_uom_id": dozen.id}))
        order.action_confirm()
        self.env.flush_all()
        production = order.order_line.mto_production_ids
        minutes = production.workorder_ids[0].duration_expected
        self._time(production.workorder_ids[0], minutes + 6)
        self._finish(production)
        self._learn()
        # Six times two: one minute more each, of which the efficiency takes a fifth.
        self.assertAlmostEqual(row.measured[0], 20 + 0.8, 3)

    def test_work_that_an_engineer_changed_for_an_order_is_not_the_masters(self):
        self._make(15 + 45)
        changed = self._order()
        changed.bom_id.operation_ids[0].time_cycle_manual = 200
        self._time(changed.workorder_ids[0], 15 + 200)
        self._finish(changed)
        added = self._order()
        added.bom_id.operation_ids[0].name = "Sawing with care"
        self._time(added.workorder_ids[0], 15 + 47)
        self._finish(added)
        self._learn()
        self.assertEqual(sorted(self._row(self.sawing).measured), [45, 47])
        copies = (changed | added).bom_id.operation_ids
        self.assertFalse(
            self.env["mto.time"].search([("operation_id", "in", copies.ids)])
        )

    def test_work_for_stock_counts_and_so_do_alternatives(self):
        self.saw.alternative_workcenter_ids = self.bending
        production = self.env["mrp.production"].create(
            {"product_id": self.table.id, "bom_id": self.master.id}
        )
        production.action_confirm()
        self._time(production.workorder_ids[0], 15 + 45)
        self._finish(production)
        for _number in range(6):
            production = self._order()
            production.workorder_ids[0]._mto_change_center(self.bending.id)
            self._time(production.workorder_ids[0], 90)
            self._finish(production)
        self._learn()
        self.assertEqual(self._row(self.sawing).measured, [45])
        other = self._row(self.sawing, self.bending)
        self.assertEqual((other.real, other.is_alternative), (90, True))
        self.assertFalse(other.is_proposed)
        with self.assertRaisesRegex(UserError, "efficiency"):
            other.take_over()

    def test_old_work_and_archived_masters_are_forgotten(self):
        production = self._make(15 + 45)
        self._learn()
        self.assertTrue(self._row(self.sawing))
        workorder = production.workorder_ids[0]
        long_ago = NOW - timedelta(days=731)
        workorder.with_context(bypass_duration_calculation=True).write(
            {"date_start": long_ago, "date_finished": long_ago}
        )
        self._learn()
        self.assertFalse(self._row(self.sawing))
        workorder.date_finished = NOW
        self._learn()
        self.assertTrue(self._row(self.sawing))
        self.master.action_archive()
        self._learn()
        self.assertFalse(self._row(self.sawing))

    def test_learning_again_writes_nothing(self):
        self._make(60)
        self._learn()
        self.env.flush_all()
        select = "SELECT id, ctid, xmin FROM mto_time ORDER BY id"
        before = self.env.execute_query(SQL(select))
        self._learn()
        self.env.flush_all()
        self.assertEqual(self.env.execute_query(SQL(select)), before)

    def test_the_number_of_queries_does_not_grow_with_the_work(self):
        counts = []
        for _round in range(2):
            for minutes in (50, 60, 70):
                self._make(minutes)
            self._learn()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._learn()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestTakeOver(TimesCase):
    """Planning with the real time from now on, seen first, and put back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = new_test_user(
            cls.env,
            "mto_times_engineer",
            groups="mrp.group_mrp_user,mto_planning.group_engineer",
        )
        cls.worker = new_test_user(
            cls.env, "mto_times_worker", groups="mrp.group_mrp_user"
        )

    def setUp(self):
        super().setUp()
        for _number in range(6):
            self._make(15 + 90)
        self._learn()
        self.row = self._row(self.sawing)
        self.env.invalidate_all()

    def _quote(self):
        request = {"product_id": self.table.id, "quantity": 1}
        return self.env["mto.planner"].quote([request])[0]["promise_date"]

    def test_its_effect_is_what_happens(self):
        before = self._quote()
        effect = self.row.with_user(self.engineer).effect()
        (product,) = effect["products"]
        self.assertEqual(product["product_id"], self.table.id)
        self.assertEqual((product["quantity"], product["before"]), (1, before))
        # Tried and taken back.
        self.assertEqual((self.sawing.time_cycle_manual, self._quote()), (30, before))
        self.row.with_user(self.engineer).take_over()
        self.assertEqual(self.sawing.time_cycle_manual, 90)
        self.assertEqual(self._quote(), product["after"])
        # 15 and 30 minutes, then 60: 8:00 to 9:45. An hour more is 10:45.
        self.assertEqual(before, str(self._at(0, 9, 45)))
        self.assertEqual(product["after"], str(self._at(0, 10, 45)))

    def test_orders_keep_their_times(self):
        open_order = self._order()
        self.assertEqual(self.row.open_line_count, 1)
        self.assertEqual(self.row.effect()["open_lines"], 1)
        workorder = open_order.workorder_ids[0]
        planned = (workorder.date_start, workorder.date_finished)
        self.row.take_over()
        self.assertEqual(workorder.duration_expected, 45)
        self.assertEqual(open_order.bom_id.operation_ids[0].time_cycle_manual, 30)
        self.assertEqual((workorder.date_start, workorder.date_finished), planned)
        self.assertEqual(self._order().workorder_ids[0].duration_expected, 15 + 90)

    def test_it_is_told_and_put_back(self):
        row = self.row.with_user(self.engineer)
        self.assertTrue(row.can_take and not row.can_put_back)
        row.take_over()
        message = self.master.message_ids[0]
        self.assertEqual(message.author_id, self.engineer.partner_id)
        self.assertRegex(
            message.body, "90 min instead of 30 min. 6 of 6 took longer. Half of them"
        )
        self.assertEqual((row.planned, row.is_proposed), (90, False))
        self.assertEqual((row.before, row.taken_by_id), (30, self.engineer))
        # What was done says the same still, and nothing more.
        self._learn()
        self.assertFalse(row.is_proposed)
        self.assertTrue(row.can_put_back)
        row.action_put_back()
        self.assertEqual(self.sawing.time_cycle_manual, 30)
        self.assertTrue(row.is_proposed)
        self.assertRegex(self.master.message_ids[0].body, "put back to 30 min")
        with self.assertRaisesRegex(UserError, "nothing was taken over"):
            row.action_put_back()

    def test_what_was_changed_since_is_not_put_back(self):
        self.row.take_over()
        self.sawing.time_cycle_manual = 75
        self.assertFalse(self.row.can_put_back)
        with self.assertRaisesRegex(UserError, "planned with 75 min now"):
            self.row.action_put_back()
        self.assertEqual(self.sawing.time_cycle_manual, 75)

    def test_only_engineers_and_administrators_take_over(self):
        row = self.row.with_user(self.worker)
        self.assertEqual((row.real, row.can_take), (90, False))
        self.assertTrue(row.effect()["products"])
        for method in ("take_over", "action_take_over", "action_put_back"):
            with self.assertRaisesRegex(AccessError, "engineers"):
                getattr(row, method)()
        for user, refusal in (
            (self.salesperson, AccessError),
            (self.buyer, MissingError),
        ):
            for method in ("take_over", "effect", "action_put_back"):
                with self.assertRaises(refusal):
                    getattr(self.row.with_user(user), method)()
        with self.assertRaises(AccessError):
            self.env["mto.time"].with_user(self.salesperson).action_learn()
        self.assertFalse(self.env["mto.time"].with_user(self.buyer).search([]))
        with self.assertRaises(AccessError):
            row.real = 1
        self.row.with_user(self.planner).take_over()
        self.assertEqual(self.sawing.time_cycle_manual, 90)

    def test_values_that_make_no_sense_change_nothing(self):
        for value in (-1, "90", True, float("nan"), 1e9):
            with self.assertRaisesRegex(ValidationError, "“value” must be"):
                self.row.take_over(value)
            with self.assertRaises(ValidationError):
                self.row.effect(value)
        self.assertEqual(self.sawing.time_cycle_manual, 30)
        self.row.take_over(82.5)
        self.assertEqual(self.sawing.time_cycle_manual, 82.5)
        self._finish(self._order())
        self._learn()
        with self.assertRaisesRegex(UserError, "nothing was measured"):
            self._row(self.joining).take_over()

    def test_the_dialog_tells_before_it_does(self):
        action = self.row.with_user(self.engineer).action_take_over()
        dialog = (
            self.env["mto.take.over"]
            .with_user(self.engineer)
            .with_context(**action["context"], tz="UTC")
            .create({})
        )
        self.assertEqual((dialog.value, dialog.planned_text), (90, "30 min"))
        self.assertIn("6 of 6 took longer", dialog.reason)
        self.assertRegex(dialog.effect, "1 × Table: .*9:45.* → .*10:45")
        dialog.value = 30
        self.assertEqual(dialog.effect, "1 × Table: March 1, as before.")
        dialog.value = 90
        dialog.action_take_over()
        self.assertEqual(self.sawing.time_cycle_manual, 90)
        with self.assertRaises(AccessError):
            self.env["mto.take.over"].with_user(self.salesperson).create(
                {"time_ids": [Command.set(self.row.ids)]}
            )

    def test_what_is_entered_stays_while_it_is_tried(self):
        action = self.row.with_user(self.engineer).action_take_over()
        Dialog = self.env["mto.take.over"].with_user(self.engineer)
        form = Form(Dialog.with_context(**action["context"], tz="UTC"))
        self.assertEqual(form.value, 90)
        form.value = 45
        self.assertEqual(form.value, 45)
        self.assertIn("10:00", form.effect)
        form.save().action_take_over()
        self.assertEqual(self.sawing.time_cycle_manual, 45)

    def test_several_are_taken_over_at_once(self):
        for _number in range(6):
            production = self._order()
            self._time(production.workorder_ids[1], 75)
            self._finish(production)
        self._learn()
        rows = self.row | self._row(self.joining)
        dialog = self.env["mto.take.over"].create({"time_ids": [Command.set(rows.ids)]})
        self.assertEqual(
            dialog.reason.split("\n"),
            ["Table: Saw 1: 30 min → 90 min", "Table: Assembly 2: 60 min → 75 min"],
        )
        dialog.action_take_over()
        self.assertEqual(self.sawing.time_cycle_manual, 90)
        self.assertEqual(self.joining.time_cycle_manual, 75)

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "mto_times_stranger",
            groups="mrp.group_mrp_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["mto.time"].with_user(stranger).search([]))
        with self.assertRaises(MissingError):
            self.row.with_user(stranger).take_over()


@tagged("post_install", "-at_install")
class TestLearnedDuration(TimesCase):
    """“Computed” durations of masters, which core learns from their own work only."""

    def test_the_work_of_orders_teaches_the_master(self):
        self.joining.time_mode = "auto"
        self.assertEqual(self.joining.time_cycle, 60)
        for minutes, quantity in ((80, 1), (200, 2)):
            production = self._order(quantity)
            self._time(production.workorder_ids[1], minutes)
            self._finish(production)
        self.joining.invalidate_recordset()
        # Core's formula: all that was worked, by the pieces.
        self.assertAlmostEqual(self.joining.time_cycle, 280 / 3, 2)
        self.assertAlmostEqual(self.joining.time_total, 280 / 3, 2)
        # It is what is planned with, at once.
        workorder = self._order().workorder_ids[1]
        self.assertAlmostEqual(workorder.duration_expected, 280 / 3, 2)

    def test_it_plans_with_the_last_ones_and_not_with_what_was_changed(self):
        self.joining.write({"time_mode": "auto", "time_mode_batch": 2})
        for minutes in (500, 70, 90):
            production = self._order()
            self._time(production.workorder_ids[1], minutes)
            self._finish(production)
        changed = self._order()
        changed.bom_id.operation_ids[1].time_cycle_manual = 400
        self._time(changed.workorder_ids[1], 400)
        self._finish(changed)
        self.joining.invalidate_recordset()
        self.assertAlmostEqual(self.joining.time_cycle, 80, 2)

    def test_what_is_remembered_knows_of_the_work_of_orders(self):
        self.joining.time_mode = "auto"
        request = {"product_id": self.table.id, "quantity": 1}
        production = self._order()
        free = self.env["mto.planner"].quote([request])[0]["steps"][1]
        self._time(production.workorder_ids[1], 120)
        self._finish(production)
        self.env.flush_all()
        later = self.env["mto.planner"].quote([request])[0]["steps"][1]
        lasts = [
            Datetime.to_datetime(step["finish"]) - Datetime.to_datetime(step["start"])
            for step in (free, later)
        ]
        self.assertEqual(lasts, [timedelta(minutes=60), timedelta(minutes=120)])

    def test_nothing_is_proposed_for_it(self):
        self.sawing.time_mode = "auto"
        for _number in range(6):
            self._make(15 + 90)
        self._learn()
        row = self._row(self.sawing)
        self.assertEqual((row.real, row.is_learned), (90, True))
        # As core counts: with its set-up.
        self.assertAlmostEqual(row.planned, 105, 2)
        self.assertFalse(row.is_proposed)
        with self.assertRaisesRegex(UserError, "by itself"):
            row.take_over()


@tagged("post_install", "-at_install")
class TestVendorTimes(TimesCase):
    """What vendors really need: from the order to the last of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer = cls.tube.seller_ids  # three days
        cls.purchaser = new_test_user(
            cls.env, "mto_times_purchaser", groups="purchase.group_purchase_manager"
        )

    def _buy(self, days, asked=3, quantity=1, product=None):
        """Order today; it is asked for, and comes, so many days later."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.tube).id,
                            "product_qty": quantity,
                            "date_planned": NOW + timedelta(days=asked),
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        self._receive(purchase.picking_ids, days)
        return purchase

    def _order_tubes(self, quantity):
        """Order them today, for when core says."""
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.tube.id, "product_qty": quantity}
                    )
                ],
            }
        )
        purchase.button_confirm()
        return purchase

    def _receive(self, picking, days):
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        picking.move_ids.date = NOW + timedelta(days=days)

    def _offer_row(self, offer=None):
        return self.env["mto.time"].search(
            [("supplierinfo_id", "=", (offer or self.offer).id)]
        )

    def test_the_days_in_the_middle_are_proposed_and_taken_over(self):
        days = [5, 6, 6, 7, 9, 60]
        for some in days:
            self._buy(some)
        self._buy(6)
        self._learn()
        row = self._offer_row()
        self.assertEqual((row.cases, row.left_out, row.planned), (6, 1, 3))
        self.assertEqual(row.real, median([5, 6, 6, 6, 7, 9]))
        self.assertTrue(row.is_proposed)
        request = {"product_id": self.frame.id, "quantity": 1}
        before = self.env["mto.planner"].quote([request])[0]["promise_date"]
        row.with_user(self.purchaser).take_over()
        self.assertEqual(self.offer.delay, 6)
        self.assertIn(
            "6 days instead of 3", self.tube.product_tmpl_id.message_ids[0].body
        )
        after = self.env["mto.planner"].quote([request])[0]["promise_date"]
        self.assertGreater(after, before)
        self._learn()
        self.assertFalse(row.is_proposed)
        row.with_user(self.purchaser).action_put_back()
        self.assertEqual(self.offer.delay, 3)

    def test_effect_on_what_was_sold(self):
        self._order(product=self.frame).env.flush_all()
        for _number in range(6):
            self._buy(6)
        self._learn()
        row = self._offer_row()
        self.assertEqual(row.open_line_count, 1)
        (product,) = row.effect()["products"]
        self.assertEqual(product["product_id"], self.frame.id)
        # From Thursday to Monday, when bending has nothing else to do: the open order
        # is bent on Thursday from 8:00 to 9:30.
        self.assertEqual(product["before"], str(self._at(3, 11)))
        self.assertEqual(product["after"], str(self._at(7, 9, 30)))
        self.assertEqual(product["days"], round(4 - 1.5 / 24, 2))
        self.assertEqual(self.offer.delay, 3)

    def test_ordered_early_its_time_begins_later(self):
        # Asked for in ten days, a vendor of three days has time until the seventh.
        self._buy(10, asked=10)
        self._buy(12, asked=10)
        self._learn()
        self.assertEqual(self._offer_row().measured, [5, 3])

    def test_early_with_time_to_spare_is_as_promised(self):
        for days in (8, 5, 2, 1):
            self._buy(days, asked=10)
        self._learn()
        self.assertEqual(self._offer_row().measured, [3, 3, 2, 1])

    def test_a_date_that_the_vendor_moved_hides_nothing(self):
        purchase = self._order_tubes(1)
        line = purchase.order_line
        self.assertEqual(line.mto_lead_start, NOW)
        line.date_planned = NOW + timedelta(days=20)
        self._receive(purchase.picking_ids, 20)
        self._learn()
        self.assertEqual(self._offer_row().measured, [20])
        # What was ordered before there was this field: by the date that it has.
        line.mto_lead_start = False
        self._learn()
        self.assertEqual(self._offer_row().measured, [3])

    def test_the_last_of_it_counts_and_nothing_that_is_still_to_come(self):
        purchase = self._order_tubes(5)
        first = purchase.picking_ids
        first.move_ids.quantity = 4
        first.move_ids.picked = True
        first.with_context(skip_backorder=True).button_validate()
        first.move_ids.date = NOW + timedelta(days=3)
        self._learn()
        self.assertFalse(self._offer_row())
        rest = purchase.picking_ids - first
        self._receive(rest, 8)
        self._learn()
        self.assertEqual(self._offer_row().measured, [8])

    def test_a_rest_that_never_comes_is_over(self):
        purchase = self._order_tubes(5)
        purchase.picking_ids.move_ids.quantity = 4
        self._receive(purchase.picking_ids, 4)
        self._learn()
        self.assertFalse(self._offer_row())
        (purchase.picking_ids.filtered(lambda one: one.state != "done")).action_cancel()
        self._learn()
        self.assertEqual(self._offer_row().measured, [4])

    def test_the_offer_for_the_quantity_counts(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        many = self.offer.copy(
            {"min_qty": 2, "product_uom_id": dozen.id, "price": 1, "delay": 8}
        )
        self._buy(4, quantity=23)
        self._buy(9, quantity=24)
        self._learn()
        self.assertEqual(self._offer_row().measured, [4])
        self.assertEqual(self._offer_row(many).measured, [9])
        # Two that say the same are one.
        many.delay = 3
        self._learn()
        self.assertEqual(sorted(self._offer_row().measured), [4, 9])
        self.assertFalse(self._offer_row(many))
        self._offer_row().take_over(7)
        self.assertEqual((self.offer.delay, many.delay), (7, 7))

    def test_buyers_read_vendors_and_their_managers_take_over(self):
        for _number in range(6):
            self._make(15 + 90)
            self._buy(6)
        self._learn()
        rows = self.env["mto.time"].with_user(self.buyer).search([])
        self.assertEqual(set(rows.mapped("kind")), {"vendor"})
        self.assertFalse(any(rows.mapped("can_take")))
        self.assertEqual(rows.effect(), {"open_lines": 0, "products": []})
        with self.assertRaisesRegex(AccessError, "vendors' prices"):
            rows.take_over()
        mine = self._offer_row().with_user(self.purchaser)
        self.assertTrue(mine.can_take)
        # A planner may plan, not change prices.
        with self.assertRaises(AccessError):
            self._offer_row().with_user(self.planner).take_over()
