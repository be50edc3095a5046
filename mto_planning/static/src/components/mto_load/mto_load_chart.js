import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { describeLoad, formatHours } from "../../core/load";

/**
 * The hours of one work center by week: booked, held, what would be added, and free.
 */
export class MtoLoadChart extends Component {
    static template = "mto_planning.MtoLoadChart";
    static props = {
        name: String,
        loads: Array,
        periods: Array,
        hasAdded: Boolean,
        onOpen: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(() => this.draw());
        onWillUnmount(() => this.chart?.destroy());
    }

    //---- Getters ----

    /** For who cannot see a picture. */
    get description() {
        const weeks = this.props.loads.map(
            (load, index) => `${this.props.periods[index].label}: ${describeLoad(load)}`,
        );
        return `${this.props.name}. ${weeks.join("; ")}`;
    }

    get datasets() {
        const { loads } = this.props;
        const color = (name) => this.getColor(name);
        const booked = loads.map(({ level }) => color(getBarColor(level)));
        const added = loads.map(({ level }) => color(getBarColor(level)));
        return [
            {
                id: "booked",
                label: _t("Booked"),
                data: loads.map(({ used, held }) => Math.max(0, used - held)),
                backgroundColor: booked,
            },
            {
                id: "held",
                label: _t("Held"),
                data: loads.map(({ held }) => held),
                backgroundColor: color("held"),
            },
            {
                id: "added",
                label: _t("Would be added"),
                data: loads.map((load) => load.added),
                backgroundColor: added.map((one) => makeHatch(one)),
                borderColor: added,
                borderWidth: 1,
            },
            {
                id: "free",
                label: _t("Free"),
                data: loads.map(({ free }) => free),
                backgroundColor: color("free"),
            },
        ].filter(({ data, id }) => id === "booked" || id === "free" || data.some(Boolean));
    }

    //---- Helpers ----

    draw() {
        this.chart?.destroy();
        const isRtl = localization.direction === "rtl";
        const text = this.getColor("text");
        const grid = this.getColor("grid");
        this.chart = new Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: this.props.periods.map(({ label, first }) => [label, first]),
                datasets: this.datasets,
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                onClick: (_ev, [element]) => element && this.props.onOpen(element.index),
                onHover: (ev, elements) => {
                    ev.native.target.style.cursor = elements.length ? "pointer" : "";
                },
                interaction: { mode: "index", intersect: false },
                scales: {
                    x: {
                        stacked: true,
                        reverse: isRtl,
                        grid: { display: false },
                        ticks: { color: text },
                    },
                    y: {
                        stacked: true,
                        beginAtZero: true,
                        position: isRtl ? "right" : "left",
                        grid: { color: grid },
                        ticks: {
                            color: text,
                            maxTicksLimit: 5,
                            callback: (hours) => _t("%s h", formatHours(hours)),
                        },
                    },
                },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        rtl: isRtl,
                        callbacks: {
                            title: ([{ dataIndex }]) => this.props.periods[dataIndex].longDays,
                            label: ({ dataset, raw }) =>
                                _t("%(label)s: %(hours)s h", {
                                    label: dataset.label.toString(),
                                    hours: formatHours(raw),
                                }),
                        },
                    },
                },
            },
        });
    }

    /** Of the style sheet, so that they are those of the scheme, light or dark. */
    getColor(name) {
        return getComputedStyle(this.canvas.el).getPropertyValue(`--o-mto-bar-${name}`).trim();
    }
}

function getBarColor(level) {
    if (level === "over") {
        return "over";
    }
    return level >= 4 ? "full" : level >= 3 ? "busy" : "easy";
}

/** Stripes of a color, for what is not real yet. */
function makeHatch(color) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.strokeStyle = color;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const shift of [-8, 0, 8]) {
        pen.moveTo(shift, 8);
        pen.lineTo(shift + 8, 0);
    }
    pen.stroke();
    return pen.createPattern(tile, "repeat");
}
