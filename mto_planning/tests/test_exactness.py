import random
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCase

CASES = 50


@tagged("post_install", "-at_install", "mto_slow")
class TestExactness(MtoCase):
    """Promise, confirm at once: Odoo's records stand exactly at the promised times.

    Random factories on top of each other in one shop, so that later cases meet the
    bookings, purchases and stock of the earlier ones.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20270301)
        calendars = [
            cls.calendar,
            cls._make_calendar((6, 14), (14, 22), days=range(6)),
            cls._make_calendar((7, 11.5), (12.25, 16.75), tz="America/New_York"),
            cls._make_calendar((0, 24), days=range(7)),
        ]
        cls.centers = cls.env["mrp.workcenter"].concat(
            *(
                cls._make_workcenter(
                    f"Center {number}",
                    calendars[number % len(calendars)],
                    time_start=number,
                    time_stop=number % 3,
                    time_efficiency=(80, 100, 130)[number % 3],
                    mto_machines=(1, 1, 2, 1, 3)[number % 5],
                )
                for number in range(8)
            )
        )
        cls.centers[1].alternative_workcenter_ids = cls.centers[5]
        cls.centers[2].alternative_workcenter_ids = cls.centers[6] + cls.centers[7]

    def test_confirmed_records_stand_at_the_promised_times(self):
        for case in range(CASES):
            order = self._random_order(case)
            answers = order.mto_compute_promise()
            self.assertTrue(all(answer["feasible"] for answer in answers))
            order.action_confirm()
            for answer in answers:
                with self.subTest(case=case, line=answer["line_id"]):
                    self._check_line(answer)
        self._check_shop()
        self._check_variety()

    # Random factories

    def _random_part(self, name, level):
        on_order = self.random.random() < 0.7
        if level == 0 or self.random.random() < 0.3:
            part = self._make_bought(name, self.random.randint(0, 20), on_order)
        else:
            part = self._random_made(name, level, on_order)
        self._net(part)
        return part

    def _net(self, product):
        """Perhaps take it from stock first, and perhaps have some."""
        product.mto_netting = self.random.choice(["order", "first", "first", False])
        if self.random.random() < 0.7:
            self._make_stock(product, self.random.choice([0.5, 1, 2, 3, 7, 30]))

    def _random_made(self, name, level, on_order=True):
        product = self._make_product(name, on_order=on_order)
        parts = [
            (
                self._random_part(f"{name}.{number}", level - 1),
                self.random.choice([1, 2, 2.5, 4]),
            )
            for number in range(self.random.randint(1, 3))
        ]
        operations = [
            (self.random.choice(self.centers), self.random.choice([7, 20, 33.33, 180]))
            for _number in range(self.random.randint(0 if level > 1 else 1, 3))
        ]
        bom = self._make_bom(
            product,
            parts,
            operations,
            product_qty=self.random.choice([1, 1, 5]),
            produce_delay=0 if operations else self.random.randint(0, 3),
        )
        if len(operations) > 1 and self.random.random() < 0.3:
            bom.allow_operation_dependencies = True
            bom.operation_ids[-1].blocked_by_operation_ids = [
                Command.link(bom.operation_ids[0].id)
            ]
        return product

    def _random_order(self, case):
        lines = []
        for number in range(self.random.choice([1, 1, 2])):
            product = self._random_made(f"P{case}.{number}", self.random.randint(1, 3))
            self._net(product)
            values = {}
            if self.random.random() < 0.4:
                values["mto_requested_date"] = self._at(
                    self.random.randint(0, 60), self.random.randint(0, 23)
                )
            lines.append((product, self.random.randint(1, 6), values))
        return self._make_order(*lines)

    # Checks against the records

    def _check_line(self, answer):
        line = self.env["sale.order.line"].browse(answer["line_id"])
        self._check_as_promised(answer, line)
        steps = answer["steps"]
        productions = line.mto_production_ids
        self.assertEqual(
            sorted(
                (s["product_id"], s["workcenter_id"], s["start"], s["finish"])
                for s in steps
                if s["kind"] == "operation"
            ),
            sorted(
                (wo.product_id.id, wo.workcenter_id.id)
                + (str(wo.date_start), str(wo.date_finished))
                for wo in productions.workorder_ids
            ),
        )
        self.assertEqual(
            sorted(
                (s["product_id"], s["finish"]) for s in steps if s["kind"] == "purchase"
            ),
            sorted(
                (purchase.product_id.id, str(purchase.date_planned))
                for purchase in line.mto_purchase_line_ids
            ),
        )
        self._check_receipts(line)
        deliveries = line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        self.assertEqual(
            set(map(str, deliveries.mapped("date"))), {answer["promise_date"]}
        )
        for production in productions:
            for raw in production.move_raw_ids:
                for made in raw.move_orig_ids.production_id:
                    self.assertLessEqual(made.date_finished, production.date_start)
            self.assertGreaterEqual(production.date_start, self._at(0, 8))

    def _check_receipts(self, line):
        """Some orders' parts are really ordered: their receipts stand, too."""
        if self.random.random() < 0.8:
            return
        purchases = line.mto_purchase_line_ids
        purchases.order_id.filtered(lambda po: po.state == "draft").button_confirm()
        for purchase in purchases:
            self.assertEqual(
                set(purchase.move_ids.mapped("date")), {purchase.mto_need_date}
            )

    def _check_variety(self):
        """Some deliveries, and some components, came from stock in part."""
        for operator in ("=", "!="):
            moves = self.env["stock.move"].search(
                [
                    ("mto_supply", "!=", False),
                    ("raw_material_production_id", operator, False),
                ]
            )
            groups = moves.grouped(
                lambda move: (move.mto_line_id, move.bom_line_id, move.product_id)
            )
            split = [
                group
                for group in groups.values()
                if set(group.mapped("mto_supply")) == {"stock", "order"}
            ]
            self.assertGreater(len(split), 5)

    def _check_shop(self):
        """No machine is booked twice, and work starts and ends in working time."""
        workorders = self.env["mrp.workorder"].search(
            [("workcenter_id", "in", self.centers.ids)]
        )
        self.assertFalse(workorders._get_conflicted_workorder_ids())
        for workorder in workorders.filtered("duration_expected"):
            hours = workorder.leave_id.calendar_id.get_work_hours_count(
                workorder.date_start, workorder.date_finished
            )
            self.assertAlmostEqual(hours * 60, workorder.duration_expected, delta=0.2)
            edge = timedelta(seconds=1)
            for start, finish in (
                (workorder.date_start, workorder.date_start + edge),
                (workorder.date_finished - edge, workorder.date_finished),
            ):
                self.assertGreater(
                    workorder.leave_id.calendar_id.get_work_hours_count(start, finish),
                    0,
                )
