import path from "node:path";
import js from "@eslint/js";
import globals from "globals";

const ROOT = path.resolve(import.meta.dirname, "../..");

export default [
    js.configs.recommended,
    {
        basePath: ROOT,
        rules: {
            complexity: ["error", 12],
            curly: "error",
            eqeqeq: "error",
            "max-params": ["error", 5],
            "no-else-return": "error",
            "no-eval": "error",
            "no-implicit-coercion": ["error", { number: false, allow: ["!!"] }],
            "no-restricted-globals": ["error", "event", "self"],
            "no-shadow": "error",
            "no-useless-return": "error",
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
        },
    },
    {
        basePath: ROOT,
        files: ["mto_planning/static/**/*.js"],
        // Chart is in the bundle that the component loads before it draws.
        languageOptions: {
            globals: { ...globals.browser, luxon: "readonly", Chart: "readonly" },
        },
        rules: { "no-console": "error" },
    },
    {
        basePath: ROOT,
        files: ["scripts/**/*.js"],
        languageOptions: {
            sourceType: "commonjs",
            globals: { ...globals.node, ...globals.browser, odoo: "readonly" },
        },
        // What runs in the page has names of its own.
        rules: { "no-shadow": "off" },
    },
];
