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
        ready: ".o_action_manager .o_data_row, .o_action_manager .o_group_header, .o_nocontent_help",
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
            { click: "a[name=mto_production]", ready: ".o_mto_timeline :is(.o_mto_chart, .o_mto_plan_list)" },
        ],
        like: "form",
    },
    {
        name: "An order line",
        action: "mto_planning.action_mto_lines",
        view: "form",
        record: "line",
        ready: ".o_form_view .o_mto_timeline :is(.o_mto_chart, .o_mto_plan_list)",
        like: "form",
    },
    {
        name: "Made Of, deep",
        action: "mto_planning.action_mto_lines",
        view: "form",
        record: "deep",
        ready: ".o_form_view .o_form_sheet",
        steps: [
            { click: "a[name=structure]", ready: ".o_mto_bom_editor" },
        ],
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
        name: "Order bills of materials",
        action: "mto_planning.action_mto_order_boms",
        ready: ".o_list_view .o_data_row, .o_list_view .o_group_header, .o_kanban_record:not(.o_kanban_ghost)",
        like: "list",
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
    production: ["mrp.production", [[["state", "=", "confirmed"]]]],
};

module.exports = { RECORDS, SCREENS, STOCK };
