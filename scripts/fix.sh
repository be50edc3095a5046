#!/usr/bin/env bash
# make fix: format, and repair what the linters can repair by themselves.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_dev_venv
cd "$REPO"
say "Repairing and formatting Python"
"$DEV_VENV/bin/ruff" check --fix .
"$DEV_VENV/bin/ruff" format .
