"""What brings what order lines need, from one level to the next."""

from .purchase_order_line import UNORDERED


class Pegs:
    """What brings what order lines need, as it was before a change.

    Core cuts these links as soon as a move is cancelled.

    :param lines: as superuser.
    """

    def __init__(self, lines):
        self.lines = lines
        self.moves = lines.env["stock.move"].search(
            [("mto_line_id", "in", lines.ids), ("state", "!=", "cancel")]
        )
        # What is released has none afterwards.
        self.line_of = {move: move.mto_line_id for move in self.moves}
        self._origins = {move: move.move_orig_ids for move in self.moves}
        self._dests = {move: move.move_dest_ids for move in self.moves}
        self._requests = {
            move: move.created_purchase_line_ids.filtered(
                lambda request: request.state in UNORDERED
            )
            for move in self.moves
        }
        self._forgotten = self.moves.browse()
        self.groups = self._get_groups()
        # What was too much before is somebody's wish: a buyer's, a planner's.
        self._wished = {group[2]: max(0.0, self.rest(group)) for group in self.groups}

    def _get_groups(self):
        """Sources, and the moves that they are for, those with a common one together.

        :return: list of ``(moves that bring, requests for quotation, moves that need)``
        """
        groups, group_of = {}, {}
        for move in self.moves:
            group = self._origins[move], self._requests[move], move
            sources = [*group[0], *group[1]]
            for key in {group_of[one] for one in sources if one in group_of}:
                other = groups.pop(key)
                group = tuple(one | two for one, two in zip(group, other, strict=True))
            if sources:
                groups[move] = group
                group_of.update(dict.fromkeys([*group[0], *group[1]], move))
        return list(groups.values())

    def surplus(self, group):
        """By how much a change leaves sources with too much, in the product's unit."""
        return self.rest(group) - self._wished[group[2]]

    def rest(self, group):
        """By how much more is brought than is needed, in the product's unit."""
        origins, requests, needs = group
        needs -= self._forgotten
        brought = sum(map(quantity_of, origins)) + sum(
            requests.exists().mapped("product_uom_qty")
        )
        others = self._get_others(origins, requests)
        return brought - sum(map(self._need, needs)) - sum(map(quantity_of, others))

    def _get_others(self, origins, requests):
        """What was given of sources since, also to other lines."""
        dests = origins.move_dest_ids | requests.exists().move_dest_ids
        return (dests - self.moves).filtered("mto_line_id")

    def _need(self, move):
        """What a move takes; what is only put away is needed as what waits for it."""
        quantity = quantity_of(move)
        if move.state in ("done", "cancel") or not move._mto_is_put_away():
            return quantity
        return min(quantity, sum(map(self._need, self._dests.get(move, ()))))

    def forget(self, move):
        """A move needs none of its sources any more."""
        self._forgotten |= move
        self._origins[move] = move.browse()

    def serving(self):
        """The moves that bring, or have brought, something to the customer."""
        waiting = self.moves.filtered(
            lambda move: move.state != "cancel" and move._mto_leaves()
        )
        found = waiting.browse()
        while waiting:
            found |= waiting
            made = waiting.production_id
            # Those of before, which core may have cut, and those of since.
            origins = waiting.move_orig_ids.union(
                *(self._origins[move] for move in waiting if move in self._origins)
            )
            waiting = origins | made.move_raw_ids | made.move_finished_ids
            waiting = waiting.filtered(lambda move: move.state != "cancel") - found
        return found


def quantity_of(move):
    """What a move has moved or will, in the product's unit."""
    if move.state == "cancel":
        return 0.0
    if move.state == "done":
        return move.product_uom._compute_quantity(
            move.quantity, move.product_id.uom_id, rounding_method="HALF-UP"
        )
    return move.product_qty
