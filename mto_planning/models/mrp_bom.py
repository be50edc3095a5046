from odoo import api, fields, models
from odoo.fields import Command, Domain

# Behind every bill of materials that a user made: a copy's sequence 0 would come first.
ORDER_BOM_SEQUENCE = 9999


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    mto_is_order_bom = fields.Boolean(
        "Made for One Order",
        copy=False,
        readonly=True,
        help="Used for one order line only; no other demand ever finds it.",
    )
    mto_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        readonly=True,
        help="The sales order line that this bill of materials was made for. Nothing "
        "else is ever made with it.",
    )
    mto_order_id = fields.Many2one(
        related="mto_line_id.order_id", string="Sales Order of the Line"
    )
    mto_template_bom_id = fields.Many2one(
        "mrp.bom",
        string="Made From",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The bill of materials that this one was copied from.",
    )
    mto_parent_line_id = fields.Many2one(
        "mrp.bom.line",
        string="Component Of",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="cascade",
        help="The component line of the level above that this level makes.",
    )
    mto_date_start = fields.Datetime("Planned Start", copy=False, readonly=True)
    mto_date_finished = fields.Datetime("Planned Finish", copy=False, readonly=True)

    @api.model
    def _bom_find_domain(
        self, products, picking_type=None, company_id=False, bom_type=False
    ):
        """An order's bill of materials is found by no search: only by its owner."""
        domain = super()._bom_find_domain(
            products,
            picking_type=picking_type,
            company_id=company_id,
            bom_type=bom_type,
        )
        return Domain(domain) & Domain("mto_is_order_bom", "=", False)

    @api.depends("mto_line_id")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for bom in self.filtered("mto_line_id"):
            bom.display_name = f"{bom.mto_order_id.name}: {bom.display_name}"
        return result

    def _mto_read_ahead(self):
        """Read what planning looks at, for all bills of materials at once."""
        attribute_values = "bom_product_template_attribute_value_ids"
        for name in (
            f"bom_line_ids.{attribute_values}",
            f"operation_ids.{attribute_values}",
            "operation_ids.blocked_by_operation_ids",
            "operation_ids.time_cycle",
            "operation_ids.workcenter_id.capacity_ids",
            "operation_ids.workcenter_id.alternative_workcenter_ids.capacity_ids",
        ):
            self.mapped(name)

    def _mto_get_operations(self, boms, product, never_values):
        """Operations of the work orders that core makes, as a list in its order.

        :param boms: what ``explode`` returned first: this one and the kits in it.
        Mirrors ``mrp.production._compute_workorder_ids`` and
        ``_resequence_workorders`` (core ``mrp``): kits' operations come first.
        """
        self.ensure_one()
        own, kits = [], []
        for bom, data in boms:
            parent_line = data["parent_line"]
            if parent_line and parent_line.bom_id.operation_ids == bom.operation_ids:
                continue
            made = parent_line.product_id if parent_line else product
            operations = bom.operation_ids.filtered(
                lambda op, made=made: not op._skip_operation_line(made, never_values)
            )
            (own if bom == self else kits).extend(operations)
        return kits + own

    def _mto_get_own_operations(self):
        """Operations of an order's bill of materials, which has no kits, in order."""
        self.ensure_one()
        return self.operation_ids.sorted(lambda op: (op.sequence, op.id))

    # Copying a level for an order

    @api.model
    def _mto_create_order_boms(self, line, answer):
        """Make an order line's own bills of materials for all its made levels.

        Levels that have one already (made when it was customised, or for an earlier
        quantity) are used as they are.

        :param answer: the plan of the line; says what is made and what is in stock.
        :return: ``{level path: mrp.bom}``.
        """
        boms, parts = {}, {}
        for level in answer.made_levels:
            bom = level.bom
            if not bom.mto_is_order_bom:
                parent = parts.get(level.path, self.env["mrp.bom.line"])
                bom = self._mto_create_order_bom(line, level, parent)
                parent.mto_child_bom_id = bom
            boms[level.path] = bom
            parts.update(bom._mto_record_supply(level, answer))
        return boms

    @api.model
    def _mto_create_order_bom(self, line, level, parent):
        """Copy one level: components, operations with their order, by-products."""
        never_values = line.product_no_variant_attribute_value_ids
        master = level.bom
        bom = self.with_context(tracking_disable=True).create(
            master._mto_prepare_order_bom(line, level, parent)
        )
        operations = bom._mto_copy_operations(level)
        bom.write(
            {
                "bom_line_ids": master._mto_prepare_order_lines(
                    level, never_values, operations
                ),
                "byproduct_ids": master._mto_prepare_byproducts(
                    level, never_values, operations
                ),
            }
        )
        return bom

    def _mto_copy_operations(self, level):
        """Copy the operations of a level here.

        :return: ``{operation of the master or a kit in it: its copy}``.
        """
        Operation = self.env["mrp.routing.workcenter"].with_context(
            tracking_disable=True
        )
        copies = Operation.create(
            [
                record._mto_prepare_order_operation(self, position)
                for position, record in enumerate(level.operation_records)
            ]
        )
        copy_of = dict(zip(level.operation_records, copies, strict=True))
        for record, copied in copy_of.items():
            blockers = [
                copy_of[blocker].id
                for blocker in record.blocked_by_operation_ids
                if blocker in copy_of
            ]
            if blockers:
                copied.blocked_by_operation_ids = [Command.set(blockers)]
        return copy_of

    def _mto_record_supply(self, level, answer):
        """Write down how the plan comes by each component, and when it is made.

        :return: ``{path of the component: mrp.bom.line}``.
        """
        self.ensure_one()
        start, finish = answer.level_span(level)
        self.write({"mto_date_start": start, "mto_date_finished": finish})
        lines = self.bom_line_ids.sorted(lambda line: (line.sequence, line.id))
        parts = {}
        for component in level.components:
            line = lines[component.path[-1]]
            supply = "order" if answer.is_made_for_order(component) else "stock"
            if line.mto_supply != supply:
                line.mto_supply = supply
            parts[component.path] = line
        return parts

    def _mto_prepare_order_bom(self, line, level, parent_line):
        """Values of the bill of materials of one made level of an order.

        Kits are dissolved and the variant's choices are made, so that a later change
        of the master changes nothing here.
        """
        self.ensure_one()
        return {
            "product_tmpl_id": level.product.product_tmpl_id.id,
            "product_id": level.product.id,
            "product_qty": self.product_qty,
            "product_uom_id": self.product_uom_id.id,
            "code": self.code,
            "type": "normal",
            "sequence": ORDER_BOM_SEQUENCE,
            "company_id": line.company_id.id,
            "picking_type_id": self.picking_type_id.id,
            "ready_to_produce": self.ready_to_produce,
            "consumption": self.consumption,
            "produce_delay": self.produce_delay,
            "allow_operation_dependencies": self.allow_operation_dependencies,
            "mto_is_order_bom": True,
            "mto_line_id": line.id,
            "mto_template_bom_id": self.id,
            "mto_parent_line_id": parent_line.id,
        }

    def _mto_prepare_order_lines(self, level, never_values, operations):
        """Commands for the component lines of the copy."""
        self.ensure_one()
        _boms, exploded = self.explode(
            level.product,
            1.0,
            picking_type=self.picking_type_id,
            never_attribute_values=never_values,
        )
        return [
            Command.create(
                {
                    "product_id": source.product_id.id,
                    "product_qty": data["qty"],
                    "product_uom_id": source.product_uom_id.id,
                    "operation_id": _copied(source.operation_id, operations),
                    "sequence": position,
                }
            )
            for position, (source, data) in enumerate(exploded, start=1)
        ]

    def _mto_prepare_byproducts(self, level, never_values, operations):
        """Commands for the by-products of the copy."""
        self.ensure_one()
        return [
            Command.create(
                {
                    "product_id": byproduct.product_id.id,
                    "product_qty": byproduct.product_qty,
                    "product_uom_id": byproduct.product_uom_id.id,
                    "operation_id": _copied(byproduct.operation_id, operations),
                    "cost_share": byproduct.cost_share,
                    "sequence": byproduct.sequence,
                }
            )
            for byproduct in self.byproduct_ids
            if not byproduct._skip_byproduct_line(level.product, never_values)
        ]

    @api.autovacuum
    def _gc_mto_order_boms(self):
        """Delete order bills of materials whose order is gone and that made nothing."""
        orphans = self.with_context(active_test=False).search(
            [("mto_is_order_bom", "=", True), ("mto_line_id", "=", False)], limit=1000
        )
        used = self.env["mrp.production"]._read_group(
            [("bom_id", "in", orphans.ids)], ["bom_id"]
        )
        (orphans - self.concat(*(bom for (bom,) in used))).unlink()


def _copied(operation, operations):
    """Id of the copy of an operation, if it was copied."""
    return operations[operation].id if operation in operations else False
