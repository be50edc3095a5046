import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { toMoment } from "../../core/plan";

const WEEKS = [4, 12, 26];

/**
 * How full each work center is, week by week: numbers on a colour.
 */
export class MtoLoad extends Component {
    static template = "mto_planning.MtoLoad";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.weekChoices = WEEKS;
        const weeks = this.props.state?.weeks || WEEKS[1];
        this.state = useState({ weeks, load: null });
        useSetupAction({ getLocalState: () => ({ weeks: this.state.weeks }) });
        onWillStart(() => this.load());
    }

    //---- Getters ----

    get display() {
        return { controlPanel: {} };
    }

    get periods() {
        return this.state.load.periods.map((period) => {
            const start = toMoment(period.start);
            const last = toMoment(period.finish).minus({ minutes: 1 });
            return {
                ...period,
                label: _t("W%s", start.weekNumber),
                days: `${start.toFormat("d MMM")} – ${last.toFormat("d MMM")}`,
            };
        });
    }

    get centers() {
        return this.state.load.centers.map((center) => ({
            ...center,
            cells: center.loads.map((load, index) => this.makeCell(center, load, index)),
        }));
    }

    //---- Handlers ----

    async onChangeWeeks(weeks) {
        this.state.weeks = weeks;
        await this.load();
    }

    async onOpenCell(center, index) {
        const { start, finish } = this.state.load.periods[index];
        await this.action.doAction({
            type: "ir.actions.act_window",
            name: center.workcenter,
            res_model: "mrp.workorder",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [
                ["workcenter_id", "=", center.workcenter_id],
                ["date_start", "<", finish],
                ["date_finished", ">", start],
                ["state", "not in", ["done", "cancel"]],
            ],
            context: { create: false },
        });
    }

    //---- Helpers ----

    async load() {
        this.state.load = await this.orm.call("mto.planner", "load", [this.state.weeks]);
    }

    makeCell(center, load, index) {
        const { open_hours: open, used_hours: used, held_hours: held } = load;
        const share = open ? used / open : used ? 2 : 0;
        const percent = Math.round(100 * share);
        const free = Math.max(0, open - used);
        const lines = [
            _t("%(used)s of %(open)s hours booked, %(free)s free", {
                used: format(used),
                open: format(open),
                free: format(free),
            }),
        ];
        if (held) {
            lines.push(_t("%s hours held for quotations", format(held)));
        }
        return {
            index,
            className: getHeat(open, share),
            text: used ? (open ? `${percent} %` : "!") : "",
            detail: getDetail(open, used),
            held: held ? format(held) : "",
            title: `${center.workcenter}\n${lines.join("\n")}`,
        };
    }
}

function format(hours) {
    return String(Math.round(hours * 10) / 10);
}

function getDetail(open, used) {
    if (!open) {
        return _t("closed");
    }
    return used
        ? `${format(used)} / ${format(open)} h`
        : _t("%s h free", format(open));
}

function getHeat(open, share) {
    if (!open && !share) {
        return "o_mto_heat_closed";
    }
    const level = share > 1.001 ? "over" : share > 0.9 ? 4 : share > 0.7 ? 3 : share > 0.4 ? 2 : share > 0 ? 1 : 0;
    return `o_mto_heat_${level}`;
}

registry.category("actions").add("mto_load", MtoLoad);
