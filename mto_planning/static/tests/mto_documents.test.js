import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    mountWithCleanup,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { MtoDocuments } from "@mto_planning/components/mto_documents/mto_documents";

describe.current.tags("desktop");

function makeDocument(id, name, mimetype) {
    return { document_id: id, attachment_id: 100 + id, name, mimetype };
}

const DRAWINGS = [
    makeDocument(1, "Lamp.png", "image/png"),
    makeDocument(2, "Lamp.txt", "text/plain"),
    makeDocument(3, "Lamp.dxf", "image/vnd.dxf"),
    makeDocument(4, "Lamp.step", "application/step"),
];

class Made extends models.Model {
    _name = "made";

    drawings = fields.Json();

    _records = [
        { id: 1, drawings: DRAWINGS },
        { id: 2, drawings: false },
    ];
}

defineMailModels();
defineModels({ Made });

test("each drawing has its icon and its name", async () => {
    await mountWithCleanup(MtoDocuments, { props: { documents: DRAWINGS } });
    expect(".o_mto_document").toHaveCount(4);
    expect(".o_mto_document:eq(0) .fa-file-image-o").toHaveCount(1);
    expect(".o_mto_document:eq(1) .fa-file-text-o").toHaveCount(1);
    expect(".o_mto_document:eq(3) .fa-file-o").toHaveCount(1);
    expect(".o_mto_document:eq(3)").toHaveText("Lamp.step");
    expect(".o_mto_document_remove").toHaveCount(0);
});

test("where there is little room the name is told by the button", async () => {
    await mountWithCleanup(MtoDocuments, { props: { documents: DRAWINGS, isCompact: true } });
    expect(".o_mto_document:first").toHaveText("");
    expect(".o_mto_document_open:first").toHaveAttribute("aria-label", "Lamp.png");
    expect(".o_mto_document_open:first").toHaveAttribute("title", "Lamp.png");
});

test("what can be shown opens in the viewer", async () => {
    patchWithCleanup(window, { open: () => expect.step("downloaded") });
    await mountWithCleanup(MtoDocuments, { props: { documents: DRAWINGS } });
    await contains(".o_mto_document_open:first").click();
    await animationFrame();
    expect(".o-FileViewer").toHaveCount(1);
    expect(".o-FileViewer").toHaveText(/Lamp.png/);
    expect.verifySteps([]);
});

test("what cannot be shown is downloaded", async () => {
    patchWithCleanup(window, {
        open: (url) => expect.step(new URL(url, "http://factory").pathname),
    });
    await mountWithCleanup(MtoDocuments, { props: { documents: DRAWINGS } });
    await contains(".o_mto_document_open:last").click();
    await animationFrame();
    expect(".o-FileViewer").toHaveCount(0);
    expect.verifySteps(["/web/content/104"]);
});

test("where it may be taken away it says which one is", async () => {
    const onRemove = (document) => expect.step(document.document_id);
    await mountWithCleanup(MtoDocuments, { props: { documents: DRAWINGS, onRemove } });
    expect(".o_mto_document_remove:eq(1)").toHaveAttribute("aria-label", "Take away Lamp.txt");
    await contains(".o_mto_document_remove:eq(1)").click();
    expect.verifySteps([2]);
});

const FIELD = `<field name="drawings" widget="mto_documents"/>`;

test("field: with names in a form, without in a list", async () => {
    await mountView({ type: "form", resModel: "made", resId: 1, arch: `<form>${FIELD}</form>` });
    expect(".o_mto_document:first").toHaveText("Lamp.png");
});

test("field: in a list without names, and nothing where nothing is", async () => {
    await mountView({ type: "list", resModel: "made", arch: `<list>${FIELD}</list>` });
    expect(".o_data_row:first .o_mto_document").toHaveCount(4);
    expect(".o_data_row:first .o_mto_document:first").toHaveText("");
    expect(".o_data_row:last .o_mto_document").toHaveCount(0);
});
