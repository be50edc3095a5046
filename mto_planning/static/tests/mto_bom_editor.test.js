import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryAllValues, setInputFiles } from "@odoo/hoot-dom";
import { animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
import {
    allowTranslations,
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { describeFields, describeRow, pickRows, readRows } from "@mto_planning/core/structure";

describe.current.tags("desktop");

class SaleOrder extends models.Model {
    _name = "sale.order";

    _records = [{ id: 7, display_name: "S00007" }];
}

class SaleOrderLine extends models.Model {
    _name = "sale.order.line";

    state = fields.Selection({
        selection: [
            ["draft", "Quotation"],
            ["sale", "Sales Order"],
        ],
    });
    order_id = fields.Many2one({ relation: "sale.order" });
    mto_promise_date = fields.Datetime();
    mto_promise_state = fields.Selection({ selection: [["good", "Promised"]] });
    price_unit = fields.Float();

    _records = [{ id: 1, state: "draft", order_id: 7, mto_promise_date: "2027-03-20 11:00:00" }];
}

class Workcenter extends models.Model {
    _name = "mrp.workcenter";

    _records = [
        { id: 3, display_name: "Bending" },
        { id: 4, display_name: "Assembly" },
    ];
}

defineMailModels();
defineModels([SaleOrder, SaleOrderLine, Workcenter]);

const PART = {
    kind: "part",
    unit: "Units",
    unit_id: 1,
    supply: "buy",
    vendor: "",
    bom_id: false,
    makes: 0,
    makes_unit: "",
    note: "",
    documents: [],
    change: false,
    was: {},
};
const LAMP = {
    ...PART,
    key: "at-0",
    parent: false,
    depth: 0,
    name: "Lamp",
    product_id: 10,
    supply: "make",
    quantity: 1,
    total: 1,
    cost: 240,
    bom_id: 5,
    makes: 1,
};
const FRAME = { ...LAMP, key: "at-0.0", parent: "at-0", depth: 1, name: "Frame", product_id: 11 };
const TUBE = {
    ...PART,
    key: "at-0.0.0",
    parent: "at-0.0",
    depth: 2,
    name: "Tube",
    product_id: 12,
    quantity: 2,
    total: 4,
    cost: 10,
    vendor: "Pipes Ltd",
};
const WORK = {
    kind: "operation",
    key: "at-0.0-work-0",
    parent: "at-0.0",
    depth: 2,
    name: "Bend",
    operation_id: 20,
    workcenter_id: 3,
    workcenter: "Bending",
    minutes: 90,
    duration: 180,
    cost: 90,
    note: "",
    documents: [],
    change: false,
    was: {},
};
const STRUCTURE = {
    line_id: 1,
    product_id: 10,
    product: "Lamp",
    is_customised: false,
    has_copies: false,
    promise_state: "good",
    can_edit: true,
    can_edit_operations: true,
    refusal: "",
    rows: [LAMP, FRAME, TUBE, WORK],
    currency_id: 1,
    cost: 240,
    material_cost: 60,
    work_cost: 180,
    price: 400,
    margin: 160,
    margin_percent: 40,
    target_margin_percent: 50,
    price_currency_id: 1,
    unit_price: 400,
    suggested_unit_price: 480,
    master_changed: false,
    master_changes: [],
};
const CHANGED = {
    ...STRUCTURE,
    is_customised: true,
    has_copies: true,
    promise_state: "outdated",
    cost: 245,
    rows: [
        LAMP,
        { ...FRAME, key: "part-31" },
        {
            ...TUBE,
            key: "part-32",
            parent: "part-31",
            quantity: 3,
            change: "changed",
            was: { quantity: 2 },
        },
        { ...WORK, key: "work-41", parent: "part-31" },
    ],
};

/** The first answer is to the first call, the last one to all others. */
async function mountEditor(...answers) {
    mockDate("2027-03-01 08:00:00", 0);
    const answer = (name, { args }) => {
        expect.step([name, ...args.slice(1).map((arg) => JSON.stringify(arg))].join(" "));
        return answers.length > 1 ? answers.shift() : answers[0];
    };
    for (const method of [
        "mto_get_structure",
        "mto_customise",
        "mto_reset_structure",
        "mto_refresh_structure",
        "mto_take_structure_from",
        "mto_find_earlier",
    ]) {
        onRpc("sale.order.line", method, (call) => answer(method, call));
    }
    await mountView({
        type: "form",
        resModel: "sale.order.line",
        resId: 1,
        arch: `<form edit="0"><widget name="mto_bom_editor" /></form>`,
    });
    await animationFrame();
}

test("a tree with costs, which folds", async () => {
    await mountEditor(STRUCTURE);
    expect.verifySteps(["mto_get_structure"]);
    expect(".o_mto_tree_row").toHaveCount(4);
    expect(queryAllTexts(".o_mto_tree_cost")).toEqual([
        "$ 240.00",
        "$ 240.00",
        "$ 10.00",
        "$ 90.00",
    ]);
    expect(queryAllValues(".o_mto_number")).toEqual(["1", "2", "90"]);
    expect(".o_mto_total_margin").toHaveText(/\$ 160.00\s+40.0 %/);
    expect(".o_mto_total_margin strong").toHaveClass("text-warning");
    expect(".o_mto_promise").toHaveText("Promised for Mar 20");
    expect(".o_mto_reset").toHaveCount(0);
    await contains(".o_mto_tree_row:eq(1) .o_mto_fold").click();
    expect(queryAllTexts(".o_mto_tree_name .fw-bolder")).toEqual(["Lamp", "Frame"]);
    expect(".o_mto_tree_row").toHaveCount(2);
    await press("ArrowRight");
    await animationFrame();
    expect(".o_mto_tree_row").toHaveCount(4);
});

test("a quantity is changed by the keyboard, and what it was is told", async () => {
    await mountEditor(STRUCTURE, CHANGED);
    await contains(".o_mto_tree_row:eq(2) .o_mto_number").edit("3", { confirm: "Enter" });
    await animationFrame();
    expect.verifySteps([
        "mto_get_structure",
        'mto_customise [{"type":"set_quantity","key":"at-0.0.0","quantity":3}]',
    ]);
    expect(".o_mto_tree_row:eq(2) .badge").toHaveText("Changed");
    expect(".o_mto_tree_row:eq(2) .badge").toHaveAttribute("title", "Was: 2");
    expect(".o_mto_promise").toHaveText(/out of date/);
    expect(".o_mto_reset").toHaveCount(1);
    // The cursor is in the next number.
    expect(".o_mto_tree_row:eq(3) .o_mto_number").toBeFocused();
});

test("two changes in a row: the second knows the keys that the first has given", async () => {
    await mountEditor(STRUCTURE, CHANGED);
    await contains(".o_mto_tree_row:eq(2) .o_mto_number").edit("3", { confirm: "Enter" });
    await contains(".o_mto_tree_row:eq(3) .o_mto_number").edit("45", { confirm: "Enter" });
    await animationFrame();
    expect.verifySteps([
        "mto_get_structure",
        'mto_customise [{"type":"set_quantity","key":"at-0.0.0","quantity":3}]',
        'mto_customise [{"type":"set_operation","key":"work-41","minutes":45}]',
    ]);
});

test("what is no number, or is not changed, is not sent", async () => {
    mockService("notification", { add: (message) => expect.step(message) });
    await mountEditor(STRUCTURE);
    await contains(".o_mto_tree_row:eq(2) .o_mto_number").edit("many", { confirm: "Enter" });
    await contains(".o_mto_tree_row:eq(2) .o_mto_number").edit("2.0", { confirm: "Enter" });
    expect.verifySteps(["mto_get_structure", "“many” is not a number."]);
    expect(queryAllValues(".o_mto_number")).toEqual(["1", "2", "90"]);
});

test("a component is searched and added", async () => {
    onRpc("product.product", "name_search", ({ kwargs }) => {
        expect.step(`search ${kwargs.name}`);
        return [[55, "Hook"]];
    });
    await mountEditor(STRUCTURE, CHANGED);
    await contains(".o_mto_tree_row:eq(1) .o_mto_add").click();
    await contains(".o_mto_form_quantity").edit("2");
    await contains(".o_mto_search input").edit("hoo", { confirm: false });
    await runAllTimers();
    await contains(".o-autocomplete--dropdown-item:contains(Hook)").click();
    await animationFrame();
    expect.verifySteps([
        "mto_get_structure",
        "search hoo",
        'mto_customise [{"type":"add_component","key":"at-0.0","product_id":55,"quantity":2}]',
    ]);
    expect(".o_mto_form").toHaveCount(0);
});

test("an operation goes to another work center, and away", async () => {
    await mountEditor(STRUCTURE);
    await contains(".o_mto_center").select("4");
    await contains(".o_mto_tree_row:eq(3) .o_mto_menu").click();
    await contains(".o-dropdown-item:contains(Remove)").click();
    await animationFrame();
    expect.verifySteps([
        "mto_get_structure",
        'mto_customise [{"type":"set_operation","key":"at-0.0-work-0","workcenter_id":4}]',
        'mto_customise [{"type":"remove","key":"at-0.0-work-0"}]',
    ]);
});

test("salespeople see the work and change what goes in", async () => {
    await mountEditor({ ...STRUCTURE, can_edit_operations: false });
    expect.verifySteps(["mto_get_structure"]);
    expect(queryAllValues(".o_mto_number")).toEqual(["1", "2"]);
    expect(".o_mto_center").toHaveCount(0);
    expect(".o_mto_tree_row:eq(3)").toHaveText(/Bending/);
    await contains(".o_mto_tree_row:eq(3) .o_mto_menu").click();
    expect(queryAllTexts(".o-dropdown-item")).toEqual(["Attach a drawing"]);
});

test("whoever may not change it is told why", async () => {
    const refusal = "The order is confirmed.";
    await mountEditor({ ...STRUCTURE, can_edit: false, can_edit_operations: false, refusal });
    expect.verifySteps(["mto_get_structure"]);
    expect("input, select, .o_mto_menu, .o_mto_take").toHaveCount(0);
    expect(".o_mto_bom_editor").toHaveText(/The order is confirmed/);
});

test("what was removed stands in its place and is taken back", async () => {
    const gone = {
        ...TUBE,
        key: "gone-5-lines-9.1",
        change: "removed",
        was: { product: "Tube", quantity: 2, unit: "Units" },
    };
    await mountEditor({ ...CHANGED, rows: [LAMP, FRAME, gone] }, STRUCTURE);
    expect(".o_mto_tree_removed .badge").toHaveAttribute("title", "In the master: Tube, 2 Units");
    await contains(".o_mto_restore").click();
    await animationFrame();
    expect.verifySteps([
        "mto_get_structure",
        'mto_customise [{"type":"restore","key":"gone-5-lines-9.1"}]',
    ]);
});

test("only what differs, and what it belongs to", async () => {
    await mountEditor(CHANGED);
    await contains(".o_mto_only_changes input").click();
    expect(".o_mto_tree_row").toHaveCount(3);
    expect(".o_mto_tree").not.toHaveText(/Bend$/m);
    expect.verifySteps(["mto_get_structure"]);
});

test("a changed master is told and taken", async () => {
    const change = { level: "Frame", kind: "part", change: "changed", name: "Tube" };
    const master_changes = [
        { ...change, was: { quantity: 2 }, now: { quantity: 4 }, conflict: true },
        { ...change, change: "added", name: "Hook", was: {}, now: {}, conflict: false },
    ];
    mockService("notification", { add: (message) => expect.step(message) });
    await mountEditor(
        { ...CHANGED, master_changed: true, master_changes },
        { ...CHANGED, conflicts: [master_changes[0]] },
    );
    expect(queryAllTexts(".o_mto_master li")).toEqual([
        "Frame: Tube was 2, is 4.You have changed the same: yours stays.",
        "Frame: Hook was added.",
    ]);
    await contains(".o_mto_refresh").click();
    await animationFrame();
    expect.verifySteps([
        "mto_get_structure",
        "mto_refresh_structure",
        "1 change of the master was not taken: yours stays.",
    ]);
    expect(".o_mto_master").toHaveCount(0);
});

test("reset asks first", async () => {
    await mountEditor(CHANGED, STRUCTURE);
    await contains(".o_mto_reset").click();
    expect.verifySteps(["mto_get_structure"]);
    await contains(".modal .btn-primary").click();
    await animationFrame();
    expect.verifySteps(["mto_reset_structure"]);
});

test("the date is computed, the price used", async () => {
    onRpc("sale.order", "mto_compute_promise", ({ args }) => {
        expect.step(`promise ${args[0]}`);
        return [];
    });
    onRpc("sale.order.line", "write", ({ args }) => {
        expect.step(`write ${JSON.stringify(args[1])}`);
        return true;
    });
    await mountEditor(CHANGED, STRUCTURE);
    await contains(".o_mto_compute").click();
    await animationFrame();
    expect(".o_mto_compute").toHaveCount(0);
    await contains(".o_mto_use_price").click();
    await animationFrame();
    expect.verifySteps([
        "mto_get_structure",
        "promise 7",
        "mto_get_structure",
        'write {"price_unit":480}',
        "mto_get_structure",
    ]);
});

test("an error is shown in its place and can be tried again", async () => {
    let fails = true;
    onRpc("sale.order.line", "mto_get_structure", () => {
        if (fails) {
            throw new Error("It contains itself.");
        }
        return STRUCTURE;
    });
    await mountView({
        type: "form",
        resModel: "sale.order.line",
        resId: 1,
        arch: `<form edit="0"><widget name="mto_bom_editor" /></form>`,
    });
    await animationFrame();
    expect(".o_mto_bom_editor .alert-danger").toHaveText(/It contains itself/);
    fails = false;
    await contains(".o_mto_bom_editor .alert-danger button").click();
    await animationFrame();
    expect(".o_mto_tree_row").toHaveCount(4);
});

test("rows keep their path when their keys change, also twins", () => {
    allowTranslations();
    const before = readRows([...STRUCTURE.rows, { ...TUBE, key: "at-0.0.1" }]);
    const after = readRows([...CHANGED.rows, { ...TUBE, key: "part-33", parent: "part-31" }]);
    expect(after.map((row) => row.path)).toEqual(before.map((row) => row.path));
    expect(new Set(after.map((row) => row.path)).size).toBe(5);
    const folded = new Set([before[0].path]);
    expect(pickRows(before, folded, false).map((row) => row.name)).toEqual(["Lamp"]);
});

test("fields in words", () => {
    allowTranslations();
    expect(describeFields({ product: "Tube", quantity: 2.5, unit: "m" })).toBe("Tube, 2.5 m");
    expect(describeFields({ minutes: 90, workcenter: "Saw" })).toBe("Saw, 90 minutes");
    expect(describeFields({ source: false })).toBe("as its rules say");
});

const DRAWING = {
    document_id: 8,
    attachment_id: 9,
    name: "12-B.pdf",
    mimetype: "application/pdf",
    size: 18,
    is_from_master: false,
};
const DRAWN = {
    ...CHANGED,
    rows: [
        LAMP,
        {
            ...FRAME,
            key: "part-31",
            documents: [DRAWING],
            change: "changed",
            was: { documents: 0 },
        },
    ],
};

test("a drawing is attached, and taken away", async () => {
    await mountEditor(STRUCTURE, DRAWN);
    await contains(".o_mto_tree_row:eq(1) .o_mto_menu").click();
    await contains(".o-dropdown-item:contains(Attach a drawing)").click();
    await contains(".o_mto_file", { visible: false }).click();
    await setInputFiles([new File(["drawing"], "12-B.pdf", { type: "application/pdf" })]);
    await runAllTimers();
    await animationFrame();
    expect(".o_mto_document").toHaveText("12-B.pdf");
    expect(".o_mto_tree_row:eq(1) .badge").toHaveText("Changed");
    expect(".o_mto_tree_row:eq(1) .o_mto_was").toHaveCount(0);
    await contains(".o_mto_document_remove").click();
    await animationFrame();
    expect.verifySteps([
        "mto_get_structure",
        `mto_customise [{"type":"attach","key":"at-0.0","name":"12-B.pdf","data":"${btoa("drawing")}"}]`,
        'mto_customise [{"type":"detach","key":"part-31","document_id":8}]',
    ]);
});

test("whoever may not change it opens drawings, and takes none away", async () => {
    await mountEditor({ ...DRAWN, can_edit: false, can_edit_operations: false });
    expect(".o_mto_document_open").toHaveCount(1);
    expect(".o_mto_document_remove").toHaveCount(0);
    await contains(".o_mto_document_open").click();
    expect(".o-FileViewer").toHaveCount(1);
    expect.verifySteps(["mto_get_structure"]);
});

test("what comes out beside has a share of the cost, and no number to change", async () => {
    const beside = {
        kind: "byproduct",
        key: "at-0.0-beside-1",
        parent: "at-0.0",
        depth: 2,
        name: "Cuttings",
        product_id: 20,
        quantity: 3,
        total: 6,
        unit: "kg",
        cost: -20,
        cost_share: 10,
        note: "",
        documents: [],
        change: false,
        was: {},
    };
    await mountEditor({ ...STRUCTURE, rows: [...STRUCTURE.rows, beside] });
    const row = ".o_mto_tree_row:contains(Cuttings)";
    expect(row).toHaveText(/bears 10 % of the cost/);
    expect(row).toHaveText(/6 kg/);
    expect(`${row} .fa-recycle`).toHaveCount(1);
    expect(`${row} input, ${row} .o_mto_menu`).toHaveCount(0);
    expect.verifySteps(["mto_get_structure"]);
});

const EARLIER = {
    line_id: 6,
    order: "S00006",
    customer: "Hotel",
    date: "2027-01-05 10:00:00",
    state_label: "Sales Order",
    quantity: 2,
    unit: "Units",
    unit_price: 500,
    price_currency_id: 1,
    unit_cost: 245,
    currency_id: 1,
    differences: [{ ...TUBE, quantity: 3, change: "changed", was: { quantity: 2 } }],
};

test("an earlier order is searched, seen and taken", async () => {
    await mountEditor(
        STRUCTURE,
        { lines: [EARLIER], has_more: true },
        { lines: [{ ...EARLIER, line_id: 5, order: "S00005" }], has_more: false },
        { lines: [EARLIER], has_more: false },
        CHANGED,
    );
    await contains(".o_mto_take").click();
    expect(".o_mto_take_line").toHaveCount(1);
    expect(".o_mto_take_line").toHaveText(/S00006 · Hotel/);
    expect(".o_mto_take_differences").toHaveText("Tube: 3 Units (was: 2)");
    expect(".o_mto_take_money").toHaveText(/245.00/);
    await contains(".modal button:contains(Show more)").click();
    await animationFrame();
    expect(".o_mto_take_line").toHaveCount(2);
    await contains(".o_mto_take_text").edit("hotel", { confirm: false });
    await runAllTimers();
    await animationFrame();
    expect(".o_mto_take_line").toHaveCount(1);
    await contains(".o_mto_take_line button").click();
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect(".o_mto_tree_row .badge").toHaveText("Changed");
    const filters = { text: "", date_from: "", only_customised: true, offset: 0 };
    expect.verifySteps([
        "mto_get_structure",
        `mto_find_earlier ${JSON.stringify(filters)}`,
        `mto_find_earlier ${JSON.stringify({ ...filters, offset: 1 })}`,
        `mto_find_earlier ${JSON.stringify({ ...filters, text: "hotel" })}`,
        "mto_take_structure_from 6",
    ]);
});

test("differences of a row in words", () => {
    allowTranslations();
    const row = { ...TUBE, name: "Tube", quantity: 3, change: "changed", was: { quantity: 2 } };
    expect(describeRow(row)).toBe("Tube: 3 Units (was: 2)");
    expect(describeRow({ ...row, change: "added", was: {} })).toBe("Tube: added, 3 Units");
    expect(describeRow({ ...row, change: "removed" })).toBe("Without Tube");
    const noted = { ...row, change: false, was: {}, note: "Mirrored" };
    expect(describeRow(noted)).toBe("Tube: Mirrored");
    const drawn = { ...row, was: { documents: 0 }, documents: [DRAWING] };
    expect(describeRow(drawn)).toBe("Tube: 12-B.pdf");
});
