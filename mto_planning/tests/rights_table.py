"""Who may do what: the table that ``test_rights_table.py`` attacks, cell by cell.

What is new and not in here fails the test, which names it. ``docs/rights.md`` is made
from it: ``python3 mto_planning/tests/rights_table.py > docs/rights.md``.
"""

# Name: what it is called, the groups, whose the records are for whom.
ROLES = {
    "public": ("Nobody (not logged in)", None),
    "customer": ("Customer, own order", "base.group_portal"),
    "other_customer": ("Customer, other's order", "base.group_portal"),
    "vendor": ("Vendor", "base.group_portal"),
    "employee": ("Employee", "base.group_user"),
    "salesperson": ("Salesperson, own order", "sales_team.group_sale_salesman"),
    "colleague": ("Salesperson, other's order", "sales_team.group_sale_salesman"),
    "leader": ("Sales: all documents", "sales_team.group_sale_salesman_all_leads"),
    "worker": ("Manufacturing: user", "mrp.group_mrp_user"),
    "engineer": ("Manufacturing: administrator", "mrp.group_mrp_manager"),
    "buyer": ("Purchase: user", "purchase.group_purchase_user"),
    "shipper": ("Inventory: user", "stock.group_stock_user"),
    "accountant": ("Invoicing", "account.group_account_invoice"),
    "administrator": ("Settings", "base.group_system"),
    "stranger": (
        "Second company (sales: all, manufacturing: administrator, purchase)",
        "sales_team.group_sale_salesman_all_leads,mrp.group_mrp_manager,"
        "purchase.group_purchase_user",
    ),
}
# Those who have the rights, but not to the record.
NOT_THEIRS = {"other_customer", "colleague", "stranger"}
NOBODY = ()
SALES = ("salesperson", "colleague", "leader", "stranger")
MAKING = ("worker", "engineer", "stranger")
INTERNAL = (
    "employee",
    *SALES,
    "worker",
    "engineer",
    "buyer",
    "shipper",
    "accountant",
    "administrator",
)

# Models of ours. Of each role: r(ead), w(rite), c(reate), u(nlink). ``scope``: whose
# records: all of the user's companies (“company”), of salespeople only those of their
# own orders (“own”), and everybody's own dialogs (“dialog”).
_LEDGER = dict.fromkeys((*SALES, "worker", "engineer"), "r")
_PLANNERS = dict.fromkeys(MAKING, "r")
_SALES_DIALOG = dict.fromkeys(SALES, "rwcu")
_PLANNING_DIALOG = dict.fromkeys(MAKING, "rwcu")
MODELS = {
    "mto.attention": ("company", _PLANNERS),
    "mto.change": ("dialog", {**_SALES_DIALOG, **_PLANNING_DIALOG}),
    "mto.change.row": ("dialog", {**_SALES_DIALOG, **_PLANNING_DIALOG}),
    "mto.check": ("dialog", {"administrator": "rwcu"}),
    "mto.check.problem": ("dialog", {"administrator": "rwcu"}),
    "mto.confirm": ("dialog", dict.fromkeys(INTERNAL, "rwcu")),
    "mto.document": (
        "own",
        {**dict.fromkeys((*SALES, "worker", "shipper"), "r")}
        | {"engineer": "ru", "stranger": "ru"},
    ),
    "mto.hold": ("dialog", _SALES_DIALOG),
    "mto.notice": ("own", _LEDGER),
    "mto.notice.row": ("own", _LEDGER),
    "mto.overtime": ("company", dict.fromkeys(MAKING, "rwcu")),
    "mto.project": (
        "own",
        {
            **dict.fromkeys(SALES, "rwc"),
            **dict.fromkeys(("worker", "engineer", "shipper", "accountant"), "r"),
        },
    ),
    "mto.promise": ("own", _LEDGER),
    "mto.promise.part": ("own", _LEDGER),
    "mto.promise.slot": ("own", _LEDGER),
    "mto.promote": ("dialog", dict.fromkeys(("engineer", "stranger"), "rwcu")),
    "mto.promote.level": ("dialog", dict.fromkeys(("engineer", "stranger"), "rwcu")),
    "mto.replan": ("dialog", _PLANNING_DIALOG),
    "mto.replan.impact": ("dialog", _PLANNING_DIALOG),
    "mto.safety": ("company", _LEDGER),
    "mto.scenario": ("company", dict.fromkeys(MAKING, "rwcu")),
    "mto.scenario.change": ("company", dict.fromkeys(MAKING, "rwcu")),
    "mto.scenario.impact": ("company", _PLANNERS),
    "mto.snapshot": ("company", _PLANNERS),
    "mto.take.over": (
        "dialog",
        {**_PLANNING_DIALOG, "buyer": "rwcu"},
    ),
    "mto.time": ("company", {**_PLANNERS, "buyer": "r"}),
}
# Models without a table: nothing but their methods below can be reached.
ABSTRACT = {
    "mto.bom.editor",
    "mto.bom.structure",
    "mto.changer",
    "mto.dialog",
    "mto.documented",
    "mto.dossier",
    "mto.morning",
    "mto.planner",
    "mto.progress",
    "mto.promise.held",
    "mto.replanning",
    "mto.shaper",
    "mto.shipment",
    "mto.timeline.print",
    "mto.today",
    "report.mto_planning.report_mto_build",
    "report.mto_planning.report_mto_dossier",
    "report.mto_planning.report_mto_dossier_line",
    "report.mto_planning.report_mto_timeline",
    "report.mto_planning.report_mto_timeline_line",
    "report.mto_planning.report_mto_timeline_project",
}

