import copy
import json
import os
import random
from contextlib import closing

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MtoCase

ROUNDS = int(os.environ.get("MTO_FUZZ_ROUNDS", 15))
SEED = int(os.environ.get("MTO_FUZZ_SEED", 20270301))
# What scripts send by mistake, and what somebody sends on purpose.
ODDITIES = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2,
    0.1,
    -0.0,
    1e-12,
    1e18,
    1e308,
    float("nan"),
    float("inf"),
    -float("inf"),
    2**31 - 1,
    2**31,
    2**63,
    -(2**63),
    10**30,
    10**400,
    "",
    " ",
    "0",
    "1",
    "x" * 20000,
    "\0",
    "\ud800",
    "'; DROP TABLE mto_promise; --",
    "%(x)s %s %d {0}",
    "<script>alert(1)</script>",
    "1900-01-01 00:00:00",
    "1900-01-01",
    "9999-12-31 23:59:59",
    "2027-02-30 00:00:00",
    "2027-03-05",
    "2027-03-05 12:00:00",
    "2027-03-05T12:00:00+02:00",
    [],
    {},
    [[]],
    [None],
    [0],
    [1, 1],
    {"id": 1},
    {"": ""},
    [{}],
    [[], {}, None, 1],
    {"type": "remove"},
    {"a": {"b": {"c": [1, 2, {"d": None}]}}},
]


