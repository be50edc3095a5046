from itertools import product

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

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


