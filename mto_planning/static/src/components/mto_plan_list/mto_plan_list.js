import { Component } from "@odoo/owl";

const STEP = {
    id: String,
    icon: String,
    name: String,
    where: { type: String, optional: true },
    when: { type: String, optional: true },
    stateLabel: { type: String, optional: true },
    late: { type: Boolean, optional: true },
    critical: { type: Boolean, optional: true },
    "*": true,
};

/**
 * The same as the chart in words: what, where, from and to.
 */
export class MtoPlanList extends Component {
    static template = "mto_planning.MtoPlanList";
    static props = {
        steps: { type: Array, element: { type: Object, shape: STEP } },
        onOpen: { type: Function, optional: true },
    };

    //---- Handlers ----

    onOpen(step) {
        this.props.onOpen({ model: step.res_model, id: step.res_id });
    }

    //---- Helpers ----

    isOpenable(step) {
        return Boolean(this.props.onOpen && step.res_id);
    }

    getName(step) {
        return step.kind === "operation" ? step.name : step.product || step.name;
    }

    getQuantity(step) {
        return step.kind !== "operation" && step.quantity > 1 ? `${step.quantity} × ` : "";
    }

    getDetail(step) {
        return step.kind === "operation" ? step.product : step.res_id ? step.name : "";
    }
}
