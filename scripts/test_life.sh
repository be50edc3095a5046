#!/usr/bin/env bash
# make test-life: the add-on's life in real processes and databases: installed on a company
# at work (5,000 orders, manufacturing orders and BoMs; LIFE_COUNT=500 is quicker), upgraded
# from each kept dump (tests/life/dumps), uninstalled, installed again. ONLY=install,
# upgrade or remove runs a part. Some ten minutes, most of it the company of 5,000.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

export MTO_REPO=$REPO LIFE_COUNT=${LIFE_COUNT:-5000}
LIFE=$REPO/tests/life
DATABASES=()
PASSED=0
# How much longer the installation may take than into an empty database.
MAX_RATIO=${MAX_RATIO:-4}
# What an add-on brings into tables of core: its kinds of activities and messages, its
# paper, its rules. Odoo notes in its chatter that jobs were made.
BROUGHT=(mail_activity_type mail_message mail_template report_paperformat rule_group_rel
    orm_signaling_registry)
# Columns of version 1 that are no more.
DROPPED=(mrp_production.mto_order_id mto_promise.order_id purchase_order_line.mto_order_id
    sale_order_line.mto_trouble)
# Bills of materials are archived with their order from version 2 on (checks.py).
ARCHIVED=(mrp_bom.active)

ensure_setup
work=$(mktemp -d)
trap 'for name in "${DATABASES[@]}"; do drop_db "$name"; done; rm -rf "$work"' EXIT

# fresh NAME [SOURCE]: a database of this run; $fresh is its name.
fresh() {
    fresh=${DB_PREFIX}life_$$_$1
    DATABASES+=("$fresh")
    copy_db "${2:-$(template_name)}" "$fresh" test -
}

# life_shell DATABASE SCRIPT: Odoo's shell.
life_shell() {
    ODOO_RC=$ODOO_CONF "$ODOO_VENV/bin/python" -m odoo shell -d "$1" --no-http \
        --log-level=warn <"$LIFE/$2" 2>"$LOGS/life.log" ||
        { tail -n 20 "$LOGS/life.log" >&2; die "$2 failed on $1" "The log is $LOGS/life.log."; }
}

# check NAME DATABASE: what must work now.
check() {
    LIFE_CHECK=$1 life_shell "$2" checks.py
    PASSED=$((PASSED + 1))
}

# same BEFORE AFTER WITHOUT...: no other row is changed, made or gone.
same() {
    "$ODOO_VENV/bin/python" "$LIFE/rows.py" "$@" || die "rows are not as they were"
    PASSED=$((PASSED + 1))
}

# install DATABASE: with our add-on; $seconds is what it took.
install() {
    local begin
    begin=$(date +%s%N)
    logged life-install odoo -d "$1" -i mto_planning --stop-after-init --no-http ||
        die "the add-on could not be installed into $1"
    seconds=$((($(date +%s%N) - begin) / 1000000))
    no_warnings "$LOGS/life-install.log"
}

no_warnings() {
    ! grep -E '^[0-9-]+ [0-9:,]+ [0-9]+ (WARNING|ERROR|CRITICAL) ' "$1" >&2 ||
        die "the log has warnings"
}

test_install() {
    local before empty old
    fresh old
    before=$fresh
    say "A company at work: $LIFE_COUNT orders, manufacturing orders and BoMs"
    life_shell "$before" company.py
    say "Installing"
    fresh empty
    install "$fresh"
    empty=$seconds
    fresh new "$before"
    install "$fresh"
    old=$seconds
    printf 'installed in %d ms, into an empty database in %d ms\n' "$old" "$empty"
    ((old <= MAX_RATIO * empty)) || die "the installation takes more than $MAX_RATIO times as long"
    same "$before" "$fresh" "${BROUGHT[@]}"
    # The jobs change nothing of what was there before, either.
    check jobs "$fresh"
    same "$before" "$fresh" "${BROUGHT[@]}"
    check installed "$fresh"
}

test_upgrade() {
    local dump before
    for dump in "$LIFE"/dumps/*.sql.xz; do
        say "Upgrading $(basename "$dump" .sql.xz)"
        before=${DB_PREFIX}life_$$_dump
        DATABASES+=("$before")
        drop_db "$before"
        sql "CREATE DATABASE :\"name\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'" "name=$before"
        db_mark "$before" test -
        "$ODOO_VENV/bin/python" -c 'import lzma, shutil, sys
shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$dump" |
            psql -X -q -v ON_ERROR_STOP=1 -d "$before" >/dev/null
        fresh upgraded "$before"
        logged life-upgrade odoo -d "$fresh" -u mto_planning --stop-after-init --no-http ||
            die "the upgrade failed"
        no_warnings "$LOGS/life-upgrade.log"
        same "$before" "$fresh" "${BROUGHT[@]}" "${DROPPED[@]}" "${ARCHIVED[@]}"
        check upgraded "$fresh"
    done
}

test_remove() {
    local before
    say "Uninstalling"
    fresh kept
    before=$fresh
    install "$before"
    life_shell "$before" history.py
    fresh gone "$before"
    life_shell "$fresh" uninstall.py
    # As if it had never been on this disk.
    local with=$ODOO_CONF
    sed "s#,$REPO\$##" "$with" >"$work/without.conf"
    ODOO_CONF=$work/without.conf
    check leftovers "$fresh"
    check core "$fresh"
    ODOO_CONF=$with
    say "Installing again"
    install "$fresh"
    check reinstalled "$fresh"
}

mkdir -p "$LOGS"
for part in ${ONLY:-install upgrade remove}; do "test_$part"; done
printf '%d passed, 0 failed\n' "$PASSED"
