import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class SaleOrderLine extends models.Model {
    _name = "sale.order.line";

    mto_stage = fields.Selection({
        selection: [
            ["quoted", "Quoted"],
            ["in_production", "In Production"],
            ["delivered", "Delivered"],
        ],
    });

    _records = [
        { id: 1, mto_stage: "in_production" },
        { id: 2, mto_stage: "delivered" },
        { id: 3, mto_stage: "quoted" },
        { id: 4, mto_stage: false },
    ];
}

defineMailModels();
defineModels({ SaleOrderLine });

test("a dot for each stage up to where the line is", async () => {
    await mountView({
        type: "list",
        resModel: "sale.order.line",
        arch: `<list><field name="mto_stage" widget="mto_stage" /></list>`,
    });
    const row = (number) => `.o_data_row:nth-child(${number}) .o_mto_stage`;
    expect(row(1)).toHaveText("In Production");
    expect(row(1)).toHaveAttribute("title", "In Production: step 3 of 5");
    expect(`${row(1)} .o_mto_stage_reached`).toHaveCount(3);
    expect(`${row(1)} .o_mto_stage_here`).toHaveCount(1);
    expect(`${row(2)} .o_mto_stage_reached`).toHaveCount(5);
    expect(`${row(3)} i`).toHaveCount(0);
    expect(row(3)).toHaveText("Quoted");
    expect(row(4)).toHaveText("");
});
