from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestPromise(MtoCase):
    """One lamp, nothing booked, ordered on Monday at eight.

    chips arrive on Saturday (5 days), boards start on the Monday after at eight: 40
    minutes for two boards; then two engines: an hour, until 9:40. Tubes arrive on
    Thursday at eight; the frame takes until 9:30. Assembly 9:40 to 10:40.
    """

    def _promise(self, order):
        return order.mto_compute_promise()

    def test_three_levels_on_an_empty_shop_give_the_date_on_paper(self):
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        (answer,) = self._promise(order)
        self.assertTrue(answer["feasible"])
        self.assertEqual(answer["promise_date"], "2027-03-08 10:40:00")
        self.assertEqual(answer["constraint"]["kind"], "lead_time")
        self.assertEqual(answer["constraint"]["product_id"], self.chip.id)
        self.assertIn(
            "Chip takes 5 days from Test vendor", answer["constraint"]["text"]
        )
        self.assertEqual(order.expected_date, self._at(7, 10, 40))

    def test_steps_are_every_part_and_operation(self):
        order = self._make_order((self.lamp, 1))
        (answer,) = self._promise(order)
        steps = {
            (step["kind"], step["name"].split(" from ")[0], step["product_id"]): step
            for step in answer["steps"]
        }
        expected = {
            ("purchase", "Chip", self.chip.id): (self._at(2, 8), self._at(7, 8)),
            ("operation", "Soldering 1", self.board.id): (
                self._at(7, 8),
                self._at(7, 8, 40),
            ),
            ("operation", "Soldering 1", self.engine.id): (
                self._at(7, 8, 40),
                self._at(7, 9, 40),
            ),
            ("operation", "Bending 1", self.frame.id): (
                self._at(3, 8),
                self._at(3, 9, 30),
            ),
            ("operation", "Assembly 1", self.lamp.id): (
                self._at(7, 9, 40),
                self._at(7, 10, 40),
            ),
        }
        for key, (start, finish) in expected.items():
            with self.subTest(key=key):
                self.assertEqual(steps[key]["start"], str(start))
                self.assertEqual(steps[key]["finish"], str(finish))

    def test_booked_center_delays_and_is_named(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Big job",
                "resource_id": self.assembly.resource_id.id,
                "calendar_id": self.calendar.id,
                "time_type": "other",
                "date_from": self._at(0, 8),
                "date_to": self._at(18, 17),
            }
        )
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        (answer,) = self._promise(order)
        self.assertEqual(answer["promise_date"], str(self._at(21, 9)))
        self.assertEqual(answer["constraint"]["kind"], "capacity")
        self.assertEqual(answer["constraint"]["workcenter_id"], self.assembly.id)
        self.assertIn("Assembly is full until", answer["constraint"]["text"])

    def test_requested_date_that_holds_is_planned_as_late_as_possible(self):
        wanted = self._at(11, 15)
        order = self._make_order((self.lamp, 1, {"mto_requested_date": wanted}))
        (answer,) = self._promise(order)
        self.assertTrue(answer["on_request"])
        self.assertEqual(answer["promise_date"], str(wanted))
        assembly = next(s for s in answer["steps"] if s["name"] == "Assembly 1")
        self.assertEqual(assembly["start"], str(self._at(11, 14)))
        self.assertEqual(order.order_line.mto_promise_state, "good")

    def test_requested_date_too_early_gives_the_first_possible_one(self):
        wanted = self._at(2, 15)
        order = self._make_order((self.lamp, 1), commitment_date=wanted)
        (answer,) = self._promise(order)
        self.assertFalse(answer["on_request"])
        self.assertEqual(answer["requested_date"], str(wanted))
        self.assertEqual(answer["promise_date"], str(self._at(7, 10, 40)))
        self.assertEqual(order.order_line.mto_promise_state, "late")

    def test_requested_date_in_the_past_gives_the_first_possible_one(self):
        wanted = NOW - timedelta(days=30)
        order = self._make_order((self.lamp, 1, {"mto_requested_date": wanted}))
        (answer,) = self._promise(order)
        self.assertFalse(answer["on_request"])
        self.assertEqual(answer["promise_date"], str(self._at(7, 10, 40)))

    def test_lines_of_one_quotation_compete_in_their_order(self):
        order = self._make_order((self.lamp, 1), (self.lamp, 1))
        first, second = self._promise(order)
        self.assertEqual(first["promise_date"], str(self._at(7, 10, 40)))
        self.assertEqual(second["promise_date"], str(self._at(7, 13, 20)))

    def test_changing_the_quantity_makes_the_promise_out_of_date(self):
        order = self._make_order((self.lamp, 1))
        line = order.order_line
        self.assertEqual(line.mto_promise_state, "none")
        self._promise(order)
        self.assertEqual(line.mto_promise_state, "good")
        for values in (
            {"product_uom_qty": 2},
            {"mto_requested_date": self._at(30, 8)},
            {"product_id": self.engine.id},
        ):
            with self.subTest(values=values):
                line.write(values)
                self.assertEqual(line.mto_promise_state, "outdated")
                self._promise(order)
                self.assertEqual(line.mto_promise_state, "good")

    def test_each_computation_is_in_the_ledger(self):
        order = self._make_order((self.lamp, 1), user=self.salesperson)
        self._promise(order)
        first = order.order_line.mto_promise_id
        order.order_line.product_uom_qty = 3
        self._promise(order)
        promises = order.order_line.mto_promise_ids
        self.assertEqual(len(promises), 2)
        self.assertEqual(first.state, "superseded")
        self.assertEqual(order.order_line.mto_promise_id.state, "quoted")
        self.assertEqual(
            order.order_line.mto_promise_id.first_promise_date, first.promise_date
        )
        self.assertEqual(first.user_id, self.salesperson)

    def test_nothing_but_the_ledger_is_written(self):
        order = self._make_order((self.lamp, 1))
        models = ["mrp.bom", "mrp.production", "purchase.order", "stock.move"]
        before = {name: self.env[name].search_count([]) for name in models}
        self._promise(order)
        after = {name: self.env[name].search_count([]) for name in models}
        self.assertEqual(before, after)

    def _press(self, order):
        params = order.action_mto_compute_promise()["params"]
        return params["type"], params["message"]

    def test_the_button_says_how_the_worst_date_is(self):
        early = {"mto_requested_date": self._at(0, 9)}
        order = self._make_order((self.lamp, 1))
        self.assertEqual(self._press(order), ("success", "The date is computed."))
        two = self._make_order((self.lamp, 1), (self.lamp, 1))
        self.assertEqual(self._press(two), ("success", "2 dates are computed."))
        late = self._make_order((self.lamp, 1, early))
        self.assertEqual(
            self._press(late), ("warning", "The date is later than requested.")
        )
        one_of_two = self._make_order((self.lamp, 1, early), (self.lamp, 1))
        self.assertEqual(
            self._press(one_of_two),
            ("warning", "1 of 2 dates are later than requested."),
        )
        thing = self._make_product("Thing")
        self._make_bom(thing, [(self._make_product("Part", on_order=False), 1)], [])
        self.assertEqual(
            self._press(self._make_order((thing, 1))),
            ("danger", "There is no date: it cannot be made."),
        )
        self.assertEqual(
            self._press(self._make_order((thing, 1), (self.lamp, 1))),
            ("danger", "1 of 2 lines have no date: they cannot be made."),
        )

    def test_the_reason_names_the_product_where_there_are_several(self):
        order = self._make_order((self.lamp, 1))
        order.mto_compute_promise()
        line = order.order_line
        self.assertEqual(order.mto_reason, line.mto_promise_text)
        two = self._make_order((self.lamp, 1), (self.lamp, 1))
        two.mto_compute_promise()
        last = two._mto_get_worst_line()
        self.assertEqual(two.mto_reason, f"Lamp: {last.mto_promise_text}")

    def test_a_line_of_nothing_keeps_the_others_from_no_date(self):
        order = self._make_order((self.lamp, 0), (self.lamp, 1))
        (answer,) = self._promise(order)
        option, line = order.order_line
        self.assertEqual(answer["line_id"], line.id)
        self.assertEqual(line.mto_promise_state, "good")
        self.assertFalse(option.mto_promise_date)
        order.action_confirm()
        self.assertEqual(line.mto_projected_date, self._at(7, 10, 40))
        self.assertFalse(option.mto_production_ids)

    def test_quantity_zero_is_named(self):
        order = self._make_order((self.lamp, 0))
        with self.assertRaisesRegex(UserError, "Quantity of Lamp is 0"):
            self._promise(order)
        self.assertFalse(order.order_line.mto_promise_id)

    def test_part_without_source_is_named_with_its_level(self):
        self.chip.seller_ids.unlink()
        order = self._make_order((self.lamp, 1))
        (answer,) = self._promise(order)
        self.assertFalse(answer["feasible"])
        self.assertFalse(answer["promise_date"])
        self.assertIn("Chip (level 3, 8 Units)", answer["constraint"]["text"])
        with self.assertRaises(UserError) as caught:
            order.action_confirm()
        self.assertIn("Chip", str(caught.exception))
        self.assertFalse(order.order_line.mto_bom_ids)

    def test_center_without_working_hours_is_named(self):
        self.assembly.resource_calendar_id = False
        order = self._make_order((self.lamp, 1))
        (answer,) = self._promise(order)
        self.assertFalse(answer["feasible"])
        self.assertIn("Assembly has no working hours", answer["constraint"]["text"])

    def test_stocked_part_is_taken_from_stock_and_not_twice(self):
        screw = self._make_bought("Screw", 10, on_order=False)
        self._make_stock(screw, 5)
        clip = self._make_product("Clip")
        self._make_bom(clip, [(screw, 3)], [(self.assembly, 30)])
        order = self._make_order((clip, 1), (clip, 1))
        first, second = self._promise(order)
        kinds = [[step["kind"] for step in a["steps"]] for a in (first, second)]
        self.assertIn("stock", kinds[0])
        self.assertEqual(first["promise_date"], str(self._at(0, 8, 30)))
        self.assertIn("purchase", kinds[1])
        self.assertGreater(second["promise_date"], str(self._at(10, 8)))

    def test_purchase_that_is_put_off_comes_later(self):
        screw = self._make_bought("Screw", 10, on_order=False)
        purchase = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": screw.id,
                            "product_qty": 5,
                            "date_planned": self._at(2, 8),
                        }
                    )
                ],
            }
        )
        purchase.button_confirm()
        clip = self._make_product("Clip")
        self._make_bom(clip, [(screw, 3)], [(self.assembly, 30)])
        order = self._make_order((clip, 1))
        (answer,) = self._promise(order)
        self.assertEqual(answer["promise_date"], str(self._at(2, 8, 30)))
        purchase.order_line.date_planned = self._at(4, 9)
        (answer,) = self._promise(order)
        self.assertEqual(answer["promise_date"], str(self._at(4, 9, 30)))

    def test_product_from_stock_is_not_made_to_order(self):
        shelf = self._make_product("Shelf", on_order=False)
        self._make_bom(shelf, [(self.tube, 1)], [(self.bending, 10)])
        order = self._make_order((shelf, 1), (self.lamp, 1))
        self.assertEqual(order.order_line.mapped("mto_is_made_to_order"), [False, True])
        self.assertEqual(len(self._promise(order)), 1)
