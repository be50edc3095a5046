# Odoo 19.0: not on PyPI and not in Debian's stable suites, but Debian's unstable
# suite has it as a package. It is fetched with apt's own state kept apart, so the
# system's sources stay as they are, and unpacked into the cache, not installed.
#
# ODOO_SOURCE=/path names an Odoo that is already there: a checkout of branch 19.0,
# or the folder that holds the package `odoo`.

ODOO_PREFIX=$CACHE/odoo-$ODOO_SERIES
# The one folder that the virtual environment looks into for `odoo`.
ODOO_PATH=$CACHE/odoo-path
# Odoo's package holds links into these. fonts-montserrat is in unstable only.
ODOO_LINKED_STABLE=(libjs-jquery libjs-jquery-form libjs-underscore
    fonts-font-awesome fonts-roboto-unhinted fonts-inconsolata fonts-ocr-b)
ODOO_LINKED_UNSTABLE=(fonts-montserrat)

# The folder that holds Odoo's package `odoo`.
odoo_root() {
    if [[ -n ${ODOO_SOURCE:-} ]]; then
        if [[ -e $ODOO_SOURCE/odoo/release.py ]]; then
            (cd "$ODOO_SOURCE" && pwd -P)
        elif [[ -e $ODOO_SOURCE/release.py ]]; then
            (cd "$ODOO_SOURCE/.." && pwd -P)
        else
            die "ODOO_SOURCE=$ODOO_SOURCE is no Odoo" \
                "It must be a checkout of Odoo's branch $ODOO_SERIES, or the folder that holds its package odoo/."
        fi
    else
        printf '%s' "$ODOO_PREFIX/usr/lib/python3/dist-packages"
    fi
}

# Its add-on folders, comma-separated. A checkout has two, a package one.
odoo_addons_path() {
    local root path
    root=$(odoo_root)
    path=$root/odoo/addons
    if [[ -d $root/addons/sale ]]; then path+=,$root/addons; fi
    printf '%s' "$path"
}

# What tells this Odoo from another: a change of it makes a new template.
odoo_key() {
    {
        if [[ -n ${ODOO_SOURCE:-} ]]; then
            odoo_root
            git -C "$(odoo_root)" rev-parse HEAD 2>/dev/null || true
            cat "$(odoo_root)/odoo/release.py"
        else
            cat "$ODOO_PREFIX/.version"
        fi
        printf '%s %s' "$TEMPLATE_MODULES" "$TEMPLATE_RECIPE"
    } | short_hash
}

# The mirror that this system already uses. Hosts are never written down here.
debian_mirror() {
    # Origin is only known once the lists are there, hence the two tries.
    apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 'Created-By: Packages' |
        awk '$1 !~ /security/ && $2 == "Debian" { print $1; exit }' | grep . ||
        apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
        awk '$1 !~ /security/ && $1 ~ /debian/ && $2 == "main" { print $1; exit }' | grep .
}

# apt with a state of its own. $1 is the tool: apt-get or apt-cache.
private_apt() {
    local tool=$1
    shift
    "$tool" -o "Dir::State::Lists=$CACHE/apt/lists" \
        -o "Dir::Etc::sourcelist=$CACHE/apt/unstable.list" \
        -o Dir::Etc::sourceparts=- \
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
        -o Acquire::Languages=none -o APT::Sandbox::User= "$@"
}

# The system's own suites first: what is there needs no second download of lists.
fetch_odoo_packages() {
    cd "$CACHE/apt/packages" && rm -f -- *.deb &&
        private_apt apt-get update &&
        private_apt apt-get download "$ODOO_PACKAGE" "${ODOO_LINKED_UNSTABLE[@]}" &&
        { apt-get -o APT::Sandbox::User= download "${ODOO_LINKED_STABLE[@]}" ||
            private_apt apt-get download "${ODOO_LINKED_STABLE[@]}"; }
}

# One file is left out of Odoo's package for its licence (it blurs the background of
# video calls). Every page would report it missing in the browser's console, and a
# browser test fails on that. An empty one has no effect but silence.
add_missing_file() {
    local file=$1/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    [[ -e $file ]] && return
    mkdir -p "$(dirname "$file")" && echo '/* left out of this package */' >"$file"
}

