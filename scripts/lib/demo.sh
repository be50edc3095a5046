# The demo company's database: built when the add-on has changed.

DATABASE=${DB_PREFIX}demo

# What the demo database is made of. Tests and documentation make no new one.
demo_key() {
    {
        odoo_key
        cd "$REPO"
        for module in $(own_modules | tr , ' '); do
            find "$module" -type f -not -path '*/tests/*' -not -path '*/__pycache__/*' \
                -not -path '*/.*' -not -path '*/readme/*' -print0
        done | sort -z | xargs -0 sha256sum
        cat scripts/lib/demo.sh scripts/lib/load_demo.py
    } | short_hash
}

# Only our demo data: Odoo's command loads that of every module that is installed,
# and a company full of desks and drawers hides what the add-on shows.
load_demo_data() {
    ODOO_RC=$ODOO_CONF "$ODOO_VENV/bin/python" -m odoo shell -d "$DATABASE" --no-http \
        --log-level=warn <"$REPO/scripts/lib/load_demo.py"
}

build_demo() {
    make_addon_db "$DATABASE" demo building
    say "Loading the demo data (a minute)"
    # logged takes standard input away, and here it is the script.
    mkdir -p "$LOGS"
    DEMO_MODULES=$(own_modules) load_demo_data >"$LOGS/demo.log" 2>&1 || {
        tail -n 30 "$LOGS/demo.log" >&2
        die "the demo data could not be loaded" "The log is $LOGS/demo.log."
    }
    show_warnings "$LOGS/demo.log"
    db_mark "$DATABASE" demo "$1"
}

ensure_demo_db() {
    local key
    key=$(demo_key)
    check_db_is_ours "$DATABASE"
    if [[ -z ${RESET:-} && $(db_mark_of "$DATABASE") == "mto_planning demo $key "* &&
        -d $(filestore "$DATABASE") ]]; then
        say "Using the demo database as it is (RESET=1 builds it anew)"
        return
    fi
    if [[ $(db_mark_of "$DATABASE") == "mto_planning demo "* ]]; then
        say "Building the demo database anew: the add-on changed, or RESET was asked for"
    fi
    build_demo "$key"
}
