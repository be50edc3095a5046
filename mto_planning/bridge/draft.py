"""What is copied for an order line before there is a plan."""

from typing import Any

from .network import Component, MadeLevel, Network


class Draft:
    """A network in the form of an ``Answer`` that has decided nothing yet.

    :param line: the ``sale.order.line`` that gets the copy; of the network itself, if
        it is not another one that is made like it.
    """

    feasible = False
    # Nothing of it is written down: what a confirmed line has planned stays.
    is_draft = True

    def __init__(self, network: Network, line: Any = None):
        self.network = network
        self.line = line or network.request.line

    @property
    def made_levels(self) -> list[MadeLevel]:
        """All that may be made, parents first."""
        return list(self.network.levels.values())

    def level_span(self, _level: MadeLevel) -> tuple[bool, bool]:
        """When it is made: nobody knows."""
        return False, False

    def supply(self, _component: Component) -> bool:
        """How it is come by is decided when the order is confirmed."""
        return False
