from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..bridge.shop import CAPACITY
from ..bridge.versions import STATEMENT
from .common import MtoCase


@tagged("post_install", "-at_install")
class TestMemory(MtoCase):
    """What is remembered between two calls is told only as long as it is true.

    The oracle: the same call with an empty memory.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit_part = cls._make_bought("Screw", 1)
        cls.kit = cls._make_product("Screw kit")
        cls._make_bom(cls.kit, [(cls.kit_part, 4)], type="phantom")
        bom = cls._bom_of(cls.lamp)
        bom.bom_line_ids = [Command.create({"product_id": cls.kit.id})]
        # Not looked at, as long as chips are bought for each order.
        cls._make_stock(cls.chip, 1000)
        cls.other_vendor = cls.env["res.partner"].create({"name": "Other vendor"})

    @classmethod
    def _bom_of(cls, product):
        return cls.env["mrp.bom"]._bom_find(product)[product]

    def _quote(self, quantity=3):
        return self.env["mto.planner"].quote(
            [
                {"product_id": self.lamp.id, "quantity": quantity},
                {"product_id": self.engine.id, "quantity": 1},
            ]
        )

    def _forget(self):
        self.registry.clear_cache()

    def _check(self, expected_change=True):
        """The answer is that of an empty memory, and another one than before."""
        answer = self._quote()
        self._forget()
        self.assertTrue(answer == self._quote(), "not what the database says")
        if expected_change:
            self.assertTrue(answer != self.before, "the change makes no difference")

    @contextmanager
    def _change(self, name):
        """Make one change to a shop that is remembered; it is undone afterwards."""
        with self.subTest(name), self.env.cr.savepoint() as savepoint:
            self._quote()
            self.before = self._quote()
            yield
            self._check()
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertTrue(self._quote() == self.before, f"{name}: not taken back")

    # Bills of materials

    def test_bills_of_materials(self):
        bom, operation = self._bom_of(self.lamp), self._bom_of(self.lamp).operation_ids
        part = self._make_bought("New part", 30)
        with self._change("quantity of a line"):
            bom.bom_line_ids[0].product_qty = 5
        with self._change("line of a level below"):
            self._bom_of(self.board).bom_line_ids.product_qty = 9
        with self._change("line added"):
            bom.bom_line_ids = [Command.create({"product_id": part.id})]
        with self._change("line removed"):
            bom.bom_line_ids[0].unlink()
        with self._change("line of a kit"):
            self._bom_of(self.kit).bom_line_ids.product_qty = 7
        with self._change("kit no kit any more"):
            self._bom_of(self.kit).type = "normal"
        with self._change("minutes of an operation"):
            operation.time_cycle_manual = 90
        with self._change("operation added"):
            operation.copy({"name": "Test"})
        with self._change("operation on another center"):
            operation.workcenter_id = self.bending
        with self._change("operation archived"):
            operation.active = False
        with self._change("another bill of materials comes first"):
            self._make_bom(self.lamp, [(part, 1)], sequence=-1)
        with self._change("bill of materials archived"):
            bom.active = False
        with self._change("makes two at a time"):
            bom.product_qty = 2
        with self._change("made without an operation, by days"):
            bom.write({"operation_ids": [Command.clear()], "produce_delay": 20})

    def test_operation_that_learns_its_time(self):
        operation = self._bom_of(self.lamp).operation_ids
        operation.time_mode = "auto"
        with self._change("a work order was done"):
            production = self.env["mrp.production"].create(
                {"product_id": self.lamp.id, "bom_id": operation.bom_id.id}
            )
            production.action_confirm()
            workorder = production.workorder_ids
            workorder.write({"qty_produced": 1, "duration": 180, "state": "done"})

    # Products and vendors

    def test_products_and_vendors(self):
        seller = self.chip.seller_ids
        with self._change("vendor's days"):
            seller.delay = 60
        with self._change("better vendor"):
            self.chip.seller_ids = [
                Command.create(
                    {"partner_id": self.other_vendor.id, "delay": 9, "sequence": -1}
                )
            ]
        with self._change("vendor gone"):
            seller.unlink()
        with self._change("vendor renamed"):
            self.vendor.name = "Renamed"
        with self._change("product renamed"):
            self.chip.name = "Renamed"
        with self._change("product not replenished on order"):
            self.chip.route_ids = [Command.clear()]
        with self._change("offer for large quantities only"):
            seller.min_qty = 5
            self.chip.seller_ids = [
                Command.create({"partner_id": self.other_vendor.id, "delay": 40})
            ]

    def test_vendor_depends_on_quantity_and_day(self):
        self.chip.seller_ids = [
            Command.create(
                {"partner_id": self.other_vendor.id, "min_qty": 100, "delay": 1}
            )
        ]
        self._quote()
        few, many = self._quote(3), self._quote(30)
        self.assertEqual((few, many), (self._quote(3), self._quote(30)))
        names = [
            {step["name"] for step in answer[0]["steps"]} for answer in (few, many)
        ]
        self.assertIn("Chip from Test vendor", names[0])
        self.assertIn("Chip from Other vendor", names[1])

    # Work centers and their time

    def test_work_centers(self):
        center = self.assembly
        with self._change("efficiency"):
            center.time_efficiency = 50
        with self._change("setup"):
            center.time_start = 30
        with self._change("renamed"):
            center.name = "Renamed"
        with self._change("alternative"):
            self.soldering.alternative_workcenter_ids = self.bending
        with self._change("several at once"):
            center.capacity_ids = [
                Command.create(
                    {"product_id": self.lamp.id, "capacity": 3, "time_start": 5}
                )
            ]
        with self._change("blocked"):
            self._block(center, self._at(10, 8))
        self._block(center, self._at(10, 8))
        with self._change("expected back later"):
            center.mto_back_on = self._at(30, 10)
        with self._change("unblocked"):
            center.unblock()
        center.unblock()
        with self._change("more machines"):
            self.soldering.mto_machines = 2
        with self._change("other working time"):
            center.resource_calendar_id = self._make_calendar((13, 14))

    def _block(self, center, back_on):
        loss = self.env.ref("mrp.block_reason1")
        self.env["mrp.workcenter.productivity"].create(
            {"workcenter_id": center.id, "loss_id": loss.id}
        )
        center.mto_back_on = back_on

    def test_working_time(self):
        attendances = self.calendar.attendance_ids
        with self._change("opens later"):
            attendances.filtered(lambda one: one.hour_from == 8).hour_from = 10
        with self._change("closed in the afternoon"):
            attendances.filtered(lambda one: one.hour_from == 13).unlink()
        with self._change("opens later, in the database"):
            self.assertEqual(set(attendances.mapped("hour_from")), {8, 13})
            self.env.cr.execute(
                "UPDATE resource_calendar_attendance SET hour_from = 9.5 "
                "WHERE calendar_id = %s AND hour_from = 8",
                [self.calendar.id],
            )
        with self._change("another time zone"):
            self.calendar.tz = "Asia/Tokyo"
        with self._change("time off of a center"):
            self._make_leave(self.assembly, "leave")
        with self._change("holiday of all"):
            self._make_leave(self.env["mrp.workcenter"], "leave")
        leave = self._make_leave(self.assembly, "leave")
        with self._change("time off ends later"):
            leave.date_to += timedelta(days=7)
        with self._change("time off called off"):
            leave.unlink()

    def _make_leave(self, center, time_type):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Test",
                "resource_id": center.resource_id.id,
                "calendar_id": self.calendar.id,
                "time_type": time_type,
                "date_from": self._at(0, 8),
                "date_to": self._at(9, 17),
            }
        )

    def test_bookings(self):
        with self._change("booked"):
            self._make_leave(self.assembly, "other")
        booking = self._make_leave(self.assembly, "other")
        with self._change("booking moved"):
            booking.date_to += timedelta(days=7)
        with self._change("booking gone"):
            booking.unlink()
        with self._change("booking moved in the database"):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE resource_calendar_leaves SET date_to = %s WHERE id = %s",
                [self._at(20, 17), booking.id],
            )

    def test_time_goes_on(self):
        self._quote()
        for hours in (1, 9, 24, 24 * 30):
            with freeze_time(self._at(0, 8) + timedelta(hours=hours)):
                self._check(expected_change=False)

    # Rules and the rest

    def test_rules_and_settings(self):
        rule = self.mto_route.rule_ids.filtered(
            lambda rule: (
                rule.warehouse_id == self.warehouse
                and rule.location_dest_id.usage == "production"
            )
        )
        with self._change("rule archived"):
            rule.active = False
        with self._change("rule takes from stock first"):
            rule.procure_method = "mts_else_mto"
        with self._change("days of a delivery rule"):
            self.warehouse.delivery_route_id.rule_ids.delay = 3
            self.mto_route.rule_ids.delay = 3
        with self._change("route archived"):
            self.mto_route.active = False
        self._make_stock(self.board, 2)
        with self._change("company takes free stock first"):
            self.env.company.mto_netting = "first"
        with self._change("product takes free stock first"):
            self.board.mto_netting = "first"
        with self._change("security days"):
            self.env.company.security_lead = 4
        with self._change("fixed days"):
            self.env.company.mto_frozen_days = 40
        with self._change("changed in the database"):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE mrp_bom_line SET product_qty = 8 WHERE bom_id = %s",
                [self._bom_of(self.frame).id],
            )

    def test_own_bill_of_materials_of_a_line(self):
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        order = order.copy()
        line = order.order_line
        first = order.mto_compute_promise()
        self.assertEqual(order.mto_compute_promise(), first)
        bom = self._bom_of(self.lamp).copy(
            {
                "mto_is_order_bom": True,
                "mto_line_id": line.id,
                "product_id": self.lamp.id,
            }
        )
        own = order.mto_compute_promise()
        bom.operation_ids.time_cycle_manual = 240
        slower = order.mto_compute_promise()
        self.assertGreater(slower[0]["promise_date"], own[0]["promise_date"])
        self._forget()
        self.assertEqual(order.mto_compute_promise(), slower)

    def test_names_are_in_the_language_of_each(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.chip.with_context(lang="fr_FR").name = "Puce"
        english = self._quote()
        planner = self.env["mto.planner"].with_context(lang="fr_FR")
        french = planner.quote([{"product_id": self.lamp.id, "quantity": 3}])
        self.assertEqual(self._quote(), english)
        products = [
            {step["product"] for step in answer["steps"]}
            for answer in (english[0], french[0])
        ]
        self.assertIn("Chip", products[0])
        self.assertIn("Puce", products[1])

    # Nothing is read that is not looked at for changes

    def test_every_table_that_is_read_is_watched(self):
        tables, execute = set(), Cursor.execute

        def watch(cursor, query, params=None, log_exceptions=True):
            code = getattr(query, "code", query)
            tables.update(_tables(str(code)))
            return execute(cursor, query, params, log_exceptions)

        self._quote()
        self.env.invalidate_all()
        self.registry.clear_all_caches()
        planner = self.env["mto.planner"]
        line = self._make_order((self.lamp, 1)).order_line
        requests = [planner._request_of_line(line)]
        self.env.flush_all()
        with patch.object(Cursor, "execute", watch):
            planner._plan(requests)
        unwatched = tables - _tables(STATEMENT) - _tables(CAPACITY) - UNWATCHED
        self.assertFalse(unwatched)


# Read for a promise, but not what a structure or working time depends on.
UNWATCHED = {
    # What was asked for.
    "sale_order",
    "sale_order_line",
    "sale_order_line_stock_route_rel",
    "product_template_attribute_value_sale_order_line_rel",
    # Who asks, and what is in Odoo's own cache: with that the memory goes as well.
    "res_users",
    "ir_default",
    "ir_model_fields",
    # Of products, whether their accounts exist: read with the other properties.
    "account_account",
}


def _tables(code):
    for mark in '"(),':
        code = code.replace(mark, " ")
    words = code.split()
    return {
        after
        for before, after in pairwise(words)
        if before.upper() in ("FROM", "JOIN") and after.replace("_", "").isalpha()
    }
