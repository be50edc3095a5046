"use strict";
/**
 * axe-core over each screen, on a desktop and on a phone: `check_axe.js ADDRESS`.
 *
 * A serious fault in what is ours fails; what stock Odoo's own parts have is counted: its
 * frame of a view and its widgets of fields. All else on our screens is ours.
 */

const axe = require.resolve("axe-core/axe.min.js");
const { DESKTOP, PHONE, findRecords, launch, logIn, open } = require("./web_client");
const { RECORDS, SCREENS } = require("./screens");

const SERIOUS = ["serious", "critical"];
// Parts of Odoo's web client and of its views: what they are made of is not ours.
const CORE = [
    ".o_navbar",
    ".o_control_panel",
    ".o_search_panel",
    ".o-mail-Chatter",
    ".o_statusbar_status",
    ".o_list_table thead",
    ".o_list_record_selector, .o_optional_columns_dropdown",
    ".o_kanban_header",
    ".o_form_button_box",
    ".o_notebook_headers",
    // Widgets of fields, and the colours of a row's decoration.
    ".o_progress, .o_field_badge, .o_avatar, .o_field_many2one_avatar_user",
    ".o_field_many2one, .o_field_many2many_tags, .o_field_boolean",
    ".o-autocomplete--input, .o_tag, .o_select_menu, .o_form_label",
    "td.o_data_cell[class*=text-]",
    ".o_field_sol_o2m, .o_field_section_and_note_one2many",
    ".o_field_priority, .o_field_kanban_activity, .o_mail_activity, .o-mail-ActivityButton",
];
// Elements themselves, not what is in them.
const CORE_ITSELF = [".o_technical_modal"];

async function look(page) {
    await page.addScriptTag({ path: axe });
    return page.evaluate(
        async ({ core, itself, serious }) => {
            const { violations } = await window.axe.run(document, {
                resultTypes: ["violations"],
            });
            const isCore = (element) =>
                !element?.closest(".o_action_manager, .modal") ||
                core.some((selector) => element.closest(selector)) ||
                itself.some((selector) => element.matches(selector));
            return violations
                .filter(({ impact }) => serious.includes(impact))
                .flatMap(({ id, nodes }) =>
                    nodes.map((node) => ({
                        id,
                        isCore: isCore(document.querySelector(node.target[0])),
                        html: node.html.slice(0, 140),
                        why: node.failureSummary.replace(/\s+/g, " ").slice(0, 220),
                    }))
                );
        },
        { core: CORE, itself: CORE_ITSELF, serious: SERIOUS }
    );
}

async function main([base, only]) {
    const browser = await launch();
    const coreFaults = {};
    let count = 0;
    for (const viewport of [DESKTOP, PHONE]) {
        const page = await logIn(browser, base, "admin", { viewport });
        const ids = await findRecords(page, RECORDS);
        for (const screen of SCREENS.filter(({ name }) => !only || name.includes(only))) {
            const name = `${screen.name}, ${viewport.width} wide`;
            try {
                await open(page, screen, ids);
            } catch (error) {
                console.log(`CANNOT OPEN ${name}: ${String(error).split("\n")[0]}`);
                count++;
                continue;
            }
            const faults = await look(page);
            for (const { id } of faults.filter(({ isCore }) => isCore)) {
                coreFaults[id] = (coreFaults[id] || 0) + 1;
            }
            const ours = faults.filter(({ isCore }) => !isCore);
            count += ours.length;
            console.log(`${ours.length ? "FAULTS" : "ok    "} ${name}`);
            for (const fault of ours.slice(0, 12)) {
                console.log(`       ${fault.id}: ${fault.html}\n           ${fault.why}`);
            }
        }
        await page.context().close();
    }
    await browser.close();
    console.log(`Core's own, on all screens: ${JSON.stringify(coreFaults)}`);
    process.exitCode = count ? 1 : 0;
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
