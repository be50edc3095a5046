import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { KeepLast } from "@web/core/utils/concurrency";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { formatMonetary } from "@web/views/fields/formatters";
import { describeRow, formatQuantity } from "../../core/structure";

const SEARCH_DELAY = 300;

/**
 * Earlier orders of the same product: found by a few words, with what each cost and how
 * it differed, before one is taken.
 */
export class MtoTake extends Component {
    static template = "mto_planning.MtoTake";
    static components = { Dialog };
    static props = {
        lineId: Number,
        onTake: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({
            text: "",
            since: "",
            onlyCustomised: true,
            lines: null,
            hasMore: false,
        });
        this.onType = useDebounced(() => this.search(), SEARCH_DELAY);
        useAutofocus({ refName: "text", mobile: true });
        onWillStart(() => this.search());
    }

    //---- Handlers ----

    onTake(line) {
        this.props.onTake(line.line_id);
        this.props.close();
    }

    onChangeSince(ev) {
        this.state.since = ev.target.value;
        this.search();
    }

    onChangeOnly(ev) {
        this.state.onlyCustomised = ev.target.checked;
        this.search();
    }

    onMore() {
        this.search(this.state.lines.length);
    }

    //---- Helpers ----

    async search(offset = 0) {
        const { text, since, onlyCustomised } = this.state;
        const found = await this.keepLast.add(
            this.orm.silent.call("sale.order.line", "mto_find_earlier", [
                [this.props.lineId],
                { text, date_from: since, only_customised: onlyCustomised, offset },
            ]),
        );
        const lines = offset ? [...this.state.lines, ...found.lines] : found.lines;
        Object.assign(this.state, { lines, hasMore: found.has_more });
    }

    formatDay(line) {
        return formatDate(deserializeDateTime(line.date));
    }

    formatMoney(value, currencyId) {
        return formatMonetary(value, { currencyId });
    }

    getAmount(line) {
        return `${formatQuantity(line.quantity)} ${line.unit}`;
    }

    getDifferences(line) {
        return line.differences.map((row, index) => ({ id: index, text: describeRow(row) }));
    }
}
