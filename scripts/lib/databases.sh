# Databases: a template with Odoo's modules, and copies of it with the add-on.
#
# Each database made here carries a comment that says so and for which checkout.
# A database without it, or of another checkout, is never changed or dropped.

db_mark_of() {
    sql "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :'name'" \
        "name=$1"
}

# db_mark NAME KIND KEY
db_mark() {
    sql "COMMENT ON DATABASE :\"name\" IS :'mark'" "name=$1" "mark=mto_planning $2 $3 $REPO"
}

db_exists() {
    [[ -n $(sql "SELECT 1 FROM pg_database WHERE datname = :'name'" "name=$1") ]]
}

filestore() { printf '%s' "$ODOO_DATA/filestore/$1"; }

drop_db() {
    sql 'DROP DATABASE IF EXISTS :"name" WITH (FORCE)' "name=$1" 2>/dev/null ||
        die "the database $1 could not be dropped"
    rm -rf "$(filestore "$1")"
}

# May we replace the database of this name? It must be ours, or not there at all.
check_db_is_ours() {
    local name=$1 kind key checkout mark
    [[ $name =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*$ && ${#name} -le 63 ]] ||
        die "'$name' is no name for a database" "Use letters, digits, and _ . -"
    db_exists "$name" || return 0
    mark=$(db_mark_of "$name")
    [[ $mark == "mto_planning "* ]] || die \
        "there is a database $name that these commands have not made" \
        "Choose another name, or drop it yourself: dropdb $name"
    read -r _ kind key checkout <<<"$mark"
    [[ $kind != template ]] || die "$name is the template of the other databases" \
        "Choose another name."
    [[ $checkout == "$REPO" || ! -d $checkout ]] || die \
        "the database $name belongs to the checkout $checkout" \
        "Choose another name (DB_PREFIX=… for those that are named here), or run 'make clean' there."
}

# copy_db SOURCE NAME KIND KEY: with Odoo's files, which never change in place and
# so may be linked.
copy_db() {
    local source=$1 name=$2 strategy=''
    # Copying files is far quicker than logging each page, where there is a choice.
    if (($(sql 'SHOW server_version_num') >= 150000)); then strategy='STRATEGY file_copy'; fi
    drop_db "$name"
    sql "CREATE DATABASE :\"name\" TEMPLATE :\"source\" $strategy" "name=$name" "source=$source"
    db_mark "$name" "$3" "$4"
    if [[ -d $(filestore "$source") ]]; then
        cp -al "$(filestore "$source")" "$(filestore "$name")"
    fi
}

template_name() { printf '%s' "${DB_PREFIX}template_$(odoo_key)"; }

build_template() {
    local name=$1 building=$1_building
    say "Building the template database $name (about two minutes, once for each Odoo)"
    drop_db "$building"
    sql "CREATE DATABASE :\"name\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'" "name=$building"
    db_mark "$building" building "$(odoo_key)"
    logged template odoo -d "$building" -i "$TEMPLATE_MODULES" --without-demo \
        --stop-after-init --no-http --log-level=warn ||
        die "Odoo could not install its own modules into the template database" \
            "The log is $LOGS/template.log."
    # Nothing that is made for a test or a demonstration reports home.
    SQL_DATABASE=$building sql "UPDATE ir_cron SET active = false WHERE id IN (
        SELECT res_id FROM ir_model_data
        WHERE module = 'mail' AND name = 'ir_cron_module_update_notification')"
    drop_db "$name"
    sql 'ALTER DATABASE :"building" RENAME TO :"name"' "building=$building" "name=$name"
    if [[ -d $(filestore "$building") ]]; then
        mv "$(filestore "$building")" "$(filestore "$name")"
    fi
    db_mark "$name" template "$(odoo_key)"
    # A copy needs a template that nobody is connected to.
    sql 'ALTER DATABASE :"name" ALLOW_CONNECTIONS false' "name=$name"
}

ensure_template() {
    local name
    name=$(template_name)
    if [[ $(db_mark_of "$name") == "mto_planning template "* && -d $(filestore "$name") ]]; then
        return
    fi
    build_template "$name"
}

ensure_everything() {
    ensure_dev_venv
    ensure_odoo_packages
    ensure_odoo
    ensure_odoo_venv
    write_odoo_conf
    ensure_postgres
    ensure_template
}

# Odoo, its Python and a running server, whatever it takes; quick when they are there.
ensure_setup() {
    with_setup_lock ensure_everything
}

# make_addon_db NAME KIND KEY: a copy of the template with our add-on installed,
# without demo data.
make_addon_db() {
    local name=$1 modules
    modules=$(own_modules)
    check_db_is_ours "$name"
    say "Creating the database $name with ${modules//,/, }"
    copy_db "$(template_name)" "$name" "$2" "$3"
    logged "install-$name" odoo -d "$name" -i "$modules" --stop-after-init --no-http ||
        die "$modules could not be installed into $name" "The log is $LOGS/install-$name.log."
    show_warnings "$LOGS/install-$name.log"
}

# Warnings of Odoo's that a person should see, of a log that is otherwise kept quiet.
show_warnings() {
    grep -E '^[0-9-]+ [0-9:,]+ [0-9]+ (WARNING|ERROR|CRITICAL) ' "$1" >&2 || true
}
