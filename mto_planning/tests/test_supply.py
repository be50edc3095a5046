from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestSupply(MtoCase):
    """What Odoo lets a company set about making, buying and delivering, in the date.

    Each case has a date that can be worked out on paper, and is confirmed: Odoo's
    records stand at the same times. It is Monday, 8:00; Assembly works 8 to 17 with an
    hour's break at noon, Monday to Friday.
    """

    def _quote(self, product, quantity=1, **values):
        request = {"product_id": product.id, "quantity": quantity, **values}
        answer = self.env["mto.planner"].quote([request])[0]
        self.assertTrue(answer["feasible"], answer["constraint"])
        return answer

    def _confirm(self, product, quantity=1, **values):
        order = self._make_order((product, quantity), **values)
        order.action_confirm()
        return order.order_line

    def _check(self, product, moment, quantity=1):
        """Promised for a moment, and confirmed for the same; returns the line."""
        self.assertEqual(self._quote(product, quantity)["promise_date"], str(moment))
        line = self._confirm(product, quantity)
        self.assertEqual(line.mto_promise_date, moment)
        self.assertEqual(line.mto_projected_date, moment)
        self.assertEqual(line.mto_risk, "on_track")
        self.assertEqual(line.order_id.picking_ids.scheduled_date, moment)
        return line

    # Buying by hand

    def test_a_purchase_line_is_entered_by_hand(self):
        """A line that has no product yet, and one that never has, have no unit."""
        with Form(self.env["purchase.order"]) as form:
            form.partner_id = self.env["res.partner"].create({"name": "Vendor"})
            with form.order_line.new() as line:
                line.product_id = self.lamp
        purchase = form.record
        purchase.order_line = [
            Command.create(
                {"display_type": "line_note", "name": "Hurry", "product_qty": 0}
            )
        ]
        self.assertEqual(len(purchase.order_line), 2)
        self.assertFalse(any(purchase.order_line.mapped("mto_is_late")))

    def test_merged_requests_stay_those_of_their_orders(self):
        lines = [self._confirm(self.frame, quantity) for quantity in (1, 2, 3)]
        # Of the same part, for no order.
        other = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": self.tube.id, "product_qty": 5})
                ],
            }
        )
        requests = other.union(*(line.mto_purchase_line_ids.order_id for line in lines))
        self.assertEqual(len(requests), 4)
        # Dates that somebody has entered, before all that the parts ask for.
        for days, request in enumerate(requests):
            request.date_order = self._at(-30 - days, 8)
        requests.with_user(self.buyer).action_merge()
        kept = requests.filtered(lambda request: request.state == "draft")
        self.assertEqual(len(kept), 1)
        self.assertEqual(
            {part.mto_line_id: part.product_qty for part in kept.order_line},
            {**dict(zip(lines, (2, 4, 6), strict=True)), lines[0].browse(): 5},
        )
        for line in lines:
            line._mto_measure_again()
            self.assertEqual(line.mto_risk, "on_track")
        kept.button_confirm()
        receipt = kept.picking_ids
        receipt.move_ids.picked = True
        receipt.button_validate()
        for line in lines:
            self.assertEqual(line.mto_stage, "ready")
        self.assertEqual(self.env["mto.planner"].check_consistency(), [])

    # Making

    def _make_chair(self, delay=5, **values):
        """Frame on Bending, then upholstery (of a part that is bought) on Assembly."""
        chair = self._make_product("Chair")
        cover = self._make_bought("Cover", delay)
        bom = self._make_bom(
            chair, [(cover, 1)], [(self.bending, 60), (self.assembly, 60)], **values
        )
        return chair, cover, bom

    def test_a_component_is_not_waited_for_before_its_operation(self):
        # The cover comes on Saturday, 8:00. Assembly opens on Monday: 9:00. Bending
        # does not wait for the cover: it is done on the day before, just in time for
        # nobody, for it is forward: on this Monday from 8:00 to 9:00.
        chair, cover, bom = self._make_chair()
        bom.bom_line_ids.operation_id = bom.operation_ids[1]
        line = self._check(chair, self._at(7, 9))
        bending, assembly = line.mto_production_ids.workorder_ids.sorted("date_start")
        self.assertEqual(bending.date_start, self._at(0, 8))
        self.assertEqual(assembly.date_start, self._at(7, 8))
        purchase = line.mto_purchase_line_ids
        self.assertEqual(purchase.mto_need_date, self._at(7, 8))
        self.assertEqual(purchase.date_planned, self._at(7, 8))

    def test_without_an_operation_it_is_waited_for_at_the_beginning(self):
        # Saturday; Bending on Monday 8:00 to 9:00, Assembly to 10:00.
        chair, _cover, _bom = self._make_chair()
        line = self._check(chair, self._at(7, 10))
        self.assertEqual(line.mto_production_ids.date_start, self._at(7, 8))

    def test_the_order_is_planned_anew_by_what_its_operations_consume(self):
        chair, _cover, bom = self._make_chair()
        bom.bom_line_ids.operation_id = bom.operation_ids[1]
        line = self._confirm(chair)
        production = line.mto_production_ids
        production.button_unplan()
        production.button_plan()
        bending, assembly = production.workorder_ids.sorted("date_start")
        self.assertEqual(bending.date_start, self._at(0, 8))
        self.assertEqual(assembly.date_start, self._at(7, 8))

    def test_a_sub_assembly_that_a_later_operation_consumes(self):
        # The board takes 8 hours on Soldering, Monday 8:00 to 17:00; the case is
        # begun at the same time, and closed on Tuesday from 8:00 to 9:00.
        board = self._make_product("Control board")
        self._make_bom(board, [], [(self.soldering, 480)])
        case = self._make_product("Case")
        bom = self._make_bom(
            case, [(board, 1)], [(self.bending, 60), (self.assembly, 60)]
        )
        bom.bom_line_ids.operation_id = bom.operation_ids[1]
        line = self._check(case, self._at(1, 9))
        top = self._production_of(line, case)
        self.assertEqual(top.date_start, self._at(0, 8))
        made = self._production_of(line, board)
        self.assertEqual(made.mto_need_date, self._at(1, 8))
        self.assertEqual(made.date_finished, self._at(0, 17))

    def test_fetching_components_and_storing_the_product_take_their_time(self):
        # The cover comes on Saturday 8:00 and is fetched until Sunday 8:00. Bending and
        # Assembly on Monday 8:00 to 10:00; two days to store it: Wednesday 10:00.
        self.warehouse.manufacture_steps = "pbm_sam"
        rules = self.env["stock.rule"].search([("warehouse_id", "=", False)])
        rules |= self.warehouse.route_ids.rule_ids | self.mto_route.rule_ids
        fetch = rules.filtered(
            lambda rule: rule.location_dest_id == self.warehouse.pbm_loc_id
        )
        store = rules.filtered(
            lambda rule: rule.location_src_id == self.warehouse.sam_loc_id
        )
        self.assertTrue(fetch and store)
        fetch.delay = 1
        store.delay = 2
        chair, cover, _bom = self._make_chair()
        answer = self._quote(chair)
        self.assertEqual(answer["promise_date"], str(self._at(9, 10)))
        self.assertEqual(
            [step["kind"] for step in answer["steps"]],
            ["purchase", "transfer", "operation", "operation", "transfer", "transfer"],
        )
        line = self._confirm(chair)
        production = line.mto_production_ids
        self.assertEqual(production.date_start, self._at(7, 8))
        self.assertEqual(production.date_finished, self._at(7, 10))
        picks = production.picking_ids.move_ids.filtered(
            lambda move: move.location_dest_id == self.warehouse.pbm_loc_id
        )
        self.assertEqual(picks.date, self._at(6, 8))
        self.assertEqual(line.mto_purchase_line_ids.date_planned, self._at(6, 8))
        delivery = line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        self.assertEqual(delivery.date, self._at(9, 10))

    def test_one_order_for_each_level_whatever_the_batch_size(self):
        # Ten stools of an hour are one order, not three of four: Tuesday 10:00.
        stool = self._make_product("Stool")
        self._make_bom(
            stool, [], [(self.assembly, 60)], enable_batch_size=True, batch_size=4
        )
        line = self._check(stool, self._at(1, 10), quantity=10)
        self.assertEqual(line.mto_production_ids.product_qty, 10)

    def test_setup_cycles_and_cleanup(self):
        # 20 minutes setup, 10 cleanup, 3 at a time: 4 cycles of 30 minutes for 10:
        # 150 minutes, 8:00 to 10:30.
        oven = self._make_workcenter("Oven", time_start=20, time_stop=10)
        stool = self._make_product("Stool")
        self._make_bom(stool, [], [(oven, 30)])
        oven.capacity_ids = [
            Command.create(
                {
                    "product_id": stool.id,
                    "product_uom_id": stool.uom_id.id,
                    "capacity": 3,
                    "time_start": 20,
                    "time_stop": 10,
                }
            )
        ]
        self._check(stool, self._at(0, 10, 30), quantity=10)

    def test_byproducts_are_made_for_stock(self):
        # They take no time and are nobody's order.
        stool = self._make_product("Stool")
        chips = self._make_product("Chips", on_order=False)
        self._make_bom(
            stool,
            [],
            [(self.assembly, 60)],
            byproduct_ids=[
                Command.create(
                    {
                        "product_id": chips.id,
                        "product_qty": 2,
                        "product_uom_id": chips.uom_id.id,
                    }
                )
            ],
        )
        line = self._check(stool, self._at(0, 9))
        byproduct = line.mto_production_ids.move_byproduct_ids
        self.assertEqual((byproduct.product_id, byproduct.product_qty), (chips, 2))
        self.assertFalse(byproduct.mto_line_id)

    # Buying

    def _make_bracket(self, **values):
        """A screw that is bought, and an hour on Assembly."""
        bracket = self._make_product("Bracket")
        screw = self._make_bought("Screw", 2, **values)
        self._make_bom(bracket, [(screw, 4)], [(self.assembly, 60)])
        return bracket, screw

    def test_the_days_that_purchasing_takes(self):
        # Three days to order and two to come: Saturday; Monday 9:00.
        self.env.company.days_to_purchase = 3
        bracket, _screw = self._make_bracket()
        answer = self._quote(bracket)
        self.assertIn("takes 5 days", answer["constraint"]["text"])
        line = self._check(bracket, self._at(7, 9))
        purchase = line.mto_purchase_line_ids
        # It is needed on Monday: ordered from the vendor by this Saturday.
        self.assertEqual(purchase.mto_need_date, self._at(7, 8))
        self.assertEqual(purchase.mto_order_by, self._at(5, 8))

    def test_receipts_in_several_steps(self):
        # Two days to come and one to be stored: Thursday 8:00, done at 9:00.
        self.warehouse.reception_steps = "two_steps"
        push = self.env["stock.rule"].search(
            [
                ("location_src_id", "=", self.warehouse.wh_input_stock_loc_id.id),
                ("action", "in", ("push", "pull_push")),
            ]
        )
        self.assertTrue(push)
        push.delay = 1
        bracket, _screw = self._make_bracket()
        line = self._check(bracket, self._at(3, 9))
        purchase = line.mto_purchase_line_ids
        self.assertEqual(purchase.date_planned, self._at(2, 8))
        self.assertEqual(purchase.mto_order_by, self._at(0, 8))

    def test_the_vendor_of_the_quantity_and_of_the_day(self):
        bulk = self.env["res.partner"].create({"name": "Bulk vendor"})
        bracket, screw = self._make_bracket()
        screw.seller_ids = [
            Command.create(
                {"partner_id": bulk.id, "delay": 7, "price": 1, "min_qty": 100}
            )
        ]
        screw.seller_ids[0].sequence = 10
        screw.seller_ids[1].sequence = 1
        # 4 screws from the first, in two days; 100 from the other, in seven: a Monday,
        # and 25 hours: Thursday 9:00.
        self._check(bracket, self._at(2, 9))
        line = self._check(bracket, self._at(10, 9), quantity=25)
        self.assertEqual(line.mto_purchase_line_ids.order_id.partner_id, bulk)

    def test_a_receipt_that_comes_counts_from_its_date(self):
        # Stocked screws: four come on Wednesday 8:00, from an order that is placed.
        bracket = self._make_product("Bracket")
        screw = self._make_bought("Stock screw", 2, on_order=False)
        self._make_bom(bracket, [(screw, 4)], [(self.assembly, 60)])
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": screw.id,
                            "product_qty": 4,
                            "date_planned": self._at(1, 8),
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        self._check(bracket, self._at(1, 9))
        # The next ones: nothing is left, the vendor brings them in two days.
        self.assertEqual(
            self._quote(bracket)["promise_date"],
            str(self._at(2, 9)),
        )

    # Delivering

    def test_delivery_in_several_steps(self):
        # Made until Monday 9:00. Core picks it a day before the delivery, and ships
        # three days after the picking: Thursday 9:00, picked on Wednesday.
        self.warehouse.delivery_steps = "pick_ship"
        rules = self.env["stock.rule"].search([])
        rules.filtered(
            lambda rule: (
                rule.action == "pull"
                and rule.location_src_id == self.warehouse.lot_stock_id
                and rule.location_dest_id.usage == "customer"
            )
        ).delay = 1
        rules.filtered(
            lambda rule: (
                rule.action == "push"
                and rule.location_src_id == self.warehouse.wh_output_stock_loc_id
            )
        ).delay = 3
        stool = self._make_product("Stool")
        self._make_bom(stool, [], [(self.assembly, 60)])
        self.assertEqual(self._quote(stool)["promise_date"], str(self._at(3, 9)))
        line = self._confirm(stool)
        self.assertEqual(line.mto_promise_date, self._at(3, 9))
        self.assertEqual(line.mto_production_ids.date_finished, self._at(0, 9))
        pick = line.order_id.picking_ids.move_ids
        self.assertEqual(pick.location_id, self.warehouse.lot_stock_id)
        self.assertEqual(pick.date, self._at(2, 9))

    def test_the_security_lead_is_before_the_date_that_is_told(self):
        self.env.company.security_lead = 2
        stool = self._make_product("Stool")
        self._make_bom(stool, [], [(self.assembly, 60)])
        answer = self._quote(stool)
        self.assertEqual(answer["promise_date"], str(self._at(2, 9)))
        line = self._confirm(stool)
        self.assertEqual(line.order_id.picking_ids.scheduled_date, self._at(0, 9))
        self.assertEqual(line.order_id.picking_ids.date_deadline, self._at(2, 9))