# Who may write orders in core: its groups give it to more than to sales.
_WRITERS = ("salesperson", "leader", "worker", "engineer", "shipper", "accountant")
_EDITORS = ("salesperson", "leader", "worker", "engineer")
_PLANNING = ("worker", "engineer")

# What programs may call, and buttons, and who may on a record of the salesperson. All
# others are refused; those to whom it does not belong as if it was not there.
METHODS = {
    "mto.planner": {
        "check_consistency": ("administrator",),
        "load": MAKING,
        "load_details": _PLANNING,
        "quote": (*SALES, *_PLANNING),
        "repair_consistency": ("administrator",),
        "replan": MAKING,
    },
    "mto.today": {
        "act": _EDITORS,
        "get": (*SALES, *_PLANNING, "buyer"),
        "snooze": _EDITORS,
        "take": _EDITORS,
    },
    "mto.project": {
        "action_compute_promise": ("salesperson", "leader"),
        "action_new_quotation": _WRITERS,
        "action_view_lines": _WRITERS,
        "action_view_orders": _WRITERS,
        "action_view_shipments": _WRITERS,
        "mto_compute_promise": ("salesperson", "leader"),
        "mto_progress_data": _WRITERS,
    },
    "mto.safety": {"action_learn": ("engineer", "stranger")},
    # On the time of an operation; of vendors' prices core's rights are asked.
    "mto.take.over": {"action_take_over": ("engineer",)},
    "mto.time": {
        "action_learn": (*MAKING, "buyer"),
        "action_put_back": ("engineer",),
        "action_take_over": ("engineer",),
        "action_view_lines": _PLANNING,
        "effect": _PLANNING,
        "take_over": ("engineer",),
    },
    "sale.order": {
        "action_mto_accept_new_date": _WRITERS,
        "action_mto_compute_promise": _WRITERS,
        "action_mto_deliver_part": _WRITERS,
        "action_mto_go_first": _WRITERS,
        "action_mto_hold": _WRITERS,
        "action_mto_release_hold": _WRITERS,
        "action_mto_show_load": _PLANNING,
        "action_mto_tell_customer": _WRITERS,
        "action_mto_view_boms": ("salesperson", "leader", *_PLANNING, "shipper"),
        "action_mto_view_lines": (*_WRITERS, "customer"),
        "action_mto_view_productions": (
            "salesperson",
            "leader",
            *_PLANNING,
            "shipper",
        ),
        "action_mto_view_project": _WRITERS,
        # Who may read orders and purchases; no role alone may both.
        "action_mto_view_purchases": NOBODY,
        "mto_compute_promise": _WRITERS,
        "mto_hold": _WRITERS,
        "mto_progress_data": _WRITERS,
        "mto_release_hold": _WRITERS,
    },
    "sale.order.line": {
        "action_mto_change": _WRITERS,
        "action_mto_change_structure": _PLANNING,
        "action_mto_explain": _WRITERS,
        "action_mto_open": (*_WRITERS, "customer"),
        "action_mto_view_project": _WRITERS,
        "mto_apply_change": _WRITERS,
        "mto_customise": _EDITORS,
        "mto_find_earlier": _WRITERS,
        "mto_find_options": _WRITERS,
        "mto_get_structure": _WRITERS,
        "mto_preview_change": _WRITERS,
        "mto_refresh_structure": _EDITORS,
        "mto_reset_structure": _EDITORS,
        "mto_split": ("salesperson", "leader"),
        "mto_take_structure_from": _EDITORS,
    },
    "mrp.bom": {
        "action_mto_open_promote": ("engineer",),
        "action_mto_promote": ("engineer",),
    },
    "mrp.production": {
        "action_view_mto_line": ("salesperson", "leader", *_PLANNING, "shipper"),
    },
    "mto.change": {
        "action_apply": _EDITORS,
        "action_preview": _EDITORS,
        "action_undo": _EDITORS,
    },
    "mto.check": dict.fromkeys(
        ("action_check", "action_open", "action_repair"), ("administrator",)
    ),
    "mto.check.problem": dict.fromkeys(
        ("action_preview", "action_view_records"), ("administrator",)
    ),
    "mto.confirm": {"action_confirm": _WRITERS},
    "mto.hold": {"action_hold": ("salesperson", "leader")},
    # What the next two share; without a table there is nothing to open.
    "mto.promise.held": {"action_open": NOBODY},
    "mto.promise.part": {"action_open": _EDITORS},
    "mto.promise.slot": {"action_open": _EDITORS},
    "mto.promote": {"action_promote": ("engineer",)},
    "mto.replan": {"action_apply": _PLANNING, "action_preview": _PLANNING},
    "mto.scenario": {"action_apply": _PLANNING, "action_compute": _PLANNING},
    "mto.scenario.impact": {"action_mto_open": _PLANNING},
    "mrp.workcenter": {
        "action_mto_view_overtime": _PLANNING,
        "action_mto_what_if": _PLANNING,
    },
}
# Methods of core that the add-on extends: who may is core's business, and what they
# do with more rights is told where they do it.
CORE_METHODS = {
    "change.production.qty": {"change_prod_qty"},
    "mrp.bom.line": {"unlink"},
    "mrp.production": {
        "action_merge",
        "button_plan",
        "create",
        "message_post_with_source",
    },
    "mrp.workcenter": {"write"},
    "mrp.workcenter.productivity": {"create", "unlink", "write"},
    "mrp.workorder": {"write"},
    "purchase.order": {"action_merge", "button_approve"},
    "res.company": {"write"},
    "resource.calendar": {"write"},
    "resource.calendar.attendance": {"create", "unlink", "write"},
    "resource.calendar.leaves": {"create", "unlink", "write"},
    "sale.order": {
        "action_confirm",
        "action_draft",
        "action_view_delivery",
        "get_view",
        "create",
        "message_post",
        "unlink",
        "write",
    },
    "sale.order.line": {"copy_data", "create", "unlink", "write"},
    "stock.move": {"create"},
}

