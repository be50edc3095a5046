#!/usr/bin/env bash
# make test-odoo: the add-on's tests in Odoo, browser tests among them, on a fresh
# database. Arguments are pytest's; a path among them replaces all of the tests.
# KEEP=1 leaves the database there. COVERAGE=1 fails when they do not reach nine tenths
# of its lines and branches.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DATABASE=${DB_PREFIX}test_$$

drop_test_db() {
    if [[ -n ${KEEP:-} ]]; then
        say "Kept: make odoo ARGS=\"shell -d $DATABASE\""
    else
        drop_db "$DATABASE"
    fi
}

test_folders() {
    local module
    for module in $(own_modules | tr , ' '); do
        if [[ -d $module/tests ]]; then echo "$module/tests"; fi
    done
}

names_a_path() {
    local argument
    for argument; do
        if [[ $argument != -* && -e ${argument%%::*} ]]; then return 0; fi
    done
    return 1
}

ensure_browser
ensure_setup
cd "$REPO"
trap drop_test_db EXIT
make_addon_db "$DATABASE" test -
arguments=("$@")
if ! names_a_path "$@"; then mapfile -t -O $# arguments < <(test_folders); fi
if [[ -n ${COVERAGE:-} ]]; then
    export PYTHONPATH=$REPO/scripts/lib
    arguments+=(-p reached)
fi
say "Testing the add-on in Odoo"
"$ODOO_VENV/bin/python" -m pytest --odoo-database="$DATABASE" --odoo-config="$ODOO_CONF" \
    --odoo-http "${arguments[@]}"
