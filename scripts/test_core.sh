#!/usr/bin/env bash
# make test-core: Odoo's own tests of the modules that we extend, with the add-on
# installed. Slow: half an hour and more. What fails without the add-on too is declared
# in scripts/lib/core_known_failures.txt; any other failure is ours.
# ARGS="mrp stock/tests/test_warehouse.py" runs these alone; VANILLA=1 leaves the add-on
# out, to compare.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DATABASE=${DB_PREFIX}core_$$
SUITES=(sale_mrp purchase_mrp sale_purchase_stock sale_stock purchase_stock mrp stock purchase)

ensure_setup
cd "$REPO"
if (($#)); then SUITES=("$@"); fi
trap 'drop_db "$DATABASE"' EXIT
if [[ -n ${VANILLA:-} ]]; then
    copy_db "$(template_name)" "$DATABASE" test -
else
    make_addon_db "$DATABASE" test -
fi
addons=$(odoo_root)/odoo/addons
[[ -d $addons/mrp ]] || addons=$(odoo_root)/addons
paths=()
for suite in "${SUITES[@]}"; do
    path=$addons/$suite
    if [[ -d $path/tests ]]; then path+=/tests; fi
    [[ -e $path ]] || die "Odoo has no tests $suite"
    paths+=("$path")
done
say "Running Odoo's own tests of ${SUITES[*]}"
# The plugin lies in our folder, the tests in Odoo's: their settings are ours.
PYTHONPATH=$REPO/scripts/lib "$ODOO_VENV/bin/python" -m pytest -c "$REPO/pyproject.toml" \
    --rootdir="$addons" -p core_known_failures -p no:cacheprovider -q -rfE \
    --odoo-database="$DATABASE" --odoo-config="$ODOO_CONF" "${paths[@]}"
