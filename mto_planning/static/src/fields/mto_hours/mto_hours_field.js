import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { floatField, FloatField } from "@web/views/fields/float/float_field";
import { formatFloat } from "@web/views/fields/formatters";

/**
 * Core keeps the time of work orders in minutes; people plan in hours.
 *
 * @param {number | false} minutes
 * @returns {string} hours, with one digit
 */
export function formatMinutes(minutes) {
    return minutes === false ? "" : formatFloat(minutes / 60, { digits: [16, 1] });
}

/** Minutes as hours, to read. */
export class MtoHoursField extends FloatField {
    get formattedValue() {
        return formatMinutes(this.value);
    }
}

export const mtoHoursField = {
    ...floatField,
    component: MtoHoursField,
    displayName: _t("Minutes as hours"),
};

registry.category("fields").add("mto_hours", mtoHoursField);
// The sums of a list.
registry.category("formatters").add("mto_hours", formatMinutes);
