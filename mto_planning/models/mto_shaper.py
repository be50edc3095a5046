"""Confirmed lines that are made of other things than before."""

from collections import defaultdict
from typing import Any, NamedTuple

from odoo import api, models
from odoo.exceptions import UserError

from ..bridge import ProductionPlan
from .bom_content import find_changes
from .errand import Errand
from .mto_progress import is_started


class Shape(NamedTuple):
    """What a manufacturing order was made to, before its bill of materials changed.

    :param components: ``{move: (line of the bill of materials, what it asked for)}``.
    :param operations: ``{work order: (operation, what it asked for)}``.
    """

    components: dict[Any, tuple]
    operations: dict[Any, tuple]


class MtoShaper(models.AbstractModel):
    """Lets manufacturing orders that exist follow their orders' bills of materials.

    Only what differs is touched, and only where nothing has begun: a component that is
    asked for no more goes with all that was to bring it, another one is supplied as the
    planner says. Called by ``mto.changer``, which lets supply follow and plans anew.
    """

    _name = "mto.shaper"
    _description = "Production That Follows Its Bills of Materials"

    @api.model
    def _reshape(self, line, edit, is_fresh):
        """Change what a confirmed line is made of, and the production of it.

        :param line: as superuser.
        :param edit: what changes its bills of materials; a function of the line.
        :param is_fresh: whether nothing of it is begun or ordered.
        :raises UserError: it cannot be made so, or what would change has begun.
        """
        shapes = self._read_shapes(line)
        before = {bom: bom._mto_get_content() for bom in line.mto_bom_ids}
        tops = line.mto_bom_ids._mto_get_tops()
        edit(line)
        line.invalidate_recordset(["mto_bom_ids", "mto_bom_id"])
        self._check_open(line, before)
        if is_fresh:
            # What has no times yet grows, instead of a second order beside it.
            line._mto_get_open_productions().button_unplan()
        answer, boms = self._plan(line)
        # Without times and shares, which are those of the whole line: what is new of it
        # is placed with all the rest.
        plan = ProductionPlan([answer])
        supplies = self._record_new_levels(answer, boms)
        for production, shape in shapes.items():
            production = Errand.give(production, plan=plan)
            self._follow_operations(production, shape)
            self._follow_components(production, shape, supplies)
            production.is_outdated_bom = False
        self._estimate(line, answer)
        self._put_away(line, tops)

    @api.model
    def _read_shapes(self, line):
        """``{manufacturing order: its Shape}`` of those that nothing is begun of."""
        productions = line._mto_get_open_productions().filtered(
            lambda one: one.bom_id.mto_line_id == line and not is_started(one)
        )
        return {
            production: Shape(
                {
                    move: (move.bom_line_id, move._mto_get_wish())
                    for move in production.move_raw_ids
                    if move.bom_line_id and move.state not in ("done", "cancel")
                },
                {
                    workorder: (
                        workorder.operation_id,
                        workorder.operation_id._mto_get_content(),
                    )
                    for workorder in production.workorder_ids
                    if workorder.operation_id
                },
            )
            for production in productions
        }

    @api.model
    def _check_open(self, line, before):
        """What is made already, or has begun, is made as it was."""
        for bom, content in before.items():
            if not bom.exists() or not find_changes(content, bom._mto_get_content()):
                continue
            productions = line.mto_production_ids.filtered(
                lambda one, bom=bom: one.bom_id == bom and one.state != "cancel"
            )
            if productions and all(map(is_started, productions)):
                raise UserError(
                    self.env._(
                        "%(product)s: %(name)s has begun, so what it is made of stays. "
                        "Change the manufacturing order itself.",
                        product=bom.product_id.display_name,
                        name=", ".join(productions.mapped("name")),
                    )
                )

    @api.model
    def _plan(self, line):
        """How the planner would supply the line as it is now.

        :return: the ``Answer``, and ``{(line id, level path): mrp.bom}``.
        """
        planner = self.env["mto.planner"]
        _tree, boms = planner._copy_levels(line)
        (answer,) = planner._plan(
            [planner._check_request(planner._request_of_line(line))]
        )
        if not answer.feasible:
            raise UserError(
                self.env._(
                    "%(product)s cannot be made like this. %(reason)s",
                    product=line.product_id.display_name,
                    reason=answer.as_dict()["constraint"]["text"],
                )
            )
        return answer, boms

    @api.model
    def _record_new_levels(self, answer, boms):
        """Write down when levels that are new are made, and how their parts come.

        :return: ``{line of a bill of materials: its supply}`` of all made levels.
        """
        supplies = {}
        for level in answer.made_levels:
            bom = boms[answer.line.id, level.path]
            lines = bom._mto_get_lines()
            supplies.update(
                (lines[component.path[-1]], answer.supply(component))
                for component in level.components
            )
            if not bom.mto_date_finished:
                bom._mto_record_supply(answer, level)
        return supplies

    @api.model
    def _estimate(self, line, answer):
        line.mto_estimated_cost = 0.0
        self.env["mto.planner"]._estimate(line, [answer])

    # Components

    @api.model
    def _follow_components(self, production, shape, supplies):
        """Ask for what the bill of materials says now, and for nothing else."""
        moves = production.env["stock.move"]
        kept = defaultdict(moves.browse)
        less, more, new = {}, {}, []
        for move, (line, wish) in shape.components.items():
            if line.exists() and self._is_still_wanted(move, wish):
                kept[line.id] |= move
            else:
                less[move] = 0.0
        for values in production._get_moves_raw_values():
            present = kept[values["bom_line_id"]]
            unit, extra = self._get_extra(present, values)
            ordered = present.filtered(lambda move: move.mto_supply == "order")[:1]
            if unit.compare(extra, 0.0) < 0:
                less.update(present._mto_get_less(-extra))
            elif unit.compare(extra, 0.0) > 0 and ordered:
                more[ordered] = extra
            elif unit.compare(extra, 0.0) > 0:
                new.append({**values, "product_uom_qty": extra, "product_uom": unit.id})
        moves._mto_set_quantities(less)
        for move, extra in more.items():
            self._ask_for_more(move, extra)
        self._ask_for(production, new, supplies)

    @api.model
    def _is_still_wanted(self, move, wish):
        """Whether a move brings what is asked for; what came for it already does."""
        is_here = move.state == "assigned" and move.mto_supply == "order"
        is_same = move.bom_line_id.product_id == wish[0]
        return (is_here and is_same) or move._mto_get_wish() == wish

    @api.model
    def _get_extra(self, present, values):
        """By how much more of a component is needed than there is.

        :param present: the moves that bring it.
        :param values: of the one move that core would make.
        :return: ``(the product's unit, quantity)``.
        """
        product = present.env["product.product"].browse(values["product_id"])
        asked = present.env["uom.uom"].browse(values["product_uom"])
        whole = asked._compute_quantity(
            values["product_uom_qty"], product.uom_id, rounding_method="HALF-UP"
        )
        return product.uom_id, whole - sum(present.mapped("product_qty"))

    @api.model
    def _ask_for_more(self, move, extra):
        """Let a move take more: what comes for its line anyhow, then what is new.

        :param extra: in the product's unit.
        """
        unasked = self.env["mto.changer"]._get_unasked(move, extra)
        unit = move.product_id.uom_id
        if unit.compare(unasked, 0.0) > 0:
            move._mto_set_quantity(move.product_qty + unasked)
            extra -= unasked
        if unit.compare(extra, 0.0) > 0:
            # Core's own way for more of a component.
            move.product_uom_qty += unit._compute_quantity(extra, move.product_uom)

    @api.model
    def _ask_for(self, production, wanted, supplies):
        """Make component moves, supplied as the plan says."""
        if not wanted:
            return
        moves = production.env["stock.move"].create(wanted)
        production._link_workorders_and_moves()
        moves._adjust_procure_method()
        for move in moves:
            supply = supplies.get(move.bom_line_id)
            # A part of it from stock: the plan's share is of more than this.
            move.mto_supply = "order" if supply == "both" else supply
            move.bom_line_id.mto_supply = move.mto_supply
        moves._action_confirm(merge=False)

    # Operations

    @api.model
    def _follow_operations(self, production, shape):
        """Do the work that the bill of materials asks for now."""
        operations = production.bom_id._mto_get_own_operations()
        gone = production.env["mrp.workorder"]
        for workorder, (operation, asked) in shape.operations.items():
            if operation not in operations:
                gone |= workorder
            elif operation._mto_get_content() != asked:
                workorder._mto_follow_operation(asked)
        gone.unlink()
        known = production.workorder_ids.operation_id
        new = [
            production._mto_prepare_workorder(operation, [], None)
            for operation in operations - known
        ]
        if new:
            production.env["mrp.workorder"].create(new)
        if gone or new:
            production._link_workorders_and_moves()

    # Levels that are not in the line any more

    @api.model
    def _put_away(self, line, tops):
        """Archive bills of materials that nothing in the line is made with now.

        :param tops: those of what is delivered, before the change.
        """
        unused = line.mto_bom_ids - tops.exists()._mto_get_tree()
        unused._mto_put_away()
