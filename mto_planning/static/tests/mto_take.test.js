import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { manuallyDispatchProgrammaticEvent, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { MtoTake } from "@mto_planning/components/mto_take/mto_take";

describe.current.tags("desktop");

class SaleOrderLine extends models.Model {
    _name = "sale.order.line";
}

defineMailModels();
defineModels({ SaleOrderLine });

function makeLine(values) {
    return {
        line_id: 6,
        order: "S6",
        customer: "Hotel",
        date: "2027-01-05 10:00:00",
        state_label: "Sales Order",
        quantity: 2,
        unit: "Units",
        unit_price: 500,
        price_currency_id: 1,
        unit_cost: 245,
        currency_id: 1,
        differences: [],
        ...values,
    };
}

/** Opens the dialog; what is found is answered in turn. */
async function openTake(...answers) {
    onRpc("sale.order.line", "mto_find_earlier", ({ args }) => {
        const [ids, filters] = args;
        expect.step(`${ids}: ${JSON.stringify(filters)}`);
        return answers.shift();
    });
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(MtoTake, {
        lineId: 3,
        onTake: (lineId) => expect.step(`taken ${lineId}`),
    });
    await animationFrame();
}

const FIRST = { text: "", date_from: "", only_customised: true, offset: 0 };

function asked(values) {
    return `3: ${JSON.stringify({ ...FIRST, ...values })}`;
}

test("what differs of an earlier order is told, or that nothing does", async () => {
    const removed = { name: "Tube", change: "removed", kind: "component" };
    await openTake({
        lines: [makeLine(), makeLine({ line_id: 5, order: "S5", differences: [removed] })],
        has_more: false,
    });
    const [plain, custom] = queryAllTexts(".o_mto_take_what");
    expect(plain).toInclude("As its master said.");
    expect(plain).toInclude("2 Units");
    expect(custom).toInclude("Without Tube");
    expect(custom).not.toInclude("As its master said.");
    expect(".modal button:contains(Show more)").toHaveCount(0);
    expect.verifySteps([asked({})]);
});

test("where nothing is found it says so", async () => {
    await openTake({ lines: [], has_more: false });
    expect(".o_mto_take_none").toHaveText(/No earlier order/);
    expect(".o_mto_take_line").toHaveCount(0);
    expect.verifySteps([asked({})]);
});

test("each filter searches from the first again", async () => {
    const found = { lines: [makeLine()], has_more: true };
    await openTake(found, found, found);
    // HOOT's own typing clears first, and fails on a date that is empty.
    const since = queryOne(".o_mto_take_since");
    since.value = "2027-01-01";
    await manuallyDispatchProgrammaticEvent(since, "change");
    await animationFrame();
    await contains(".modal input[type=checkbox]").click();
    await animationFrame();
    expect(".o_mto_take_line").toHaveCount(1);
    expect.verifySteps([
        asked({}),
        asked({ date_from: "2027-01-01" }),
        asked({ date_from: "2027-01-01", only_customised: false }),
    ]);
});

test("what is typed is searched once, when it is typed", async () => {
    const found = { lines: [makeLine()], has_more: false };
    await openTake(found, found);
    await contains(".o_mto_take_text").edit("ho", { confirm: false });
    await contains(".o_mto_take_text").edit("hotel", { confirm: false });
    await runAllTimers();
    await animationFrame();
    expect.verifySteps([asked({}), asked({ text: "hotel" })]);
});

test("one is taken, and the dialog closes", async () => {
    await openTake({ lines: [makeLine()], has_more: false });
    await contains(".o_mto_take_line_button").click();
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect.verifySteps([asked({}), "taken 6"]);
});
