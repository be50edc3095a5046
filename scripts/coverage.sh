#!/usr/bin/env bash
# What the test run that came before did not reach, and whether it is too much: nothing
# of the engine, at most a tenth of the rest. "engine" alone looks at the engine alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# at_least PERCENT WHAT OPTION...: coverage of a part of the sources.
at_least() {
    local least=$1 what=$2
    shift 2
    say "Coverage of $what, lines and branches"
    "$DEV_VENV/bin/coverage" report --fail-under="$least" "$@" ||
        die "less than $least % of $what is reached by the tests"
}

ensure_dev_venv
cd "$REPO"
at_least 100 "the engine" --include='mto_planning/engine/*'
[[ ${1:-} != engine ]] || exit 0
at_least 90 "the add-on" --omit='mto_planning/engine/*'
