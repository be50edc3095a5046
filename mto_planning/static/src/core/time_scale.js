import { getStartOfLocalWeek } from "@web/core/l10n/dates";

const { DateTime } = luxon;

const HOUR = 3600 * 1000;
const MAX_TICKS = 1000;

/** From the finest to the coarsest: shown while `hours` or less are in sight. */
const UNITS = [
    { hours: 14, step: { hours: 1 }, unit: "day", format: DateTime.TIME_SIMPLE },
    { hours: 48, step: { hours: 3 }, unit: "day", format: DateTime.TIME_SIMPLE },
    {
        hours: 12 * 24,
        step: { days: 1 },
        unit: "day",
        format: { weekday: "short", day: "numeric" },
    },
    {
        hours: 80 * 24,
        step: { weeks: 1 },
        unit: "week",
        format: { day: "numeric", month: "short" },
    },
    {
        hours: 500 * 24,
        step: { months: 1 },
        unit: "month",
        format: { month: "short", year: "numeric" },
    },
    {
        hours: Infinity,
        step: { months: 3 },
        unit: "quarter",
        format: { month: "short", year: "numeric" },
    },
];

/**
 * Places of moments on a line of time, in percent of its length.
 */
export class TimeScale {
    /**
     * @param {luxon.DateTime[]} moments what must be in sight
     */
    constructor(moments) {
        const values = moments.filter(Boolean).map((moment) => moment.toMillis());
        const first = values.length ? Math.min(...values) : Date.now();
        const last = values.length ? Math.max(...values) : first;
        const margin = Math.max((last - first) * 0.02, HOUR);
        this.first = first - margin;
        this.last = last + margin;
    }

    get hours() {
        return (this.last - this.first) / HOUR;
    }

    /**
     * @param {luxon.DateTime} moment
     * @returns {number} between 0 and 100
     */
    place(moment) {
        const share = (moment.toMillis() - this.first) / (this.last - this.first);
        return Math.min(100, Math.max(0, share * 100));
    }

    /**
     * How many times the scale is longer than what is in sight.
     *
     * @param {number} hours in sight
     * @returns {number} 1 or more
     */
    zoom(hours) {
        return Math.max(1, this.hours / hours);
    }

    /**
     * Round moments on the scale.
     *
     * @param {number} [hours] in sight
     * @returns {{ key: number, place: number, label: string }[]}
     */
    ticks(hours = this.hours) {
        const { step, unit, format } = UNITS.find((candidate) => hours <= candidate.hours);
        const start = DateTime.fromMillis(this.first);
        let moment = unit === "week" ? getStartOfLocalWeek(start) : start.startOf(unit);
        const ticks = [];
        while (moment.toMillis() < this.last && ticks.length < MAX_TICKS) {
            if (moment.toMillis() > this.first) {
                ticks.push(this._tick(moment, step, format));
            }
            moment = this._next(moment, step);
        }
        return ticks;
    }

    /** Hours are counted from each midnight: not every day has 24 of them. */
    _next(moment, step) {
        const next = moment.plus(step);
        return step.hours && !next.hasSame(moment, "day") ? next.startOf("day") : next;
    }

    _tick(moment, step, format) {
        const isMidnight = step.hours && !moment.hour;
        return {
            key: moment.toMillis(),
            place: this.place(moment),
            label: moment.toLocaleString(isMidnight ? { day: "numeric", month: "short" } : format),
        };
    }
}
