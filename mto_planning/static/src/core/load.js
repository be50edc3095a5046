import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { formatDay, toMoment } from "./plan";

/**
 * @param {number} hours
 * @returns {string} in the user's language, with one decimal at most
 */
export function formatHours(hours) {
    return new Intl.NumberFormat(user.lang, { maximumFractionDigits: 1 }).format(hours);
}

/**
 * @param {Object} period of `mto.planner.load`
 * @returns {Object} it with its name and its days, in the user's language and time zone
 */
export function readPeriod(period) {
    const start = toMoment(period.start);
    const last = toMoment(period.finish).minus({ minutes: 1 });
    const format = { day: "numeric", month: "short" };
    return {
        ...period,
        label: _t("W%s", start.weekNumber),
        first: start.toLocaleString(format),
        days: joinDays(start.toLocaleString(format), last.toLocaleString(format)),
        longDays: joinDays(formatDay(start), formatDay(last)),
    };
}

function joinDays(start, finish) {
    return start === finish ? start : _t("%(start)s – %(finish)s", { start, finish });
}

/**
 * What is to be seen of a work center in one week.
 *
 * @param {Object} load of `mto.planner.load`
 * @returns {Object} shares are of the open hours, and at most 100 together
 */
export function readLoad(load) {
    const { open_hours: open, used_hours: used, held_hours: held, added_hours: added } = load;
    const taken = used + added;
    const share = open ? taken / open : taken ? 2 : 0;
    const scale = 100 / (Math.max(open, taken) || 1);
    return {
        open,
        used,
        held,
        added,
        taken,
        share,
        free: Math.max(0, open - taken),
        level: getLevel(open, share),
        usedWidth: used * scale,
        addedWidth: added * scale,
    };
}

function getLevel(open, share) {
    if (!open && !share) {
        return "closed";
    }
    if (share > 1.001) {
        return "over";
    }
    return [0.9, 0.7, 0.4, 0].filter((least) => share > least).length;
}

/**
 * @param {Object} load as read by `readLoad`
 * @returns {string} all that there is to say about it
 */
export function describeLoad(load) {
    const lines = [
        _t("%(used)s of %(open)s hours booked, %(free)s free", {
            used: formatHours(load.used),
            open: formatHours(load.open),
            free: formatHours(load.free),
        }),
    ];
    if (load.held) {
        lines.push(_t("%s hours held for quotations", formatHours(load.held)));
    }
    if (load.added) {
        lines.push(_t("%s hours would be added", formatHours(load.added)));
    }
    return lines.join("\n");
}
