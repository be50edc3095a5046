#!/usr/bin/env bash
# make test-core: Odoo's own tests of the modules that we extend, without the add-on and
# with it; what comes out otherwise is ours, and fails. Slow: about an hour.
# ARGS="mrp stock/tests/test_warehouse.py" runs these alone.
# ONLY=ours (or stock) runs one side. What fails in Odoo itself is listed in
# scripts/lib/core_known_failures.txt, what differs on purpose in core_on_purpose.txt.
# DB=name: the side that a database of yours is, as it is there, and nothing else; it ends
# in pytest's own summary. All modules are loaded and nothing is updated: in an update
# Odoo's `at_install` tests would meet modules that are not loaded yet, and fail.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SUITES=(sale_mrp purchase_mrp sale_purchase_stock mrp_account mrp_subcontracting
    stock_account sale_stock purchase_stock mrp stock purchase)

ensure_setup
cd "$REPO"
if (($#)); then SUITES=("$@"); fi
root=$(odoo_root)/odoo/addons
[[ -d $root/mrp ]] || root=$(odoo_root)/addons
paths=()
for suite in "${SUITES[@]}"; do
    path=$root/$suite
    if [[ -d $path/tests ]]; then path+=/tests; fi
    [[ -e $path ]] || die "Odoo has no tests $suite"
    paths+=("$path")
done

is_installed() { [[ $(SQL_DATABASE=$2 sql "SELECT state FROM ir_module_module WHERE name = :'module'" "module=$1") == installed ]]; }

# missing DATABASE: those of the suites' modules that the database lacks.
missing() {
    local suite found=()
    for suite in "${SUITES[@]}"; do
        is_installed "${suite%%/*}" "$1" || found+=("${suite%%/*}")
    done
    local IFS=,
    printf '%s' "${found[*]}"
}

# run_core DATABASE OUTCOMES: the plugin lies in our folder, the tests in Odoo's: their
# settings are ours.
run_core() {
    local without=''
    is_installed mto_planning "$1" || without=1
    CORE_OUTCOMES=$2 CORE_WITHOUT_ADDON=$without PYTHONPATH=$REPO/scripts/lib \
        "$ODOO_VENV/bin/python" -m pytest -c "$REPO/pyproject.toml" \
        --rootdir="$root" -p core_outcomes -p no:cacheprovider -q -rfE \
        --odoo-database="$1" --odoo-config="$ODOO_CONF" "${paths[@]}"
}

if [[ -n ${DB:-} ]]; then
    db_exists "$DB" || die "there is no database $DB" "make db NAME=$DB makes one."
    lacking=$(missing "$DB")
    [[ -z $lacking ]] || die "the database $DB lacks the modules $lacking" \
        "Install them, or name the suites that you mean: ARGS=\"mrp stock\"."
    say "Running Odoo's own tests of ${SUITES[*]} on $DB"
    run_core "$DB" "" && exit 0 || exit $?
fi

work=$(mktemp -d)
trap 'drop_db "${DB_PREFIX}core_stock_$$"; drop_db "${DB_PREFIX}core_ours_$$"; rm -rf "$work"' EXIT

# prepare_side SIDE DATABASE: all modules of the suites, and the same settings.
prepare_side() {
    local lacking
    copy_db "$(template_name)" "$2" test -
    lacking=$(missing "$2")
    if [[ $1 == ours ]]; then lacking=${lacking:+$lacking,}$(own_modules); fi
    [[ -z $lacking ]] || logged "core-$1" odoo -d "$2" -i "$lacking" --stop-after-init --no-http ||
        die "$lacking could not be installed" "The log is $LOGS/core-$1.log."
    [[ $1 == stock ]] || archive_route "$2"
}

# archive_route DATABASE: ours offers this route when it is installed; Odoo's tests expect
# what the other side has, too. Not by `write`, which would archive its rules: they are
# active there.
archive_route() {
    SQL_DATABASE=$1 sql "UPDATE stock_route SET active = FALSE WHERE id = (
        SELECT res_id FROM ir_model_data
         WHERE module = 'stock' AND name = 'route_warehouse0_mto')"
}

failed=0
for side in ${ONLY:-stock ours}; do
    database=${DB_PREFIX}core_${side}_$$
    prepare_side "$side" "$database"
    say "Running Odoo's own tests of ${SUITES[*]}: $side"
    # Alone, a side fails by itself; of both the difference counts.
    run_core "$database" "$work/$side" || failed=1
    drop_db "$database"
done
[[ -z ${ONLY:-} ]] || exit $failed
"$ODOO_VENV/bin/python" "$REPO/scripts/lib/core_outcomes.py" "$work/stock" "$work/ours"