# Fields of ours on core's models: who may read them, of those who may the record.
AUDIENCES = {
    "readers": tuple(role for role in ROLES if role != "public"),
    "employees": INTERNAL,
    "sales and manufacturing": (*SALES, *_PLANNING),
    "sales, manufacturing and inventory": (*SALES, *_PLANNING, "shipper"),
    "manufacturing": MAKING,
    "purchase": ("buyer", "stranger"),
}
FIELDS = {
    "mrp.bom": {
        "readers": [
            "mto_base",
            "mto_date_finished",
            "mto_date_start",
            "mto_digest",
            "mto_is_done",
            "mto_documents",
            "mto_is_order_bom",
            "mto_kit_line_id",
            "mto_note",
            "mto_parent_line_id",
            "mto_parent_line_ids",
            "mto_template_bom_id",
        ],
        "employees": ["mto_line_id", "mto_order_id"],
        "sales, manufacturing and inventory": ["mto_document_ids"],
    },
    "mrp.bom.line": {
        "readers": [
            "mto_child_bom_id",
            "mto_chosen_bom_id",
            "mto_documents",
            "mto_origin",
            "mto_source",
            "mto_supply",
        ],
        "sales, manufacturing and inventory": ["mto_document_ids"],
    },
    "mrp.production": {
        "readers": [
            "mto_documents",
            "mto_note",
        ],
        "employees": ["mto_line_id", "mto_need_date", "mto_order_id"],
    },
    "mrp.routing.workcenter": {
        "readers": [
            "mto_documents",
            "mto_note",
            "mto_origin",
            "mto_template_operation_id",
        ],
        "sales, manufacturing and inventory": ["mto_document_ids"],
    },
    "mrp.workcenter": {
        "readers": ["mto_back_on", "mto_machines"],
    },
    "mrp.workorder": {
        "readers": [
            "mto_documents",
            "mto_line_id",
            "mto_need_date",
            "mto_note",
            "mto_order_id",
            "mto_order_note",
        ],
        "manufacturing": ["mto_actual_cost"],
    },
    "product.template": {
        "employees": ["mto_netting"],
    },
    "purchase.order": {"employees": ["mto_is_for_orders"]},
    "purchase.order.line": {
        "employees": [
            "mto_is_late",
            "mto_is_received",
            "mto_is_urgent",
            "mto_lead_start",
            "mto_line_id",
            "mto_need_date",
            "mto_order_by",
            "mto_order_id",
        ],
    },
    "res.company": {
        "employees": [
            "mto_frozen_days",
            "mto_hold_days",
            "mto_netting",
            "mto_notice",
            "mto_notice_days",
            "mto_plan_early",
            "mto_plan_version",
            "mto_safety_days",
            "mto_service_level",
            "mto_target_margin",
        ],
    },
    "res.users": {
        "readers": ["mto_morning_message", "mto_morning_sent"],
    },
    "resource.calendar.leaves": {
        "readers": ["mto_slot_id"],
    },
    "sale.order": {
        "readers": [
            "mto_hold_until",
            "mto_is_made_to_order",
            "mto_progress",
            "mto_projected_date",
            "mto_promise_date",
            "mto_promise_state",
            "mto_risk",
            "mto_stage",
        ],
        "employees": [
            "mto_bom_count",
            "mto_can_accept",
            "mto_can_deliver_part",
            "mto_can_tell",
            "mto_commercial_partner_id",
            "mto_notice_text",
            "mto_part_text",
            "mto_production_count",
            "mto_project_id",
            "mto_purchase_count",
            "mto_reason",
        ],
        "sales and manufacturing": ["mto_notice_ids"],
    },
    "sale.order.line": {
        "readers": [
            "mto_color",
            "mto_currency_id",
            "mto_first_promise_date",
            "mto_is_made_to_order",
            "mto_partner_id",
            "mto_progress",
            "mto_projected_date",
            "mto_promise_date",
            "mto_promise_id",
            "mto_promise_state",
            "mto_requested_date",
            "mto_risk",
            "mto_stage",
        ],
        "employees": [
            "mto_bom_id",
            "mto_build",
            "mto_cause",
            "mto_cause_expected",
            "mto_cause_id",
            "mto_cause_model",
            "mto_cause_name",
            "mto_cause_needed",
            "mto_hindered_by_id",
            "mto_like_line_id",
            "mto_own_date",
            "mto_own_risk",
            "mto_own_trouble",
            "mto_planned_date",
            "mto_planned_hours",
            "mto_project_id",
            "mto_promise_steps",
            "mto_promise_text",
            "mto_ready_date",
            "mto_safety_days",
            "mto_slack_hours",
            "mto_told_late_date",
            "mto_trouble",
            "mto_undo",
            "mto_waits_for_line_id",
        ],
        "sales and manufacturing": ["mto_notice_row_ids", "mto_promise_ids"],
        "sales, manufacturing and inventory": [
            "mto_bom_ids",
            "mto_move_ids",
            "mto_production_ids",
        ],
        "manufacturing": [
            "mto_actual_cost",
            "mto_cost_difference",
            "mto_estimated_cost",
        ],
        "purchase": ["mto_purchase_line_ids"],
    },
    "stock.move": {
        "readers": ["mto_supply"],
        "employees": ["mto_line_id"],
    },
    "stock.picking": {
        "employees": ["mto_project_id"],
    },
}