unpack_odoo() {
    local package broken new=$ODOO_PREFIX.new
    rm -rf "$new" && mkdir -p "$new" || return 1
    for package in "$CACHE"/apt/packages/*.deb; do
        dpkg-deb -x "$package" "$new" || return 1
    done
    broken=$(find "$new" -xtype l)
    if [[ -n $broken ]]; then
        printf 'links to nowhere:\n%s\n' "$broken"
        return 1
    fi
    add_missing_file "$new" || return 1
    # Written last: it is what says that this folder is complete.
    dpkg-deb -f "$CACHE"/apt/packages/"$ODOO_PACKAGE"_*.deb Package Version \
        >"$new/.version" &&
        rm -rf "$ODOO_PREFIX" && mv "$new" "$ODOO_PREFIX" && rm -rf "$CACHE/apt"
}

download_odoo() {
    local mirror
    say "Fetching Odoo $ODOO_SERIES (about 130 MB, kept in $ODOO_PREFIX)"
    local help="Or point ODOO_SOURCE at an Odoo $ODOO_SERIES: a checkout of its branch $ODOO_SERIES, or an installed one."
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        die "Odoo is fetched as a Debian package, and this system has no apt-get" "$help"
    mirror=$(debian_mirror) || {
        logged apt-update as_root apt-get update || true
        mirror=$(debian_mirror)
    } || die "no Debian mirror in this system's apt configuration" "$help"
    mkdir -p "$CACHE/apt/lists/partial" "$CACHE/apt/packages"
    # Signed by Debian like the suites that the system has.
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' \
        "$mirror" >"$CACHE/apt/unstable.list"
    (logged odoo-fetch fetch_odoo_packages) || die \
        "the package $ODOO_PACKAGE could not be fetched from the system's Debian mirror" \
        "Check that 'apt-get update' works here." "$help"
    logged odoo-unpack unpack_odoo || die "Odoo's package could not be unpacked" "$help"
}

check_odoo_series() {
    local root found
    root=$(odoo_root)
    found=$(python3 - "$root/odoo/release.py" <<'PYTHON'
import runpy, sys
print("%s.%s" % runpy.run_path(sys.argv[1])["version_info"][:2])
PYTHON
    ) || found=unknown
    [[ $found == "$ODOO_SERIES" ]] || die \
        "Odoo $ODOO_SERIES is needed, and $root is $found" \
        "Point ODOO_SOURCE at an Odoo $ODOO_SERIES: a checkout of its branch $ODOO_SERIES, or an installed one." \
        "(Debian's unstable suite moves on; the cache of an earlier set-up is $ODOO_PREFIX.)"
}

# `odoo` on the path of the virtual environment, and known to pip as odoo 19.0:
# published add-ons require that.
link_odoo() {
    mkdir -p "$ODOO_PATH/odoo-$ODOO_SERIES.dist-info"
    ln -sfn "$(odoo_root)/odoo" "$ODOO_PATH/odoo"
    printf 'Metadata-Version: 2.1\nName: odoo\nVersion: %s\n' "$ODOO_SERIES" \
        >"$ODOO_PATH/odoo-$ODOO_SERIES.dist-info/METADATA"
}

ensure_odoo() {
    if [[ -z ${ODOO_SOURCE:-} && ! -e $ODOO_PREFIX/.version ]]; then
        download_odoo
    fi
    check_odoo_series
    link_odoo
}

# One configuration for each checkout, so that two do not see each other's add-ons.
ODOO_CONF=$CACHE/conf/$(printf '%s' "$REPO" | short_hash).conf
ODOO_DATA=$CACHE/odoo-data

write_odoo_conf() {
    mkdir -p "$CACHE/conf" "$ODOO_DATA"
    cat >"$ODOO_CONF.$$" <<CONF
[options]
addons_path = $(odoo_addons_path),$REPO
data_dir = $ODOO_DATA
http_interface = ${HTTP_INTERFACE:-127.0.0.1}
CONF
    mv "$ODOO_CONF.$$" "$ODOO_CONF"
}

# Odoo's command line with our Python and configuration.
odoo() {
    ODOO_RC=$ODOO_CONF "$ODOO_VENV/bin/python" -m odoo "$@"
}

# A port that nothing listens on, for a server that lives as long as a test run.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
