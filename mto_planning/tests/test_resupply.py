from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestResupply(MtoCase):
    """A part lies in another warehouse, which resupplies this one in two days.

    A shelf = 2 planks; 60 min on assembly. Ten planks are there.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.depot = cls.env["stock.warehouse"].create({"name": "Depot", "code": "DEP"})
        cls.warehouse.resupply_wh_ids = [Command.set(cls.depot.ids)]
        route = cls.warehouse.resupply_route_ids
        route.rule_ids.filtered(
            lambda rule: rule.location_dest_id == cls.warehouse.lot_stock_id
        ).delay = 2
        cls.plank = cls._make_product("Plank")
        cls.plank.route_ids = [Command.set((route | cls.mto_route).ids)]
        cls.shelf = cls._make_product("Shelf")
        cls._make_bom(cls.shelf, [(cls.plank, 2)], [(cls.assembly, 60)])
        cls.env["stock.quant"]._update_available_quantity(
            cls.plank, cls.depot.lot_stock_id, 10
        )

    def _promise(self, quantity):
        order = self._make_order((self.shelf, quantity), user=self.salesperson)
        return order, order.mto_compute_promise()[0]

    def test_it_is_promised_when_the_transfer_is_there(self):
        order, answer = self._promise(3)
        self.assertEqual(answer["promise_date"], str(self._at(2, 11)))
        order.action_confirm()
        line = order.sudo().order_line
        work = line.mto_production_ids.workorder_ids
        self.assertEqual(
            (work.date_start, work.date_finished), (self._at(2, 8), self._at(2, 11))
        )
        sent = line.mto_production_ids.move_raw_ids.move_orig_ids.move_orig_ids
        self.assertEqual(sent.location_id, self.depot.lot_stock_id)
        self.assertEqual(sent.quantity, 6)
        self.assertEqual(sent.mto_line_id, line)
        self.assertEqual(line.mto_risk, "on_track")
        self.assertEqual(self.env["mto.planner"].check_consistency(), [])

    def test_what_lies_there_is_promised_once(self):
        first, answer = self._promise(3)
        first.action_confirm()
        _second, answer = self._promise(2)
        self.assertTrue(answer["feasible"])
        _third, answer = self._promise(3)
        self.assertFalse(answer["feasible"])
        self.assertIn("Plank (level 1, 6 Units)", answer["constraint"]["text"])

    def test_what_lies_there_can_be_held(self):
        order, _answer = self._promise(3)
        order.mto_hold()
        self.assertFalse(self._promise(3)[1]["feasible"])
        order.mto_release_hold()
        self.assertTrue(self._promise(3)[1]["feasible"])

    def test_a_transfer_that_does_not_leave_makes_it_late(self):
        order, _answer = self._promise(3)
        order.action_confirm()
        line = order.sudo().order_line
        with freeze_time(self._at(3, 8)):
            line._mto_measure_again()
            self.assertEqual(line.mto_risk, "late")
            self.assertGreater(line.mto_projected_date, self._at(3, 8))
