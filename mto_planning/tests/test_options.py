from types import SimpleNamespace

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..bridge.clock import to_seconds
from ..bridge.levers import LeverFinder
from .common import MtoCase


@tagged("post_install", "-at_install")
class TestOptions(MtoCase):
    """What would make a date earlier, and how many by when: all computed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.assembly.costs_hour = 30
        cls.table = cls._make_product("Table")
        cls._make_bom(cls.table, [], [(cls.assembly, 480)])

    def _ask(self, product, quantity=1, **values):
        request = {"product_id": product.id, "quantity": quantity, **values}
        request.update(levers=True, ladder=True)
        return self.env["mto.planner"].quote([request])[0]

    def _lever(self, answer, kind):
        levers = [lever for lever in answer["levers"] if lever["kind"] == kind]
        self.assertEqual(len(levers), 1, answer["levers"])
        return levers[0]

    def _book(self, center, start, end):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "booked",
                "resource_id": center.resource_id.id,
                "calendar_id": center.resource_calendar_id.id,
                "time_type": "other",
                "date_from": start,
                "date_to": end,
            }
        )

    # Overtime

    def test_overtime_on_the_bottleneck(self):
        # Assembly is full until Tuesday 17:00: 8 hours on Wednesday. With 4 hours on
        # Tuesday evening, 17:00 to 21:00, the rest ends on Wednesday at 12:00.
        self._book(self.assembly, self._at(0, 8), self._at(1, 17))
        answer = self._ask(self.table)
        self.assertEqual(answer["promise_date"], str(self._at(2, 17)))
        first, *others = [
            lever for lever in answer["levers"] if lever["kind"] == "overtime"
        ]
        self.assertFalse(others)
        self.assertEqual(first["promise_date"], str(self._at(2, 12)))
        self.assertEqual(first["days"], 0.2)
        self.assertEqual(
            first["overtime"],
            [{"start": str(self._at(1, 17)), "finish": str(self._at(1, 21))}],
        )
        self.assertEqual(first["cost"], 4 * 30)
        self.assertIn("4 hours of overtime on Assembly: Tue, Mar 2", first["text"])

    def test_a_saturday(self):
        # Full until Friday 17:00: 8 hours on Monday. On Saturday: by 17:00 there; with
        # Friday evening: by Monday 12:00.
        self._book(self.assembly, self._at(0, 8), self._at(4, 17))
        answer = self._ask(self.table)
        self.assertEqual(answer["promise_date"], str(self._at(7, 17)))
        saturday, friday = [
            lever for lever in answer["levers"] if lever["kind"] == "overtime"
        ]
        self.assertEqual(saturday["promise_date"], str(self._at(5, 17)))
        self.assertEqual(saturday["cost"], 8 * 30)
        self.assertEqual(friday["promise_date"], str(self._at(7, 12)))

    def test_no_more_overtime_than_it_takes(self):
        # Three tables: 24 hours, Monday to Wednesday 17:00. Every evening would help.
        answer = self._ask(self.table, 3)
        lever = self._lever(answer, "overtime")
        # 4 hours on Monday and on Tuesday: 8 + 4 + 8 + 4 = 24 by Tuesday 21:00.
        self.assertEqual(lever["promise_date"], str(self._at(1, 21)))
        self.assertEqual(len(lever["overtime"]), 2)

    # Vendors

    def test_another_vendor(self):
        quick = self.env["res.partner"].create({"name": "Quick vendor"})
        screw = self._make_bought("Screw", 10)
        screw.seller_ids = [
            Command.create({"partner_id": quick.id, "delay": 2, "price": 9})
        ]
        chair = self._make_product("Chair")
        self._make_bom(chair, [(screw, 4)], [(self.assembly, 60)])
        answer = self._ask(chair, 10)
        # In 10 days, Thursday 11th at 8:00, and 10 hours: Friday 12th 10:00; from the
        # other in 2 days: Wednesday 8:00, Thursday 10:00.
        self.assertEqual(answer["promise_date"], str(self._at(11, 10)))
        lever = self._lever(answer, "vendor")
        self.assertEqual(lever["promise_date"], str(self._at(3, 10)))
        self.assertEqual(lever["days"], 8.0)
        self.assertEqual(lever["cost"], 40 * (9 - 5))
        self.assertEqual(lever["partner_id"], quick.id)
        self.assertIn("Screw from Quick vendor, in 2 days instead of 10", lever["text"])

    def test_a_vendor_who_does_not_sell_so_few_is_not_offered(self):
        bulk = self.env["res.partner"].create({"name": "Bulk"})
        screw = self._make_bought("Screw", 10)
        screw.seller_ids = [
            Command.create(
                {"partner_id": bulk.id, "delay": 2, "price": 1, "min_qty": 1000}
            )
        ]
        chair = self._make_product("Chair")
        self._make_bom(chair, [(screw, 4)], [(self.assembly, 60)])
        kinds = {lever["kind"] for lever in self._ask(chair)["levers"]}
        self.assertNotIn("vendor", kinds)

    # Work centers

    def test_a_work_center_that_can_do_alike(self):
        tag = self.env["mrp.workcenter.tag"].create({"name": "Bench"})
        bench = self._make_workcenter("Bench 2", tag_ids=tag.ids, costs_hour=50)
        self.assembly.tag_ids = tag
        self._book(self.assembly, self._at(0, 8), self._at(1, 17))
        lever = self._lever(self._ask(self.table), "workcenter")
        self.assertEqual(lever["promise_date"], str(self._at(0, 17)))
        self.assertEqual(lever["workcenter_id"], bench.id)
        self.assertEqual(lever["cost"], 8 * (50 - 30))

    # Material

    def _make_stool(self):
        leg = self._make_product("Leg", on_order=False)
        stool = self._make_product("Stool")
        self._make_bom(stool, [(leg, 3)], [(self.assembly, 60)])
        return leg, stool

    def _receive(self, product, quantity, moment):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                            "date": moment,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.date = moment
        return picking

    def test_a_receipt_that_came_sooner(self):
        leg, stool = self._make_stool()
        receipt = self._receive(leg, 10, self._at(7, 8))
        answer = self._ask(stool)
        self.assertEqual(answer["promise_date"], str(self._at(7, 9)))
        lever = self._lever(answer, "expedite")
        self.assertEqual(lever["promise_date"], str(self._at(0, 9)))
        self.assertIn(receipt.name, lever["text"])
        self.assertEqual(lever["needed_date"], str(self._at(0, 8)))

    def test_a_receipt_need_not_come_sooner_than_it_helps(self):
        # Assembly is full until Wednesday 12:00: the legs help no sooner.
        leg, stool = self._make_stool()
        self._receive(leg, 10, self._at(7, 8))
        self._book(self.assembly, self._at(0, 8), self._at(2, 12))
        lever = self._lever(self._ask(stool), "expedite")
        self.assertEqual(lever["promise_date"], str(self._at(2, 14)))
        self.assertEqual(lever["needed_date"], str(self._at(2, 13)))

    def test_stock_that_is_kept_for_a_later_demand(self):
        leg, stool = self._make_stool()
        self._make_stock(leg, 3)
        self._receive(leg, 10, self._at(7, 8))
        later = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": leg.id,
                            "product_uom_qty": 3,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.env.ref(
                                "stock.stock_location_customers"
                            ).id,
                        }
                    )
                ],
            }
        )
        later.action_confirm()
        later.move_ids.date = self._at(5, 8)
        answer = self._ask(stool)
        self.assertEqual(answer["promise_date"], str(self._at(7, 9)))
        lever = self._lever(answer, "stock")
        self.assertEqual(lever["promise_date"], str(self._at(0, 9)))
        self.assertEqual(lever["hurts"], [later.name])

    # Parts

    def test_a_ladder_of_offers(self):
        # Eight tables of 8 hours: two by Tuesday, four by Thursday, six by next Monday,
        # all by next Wednesday.
        answer = self._ask(self.table, 8)
        self.assertEqual(
            answer["ladder"],
            [
                {"quantity": 2, "promise_date": str(self._at(1, 17))},
                {"quantity": 4, "promise_date": str(self._at(3, 17))},
                {"quantity": 6, "promise_date": str(self._at(7, 17))},
                {"quantity": 8, "promise_date": str(self._at(9, 17))},
            ],
        )
        self.assertEqual(answer["promise_date"], answer["ladder"][-1]["promise_date"])
        split = self._lever(answer, "split")
        self.assertEqual(split["promise_date"], str(self._at(1, 17)))

    def test_parts_of_one_day_are_one_rung(self):
        stool = self._make_product("Quick stool")
        self._make_bom(stool, [], [(self.assembly, 120)])
        answer = self._ask(stool, 6)
        # Two hours each: 1, 3, 4 by Monday 17:00, and 6 by Tuesday 12:00.
        self.assertEqual([rung["quantity"] for rung in answer["ladder"]], [4, 6])

    def test_one_piece_has_one_rung(self):
        answer = self._ask(self.table)
        self.assertEqual(
            answer["ladder"],
            [{"quantity": 1, "promise_date": answer["promise_date"]}],
        )

    # Nothing to offer

    def test_nothing_is_offered_for_a_date_that_is_as_requested(self):
        answer = self._ask(self.table, requested_date=str(self._at(4, 17)))
        self.assertTrue(answer["on_request"])
        self.assertEqual(answer["levers"], [])

    def test_nothing_is_offered_where_there_is_no_date(self):
        _leg, stool = self._make_stool()
        answer = self._ask(stool, 2)
        self.assertFalse(answer["feasible"])
        self.assertEqual((answer["levers"], answer["ladder"]), ([], []))

    def test_it_is_answered_only_when_asked_for(self):
        request = {"product_id": self.table.id, "quantity": 1}
        answer = self.env["mto.planner"].quote([request])[0]
        self.assertNotIn("levers", answer)
        self.assertNotIn("ladder", answer)
        answer = self.env["mto.planner"].quote([{**request, "ladder": True}])[0]
        self.assertNotIn("levers", answer)
        with self.assertRaisesRegex(ValidationError, "“levers” must be true or false"):
            self.env["mto.planner"].quote([{**request, "levers": "yes"}])

    # On the quotation

    def test_the_options_of_a_line_know_the_lines_before_it(self):
        order = self._make_order(
            (self.table, 1), (self.table, 4), user=self.salesperson
        )
        options = order.order_line[1].mto_find_options()
        # Monday is the first line's: one by Tuesday, two by Wednesday, …
        self.assertEqual(
            [rung["promise_date"] for rung in options["ladder"]],
            [str(self._at(day, 17)) for day in (1, 2, 3, 4)],
        )
        self.assertTrue(options["levers"])

    def test_the_options_tell_the_date_as_it_would_be_now(self):
        order = self._make_order((self.table, 1), user=self.salesperson)
        line = order.order_line
        order.mto_compute_promise()
        told = line.mto_promise_date
        self.assertEqual(line.mto_find_options()["promise_date"], str(told))
        self._make_order((self.table, 1)).action_confirm()
        now = line.mto_find_options()["promise_date"]
        self.assertGreater(now, str(told))
        order.mto_compute_promise()
        self.assertEqual(now, str(line.mto_promise_date))

    def test_one_evening_is_said_once_and_short_overtime_in_minutes(self):
        request = SimpleNamespace(company=self.env.company)
        finder = LeverFinder(
            self.env, SimpleNamespace(base=None, request=request), None
        )
        center = SimpleNamespace(display_name="Assembly")
        start = to_seconds(self._at(1, 17))
        spans = [(start, start + 600), (start + 900, start + 1500)]
        self.assertEqual(
            finder._describe_overtime(center, 1200, spans),
            "20 minutes of overtime on Assembly: Tue, Mar 2.",
        )
        self.assertEqual(
            finder._describe_overtime(center, 5400, spans),
            "1.5 hours of overtime on Assembly: Tue, Mar 2.",
        )

    def test_a_ladder_becomes_lines_with_their_dates(self):
        order = self._make_order((self.table, 8), user=self.salesperson)
        line = order.order_line
        line.price_unit = 77
        ladder = line.mto_find_options()["ladder"]
        lines = line.browse(line.mto_split([2, 2, 2, 2]))
        self.assertEqual(order.order_line, lines)
        self.assertEqual(lines.mapped("product_uom_qty"), [2, 2, 2, 2])
        self.assertEqual(lines.mapped("price_unit"), [77] * 4)
        self.assertEqual(
            [str(moment) for moment in lines.mapped("mto_promise_date")],
            [rung["promise_date"] for rung in ladder],
        )

    def test_wrong_parts_are_refused(self):
        order = self._make_order((self.table, 8))
        line = order.order_line
        for parts in ([4, 3], [], "8", [9, -1], [True] * 8, None):
            with self.subTest(parts=parts):
                with self.assertRaisesRegex(ValidationError, "together are 8"):
                    line.mto_split(parts)
        self.assertEqual(order.order_line, line)
        order.action_confirm()
        for call in (line.mto_find_options, lambda: line.mto_split([4, 4])):
            with self.assertRaisesRegex(UserError, "not a quotation any more"):
                call()

    def test_who_may_not_see_the_line_gets_nothing(self):
        line = self._make_order((self.table, 8)).order_line
        with self.assertRaises(AccessError):
            line.with_user(self.buyer).mto_find_options()
        with self.assertRaises(AccessError):
            line.with_user(self.planner).mto_split([4, 4])
