import { Component } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { TimeScale } from "../../core/time_scale";

/**
 * A delivery that moves, drawn: from where it would be to where it is then, beside the
 * promise. All rows of a list have one line of time, from `first_date` to `last_date`.
 */
export class MtoShiftField extends Component {
    static template = "mto_planning.MtoShiftField";
    static props = { ...standardFieldProps };

    //---- Getters ----

    get data() {
        return this.props.record.data;
    }

    get from() {
        return this.data.anew_date;
    }

    get to() {
        return this.data[this.props.name];
    }

    get scale() {
        return new TimeScale([this.data.first_date, this.data.last_date]);
    }

    /** How the way from one to the other is drawn. */
    get way() {
        if (!this.from || !this.to) {
            return null;
        }
        const [start, end] = [this.from, this.to].map((moment) => this.scale.place(moment));
        const isLater = end > start;
        return {
            class: isLater ? "o_mto_shift_later" : "o_mto_shift_earlier",
            style: `inset-inline-start: ${Math.min(start, end)}%; width: ${Math.abs(end - start)}%`,
        };
    }

    get isLate() {
        const promised = this.data.promise_date;
        return Boolean(promised && this.to && this.to > promised);
    }

    /** What is drawn, in words. */
    get label() {
        const [from, to, promised] = [this.from, this.to, this.data.promise_date].map((moment) =>
            moment ? formatDate(moment) : _t("none"),
        );
        return _t("Without: %(from)s. With: %(to)s. Promised: %(promised)s.", {
            from,
            to,
            promised,
        });
    }

    //---- Helpers ----

    place(moment) {
        return `inset-inline-start: ${this.scale.place(moment)}%`;
    }
}

export const mtoShiftField = {
    component: MtoShiftField,
    displayName: _t("Moved delivery"),
    supportedTypes: ["datetime"],
    isEmpty: () => false,
    fieldDependencies: ["anew_date", "promise_date", "first_date", "last_date"].map((name) => ({
        name,
        type: "datetime",
        readonly: true,
    })),
};

registry.category("fields").add("mto_shift", mtoShiftField);
