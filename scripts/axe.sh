#!/usr/bin/env bash
# make axe: axe-core over every screen of ours, with the demo company's data; a serious
# fault in what is ours fails. ARGS="Load" looks at the screens of that name alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/lib/demo.sh"

# Community has no dark scheme of its own; this add-on of OCA's brings one.
DARK=odoo-addon-web-dark-mode==19.0.1.0.0.6
DARK_PATH=$CACHE/dark-$(short_hash <<<"$DARK")

ensure_dark() {
    [[ -d $DARK_PATH ]] && return
    say "Fetching a dark scheme"
    logged dark "$ODOO_VENV/bin/python" -m pip install --quiet --no-deps \
        --target "$DARK_PATH.new" "$DARK" || return
    mv "$DARK_PATH.new" "$DARK_PATH"
}

# A copy of the demo company: with the dark scheme, and with a customer who was told
# that his date has moved.
make_axe_db() {
    copy_db "$DATABASE" "$AXE_DATABASE" axe -
    ODOO_RC=$ODOO_CONF "$ODOO_VENV/bin/python" -m odoo shell -d "$AXE_DATABASE" --no-http \
        --log-level=error "${ADDONS[@]}" >"$LOGS/axe.log" 2>&1 <<'SCRIPT'
dark = env["ir.module.module"]
dark.update_list()
dark.search([("name", "=", "web_dark_mode")]).button_immediate_install()
env["mto.notice"].search([("state", "=", "draft")])._send()
env.cr.commit()
SCRIPT
}

check() { look check_axe.js "$1" "${ARGS:-}"; }

ensure_setup
ensure_browser_tools
ensure_demo_db
AXE_DATABASE=${DB_PREFIX}axe
ADDONS=()
if ensure_dark; then
    ADDONS=(--addons-path "$(odoo_addons_path),$REPO,$DARK_PATH/odoo/addons")
else
    say "There is no dark scheme to look at: it could not be fetched"
fi
check_db_is_ours "$AXE_DATABASE"
make_axe_db || die "the database could not be made" "The log is $LOGS/axe.log."
failed=0
SERVER_ARGS=${ADDONS[*]} while_served "$AXE_DATABASE" check || failed=1
drop_db "$AXE_DATABASE"
exit $failed
