import {
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const KINDS = {
    operation: { icon: "fa-cog", label: _t("Work") },
    production: { icon: "fa-wrench", label: _t("Manufacturing") },
    purchase: { icon: "fa-shopping-cart", label: _t("Purchase") },
    receipt: { icon: "fa-sign-in", label: _t("Receipt") },
    stock: { icon: "fa-cubes", label: _t("From stock") },
    lead_time: { icon: "fa-hourglass-half", label: _t("Lead time") },
    safety: { icon: "fa-shield", label: _t("Safety") },
    move: { icon: "fa-exchange", label: _t("Transfer") },
    transfer: { icon: "fa-truck", label: _t("Delivery") },
    inspection: { icon: "fa-check-square-o", label: _t("Inspection") },
    delivery: { icon: "fa-truck", label: _t("Delivery") },
};

const STATES = {
    planned: _t("Planned"),
    running: _t("In progress"),
    done: _t("Done"),
    cancelled: _t("Cancelled"),
};

/**
 * @param {string|false} value of the server, UTC
 * @returns {luxon.DateTime|null} in the user's time zone
 */
export function toMoment(value) {
    return value ? deserializeDateTime(value) : null;
}

/**
 * @param {luxon.DateTime|null} start
 * @param {luxon.DateTime|null} finish
 * @returns {string} from and to, in the user's language, the day once when it is one
 */
export function formatSpan(start, finish) {
    if (!start || !finish || +start === +finish) {
        return toLocaleDateTimeString(finish || start);
    }
    const isOneDay = start.hasSame(finish, "day");
    return _t("%(start)s – %(finish)s", {
        start: toLocaleDateTimeString(start),
        finish: toLocaleDateTimeString(finish, { showDate: !isOneDay, showTime: true }),
    });
}

/**
 * @param {luxon.DateTime|null} moment
 * @returns {string} the day, in the user's language
 */
export function formatDay(moment) {
    return toLocaleDateString(moment);
}

/**
 * What the chart and the list show of one thing to do.
 *
 * @param {Object} step of a promise, or of `sale.order.mto_progress_data`
 * @param {string} id
 */
export function readStep(step, id) {
    const start = toMoment(step.start) || toMoment(step.finish);
    const finish = toMoment(step.finish) || start;
    const kind = KINDS[step.kind] || KINDS.operation;
    return {
        ...step,
        id: step.id || id,
        start,
        finish,
        expected: toMoment(step.expected),
        icon: kind.icon,
        kindLabel: kind.label.toString(),
        where: getWhere(step, kind),
        when: formatSpan(start, finish),
        stateLabel: step.late ? _t("Late") : STATES[step.state]?.toString() || "",
    };
}

function getWhere(step, kind) {
    if (step.kind === "operation") {
        return step.workcenter || "";
    }
    return kind.label.toString();
}

/**
 * @param {Object} step as read by `readStep`
 * @returns {string} all that there is to say about it, for the tooltip and for readers
 */
export function describeStep(step) {
    const name = step.kind === "operation" ? step.name : step.product || step.name;
    const lines = [
        [step.name, name === step.name ? "" : name, step.where].filter(Boolean).join(", "),
        step.kind === "operation" ? step.product : "",
        step.when,
        step.stateLabel,
    ];
    if (step.expected && step.finish && step.expected > step.finish) {
        lines.push(_t("Expected: %s", toLocaleDateTimeString(step.expected)));
    }
    if (step.reason) {
        lines.push(step.reason);
    }
    if (step.critical) {
        lines.push(_t("It sets the date."));
    }
    return lines.filter(Boolean).join("\n");
}

/**
 * @param {Object} step as read by `readStep`
 * @returns {string} classes that give a bar the colour of its kind, or of its state
 */
export function getBarClass(step) {
    if (step.state && step.res_model) {
        const late = step.late ? "o_mto_bar_late" : "";
        const path = step.critical ? "o_mto_bar_path" : "";
        return `o_mto_bar_${step.state} ${late} ${path}`;
    }
    const critical = step.critical ? "o_mto_bar_critical" : "";
    return `o_mto_bar_${step.kind} ${critical}`;
}

/**
 * @param {Object} step as read by `readStep`
 * @returns {Object} a bar of the chart
 */
export function makeBar(step) {
    return {
        id: step.id,
        label: step.name,
        title: describeStep(step),
        start: step.start,
        finish: step.finish,
        className: getBarClass(step),
        target: step.res_id ? { model: step.res_model, id: step.res_id } : null,
    };
}

/**
 * @param {Object} step as read by `readStep`
 * @returns {Object} a row of the chart with one bar
 */
export function makeRow(step) {
    return {
        id: step.id,
        label: step.kind === "operation" ? step.name : step.product || step.name,
        detail: step.kind === "operation" ? step.where : "",
        icon: step.icon,
        isEmphasised: Boolean(step.critical),
        indent: 0,
        bars: step.start ? [makeBar(step)] : [],
    };
}
