import json
from datetime import timedelta
from itertools import product
from xmlrpc.client import dumps

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import MtoCase

OPEN = ("draft", "confirmed", "progress", "to_close")
RFQ = ("draft", "sent", "to approve")


class ChangeCase(MtoCase):
    """Four lamps, confirmed; what is checked is read from core's records alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._make_order((cls.lamp, 4), user=cls.salesperson)
        cls.order.action_confirm()
        cls.line = cls.order.sudo().order_line
        cls.promised = cls.line.mto_promise_date
        # What an earlier change has left over, by product.
        cls.freed = {}

    # States of production, by what people do in core

    def _reach(self, state):
        getattr(self, f"_reach_{state}")()

    def _reach_planned(self):
        pass

    def _reach_not_planned(self):
        self.line.mto_production_ids.button_unplan()

    def _reach_started(self):
        """The first work order of all: boards are being soldered."""
        self._made(self.board).workorder_ids.button_start()

    def _reach_split(self):
        """The lamps are made in two orders, the engines in two others."""
        for made, parts in ((self.lamp, [1, 3]), (self.engine, [6, 2])):
            production = self._made(made)
            production._split_productions({production: parts})

    def _reach_merged(self):
        """What was split is one order again."""
        self._reach_split()
        for made in (self.lamp, self.engine):
            self._made(made).action_merge()

    def _reach_purchase_confirmed(self):
        self.line.mto_purchase_line_ids.order_id.button_confirm()

    def _reach_received(self):
        self._reach_purchase_confirmed()
        receipts = self.line.mto_purchase_line_ids.order_id.picking_ids
        receipts.move_ids.picked = True
        receipts.button_validate()

    def _reach_backorder(self):
        """Three of the eight boards are made, five stand in a backorder."""
        self._reach_received()
        self._make(self._made(self.board), 3)

    def _reach_component_done(self):
        self._reach_received()
        self._make(self._made(self.board), 8)

    def _reach_partly_delivered(self):
        """Two of four lamps are at the customer, the others not begun."""
        self._reach_component_done()
        self._make(self._made(self.frame), 4)
        self._make(self._made(self.engine), 8)
        self._make(self._made(self.lamp), 2)
        delivery = self.line.move_ids.picking_id
        delivery.move_ids.write({"quantity": 2, "picked": True})
        delivery.with_context(skip_backorder=True).button_validate()

    def _made(self, made):
        return self._production_of(self.line, made).filtered(
            lambda one: one.state in OPEN
        )

    def _make(self, production, quantity):
        """Produce some of an order; what is left is a backorder."""
        production.qty_producing = quantity
        production._set_qty_producing()
        production.move_raw_ids.picked = True
        left = production.product_qty - quantity
        production.with_context(
            skip_consumption=True,
            skip_backorder=True,
            mo_ids_to_backorder=production.ids if left else [],
        ).button_mark_done()
        self.assertEqual(production.state, "done")

    # Changes

    def _change_up(self):
        self.line.mto_apply_change({"product_uom_qty": 6})

    def _change_down(self):
        self.line.mto_apply_change({"product_uom_qty": 3})

    def _change_to_a_part(self):
        """A piece and a half: half an order needs whole parts only where it says so."""
        self.line.mto_apply_change({"product_uom_qty": 2.5})

    def _change_date_earlier(self):
        self.line.mto_apply_change({"requested_date": str(self._at(3, 12))})

    def _change_date_later(self):
        self.line.mto_apply_change({"requested_date": str(self._at(21, 12))})

    def _change_cancel_line(self):
        self.line.mto_apply_change({"cancel": True})

    def _change_cancel_order(self):
        self.order.action_cancel()

    def _change_confirm_again(self):
        self.order.action_cancel()
        # What is not needed then is free stock, of which an order that is confirmed
        # takes none unless its products say so: it makes its own, as any other.
        need, fixed, _flexible = self._get_totals()
        self.freed = {part: fixed[part] - need.get(part, 0.0) for part in fixed}
        self.order.action_draft()
        self.order.action_confirm()

    # What must hold afterwards

    def _check_all(self):
        self.env.flush_all()
        self._check_delivery()
        self._check_balance()
        self._check_bookings()
        self._check_nothing_is_left()
        self._check_dates()

    def _check_delivery(self):
        """What is delivered, and will be, is what is ordered."""
        moves = self.line.move_ids.filtered(
            lambda move: (
                move.state != "cancel" and move.location_dest_id.usage == "customer"
            )
        )
        wanted = self.line.product_uom_qty
        if self.line.state == "cancel":
            wanted = self.line.qty_delivered
        self.assertAlmostEqual(sum(map(self._amount, moves)), wanted)

    def _check_balance(self):
        """Each part is made and bought as it is needed, neither more nor less.

        Except what cannot be taken back: work that has begun or is done, and what is
        ordered. There is more of such a part than needed only when that alone is more.
        """
        need, fixed, flexible = self._get_totals()
        for part in {*need, *fixed, *flexible}:
            there = fixed.get(part, 0.0) - self.freed.get(part, 0.0)
            missing = max(0.0, need.get(part, 0.0) - there)
            self.assertAlmostEqual(flexible.get(part, 0.0), missing, 2, part.name)
            # Nothing is pegged that nobody needs.
            self.assertTrue(need.get(part), part.name)

    def _get_totals(self):
        """By product: what is needed, what is there anyhow, what may still change."""
        need, fixed, flexible = {}, {}, {}
        for move in self._moves(self.line):
            if move.state != "cancel" and move.mto_supply != "stock":
                self._add(need, move.product_id, self._amount(move))
        for one in self.line.mto_production_ids:
            if one.state == "done":
                self._add(fixed, one.product_id, one.qty_produced)
            elif one.state != "cancel":
                kind = fixed if self._has_begun(one) else flexible
                self._add(kind, one.product_id, one.product_uom_qty)
        for one in self.line.mto_purchase_line_ids:
            if one.state != "cancel":
                kind = flexible if one.state in RFQ else fixed
                self._add(kind, one.product_id, one.product_uom_qty)
        return need, fixed, flexible

    def _add(self, totals, part, quantity):
        totals[part] = totals.get(part, 0.0) + quantity

    def _amount(self, move):
        return move.quantity if move.state == "done" else move.product_qty

    def _has_begun(self, production):
        return production.state in ("progress", "to_close") or bool(
            production.workorder_ids.filtered(lambda wo: wo.state == "progress")
        )

    def _check_bookings(self):
        """A leave for each work order that is planned, and for nothing else."""
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "in", self._centers().resource_id.ids),
                ("time_type", "=", "other"),
            ]
        )
        workorders = self.env["mrp.workorder"].search(
            [("workcenter_id", "in", self._centers().ids), ("leave_id", "!=", False)]
        )
        self.assertEqual(workorders.leave_id, leaves)
        self.assertEqual(len(leaves), len(workorders))
        self.assertNotIn("cancel", workorders.mapped("state"))
        pending = workorders.filtered(lambda wo: wo.state in ("blocked", "ready"))
        if pending:
            self.assertFalse(pending._get_conflicted_workorder_ids())
        for workorder in pending:
            self.assertEqual(workorder.date_start, workorder.leave_id.date_from)
            self.assertEqual(workorder.date_finished, workorder.leave_id.date_to)
            self.assertAlmostEqual(
                workorder.duration_expected,
                workorder._get_duration_expected(),
                msg=workorder.display_name,
            )
            self.assertAlmostEqual(
                self.calendar.get_work_duration_data(
                    workorder.date_start, workorder.date_finished, compute_leaves=False
                )["hours"],
                workorder.duration_expected / 60,
            )

    def _centers(self):
        return self.bending + self.soldering + self.assembly

    def _check_nothing_is_left(self):
        """Open supply serves an open move, or work that has begun."""
        productions = self.env["mrp.production"].search(
            [
                ("bom_id", "in", self._boms().ids),
                ("state", "in", OPEN),
            ]
        )
        for production in productions.filtered(lambda one: not self._has_begun(one)):
            waiting = production.move_finished_ids.move_dest_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            self.assertTrue(waiting, production.product_id.name)
        requests = self.env["purchase.order.line"].search(
            [("product_id", "in", (self.tube + self.lens + self.chip).ids)]
        )
        for request in requests.filtered(lambda one: one.state in RFQ):
            waiting = request.move_dest_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            self.assertTrue(waiting, request.product_id.name)

    def _boms(self):
        boms = self.env["mrp.bom"].with_context(active_test=False)
        return boms.search([("mto_line_id", "=", self.line.id)])

    def _check_dates(self):
        """The promise is what the tables say.

        Not where somebody has taken work off the plan. What is left of an order of
        which some is made is done as early as it can be: before it, perhaps.
        """
        tops = self._made(self.lamp)
        promise = self.line.mto_promise_id
        delivery = self.line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel") and move.picking_id
        )
        if self.line.state == "cancel" or not self.line.product_uom_qty:
            self.assertEqual(promise.state, "superseded")
            self.assertFalse(delivery)
            self.assertEqual(self.line.mto_stage, "cancelled")
            return
        if not tops or not all(tops.mapped("is_planned")):
            return
        self.assertEqual(promise.state, "confirmed")
        is_begun = "done" in self._production_of(self.line, self.lamp).mapped("state")
        check = self.assertGreaterEqual if is_begun else self.assertEqual
        check(promise.shipping_date, max(tops.mapped("date_finished")))
        self.assertEqual(promise.quantity, self.line.product_uom_qty)
        self.assertEqual(self.order.commitment_date, promise.promise_date)
        self.assertEqual(set(delivery.mapped("date")), {promise.shipping_date})
        self.assertEqual(
            set(delivery.mapped("date_deadline")), {self.order.commitment_date}
        )


@tagged("post_install", "-at_install", "mto_slow")
class TestChangeMatrix(ChangeCase):
    """Each change in each state of production."""


STATES = (
    "not_planned",
    "planned",
    "split",
    "merged",
    "started",
    "backorder",
    "component_done",
    "purchase_confirmed",
    "received",
    "partly_delivered",
)
KINDS = (
    "up",
    "down",
    "to_a_part",
    "date_earlier",
    "date_later",
    "cancel_line",
    "cancel_order",
    "confirm_again",
)


def _add_case(state, kind):
    def test(self):
        self._reach(state)
        getattr(self, f"_change_{kind}")()
        self._check_all()

    test.__doc__ = f"{kind} when {state}"
    setattr(TestChangeMatrix, f"test_{kind}_when_{state}", test)


for _state, _kind in product(STATES, KINDS):
    _add_case(_state, _kind)


@tagged("post_install", "-at_install", "mto_slow")
class TestChange(ChangeCase):
    """What a change does, to the piece and the minute."""

    def _change(self, **values):
        return self.order.order_line.mto_apply_change(values)

    def _preview(self, **values):
        return self.order.order_line.mto_preview_change(values)

    def _quantities(self):
        """By product: what is made and bought for the line."""
        totals = {}
        for one in [*self.line.mto_production_ids, *self.line.mto_purchase_line_ids]:
            if one.state != "cancel":
                self._add(totals, one.product_id, one.product_uom_qty)
        return totals

    def _plan(self):
        """All that is planned, as values that do not know how often it was made."""
        self.env.flush_all()
        return sorted(
            (
                wo.product_id.name,
                wo.name,
                wo.workcenter_id.name,
                wo.date_start,
                wo.date_finished,
                wo.duration_expected,
                wo.qty_production,
            )
            for wo in self.line.mto_production_ids.workorder_ids
            if wo.leave_id
        ) + sorted(
            (one.product_id.name, one.product_qty, one.date_planned, one.mto_need_date)
            for one in self.line.mto_purchase_line_ids
        )

    # Less

    def test_less_is_less_at_each_level(self):
        self._change(product_uom_qty=1)
        self.assertEqual(
            self._quantities(),
            {
                self.lamp: 1,
                self.frame: 1,
                self.engine: 2,
                self.board: 2,
                self.tube: 2,
                self.lens: 2,
                self.chip: 8,
            },
        )
        minutes = {
            one.product_id: one.workorder_ids.duration_expected
            for one in self.line.mto_production_ids
        }
        self.assertEqual(
            minutes,
            {self.lamp: 60, self.frame: 90, self.engine: 60, self.board: 40},
        )

    def test_less_that_is_only_written_stays_where_it_was_planned(self):
        before = {one: one.date_start for one in self.line.mto_production_ids}
        self.order.order_line.product_uom_qty = 1
        self.assertEqual(
            before, {one: one.date_start for one in self.line.mto_production_ids}
        )
        # Three lamps less are three hours less of assembly.
        self.assertEqual(
            self.line.mto_promise_date, self._made(self.lamp).date_finished
        )
        self.assertLess(self.line.mto_promise_date, self.promised)
        self.assertEqual(
            self.line.mto_promise_ids[:2].mapped("state"), ["confirmed", "superseded"]
        )

    def test_less_of_what_has_not_begun_is_planned_anew(self):
        """As if one lamp had been ordered."""
        other = self._make_order((self.lamp, 1))
        self._change(product_uom_qty=1)
        plan = self._plan()
        self._change(cancel=True)
        other.action_confirm()
        self.line = other.order_line
        self.assertEqual(self._plan(), plan)

    def test_freed_time_is_anybodys(self):
        other = self._make_order((self.lamp, 4))
        (later,) = other.mto_compute_promise()
        self._change(cancel=True)
        (sooner,) = other.mto_compute_promise()
        self.assertEqual(sooner["promise_date"], str(self.promised))
        self.assertGreater(later["promise_date"], sooner["promise_date"])

    def test_a_buyers_own_quantity_is_left(self):
        """Fifty chips, because the vendor sells them so: eighteen more than needed."""
        chips = self.line.mto_purchase_line_ids.filtered(
            lambda one: one.product_id == self.chip
        )
        chips.product_qty = 50
        self._change(product_uom_qty=3)
        self.assertEqual(chips.product_qty, 42)

    def test_reserved_parts_are_free_again(self):
        self._reach_received()
        board = self._made(self.board)
        board.action_assign()
        free = self.chip.with_context(location=self.warehouse.lot_stock_id.id)
        self.assertEqual(free.free_qty, 0)
        report = self._change(product_uom_qty=1)
        free.invalidate_recordset()
        self.assertEqual(board.move_raw_ids.quantity, 8)
        self.assertEqual(free.free_qty, 24)
        self.assertIn(
            (self.chip.id, 24, "received"),
            [
                (row["product_id"], row["quantity"], row["reason"])
                for row in report["kept"]
            ],
        )

    def test_what_is_freed_is_seen_by_the_next_order(self):
        self._reach_component_done()
        self.board.mto_netting = "first"
        self._change(product_uom_qty=1)
        other = self._make_order((self.engine, 6))
        other.action_confirm()
        # Six of the eight boards: two of them are still the lamp's.
        self.assertFalse(self._production_of(other.order_line, self.board))

    def test_work_that_has_begun_is_kept_with_what_it_needs(self):
        self._reach_started()
        report = self._change(product_uom_qty=1)
        self.assertEqual(self._quantities()[self.board], 8)
        self.assertEqual(self._quantities()[self.chip], 32)
        self.assertEqual(self._quantities()[self.engine], 2)
        self.assertEqual(
            [
                (row["product_id"], row["quantity"], row["reason"])
                for row in report["kept"]
            ],
            [(self.board.id, 6, "started")],
        )

    def test_ordered_parts_stay_ordered_and_the_buyer_is_asked(self):
        self._reach_purchase_confirmed()
        purchase = self.line.mto_purchase_line_ids.order_id
        report = self._change(product_uom_qty=3)
        self.assertEqual(self._quantities()[self.chip], 32)
        self.assertEqual(
            sorted(
                (row["product"], row["quantity"], row["reason"])
                for row in report["kept"]
            ),
            [("Chip", 8, "ordered"), ("Lens", 2, "ordered"), ("Tube", 2, "ordered")],
        )
        notes = purchase.activity_ids.mapped("note")
        self.assertEqual(len(notes), 3)
        self.assertTrue(any("8 Chip less than ordered" in note for note in notes))

    def test_what_others_still_need_of_what_is_freed(self):
        self._reach_component_done()
        other = self._make_order((self.engine, 6), user=self.salesperson)
        other.action_confirm()
        report = self._preview(product_uom_qty=1)
        (boards,) = [row for row in report["kept"] if row["product"] == "Board"]
        wanted = self._production_of(other.order_line, self.board)
        self.assertEqual(
            boards["wanted_by"],
            [
                {
                    "model": "mrp.production",
                    "id": wanted.id,
                    "name": wanted.name,
                    "order": other.name,
                    "line_id": other.order_line.id,
                    "quantity": 6,
                }
            ],
        )

    def test_freed_parts_serve_another_order_on_request(self):
        """Six boards: four engines of another order take four, in stock already."""
        self._reach_component_done()
        other = self._make_order((self.engine, 4), user=self.salesperson)
        other.action_confirm()
        line = other.with_env(self.env).order_line
        planned = self._production_of(line, self.board)
        report = self._change(product_uom_qty=1, repeg=True)
        self.assertIn(
            (line.id, self.board.id, 4),
            [
                (row["line_id"], row["product_id"], row["quantity"])
                for row in report["repegged"]
            ],
        )
        self.assertEqual(planned.state, "cancel")
        self.assertFalse(planned.workorder_ids.leave_id)
        chips = line.mto_purchase_line_ids.filtered(lambda o: o.product_id == self.chip)
        self.assertFalse(chips)
        taken = self._production_of(line, self.engine).move_raw_ids.filtered(
            lambda move: move.product_id == self.board
        )
        self.assertEqual((taken.state, taken.quantity), ("assigned", 4))
        self._check_all()
        self.assertIn("4 Board are taken from", str(other.message_ids.mapped("body")))

    def test_freed_parts_serve_a_part_of_another_order(self):
        """Six boards for ten engines: four boards are still to be made."""
        self._reach_component_done()
        other = self._make_order((self.engine, 10))
        other.action_confirm()
        line = other.order_line
        self._change(product_uom_qty=1, repeg=True)
        self.assertEqual(self._production_of(line, self.board).product_qty, 4)
        taken = self._production_of(line, self.engine).move_raw_ids.filtered(
            lambda move: move.product_id == self.board
        )
        self.assertEqual(
            sorted(taken.mapped(lambda move: (move.mto_supply, move.product_qty))),
            [("order", 4), ("stock", 6)],
        )
        self._check_all()

    def test_freed_parts_are_only_offered_otherwise(self):
        self._reach_component_done()
        other = self._make_order((self.engine, 4))
        other.action_confirm()
        report = self._change(product_uom_qty=1)
        self.assertEqual(report["repegged"], [])
        self.assertEqual(
            self._production_of(other.order_line, self.board).product_qty, 4
        )

    def test_plain_write_does_the_same_and_says_so(self):
        self.order.order_line.product_uom_qty = 1
        self._check_all()
        self.assertEqual(self._quantities()[self.chip], 8)
        note = self.order.message_ids[0].body
        made = self._made(self.board)
        self.assertIn(f"{made.name} Board: 8 → 2.", note)
        self.assertIn("Lamp: 1, promised for", note)

    def test_order_form_does_the_same(self):
        self.order.write({"order_line": [(1, self.line.id, {"product_uom_qty": 2})]})
        self._check_all()
        self.assertEqual(self._quantities()[self.board], 4)

    def test_what_is_made_for_the_order_goes_before_what_stock_gives(self):
        """Of five lamps two frames lie in stock: three are made."""
        self.frame.mto_netting = "first"
        self._make_stock(self.frame, 2)
        order = self._make_order((self.lamp, 5))
        order.action_confirm()
        self.line = order.order_line
        for quantity, made, taken in ((4, 2, 2), (2, 0, 2), (1, 0, 1)):
            with self.subTest(quantity=quantity):
                self.line.product_uom_qty = quantity
                self.assertEqual(
                    sum(self._made(self.frame).mapped("product_qty")), made
                )
                moves = self._made(self.lamp).move_raw_ids.filtered(
                    lambda move: (
                        move.product_id == self.frame
                        and move.mto_supply == "stock"
                        and move.state != "cancel"
                    )
                )
                self.assertEqual(sum(moves.mapped("product_qty")), taken)
                self.line = order.order_line
                self._check_balance()

    def test_kit_that_is_delivered_in_parts(self):
        kit = self._make_product("Pair")
        self._make_bom(kit, [(self.frame, 1), (self.engine, 2)], type="phantom")
        order = self._make_order((kit, 3))
        order.action_confirm()
        self.line = order.order_line
        self.line.mto_apply_change({"product_uom_qty": 1})
        self.assertEqual(
            self._quantities(),
            {
                self.frame: 1,
                self.engine: 2,
                self.board: 2,
                self.tube: 2,
                self.lens: 2,
                self.chip: 8,
            },
        )
        self._check_balance()
        self._check_bookings()
        order.action_cancel()
        self.assertEqual(self._quantities(), {})

    def test_answer_goes_over_the_wire(self):
        self._reach_component_done()
        report = self._preview(product_uom_qty=1, repeg=True)
        self.assertEqual(json.loads(json.dumps(report)), report)
        dumps((report,), methodresponse=True)

    def test_other_line_of_the_order_is_left_alone(self):
        order = self._make_order((self.lamp, 2), (self.lamp, 3))
        order.action_confirm()
        first, second = order.order_line
        before = {one: one.date_start for one in second.mto_production_ids}
        first.mto_apply_change({"cancel": True})
        self.assertFalse(first.mto_production_ids.filtered(lambda o: o.state in OPEN))
        self.assertEqual(
            {one: one.date_start for one in second.mto_production_ids}, before
        )
        self.assertEqual(len(self._production_of(second, self.board)), 1)
        self.assertEqual(order.commitment_date, second.mto_promise_date)
        self.assertEqual(order.mto_promise_date, second.mto_promise_date)

    # More

    def test_more_of_what_has_not_begun_is_one_order_for_each_level(self):
        self._change(product_uom_qty=6)
        made = self.line.mto_production_ids.filtered(lambda one: one.state in OPEN)
        self.assertEqual(len(made), 4)
        self.assertEqual(self._quantities()[self.chip], 48)
        self.assertEqual(len(self.line.mto_bom_ids), 4)

    def test_more_of_what_has_begun_is_made_beside_it(self):
        self._reach_started()
        begun = self._made(self.board)
        self._change(product_uom_qty=6)
        self.assertEqual(begun.product_qty, 8)
        self.assertEqual(sum(self._made(self.board).mapped("product_qty")), 12)
        self.assertEqual(self._quantities()[self.chip], 48)

    # Another date

    def test_later_date_is_made_just_in_time(self):
        self._change(requested_date=str(self._at(21, 12)))
        self.assertEqual(self._made(self.lamp).date_finished, self._at(21, 12))
        self.assertEqual(self.line.mto_promise_date, self._at(21, 12))
        self.assertTrue(self.line.mto_promise_id.on_request)
        self.assertEqual(self.line.mto_promise_id.requested_date, self._at(21, 12))
        self.assertEqual(self.order.commitment_date, self._at(21, 12))
        for purchase in self.line.mto_purchase_line_ids:
            made = purchase.move_dest_ids.raw_material_production_id
            self.assertEqual(purchase.date_planned, made.date_start)

    def test_date_that_cannot_be_held_is_as_early_as_possible(self):
        report = self._change(requested_date=str(self._at(1, 12)))
        self.assertFalse(report["after"]["on_request"])
        self.assertEqual(report["after"]["promise_date"], str(self.promised))
        self.assertEqual(self.line.mto_promise_state, "late")

    def test_date_long_ago_is_as_early_as_possible(self):
        for date in ("0001-01-01 00:00:00", "1999-12-31 00:00:00"):
            report = self._change(requested_date=date)
            self.assertEqual(report["after"]["promise_date"], str(self.promised))

    def test_levels_below_know_when_they_are_needed(self):
        self._change(requested_date=str(self._at(21, 12)))
        for child, parent in (
            (self.frame, self.lamp),
            (self.engine, self.lamp),
            (self.board, self.engine),
        ):
            self.assertEqual(
                self._made(child).mto_need_date, self._made(parent).date_start
            )
        self.assertEqual(self.line.mto_risk, "on_track")

    def test_priority_is_that_of_all_levels(self):
        self._change(priority="1")
        self.assertEqual(set(self.line.mto_production_ids.mapped("priority")), {"1"})
        self._change(product_uom_qty=6)
        made = self.line.mto_production_ids.filtered(lambda one: one.state in OPEN)
        self.assertEqual(set(made.mapped("priority")), {"1"})

    # Undo

    def test_old_values_bring_the_old_plan_back(self):
        plan, promise = self._plan(), self.line.mto_promise_date
        for there, back in (
            ({"product_uom_qty": 2}, {"product_uom_qty": 4}),
            ({"product_uom_qty": 7}, {"product_uom_qty": 4}),
            ({"cancel": True}, {"product_uom_qty": 4}),
            (
                {"requested_date": str(self._at(21, 12))},
                {"requested_date": False},
            ),
            (
                {"requested_date": str(self._at(21, 12)), "product_uom_qty": 5},
                {"requested_date": False, "product_uom_qty": 4},
            ),
        ):
            with self.subTest(change=there):
                self._change(**there)
                self.assertNotEqual(self._plan(), plan)
                self._change(**back)
                self.assertEqual(self._plan(), plan)
                self.assertEqual(self.line.mto_promise_date, promise)
                self.assertEqual(self.order.commitment_date, promise)
                self._check_all()

    # Cancelling

    def test_cancelled_order_asks_for_nothing(self):
        requests = self.line.mto_purchase_line_ids.order_id
        boms = self.line.mto_bom_ids
        self.order.action_cancel()
        self.assertEqual(set(requests.mapped("state")), {"cancel"})
        self.assertFalse(any(boms.mapped("active")))
        self.assertFalse(self.line.mto_production_ids.workorder_ids.leave_id)
        self.assertIn("not wanted any more", self.order.message_ids[0].body)

    def test_cancelled_order_remembers_what_it_was_made_of(self):
        bom = self.line.mto_bom_id
        bom.bom_line_ids[0].product_qty = 2
        self.order.action_cancel()
        self.order.action_draft()
        self.assertEqual(self.line.mto_bom_id, bom)
        self.assertEqual(self.line.mto_promise_state, "outdated")
        self.order.action_confirm()
        self.assertEqual(self._made(self.frame).product_qty, 8)

    def test_request_that_another_order_shares_only_shrinks(self):
        self.vendor.group_rfq = "all"
        first = self._make_order((self.lamp, 1))
        first.action_confirm()
        second = self._make_order((self.lamp, 2))
        second.action_confirm()
        shared = second.order_line.mto_purchase_line_ids.order_id
        self.assertEqual(shared, first.order_line.mto_purchase_line_ids.order_id)
        first.action_cancel()
        self.assertEqual(shared.state, "draft")
        self.assertIn(second.order_line, shared.order_line.mto_line_id)
        self.assertNotIn(first.order_line, shared.order_line.mto_line_id)

    # Preview

    def test_preview_changes_nothing(self):
        for values in (
            {"product_uom_qty": 1},
            {"product_uom_qty": 9},
            {"requested_date": str(self._at(21, 12))},
            {"cancel": True},
            {"priority": "1"},
        ):
            with self.subTest(values=values):
                before = self._plan(), self._quantities(), self.order.message_ids.ids
                self._preview(**values)
                after = self._plan(), self._quantities(), self.order.message_ids.ids
                self.assertEqual(before, after)
                self._check_all()

    def test_what_is_applied_is_what_was_shown(self):
        self._reach_purchase_confirmed()
        for values in (
            {"requested_date": str(self._at(21, 12)), "priority": "1"},
            {"product_uom_qty": 5},
            {"product_uom_qty": 2},
            {"cancel": True},
        ):
            with self.subTest(values=values):
                shown, done = self._preview(**values), self._change(**values)
                for report in (shown, done):
                    for row in report["rows"]:
                        if row["action"] == "new":
                            # Numbers are given away once.
                            row.update(id=False, name=False)
                self.assertEqual(shown, done)

    def test_report_of_less(self):
        self.soldering.costs_hour = 30
        report = self._preview(product_uom_qty=3)
        rows = {(row["kind"], row["product"]): row for row in report["rows"]}
        board = rows["production", "Board"]
        self.assertEqual(board["action"], "changed")
        self.assertEqual(
            (board["before"]["quantity"], board["after"]["quantity"]), (8, 6)
        )
        # Two boards of 20 minutes, two engines of 30 minutes; a frame, a lamp.
        self.assertEqual(report["cost"]["hours"], round(-(40 + 60 + 90 + 60) / 60, 4))
        self.assertEqual(report["cost"]["work"], -50)
        # 2 tubes, 2 lenses, 8 chips at 5.
        self.assertEqual(report["cost"]["materials"], -60)
        self.assertEqual(report["others"], [])
        self.assertEqual(report["kept"], [])
        self.assertEqual(report["before"]["promise_date"], str(self.promised))
        self.assertLess(report["after"]["promise_date"], str(self.promised))

    # In the web client

    def _open(self, **values):
        action = self.order.order_line.action_mto_change()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.salesperson)
            .with_context(**action["context"])
        )
        for name, value in values.items():
            form[name] = value
        return form.save()

    def test_wizard_shows_and_does(self):
        self._reach_purchase_confirmed()
        wizard = self._open(product_uom_qty=3)
        wizard.action_preview()
        self.assertEqual(self.line.product_uom_qty, 4)
        rows = {(row.kind, row.product_id): row for row in wizard.row_ids}
        board = rows["production", self.board]
        self.assertEqual((board.quantity_before, board.quantity_after), (8, 6))
        chips = rows["kept", self.chip]
        self.assertEqual((chips.quantity_after, chips.action), (8, "ordered"))
        self.assertEqual(wizard.promise_before, self.promised)
        wizard.action_apply()
        self.assertEqual(self.line.product_uom_qty, 3)
        self.assertEqual(self.line.mto_promise_date, wizard.promise_after)
        self._check_all()

    def test_wizard_offers_what_is_freed(self):
        self._reach_component_done()
        other = self._make_order((self.engine, 4))
        other.action_confirm()
        wizard = self._open(product_uom_qty=1, repeg=True)
        wizard.action_preview()
        served = wizard.row_ids.filtered(lambda row: row.action == "served")
        self.assertIn(
            (self.board, 4), [(r.product_id, r.quantity_after) for r in served]
        )
        wizard.action_apply()
        made = self._production_of(other.order_line, self.board)
        self.assertEqual(made.state, "cancel")

    def test_wizard_cancels(self):
        wizard = self._open(is_cancelled=True)
        wizard.action_preview()
        wizard.action_apply()
        self.assertEqual(self.line.mto_stage, "cancelled")

    def test_wizard_with_another_date(self):
        wizard = self._open(requested_date=self._at(21, 12))
        wizard.action_preview()
        self.assertEqual(wizard.promise_after, self._at(21, 12))
        wizard.action_apply()
        self.assertEqual(self.line.mto_promise_date, self._at(21, 12))

    def test_wizard_wants_a_change(self):
        with self.assertRaisesRegex(UserError, "Nothing is changed yet"):
            self._open().action_preview()

    def test_wizard_applies_nothing_that_was_not_shown(self):
        wizard = self._open(product_uom_qty=3)
        wizard.action_preview()
        self._make_order((self.lamp, 1)).action_confirm()
        with self.assertRaisesRegex(UserError, "plan has changed"):
            wizard.action_apply()
        self.assertEqual(self.line.product_uom_qty, 4)

    # Wrong questions

    def test_bad_values_are_named(self):
        for values, words in (
            (None, "“values” must be a dictionary"),
            ({}, "cannot be changed"),
            ({"price_unit": 5}, "“price_unit” cannot be changed"),
            ({1: 5}, "“1” cannot be changed"),
            ({"product_uom_qty": -1}, "“product_uom_qty” must be a number.*“-1”"),
            ({"product_uom_qty": "3"}, "“product_uom_qty” must be a number.*“3”"),
            ({"product_uom_qty": True}, "“product_uom_qty” must be a number"),
            ({"product_uom_qty": float("nan")}, "“product_uom_qty” .*“nan”"),
            ({"product_uom_qty": 10**400}, "“product_uom_qty” must be a number"),
            ({"cancel": False}, "“cancel” must be true if given alone"),
            ({"product_uom_qty": 1e300}, "“product_uom_qty” must be a number"),
            ({"requested_date": "tomorrow"}, "“requested_date” must be .*“tomorrow”"),
            ({"requested_date": 5}, "“requested_date” must be"),
            ({"requested_date": "2999-01-01 00:00:00"}, "too far ahead"),
            ({"priority": 1}, "“priority” must be “0” or “1”, not “1”"),
            ({"priority": "2"}, "“priority” must be “0” or “1”, not “2”"),
            ({"priority": ["1"]}, "“priority” must be"),
            ({"repeg": True}, "“repeg” must be given with"),
            ({"repeg": "yes", "cancel": True}, "“repeg” must be true or false"),
            ({"cancel": 1}, "“cancel” must be true or false, not “1”"),
            ({"cancel": True, "priority": "1"}, "“cancel” must be given alone"),
        ):
            for call in (
                self.order.order_line.mto_preview_change,
                self.order.order_line.mto_apply_change,
            ):
                with self.subTest(values=values, call=call.__name__):
                    with self.assertRaisesRegex(ValidationError, words):
                        call(values)
        self._check_all()

    def test_less_than_delivered_is_refused(self):
        self._reach_partly_delivered()
        with self.assertRaisesRegex(
            ValidationError, r"at least what is delivered \(2\)"
        ):
            self._change(product_uom_qty=1)

    def test_only_confirmed_made_to_order_lines(self):
        shelf = self._make_product("Shelf", on_order=False)
        quotation = self._make_order((self.lamp, 1))
        stocked = self._make_order((shelf, 1))
        stocked.action_confirm()
        with self.assertRaisesRegex(UserError, "is not a confirmed order"):
            quotation.order_line.mto_preview_change({"product_uom_qty": 2})
        with self.assertRaisesRegex(UserError, "Shelf is not made to order"):
            stocked.order_line.mto_apply_change({"product_uom_qty": 2})
        self.order.sudo().locked = True
        with self.assertRaisesRegex(UserError, "is not a confirmed order"):
            self._change(product_uom_qty=2)

    def test_who_may_change(self):
        for user in (self.salesperson, self.planner):
            line = self.line.with_user(user)
            line.mto_preview_change({"product_uom_qty": 3})
            line.mto_apply_change({"product_uom_qty": 3})
            line.mto_apply_change({"product_uom_qty": 4})
        for user in (self.buyer, self.env.ref("base.public_user")):
            for name in ("mto_preview_change", "mto_apply_change"):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        getattr(self.line.with_user(user), name)({"cancel": True})
        self._check_all()


@tagged("post_install", "-at_install", "mto_slow")
class TestChangeInSteps(ChangeCase):
    """The same where goods go through several places."""

    @classmethod
    def _set_up_workshop(cls):
        result = super()._set_up_workshop()
        cls.warehouse.manufacture_steps = "pbm_sam"
        cls.warehouse.delivery_steps = "pick_pack_ship"
        cls.warehouse.reception_steps = "two_steps"
        return result

    def _transfers(self):
        return self.env["stock.move"].search(
            [
                ("mto_line_id", "=", self.line.id),
                ("picking_id", "!=", False),
                ("state", "!=", "cancel"),
            ]
        )

    def test_less_is_less_in_each_transfer(self):
        before = {move: move.product_qty for move in self._transfers()}
        self.assertTrue(before)
        self.line.mto_apply_change({"product_uom_qty": 1})
        for move, quantity in before.items():
            with self.subTest(move=move.display_name, product=move.product_id.name):
                self.assertAlmostEqual(move.product_qty, quantity / 4)

    def test_cancelled_order_moves_nothing(self):
        self.order.action_cancel()
        self.assertFalse(self._transfers())
        self.assertFalse(
            self.line.mto_production_ids.filtered(lambda one: one.state in OPEN)
        )

    def test_what_is_received_is_put_away(self):
        self._reach_purchase_confirmed()
        receipts = self.line.mto_purchase_line_ids.order_id.picking_ids
        receipts.move_ids.picked = True
        receipts.button_validate()
        self.order.action_cancel()
        put_away = self.env["stock.move"].search(
            [
                ("product_id", "=", self.chip.id),
                ("location_dest_id", "=", self.warehouse.lot_stock_id.id),
                ("state", "!=", "cancel"),
            ]
        )
        self.assertEqual(sum(put_away.mapped("product_qty")), 32)


@tagged("post_install", "-at_install")
class TestMoreAgain(ChangeCase):
    """Less is wanted, then more again."""

    def _bought(self, part):
        lines = self.line.mto_purchase_line_ids.filtered(
            lambda one: one.product_id == part and one.state != "cancel"
        )
        return sum(lines.mapped("product_qty"))

    def test_what_is_ordered_is_not_bought_twice(self):
        self._reach_purchase_confirmed()
        self._change_down()
        self._change_quantity(4)
        states = set(self.line.mto_purchase_line_ids.mapped("state"))
        self.assertEqual(states, {"purchase"})
        self.assertEqual(self._bought(self.chip), 32)
        self._check_all()

    def test_more_than_was_ordered_buys_the_difference(self):
        self._reach_purchase_confirmed()
        self._change_down()
        self.line.product_uom_qty = 6
        self.assertEqual(self._bought(self.chip), 48)
        self._check_all()

    def test_more_of_a_part_than_is_ordered_is_no_fault(self):
        """Of a part, some is ordered and the rest asked of the vendor."""
        self._reach_purchase_confirmed()
        rows = self.line.mto_get_structure()["rows"]
        key = next(row["key"] for row in rows if row.get("product_id") == self.tube.id)
        more = {"type": "set_quantity", "key": key, "quantity": 5}
        self.line.mto_apply_change({"structure": [more]})
        states = self.line.mto_purchase_line_ids.mapped("state")
        self.assertEqual(set(states), {"purchase", "draft"})
        self.assertEqual(self.env["mto.planner"].check_consistency(), [])

    def test_what_is_here_is_used_at_once(self):
        self._reach_received()
        self._change_down()
        self._change_quantity(4)
        states = set(self.line.mto_purchase_line_ids.mapped("state"))
        self.assertEqual(states, {"purchase"})
        self.assertLessEqual(self.line.mto_promise_date, self.promised)
        self._check_all()

    def _change_quantity(self, quantity):
        self.line.mto_apply_change({"product_uom_qty": quantity})


@tagged("post_install", "-at_install")
class TestLess(ChangeCase):
    """What is given up of a delivery that is made in parts, and when it is due."""

    def _frames(self):
        return self._production_of(self.line, self.frame).filtered(
            lambda one: one.state != "cancel"
        )

    def test_what_has_begun_is_kept_for_the_order(self):
        self._made(self.frame).workorder_ids.button_start()
        begun = self._frames()
        self.line.mto_apply_change({"product_uom_qty": 7})
        self.assertEqual(len(self._frames()), 2)
        self.line.product_uom_qty = 3
        self.assertEqual(self._frames(), begun)
        self._check_all()
        self.line.product_uom_qty = 7
        self._check_all()

    def test_what_grew_by_a_second_order_is_made_anew_as_one(self):
        self.line.product_uom_qty = 6
        self._check_all()
        self.line.mto_apply_change({"product_uom_qty": 7})
        self._check_all()

    def test_what_has_begun_is_found_where_parts_are_picked_first(self):
        self.warehouse.manufacture_steps = "pbm"
        self.order = self._make_order((self.lamp, 4))
        self.order.action_confirm()
        self.line = self.order.order_line
        lamps, frames = self._made(self.lamp), self._made(self.frame)
        # Written, it is a second order beside the first.
        self.line.product_uom_qty = 7
        (self._made(self.frame) - frames).workorder_ids.button_start()
        newer = self._made(self.lamp) - lamps
        self.line.mto_apply_change({"product_uom_qty": 3})
        self.assertEqual(self._made(self.lamp), newer)
        self.assertEqual(newer.product_qty, 3)

    def test_what_had_begun_for_nobody_any_more_is_not_asked_for_again(self):
        self._made(self.lamp).workorder_ids.button_start()
        self.line.product_uom_qty = 0
        self.line.product_uom_qty = 2
        delivery = self.line._mto_get_open_deliveries()
        self.assertEqual(sum(delivery.mapped("product_qty")), 2)
        self._check_delivery()

    def test_what_is_ordered_for_is_kept_for_the_order(self):
        self._reach_purchase_confirmed()
        lamps = self._made(self.lamp)
        self.line.mto_apply_change({"product_uom_qty": 7})
        self.line.mto_apply_change({"product_uom_qty": 2})
        self.assertEqual(self._made(self.lamp), lamps)
        self._check_all()

    def test_delivery_is_due_as_told_after_its_date_has_moved(self):
        """Core keeps the first deadline of what is made, and writes it downwards."""
        self.line.mto_apply_change({"requested_date": str(self._at(21, 12))})
        lamps = self._made(self.lamp)
        self.assertEqual(lamps.date_deadline, self.order.commitment_date)
        lamps.date_finished += timedelta(minutes=1)
        self.env.flush_all()
        delivery = self.line._mto_get_open_deliveries()
        self.assertEqual(delivery.date_deadline, self.order.commitment_date)

    def test_less_is_no_return_when_the_delivery_is_due_another_day(self):
        self._made(self.lamp).date_deadline -= timedelta(days=1)
        self.line._mto_get_open_deliveries().date_deadline -= timedelta(days=1)
        self.line.product_uom_qty = 3
        delivery = self.line.move_ids.filtered("picking_id")
        self.assertEqual(delivery.product_uom_qty, 3)
        self.assertEqual(delivery.location_dest_id.usage, "customer")
