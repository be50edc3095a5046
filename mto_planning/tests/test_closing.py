from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import NOW, MtoCase


class ClosingCase(MtoCase):
    """A thing that takes an hour, and how one is ordered, made and shipped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quick = cls._make_product("Quick thing")
        cls._make_bom(cls.quick, [], [(cls.assembly, 60)])

    @classmethod
    def _confirm(cls, *lines):
        """A confirmed order of the salesperson, with its promise."""
        order = cls._make_order(*lines, user=cls.salesperson)
        order.mto_compute_promise()
        order.action_confirm()
        return order

    @classmethod
    def _produce(cls, line):
        production = line.mto_production_ids
        for workorder in production.workorder_ids:
            workorder.button_start()
            workorder.button_finish()
        production.button_mark_done()


@tagged("post_install", "-at_install")
class TestClosing(ClosingCase):
    """Two of a thing that takes an hour are made; how their delivery may end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm((cls.quick, 2)).sudo()
        cls.line = cls.order.order_line
        cls._produce(cls.line)
        cls.delivery = cls.order.picking_ids

    def _ship(self, quantity, backorder):
        """Ship so many; the rest in a backorder, or never."""
        self.delivery.move_ids.quantity = quantity
        self.delivery.move_ids.picked = True
        result = self.delivery.button_validate()
        if result is not True:
            wizard = Form.from_action(self.env, result).save()
            if backorder:
                wizard.process()
            else:
                wizard.process_cancel_backorder()

    def _return(self, quantity, exchange=False):
        """The customer sends so many back, and wants others or not."""
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=self.delivery.id, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = quantity
        wizard.product_return_moves.to_refund = True
        create = wizard.action_create_exchanges if exchange else None
        action = (create or wizard.action_create_returns)()
        picking = self.env["stock.picking"].browse(action["res_id"])
        picking.move_ids.picked = True
        picking.button_validate()

    def _assert_over(self, state="kept"):
        """All is delivered, however long one waits, and the ledger knows it."""
        with freeze_time(NOW + timedelta(days=30)):
            self.line._mto_measure_again()
            self.assertEqual(self.line.mto_stage, "delivered")
            self.assertEqual(self.line.mto_progress, 100)
            self.assertEqual(self.line.mto_risk, "on_track")
            self.assertEqual(self.line.mto_projected_date, NOW)
        self.assertEqual(self.line.mto_promise_id.state, state)
        self.assertEqual(self.line.mto_promise_id.actual_date, NOW)
        self.assertFalse(self.line.mto_bom_ids.filtered("active"))

    def test_shipped_short_without_a_backorder(self):
        self._ship(1, backorder=False)
        self.assertEqual(self.line.qty_delivered, 1)
        self._assert_over()

    def test_the_rest_that_is_still_to_come_keeps_it_open(self):
        self._ship(1, backorder=True)
        self.assertEqual(self.line.mto_stage, "ready_to_ship")
        self.assertEqual(self.line.mto_promise_id.state, "confirmed")
        with freeze_time(NOW + timedelta(days=30)):
            self.line._mto_measure_again()
            self.assertEqual(self.line.mto_risk, "late")

    def test_the_backorder_is_cancelled_later(self):
        self._ship(1, backorder=True)
        (self.order.picking_ids - self.delivery).action_cancel()
        self.assertEqual(self.line.mto_stage, "delivered")
        with patch.object(self.registry["ir.cron"], "_commit_progress"):
            self.env["mto.progress"]._cron_refresh()
        self._assert_over()

    def test_not_more_is_wanted_than_was_shipped(self):
        self._ship(1, backorder=True)
        self.line.product_uom_qty = 1
        self._assert_over()

    def test_not_more_is_wanted_by_a_change(self):
        self._ship(1, backorder=True)
        self.line.mto_apply_change({"product_uom_qty": 1})
        self._assert_over()

    def test_of_what_is_delivered_late_nobody_tells_a_new_date(self):
        late = self.line.mto_promise_date + timedelta(days=3)
        with freeze_time(late):
            self.line._mto_measure_again()
            self.line._mto_tell_late()
            self.assertTrue(self.order.activity_ids)
            self._ship(2, backorder=False)
        self.assertEqual(self.line.mto_promise_id.state, "missed")
        self.assertFalse(self.order.activity_ids)

    def test_what_comes_back_was_delivered(self):
        self._ship(2, backorder=False)
        self._return(2)
        self.assertEqual(self.line.qty_delivered, 0)
        self._assert_over()

    def test_what_is_exchanged_is_to_be_delivered_again(self):
        self._ship(2, backorder=False)
        self._return(1, exchange=True)
        self.assertNotEqual(self.line.mto_stage, "delivered")
        self.assertEqual(self.line.mto_promise_id.state, "kept")

    def test_a_cancelled_delivery_is_said(self):
        self.assertEqual(self.line.mto_risk, "on_track")
        self.delivery.action_cancel()
        self.assertEqual(self.line.mto_risk, "blocked")
        self.assertEqual(
            self.line.mto_trouble,
            f"{self.delivery.name} is cancelled: nothing replaces it.",
        )
        found = self.env["mto.today"].with_user(self.planner).get()["lines"]
        (row,) = [one for one in found if one["line_id"] == self.line.id]
        remedies = [remedy["remedy"] for remedy in row["remedies"]]
        self.assertNotIn("bring", remedies)
        self.assertEqual(self.line.mto_promise_id.state, "confirmed")


