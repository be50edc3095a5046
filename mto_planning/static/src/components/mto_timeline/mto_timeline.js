import { Component, markRaw, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { MtoChart } from "../mto_chart/mto_chart";
import { MtoPlanList } from "../mto_plan_list/mto_plan_list";
import { RISK_CLASSES, RISKS, STAGES } from "../../core/labels";
import {
    describeStep,
    formatDay,
    formatSpan,
    makeBar,
    makeRow,
    readStep,
    toMoment,
} from "../../core/plan";

/** Purchases first, then what is made, then the delivery. */
const KIND_ORDER = ["purchase", "receipt", "stock", "production", "operation", "lead_time"];

/** What prints the timeline of a record. */
const REPORTS = {
    "sale.order": "mto_planning.action_report_mto_timeline",
    "sale.order.line": "mto_planning.action_report_mto_timeline_line",
    "mto.project": "mto_planning.action_report_mto_timeline_project",
};

/**
 * All that is done for an order, or for one line of it, over time.
 */
export class MtoTimeline extends Component {
    static template = "mto_planning.MtoTimeline";
    static components = { MtoChart, MtoPlanList };
    static props = { ...standardWidgetProps };
    /** A change of any of these loads again. */
    static observed = [
        "state",
        "mto_promise_date",
        "mto_projected_date",
        "mto_progress",
        "mto_risk",
    ];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.ui = useState(useService("ui"));
        this.state = useState({ plan: null });
        this.open = this.open.bind(this);
        useRecordObserver((record) => this.load(record));
    }

    //---- Handlers ----

    /**
     * @param {{ model: string, id: number }} target
     */
    async open({ model, id }) {
        if (!(await user.checkAccessRight(model, "read", [id]))) {
            this.notification.add(_t("You may see its dates here, but not open it."), {
                type: "warning",
            });
            return;
        }
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** The same picture on paper, of what is looked at. */
    async print() {
        const { resModel, resId } = this.shown;
        await this.action.doAction(REPORTS[resModel], {
            additionalContext: {
                active_id: resId,
                active_ids: [resId],
                active_model: resModel,
            },
        });
    }

    //---- Helpers ----

    async load(record) {
        this.shown = { resModel: record.resModel, resId: record.resId };
        const { model, id } = this.getWhole(record);
        // Read here, so that a change of any of them loads again.
        const key = this.constructor.observed.map((name) => String(record.data[name])).join();
        if (!id || !key) {
            this.show([]);
            return;
        }
        const lines = await this.keepLast.add(this.orm.call(model, "mto_progress_data", [[id]]));
        this.show(
            record.resModel === "sale.order.line"
                ? lines.filter((line) => line.line_id === record.resId)
                : lines,
        );
    }

    /** Read once, and not watched: an order has hundreds of bars, of many properties. */
    show(lines) {
        const drawn = lines.filter((line) => line.timeline.length);
        this.state.plan = markRaw({
            groups: drawn.map((line) => this.getGroup(line, this.getSteps(line))),
            now: toMoment(lines[0]?.now),
            isConfirmed: lines.some((line) => line.stage !== "quoted"),
        });
    }

    /** What is asked: of a line its order. */
    getWhole(record) {
        return record.resModel === "sale.order.line"
            ? { model: "sale.order", id: record.data.order_id?.id }
            : { model: record.resModel, id: record.resId };
    }

    getSteps(line) {
        return line.timeline
            .map((step) => readStep(step))
            .filter((step) => step.start)
            .sort((a, b) => getRank(a) - getRank(b) || a.start - b.start);
    }

    getGroup(line, steps) {
        return {
            id: String(line.line_id),
            label: `${line.quantity} × ${line.product}`,
            detail: this.getDetail(line),
            badge: this.getBadge(line),
            markers: this.getMarkers(line),
            rows: steps.filter((step) => !step.parent).map((step) => this.getRow(step, steps)),
            steps,
            trouble: line.trouble,
        };
    }

    getRow(step, steps) {
        const row = makeRow(step);
        const slip = makeSlip(step);
        if (step.kind !== "production") {
            return { ...row, bars: [...row.bars, ...slip] };
        }
        const work = steps.filter((other) => other.parent === step.id);
        const [bar] = row.bars;
        const span = work.length ? `${bar.className} o_mto_bar_span` : bar.className;
        return {
            ...row,
            detail: step.name,
            bars: [{ ...bar, className: span }, ...work.map(makeBar), ...slip],
            children: work.map((child) => ({
                ...makeRow(child),
                id: `row-${child.id}`,
                indent: 1,
            })),
        };
    }

    getDetail(line) {
        const stage = STAGES[line.stage]?.toString() || "";
        return line.stage === "quoted"
            ? stage
            : _t("%(stage)s, %(progress)s %", {
                  stage,
                  progress: Math.round(line.progress),
              });
    }

    getBadge(line) {
        return line.risk
            ? { label: RISKS[line.risk].toString(), className: RISK_CLASSES[line.risk] }
            : null;
    }

    getMarkers(line) {
        const markers = [
            { id: "requested", moment: toMoment(line.requested_date), text: _t("Requested") },
            { id: "promise", moment: toMoment(line.promise_date), text: _t("Promised") },
        ];
        const [requested, promise] = markers;
        if (+requested.moment === +promise.moment) {
            markers.shift();
        }
        return markers
            .filter(({ moment }) => moment)
            .map(({ id, moment, text }) => ({
                id,
                moment,
                label: `${text} ${formatDay(moment)}`,
                title: `${text} ${formatSpan(moment, moment)}`,
            }));
    }

    //---- Getters ----

    get label() {
        return _t("Production over time");
    }
}

function getRank(step) {
    const rank = KIND_ORDER.indexOf(step.kind);
    return rank < 0 ? KIND_ORDER.length : rank;
}

/** By how much something will end later than planned, as one more bar. */
function makeSlip(step) {
    if (!step.expected || !step.finish || step.expected <= step.finish) {
        return [];
    }
    return [
        {
            ...makeBar(step),
            id: `slip-${step.id}`,
            label: "",
            title: describeStep(step),
            start: step.finish,
            finish: step.expected,
            className: "o_mto_bar_slip",
        },
    ];
}

/**
 * All that is done for an installation, order by order.
 */
export class MtoProjectTimeline extends MtoTimeline {
    static observed = ["promise_date", "projected_date", "progress", "risk"];

    getDetail(line) {
        return `${line.order}, ${super.getDetail(line)}`;
    }
}

export const mtoTimeline = {
    component: MtoTimeline,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "mto_promise_date", type: "datetime" },
        { name: "mto_projected_date", type: "datetime" },
        { name: "mto_progress", type: "float" },
        { name: "mto_risk", type: "selection" },
    ],
};

registry.category("view_widgets").add("mto_timeline", mtoTimeline);

export const mtoProjectTimeline = {
    component: MtoProjectTimeline,
    fieldDependencies: [
        { name: "promise_date", type: "datetime" },
        { name: "projected_date", type: "datetime" },
        { name: "progress", type: "float" },
        { name: "risk", type: "selection" },
    ],
};

registry.category("view_widgets").add("mto_project_timeline", mtoProjectTimeline);
