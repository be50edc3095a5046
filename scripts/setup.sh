#!/usr/bin/env bash
# make setup: everything that the other commands need, fetched and prepared once.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_setup
say "Ready: Odoo $ODOO_SERIES from $(odoo_root)"
note "Python      $ODOO_VENV/bin/python"
note "PostgreSQL  PGHOST=${PGHOST:-} PGPORT=${PGPORT:-} PGUSER=${PGUSER:-}"
note "template    $(template_name)"