@tagged("post_install", "-at_install")
class TestDroppedLine(ClosingCase):
    """Of two lines the one that is promised last is not wanted any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm((cls.quick, 1), (cls.lamp, 1))
        cls.first, cls.last = cls.order.order_line
        cls.both = cls.last.mto_promise_date

    def _deadlines(self):
        leaving = self.first.sudo()._mto_get_open_deliveries()
        return set(leaving.mapped("date_deadline"))

    def test_the_delivery_date_is_that_of_what_is_left(self):
        self.assertEqual(self.order.commitment_date, self.both)
        self.last.mto_apply_change({"cancel": True})
        self.assertEqual(self.order.commitment_date, self.first.mto_promise_date)
        self.assertEqual(self._deadlines(), {self.first.mto_promise_date})
        self.assertLess(self.first.mto_promise_date, self.both)

    def test_taken_back_it_is_what_it_was(self):
        self.last.mto_apply_change({"cancel": True})
        self.last.mto_apply_change({"undo": True})
        self.assertEqual(self.last.mto_promise_date, self.both)
        self.assertEqual(self.order.commitment_date, self.both)

    def test_by_writing_it_too(self):
        self.last.product_uom_qty = 0
        self.assertEqual(self.order.commitment_date, self.first.mto_promise_date)

    def test_a_date_that_somebody_typed_stays(self):
        typed = self.both + timedelta(days=7)
        self.order.commitment_date = typed
        self.last.product_uom_qty = 0
        self.assertEqual(self.order.commitment_date, typed)


@tagged("post_install", "-at_install")
class TestPunctuality(ClosingCase):
    """Two orders of a day and one that is never delivered; one is a day late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = cls.env["sale.order.line"]
        for late in (0, 1, None):
            line = cls._confirm((cls.quick, 1)).sudo().order_line
            cls.lines |= line
            if late is not None:
                with freeze_time(line.mto_promise_date + timedelta(days=late)):
                    cls._produce(line)
                    line.order_id.picking_ids.button_validate()

    def _read(self, groupby, action="action_mto_punctuality"):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"mto_planning.{action}")
        domain = safe_eval(action["domain"] or "[]")
        domain = [*domain, ("line_id", "in", self.lines.ids)]
        return (
            self.env["mto.promise"]
            .with_user(self.salesperson)
            .formatted_read_group(
                domain, [groupby], ["__count", "on_time:avg", "delay_days:avg"]
            )
        )

    def test_what_is_not_delivered_does_not_count(self):
        (row,) = self._read("product_id")
        self.assertEqual(row["__count"], 2)
        self.assertEqual(row["on_time:avg"], 50)
        self.assertEqual(row["delay_days:avg"], 0.5)
        rows = self._read("state", action="action_mto_promises")
        days = {row["state"]: row["delay_days:avg"] for row in rows}
        nothing = {"confirmed": False, "superseded": False}
        self.assertEqual(days, {**nothing, "kept": 0, "missed": 1})

    def test_by_whatever_set_the_date(self):
        """A salesperson may read neither work centers nor vendors, but their names."""
        delivered = self.lines.mto_promise_id.filtered("actual_date")
        delivered.constraint_workcenter_id = self.assembly
        delivered[0].constraint_partner_id = self.vendor
        (row,) = self._read("constraint_workcenter_id")
        self.assertEqual(
            row["constraint_workcenter_id"], (self.assembly.id, "Assembly")
        )
        rows = {
            row["constraint_partner_id"]: row
            for row in self._read("constraint_partner_id")
        }
        self.assertEqual(
            rows[self.vendor.id, "Test vendor"]["on_time:avg"], delivered[0].on_time
        )
        for name in ("partner_id", "actual_date:month"):
            with self.subTest(name):
                self.assertEqual(sum(row["__count"] for row in self._read(name)), 2)


