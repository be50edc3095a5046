"use strict";
/**
 * Our screens, and those of stock Odoo that are of the same kind.
 *
 * Each is opened as its menu does. `record` names one of `RECORDS`; `like` the stock
 * screen that its time is compared with; `ours` where on the page it is ours.
 */

const SCREENS = [
    {
        name: "Orders board",
        action: "mto_planning.action_mto_lines",
        view: "kanban",
        ready: ".o_kanban_record:not(.o_kanban_ghost)",
        like: "kanban",
    },
    {
        name: "Orders list",
        action: "mto_planning.action_mto_lines",
        view: "list",
        ready: ".o_list_view .o_data_row, .o_list_view .o_group_header, .o_kanban_record:not(.o_kanban_ghost)",
        like: "list",
    },
    {
        name: "Planned and real times",
        action: "mto_planning.action_mto_times",
        ready: ".o_list_view .o_data_row, .o_kanban_record:not(.o_kanban_ghost)",
        like: "list",
    },
    {
        name: "Today",
        action: "mto_planning.action_mto_today",
        ready: ".o_mto_today_row, .o_mto_today_empty",
        like: "list",
    },
    {
        name: "Load",
        action: "mto_planning.action_mto_load",
        ready: ".o_mto_load_table",
        like: "graph",
    },
    {
        name: "Load as bars",
        action: "mto_planning.action_mto_load",
        ready: ".o_mto_load_page",
        steps: [{ click: ".o_mto_show_bars", ready: ".o_mto_load_chart canvas" }],
        like: "graph",
    },
    {
        name: "Load, behind a week",
        action: "mto_planning.action_mto_load",
        ready: ".o_mto_load_table",
        steps: [{ click: ".o_mto_heat_4, .o_mto_heat_1", ready: ".modal .o_mto_load_details" }],
        ours: ".modal",
        like: "list",
    },
    {
        name: "Work Orders",
        action: "mto_planning.action_mto_workorders",
        ready: ".o_action_manager :is(.o_data_row, .o_group_header, .o_nocontent_help, .o_kanban_record:not(.o_kanban_ghost))",
        like: "list",
    },
    {
        name: "Purchases",
        action: "mto_planning.action_mto_purchases",
        ready: ".o_list_view .o_data_row, .o_list_view .o_group_header, .o_kanban_record:not(.o_kanban_ghost)",
        like: "list",
    },
    {
        name: "Promises",
        action: "mto_planning.action_mto_promises",
        ready: ".o_list_view .o_data_row, .o_list_view .o_group_header, .o_kanban_record:not(.o_kanban_ghost)",
        like: "list",
    },
    {
        name: "Held capacity",
        action: "mto_planning.action_mto_promise_slots",
        ready: ".o_view_controller .o_renderer, .o_list_view .o_data_row",
        like: "list",
    },
    {
        name: "Held material",
        action: "mto_planning.action_mto_promise_parts",
        ready: ".o_view_controller .o_renderer, .o_list_view .o_data_row",
        like: "list",
    },
    {
        name: "Installations",
        action: "mto_planning.action_mto_projects",
        ready: ".o_kanban_record:not(.o_kanban_ghost), .o_list_view .o_data_row",
        like: "kanban",
    },
    {
        name: "Installation",
        model: "mto.project",
        record: "installation",
        ready: ".o_form_view .o_form_sheet",
        like: "form",
    },
    {
        name: "Timeline of an order",
        model: "sale.order",
        record: "order",
        ready: ".o_form_view .o_form_sheet",
        steps: [
            {
                click: "a[name=mto_production]",
                ready: ".o_mto_timeline :is(.o_mto_chart, .o_mto_plan_list):visible",
            },
        ],
        like: "form",
    },
    {
        name: "An order line",
        action: "mto_planning.action_mto_lines",
        view: "form",
        record: "line",
        ready: ".o_form_view .o_mto_timeline :is(.o_mto_chart, .o_mto_plan_list):visible",
        like: "form",
    },
    {
        name: "Made Of, deep",
        action: "mto_planning.action_mto_lines",
        view: "form",
        record: "deep",
        ready: ".o_form_view .o_form_sheet",
        steps: [{ click: "a[name=structure]", ready: ".o_mto_bom_editor" }],
        like: "structure",
    },
    {
        name: "Quotation",
        model: "sale.order",
        record: "quotation",
        ready: ".o_form_view .o_form_sheet :is(.o_data_row, .o_kanban_record)",
        like: "form",
    },
    {
        name: "Plan Anew",
        action: "mto_planning.action_mto_replan",
        ready: ".o_form_view, .modal .o_form_view",
        like: "form",
        isTimed: false,
    },
    {
        name: "What-If",
        model: "mto.scenario",
        record: "scenario",
        ready: ".o_form_view .o_form_sheet",
        like: "form",
    },
    {
        name: "What-Ifs",
        action: "mto_planning.action_mto_scenarios",
        ready: ".o_list_view .o_data_row, .o_view_nocontent, .o_kanban_record:not(.o_kanban_ghost)",
        like: "list",
    },
    {
        name: "Order bills of materials",
        action: "mto_planning.action_mto_order_boms",
        ready: ".o_list_view .o_data_row, .o_list_view .o_group_header, .o_kanban_record:not(.o_kanban_ghost)",
        like: "list",
    },
];

