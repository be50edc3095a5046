from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..bridge.access import check_access
from ..bridge.parse import shown
from .sale_order_line import OPEN_STATES


class SaleOrderLine(models.Model):
    """What a line is made of: read, changed, made like the masters or another line."""

    _inherit = "sale.order.line"

    # Public interface

    @api.readonly
    def mto_get_structure(self):
        """What the line is made of, with costs and what differs from the masters.

        :return: a dictionary, see ``docs/api.md``.
        :raises UserError: the line is not made to order.
        :raises AccessError: a customer: costs are not his business.
        """
        self.ensure_one()
        check_access(self, "read")
        self._mto_check_employee()
        self._mto_check_made()
        return self.env["mto.bom.structure"]._get_structure(self)

    def mto_customise(self, changes):
        """Change what the line of a quotation is made of, all or nothing.

        The masters stay as they are; the line gets bills of materials of its own, at
        every made level, with its first change.

        :param list changes: dictionaries with ``type``, ``key`` (of a row) and the
            fields of the type, see ``docs/api.md``.
        :return: the new structure, as :meth:`mto_get_structure`.
        :raises UserError: or one of its kinds, which names the change and the field.
        """
        self._mto_check_customise()
        self.env["mto.bom.editor"]._customise(self, changes)
        return self.mto_get_structure()

    def mto_reset_structure(self):
        """Make the line of a quotation as the masters say again.

        :return: the new structure, as :meth:`mto_get_structure`.
        """
        self._mto_check_customise()
        self._mto_drop_boms()
        return self.mto_get_structure()

    def mto_refresh_structure(self):
        """Take what the masters have changed since the line was customised.

        Where the line has changed the same, it keeps its own.

        :return: the new structure, with ``conflicts``: what was not taken.
        """
        self._mto_check_customise()
        conflicts = self.env["mto.bom.editor"]._refresh(self)
        return {**self.mto_get_structure(), "conflicts": conflicts}

    def mto_take_structure_from(self, line_id):
        """Make the line of a quotation like another order line of the same product.

        :param int line_id: an order line that the user may read.
        :return: the new structure, as :meth:`mto_get_structure`.
        """
        self._mto_check_customise()
        other = self._mto_check_other(line_id)
        self._mto_guard_structure()
        with self.env.cr.savepoint():
            self._mto_drop_boms()
            self._mto_take(other)
        return self.mto_get_structure()

    # What is checked before

    def _mto_guard_structure(self):
        """Let one change at a time be made to what a line is made of.

        Two first changes at once would each make copies of all levels. A lock does not
        help, see ``res.company._mto_guard_plan``; this lets the second one fail, and
        Odoo repeats it on what the first has left.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order_line SET write_date = write_date WHERE id IN %s",
                tuple(self.ids),
            )
        )

    def _mto_check_employee(self):
        if not (self.env.su or self.env.user._is_internal()):
            raise AccessError(
                self.env._("Only employees may see what a line is made of.")
            )

    def _mto_check_made(self):
        if not self.mto_is_made_to_order:
            raise UserError(
                self.env._("%s is not made to order.", self.product_id.display_name)
            )

    def _mto_check_customise(self):
        self.ensure_one()
        check_access(self, "write")
        self._mto_check_employee()
        self._mto_check_made()
        structure = self.env["mto.bom.structure"]
        if structure._is_confirmed(self):
            raise UserError(
                self.env._(
                    "%s is confirmed: planners change what it is made of with its "
                    "production (“structure” of “mto_apply_change”).",
                    self.order_id.name,
                )
            )
        refusal = structure._get_refusal(self)
        if refusal:
            kind = UserError if structure._may_edit() else AccessError
            raise kind(f"{self.order_id.name}: {refusal}")

    def _mto_check_other(self, line_id):
        """The line that a structure is to be taken from."""
        if not isinstance(line_id, int) or line_id is True or line_id < 1:
            raise ValidationError(
                self.env._(
                    "“line_id” must be the id of an order line, not “%s”.",
                    shown(line_id),
                )
            )
        other = self.browse(line_id)
        if other == self:
            raise ValidationError(
                self.env._("“line_id”: a line cannot be made like itself.")
            )
        check_access(other, "read")
        problem = self._mto_get_difference(other)
        if problem:
            raise ValidationError(self.env._("“line_id”: %s", problem))
        return other

    def _mto_get_difference(self, other):
        """Why the line cannot be made like another one; empty if it can."""
        if other.product_id != self.product_id:
            return self.env._(
                "%(order)s is about %(other)s, not %(product)s.",
                order=other.order_id.name,
                other=other.product_id.display_name,
                product=self.product_id.display_name,
            )
        if other.company_id != self.company_id:
            return self.env._("%s is of another company.", other.order_id.name)
        if not other._mto_has_own_boms():
            return self.env._(
                "%s has no bill of materials of its own.", other.order_id.name
            )
        return ""

    # Its bills of materials

    def _mto_has_own_boms(self):
        """Whether it has any, told to whoever may read the line."""
        # Superuser: not everybody who may read an order reads its bills of materials.
        return bool(self.sudo().mto_bom_ids)

    def _mto_make_alike(self):
        """Copy what new lines are to be made like, where that can be."""
        # Superuser: bills of materials are not for whoever copies a quotation.
        for line in self.sudo().filtered("mto_like_line_id"):
            other = line.mto_like_line_id
            other.with_user(self.env.user).check_access("read")
            if (
                line.state in OPEN_STATES
                and not line.mto_bom_ids
                and not line._mto_get_difference(other)
            ):
                line._mto_take(other)

    def _mto_take(self, other):
        """Copy the bills of materials of another line."""
        # Superuser: the copies are of the user's own quotation; he may read the other.
        line, other = self.sudo(), other.sudo()
        line.mto_like_line_id = other
        self.env["mto.planner"]._copy_levels(line, other)

    def _mto_drop_boms(self):
        """Delete the lines' own bills of materials that nothing is made with."""
        # Superuser: who may write or delete the line may do so with what is only its.
        self.sudo().mto_bom_ids._mto_drop()
