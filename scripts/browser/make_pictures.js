"use strict";
/**
 * All pictures of the README and of the apps list, from the demo company:
 * `make_pictures.js ADDRESS FOLDER`. Each is what its user sees, and stays true by being
 * made again (`make pictures`).
 */

const path = require("node:path");
const { findRecords, launch, logIn, open, stands } = require("./web_client");

const WIDTH = 1400;
const click = (selector, ready) => ({ click: selector, ready });
const FIRST_CENTER = ".o_mto_load_table";

const PICTURES = [
    {
        name: "board",
        login: "planner",
        action: "mto_planning.action_mto_lines",
        view: "kanban",
        ready: ".o_kanban_record:not(.o_kanban_ghost)",
        height: 900,
    },
    {
        name: "quotation",
        login: "sales",
        model: "sale.order",
        record: "quotation",
        ready: ".o_form_sheet .o_data_row",
        height: 800,
    },
    {
        name: "why",
        login: "sales",
        model: "sale.order",
        record: "quotation",
        ready: ".o_form_sheet .o_data_row",
        steps: [click(".o_data_row .o_mto_explain", ".modal .o_mto_chart")],
        height: 900,
    },
    {
        name: "choices",
        login: "sales",
        model: "sale.order",
        record: "quotation",
        ready: ".o_form_sheet .o_data_row",
        steps: [
            click(".o_data_row .o_mto_explain", ".modal .o_mto_chart"),
            click(".modal .o_mto_find_options", ".modal .o_mto_lever, .modal .o_mto_options"),
        ],
        height: 1000,
    },
    {
        name: "made_of",
        login: "sales",
        action: "mto_planning.action_mto_lines",
        view: "form",
        record: "customised",
        ready: ".o_form_view .o_form_sheet",
        steps: [click("a[name=structure]", ".o_mto_bom_editor")],
        height: 1000,
    },
    {
        name: "timeline",
        login: "planner",
        action: "mto_planning.action_mto_lines",
        view: "form",
        record: "running",
        ready: ".o_form_view .o_mto_timeline .o_mto_chart",
        height: 1000,
    },
    {
        name: "load",
        login: "planner",
        action: "mto_planning.action_mto_load",
        ready: FIRST_CENTER,
        height: 960,
        whatIf: "quotation",
    },
    {
        name: "load_bars",
        login: "planner",
        action: "mto_planning.action_mto_load",
        ready: FIRST_CENTER,
        steps: [click(".o_mto_show_bars", ".o_mto_load_chart canvas")],
        height: 960,
        whatIf: "quotation",
    },
    {
        name: "today",
        login: "planner",
        action: "mto_planning.action_mto_today",
        ready: ".o_mto_today_row",
        height: 960,
    },
    {
        name: "portal",
        login: "customer",
        path: "/my/orders/$id",
        record: "mine",
        ready: "#mto_production",
        steps: [click("#mto_production .mto_history summary", "#mto_production")],
        height: 1100,
    },
    {
        name: "purchases",
        login: "buyer",
        action: "mto_planning.action_mto_purchases",
        ready: ".o_list_view .o_data_row",
        height: 800,
    },
    {
        name: "replan",
        login: "planner",
        action: "mto_planning.action_mto_replan",
        ready: ".o_form_view",
        steps: [click("button[name=action_preview]", ".o_form_view")],
        height: 900,
    },
    {
        name: "what_if",
        login: "planner",
        model: "mto.scenario",
        record: "scenario",
        ready: ".o_form_view .o_mto_shift",
        height: 900,
    },
    {
        name: "times",
        login: "planner",
        action: "mto_planning.action_mto_times",
        ready: ".o_list_view .o_mto_measured",
        height: 640,
    },
    {
        name: "change",
        login: "sales",
        action: "mto_planning.action_mto_lines",
        view: "form",
        record: "changed",
        ready: ".o_form_view .o_form_sheet",
        steps: [
            click("button[name=action_mto_change]", ".modal .o_form_view"),
            { ...click(".modal div[name=product_uom_qty] input", ".modal"), fill: "1" },
            click(".modal button[name=action_preview]", ".modal .o_data_row"),
        ],
        height: 900,
    },
];

const made = ["mto_is_made_to_order", "=", true];
const RECORDS = {
    quotation: [
        "sale.order",
        [
            [["state", "=", "draft"], made, ["order_line.mto_promise_id", "!=", false]],
            [["state", "in", ["draft", "sent"]], made],
        ],
    ],
    customised: [
        "sale.order.line",
        [
            [["state", "in", ["draft", "sent"]], made, ["mto_build", "!=", false]],
            [["state", "in", ["draft", "sent"]], made],
        ],
    ],
    mine: [
        "sale.order",
        [[["state", "=", "sale"], made, ["partner_id.child_ids.user_ids.login", "=", "customer"]]],
    ],
    scenario: ["mto.scenario", [[["impact_ids", "!=", false]]]],
    running: ["sale.order.line", [[["mto_stage", "=", "in_production"]], [made]]],
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
};

async function take(browser, base, folder, picture) {
    const viewport = { width: WIDTH, height: picture.height };
    const page = await logIn(browser, base, picture.login, { viewport });
    // In the portal nothing can be searched: found by somebody of the company.
    const finder = picture.path ? await logIn(browser, base, "admin") : page;
    // Only what is looked at: who takes the picture may not read all of them.
    const names = [picture.record, picture.whatIf].filter(Boolean);
    const wanted = Object.fromEntries(names.map((name) => [name, RECORDS[name]]));
    const ids = await findRecords(finder, wanted);
    // As *Show on the Load* of a quotation does.
    const orders = { active_model: "sale.order", active_ids: [ids[picture.whatIf]] };
    await open(page, { ...picture, context: picture.whatIf ? orders : {} }, ids);
    // No tooltip; greetings and the like go by themselves.
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1200);
    await stands(page, 0, "body");
    await page.screenshot({ path: path.join(folder, `${picture.name}.png`) });
    console.log(`    ${picture.name}.png`);
    await page.context().close();
}

async function main([base, folder]) {
    const browser = await launch();
    const only = process.env.ONLY;
    for (const picture of PICTURES.filter(({ name }) => !only || only.split(" ").includes(name))) {
        try {
            await take(browser, base, folder, picture);
        } catch (error) {
            console.error(`${picture.name}.png was not made: ${String(error).split("\n")[0]}`);
            process.exitCode = 1;
        }
    }
    await browser.close();
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
