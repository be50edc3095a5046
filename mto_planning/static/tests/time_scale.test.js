import { describe, expect, test } from "@odoo/hoot";
import { mockTimeZone } from "@odoo/hoot-mock";
import { TimeScale } from "@mto_planning/core/time_scale";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

const { DateTime } = luxon;

describe.current.tags("headless");

const at = (text) => DateTime.fromISO(text, { zone: "utc" }).toLocal();

test("the first and the last moment lie just inside the margins", () => {
    mockTimeZone(0);
    const scale = new TimeScale([at("2027-03-01T08:00"), at("2027-03-11T08:00"), null]);
    expect(scale.place(at("2027-03-06T08:00"))).toBe(50);
    expect(Math.round(scale.place(at("2027-03-01T08:00")))).toBe(2);
    expect(Math.round(scale.place(at("2027-03-11T08:00")))).toBe(98);
});

test("moments outside are placed on the edge", () => {
    mockTimeZone(0);
    const scale = new TimeScale([at("2027-03-01T08:00"), at("2027-03-02T08:00")]);
    expect(scale.place(at("2020-01-01T00:00"))).toBe(0);
    expect(scale.place(at("2030-01-01T00:00"))).toBe(100);
});

test("one moment alone has a scale too", () => {
    mockTimeZone(0);
    const scale = new TimeScale([at("2027-03-01T08:00")]);
    expect(scale.hours).toBe(2);
    expect(scale.place(at("2027-03-01T08:00"))).toBe(50);
});

test("without any moment there is still a scale", () => {
    expect(new TimeScale([]).hours).toBe(2);
});

test("zoom says how often what is in sight fits", () => {
    mockTimeZone(0);
    const scale = new TimeScale([at("2027-03-01T00:00"), at("2027-03-31T00:00")]);
    expect(scale.zoom(scale.hours / 4)).toBe(4);
    expect(scale.zoom(scale.hours * 4)).toBe(1);
});

test("ten days have a tick at each midnight of the user", () => {
    mockTimeZone(+2);
    const scale = new TimeScale([at("2027-03-01T08:00"), at("2027-03-04T08:00")]);
    expect(scale.ticks().map((tick) => tick.label)).toEqual(["2 Tue", "3 Wed", "4 Thu"]);
});

test("a day in sight has a tick each three hours, and the date at midnight", () => {
    mockTimeZone(0);
    const scale = new TimeScale([at("2027-03-01T20:00"), at("2027-03-02T08:00")]);
    const labels = scale.ticks(24).map((tick) => tick.label.replace(/\s/u, " "));
    expect(labels).toEqual(["9:00 PM", "Mar 2", "3:00 AM", "6:00 AM"]);
});

test("the day after the clocks were changed begins with its date", () => {
    mockTimeZone("Europe/Berlin");
    const scale = new TimeScale([at("2027-03-27T22:00"), at("2027-03-29T02:00")]);
    const labels = scale.ticks(24).map((tick) => tick.label.replace(/\s/u, " "));
    expect(labels).toInclude("Mar 28");
    expect(labels).toInclude("Mar 29");
});

test("a quarter has a tick each week, a year one each month", async () => {
    await makeMockEnv();
    mockTimeZone(0);
    const quarter = new TimeScale([at("2027-01-01T00:00"), at("2027-03-01T00:00")]);
    expect(quarter.ticks().map((tick) => tick.label)).toInclude("Jan 10");
    const year = new TimeScale([at("2027-01-15T00:00"), at("2027-12-15T00:00")]);
    expect(year.ticks().map((tick) => tick.label)).toInclude("Jul 2027");
});

test("a very long scale that is zoomed in does not draw without end", () => {
    mockTimeZone(0);
    const scale = new TimeScale([at("2027-01-01T00:00"), at("2029-01-01T00:00")]);
    expect(scale.ticks(1).length).toBe(1000);
});
