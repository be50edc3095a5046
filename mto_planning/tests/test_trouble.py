from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestTrouble(MtoCase):
    """Each kind of trouble reaches the order that it hurts, and no other.

    A lamp is made through three levels (see ``Factory``); its screws are taken from
    stock two levels down, for the board. A panel shares nothing with it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls._make_bought("Screw", 4, on_order=False)
        cls._make_stock(cls.screw, 12)
        cls.board.bom_ids.bom_line_ids = [
            Command.create({"product_id": cls.screw.id, "product_qty": 6})
        ]
        cls.saw = cls._make_workcenter("Saw", cls._make_calendar())
        cls.sheet = cls._make_bought("Sheet", 2)
        cls.panel = cls._make_product("Panel")
        cls._make_bom(cls.panel, [(cls.sheet, 1)], [(cls.saw, 120)])
        cls.line = cls._confirm(cls.lamp)
        # Wanted later, and made just in time.
        cls.other = cls._confirm(cls.panel, commitment_date=NOW + timedelta(days=14))
        (cls.line | cls.other).mto_purchase_line_ids.order_id.button_confirm()
        cls.env.flush_all()

    @classmethod
    def _confirm(cls, product, **values):
        order = cls._make_order((product, 1), **values)
        order.mto_compute_promise()
        order.action_confirm()
        return order.order_line

    # What can go wrong

    def _purchase(self, product):
        return self.line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == product
        )

    def _picking(self):
        return self._purchase(self.chip).move_ids.picking_id

    def _made(self, product):
        return self._production_of(self.line, product)

    def _purchase_line_moved(self):
        self._purchase(self.chip).date_planned += timedelta(days=3)

    def _purchase_order_moved(self):
        order = self._purchase(self.chip).order_id
        with Form(order) as form:
            form.date_planned = order.date_planned + timedelta(days=8)

    def _receipt_moved(self):
        self._picking().scheduled_date += timedelta(days=8)

    def _receipt_move_moved(self):
        self._purchase(self.chip).move_ids.date += timedelta(days=8)

    def _purchase_cancelled(self):
        self._purchase(self.chip).order_id.button_cancel()

    def _receive(self, quantities):
        """Receive some products, less than was ordered, and wait for no more."""
        moves = self.line.mto_purchase_line_ids.move_ids
        for move in moves:
            move.quantity = quantities.get(move.product_id, move.product_uom_qty)
            move.picked = bool(move.quantity)
        moves.picking_id.with_context(
            skip_backorder=True,
            picking_ids_not_to_backorder=moves.picking_id.ids,
        ).button_validate()

    def _receipt_short(self):
        self._receive({self.chip: 5})

    def _receipt_refused(self):
        """All came, and the chips went back."""
        self._receive({})
        receipt = self._picking()
        wizard = self.env["stock.return.picking"].create({"picking_id": receipt.id})
        for row in wizard.product_return_moves:
            row.quantity = 8 if row.product_id == self.chip else 0
            row.to_refund = True
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.picked = True
        back.button_validate()

    def _work_overruns(self):
        self._receive({})
        self._made(self.frame).workorder_ids.button_finish()
        work = self._made(self.board).workorder_ids
        with freeze_time(self._at(7, 8)):
            work.button_start()
        with freeze_time(self._at(7, 11)):
            self._run_job()

    def _production_moved(self):
        board = self._made(self.board)
        board.date_start += timedelta(days=2)

    def _work_moved(self):
        work = self._made(self.board).workorder_ids
        work.write(
            {
                "date_start": self._at(9, 8),
                "date_finished": self._at(9, 8, 40),
            }
        )

    def _production_cancelled(self):
        self._made(self.board).action_cancel()

    def _production_split(self):
        """In halves; the second is taken from the plan, and its center is full."""
        engine = self._made(self.engine)
        halves = engine._split_productions({engine: [1, 1]})
        halves[1].button_unplan()
        # Also what the second half has left: somebody else has it by now.
        freed = engine.workorder_ids.date_finished
        for start in [self._at(day, 8) for day in (0, 1, 2, 3, 4, 8, 9)] + [freed]:
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Booked",
                    "resource_id": self.soldering.resource_id.id,
                    "calendar_id": self.calendar.id,
                    "time_type": "other",
                    "date_from": start,
                    "date_to": start.replace(hour=17, minute=0),
                }
            )

    def _half_cancelled(self):
        engine = self._made(self.engine)
        halves = engine._split_productions({engine: [1, 1]})
        halves[1].action_cancel()

    def _block(self, center, back):
        loss = self.env["mrp.workcenter.productivity.loss"].search(
            [("loss_type", "=", "availability")], limit=1
        )
        self.env["mrp.workcenter.productivity"].create(
            {"workcenter_id": center.id, "loss_id": loss.id}
        ).button_block()
        center.mto_back_on = back

    def _center_blocked(self):
        self._block(self.soldering, self._at(9, 8))

    def _center_time_off(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Repair",
                "resource_id": self.soldering.resource_id.id,
                "date_from": self._at(7, 0),
                "date_to": self._at(8, 0),
            }
        )

    def _calendar_changed(self):
        mondays = self.calendar.attendance_ids.filtered(
            lambda attendance: attendance.dayofweek == "0"
        )
        mondays.unlink()

    def _calendar_exchanged(self):
        self.soldering.resource_calendar_id = self._make_calendar(days=(1, 2, 3, 4))

    def _stock_lost(self):
        self._set_stock(7)

    def _set_stock(self, quantity):
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.screw.id),
                ("location_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        quant.inventory_quantity = quantity
        quant.action_apply_inventory()

    def _stock_scrapped(self):
        self.env["stock.scrap"].create(
            {
                "product_id": self.screw.id,
                "scrap_qty": 5,
                "location_id": self.warehouse.lot_stock_id.id,
            }
        ).do_scrap()

    def _run_job(self):
        with patch.object(self.registry["ir.cron"], "_commit_progress"):
            self.env["mto.progress"]._cron_refresh()
            self.env.flush_all()

    # The table

    def _versions(self):
        """Versions of the rows of the order that nothing has happened to."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT ctid, xmin FROM sale_order_line WHERE id = %s
                UNION ALL SELECT ctid, xmin FROM sale_order WHERE id = %s
                UNION ALL SELECT ctid, xmin FROM mrp_production WHERE mto_line_id = %s
            """,
            [self.other.id, self.other.order_id.id, self.other.id],
        )
        return self.env.cr.fetchall()

    def _check(self, trouble, cause, risk, projected, text):
        before, promised = self._versions(), self._at(7, 10, 40)
        self.assertEqual(self.line.mto_projected_date, promised)
        self.assertEqual(self.line.mto_risk, "on_track", self.line.mto_trouble)
        getattr(self, trouble)()
        line = self.line
        found = (line.mto_cause, line.mto_risk, line.mto_projected_date)
        self.assertEqual(found, (cause, risk, projected), line.mto_trouble)
        late = (projected - promised).total_seconds() / 3600
        self.assertEqual(line.mto_slack_hours, -late)
        self.assertIn(text, line.mto_trouble)
        self.assertTrue(self.env[line.mto_cause_model].browse(line.mto_cause_id))
        self.assertEqual(line.order_id.mto_risk, risk)
        self.assertEqual(line.order_id.mto_projected_date, projected)
        self.assertEqual(self._versions(), before, "Others are not touched.")

    def _check_all(self, table):
        for trouble, *expected in table:
            with self.subTest(trouble):
                self.env.flush_all()
                self.env.cr.execute("SAVEPOINT trouble")
                try:
                    self._check(trouble, *expected)
                finally:
                    self.env.invalidate_all(flush=False)
                    self.env.transaction.clear()
                    self.env.cr.execute("ROLLBACK TO SAVEPOINT trouble")

    def test_purchase(self):
        """Chips are needed on Monday at eight, and take five days from the vendor."""
        late = "late", self._at(10, 10, 40), "Chip"
        self._check_all(
            [
                ("_purchase_line_moved", "purchase", *late),
                # Its earliest line was due on Thursday: now Friday in a week.
                (
                    "_purchase_order_moved",
                    "purchase",
                    "late",
                    self._at(11, 10, 40),
                    "Chip",
                ),
                ("_receipt_moved", "purchase", "late", self._at(11, 10, 40), "Chip"),
                (
                    "_receipt_move_moved",
                    "purchase",
                    "late",
                    self._at(15, 10, 40),
                    "Chip",
                ),
                (
                    "_purchase_cancelled",
                    "lost",
                    "blocked",
                    self._at(7, 10, 40),
                    "cancelled",
                ),
                ("_receipt_short", "short", "blocked", self._at(7, 10, 40), "Chip"),
                ("_receipt_refused", "short", "blocked", self._at(7, 10, 40), "Chip"),
            ]
        )

    def test_work(self):
        """On Monday from eight the board is made, then the engines, then the lamp."""
        self._check_all(
            [
                ("_work_overruns", "overrun", "late", self._at(7, 14), "Board"),
                ("_production_moved", "plan", "late", self._at(9, 10, 40), "Board"),
                ("_work_moved", "plan", "late", self._at(9, 10, 40), "Board"),
                ("_production_cancelled", "lost", "blocked", self._at(7, 10, 40), "MO"),
                (
                    "_production_split",
                    "plan",
                    "late",
                    self._at(10, 9, 30),
                    "LED engine",
                ),
                ("_half_cancelled", "missing", "blocked", self._at(7, 10, 40), "LED"),
            ]
        )

    def test_work_center(self):
        monday, tuesday = self._at(9, 10, 40), self._at(8, 10, 40)
        self._check_all(
            [
                ("_center_blocked", "blocked", "late", monday, "Soldering"),
                ("_center_time_off", "closed", "late", tuesday, "Soldering"),
                ("_calendar_changed", "closed", "late", tuesday, "Soldering"),
                ("_calendar_exchanged", "closed", "late", tuesday, "Soldering"),
            ]
        )

    def test_stock(self):
        """Of twelve screws five are gone; a vendor brings others in four days."""
        gone = "missing", "blocked", self._at(7, 10, 40), "5 Units Screw"
        self._check_all([("_stock_lost", *gone), ("_stock_scrapped", *gone)])

    def _delivery(self):
        return self.line.order_id.picking_ids

    def _delivery_moved(self):
        self._delivery().scheduled_date += timedelta(days=4)

    def _delivery_move_moved(self):
        self._delivery().move_ids.date += timedelta(days=4)

    def _delivery_moved_more_than_parts(self):
        """The cause is what sets the date, though the chips are late, too."""
        self._purchase_line_moved()
        self._delivery_moved()

    def _delivery_moved_less_than_parts(self):
        self._purchase_line_moved()
        self._delivery().scheduled_date += timedelta(days=1)

    def test_delivery(self):
        """It is planned to leave when the lamp is made."""
        friday = "delivery", "late", self._at(11, 10, 40)
        text = "scheduled for"
        parts = "purchase", "late", self._at(10, 10, 40), "Chip"
        self._check_all(
            [
                ("_delivery_moved", *friday, text),
                ("_delivery_move_moved", *friday, text),
                ("_delivery_moved_more_than_parts", *friday, text),
                ("_delivery_moved_less_than_parts", *parts),
            ]
        )

    def test_delivery_moved_back(self):
        before = self._versions()
        self._delivery_moved()
        (row,) = [
            row
            for line in self.line.order_id.mto_progress_data()
            for row in line["timeline"]
            if row["kind"] == "delivery"
        ]
        self.assertTrue(row["late"])
        self.assertIn("scheduled for", row["reason"])
        self._delivery().scheduled_date -= timedelta(days=4)
        self.assertEqual(self.line.mto_risk, "on_track")
        self.assertFalse(self.line.mto_cause)
        self.assertEqual(self.line.mto_projected_date, self._at(7, 10, 40))
        self.assertEqual(self._versions(), before)

    def test_delivery_moved_earlier_makes_nothing_earlier(self):
        self._delivery().scheduled_date -= timedelta(days=2)
        self.assertEqual(self.line.mto_projected_date, self._at(7, 10, 40))
        self.assertEqual(self.line.mto_risk, "on_track")

    def test_delivery_that_has_passed_leaves_now(self):
        """It was to leave a day later than planned, and did not."""
        self._delivery().scheduled_date += timedelta(days=1)
        self.assertEqual(self.line.mto_cause, "delivery")
        with freeze_time(self._at(9, 8)):
            self._run_job()
            self.assertEqual(self.line.mto_cause, "purchase")

    def test_all_at_once_waits_for_the_last(self):
        """Lines that leave together are not late because one is planned earlier."""
        order = self._make_order((self.panel, 1), (self.lamp, 1))
        order.picking_policy = "one"
        order.mto_compute_promise()
        order.action_confirm()
        panel, lamp = order.order_line
        due = lamp.mto_promise_id.shipping_date
        self.assertLess(panel.mto_promise_id.shipping_date, due)
        order.picking_ids.scheduled_date = due
        self.assertEqual(panel.mto_risk, "on_track", panel.mto_trouble)
        order.picking_ids.scheduled_date = due + timedelta(days=1)
        self.assertEqual(panel.mto_cause, "delivery")
        shift = panel.mto_projected_date - panel.mto_promise_id.planned_date
        self.assertEqual(shift, timedelta(days=1))

    def test_after_a_slip_it_waits_for_capacity(self):
        """The bench is taken when the late chips are there: by others, who stay."""
        taken = self._confirm_on_soldering(self._at(10, 12))
        self._purchase_line_moved()
        self.assertEqual(self.line.mto_projected_date, self._at(10, 15, 40))
        self.assertEqual(taken.mto_projected_date, self._at(10, 12))
        self.assertEqual(taken.mto_risk, "on_track")

    def test_what_waits_longer_for_a_blocked_center_goes_first(self):
        first = self._confirm_on_soldering(self._at(4, 12))
        self._center_blocked()
        self.assertEqual(first.mto_projected_date, self._at(9, 12))
        self.assertEqual(first.mto_cause, "blocked")
        # Four hours of the other one, then a hundred minutes of its own.
        self.assertEqual(self.line.mto_projected_date, self._at(9, 15, 40))

    def _confirm_on_soldering(self, wanted):
        """An order that has four hours on the bench until a moment."""
        product = self._make_product("Sign")
        self._make_bom(product, [], [(self.soldering, 240)])
        return self._confirm(product, commitment_date=wanted)

    def test_work_that_runs_on_a_blocked_center_waits_for_it(self):
        with freeze_time(self._at(3, 8)):
            work = self._made(self.frame).workorder_ids
            work.button_start()
            self._block(self.bending, self._at(8, 8))
            self.assertEqual(self.line.mto_cause, "blocked")
            # The lamp is assembled when the frame is there.
            self.assertEqual(self.line.mto_projected_date, self._at(8, 9))

    def test_freed_center_makes_all_well_again(self):
        before = self._versions()
        self._center_blocked()
        self.assertEqual(self.line.mto_risk, "late")
        self.soldering.unblock()
        self.assertEqual(self.line.mto_risk, "on_track")
        self.assertFalse(self.line.mto_cause)
        self.assertEqual(self._versions(), before)

    def test_an_event_measures_so_many_lines_and_the_job_the_rest(self):
        second = self._confirm(self.lamp)
        self.env.flush_all()
        job = self.env.ref("mto_planning.ir_cron_mto_refresh_progress")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        with patch("odoo.addons.mto_planning.models.mto_progress.AT_ONCE", 1):
            self._block(self.soldering, self._at(9, 8))
            self.env.flush_all()
        later = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        self.assertTrue(later - triggers)
        self._run_job()
        self.assertEqual(second.mto_cause, "blocked")

    def test_steps_of_the_warehouse_are_no_trouble(self):
        """Components are fetched, products stored and picked, receipts put away."""
        self.warehouse.write(
            {
                "manufacture_steps": "pbm_sam",
                "reception_steps": "two_steps",
                "delivery_steps": "pick_ship",
            }
        )
        self._make_stock(self.screw, 12)
        line = self._confirm(self.lamp)
        self.assertEqual(line.mto_risk, "on_track", line.mto_trouble)
        line.mto_purchase_line_ids.order_id.button_confirm()
        self.assertEqual(line.mto_risk, "on_track", line.mto_trouble)
        self._set_stock(12)
        lines = (self.line | line).filtered(lambda one: one.mto_cause == "missing")
        self.assertEqual(len(lines), 1)
        self.assertIn("12 Units Screw", lines.mto_trouble)

    def test_delivery_that_lost_its_goods(self):
        """What was made lies in stock, and breaks."""
        with freeze_time(self._at(7, 8)):
            self._receive({})
            for product in (self.board, self.frame, self.engine, self.lamp):
                production = self._made(product)
                production.workorder_ids.button_finish()
                production.button_mark_done()
            self.assertEqual(self.line.mto_stage, "ready_to_ship")
            self.env["stock.scrap"].create(
                {
                    "product_id": self.lamp.id,
                    "scrap_qty": 1,
                    "location_id": self.warehouse.lot_stock_id.id,
                }
            ).do_scrap()
            self.assertEqual(self.line.mto_risk, "blocked")
            self.assertIn("1 Units Lamp", self.line.mto_trouble)

    def test_one_finished_work_order_measures_its_own_line_only(self):
        measured = []
        measure = type(self.env["mto.progress"])._measure

        def spy(progress, lines):
            measured.extend(lines.ids)
            return measure(progress, lines)

        work = self._made(self.frame).workorder_ids
        self.env.flush_all()
        with patch.object(type(self.env["mto.progress"]), "_measure", spy):
            work.button_start()
            work.button_finish()
            self.env.flush_all()
        self.assertEqual(set(measured), {self.line.id})
