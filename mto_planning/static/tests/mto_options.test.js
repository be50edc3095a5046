import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

import { formatGain } from "@mto_planning/components/mto_options/mto_options";

describe.current.tags("desktop");

class SaleOrderLine extends models.Model {
    _name = "sale.order.line";

    state = fields.Selection({
        selection: [
            ["draft", "Quotation"],
            ["sale", "Sales Order"],
        ],
    });
    mto_promise_date = fields.Datetime();

    _records = [
        { id: 1, state: "draft", mto_promise_date: "2027-03-20 11:00:00" },
        { id: 2, state: "draft", mto_promise_date: false },
        { id: 3, state: "sale", mto_promise_date: "2027-03-20 11:00:00" },
    ];
}

defineMailModels();
defineModels([SaleOrderLine]);

const OPTIONS = {
    levers: [
        {
            kind: "vendor",
            text: "Glass from Quick, in 2 days instead of 10.",
            promise_date: "2027-03-12 11:00:00",
            days: 8,
            cost: 160,
            cost_text: "$ 160.00",
        },
        {
            kind: "overtime",
            text: "2 hours of overtime on Saw.",
            promise_date: "2027-03-19 11:00:00",
            days: 1,
            cost: false,
            cost_text: "",
        },
    ],
    ladder: [
        { quantity: 5, promise_date: "2027-03-15 11:00:00" },
        { quantity: 8, promise_date: "2027-03-20 11:00:00" },
    ],
};

async function mountOptions(resId, options = OPTIONS) {
    mockDate("2027-03-01 08:00:00", 0);
    onRpc("sale.order.line", "mto_find_options", ({ args }) => {
        expect.step(`find ${args[0]}`);
        return options;
    });
    await mountView({
        type: "form",
        resModel: "sale.order.line",
        resId,
        arch: `<form><widget name="mto_options" /></form>`,
    });
}

test("nothing is computed before somebody asks", async () => {
    await mountOptions(1);
    expect.verifySteps([]);
    expect(".o_mto_find_options").toHaveCount(1);
    await contains(".o_mto_find_options").click();
    expect.verifySteps(["find 1"]);
    expect(queryAllTexts(".o_mto_lever strong")).toEqual(["Mar 12", "Mar 19"]);
    expect(queryAllTexts(".o_mto_lever .text-success")).toEqual([
        "8 days earlier",
        "1 day earlier",
    ]);
    expect(".o_mto_lever:first").toHaveText(/costs \$ 160.00/);
    expect(".o_mto_lever:last").not.toHaveText(/costs/);
});

test("gains are told as people say them", async () => {
    await mountOptions(1);
    const days = [8.7, 4, 1.2, 0.9, 0.5, 0.04];
    expect(days.map((one) => formatGain(one).toString())).toEqual([
        "9 days earlier",
        "4 days earlier",
        "1 day earlier",
        "1 day earlier",
        "12 hours earlier",
        "1 hour earlier",
    ]);
});

test("a date that has moved since it was computed is told", async () => {
    await mountOptions(1, { ...OPTIONS, promise_date: "2027-03-24 11:00:00" });
    await contains(".o_mto_find_options").click();
    expect.verifySteps(["find 1"]);
    expect(".o_mto_moved").toHaveText(/it would be Mar 24/);
});

test("how many by when becomes lines", async () => {
    mockService("action", { doAction: (action) => expect.step(action.tag) });
    onRpc("sale.order.line", "mto_split", ({ args }) => {
        expect.step(`split ${args[0]} ${args[1]}`);
        return [1, 9];
    });
    await mountOptions(1);
    await contains(".o_mto_find_options").click();
    expect(queryAllTexts(".o_mto_rung_bar")).toEqual(["5", "8"]);
    await contains(".o_mto_split").click();
    expect.verifySteps(["find 1", "split 1 5,3", "soft_reload"]);
});

test("where nothing helps it says so", async () => {
    await mountOptions(1, { levers: [], ladder: [OPTIONS.ladder[1]] });
    await contains(".o_mto_find_options").click();
    expect.verifySteps(["find 1"]);
    expect(".o_mto_options p").toHaveText(/Nothing that could be tried helps/);
    expect(".o_mto_split").toHaveCount(0);
});

test("without a date, and in a confirmed order, there is nothing to ask", async () => {
    await mountOptions(2);
    expect(".o_mto_options").toHaveCount(0);
    await mountOptions(3);
    expect(".o_mto_options").toHaveCount(0);
});
