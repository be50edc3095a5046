import json

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import MtoCase


class CustomiseCase(MtoCase):
    """A lamp of three levels: 240 to make, sold for 400.

    frame: 2 tubes 10, 90 min at 60 an hour 90                     100
    led engines: 2 boards (8 chips 40, 40 min at 30 an hour 20),
        2 lenses 10, 60 min at 30 an hour 30                       100
    lamp: 60 min at 40 an hour                                      40
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bending.costs_hour = 60
        cls.soldering.costs_hour = 30
        cls.assembly.costs_hour = 40
        cls.env.company.mto_target_margin = 40
        # An engineer who sells and plans.
        cls.engineer = new_test_user(
            cls.env,
            "mto_engineer",
            groups="sales_team.group_sale_salesman_all_leads,mrp.group_mrp_user,"
            "mto_planning.group_engineer",
        )

    @classmethod
    def _make_line(cls, product=None, quantity=1, user=None, **values):
        values = {"price_unit": 400, "tax_ids": False, **values}
        order = cls._make_order(
            (product or cls.lamp, quantity, values), user=user or cls.engineer
        )
        return order.order_line

    @classmethod
    def _master_of(cls, product):
        return cls.env["mrp.bom"]._bom_find(product)[product]

    def _row(self, structure, name, kind="part"):
        (row,) = [
            row
            for row in structure["rows"]
            if row["name"] == name and row["kind"] == kind
        ]
        return row

    def _key(self, line, name, kind="part"):
        return self._row(line.mto_get_structure(), name, kind)["key"]

    def _change(self, line, change_type, row_name, kind="part", **values):
        key = self._key(line, row_name, kind)
        return line.mto_customise([{"type": change_type, "key": key, **values}])

    def _bom_of(self, line, product):
        return line.sudo().mto_bom_ids.filtered(lambda bom: bom.product_id == product)


@tagged("post_install", "-at_install")
class TestStructure(CustomiseCase):
    """What a line is made of, as long as nobody has changed it."""

    def test_every_level_is_shown_with_its_costs(self):
        structure = self._make_line().mto_get_structure()
        self.assertEqual(
            [(row["depth"], row["name"], row["cost"]) for row in structure["rows"]],
            [
                (0, "Lamp", 240),
                (1, "Frame", 100),
                (2, "Tube", 10),
                (2, "Bending 1", 90),
                (1, "LED engine", 100),
                (2, "Board", 60),
                (3, "Chip", 40),
                (3, "Soldering 1", 20),
                (2, "Lens", 10),
                (2, "Soldering 1", 30),
                (1, "Assembly 1", 40),
            ],
        )
        self.assertEqual(structure["cost"], 240)
        self.assertEqual(structure["material_cost"], 60)
        self.assertEqual(structure["work_cost"], 180)
        self.assertEqual(structure["price"], 400)
        self.assertEqual(structure["margin"], 160)
        self.assertEqual(structure["margin_percent"], 40)
        # 240 is 60 % of it.
        self.assertEqual(structure["suggested_unit_price"], 400)
        self.assertFalse(structure["is_customised"])
        self.assertFalse(structure["master_changed"])

    def test_rows_say_what_who_and_how_many(self):
        structure = self._make_line(quantity=3).mto_get_structure()
        chip = self._row(structure, "Chip")
        self.assertEqual((chip["quantity"], chip["total"]), (4, 24))
        self.assertEqual((chip["supply"], chip["vendor"]), ("buy", "Test vendor"))
        self.assertEqual((chip["unit_cost"], chip["cost"]), (5, 120))
        self.assertEqual(chip["parent"], self._row(structure, "Board")["key"])
        self.assertEqual(self._row(structure, "Board")["supply"], "make")
        work = self._row(structure, "Bending 1", "operation")
        self.assertEqual((work["minutes"], work["duration"]), (90, 270))
        self.assertEqual(work["workcenter"], "Bending")

    def test_what_no_vendor_sells_has_its_standard_cost(self):
        self.tube.seller_ids = False
        self.tube.standard_price = 7
        structure = self._make_line().mto_get_structure()
        self.assertEqual(self._row(structure, "Tube")["cost"], 14)
        self.assertEqual(structure["cost"], 244)

    def test_vendor_in_another_currency_and_unit(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TSC",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0})],
            }
        )
        dozen = self.env.ref("uom.product_uom_dozen")
        self.tube.seller_ids.write(
            {"price": 240, "currency_id": currency.id, "product_uom_id": dozen.id}
        )
        structure = self._make_line().mto_get_structure()
        # 240 for a dozen are 20 for one, in a currency of half the worth.
        self.assertEqual(self._row(structure, "Tube")["cost"], 20)

    def test_suggested_price_keeps_the_discount(self):
        line = self._make_line(price_unit=400, discount=50, quantity=2)
        structure = line.mto_get_structure()
        self.assertEqual((structure["cost"], structure["price"]), (480, 400))
        self.assertEqual(structure["margin"], -80)
        line.price_unit = structure["suggested_unit_price"]
        self.assertEqual(line.mto_get_structure()["margin_percent"], 40)

    def test_suggested_price_without_any_price(self):
        structure = self._make_line(price_unit=0, quantity=2).mto_get_structure()
        self.assertEqual(structure["suggested_unit_price"], 400)
        self.assertEqual(structure["margin_percent"], 0)

    def test_kit_shows_its_parts(self):
        kit = self._make_product("Room set")
        self._make_bom(kit, [(self.frame, 2), (self.lens, 1)], type="phantom")
        structure = self._make_line(kit, 2).mto_get_structure()
        self.assertEqual(self._row(structure, "Frame")["total"], 4)
        self.assertEqual(structure["cost"], 4 * 100 + 2 * 5)

    def _count_queries(self, line):
        """Queries of the second look; nothing is in the cache of records."""
        for _look in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            line.mto_get_structure()
        return self.env.cr.sql_log_count - before

    def test_answer_goes_through_both_doors(self):
        """XML-RPC has no ``None``; JSON no keys but texts."""
        line = self._make_line()
        self._change(line, "set_quantity", "Tube", quantity=3)
        self._change(line, "remove", "Lens")
        self._master_of(self.frame).bom_line_ids.product_qty = 9
        self._master_of(self.board).bom_line_ids.product_qty = 9
        structure = line.mto_refresh_structure()
        self.assertEqual(json.loads(json.dumps(structure)), structure)
        self.assertNotIn("null", json.dumps(structure))
        self.assertTrue(structure["conflicts"])

    def test_no_change_makes_no_copy(self):
        line = self._make_line()
        self.assertFalse(line.mto_customise([])["is_customised"])
        self.assertFalse(line.sudo().mto_bom_ids)

    def test_looking_stores_nothing_and_asks_little(self):
        line = self._make_line()
        before = self.env["mrp.bom"].search_count([])
        few = self._count_queries(line)
        self.assertLessEqual(few, 25)
        self.assertEqual(self.env["mrp.bom"].search_count([]), before)
        self.assertFalse(line.sudo().mto_bom_ids)
        # No more for a product with more of everything.
        for number in range(10):
            part = self._make_bought(f"Part {number}")
            made = self._make_product(f"Made {number}")
            self._make_bom(made, [(part, 1)], [(self.bending, 5)])
            self._master_of(self.lamp).bom_line_ids = [
                Command.create({"product_id": made.id})
            ]
        self.assertLessEqual(self._count_queries(line), few)


@tagged("post_install", "-at_install")
class TestChanges(CustomiseCase):
    """Each kind of change, in the line's own copy."""

    def test_quantity(self):
        line = self._make_line()
        masters = self.env["mrp.bom"].search([])
        structure = self._change(line, "set_quantity", "Tube", quantity=3)
        tube = self._row(structure, "Tube")
        self.assertEqual((tube["quantity"], tube["cost"]), (3, 15))
        self.assertEqual((tube["change"], tube["was"]), ("changed", {"quantity": 2}))
        self.assertEqual(structure["cost"], 245)
        self.assertTrue(structure["is_customised"])
        # The others are as they were, and there is one copy of each level.
        self.assertEqual(
            {row["name"] for row in structure["rows"] if row["change"]}, {"Tube"}
        )
        self.assertEqual(
            line.sudo().mto_bom_ids.product_id,
            self.lamp + self.frame + self.engine + self.board,
        )
        self.assertFalse(any(line.sudo().mto_bom_ids.bom_line_ids.mapped("mto_supply")))
        self.assertEqual(self._master_of(self.frame).bom_line_ids.product_qty, 2)
        self.assertEqual(
            self._make_line().mto_get_structure()["cost"], 240, "another line changed"
        )
        self.assertFalse(masters.filtered("mto_digest"))

    def test_replace(self):
        steel = self._make_bought("Steel tube", 9)
        line = self._make_line()
        structure = self._change(
            line, "replace", "Tube", product_id=steel.id, quantity=4
        )
        row = self._row(structure, "Steel tube")
        self.assertEqual(row["was"], {"product": "Tube", "quantity": 2})
        self.assertEqual((row["total"], row["cost"]), (4, 20))

    def test_replace_by_what_is_made(self):
        arm = self._make_product("Arm")
        self._make_bom(arm, [(self.tube, 1)], [(self.bending, 10)])
        line = self._make_line()
        structure = self._change(line, "replace", "Frame", product_id=arm.id)
        self.assertEqual(self._row(structure, "Arm")["cost"], 15)
        self.assertFalse(self._bom_of(line, self.frame))
        # Its own copy, which does not follow the master.
        self._master_of(arm).bom_line_ids.product_qty = 100
        after = line.mto_get_structure()
        self.assertEqual(self._row(after, "Arm")["cost"], 15)

    def test_add_and_remove(self):
        hook = self._make_bought("Hook", 1)
        line = self._make_line()
        lamp, tube = self._key(line, "Lamp"), self._key(line, "Tube")
        structure = line.mto_customise(
            [
                {
                    "type": "add_component",
                    "key": lamp,
                    "product_id": hook.id,
                    "quantity": 2,
                },
                {"type": "remove", "key": tube},
            ]
        )
        self.assertEqual(self._row(structure, "Hook")["change"], "added")
        self.assertEqual(self._row(structure, "Hook")["cost"], 10)
        gone = self._row(structure, "Tube")
        self.assertEqual((gone["change"], gone["cost"]), ("removed", 0))
        self.assertEqual(gone["was"]["quantity"], 2)
        self.assertEqual(gone["parent"], self._row(structure, "Frame")["key"])
        self.assertEqual(structure["cost"], 240 + 10 - 10)

    def test_remove_a_level_with_all_below(self):
        line = self._make_line()
        structure = self._change(line, "remove", "LED engine")
        self.assertEqual(structure["cost"], 140)
        self.assertEqual(line.sudo().mto_bom_ids.product_id, self.lamp + self.frame)

    def test_restore(self):
        line = self._make_line()
        self._change(line, "remove", "LED engine")
        self._change(line, "set_quantity", "Tube", quantity=9)
        structure = self._change(line, "restore", "LED engine")
        self.assertEqual(structure["cost"], 240 + 35)
        structure = self._change(line, "restore", "Tube")
        self.assertEqual(structure["cost"], 240)
        self.assertFalse([row for row in structure["rows"] if row["change"]])
        self.assertFalse(structure["is_customised"])

    def test_operations(self):
        line = self._make_line()
        frame = self._key(line, "Frame")
        bend = self._key(line, "Bending 1", "operation")
        structure = line.mto_customise(
            [
                {"type": "set_operation", "key": bend, "minutes": 120},
                {
                    "type": "add_operation",
                    "key": frame,
                    "name": "Polish",
                    "workcenter_id": self.assembly.id,
                    "minutes": 15,
                },
            ]
        )
        changed = self._row(structure, "Bending 1", "operation")
        self.assertEqual((changed["cost"], changed["was"]), (120, {"minutes": 90}))
        added = self._row(structure, "Polish", "operation")
        self.assertEqual((added["cost"], added["change"]), (10, "added"))
        structure = self._change(line, "remove", "Bending 1", "operation")
        gone = self._row(structure, "Bending 1", "operation")
        self.assertEqual(gone["was"]["workcenter"], "Bending")
        structure = self._change(
            line,
            "set_operation",
            "Polish",
            "operation",
            workcenter_id=self.bending.id,
            name="Polish twice",
        )
        self.assertEqual(self._row(structure, "Polish twice", "operation")["cost"], 15)
        structure = self._change(line, "restore", "Bending 1", "operation")
        self.assertEqual(self._row(structure, "Bending 1", "operation")["minutes"], 90)

    def test_bought_becomes_made_from_a_chosen_bom(self):
        master = self._make_bom(self.lens, [(self.chip, 1)], [(self.soldering, 10)])
        # A vendor comes before: by its rules the lens is still bought.
        self.warehouse.buy_pull_id.route_id.sequence = 0
        line = self._make_line()
        self.assertEqual(self._row(line.mto_get_structure(), "Lens")["supply"], "buy")
        structure = self._change(line, "make", "Lens", bom_id=master.id)
        lens = self._row(structure, "Lens")
        self.assertEqual((lens["supply"], lens["cost"]), ("make", 20))
        self.assertEqual(lens["was"], {"source": False})
        self.assertFalse(master.mto_parent_line_id)
        line.order_id.mto_compute_promise()
        line.order_id.action_confirm()
        made = self._production_of(line.sudo(), self.lens)
        self.assertEqual(made.bom_id, self._bom_of(line, self.lens))
        self.assertEqual(made.product_qty, 2)
        self.assertNotIn(self.lens, line.sudo().mto_purchase_line_ids.product_id)

    def test_bought_becomes_made_from_nothing_and_back(self):
        line = self._make_line()
        structure = self._change(line, "make", "Lens", empty=True)
        lens = self._row(structure, "Lens")
        self.assertEqual((lens["supply"], lens["cost"]), ("make", 0))
        structure = self._change(
            line, "add_component", "Lens", product_id=self.tube.id, quantity=1
        )
        self.assertEqual(self._row(structure, "Lens")["cost"], 10)
        structure = self._change(line, "buy", "Lens")
        lens = self._row(structure, "Lens")
        self.assertEqual((lens["supply"], lens["cost"]), ("buy", 10))
        self.assertFalse(self._bom_of(line, self.lens))

    def test_product_that_nothing_makes_is_made_for_the_order(self):
        """It has a vendor and no master at all; core alone would only buy it."""
        line = self._make_line()
        self._change(line, "make", "Lens", empty=True)
        line.mto_customise(
            [
                {
                    "type": "add_component",
                    "key": self._key(line, "Lens"),
                    "product_id": self.tube.id,
                },
                {
                    "type": "add_operation",
                    "key": self._key(line, "Lens"),
                    "name": "Grind",
                    "workcenter_id": self.bending.id,
                    "minutes": 30,
                },
            ]
        )
        (answer,) = line.order_id.mto_compute_promise()
        line.order_id.action_confirm()
        line = line.sudo()
        made = self._production_of(line, self.lens)
        self.assertEqual(made.workorder_ids.mapped("name"), ["Grind"])
        self.assertEqual(made.move_raw_ids.product_id, self.tube)
        self._check_as_promised(answer, line)

    def test_made_becomes_bought(self):
        self.frame.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 4, "price": 33})
        ]
        self.warehouse.manufacture_pull_id.route_id.sequence = 0
        line = self._make_line()
        structure = self._change(line, "buy", "Frame")
        self.assertEqual(self._row(structure, "Frame")["cost"], 33)
        self.assertEqual(structure["cost"], 240 - 100 + 33)
        (answer,) = line.order_id.mto_compute_promise()
        line.order_id.action_confirm()
        line = line.sudo()
        self.assertFalse(self._production_of(line, self.frame))
        self.assertIn(self.frame, line.mto_purchase_line_ids.product_id)
        self._check_as_promised(answer, line)

    def test_made_or_bought_by_choice_in_a_warehouse_of_more_steps(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        self.warehouse.reception_steps = "two_steps"
        self.warehouse.delivery_steps = "pick_ship"
        self.frame.seller_ids = [
            Command.create({"partner_id": self.vendor.id, "delay": 4, "price": 33})
        ]
        self.warehouse.manufacture_pull_id.route_id.sequence = 0
        line = self._make_line()
        self._change(line, "make", "Lens", empty=True)
        self._change(line, "add_component", "Lens", product_id=self.tube.id)
        self._change(line, "buy", "Frame")
        (answer,) = line.order_id.mto_compute_promise()
        self.assertTrue(answer["feasible"])
        line.order_id.action_confirm()
        line = line.sudo()
        self.assertEqual(
            line.mto_production_ids.product_id,
            self.lamp + self.engine + self.board + self.lens,
        )
        self.assertEqual(
            line.mto_purchase_line_ids.product_id, self.frame + self.tube + self.chip
        )
        self.assertEqual(
            sorted(
                (work.name, str(work.date_start))
                for work in line.mto_production_ids.workorder_ids
            ),
            sorted(
                (step["name"], step["start"])
                for step in answer["steps"]
                if step["kind"] == "operation"
            ),
        )

    def test_notes_reach_production_and_change_no_date(self):
        line = self._make_line()
        line.order_id.mto_compute_promise()
        self._change(line, "note", "Frame", text="Drawing 12-B, mirrored")
        structure = self._change(
            line, "note", "Bending 1", "operation", text="Radius 40"
        )
        self.assertEqual(
            self._row(structure, "Frame")["note"], "Drawing 12-B, mirrored"
        )
        self.assertEqual(line.mto_promise_state, "good")
        line.order_id.action_confirm()
        production = self._production_of(line.sudo(), self.frame)
        self.assertEqual(production.mto_note, "Drawing 12-B, mirrored")
        self.assertEqual(production.workorder_ids.mto_note, "Radius 40")

    # What is confirmed

    def test_confirmed_order_is_the_tree(self):
        hook = self._make_bought("Hook", 1)
        line = self._make_line(quantity=2)
        line.mto_customise(
            [
                {"type": "set_quantity", "key": self._key(line, "Tube"), "quantity": 3},
                {
                    "type": "add_component",
                    "key": self._key(line, "LED engine"),
                    "product_id": hook.id,
                    "quantity": 2,
                },
                {
                    "type": "set_operation",
                    "key": self._key(line, "Bending 1", "operation"),
                    "minutes": 45,
                },
            ]
        )
        (answer,) = line.order_id.mto_compute_promise()
        tree = line.mto_get_structure()
        boms = line.sudo().mto_bom_ids
        line.order_id.action_confirm()
        line = line.sudo()
        self.assertEqual(line.mto_bom_ids, boms, "the copies are used as they are")
        self.assertEqual(line.mto_production_ids.bom_id, boms)
        self.assertEqual(
            sorted(
                (move.product_id.display_name, move.product_uom_qty)
                for move in line.mto_production_ids.move_raw_ids
            ),
            sorted(
                (row["name"], row["total"])
                for row in tree["rows"]
                if row["kind"] == "part" and row["depth"]
            ),
        )
        self.assertEqual(
            sorted(
                (work.name, work.duration_expected)
                for work in line.mto_production_ids.workorder_ids
            ),
            sorted(
                (row["name"], row["duration"])
                for row in tree["rows"]
                if row["kind"] == "operation"
            ),
        )
        self._check_as_promised(answer, line)
        after = line.mto_get_structure()
        self.assertEqual(after["cost"], tree["cost"])
        self.assertTrue(after["is_confirmed"])

    def test_what_is_customised_is_not_taken_from_stock(self):
        """A frame that is in stock is not the frame with three tubes."""
        self.frame.route_ids = False
        self._make_stock(self.frame, 10)
        line = self._make_line()
        structure = line.mto_get_structure()
        self.assertEqual(self._row(structure, "Frame")["supply"], "make")
        self._change(line, "set_quantity", "Chip", quantity=5)
        (answer,) = line.order_id.mto_compute_promise()
        kinds = {(step["kind"], step["product"]) for step in answer["steps"]}
        self.assertIn(("stock", "Frame"), kinds, "as in the master: any will do")
        self._change(line, "set_quantity", "Tube", quantity=3)
        (answer,) = line.order_id.mto_compute_promise()
        kinds = {(step["kind"], step["product"]) for step in answer["steps"]}
        self.assertNotIn(("stock", "Frame"), kinds)
        line.order_id.action_confirm()
        self._check_as_promised(answer, line.sudo())
        made = self._production_of(line.sudo(), self.frame)
        self.assertEqual(made.move_raw_ids.product_uom_qty, 3)

    # The promise

    def test_promise_is_out_of_date_until_it_is_as_before(self):
        line = self._make_line()
        line.order_id.mto_compute_promise()
        self.assertEqual(line.mto_promise_state, "good")
        structure = self._change(line, "set_quantity", "Tube", quantity=3)
        self.assertEqual(structure["promise_state"], "outdated")
        line.order_id.mto_compute_promise()
        self.assertEqual(line.mto_promise_state, "good")
        line.mto_reset_structure()
        self.assertEqual(line.mto_promise_state, "outdated")

    def test_date_follows_the_change(self):
        line = self._make_line()
        (before,) = line.order_id.mto_compute_promise()
        slow = self._make_bought("Slow lens", 30)
        self._change(line, "replace", "Lens", product_id=slow.id)
        (after,) = line.order_id.mto_compute_promise()
        self.assertGreater(after["promise_date"], before["promise_date"])
        self.assertIn("Slow lens", after["constraint"]["text"])

    def test_engineer_who_edits_the_copy_outdates_it_too(self):
        line = self._make_line()
        self._change(line, "set_quantity", "Tube", quantity=3)
        line.order_id.mto_compute_promise()
        bom = self._bom_of(line, self.frame).with_user(self.planner)
        bom.operation_ids.time_cycle_manual = 10
        self.assertEqual(line.mto_promise_state, "outdated")

    def test_customised_quotation_is_held(self):
        line = self._make_line()
        self._change(line, "set_operation", "Assembly 1", "operation", minutes=120)
        line.order_id.mto_hold()
        slots = line.sudo().mto_promise_id.slot_ids
        assembly = slots.filtered(lambda slot: slot.workcenter_id == self.assembly)
        seconds = (assembly.date_finished - assembly.date_start).total_seconds()
        self.assertEqual(seconds, 7200)
        line.order_id.action_confirm()
        work = self._production_of(line.sudo(), self.lamp).workorder_ids
        self.assertEqual(work.duration_expected, 120)


@tagged("post_install", "-at_install")
class TestCopies(CustomiseCase):
    """Where the line's own structure goes, and when it ends."""

    def _customised(self, **values):
        line = self._make_line(**values)
        self._change(line, "set_quantity", "Tube", quantity=3)
        self._change(line, "remove", "Lens")
        return line

    def _plain(self, structure):
        """Without what differs from line to line."""
        return [
            {name: row.get(name) for name in ("name", "quantity", "cost", "change")}
            | {"was": row["was"]}
            for row in structure["rows"]
        ]

    def test_reset(self):
        line = self._customised()
        boms = line.sudo().mto_bom_ids
        structure = line.mto_reset_structure()
        self.assertFalse(boms.exists())
        self.assertFalse(structure["is_customised"])
        self.assertEqual(structure["cost"], 240)

    def test_duplicated_quotation_is_made_alike(self):
        line = self._customised()
        copied = line.order_id.copy().order_line
        self.assertEqual(copied.mto_like_line_id, line)
        self.assertEqual(
            self._plain(copied.mto_get_structure()),
            self._plain(line.mto_get_structure()),
        )
        self.assertFalse(copied.sudo().mto_bom_ids & line.sudo().mto_bom_ids)
        self._change(copied, "set_quantity", "Tube", quantity=8)
        structure = line.mto_get_structure()
        self.assertEqual(self._row(structure, "Tube")["quantity"], 3)

    def test_duplicate_of_an_untouched_order_follows_the_master(self):
        line = self._make_line()
        line.order_id.action_confirm()
        self.assertTrue(line.sudo().mto_bom_ids)
        copied = line.order_id.copy().order_line
        self.assertFalse(copied.sudo().mto_bom_ids)

    def test_note_is_duplicated_too(self):
        for confirm in (False, True):
            with self.subTest(confirm=confirm):
                line = self._make_line()
                self._change(line, "note", "Frame", text="Mirrored")
                if confirm:
                    line.order_id.action_confirm()
                structure = line.order_id.copy().order_line.mto_get_structure()
                self.assertEqual(self._row(structure, "Frame")["note"], "Mirrored")

    def test_copies_that_say_the_same_are_given_up_by_reset(self):
        earlier = self._make_line()
        earlier.order_id.action_confirm()
        line = self._make_line()
        structure = line.mto_take_structure_from(earlier.id)
        self.assertTrue(structure["has_copies"])
        self.assertFalse(structure["is_customised"])
        self._master_of(self.frame).bom_line_ids.product_qty = 4
        self.assertEqual(line.mto_get_structure()["cost"], 240)
        structure = line.mto_reset_structure()
        self.assertEqual((structure["has_copies"], structure["cost"]), (False, 250))

    def test_duplicate_of_a_confirmed_order_is_made_alike(self):
        line = self._customised()
        before = self._plain(line.mto_get_structure())
        line.order_id.action_confirm()
        copied = line.order_id.copy().order_line
        self.assertEqual(self._plain(copied.mto_get_structure()), before)
        lines = copied.sudo().mto_bom_ids.bom_line_ids
        self.assertFalse(any(lines.mapped("mto_supply")))

    def test_deleted_line_and_order_take_theirs_along(self):
        for delete in ("line", "order"):
            with self.subTest(delete=delete):
                line = self._customised()
                boms = line.sudo().mto_bom_ids
                (line if delete == "line" else line.order_id.sudo()).unlink()
                self.assertFalse(boms.exists())

    def test_another_product_has_no_use_for_it(self):
        line = self._customised()
        boms = line.sudo().mto_bom_ids
        line.product_id = self.frame
        self.assertFalse(boms.exists())
        self.assertFalse(line.mto_get_structure()["is_customised"])

    def test_another_quantity_has(self):
        line = self._customised()
        line.product_uom_qty = 10
        tube = self._row(line.mto_get_structure(), "Tube")
        self.assertEqual((tube["quantity"], tube["total"]), (3, 30))

    def test_line_with_an_own_structure_is_not_split(self):
        line = self._customised(quantity=3)
        with self.assertRaisesRegex(UserError, "of its own"):
            line.mto_split([1, 2])
        line.mto_reset_structure()
        self.assertEqual(len(line.mto_split([1, 2])), 2)

    def test_made_like_an_earlier_order(self):
        earlier = self._customised()
        before = self._plain(earlier.mto_get_structure())
        earlier.order_id.action_confirm()
        line = self._make_line()
        self._change(line, "set_quantity", "Chip", quantity=50)
        structure = line.mto_take_structure_from(earlier.id)
        self.assertEqual(self._plain(structure), before)
        self.assertEqual(line.mto_like_line_id, earlier)

    def test_made_like_what_cannot_be(self):
        line = self._make_line()
        other = self._make_line(self.frame)
        mine = self._make_line()
        for value, problem in (
            (other.id, "is about Frame, not Lamp"),
            (mine.id, "has no bill of materials of its own"),
            (line.id, "cannot be made like itself"),
            (0, "must be the id"),
            ("7", "must be the id"),
            (True, "must be the id"),
        ):
            with self.subTest(value=value):
                with self.assertRaisesRegex(ValidationError, problem):
                    line.mto_take_structure_from(value)

    def test_promoted_to_a_master(self):
        line = self._customised()
        bom = self._bom_of(line, self.frame)
        with self.assertRaises(AccessError):
            bom.with_user(self.engineer).action_mto_promote()
        action = bom.with_user(self.planner).action_mto_promote()
        master = self.env["mrp.bom"].browse(action["res_id"])
        self.assertFalse(master.mto_is_order_bom)
        self.assertFalse(master.mto_line_id)
        self.assertEqual(master.bom_line_ids.product_qty, 3)
        self.assertEqual(self._master_of(self.frame), master)
        other = self._make_line().mto_get_structure()
        self.assertEqual(self._row(other, "Tube")["quantity"], 3)
        with self.assertRaisesRegex(UserError, "a master already"):
            master.with_user(self.planner).action_mto_promote()


@tagged("post_install", "-at_install")
class TestRefresh(CustomiseCase):
    """The master changes after the copy."""

    def setUp(self):
        super().setUp()
        self.line = self._make_line()
        self._change(self.line, "set_quantity", "Tube", quantity=3)
        self.master = self._master_of(self.lamp)

    def _changes(self):
        structure = self.line.mto_get_structure()
        return [
            (one["level"], one["change"], one["name"], one["conflict"])
            for one in structure["master_changes"]
        ]

    def test_customised_line_does_not_follow(self):
        self._master_of(self.board).bom_line_ids.product_qty = 6
        structure = self.line.mto_get_structure()
        self.assertEqual(self._row(structure, "Chip")["quantity"], 4)
        self.assertTrue(structure["master_changed"])
        (change,) = structure["master_changes"]
        self.assertEqual(
            (change["was"], change["now"]["quantity"]), ({"quantity": 4}, 6)
        )
        self.assertEqual(self._changes(), [("Board", "changed", "Chip", False)])

    def test_what_was_touched_but_not_changed_is_the_same(self):
        self.master.bom_line_ids.write({"product_qty": 5})
        self.assertTrue(self.line.mto_get_structure()["master_changed"])
        self.master.bom_line_ids[0].product_qty = 1
        self.master.bom_line_ids[1].product_qty = 2
        self.assertFalse(self.line.mto_get_structure()["master_changed"])

    def test_refresh_takes_everything_that_is_not_in_conflict(self):
        hook = self._make_bought("Hook", 1)
        arm = self._make_product("Arm")
        self._make_bom(arm, [(self.tube, 1)], [(self.bending, 10)])
        self.master.bom_line_ids = [
            Command.create({"product_id": hook.id, "product_qty": 2}),
            Command.create({"product_id": arm.id, "product_qty": 1}),
        ]
        self._master_of(self.engine).bom_line_ids.filtered(
            lambda line: line.product_id == self.lens
        ).unlink()
        self.master.operation_ids.time_cycle_manual = 30
        self._master_of(self.frame).bom_line_ids.product_qty = 7
        self.assertEqual(
            sorted(self._changes()),
            sorted(
                [
                    ("Lamp", "added", "Hook", False),
                    ("Lamp", "added", "Arm", False),
                    ("Lamp", "changed", "Assembly 1", False),
                    ("LED engine", "removed", "Lens", False),
                    ("Frame", "changed", "Tube", True),
                ]
            ),
        )
        structure = self.line.mto_refresh_structure()
        self.assertEqual(
            [(one["level"], one["name"]) for one in structure["conflicts"]],
            [("Frame", "Tube")],
        )
        self.assertFalse(structure["master_changed"])
        # frame 105, engines 90, hooks 10, arm 5 + 10, assembly 20
        self.assertEqual(structure["cost"], 105 + 90 + 10 + 15 + 20)
        # What differs now differs from the new master.
        self.assertEqual(
            {row["name"]: row["was"] for row in structure["rows"] if row["change"]},
            {"Tube": {"quantity": 7}},
        )
        self.assertTrue(self._bom_of(self.line, arm))

    def test_same_change_on_both_sides_is_no_change(self):
        self._master_of(self.frame).bom_line_ids.product_qty = 3
        self.assertEqual(self._changes(), [])
        structure = self.line.mto_refresh_structure()
        self.assertFalse(structure["is_customised"])

    def test_kit_and_learned_times_are_no_change(self):
        bolt = self._make_bought("Bolt", 1)
        kit = self._make_product("Mount", on_order=False, is_storable=False)
        self._make_bom(kit, [(bolt, 4)], [(self.bending, 10)], type="phantom")
        bench = self._make_product("Bench")
        master = self._make_bom(
            bench, [(kit, 1), (kit, 2), (self.tube, 0.5)], [(self.assembly, 20)]
        )
        master.operation_ids.time_mode = "auto"
        line = self._make_line(bench)
        structure = self._change(line, "set_quantity", "Tube", quantity=2)
        self.assertFalse(structure["master_changed"])
        self.assertEqual(
            [row["name"] for row in structure["rows"] if row["change"]], ["Tube"]
        )
        master.operation_ids.time_cycle_manual = 44
        self.assertFalse(line.mto_get_structure()["master_changed"])

    def test_deleted_master_leaves_the_line_as_it_is(self):
        self._make_bom(self.lamp, [(self.chip, 1)])
        self.master.unlink()
        structure = self.line.mto_get_structure()
        self.assertEqual(structure["cost"], 245)
        self.assertFalse(structure["master_changed"])


@tagged("post_install", "-at_install")
class TestBadChanges(CustomiseCase):
    """What makes no sense is named, and changes nothing."""

    def test_bad_changes(self):
        line = self._make_line()
        key, lamp = self._key(line, "Tube"), self._key(line, "Lamp")
        work = self._key(line, "Bending 1", "operation")
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        empty = self._make_product("Empty kit")
        self._make_bom(empty, [], type="phantom")
        wrong_bom = self._master_of(self.frame)
        cases = [
            ("x", "must be a list"),
            ({}, "must be a list"),
            ([1], "Change 0: it must be a dictionary"),
            ([{}], "“type” must be one of"),
            ([{"type": "melt", "key": key}], "“type”.*“melt”"),
            ([{"type": [], "key": key}], "“type”"),
            ([{"type": "remove"}], "needs “key”"),
            ([{"type": "remove", "key": 7}], "“key” must be a text"),
            ([{"type": "remove", "key": "part-0"}], "no row “part-0”"),
            ([{"type": "remove", "key": key, "colour": 1}], "no field “colour”"),
            ([{"type": "remove", "key": lamp}], "is not a component"),
            ([{"type": "remove", "key": key}] * 2, "Change 1: “key”: there is no row"),
            ([{"type": "restore", "key": lamp}], "not a row of the master"),
            ([{"type": "set_quantity", "key": work, "quantity": 1}], "a component"),
            ([{"type": "buy", "key": lamp}], "not a component"),
            (
                [{"type": "make", "key": key, "bom_id": wrong_bom.id}],
                "does not make Tube",
            ),
            ([{"type": "make", "key": key}], "Tube has no bill of materials"),
            ([{"type": "make", "key": key, "empty": 1}], "“empty” must be true"),
            ([{"type": "set_operation", "key": work}], "needs “name”"),
            ([{"type": "set_operation", "key": work, "name": " "}], "“name” is empty"),
            ([{"type": "set_operation", "key": key, "minutes": 1}], "an operation"),
            ([{"type": "note", "key": key, "text": "x"}], "something that is made"),
            (
                [{"type": "add_component", "key": key, "product_id": self.lens.id}],
                "something that is made",
            ),
        ]
        cases += [
            ([{"type": "set_quantity", "key": key, "quantity": value}], "“quantity”")
            for value in (0, -1, "2", True, float("nan"), float("inf"), 1e15, 1e-9)
        ]
        cases += [
            ([{"type": "set_operation", "key": work, "minutes": value}], "“minutes”")
            for value in (-1, "2", float("nan"), 1e9)
        ]
        cases += [
            ([{"type": "replace", "key": key, "product_id": value}], problem)
            for value, problem in (
                ("x", "“product_id” must be the id"),
                (service.id, "Advice is not goods"),
                (self.tube.id, "it is Tube already"),
                (self.frame.id, "cannot be a component of itself"),
                (empty.id, "is a kit without any parts"),
            )
        ]
        self.env.flush_all()
        before = self.env["mrp.bom"].search_count([])
        structure = line.mto_get_structure()
        for changes, problem in cases:
            with self.subTest(changes=changes):
                with self.assertRaisesRegex((ValidationError, UserError), problem):
                    line.mto_customise(changes)
                self.assertEqual(self.env["mrp.bom"].search_count([]), before)
        with self.assertRaisesRegex(MissingError, "product_id"):
            line.mto_customise([{"type": "replace", "key": key, "product_id": 2**30}])
        self.assertEqual(line.mto_get_structure(), structure)

    def test_loop_is_refused(self):
        line = self._make_line()
        with self.assertRaises(UserError):
            self._change(line, "replace", "Chip", product_id=self.lamp.id)
        self.assertFalse(line.sudo().mto_bom_ids)

    def test_the_first_good_change_of_a_bad_list_is_taken_back(self):
        line = self._make_line()
        key = self._key(line, "Tube")
        with self.assertRaisesRegex(ValidationError, "Change 1"):
            line.mto_customise(
                [
                    {"type": "set_quantity", "key": key, "quantity": 3},
                    {"type": "set_quantity", "key": key, "quantity": -3},
                ]
            )
        with self.assertRaisesRegex(ValidationError, "Change 1"):
            line.mto_customise(
                [
                    {"type": "remove", "key": key},
                    {"type": "set_quantity", "key": key, "quantity": 3},
                ]
            )
        self.assertFalse(line.sudo().mto_bom_ids)
        self.assertEqual(line.mto_get_structure()["cost"], 240)

    def test_stale_key_is_refused(self):
        line = self._make_line()
        stale = self._key(line, "Tube")
        self._change(line, "set_quantity", "Tube", quantity=3)
        with self.assertRaisesRegex(ValidationError, "read it again"):
            line.mto_customise([{"type": "set_quantity", "key": stale, "quantity": 4}])

    def test_key_of_another_line_is_refused(self):
        line, other = self._make_line(), self._make_line()
        self._change(other, "set_quantity", "Tube", quantity=3)
        self._change(line, "set_quantity", "Tube", quantity=3)
        for change in ("remove", "restore"):
            with self.assertRaisesRegex(ValidationError, "no row"):
                line.mto_customise([{"type": change, "key": self._key(other, "Tube")}])

    def test_what_is_bought_needs_no_structure(self):
        line = self._make_line(self.lens)
        for call in (
            line.mto_get_structure,
            line.mto_reset_structure,
            line.mto_refresh_structure,
            lambda: line.mto_customise([]),
        ):
            with self.assertRaisesRegex(UserError, "not made to order"):
                call()


@tagged("post_install", "-at_install")
class TestCustomiseRights(CustomiseCase):
    """Salespeople change what goes in, manufacturing also the work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line_of_sales = cls._make_line(user=cls.salesperson)
        cls.colleague = new_test_user(
            cls.env, "mto_colleague", groups="sales_team.group_sale_salesman"
        )
        cls.customer_user = new_test_user(
            cls.env,
            "mto_portal",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )
        cls.shipper = new_test_user(
            cls.env, "mto_shipper", groups="stock.group_stock_user"
        )

    def test_salesperson_changes_components(self):
        line = self.line_of_sales
        self.env.invalidate_all()
        structure = line.mto_get_structure()
        self.assertTrue(structure["can_edit"])
        self.assertFalse(structure["can_edit_operations"])
        self._change(line, "set_quantity", "Tube", quantity=3)
        self._change(line, "add_component", "Lamp", product_id=self.chip.id)
        self._change(line, "remove", "Lens")
        self._change(line, "restore", "Lens")
        line.mto_refresh_structure()
        structure = line.mto_reset_structure()
        self.assertEqual(structure["cost"], 240)

    def test_only_engineers_change_operations(self):
        line = self.line_of_sales
        self._change(line.with_user(self.engineer), "remove", "Bending 1", "operation")
        worker = new_test_user(self.env, "mto_worker", groups="mrp.group_mrp_user")
        for user in (self.salesperson, worker):
            with self.subTest(user=user.login):
                self._check_changes_no_operation(line.with_user(user))

    def test_administrators_of_manufacturing_are_engineers(self):
        manager = new_test_user(self.env, "mto_boss", groups="mrp.group_mrp_manager")
        structure = self.env["mto.bom.structure"].with_user(manager)
        self.assertTrue(structure._may_edit_operations())

    def _check_changes_no_operation(self, line):
        self.assertFalse(line.mto_get_structure()["can_edit_operations"])
        frame = self._key(line, "Frame")
        work = self._key(line, "Assembly 1", "operation")
        gone = self._key(line, "Bending 1", "operation")
        center = {"workcenter_id": self.assembly.id}
        for change in (
            {"type": "set_operation", "key": work, "minutes": 1},
            {"type": "remove", "key": work},
            {"type": "note", "key": work, "text": "Fast"},
            {"type": "restore", "key": gone},
            {
                "type": "add_operation",
                "key": frame,
                "name": "A",
                "minutes": 1,
                **center,
            },
        ):
            with self.subTest(change=change), self.assertRaises(AccessError):
                line.mto_customise([change])

    def test_quotations_of_others_are_closed(self):
        line = self.line_of_sales.with_user(self.colleague)
        for call in (
            line.mto_get_structure,
            line.mto_reset_structure,
            line.mto_refresh_structure,
            lambda: line.mto_customise([]),
            lambda: line.mto_take_structure_from(self.line_of_sales.id),
        ):
            with self.assertRaises(MissingError):
                call()
        mine = self._make_line(user=self.colleague)
        self._change(self.line_of_sales, "set_quantity", "Tube", quantity=3)
        with self.assertRaises(MissingError):
            mine.mto_take_structure_from(self.line_of_sales.id)
        with self.assertRaises(AccessError):
            mine.order_id.order_line = [
                Command.create(
                    {
                        "product_id": self.lamp.id,
                        "mto_like_line_id": self.line_of_sales.id,
                    }
                )
            ]

    def test_reader_sees_and_cannot_change(self):
        line = self.line_of_sales.with_user(self.shipper)
        structure = line.mto_get_structure()
        self.assertFalse(structure["can_edit"])
        with self.assertRaises(AccessError):
            line.mto_customise([])

    def test_customer_sees_nothing(self):
        self.line_of_sales.sudo().order_id.state = "sent"
        line = self.line_of_sales.with_user(self.customer_user)
        self.assertTrue(line.name)
        with self.assertRaises(AccessError):
            line.mto_get_structure()
        for name in ("mto_build", "mto_like_line_id"):
            with self.assertRaises(AccessError):
                line.read([name])

    def test_nobody_customises_a_confirmed_order(self):
        line = self.line_of_sales
        line.order_id.action_confirm()
        structure = line.mto_get_structure()
        self.assertFalse(structure["can_edit"])
        self.assertIn("confirmed", structure["refusal"])
        for user in (self.salesperson, self.planner):
            for call in (
                lambda line: line.mto_customise([]),
                lambda line: line.mto_reset_structure(),
                lambda line: line.mto_refresh_structure(),
            ):
                with self.subTest(user=user.login), self.assertRaises(UserError):
                    call(line.with_user(user))
        self.assertEqual(len(line.sudo().mto_bom_ids), 4)


@tagged("post_install", "-at_install")
class TestCosts(CustomiseCase):
    """What it should have cost, and what it did."""

    def _make(self, line, minutes):
        """Make a line's frame with so many minutes on bending."""
        production = line.mto_production_ids
        self._make_stock(self.tube, 100)
        production.move_raw_ids.move_orig_ids._action_cancel()
        production.move_raw_ids.procure_method = "make_to_stock"
        production.action_assign()
        workorder = production.workorder_ids
        workorder.duration = minutes
        workorder.button_finish()
        workorder.duration = minutes
        production.button_mark_done()
        self.assertEqual(production.state, "done")

    def test_estimate_is_that_of_the_confirmation(self):
        line = self._make_line(self.frame)
        self._change(line, "set_quantity", "Tube", quantity=4)
        cost = line.mto_get_structure()["cost"]
        self.assertEqual(cost, 110)
        line.order_id.action_confirm()
        line = line.sudo()
        self.assertEqual(line.mto_estimated_cost, 110)
        self.bending.costs_hour = 600
        self.assertEqual(line.mto_estimated_cost, 110)
        # Another one at the new rate.
        line.product_uom_qty = 2
        self.assertEqual(line.mto_estimated_cost, 110 + 20 + 900)

    def test_actual_cost_of_parts_and_work(self):
        self.tube.standard_price = 6
        line = self._make_line(self.frame)
        line.order_id.action_confirm()
        line = line.sudo()
        self.assertEqual(line.mto_actual_cost, 0)
        self._make(line, 120)
        # Two tubes at 6, two hours at 60.
        self.assertEqual(line.mto_actual_cost, 12 + 120)
        self.assertEqual(line.mto_cost_difference, 132 - 100)

    def test_planners_see_costs_and_nobody_writes_them(self):
        line = self._make_line(self.frame, user=self.salesperson)
        line.order_id.action_confirm()
        with self.assertRaises(AccessError):
            line.read(["mto_estimated_cost"])
        theirs = line.with_user(self.planner)
        self.assertEqual(theirs.mto_estimated_cost, 100)
        with self.assertRaises(AccessError):
            theirs.mto_estimated_cost = 1


@tagged("post_install", "-at_install")
class TestReport(CustomiseCase):
    """The custom build on paper."""

    def _render(self, line):
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "mto_planning.report_mto_build", line.order_id.ids
        )
        return " ".join(html.decode().split())

    def test_differences_are_printed_and_costs_are_not(self):
        line = self._make_line(quantity=2)
        self._change(line, "set_quantity", "Tube", quantity=3)
        self._change(line, "remove", "Lens")
        self._change(line, "note", "Frame", text="Drawing 12-B")
        self._change(line, "make", "Chip", empty=True)
        self._change(line, "set_operation", "Assembly 1", "operation", minutes=12.5)
        html = self._render(line)
        for text in (
            "Not as the master",
            "Changed: 3 instead of 2<",
            "Removed. In the master: Lens, 1 Units<",
            "Changed. In the master: as its rules say",
            "Changed: 12.5 minutes instead of 60 minutes",
            "25 min",
            "Drawing 12-B",
            "6 Units",
        ):
            self.assertIn(text, html)
        self.assertNotIn("400", html)

    def test_untouched_line_is_as_the_master(self):
        self.assertIn("As the master says", self._render(self._make_line()))

    def test_nothing_to_print(self):
        with self.assertRaisesRegex(UserError, "made to order"):
            self._render(self._make_line(self.lens))
