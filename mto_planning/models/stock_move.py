from odoo import api, fields, models
from odoo.fields import Command

from .errand import Errand
from .mrp_bom_line import SUPPLIES
from .mto_progress import is_started
from .purchase_order_line import UNORDERED


def _way_of(move):
    """What goods must have in common to be one transfer."""
    return (
        move.partner_id,
        move.picking_type_id,
        move.location_id,
        move.location_dest_id,
    )


class StockMove(models.Model):
    _inherit = "stock.move"

    mto_line_id = fields.Many2one(
        "sale.order.line",
        string="Made to Order For",
        index="btree_not_null",
        groups="base.group_user",
        help="The sales order line that this move serves.",
    )
    mto_supply = fields.Selection(
        SUPPLIES,
        string="Supply",
        readonly=True,
        help="How the order comes by this, decided when it was confirmed.",
    )

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        fields = super()._prepare_merge_moves_distinct_fields()
        return fields + ["mto_line_id", "mto_supply"]

    @api.model
    def _prepare_merge_negative_moves_excluded_distinct_fields(self):
        """Less of an order is less of what it delivers, whenever that is due.

        Core would let the customer send back what is not delivered yet.
        """
        fields = super()._prepare_merge_negative_moves_excluded_distinct_fields()
        if self.mto_line_id:
            fields += ["mto_supply", "procure_method", "date_deadline"]
        return fields

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Supply each move as the order's plan has decided."""
        moves = self + self._mto_decide()
        moves._mto_apply_supply()
        return super(StockMove, moves)._action_confirm(
            merge=merge, merge_into=merge_into, create_proc=create_proc
        )

    def _get_backorder_move_vals(self):
        """What is asked of vendors for a component is for all parts of its order."""
        values = super()._get_backorder_move_vals()
        if self.mto_line_id:
            asked = self.created_purchase_line_ids
            values["created_purchase_line_ids"] = [Command.set(asked.ids)]
        return values

    # Reordering rules: most parts of an order have none

    def _update_orderpoints(self):
        return super(StockMove, self._mto_get_replenished())._update_orderpoints()

    def _mto_update_orderpoints(self):
        """Core's, of many moves at once: first look which products have rules."""
        ruled = self._mto_get_ruled_ids(self.product_id.ids)
        self.filtered(lambda move: move.product_id.id in ruled)._update_orderpoints()

    def _mto_get_ruled_ids(self, product_ids):
        """Of products, those that have reordering rules."""
        # Superuser: as core's ``_update_orderpoints``, whoever moves the goods.
        rules = self.env["stock.warehouse.orderpoint"].sudo()
        found = rules.search([("product_id", "in", list(product_ids))])
        return set(found.product_id.ids)

    def _trigger_scheduler(self):
        return super(StockMove, self._mto_get_replenished())._trigger_scheduler()

    def _mto_get_replenished(self):
        """While a plan is made: those of products that have reordering rules."""
        plan = Errand.of(self.env).plan
        if not plan:
            return self
        known = plan.remember("replenished", dict)
        asked = set(self.product_id.ids) - known.keys()
        if asked:
            asked |= plan.product_ids
            ruled = self._mto_get_ruled_ids(asked)
            known.update((product_id, product_id in ruled) for product_id in asked)
        return self.filtered(lambda move: known[move.product_id.id])

    # Delivered together

    def _mto_get_shipment(self):
        """The installation that this leaves together with; empty: with its order."""
        self.ensure_one()
        project = self.sale_line_id._mto_get_shared_projects()
        leaves = self.location_id.usage == "internal" and self._mto_leaves()
        return project if leaves else project.browse()

    def _key_assign_picking(self):
        project = self._mto_get_shipment()
        return (*super()._key_assign_picking(), project, project and self.partner_id)

    def _search_picking_for_assignation_domain(self):
        """One transfer for all orders of an installation that is delivered at once."""
        domain = super()._search_picking_for_assignation_domain()
        project = self._mto_get_shipment()
        if project:
            apart = ("reference_ids", "production_group_id", "partner_id")
            domain = [leaf for leaf in domain if leaf[0] not in apart]
            domain.append(("partner_id", "=", self.partner_id.id))
        return [*domain, ("mto_project_id", "=", project.id)]

    def _get_new_picking_values(self):
        project = self[:1]._mto_get_shipment()
        return {**super()._get_new_picking_values(), "mto_project_id": project.id}

    def _mto_regroup(self):
        """Bring what has not begun to leave into the transfers that it leaves with."""
        strays = self.filtered(
            lambda move: (
                move._mto_may_change_transfer()
                and move.picking_id.mto_project_id != move._mto_get_shipment()
            )
        )
        for project, moves in strays.grouped(lambda m: m._mto_get_shipment()).items():
            stay = moves._mto_lend_transfers() if project else moves._mto_keep_firsts()
            (moves - stay)._mto_change_transfers()
            stay.picking_id.mto_project_id = project

    def _mto_may_change_transfer(self):
        """Whether it waits in a transfer that nobody has begun."""
        self.ensure_one()
        picking = self.picking_id
        is_open = self.state not in ("draft", "done", "cancel")
        return bool(picking) and is_open and not (self.picked or picking.printed)

    def _mto_lend_transfers(self):
        """Let the first transfer of each way become that of all, under its number.

        :return: the moves of these transfers.
        """
        stay = self.browse()
        for moves in self.grouped(_way_of).values():
            whole = moves.picking_id.filtered(
                lambda picking, moves=moves: picking.move_ids <= moves
            ).sorted("id")
            if whole and not moves[0]._search_picking_for_assignation():
                whole[0].mto_project_id = moves[0]._mto_get_shipment()
                stay |= whole[0].move_ids
        return stay

    def _mto_keep_firsts(self):
        """Let each transfer that was shared be that of its first order again.

        :return: the moves of these orders.
        """
        stay = self.browse()
        for picking, moves in self.grouped("picking_id").items():
            if moves == picking.move_ids:
                first = moves[0].sale_line_id.order_id
                stay |= moves.filtered(lambda m, o=first: m.sale_line_id.order_id == o)
        return stay

    def _mto_change_transfers(self):
        """Find transfers anew; those that are left empty go."""
        before = self.picking_id
        self.picking_id = False
        self._assign_picking()
        for picking, moves in self.grouped("picking_id").items():
            moves.move_line_ids.picking_id = picking
        before.filtered(lambda picking: not picking.move_ids).unlink()

    def _mto_leave(self):
        """Leave transfers that other orders share for one of their order alone."""
        open_moves = self.filtered(lambda move: move.state not in ("done", "cancel"))
        ways = open_moves.grouped(lambda m: (m.picking_id, m.sale_line_id.order_id))
        for (picking, order), moves in ways.items():
            if picking.move_ids.sale_line_id.order_id == order:
                continue
            values = moves._get_new_picking_values()
            own = picking.create({**values, "mto_project_id": False})
            moves.picking_id = own
            moves.move_line_ids.picking_id = own

    def _action_done(self, cancel_backorder=False):
        done = super()._action_done(cancel_backorder=cancel_backorder)
        # Superuser: whoever ships may not read sales orders.
        done._mto_get_shipped().sudo().mto_line_id._mto_close()
        return done

    def _mto_get_shipped(self):
        """Those that have brought goods to a customer."""
        return self.filtered(
            lambda move: (
                move.state == "done" and move.location_dest_id.usage == "customer"
            )
        )

    # Stock, or made or bought for the order

    def _mto_decide(self):
        """Say how the order comes by what has not been decided yet, by its plan.

        :return: new moves, of what stock gives where the rest is made or bought.
        """
        taken = []
        for move in self:
            if move.mto_line_id and not move.mto_supply and move._mto_is_first():
                taken += move._mto_decide_one()
        # Others confirm what they create: of nothing (core ``repair``) that never ends.
        return self.create(taken) if taken else self.browse()

    def _mto_is_first(self):
        """Whether this is about to look for goods in the factory."""
        self.ensure_one()
        return (
            self.state == "draft"
            and self.location_id.usage == "internal"
            and not self.move_orig_ids
            and self.product_uom_qty > 0
        )

    def _mto_decide_one(self):
        self.ensure_one()
        plan, line = Errand.of(self.env).plan, self.bom_line_id
        planned = plan and plan.shares(self.mto_line_id, line, self.product_id)
        if not planned:
            if line.mto_supply == "both":
                # Nothing says how much of it: stock may not be there any more.
                self.mto_supply = "order"
            return []
        if len(planned[0]) == 1:
            self.mto_supply = planned.pop(0)[0].supply
            return []
        # What is only moved to where this takes it is split where it comes from.
        return self._mto_split(*planned.pop(0)) if self._mto_is_replenished() else []

    def _mto_split(self, taken, ordered):
        """Let this be what is ordered.

        :return: list of values of the move of what stock gives.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        splitting = self.with_context(force_split_uom_id=unit.id)
        values = {
            **splitting._prepare_move_split_vals(taken.quantity),
            "mto_supply": taken.supply,
            "workorder_id": self.workorder_id.id,
        }
        values = self.copy_data(values)
        self.write(
            {
                "product_uom_qty": ordered.quantity,
                "product_uom": unit.id,
                "mto_supply": ordered.supply,
            }
        )
        return values

    def _mto_apply_supply(self):
        """Order what the plan orders and take what it takes, whatever the rules say."""
        moves = self.filtered(lambda move: move.mto_line_id and move._mto_is_first())
        moves.filtered(
            lambda move: (
                move.procure_method != "make_to_order" and move._mto_is_ordered()
            )
        ).procure_method = "make_to_order"
        moves.filtered(
            lambda move: (
                move.procure_method == "make_to_order"
                and move.mto_supply == "stock"
                and move._mto_is_replenished()
            )
        ).procure_method = "make_to_stock"

    def _mto_is_ordered(self):
        """Whether the order's plan makes or buys this for the order."""
        self.ensure_one()
        if self.mto_supply:
            return self.mto_supply == "order"
        # What is delivered: only a rule that looks at stock leaves it to the plan.
        return self.rule_id.procure_method == "mts_else_mto" and bool(
            self._mto_get_top_bom()
        )

    def _mto_is_replenished(self):
        """Whether what is missing where this takes it is made or bought, not moved."""
        self.ensure_one()
        rule = self.env["stock.rule"]._get_rule(
            self.product_id,
            self.location_id,
            {"warehouse_id": self.location_id.warehouse_id},
        )
        return rule.action in ("manufacture", "buy")

    def _prepare_procurement_qty(self):
        """What the plan orders, and nothing of what it takes, whatever the forecast."""
        quantities = super()._prepare_procurement_qty()
        return [
            move._mto_get_procurement_qty(quantity)
            for move, quantity in zip(self, quantities, strict=True)
        ]

    def _mto_get_procurement_qty(self, quantity):
        self.ensure_one()
        if not self.mto_supply:
            return quantity
        is_ordered = self.procure_method == "make_to_order"
        return self.product_uom_qty if is_ordered else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        """A component that is added to a manufacturing order is for its line, too."""
        return super().create([self._mto_add_line(vals) for vals in vals_list])

    @api.model
    def _mto_add_line(self, vals):
        production = vals.get("raw_material_production_id")
        if not production or "mto_line_id" in vals:
            return vals
        # Superuser: a subcontractor adds components, too, and does not know whose.
        line = self.env["mrp.production"].sudo().browse(production).mto_line_id
        return {**vals, "mto_line_id": line.id} if line else vals

    def _prepare_procurement_values(self):
        """Carry the order line, and the bill of materials that makes this for it."""
        values = super()._prepare_procurement_values()
        line = self.mto_line_id
        if line:
            values["mto_line_id"] = line.id
            values["mto_supply"] = self.mto_supply
            chosen = self.bom_line_id.mto_source
            if chosen:
                rule = line.warehouse_id._mto_get_rule(chosen)
                values["route_ids"] = rule.route_id
            bom = self.bom_line_id.mto_child_bom_id or self._mto_get_top_bom()
            if bom:
                values["bom_id"] = bom
        return values

    def _mto_get_need(self):
        """When the operation begins that a component goes into, if it names one."""
        self.ensure_one()
        return self.operation_id and self.workorder_id.date_start

    def _mto_get_top_bom(self):
        """The order's bill of materials for what this move delivers, if it is made."""
        if not self.sale_line_id:
            return self.env["mrp.bom"]
        return self.mto_line_id._mto_get_top_bom(self.product_id, self.bom_line_id)

    def _mto_get_cost(self):
        """What a done move's goods cost, in the company's currency.

        Core values what is storable; the rest has its standard cost.
        """
        self.ensure_one()
        if self.value:
            return abs(self.value)
        product = self.product_id.with_company(self.company_id)
        quantity = self.product_uom._compute_quantity(self.quantity, product.uom_id)
        return quantity * product.standard_price

    # Less than before

    def _mto_leaves(self):
        """Whether this takes goods on their way to the customer."""
        self.ensure_one()
        final = self.location_final_id or self.location_dest_id
        return bool(self.sale_line_id) and final.usage == "customer"

    def _mto_is_put_away(self):
        """Whether this brings to stock what a step before it has brought or made."""
        self.ensure_one()
        stock = self.location_dest_id.warehouse_id.lot_stock_id
        return bool(
            self.move_orig_ids
            and self.picking_id
            and self.location_id.usage == "internal"
            and stock
            and self.location_dest_id._child_of(stock)
        )

    def _mto_is_begun(self):
        """Whether anything is made or ordered already for these, at any level."""
        seen = waiting = self
        while waiting:
            productions = waiting.production_id
            moves = waiting | productions.move_raw_ids
            moves = moves.filtered(lambda move: move.state != "cancel")
            if any(map(is_started, productions)) or any(
                purchase.state not in UNORDERED
                for purchase in moves.created_purchase_line_ids
            ):
                return True
            # Also through transfers: parts are picked before they are used.
            waiting = moves.move_orig_ids - seen
            seen |= waiting
        return False

    def _mto_give_up(self, surplus):
        """Bring less, as far as that has not begun.

        :param surplus: in the product's unit.
        :return: by how much less, in the product's unit.
        """
        self.ensure_one()
        if self.state in ("done", "cancel") or self.picked:
            return 0.0
        if self.production_id:
            return self.production_id._mto_give_up(surplus)
        # What is ordered comes, and is put away.
        if self.location_id.usage != "internal" or self._mto_is_put_away():
            return 0.0
        given = min(surplus, self.product_qty)
        self._mto_set_quantity(self.product_qty - given)
        return given

    def _mto_follow_origins(self):
        """Put away no more than comes."""
        self.ensure_one()
        if self.state in ("done", "cancel") or not self._mto_is_put_away():
            return
        coming = sum(
            origin.product_qty
            for origin in self.move_orig_ids
            if origin.state != "cancel"
        )
        if coming < self.product_qty:
            self._mto_set_quantity(coming)

    def _mto_set_quantity(self, quantity):
        """Take another quantity, in the product's unit, without new procurements."""
        self.ensure_one()
        self._mto_set_quantities({self: quantity})

    @api.model
    def _mto_set_quantities(self, quantities):
        """Take other quantities, without new procurements.

        :param quantities: ``{move: quantity in the product's unit}``.
        """
        moves = self.browse().concat(*quantities)
        gone = moves.filtered(
            lambda one: one.product_id.uom_id.is_zero(quantities[one])
        )
        # Its manufacturing order goes on without this component.
        gone.with_context(skip_mo_check=True)._action_cancel()
        reserved = (moves - gone).filtered("quantity")
        # All at once: core flushes for each call.
        reserved._do_unreserve()
        for move in (moves - gone).with_context(no_procurement=True):
            move.product_uom_qty = move.product_id.uom_id._compute_quantity(
                quantities[move], move.product_uom
            )
        reserved._action_assign()

    def _mto_leave_rest(self, quantity):
        """Keep so much of what is reserved; returns a new move of the rest, if any.

        :param quantity: in the product's unit.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        surplus = self.product_qty - quantity
        if unit.compare(surplus, 0.0) <= 0:
            return self.browse()
        # First: the rest reserves what this lets go of.
        self.quantity = unit._compute_quantity(quantity, self.product_uom)
        rest = self.create(self._split(surplus))
        return rest._action_confirm(merge=False, create_proc=False)

    def _mto_split_off(self, quantity, source):
        """Let a new move take a part, in the product's unit; returns it.

        :param source: values that say where from.
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        values = {
            **self.with_context(force_split_uom_id=unit.id)._prepare_move_split_vals(
                quantity
            ),
            "workorder_id": self.workorder_id.id,
        }
        values["move_orig_ids"] = values["created_purchase_line_ids"] = False
        (vals,) = self.copy_data(values)
        taking = self.create({**vals, **source})
        self._mto_set_quantity(self.product_qty - quantity)
        return taking._action_confirm(merge=False, create_proc=False)

    def _mto_bring(self, quantity):
        """Make or buy for the order what nothing brings, whatever the rules say.

        :param quantity: in the product's unit; the rest is there or comes.
        """
        self.ensure_one()
        bringing = self
        if self.product_id.uom_id.compare(quantity, self.product_qty) < 0:
            unit = self.product_id.uom_id
            splitting = self.with_context(force_split_uom_id=unit.id)
            values = {
                **splitting._prepare_move_split_vals(quantity),
                "workorder_id": self.workorder_id.id,
                "move_orig_ids": False,
                "created_purchase_line_ids": False,
            }
            bringing = self.create(self.copy_data(values))
            self._mto_set_quantity(self.product_qty - quantity)
        bringing.write(
            {
                "state": "draft",
                "mto_supply": "order",
                "procure_method": "make_to_order",
                # What has ended brings nothing any more.
                "move_orig_ids": False,
            }
        )
        bringing._action_confirm(merge=False)

    def _mto_tell_need(self):
        """Have what brings components know when they are needed, the first last."""
        for move in self.sorted("date", reverse=True):
            if move.state not in ("done", "cancel"):
                move._mto_set_need(max(move.date, move._mto_get_need() or move.date))

    def _mto_set_need(self, moment):
        for origin in self.move_orig_ids:
            if origin.state in ("done", "cancel"):
                continue
            if origin.production_id:
                origin.production_id.mto_need_date = moment
            elif origin.purchase_line_id:
                origin.purchase_line_id.mto_need_date = moment
            else:
                origin.date = moment
                origin._mto_set_need(moment)

    def _mto_get_shrunk(self, factor):
        """Of one component, a share, which is rounded up; see ``_mto_get_less``."""
        whole = sum(self.mapped("product_qty"))
        left = self.product_id.uom_id.round(whole * factor, rounding_method="UP")
        return self._mto_get_less(whole - left)

    def _mto_get_less(self, surplus):
        """Of one component, less: first of what is made or bought for the order.

        :param surplus: in the product's unit.
        :return: ``{move: quantity in the product's unit}`` of those that take less.
        """
        unit, shrunk = self.product_id.uom_id, {}
        for move in self.sorted(lambda move: move.mto_supply == "stock"):
            given = min(surplus, move.product_qty)
            if unit.compare(given, 0.0) > 0:
                shrunk[move] = move.product_qty - given
                surplus -= given
        return shrunk

    # Made of other things than before

    def _mto_get_wish(self):
        """What the bill of materials asks for where this brings a component.

        As long as it is the same, this and all that brings it may stay.
        """
        self.ensure_one()
        line = self.bom_line_id
        child = line.mto_child_bom_id
        if self.mto_supply == "stock":
            # What is customised is not in stock; a copy that says the same is.
            child = bool(any(child._mto_get_tree().mapped("mto_digest")))
        return line.product_id, line.mto_source, line.mto_chosen_bom_id, child

    def _mto_get_last(self):
        """Of moves that bring something, those that put it into stock at last."""
        last = self
        while following := last.move_dest_ids.filtered(
            lambda move: (
                move._mto_is_put_away() and move.state not in ("done", "cancel")
            )
        ):
            last = following
        return last

    def _mto_get_kept(self):
        """What brings this though it is not needed, and why: ``(record, reason)``."""
        self.ensure_one()
        production, purchase = self.production_id, self.purchase_line_id
        if production:
            return production, "done" if self.state == "done" else "started"
        if purchase and self.location_id.usage == "supplier":
            return purchase, "received" if self.state == "done" else "ordered"
        return None, None
