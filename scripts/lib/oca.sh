# OCA's add-ons, from PyPI (requirements-oca.txt): in a folder of their own, not in our
# environment, where `make test` would load them.

OCA_PINS=$REPO/requirements-oca.txt
OCA=$CACHE/oca-$(short_hash <"$OCA_PINS")
OCA_ADDONS=$OCA/odoo/addons

# fetch_oca: once for each list.
fetch_oca() {
    [[ -d $OCA ]] && return
    rm -rf "$OCA.new"
    # They require odoo, which is on no index, so dependencies are listed and not looked for.
    logged oca "$ODOO_VENV/bin/python" -m pip install --disable-pip-version-check --no-deps \
        --target "$OCA.new" -r "$OCA_PINS" || die "OCA's add-ons could not be fetched from PyPI"
    mv "$OCA.new" "$OCA"
}

# Our glue modules, one a line.
glue_modules() {
    comm -23 <(our_modules | tr , '\n' | sort) <(own_modules | tr , '\n' | sort)
}

# installed_glue DATABASE: those that have installed themselves there.
installed_glue() {
    local module
    for module in $(glue_modules); do
        if [[ -n $(SQL_DATABASE=$1 sql "SELECT 1 FROM ir_module_module
            WHERE name = :'name' AND state = 'installed'" "name=$module") ]]; then
            echo "$module"
        fi
    done
}

# use_oca WORK: from now on Odoo knows them, by a configuration in the folder WORK.
use_oca() {
    with_setup_lock fetch_oca
    sed "s#^addons_path = .*#&,$OCA_ADDONS#" "$ODOO_CONF" >"$1/odoo.conf"
    ODOO_CONF=$1/odoo.conf
    # Their Python packages, behind those that Odoo has.
    export PYTHONPATH=$OCA:$REPO/scripts/lib
    export PYTHONSAFEPATH=1
}
