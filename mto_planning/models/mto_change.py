"""Changes of confirmed order lines, carried through all levels of what brings them."""

from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..bridge import to_seconds
from ..bridge.changes import SPOKEN_KINDS
from .errand import Errand
from .mto_pegs import Pegs
from .mto_picture import Picture
from .mto_progress import is_started
from .trial import SILENT, taken_back


class MtoChanger(models.AbstractModel):
    """Changes confirmed lines, and what is made and bought for them.

    Here: one change of one line, tried or done. What it may say is read in
    ``mto_change_values.py``; supply is made to fit in ``mto_change_fit.py``; what is
    too much then is dealt with in ``mto_change_kept.py``; what happened is told in
    ``mto_change_report.py``.
    """

    _name = "mto.changer"
    _description = "Changes After Confirmation"

    @api.model
    def _preview(self, line, values):
        """What :meth:`_apply` would do, by doing it and taking it back."""
        with taken_back(self.env):
            report = self._change(line.with_context(**SILENT), values)
        for row in report["rows"]:
            if row["action"] == "new":
                # It is not there any more.
                row.update(id=False, name=False)
        return report

    @api.model
    def _apply(self, line, values):
        """Change a line and all that is made and bought for it, and tell it."""
        undo = self._prepare_undo(line, values)
        report = self._change(line, values)
        line.mto_undo = undo and {**undo, "after": self._get_state(line)}
        self._tell(line.order_id, [report])
        self._tell_repegged(line.order_id, report["repegged"])
        return report

    @api.model
    def _change(self, line, values):
        """Do it, but tell nobody.

        :param line: as superuser, of a confirmed order.
        :param values: checked, see :meth:`_parse`.
        :return: what it did, see ``docs/api.md``.
        """
        line.company_id._mto_guard_plan()
        pegs, before, others = Pegs(line), Picture(line), self._get_others(line)
        told = self._get_told(line)
        self._do(Errand.give(line, is_planner=True), values, pegs)
        kept, repegged = self._settle(line, pegs, values)
        line.env.flush_all()
        after = Picture(line, before)
        return {
            "line_id": line.id,
            "order": line.order_id.name,
            "product_id": line.product_id.id,
            "product": line.product_id.display_name,
            "before": told,
            "after": self._get_told(line),
            "rows": self._compare(before, after),
            "kept": kept,
            "repegged": repegged,
            "others": self._compare_others(others, self._get_others(line)),
            "cost": self._get_cost(line, before, after),
        }

    @api.model
    def _do(self, line, values, pegs):
        if "undo" in values:
            values = self._get_undo_values(line)
        is_fresh, productions = self._is_fresh(line), line._mto_get_open_productions()
        usual = max(filter(None, productions.mapped("priority")), default="0")
        priority = values.get("priority", usual)
        was_planned = productions.filtered("is_planned")
        is_shaped = self._do_structure(line, values, pegs, is_fresh)
        is_less = self._do_quantity(line, values, is_fresh)
        requested = values.get("requested_date")
        if requested is not None:
            line.mto_requested_date = requested
        if line._mto_is_dropped():
            return
        if requested is not None:
            line._mto_replan(self.env._("Another date was requested."), requested)
        elif is_shaped and was_planned:
            line._mto_replan(self.env._("It is made of other things than before."))
        elif is_less and is_fresh and was_planned == productions:
            line._mto_replan(self.env._("There is less to make."))
        line._mto_get_open_productions().priority = priority
        if values.get("go_first"):
            self._go_first(line)

    @api.model
    def _do_structure(self, line, values, pegs, is_fresh):
        """Make the line of other things; says whether it is."""
        shaper, editor = self.env["mto.shaper"], self.env["mto.bom.editor"]
        if self._is_spoken(values):
            editor._customise(line, values["structure"])
            return False
        if values.get("remembered"):
            edit = partial(editor._restore, remembered=values["remembered"])
        elif values.get("structure"):
            edit = partial(editor._customise, changes=values["structure"])
        else:
            return False
        shaper._reshape(line, edit, is_fresh)
        self._fit(pegs)
        self._reuse(line, pegs.moves)
        return True

    @api.model
    def _is_spoken(self, values):
        """Whether the structure gets notes and drawings only."""
        return all(
            isinstance(change, dict) and change.get("type") in SPOKEN_KINDS
            for change in values.get("structure", [None])
        )

    @api.model
    def _do_quantity(self, line, values, is_fresh):
        """Order another quantity; says whether it is less."""
        quantity = values.get("product_uom_qty", line.product_uom_qty)
        if quantity > line.product_uom_qty and is_fresh:
            # One order for each level, made anew, instead of a second one.
            line.product_uom_qty = 0.0
        is_less = quantity < line.product_uom_qty
        if quantity != line.product_uom_qty:
            line.product_uom_qty = quantity
        return is_less

    @api.model
    def _go_first(self, line):
        """Plan the line before all others, which may move."""
        productions = line._mto_get_open_productions()
        productions.priority = "1"
        planner, company = self.env["mto.planner"], line.company_id
        fixed = to_seconds(
            fields.Datetime.now() + timedelta(days=company.mto_frozen_days)
        )
        everybody = line.env["mrp.production"].search(
            planner._get_open_domain(company.id)
        )
        placement = planner._place(everybody, frozen_until=fixed, fixed_until=fixed)
        planner._log_moves(
            [row for row in placement.as_dict()["orders"] if row["line_id"] != line.id]
        )
        line._mto_follow_finish(self.env._("It goes before other orders."))

    @api.model
    def _is_fresh(self, line):
        """Whether nothing of it is begun, delivered, or asked of a vendor."""
        moves = line.env["stock.move"].search([("mto_line_id", "=", line.id)])
        purchases = line.mto_purchase_line_ids
        return (
            not any(map(is_started, line._mto_get_open_productions()))
            and not moves.filtered(lambda move: move.state == "done")
            and set(purchases.mapped("state")) <= {"draft", "cancel"}
        )

    # Taking it back

    @api.model
    def _get_state(self, line):
        """What a change may change, as plain values that can be compared."""
        requested = line.mto_requested_date
        return {
            "product_uom_qty": line.product_uom_qty,
            "requested_date": fields.Datetime.to_string(requested),
            "build": line.mto_build,
            "state": line.state,
        }

    @api.model
    def _prepare_undo(self, line, values):
        """What takes a change back as long as nothing of the line has begun.

        :return: plain values, or ``False`` where there is no way back.
        """
        if "undo" in values or values.get("go_first") or not self._is_fresh(line):
            return False
        productions = line._mto_get_open_productions()
        remembered = (
            self.env["mto.bom.editor"]._remember(line) if "structure" in values else []
        )
        return {
            "before": self._get_state(line),
            "priority": max(filter(None, productions.mapped("priority")), default="0"),
            "remembered": remembered,
            "user_id": self.env.uid,
            "date": fields.Datetime.to_string(fields.Datetime.now()),
        }

    @api.model
    def _get_undo_values(self, line):
        undo = line.mto_undo
        problem = self._get_undo_problem(line)
        if problem:
            raise UserError(problem)
        before, after = undo["before"], undo["after"]
        values = {"priority": undo["priority"], "remembered": undo["remembered"]}
        if before["product_uom_qty"] != after["product_uom_qty"]:
            values["product_uom_qty"] = before["product_uom_qty"]
        if before["requested_date"] != after["requested_date"]:
            requested = before["requested_date"]
            values["requested_date"] = fields.Datetime.to_datetime(requested) or False
        return values

    @api.model
    def _get_undo_problem(self, line):
        """Why the last change of a line cannot be taken back; empty if it can."""
        name = line.order_id.name
        if not line.mto_undo:
            return self.env._("%s: there is no change to take back.", name)
        if line.mto_undo["after"] != self._get_state(line):
            return self.env._("%s has been changed otherwise since.", name)
        if not self._is_fresh(line):
            return self.env._(
                "%s: something has begun, or is ordered, since the change. Change it "
                "once more instead.",
                name,
            )
        return ""
