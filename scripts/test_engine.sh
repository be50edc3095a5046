#!/usr/bin/env bash
# make test-engine: the engine's tests. They need neither Odoo nor a database.
# COVERAGE=1 fails when they do not reach all of its lines and branches.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ensure_dev_venv
cd "$REPO"
options=()
if [[ -n ${COVERAGE:-} ]]; then
    options+=(--cov --cov-report=term-missing:skip-covered --cov-fail-under=100)
    export HYPOTHESIS_PROFILE=${HYPOTHESIS_PROFILE:-same}
fi
say "Testing the engine"
exec "$DEV_VENV/bin/python" -m pytest -p no:odoo "${options[@]}" tests/engine "$@"
