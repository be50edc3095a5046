import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { STAGES } from "../../core/labels";

/** From the order to the customer; what an inspection adds is part of the work. */
const WAY = ["waiting_material", "ready", "in_production", "ready_to_ship", "delivered"];

/**
 * How far a line is on its way: a dot for each stage, and where it stands in words.
 */
export class MtoStageField extends Component {
    static template = "mto_planning.MtoStageField";
    static props = { ...standardFieldProps };

    //---- Getters ----

    get stage() {
        return this.props.record.data[this.props.name];
    }

    get label() {
        return this.stage ? STAGES[this.stage].toString() : "";
    }

    get reached() {
        return WAY.indexOf(this.stage === "inspection" ? "in_production" : this.stage);
    }

    /** Only of what is on its way: a quotation is not yet, what is cancelled no more. */
    get steps() {
        const { reached } = this;
        return reached < 0
            ? []
            : WAY.map((stage, position) => ({
                  stage,
                  isReached: position <= reached,
                  isHere: position === reached,
              }));
    }

    get title() {
        return this.steps.length
            ? _t("%(stage)s: step %(step)s of %(steps)s", {
                  stage: this.label,
                  step: this.reached + 1,
                  steps: WAY.length,
              })
            : this.label;
    }
}

registry.category("fields").add("mto_stage", {
    component: MtoStageField,
    displayName: _t("Stage of a made-to-order line"),
    supportedTypes: ["selection"],
});
