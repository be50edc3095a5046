import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAll, queryAllAttributes, queryOne } from "@odoo/hoot-dom";
import { mockTimeZone } from "@odoo/hoot-mock";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Impact extends models.Model {
    _name = "impact";

    anew_date = fields.Datetime();
    changed_date = fields.Datetime();
    promise_date = fields.Datetime();
    first_date = fields.Datetime();
    last_date = fields.Datetime();

    _records = [
        { id: 1, anew_date: 2, changed_date: 6, promise_date: 4 },
        { id: 2, anew_date: 6, changed_date: 4, promise_date: 6 },
        { id: 3, anew_date: false, changed_date: 4, promise_date: false },
        { id: 4, anew_date: 4, changed_date: false, promise_date: 6 },
    ].map((row) => {
        const dates = { first_date: 2, last_date: 6, ...row };
        for (const name in dates) {
            if (name !== "id" && dates[name]) {
                dates[name] = `2027-03-0${dates[name]} 08:00:00`;
            }
        }
        return dates;
    });
}

defineMailModels();
defineModels([Impact]);

async function mountList() {
    mockTimeZone(0);
    await mountView({
        resModel: "impact",
        type: "list",
        arch: `<list><field name="changed_date" widget="mto_shift"/></list>`,
    });
}

const row = (number) => `.o_data_row:nth-child(${number})`;
const start = (selector) => parseFloat(queryOne(selector).style.insetInlineStart);

test("all rows have one line of time", async () => {
    await mountList();
    expect(start(`${row(1)} .o_mto_shift_promise`)).toBeCloseTo(50);
    expect(start(`${row(2)} .o_mto_shift_to`)).toBeCloseTo(50);
    expect(start(`${row(1)} .o_mto_shift_from`)).toBeLessThan(5);
    expect(start(`${row(1)} .o_mto_shift_to`)).toBeGreaterThan(95);
});

test("later and earlier, late and in time", async () => {
    await mountList();
    expect(`${row(1)} .o_mto_shift_later`).toHaveCount(1);
    expect(`${row(1)} .o_mto_shift_to`).toHaveClass("o_mto_shift_late");
    expect(`${row(2)} .o_mto_shift_earlier`).toHaveCount(1);
    expect(`${row(2)} .o_mto_shift_to`).not.toHaveClass("o_mto_shift_late");
    // The way begins at the earlier of both ends.
    const way = `${row(2)} .o_mto_shift_way`;
    expect(start(way)).toBeCloseTo(start(`${row(2)} .o_mto_shift_to`));
    expect(parseFloat(queryOne(way).style.width)).toBeCloseTo(
        start(`${row(2)} .o_mto_shift_from`) - start(`${row(2)} .o_mto_shift_to`),
    );
});

test("what is not there is not drawn", async () => {
    await mountList();
    expect(queryAll(`${row(3)} .o_mto_shift > i`)).toHaveLength(1);
    expect(`${row(3)} .o_mto_shift_to`).toHaveCount(1);
    expect(queryAll(`${row(4)} .o_mto_shift > i`)).toHaveLength(2);
    expect(`${row(4)} .o_mto_shift_to`).toHaveCount(0);
});

test("it is told in words as well", async () => {
    await mountList();
    expect(queryAllAttributes(".o_mto_shift", "aria-label")).toEqual([
        "Without: 03/02/2027. With: 03/06/2027. Promised: 03/04/2027.",
        "Without: 03/06/2027. With: 03/04/2027. Promised: 03/06/2027.",
        "Without: none. With: 03/04/2027. Promised: none.",
        "Without: 03/04/2027. With: none. Promised: 03/06/2027.",
    ]);
});
