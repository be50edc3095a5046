# The linters of JavaScript, with their settings in scripts/javascript.

JAVASCRIPT_SCRIPTS=$REPO/scripts/javascript

ensure_javascript_tools() {
    ensure_node_tools "$JAVASCRIPT_SCRIPTS" "what checks JavaScript"
    # Settings find their imports beside themselves.
    ln -sfn "$NODE_TOOLS/node_modules" "$JAVASCRIPT_SCRIPTS/node_modules"
}

run_eslint() {
    "$NODE_BIN/node" "$NODE_TOOLS/node_modules/eslint/bin/eslint.js" \
        --config "$JAVASCRIPT_SCRIPTS/eslint.config.mjs" "$@"
}

run_prettier() {
    "$NODE_BIN/node" "$NODE_TOOLS/node_modules/prettier/bin/prettier.cjs" \
        --config "$JAVASCRIPT_SCRIPTS/prettier.config.json" --log-level=warn "$@"
}

# our_files PATTERN: of the add-ons and the scripts.
our_files() {
    local modules
    IFS=, read -ra modules <<<"$(our_modules)"
    find "${modules[@]}" scripts -name node_modules -prune -o \
        -name "$1" -not -path '*/static/lib/*' -print
}
