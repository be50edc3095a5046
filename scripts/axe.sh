#!/usr/bin/env bash
# make axe: axe-core over every screen of ours, with the demo company's data; a serious
# fault in what is ours fails. ARGS="Load" looks at the screens of that name alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/lib/demo.sh"

check() { look check_axe.js "$1" "${ARGS:-}"; }

ensure_setup
ensure_browser_tools
ensure_demo_db
while_served "$DATABASE" check