/** What is opened on top of a screen, and what is seldom opened: not timed. */
const DIALOGS = [
    {
        name: "Why this date",
        model: "sale.order.line",
        record: "quoted",
        method: "action_mto_explain",
        ready: ".modal :is(.o_mto_chart, .o_mto_plan_list):visible",
        ours: ".modal",
    },
    {
        name: "What would make it earlier",
        model: "sale.order.line",
        record: "quoted",
        method: "action_mto_explain",
        ready: ".modal .o_form_view",
        steps: [{ click: ".modal .o_mto_find_options", ready: ".modal .o_mto_options h3" }],
        ours: ".modal",
    },
    {
        name: "Hold",
        model: "sale.order",
        record: "unheld",
        method: "action_mto_hold",
        ready: ".modal .o_form_view",
        ours: ".modal",
    },
    {
        name: "Go First",
        model: "sale.order",
        record: "quotation",
        method: "action_mto_go_first",
        ready: ".modal .o_form_view",
        ours: ".modal",
    },
    {
        name: "Change",
        model: "sale.order.line",
        record: "changed",
        method: "action_mto_change",
        ready: ".modal .o_form_view",
        steps: [
            { click: ".modal div[name=product_uom_qty] input", fill: "1", ready: ".modal" },
            {
                click: ".modal button[name=action_preview]:visible",
                ready: ".modal .o_field_widget[name=line_ids], .modal .o_data_row, .modal .o_kanban_record",
            },
        ],
        ours: ".modal",
    },
    {
        name: "Snooze",
        action: "mto_planning.action_mto_today",
        ready: ".o_mto_today_row",
        steps: [
            { click: ".o_mto_today_more", ready: ".o_mto_today_snooze" },
            { click: ".o_mto_today_snooze", ready: ".modal .o_mto_snooze_confirm" },
        ],
        ours: ".modal",
    },
    {
        name: "Load, what if",
        action: "mto_planning.action_mto_load",
        ready: ".o_mto_load_table",
        steps: [{ click: ".o_mto_load_center button", ready: ".o_mto_load_page, .popover" }],
    },
    {
        name: "Like an earlier order",
        action: "mto_planning.action_mto_lines",
        view: "form",
        record: "quoted",
        ready: ".o_form_view .o_form_sheet",
        steps: [
            { click: "a[name=structure]", ready: ".o_mto_bom_editor" },
            { click: ".o_mto_bom_editor .o_mto_take", ready: ".modal .o_mto_take_search" },
        ],
        ours: ".modal",
    },
    {
        name: "Promise",
        model: "mto.promise",
        record: "promise",
        ready: ".o_form_view .o_form_sheet",
    },
    {
        name: "Safety",
        action: "mto_planning.action_mto_safeties",
        ready: ".o_view_controller .o_content",
    },
    {
        name: "Overtime",
        action: "mto_planning.action_mto_overtime",
        ready: ".o_view_controller .o_content",
    },
    {
        name: "Check",
        action: "mto_planning.action_mto_check",
        ready: ".o_form_view",
    },
    {
        name: "Settings",
        action: "mto_planning.action_mto_settings",
        ready: ".app_settings_block[data-key=mto_planning]:visible",
        ours: ".app_settings_block[data-key=mto_planning]",
    },
];

