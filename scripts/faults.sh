#!/usr/bin/env bash
# make faults: kill workers, jobs, connections and the database server of a small Odoo
# in the middle of what they do, and see that all is done wholly or not at all.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The database is made on the server that is there, and taken over by one of its own.
make_seed() {
    local name=$1 folder=$2
    make_addon_db "$name" faults -
    ODOO_RC=$ODOO_CONF "$ODOO_VENV/bin/python" -m odoo shell -d "$name" --no-http \
        --log-level=critical <<'SCRIPT' 2>"$LOGS/faults_shell.log" | sed -n 's/^FAULTS //p' >"$folder/factory"
import json, sys
sys.path.insert(0, "benchmarks")
from load import factory
factory.build(env, 1, 0)
product = env["product.product"].search([("name", "=", "Product 0")])
groups = ["base.group_system", "sales_team.group_sale_manager",
          "mrp.group_mrp_manager", "stock.group_stock_manager"]
answer = {
    "key": factory.make_user(env, "faults", groups),
    "customer_id": env["res.partner"].search([("name", "=", "Customer 0")]).id,
    "products": product.ids,
    "calendar_id": env.company.resource_calendar_id.id,
    "job_id": env.ref("mto_planning.ir_cron_mto_expire_holds").id,
}
env.cr.commit()
print("FAULTS", json.dumps(answer))
SCRIPT
    [[ -s $folder/factory ]] || die "the factory could not be made" "The log is $LOGS/faults_shell.log."
    pg_dump --no-owner --no-comments -d "$name" -f "$folder/dump"
}

ensure_setup
own_cluster || die "make faults kills a PostgreSQL server: unset PGHOST and the like" \
    "It starts one of its own, from the programs that are installed here."
start_own_cluster
name=${DB_PREFIX}faults
folder=$(mktemp -d)
failed=0
make_seed "$name" "$folder"
# The files stay where the configuration looks for them: under the same name.
sql 'DROP DATABASE :"name" WITH (FORCE)' "name=$name"
chmod -R a+rX "$folder"
say "Killing (the log of Odoo is $LOGS/faults_odoo.log)"
(
    cd "$REPO"
    "$ODOO_VENV/bin/python" -m tests.faults.run --dump "$folder/dump" --factory "$folder/factory" \
        --config "$ODOO_CONF" --tools "$(pg_server_bin)" --owner "$(pg_owner)" --name "$name" \
        --log "$LOGS/faults_odoo.log" "$@"
) || failed=1
rm -rf "$folder" "$(filestore "$name")"
exit $failed
