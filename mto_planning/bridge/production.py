"""A plan as the manufacturing orders that core is about to make from it."""

from collections import defaultdict

from .network import operation_key


class ProductionPlan:
    """When and where the order's bills of materials are made.

    At hand in the context (``mto_plan``) while core's procurement runs: what it makes
    is made at once as it was planned. Each time is given away once, so that a second
    manufacturing order of the same bill of materials does not book it again.

    :param answers: plans of the lines; those without a date leave nothing.
    """

    def __init__(self, answers):
        self._answers = answers
        self.product_ids = {
            component.product.id
            for answer in answers
            for component in answer.network.components.values()
        }
        self.notes = {}
        self._operations = {}
        self._quantities = {}
        self._known = {}
        self._deliveries = defaultdict(list)
        for answer in self._feasible:
            line_id = answer.network.request.line.id
            for component in answer.network.roots:
                key = (line_id, component.part.bom_line_id, component.item.id)
                self._deliveries[key].append(answer.shares(component))

    @property
    def _feasible(self):
        return [answer for answer in self._answers if answer.feasible]

    def read_operations(self, boms):
        """Know the operations of the order's bills of materials.

        :param boms: ``{(line id, level path): mrp.bom}``.
        """
        for answer in self._feasible:
            spans = answer.spans()
            line_id = answer.network.request.line.id
            for level in answer.made_levels:
                operations = boms[line_id, level.path]._mto_get_own_operations()
                for position, operation in enumerate(operations):
                    span = spans[operation_key(level.path, position)]
                    self._operations[operation.id] = span

    def take_operation(self, operation):
        """``(start, finish, work center id)`` of a work order to be, or ``None``."""
        return self._operations.pop(operation.id, None)

    def set_quantity(self, bom_line, quantity):
        """Say how much of a component of which stock gives a part is moved for a line.

        What the line tells of one piece is rounded.
        """
        self._quantities[bom_line.id] = quantity

    def take_quantity(self, bom_line):
        """That quantity, in the unit of the line, or ``None``."""
        return self._quantities.pop(bom_line.id, None)

    def take_delivery(self, line, bom_line, product):
        """How the plan comes by what is delivered: its shares; none if it cannot say.

        :param bom_line: of the kit that it is delivered for, or empty.
        """
        shares = self._deliveries[line.id, bom_line.id, product.id]
        return shares.pop(0) if shares else []

    def remember(self, key, find):
        """What ``find()`` said the first time: during a procurement it stays true.

        Core asks the same of each move; for its rules, kits and reordering rules the
        answer depends on the product (and what is in ``key``) alone.
        """
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]
