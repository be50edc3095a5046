from datetime import timedelta

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
    READ = 7
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
        self.env["resource.calendar.leaves"].create(
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
        # versions, bookings; time zone, where the context has none: 3 more
        request = {"product_id": self.lamp.id, "quantity": 2}
        planner = self.env["mto.planner"]
        one = self._count(lambda: planner.quote([request]))
        self.assertLessEqual(one, 11)
        self.assertEqual(self._count(lambda: planner.quote([request] * 30)), one)

    def test_quote_by_code(self):
        self.lamp.default_code = "LAMP"
        request = {"default_code": "LAMP", "quantity": 2}
        planner = self.env["mto.planner"]
        self.assertLessEqual(self._count(lambda: planner.quote([request] * 30)), 11)
