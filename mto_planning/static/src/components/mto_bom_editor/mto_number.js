import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { parseFloat } from "@web/views/fields/parsers";
import { formatQuantity } from "../../core/structure";

/**
 * A number of the tree. What is being typed is not overwritten by an answer that comes
 * in meanwhile.
 */
export class MtoNumber extends Component {
    static template = "mto_planning.MtoNumber";
    static props = {
        value: Number,
        label: String,
        /** Another one: what is shown is to be the value again. */
        revision: Number,
        onCommit: Function,
        onMove: Function,
    };

    setup() {
        this.notification = useService("notification");
        this.input = useRef("input");
        useEffect(
            () => {
                if (!this.isTyping) {
                    this.reset();
                }
            },
            () => [this.props.value, this.props.revision],
        );
    }

    //---- Handlers ----

    onInput() {
        this.isTyping = true;
    }

    onChange() {
        const value = this.read();
        this.isTyping = false;
        if (value === null || value === this.props.value) {
            this.reset();
        } else {
            this.props.onCommit(value);
        }
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            this.isTyping = false;
            this.reset();
            ev.stopPropagation();
        } else if (["ArrowDown", "ArrowUp", "Enter"].includes(ev.key)) {
            this.props.onMove(this.input.el, ev.key === "ArrowUp" ? -1 : 1);
            ev.preventDefault();
        }
    }

    //---- Helpers ----

    reset() {
        this.input.el.value = formatQuantity(this.props.value);
    }

    read() {
        const text = this.input.el.value;
        try {
            return parseFloat(text);
        } catch {
            this.notification.add(_t("“%s” is not a number.", text), { type: "danger" });
            return null;
        }
    }
}
