import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAll } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Line extends models.Model {
    _name = "line";

    name = fields.Char();
    mto_is_made_to_order = fields.Boolean();

    _records = [
        { id: 1, name: "Lamp", mto_is_made_to_order: true },
        { id: 2, name: "Screws", mto_is_made_to_order: false },
    ];
}

class Order extends models.Model {
    _name = "order";

    line_ids = fields.One2many({ relation: "line" });

    _records = [{ id: 1, line_ids: [1, 2] }];
}

defineMailModels();
defineModels({ Line, Order });

const ROW = ".o_data_row";
const BUTTON = "button.o_mto_explain";

function mountOrder() {
    return mountView({
        type: "form",
        resModel: "order",
        resId: 1,
        arch: `
            <form>
                <field name="line_ids">
                    <list editable="bottom">
                        <field name="name" />
                        <widget name="mto_explain" />
                    </list>
                </field>
            </form>`,
    });
}

test("explain: only what is made to order has a reason, and the button has a name", async () => {
    await mountOrder();
    expect(ROW).toHaveCount(2);
    const [button] = queryAll(BUTTON);
    expect(BUTTON).toHaveCount(1);
    expect(`${ROW}:first ${BUTTON}`).toHaveCount(1);
    expect(button).toHaveAttribute("aria-label", "Why this date?");
});

test("explain: a press asks for the reason of that line", async () => {
    mockService("action", {
        doActionButton({ name, type, resModel, resId }) {
            expect.step([name, type, resModel, resId]);
        },
    });
    await mountOrder();
    await contains(BUTTON).click();
    expect.verifySteps([["action_mto_explain", "object", "line", 1]]);
});

test("explain: a line that is not saved has none yet", async () => {
    await mountOrder();
    await contains(".o_field_x2many_list_row_add a").click();
    expect(ROW).toHaveCount(3);
    expect(BUTTON).toHaveCount(1);
});
