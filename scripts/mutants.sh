#!/usr/bin/env bash
# make mutants: put small faults into the engine, one at a time, and see whether a test
# fails. A report, not a check: it prints the faults that no test has found, and how many
# there were. ARGS="gaps ledger" looks at these modules alone; all of them take hours.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

VENV=$CACHE/venv-mutants
# A copy: what mutmut writes stands beside the sources that it changes.
WORKSHOP=$CACHE/mutants

modules=("$@")
if ((!$#)); then modules=('*'); fi

ensure_python_packages
ensure_venv "$VENV" "what puts faults into the engine" "$REPO/requirements-mutants.txt"
mkdir -p "$WORKSHOP/mto_planning" "$WORKSHOP/tests"
# What mutmut remembers of other modules would tell it that no test reaches these.
rm -rf "$WORKSHOP/mto_planning/engine" "$WORKSHOP/tests/engine" "$WORKSHOP/mutants"
cp -R "$REPO/mto_planning/engine" "$WORKSHOP/mto_planning/"
cp -R "$REPO/tests/engine" "$WORKSHOP/tests/"
cd "$WORKSHOP"
{
    printf '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'
    printf '[tool.mutmut]\nsource_paths = ["mto_planning/engine/"]\nonly_mutate = ['
    printf '"mto_planning/engine/%s.py", ' "${modules[@]}"
    # The simulated year is a test of the benchmark, and stands elsewhere.
    printf ']\npytest_add_cli_args = ["--ignore=tests/engine/test_year.py", "-x"]\n'
    printf 'pytest_add_cli_args_test_selection = ["tests/engine/"]\n'
} >pyproject.toml
say "Putting faults into ${modules[*]} (one test run for each)"
export HYPOTHESIS_PROFILE=mutants
logged mutants "$VENV/bin/mutmut" run --max-children "$(nproc)" ||
    die "mutmut did not work" "The log is $LOGS/mutants.log."
say "Faults that no test has found"
"$VENV/bin/mutmut" results
tr '\r' '\n' <"$LOGS/mutants.log" | grep -E '^[^ ]* *[0-9]+/[0-9]+' | tail -n 1
