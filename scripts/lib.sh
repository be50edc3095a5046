# Settings and messages that every command here shares. Source it, do not run it.
#
# Progress goes to standard error, because standard output belongs to the
# command itself: `make odoo ARGS="shell -d x" < script.py | jq` must stay clean.

set -euo pipefail
shopt -s inherit_errexit

REPO=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/mto-planning
LOGS=$CACHE/logs

ODOO_SERIES=19.0
ODOO_PACKAGE=odoo-19
# What the template database holds: what the add-on depends on, and Odoo's
# sales app, without which nobody can open a quotation.
TEMPLATE_MODULES=sale_management,mrp,sale_mrp,purchase_mrp,sale_purchase_stock
# Raise it when the way the template is built changes.
TEMPLATE_RECIPE=1

# Two people on one database server choose two prefixes.
DB_PREFIX=${DB_PREFIX:-mto_}

ODOO_VENV=$CACHE/venv
DEV_VENV=$CACHE/venv-dev

# Odoo would take a database name from it; every command here names its own.
unset PGDATABASE
# A configuration of another Odoo on this machine is not ours.
unset ODOO_RC OPENERP_SERVER PYTEST_DB_USE_ENV_VARS PYTHONPATH PYTHONHOME

say() { printf '==> %s\n' "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }

# die "what failed" ["what to do about it" ...]
die() {
    printf '\nFAILED: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '        %s\n' "$line" >&2; done
    exit 1
}

# logged NAME COMMAND...: runs it in silence, its output kept in a file that is
# shown when it fails. Nothing run this way may read the caller's standard input.
# Mind that bash ignores `set -e` inside a function run this way: chain with &&.
logged() {
    local log=$LOGS/$1.log
    shift
    mkdir -p "$LOGS"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        printf '\n--- last lines of %s\n' "$log" >&2
        tail -n 30 "$log" >&2
        printf -- '---\n' >&2
        return 1
    fi
}

# One set-up at a time: two commands started together would otherwise fetch and
# unpack into the same folder. The lock goes when the function ends.
with_setup_lock() {
    mkdir -p "$CACHE"
    local lock
    exec {lock}>"$CACHE/setup.lock"
    if ! flock --nonblock "$lock"; then
        say "Waiting for another set-up to finish"
        flock "$lock"
    fi
    # Children must not inherit it: the database server would hold it for ever.
    "$@" {lock}>&-
    exec {lock}>&-
}

short_hash() { sha256sum | cut -c1-10; }

# The add-ons of this checkout, comma-separated: ours and its glue modules.
our_modules() {
    local manifest names=()
    for manifest in "$REPO"/*/__manifest__.py; do
        [[ -e $manifest ]] && names+=("$(basename "$(dirname "$manifest")")")
    done
    ((${#names[@]})) || die "there is no add-on in $REPO" \
        "A folder with a __manifest__.py is expected, for example mto_planning/."
    local IFS=,
    printf '%s' "${names[*]}"
}

# Those of them that stand on Odoo's own modules alone, comma-separated. A glue module
# installs itself where the add-ons of others are that it needs (make test-glue).
own_modules() {
    local module names=()
    for module in $(our_modules | tr , ' '); do
        grep -q '"auto_install": True' "$REPO/$module/__manifest__.py" || names+=("$module")
    done
    local IFS=,
    printf '%s' "${names[*]}"
}

source "$REPO/scripts/lib/system.sh"
source "$REPO/scripts/lib/odoo.sh"
source "$REPO/scripts/lib/python.sh"
source "$REPO/scripts/lib/node.sh"
source "$REPO/scripts/lib/javascript.sh"
source "$REPO/scripts/lib/postgres.sh"
source "$REPO/scripts/lib/databases.sh"
source "$REPO/scripts/lib/browser.sh"
source "$REPO/scripts/lib/oca.sh"
