from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestProgress(MtoCase):
    """One confirmed lamp is followed from purchase to delivery.

    Promised for Monday in a week, 10:40; see ``TestPromise`` for its plan.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._make_order((cls.lamp, 1), user=cls.salesperson)
        cls.order.mto_compute_promise()
        cls.order.action_confirm()
        cls.order = cls.order.sudo()
        cls.line = cls.order.order_line

    def _receive(self, purchases):
        for picking in purchases.order_id.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        ):
            picking.button_validate()

    def _buy(self):
        self.line.mto_purchase_line_ids.order_id.button_confirm()

    def _work(self, production):
        for workorder in production.workorder_ids:
            workorder.button_start()
            workorder.button_finish()
        production.button_mark_done()

    def _refresh(self):
        with patch.object(self.registry["ir.cron"], "_commit_progress") as commit:
            self.env["mto.progress"]._cron_refresh()
        commit.assert_called()

    def _production(self, product):
        return self._production_of(self.line, product)

    def test_confirmed_line_waits_for_material_and_is_on_track(self):
        self.assertEqual(self.line.mto_stage, "waiting_material")
        self.assertEqual(self.line.mto_progress, 0)
        self.assertEqual(self.line.mto_risk, "on_track")
        self.assertEqual(self.line.mto_slack_hours, 0)
        self.assertEqual(self.line.mto_projected_date, self._at(7, 10, 40))
        self.assertAlmostEqual(self.line.mto_planned_hours, 250 / 60)

    def test_whole_way_to_delivery(self):
        self._buy()
        seen = [(self.line.mto_stage, self.line.mto_progress)]
        with freeze_time(self._at(7, 8)):
            self._receive(self.line.mto_purchase_line_ids)
            seen.append((self.line.mto_stage, self.line.mto_progress))
            for product in (self.board, self.frame, self.engine):
                self._work(self._production(product))
                seen.append((self.line.mto_stage, self.line.mto_progress))
        with freeze_time(self._at(7, 10, 30)):
            self._work(self._production(self.lamp))
            seen.append((self.line.mto_stage, self.line.mto_progress))
            delivery = self.order.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            delivery.button_validate()
            seen.append((self.line.mto_stage, self.line.mto_progress))
        # 20 for material, 70 for 250 minutes of work: 40, 90, 60 and 60.
        self.assertEqual(
            seen,
            [
                ("waiting_material", 0.0),
                ("ready", 20.0),
                ("in_production", 31.2),
                ("in_production", 56.4),
                ("in_production", 73.2),
                ("ready_to_ship", 90.0),
                ("delivered", 100.0),
            ],
        )
        self.assertEqual(self.line.mto_projected_date, self._at(7, 10, 30))
        self.assertEqual(self.line.mto_risk, "on_track")
        self.assertEqual(self.line.mto_promise_id.state, "kept")
        self.assertEqual(self.line.mto_promise_id.actual_date, self._at(7, 10, 30))

    def test_bills_of_materials_are_archived_with_their_order(self):
        boms, top = self.line.mto_bom_ids, self.line.mto_bom_id
        self._buy()
        with freeze_time(self._at(7, 8)):
            self._receive(self.line.mto_purchase_line_ids)
            for product in (self.board, self.frame, self.engine, self.lamp):
                self.assertTrue(all(boms.mapped("active")))
                self._work(self._production(product))
            self.order.picking_ids.button_validate()
        self.assertEqual(self.line.mto_stage, "delivered")
        self.assertFalse(any(boms.mapped("active")))
        self.assertEqual(set(boms.mapped("operation_ids.active")), {True})
        # It still tells what it was made of, and others are made of the same.
        self.env.invalidate_all()
        self.assertEqual(self.line.mto_bom_ids, boms)
        self.assertEqual(self.line.mto_bom_id, top)
        self.assertEqual(self.line.mto_production_ids.bom_id, boms)
        self.assertEqual(self.order.mto_bom_count, len(boms))
        action = self.order.action_mto_view_boms()
        listed = self.env["mrp.bom"].with_context(**action["context"])
        self.assertEqual(listed.search(action["domain"]), boms)
        again = self._make_order((self.lamp, 1)).order_line
        found = again.mto_find_earlier()["lines"]
        self.assertEqual([line["line_id"] for line in found], self.line.ids)
        again.mto_take_structure_from(self.line.id)
        self.assertEqual(len(again.mto_bom_ids), len(boms))
        self.assertTrue(all(again.mto_bom_ids.mapped("active")))
        self.assertFalse(again.mto_bom_ids & boms)

    def test_more_of_what_was_delivered_is_made_of_the_same(self):
        boms = self.line.mto_bom_ids
        self._buy()
        with freeze_time(self._at(7, 8)):
            self._receive(self.line.mto_purchase_line_ids)
            for product in (self.board, self.frame, self.engine, self.lamp):
                self._work(self._production(product))
            self.order.picking_ids.button_validate()
            self.line.mto_apply_change(
                {"product_uom_qty": self.line.product_uom_qty + 1}
            )
        self.assertTrue(all(boms.mapped("active")))
        self.assertFalse(any(boms.mapped("mto_is_done")))
        more = self.line._mto_get_open_productions()
        self.assertTrue(more)
        self.assertLessEqual(more.bom_id, boms)

    def test_the_order_leads_to_its_only_line_as_a_job(self):
        form = self.env.ref("mto_planning.sale_order_line_view_form_mto")
        action = self.order.action_mto_view_lines()
        self.assertEqual(action["res_id"], self.line.id)
        self.assertEqual(action["views"], [(form.id, "form")])

    def test_finished_work_order_moves_progress(self):
        before = self.line.mto_progress
        workorder = self._production(self.frame).workorder_ids
        workorder.button_start()
        self.assertEqual(self.line.mto_stage, "in_production")
        workorder.button_finish()
        self.assertAlmostEqual(self.line.mto_progress, before + 70 * 90 / 250, 1)

    def test_late_purchase_reaches_the_order_through_all_levels(self):
        self._buy()
        chip = self.line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.chip
        )
        chip.date_planned = chip.date_planned + timedelta(days=3)
        self.assertEqual(self.line.mto_risk, "late")
        self.assertEqual(self.line.mto_slack_hours, -72)
        self.assertEqual(self.line.mto_projected_date, self._at(10, 10, 40))
        self.assertIn("Chip", self.line.mto_trouble)
        self.assertTrue(chip.mto_is_late)
        self.assertEqual(self.order.mto_risk, "late")
        found = self.env["purchase.order.line"].search([("mto_is_late", "=", True)])
        self.assertIn(chip, found)

    def test_late_part_of_what_is_made_without_work_orders_reaches_the_order(self):
        kit = self._make_product("Box of tubes")
        self._make_bom(kit, [(self.tube, 2)])
        order = self._make_order((kit, 1))
        order.action_confirm()
        line = order.order_line
        planned = line.mto_projected_date
        purchase = line.mto_purchase_line_ids
        purchase.order_id.button_confirm()
        purchase.date_planned += timedelta(days=2)
        self.assertEqual(line.mto_projected_date, planned + timedelta(days=2))
        self.assertEqual(line.mto_risk, "late")

    def test_late_part_with_slack_puts_the_order_at_risk_only(self):
        self._buy()
        tube = self.line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.tube
        )
        tube.date_planned = tube.date_planned + timedelta(days=1)
        self.assertEqual(self.line.mto_risk, "at_risk")
        self.assertEqual(self.line.mto_projected_date, self._at(7, 10, 40))
        self.assertIn("Tube", self.line.mto_trouble)

    def test_delayed_manufacturing_order_reaches_the_order(self):
        self._buy()
        with freeze_time(self._at(8, 9)):
            self._receive(self.line.mto_purchase_line_ids)
            self._refresh()
            # A day and an hour after the boards should have been started.
            self.assertEqual(self.line.mto_risk, "late")
            self.assertEqual(self.line.mto_projected_date, self._at(8, 11, 40))

    def test_unordered_part_is_named_when_it_should_have_been_ordered(self):
        with freeze_time(self._at(3, 12)):
            self._refresh()
            self.assertEqual(self.line.mto_risk, "late")
            self.assertIn("Chip", self.line.mto_trouble)

    def test_cancelled_manufacturing_order_blocks_the_line(self):
        production = self._production(self.frame)
        production.action_cancel()
        self.assertEqual(self.line.mto_risk, "blocked")
        self.assertIn(production.name, self.line.mto_trouble)

    def test_order_that_cannot_be_planned_is_confirmed_and_says_so(self):
        """Core's flow goes on, without dates; nobody is told that all is well."""
        glass = self._make_product("Glass", on_order=False)
        vase = self._make_product("Vase")
        self._make_bom(vase, [(glass, 3)], [(self.assembly, 30)])
        order = self._make_order((vase, 2))
        order.action_confirm()
        line = order.order_line
        self.assertEqual(line.mto_promise_state, "infeasible")
        self.assertEqual(line.mto_risk, "blocked")
        self.assertIn("Glass (level 1, 6 Units)", line.mto_trouble)
        self.assertFalse(line.mto_projected_date)
        self.assertFalse(order.commitment_date)
        production = line.mto_production_ids
        self.assertEqual(production.bom_id, line.mto_bom_id)
        self.assertFalse(production.is_planned)
        self.assertIn("could not be planned", order.message_ids[0].body)

    def test_cancelled_order_is_cancelled(self):
        self.order._action_cancel()
        self.assertEqual(self.line.mto_stage, "cancelled")

    def test_quotation_is_quoted(self):
        other = self._make_order((self.lamp, 1))
        self.assertEqual(other.order_line.mto_stage, "quoted")
        self.assertFalse(other.order_line.mto_risk)
        other.mto_compute_promise()
        self.assertEqual(
            other.order_line.mto_projected_date, other.order_line.mto_promise_date
        )

    def test_timeline_shows_the_whole_production(self):
        (data,) = self.order.with_user(self.salesperson).mto_progress_data()
        self.assertEqual(data["line_id"], self.line.id)
        self.assertEqual(data["stage"], "waiting_material")
        kinds = [row["kind"] for row in data["timeline"]]
        self.assertEqual(
            {kind: kinds.count(kind) for kind in set(kinds)},
            {"production": 4, "operation": 4, "purchase": 3, "delivery": 1},
        )
        ids = [row["id"] for row in data["timeline"]]
        self.assertEqual(len(ids), len(set(ids)))
        parents = {row["parent"] for row in data["timeline"] if row["parent"]}
        self.assertLess(parents, set(ids))

    def test_quotations_timeline_is_its_plan(self):
        other = self._make_order((self.lamp, 1))
        other.mto_compute_promise()
        (data,) = other.mto_progress_data()
        self.assertEqual(len(data["timeline"]), 8)
        self.assertEqual({row["state"] for row in data["timeline"]}, {"planned"})

    def test_backorder_of_a_level_stays_the_lines(self):
        self._buy()
        with freeze_time(self._at(7, 8)):
            self._receive(self.line.mto_purchase_line_ids)
            engine = self._production(self.engine)
            self._work(self._production(self.board))
            engine.qty_producing = 1
            engine._set_qty_producing()
            action = engine.button_mark_done()
            wizard = self.env["mrp.production.backorder"].with_context(
                **action["context"]
            )
            wizard.create({}).action_backorder()
            engines = self._production(self.engine)
            self.assertEqual(len(engines), 2)
            self.assertEqual(self.line.mto_stage, "in_production")
            self.assertLess(self.line.mto_progress, 90)


