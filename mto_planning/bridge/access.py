"""What a user may know of records that others own."""

from contextlib import suppress

from odoo.exceptions import MissingError


def check_access(records, operation):
    """As core's ``check_access``, but one answer for what is not there or not his.

    Ids are counted up, so an error that differs would tell how many orders there are.

    :raises AccessError: the user may not do that at all, or not with what he may read.
    :raises MissingError: a record that is not there, or that the user may not read.
    """
    records.browse().check_access(operation)
    with suppress(MissingError):
        if records.has_access(operation):
            return
    hidden = records - records.exists()._filtered_access("read")
    if not hidden:
        records.check_access(operation)
    raise not_there(hidden[:1])


def not_there(record, name=""):
    """The error for a record that is not there, as far as the user may know.

    :param name: what has named it, if it was not the call itself.
    """
    values = {"id": record.id or 0}
    if name:
        return MissingError(
            record.env._(
                "“%(name)s”: there is no record with id %(id)s for you.",
                name=name,
                **values,
            )
        )
    model = record.env["ir.model"]._get(record._name).name
    return MissingError(
        record.env._(
            "%(model)s: there is no record with id %(id)s for you.",
            model=model,
            **values,
        )
    )


def order_name(order, reader=None):
    """An order's name, for those who may read it; else only that it is another one.

    :param order: one ``sale.order``, as superuser or not.
    :param reader: for whom, if not for the user: a message stays for its readers. Jobs
        know all names.
    """
    if not reader and order.env.su and order.env.user._is_superuser():
        return order.name
    if order.with_user(reader or order.env.user).has_access("read"):
        return order.name
    return order.env._("another order")
