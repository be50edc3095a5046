import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { describeLoad, formatHours, readLoad, readPeriod } from "../../core/load";
import { formatDay, toMoment } from "../../core/plan";
import { MtoLoadChart } from "./mto_load_chart";
import { MtoLoadDetails } from "./mto_load_details";

const WEEKS = [4, 12, 26];
// More charts than that nobody looks through; the fullest come first.
const CHARTS = 12;
const STEPS = {
    machines: { by: 1, label: _t("One machine more") },
    overtime_hours: { by: 2, label: _t("Two hours longer each day") },
};

/**
 * What might be otherwise at one work center.
 */
class MtoLoadWhatIf extends Component {
    static template = "mto_planning.MtoLoadWhatIf";
    static components = { Dropdown, DropdownItem };
    static props = { name: String, onStep: Function };

    get steps() {
        return Object.entries(STEPS).map(([step, { label }]) => ({ step, label }));
    }
}

/**
 * How full each work center is, week by week: as numbers on a colour or as bars; and how
 * full it would be.
 */
export class MtoLoad extends Component {
    static template = "mto_planning.MtoLoad";
    static components = { Layout, MultiRecordSelector, MtoLoadChart, MtoLoadWhatIf };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keepLast = new KeepLast();
        this.table = useRef("table");
        this.weekChoices = WEEKS;
        // Opened from quotations: what they would add; from work centers: where they are.
        const { active_model, active_ids = [] } = this.props.action.context || {};
        this.hereIds = active_model === "mrp.workcenter" ? active_ids : [];
        this.state = useState({
            weeks: WEEKS[1],
            isBars: false,
            hasAllCharts: false,
            orderIds: active_model === "sale.order" ? active_ids : [],
            changes: {},
            load: null,
            focused: [0, 0],
            ...this.props.state,
        });
        useSetupAction({
            getLocalState: () => {
                const { weeks, isBars, orderIds, changes } = this.state;
                return { weeks, isBars, orderIds, changes };
            },
        });
        onWillStart(() => this.load());
        onMounted(() =>
            this.table.el?.querySelector(".o_mto_load_here")?.scrollIntoView({ block: "nearest" }),
        );
    }

    //---- Getters ----

    get display() {
        return { controlPanel: {} };
    }

    get quotationDomain() {
        return [
            ["state", "in", ["draft", "sent"]],
            ["mto_is_made_to_order", "=", true],
            ["company_id", "=", user.activeCompany.id],
        ];
    }

    get quotationContext() {
        return { sale_show_partner_name: true };
    }

    get quotationsLabel() {
        return _t("Quotations");
    }

    get quotationsPlaceholder() {
        return _t("these quotations were confirmed…");
    }

    get periods() {
        return this.state.load.periods.map(readPeriod);
    }

    get centers() {
        return this.state.load.centers.map((center, row) => {
            const loads = center.loads.map(readLoad);
            return {
                ...center,
                row,
                isHere: this.hereIds.includes(center.workcenter_id),
                loads,
                cells: loads.map((load, index) => this.makeCell(center, load, index, row)),
            };
        });
    }

    get charts() {
        const sum = (loads, name) => loads.reduce((total, load) => total + load[name], 0);
        const share = ({ loads }) => sum(loads, "taken") / (sum(loads, "open") || 1);
        return this.centers
            .map((center) => ({ ...center, percent: Math.round(100 * share(center)) }))
            .sort((one, other) => other.percent - one.percent);
    }

    get shownCharts() {
        return this.state.hasAllCharts ? this.charts : this.charts.slice(0, CHARTS);
    }

    get assumptions() {
        const names = Object.fromEntries(
            this.state.load.centers.map((one) => [one.workcenter_id, one.workcenter]),
        );
        return this.changes.flatMap((change) => this.describeChange(change, names));
    }

    get changes() {
        return Object.entries(this.state.changes).map(([id, change]) => ({
            workcenter_id: Number(id),
            ...change,
        }));
    }

    get quotations() {
        return this.state.load.quotations.map((quotation) => {
            const hours = quotation.loads
                .flatMap((load) => load.hours)
                .reduce((total, more) => total + more, 0);
            return {
                ...quotation,
                hours: formatHours(hours),
                when: quotation.promise_date && formatDay(toMoment(quotation.promise_date)),
            };
        });
    }

    get hasAdded() {
        return this.state.load.quotations.length > 0;
    }

    //---- Handlers ----

    async onChangeWeeks(weeks) {
        this.state.weeks = weeks;
        for (const [id, change] of Object.entries(this.state.changes)) {
            const blocked = (change.blocked_weeks || []).filter((week) => week < weeks);
            this.setChange(id, { blocked_weeks: blocked });
        }
        await this.load();
    }

    async onChangeOrders(orderIds) {
        this.state.orderIds = [...new Set(orderIds)];
        await this.load();
    }

    async onStep(center, step) {
        const id = center.workcenter_id;
        const before = this.state.changes[id]?.[step] || 0;
        this.setChange(id, { [step]: before + STEPS[step].by });
        await this.load();
    }

    async onToggleBlocked(center, index) {
        const id = center.workcenter_id;
        const before = this.state.changes[id]?.blocked_weeks || [];
        const after = before.includes(index)
            ? before.filter((week) => week !== index)
            : [...before, index];
        this.setChange(id, { blocked_weeks: after });
        await this.load();
    }

    async onDropChange(assumption) {
        const { id, name, week } = assumption;
        const weeks = this.state.changes[id].blocked_weeks || [];
        this.setChange(
            id,
            name === "blocked_weeks"
                ? { blocked_weeks: weeks.filter((one) => one !== week) }
                : { [name]: 0 },
        );
        await this.load();
    }

    async onReset() {
        this.state.orderIds = [];
        this.state.changes = {};
        await this.load();
    }

    onOpenCell(center, index) {
        const blocked = this.state.changes[center.workcenter_id]?.blocked_weeks || [];
        this.dialog.add(MtoLoadDetails, {
            center: { id: center.workcenter_id, name: center.workcenter },
            period: this.periods[index],
            load: readLoad(
                this.state.load.centers.find((one) => one.workcenter_id === center.workcenter_id)
                    .loads[index],
            ),
            added: this.getAdded(center.workcenter_id, index),
            isBlocked: blocked.includes(index),
            onToggleBlocked: () => this.onToggleBlocked(center, index),
        });
    }

    /** From week to week and from center to center, as in a grid. */
    onKeydown(ev) {
        const step = localization.direction === "rtl" ? -1 : 1;
        const moves = {
            ArrowRight: [0, step],
            ArrowLeft: [0, -step],
            ArrowDown: [1, 0],
            ArrowUp: [-1, 0],
            Home: [0, -Infinity],
            End: [0, Infinity],
        };
        const move = moves[ev.key];
        if (!move || !ev.target.classList.contains("o_mto_heat")) {
            return;
        }
        ev.preventDefault();
        const most = [this.state.load.centers.length - 1, this.state.load.periods.length - 1];
        this.state.focused = this.state.focused.map((at, axis) =>
            Math.min(Math.max(at + move[axis], 0), most[axis]),
        );
        const [row, column] = this.state.focused;
        this.table.el.querySelector(`[data-cell="${row},${column}"]`).focus();
    }

    onFocusCell(row, column) {
        this.state.focused = [row, column];
    }

    //---- Helpers ----

    async load() {
        const whatIf = { order_ids: this.state.orderIds, changes: this.changes };
        this.state.load = await this.keepLast.add(
            this.orm.call("mto.planner", "load", [this.state.weeks, whatIf]),
        );
    }

    setChange(id, values) {
        const change = { ...this.state.changes[id], ...values };
        const isSomething = Object.values(change).some((value) =>
            Array.isArray(value) ? value.length : value,
        );
        if (isSomething) {
            this.state.changes[id] = change;
        } else {
            delete this.state.changes[id];
        }
    }

    getAdded(centerId, index) {
        return this.state.load.quotations
            .map(({ order_id, order, customer, loads }) => ({
                order_id,
                order,
                customer,
                hours: loads.find((one) => one.workcenter_id === centerId)?.hours[index] || 0,
            }))
            .filter(({ hours }) => hours);
    }

    describeChange(change, names) {
        const id = change.workcenter_id;
        const workcenter = names[id];
        const found = [];
        if (change.machines) {
            const text = _t("%(workcenter)s: machines +%(count)s", {
                workcenter,
                count: change.machines,
            });
            found.push({ id, name: "machines", text });
        }
        if (change.overtime_hours) {
            const text = _t("%(workcenter)s: +%(hours)s h each day", {
                workcenter,
                hours: change.overtime_hours,
            });
            found.push({ id, name: "overtime_hours", text });
        }
        for (const week of change.blocked_weeks || []) {
            const text = _t("%(workcenter)s: blocked in %(week)s", {
                workcenter,
                week: this.periods[week].label,
            });
            found.push({ id, name: "blocked_weeks", week, text });
        }
        return found.map((one) => ({ ...one, key: `${one.id} ${one.name} ${one.week}` }));
    }

    makeCell(center, load, index, row) {
        const [focusedRow, focusedColumn] = this.state.focused;
        return {
            index,
            row,
            className: `o_mto_heat_${load.level}`,
            text: getText(load),
            detail: getDetail(load),
            held: load.held ? formatHours(load.held) : "",
            added: load.added ? formatHours(load.added) : "",
            usedWidth: load.usedWidth,
            addedWidth: load.addedWidth,
            tabindex: row === focusedRow && index === focusedColumn ? 0 : -1,
            title: `${center.workcenter}\n${describeLoad(load)}`,
        };
    }
}

function getText({ open, taken, share }) {
    if (!taken) {
        return "";
    }
    return open ? `${Math.round(100 * share)} %` : "!";
}

function getDetail({ open, taken }) {
    if (!open) {
        return taken ? _t("%s h, closed", formatHours(taken)) : _t("closed");
    }
    return taken
        ? _t("%(used)s / %(open)s h", { used: formatHours(taken), open: formatHours(open) })
        : _t("%s h free", formatHours(open));
}

registry.category("actions").add("mto_load", MtoLoad);
