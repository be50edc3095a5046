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
        self._shares = defaultdict(list)
        self._known = {}

    def read_boms(self, boms):
        """Know the operations and the lines of the order's bills of materials.

        :param boms: ``{(line id, level path): mrp.bom}``.
        """
        for answer in filter(lambda answer: answer.feasible, self._answers):
            spans = answer.spans()
            line_id = answer.network.request.line.id
            self._note_delivery(answer, line_id)
            for level in answer.made_levels:
                bom = boms[line_id, level.path]
                for position, operation in enumerate(bom._mto_get_own_operations()):
                    span = spans[operation_key(level.path, position)]
                    self._operations[operation.id] = span
                self._note_components(answer, level, bom)

    def _note_delivery(self, answer, line_id):
        for component in answer.network.roots:
            key = (line_id, component.part.bom_line_id, component.item.id)
            self._shares[key].append(answer.shares(component))

    def _note_components(self, answer, level, bom):
        """Only what is split: all else the lines of the bill of materials say."""
        lines = bom._mto_get_lines()
        for component in level.components:
            shares = answer.shares(component)
            if len(shares) > 1:
                line = lines[component.path[-1]]
                key = (bom.mto_line_id.id, line.id, component.item.id)
                self._shares[key].append(shares)

    def take_operation(self, operation):
        """``(start, finish, work center id)`` of a work order to be, or ``None``."""
        return self._operations.pop(operation.id, None)

    def shares(self, line, bom_line, product):
        """How the plan comes by what is delivered, or by a component that is split.

        :param bom_line: of the component, or of the kit that is delivered, or empty.
        :return: the shares of each such move to be; whoever uses the first takes it
            away.
        """
        return self._shares[line.id, bom_line.id, product.id]

    def remember(self, key, find):
        """What ``find()`` said the first time: during a procurement it stays true.

        Core asks the same of each move; for its rules, kits and reordering rules the
        answer depends on the product (and what is in ``key``) alone.
        """
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]
