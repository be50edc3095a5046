#!/usr/bin/env bash
# make db NAME=x: a fresh database with the add-on, without demo data.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ -n ${1:-} ]] || die "which database?" "Say make db NAME=mto_try, for example."
ensure_setup
make_addon_db "$1" db -
say "Ready: make odoo ARGS=\"shell -d $1\" opens it, make odoo ARGS=\"-d $1\" serves it"
