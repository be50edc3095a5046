from odoo import models
from odoo.exceptions import UserError


class StockMove(models.Model):
    """Nothing leaves for a customer that has not passed its inspection."""

    _inherit = "stock.move"

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        moves = super()._action_confirm(
            merge=merge, merge_into=merge_into, create_proc=create_proc
        )
        moves._mto_follow_inspections(may_lower=False)
        return moves

    def _action_cancel(self):
        result = super()._action_cancel()
        self._mto_follow_inspections()
        return result

    def write(self, vals):
        """Inspections know when it leaves, and when it is there."""
        result = super().write(vals)
        is_there = vals.get("state") in ("assigned", "partially_available")
        if is_there or "date" in vals:
            self._mto_follow_inspections(may_lower=False)
        return result

    def _action_done(self, cancel_backorder=False):
        """Looked at when it is done: all ways to ship end here, with what they ship."""
        done = super()._action_done(cancel_backorder=cancel_backorder)
        done._mto_check_inspected()
        done._mto_follow_inspections()
        return done

    def _mto_follow_inspections(self, may_lower=True):
        # Superuser: whoever moves the goods may not read sales orders.
        leaving = self.sudo().filtered(
            lambda move: move._mto_leaves() and move._mto_is_inspected()
        )
        leaving.sale_line_id._mto_sync_inspections(may_lower)

    def _mto_is_inspected(self):
        line = self.sale_line_id
        test = line._mto_get_inspection_test(self.product_id)
        return bool(test or line.mto_inspection_ids)

    def _mto_check_inspected(self):
        """Let go what has passed.

        :raises UserError: something leaves that has not passed.
        """
        # Superuser: whoever ships may read neither orders nor inspections.
        shipped = self.sudo()._mto_get_shipped()
        refused = shipped.filtered(lambda move: not move._mto_has_passed())
        if refused:
            raise UserError(
                self.env._(
                    "%(transfers)s cannot leave, this has not passed its inspection:\n"
                    "%(goods)s\n\n"
                    "Do the inspection first. Or let the rest leave without it: set "
                    "its quantity to 0, and keep it for a backorder. What has failed "
                    "is repaired first, and inspected again by the button on its "
                    "inspection.",
                    transfers=", ".join(refused.picking_id.mapped("name")),
                    goods="\n".join(move._mto_describe_refused() for move in refused),
                )
            )

    def _mto_has_passed(self):
        """Whether all of it has passed; what has is used up by that."""
        line, product, unit = self.sale_line_id, self.product_id, self.product_id.uom_id
        if not (line and line._mto_get_inspection_test(product)):
            return True
        quantity = self.product_uom._compute_quantity(self.quantity, unit)
        lacking = line._mto_get_inspections(product)._mto_ship(quantity)
        return unit.compare(lacking, 0.0) <= 0

    def _mto_describe_refused(self):
        inspections = self.sale_line_id._mto_get_inspections(self.product_id)
        states = dict(inspections._fields["state"]._description_selection(self.env))
        names = [
            f"{one.name} ({states[one.state]})"
            for one in inspections
            if one.state not in ("success", "canceled")
        ]
        return f"- {self.product_id.display_name}: " + (
            ", ".join(names) or self.env._("more than was ordered")
        )
