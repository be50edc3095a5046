from itertools import product

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_change import STATES, ChangeCase

# Levels that have begun in a state: what they are made of stays.
BEGUN = {
    "started": {"Board"},
    "component_done": {"Board"},
    "partly_delivered": {"Board", "Frame", "LED engine"},
}
# The level whose bill of materials a change changes.
KINDS = {
    "replace": "LED engine",
    "add": "Lamp",
    "more": "Lamp",
    "fewer": "Lamp",
    "remove": "Lamp",
    "buy": "Lamp",
    "make": "Lamp",
    "work": "Frame",
    "deep": "Board",
}


class StructureCase(ChangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.diffuser = cls._make_bought("Diffuser", 4)
        cls.bracket = cls._make_product("Bracket")
        cls.steel = cls._make_bought("Steel", 1)
        cls._make_bom(cls.bracket, [(cls.steel, 3)], [(cls.bending, 15)])
        cls.frame.seller_ids = [(0, 0, {"partner_id": cls.vendor.id, "delay": 6})]
        cls.asking = cls.line.with_user(cls.planner)

    # Each kind of change

    def _key(self, part, work=None):
        rows = self.line.mto_get_structure()["rows"]
        keys = {row["key"]: row for row in rows}
        for row in rows:
            level = keys.get(row["parent"], row)
            if row["kind"] == "operation" and row["name"] == work:
                return row["key"]
            if not work and row.get("product_id") == part.id and level:
                return row["key"]
        raise AssertionError(part.name)

    def _changes(self, kind):
        return getattr(self, f"_changes_{kind}")()

    def _changes_replace(self):
        return [
            {
                "type": "replace",
                "key": self._key(self.lens),
                "product_id": self.diffuser.id,
            }
        ]

    def _changes_add(self):
        """A bought part, and one that is made."""
        return [
            {
                "type": "add_component",
                "key": self._key(self.lamp),
                "product_id": part.id,
                "quantity": 2,
            }
            for part in (self.diffuser, self.bracket)
        ]

    def _changes_more(self):
        return self._set_engines(3)

    def _changes_fewer(self):
        return self._set_engines(1)

    def _set_engines(self, quantity):
        key = self._key(self.engine)
        return [{"type": "set_quantity", "key": key, "quantity": quantity}]

    def _changes_remove(self):
        return [{"type": "remove", "key": self._key(self.frame)}]

    def _changes_buy(self):
        return [{"type": "buy", "key": self._key(self.frame)}]

    def _changes_make(self):
        """Another part instead, that is made."""
        return [
            {
                "type": "replace",
                "key": self._key(self.frame),
                "product_id": self.bracket.id,
            }
        ]

    def _changes_work(self):
        frame = self._key(self.frame)
        operation = self._key(self.frame, "Bending 1")
        return [
            {"type": "set_operation", "key": operation, "minutes": 120},
            {
                "type": "add_operation",
                "key": frame,
                "name": "Polishing",
                "workcenter_id": self.assembly.id,
                "minutes": 45,
            },
        ]

    def _changes_deep(self):
        key = self._key(self.chip)
        return [{"type": "set_quantity", "key": key, "quantity": 6}]

    # What must hold afterwards

    def _check_made_to_bom(self):
        """Whatever has not begun is made of what its bill of materials says."""
        for production in self.line.mto_production_ids.filtered(
            lambda one: one.state == "confirmed" and not self._has_begun(one)
        ):
            wanted = {
                line.product_id: line.product_qty * production.product_qty
                for line in production.bom_id.bom_line_ids
            }
            asked = {}
            for move in production.move_raw_ids:
                if move.state != "cancel":
                    self._add(asked, move.product_id, move.product_qty)
            self.assertEqual(asked.keys(), wanted.keys(), production.product_id.name)
            for part, quantity in wanted.items():
                self.assertAlmostEqual(asked[part], quantity, 2, part.name)
            operations = production.bom_id.operation_ids
            self.assertEqual(production.workorder_ids.operation_id, operations)
            self.assertEqual(
                sorted(production.workorder_ids.mapped("name")),
                sorted(operations.mapped("name")),
            )
            self.assertEqual(
                production.workorder_ids.mapped("workcenter_id"),
                operations.mapped("workcenter_id"),
            )
            self.assertFalse(production.is_outdated_bom)

    def _check_boms(self):
        """Of the line's own levels, those that are not in it any more are put away."""
        top = self.line.mto_bom_id
        self.assertEqual(self.line.mto_bom_ids, top._mto_get_tree())


@tagged("post_install", "-at_install", "mto_slow")
class TestStructureMatrix(StructureCase):
    """Each change of what the line is made of, in each state of production."""


def _add_case(state, kind):
    def test(self):
        self._reach(state)
        changes = self._changes(kind)
        if KINDS[kind] in BEGUN.get(state, ()):
            with self.assertRaisesRegex(UserError, "has begun"):
                self.asking.mto_apply_change({"structure": changes})
        else:
            self.asking.mto_apply_change({"structure": changes})
            self._check_boms()
        self._check_all()
        self._check_made_to_bom()

    test.__doc__ = f"{kind} when {state}"
    setattr(TestStructureMatrix, f"test_{kind}_when_{state}", test)


for _state, _kind in product(STATES, KINDS):
    _add_case(_state, _kind)


@tagged("post_install", "-at_install", "mto_slow")
class TestStructureChange(StructureCase):
    """What a change of the parts and operations does, to the piece and the minute."""

    def _change(self, kind, **values):
        return self.asking.mto_apply_change(
            {"structure": self._changes(kind), **values}
        )

    def test_only_what_differs_is_touched(self):
        others = self.line.mto_production_ids - self._made(self.engine)
        before = {one: (one.write_date, one.move_raw_ids.ids) for one in others}
        report = self._change("replace")
        # The engine, the new request, and the one that is not needed any more.
        self.assertEqual(
            sorted(
                (row["kind"], row["product"], row["action"])
                for row in report["rows"]
                if row["kind"] != "operation"
                and row["before"]
                and row["before"].get("quantity")
                != (row["after"] or {}).get("quantity")
            ),
            [("purchase", "Lens", "cancelled")],
        )
        self.assertEqual(
            [row["product"] for row in report["rows"] if row["action"] == "new"],
            ["Diffuser"],
        )
        for one, (_date, moves) in before.items():
            self.assertEqual(one.move_raw_ids.ids, moves)

    def test_date_follows(self):
        """A diffuser takes four days instead of two; boards decide: nothing moves."""
        self._change("replace")
        self.assertEqual(self.line.mto_promise_date, self.promised)
        self._change("work")
        tops = self._made(self.lamp)
        self.assertEqual(self.line.mto_promise_id.shipping_date, tops.date_finished)
        self._check_all()

    def test_longer_work_is_promised_later(self):
        key = self._key(self.lamp, "Assembly 1")
        changes = [{"type": "set_operation", "key": key, "minutes": 180}]
        self.asking.mto_apply_change({"structure": changes})
        # Four lamps of two hours more each: one working day.
        self.assertEqual((self.line.mto_promise_date - self.promised).days, 1)
        self.assertIn("made of other things", self.line.mto_promise_text)

    def test_what_stays_ordered_is_kept(self):
        self._reach_purchase_confirmed()
        report = self._change("replace")
        self.assertEqual(
            [
                (row["product"], row["quantity"], row["reason"])
                for row in report["kept"]
            ],
            [("Lens", 8, "ordered")],
        )

    def test_estimate_is_that_of_the_new_structure(self):
        estimated = self.line.mto_estimated_cost
        # Three tubes of steel... a bracket has 3 steel at 5, a frame 2 tubes at 5.
        self._change("make")
        self.assertEqual(self.line.mto_estimated_cost, estimated + 4 * 5)

    def test_difference_to_master_is_seen(self):
        self._change("replace")
        rows = self.line.mto_get_structure()["rows"]
        self.assertEqual(
            [(row["name"], row["change"]) for row in rows if row["change"]],
            [("Diffuser", "changed")],
        )
        self.assertTrue(self.line.mto_build)

    def test_taken_from_stock_before(self):
        """A frame from the shelf that is to be another one is made."""
        self.frame.mto_netting = "first"
        self._make_stock(self.frame, 9)
        order = self._make_order((self.lamp, 4))
        order.action_confirm()
        self.line = order.order_line
        self.assertFalse(self._made(self.frame))
        self.line.with_user(self.planner).mto_apply_change(
            {"structure": self._changes_work()}
        )
        self.assertEqual(self._made(self.frame).product_qty, 4)
        self.assertEqual(
            self._made(self.frame).workorder_ids.mapped("name")[-1:], ["Polishing"]
        )
        self.assertTrue(self._made(self.frame).is_planned)

    def test_new_part_is_taken_from_stock_that_is_free(self):
        self.bracket.mto_netting = "first"
        self._make_stock(self.bracket, 8)
        self._change("add")
        self.assertFalse(self._made(self.bracket))
        moves = self._made(self.lamp).move_raw_ids
        taken = moves.filtered(lambda move: move.product_id == self.bracket)
        self.assertEqual((taken.mto_supply, taken.state), ("stock", "assigned"))

    def test_components_that_are_fetched_first(self):
        self.warehouse.manufacture_steps = "pbm_sam"
        order = self._make_order((self.lamp, 4))
        order.action_confirm()
        self.line = order.order_line
        for kind in ("replace", "more", "remove"):
            changes = self._changes(kind)
            self.line.with_user(self.planner).mto_apply_change({"structure": changes})
            self._check_made_to_bom()
        fetched = self.env["stock.move"].search(
            [
                ("mto_line_id", "=", self.line.id),
                ("picking_id", "!=", False),
                ("state", "!=", "cancel"),
                ("product_id", "in", (self.lens + self.frame + self.diffuser).ids),
                ("raw_material_production_id", "=", False),
            ]
        )
        self.assertEqual(fetched.product_id, self.diffuser)
        self.assertEqual(sum(fetched.mapped("product_qty")), 12)

    def test_what_cannot_be_made_is_refused(self):
        nothing = self._make_product("Nothing supplies it")
        key = self._key(self.lamp)
        changes = [{"type": "add_component", "key": key, "product_id": nothing.id}]
        before = self.line.mto_get_structure()
        with self.assertRaisesRegex(UserError, "cannot be made like this"):
            with self.env.cr.savepoint():
                self.asking.mto_apply_change({"structure": changes})
        self.env.invalidate_all()
        self.assertEqual(self.line.mto_get_structure(), before)

    def test_preview_changes_nothing(self):
        before = self.line.mto_get_structure()
        self.asking.mto_preview_change({"structure": self._changes("make")})
        self.assertEqual(self.line.mto_get_structure(), before)
        self._check_all()

    def test_planners_only(self):
        changes = self._changes("replace")
        with self.assertRaisesRegex(AccessError, "needs manufacturing rights"):
            self.line.with_user(self.salesperson).mto_apply_change(
                {"structure": changes}
            )
        structure = self.asking.mto_get_structure()
        self.assertTrue(structure["can_edit"])
        mine = self.order.order_line.mto_get_structure()
        self.assertFalse(mine["can_edit"])
        with self.assertRaisesRegex(UserError, "is confirmed: planners change"):
            self.order.order_line.mto_customise(changes)

    def test_dialog_shows_nothing_of_a_colleagues_line(self):
        colleague = new_test_user(
            self.env, "mto_colleague", groups="sales_team.group_sale_salesman"
        )
        dialog = self.env["mto.change"].with_user(colleague)
        with self.assertRaises(MissingError):
            dialog.create({"line_id": self.line.id})

    def test_bad_structures_are_named(self):
        key = self._key(self.lens)
        for structure, words in (
            ([], "“structure” must be a list"),
            ({"type": "remove"}, "“structure” must be a list"),
            ([{"type": "explode", "key": key}], "“type” must be one of"),
            ([{"type": "remove", "key": "part-0"}], "there is no row “part-0”"),
        ):
            with self.subTest(structure=structure):
                with self.assertRaisesRegex(ValidationError, words):
                    self.asking.mto_apply_change({"structure": structure})

    # Taking it back

    def _picture(self):
        self.env.invalidate_all()
        return (
            sorted(
                (
                    one.product_id.name,
                    one.product_qty,
                    one.date_start,
                    one.date_finished,
                )
                for one in self.line.mto_production_ids
                if one.state != "cancel"
            ),
            sorted(
                (one.product_id.name, one.product_qty, one.date_planned)
                for one in self.line.mto_purchase_line_ids
            ),
            sorted(
                (one.name, one.date_start, one.date_finished)
                for one in self.line.mto_production_ids.workorder_ids
                if one.state != "cancel"
            ),
            self.line.product_uom_qty,
            self.line.mto_promise_date,
            self.line.mto_build,
            self.line.mto_estimated_cost,
        )

    def test_undo(self):
        for values in (
            {"product_uom_qty": 7},
            {"product_uom_qty": 1},
            {"requested_date": str(self._at(21, 12))},
            {"cancel": True},
            *({"structure": kind} for kind in KINDS),
        ):
            with self.subTest(values=values):
                before, asking = self._picture(), self.line
                if "structure" in values:
                    values = {"structure": self._changes(values["structure"])}
                    asking = self.asking
                asking.mto_apply_change(values)
                self.assertNotEqual(self._picture(), before)
                self.line.mto_apply_change({"undo": True})
                self.assertEqual(self._picture(), before)
                self._check_all()
                self.assertFalse(self.line.mto_undo)

    def test_no_undo_when_something_has_begun(self):
        self.line.mto_apply_change({"product_uom_qty": 3})
        self._reach_started()
        with self.assertRaisesRegex(UserError, "something has begun"):
            self.line.mto_apply_change({"undo": True})

    def test_no_undo_of_what_was_changed_otherwise_since(self):
        self.line.mto_apply_change({"product_uom_qty": 3})
        self.order.order_line.product_uom_qty = 2
        with self.assertRaisesRegex(UserError, "changed otherwise since"):
            self.line.mto_apply_change({"undo": True})

    def test_no_undo_of_nothing(self):
        with self.assertRaisesRegex(UserError, "no change to take back"):
            self.line.mto_apply_change({"undo": True})


@tagged("post_install", "-at_install", "mto_slow")
class TestKept(StructureCase):
    """What becomes of what nobody needs any more."""

    def _kept(self, report):
        return sorted(
            (row["product"], row["quantity"], row["reason"], row["choice"])
            for row in report["kept"]
        )

    def _choose(self, record, choice):
        return {"model": record._name, "id": record.id, "choice": choice}

    def _purchase(self, part):
        return self.line.mto_purchase_line_ids.filtered(
            lambda one: one.product_id == part
        )

    def test_cancelled_with_the_vendor(self):
        self._reach_purchase_confirmed()
        chips = self._purchase(self.chip)
        choice = self._choose(chips, "cancel")
        report = self.line.mto_apply_change({"product_uom_qty": 3, "kept": [choice]})
        self.assertEqual(chips.product_qty, 24)
        receipts = chips.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(receipts.mapped("product_qty")), 24)
        self.assertEqual(
            self._kept(report),
            [("Lens", 2, "ordered", "stock"), ("Tube", 2, "ordered", "stock")],
        )
        self._check_all()

    def test_all_of_a_purchase_is_cancelled(self):
        self._reach_purchase_confirmed()
        orders = self.line.mto_purchase_line_ids.order_id
        choices = [
            self._choose(one, "cancel") for one in self.line.mto_purchase_line_ids
        ]
        self.line.mto_apply_change({"cancel": True, "kept": choices})
        self.assertEqual(set(orders.mapped("state")), {"cancel"})
        self._check_all()

    def test_work_that_has_used_nothing_is_stopped(self):
        """The boards are begun, but no chip is soldered: they and their parts go."""
        self._reach_started()
        made = self._made(self.board)
        report = self.asking.sudo().mto_apply_change(
            {"cancel": True, "kept": [self._choose(made, "cancel")]}
        )
        self.assertEqual(made.state, "cancel")
        self.assertFalse(made.workorder_ids.leave_id)
        self.assertEqual(self._kept(report), [])
        self._check_all()

    def test_work_that_has_used_parts_is_not_stopped(self):
        self._reach_backorder()
        done = self._production_of(self.line, self.board).filtered(
            lambda one: one.state == "done"
        )
        with self.assertRaisesRegex(UserError, "used or made something already"):
            self.line.mto_apply_change(
                {"product_uom_qty": 1, "kept": [self._choose(done, "cancel")]}
            )

    def test_scrapped(self):
        self._reach_component_done()
        (made,) = self._production_of(self.line, self.board)
        self.line.mto_apply_change(
            {"product_uom_qty": 3, "kept": [self._choose(made, "scrap")]}
        )
        scrap = self.env["stock.scrap"].search([("origin", "=", self.order.name)])
        self.assertEqual((scrap.product_id, scrap.scrap_qty), (self.board, 2))
        self.assertEqual(scrap.state, "done")
        self.assertEqual(self.board.qty_available, 6)
        self._check_all()

    def test_what_is_not_here_is_not_scrapped(self):
        self._reach_purchase_confirmed()
        choice = self._choose(self._purchase(self.chip), "scrap")
        with self.assertRaisesRegex(UserError, "is not here yet"):
            self.line.mto_apply_change({"product_uom_qty": 3, "kept": [choice]})

    def test_what_is_not_kept_is_not_cancelled(self):
        self._reach_purchase_confirmed()
        chips = self._purchase(self.chip)
        for choice in ("cancel", "scrap", "repeg"):
            kept = [self._choose(chips, choice)]
            with self.subTest(choice=choice):
                with self.assertRaisesRegex(
                    ValidationError, "“kept” must be what the preview says is kept"
                ):
                    self.line.mto_apply_change({"product_uom_qty": 5, "kept": kept})

    def test_bad_choices_are_named(self):
        chips = self._purchase(self.chip)
        for kept, words in (
            ("chips", "“kept” must be a list"),
            ([5], "“kept” must be rows"),
            ([{"model": "res.users", "id": 1, "choice": "cancel"}], "must be rows"),
            ([self._choose(chips, "burn")], "must be rows"),
        ):
            with self.subTest(kept=kept):
                with self.assertRaisesRegex(ValidationError, words):
                    self.line.mto_apply_change({"product_uom_qty": 3, "kept": kept})
        with self.assertRaisesRegex(ValidationError, "given with one of"):
            self.line.mto_apply_change(
                {"priority": "1", "kept": [self._choose(chips, "cancel")]}
            )

    def test_who_may_choose(self):
        self._reach_purchase_confirmed()
        choice = self._choose(self._purchase(self.chip), "cancel")
        with self.assertRaisesRegex(AccessError, "“kept”: you may not choose “cancel”"):
            self.order.order_line.mto_apply_change(
                {"product_uom_qty": 3, "kept": [choice]}
            )

    # What still comes

    def _make_other(self, quantity, **values):
        other = self._make_order((self.engine, quantity), **values)
        other.action_confirm()
        return other.order_line

    def _move_of(self, line, made, part):
        moves = self._production_of(line, made).move_raw_ids
        return moves.filtered(
            lambda move: move.product_id == part and move.state != "cancel"
        )

    def test_ordered_parts_serve_another_order(self):
        self._reach_purchase_confirmed()
        lenses = self._purchase(self.lens)
        other = self._make_other(6)
        asked = other.mto_purchase_line_ids.filtered(
            lambda one: one.product_id == self.lens
        )
        report = self.line.mto_apply_change({"cancel": True, "repeg": True})
        self.assertIn(
            (other.id, self.lens.id, 6, False),
            [
                (row["line_id"], row["product_id"], row["quantity"], row["is_here"])
                for row in report["repegged"]
            ],
        )
        self.assertFalse(asked.exists())
        move = self._move_of(other, self.engine, self.lens)
        self.assertEqual(move.move_orig_ids, lenses.move_ids)
        # They come, and are there for it.
        receipt = lenses.order_id.picking_ids
        receipt.move_ids.picked = True
        receipt.button_validate()
        self.assertEqual((move.state, move.quantity), ("assigned", 6))
        self._check_all()

    def test_ordered_parts_serve_a_part_of_another_order(self):
        self._reach_purchase_confirmed()
        other = self._make_other(12)
        self.line.mto_apply_change({"product_uom_qty": 1, "repeg": True})
        moves = self._move_of(other, self.engine, self.lens)
        self.assertEqual(sorted(moves.mapped("product_qty")), [6, 6])
        asked = other.mto_purchase_line_ids.filtered(
            lambda one: one.product_id == self.lens
        )
        self.assertEqual(asked.product_qty, 6)
        # What this line gives up next, it has not: six of eight are somebody else's.
        report = self.line.mto_apply_change({"cancel": True})
        kept = {row["product"]: row["quantity"] for row in report["kept"]}
        self.assertEqual(kept["Lens"], 2)
        self.assertEqual(sum(moves.mapped("product_qty")), 12)

    def test_what_comes_too_late_serves_nobody(self):
        self._reach_purchase_confirmed()
        other = self._make_other(6)
        receipt = self._purchase(self.lens).move_ids
        receipt.date = self._at(40, 12)
        report = self.line.mto_apply_change({"cancel": True, "repeg": True})
        self.assertNotIn(
            self.lens.id, [row["product_id"] for row in report["repegged"]]
        )
        self.assertTrue(
            other.mto_purchase_line_ids.filtered(lambda o: o.product_id == self.lens)
        )

    def test_work_that_has_begun_serves_another_order(self):
        self._reach_started()
        boards = self._made(self.board)
        other = self._make_other(5)
        planned = self._production_of(other, self.board)
        self.line.mto_apply_change({"cancel": True, "repeg": True})
        self.assertEqual(planned.state, "cancel")
        move = self._move_of(other, self.engine, self.board)
        self.assertEqual(move.move_orig_ids.production_id, boards)