@tagged("post_install", "-at_install")
class TestBetterThanCore(MtoCase):
    """What stock Odoo gets wrong on the same data, and the add-on does not."""

    def _stock_order(self):
        """The same order as stock Odoo makes and plans it."""
        order = self._make_order((self.lamp, 1))
        self._confirm_as_stock_odoo(order)
        productions = order.stock_reference_ids.production_ids
        productions.sorted("id", reverse=True).button_plan()
        return productions

    def test_parents_wait_for_their_children(self):
        stock = self._stock_order()
        start = stock.filtered(lambda mo: mo.product_id == self.lamp).date_start
        child = stock.filtered(lambda mo: mo.product_id == self.engine).date_finished
        self.assertLess(start, child, "Stock Odoo has learned to wait.")
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        line = order.order_line
        self.assertGreaterEqual(
            self._production_of(line, self.lamp).date_start,
            self._production_of(line, self.engine).date_finished,
        )

    def test_no_date_lies_in_the_past(self):
        stock = self._stock_order()
        now = self._at(0, 8)
        bought = stock.reference_ids.purchase_ids
        self.assertLess(min(bought.mapped("date_order")), now)
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        line = order.order_line
        dates = [
            *line.mto_production_ids.mapped("date_start"),
            *line.mto_purchase_line_ids.mapped("mto_order_by"),
            *line.mto_purchase_line_ids.order_id.mapped("date_order"),
            *line.move_ids.mapped("date"),
        ]
        self.assertGreaterEqual(min(dates), now)


