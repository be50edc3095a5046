import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { formatHours } from "../../core/load";
import { formatDay, formatSpan, toMoment } from "../../core/plan";

const KINDS = {
    order: { icon: "fa-shopping-bag", label: _t("Order") },
    other: { icon: "fa-wrench", label: _t("Other manufacturing") },
    held: { icon: "fa-bookmark-o", label: _t("Held for a quotation") },
};
const RISKS = {
    blocked: { label: _t("Blocked"), color: "danger" },
    late: { label: _t("Late"), color: "danger" },
    at_risk: { label: _t("At risk"), color: "warning" },
};

/**
 * Whose work makes a work center full in one week.
 */
export class MtoLoadDetails extends Component {
    static template = "mto_planning.MtoLoadDetails";
    static components = { Dialog };
    static props = {
        center: Object,
        period: Object,
        load: Object,
        added: Array,
        isBlocked: Boolean,
        onToggleBlocked: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const { center, period } = this.props;
        this.title = _t("%(workcenter)s, %(week)s (%(days)s)", {
            workcenter: center.name,
            week: period.label,
            days: period.longDays,
        });
        this.state = useState({ details: null, unfolded: null });
        onWillStart(async () => {
            this.state.details = await this.orm.call("mto.planner", "load_details", [
                center.id,
                period.start,
                period.finish,
            ]);
        });
    }

    //---- Getters ----

    get summary() {
        const { used, open, free } = this.props.load;
        return _t("%(used)s of %(open)s hours booked, %(free)s free", {
            used: formatHours(used),
            open: formatHours(open),
            free: formatHours(free),
        });
    }

    get rows() {
        return this.state.details.rows.map((row, index) => ({
            ...row,
            id: index,
            icon: KINDS[row.kind].icon,
            kindLabel: KINDS[row.kind].label.toString(),
            hours: formatHours(row.hours),
            riskLabel: RISKS[row.risk]?.label.toString(),
            riskColor: RISKS[row.risk]?.color,
            promised: row.promise_date ? formatDay(toMoment(row.promise_date)) : "",
            isUnfolded: this.state.unfolded === index,
            work: row.work.map((work, position) => ({
                ...work,
                position,
                when: formatSpan(toMoment(work.start), toMoment(work.finish)),
                hours: formatHours(work.hours),
            })),
        }));
    }

    get added() {
        return this.props.added.map((one) => ({ ...one, hours: formatHours(one.hours) }));
    }

    get lineIds() {
        return this.state.details.rows.map(({ line_id }) => line_id).filter(Boolean);
    }

    get workorderIds() {
        return this.state.details.rows
            .flatMap(({ work }) => work.map(({ workorder_id }) => workorder_id))
            .filter(Boolean);
    }

    //---- Handlers ----

    onToggle(row) {
        this.state.unfolded = row.isUnfolded ? null : row.id;
    }

    async onOpen(row) {
        this.props.close();
        if (row.line_id) {
            await this.action.doAction("mto_planning.action_mto_lines", {
                viewType: "form",
                props: { resId: row.line_id },
            });
        } else {
            await this.openRecords("mrp.production", row.order, [row.production_id]);
        }
    }

    async onOpenQuotation(quotation) {
        this.props.close();
        await this.openRecords("sale.order", quotation.order, [quotation.order_id]);
    }

    async onOpenOrders() {
        this.props.close();
        const action = await this.action.loadAction("mto_planning.action_mto_lines");
        await this.action.doAction(
            { ...action, name: this.title, domain: [["id", "in", this.lineIds]], context: {} },
            { viewType: "list" },
        );
    }

    async onOpenWork() {
        this.props.close();
        await this.openRecords("mrp.workorder", this.title, this.workorderIds, "list");
    }

    async onToggleBlocked() {
        this.props.close();
        await this.props.onToggleBlocked();
    }

    //---- Helpers ----

    async openRecords(model, name, ids, viewType = "form") {
        await this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            views:
                viewType === "list"
                    ? [
                          [false, "list"],
                          [false, "form"],
                      ]
                    : [[false, "form"]],
            res_id: viewType === "form" ? ids[0] : false,
            domain: [["id", "in", ids]],
            context: { create: false },
        });
    }
}
