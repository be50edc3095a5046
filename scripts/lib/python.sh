# Two virtual environments: a light one for the engine's tests and the linters,
# which needs neither Odoo nor PostgreSQL, and one that runs Odoo.

python_is_new_enough() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'
}

venv_works() { "$1/bin/python" -c 'import pip' 2>/dev/null; }

# ensure_venv FOLDER WHAT REQUIREMENTS...: filled again when the requirements changed,
# made anew only when it does not work any more. Another python3 on the PATH is no
# reason: a server of another shell may be running in it.
ensure_venv() {
    local folder=$1 what=$2 wanted file arguments=()
    shift 2
    wanted=$(cat "$@" | short_hash)
    if venv_works "$folder" && [[ $(cat "$folder/.stamp" 2>/dev/null) == "$wanted" ]]; then
        return
    fi
    say "Preparing $what"
    if ! venv_works "$folder"; then
        logged "$(basename "$folder")-create" python3 -m venv --clear "$folder" ||
            die "python3 -m venv did not work" "On Debian: apt-get install python3-venv"
    fi
    for file in "$@"; do arguments+=(-r "$file"); done
    logged "$(basename "$folder")-install" "$folder/bin/python" -m pip install \
        --disable-pip-version-check --no-input "${arguments[@]}" ||
        die "pip could not install the packages of $*" \
            "Check that 'python3 -m pip download --no-deps pytest' reaches a package index."
    printf '%s\n' "$wanted" >"$folder/.stamp"
}

ensure_dev_venv() {
    ensure_python_packages
    python_is_new_enough || die "$(python3 --version) is too old for the tools here" \
        "Put a Python 3.11 or newer first on your PATH as python3."
    ensure_venv "$DEV_VENV" "Python tools (tests of the engine, linters)" \
        "$REPO/requirements-dev.txt" "$REPO/requirements-lint.txt"
}

ensure_odoo_venv() {
    ensure_venv "$ODOO_VENV" "Odoo's Python packages (half a minute)" \
        "$REPO/requirements-odoo.txt" "$REPO/requirements-dev.txt"
    local site
    site=$("$ODOO_VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$ODOO_PATH" >"$site/mto_planning_odoo.pth"
}
