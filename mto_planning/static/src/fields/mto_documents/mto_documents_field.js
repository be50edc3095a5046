import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { MtoDocuments } from "../../components/mto_documents/mto_documents";

/**
 * The drawings of what is made, for whoever makes it.
 */
export class MtoDocumentsField extends Component {
    static template = "mto_planning.MtoDocumentsField";
    static components = { MtoDocuments };
    static props = { ...standardFieldProps, isCompact: { type: Boolean, optional: true } };

    //---- Getters ----

    get documents() {
        return this.props.record.data[this.props.name] || [];
    }
}

export const mtoDocumentsField = {
    component: MtoDocumentsField,
    displayName: _t("Drawings"),
    supportedTypes: ["json"],
    extractProps: ({ viewType }) => ({ isCompact: viewType === "list" }),
};

registry.category("fields").add("mto_documents", mtoDocumentsField);
