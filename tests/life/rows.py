"""What differs between a database and a copy of it that something was done to.

``rows.py BEFORE AFTER [table | table.column ...]``: rows that were changed, made or
removed, in the tables and columns of BEFORE; fails if there are any but in those that
are named. What Odoo keeps about itself (``ir_*``) changes with every module.
"""

import re
import sys

import psycopg2

OWN = re.compile(r"ir_|bus_|base_registry|res_groups|rel_modules|wizard_|.*_wizard$")
SHOWN = 5


def main(before, after, *without):
    with psycopg2.connect(dbname=before) as was, psycopg2.connect(dbname=after) as now:
        tables, left = columns_of(was.cursor(), without), columns_of(now.cursor())
        lost = [
            f"{table}.{name} is gone"
            for table, names in tables.items()
            for name in set(names) - set(left.get(table, []))
        ]
        tables = {
            table: [name for name in names if name in left[table]]
            for table, names in tables.items()
            if table in left
        }
        differences = sorted(lost) + list(compare(was.cursor(), now.cursor(), tables))
    print(
        "\n".join(differences) or f"All rows of {len(tables)} tables are as they were."
    )
    return 1 if differences else 0


def columns_of(cursor, without=()):
    """The columns of each table that is somebody's business."""
    cursor.execute(
        """SELECT table_name, array_agg(column_name::text ORDER BY column_name)
             FROM information_schema.columns
             JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            GROUP BY table_name ORDER BY table_name"""
    )
    return {
        table: [name for name in names if f"{table}.{name}" not in without]
        for table, names in cursor.fetchall()
        if table not in without and not OWN.match(table)
    }


def compare(was, now, tables):
    """A line for each table whose rows are others now."""
    for table, names in tables.items():
        old, new = rows_of(was, table, names), rows_of(now, table, names)
        changed = [key for key in old.keys() & new.keys() if old[key] != new[key]]
        made, gone = new.keys() - old.keys(), old.keys() - new.keys()
        if changed or made or gone:
            some = sorted({*changed, *made, *gone})[:SHOWN]
            yield (
                f"{table}: {len(changed)} changed, {len(made)} new, {len(gone)} gone: "
                f"{', '.join(some)}"
            )


def rows_of(cursor, table, names):
    """``{id, or the row itself where it has none: digest}``."""
    listed = ", ".join(f'"{name}"' for name in names)
    digest = f"md5(row({listed})::text)"
    key = "id::text" if "id" in names else digest
    cursor.execute(f'SELECT {key}, {digest} FROM "{table}"')
    return dict(cursor.fetchall())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
