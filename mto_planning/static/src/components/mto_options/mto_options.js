import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { formatDay, toMoment } from "../../core/plan";

const ICONS = {
    overtime: "fa-moon-o",
    vendor: "fa-shopping-cart",
    workcenter: "fa-cog",
    expedite: "fa-truck",
    stock: "fa-cubes",
    split: "fa-scissors",
};

/**
 * @param {number} days by which a date is earlier, with decimals
 * @returns {string} as people say it
 */
export function formatGain(days) {
    const whole = Math.round(days);
    if (whole > 1) {
        return _t("%s days earlier", whole);
    }
    const hours = Math.round(days * 24);
    if (hours < 20) {
        return hours > 1 ? _t("%s hours earlier", hours) : _t("1 hour earlier");
    }
    return _t("1 day earlier");
}

/**
 * What would make the date of a quotation's line earlier, and how many by when.
 *
 * It is computed when somebody asks: each way is planned on the whole factory.
 */
export class MtoOptions extends Component {
    static template = "mto_planning.MtoOptions";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ isLoading: false, options: null });
        onWillUpdateProps((nextProps) => {
            if (nextProps.record.resId !== this.props.record.resId) {
                this.state.options = null;
            }
        });
    }

    //---- Getters ----

    get isVisible() {
        const { resId, data } = this.props.record;
        const isOpen = ["draft", "sent"].includes(data.state);
        return Boolean(resId && isOpen && data.mto_promise_date);
    }

    get levers() {
        return this.state.options.levers.map((lever, index) => ({
            id: `lever-${index}`,
            icon: ICONS[lever.kind],
            text: lever.text,
            when: formatDay(toMoment(lever.promise_date)),
            gain: formatGain(lever.days),
            cost: lever.cost_text && _t("costs %s", lever.cost_text),
        }));
    }

    /** Whether it would be another day now than the quotation says, in words. */
    get moved() {
        const now = toMoment(this.state.options.promise_date);
        const told = this.props.record.data.mto_promise_date;
        if (!now || !told || now.hasSame(told, "day")) {
            return "";
        }
        return _t(
            "Since this date was computed others have taken time or material, or given some back. As things stand it would be %s: press Earliest Date on the quotation.",
            formatDay(now),
        );
    }

    get rungs() {
        const { ladder } = this.state.options;
        const all = ladder.at(-1)?.quantity || 1;
        return ladder.map((rung, index) => ({
            id: `rung-${index}`,
            quantity: rung.quantity,
            when: formatDay(toMoment(rung.promise_date)),
            width: `width: ${(100 * rung.quantity) / all}%`,
        }));
    }

    //---- Handlers ----

    async onClickFind() {
        this.state.isLoading = true;
        try {
            this.state.options = await this.orm.call("sale.order.line", "mto_find_options", [
                [this.props.record.resId],
            ]);
        } finally {
            this.state.isLoading = false;
        }
    }

    async onClickSplit() {
        let before = 0;
        const parts = this.state.options.ladder.map(({ quantity }) => {
            const part = quantity - before;
            before = quantity;
            return part;
        });
        await this.orm.call("sale.order.line", "mto_split", [[this.props.record.resId], parts]);
        this.state.options = null;
        await this.props.record.load();
        this.env.services.action.doAction({
            type: "ir.actions.client",
            tag: "soft_reload",
        });
    }
}

export const mtoOptions = {
    component: MtoOptions,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "mto_promise_date", type: "datetime" },
    ],
};

registry.category("view_widgets").add("mto_options", mtoOptions);