@tagged("post_install", "-at_install")
class TestTellLate(MtoCase):
    """When a date is not kept any more, the salesperson is told: once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._make_order((cls.lamp, 1), user=cls.salesperson).sudo()
        cls.order.action_confirm()
        cls.line = cls.order.order_line

    def _refresh(self):
        with patch.object(self.registry["ir.cron"], "_commit_progress"):
            self.env["mto.progress"]._cron_refresh()
        return self.order.activity_ids, self.order.message_ids

    def test_dates_of_a_sentence_are_days_by_the_factorys_clock(self):
        order, noon = self.order, self._at(0, 12)
        self.env.user.tz = self.env.company.partner_id.tz = False
        self.env.company.resource_calendar_id.tz = "Asia/Tokyo"
        evening, next_year = noon + timedelta(hours=5), noon.replace(noon.year + 1)
        days = order._mto_format_apart(noon, evening, next_year)
        self.assertEqual(len(set(days)), 3, "The second is on the next day in Tokyo.")
        self.assertFalse(
            [day for day in days[:2] if ":" in day or str(noon.year) in day]
        )
        self.assertIn(str(next_year.year), days[2])
        times = order._mto_format_apart(noon, noon + timedelta(hours=1))
        self.assertEqual([time[-8:-3].strip() for time in times], ["9:00", "10:00"])

    def test_late_lines_of_an_order_are_one_message(self):
        order = self._make_order(
            (self.lamp, 1), (self.lamp, 1), user=self.salesperson
        ).sudo()
        order.action_confirm()
        before = order.message_ids
        for line in order.order_line:
            line.mto_purchase_line_ids[:1].date_planned += timedelta(days=30)
        self.assertEqual(set(order.order_line.mapped("mto_risk")), {"late"})
        self._refresh()
        told = (order.message_ids - before).filtered(
            lambda message: "will be later than promised" in message.body
        )
        self.assertEqual(told.body.count("will be later than promised"), 2)
        self.assertEqual(len(order.activity_ids), 1)

    def test_order_follows_which_of_its_lines_count(self):
        order = self._make_order((self.lamp, 1), (self.lamp, 1)).sudo()
        order.action_confirm()
        first, second = order.order_line
        second.mto_purchase_line_ids[:1].date_planned += timedelta(days=30)
        self.assertEqual(order.mto_projected_date, second.mto_projected_date)
        self.assertGreater(second.mto_projected_date, first.mto_projected_date)
        second.product_uom_qty = 0
        self.assertEqual(order.mto_projected_date, first.mto_projected_date)

    def test_a_late_line_is_told_once_and_once_when_it_is_on_time_again(self):
        activities, messages = self._refresh()
        self.assertFalse(activities)
        purchase = self.line.mto_purchase_line_ids[0]
        planned = purchase.date_planned
        purchase.date_planned = planned + timedelta(days=30)
        self.assertEqual(self.line.mto_risk, "late")
        activities, told = self._refresh()
        self.assertEqual(activities.user_id, self.salesperson)
        self.assertIn("will be later than promised", (told - messages).body)
        order = self.line.order_id
        self.assertIn(
            "{} instead of {}.".format(
                *order._mto_format_apart(
                    self.line.mto_projected_date, self.line.mto_promise_date
                )
            ),
            (told - messages).body,
        )
        # Later still: no second message.
        purchase.date_planned = planned + timedelta(days=40)
        self.assertEqual(self._refresh(), (activities, told))
        purchase.date_planned = planned
        self.assertEqual(self.line.mto_risk, "on_track")
        _activities, again = self._refresh()
        self.assertIn("on time again", (again - told).body)
        self.assertEqual(self._refresh()[1], again)

    def test_lists_and_graphs_follow_the_stages_and_the_risks(self):
        quoted = self._make_order((self.lamp, 1)).sudo().order_line
        late = self._make_order((self.lamp, 1)).sudo()
        late.action_confirm()
        late.order_line.mto_purchase_line_ids[:1].date_planned += timedelta(days=60)
        self.order.action_cancel()
        lines = quoted | self.line | late.order_line
        # By name "cancelled" would come first.
        in_order = quoted | late.order_line | self.line
        for order, expected in (
            ("mto_stage", in_order),
            ("mto_stage desc", in_order[::-1]),
            ("mto_risk desc, id", late.order_line | self.line | quoted),
        ):
            with self.subTest(order=order):
                found = lines.search([("id", "in", lines.ids)], order=order)
                self.assertEqual(found.ids, expected.ids)
        for spec in (["mto_stage"], ["product_id", "mto_stage"]):
            groups = lines._read_group([("id", "in", lines.ids)], spec, ["__count"])
            self.assertEqual(
                [group[-2] for group in groups],
                ["quoted", "waiting_material", "cancelled"],
            )
        groups = lines._read_group(
            [("id", "in", lines.ids)],
            ["product_id", "mto_stage"],
            order="mto_stage desc, product_id",
        )
        self.assertEqual(
            [stage for _product, stage in groups],
            ["cancelled", "waiting_material", "quoted"],
        )
