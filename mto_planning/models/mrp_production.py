from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..bridge import to_seconds
from ..bridge.access import check_access
from ..bridge.figures import format_number
from .bulk import update_rows
from .errand import Errand
from .mto_progress import is_started


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    mto_line_id = fields.Many2one(
        "sale.order.line",
        string="Made to Order For",
        index="btree_not_null",
        readonly=True,
        groups="base.group_user",
        help="The sales order line that this is made for, at whatever level.",
    )
    # Not stored: deleting an order would clear two columns of one row by foreign keys,
    # and PostgreSQL, depending on their order, then checks one of a line that is gone.
    mto_order_id = fields.Many2one(
        related="mto_line_id.order_id",
        string="For Sales Order",
        groups="base.group_user",
    )
    mto_need_date = fields.Datetime(
        "Needed On",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When the level above, or the delivery, needs it.",
    )

    mto_note = fields.Text(related="bom_id.mto_note")
    mto_documents = fields.Json(related="bom_id.mto_documents")

    # Made from an order's bill of materials: all of a level at once

    @api.model_create_multi
    def create(self, vals_list):
        """Make all parts of an order's productions when core has made them all."""
        if not Errand.of(self.env).plan:
            return super().create(vals_list)
        parts = dict.fromkeys(("workorder_ids", "move_raw_ids", "move_finished_ids"))
        boms = self.env["mrp.bom"].browse(vals.get("bom_id") for vals in vals_list)
        productions = super().create(
            [
                {**vals, **parts} if bom.mto_is_order_bom else vals
                for vals, bom in zip(vals_list, boms, strict=True)
            ]
        )
        productions._mto_get_being_made()._mto_create_parts()
        return productions

    def _mto_get_being_made(self):
        """The manufacturing orders that core's procurement is making by a plan now.

        While their parts are written, core would compute them several times over and
        delete what was made before.
        """
        if not Errand.of(self.env).plan:
            return self.browse()
        return self.filtered(
            lambda production: (
                production.state == "draft" and production.bom_id.mto_is_order_bom
            )
        )

    def _compute_workorder_ids(self):
        others = self - self._mto_get_being_made()
        return super(MrpProduction, others)._compute_workorder_ids()

    def _compute_move_raw_ids(self):
        others = self - self._mto_get_being_made()
        return super(MrpProduction, others)._compute_move_raw_ids()

    def _compute_move_finished_ids(self):
        others = self - self._mto_get_being_made()
        return super(MrpProduction, others)._compute_move_finished_ids()

    @api.depends("mto_line_id")
    def _compute_date_deadline(self):
        """What is made for an order is due when the order is, also after that moved.

        Core keeps the first deadline, and writes it into the delivery at the next
        occasion.
        """
        for production in self.filtered("mto_line_id"):
            due = production.move_finished_ids.filtered("date_deadline")
            if due:
                production.date_deadline = min(due.mapped("date_deadline"))
        return super()._compute_date_deadline()

    def _compute_date_finished(self):
        """The plan's, also of orders without work orders, where core has its own."""
        planned = self._mto_get_being_made().filtered("bom_id.mto_date_finished")
        for production in planned:
            production.date_finished = production.bom_id.mto_date_finished
        others = self - planned
        try:
            return super(MrpProduction, others)._compute_date_finished()
        except OverflowError as error:
            # Core's arithmetic ends with the calendar.
            raise UserError(
                self.env._(
                    "Making %(quantity)s %(product)s takes longer than any calendar: "
                    "order fewer.",
                    quantity=format_number(self.env, max(others.mapped("product_qty"))),
                    product=others[:1].product_id.display_name,
                )
            ) from error

    def _mto_create_parts(self):
        """Create work orders, components and output, with the values that core gives.

        All at once, since one by one is most of the time that core takes.
        """
        self._mto_create_workorders()
        finished = [
            values
            for production in self
            for values in production._get_moves_finished_values()
        ]
        self.env["stock.move"].create(self._get_moves_raw_values() + finished)

    def _mto_create_workorders(self):
        """Create the work orders of order bills of materials, each at its time.

        Rank by rank, so that each is made knowing the ones that it waits for.
        """
        plan = Errand.of(self.env).plan
        created = {}
        for rank in _by_rank(self):
            values, spans = [], []
            for production, operation, blockers in rank:
                span = plan.take_operation(operation)
                blocking = [created[production, blocker].id for blocker in blockers]
                values.append(
                    production._mto_prepare_workorder(operation, blocking, span)
                )
                name = f"{production.name} - {operation.name}"
                spans.append(span and (name, *span[:2]))
            workorders = self.env["mrp.workorder"]._mto_create_booked(values, spans)
            for (production, operation, _), workorder in zip(
                rank, workorders, strict=True
            ):
                created[production, operation] = workorder

    def _mto_prepare_workorder(self, operation, blocking_ids, span):
        """Values of a work order, as core's, complete."""
        self.ensure_one()
        return {
            "name": operation.name,
            "production_id": self.id,
            "workcenter_id": span[2] if span else operation.workcenter_id.id,
            "product_uom_id": self.product_uom_id.id,
            "operation_id": operation.id,
            "sequence": operation.sequence,
            "cost_mode": operation.cost_mode,
            "state": "blocked" if blocking_ids else "ready",
            "blocked_by_workorder_ids": [Command.set(blocking_ids)],
        }

    def _link_workorders_and_moves(self):
        """Core's; what ``_mto_create_workorders`` made knows its place already."""
        if self in self._mto_get_being_made():
            return None
        return super()._link_workorders_and_moves()

    def _get_move_raw_values(
        self, product, product_uom_qty, product_uom, operation_id=False, bom_line=False
    ):
        values = super()._get_move_raw_values(
            product, product_uom_qty, product_uom, operation_id, bom_line
        )
        values["mto_line_id"] = self.mto_line_id.id
        if bom_line and bom_line.mto_supply != "both":  # that is split by the plan
            values["mto_supply"] = bom_line.mto_supply
        if operation_id and self._mto_get_being_made():
            workorder = self._mto_get_workorder(operation_id)
            values["workorder_id"] = workorder.id
            # Not needed before the operation that it goes into begins.
            values["date"] = workorder.date_start or values["date"]
        return values

    def _mto_get_workorder(self, operation_id):
        return self.workorder_ids.filtered(
            lambda workorder: workorder.operation_id.id == operation_id
        )[:1]

    def _get_move_finished_values(
        self,
        product_id,
        product_uom_qty,
        product_uom,
        operation_id=False,
        byproduct_id=False,
        cost_share=0,
    ):
        values = super()._get_move_finished_values(
            product_id,
            product_uom_qty,
            product_uom,
            operation_id,
            byproduct_id,
            cost_share,
        )
        # A by-product is nobody's order: it goes to stock.
        values["mto_line_id"] = False if byproduct_id else self.mto_line_id.id
        if operation_id and self._mto_get_being_made():
            values["workorder_id"] = self._mto_get_workorder(operation_id).id
        return values

    def _post_run_manufacture(self, post_production_values):
        """Confirm an order's production level by level: all of a level at once."""
        result = super()._post_run_manufacture(post_production_values)
        plan = Errand.of(self.env).plan
        if plan:
            noted = self.filtered(lambda production: production.id in plan.notes)
            noted._message_log_batch(plan.notes)
            plan.notes.clear()
        ordered = self.filtered(
            lambda production: production.mto_line_id and production.state == "draft"
        )
        # What a component needs that is added by hand is procured, too: core means the
        # component alone, and forgets its parts.
        ordered.with_context(no_procurement=False).action_confirm()
        return result

    def message_post_with_source(self, source_ref, *, render_values=None, **kwargs):
        """Where an order's production comes from is noted for a level at once."""
        plan = Errand.of(self.env).plan
        if not plan or source_ref != "mail.message_origin_link":
            return super().message_post_with_source(
                source_ref, render_values=render_values, **kwargs
            )
        plan.notes[self.id] = self.env["ir.qweb"]._render(
            source_ref, render_values, minimal_qcontext=True
        )
        return self.env["mail.message"]

    # Split and merged

    def _get_backorder_mo_vals(self):
        """A part of an order is needed when all of it is."""
        return {**super()._get_backorder_mo_vals(), "mto_need_date": self.mto_need_date}

    def _split_productions(self, *args, **kwargs):
        """Core's; it books as long for a part as for the whole, and no other part."""
        planned = self.filtered(lambda one: one.is_planned and one._mto_is_placed())
        productions = super()._split_productions(*args, **kwargs)
        waiting = self.filtered("mto_line_id").workorder_ids.filtered(
            lambda workorder: workorder.state in ("blocked", "ready")
        )
        waiting._mto_shrink(1.0)
        waiting.production_id._mto_span_work()
        families = planned.production_group_id
        parts = (productions - self).filtered(
            lambda one: one.production_group_id in families
        )
        parts._mto_place_parts()
        return productions

    def action_merge(self):
        """What is merged is made for the order line that its parts were made for."""
        values = {
            "default_mto_line_id": self.mto_line_id[:1].id,
            "default_mto_need_date": min(
                filter(None, self.mapped("mto_need_date")), default=False
            ),
        }
        was_planned = any(one.is_planned and one._mto_is_placed() for one in self)
        action = super(MrpProduction, self.with_context(**values)).action_merge()
        if was_planned:
            self.browse(action["res_id"])._mto_place_parts()
        return action

    def _mto_place_parts(self):
        """Book the work of orders that were made of planned ones.

        What finds no time stays without one: people split what they make.
        """
        waiting = self.filtered(
            lambda one: (
                one.state in ("confirmed", "progress")
                and one.workorder_ids
                and not one.is_planned
            )
        )
        for productions in waiting.grouped("company_id").values():
            productions._mto_find_place(keep_planned=True)

    def _prepare_merge_orig_links(self):
        """Core's; it forgets what is only asked of vendors yet, and who makes it."""
        links = super()._prepare_merge_orig_links()
        ours = self.filtered("mto_line_id").move_raw_ids
        for line, moves in ours.grouped("bom_line_id").items():
            asked, made = moves.created_purchase_line_ids, moves.created_production_id
            if asked:
                links[line.id]["created_purchase_line_ids"] = [Command.set(asked.ids)]
            if made:
                links[line.id]["created_production_id"] = made[:1].id
        return links

    # Planning an order that exists

    def button_plan(self):
        """Place orders that are made for a customer where they can be in time.

        With what they wait for: no order is placed before its sub-assemblies.
        """
        ours = self.filtered(lambda one: not one.is_planned and one._mto_is_placed())
        ours.filtered(lambda one: one.state == "draft").action_confirm()
        for productions in (
            ours._mto_with_unplanned_children().grouped("company_id").values()
        ):
            productions._mto_place(keep_planned=True)
        return super(MrpProduction, self - ours).button_plan()

    def _plan_workorders(self, replan=False):
        if self._mto_is_placed() and self.workorder_ids:
            self._link_workorders_and_moves()
            self._mto_place(keep_planned=not replan)
            return None
        self.company_id._mto_guard_plan()
        return super()._plan_workorders(replan=replan)

    def _mto_is_placed(self):
        """Whether this add-on's planner plans it: not what core makes for stock."""
        self.ensure_one()
        return bool(self.mto_line_id)

    def _mto_with_unplanned_children(self):
        """These and all orders below them that have no plan yet."""
        found, waiting = self, self
        while waiting:
            origins = waiting.move_raw_ids.move_orig_ids
            while origins - origins.filtered("production_id"):
                deeper = origins.move_orig_ids - origins
                if not deeper:
                    break
                origins |= deeper
            waiting = origins.production_id.filtered(
                lambda one: (
                    one.state == "confirmed"
                    and not one.is_planned
                    and one._mto_is_placed()
                )
            )
            waiting -= found
            found |= waiting
        return found

    def _mto_place_again(self, method):
        """Find other times for what is not begun, but not within the fixed days.

        :param method: see ``mto.planner.replan``.
        """
        days = self.company_id.mto_frozen_days
        fixed = to_seconds(fields.Datetime.now() + timedelta(days=days))
        self._mto_place(False, method=method, frozen_until=fixed, fixed_until=fixed)

    def _mto_get_tops(self):
        """Of these, those that make what is delivered."""
        return self.filtered(lambda one: not one.bom_id.mto_parent_line_id)

    def _mto_place(self, keep_planned, **options):
        """Plan; as core's button, say so if there is no time at all."""
        unplanned = self._mto_find_place(keep_planned, **options)
        if unplanned:
            raise UserError(
                self.env._(
                    "%(name)s cannot be planned. %(reason)s",
                    name=unplanned[0]["production"],
                    reason=unplanned[0]["reason"],
                )
            )

    def _mto_find_place(self, keep_planned, **options):
        """Plan; returns what there is no time for, see ``mto.planner.replan``."""
        placement = self.env["mto.planner"]._place(
            self, keep_planned=keep_planned, **options
        )
        return placement.as_dict()["unplanned"]

    def _mto_set_dates(self, spans):
        """Set the planned dates of manufacturing orders and of their moves.

        As core's ``write`` of them, but for many at once, and without undoing a plan.

        :param spans: ``{manufacturing order: (start, finish)}``, naive UTC.
        """
        moved = {
            production: span
            for production, span in spans.items()
            if (production.date_start, production.date_finished) != span
        }
        raw, finished = {}, {}
        for production, (start, finish) in moved.items():
            raw.update(
                (move.id, (move._mto_get_need() or start,) * 2)
                for move in production.move_raw_ids
            )
            finished.update(
                (move.id, (finish,)) for move in production.move_finished_ids
            )
        moves = self.env["stock.move"]
        update_rows(moves, ("date", "date_deadline"), _open(moves, raw))
        update_rows(moves, ("date",), _open(moves, finished))
        moves.browse([*raw, *finished])._mto_update_orderpoints()
        # Last: core's compute of the output finds each move in its place already.
        update_rows(
            self,
            ("date_start", "date_finished"),
            {production.id: span for production, span in moved.items()},
        )

    # Less than before

    def _mto_give_up(self, surplus):
        """Make less, or nothing, if nothing of it has begun.

        :param surplus: in the product's unit.
        :return: by how much less, in the product's unit.
        """
        self.ensure_one()
        if is_started(self) or self.qty_producing:
            return 0.0
        unit = self.product_id.uom_id
        given = min(surplus, self.product_uom_qty)
        left = self.product_uom_qty - given
        if unit.is_zero(left):
            # Without core's activities on what goes with it.
            self.with_context(skip_activity=True).action_cancel()
            self.is_planned = False
        else:
            self._mto_shrink(unit._compute_quantity(left, self.product_uom_id))
        return given

    def _mto_get_arriving(self):
        """The moves that bring what is made into stock, if it is not there yet."""
        finished = self.move_finished_ids.filtered(
            lambda move: (
                move.product_id == self.product_id
                and move.state not in ("done", "cancel")
            )
        )
        return finished._mto_get_last()

    def _mto_cancel_kept(self, _quantity, _reason):
        """Stop what is made for nobody, all of it."""
        self.ensure_one()
        moves = self.move_raw_ids | self.move_finished_ids
        if self.qty_produced or moves.filtered(lambda move: move.state == "done"):
            raise UserError(
                self.env._(
                    "“kept”: %s has used or made something already: it cannot be "
                    "stopped. Finish it for stock, or scrap it.",
                    self.name,
                )
            )
        self.workorder_ids.end_all()
        self.with_context(skip_activity=True).action_cancel()
        self.is_planned = False

    def _mto_shrink(self, quantity):
        """Make a smaller quantity of an order that has not begun, where it is planned.

        As core's ``change.production.qty``, which rounds each part of a component up,
        asks for procurements again, and leaves the bookings as long as they were.

        :param quantity: in the order's unit.
        """
        self.ensure_one()
        factor = quantity / self.product_qty
        quantities = {
            move: move.product_qty * factor
            for move in self.move_finished_ids
            if move.state not in ("done", "cancel")
        }
        components = self.move_raw_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        for moves in components.grouped(lambda move: move.bom_line_id or move).values():
            quantities.update(moves._mto_get_shrunk(factor))
        self.env["stock.move"]._mto_set_quantities(quantities)
        self.product_qty = quantity
        self.workorder_ids._mto_shrink(factor)
        self._mto_span_work()

    def _mto_span_work(self):
        """Last from the first to the last work that is booked."""
        spans = {}
        for production in self:
            booked = production.workorder_ids.filtered("leave_id")
            if booked:
                start = min(booked.mapped("date_start"))
                spans[production] = (start, max(booked.mapped("date_finished")))
        self._mto_set_dates(spans)

    def action_view_mto_line(self):
        """Open the made-to-order line that this is made for."""
        self.ensure_one()
        check_access(self, "read")
        return self.mto_line_id.action_mto_open()


def _open(moves, rows):
    """Of moves' rows, those that are still to come."""
    return {
        move.id: rows[move.id]
        for move in moves.browse(rows)
        if move.state not in ("done", "cancel")
    }


def _by_rank(productions):
    """The operations of manufacturing orders, those that wait for none first.

    :return: list of lists of ``(production, operation, operations that block it)``.
    """
    ranks = defaultdict(list)
    for production in productions:
        rank_of = {}
        for operation, blockers in production.bom_id._mto_get_sequence():
            rank = 1 + max((rank_of[blocker] for blocker in blockers), default=-1)
            rank_of[operation] = rank
            ranks[rank].append((production, operation, blockers))
    return [ranks[rank] for rank in sorted(ranks)]
