import inspect
from pathlib import Path
from xmlrpc.client import Fault

from lxml import etree
from psycopg2 import IntegrityError

from odoo import http, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from . import rights_table as table
from .common_rpc import MtoRpcCase

OURS = "odoo.addons.mto_planning."
ACCESS_ERROR = 4
NOT_THERE = 2**31 - 2
# Of a line of a quotation.
QUOTED = {
    ("sale.order.line", name)
    for name in (
        "mto_customise",
        "mto_find_earlier",
        "mto_find_options",
        "mto_get_structure",
        "mto_refresh_structure",
        "mto_reset_structure",
        "mto_split",
        "mto_take_structure_from",
    )
}
# Whose calls are made through HTTP; those of the others where all doors of programs
# end, which is the same code, and faster.
BY_HTTP = ("salesperson", "colleague")
# Who may read none of the records.
BLIND = {*table.NOT_THEIRS, "vendor", "employee", "buyer", "administrator"}
# Allowed, but there is nothing to do here: what they do is tested where it belongs.
NOTHING_TO_DO = {
    ("sale.order", "action_mto_accept_new_date"): "was told no new date",
    ("sale.order", "action_mto_deliver_part"): "asks for first lies ready",
    ("sale.order", "action_mto_tell_customer"): "there is no new date",
    ("mto.change", "action_undo"): "no change to take back",
    ("mto.time", "action_put_back"): "nothing was taken over",
    ("mto.promote", "action_promote"): "Choose at least one level",
    ("mto.check", "action_repair"): "“check” must be one of",
}


