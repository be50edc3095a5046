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

describe.current.tags("desktop");

class Installation extends models.Model {
    _name = "installation";

    deliveries = fields.Json();

    _records = [
        {
            id: 1,
            deliveries: [
                makeDelivery("2027-03-02 12:00:00", "delivered", "on_track", "delivered", 100),
                {
                    ...makeDelivery("2027-03-12 12:00:00", "confirmed", "late", "ready", 41.6),
                    promise_date: "2027-03-10 12:00:00",
                },
                makeDelivery(false, "quoted", false, "quoted", 0),
            ],
        },
        { id: 2, deliveries: [] },
    ];
}

class SaleOrderLine extends models.Model {
    _name = "sale.order.line";
}

defineMailModels();
defineModels({ Installation, SaleOrderLine });

function makeDelivery(date, state, risk, stage, progress) {
    return {
        date,
        promise_date: date,
        state,
        risk,
        lines: [
            {
                line_id: 7,
                order_id: 3,
                order: "S3",
                product_id: 5,
                product: "Lamp",
                quantity: 2,
                uom: "Units",
                stage,
                progress,
            },
        ],
    };
}

async function mountDeliveries(resId) {
    mockDate("2027-03-01 08:00:00");
    await mountView({
        type: "form",
        resModel: "installation",
        resId,
        arch: `<form><field name="deliveries" widget="mto_deliveries"/></form>`,
    });
}

test("each date shows what comes then, and whether it was promised earlier", async () => {
    await mountDeliveries(1);
    expect(".o_mto_delivery").toHaveCount(3);
    const [first, second, third] = queryAllTexts(".o_mto_delivery");
    expect(first).toInclude("Mar 2");
    expect(first).toInclude("Delivered");
    expect(first).not.toInclude("On Track");
    expect(second).toInclude("Late");
    expect(second).toInclude("promised for Mar 10");
    expect(".o_mto_delivery span.text-danger").toHaveText("promised for Mar 10");
    expect(second).toInclude("2 × Lamp");
    expect(second).toInclude("S3, Ready to Start, 42 %");
    expect(third).toInclude("No date yet");
    expect(third).toInclude("With quotations");
});

test("without lines it says how to put some in", async () => {
    await mountDeliveries(2);
    expect(".o_field_widget").toHaveText(/Nothing belongs to it yet/);
});

test("a line opens as a made-to-order job", async () => {
    onRpc("sale.order.line", "action_mto_open", ({ args }) => ({ opened: args[0] }));
    mockService("action", {
        doAction: (action) => expect.step(action.opened),
    });
    await mountDeliveries(1);
    await contains(".o_mto_delivery:first button").click();
    expect.verifySteps([[7]]);
});
