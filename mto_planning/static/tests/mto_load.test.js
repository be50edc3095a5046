import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { keyDown, queryAllTexts, queryOne, waitFor } from "@odoo/hoot-dom";
import { animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
import {
    allowTranslations,
    contains,
    defineActions,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { describeLoad, readLoad } from "@mto_planning/core/load";

describe.current.tags("desktop");

class SaleOrder extends models.Model {
    _name = "sale.order";

    name = fields.Char();

    _records = [
        { id: 1, name: "S1" },
        { id: 2, name: "S2" },
    ];
}

defineMailModels();
defineModels([SaleOrder]);
defineActions([{ id: 1, name: "Load", tag: "mto_load", type: "ir.actions.client" }]);

function makeLoad(used = 0, values = {}) {
    return { open_hours: 40, used_hours: used, held_hours: 0, added_hours: 0, ...values };
}

function makeCenter(id, workcenter, loads) {
    return { workcenter_id: id, workcenter, machines: 1, is_blocked: false, loads };
}

const PERIODS = [
    { start: "2027-03-01 08:00:00", finish: "2027-03-08 00:00:00" },
    { start: "2027-03-08 00:00:00", finish: "2027-03-15 00:00:00" },
];

/** @param {(whatIf: Object) => Object} answer what is otherwise, by what is assumed */
async function mountLoad(centers, answer = () => ({})) {
    mockDate("2027-03-01 08:00:00", 0);
    onRpc("mto.planner", "load", ({ args: [weeks, whatIf] }) => {
        expect.step(["load", weeks, whatIf]);
        return {
            now: PERIODS[0].start,
            periods: PERIODS,
            centers,
            bottleneck: { workcenter_id: 1, percent: 80, free_from: false, text: "Saw is full." },
            quotations: [],
            ...answer(whatIf),
        };
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction(1);
}

const NOTHING = { order_ids: [], changes: [] };
const cells = () => queryAllTexts(".o_mto_heat").map((text) => text.replace(/\s+/g, " "));

test("what a week says", () => {
    allowTranslations();
    const level = (used, values) => readLoad(makeLoad(used, values)).level;
    expect([0, 10, 20, 30, 38, 41].map((used) => level(used))).toEqual([0, 1, 2, 3, 4, "over"]);
    expect(level(0, { open_hours: 0 })).toBe("closed");
    expect(level(3, { open_hours: 0 })).toBe("over");
    expect(level(30, { added_hours: 20 })).toBe("over");
    const load = readLoad(makeLoad(10, { held_hours: 4, added_hours: 6.26 }));
    expect(load.free).toBeCloseTo(23.74);
    expect(describeLoad(load)).toBe(
        "10 of 40 hours booked, 23.7 free\n4 hours held for quotations\n6.3 hours would be added",
    );
});

test("the heat map: hours and shares by week, machines, and the bottleneck", async () => {
    const saw = makeCenter(1, "Saw", [makeLoad(32, { held_hours: 8 }), makeLoad()]);
    const press = { ...makeCenter(2, "Press", [makeLoad(0, { open_hours: 0 }), makeLoad(42)]) };
    await mountLoad([saw, { ...press, machines: 2, is_blocked: true }]);
    expect.verifySteps([["load", 12, NOTHING]]);
    expect(".o_mto_bottleneck").toHaveText("Saw is full.");
    expect(cells()).toEqual(["80 % 32 / 40 h 8 h held", "40 h free", "closed", "105 % 42 / 40 h"]);
    expect(".o_mto_heat_over").toHaveCount(1);
    expect("tbody th:last").toHaveText(/Press\s*× 2\s*Blocked/);
    await contains("button:contains(26 weeks)").click();
    expect.verifySteps([["load", 26, NOTHING]]);
});

test("opened from a work center: it is marked", async () => {
    onRpc("mto.planner", "load", () => ({
        now: PERIODS[0].start,
        periods: PERIODS,
        centers: ["Saw", "Press"].map((name, at) => makeCenter(at + 1, name, [makeLoad(1)])),
        bottleneck: false,
        quotations: [],
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction(1, {
        additionalContext: { active_model: "mrp.workcenter", active_id: 2, active_ids: [2] },
    });
    expect(".o_mto_load_here").toHaveCount(1);
    expect(".o_mto_load_here").toHaveText("Press");
});

test("arrow keys go from week to week, and one cell alone is a tab stop", async () => {
    await mountLoad([
        makeCenter(1, "Saw", [makeLoad(1), makeLoad(2)]),
        makeCenter(2, "Press", [makeLoad(3), makeLoad(4)]),
    ]);
    expect.verifySteps([["load", 12, NOTHING]]);
    const focused = () => document.activeElement.dataset.cell;
    queryOne('[data-cell="0,0"]').focus();
    for (const [key, cell] of [
        ["ArrowRight", "0,1"],
        ["ArrowRight", "0,1"],
        ["ArrowDown", "1,1"],
        ["Home", "1,0"],
        ["ArrowUp", "0,0"],
    ]) {
        await keyDown(key);
        await animationFrame();
        expect(focused()).toBe(cell);
        expect('.o_mto_heat[tabindex="0"]').toHaveCount(1);
    }
});

test("a quotation is laid on top, hatched, with its date", async () => {
    const loads = (added) => [makeLoad(10, { added_hours: added }), makeLoad()];
    await mountLoad([], ({ order_ids }) => ({
        centers: [makeCenter(1, "Saw", loads(order_ids.length ? 6 : 0))],
        quotations: order_ids.map((id) => ({
            order_id: id,
            order: `S${id}`,
            customer: "Hall",
            promise_date: "2027-03-12 16:00:00",
            loads: [{ workcenter_id: 1, hours: [6, 0] }],
        })),
    }));
    expect.verifySteps([["load", 12, NOTHING]]);
    expect(".o_mto_heat .o_mto_hatch").toHaveCount(0);
    onRpc("sale.order", "name_search", () => [[2, "S2 - Hall"]]);
    await contains(".o_mto_what_if_orders input").click();
    await runAllTimers();
    await contains(".o-autocomplete--dropdown-item:contains(S2)").click();
    await animationFrame();
    expect.verifySteps([["load", 12, { order_ids: [2], changes: [] }]]);
    expect(cells()[0]).toBe("40 % 16 / 40 h + 6 h");
    expect(".o_mto_heat .o_mto_hatch").toHaveCount(1);
    expect(".o_mto_what_if_dates").toHaveText(/S2\s*Hall:\s*6 hours of work, delivered on Mar 12/);
    await contains(".o_mto_what_if_reset").click();
    expect.verifySteps([["load", 12, NOTHING]]);
});

test("more capacity is assumed and taken back", async () => {
    await mountLoad([
        makeCenter(1, "Saw", [makeLoad(10), makeLoad()]),
        makeCenter(2, "Press", [makeLoad(), makeLoad()]),
    ]);
    expect.verifySteps([["load", 12, NOTHING]]);
    await contains(".o_mto_load_what_if:last").click();
    await contains(".o-dropdown-item:contains(One machine more)").click();
    const changes = (values) => [["load", 12, { order_ids: [], changes: [values] }]];
    expect.verifySteps(changes({ workcenter_id: 2, machines: 1 }));
    await contains(".o_mto_load_what_if:last").click();
    await contains(".o-dropdown-item:contains(Two hours longer)").click();
    expect.verifySteps(changes({ workcenter_id: 2, machines: 1, overtime_hours: 2 }));
    expect(queryAllTexts(".o_mto_assumption")).toEqual([
        "Press: machines +1",
        "Press: +2 h each day",
    ]);
    await contains(".o_mto_assumption:first button").click();
    expect.verifySteps(changes({ workcenter_id: 2, machines: 0, overtime_hours: 2 }));
    await contains(".o_mto_assumption button").click();
    expect.verifySteps([["load", 12, NOTHING]]);
});

test("behind a week: orders, their work, and what if it were blocked", async () => {
    await mountLoad([makeCenter(1, "Saw", [makeLoad(8), makeLoad()])]);
    expect.verifySteps([["load", 12, NOTHING]]);
    onRpc("mto.planner", "load_details", ({ args }) => {
        expect.step(args);
        const work = {
            workorder_id: 7,
            name: "Sawing",
            production: "WH/MO/1",
            start: "2027-03-01 08:00:00",
            finish: "2027-03-01 17:00:00",
            hours: 8,
        };
        const row = {
            kind: "order",
            line_id: 5,
            production_id: false,
            order: "S9",
            customer: "Hall",
            product: "Desk",
            risk: "late",
            promise_date: "2027-03-04 16:00:00",
            hours: 8,
            work: [work],
        };
        return { workcenter: "Saw", hours: 8, rows: [row], total: 1 };
    });
    await contains(".o_mto_heat:first").click();
    expect.verifySteps([[1, PERIODS[0].start, PERIODS[0].finish]]);
    expect(".modal-title").toHaveText(/^Saw, W9/);
    expect(".o_mto_load_order").toHaveText(/S9\s*Late\s*Hall\s*Desk\s*1 work order\s*Mar 4\s*8/);
    await contains(".o_mto_load_unfold").click();
    expect(".o_mto_load_details").toHaveText(/WH\/MO\/1\s*Sawing, /);
    await contains(".o_mto_load_block").click();
    expect.verifySteps([
        ["load", 12, { order_ids: [], changes: [{ workcenter_id: 1, blocked_weeks: [0] }] }],
    ]);
    expect(".o_mto_assumption").toHaveText("Saw: blocked in W9");
});

test("bars: the fullest first, and each says in words what it shows", async () => {
    await mountLoad([
        makeCenter(1, "Saw", [makeLoad(4), makeLoad()]),
        makeCenter(2, "Press", [makeLoad(20, { added_hours: 20 }), makeLoad()]),
    ]);
    expect.verifySteps([["load", 12, NOTHING]]);
    await contains(".o_mto_show_bars").click();
    await waitFor(".o_mto_load_card canvas", { timeout: 5000 });
    expect(queryAllTexts(".o_mto_load_card h3").map((text) => text.replace(/\s+/g, " "))).toEqual([
        "Press 50 %",
        "Saw 5 %",
    ]);
    expect(".o_mto_load_card:first canvas").toHaveAttribute(
        "aria-label",
        /^Press. W9: 20 of 40 hours booked, 0 free\n20 hours would be added; W10/,
    );
    expect(".o_mto_show_bars").toHaveAttribute("aria-pressed", "true");
});

test("without work centers there is help", async () => {
    await mountLoad([], () => ({ bottleneck: false }));
    expect.verifySteps([["load", 12, NOTHING]]);
    expect(".o_nocontent_help").toHaveText(/No work center yet/);
});
