import { Component } from "@odoo/owl";
import { FileModel } from "@web/core/file_viewer/file_model";
import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";

const ICONS = [
    ["application/pdf", "fa-file-pdf-o"],
    ["image/", "fa-file-image-o"],
    ["text/", "fa-file-text-o"],
];

/**
 * Drawings: each opens in the viewer, or is downloaded if it cannot be shown.
 */
export class MtoDocuments extends Component {
    static template = "mto_planning.MtoDocuments";
    static props = {
        /** As in the rows of `sale.order.line.mto_get_structure`. */
        documents: Array,
        /** Given where the user may take one away. */
        onRemove: { type: Function, optional: true },
        /** Without names, where there is little room. */
        isCompact: { type: Boolean, optional: true },
    };

    setup() {
        this.viewer = useFileViewer();
    }

    //---- Getters ----

    get files() {
        return this.props.documents.map((document) => {
            const file = new FileModel();
            return Object.assign(file, {
                id: document.attachment_id,
                name: document.name,
                mimetype: document.mimetype,
                type: "binary",
            });
        });
    }

    //---- Handlers ----

    onOpen(index) {
        const { files } = this;
        if (files[index].isViewable) {
            this.viewer.open(files[index], files);
        } else {
            window.open(files[index].downloadUrl, "_blank");
        }
    }

    //---- Helpers ----

    getIcon({ mimetype }) {
        const found = ICONS.find(([start]) => mimetype.startsWith(start));
        return found ? found[1] : "fa-file-o";
    }
}