# Routes: who gets an answer. The rest is sent away, to the same place for an order that
# is not there, that is not his, and a key that is wrong.
ROUTES = {
    "/my/orders/<int:order_id>/new-date/<string:token>": ("public", "customer"),
    "/my/orders/<int:order_id>/new-date/<string:token>/accept": ("public", "customer"),
    "/my/orders/<int:order_id>/new-date/<string:token>/partial": ("public", "customer"),
}
# What is printed of an own order, an own line, an own installation.
REPORTS = {
    "report_mto_build": _WRITERS,
    "report_mto_dossier": ("salesperson", "leader", "worker", "engineer"),
    "report_mto_dossier_line": ("salesperson", "leader", "worker", "engineer"),
    "report_mto_timeline": _WRITERS,
    "report_mto_timeline_line": _WRITERS,
    "report_mto_timeline_project": _WRITERS,
}
# Server actions that people start; the jobs (``ir_cron_…``) are the administrator's.
ACTIONS = {
    "action_mto_check": ("administrator",),
    "action_mto_load_quotations": _PLANNING,
}
_APP = (*SALES, "worker", "engineer", "buyer")
_BOTH = (*SALES, "worker", "engineer")
MENUS = {
    "menu_mto_root": (*_APP, "administrator"),
    "menu_mto_today": _APP,
    "menu_mto_lines": _BOTH,
    "menu_mto_projects": _BOTH,
    "menu_mto_quotations": SALES,
    "menu_mto_workorders": MAKING,
    "menu_mto_load": MAKING,
    "menu_mto_plan": MAKING,
    "menu_mto_replan": MAKING,
    "menu_mto_scenarios": MAKING,
    "menu_mto_purchases": ("buyer", "stranger"),
    "menu_mto_order_boms": MAKING,
    "menu_mto_ledger": _APP,
    "menu_mto_times": (*MAKING, "buyer"),
    "menu_mto_promises": _BOTH,
    "menu_mto_punctuality": _BOTH,
    "menu_mto_held": _BOTH,
    "menu_mto_promise_slots": _BOTH,
    "menu_mto_promise_parts": _BOTH,
    "menu_mto_configuration": ("engineer", "stranger", "administrator"),
    "menu_mto_settings": ("administrator",),
    "menu_mto_safeties": ("engineer", "stranger"),
    "menu_mto_overtime": MAKING,
    "menu_mto_check": ("administrator",),
}