@tagged("post_install", "-at_install")
class TestAddedComponent(ClosingCase):
    """The planner puts one part more into a manufacturing order of an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm((cls.lamp, 1))
        cls.line = cls.order.sudo().order_line
        cls.production = cls.line.mto_production_ids.filtered(
            lambda production: production.product_id == cls.lamp
        )

    def _add(self, product):
        self.production.with_user(self.planner).write(
            {
                "move_raw_ids": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                ]
            }
        )
        return self.production.move_raw_ids.filtered(
            lambda move: move.product_id == product
        )

    def test_it_is_bought_for_the_order(self):
        gem = self._make_bought("Gem", 90)
        move = self._add(gem)
        self.assertEqual(move.mto_line_id, self.line)
        bought = self.line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == gem
        )
        self.assertEqual(bought.product_qty, 2)
        # It takes three months, and the lamp was promised for next week.
        self.assertEqual(self.line.mto_cause, "unordered")
        self.assertIn("Gem", self.line.mto_trouble)

    def test_what_it_is_made_of_is_bought_too(self):
        gem, box = self._make_bought("Gem", 1), self._make_product("Box")
        self._make_bom(box, [(gem, 3)], [(self.bending, 10)])
        self.assertEqual(self._add(box).mto_line_id, self.line)
        bought = self.line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == gem
        )
        self.assertEqual(bought.product_qty, 6)

    def test_of_an_order_for_stock_nothing_is_said(self):
        production = self.env["mrp.production"].create(
            {"product_id": self.board.id, "product_qty": 1}
        )
        self.production = production
        self.assertFalse(self._add(self.lens).mto_line_id)


@tagged("post_install", "-at_install")
class TestLeftOpen(ClosingCase):
    """What is delivered from elsewhere leaves its production behind."""

    def _ship(self, order):
        order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        return order.message_ids.filtered(lambda one: "still open" in (one.body or ""))

    def test_production_that_nobody_waits_for_is_told_once(self):
        order = self._confirm((self.quick, 2)).sudo()
        self._make_stock(self.quick, 2)
        told = self._ship(order)
        self.assertEqual(len(told), 1)
        self.assertIn(order.order_line.mto_production_ids.name, told.body)
        order.order_line._mto_close()
        self.assertEqual(
            len(order.message_ids.filtered(lambda one: "still open" in one.body)), 1
        )

    def test_nothing_is_told_when_all_is_made(self):
        order = self._confirm((self.quick, 2)).sudo()
        self._produce(order.order_line)
        self.assertFalse(self._ship(order))
