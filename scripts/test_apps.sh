#!/usr/bin/env bash
# make test-apps: our tests on a database with Odoo's other apps that have a hand in
# orders, moves, purchases and manufacturing: what they override must not meet what we
# override. Half an hour, of which installing takes a few minutes. How often the database
# is asked is not counted: they ask, too.
# ARGS="mto_planning/tests/test_confirm.py -k purchase" is pytest's; a path replaces all.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

APPS=(
    crm delivery event_sale hr_timesheet maintenance mrp_landed_costs mrp_product_expiry
    mrp_repair mrp_subcontracting_dropshipping mrp_subcontracting_landed_costs
    mrp_subcontracting_purchase mrp_subcontracting_repair point_of_sale pos_mrp pos_sale
    product_expiry project_mrp_sale project_purchase_stock project_stock
    purchase_product_matrix purchase_requisition_stock repair sale_crm sale_loyalty
    sale_mrp_margin sale_product_matrix sale_project sale_purchase_project
    sale_stock_margin sale_stock_product_expiry sale_timesheet stock_delivery
    stock_dropshipping stock_fleet stock_picking_batch website_sale_mrp website_sale_stock
)

# What cannot hold beside them, each with its reason.
NOT_HERE=(
    # Another app asks once for each line of a quotation.
    mto_planning/tests/test_project.py::TestProject::test_form_asks_as_often_for_many_lines
    # Loyalty lets nobody confirm an order who has no right of sales, as planners.
    mto_planning/tests/test_scenario.py::TestScenario::test_a_quotation_and_whom_it_hurts
)

ensure_setup
cd "$REPO"
database=${DB_PREFIX}apps_$$
trap 'drop_db "$database"' EXIT
say "Installing ${#APPS[@]} of Odoo's apps, and ours"
copy_db "$(template_name)" "$database" test -
logged apps odoo -d "$database" -i "$(IFS=,; printf '%s' "${APPS[*]}"),mto_planning" \
    --stop-after-init --no-http || die "they could not be installed" "The log is $LOGS/apps.log."
show_warnings "$LOGS/apps.log"
tests=(mto_planning/tests)
for argument; do if [[ $argument != -* && -e ${argument%%::*} ]]; then tests=(); fi; done
say "Running our tests beside them"
"$ODOO_VENV/bin/python" -m pytest -p no:cacheprovider -q -rfE --odoo-database="$database" \
    --odoo-config="$ODOO_CONF" "${NOT_HERE[@]/#/--deselect=}" --ignore=mto_planning/tests/test_query_counts.py \
    "${tests[@]}" "$@"
