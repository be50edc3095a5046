#!/usr/bin/env bash
# make clean: this checkout's databases go. make distclean (--all): everything that
# was made outside the checkout goes too, so that the next command starts from nothing.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# drop_databases [CONDITION]: of this checkout, never another one's.
drop_databases() {
    local name
    while read -r name; do
        [[ -n $name ]] || continue
        say "Dropping the database $name"
        drop_db "$name"
    done < <(sql "
        SELECT datname
        FROM pg_database, shobj_description(oid, 'pg_database') AS mark
        WHERE mark LIKE 'mto\\_planning %'
          AND right(mark, length(:'checkout') + 1) = ' ' || :'checkout'
          ${1:-}
        ORDER BY datname" "checkout=$REPO")
}

server_runs() {
    if own_cluster; then
        export PGHOST PGPORT=$PG_PORT PGUSER=$PG_SUPERUSER
        PGHOST=$(pg_socket_dir)
        PATH=$PATH:$(pg_server_bin || true)
    fi
    command -v psql >/dev/null && pg_ready
}

if [[ ${1:-} == --all ]]; then
    if server_runs; then drop_databases; fi
    remove_own_cluster
    say "Removing $CACHE"
    rm -rf "$CACHE"
elif server_runs; then
    drop_databases "AND mark NOT LIKE 'mto\\_planning template %'"
fi
find "$REPO" -name .git -prune -o -type d \( -name __pycache__ -o -name .pytest_cache \
    -o -name .ruff_cache -o -name .import_linter_cache -o -name .hypothesis \) -print0 |
    xargs -0 rm -rf
rm -rf "$REPO"/.coverage "$REPO"/.coverage.* "$REPO/htmlcov" "$REPO/dist"
