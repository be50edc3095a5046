import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

const STEPS = [
    {
        kind: "purchase",
        name: "Oak from Timber & Co",
        product_id: 1,
        product: "Oak",
        quantity: 4,
        start: "2027-03-01 08:00:00",
        finish: "2027-03-04 08:00:00",
        level: 1,
        critical: true,
    },
    {
        kind: "stock",
        name: "Screws",
        product_id: 2,
        product: "Screws",
        quantity: 1,
        start: "2027-03-04 08:00:00",
        finish: "2027-03-04 08:00:00",
        level: 1,
        critical: false,
    },
    {
        kind: "operation",
        name: "Cut",
        product_id: 3,
        product: "Desk",
        quantity: 2,
        start: "2027-03-04 08:00:00",
        finish: "2027-03-04 11:00:00",
        level: 0,
        critical: true,
        workcenter_id: 5,
        workcenter: "Saw",
    },
];

class Promise_ extends models.Model {
    _name = "promise";

    reason = fields.Char();
    steps = fields.Json();
    date = fields.Datetime();
    slack = fields.Float();
    minutes = fields.Float();
    state = fields.Selection({
        selection: [
            ["none", "Not computed"],
            ["late", "Later than requested"],
        ],
    });

    _records = [
        {
            id: 1,
            reason: "Oak takes 3 days.",
            steps: STEPS,
            date: "2027-03-04 11:00:00",
            slack: -30.4,
            minutes: 75,
            state: "late",
        },
        { id: 2, reason: false, steps: false, date: false, slack: 0, state: "none" },
        { id: 3, slack: 48, minutes: 600, date: "2027-03-04 23:00:00", state: false },
        { id: 4, slack: -(20 * 24 + 18.6), minutes: 30, state: false },
    ];
}

defineMailModels();
defineModels({ Promise_ });

/** Browsers differ in the kind of space before AM and PM. */
function getTexts(selector) {
    return queryAllTexts(selector).map((text) => text.replace(/\s/gu, " "));
}

function mountForm(resId, arch, hoursFromUtc = 0) {
    mockDate("2027-03-01 08:00:00", hoursFromUtc);
    return mountView({ type: "form", resModel: "promise", resId, arch });
}

const STEPS_ARCH = `
    <form>
        <field name="reason" invisible="1" />
        <field name="steps" widget="mto_promise_steps"
               options="{'reason_field': 'reason'}" />
    </form>`;

test("steps: the reason, a row for each step, and the same in words", async () => {
    await mountForm(1, STEPS_ARCH, +1);
    expect(".o_mto_promise_steps p").toHaveText("Oak takes 3 days.");
    expect(".o_mto_chart [role=listitem]").toHaveCount(3);
    expect(".o_mto_plan_list li").toHaveCount(3);
    expect(getTexts(".o_mto_plan_list_when")).toEqual([
        "Mar 1, 9:00 AM – Mar 4, 9:00 AM",
        "Mar 4, 9:00 AM",
        "Mar 4, 9:00 AM – 12:00 PM",
    ]);
    expect(queryAllTexts(".o_mto_plan_list_where")).toEqual(["Purchase", "From stock", "Saw"]);
});

test("steps: those that set the date stand out; a moment is a point", async () => {
    await mountForm(1, STEPS_ARCH);
    expect(".o_mto_chart_scroll .o_mto_bar_critical").toHaveCount(2);
    expect(".o_mto_chart_scroll .o_mto_bar_point").toHaveCount(1);
    expect(".o_mto_plan_list li.fw-bolder").toHaveCount(2);
});

test("steps: a bar says all to a screen reader and takes the focus", async () => {
    await mountForm(1, STEPS_ARCH);
    const bar = ".o_mto_chart_scroll .o_mto_bar_operation";
    expect(bar).toHaveAttribute("role", "img");
    expect(`${bar}[tabindex]`).toHaveCount(1);
    expect(bar).toHaveAttribute("aria-label", /^Cut, Saw\nDesk\nMar 4/);
});

test("steps: zooming in makes the picture longer than what is in sight", async () => {
    await mountForm(1, STEPS_ARCH);
    await contains(".o_mto_chart .btn-group button:contains(Day)").click();
    expect(".o_mto_chart .btn-group button:contains(Day)").toHaveAttribute("aria-pressed", "true");
    expect(".o_mto_chart_scroll").toHaveAttribute("style", /--o-mto-zoom: 3\./);
});

test("steps: nothing is drawn without steps", async () => {
    await mountForm(2, STEPS_ARCH);
    expect(".o_mto_promise_steps").toHaveCount(1);
    expect(".o_mto_chart").toHaveCount(0);
    expect(".o_mto_plan_list").toHaveCount(0);
});

const BADGE_ARCH = `
    <form>
        <field name="state" invisible="1" />
        <field name="date" widget="mto_date_badge" options="{'state_field': 'state'}"
               decoration-warning="state == 'late'" />
    </form>`;

test("date badge: the day in the colour of the state", async () => {
    await mountForm(1, BADGE_ARCH);
    expect(".badge").toHaveText("Mar 4");
    expect(".badge").toHaveClass("text-bg-warning");
    expect(".badge").toHaveAttribute("title", /^Later than requested: Mar 4/);
});

test("date badge: without a date, the state in words", async () => {
    await mountForm(2, BADGE_ARCH);
    expect(".badge").toHaveText("Not computed");
});

test("date badge: the day is the user's", async () => {
    await mountForm(3, BADGE_ARCH, +2);
    expect(".badge").toHaveText("Mar 5");
});

const SLACK_ARCH = `<form><field name="slack" widget="mto_slack" /></form>`;

test("slack: late, none and in reserve", async () => {
    await mountForm(1, SLACK_ARCH);
    expect(".o_field_mto_slack").toHaveText("1 day, 6 hours late");
});

test("slack: as exact as people say it", async () => {
    await mountForm(4, SLACK_ARCH);
    expect(".o_field_mto_slack").toHaveText("21 days late");
});

test("slack: none", async () => {
    await mountForm(2, SLACK_ARCH);
    expect(".o_field_mto_slack").toHaveText("None");
});

test("slack: in reserve", async () => {
    await mountForm(3, SLACK_ARCH);
    expect(".o_field_mto_slack").toHaveText("2 days in reserve");
});

test("hours: minutes are told as hours, also in the sums of a list", async () => {
    await mountView({
        type: "list",
        resModel: "promise",
        arch: `<list><field name="minutes" widget="mto_hours" sum="Planned"/></list>`,
    });
    expect(queryAllTexts("td[name=minutes]")).toEqual(["1.3", "0.0", "10.0", "0.5"]);
    expect("tfoot .o_list_number").toHaveText("11.8");
});