class RightsCase(MtoRpcCase):
    """One user of each role of the table, and a record of each kind to attack."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp.list_price = 100
        cls.other = cls.env["res.company"].create({"name": "Other lamps"})
        cls.users = {}
        for role, (_title, groups) in table.ROLES.items():
            cls.users[role] = cls._make_user(role, groups)
        cls._make_records()
        cls.env.flush_all()

    @classmethod
    def _make_user(cls, role, groups):
        if not groups:
            return cls.env.ref("base.public_user")
        values = {}
        if role == "customer":
            values["partner_id"] = cls.customer.id
        if role == "vendor":
            values["partner_id"] = cls.vendor.id
        if role == "stranger":
            values.update(
                company_id=cls.other.id, company_ids=[Command.set(cls.other.ids)]
            )
        return new_test_user(cls.env, f"mto_role_{role}", groups=groups, **values)

    @classmethod
    def _make_records(cls):
        owner = cls.users["salesperson"]
        cls.project = cls.env["mto.project"].create(
            {"name": "Lobby", "partner_id": cls.customer.id, "user_id": owner.id}
        )
        screw = cls._make_bought("Screw", 10, on_order=False)
        cls._make_stock(screw, 10)
        cls.lamp.bom_ids.bom_line_ids = [
            Command.create({"product_id": screw.id, "product_qty": 1})
        ]

        def make_order(**values):
            return cls._make_order((cls.lamp, 1), user_id=owner.id, **values)

        cls.quotation = make_order(mto_project_id=cls.project.id)
        cls.quotation.mto_compute_promise()
        cls.held = make_order()
        cls.held.mto_hold(cls._at(cls, 3, 8))
        (cls.quotation + cls.held).state = "sent"
        cls.order = make_order(mto_project_id=cls.project.id)
        cls.order.action_confirm()
        cls.line, cls.quoted = cls.order.order_line, cls.quotation.order_line
        cls.purchase = cls.line.mto_purchase_line_ids.order_id[:1]
        cls.purchase.button_confirm()
        bom = cls.line.mto_bom_ids._mto_get_tops()
        held = cls.held.order_line.mto_promise_id
        notice = cls.env["mto.notice"].create(
            {
                "order_id": cls.order.id,
                "row_ids": [
                    Command.create(
                        {
                            "line_id": cls.line.id,
                            "promised_date": cls._at(cls, 7, 8),
                            "expected_date": cls._at(cls, 9, 8),
                        }
                    )
                ],
            }
        )
        scenario = cls.env["mto.scenario"].create(
            {
                "name": "The assembly stops",
                "change_ids": [
                    Command.create(
                        {
                            "kind": "closed",
                            "workcenter_id": cls.assembly.id,
                            "date_from": cls._at(cls, 0, 8),
                            "date_to": cls._at(cls, 20, 8),
                        }
                    )
                ],
            }
        )
        scenario.action_compute()
        operation = cls.lamp.bom_ids.filtered(
            lambda bom: not bom.mto_is_order_bom
        ).operation_ids
        work, vendor = cls.env["mto.time"].create(
            [
                {
                    "company_id": cls.env.company.id,
                    "kind": "work",
                    "operation_id": operation.id,
                    "workcenter_id": operation.workcenter_id.id,
                    "bom_id": operation.bom_id.id,
                    "product_tmpl_id": cls.lamp.product_tmpl_id.id,
                    "measured": [90] * 6,
                },
                {
                    "company_id": cls.env.company.id,
                    "kind": "vendor",
                    "supplierinfo_id": screw.seller_ids.id,
                    "partner_id": cls.vendor.id,
                    "product_tmpl_id": screw.product_tmpl_id.id,
                    "measured": [12] * 6,
                },
            ]
        )
        cls.work_time = work
        cls.records = {
            "mto.time": vendor,
            "mto.attention": cls.env["mto.attention"]._get_of(cls.line),
            "mto.document": cls.env["mto.document"].create(
                {"name": "Drawing", "bom_id": bom.id, "datas": b"UERG"}
            ),
            "mto.notice": notice,
            "mto.notice.row": notice.row_ids,
            "mto.overtime": cls.env["mto.overtime"].create(
                {
                    "workcenter_id": cls.bending.id,
                    "date_from": cls._at(cls, 40, 8),
                    "date_to": cls._at(cls, 40, 9),
                }
            ),
            "mto.project": cls.project,
            "mto.promise": cls.line.mto_promise_id,
            "mto.promise.part": held.part_ids[:1],
            "mto.promise.slot": held.slot_ids[:1],
            "mto.safety": cls.env["mto.safety"].create(
                {"company_id": cls.env.company.id, "kind": "company"}
            ),
            "mto.scenario": scenario,
            "mto.scenario.change": scenario.change_ids,
            "mto.scenario.impact": scenario.impact_ids[:1],
            "mto.snapshot": cls.env["mto.snapshot"].create(
                {
                    "line_id": cls.line.id,
                    "company_id": cls.env.company.id,
                    "date": "2027-02-26",
                    "risk": "late",
                    "since": "2027-02-26",
                }
            ),
        }


def find_own_methods(model):
    """``(name, whether core has it)`` of the public methods of a model in our code."""
    for name, method in inspect.getmembers(model, inspect.isfunction):
        if name.startswith("_") or not method.__module__.startswith(OURS):
            continue
        if getattr(method, "_api_private", False):
            continue
        bases = [base for base in model.mro() if base is not model]
        yield (
            name,
            any(
                name in vars(base)
                for base in bases
                if not base.__module__.startswith((OURS, "odoo.api"))
            ),
        )


@tagged("post_install", "-at_install", "mto_slow")
class TestRightsTable(RightsCase):
    """Each cell of the table, through the doors that programs and browsers use."""

    def setUp(self):
        super().setUp()
        for role in (*BY_HTTP, "other_customer"):
            self._key_of(self.users[role])

    # Nothing is forgotten

    def _check_complete(self, what, found, known):
        self.assertFalse(
            set(found) - set(known), f"{what} that rights_table.py does not know"
        )
        self.assertFalse(set(known) - set(found), f"{what} that are not there any more")

    def _find_ours(self, model):
        """``{name: record}`` of the records of a model that the add-on brings."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "mto_planning"), ("model", "=", model)]
        )
        return {row.name: self.env[model].browse(row.res_id) for row in data}

    def test_all_models_are_in_the_table(self):
        ours = {
            name: model
            for name, model in self.registry.items()
            if model._original_module == "mto_planning"
        }
        stored = {name for name, model in ours.items() if not model._abstract}
        self._check_complete("Models", stored, table.MODELS)
        self._check_complete("Abstract models", set(ours) - stored, table.ABSTRACT)

    def test_all_methods_are_in_the_table(self):
        own, extended = set(), set()
        for name, model in self.registry.items():
            is_ours = model._original_module == "mto_planning"
            for method, from_core in find_own_methods(model):
                # Of our models, core's ways in are those of the models' cells.
                if from_core and method not in ("load",):
                    extended |= set() if is_ours else {(name, method)}
                else:
                    own.add((name, method))
        self._check_complete("Methods", own, _flatten(table.METHODS))
        self._check_complete("Methods of core", extended, _flatten(table.CORE_METHODS))

    def test_all_fields_are_in_the_table(self):
        found = {
            (name, field)
            for name, model in self.registry.items()
            if model._original_module != "mto_planning" and not model._abstract
            # As their companies'.
            if name != "res.config.settings"
            for field, definition in model._fields.items()
            if field.startswith("mto_") and definition._module == "mto_planning"
        }
        known = {
            (name, field)
            for name, audiences in table.FIELDS.items()
            for fields in audiences.values()
            for field in fields
        }
        self._check_complete("Fields", found, known)

    def test_all_routes_and_actions_are_in_the_table(self):
        routes = {
            url
            for url, endpoint in http._generate_routing_rules(
                sorted(self.registry._init_modules), nodb_only=False
            )
            if endpoint.func.__module__.startswith(OURS)
        }
        self._check_complete("Routes", routes, table.ROUTES)
        reports = self._find_ours("ir.actions.report")
        names = [name.removeprefix("action_") for name in reports]
        self._check_complete("Reports", names, table.REPORTS)
        actions = self._find_ours("ir.actions.server")
        manual = {name for name in actions if not name.startswith("ir_cron_")}
        self._check_complete("Actions", manual, table.ACTIONS)
        self._check_complete("Menus", self._find_ours("ir.ui.menu"), table.MENUS)

    def test_the_page_for_administrators_is_made_from_the_table(self):
        page = Path(__file__).parents[2] / "docs" / "rights.md"
        if not page.exists():
            self.skipTest("Installed without the documentation.")
        self.assertEqual(page.read_text(encoding="utf-8"), table.as_markdown())

    def test_buttons_that_are_seen_may_be_pressed(self):
        """All of our views, and only by those who may do what they do."""
        pressed = set()
        for name, view in self._find_ours("ir.ui.view").items():
            if not view.model:
                continue
            for button in etree.fromstring(view.arch_db.encode()).iter("button"):
                key, groups = (view.model, button.get("name")), button.get("groups")
                own = dict(find_own_methods(self.registry[view.model]))
                if button.get("type") != "object" or own.get(key[1]) is not False:
                    continue
                pressed.add(key)
                allowed = table.METHODS[key[0]][key[1]]
                for role, user in self.users.items():
                    if not groups or role in {"public", *table.NOT_THEIRS}:
                        continue
                    if not user.has_groups(groups) or role in allowed:
                        continue
                    with self.subTest(view=name, button=key, role=role):
                        # Who cannot open the form sees no button.
                        self.assertFalse(self._may_open(role, view.model))
        self.assertIn(("sale.order", "action_mto_hold"), pressed)

    def _may_open(self, role, model):
        return self.env[model].with_user(self.users[role]).has_access("read")

    # Calls

    def _try(self, role, model, method, *args, by_http=False):
        """What a call comes to; nothing of it stays.

        :param by_http: by XML-RPC; else where all doors of programs end.
        :return: ``(kind, message)``: kind is ``done``, ``access``, ``missing`` or
            ``refused`` (for another reason).
        """
        with self.env.cr.savepoint() as savepoint:
            self.env.invalidate_all()
            if by_http:
                result = self._try_by_http(role, model, method, *args)
            else:
                result = self._try_inside(role, model, method, *args)
            savepoint.rollback()
            self.env.invalidate_all()
        return result

    def _try_by_http(self, role, model, method, *args):
        try:
            answer = self._xmlrpc(self.users[role], model, method, *args)
        except Fault as fault:
            self.assertNotIn("Traceback", fault.faultString)
            return _kind_of(fault), fault.faultString
        return "done", str(answer)

    def _try_inside(self, role, model, method, *args):
        # Without what the test's own context says.
        env = self.env(user=self.users[role], context={})
        records = env[model]
        try:
            answer = call_kw(records, method, list(args), {})
            self.env.flush_all()
        except AccessError as error:
            return "access", str(error)
        except MissingError as error:
            return "missing", str(error)
        except (UserError, IntegrityError) as error:
            # A dialog without what it is about.
            return "refused", str(error)
        return "done", str(answer)

    def _check_told_nothing(self, role, message):
        """Of the order, its customer and its installation nothing is said."""
        if role not in BLIND:
            return
        for secret in (self.order.name, self.quotation.name, self.held.name, "Lobby"):
            self.assertNotIn(secret, message)
        self.assertNotIn(self.customer.name, message)

    def test_models(self):
        roles = [role for role in table.ROLES if role != "public"]
        for model, (scope, cells) in table.MODELS.items():
            record = self.records.get(model)
            for role in roles:
                letters = cells.get(role, "")
                for letter, call in (
                    ("r", ("search_read", [], ["id"])),
                    ("c", ("create", [{}])),
                ):
                    with self.subTest(model=model, role=role, operation=letter):
                        kind, message = self._try(
                            role, model, *call, by_http=role == "colleague"
                        )
                        self.assertEqual(kind != "access", letter in letters, message)
                        self._check_told_nothing(role, message)
                for letter, call in (
                    ("r", ("read", ["id"])),
                    ("w", ("write", {})),
                    ("u", ("unlink",)),
                ):
                    method, *args = call
                    if not record or (letter == "r" and not letters):
                        continue
                    is_own = role not in table.NOT_THEIRS or (
                        role == "colleague" and scope == "company"
                    )
                    may = letter in letters and is_own
                    # A project with orders is not deleted by anybody.
                    with self.subTest(model=model, role=role, record=letter):
                        kind, message = self._try(
                            role, model, method, record.ids, *args
                        )
                        self.assertEqual(kind == "done", may, message)
                        if not may:
                            self._check_told_nothing(role, message)

    def test_records_of_others_are_not_found(self):
        for model, record in self.records.items():
            scope, cells = table.MODELS[model]
            for role in ("colleague", "stranger"):
                if role not in cells or (role == "colleague" and scope == "company"):
                    continue
                with self.subTest(model=model, role=role):
                    user = self.users[role]
                    found = self.env[model].with_user(user).search([])
                    self.assertNotIn(record.id, found.ids)

    def test_methods(self):
        for (model, method), call in self._get_calls().items():
            allowed = table.METHODS[model][method]
            for role in table.ROLES:
                if role == "public":
                    continue
                with self.subTest(model=model, method=method, role=role):
                    kind, message = self._call(role, model, method, *call)
                    if role in allowed:
                        self._check_done(model, method, kind, message)
                    else:
                        self._check_refused(role, model, kind, message)
                        self._check_hidden(role, model, method, call, message)

    def _check_done(self, model, method, kind, message):
        if (model, method) in NOTHING_TO_DO:
            self.assertEqual(kind, "refused", message)
            self.assertIn(NOTHING_TO_DO[model, method], message)
        else:
            self.assertEqual(kind, "done", message)

    def _check_refused(self, role, model, kind, message):
        if kind == "refused":
            # Named by an id in a dictionary, or a dialog of somebody else.
            self.assertTrue(model in ("mto.planner", "mto.replan", "mto.promote"))
        else:
            self.assertIn(kind, ("access", "missing"), message)
        self._check_told_nothing(role, message)

    def _check_hidden(self, role, model, method, call, message):
        """What is not his is answered like what is not there, also by JSON-2."""
        record, args = call
        if role not in table.NOT_THEIRS or not isinstance(record, models.BaseModel):
            return
        if model in ("mto.safety", "mrp.production") or method == "action_learn":
            # Not of one order; and in core salespeople read all manufacturing.
            return
        _kind, absent = self._try(role, model, method, [NOT_THERE], *args)
        self.assertEqual(
            message.replace(str(record.id), "N"), absent.replace(str(NOT_THERE), "N")
        )
        user = self.users[role]
        if not args and role != "stranger":
            answers = [
                self._json2(user, model, method, {"ids": [one]})
                for one in (record.id, NOT_THERE)
            ]
            self.assertEqual(answers[0].status_code, answers[1].status_code)
            self.assertIn(answers[0].status_code, (403, 404))
            self._check_told_nothing(role, answers[0].json()["message"])

    def _call(self, role, model, method, record, args):
        by_http = role in BY_HTTP
        if record is None:
            return self._try(role, model, method, *args, by_http=by_http)
        if isinstance(record, models.BaseModel):
            return self._try(role, model, method, record.ids, *args, by_http=by_http)
        with self.env.cr.savepoint() as savepoint:
            dialog = self._make_dialog(role, model, record)
            if method == "action_apply":
                dialog.action_preview()
            self.env.flush_all()
            result = self._try(role, model, method, dialog.ids, *args, by_http=by_http)
            savepoint.rollback()
            self.env.invalidate_all()
        return result

    def _make_dialog(self, role, model, values):
        """The role's own if it may have one on that record, else somebody's."""
        allowed = next(
            allowed for method, allowed in table.METHODS[model].items() if allowed
        )
        owner = self.users[role if role in allowed else allowed[0]]
        if model == "mto.check.problem":
            check = self.env["mto.check"].with_user(owner).create({})
            values = {**values, "check_id": check.id}
        return self.env[model].with_user(owner).create(values)

    def _get_calls(self):
        """``{(model, method): (record or values of a dialog, further arguments)}``."""
        calls = {
            ("mto.planner", "quote"): (
                None,
                [[{"product_id": self.lamp.id, "quantity": 1}]],
            ),
            ("mto.planner", "load"): (None, []),
            ("mto.planner", "load_details"): (
                None,
                [self.assembly.id, str(self._at(0, 8)), str(self._at(20, 8))],
            ),
            ("mto.planner", "replan"): (None, [{"dry_run": True}]),
            ("mto.planner", "check_consistency"): (None, []),
            ("mto.planner", "repair_consistency"): (None, ["hold"]),
            ("mto.today", "get"): (None, []),
            ("mto.today", "take"): (None, [self.line.id]),
            ("mto.today", "snooze"): (None, [self.line.id, "2027-03-09"]),
            ("mto.today", "act"): (None, [self.line.id, "open_line"]),
            ("mto.check", "action_open"): (None, []),
            ("mto.time", "action_learn"): (self.records["mto.time"], []),
            ("mto.safety", "action_learn"): (self.records["mto.safety"], []),
        }
        top = self.line.mto_bom_ids._mto_get_tops()
        note = [
            {
                "type": "note",
                "key": self.line.mto_get_structure()["rows"][0]["key"],
                "text": "Blue",
            }
        ]
        arguments = {
            ("sale.order.line", "action_mto_change_structure"): [note],
            ("sale.order.line", "mto_preview_change"): [{"product_uom_qty": 2}],
            ("sale.order.line", "mto_apply_change"): [{"product_uom_qty": 2}],
            ("sale.order.line", "mto_customise"): [[]],
            ("sale.order.line", "mto_split"): [[0.5, 0.5]],
            ("sale.order.line", "mto_take_structure_from"): [self.line.id],
        }
        records = {
            "sale.order": self.quotation,
            "sale.order.line": self.line,
            "mrp.bom": top,
            "mrp.production": self.line.mto_production_ids[:1],
            "mrp.workcenter": self.assembly,
            "mto.project": self.project,
            "mto.promise.held": self.env["mto.promise.held"].browse(1),
            "mto.promise.part": self.records["mto.promise.part"],
            "mto.promise.slot": self.records["mto.promise.slot"],
            "mto.scenario": self.records["mto.scenario"],
            "mto.scenario.impact": self.records["mto.scenario.impact"],
            "mto.change": {"line_id": self.line.id, "product_uom_qty": 2},
            "mto.check": {},
            "mto.check.problem": {"check": "hold", "text": "Odd", "res_ids": []},
            "mto.confirm": {"order_ids": [Command.set(self.quotation.ids)]},
            "mto.hold": {"order_id": self.quotation.id},
            "mto.promote": {"line_id": self.line.id},
            "mto.replan": {},
            "mto.take.over": {"time_ids": [Command.set(self.work_time.ids)]},
            "mto.time": self.work_time,
        }
        for model, methods in table.METHODS.items():
            for method in methods:
                key = (model, method)
                if key in calls:
                    continue
                record = records.get(model)
                if key in QUOTED:
                    record = self.quoted
                if "release_hold" in method:
                    record = self.held
                calls[key] = (record, arguments.get(key, []))
        return calls

    # Fields

    def test_fields(self):
        records = {
            "mrp.bom": self.line.mto_bom_ids[:1],
            "mrp.bom.line": self.line.mto_bom_ids.bom_line_ids[:1],
            "mrp.production": self.line.mto_production_ids[:1],
            "mrp.routing.workcenter": self.line.mto_bom_ids.operation_ids[:1],
            "mrp.workcenter": self.assembly,
            "mrp.workorder": self.line.mto_production_ids.workorder_ids[:1],
            "product.product": self.lamp,
            "product.template": self.lamp.product_tmpl_id,
            "purchase.order": self.purchase,
            "purchase.order.line": self.purchase.order_line[:1],
            "res.company": self.env.company,
            "res.users": None,
            "resource.calendar.leaves": self.held.order_line.mto_promise_id.slot_ids[
                :1
            ].leave_ids,
            "sale.order": self.order,
            "sale.order.line": self.line,
            "stock.move": self.line.move_ids[:1],
            "stock.picking": self.line.move_ids.picking_id[:1],
        }
        for model, audiences in table.FIELDS.items():
            for role in table.ROLES:
                if role == "public":
                    continue
                record = records[model] or self.users[role]
                with self.subTest(model=model, role=role):
                    self._check_fields(role, record, audiences)

    def _check_fields(self, role, record, audiences):
        if self._try(role, record._name, "read", record.ids, ["id"])[0] != "done":
            for names in audiences.values():
                kind, message = self._try(
                    role, record._name, "read", record.ids, [*names]
                )
                self.assertEqual(kind, "access", message)
                self._check_told_nothing(role, message)
            return
        for audience, names in audiences.items():
            may = role in table.AUDIENCES[audience]
            kind, message = self._try(role, record._name, "read", record.ids, [*names])
            self.assertEqual(kind == "done", may, message)
        told = record.with_user(self.users[role]).fields_get(attributes=["type"])
        for audience, names in audiences.items():
            for name in names:
                may = role in table.AUDIENCES[audience]
                self.assertEqual(name in told, may, name)

    # The browser's doors

    def _log_in(self, role, user):
        login = None if role == "public" else user.login
        self.authenticate(login, login)

    def test_menus(self):
        menus = self._find_ours("ir.ui.menu")
        for role, user in self.users.items():
            if not user._is_internal():
                continue
            seen = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for name, allowed in table.MENUS.items():
                with self.subTest(role=role, menu=name):
                    self.assertEqual(menus[name].id in seen, role in allowed)

    def test_reports(self):
        records = {
            "sale.order": self.order,
            "sale.order.line": self.line,
            "mto.project": self.project,
        }
        reports = self._find_ours("ir.actions.report")
        for role, user in self.users.items():
            self._log_in(role, user)
            for name, allowed in table.REPORTS.items():
                report = reports[f"action_{name}"]
                record = records[report.model]
                if role in allowed[2:]:
                    # A page takes time to be made: of those who may, two are enough.
                    continue
                with self.subTest(role=role, report=name):
                    answer = self.url_open(
                        f"/report/html/{report.report_name}/{record.id}"
                    )
                    is_shown = answer.status_code == 200 and "/web/login" not in (
                        answer.url
                    )
                    self.assertEqual(is_shown, role in allowed, answer.url)
                    if not is_shown:
                        self._check_told_nothing(role, answer.text)

    def test_drawings(self):
        """A file by its address: of an order's own, as the order."""
        document = self.records["mto.document"]
        _scope, cells = table.MODELS["mto.document"]
        for role, user in self.users.items():
            self._log_in(role, user)
            may = "r" in cells.get(role, "") and role not in table.NOT_THEIRS
            for address in (
                f"/web/content/{document.attachment_id.id}",
                f"/web/content/mto.document/{document.id}/datas",
            ):
                with self.subTest(role=role, address=address):
                    answer = self.url_open(address)
                    self.assertEqual(answer.status_code, 200 if may else 404)

    def test_routes(self):
        """Without both keys all are sent to the same place; answers need a form."""
        order, notice = self.order, self.records["mto.notice"]
        key = order._portal_ensure_token()
        self.env.flush_all()
        for role in ("customer", "other_customer", "vendor", "salesperson", "public"):
            user = self.users[role]
            self._log_in(role, user)
            if role in ("customer", "salesperson"):
                continue
            for path in table.ROUTES:
                is_post = path.endswith(("accept", "partial"))
                ends = set()
                for order_id in (order.id, NOT_THERE):
                    url = path.replace("<int:order_id>", str(order_id))
                    url = url.replace("<string:token>", notice.sudo().token)
                    data = (
                        {"csrf_token": http.Request.csrf_token(self)}
                        if is_post
                        else None
                    )
                    ends.add(self.url_open(url, data).url.split("?")[0])
                with self.subTest(role=role, path=path):
                    self.assertEqual(len(ends), 1)
                    self.assertNotIn(str(order.id), ends.pop())
        self.assertEqual(notice.state, "draft")
        self.assertTrue(key)


def _flatten(methods):
    return {(model, name) for model, names in methods.items() for name in names}


def _kind_of(fault):
    if fault.faultCode == ACCESS_ERROR:
        return "access"
    hidden = "for you" in fault.faultString or "does not exist" in fault.faultString
    return "missing" if hidden else "refused"
