from unittest.mock import patch

from odoo.tests import tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestConfirm(MtoCase):
    """Confirming one lamp makes its own bills of materials, orders and purchases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._make_order((cls.lamp, 1), user=cls.salesperson)
        (cls.answer,) = cls.order.mto_compute_promise()
        cls.order.action_confirm()
        cls.line = cls.order.sudo().order_line

    def test_one_order_bom_for_each_made_level(self):
        boms = self.line.mto_bom_ids
        self.assertEqual(
            boms.product_id, self.lamp + self.engine + self.frame + self.board
        )
        self.assertEqual(len(boms), 4)
        self.assertEqual(self.line.mto_bom_id.product_id, self.lamp)
        masters = boms.mto_template_bom_id
        self.assertFalse(masters.filtered("mto_is_order_bom"))
        for bom in boms:
            with self.subTest(product=bom.product_id.name):
                master = bom.mto_template_bom_id
                self.assertEqual(
                    bom.bom_line_ids.mapped(lambda li: (li.product_id, li.product_qty)),
                    master.bom_line_ids.mapped(
                        lambda li: (li.product_id, li.product_qty)
                    ),
                )

    def test_order_bom_is_found_for_nothing_else(self):
        found = self.env["mrp.bom"]._bom_find(self.lamp)[self.lamp]
        self.assertFalse(found.mto_is_order_bom)
        self.assertEqual(self.lamp.product_tmpl_id.bom_ids, found)

    def test_each_level_is_made_from_its_order_bom(self):
        productions = self.line.mto_production_ids
        self.assertEqual(len(productions), 4)
        self.assertEqual(productions.bom_id, self.line.mto_bom_ids)
        self.assertEqual(set(productions.mapped("state")), {"confirmed"})
        quantities = {mo.product_id: mo.product_qty for mo in productions}
        self.assertEqual(
            quantities, {self.lamp: 1, self.frame: 1, self.engine: 2, self.board: 2}
        )

    def test_everything_is_pegged_to_the_line(self):
        productions = self.line.mto_production_ids
        moves = productions.move_raw_ids | productions.move_finished_ids
        self.assertEqual(moves.mto_line_id, self.line)
        purchases = self.line.mto_purchase_line_ids
        self.assertEqual(purchases.product_id, self.tube + self.lens + self.chip)
        purchases.order_id.button_confirm()
        self.assertEqual(purchases.move_ids.mto_line_id, self.line)
        self.assertTrue(all(move.mto_line_id for move in self.line.move_ids))

    def test_work_orders_stand_at_the_promised_times(self):
        promised = {
            (step["product_id"], step["name"]): (step["start"], step["finish"])
            for step in self.answer["steps"]
            if step["kind"] == "operation"
        }
        workorders = self.line.mto_production_ids.workorder_ids
        self.assertEqual(
            promised,
            {
                (wo.product_id.id, wo.name): (str(wo.date_start), str(wo.date_finished))
                for wo in workorders
            },
        )
        for workorder in workorders:
            leave = workorder.leave_id
            self.assertEqual(leave.resource_id, workorder.workcenter_id.resource_id)
            self.assertEqual(leave.date_from, workorder.date_start)
            self.assertEqual(leave.date_to, workorder.date_finished)
            self.assertEqual(leave.time_type, "other")
        self.assertTrue(all(self.line.mto_production_ids.mapped("is_planned")))

    def test_parts_arrive_when_their_level_starts(self):
        for purchase in self.line.mto_purchase_line_ids:
            with self.subTest(part=purchase.product_id.name):
                production = purchase.move_dest_ids.raw_material_production_id
                self.assertEqual(purchase.date_planned, production.date_start)
                self.assertEqual(purchase.mto_need_date, production.date_start)
                delay = purchase.product_id.seller_ids.delay
                lead = purchase.mto_need_date - purchase.mto_order_by
                self.assertEqual(lead.days, delay)

    def test_delivery_stands_at_the_promised_time(self):
        delivery = self.line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        self.assertEqual(str(delivery.date), self.answer["promise_date"])
        self.assertEqual(str(self.order.commitment_date), self.answer["promise_date"])
        self.assertEqual(delivery.picking_id.scheduled_date, delivery.date)

    def test_parents_start_after_their_children(self):
        finish = {
            mo.product_id: mo.date_finished for mo in self.line.mto_production_ids
        }
        start = {mo.product_id: mo.date_start for mo in self.line.mto_production_ids}
        self.assertLessEqual(finish[self.board], start[self.engine])
        self.assertLessEqual(finish[self.engine], start[self.lamp])
        self.assertLessEqual(finish[self.frame], start[self.lamp])

    def test_promise_is_confirmed_in_the_ledger(self):
        self.assertEqual(
            self.line.mto_promise_ids.mapped("state"), ["confirmed", "superseded"]
        )
        message = self.order.message_ids[0].body
        self.assertIn("Manufacturing orders: 4, purchase lines: 3", message)
        self.assertEqual(message.count("<li>"), 1)

    def test_date_that_moved_since_it_was_promised_is_told(self):
        early, late = self._make_order((self.lamp, 1)), self._make_order((self.lamp, 1))
        early.mto_compute_promise()
        late.mto_compute_promise()
        late.action_confirm()
        early.action_confirm()
        self.assertNotIn("things have changed", late.message_ids[0].body)
        self.assertIn("things have changed", early.message_ids[0].body)
        self.assertGreater(
            early.order_line.mto_promise_date, early.order_line.mto_first_promise_date
        )

    def test_next_order_is_planned_around_it(self):
        other = self._make_order((self.lamp, 1))
        (answer,) = other.mto_compute_promise()
        self.assertEqual(answer["promise_date"], str(self._at(7, 13, 20)))
        other.action_confirm()
        productions = other.order_line.mto_production_ids
        self.assertFalse(productions & self.line.mto_production_ids)
        conflicts = (
            productions + self.line.mto_production_ids
        ).workorder_ids._get_conflicted_workorder_ids()
        self.assertFalse(conflicts)

    def test_equal_lines_have_their_own_production(self):
        other = self._make_order((self.lamp, 1), (self.lamp, 1))
        other.action_confirm()
        first, second = other.order_line
        for line in first, second:
            self.assertEqual(len(line.mto_production_ids), 4)
            self.assertEqual(len(line.mto_purchase_line_ids), 3)
        self.assertFalse(first.mto_production_ids & second.mto_production_ids)
        self.assertFalse(first.mto_purchase_line_ids & second.mto_purchase_line_ids)

    def test_confirming_no_move_creates_none(self):
        # Core's repair confirms whatever is created, also nothing at all.
        Move = self.env["stock.move"]
        with patch.object(self.registry["stock.move"], "create") as create:
            Move._action_confirm()
        create.assert_not_called()

    def test_changing_the_master_changes_no_order(self):
        master = self.line.mto_bom_id.mto_template_bom_id
        master.bom_line_ids[0].product_qty = 99
        master.operation_ids.time_cycle_manual = 999
        self.assertEqual(self.line.mto_bom_id.bom_line_ids[0].product_qty, 1)
        self.assertEqual(self.line.mto_bom_id.operation_ids.time_cycle_manual, 60)

    def test_more_of_a_line_without_operations_grows_its_order(self):
        statue = self._make_product("Statue")
        self._make_bom(statue, [(self.tube, 1)], produce_delay=4)
        order = self._make_order((statue, 1))
        order.action_confirm()
        order.order_line.product_uom_qty = 3
        production = order.order_line.mto_production_ids
        self.assertEqual(production.product_qty, 3)
        bought = order.order_line.mto_purchase_line_ids
        self.assertEqual(sum(bought.mapped("product_qty")), 3)

    def test_more_of_a_confirmed_line_is_planned_with_its_boms(self):
        before = self.line.mto_production_ids
        self.line.product_uom_qty = 2
        more = self.line.mto_production_ids - before
        self.assertEqual(len(more), 4)
        self.assertEqual(len(self.line.mto_bom_ids), 4)
        self.assertEqual(more.bom_id, self.line.mto_bom_ids)
        self.assertTrue(all(more.mapped("is_planned")))
        self.assertFalse(
            self.line.mto_production_ids.workorder_ids._get_conflicted_workorder_ids()
        )