# The same for people

INTRODUCTION = """\
# Rights

Who may do what with MTO Planning, for administrators. This page is made from the
table that the tests attack cell by cell (`mto_planning/tests/rights_table.py`): what
stands here works, and all else is refused.

- **A role is a group of Odoo.** Give people the groups of Sales, Manufacturing,
  Purchase and Inventory. Who has several may what each of them may. The add-on adds
  one, *Change the Work of an Order*, for engineers who are no administrators.
- **Orders are seen as in Sales.** “Own Documents Only” covers orders, promises,
  holds, notices, drawings and the bills of materials of orders. Of other orders such
  people get dates and reasons, never a name: “another order”.
- **What is not yours is not there.** Our methods answer the same, `MissingError`, for
  a record that somebody else has and for one that never was. (Core's own `read`,
  `write` and `unlink` say `AccessError` for the former, for all models of Odoo.)
- **Companies are apart.** Each plans with its own work centers, calendars, warehouses
  and currency; a branch is a company of its own. Who works for several sees those
  that are chosen at the top right.
- **Dialogs are for one user.** Nobody reads what a dialog has shown to somebody else.
- **Customers** read the date, stage, progress and risk of their own orders.
  **Vendors** read nothing of the orders that they deliver for.

What core lets people see stays so: salespeople read all manufacturing orders and
transfers (core's *Sales - Manufacturing* and *Sales - Stock* say so), whose *Source
Document* is the name of the order. Restrict these in core if orders are secrets.
"""
MARK = {True: "●", False: ""}
SHORT = {
    "public": "nobody",
    "customer": "customer",
    "other_customer": "other customer",
    "vendor": "vendor",
    "employee": "employee",
    "salesperson": "sales, own",
    "colleague": "sales, other's",
    "leader": "sales, all",
    "worker": "mfg. user",
    "engineer": "mfg. admin",
    "buyer": "purchase",
    "shipper": "inventory",
    "accountant": "invoicing",
    "administrator": "settings",
    "stranger": "2nd company",
}


