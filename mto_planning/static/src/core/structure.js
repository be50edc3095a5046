import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";

const ICONS = { make: "fa-wrench", buy: "fa-shopping-cart", stock: "fa-cubes" };
const SUPPLIES = { make: _t("Made"), buy: _t("Bought"), stock: _t("From stock") };
const SOURCES = { manufacture: _t("made"), buy: _t("bought") };
const KINDS = {
    part: { icon: "fa-cube", label: _t("Part") },
    operation: { icon: "fa-cog", label: _t("Work") },
    byproduct: { icon: "fa-recycle", label: _t("By-product") },
};
const CHANGES = {
    added: { label: _t("Added"), className: "text-bg-success" },
    changed: { label: _t("Changed"), className: "text-bg-warning" },
    removed: { label: _t("Removed"), className: "text-bg-danger" },
};

/**
 * @param {number} value
 * @returns {string} without zeros that say nothing, in the user's language
 */
export function formatQuantity(value) {
    return formatFloat(value, { digits: [16, 4], trailingZeros: false });
}

/**
 * @param {Object} was fields of a row of `sale.order.line.mto_get_structure`, as they were
 * @returns {string} them in words
 */
export function describeFields(was) {
    const quantity = ["quantity" in was ? formatQuantity(was.quantity) : "", was.unit || ""].filter(
        Boolean,
    );
    const parts = [
        was.name || was.product || "",
        quantity.join(" "),
        was.workcenter || "",
        "minutes" in was ? _t("%s minutes", formatQuantity(was.minutes)) : "",
        "source" in was ? SOURCES[was.source]?.toString() || _t("as its rules say") : "",
    ];
    return parts.filter(Boolean).join(", ");
}

/**
 * @param {Object} row that differs from its master, of `sale.order.line.mto_find_earlier`
 * @returns {string} what and how, in words
 */
export function describeRow(row) {
    if (row.change === "removed") {
        return _t("Without %s", row.name);
    }
    const amount =
        row.kind === "operation"
            ? _t("%s minutes", formatQuantity(row.minutes))
            : `${formatQuantity(row.quantity)} ${row.unit}`;
    const was = describeFields(row.was);
    const parts = [
        row.change === "added" ? _t("added, %s", amount) : "",
        row.change === "changed" && was ? _t("%(amount)s (was: %(was)s)", { amount, was }) : "",
        row.note,
        ...row.documents.map((document) => document.name),
    ];
    return _t("%(name)s: %(differences)s", {
        name: row.name,
        differences: parts.filter(Boolean).join(" · "),
    });
}

/**
 * @param {Object} row of `sale.order.line.mto_get_structure`
 * @returns {string} how it differs from the master, for the tooltip and for readers
 */
function describeChange(row) {
    if (row.change === "added") {
        return _t("Not in the master");
    }
    const was = describeFields(row.was);
    if (!was) {
        return _t("With drawings that the master does not have");
    }
    return row.change === "removed" ? _t("In the master: %s", was) : _t("Was: %s", was);
}

/**
 * What the tree shows of its rows.
 *
 * @param {Object[]} rows of `sale.order.line.mto_get_structure`
 * @returns {Object[]} each with its icon, labels, whether it has rows below, and `path`:
 *  what it is called by its place, which stays the same when keys change
 */
export function readRows(rows) {
    const paths = {};
    const seen = {};
    const parents = new Set(rows.map((row) => row.parent));
    return rows.map((row) => {
        const isPart = row.kind === "part";
        const name = `${paths[row.parent] || ""}/${row.kind}-${row.product_id || row.name}`;
        seen[name] = (seen[name] || 0) + 1;
        paths[row.key] = `${name}-${seen[name]}`;
        const change = CHANGES[row.change];
        const { icon, label } = KINDS[row.kind];
        return {
            ...row,
            isPart,
            isWork: row.kind === "operation",
            isRemoved: row.change === "removed",
            path: paths[row.key],
            hasBelow: parents.has(row.key),
            icon: ICONS[row.supply] || icon,
            kindLabel: (SUPPLIES[row.supply] || label).toString(),
            changeLabel: change ? change.label.toString() : "",
            changeClass: change ? change.className : "",
            changeTitle: change ? describeChange(row) : "",
            hasOtherFields: row.change === "changed" && Boolean(describeFields(row.was)),
        };
    });
}

/**
 * @param {Object[]} rows as read by `readRows`
 * @param {Set<string>} folded paths of rows whose rows below are hidden
 * @param {boolean} onlyChanges show what differs and what it belongs to, unfolded
 * @returns {Object[]} the rows to show
 */
export function pickRows(rows, folded, onlyChanges) {
    if (onlyChanges) {
        const byKey = Object.fromEntries(rows.map((row) => [row.key, row]));
        const kept = new Set();
        for (let row of rows.filter(({ change, note }) => change || note)) {
            for (; row && !kept.has(row.key); row = byKey[row.parent]) {
                kept.add(row.key);
            }
        }
        return rows.filter(({ key }) => kept.has(key));
    }
    const hidden = new Set();
    return rows.filter((row) => {
        const isHidden = hidden.has(row.parent);
        if (isHidden || folded.has(row.path)) {
            hidden.add(row.key);
        }
        return !isHidden;
    });
}
