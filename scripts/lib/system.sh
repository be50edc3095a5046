# System packages: installed with apt when missing, and only then with sudo.

# as_root COMMAND...
as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo -- "$@"
    fi
}

# install_packages WHAT_FOR PACKAGE...
install_packages() {
    local purpose=$1
    shift
    say "Installing for $purpose: $*"
    command -v apt-get >/dev/null || die "this system has no apt-get to install: $*" \
        "Install the counterparts of these Debian packages by hand, then try again."
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        die "system packages are missing and there is no sudo to install them" \
            "As root: apt-get update && apt-get install $*"
    fi
    # sudo must be able to ask for a password, so it is asked here, before the
    # output of apt goes to a file.
    ((EUID == 0)) || sudo -v || die "sudo did not let you in" \
        "As root: apt-get update && apt-get install $*"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get
        -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@")
    # A fresh machine has no package lists and an old one has stale lists: only
    # then the first try fails and the lists are fetched.
    logged apt-install as_root "${install[@]}" 2>/dev/null ||
        { logged apt-update as_root apt-get update &&
            logged apt-install as_root "${install[@]}"; } ||
        die "apt could not install: $*" \
            "Try: apt-get update && apt-get install $*"
}

has_venv_module() { python3 -c 'import ensurepip, venv' 2>/dev/null; }
# Odoo guesses the type of a file with it, and warns when it is not there.
has_libmagic() { compgen -G '/usr/lib/*/libmagic.so.1*' >/dev/null; }

ensure_python_packages() {
    local missing=()
    command -v python3 >/dev/null || missing+=(python3)
    has_venv_module || missing+=(python3-venv)
    ((${#missing[@]} == 0)) || install_packages "Python" "${missing[@]}"
}

ensure_odoo_packages() {
    local missing=()
    has_libmagic || missing+=(libmagic1)
    command -v xz >/dev/null || missing+=(xz-utils)
    ((${#missing[@]} == 0)) || install_packages "Odoo" "${missing[@]}"
}

# Odoo's browser tests skip themselves without a browser, so a missing one would
# pass for success. The names are those that Odoo looks for.
ensure_browser() {
    local name
    for name in google-chrome chromium chromium-browser google-chrome-stable; do
        if command -v "$name" >/dev/null; then return; fi
    done
    install_packages "browser tests" chromium
}
