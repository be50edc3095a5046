import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { MtoChart } from "../../components/mto_chart/mto_chart";
import { MtoPlanList } from "../../components/mto_plan_list/mto_plan_list";
import { makeRow, readStep } from "../../core/plan";

/**
 * The steps of a promise: why it is that date, as a chart and as a list.
 */
export class MtoPromiseStepsField extends Component {
    static template = "mto_planning.MtoPromiseStepsField";
    static components = { MtoChart, MtoPlanList };
    static props = {
        ...standardFieldProps,
        reasonField: { type: String, optional: true },
    };

    //---- Getters ----

    get reason() {
        return this.props.reasonField ? this.props.record.data[this.props.reasonField] : "";
    }

    get steps() {
        const steps = this.props.record.data[this.props.name] || [];
        return steps
            .map((step, index) => readStep(step, `step-${index}`))
            .sort((a, b) => a.start - b.start || a.finish - b.finish);
    }

    get groups() {
        return [{ id: "steps", markers: [], rows: this.steps.map(makeRow) }];
    }

    get label() {
        return _t("Steps of the promise over time");
    }
}

export const mtoPromiseStepsField = {
    component: MtoPromiseStepsField,
    displayName: _t("Steps of a promise"),
    supportedTypes: ["json"],
    additionalClasses: ["d-block", "w-100"],
    supportedOptions: [
        {
            label: _t("Field with the reason"),
            name: "reason_field",
            type: "field",
            availableTypes: ["char"],
        },
    ],
    extractProps: ({ options }) => ({ reasonField: options.reason_field }),
};

registry.category("fields").add("mto_promise_steps", mtoPromiseStepsField);
