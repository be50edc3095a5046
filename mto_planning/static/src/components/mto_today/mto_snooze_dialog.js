import { Component, useState } from "@odoo/owl";
import { serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { formatDay } from "../../core/plan";

/**
 * Until when nobody has to look at a line, and why.
 */
export class MtoSnoozeDialog extends Component {
    static template = "mto_planning.MtoSnoozeDialog";
    static components = { Dialog, DateTimeInput };
    static props = { name: String, close: Function, onSnooze: Function };

    setup() {
        const tomorrow = today().plus({ days: 1 });
        this.title = _t("Look at %s again", this.props.name);
        this.first = tomorrow;
        this.choices = [
            { id: "tomorrow", label: _t("Tomorrow"), day: tomorrow },
            { id: "days", label: _t("In three days"), day: today().plus({ days: 3 }) },
            { id: "week", label: _t("Next week"), day: getNextWeek() },
        ];
        this.state = useState({ choice: "tomorrow", day: tomorrow, reason: "" });
    }

    //---- Getters ----

    get dayLabel() {
        return this.state.day ? formatDay(this.state.day) : "";
    }

    //---- Handlers ----

    onChoose({ id, day }) {
        this.state.choice = id;
        this.state.day = day;
    }

    onPick(day) {
        this.state.choice = false;
        this.state.day = day || this.first;
    }

    async onConfirm() {
        await this.props.onSnooze(serializeDate(this.state.day), this.state.reason);
        this.props.close();
    }
}

/** Its first day, or, on the day before it, that of the week after. */
function getNextWeek() {
    return today().plus({ days: 1, weeks: 1 }).startOf("week");
}
