"""What a process remembers from one request to the next."""

from contextlib import contextmanager

from odoo.api import Environment
from odoo.tools.lru import LRU


class Memory:
    """Nothing in it is believed without asking the database whether it still holds.

    Lives in Odoo's own cache of its registry, so that it also goes when that is
    emptied: when modules, decimal precisions or defaults change.
    """

    def __init__(self):
        # Some 20 kB each.
        self.structures = LRU(2000)
        self.hours = LRU(2000)
        self.capacities = LRU(2000)
        self.workdays = LRU(200)


@contextmanager
def unread(env, flush=True):
    """An environment on the same cursor in which no record was read yet.

    What is read there is what stands in the database, whatever the caller's records
    have in their cache, which stays as it is: it may be older than a change in SQL,
    and what is remembered outlives the transaction. Nothing is to be written there.

    :param flush: whether the caller has not flushed what is read there.
    """
    if flush:
        env.flush_all()
    cr, transaction = env.cr, env.cr.transaction
    cr.transaction = None
    try:
        yield Environment(cr, env.uid, env.context, env.su)
    finally:
        cr.transaction = transaction
