from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestQueryCounts(MtoCase):
    """How often a promise asks the database, in a worker that has told one before.

    The counts are bounds: what is added must not add a query for each line, level or
    booking.
    """

    # sale.order, the ids of its lines, the lines: 3
    # customer; lines with routes, choices or bills of materials of their own: 2
    # versions of all rows that products are made from: 1
    # bookings and versions of working time: 1
    # versions of the company's working days, which the safety is counted in: 1
    READ = 8
    # time zone of who asks (user, company, contact), when the context has none: 3
    ZONE = 3
    # the promises that are replaced, read and written; the new; lines: 4
    # what follows the lines: their moves, productions, purchases: 3
    WRITTEN = 7
    # stock on hand (2), receipts and demands (2 each), requests for quotation (2),
    # names of their transfers
    STOCK = 8

    PROMISE = READ + ZONE + WRITTEN

    def _count(self, work):
        """Queries of the third run; nothing is in the cache of records."""
        for _run in range(3):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work()
            self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _count_promise(self, lines):
        order = self._make_order(*[(self.lamp, 1)] * lines)
        return self._count(order.mto_compute_promise)

    def _book(self, center, slots):
        return self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Booked",
                    "resource_id": center.resource_id.id,
                    "calendar_id": self.calendar.id,
                    "time_type": "other",
                    "date_from": self._at(day, 8),
                    "date_to": self._at(day, 8) + timedelta(hours=8),
                }
                for day in range(slots)
            ]
        )

    def test_promise(self):
        self.assertLessEqual(self._count_promise(1), self.PROMISE)

    def test_promise_of_many_lines(self):
        self.assertLessEqual(self._count_promise(30), self.PROMISE)

    def test_promise_over_a_backlog(self):
        few = self._count_promise(1)
        for center in self.bending + self.soldering + self.assembly:
            self._book(center, 100)
        self.assertEqual(self._count_promise(1), few)

    def test_promise_of_what_is_in_stock(self):
        for part in self.tube + self.lens + self.chip:
            part.route_ids = False
            self._make_stock(part, 500)
        most = self.PROMISE + self.STOCK
        self.assertLessEqual(self._count_promise(1), most)
        self.assertLessEqual(self._count_promise(30), most)

    def test_quote(self):
        # user, his warehouse and its company (3), products and templates (3);
        # versions, bookings, working days; time zone, if the context has none: 3 more
        request = {"product_id": self.lamp.id, "quantity": 2}
        planner = self.env["mto.planner"]
        one = self._count(lambda: planner.quote([request]))
        self.assertLessEqual(one, 12)
        self.assertEqual(self._count(lambda: planner.quote([request] * 30)), one)

    def test_quote_by_code(self):
        self.lamp.default_code = "LAMP"
        request = {"default_code": "LAMP", "quantity": 2}
        planner = self.env["mto.planner"]
        self.assertLessEqual(self._count(lambda: planner.quote([request] * 30)), 12)

    # Confirmation

    # Fixed, whatever the order: the promise; the order, its delivery and its messages;
    # one create of bills of materials, operations and lines; for each of the four
    # levels: sequence, orders, work orders and their bookings (by rank), moves and
    # their links, reordering rules, rules, notes; one request for quotation.
    CONFIRM = 250
    # For each line. Each manufacturing order: its number, its group, the group above
    # (2). Each bought part: its name at the vendor, the vendor, analytic distribution
    # (3). Delivered quantity: locations (2).
    LINE = 4 * 4 + 3 * 5 + 2

    def _count_confirm(self, lines):
        order = self._make_order(*[(self.lamp, 1)] * lines)
        order.mto_compute_promise()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_confirmation_grows_by_little_with_each_line(self):
        self._count_confirm(1)
        one, six = self._count_confirm(1), self._count_confirm(6)
        self.assertLessEqual(one, self.CONFIRM + self.LINE)
        self.assertLessEqual((six - one) / 5, self.LINE)

    # Planning what exists

    # orders with their work, moves, origins and purchases (each read once), work
    # centers, stock; leaves, work orders, moves and orders written once each; requests
    # for quotation by order; the lines that follow; notes
    REPLAN = 72

    def _count_replan(self, orders):
        lines = self.env["sale.order.line"]
        booked = self._book(self.assembly, 30)
        for _order in range(orders):
            order = self._make_order((self.lamp, 1))
            order.action_confirm()
            lines |= order.order_line
        booked.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        answer = self.env["mto.planner"].replan(
            {"production_ids": lines.mto_production_ids.ids, "method": "earliest"}
        )
        self.env.flush_all()
        self.assertGreaterEqual(answer["moved_workorders"], orders)
        return self.env.cr.sql_log_count - before

    def test_replan_asks_as_often_for_many(self):
        few, many = self._count_replan(2), self._count_replan(6)
        self.assertLessEqual(few, self.REPLAN)
        # A request for quotation has its own date of order.
        self.assertLessEqual(many - few, 4 * 4)

    # Planning anew on paper, without and with the changes; what each line's date hangs
    # on, twice; the changes, and the orders that they move.
    WHAT_IF = 150

    def _count_what_if(self, orders):
        for _order in range(orders):
            self._make_order((self.lamp, 1)).action_confirm()
        scenario = self.env["mto.scenario"].create(
            {
                "name": "The assembly stops",
                "change_ids": [
                    Command.create(
                        {
                            "kind": "closed",
                            "workcenter_id": self.assembly.id,
                            "date_from": self._at(0, 8),
                            "date_to": self._at(30, 8),
                        }
                    )
                ],
            }
        )
        count = self._count(scenario.action_compute)
        self.assertGreaterEqual(len(scenario.impact_ids), orders)
        return count

    def test_a_what_if_asks_as_often_for_many(self):
        few, many = self._count_what_if(2), self._count_what_if(6)
        self.assertLessEqual(few, self.WHAT_IF)
        self.assertLessEqual(many, few + 2)

    # lines, orders; promises, moves and their origins, productions, work orders,
    # components, purchases (each read once), products; hours of the work centers; the
    # lines that have changed
    MEASURE = 45

    def _count_measure(self, lines):
        order = self._make_order(*[(self.lamp, 1)] * lines)
        order.action_confirm()
        return self._count(order.order_line._mto_measure_again)

    def test_measuring_asks_as_often_for_many(self):
        few, many = self._count_measure(2), self._count_measure(8)
        self.assertLessEqual(few, self.MEASURE)
        self.assertLessEqual(many, few)

    def test_list_asks_as_often_for_many(self):
        few, many = (
            self._make_order((self.lamp, 1)),
            self._make_order(*[(self.lamp, 1)] * 20),
        )
        (few | many).action_confirm()
        view = self.env.ref("mto_planning.sale_order_line_view_list_mto")
        fields = self.env["sale.order.line"]._fields
        specification = {
            node.get("name"): {"fields": {"display_name": {}}}
            if fields[node.get("name")].type == "many2one"
            else {}
            for node in view._get_combined_arch().iter("field")
        }
        counts = [
            self._count(
                lambda order=order: order.order_line.web_read(specification),
            )
            for order in (few, many)
        ]
        self.assertEqual(*counts)
        # lines, orders, customers, products and their values, units, promises,
        # salespeople, companies, names of what is shown
        self.assertLessEqual(counts[0], 14)
