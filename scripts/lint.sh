#!/usr/bin/env bash
# make lint: every static check, all of them also when one fails.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

FAILED=()

# check NAME COMMAND...: quiet when it holds.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        note "ok      $name"
    else
        FAILED+=("$name")
        note "FAILED  $name"
        printf '%s\n' "$output"
    fi
}

modules() { our_modules | tr , '\n'; echo; }

python_sources() {
    local folder
    modules
    for folder in tests benchmarks scripts; do
        if [[ -n $(find "$folder" -name '*.py' -print -quit 2>/dev/null) ]]; then echo "$folder"; fi
    done
}

po_files() { find $(modules) -name '*.po' -o -name '*.pot'; }

check_po() {
    local files
    files=$(po_files)
    [[ -z $files ]] || "$DEV_VENV/bin/oca-checks-po" --disable=po-pretty-format $files
}

check_shell() {
    local script
    for script in scripts/*.sh scripts/lib/*.sh .ci/run benchmarks/run; do
        [[ -e $script ]] || continue
        if head -n 1 "$script" | grep -q 'python'; then continue; fi
        bash -n "$script" || return 1
    done
}

check_xml() {
    find $(modules) -name '*.xml' -print0 | xargs -0 --no-run-if-empty "$DEV_VENV/bin/python" -c '
import sys
from lxml import etree
failed = False
for name in sys.argv[1:]:
    try:
        etree.parse(name)
    except etree.XMLSyntaxError as error:
        print(f"{name}: {error}")
        failed = True
sys.exit(failed)'
}

# As a package of its own: the add-on around it is Odoo's, which has no types.
check_types() {
    (cd mto_planning && "$DEV_VENV/bin/mypy" --strict --no-error-summary \
        --cache-dir "$CACHE/mypy" -p engine)
}

ensure_dev_venv
ensure_javascript_tools
cd "$REPO"
say "Checking $(modules | tr '\n' ' ')"
mapfile -t MODULES < <(modules)
mapfile -t SOURCES < <(python_sources)
mapfile -t JAVASCRIPT < <(our_files '*.*js')
mapfile -t STYLES < <(our_files '*.scss')
check "ruff: faults, imports, complexity" "$DEV_VENV/bin/ruff" check --quiet "${SOURCES[@]}"
check "ruff: format" "$DEV_VENV/bin/ruff" format --quiet --diff "${SOURCES[@]}"
check "pylint-odoo" "$DEV_VENV/bin/pylint" --rcfile=.pylintrc "${MODULES[@]}"
check "import-linter: who imports whom" env PYTHONPATH="$REPO" "$DEV_VENV/bin/lint-imports" --no-cache
check "the engine stands alone" "$DEV_VENV/bin/python" scripts/lib/checks.py mto_planning/engine
check "the engine's types (mypy, strict)" check_types
check "xml is well-formed" check_xml
check "data files (OCA)" "$DEV_VENV/bin/oca-checks-odoo-module" --config=.oca_hooks.cfg "${MODULES[@]}"
check "translations (OCA)" check_po
check "eslint: faults, complexity" run_eslint "${JAVASCRIPT[@]}"
check "prettier: format" run_prettier --check "${JAVASCRIPT[@]}" "${STYLES[@]}"
check "shell scripts parse" check_shell

((${#FAILED[@]} == 0)) || die "lint: $(IFS=';'; echo "${FAILED[*]}")" \
    "'make fix' repairs what can be repaired by a machine."
say "Lint holds"
