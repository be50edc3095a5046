import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ViewButton } from "@web/views/view_button/view_button";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * A narrow button in a row of an order: why is it that date?
 */
export class MtoExplain extends Component {
    static template = "mto_planning.MtoExplain";
    static components = { ViewButton };
    static props = { ...standardWidgetProps };

    //---- Getters ----

    get isVisible() {
        const { resId, data } = this.props.record;
        return Boolean(resId && data.mto_is_made_to_order);
    }

    get attrs() {
        return { "aria-label": this.title };
    }

    get clickParams() {
        return { name: "action_mto_explain", type: "object" };
    }

    get title() {
        return _t("Why this date?").toString();
    }
}

export const mtoExplain = {
    component: MtoExplain,
    fieldDependencies: [{ name: "mto_is_made_to_order", type: "boolean" }],
    listViewWidth: 20,
};

registry.category("view_widgets").add("mto_explain", mtoExplain);
