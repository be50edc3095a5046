import { Component } from "@odoo/owl";
import { formatDuration } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const DAY = 24 * 60;

/** Minutes as people say them: several days need no hours, and a day no minutes. */
function roundToUnit(minutes) {
    const unit = minutes >= 3 * DAY ? DAY : minutes >= DAY ? 60 : 1;
    return Math.round(minutes / unit) * unit;
}

/**
 * @param {number} hours from the projected to the promised date
 * @returns {string}
 */
export function formatSlack(hours) {
    const minutes = Math.round(hours * 60);
    if (!minutes) {
        return _t("None");
    }
    const duration = formatDuration(roundToUnit(Math.abs(minutes)) * 60, true);
    return minutes < 0
        ? _t("%(duration)s late", { duration })
        : _t("%(duration)s in reserve", { duration });
}

/**
 * Hours of slack in words: so long late, or so long in reserve.
 */
export class MtoSlackField extends Component {
    static template = "mto_planning.MtoSlackField";
    static props = { ...standardFieldProps };

    //---- Getters ----

    get hours() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return formatSlack(this.hours);
    }
}

export const mtoSlackField = {
    component: MtoSlackField,
    displayName: _t("Slack in words"),
    supportedTypes: ["float"],
    isEmpty: () => false,
};

registry.category("fields").add("mto_slack", mtoSlackField);
