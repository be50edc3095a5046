"use strict";
/**
 * axe-core over each screen and dialog, on a desktop and on a phone, light and dark:
 * `check_axe.js ADDRESS [NAME]`.
 *
 * A serious fault in what is ours fails; what stock Odoo's own parts have is counted: its
 * frame of a view and its widgets of fields, and there by rule, so that another fault in
 * the same place is ours. It is dark where an add-on brings that (OCA's `web_dark_mode`).
 */

const axe = require.resolve("axe-core/axe.min.js");
const { DESKTOP, PHONE, findRecords, launch, logIn, open, setScheme } = require("./web_client");
const { DIALOGS, PORTAL, RECORDS, SCREENS } = require("./screens");

const SERIOUS = ["serious", "critical"];
// Odoo's frame around all screens, and the messages of a record: whatever they have.
const FRAME = ".o_navbar, .o_control_panel, .o-mail-Chatter";
// By rule, the parts of Odoo's views and widgets that break it wherever they are shown.
const CORE = {
    "aria-allowed-attr":
        ".o_progress, .o-autocomplete--input, .o_tag, .o_select_menu .dropdown-toggle, .o-dropdown-item",
    "aria-dialog-name": ".o_technical_modal",
    "aria-required-parent": ".o_notebook_headers .nav-link",
    "autocomplete-valid": ".o_select_menu input",
    "button-name": ".o_optional_columns_dropdown button",
    "color-contrast":
        ".o_field_badge .badge, .o_form_label, td.o_data_cell[class*=text-], .o_data_row[class*=text-] td, .o_tag, .o_setting_box .text-muted, .o_setting_box .text-muted *",
    "html-has-lang": "html",
    "image-alt": ".o_avatar img",
    label: ".o_list_record_selector input",
};

async function look(page, where = "html") {
    await page.addScriptTag({ path: axe });
    return page.evaluate(
        async ({ core, frame, serious, where }) => {
            const { violations } = await window.axe.run([...document.querySelectorAll(where)], {
                resultTypes: ["violations"],
            });
            const isCore = (rule, element) =>
                element.matches("html") ||
                element.closest(frame) ||
                (core[rule] && element.matches(core[rule]));
            return violations
                .filter(({ impact }) => serious.includes(impact))
                .flatMap(({ id, nodes }) =>
                    nodes.map((node) => ({
                        id,
                        isCore: Boolean(isCore(id, document.querySelector(node.target[0]))),
                        html: node.html.slice(0, 140),
                        why: node.failureSummary.replace(/\s+/g, " ").slice(0, 220),
                    })),
                );
        },
        { core: CORE, frame: FRAME, serious: SERIOUS, where },
    );
}

/** One kind of screen for one user: how many faults of ours, and core's own by rule. */
async function check(browser, base, { login, viewport, scheme, screens }, ids, coreFaults) {
    const page = await logIn(browser, base, login, { viewport });
    if (scheme === "dark" && !(await setScheme(page, scheme))) {
        console.log("skipped: there is no dark scheme");
        return 0;
    }
    let count = 0;
    for (const screen of screens) {
        const name = `${screen.name}, ${viewport.width} wide, ${scheme}`;
        try {
            await open(page, screen, ids);
        } catch (error) {
            console.log(`CANNOT OPEN ${name}: ${String(error).split("\n")[0]}`);
            count++;
            await page.goto(`${base}/odoo`);
            continue;
        }
        const faults = await look(page, screen.ours);
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
    if (scheme === "dark") {
        await setScheme(page, "light");
    }
    await page.context().close();
    return count;
}

async function main([base, only]) {
    const browser = await launch();
    const coreFaults = {};
    let count = 0;
    const finder = await logIn(browser, base, "admin");
    const ids = await findRecords(finder, RECORDS);
    // As the mail to the customer says it.
    ids.link = await finder.evaluate(
        (id) =>
            odoo.__WOWL_DEBUG__.root.env.services.orm.call("sale.order", "get_portal_url", [[id]]),
        ids.moved,
    );
    await finder.context().close();
    const pick = (screens) => screens.filter(({ name }) => !only || name.includes(only));
    for (const scheme of ["light", "dark"]) {
        for (const viewport of [DESKTOP, PHONE]) {
            const here = (screen) => !(viewport === PHONE && screen.isWide);
            const screens = pick([...SCREENS, ...DIALOGS]).filter(here);
            const run = { login: "admin", viewport, scheme, screens };
            count += await check(browser, base, run, ids, coreFaults);
        }
    }
    for (const viewport of [DESKTOP, PHONE]) {
        const run = { login: "customer", viewport, scheme: "light", screens: pick(PORTAL) };
        count += await check(browser, base, run, ids, coreFaults);
    }
    await browser.close();
    console.log(`Core's own, on all screens: ${JSON.stringify(coreFaults)}`);
    process.exitCode = count ? 1 : 0;
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
