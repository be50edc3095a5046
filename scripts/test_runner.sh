#!/usr/bin/env bash
# The add-on's tests with Odoo's own test runner, after an update of the installed
# add-on: what pytest does not show, a warning or error in the log, fails here.
# Tests tagged mto_tour (a browser) or mto_slow are left to pytest: once is enough.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DATABASE=${DB_PREFIX}runner_$$
LOG=$LOGS/test-runner.log

ensure_setup
trap 'drop_db "$DATABASE"' EXIT
make_addon_db "$DATABASE" test -
modules=$(own_modules)
say "Updating and testing ${modules//,/, } with Odoo's own runner"
failed=0
odoo -d "$DATABASE" -u "$modules" --test-tags "/${modules//,/,/},-mto_tour,-mto_slow" \
    --stop-after-init --http-port="$(free_port)" >"$LOG" 2>&1 </dev/null || failed=1
grep -E 'odoo.tests.(stats|result): ' "$LOG" || true
"$ODOO_VENV/bin/checklog-odoo" --config="$REPO/checklog-odoo.cfg" --no-echo "$LOG" || failed=1
((failed == 0)) || die "Odoo's test runner failed, or its log has warnings" "The log is $LOG."
