#!/usr/bin/env bash
# make test-oca: beside add-ons of OCA, from PyPI (requirements-oca.txt). Theirs are installed
# on two databases, ours on one of them as well; their tests must come out the same, and
# the tests of ours that go through the whole flow must pass among them, and those of our
# glue modules. Half an hour.
# ARGS="sale_mrp_bom ddmrp" runs the tests of these alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

MODULES=(queue_job mrp_multi_level ddmrp sale_mrp_bom web_timeline quality_control_oca)
# What of ours meets what they change: bills of materials of lines, procurement, calendars,
# moves, jobs.
OURS=(test_install test_promise test_confirm test_order_bom test_supply test_hold
    test_replan test_change test_progress test_consistency test_exactness)

ensure_setup
cd "$REPO"
if (($#)); then MODULES=("$@"); fi

work=$(mktemp -d)
trap 'drop_db "${DB_PREFIX}oca_stock_$$"; drop_db "${DB_PREFIX}oca_ours_$$"; rm -rf "$work"' EXIT
use_oca "$work"

modules=$(IFS=,; printf '%s' "${MODULES[*]}")
paths=()
for module in "${MODULES[@]}"; do
    [[ -d $OCA_ADDONS/$module ]] || die "requirements-oca.txt has no add-on $module"
    if [[ -d $OCA_ADDONS/$module/tests ]]; then paths+=("$OCA_ADDONS/$module/tests"); fi
done

# run DATABASE PYTEST-ARGUMENTS...
run() {
    "$ODOO_VENV/bin/python" -m pytest -c "$REPO/pyproject.toml" -p no:cacheprovider -q -rfE \
        --odoo-database="$1" --odoo-config="$ODOO_CONF" "${@:2}"
}

for side in stock ours; do
    database=${DB_PREFIX}oca_${side}_$$
    copy_db "$(template_name)" "$database" test -
    # Theirs first: ours comes to a company that has them.
    logged "oca-$side" odoo -d "$database" -i "$modules" --stop-after-init --no-http ||
        die "$modules could not be installed" "The log is $LOGS/oca-$side.log."
    if [[ $side == ours ]]; then
        # Glue modules install themselves where the other side of theirs is.
        logged oca-ours odoo -d "$database" -i mto_planning --stop-after-init --no-http ||
            die "our add-on could not be installed beside $modules"
        show_warnings "$LOGS/oca-ours.log"
    fi
    say "Running the tests of $modules: $side"
    CORE_OUTCOMES=$work/$side run "$database" -p core_outcomes --rootdir="$OCA_ADDONS" "${paths[@]}" || true
done
"$ODOO_VENV/bin/python" "$REPO/scripts/lib/core_outcomes.py" "$work/stock" "$work/ours"
say "Running our tests beside $modules"
ours=("${OURS[@]/#/mto_planning/tests/}")
ours=("${ours[@]/%/.py}")
for glue in $(installed_glue "$database"); do ours+=("$glue/tests"); done
run "$database" "${ours[@]}"
