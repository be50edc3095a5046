from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.mto_planning.tests.common import MtoCase


@tagged("post_install", "-at_install")
class TestInspection(MtoCase):
    """A vase, made of nothing in one hour, has to pass a test before it leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inspector = new_test_user(
            cls.env,
            "mto_inspector",
            groups="base.group_user,quality_control_oca.group_quality_control_user",
        )
        cls.judge = new_test_user(
            cls.env,
            "mto_judge",
            groups="base.group_user,quality_control_oca.group_quality_control_manager",
        )
        cls.shipper = new_test_user(
            cls.env, "mto_shipper", groups="base.group_user,stock.group_stock_user"
        )
        cls.test = cls.env["qc.test"].create(
            {
                "name": "Sound",
                "test_lines": [
                    Command.create(
                        {
                            "name": "Rings",
                            "type": "qualitative",
                            "ql_values": [
                                Command.create({"name": "Clear", "ok": True}),
                                Command.create({"name": "Dull", "ok": False}),
                            ],
                        }
                    )
                ],
            }
        )
        cls.vase = cls._make_product("Vase")
        cls.vase.mto_inspection_test_id = cls.test
        cls._make_bom(cls.vase, operations=[(cls.assembly, 60)])
        cls.bowl = cls._make_product("Bowl")
        cls._make_bom(cls.bowl, operations=[(cls.assembly, 60)])

    def _confirm(self, *lines):
        order = self._make_order(*lines, user=self.salesperson)
        order.action_confirm()
        return order.sudo()

    def _make(self, line, quantity=None):
        production = line.mto_production_ids.filtered(
            lambda one: one.state not in ("done", "cancel")
        )
        if quantity:
            production.qty_producing = quantity
            production._set_qty_producing()
            action = production.button_mark_done()
            wizard = Form.from_action(self.env, action).save()
            wizard.action_backorder()
        else:
            production.button_mark_done()

    def _inspect(self, inspection, answer="Clear"):
        inspection = inspection.with_user(self.inspector)
        question = inspection.inspection_lines
        question.qualitative_value = question.possible_ql_values.filtered(
            lambda value: value.name == answer
        )
        inspection.action_confirm()
        if answer != "Clear":
            inspection.with_user(self.judge).action_approve()

    def _picking(self, order):
        return order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def _ship(self, picking, **quantities):
        """As somebody who sees neither orders nor inspections; the rest stays."""
        picking = picking.with_user(self.shipper)
        for move in picking.move_ids:
            name = move.product_id.name
            if name in quantities:
                move.quantity = quantities[name]
        picking.move_ids.picked = True
        result = picking.button_validate()
        if result is not True:
            wizard = Form.from_action(self.env(user=self.shipper), result).save()
            wizard.process()

    def _assert_refused(self, picking, *texts, **quantities):
        quants = self.env["stock.quant"].search([("product_id", "=", self.vase.id)])
        before = {quant: quant.quantity for quant in quants}
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            self._ship(picking, **quantities)
        self.env.invalidate_all()
        for text in (picking.name, "Vase", *texts):
            self.assertIn(text, str(refused.exception))
        self.assertNotIn(picking.state, ("done", "cancel"))
        self.assertEqual({quant: quant.quantity for quant in quants}, before)

    def _states(self, line):
        return [
            (one.state, one.qty, one.mto_shipped_qty)
            for one in line.mto_inspection_ids.sorted("id")
        ]

    # The whole way

    def test_it_leaves_when_it_has_passed(self):
        order = self._confirm((self.vase, 2))
        line, picking = order.order_line, order.picking_ids
        inspection = line.mto_inspection_ids
        self.assertEqual(self._states(line), [("plan", 2, 0)])
        self.assertEqual(inspection.product_id, self.vase)
        self.assertEqual(inspection.test, self.test)
        self.assertEqual(inspection.date, picking.move_ids.date)
        self.assertFalse(inspection.user)
        self.assertEqual(line.mto_stage, "ready")
        self._make(line)
        self.assertEqual(inspection.state, "ready")
        self.assertEqual(line.mto_stage, "inspection")
        self.assertEqual(line.mto_risk, "on_track")
        self._assert_refused(picking, inspection.name, "Ready", "quantity to 0")
        self._inspect(inspection)
        self.assertEqual(line.mto_stage, "ready_to_ship")
        self._ship(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(line.mto_stage, "delivered")
        self.assertEqual(line.mto_progress, 100)
        self.assertEqual(self._states(line), [("success", 2, 2)])

    def test_what_needs_no_inspection_gets_none(self):
        order = self._confirm((self.bowl, 1))
        self.assertFalse(order.order_line.mto_inspection_ids)
        self._make(order.order_line)
        self.assertEqual(order.order_line.mto_stage, "ready_to_ship")
        self._ship(order.picking_ids)
        self.assertEqual(order.order_line.mto_stage, "delivered")

    def test_the_other_line_leaves_alone(self):
        order = self._confirm((self.vase, 1), (self.bowl, 1))
        vase, bowl = order.order_line
        self._make(vase)
        self._make(bowl)
        picking = order.picking_ids
        self._assert_refused(picking)
        self._ship(picking, Vase=0)
        self.assertEqual(bowl.mto_stage, "delivered")
        self.assertEqual(vase.mto_stage, "inspection")
        self.assertEqual(self._states(vase), [("ready", 1, 0)])
        self._assert_refused(self._picking(order))
        self._inspect(vase.mto_inspection_ids)
        self._ship(self._picking(order))
        self.assertEqual(vase.mto_stage, "delivered")

    # A part first

    def test_a_part_is_inspected_and_leaves_first(self):
        order = self._confirm((self.vase, 5))
        line = order.order_line
        self._make(line, 2)
        self.assertEqual(self._states(line), [("ready", 5, 0)])
        line.mto_inspection_ids.with_user(self.inspector).qty = 2
        first, rest = line.mto_inspection_ids.sorted("id")
        self.assertEqual(self._states(line), [("ready", 2, 0), ("ready", 3, 0)])
        self._inspect(first)
        self._ship(order.picking_ids, Vase=2)
        self.assertEqual(self._states(line), [("success", 2, 2), ("ready", 3, 0)])
        self._make(line)
        self.assertEqual(line.mto_stage, "inspection")
        self._assert_refused(self._picking(order), rest.name)
        self._inspect(rest)
        self._ship(self._picking(order))
        self.assertEqual(line.mto_stage, "delivered")

    def test_more_than_has_passed_does_not_leave(self):
        order = self._confirm((self.vase, 5))
        line = order.order_line
        self._make(line)
        line.mto_inspection_ids.qty = 2
        self._inspect(line.mto_inspection_ids.sorted("id")[0])
        self._assert_refused(order.picking_ids, Vase=3)
        self._ship(order.picking_ids, Vase=2)
        self.assertEqual(line.qty_delivered, 2)

    def test_more_than_was_ordered_does_not_leave(self):
        order = self._confirm((self.vase, 1))
        line = order.order_line
        self._make(line)
        self._inspect(line.mto_inspection_ids)
        self._make_stock(self.vase, 1)
        self._assert_refused(order.picking_ids, "more than was ordered", Vase=2)

    # More and less

    def test_inspections_follow_the_quantity(self):
        order = self._confirm((self.vase, 2))
        line = order.order_line
        line.product_uom_qty = 5
        self.assertEqual(self._states(line), [("plan", 5, 0)])
        line.product_uom_qty = 3
        self.assertEqual(self._states(line), [("plan", 3, 0)])
        self._make(line)
        self._inspect(line.mto_inspection_ids)
        line.product_uom_qty = 4
        self.assertEqual(self._states(line), [("success", 3, 0), ("ready", 1, 0)])

    def test_a_cancelled_order_has_nothing_to_inspect(self):
        order = self._confirm((self.vase, 2))
        inspection = order.order_line.mto_inspection_ids
        order._action_cancel()
        self.assertEqual(inspection.state, "canceled")
        order.action_draft()
        order.action_confirm()
        again = order.order_line.mto_inspection_ids - inspection
        self.assertEqual((again.state, again.qty), ("plan", 2))

    def test_a_cancelled_inspection_is_no_way_out(self):
        order = self._confirm((self.vase, 1))
        line = order.order_line
        self._make(line)
        line.mto_inspection_ids.with_user(self.inspector).action_cancel()
        self.assertEqual(self._states(line), [("canceled", 1, 0), ("ready", 1, 0)])
        self._assert_refused(order.picking_ids)

    def test_orders_under_way_follow_the_product(self):
        order = self._confirm((self.bowl, 1))
        line = order.order_line
        self._make(line)
        self.bowl.product_tmpl_id.mto_inspection_test_id = self.test
        self.assertEqual(self._states(line), [("ready", 1, 0)])
        self.assertEqual(line.mto_stage, "inspection")
        self.bowl.product_tmpl_id.mto_inspection_test_id = False
        self.assertEqual(self._states(line), [("canceled", 1, 0)])
        self.assertEqual(line.mto_stage, "ready_to_ship")
        self._ship(order.picking_ids)
        self.assertEqual(line.mto_stage, "delivered")

    # Failed

    def test_failed_is_blocked_told_and_inspected_again(self):
        order = self._confirm((self.vase, 1))
        line = order.order_line
        self._make(line)
        failed = line.mto_inspection_ids
        self._inspect(failed, "Dull")
        self.assertEqual(failed.state, "failed")
        self.assertEqual((line.mto_risk, line.mto_cause), ("blocked", "inspection"))
        self.assertEqual(line.mto_stage, "inspection")
        self.assertIn("has failed its inspection", line.mto_trouble)
        self.assertIn("has failed its inspection", order.message_ids[0].body)
        self._assert_refused(order.picking_ids, failed.name, "failed")
        action = failed.with_user(self.inspector).action_mto_inspect_again()
        again = line.mto_inspection_ids - failed
        self.assertEqual(action["res_id"], again.id)
        with self.assertRaises(UserError):
            again.with_user(self.inspector).action_mto_inspect_again()
        self.assertEqual(again.state, "ready")
        self.assertEqual((line.mto_risk, line.mto_cause), ("on_track", False))
        self.assertEqual(failed.inspection_lines.qualitative_value.name, "Dull")
        self._inspect(again)
        self._ship(order.picking_ids)
        self.assertEqual(line.mto_stage, "delivered")

    def test_failed_and_given_up(self):
        order = self._confirm((self.vase, 2))
        line = order.order_line
        self._make(line)
        line.mto_inspection_ids.qty = 1
        good, bad = line.mto_inspection_ids.sorted("id")
        self._inspect(good)
        self._inspect(bad, "Dull")
        line.product_uom_qty = 1
        bad.with_user(self.inspector).action_cancel()
        self.assertEqual(line.mto_inspection_ids, good | bad)
        self.assertEqual(line.mto_stage, "ready_to_ship")
        self._ship(self._picking(order))
        self.assertEqual(line.mto_stage, "delivered")

    # Ways of goods

    def test_only_the_last_of_many_steps_is_held_back(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self._confirm((self.vase, 2))
        line = order.order_line
        self.assertEqual(self._states(line), [("plan", 2, 0)])
        self._make(line)
        for step in ("pick", "pack"):
            picking = self._picking(order)
            self.assertEqual(len(picking), 1, step)
            self._ship(picking)
            self.assertEqual(self._states(line), [("ready", 2, 0)])
        self._assert_refused(self._picking(order))
        self._inspect(line.mto_inspection_ids)
        self._ship(self._picking(order))
        self.assertEqual(line.mto_stage, "delivered")

    def test_free_stock_is_inspected_too(self):
        self.vase.product_tmpl_id.mto_netting = "first"
        self._make_stock(self.vase, 2)
        order = self._confirm((self.vase, 2))
        line = order.order_line
        self.assertFalse(line.mto_production_ids)
        self.assertEqual(self._states(line), [("ready", 2, 0)])
        self.assertEqual(line.mto_stage, "inspection")
        self._assert_refused(order.picking_ids)
        self._inspect(line.mto_inspection_ids)
        self._ship(order.picking_ids)

    def test_what_came_back_leaves_after_another_inspection(self):
        order = self._confirm((self.vase, 1))
        line = order.order_line
        self._make(line)
        self._inspect(line.mto_inspection_ids)
        self._ship(order.picking_ids)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=order.picking_ids.id,
                active_ids=order.picking_ids.ids,
                active_model="stock.picking",
            )
        ).save()
        wizard.product_return_moves.quantity = 1
        wizard.action_create_exchanges()
        back = order.picking_ids.filtered(
            lambda one: one.picking_type_code == "incoming"
        )
        self._ship(back)
        self.assertEqual(back.state, "done")
        self._make(line)
        self.assertEqual(self._states(line), [("success", 1, 1), ("ready", 1, 0)])
        self._assert_refused(self._picking(order))
        self._inspect(line.mto_inspection_ids.sorted("id")[-1])
        self._ship(self._picking(order))
        self.assertEqual(self._states(line), [("success", 1, 1), ("success", 1, 1)])

    def test_parts_of_a_kit_are_inspected_by_their_test_or_the_kits(self):
        kit = self._make_product("Set")
        self._make_bom(kit, [(self.vase, 2), (self.bowl, 1)], type="phantom")
        other = self.test.copy({"name": "Looks"})
        kit.mto_inspection_test_id = other
        order = self._confirm((kit, 1))
        line = order.order_line
        found = {one.product_id: (one.test, one.qty) for one in line.mto_inspection_ids}
        self.assertEqual(found, {self.vase: (self.test, 2), self.bowl: (other, 1)})

    def test_each_company_says_what_it_inspects(self):
        other = self.env["res.company"].create({"name": "Other"})
        test = self.test.copy({"company_id": other.id})
        self.bowl.with_company(other).mto_inspection_test_id = test
        order = self._confirm((self.bowl, 1))
        self.assertFalse(order.order_line.mto_inspection_ids)
        self._make(order.order_line)
        self._ship(order.picking_ids)
        self.assertEqual(order.order_line.mto_stage, "delivered")

    # Who sees what

    def test_timeline_has_inspections(self):
        order = self._confirm((self.vase, 1))
        seller = order.with_user(self.salesperson)

        def row():
            rows = seller.mto_progress_data()[0]["timeline"]
            (found,) = [one for one in rows if one["kind"] == "inspection"]
            return found

        line = order.order_line
        self.assertEqual((row()["state"], row()["late"]), ("planned", False))
        self.assertEqual(row()["res_id"], line.mto_inspection_ids.id)
        self._make(line)
        self.assertEqual(row()["state"], "running")
        self._inspect(line.mto_inspection_ids, "Dull")
        self.assertTrue(row()["late"])
        self.assertIn("repair it", row()["reason"])

    def test_inspectors_see_no_orders(self):
        order = self._confirm((self.vase, 1))
        inspection = order.order_line.mto_inspection_ids.with_user(self.inspector)
        self.assertEqual(inspection.qty, 1)
        with self.assertRaises(AccessError):
            inspection.read(["mto_line_id"])
        with self.assertRaises(AccessError):
            inspection.action_mto_view_line()
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).order_line.mto_inspection_ids.read(
                ["qty"]
            )
        inspection.sudo().user = self.inspector
        planner = inspection.with_user(self.planner)
        with self.assertRaises(AccessError):
            planner.read(["qty"])
        with self.assertRaises(AccessError):
            planner.action_mto_inspect_again()

    def test_buttons_lead_to_each_other(self):
        self.inspector.group_ids += self.env.ref("mrp.group_mrp_user")
        order = self._confirm((self.vase, 1)).with_user(self.inspector)
        self.assertEqual(order.mto_inspection_count, 1)
        action = order.action_mto_view_inspections()
        inspection = self.env["qc.inspection"].browse(action["res_id"])
        inspection = inspection.with_user(self.inspector)
        self.assertEqual(inspection.product_id, self.vase)
        action = inspection.action_mto_view_line()
        self.assertEqual(action["res_id"], order.order_line.id)

    def test_planners_say_what_is_inspected(self):
        self.planner.group_ids += self.env.ref("product.group_product_manager")
        template = self.bowl.product_tmpl_id.with_user(self.planner)
        with Form(template) as form:
            form.mto_inspection_test_id = self.test
        self.assertEqual(template.mto_inspection_test_id, self.test)
        self.assertFalse(template.copy().mto_inspection_test_id)
        with self.assertRaises(AccessError):
            template.with_user(self.shipper).mto_inspection_test_id = False
