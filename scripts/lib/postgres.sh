# PostgreSQL: a cluster of our own, unless the environment (PGHOST and friends)
# names a server; then that one is used, and only databases that these commands
# have made there are ever changed.
#
# Ours is a throw-away: reached by a socket only, so it has no port to quarrel
# about, and without the safety that a crash would ask for. That makes it fast.

PG_SUPERUSER=mto
PG_PORT=5432

# The server refuses to run as root, and the user it then runs as must be able to
# reach its folder: root's home is closed to others.
pg_owner() {
    if ((EUID != 0)); then
        id -un
    elif id postgres >/dev/null 2>&1; then
        printf postgres
    else
        printf nobody
    fi
}

as_pg_owner() {
    if ((EUID != 0)); then
        "$@"
    else
        local owner
        owner=$(pg_owner)
        (cd / && setpriv --reuid "$owner" --regid "$(id -g "$owner")" --init-groups "$@")
    fi
}

pg_root() {
    mkdir -p "$CACHE"
    if as_pg_owner test -x "$CACHE"; then
        printf '%s' "$CACHE/postgresql"
    else
        printf '%s' /var/cache/mto-planning/postgresql
    fi
}

# A socket's path may have 107 characters, whatever the length of the cache's.
pg_socket_dir() {
    local path
    path=$(pg_root)/run
    if ((${#path} > 85)); then
        path=/tmp/mto-planning-$(printf '%s' "$path" | short_hash)
    fi
    printf '%s' "$path"
}

own_cluster() {
    [[ -z ${PGHOST:-}${PGHOSTADDR:-}${PGPORT:-}${PGUSER:-}${PGSERVICE:-} ||
        ${PGHOST:-} == "$(pg_socket_dir)" ]]
}

# The newest server that is complete, wherever it was installed.
pg_server_bin() {
    local folder on_path
    on_path=$(readlink -f "$(command -v postgres || true)")
    for folder in "${on_path:+$(dirname "$on_path")}" \
        $(compgen -G '/usr/lib/postgresql/*/bin' | sort -rV); do
        if [[ -x $folder/postgres && -x $folder/initdb && -x $folder/pg_ctl ]]; then
            printf '%s' "$folder"
            return
        fi
    done
    return 1
}

init_cluster() {
    local bin=$1 root=$2 owner
    owner=$(pg_owner)
    say "Creating a PostgreSQL cluster for development in $root"
    mkdir -p "$root" "$(pg_socket_dir)"
    chmod 700 "$root" "$(pg_socket_dir)"
    if ((EUID == 0)); then chown "$owner:" "$root" "$(pg_socket_dir)"; fi
    logged initdb as_pg_owner "$bin/initdb" -D "$root/data" -U "$PG_SUPERUSER" -A trust \
        -E UTF8 --locale=C.UTF-8 --lc-collate=C -N ||
        die "initdb could not create a cluster in $root"
    as_pg_owner tee -a "$root/data/postgresql.conf" >/dev/null <<CONF

# A throw-away cluster for development and tests of mto_planning.
listen_addresses = ''
port = $PG_PORT
unix_socket_directories = '$(pg_socket_dir)'
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 30min
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_connections = 100
max_locks_per_transaction = 256
timezone = 'UTC'
log_timezone = 'UTC'
CONF
}

pg_ready() { psql -X -qAt -d postgres -c '' >/dev/null 2>&1 </dev/null; }

start_own_cluster() {
    local bin root major
    export PGHOST PGPORT=$PG_PORT PGUSER=$PG_SUPERUSER
    PGHOST=$(pg_socket_dir)
    bin=$(pg_server_bin) || {
        install_packages "the database server" postgresql postgresql-client
        bin=$(pg_server_bin)
    } || die "no PostgreSQL server was found" "apt-get install postgresql"
    PATH=$PATH:$bin
    if pg_ready; then return; fi
    root=$(pg_root)
    major=$("$bin/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    if as_pg_owner test -e "$root/data/PG_VERSION" &&
        [[ $(as_pg_owner cat "$root/data/PG_VERSION") != "$major" ]]; then
        say "PostgreSQL is version $major now: making the development cluster anew"
        rm -rf "$root/data"
    fi
    as_pg_owner test -e "$root/data/PG_VERSION" || init_cluster "$bin" "$root"
    say "Starting PostgreSQL (socket in $PGHOST)"
    # A socket folder in /tmp may have been swept.
    mkdir -p "$PGHOST"
    if ((EUID == 0)); then chown "$(pg_owner):" "$PGHOST"; fi
    logged postgresql-start as_pg_owner "$bin/pg_ctl" -D "$root/data" -l "$root/log" -w -t 60 start || {
        as_pg_owner tail -n 20 "$root/log" >&2 || true
        die "PostgreSQL did not start" \
            "What it said is above. 'make distclean' removes the cluster, the next command makes a new one."
    }
}

check_own_server() {
    command -v psql >/dev/null || install_packages "the database client" postgresql-client
    pg_ready || {
        psql -X -d postgres -c '' >&2 </dev/null || true
        die "the PostgreSQL server that PGHOST, PGPORT or PGUSER name does not answer" \
            "Start it or correct them; unset them all and a cluster of our own is used."
    }
    [[ $(sql "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user") == t ]] ||
        die "the database role $(sql 'SELECT current_user') may not create databases" \
            "As an administrator: ALTER ROLE … CREATEDB"
}

ensure_postgres() {
    if own_cluster; then
        start_own_cluster
    else
        check_own_server
    fi
}

# Also while PGHOST names another server: ours would stay behind without its files.
remove_own_cluster() {
    local bin root
    root=$(pg_root)
    if bin=$(pg_server_bin) &&
        as_pg_owner "$bin/pg_ctl" -D "$root/data" status >/dev/null 2>&1; then
        say "Stopping PostgreSQL"
        as_pg_owner "$bin/pg_ctl" -D "$root/data" -m fast -w stop >/dev/null
    fi
    rm -rf "$root" "$(pg_socket_dir)"
    rmdir /var/cache/mto-planning 2>/dev/null || true
}

# sql STATEMENT [VARIABLE=VALUE ...]: a statement for the server. In it :'variable'
# is a quoted value and :"variable" a quoted name.
sql() {
    local statement=$1 variable arguments=()
    shift
    for variable in "$@"; do arguments+=(-v "$variable"); done
    psql -X -qAt -v ON_ERROR_STOP=1 -d "${SQL_DATABASE:-postgres}" "${arguments[@]}" <<<"$statement"
}
