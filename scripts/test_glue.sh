#!/usr/bin/env bash
# make test-glue: the tests of our glue modules, with the add-ons of OCA that they stand
# between (from PyPI, requirements-oca.txt), by Odoo's own runner: a warning in the log
# fails it. Under two minutes; `make test-oca` runs them beside all of OCA's.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DATABASE=${DB_PREFIX}glue_$$
LOG=$LOGS/test-glue.log

ensure_setup
cd "$REPO"
work=$(mktemp -d)
trap 'drop_db "$DATABASE"; rm -rf "$work"' EXIT
use_oca "$work"
glue=$(glue_modules | paste -sd,)
copy_db "$(template_name)" "$DATABASE" test -
say "Installing and testing ${glue//,/, } with Odoo's own runner"
failed=0
odoo -d "$DATABASE" -i "$glue" --test-tags "/${glue//,/,/}" \
    --stop-after-init --http-port="$(free_port)" >"$LOG" 2>&1 </dev/null || failed=1
grep -E 'odoo.tests.(stats|result): ' "$LOG" || true
"$ODOO_VENV/bin/checklog-odoo" --config="$REPO/checklog-odoo.cfg" --no-echo "$LOG" || failed=1
((failed == 0)) || die "The glue modules' tests failed, or the log has warnings" "The log is $LOG."
