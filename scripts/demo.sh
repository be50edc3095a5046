#!/usr/bin/env bash
# make demo: the demo company, served in the foreground until Ctrl-C.
# PORT=8070 another port, RESET=1 a new database even if nothing changed.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/lib/demo.sh"

PORT=${PORT:-8069}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }

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
