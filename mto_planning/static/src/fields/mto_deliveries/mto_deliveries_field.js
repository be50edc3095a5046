import { Component } from "@odoo/owl";
import { toLocaleDateString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { toMoment } from "../../core/plan";
import { RISK_CLASSES, RISKS, STAGES } from "../../core/labels";

/**
 * What comes when: each date of an installation with the lines that are delivered then.
 */
export class MtoDeliveriesField extends Component {
    static template = "mto_planning.MtoDeliveriesField";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    //---- Handlers ----

    async onLine(line) {
        const { resId, resModel } = { resId: line.line_id, resModel: "sale.order.line" };
        const action = await this.env.services.orm.call(resModel, "action_mto_open", [[resId]]);
        await this.action.doAction(action);
    }

    //---- Helpers ----

    getDay(delivery) {
        const moment = toMoment(delivery.date);
        return moment ? toLocaleDateString(moment) : _t("No date yet");
    }

    getState(delivery) {
        return {
            delivered: _t("Delivered"),
            confirmed: "",
            quoted: _t("With quotations"),
        }[delivery.state];
    }

    getPromise(delivery) {
        const { date, promise_date, state } = delivery;
        const promised = toMoment(promise_date);
        const isSame = promised && toMoment(date)?.hasSame(promised, "day");
        return !promised || isSame || state === "quoted"
            ? ""
            : _t("promised for %s", toLocaleDateString(promised));
    }

    isLate({ date, promise_date }) {
        return toMoment(date) > toMoment(promise_date);
    }

    getBadge({ risk, state }) {
        return risk && state !== "delivered"
            ? { label: RISKS[risk].toString(), className: RISK_CLASSES[risk] }
            : null;
    }

    getDotClass({ risk, state }) {
        if (state === "delivered") {
            return "fa-check-circle text-success";
        }
        return ["late", "blocked"].includes(risk)
            ? "fa-exclamation-circle text-danger"
            : "fa-circle-o text-primary";
    }

    getLineLabel(line) {
        return `${line.quantity} × ${line.product}`;
    }

    getLineDetail(line) {
        const stage = STAGES[line.stage]?.toString() || "";
        return line.progress && line.stage !== "delivered"
            ? _t("%(stage)s, %(progress)s %", { stage, progress: Math.round(line.progress) })
            : stage;
    }

    //---- Getters ----

    get deliveries() {
        return this.props.record.data[this.props.name] || [];
    }
}

export const mtoDeliveriesField = {
    component: MtoDeliveriesField,
    displayName: _t("Deliveries"),
    supportedTypes: ["json"],
};

registry.category("fields").add("mto_deliveries", mtoDeliveriesField);
