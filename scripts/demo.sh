#!/usr/bin/env bash
# make demo: the demo company, served in the foreground until Ctrl-C.
# PORT=8070 another port, RESET=1 a new database even if nothing changed.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PORT=${PORT:-8069}
DATABASE=${DB_PREFIX}demo

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

# What the demo database is made of. Tests and documentation make no new one.
demo_key() {
    {
        odoo_key
        cd "$REPO"
        for module in $(our_modules | tr , ' '); do
            find "$module" -type f -not -path '*/tests/*' -not -path '*/__pycache__/*' \
                -not -path '*/.*' -not -path '*/readme/*' -print0
        done | sort -z | xargs -0 sha256sum
        cat scripts/demo.sh scripts/lib/load_demo.py
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
    DEMO_MODULES=$(our_modules) load_demo_data >"$LOGS/demo.log" 2>&1 || {
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

# Who can log in: the password is the login. Taken from the database, so it is true.
demo_users() {
    SQL_DATABASE=$DATABASE sql "
        SELECT format('%s/%s', login, login) FROM res_users
        WHERE active AND login IN ('admin', 'sales', 'planner', 'buyer', 'customer')
        ORDER BY share, id" | paste -sd' ' | sed 's/ /  /g'
}

answers() {
    python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=60)' \
        "http://127.0.0.1:$PORT/web/login" 2>/dev/null
}

# Asking for the first page makes Odoo load everything, so that the first visitor
# does not wait for it.
announce_when_ready() {
    local users
    users=$(demo_users)
    # $$ is Odoo by then: nobody waits for a server that has died.
    while kill -0 $$ 2>/dev/null; do
        if answers; then
            say "The demo is ready. Ctrl-C ends it."
            note "address   http://localhost:$PORT"
            note "database  $DATABASE"
            note "users     $users   (login/password)"
            return
        fi
        sleep 0.5
    done
}

if port_is_taken; then
    die "something listens on port $PORT already" "Say make demo PORT=8070, for example."
fi
ensure_setup
ensure_demo_db
say "Starting Odoo on port $PORT"
announce_when_ready &
ODOO_RC=$ODOO_CONF exec "$ODOO_VENV/bin/python" -m odoo -d "$DATABASE" \
    --db-filter="^$DATABASE\$" --http-port="$PORT" --log-level="${LOG_LEVEL:-warn}"
