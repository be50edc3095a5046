"use strict";
/**
 * From the click to the last paint, of each screen: `time_screens.js ADDRESS RESULT`.
 *
 * Each is opened once to warm up and then in turn with the others, so that what else the
 * machine does meets all of them. Exits with 1 when one needs more than two seconds.
 */

const { writeFileSync } = require("node:fs");
const os = require("node:os");
const { findRecords, launch, logIn, open } = require("./web_client");
const { RECORDS, SCREENS, STOCK } = require("./screens");

const MOST = 2000;
const ROUNDS = Number(process.env.ROUNDS || 2);

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

async function measure(base) {
    const browser = await launch();
    const page = await logIn(browser, base, "admin");
    const ids = await findRecords(page, RECORDS);
    const only = process.env.ONLY;
    const screens = SCREENS.filter(
        ({ name, isTimed }) => isTimed !== false && (!only || name.includes(only)),
    );
    const all = [...screens, ...Object.values(STOCK)];
    const times = new Map(all.map(({ name }) => [name, []]));
    for (let round = 0; round <= ROUNDS; round++) {
        for (const screen of all) {
            const time = await open(page, screen, ids);
            if (round) {
                times.get(screen.name).push(time);
            } else {
                process.stderr.write(`    ${screen.name}: first ${Math.round(time)} ms\n`);
            }
        }
    }
    await browser.close();
    const seconds = (name) => Math.round(median(times.get(name))) / 1000;
    return screens.map(({ name, like }) => ({
        name,
        seconds: seconds(name),
        like: STOCK[like].name,
        stock_seconds: seconds(STOCK[like].name),
        ratio: Math.round((100 * seconds(name)) / seconds(STOCK[like].name)) / 100,
        at_most: MOST / 1000,
        met: seconds(name) * 1000 <= MOST,
    }));
}

function print(rows) {
    console.log("| screen | seconds | of stock Odoo | seconds | ratio | |");
    console.log("|---|---|---|---|---|---|");
    for (const row of rows) {
        const verdict = row.met ? "" : "MISSED";
        console.log(
            `| ${row.name} | ${row.seconds.toFixed(2)} | ${row.like} ` +
                `| ${row.stock_seconds.toFixed(2)} | ${row.ratio.toFixed(2)} | ${verdict} |`,
        );
    }
}

async function main([base, result]) {
    const rows = await measure(base);
    print(rows);
    if (result) {
        const machine = {
            cpus: os.cpus().length,
            model: os.cpus()[0].model,
            load: os.loadavg()[0],
            node: process.version,
        };
        writeFileSync(result, JSON.stringify({ machine, rounds: ROUNDS, rows }, null, 2) + "\n");
    }
    process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
