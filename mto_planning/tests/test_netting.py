from unittest.mock import patch

from odoo.fields import Command, Domain
from odoo.tests import tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestNetting(MtoCase):
    """Free stock first, then make or buy the rest: as promised, so it is confirmed.

    Dates of lamps that are made, on Monday at eight with nothing booked (see
    ``TestPromise``): chips come on Saturday, so the Monday after at eight soldering
    begins with 40 minutes of boards and 60 of engines for each lamp, then an hour of
    assembly. Tubes come on Thursday; 90 minutes of bending for each frame.
    """

    # Promise, confirm, compare

    def _confirm(self, *lines, **values):
        """Confirm an order straight after its promise; its lines stand as promised."""
        order = self._make_order(*lines, user=self.salesperson, **values)
        answers = order.mto_compute_promise()
        order.action_confirm()
        for answer, line in zip(answers, order.sudo().order_line, strict=True):
            self._check_as_promised(answer, line)
        return answers, order.sudo().order_line

    def _assert_net(
        self, product, quantity, date, stock=(), made=(), bought=(), **values
    ):
        """Check what an order of a product takes, makes and buys, and when it is there.

        :param stock: ``{product: quantity}``, as ``made`` and ``bought``.
        """
        (answer,), line = self._confirm((product, quantity, values))
        self.assertEqual(answer["promise_date"], str(date))
        self.assertEqual(self._moved(line), dict(stock))
        self.assertEqual(
            {
                production.product_id: production.product_uom_qty
                for production in line.mto_production_ids
            },
            dict(made),
        )
        self.assertEqual(
            {
                purchase.product_id: purchase.product_uom_qty
                for purchase in line.mto_purchase_line_ids
            },
            dict(bought),
        )
        return line

    def _moved(self, line):
        """What is reserved for a line, ``{product: quantity}``."""
        taken = self._moves(line).filtered(lambda move: move.mto_supply == "stock")
        return {
            product: sum(moves.mapped("product_qty"))
            for product, moves in taken.grouped("product_id").items()
        }

    def _receive(self, product, quantity, moment):
        """A receipt that is on its way."""
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "date": moment,
            }
        )
        move._action_confirm()
        move.date = moment
        return move

    # The product itself

    def test_finished_products_from_stock_and_the_rest_made(self):
        self.lamp.mto_netting = "first"
        self._make_stock(self.lamp, 2)
        # One lamp: 8:40 boards, 9:40 engines, 10:40 assembly.
        line = self._assert_net(
            self.lamp,
            3,
            self._at(7, 10, 40),
            stock={self.lamp: 2},
            made={self.lamp: 1, self.frame: 1, self.engine: 2, self.board: 2},
            bought={self.tube: 2, self.lens: 2, self.chip: 8},
        )
        taken, ordered = (
            self._moves(line).filtered("sale_line_id").sorted("mto_supply")[::-1]
        )
        self.assertEqual(taken.picking_id, ordered.picking_id)
        self.assertEqual(
            (taken.procure_method, ordered.procure_method),
            ("make_to_stock", "make_to_order"),
        )
        self.assertEqual((taken.state, ordered.state), ("assigned", "waiting"))
        self.assertEqual(ordered.product_qty, 1)
        self.assertEqual(
            ordered.move_orig_ids.production_id, self._production_of(line, self.lamp)
        )
        self.assertFalse(taken.move_orig_ids)
        self.assertEqual(self.lamp.free_qty, 0)

    def test_all_of_it_in_stock(self):
        self.lamp.mto_netting = "first"
        self._make_stock(self.lamp, 3)
        line = self._assert_net(self.lamp, 3, self._at(0, 8), stock={self.lamp: 3})
        self.assertEqual(line.mto_stage, "ready_to_ship")
        self.assertEqual(line.mto_promise_text, "It is in stock.")
        self.assertFalse(line.mto_bom_ids)
        # Nothing is left for the next one.
        other = self._assert_net(
            self.frame,
            1,
            self._at(3, 9, 30),
            made={self.frame: 1},
            bought={self.tube: 2},
        )
        self.assertEqual(other.mto_stage, "waiting_material")

    def test_without_the_choice_everything_is_made(self):
        self._make_stock(self.lamp, 2)
        self._make_stock(self.tube, 2)
        self._assert_net(
            self.lamp,
            1,
            self._at(7, 10, 40),
            made={self.lamp: 1, self.frame: 1, self.engine: 2, self.board: 2},
            bought={self.tube: 2, self.lens: 2, self.chip: 8},
        )

    def test_the_company_chooses_for_products_that_do_not(self):
        self.env.company.mto_netting = "first"
        self.lamp.mto_netting = "order"
        for product in self.lamp + self.frame + self.engine:
            self._make_stock(product, 1)
        # One engine is left to make: 20 minutes, 30 minutes, an hour of assembly.
        self._assert_net(
            self.lamp,
            1,
            self._at(7, 9, 50),
            stock={self.frame: 1, self.engine: 1},
            made={self.lamp: 1, self.engine: 1, self.board: 1},
            bought={self.lens: 1, self.chip: 4},
        )

    def test_goods_that_are_not_counted_are_never_free(self):
        self.env.company.mto_netting = "first"
        oil = self._make_bought("Oil", 1, is_storable=False)
        hinge = self._make_product("Hinge")
        self._make_bom(hinge, [(oil, 1)], [(self.assembly, 30)])
        self._assert_net(hinge, 1, self._at(1, 8, 30), made={hinge: 1}, bought={oil: 1})

    # Components

    def test_component_that_is_made(self):
        self.frame.mto_netting = "first"
        self._make_stock(self.frame, 2)
        # Three lamps: boards till 10:00, engines till 14:00, assembly till 17:00.
        line = self._assert_net(
            self.lamp,
            3,
            self._at(7, 17),
            stock={self.frame: 2},
            made={self.lamp: 3, self.frame: 1, self.engine: 6, self.board: 6},
            bought={self.tube: 2, self.lens: 6, self.chip: 24},
        )
        production = self._production_of(line, self.lamp)
        ordered, taken = production.move_raw_ids.filtered(
            lambda move: move.product_id == self.frame
        ).sorted("mto_supply")
        self.assertEqual((ordered.product_qty, taken.product_qty), (1, 2))
        self.assertEqual((ordered.state, taken.state), ("waiting", "assigned"))
        self.assertEqual(
            ordered.move_orig_ids.production_id, self._production_of(line, self.frame)
        )
        self.assertEqual(ordered.bom_line_id, taken.bom_line_id)
        self.assertEqual(taken.bom_line_id.mto_supply, "both")
        self.assertEqual(
            taken.bom_line_id.mto_child_bom_id,
            self._production_of(line, self.frame).bom_id,
        )
        self.assertEqual(taken.bom_line_id.product_qty, 1)

    def test_component_that_is_bought(self):
        self.tube.mto_netting = "first"
        self._make_stock(self.tube, 3)
        # Two frames: tubes on Thursday, three hours of bending.
        self._assert_net(
            self.frame,
            2,
            self._at(3, 11),
            stock={self.tube: 3},
            made={self.frame: 2},
            bought={self.tube: 1},
        )

    def test_the_vendor_of_the_rest(self):
        """A hundred come from another vendor, in a day; less than that in three."""
        fast = self.env["res.partner"].create({"name": "Fast vendor"})
        self.tube.seller_ids = [
            Command.create(
                {"partner_id": fast.id, "min_qty": 100, "delay": 1, "sequence": -1}
            )
        ]
        self.tube.mto_netting = "first"
        self._make_stock(self.tube, 10)
        # 50 frames, 75 hours of bending: Thursday to Wednesday of the week but one.
        line = self._assert_net(
            self.frame,
            50,
            self._at(16, 11),
            stock={self.tube: 10},
            made={self.frame: 50},
            bought={self.tube: 90},
        )
        self.assertEqual(line.mto_purchase_line_ids.partner_id, self.vendor)
        self.assertIn(
            "Tube from Test vendor",
            [step["name"] for step in line.mto_promise_steps],
        )

    def test_part_that_is_needed_by_one_operation(self):
        case = self._make_product("Case")
        bom = self._make_bom(
            case, [(self.tube, 2)], [(self.bending, 60), (self.assembly, 30)]
        )
        bom.bom_line_ids.operation_id = bom.operation_ids[1]
        self.tube.mto_netting = "first"
        self._make_stock(self.tube, 1)
        # Bending does not wait for the tube that comes on Thursday, 8:00.
        line = self._assert_net(
            case,
            1,
            self._at(3, 8, 30),
            stock={self.tube: 1},
            made={case: 1},
            bought={self.tube: 1},
        )
        moves = line.mto_production_ids.move_raw_ids
        self.assertEqual(
            moves.workorder_id.workcenter_id,
            self.assembly,
            "both belong to the second operation",
        )
        self.assertEqual(len(moves), 2)

    def test_assemble_to_order(self):
        """Frames and engines are kept in stock; one engine is missing."""
        self.frame.route_ids = False
        self.engine.route_ids = False
        self._make_stock(self.frame, 5)
        self._make_stock(self.engine, 3)
        # One engine: 8:20, 8:50; two hours of assembly.
        self._assert_net(
            self.lamp,
            2,
            self._at(7, 10, 50),
            stock={self.frame: 2, self.engine: 3},
            made={self.lamp: 2, self.engine: 1, self.board: 1},
            bought={self.lens: 1, self.chip: 4},
        )

    def test_rule_that_looks_at_stock_is_first_anyway(self):
        self.mto_route.rule_ids.procure_method = "mts_else_mto"
        self.lamp.mto_netting = "order"
        self._make_stock(self.lamp, 1)
        self._make_stock(self.tube, 1)
        self._assert_net(
            self.lamp,
            2,
            self._at(7, 10, 40),
            stock={self.lamp: 1, self.tube: 1},
            made={self.lamp: 1, self.frame: 1, self.engine: 2, self.board: 2},
            bought={self.tube: 1, self.lens: 2, self.chip: 8},
        )

    # Stock that comes

    def test_receipt_that_is_sooner_is_waited_for(self):
        self.lamp.mto_netting = "first"
        self._receive(self.lamp, 2, self._at(1, 8))
        line = self._assert_net(self.lamp, 2, self._at(1, 8), stock={self.lamp: 2})
        self.assertEqual(line.mto_promise_id.constraint_kind, "material")

    def test_receipt_that_is_later_is_not_waited_for(self):
        self.lamp.mto_netting = "first"
        self._receive(self.lamp, 2, self._at(90, 8))
        # Two lamps: boards till 9:20, engines till 11:20, assembly over lunch.
        self._assert_net(
            self.lamp,
            2,
            self._at(7, 14, 20),
            made={self.lamp: 2, self.frame: 2, self.engine: 4, self.board: 4},
            bought={self.tube: 4, self.lens: 4, self.chip: 16},
        )

    def test_receipt_of_a_part_of_it(self):
        self.lamp.mto_netting = "first"
        self._receive(self.lamp, 1, self._at(1, 8))
        self._assert_net(
            self.lamp,
            2,
            self._at(7, 10, 40),
            stock={self.lamp: 1},
            made={self.lamp: 1, self.frame: 1, self.engine: 2, self.board: 2},
            bought={self.tube: 2, self.lens: 2, self.chip: 8},
        )

    def test_on_request_a_receipt_is_waited_for_when_there_is_time(self):
        self.lamp.mto_netting = "first"
        self._receive(self.lamp, 2, self._at(20, 8))
        wanted = self._at(25, 8)
        self._assert_net(
            self.lamp,
            2,
            wanted,
            stock={self.lamp: 2},
            mto_requested_date=wanted,
        )

    def test_stock_that_another_order_needs_later_is_not_free(self):
        self.lamp.mto_netting = "first"
        self._make_stock(self.lamp, 2)
        wanted = self._at(30, 8)
        self._assert_net(
            self.lamp, 1, wanted, stock={self.lamp: 1}, mto_requested_date=wanted
        )
        self._assert_net(
            self.lamp,
            2,
            self._at(7, 10, 40),
            stock={self.lamp: 1},
            made={self.lamp: 1, self.frame: 1, self.engine: 2, self.board: 2},
            bought={self.tube: 2, self.lens: 2, self.chip: 8},
        )

    # More than one

    def test_two_requests_share_in_the_order_given(self):
        self.lamp.mto_netting = "first"
        self._make_stock(self.lamp, 3)
        request = {"product_id": self.lamp.id, "quantity": 2}
        first, second = self.env["mto.planner"].quote([request, request])
        self.assertEqual(first["promise_date"], str(self._at(0, 8)))
        self.assertEqual(second["promise_date"], str(self._at(7, 10, 40)))
        shares = [
            {
                step["kind"]: step["quantity"]
                for step in answer["steps"]
                if step["product_id"] == self.lamp.id and step["kind"] != "transfer"
            }
            for answer in (first, second)
        ]
        self.assertEqual(shares, [{"stock": 2}, {"stock": 1, "operation": 1}])

    def test_two_lines_share_in_their_order(self):
        self.lamp.mto_netting = "first"
        self._make_stock(self.lamp, 3)
        answers, lines = self._confirm((self.lamp, 2), (self.lamp, 2))
        self.assertEqual(
            [answer["promise_date"] for answer in answers],
            [str(self._at(0, 8)), str(self._at(7, 10, 40))],
        )
        self.assertEqual(
            [self._moved(line) for line in lines], [{self.lamp: 2}, {self.lamp: 1}]
        )
        self.assertEqual(
            [
                sum(self._production_of(line, self.lamp).mapped("product_qty"))
                for line in lines
            ],
            [0, 1],
        )

    def test_units_of_the_line_and_of_the_component(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        loom = self._make_product("Loom", mto_netting="first")
        bolt = self._make_bought("Bolt", 2, mto_netting="first")
        bom = self._make_bom(loom, [(bolt, 1)], [(self.soldering, 12)])
        bom.bom_line_ids.product_uom_id = dozen
        self._make_stock(loom, 5)
        self._make_stock(bolt, 20)
        # Of a dozen looms seven are left; of their 84 bolts 64. They come on Wednesday.
        line = self._assert_net(
            loom,
            1,
            self._at(2, 9, 24),
            stock={loom: 5, bolt: 20},
            made={loom: 7},
            bought={bolt: 64},
            product_uom_id=dozen.id,
        )
        self.assertEqual(
            sum(self._moves(line).filtered("sale_line_id").mapped("product_qty")), 12
        )

    def test_kit_whose_parts_are_netted(self):
        room = self._make_product("Room set")
        self._make_bom(room, [(self.lamp, 2), (self.engine, 1)], type="phantom")
        self.lamp.mto_netting = self.engine.mto_netting = "first"
        self._make_stock(self.lamp, 1)
        self._make_stock(self.engine, 2)
        # Both engines go into the lamp that is made, on Thursday; that of the kit is
        # made on Monday: 20 minutes and 30.
        line = self._assert_net(
            room,
            1,
            self._at(7, 8, 50),
            stock={self.lamp: 1, self.engine: 2},
            made={self.lamp: 1, self.frame: 1, self.engine: 1, self.board: 1},
            bought={self.tube: 2, self.lens: 1, self.chip: 4},
        )
        self.assertEqual(
            sorted(self._moves(line).filtered("sale_line_id").mapped("product_qty")),
            [1, 1, 1],
        )

    def test_kit_in_a_level(self):
        bolt = self._make_bought("Bolt", 1, mto_netting="first")
        mount = self._make_product("Mount", on_order=False, is_storable=False)
        self._make_bom(mount, [(bolt, 4)], type="phantom")
        shelf = self._make_product("Shelf")
        self._make_bom(shelf, [(mount, 2)], [(self.assembly, 20)])
        self._make_stock(bolt, 10)
        self._assert_net(
            shelf,
            2,
            self._at(1, 8, 40),
            stock={bolt: 10},
            made={shelf: 2},
            bought={bolt: 6},
        )

    # After confirmation

    def test_more_of_a_confirmed_line(self):
        self.lamp.mto_netting = "first"
        self._make_stock(self.lamp, 2)
        (_answer,), line = self._confirm((self.lamp, 3))
        self._make_stock(self.lamp, 1)
        line.product_uom_qty = 5
        deliveries = self._moves(line).filtered("sale_line_id")
        self.assertEqual(
            {
                supply: sum(moves.mapped("product_qty"))
                for supply, moves in deliveries.grouped("mto_supply").items()
            },
            {"stock": 3, "order": 2},
        )
        made = self._production_of(line, self.lamp)
        self.assertEqual(made.mapped("product_qty"), [1, 1])
        self.assertEqual(len(line.mto_bom_ids), 4)
        self.assertTrue(all(line.mto_production_ids.mapped("is_planned")))

    def test_more_of_a_line_with_a_component_that_was_split(self):
        """The share of the first lamps says nothing about the next ones."""
        self.frame.mto_netting = "first"
        self._make_stock(self.frame, 2)
        (_answer,), line = self._confirm((self.lamp, 3))
        line.product_uom_qty = 4
        self.assertEqual(
            self._production_of(line, self.frame).mapped("product_qty"), [1, 1]
        )
        self._make_stock(self.frame, 1)
        line.product_uom_qty = 5
        self.assertEqual(
            self._production_of(line, self.frame).mapped("product_qty"), [1, 1]
        )
        moves = self._production_of(line, self.lamp).move_raw_ids.filtered(
            lambda move: move.product_id == self.frame
        )
        self.assertEqual(
            sorted(moves.mapped(lambda move: (move.mto_supply, move.product_qty))),
            [("order", 1), ("order", 1), ("stock", 1), ("stock", 2)],
        )
        self.assertEqual(len(line.mto_bom_ids), 4)

    def test_level_without_operations_does_not_grow_beyond_stock(self):
        statue = self._make_product("Statue")
        self._make_bom(statue, [(self.tube, 1)], produce_delay=4)
        self.tube.mto_netting = "first"
        self._make_stock(self.tube, 2)
        (_answer,), line = self._confirm((statue, 2))
        line.product_uom_qty = 4
        self.assertEqual(line.mto_production_ids.mapped("product_qty"), [2, 2])
        self.assertEqual(line.mto_purchase_line_ids.product_qty, 2)

    def test_less_of_a_confirmed_line(self):
        self.lamp.mto_netting = "first"
        self._make_stock(self.lamp, 2)
        (_answer,), line = self._confirm((self.lamp, 5))
        line.product_uom_qty = 1
        moves = self._moves(line).filtered(
            lambda move: move.sale_line_id and move.state != "cancel"
        )
        self.assertEqual(sum(moves.mapped("product_qty")), 1)
        # What lies in stock is delivered, instead of something that is made.
        self.assertEqual(moves.mapped("mto_supply"), ["stock"])
        self.assertFalse(
            line.mto_production_ids.filtered(lambda one: one.state != "cancel")
        )
        self.assertEqual(moves.picking_id.picking_type_id, self.warehouse.out_type_id)

    def test_customised_bill_of_materials(self):
        """More frames for each lamp than the master says."""
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        bom = order.order_line.mto_bom_id
        bom.bom_line_ids[0].product_qty = 2
        bom.bom_line_ids.mto_supply = False
        self.frame.mto_netting = "first"
        self._make_stock(self.frame, 1)
        order.order_line.product_uom_qty = 2
        line = bom.bom_line_ids[0]
        self.assertEqual((line.product_qty, line.mto_supply), (2, "both"))
        moves = self._production_of(order.order_line, self.lamp).move_raw_ids.filtered(
            lambda move: move.product_id == self.frame
        )
        self.assertEqual(
            sorted(moves.mapped(lambda move: (move.mto_supply, move.product_qty))),
            [("order", 1), ("order", 1), ("stock", 1)],
        )
        self.assertEqual(len(bom.bom_line_ids), 2)

    def test_planned_anew_everything_stays(self):
        """What is reserved is still there for it, what is made still comes in time."""
        self.lamp.mto_netting = self.frame.mto_netting = "first"
        self._make_stock(self.lamp, 1)
        self._make_stock(self.frame, 1)
        for steps in ("mrp_one_step", "pbm"):
            self.warehouse.manufacture_steps = steps
            (_answer,), line = self._confirm((self.lamp, 3))
            answer = self.env["mto.planner"].replan(
                {"production_ids": line.mto_production_ids.ids, "method": "earliest"}
            )
            self.assertEqual(answer["productions"], len(line.mto_production_ids))
            self.assertEqual((answer["moved_workorders"], answer["late"]), (0, 0))

    def test_order_that_cannot_be_planned_is_made_whatever_is_in_stock(self):
        self.env.company.mto_netting = "first"
        self.assembly.resource_calendar_id = False
        self._make_stock(self.frame, 1)
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        self.assertEqual(
            order.order_line.mto_production_ids.product_id,
            self.lamp + self.frame + self.engine + self.board,
        )

    def test_delivered_from_both(self):
        self.lamp.mto_netting = "first"
        self._make_stock(self.lamp, 1)
        (_answer,), line = self._confirm((self.lamp, 2))
        for part in self.tube + self.lens + self.chip:
            self._make_stock(part, 100)
        for product in (self.board, self.engine, self.frame, self.lamp):
            production = self._production_of(line, product)
            production.move_raw_ids.procure_method = "make_to_stock"
            production.action_assign()
            production.button_mark_done()
        moves = self._moves(line).filtered("sale_line_id")
        self.assertEqual(set(moves.mapped("state")), {"assigned"})
        moves.picking_id.button_validate()
        self.assertEqual(line.qty_delivered, 2)
        self.assertEqual(line.mto_stage, "delivered")

    # Warehouses with more steps

    def test_steps_of_the_warehouse(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.warehouse.reception_steps = "two_steps"
        self.lamp.mto_netting = self.frame.mto_netting = "first"
        self._make_stock(self.lamp, 1)
        self._make_stock(self.frame, 1)
        (answer,), line = self._confirm((self.lamp, 3))
        # Two lamps: boards till 9:20, engines till 11:20, assembly over lunch.
        self.assertEqual(answer["promise_date"], str(self._at(7, 14, 20)))
        self.assertEqual(self._moved(line), {self.lamp: 1, self.frame: 1})
        self.assertEqual(
            {mo.product_id: mo.product_qty for mo in line.mto_production_ids},
            {self.lamp: 2, self.frame: 1, self.engine: 4, self.board: 4},
        )
        self.assertEqual(self.lamp.free_qty + self.frame.free_qty, 0)


@tagged("post_install", "-at_install")
class TestUsableStock(MtoCase):
    """Pieces are promised only from where an order would take them."""

    def _make_location(self, name, parent, **values):
        return self.env["stock.location"].create(
            {"name": name, "location_id": parent.id, "usage": "internal", **values}
        )

    def _put(self, location, quantity=10, **values):
        self.env["stock.quant"]._update_available_quantity(
            self.tube, location, quantity, **values
        )

    def _taken(self):
        """Tubes that a frame finds in stock."""
        self.tube.route_ids = False
        (answer,) = self.env["mto.planner"].quote(
            [{"product_id": self.frame.id, "quantity": 1}]
        )
        return sum(
            step["quantity"] for step in answer["steps"] if step["kind"] == "stock"
        )

    def test_shelf_in_stock(self):
        self._put(self._make_location("Shelf", self.warehouse.lot_stock_id))
        self.assertEqual(self._taken(), 2)

    def test_steps_of_the_warehouse(self):
        steps = self.warehouse._mto_get_usable_locations() - self.warehouse.lot_stock_id
        self.assertEqual(len(steps), 6)
        for location in steps:
            with self.subTest(location=location.name), self.env.cr.savepoint() as undo:
                location.active = True
                self._put(location)
                self.assertEqual(self._taken(), 2)
                undo.rollback()
            self.env.invalidate_all()

    def test_location_beside_stock(self):
        self._put(self._make_location("Quarantine", self.warehouse.view_location_id))
        self.assertEqual(self._taken(), 0)

    def test_move_to_a_location_beside_stock(self):
        """It takes the pieces from stock, and brings them back."""
        quarantine = self._make_location("Quarantine", self.warehouse.view_location_id)
        stock = self.warehouse.lot_stock_id
        self._put(stock, 2)
        self._move(stock, quarantine, 1)
        self.assertEqual(self._taken(), 1)
        self._move(quarantine, stock, 1)
        self.assertEqual(self._taken(), 2)

    def _move(self, source, destination, quantity):
        self.env["stock.move"].create(
            {
                "product_id": self.tube.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "picking_type_id": self.warehouse.int_type_id.id,
            }
        )._action_confirm()

    def test_pieces_of_another_owner(self):
        self._put(self.warehouse.lot_stock_id, owner_id=self.customer)
        self.assertEqual(self._taken(), 0)

    def test_pieces_that_a_module_knows_to_be_of_no_use(self):
        """The hook; with core's ``product_expiry`` see the next test."""
        shelf = self._make_location("Shelf", self.warehouse.lot_stock_id)
        self._put(shelf)
        domain = self.registry["stock.quant"]._mto_get_usable_domain

        def without_shelf(quant, now):
            return domain(quant, now) & Domain("location_id", "!=", shelf.id)

        with patch.object(
            self.registry["stock.quant"], "_mto_get_usable_domain", without_shelf
        ):
            self.assertEqual(self._taken(), 0)
        self.assertEqual(self._taken(), 2)

    def test_pieces_that_are_to_be_removed(self):
        if "removal_date" not in self.env["stock.quant"]._fields:
            self.skipTest("needs product_expiry")
        self.tube.write({"tracking": "lot", "use_expiration_date": True})
        for name, days, quantity in (("Old", -1, 10), ("Fresh", 9, 1)):
            lot = self.env["stock.lot"].create(
                {"name": name, "product_id": self.tube.id}
            )
            lot.removal_date = self._at(days, 8)
            self._put(self.warehouse.lot_stock_id, quantity, lot_id=lot)
        self.assertEqual(self._taken(), 1)

    def test_pieces_of_another_warehouse(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self._put(other.lot_stock_id)
        self.assertEqual(self._taken(), 0)