/** What the customer sees. */
const PORTAL = [
    {
        name: "Portal: an order",
        path: "/my/orders/$id",
        record: "mine",
        ready: "#mto_production",
        ours: "#mto_production, #mto_project",
    },
    {
        name: "Portal: a new date",
        path: "$link",
        record: "moved",
        ready: "#mto_production",
        steps: [
            { click: "#mto_new_date a.btn-outline-secondary", ready: "form[action$='/partial']" },
        ],
        ours: "#mto_new_date",
    },
];

const STOCK = {
    kanban: {
        name: "core: sales orders, kanban",
        action: "sale.action_orders",
        view: "kanban",
        ready: ".o_kanban_record:not(.o_kanban_ghost)",
    },
    list: {
        name: "core: manufacturing orders, list",
        action: "mrp.mrp_production_action",
        view: "list",
        ready: ".o_list_view .o_data_row",
    },
    graph: {
        name: "core: work orders, graph",
        action: {
            type: "ir.actions.act_window",
            res_model: "mrp.workorder",
            views: [[false, "graph"]],
        },
        ready: ".o_graph_view canvas",
    },
    form: {
        name: "core: manufacturing order, form",
        model: "mrp.production",
        record: "production",
        ready: ".o_form_view .o_form_sheet",
    },
    structure: {
        name: "core: overview of a bill of materials",
        action: {
            type: "ir.actions.client",
            tag: "mrp_bom_report",
            context: { active_id: "$id" },
        },
        record: "deepBom",
        ready: ".o_mrp_bom_report_page table",
    },
};

/** Model, domains, order: the first record of the first domain that has one. */
const made = ["mto_is_made_to_order", "=", true];
const named = (name, field = "client_order_ref") => [[field, "=", name], made];
const RECORDS = {
    order: ["sale.order", [named("Timeline"), [["state", "=", "sale"], made]]],
    line: ["sale.order.line", [[["state", "=", "sale"], made]]],
    deep: [
        "sale.order.line",
        [named("Deep", "order_id.client_order_ref"), [["state", "=", "draft"], made]],
    ],
    deepBom: ["mrp.bom", [[["product_tmpl_id.name", "=like", "Chain 16 level 15%"]], []]],
    quotation: ["sale.order", [named("Quotation"), [["state", "=", "draft"], made]]],
    installation: ["mto.project", [[]]],
    scenario: ["mto.scenario", [[["impact_ids", "!=", false]], []]],
    quoted: [
        "sale.order.line",
        [[["mto_promise_id", "!=", false], ["state", "=", "draft"], made], [made]],
    ],
    unheld: [
        "sale.order",
        [
            [["state", "=", "draft"], ["order_line.mto_promise_id.state", "=", "quoted"], made],
            [["state", "=", "draft"], made],
        ],
    ],
    changed: [
        "sale.order.line",
        [
            [
                ["mto_stage", "=", "waiting_material"],
                ["product_uom_qty", ">", 1],
            ],
            [made],
        ],
    ],
    mine: [
        "sale.order",
        [
            [
                ["state", "=", "sale"],
                ["partner_id.commercial_partner_id.child_ids.user_ids.login", "=", "customer"],
            ],
            [["state", "=", "sale"], made],
        ],
    ],
    // One whose customer was told of another date; else one that is late.
    moved: [
        "sale.order",
        [
            [
                ["mto_notice_ids.state", "=", "sent"],
                ["state", "=", "sale"],
            ],
            [
                ["mto_risk", "in", ["late", "blocked"]],
                ["state", "=", "sale"],
            ],
        ],
    ],
    promise: ["mto.promise", [[["state", "=", "confirmed"]], []]],
    production: ["mrp.production", [[["state", "=", "confirmed"]]]],
};

module.exports = { DIALOGS, PORTAL, RECORDS, SCREENS, STOCK };
