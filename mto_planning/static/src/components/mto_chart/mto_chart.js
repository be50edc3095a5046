import { Component, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { TimeScale } from "../../core/time_scale";

const BAR = {
    id: String,
    label: String,
    title: String,
    start: Object,
    finish: Object,
    className: { type: String, optional: true },
    target: { type: [Object, { value: null }], optional: true },
};

const ROW = {
    id: String,
    label: String,
    detail: { type: String, optional: true },
    icon: { type: String, optional: true },
    isEmphasised: { type: Boolean, optional: true },
    indent: { type: Number, optional: true },
    bars: { type: Array, element: { type: Object, shape: BAR } },
    children: { type: Array, optional: true },
};

const MARKER = { id: String, label: String, moment: Object, title: String };

const GROUP = {
    "*": true,
    id: String,
    label: { type: String, optional: true },
    detail: { type: String, optional: true },
    badge: { type: [Object, { value: null }], optional: true },
    markers: { type: Array, element: { type: Object, shape: MARKER } },
    rows: { type: Array, element: { type: Object, shape: ROW } },
};

/** Hours in sight. */
const RANGES = { hours: 8, day: 24, week: 7 * 24, month: 31 * 24 };

const BAR_SELECTOR = ".o_mto_chart_track > .o_mto_bar";
const getRow = (bar) => bar.closest(".o_mto_chart_row");
const getStart = (bar) => parseFloat(bar.style.insetInlineStart);

/**
 * Bars over time in rows, rows in groups. A row with children unfolds.
 */
export class MtoChart extends Component {
    static template = "mto_planning.MtoChart";
    static props = {
        label: String,
        groups: { type: Array, element: { type: Object, shape: GROUP } },
        now: { type: [Object, { value: null }], optional: true },
        onOpen: { type: Function, optional: true },
        slots: {
            type: Object,
            shape: { legend: { type: Object, optional: true } },
            optional: true,
        },
    };

    setup() {
        this.state = useState({ range: "fit", unfolded: {} });
        this.root = useRef("root");
        this.scale = this._makeScale(this.props);
        onWillUpdateProps((props) => {
            this.scale = this._makeScale(props);
        });
        useEffect(
            () => this._scrollToNow(),
            () => [this.state.range],
        );
        useEffect(() => this._keepTabStop());
    }

    //---- Handlers ----

    onRange(range) {
        this.state.range = range;
    }

    onFold(row) {
        this.state.unfolded[row.id] = !this.state.unfolded[row.id];
    }

    onBar(bar) {
        if (bar.target) {
            this.props.onOpen?.(bar.target);
        }
    }

    /** Arrows go from bar to bar, so that Tab passes hundreds of them in one step. */
    onKeydown(ev) {
        const bar = ev.target.closest(".o_mto_bar");
        const next = bar && this._findNeighbour(bar, ev.key);
        if (next) {
            ev.preventDefault();
            this._setTabStop(next);
            next.focus();
        }
    }

    //---- Helpers ----

    _getBars(within = this.root.el) {
        return [...(within?.querySelectorAll(BAR_SELECTOR) || [])];
    }

    _setTabStop(stop) {
        for (const bar of this._getBars()) {
            bar.tabIndex = bar === stop ? 0 : -1;
        }
    }

    /** One bar is reached by Tab: where the arrows have led, else the first. */
    _keepTabStop() {
        const bars = this._getBars();
        this._setTabStop(bars.find((bar) => bar.tabIndex === 0) || bars[0]);
    }

    _findNeighbour(bar, key) {
        const bars = this._getBars();
        const onward = localization.direction === "rtl" ? "ArrowLeft" : "ArrowRight";
        const [row, mine] = [getRow(bar), getStart(bar)];
        const inRow = this._getBars(row).sort((a, b) => getStart(a) - getStart(b));
        switch (key) {
            case "ArrowLeft":
            case "ArrowRight":
                return inRow[inRow.indexOf(bar) + (key === onward ? 1 : -1)];
            case "ArrowUp":
            case "ArrowDown": {
                const rows = [...new Set(bars.map(getRow))];
                const other = rows[rows.indexOf(row) + (key === "ArrowDown" ? 1 : -1)];
                const far = (one) => Math.abs(getStart(one) - mine);
                return other && this._getBars(other).sort((a, b) => far(a) - far(b))[0];
            }
            case "Home":
                return bars[0];
            case "End":
                return bars.at(-1);
        }
    }

    _makeScale({ groups, now }) {
        const rows = groups.flatMap((group) => group.rows);
        const bars = [...rows, ...rows.flatMap((row) => row.children || [])].flatMap(
            (row) => row.bars,
        );
        return new TimeScale([
            ...bars.flatMap((bar) => [bar.start, bar.finish]),
            ...groups.flatMap((group) => group.markers.map((marker) => marker.moment)),
            now,
        ]);
    }

    _scrollToNow() {
        const body = this.root.el;
        if (!body || this.state.range === "fit") {
            return;
        }
        const place = this.props.now ? this.scale.place(this.props.now) / 100 : 0;
        const track = body.querySelector(".o_mto_chart_axis_track");
        const sign = localization.direction === "rtl" ? -1 : 1;
        body.scrollLeft = sign * Math.max(0, place * track.offsetWidth - 40);
    }

    getVisibleRows(group) {
        return group.rows.flatMap((row) => (this.isUnfolded(row) ? [row, ...row.children] : [row]));
    }

    isUnfolded(row) {
        return Boolean(row.children?.length && this.state.unfolded[row.id]);
    }

    isPoint(bar) {
        return +bar.start === +bar.finish;
    }

    getBarTag(bar) {
        return bar.target && this.props.onOpen ? "button" : "div";
    }

    getBarRole(bar) {
        return this.getBarTag(bar) === "button" ? undefined : "img";
    }

    getBarClass(bar) {
        return [bar.className, this.isPoint(bar) ? "o_mto_bar_point" : ""].join(" ");
    }

    getBarStyle(bar) {
        const start = this.scale.place(bar.start);
        const width = this.scale.place(bar.finish) - start;
        return `inset-inline-start: ${start}%; width: ${width}%;`;
    }

    getPlaceStyle(moment) {
        return `inset-inline-start: ${this.scale.place(moment)}%;`;
    }

    getTickStyle(tick) {
        return `inset-inline-start: ${tick.place}%;`;
    }

    getFlagClass(marker) {
        const side = this.scale.place(marker.moment) > 60 ? "o_mto_flag_before" : "";
        return `o_mto_flag_${marker.id} ${side}`;
    }

    getIndentStyle(row) {
        return `padding-inline-start: ${(row.indent || 0) * 1.25}rem;`;
    }

    getFoldLabel(row) {
        return this.isUnfolded(row)
            ? _t("Hide the work orders of %s", row.label)
            : _t("Show the work orders of %s", row.label);
    }

    //---- Getters ----

    get ranges() {
        return [
            { id: "fit", label: _t("Fit") },
            { id: "hours", label: _t("Hours") },
            { id: "day", label: _t("Day") },
            { id: "week", label: _t("Week") },
            { id: "month", label: _t("Month") },
        ].filter(({ id }) => id === "fit" || RANGES[id] < this.scale.hours);
    }

    get hoursInSight() {
        return RANGES[this.state.range] || this.scale.hours;
    }

    get ticks() {
        return this.scale.ticks(this.hoursInSight);
    }

    get zoomStyle() {
        return `--o-mto-zoom: ${this.scale.zoom(this.hoursInSight)};`;
    }
}
