import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { MtoPlanList } from "@mto_planning/components/mto_plan_list/mto_plan_list";

describe.current.tags("desktop");

defineMailModels();

const PART = {
    id: "purchase.order.line-1",
    kind: "purchase",
    kindLabel: "Purchase",
    icon: "fa-truck",
    name: "P7",
    product: "Oak",
    quantity: 4,
    when: "Mar 1 – Mar 4",
    stateLabel: "in progress",
    late: true,
    res_model: "purchase.order",
    res_id: 7,
};
const WORK = {
    id: "mrp.workorder-2",
    kind: "operation",
    kindLabel: "Operation",
    icon: "fa-cog",
    name: "Cut",
    product: "Desk",
    quantity: 2,
    where: "Saw",
    when: "Mar 4",
    stateLabel: "planned",
    critical: true,
    res_model: "mrp.workorder",
    res_id: 2,
};
const ROW = ".o_mto_plan_list > li";

test("what is bought says how much and of what, work says its name", async () => {
    await mountWithCleanup(MtoPlanList, { props: { steps: [PART, WORK] } });
    expect(`${ROW}:first .o_mto_plan_list_what`).toHaveText(/4 × Oak\s*P7/);
    expect(`${ROW}:last .o_mto_plan_list_what`).toHaveText(/^Cut\s*Desk$/);
    expect(`${ROW}:last .o_mto_plan_list_where`).toHaveText("Saw");
    expect(`${ROW}:first .fa-truck`).toHaveAttribute("aria-label", "Purchase");
});

test("what is late is red, what sets the date is bold", async () => {
    await mountWithCleanup(MtoPlanList, { props: { steps: [PART, WORK] } });
    expect(`${ROW}:first`).toHaveClass("text-danger");
    expect(`${ROW}:first`).not.toHaveClass("fw-bolder");
    expect(`${ROW}:last`).toHaveClass("fw-bolder");
    expect(`${ROW}:last`).not.toHaveClass("text-danger");
});

test("a record is opened by its name", async () => {
    const onOpen = ({ model, id }) => expect.step(`${model} ${id}`);
    await mountWithCleanup(MtoPlanList, { props: { steps: [PART, WORK], onOpen } });
    await contains(`${ROW}:last button`).click();
    expect.verifySteps(["mrp.workorder 2"]);
});

test("steps of a quotation have no record and no state", async () => {
    const step = { ...PART, res_id: false, quantity: 1 };
    const onOpen = () => expect.step("opened");
    await mountWithCleanup(MtoPlanList, { props: { steps: [step], onOpen } });
    expect(`${ROW} button`).toHaveCount(0);
    expect(`${ROW} .o_mto_plan_list_what`).toHaveText("Oak");
    expect(`${ROW} .o_mto_plan_list_when`).toHaveText("Mar 1 – Mar 4");
});
