import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { checkFileSize } from "@web/core/utils/files";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { Mutex } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { formatDay } from "../../core/plan";
import { describeFields, formatQuantity, pickRows, readRows } from "../../core/structure";
import { MtoDocuments } from "../mto_documents/mto_documents";
import { MtoTake } from "../mto_take/mto_take";
import { MtoNumber } from "./mto_number";

const SEARCH_LIMIT = 8;
// Changes that production reads, but that make and buy nothing else.
const SPOKEN_KINDS = ["note", "attach", "detach"];

/**
 * What an order line is made of, as a tree that is changed in place.
 *
 * Each change is one call; the answer is the new tree with its costs, so what is shown
 * is what is stored.
 */
export class MtoBomEditor extends Component {
    static template = "mto_planning.MtoBomEditor";
    static components = { AutoComplete, Dropdown, DropdownItem, MtoDocuments, MtoNumber };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.mutex = new Mutex();
        this.root = useRef("root");
        this.fileInput = useRef("fileInput");
        this.folded = useState(new Set());
        this.state = useState({
            structure: null,
            error: "",
            isBusy: false,
            revision: 0,
            onlyChanges: false,
            form: null,
        });
        // Not waited for: the rest of the form is there meanwhile.
        onWillStart(() => void this.load(this.resId));
        onWillUpdateProps((nextProps) => {
            if (nextProps.record.resId !== this.resId) {
                this.state.structure = null;
                this.load(nextProps.record.resId);
            }
        });
    }

    //---- Getters ----

    get resId() {
        return this.props.record.resId;
    }

    get rows() {
        const rows = readRows(this.state.structure.rows);
        return pickRows(rows, this.folded, this.state.onlyChanges);
    }

    get hasChanges() {
        return this.state.structure.rows.some((row) => row.change);
    }

    /** Whether it may be edited without what follows in production. */
    get isQuotation() {
        const { can_edit, is_confirmed } = this.state.structure;
        return can_edit && !is_confirmed;
    }

    get canCompute() {
        return ["draft", "sent"].includes(this.props.record.data.state);
    }

    get isOutdated() {
        return ["outdated", "none"].includes(this.state.structure.promise_state);
    }

    get promiseText() {
        const { structure } = this.state;
        if (structure.promise_state === "outdated") {
            return _t("The date is out of date: what the line is made of has changed.");
        }
        if (structure.promise_state === "none") {
            return _t("There is no date yet.");
        }
        if (structure.promise_state === "infeasible") {
            return _t("It cannot be made like this.");
        }
        return _t("Promised for %s", formatDay(this.props.record.data.mto_promise_date));
    }

    get promiseClass() {
        const classes = { good: "text-success", late: "text-warning", infeasible: "text-danger" };
        return classes[this.state.structure.promise_state] || "text-warning";
    }

    get totals() {
        const { structure } = this.state;
        const percent = formatFloat(structure.margin_percent, { digits: [16, 1] });
        return [
            {
                id: "cost",
                label: _t("Cost"),
                value: this.formatMoney(structure.cost),
                detail: _t("%(material)s material, %(work)s work", {
                    material: this.formatMoney(structure.material_cost),
                    work: this.formatMoney(structure.work_cost),
                }),
            },
            { id: "price", label: _t("Price"), value: this.formatMoney(structure.price) },
            {
                id: "margin",
                label: _t("Margin"),
                value: this.formatMoney(structure.margin),
                detail: structure.price ? `${percent} %` : "",
                className: this.marginClass,
            },
        ];
    }

    get marginClass() {
        const { margin, margin_percent, target_margin_percent } = this.state.structure;
        if (margin < 0) {
            return "text-danger";
        }
        return margin_percent + 0.05 < target_margin_percent ? "text-warning" : "text-success";
    }

    get suggestion() {
        const { structure } = this.state;
        return {
            label: _t(
                "Unit price for %s %% margin",
                formatQuantity(structure.target_margin_percent),
            ),
            value: formatMonetary(structure.suggested_unit_price, {
                currencyId: structure.price_currency_id,
            }),
            canUse: this.isQuotation && structure.unit_price !== structure.suggested_unit_price,
        };
    }

    get masterChanges() {
        return this.state.structure.master_changes.map((change, index) => ({
            ...change,
            id: `master-${index}`,
            text: this.describeMasterChange(change),
        }));
    }

    get productSources() {
        return [{ options: (request) => this.searchProducts(request) }];
    }

    //---- Handlers ----

    onToggle(row) {
        const { path } = row;
        this.folded.has(path) ? this.folded.delete(path) : this.folded.add(path);
    }

    onCommitNumber(value, row, field) {
        this.change(row.isPart ? "set_quantity" : "set_operation", row, { [field]: value });
    }

    /** Up and down go from number to number, as in a spreadsheet. */
    onMove(input, step) {
        const inputs = [...this.root.el.querySelectorAll(".o_mto_number")];
        const next = inputs[inputs.indexOf(input) + step];
        next ? next.focus() : input.blur();
    }

    onChangeCenter(ev, row) {
        this.change("set_operation", row, { workcenter_id: Number(ev.target.value) });
    }

    onKeydownRow(ev, row) {
        const isFolded = this.folded.has(row.path);
        if (ev.key === (isFolded ? "ArrowRight" : "ArrowLeft")) {
            this.onToggle(row);
            ev.preventDefault();
        }
    }

    openForm(kind, row = null) {
        this.state.form = {
            kind,
            row,
            path: row?.path || "",
            quantity: formatQuantity(kind === "replace" ? row.quantity : 1),
            minutes: formatQuantity(30),
            name: "",
            workcenter: this.centers?.[0]?.id || "",
            text: row?.note || "",
        };
    }

    onKeydownForm(ev) {
        if (ev.key === "Escape" && !ev.defaultPrevented) {
            this.state.form = null;
            ev.stopPropagation();
        }
    }

    onPickProduct(product) {
        const { kind, row } = this.state.form;
        const type = kind === "replace" ? "replace" : "add_component";
        const quantity = this.readNumber(this.state.form.quantity);
        if (quantity !== null) {
            this.change(type, row, { product_id: product.id, quantity });
        }
    }

    onSubmit() {
        const { kind, row, name, workcenter, text } = this.state.form;
        if (kind === "note") {
            this.change("note", row, { text });
        } else if (kind === "operation") {
            const minutes = this.readNumber(this.state.form.minutes);
            if (minutes !== null) {
                const workcenter_id = Number(workcenter);
                this.change("add_operation", row, { name, workcenter_id, minutes });
            }
        }
    }

    onTake() {
        this.dialog.add(MtoTake, {
            lineId: this.resId,
            onTake: (lineId) => this.call("mto_take_structure_from", lineId),
        });
    }

    onPromote() {
        this.action.doAction("mto_planning.action_mto_promote", {
            additionalContext: { default_line_id: this.resId },
        });
    }

    onAttach(row) {
        this.drawn = row;
        this.fileInput.el.click();
    }

    async onPickFiles(ev) {
        const row = this.drawn;
        const files = [...ev.target.files].filter((file) =>
            checkFileSize(file.size, this.notification),
        );
        const contents = await Promise.all(files.map(getDataURLFromFile));
        // The same file may be chosen again.
        ev.target.value = "";
        if (files.length) {
            await this.changeAll(
                row,
                files.map((file, index) => ({
                    type: "attach",
                    name: file.name,
                    data: contents[index].split(",")[1],
                })),
            );
        }
    }

    onReset() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Back to the Master"),
            body: _t("All changes of this line are lost: it is made as the masters say."),
            confirmLabel: _t("Reset"),
            confirm: () => this.call("mto_reset_structure"),
            cancel: () => {},
        });
    }

    async onRefresh() {
        await this.call("mto_refresh_structure");
        const conflicts = this.state.structure.conflicts?.length;
        if (conflicts) {
            const message =
                conflicts === 1
                    ? _t("1 change of the master was not taken: yours stays.")
                    : _t("%s changes of the master were not taken: yours stay.", conflicts);
            this.notification.add(message, { type: "warning" });
        }
    }

    async onUsePrice() {
        await this.run(async () => {
            await this.orm.write("sale.order.line", [this.resId], {
                price_unit: this.state.structure.suggested_unit_price,
            });
            return this.fetch();
        });
    }

    async onCompute() {
        await this.run(async () => {
            const orderId = this.props.record.data.order_id.id;
            await this.orm.call("sale.order", "mto_compute_promise", [[orderId]]);
            return this.fetch();
        });
    }

    onPrint() {
        const orderId = this.props.record.data.order_id.id;
        this.action.doAction("mto_planning.action_report_mto_build", {
            additionalContext: { active_ids: [orderId], active_id: orderId },
        });
    }

    //---- Helpers ----

    async load(resId) {
        this.state.error = "";
        if (!resId) {
            return;
        }
        try {
            const structure = await this.orm.silent.call("sale.order.line", "mto_get_structure", [
                [resId],
            ]);
            await this.show(structure);
        } catch (error) {
            this.state.error = error.data?.message || error.message;
        }
    }

    async show(structure) {
        if (structure.can_edit_operations) {
            await this.loadCenters();
        }
        this.state.structure = structure;
    }

    async loadCenters() {
        this.centers ??= await this.orm.searchRead("mrp.workcenter", [], ["display_name"]);
    }

    /**
     * @param {string} type of a change, see `mto_customise`
     * @param {Object} row
     * @param {Object} [values]
     */
    async change(type, row, values = {}) {
        await this.changeAll(row, [{ type, ...values }]);
    }

    /**
     * @param {Object} row
     * @param {Object[]} changes of it, each without its key
     */
    async changeAll(row, changes) {
        await this.run(() => {
            const key = this.findKey(row);
            const keyed = changes.map(({ type, ...values }) => ({ type, key, ...values }));
            if (!this.state.structure.is_confirmed) {
                return this.orm.call("sale.order.line", "mto_customise", [[this.resId], keyed]);
            }
            return changes.every(({ type }) => SPOKEN_KINDS.includes(type))
                ? this.apply(keyed)
                : this.preview(keyed);
        });
    }

    /**
     * Of a confirmed line: what follows in production is seen before it is done.
     *
     * @param {Object[]} changes
     */
    async preview(changes) {
        const action = await this.orm.call("sale.order.line", "action_mto_change_structure", [
            [this.resId],
            changes,
        ]);
        await this.action.doAction(action, { onClose: () => this.run(() => this.fetch()) });
        return this.state.structure;
    }

    async apply(structure) {
        await this.orm.call("sale.order.line", "mto_apply_change", [[this.resId], { structure }]);
        return this.fetch();
    }

    fetch() {
        return this.orm.call("sale.order.line", "mto_get_structure", [[this.resId]]);
    }

    async call(method, ...args) {
        await this.run(() => this.orm.call("sale.order.line", method, [[this.resId], ...args]));
    }

    /**
     * Do what answers with a new structure, one after the other, and show it.
     *
     * @param {() => Promise<Object>} work
     */
    run(work) {
        return this.mutex.exec(async () => {
            this.state.isBusy = true;
            try {
                await this.show(await work());
                this.state.form = null;
                await this.props.record.load();
            } finally {
                // Also after an error: what was typed is not what is stored.
                this.state.revision++;
                this.state.isBusy = false;
            }
        });
    }

    /** The key of a row now: the first change of a line gives all rows new keys. */
    findKey(row) {
        const rows = readRows(this.state.structure.rows);
        return rows.find(({ path }) => path === row.path)?.key || row.key;
    }

    canEdit(row) {
        const { can_edit, can_edit_operations } = this.state.structure;
        if (row.kind === "byproduct") {
            return false;
        }
        return row.isPart ? can_edit && Boolean(row.parent) : can_edit_operations;
    }

    canAttach(row) {
        return this.state.structure.can_edit && row.kind !== "byproduct" && !row.isRemoved;
    }

    canNote(row) {
        return row.isWork ? this.canEdit(row) : Boolean(row.bom_id);
    }

    canAdd(row) {
        return this.state.structure.can_edit && Boolean(row.bom_id);
    }

    readNumber(text) {
        try {
            return parseFloat(text);
        } catch {
            this.notification.add(_t("“%s” is not a number.", text), { type: "danger" });
            return null;
        }
    }

    formatMoney(value) {
        return formatMonetary(value, { currencyId: this.state.structure.currency_id });
    }

    formatNumber(value) {
        return formatQuantity(value);
    }

    /** What takes a drawing away from a row, where the user may. */
    getDetacher(row) {
        if (this.canAttach(row)) {
            return ({ document_id }) => this.change("detach", row, { document_id });
        }
    }

    getIndent(row) {
        return `--o-mto-depth: ${row.depth}`;
    }

    getDetail(row) {
        if (row.kind === "byproduct") {
            return _t("bears %s %% of the cost", formatQuantity(row.cost_share));
        }
        if (!row.isPart) {
            return "";
        }
        const makes = row.makes && row.makes !== 1;
        return [
            row.vendor,
            makes ? _t("its parts are for %s %s", formatQuantity(row.makes), row.makes_unit) : "",
        ]
            .filter(Boolean)
            .join(" · ");
    }

    getAmount(row) {
        return row.isWork
            ? _t("%s min", formatQuantity(row.duration))
            : `${formatQuantity(row.total)} ${row.unit}`;
    }

    describeMasterChange(change) {
        const names = { level: change.level, name: change.name };
        if (change.change === "added") {
            return _t("%(level)s: %(name)s was added.", names);
        }
        if (change.change === "removed") {
            return _t("%(level)s: %(name)s was removed.", names);
        }
        return _t("%(level)s: %(name)s was %(was)s, is %(now)s.", {
            ...names,
            was: describeFields(change.was),
            now: describeFields(change.now),
        });
    }

    async searchProducts(request) {
        const domain = [["type", "=", "consu"]];
        const found = await this.orm.call("product.product", "name_search", [], {
            name: request,
            domain,
            limit: SEARCH_LIMIT,
        });
        return this.makeOptions(
            found.map(([id, label]) => ({ id, label })),
            (product) => this.onPickProduct(product),
        );
    }

    makeOptions(found, onSelect) {
        if (!found.length) {
            return [{ label: _t("Nothing found"), cssClass: "o_mto_quiet" }];
        }
        return found.map((one) => ({ label: one.label, onSelect: () => onSelect(one) }));
    }
}

export const mtoBomEditor = {
    component: MtoBomEditor,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "order_id", type: "many2one", relation: "sale.order" },
        { name: "mto_promise_date", type: "datetime" },
        { name: "mto_promise_state", type: "selection" },
    ],
};

registry.category("view_widgets").add("mto_bom_editor", mtoBomEditor);
