import { _t } from "@web/core/l10n/translation";
import { toLocaleDateString, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/**
 * A date in the colour of its state: without a date, the state in words.
 */
export class MtoDateBadgeField extends BadgeField {
    static template = "mto_planning.MtoDateBadgeField";
    static props = {
        ...BadgeField.props,
        stateField: { type: String, optional: true },
    };

    //---- Getters ----

    get value() {
        return this.props.record.data[this.props.name];
    }

    get stateLabel() {
        const { data, fields } = this.props.record;
        const selection = fields[this.props.stateField]?.selection || [];
        const found = selection.find(([value]) => value === data[this.props.stateField]);
        return found ? found[1] : "";
    }

    get label() {
        return this.value ? toLocaleDateString(this.value) : this.stateLabel;
    }

    get title() {
        return [this.stateLabel, toLocaleDateTimeString(this.value)].filter(Boolean).join(": ");
    }
}

export const mtoDateBadgeField = {
    ...badgeField,
    component: MtoDateBadgeField,
    displayName: _t("Date in the colour of its state"),
    supportedTypes: ["datetime"],
    supportedOptions: [
        {
            label: _t("Field with the state"),
            name: "state_field",
            type: "field",
            availableTypes: ["selection"],
        },
    ],
    isEmpty: (record, fieldName) => !record.data[fieldName],
    extractProps: ({ decorations, options }) => ({
        decorations,
        stateField: options.state_field,
    }),
};

registry.category("fields").add("mto_date_badge", mtoDateBadgeField);
