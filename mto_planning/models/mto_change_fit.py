"""Supply that follows demand, from what is delivered downwards."""

from contextlib import contextmanager

from odoo import api, models

from .errand import Errand
from .mto_pegs import Pegs
from .mto_picture import Picture


class MtoChanger(models.AbstractModel):
    """Makes the supply of order lines fit what is wanted of them.

    What has not begun shrinks or goes; what has begun, is ordered or is there stays,
    and what of it nobody needs is free stock.
    """

    _inherit = "mto.changer"

    @contextmanager
    def _following(self, lines):
        """Let all that is made and bought for lines follow what is done within.

        :param lines: confirmed ones, of which less will be wanted.
        """
        # Superuser: whoever changes an order may not read production and purchases.
        lines = lines.sudo().filtered("mto_is_made_to_order")
        if not lines:
            yield
            return
        lines.company_id._mto_guard_plan()
        pegs, before = Pegs(lines), {line: Picture(line) for line in lines}
        quantities = {line: line.product_uom_qty for line in lines}
        told = lines.order_id.filtered(lambda order: order._mto_is_told_date())
        yield
        measured = self.env["mto.progress"]._prepare_nothing()
        # Not measured again after each record that changes.
        with self.env.protecting([lines._fields[name] for name in measured], lines):
            self._fit(pegs)
        lines._compute_mto_progress()
        for line in lines:
            line._mto_scale_estimate(quantities[line])
            if line.state == "sale" and not line._mto_is_dropped():
                reason = self.env._("There is less to make.")
                line._mto_follow_finish(reason)
            else:
                line._mto_drop()
        told.filtered(lambda order: order.state == "sale")._mto_tell_latest()
        lines._mto_close()
        if not Errand.of(self.env).is_planner:
            self._tell_difference(pegs, before)

    @contextmanager
    def _following_date(self, lines, requested=None):
        """Plan lines anew for the date that is asked for after what is done within.

        :param lines: confirmed ones, made to order.
        :param requested: that date, if it is not one of the line.
        """
        # Superuser: as in ``_following``.
        lines = lines.sudo()
        if not lines or Errand.of(self.env).is_planner:
            yield
            return
        lines.company_id._mto_guard_plan()
        pegs, before = Pegs(lines), {line: Picture(line) for line in lines}
        yield
        for line in lines:
            if line.state == "sale" and not line._mto_is_dropped():
                line._mto_replan(
                    self.env._("Another date was requested."),
                    line.mto_requested_date or requested or False,
                )
        self._tell_difference(pegs, before)

    @api.model
    def _fit(self, pegs):
        """Let all supply of lines shrink to what is needed.

        :param pegs: the ``Pegs`` of the lines before the change.
        """
        # Fewer of a level need fewer of those below it: until nothing shrinks.
        while any([self._fit_group(pegs, group) for group in pegs.groups]):
            pass
        for move in pegs.moves:
            move._mto_follow_origins()
        self._release(pegs)

    @api.model
    def _fit_group(self, pegs, group):
        """Shrink the sources of moves; says whether anything did.

        The last first, but what nothing is done for yet before what there is.
        """
        surplus, shrunk = pegs.surplus(group), False
        origins, requests, needs = group
        unit = needs.product_id[:1].uom_id
        for source in [
            *requests.exists().sorted("id", reverse=True),
            *origins.sorted(lambda move: (move._mto_is_begun(), -move.id)),
        ]:
            if unit.compare(surplus, 0.0) <= 0:
                break
            given = source._mto_give_up(surplus)
            shrunk |= unit.compare(given, 0.0) > 0
            surplus -= given
        return shrunk

    @api.model
    def _release(self, pegs):
        """What serves an order line no more is nobody's: free stock, or will be."""
        serving = pegs.serving()
        lost = pegs.moves.exists().filtered(lambda move: move.state != "cancel")
        lost -= serving
        productions = lost.production_id - serving.production_id
        lost |= productions.move_raw_ids.filtered(lambda move: not move.move_orig_ids)
        lost.mto_line_id = False
        # Core counts what is delivered by the oldest move of a sales order line.
        lost.filtered("production_id").sale_line_id = False
        productions.mto_line_id = False
        needed = serving.created_purchase_line_ids | serving.purchase_line_id
        purchases = pegs.lines.mto_purchase_line_ids - needed
        purchases.filtered(lambda one: one.state != "cancel").mto_line_id = False
