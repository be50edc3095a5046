# A headless browser that looks at the screens: for pictures, times and accessibility.

BROWSER_SCRIPTS=$REPO/scripts/browser

# A browser, and what the scripts need to drive it.
ensure_browser_tools() {
    ensure_browser
    ensure_node_tools "$BROWSER_SCRIPTS" "what looks at the screens"
}

# look SCRIPT ARGUMENT...: one of the scripts.
look() {
    local script=$1
    shift
    NODE_PATH=$NODE_TOOLS/node_modules "$NODE_BIN/node" "$BROWSER_SCRIPTS/$script" "$@"
}

# while_served DATABASE COMMAND...: with the address of a server as its last argument.
# SERVER_ARGS: what else the server is told.
while_served() {
    local name=$1 port=${SCREENS_PORT:-8171} server failed=0
    shift
    # Else it would look at whatever else is served there.
    if curl -s -o /dev/null "http://127.0.0.1:$port/"; then
        die "something is served on port $port already" "Choose another: SCREENS_PORT=8181"
    fi
    # shellcheck disable=SC2086 # options, word by word
    ODOO_RC=$ODOO_CONF "$ODOO_VENV/bin/python" -m odoo -d "$name" --db-filter="^$name\$" \
        --http-interface=127.0.0.1 --http-port="$port" --gevent-port=$((port + 1)) \
        --max-cron-threads=0 --log-level=warn ${SERVER_ARGS:-} >"$LOGS/screens_server.log" 2>&1 &
    server=$!
    for _try in $(seq 90); do
        curl -s -o /dev/null "http://127.0.0.1:$port/web/login" && break
        sleep 1
    done
    "$@" "http://127.0.0.1:$port" || failed=1
    kill "$server"
    wait "$server" || true
    return $failed
}
