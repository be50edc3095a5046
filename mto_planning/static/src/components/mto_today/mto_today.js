import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, today } from "@web/core/l10n/dates";
import { formatMonetary } from "@web/views/fields/formatters";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatDay, toMoment } from "../../core/plan";
import { formatSlack } from "../../fields/mto_slack/mto_slack_field";
import { MtoSnoozeDialog } from "./mto_snooze_dialog";

const RISKS = {
    blocked: { label: _t("Blocked"), icon: "fa-ban", color: "danger" },
    late: { label: _t("Late"), icon: "fa-clock-o", color: "danger" },
    at_risk: { label: _t("At risk"), icon: "fa-exclamation-triangle", color: "warning" },
};

const CHANGES = {
    new: { label: _t("new"), icon: "fa-plus-circle", color: "warning" },
    worse: { label: _t("worse"), icon: "fa-arrow-down", color: "danger" },
    better: { label: _t("better"), icon: "fa-arrow-up", color: "success" },
    done: { label: _t("delivered"), icon: "fa-check", color: "success" },
};

/**
 * What needs somebody today, worst first, with what to do about it.
 */
export class MtoToday extends Component {
    static template = "mto_planning.MtoToday";
    static components = { Layout, Dropdown, DropdownItem };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.state = useState({
            data: null,
            risk: false,
            isMine: false,
            hasSnoozed: false,
            busy: 0,
            ...this.props.state,
        });
        useSetupAction({
            getLocalState: () => {
                const { risk, isMine, hasSnoozed } = this.state;
                return { risk, isMine, hasSnoozed };
            },
        });
        onWillStart(() => this.load());
    }

    //---- Getters ----

    get display() {
        return { controlPanel: {} };
    }

    get risks() {
        return Object.entries(RISKS).map(([risk, { label, icon, color }]) => ({
            risk,
            label,
            icon,
            color,
            count: this.state.data.counts[risk],
            isActive: this.state.risk === risk,
        }));
    }

    get changes() {
        const { changes } = this.state.data;
        return Object.entries(CHANGES)
            .map(([change, { label, icon, color }]) => ({
                change,
                label,
                icon,
                color,
                lines: changes[change].map(({ line_id, order, product }) => ({
                    id: line_id,
                    name: `${order}: ${product}`,
                })),
            }))
            .filter(({ lines }) => lines.length);
    }

    get since() {
        return formatDay(deserializeDate(this.state.data.changes.since));
    }

    get rows() {
        const { lines, snoozed } = this.state.data;
        const shown = this.state.hasSnoozed ? snoozed : lines;
        return shown
            .filter(({ risk }) => !this.state.risk || risk === this.state.risk)
            .filter(({ owner_id }) => !this.state.isMine || owner_id === user.userId)
            .map((line) => this.makeRow(line));
    }

    get isFiltered() {
        return Boolean(this.state.risk || this.state.isMine || this.state.hasSnoozed);
    }

    get coming() {
        return this.state.data.coming.map((line) => ({
            ...line,
            when: formatDay(toMoment(line.projected_date)),
            percent: Math.round(line.progress),
        }));
    }

    //---- Handlers ----

    onToggleRisk(risk) {
        this.state.risk = this.state.risk === risk ? false : risk;
    }

    onToggleMine() {
        this.state.isMine = !this.state.isMine;
    }

    onToggleSnoozed() {
        this.state.hasSnoozed = !this.state.hasSnoozed;
    }

    async onAct(row, remedy) {
        this.state.busy = row.line_id;
        try {
            const answer = await this.orm.call("mto.today", "act", [row.line_id, remedy]);
            if (answer.type) {
                await this.action.doAction(answer, { onClose: () => this.load() });
            } else {
                this.notification.add(answer.message, { type: "success" });
                await this.load();
            }
        } finally {
            this.state.busy = 0;
        }
    }

    async onOpen(lineId) {
        await this.action.doAction(await this.orm.call("mto.today", "act", [lineId, "open_line"]));
    }

    async onTake(row) {
        await this.orm.call("mto.today", "take", [row.line_id, !row.isMine]);
        await this.load();
    }

    onSnooze(row) {
        this.dialog.add(MtoSnoozeDialog, {
            name: row.order,
            onSnooze: (until, reason) => this.snooze(row, until, reason),
        });
    }

    async onWake(row) {
        await this.snooze(row, false, "");
    }

    //---- Helpers ----

    async load() {
        this.state.data = await this.orm.call("mto.today", "get", []);
        if (!this.state.data.snoozed.length) {
            this.state.hasSnoozed = false;
        }
    }

    async snooze(row, until, reason) {
        await this.orm.call("mto.today", "snooze", [row.line_id, until, reason]);
        await this.load();
    }

    makeRow(line) {
        const { icon, color, label } = RISKS[line.risk];
        const days = today().diff(deserializeDate(line.since), "days").days;
        const projected = toMoment(line.projected_date);
        return {
            ...line,
            icon,
            color,
            riskLabel: label,
            changed: CHANGES[line.change],
            isMine: line.owner_id === user.userId,
            canOpen: line.remedies.some(({ remedy }) => remedy === "open_line"),
            others: line.remedies.filter(({ remedy }) => remedy !== line.suggestion.remedy),
            worth: line.value ? formatMonetary(line.value, { currencyId: line.currency_id }) : "",
            expected: projected ? formatDay(projected) : _t("no date"),
            promised: line.promise_date ? formatDay(toMoment(line.promise_date)) : "",
            slack: projected && line.slack_hours ? formatSlack(line.slack_hours) : "",
            age: getAge(Math.round(days)),
            snoozed: line.snooze && formatDay(deserializeDate(line.snooze.until)),
        };
    }
}

function getAge(days) {
    if (days < 1) {
        return _t("since today");
    }
    return days === 1 ? _t("since yesterday") : _t("for %s days", days);
}

registry.category("actions").add("mto_today", MtoToday);
