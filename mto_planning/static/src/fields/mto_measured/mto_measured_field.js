import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The real time against the planned one: in the middle a line for what is planned, to
 * the left of it shorter, to the right longer, up to twice; a bar from quarter to quarter
 * of the cases, a dot in their middle.
 */
export class MtoMeasuredField extends Component {
    static template = "mto_planning.MtoMeasuredField";
    static props = { ...standardFieldProps };

    //---- Getters ----

    get data() {
        return this.props.record.data;
    }

    get isMeasured() {
        return this.data.cases > 0;
    }

    get title() {
        return _t("Planned: %(planned)s. Real: %(real)s.", {
            planned: this.data.planned_text,
            real: this.data.real_text,
        });
    }

    get style() {
        const { planned, low, high, real, is_proposed } = this.data;
        const at = (value) => Math.min(1, value / (2 * planned || 2 * real || 1)) * 100;
        return {
            bar: `left: ${at(low)}%; width: ${at(high) - at(low)}%`,
            dot: `left: ${at(real)}%`,
            color: is_proposed ? (real > planned ? "o_mto_longer" : "o_mto_shorter") : "",
        };
    }
}

export const mtoMeasuredField = {
    component: MtoMeasuredField,
    displayName: _t("Planned and real time"),
    supportedTypes: ["float"],
    isEmpty: () => false,
    fieldDependencies: [
        { name: "planned", type: "float" },
        { name: "low", type: "float" },
        { name: "high", type: "float" },
        { name: "cases", type: "integer" },
        { name: "is_proposed", type: "boolean" },
        { name: "planned_text", type: "char" },
        { name: "real_text", type: "char" },
    ],
};

registry.category("fields").add("mto_measured", mtoMeasuredField);