def as_markdown():
    """``docs/rights.md``."""
    parts = [INTRODUCTION]
    parts += ["## Roles\n", "| column | who | groups |", "|---|---|---|"]
    parts += [
        f"| {SHORT[role]} | {title} | {(groups or '').replace(',', ', ')} |"
        for role, (title, groups) in ROLES.items()
    ]
    parts += [
        "\n“Sales, other's” and “other customer” have the rights, but the order is not "
        "theirs; “2nd company” has all of them, elsewhere. The engineer, who changes "
        "masters and operations, is “mfg. admin”.",
        "\n## Records\n",
        "r: read, w: write, c: create, d: delete. *Own*: of sales' own orders; "
        "*company*: of the user's companies; *dialog*: one's own.\n",
    ]
    used = [role for role in ROLES if any(role in row for _s, row in MODELS.values())]
    parts += _table(
        ("model", "whose"),
        used,
        [
            ((f"`{model}`", scope), lambda role, row=row: _letters(row.get(role, "")))
            for model, (scope, row) in MODELS.items()
        ],
    )
    for title, groups in (
        ("Methods and buttons", METHODS),
        ("Reports, actions, menus", {"": {**REPORTS, **ACTIONS, **MENUS}}),
    ):
        rows = [
            (f"`{f'{model}.{name}' if model else name}`", roles)
            for model, methods in groups.items()
            for name, roles in sorted(methods.items())
        ]
        used = [role for role in ROLES if any(role in roles for _n, roles in rows)]
        parts.append(f"\n## {title}\n")
        parts += _table(
            ("",),
            used,
            [
                ((name,), lambda role, roles=roles: MARK[role in roles])
                for name, roles in rows
            ],
        )
    parts += [
        "\nOn orders whoever may write them in core may plan them: also Inventory and "
        "Invoicing. `action_mto_view_purchases` needs Sales and Purchase at once.",
        "\n## Addresses\n",
        "The pages on which a customer answers a new date need the key of the order "
        "(or its customer's login) and that of the notice; without both everybody is "
        "sent to the same page. Answers are posted with a token of the session.\n",
        *(f"- `{route}`" for route in ROUTES),
        "\n## Fields on core's records\n",
        "Of those who may read the record:\n",
    ]
    for model, audiences in FIELDS.items():
        parts.append(f"- `{model}`")
        parts += [
            f"  - {audience}: " + ", ".join(f"`{name}`" for name in names)
            for audience, names in audiences.items()
        ]
    return "\n".join(parts) + "\n"


def _letters(letters):
    return letters.replace("u", "d")


def _table(titles, roles, rows):
    """Rows of Markdown: of each its titles, and what a role gets."""
    yield f"| {' | '.join([*titles, *(SHORT[role] for role in roles)])} |"
    yield "|---" * (len(titles) + len(roles)) + "|"
    for names, get_cell in rows:
        yield f"| {' | '.join([*names, *map(get_cell, roles)])} |"


if __name__ == "__main__":
    print(as_markdown(), end="")  # pylint: disable=print-used
