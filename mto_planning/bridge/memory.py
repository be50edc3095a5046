"""What a process remembers from one request to the next."""

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
