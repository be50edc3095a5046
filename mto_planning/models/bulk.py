"""Writing different values to many records by one statement."""

from odoo.tools import SQL


def update_rows(records, names, rows):
    """Write values of stored fields that differ from record to record.

    A ``write`` for each of thousands of records is most of the time of a plan. What
    depends on the fields is recomputed by the ORM as usual; overrides of ``write`` are
    passed by, so the caller does what they would do.

    :param records: only for their model and environment.
    :param names: names of stored fields without translations.
    :param rows: ``{record id: values in the order of the names}``.
    """
    if not rows:
        return
    records = records.browse(rows)
    records.flush_recordset(names)
    table = SQL.identifier(records._table)
    columns = zip(*rows.values(), strict=True)
    types = [records._fields[name].column_type[1] for name in names]
    arrays = [
        SQL(f"%s::{kind}[]", [value or None for value in column])
        for kind, column in zip(types, columns, strict=True)
    ]
    records.env.cr.execute(
        SQL(
            """UPDATE %(table)s SET %(assignments)s, write_uid = %(user)s,
                      write_date = now() AT TIME ZONE 'UTC'
                 FROM unnest(%(ids)s::int[], %(arrays)s) AS new(id, %(columns)s)
                WHERE %(table)s.id = new.id""",
            table=table,
            assignments=SQL(", ").join(
                SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name))
                for name in names
            ),
            user=records.env.uid,
            ids=list(rows),
            arrays=SQL(", ").join(arrays),
            columns=SQL(", ").join(map(SQL.identifier, names)),
        )
    )
    records.invalidate_recordset(names, flush=False)
    records.modified(names)
