import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { utils } from "@web/core/ui/ui_service";

describe.current.tags("desktop");

class SaleOrder extends models.Model {
    _name = "sale.order";

    name = fields.Char();
    state = fields.Selection({ selection: [["sale", "Sales Order"]] });
    mto_promise_date = fields.Datetime();
    mto_projected_date = fields.Datetime();
    mto_progress = fields.Float();
    mto_risk = fields.Selection({ selection: [["late", "Late"]] });

    _records = [{ id: 1, name: "S1", state: "sale" }];
}

class SaleOrderLine extends models.Model {
    _name = "sale.order.line";

    order_id = fields.Many2one({ relation: "sale.order" });
    state = fields.Selection({ selection: [["sale", "Sales Order"]] });
    mto_promise_date = fields.Datetime();
    mto_projected_date = fields.Datetime();
    mto_progress = fields.Float();
    mto_risk = fields.Selection({ selection: [["late", "Late"]] });

    _records = [
        { id: 10, order_id: 1, state: "sale" },
        { id: 11, order_id: 1, state: "sale" },
    ];
}

defineMailModels();
defineModels({ SaleOrder, SaleOrderLine });

function makeLine(values) {
    return {
        line_id: 10,
        order_id: 1,
        product: "Desk",
        quantity: 2,
        stage: "in_production",
        progress: 41.6,
        requested_date: false,
        promise_date: "2027-03-10 16:00:00",
        projected_date: "2027-03-12 16:00:00",
        risk: "late",
        trouble: "PO7 Oak is late.",
        now: "2027-03-03 09:00:00",
        timeline: [
            {
                id: "mrp.production-4",
                parent: false,
                kind: "production",
                res_model: "mrp.production",
                res_id: 4,
                name: "MO/4",
                product: "Desk",
                quantity: 2,
                start: "2027-03-02 08:00:00",
                finish: "2027-03-08 16:00:00",
                expected: "2027-03-10 16:00:00",
                state: "running",
                late: true,
                level: 0,
            },
            {
                id: "mrp.workorder-8",
                parent: "mrp.production-4",
                kind: "operation",
                res_model: "mrp.workorder",
                res_id: 8,
                name: "Cut",
                product: "Desk",
                workcenter: "Saw",
                quantity: 2,
                start: "2027-03-02 08:00:00",
                finish: "2027-03-02 12:00:00",
                state: "done",
                late: false,
                level: 1,
            },
            {
                id: "purchase.order.line-7",
                parent: false,
                kind: "purchase",
                res_model: "purchase.order",
                res_id: 7,
                name: "PO7",
                product: "Oak",
                quantity: 4,
                start: "2027-03-01 08:00:00",
                finish: "2027-03-04 08:00:00",
                expected: "2027-03-06 08:00:00",
                state: "running",
                late: true,
                level: 1,
            },
        ],
        ...values,
    };
}

async function mountTimeline(lines, { resModel = "sale.order", resId = 1 } = {}) {
    mockDate("2027-03-03 09:00:00", 0);
    onRpc("sale.order", "mto_progress_data", ({ args }) => {
        expect.step(`load ${args[0]}`);
        return lines;
    });
    const order = resModel === "sale.order" ? "" : `<field name="order_id" />`;
    await mountView({
        type: "form",
        resModel,
        resId,
        arch: `<form>${order}<widget name="mto_timeline" /></form>`,
    });
}