@tagged("post_install", "-at_install", "mto_slow")
class TestFuzz(MtoCase):
    """Random questions to all that programs may call: an answer, or a named error.

    Each call is a good one in which one or two values are replaced, left out or added.
    ``MTO_FUZZ_ROUNDS`` and ``MTO_FUZZ_SEED`` choose how many, and which.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quotation = cls._make_order((cls.lamp, 2), (cls.frame, 1))
        cls.quotation.mto_compute_promise()
        cls.order = cls._make_order((cls.lamp, 3), (cls.frame, 2))
        cls.order.action_confirm()
        cls.project = cls.env["mto.project"].create(
            {"name": "Lobby", "partner_id": cls.customer.id}
        )
        cls.quotation.mto_project_id = cls.project
        cls.boss = cls.env.ref("base.user_admin")

    def _get_calls(self):
        """Good calls: ``(model, ids or None, method, arguments)``."""
        line, done = self.quotation.order_line[0], self.order.order_line[0]
        rows = line.mto_get_structure()["rows"]
        made = done.mto_get_structure()["rows"]
        lens = next(row["key"] for row in rows if row["name"] == "Lens")
        glass = next(row["key"] for row in made if row["name"] == "Lens")
        work = next(row["key"] for row in rows if row["kind"] == "operation")
        change = {"product_uom_qty": 2, "repeg": True}
        return [
            (
                "mto.planner",
                None,
                "quote",
                [
                    [
                        {
                            "product_id": self.lamp.id,
                            "quantity": 2,
                            "requested_date": "2027-04-01 12:00:00",
                            "warehouse_id": self.warehouse.id,
                            "levers": True,
                            "ladder": True,
                        }
                    ]
                ],
            ),
            ("mto.planner", None, "replan", [{"dry_run": True, "frozen_days": 1}]),
            ("mto.planner", None, "load", [4]),
            ("mto.planner", None, "check_consistency", []),
            ("mto.today", None, "get", []),
            ("mto.today", None, "take", [done.id, True]),
            ("mto.today", None, "snooze", [done.id, "2027-03-05", "later"]),
            ("mto.today", None, "act", [done.id, "replan"]),
            ("mto.project", self.project.ids, "mto_compute_promise", []),
            ("mto.project", self.project.ids, "mto_progress_data", []),
            ("sale.order", self.quotation.ids, "mto_compute_promise", []),
            ("sale.order", self.quotation.ids, "mto_hold", ["2027-03-05 12:00:00"]),
            ("sale.order", self.quotation.ids, "mto_release_hold", []),
            ("sale.order", self.order.ids, "mto_progress_data", []),
            ("sale.order.line", line.ids, "mto_find_options", []),
            ("sale.order.line", line.ids, "mto_split", [[1, 1]]),
            ("sale.order.line", line.ids, "mto_get_structure", []),
            (
                "sale.order.line",
                line.ids,
                "mto_find_earlier",
                [{"text": "lamp", "date_from": "2027-01-01", "limit": 5}],
            ),
            (
                "sale.order.line",
                line.ids,
                "mto_customise",
                [
                    [
                        {"type": "set_quantity", "key": lens, "quantity": 3},
                        {
                            "type": "replace",
                            "key": lens,
                            "product_id": self.tube.id,
                            "quantity": 1,
                        },
                        {
                            "type": "set_operation",
                            "key": work,
                            "minutes": 5,
                            "workcenter_id": self.bending.id,
                        },
                        {"type": "note", "key": work, "text": "Mind the gap"},
                        {
                            "type": "attach",
                            "key": lens,
                            "name": "a.txt",
                            "data": "aGVsbG8=",
                        },
                    ]
                ],
            ),
            ("sale.order.line", line.ids, "mto_take_structure_from", [done.id]),
            ("sale.order.line", line.ids, "mto_reset_structure", []),
            ("sale.order.line", line.ids, "mto_refresh_structure", []),
            ("sale.order.line", done.ids, "mto_preview_change", [change]),
            ("sale.order.line", done.ids, "mto_apply_change", [change]),
            (
                "sale.order.line",
                done.ids,
                "mto_apply_change",
                [
                    {
                        "requested_date": "2027-04-01 12:00:00",
                        "priority": "1",
                        "structure": [
                            {"type": "set_quantity", "key": glass, "quantity": 3}
                        ],
                        "kept": [
                            {"model": "mrp.production", "id": 1, "choice": "stock"}
                        ],
                        "go_first": True,
                    }
                ],
            ),
        ]

    # Making calls bad

    def _mutate(self, chance, arguments):
        """A copy in which something is another thing."""
        arguments = copy.deepcopy(arguments)
        for _ in range(chance.choice((1, 1, 2))):
            self._replace(chance, arguments)
        if chance.random() < 0.1:
            arguments.append(chance.choice(ODDITIES))
        return arguments

    def _replace(self, chance, arguments):
        places = list(self._get_places(arguments))
        if not places:
            return
        holder, key = chance.choice(places)
        kind = chance.random()
        if isinstance(holder, dict) and kind < 0.1:
            del holder[key]
        elif isinstance(holder, dict) and kind < 0.2:
            holder[str(chance.choice(ODDITIES))[:50]] = chance.choice(ODDITIES)
        elif isinstance(holder, list) and kind < 0.1:
            holder.extend([copy.deepcopy(holder[key])] * chance.choice((1, 300)))
        else:
            holder[key] = copy.deepcopy(chance.choice(ODDITIES))

    def _get_places(self, value):
        """All ``(dictionary or list, key)`` below a value."""
        if isinstance(value, dict):
            keys = list(value)
        elif isinstance(value, list):
            keys = range(len(value))
        else:
            return
        for key in keys:
            yield value, key
            yield from self._get_places(value[key])

    # Asking

    def _ask(self, model, ids, method, arguments, user):
        """As the web client and RPC do; what is answered must go over the wire."""
        args = arguments if ids is None else [ids, *arguments]
        answer = call_kw(self.env(user=user)[model], method, args, {})
        self.env.flush_all()
        return json.loads(json.dumps(answer))

    def _check_call(self, model, ids, method, arguments, user):
        savepoint = self.env.cr.savepoint(flush=False)
        with closing(savepoint):
            try:
                self._ask(model, ids, method, arguments, user)
            except UserError as error:
                self.assertTrue(str(error).strip(), "an error says what is wrong")
                self.assertNotIn("Traceback", str(error))
                self.assertLess(len(str(error)), 2000)
            except TypeError as error:
                # More or fewer arguments than there are: core's own.
                if "positional argument" not in str(error):
                    raise
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def test_good_calls_are_good(self):
        """What is made bad below is good: else nothing is tried but the door."""
        for model, ids, method, arguments in self._get_calls():
            if method == "act" or "kept" in str(arguments):
                # Nothing to do, and nothing kept, in a plan that holds.
                continue
            with self.subTest(method=method):
                savepoint = self.env.cr.savepoint(flush=False)
                try:
                    answer = self._ask(model, ids, method, arguments, self.boss)
                    self.assertIsNotNone(answer, "XML-RPC cannot carry it")
                finally:
                    savepoint.close(rollback=True)
                    self.env.invalidate_all()

    @mute_logger("odoo.sql_db")
    def test_bad_calls_are_named(self):
        calls = self._get_calls()
        for number, (model, ids, method, arguments) in enumerate(calls):
            for count in range(ROUNDS):
                chance = random.Random(f"{SEED}-{number}-{count}")
                bad = self._mutate(chance, arguments)
                user = chance.choice((self.boss, self.salesperson, self.planner))
                with self.subTest(
                    f"{model}.{method} {SEED}-{number}-{count}",
                    arguments=repr(bad)[:300],
                    user=user.login,
                ):
                    self._check_call(model, ids, method, bad, user)
