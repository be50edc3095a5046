#!/usr/bin/env bash
# What the test run that came before did not reach.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$REPO"
"$DEV_VENV/bin/coverage" report
