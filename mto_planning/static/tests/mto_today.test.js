import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineActions,
    getService,
    mountWithCleanup,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");

defineMailModels();
defineActions([{ id: 1, name: "Today", tag: "mto_today", type: "ir.actions.client" }]);

function makeLine(values) {
    return {
        line_id: 10,
        order_id: 1,
        order: "S1",
        customer: "Hall",
        product: "Desk",
        quantity: 2,
        unit: "Units",
        value: 1200,
        currency_id: false,
        promise_date: "2027-03-10 16:00:00",
        projected_date: "2027-03-12 16:00:00",
        slack_hours: -48,
        risk: "late",
        stage: "in_production",
        cause: "purchase",
        cause_label: "Purchase Late",
        trouble: "PO7 Oak is late.",
        since: "2027-03-01",
        change: "worse",
        salesperson: "Sofia",
        owner: false,
        owner_id: false,
        snooze: false,
        suggestion: { remedy: "plan_anew", label: "Plan This Order Anew" },
        remedies: [
            { remedy: "plan_anew", label: "Plan This Order Anew" },
            { remedy: "open_line", label: "Show the Timeline" },
        ],
        ...values,
    };
}

async function mountToday(lines, values = {}) {
    mockDate("2027-03-03 09:00:00", 0);
    onRpc("mto.today", "get", () => {
        expect.step("get");
        return {
            date: "2027-03-03",
            counts: {
                blocked: lines.filter(({ risk }) => risk === "blocked").length,
                late: lines.filter(({ risk }) => risk === "late").length,
                at_risk: lines.filter(({ risk }) => risk === "at_risk").length,
            },
            lines,
            total: lines.length,
            snoozed: [],
            changes: false,
            coming: [],
            ...values,
        };
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction(1);
}

test("a line: how late, since when, why, and what to do", async () => {
    await mountToday([makeLine()]);
    expect.verifySteps(["get"]);
    expect(".o_mto_today_row .badge").toHaveText("Late");
    expect(".o_mto_today_trouble").toHaveText("PO7 Oak is late.");
    expect(".o_mto_today_when").toHaveText(/2 days late/);
    expect(".o_mto_today_when").toHaveText(/Mar 12/);
    expect(".o_mto_today_row").toHaveText(/for 2 days/);
    expect(".o_mto_today_row").toHaveText(/worse/);
    expect(".o_mto_today_suggestion").toHaveText("Plan This Order Anew");
});

test("the suggestion is done by one click, and the list is read again", async () => {
    onRpc("mto.today", "act", ({ args }) => {
        expect.step(args);
        return { message: "3 work orders have new times." };
    });
    await mountToday([makeLine()]);
    await contains(".o_mto_today_suggestion").click();
    expect.verifySteps(["get", [10, "plan_anew"], "get"]);
    expect(".o_notification").toHaveText(/3 work orders have new times/);
});

test("by risk, and what is mine", async () => {
    await mountToday([
        makeLine({ line_id: 1, order: "S1", risk: "blocked" }),
        makeLine({ line_id: 2, order: "S2", owner: "Me", owner_id: serverState.userId }),
    ]);
    expect.verifySteps(["get"]);
    const shown = () => queryAllTexts(".o_mto_today_row .btn-link");
    expect(shown()).toEqual(["S1", "S2"]);
    await contains(".o_mto_today_count:contains(Blocked)").click();
    expect(shown()).toEqual(["S1"]);
    await contains(".o_mto_today_count:contains(Blocked)").click();
    await contains("button:contains(Mine)").click();
    expect(shown()).toEqual(["S2"]);
});

test("snoozed until next week, with the reason", async () => {
    onRpc("mto.today", "snooze", ({ args }) => {
        expect.step(args);
        return true;
    });
    await mountToday([makeLine()]);
    await contains(".o_mto_today_more").click();
    await contains(".o_mto_today_snooze").click();
    await contains(".modal button:contains(Next week)").click();
    await contains("#o_mto_snooze_reason").edit("Known");
    await contains(".o_mto_snooze_confirm").click();
    await animationFrame();
    expect.verifySteps(["get", [10, "2027-03-08", "Known"], "get"]);
    expect(".modal").toHaveCount(0);
});

test("what has changed is named", async () => {
    const name = (line_id) => ({ line_id, order: `S${line_id}`, product: "Desk" });
    await mountToday([makeLine()], {
        changes: {
            since: "2027-03-02",
            new: [name(1), name(2)],
            worse: [],
            better: [name(3)],
            done: [],
        },
    });
    expect.verifySteps(["get"]);
    expect(queryAllTexts(".o_mto_today_changes button")).toEqual(["2 new", "1 better"]);
    await contains(".o_mto_today_changes button:first").click();
    expect(queryAllTexts(".o-dropdown--menu .dropdown-item")).toEqual(["S1: Desk", "S2: Desk"]);
});

test("nothing needs you: what is coming up", async () => {
    await mountToday([], {
        coming: [
            {
                line_id: 5,
                order: "S5",
                product: "Desk",
                customer: "Hall",
                promise_date: "2027-03-10 16:00:00",
                projected_date: "2027-03-10 16:00:00",
                progress: 41.6,
                stage: "in_production",
            },
        ],
    });
    expect.verifySteps(["get"]);
    expect(".o_mto_today_empty").toHaveText(/Nothing needs you today/);
    expect("section li").toHaveText(/S5/);
    expect("section li").toHaveText(/42 %/);
});
