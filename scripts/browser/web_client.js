"use strict";
/** Odoo's web client in a headless Chromium: log in, open a screen, know when it stands. */

const { execFileSync } = require("node:child_process");
const { chromium } = require("playwright-core");

const BROWSERS = ["google-chrome", "chromium", "chromium-browser", "google-chrome-stable"];
const APP = "mto_planning.menu_mto_root";
const DESKTOP = { width: 1400, height: 900 };
const PHONE = { width: 400, height: 844 };
const PORTAL = "#wrapwrap";
// Nothing asked of the server and nothing changed on the page for so long: it stands.
const QUIET = 350;

function findBrowser() {
    for (const name of BROWSERS) {
        try {
            return execFileSync("which", [name], { encoding: "utf8" }).trim();
        } catch {
            // The next one.
        }
    }
    throw new Error(`none of ${BROWSERS.join(", ")} is installed`);
}

async function launch() {
    return chromium.launch({ executablePath: findBrowser(), args: ["--no-sandbox"] });
}

/** A page of somebody who has logged in; what goes wrong in it is printed. */
async function logIn(browser, base, login, { viewport = DESKTOP, lang = "en-US" } = {}) {
    const context = await browser.newContext({
        viewport,
        locale: lang,
        timezoneId: "Europe/Brussels",
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error("page error:", String(error).slice(0, 600)));
    page.on("console", (message) => {
        if (message.type() === "error") {
            console.error("console:", message.text().slice(0, 600));
        }
    });
    await page.addInitScript(watch);
    await page.goto(`${base}/web/login`);
    await page.fill("input[name=login]", login);
    await page.fill("input[name=password]", login);
    await Promise.all([page.waitForNavigation(), page.click("button[type=submit]")]);
    await page.waitForSelector(`.o_web_client .o_navbar, ${PORTAL}`);
    await stands(page, Date.now(), "body");
    return page;
}

/** In the page: counts what is under way, and when it last changed. */
function watch() {
    const state = (window.benchScreens = { pending: 0, changed: 0 });
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (...args) {
        state.pending++;
        this.addEventListener("loadend", () => state.pending--);
        return send.apply(this, args);
    };
    const fetchThere = window.fetch;
    window.fetch = async (...args) => {
        // The bus answers when something happens.
        const isLong = String(args[0]?.url || args[0]).includes("/websocket");
        state.pending += isLong ? 0 : 1;
        try {
            return await fetchThere(...args);
        } finally {
            state.pending -= isLong ? 0 : 1;
        }
    };
    new MutationObserver(() => (state.changed = performance.now())).observe(document, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
    });
}

/** Milliseconds from a moment of the page's clock to the last paint. */
async function stands(page, start, selector = ".o_web_client") {
    await page.waitForSelector(selector, { state: "visible", timeout: 30000 });
    return page.evaluate(
        async ({ start, quiet }) => {
            const state = window.benchScreens;
            const painted = () =>
                new Promise((done) =>
                    requestAnimationFrame(() =>
                        requestAnimationFrame(() => done(performance.now())),
                    ),
                );
            let last = await painted();
            for (;;) {
                const seen = state.changed;
                if (!state.pending && performance.now() - Math.max(seen, last) > quiet) {
                    return last - start;
                }
                await new Promise((done) => setTimeout(done, 20));
                if (state.changed > seen || state.pending) {
                    last = await painted();
                }
            }
        },
        { start, quiet: QUIET },
    );
}

/**
 * Opens a screen as a menu does, and its page of the form if it is on one.
 *
 * @returns {number} milliseconds from the click to the last paint
 */
async function open(page, screen, ids) {
    if (screen.path) {
        return openPage(page, screen, ids);
    }
    const { action, options } = await resolve(page, screen, ids);
    const start = await page.evaluate(
        ({ action, options, app }) => {
            const start = performance.now();
            const { services } = odoo.__WOWL_DEBUG__.root.env;
            const apps = services.menu.getApps();
            services.menu.setCurrentMenu(apps.find(({ xmlid }) => xmlid === app));
            services.action.doAction(action, { clearBreadcrumbs: true, ...options });
            return start;
        },
        { action, options, app: APP },
    );
    const time = await stands(page, start, screen.ready);
    return time + (await follow(page, screen));
}

/** A page of the portal or the web site. */
async function openPage(page, screen, ids) {
    const path = screen.path.replace("$id", ids[screen.record]).replace("$link", ids.link);
    await page.goto(new URL(path, page.url()).href);
    const time = await stands(page, 0, screen.ready);
    return time + (await follow(page, screen));
}

/** The clicks that lead further. */
async function follow(page, screen) {
    let time = 0;
    for (const step of screen.steps || []) {
        const clicked = await page.evaluate(() => performance.now());
        if (step.fill) {
            await page.locator(step.click).first().fill(step.fill);
            await page.keyboard.press("Tab");
        } else {
            await page.locator(step.click).first().click();
        }
        time += await stands(page, clicked, step.ready);
    }
    return time;
}

function fillId(action, id) {
    return JSON.parse(JSON.stringify(action).replaceAll('"$id"', id));
}

/** The action of a button, as the client gets it when it is pressed. */
async function press(page, model, method, resId) {
    const call = ([name, button, id]) =>
        odoo.__WOWL_DEBUG__.root.env.services.orm.call(name, button, [[id]]);
    const action = await page.evaluate(call, [model, method, resId]);
    action.views ||= [[action.view_id?.[0] || false, "form"]];
    return action;
}

async function resolve(page, { action, view, record, model, method, context = {} }, ids) {
    const resId = record && ids[record];
    if (record && !resId) {
        throw new Error(`there is no record for “${record}”`);
    }
    if (method) {
        return { action: await press(page, model, method, resId), options: {} };
    }
    if (model) {
        const views = [[false, "form"]];
        action = { type: "ir.actions.act_window", res_model: model, views, res_id: resId };
        return { action, options: {} };
    }
    const props = record && view ? { props: { resId } } : {};
    return {
        action: typeof action === "object" ? fillId(action, resId) : action,
        options: { viewType: view, additionalContext: context, ...props },
    };
}

/**
 * Light or dark for who is logged in. Community has no choice of its own.
 *
 * @returns {boolean} whether an add-on offers it
 */
async function setScheme(page, scheme) {
    const isThere = await page.evaluate(async (isDark) => {
        const { orm } = odoo.__WOWL_DEBUG__.root.env.services;
        const fields = await orm.call("res.users", "fields_get", [["dark_mode"]]);
        if (fields.dark_mode) {
            await orm.write("res.users", [odoo.loader.modules.get("@web/core/user").user.userId], {
                dark_mode: isDark,
            });
        }
        return Boolean(fields.dark_mode);
    }, scheme === "dark");
    await page.context().addCookies([{ name: "color_scheme", value: scheme, url: page.url() }]);
    await page.reload();
    await stands(page, 0);
    return isThere;
}

/** The records that screens are shown of. */
async function findRecords(page, records) {
    return page.evaluate(async (records) => {
        const orm = odoo.__WOWL_DEBUG__.root.env.services.orm;
        const ids = {};
        for (const [name, [model, domains]] of Object.entries(records)) {
            for (const domain of domains) {
                ids[name] ||= (await orm.search(model, domain, { limit: 1, order: "id" }))[0];
            }
        }
        return ids;
    }, records);
}

module.exports = { DESKTOP, PHONE, findRecords, launch, logIn, open, setScheme, stands };
