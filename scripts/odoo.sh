#!/usr/bin/env bash
# make odoo ARGS="…": Odoo's own command line, with the right Python, configuration
# and database server. Standard input and output are Odoo's alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_setup
ODOO_RC=$ODOO_CONF exec "$ODOO_VENV/bin/python" -m odoo "$@"