@tagged("post_install", "-at_install")
class TestGoFirst(StructureCase):
    def test_others_are_shown_and_moved(self):
        first = self.order
        second = self._make_order((self.lamp, 2))
        second.action_confirm()
        line = second.order_line.with_user(self.planner)
        before = second.order_line.mto_promise_date
        report = line.mto_preview_change({"go_first": True})
        self.assertIn(first.name, [row["order"] for row in report["others"]])
        self.assertLess(report["after"]["promise_date"], str(before))
        self.assertEqual(second.order_line.mto_promise_date, before)
        line.mto_apply_change({"go_first": True})
        self.assertEqual(
            str(second.order_line.mto_promise_date), report["after"]["promise_date"]
        )
        later = max(self.line.mto_production_ids.mapped("date_finished"))
        self.assertGreater(later, self.line.mto_promise_date)
        self.assertEqual(self.line.mto_risk, "late")
        self.assertIn("Planned anew", str(first.message_ids.mapped("body")))

    def test_planners_only(self):
        with self.assertRaisesRegex(AccessError, "needs manufacturing rights"):
            self.order.order_line.mto_preview_change({"go_first": True})


@tagged("post_install", "-at_install")
class TestPlainDates(StructureCase):
    """Dates that are only written, as scripts and the order's form do it."""

    def test_requested_date_of_a_line(self):
        wanted = self._at(21, 12)
        self.order.order_line.mto_requested_date = wanted
        self.assertEqual(self.line.mto_promise_date, wanted)
        self.assertEqual(self._made(self.lamp).date_finished, wanted)
        self.assertIn("promised for", self.order.message_ids[0].body)
        self._check_all()
        self.order.order_line.mto_requested_date = False
        self.assertEqual(self.line.mto_promise_date, self.promised)
        self._check_all()

    def test_delivery_date_of_an_order(self):
        wanted = self._at(21, 12)
        self.order.commitment_date = wanted
        self.assertEqual(self.line.mto_promise_date, wanted)
        self.assertEqual(self.order.commitment_date, wanted)
        self._check_all()

    def test_delivery_date_that_cannot_be_held(self):
        self.order.commitment_date = self._at(2, 12)
        self.assertEqual(self.line.mto_promise_date, self.promised)
        self.assertFalse(self.line.mto_promise_id.on_request)
        self.assertEqual(self.order.commitment_date, self._at(2, 12))
