from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestOrderBom(MtoCase):
    """What a master bill of materials can say is in the order's copy, decided."""

    def _confirm(self, product, quantity=1, **values):
        order = self._make_order((product, quantity, values))
        (answer,) = order.mto_compute_promise()
        order.action_confirm()
        line = order.order_line
        self._check_times(answer, line)
        return line

    def _check_times(self, answer, line):
        self.assertEqual(
            sorted(
                (step["name"], step["start"], step["finish"])
                for step in answer["steps"]
                if step["kind"] == "operation"
            ),
            sorted(
                (wo.name, str(wo.date_start), str(wo.date_finished))
                for wo in line.mto_production_ids.workorder_ids
            ),
        )

    def test_kit_in_a_level_is_dissolved_with_its_operations(self):
        bolt = self._make_bought("Bolt", 1)
        bracket = self._make_bought("Bracket", 1)
        mount = self._make_product("Mounting kit", on_order=False, is_storable=False)
        self._make_bom(
            mount, [(bolt, 4), (bracket, 1)], [(self.bending, 10)], type="phantom"
        )
        wall_lamp = self._make_product("Wall lamp")
        self._make_bom(wall_lamp, [(mount, 2), (self.tube, 1)], [(self.assembly, 20)])
        line = self._confirm(wall_lamp, 3)
        bom = line.mto_bom_id
        self.assertEqual(
            {part.product_id: part.product_qty for part in bom.bom_line_ids},
            {bolt: 8, bracket: 2, self.tube: 1},
        )
        self.assertEqual(
            bom._mto_get_own_operations().mapped("workcenter_id"),
            self.bending + self.assembly,
        )
        production = line.mto_production_ids
        self.assertEqual(
            {move.product_id: move.product_uom_qty for move in production.move_raw_ids},
            {bolt: 24, bracket: 6, self.tube: 3},
        )

    def test_kit_used_twice_in_a_level_counts_twice(self):
        bolt = self._make_bought("Bolt", 1)
        mount = self._make_product("Mounting kit", on_order=False, is_storable=False)
        self._make_bom(mount, [(bolt, 4)], type="phantom")
        bench = self._make_product("Bench")
        self._make_bom(bench, [(mount, 1), (mount, 2)], [(self.assembly, 20)])
        line = self._confirm(bench)
        self.assertEqual(line.mto_bom_id.bom_line_ids.mapped("product_qty"), [4, 8])

    def test_sold_kit_makes_its_parts(self):
        room = self._make_product("Room set", on_order=True)
        self._make_bom(room, [(self.lamp, 2), (self.engine, 1)], type="phantom")
        order = self._make_order((room, 1))
        self.assertTrue(order.order_line.mto_is_made_to_order)
        (answer,) = order.mto_compute_promise()
        order.action_confirm()
        line = order.order_line
        tops = line.mto_bom_ids.filtered(lambda bom: not bom.mto_parent_line_id)
        self.assertEqual(tops.product_id, self.lamp + self.engine)
        self.assertEqual(
            {
                mo.product_id: mo.product_qty
                for mo in line.mto_production_ids
                if mo.bom_id in tops
            },
            {self.lamp: 2, self.engine: 1},
        )
        self.assertEqual(line.mto_production_ids.bom_id, line.mto_bom_ids)
        self._check_times(answer, line)

    def test_variant_takes_its_own_parts_and_operations(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Finish",
                "value_ids": [
                    Command.create({"name": "Brass"}),
                    Command.create({"name": "Black"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Ring",
                "type": "consu",
                "is_storable": True,
                "route_ids": [Command.set(self.mto_route.ids)],
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        brass, black = template.attribute_line_ids.product_template_value_ids
        ring = template.product_variant_ids.filtered(
            lambda product: black in product.product_template_attribute_value_ids
        )
        paint = self._make_bought("Paint", 2)
        bom = self._make_bom(
            ring,
            [(self.tube, 1), (paint, 1), (self.lens, 1)],
            [(self.bending, 30), (self.assembly, 15)],
        )
        bom.product_id = False
        bom.bom_line_ids[1].bom_product_template_attribute_value_ids = black
        bom.bom_line_ids[2].bom_product_template_attribute_value_ids = brass
        bom.operation_ids[1].bom_product_template_attribute_value_ids = brass
        line = self._confirm(ring)
        self.assertEqual(line.mto_bom_id.product_id, ring)
        self.assertEqual(line.mto_bom_id.bom_line_ids.product_id, self.tube + paint)
        self.assertEqual(line.mto_bom_id.operation_ids.workcenter_id, self.bending)
        self.assertFalse(
            line.mto_bom_id.bom_line_ids.bom_product_template_attribute_value_ids
        )

    def test_units_of_line_bom_and_component_are_converted(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        metre = self.env.ref("uom.product_uom_meter")
        centimetre = self.env.ref("uom.product_uom_cm")
        wire = self._make_bought("Wire", 2, uom_id=metre.id)
        loom = self._make_product("Loom")
        bom = self._make_bom(
            loom,
            [(wire, 150)],
            [(self.soldering, 12)],
            product_uom_id=dozen.id,
            product_qty=2,
        )
        bom.bom_line_ids.product_uom_id = centimetre
        line = self._confirm(loom, 4, product_uom_id=dozen.id)
        production = line.mto_production_ids
        self.assertEqual(production.product_qty, 4)
        self.assertEqual(production.product_uom_id, dozen)
        # Four dozen are two times the bill of materials: 300 cm, two cycles.
        self.assertEqual(production.move_raw_ids.product_uom_qty, 300)
        self.assertEqual(production.workorder_ids.duration_expected, 24)
        purchase = line.mto_purchase_line_ids
        self.assertEqual(purchase.product_uom_qty, 3)

    def test_byproduct_is_made_and_goes_to_stock(self):
        offcut = self._make_product("Offcut", on_order=False)
        bar = self._make_product("Bar")
        self._make_bom(
            bar,
            [(self.tube, 1)],
            [(self.bending, 30)],
            byproduct_ids=[
                Command.create(
                    {
                        "product_id": offcut.id,
                        "product_qty": 0.5,
                        "product_uom_id": offcut.uom_id.id,
                        "cost_share": 5,
                    }
                )
            ],
        )
        line = self._confirm(bar, 4)
        moves = line.mto_production_ids.move_byproduct_ids
        self.assertEqual(moves.product_id, offcut)
        self.assertEqual(moves.product_uom_qty, 2)
        self.assertFalse(moves.mto_line_id)

    def test_operation_dependencies_and_consumption_are_copied(self):
        case = self._make_product("Case")
        bom = self._make_bom(
            case,
            [(self.tube, 1), (self.lens, 1)],
            [(self.bending, 60), (self.soldering, 60), (self.assembly, 30)],
            allow_operation_dependencies=True,
        )
        bend, solder, assemble = bom.operation_ids
        assemble.blocked_by_operation_ids = bend + solder
        bom.bom_line_ids[1].operation_id = assemble
        offcut = self._make_product("Offcut", on_order=False)
        bom.byproduct_ids = [
            Command.create(
                {
                    "product_id": offcut.id,
                    "product_qty": 1,
                    "product_uom_id": offcut.uom_id.id,
                    "operation_id": solder.id,
                }
            )
        ]
        line = self._confirm(case)
        copies = line.mto_bom_id._mto_get_own_operations()
        self.assertEqual(copies[2].blocked_by_operation_ids, copies[0] + copies[1])
        self.assertEqual(line.mto_bom_id.bom_line_ids[1].operation_id, copies[2])
        self.assertEqual(line.mto_bom_id.byproduct_ids.operation_id, copies[1])
        by_center = {
            wo.workcenter_id: wo for wo in line.mto_production_ids.workorder_ids
        }
        self.assertEqual(
            by_center[self.bending].date_start, by_center[self.soldering].date_start
        )
        self.assertEqual(
            by_center[self.assembly].date_start, by_center[self.bending].date_finished
        )

    def test_faster_alternative_is_taken_and_booked(self):
        fast = self._make_workcenter("Robot", time_efficiency=200)
        self.assembly.alternative_workcenter_ids = fast
        line = self._confirm(self.lamp)
        workorder = self._production_of(line, self.lamp).workorder_ids
        self.assertEqual(workorder.workcenter_id, fast)
        self.assertEqual(workorder.duration_expected, 30)
        self.assertEqual(workorder.leave_id.resource_id, fast.resource_id)

    def test_product_without_operations_takes_its_lead_time(self):
        statue = self._make_product("Statue")
        self._make_bom(statue, [(self.tube, 1)], produce_delay=4)
        line = self._confirm(statue)
        production = line.mto_production_ids
        self.assertEqual(production.date_start, self._at(3, 8))
        self.assertEqual(production.date_finished, self._at(7, 8))

    def test_assemble_to_order_takes_its_parts_from_stock(self):
        self.frame.route_ids = False
        self.engine.route_ids = False
        self._make_stock(self.frame, 5)
        self._make_stock(self.engine, 5)
        line = self._confirm(self.lamp, 2)
        self.assertEqual(line.mto_production_ids.product_id, self.lamp)
        self.assertEqual(line.mto_production_ids.date_start, self._at(0, 8))
        self.assertFalse(line.mto_purchase_line_ids)
        self.assertEqual(
            set(line.mto_bom_id.bom_line_ids.mapped("mto_supply")), {"stock"}
        )
        # Two more lamps need four engines, but only one is left.
        other = self._confirm(self.lamp, 2)
        supply = {
            part.product_id: part.mto_supply for part in other.mto_bom_id.bom_line_ids
        }
        self.assertEqual(supply, {self.frame: "stock", self.engine: "both"})
        self.assertEqual(
            other.mto_production_ids.product_id, self.lamp + self.engine + self.board
        )
        raw = self._production_of(other, self.lamp).move_raw_ids
        pegged = raw.filtered(lambda move: move.product_id == self.engine)
        self.assertEqual(
            pegged.move_orig_ids.production_id,
            self._production_of(other, self.engine),
        )

    def test_replenished_route_setting_decides_at_each_level(self):
        """Stock if it is there, the order's own production only for what is not."""
        self.mto_route.rule_ids.procure_method = "mts_else_mto"
        self._make_stock(self.board, 2)
        line = self._confirm(self.lamp)
        self.assertEqual(
            line.mto_production_ids.product_id, self.lamp + self.engine + self.frame
        )

    def test_kit_with_a_made_part_twice(self):
        kit = self._make_product("Twin")
        self._make_bom(kit, [(self.frame, 1), (self.frame, 2)], type="phantom")
        line = self._confirm(kit)
        frames = line.mto_production_ids
        self.assertEqual(sorted(frames.mapped("product_qty")), [1, 2])
        self.assertTrue(all(frames.mapped("is_planned")))
        self.assertFalse(frames.workorder_ids._get_conflicted_workorder_ids())

    def test_cancelled_quotation_keeps_no_bom_forever(self):
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        boms = order.order_line.mto_bom_ids
        order.order_line.mto_production_ids.action_cancel()
        order.action_cancel()
        order.action_draft()
        order.unlink()
        self.assertTrue(all(boms.mapped("mto_is_order_bom")))
        self.assertFalse(self.env["mrp.bom"]._bom_find(self.lamp)[self.lamp] & boms)


@tagged("post_install", "-at_install")
class TestWarehouseSteps(MtoCase):
    """The same production and dates in warehouses with more steps."""

    def _confirm(self):
        order = self._make_order((self.lamp, 1))
        (answer,) = order.mto_compute_promise()
        order.action_confirm()
        return answer, order.order_line

    def _check(self, answer, line):
        productions = line.mto_production_ids
        self.assertEqual(
            productions.product_id, self.lamp + self.engine + self.frame + self.board
        )
        self.assertEqual(productions.bom_id, line.mto_bom_ids)
        self.assertEqual(
            line.mto_purchase_line_ids.product_id, self.tube + self.lens + self.chip
        )
        top = self._production_of(line, self.lamp)
        self.assertEqual(top.date_start, self._at(7, 9, 40))
        self.assertEqual(answer["promise_date"], str(self._at(7, 10, 40)))
        self.assertEqual(
            sorted(
                str(purchase.date_planned) for purchase in line.mto_purchase_line_ids
            ),
            sorted(
                step["finish"] for step in answer["steps"] if step["kind"] == "purchase"
            ),
        )

    def test_two_step_manufacturing(self):
        self.warehouse.manufacture_steps = "pbm"
        self._check(*self._confirm())

    def test_three_step_manufacturing_and_delivery(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.warehouse.reception_steps = "two_steps"
        self._check(*self._confirm())

    def test_three_steps_with_parts_from_stock(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        self.tube.route_ids = False
        self._make_stock(self.tube, 2)
        answer, line = self._confirm()
        self.assertNotIn(self.tube, line.mto_purchase_line_ids.product_id)
        # The next order finds none left and buys its own.
        _answer, other = self._confirm()
        self.assertIn(self.tube, other.mto_purchase_line_ids.product_id)

    def test_security_lead_is_before_the_customers_date(self):
        self.env.company.security_lead = 2
        answer, line = self._confirm()
        self.assertEqual(answer["promise_date"], str(self._at(9, 10, 40)))
        delivery = line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        self.assertEqual(delivery.date, self._at(7, 10, 40))
        self.assertEqual(line.order_id.commitment_date, self._at(9, 10, 40))
