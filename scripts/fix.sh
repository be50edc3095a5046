#!/usr/bin/env bash
# make fix: format, and repair what the linters can repair by themselves.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_dev_venv
ensure_javascript_tools
cd "$REPO"
say "Repairing and formatting Python"
"$DEV_VENV/bin/ruff" check --fix .
"$DEV_VENV/bin/ruff" format .
say "Repairing and formatting JavaScript and styles"
mapfile -t JAVASCRIPT < <(our_files '*.*js')
mapfile -t STYLES < <(our_files '*.scss')
run_prettier --write "${JAVASCRIPT[@]}" "${STYLES[@]}"
run_eslint --fix "${JAVASCRIPT[@]}"