test("an order: purchases, then production with its work in it", async () => {
    await mountTimeline([makeLine()]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_chart_head strong").toHaveText("2 × Desk");
    expect(".o_mto_chart_head .badge").toHaveText("Late");
    expect(".o_mto_chart_head small").toHaveText("In Production, 42 %");
    expect(queryAllTexts(".o_mto_chart [role=listitem] .o_mto_chart_label span")).toEqual([
        "Oak",
        "Desk",
    ]);
    expect(".o_mto_chart_scroll .o_mto_bar_span").toHaveCount(1);
    expect(".o_mto_chart_scroll .o_mto_bar_done").toHaveCount(1);
});

test("what slips is drawn up to when it is expected", async () => {
    await mountTimeline([makeLine()]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_chart_scroll .o_mto_bar_slip").toHaveCount(2);
    expect(".o_mto_chart_scroll .o_mto_bar_slip:first").toHaveAttribute(
        "title",
        /Late\nExpected: Mar 6/,
    );
});

test("lines for now, the promise and another requested date", async () => {
    await mountTimeline([makeLine({ requested_date: "2027-03-08 16:00:00" })]);
    expect.verifySteps(["load 1"]);
    expect(queryAllTexts(".o_mto_flag")).toEqual(["Requested Mar 8", "Promised Mar 10"]);
    expect(".o_mto_marker_now").toHaveCount(1);
});

test("a requested date that is promised needs no line of its own", async () => {
    await mountTimeline([makeLine({ requested_date: "2027-03-10 16:00:00" })]);
    expect.verifySteps(["load 1"]);
    expect(queryAllTexts(".o_mto_flag")).toEqual(["Promised Mar 10"]);
});

test("a manufacturing order unfolds to its work orders", async () => {
    await mountTimeline([makeLine()]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_chart_fold").toHaveAttribute("aria-expanded", "false");
    await contains(".o_mto_chart_fold").click();
    expect(".o_mto_chart_fold").toHaveAttribute("aria-expanded", "true");
    expect(".o_mto_chart [role=listitem]").toHaveCount(3);
    await contains(".o_mto_chart_fold").click();
    expect(".o_mto_chart [role=listitem]").toHaveCount(2);
});

test("arrows go from bar to bar, and Tab passes all of them in one step", async () => {
    await mountTimeline([makeLine()]);
    expect.verifySteps(["load 1"]);
    const stop = ".o_mto_chart_scroll .o_mto_bar[tabindex='0']";
    expect(stop).toHaveCount(1);
    queryFirst(stop).focus();
    await press("ArrowRight");
    expect(".o_mto_chart_scroll .o_mto_bar_slip:first").toBeFocused();
    await press("ArrowDown");
    expect(".o_mto_chart_scroll .o_mto_bar_span").toBeFocused();
    await press("ArrowUp");
    expect(".o_mto_chart_scroll .o_mto_bar_running:not(.o_mto_bar_span)").toBeFocused();
    await press("End");
    expect(".o_mto_chart_scroll .o_mto_bar_slip:last").toBeFocused();
    expect(stop).toHaveCount(1);
});

test("the chart alone is drawn on a desktop", async () => {
    await mountTimeline([makeLine()]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_chart").toHaveCount(1);
    expect(".o_mto_plan_list").toHaveCount(0);
});

test("a click opens the record", async () => {
    onRpc("has_access", ({ model, args }) => {
        expect.step(`may read ${model} ${args[0]}`);
        return true;
    });
    mockService("action", {
        doAction: (action) => expect.step(`open ${action.res_model} ${action.res_id}`),
    });
    await mountTimeline([makeLine()]);
    await contains(".o_mto_chart_scroll button.o_mto_bar_done").click();
    expect.verifySteps(["load 1", "may read mrp.workorder 8", "open mrp.workorder 8"]);
});

test("who may not open it is told so", async () => {
    onRpc("has_access", () => false);
    mockService("action", { doAction: () => expect.step("opened") });
    mockService("notification", { add: (text) => expect.step(text) });
    await mountTimeline([makeLine()]);
    await contains(".o_mto_chart_scroll button.o_mto_bar_done").click();
    expect.verifySteps(["load 1", "You may see its dates here, but not open it."]);
});

test("what sets the date is marked, and what is late says why", async () => {
    const line = makeLine();
    Object.assign(line.timeline[2], { critical: true, reason: "The vendor is late." });
    await mountTimeline([line]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_chart_scroll .o_mto_bar_path:not(.o_mto_bar_slip)").toHaveCount(1);
    expect(".o_mto_chart_scroll .o_mto_bar_path").toHaveAttribute(
        "title",
        /The vendor is late\.\nIt sets the date\./,
    );
});

test("it is printed as it is looked at", async () => {
    mockService("action", {
        doAction: (name, { additionalContext }) =>
            expect.step(`${name} ${additionalContext.active_ids}`),
    });
    await mountTimeline([makeLine({ line_id: 11 })], {
        resModel: "sale.order.line",
        resId: 11,
    });
    await contains(".o_mto_print").click();
    expect.verifySteps(["load 1", "mto_planning.action_report_mto_timeline_line 11"]);
});

test("a line shows itself only", async () => {
    await mountTimeline([makeLine(), makeLine({ line_id: 11, product: "Shelf" })], {
        resModel: "sale.order.line",
        resId: 11,
    });
    expect.verifySteps(["load 1"]);
    expect(queryAllTexts(".o_mto_chart_head strong")).toEqual(["2 × Shelf"]);
});

test("an order of several lines is one picture", async () => {
    await mountTimeline([makeLine(), makeLine({ line_id: 11, product: "Shelf" })]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_chart").toHaveCount(1);
    expect(".o_mto_chart_group").toHaveCount(2);
});

test("a quotation shows the steps of its promise, which open nothing", async () => {
    const timeline = [
        {
            id: "step-0",
            kind: "operation",
            name: "Cut",
            product: "Desk",
            workcenter: "Saw",
            quantity: 2,
            start: "2027-03-02 08:00:00",
            finish: "2027-03-02 12:00:00",
            state: "planned",
            late: false,
            critical: true,
            level: 0,
        },
    ];
    await mountTimeline([makeLine({ stage: "quoted", risk: false, timeline })]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_chart_head small").toHaveText("Quoted");
    expect(".o_mto_chart_scroll div.o_mto_bar_critical").toHaveCount(1);
    expect(".o_mto_chart_scroll button.o_mto_bar").toHaveCount(0);
});

test("nothing planned yet: it says what to do", async () => {
    await mountTimeline([makeLine({ stage: "quoted", timeline: [] })]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_chart").toHaveCount(0);
    expect(".o_mto_timeline").toHaveText(/Compute the earliest realistic date/);
});

test("the same in words for narrow screens", async () => {
    patchWithCleanup(utils, { isSmall: () => true });
    await mountTimeline([makeLine()]);
    expect.verifySteps(["load 1"]);
    expect(".o_mto_plan_list li").toHaveCount(3);
    expect(".o_mto_timeline .text-danger:contains(PO7 Oak is late.)").toHaveCount(1);
});
