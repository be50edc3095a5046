from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..bridge.access import check_access
from .mto_promise import SHARED_DATES


class SaleOrderLine(models.Model):
    """Changes of confirmed lines: ``mto.changer`` does them."""

    _inherit = "sale.order.line"

    mto_undo = fields.Json(
        copy=False,
        prefetch=False,
        groups="base.group_user",
        help="What takes the last change back: see mto_change.py.",
    )

    # Public interface

    def mto_preview_change(self, values):
        """What a change of a confirmed line would do; nothing is changed.

        Not ``@api.readonly``: it is done and taken back, so that what is shown is what
        happens.

        :param dict values: any of ``product_uom_qty`` (in the line's unit),
            ``requested_date`` (UTC, Odoo's format, or false), ``priority`` (``"0"`` or
            ``"1"``, of its manufacturing orders), ``structure`` (changes of what it is
            made of, as of :meth:`mto_customise`), ``go_first`` (true: before all
            others, which may move); or ``cancel`` (true) or ``undo`` (true: take back
            the last change) alone. For what is too much then: ``repeg`` (true: other
            orders have it), ``kept`` (what becomes of each, see ``docs/api.md``).
        :return: dictionary, see ``docs/api.md``.
        :raises UserError: not a line of a confirmed order that is made to order, or
            the order is locked.
        :raises ValidationError: a value that makes no sense; it names it.
        """
        line, parsed = self._mto_check_change(values)
        changer = self.env["mto.changer"]
        return changer._veil(changer._preview(line, parsed))

    def mto_apply_change(self, values):
        """Change a confirmed line and all that is made and bought for it, or nothing.

        Does what :meth:`mto_preview_change` says, and writes it on the order.

        :return: as :meth:`mto_preview_change`.
        """
        line, parsed = self._mto_check_change(values)
        changer = self.env["mto.changer"]
        return changer._veil(changer._apply(line, parsed))

    def _mto_check_change(self, values):
        """The line as superuser, and the values, if it may be changed so."""
        line = self._mto_check_changeable()
        return line, self.env["mto.changer"]._parse(line, values)

    def _mto_check_changeable(self):
        """The line as superuser, if the user may change it now."""
        self.ensure_one()
        check_access(self, "write")
        self.order_id.check_access("write")
        # Superuser: whoever may write an order may not always plan and buy.
        line = self.sudo()
        if line.state != "sale" or line.order_id.locked:
            raise UserError(
                self.env._(
                    "%s is not a confirmed order that may be changed: a quotation is "
                    "edited, a locked order unlocked first.",
                    line.order_id.name,
                )
            )
        if not line.mto_is_made_to_order:
            raise UserError(
                self.env._("%s is not made to order.", line.product_id.display_name)
            )
        return line

    # Plain writes

    @contextmanager
    def _mto_following(self, vals):
        """Carry less of a line, or another date, on to all that is made and bought."""
        changer, fewer = self.env["mto.changer"], self.browse()
        if "product_uom_qty" in vals:
            fewer = self._mto_get_less(vals["product_uom_qty"])
            self._mto_restore_boms(vals["product_uom_qty"])
        with (
            changer._following_date(self._mto_get_moved(vals)),
            changer._following(fewer),
        ):
            emptied = self.env["stock.move"]
            if fewer:
                # Superuser: whoever orders fewer may not read what is made for it.
                emptied = fewer.sudo()._mto_deliver_less(vals["product_uom_qty"])
            yield
            # Not before: core counts by the first move that is not cancelled, and would
            # ask for all of it again where that is one that makes it.
            emptied._action_cancel()

    def _mto_deliver_less(self, quantity):
        """Of a delivery in parts, take off first what nothing is done for yet.

        Core takes off the first that it finds; it leaves what is taken off already.

        :param quantity: that is wanted now, in the line's unit.
        :return: the moves that deliver nothing any more.
        """
        emptied = self.env["stock.move"]
        for line in self:
            moves = line._mto_get_open_deliveries().filtered(
                lambda move: not move.picked
            )
            if len(moves) < 2 or moves.product_id != line.product_id:
                continue
            if not quantity or len(moves.location_id) > 1:
                # Nothing to choose from; of several steps each has all of it.
                continue
            surplus = line.product_uom_id._compute_quantity(
                line.product_uom_qty - quantity, line.product_id.uom_id
            )
            for move in moves.sorted(
                lambda move: (
                    # What lies in stock is done.
                    move.mto_supply == "stock" or move._mto_is_begun(),
                    -move.id,
                )
            ):
                given = min(surplus, move.product_qty)
                surplus -= given
                if line.product_id.uom_id.is_zero(move.product_qty - given):
                    move._do_unreserve()
                    move.with_context(no_procurement=True).product_uom_qty = 0.0
                    emptied |= move
                elif given:
                    move._mto_set_quantity(move.product_qty - given)
        return emptied

    def _mto_is_dropped(self):
        """Whether a confirmed line is not wanted any more."""
        self.ensure_one()
        return self.state == "sale" and self.product_uom_id.is_zero(
            self.product_uom_qty
        )

    def _mto_get_less(self, quantity):
        """Confirmed lines made to order that want more than a quantity until now."""
        return self.filtered(
            lambda line: (
                line.state == "sale"
                and line.mto_is_made_to_order
                and line.product_uom_id.compare(quantity, line.product_uom_qty) < 0
            )
        )

    def _mto_get_moved(self, vals):
        """Confirmed lines made to order that get another requested date."""
        if "mto_requested_date" not in vals:
            return self.browse()
        date = fields.Datetime.to_datetime(vals["mto_requested_date"]) or False
        return self.filtered(
            lambda line: (
                line.state == "sale"
                and line.mto_is_made_to_order
                and line.mto_requested_date != date
            )
        )

    # The date follows

    def _mto_move_promise(self, shift, reason, requested=None):
        """Tell another date, because the production ends at another time.

        :param timedelta shift: by how much.
        :param reason: why, in one sentence.
        :param requested: what is asked for now; ``None``: as before.
        """
        self.ensure_one()
        promise, order = self.mto_promise_id, self.order_id
        if promise.state != "confirmed":
            return
        told = order.filtered(lambda order: order._mto_is_told_date())
        moved = promise.copy(
            {
                name: promise[name] + shift
                for name in (
                    *SHARED_DATES,
                    *SHARED_DATES.values(),
                    "date_50",
                    "date_90",
                )
                if promise[name]
            }
            | {
                "state": "confirmed",
                "user_id": self.env.uid,
                "quantity": self.product_uom_qty,
                "constraint_kind": "none",
                "constraint_text": reason,
                # They are those of a plan that does not hold any more.
                "steps": False,
            }
            | ({} if requested is None else {"requested_date": requested})
        )
        wanted = moved.requested_date
        moved.on_request = not wanted or moved.promise_date <= wanted
        promise.state = "superseded"
        self.mto_promise_id = moved
        told._mto_tell_latest()
        for move in self._mto_get_open_deliveries():
            move.date += shift
            move.date_deadline = order.commitment_date or moved.promise_date

    def _mto_set_delivery(self):
        """Deliver when it is promised: core merges with what stood earlier."""
        for move in self._mto_get_open_deliveries():
            date = self._mto_get_delivery_date(move)
            if date:
                move.date = date

    def _mto_get_delivery_date(self, move):
        """When a move of the delivery is planned; ``False`` without a plan."""
        date = self.mto_promise_id.shipping_date
        return date and date - timedelta(days=move.rule_id.delay)

    def _mto_get_open_deliveries(self):
        return self.move_ids.filtered(
            lambda move: move.picking_id and move.state not in ("done", "cancel")
        )

    def _mto_get_leaving(self):
        """Moves of what is still to leave, each piece once.

        Of several steps the last that is known: core makes the next one when a step
        is done.
        """
        return self.move_ids.filtered(
            lambda move: (
                move._mto_leaves()
                and move.location_id.usage == "internal"
                and move.state not in ("draft", "done", "cancel")
                and all(dest.state == "cancel" for dest in move.move_dest_ids)
            )
        )

    def _mto_get_open_productions(self):
        return self.mto_production_ids.filtered(
            lambda production: production.state not in ("done", "cancel")
        )

    def _mto_get_finish(self):
        """When the last of what is delivered is made by the plan, if there is one."""
        self.ensure_one()
        tops = self._mto_get_open_productions()._mto_get_tops()
        if not all(tops.mapped("is_planned")):
            return None
        return max(filter(None, tops.mapped("date_finished")), default=None)

    def _mto_follow_finish(self, reason, requested=None):
        """Tell the date at which the production ends now.

        :param reason: why it is another one than was promised.
        :param requested: see :meth:`_mto_move_promise`.
        """
        self.ensure_one()
        boms, after = self.mto_bom_ids._mto_get_tops(), self._mto_get_finish()
        before = max(filter(None, boms.mapped("mto_date_finished")), default=None)
        shift = after - before if before and after else timedelta()
        is_same = self.mto_promise_id.quantity == self.product_uom_qty
        if shift or requested is not None or not is_same:
            self._mto_move_promise(shift, reason, requested)
        if after:
            boms.mto_date_finished = after

    def _mto_follow_growth(self, known):
        """Take first what comes anyhow, and tell the date of all that is made now.

        :param known: the moves that served the line before it wanted more.
        """
        self.ensure_one()
        reason = self.env._("There is more to make.")
        is_less = self.env["mto.changer"]._reuse(self, known)
        if is_less and all(self._mto_get_open_productions().mapped("is_planned")):
            # What is here needs not wait for what would have been bought.
            self._mto_replan(reason)
        else:
            self._mto_follow_finish(reason)
        self._mto_set_delivery()

    def _mto_replan(self, reason, requested=None):
        """Place the line's open production anew.

        Just in time for the requested date if it can be held, else as early as
        possible.

        :param reason: why, in one sentence.
        :param requested: another date that is asked for; ``None``: as before.
        """
        self.ensure_one()
        promise = self.mto_promise_id
        wanted = self._mto_get_requested_date() if requested is None else requested
        productions = self._mto_get_open_productions()
        tops = productions._mto_get_tops()
        if wanted and promise.shipping_date:
            wanted = max(wanted, fields.Datetime.now())
            tops.mto_need_date = wanted - (promise.promise_date - promise.shipping_date)
        if productions:
            just_in_time = wanted and not self.company_id.mto_plan_early
            productions._mto_place_again("just_in_time" if just_in_time else "earliest")
        self._mto_follow_finish(reason, requested)
        tops.mto_need_date = self.mto_promise_id.shipping_date
        productions.move_raw_ids._mto_tell_need()

    def _mto_restore_boms(self, quantity):
        """A line that is wanted again is made of what it was made of."""
        self.filtered(
            lambda line: (
                line.mto_stage == "delivered"
                and line.product_uom_id.compare(quantity, line.product_uom_qty) > 0
            )
        )._mto_take_back_boms(Domain("mto_is_done", "=", True))
        again = self.filtered(
            lambda line: line.product_uom_id.is_zero(line.product_uom_qty)
        )
        if quantity:
            again._mto_take_back_boms()

    def _mto_take_back_boms(self, which=Domain.TRUE):
        """Make with the lines' archived bills of materials again.

        :param which: a domain; all of them without.
        """
        archived = Domain("mto_line_id", "in", self.ids) & Domain("active", "=", False)
        if self:
            # Superuser: whoever changes orders may not write bills of materials.
            self.env["mrp.bom"].sudo().search(archived & which)._mto_take_back()

    def _mto_put_away_boms(self):
        """Archive the bills of materials of lines of which all is delivered."""
        done = self.filtered(lambda line: not line._mto_get_open_productions())
        done.mto_bom_ids.filtered("active")._mto_put_away(mto_is_done=True)

    def _mto_drop(self):
        """Forget the date, and put away what nothing was made with."""
        self.ensure_one()
        promise = self.mto_promise_id
        if promise.state == "confirmed":
            promise.state = "superseded"
        boms = self.mto_bom_ids
        made = self.env["mrp.production"].search(
            [("bom_id", "in", boms.ids), ("state", "!=", "cancel")]
        )
        (boms - made.bom_id)._mto_put_away()

    # Costs follow

    def _mto_scale_estimate(self, before):
        """What it should cost is that of another quantity.

        :param before: the quantity that it was of.
        """
        self.ensure_one()
        left = self.product_uom_qty if self.state == "sale" else 0.0
        if before:
            self.mto_estimated_cost *= left / before

    # Actions

    def action_mto_change(self):
        """Button: change the confirmed line, after seeing what follows from it."""
        self.ensure_one()
        self._mto_check_changeable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change"),
            "res_model": "mto.change",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_id": self.id, "dialog_size": "extra-large"},
        }

    def action_mto_change_structure(self, changes):
        """Editor: see what follows from changes of what the confirmed line is made of.

        :param list changes: as of :meth:`mto_customise`.
        :return: the action of a dialog that shows it.
        """
        self.ensure_one()
        wizard = self.env["mto.change"].create(
            {"line_id": self.id, "structure": changes}
        )
        return wizard.action_preview()
