from collections import defaultdict
from graphlib import TopologicalSorter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ..bridge.access import check_access
from .bom_content import digest, find_changes, keyed, number
from .errand import Errand

# Behind every bill of materials that a user made: a copy's sequence 0 would come first.
ORDER_BOM_SEQUENCE = 9999

# Those of a line that tell what it is made of, also when its order is done and they are
# archived with it. The others that are archived made nothing.
OF_ITS_LINE = ["|", ("active", "=", True), ("mto_is_done", "=", True)]


class MrpBom(models.Model):
    _name = "mrp.bom"
    _inherit = ["mrp.bom", "mto.documented"]

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
        groups="base.group_user",
        help="The sales order line that this bill of materials was made for. Nothing "
        "else is ever made with it.",
    )
    mto_order_id = fields.Many2one(
        related="mto_line_id.order_id",
        string="Sales Order of the Line",
        groups="base.group_user",
    )
    mto_template_bom_id = fields.Many2one(
        "mrp.bom",
        string="Made From",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The bill of materials that this one was copied from.",
    )
    mto_parent_line_ids = fields.One2many("mrp.bom.line", "mto_child_bom_id")
    mto_parent_line_id = fields.Many2one(
        "mrp.bom.line",
        string="Component Of",
        compute="_compute_mto_parent_line_id",
        store=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The component line of the level above that this level makes.",
    )
    mto_kit_line_id = fields.Many2one(
        "mrp.bom.line",
        string="Delivered as Part of a Kit",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The kit's line that this makes: a kit may have the same part twice.",
    )
    mto_is_done = fields.Boolean(
        "Archived with Its Order",
        copy=False,
        readonly=True,
        help="All was delivered: nothing more is made with it, but it still tells what "
        "the order was made of.",
    )
    mto_base = fields.Json(
        copy=False,
        readonly=True,
        prefetch=False,
        help="What it said when it was copied: see bom_content.py.",
    )
    mto_digest = fields.Char(
        compute="_compute_mto_digest",
        store=True,
        help="Of an order's bill of materials that is not as it was copied.",
    )
    mto_note = fields.Text(
        "Note for Production",
        help="Shown on the manufacturing orders that are made with it: what is "
        "special, which drawing is valid.",
    )
    mto_document_ids = fields.One2many(
        "mto.document",
        "bom_id",
        string="Files of Drawings",
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user,"
        "stock.group_stock_user",
    )
    mto_date_start = fields.Datetime("Planned Start", copy=False, readonly=True)
    mto_date_finished = fields.Datetime("Planned Finish", copy=False, readonly=True)

    @api.depends("mto_parent_line_ids")
    def _compute_mto_parent_line_id(self):
        for bom in self:
            bom.mto_parent_line_id = bom.mto_parent_line_ids[:1]

    @api.depends(
        "mto_is_order_bom",
        "mto_base",
        "product_qty",
        "product_uom_id",
        "bom_line_ids.mto_origin",
        "bom_line_ids.mto_source",
        "bom_line_ids.product_id",
        "bom_line_ids.product_qty",
        "bom_line_ids.product_uom_id",
        "operation_ids.active",
        "operation_ids.mto_origin",
        "operation_ids.name",
        "operation_ids.time_cycle_manual",
        "operation_ids.workcenter_id",
    )
    def _compute_mto_digest(self):
        for bom in self:
            # Without a base it is still being copied, or older than this field.
            base = bom.mto_is_order_bom and bom.mto_base
            content = base and bom._mto_get_content()
            bom.mto_digest = digest(content) if content != base else False

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

    @api.model
    def _bom_find(self, products, picking_type=None, company_id=False, bom_type=False):
        """Core's; while a plan is made it is asked once for all products of it."""
        find = super()._bom_find
        errand = Errand.of(self.env)
        plan = errand.plan or errand.asked
        if not plan:
            return find(products, picking_type, company_id, bom_type)
        key = (picking_type and picking_type.id, company_id, bom_type, self.env.su)
        found = plan.remember(("_bom_find", key), dict)
        if not set(products.ids) <= found.keys():
            asked = products | products.browse(plan.product_ids)
            boms = find(asked, picking_type, company_id, bom_type)
            found.update((product.id, boms[product].id) for product in asked)
        result = defaultdict(self.browse)
        result.update(
            (product, self.browse(found[product.id]))
            for product in products
            if found[product.id]
        )
        return result

    @api.depends("mto_line_id")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Begins with the order, which a subcontractor need not know."""
        result = super()._compute_display_name()
        if not self.env.user._is_internal():
            return result
        for bom in self.filtered("mto_line_id"):
            bom.display_name = f"{bom.mto_order_id.name}: {bom.display_name}"
        return result

    def _mto_get_tops(self):
        """Of orders' bills of materials, those that make what is delivered."""
        return self.filtered(lambda bom: not bom.mto_parent_line_id)

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

    def _mto_get_lines(self):
        """Lines of an order's bill of materials, by their place in its explosion."""
        self.ensure_one()
        return self.bom_line_ids.sorted(lambda line: (line.sequence, line.id))

    def _mto_get_sequence(self):
        """Its operations, each behind those that it waits for.

        :return: list of ``(operation, operations that block it)``.
        """
        self.ensure_one()
        operations = self._mto_get_own_operations()
        if not self.allow_operation_dependencies:
            return [
                (operation, operations[max(0, position - 1) : position])
                for position, operation in enumerate(operations)
            ]
        blocked_by = {
            operation: operation.blocked_by_operation_ids & operations
            for operation in operations
        }
        return [
            (operation, blocked_by[operation])
            for operation in TopologicalSorter(blocked_by).static_order()
        ]

    # What it says

    def _mto_get_content(self):
        """What an order's bill of materials says, see ``bom_content.py``."""
        self.ensure_one()
        return {
            "level": {"": self._mto_get_batch()},
            "lines": {
                line._mto_get_key(): line._mto_get_content()
                for line in self._mto_get_lines()
            },
            "operations": {
                operation._mto_get_key(): operation._mto_get_content()
                for operation in self._mto_get_own_operations()
            },
        }

    def _mto_get_batch(self):
        return {"quantity": number(self.product_qty), "unit_id": self.product_uom_id.id}

    def _mto_get_master_content(self, product, never_values):
        """What a copy for an order of this master would say now."""
        self.ensure_one()
        boms, exploded = self.explode(
            product,
            1.0,
            picking_type=self.picking_type_id,
            never_attribute_values=never_values,
        )
        quantities = [number(data["qty"]) for _line, data in exploded]
        lines = keyed([line for line, _data in exploded])
        operations = self._mto_get_operations(boms, product, never_values)
        return {
            "level": {"": self._mto_get_batch()},
            "lines": {
                key: {**line._mto_get_content(), "quantity": quantity}
                for (key, line), quantity in zip(lines, quantities, strict=True)
            },
            "operations": {
                key: operation._mto_get_content()
                for key, operation in keyed(operations)
            },
        }

    def _mto_get_kept_content(self):
        """What it says, and what of it is kept though its master may drop it.

        That is what has drawings of the order, and what differs further down.
        """
        content = self._mto_get_content()
        rows = [
            *((("lines", line.mto_origin), line) for line in self.bom_line_ids),
            *((("operations", work.mto_origin), work) for work in self.operation_ids),
        ]
        for (section, key), row in rows:
            if key and row._mto_is_kept():
                content[section][key]["is_kept"] = True
        return content

    def _mto_get_own_changes(self):
        """What was changed in an order's bill of materials since it was copied."""
        self.ensure_one()
        base = self.mto_base
        return find_changes(base, self._mto_get_content()) if base else []

    def _mto_describe_own(self):
        """What an order's bill of materials has that its master has not, in words.

        :return: a line for each, empty if there is nothing.
        """
        self.ensure_one()
        structure = self.env["mto.bom.structure"]
        changes = self._mto_get_own_changes()
        names = structure._get_names(changes)
        texts = [structure._tell_change(change, names) for change in changes]
        texts += [
            self.env._("Note: %s", row.mto_note)
            for row, master in (
                (self, self.mto_template_bom_id),
                *(
                    (work, work.mto_template_operation_id)
                    for work in self.operation_ids
                ),
            )
            if row.mto_note and row.mto_note != master.mto_note
        ]
        texts += self._mto_get_own_documents().mapped("name")
        return "\n".join(texts)

    def _mto_get_master_changes(self):
        """What was changed in its master since it was copied."""
        self.ensure_one()
        base, master = self.mto_base, self.mto_template_bom_id
        if not base or not master:
            return []
        never_values = self.mto_line_id.product_no_variant_attribute_value_ids
        theirs = master._mto_get_master_content(self.product_id, never_values)
        for key, row in theirs["operations"].items():
            learned = base["operations"].get(key)
            if row.pop("is_learned", False) and learned:
                # A master that learns its times from work that was done is the same.
                row["minutes"] = learned["minutes"]
        return find_changes(base, theirs)

    def _mto_get_tree(self):
        """These and all levels below them, the lowest last."""
        boms, below = self, self.bom_line_ids.mto_child_bom_id
        while below - boms:
            boms |= below
            below = below.bom_line_ids.mto_child_bom_id
        return boms

    # Copying levels for orders

    @api.model
    def _mto_create_order_boms(self, answers):
        """Make order lines' own bills of materials, of all their made levels at once.

        Levels that have one already (made when it was customised, or for an earlier
        quantity) are used as they are.

        :param answers: plans of the lines (``Answer``), which say what is made and what
            is in stock, or what is copied before there is a plan (``Draft``).
        :return: ``{(line id, level path): mrp.bom}``.
        """
        levels = {
            (answer.line.id, level.path): (answer, level)
            for answer in answers
            for level in answer.made_levels
        }
        missing = [
            key
            for key, (answer, level) in levels.items()
            if level.bom.mto_line_id.id != answer.line.id
        ]
        created = self.with_context(tracking_disable=True).create(
            [levels[key][1].bom._mto_prepare_order_bom(*levels[key]) for key in missing]
        )
        boms = {key: level.bom for key, (_, level) in levels.items()}
        boms.update(zip(missing, created, strict=True))
        self._mto_copy_levels({key: levels[key] for key in missing}, boms)
        for key in levels.keys() - set(missing):
            answer, level = levels[key]
            boms[key]._mto_record_children(answer, level, boms)
            if not answer.is_draft:
                boms[key]._mto_record_supply(answer, level)
        return boms

    @api.model
    def _mto_copy_levels(self, levels, boms):
        """Copy operations, components and by-products of levels to their new owners.

        :param levels: ``{(line id, level path): (answer, level)}``.
        """
        copies = self._mto_copy_operations(levels, boms)
        sources, lines, byproducts = [], [], []
        for key, (answer, level) in levels.items():
            for source, values in self._mto_prepare_order_lines(
                answer, level, boms, copies[key]
            ):
                sources.append((key, source))
                lines.append(values)
            byproducts += boms[key]._mto_prepare_byproducts(answer, level, copies[key])
        for (key, source), line in zip(
            sources, self.env["mrp.bom.line"].create(lines), strict=True
        ):
            copies[key][source] = line
        self.env["mrp.bom.byproduct"].create(byproducts)
        self._mto_copy_documents(levels, boms, copies)
        for key, (_answer, level) in levels.items():
            # Of a copy of a copy, what counts is the difference to the master.
            is_copy = level.bom.mto_is_order_bom
            boms[key].mto_base = (
                level.bom.mto_base if is_copy else boms[key]._mto_get_content()
            )

    @api.model
    def _mto_copy_documents(self, levels, boms, copies):
        """Copy the drawings of levels.

        :param copies: ``{key of the level: {line or operation: its copy}}``.
        """
        Document = self.env["mto.document"]
        found = Document._find(
            self.browse({level.making.bom_id for _answer, level in levels.values()})
        )
        for owner, documents in found.items():
            source = documents.bom_id
            is_master = {} if source.mto_is_order_bom else {"is_from_master": True}
            for key, (_answer, level) in levels.items():
                if level.bom != source:
                    continue
                target = boms[key] if owner == source else copies[key].get(owner)
                if target:
                    documents._copy_to(boms[key], target, **is_master)

    @api.model
    def _mto_copy_operations(self, levels, boms):
        """Copy the operations of levels.

        :return: ``{key of the level: {operation of the master or a kit: its copy}}``.
        """
        Operation = self.env["mrp.routing.workcenter"]
        created = iter(
            Operation.with_context(tracking_disable=True).create(
                [
                    {
                        **record._mto_prepare_order_operation(boms[key], position),
                        "mto_origin": level.bom._mto_get_origin(record, origin),
                    }
                    for key, (_, level) in levels.items()
                    for position, (origin, record) in enumerate(
                        keyed(level.operation_records)
                    )
                ]
            )
        )
        copies = {}
        for key, (_, level) in levels.items():
            # The short side first: it must not take one of the next level's.
            copies[key] = dict(zip(level.operation_records, created, strict=False))
            if level.bom.allow_operation_dependencies:
                _copy_dependencies(copies[key])
        return copies

    def _mto_get_origin(self, row, origin):
        """The key of a row in the master that it was copied from, if it was."""
        return row.mto_origin if self.mto_is_order_bom else origin

    def _mto_record_supply(self, answer, level):
        """Write down how a plan comes by each component, and when it is made."""
        self.ensure_one()
        start, finish = answer.level_span(level)
        self.write({"mto_date_start": start, "mto_date_finished": finish})
        lines = self._mto_get_lines()
        for component in level.components:
            lines[component.path[-1]].mto_supply = answer.supply(component)

    def _mto_record_children(self, answer, level, boms):
        """Write down which bills of materials make the components of a level."""
        self.ensure_one()
        lines = self._mto_get_lines()
        for component in level.components:
            child = boms.get((answer.line.id, component.path))
            if child:
                lines[component.path[-1]].mto_child_bom_id = child

    def _mto_prepare_order_bom(self, answer, level):
        """Values of the bill of materials of one made level of an order.

        Kits are dissolved and the variant's choices are made, so that a later change
        of the master changes nothing here.
        """
        self.ensure_one()
        line = answer.line
        start, finish = answer.level_span(level)
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
            "mto_template_bom_id": (
                self.mto_template_bom_id if self.mto_is_order_bom else self
            ).id,
            "mto_kit_line_id": answer.network.components[level.path].part.bom_line_id
            if len(level.path) == 1
            else False,
            "mto_note": self.mto_note,
            "mto_date_start": start,
            "mto_date_finished": finish,
        }

    @api.model
    def _mto_prepare_order_lines(self, answer, level, boms, operations):
        """``(what is copied, values)`` of each component of the copy of a level."""
        components = {component.path[-1]: component for component in level.components}
        # In this environment core looks for kits once for all levels.
        master = level.bom.with_env(self.env)
        _boms, exploded = master.explode(
            level.product,
            1.0,
            picking_type=master.picking_type_id,
            never_attribute_values=answer.line.product_no_variant_attribute_value_ids,
        )
        origins = [origin for origin, _line in keyed([line for line, _ in exploded])]
        values = []
        for position, (source, data) in enumerate(exploded):
            component = components.get(position)
            child = component and boms.get((answer.line.id, component.path))
            line_values = {
                "bom_id": boms[answer.line.id, level.path].id,
                "product_id": source.product_id.id,
                "product_qty": data["qty"],
                "product_uom_id": source.product_uom_id.id,
                "operation_id": _copied(source.operation_id, operations),
                "sequence": position + 1,
                "mto_child_bom_id": child.id if child else False,
                "mto_supply": component and answer.supply(component),
                "mto_source": source.mto_source,
                "mto_chosen_bom_id": source.mto_chosen_bom_id.id,
                "mto_origin": level.bom._mto_get_origin(source, origins[position]),
            }
            values.append((source.with_env(self.env), line_values))
        return values

    def _mto_prepare_byproducts(self, answer, level, operations):
        """Values of the by-products of this copy of a level."""
        self.ensure_one()
        line = answer.line
        never_values = line.product_no_variant_attribute_value_ids
        return [
            {
                "bom_id": self.id,
                "product_id": byproduct.product_id.id,
                "product_qty": byproduct.product_qty,
                "product_uom_id": byproduct.product_uom_id.id,
                "operation_id": _copied(byproduct.operation_id, operations),
                "cost_share": byproduct.cost_share,
                "sequence": byproduct.sequence,
            }
            for byproduct in level.bom.byproduct_ids
            if not byproduct._skip_byproduct_line(level.product, never_values)
        ]

    @api.autovacuum
    def _gc_mto_order_boms(self):
        """Delete order bills of materials whose order is gone and that made nothing."""
        orphans = self.with_context(active_test=False).search(
            [("mto_is_order_bom", "=", True), ("mto_line_id", "=", False)], limit=1000
        )
        orphans._mto_drop()

    def _mto_put_away(self, **values):
        """Archive order bills of materials that nothing more is made with."""
        self.write({"active": False, **values})
        self._mto_look_again()

    def _mto_take_back(self):
        """Make with archived order bills of materials again."""
        self.write({"active": True, "mto_is_done": False})
        self._mto_look_again()

    def _mto_look_again(self):
        """Which of them belong to a line depends on what is archived."""
        self.mto_line_id.invalidate_recordset(["mto_bom_ids", "mto_bom_id"])

    def _mto_drop(self):
        """Delete order bills of materials that nothing is made with."""
        used = self.env["mrp.production"]._read_group(
            [("bom_id", "in", self.ids)], ["bom_id"]
        )
        (self - self.browse().concat(*(bom for (bom,) in used))).unlink()

    # Promoting

    def action_mto_promote(self):
        """Make the bill of materials of one order that of all to come.

        This level only: what is below is made by the masters of its products. The old
        masters stay, behind the new one.
        """
        self.ensure_one()
        self._mto_check_promote()
        master = self._mto_promote()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.bom",
            "res_id": master.id,
            "view_mode": "form",
        }

    def action_mto_open_promote(self):
        """Button: choose what of this level and those below becomes a master."""
        self.ensure_one()
        self._mto_check_promote()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Make It the Master"),
            "res_model": "mto.promote",
            "view_mode": "form",
            "target": "new",
            "context": {"default_bom_id": self.id},
        }

    def _mto_check_promote(self):
        if not self.env.user.has_group("mrp.group_mrp_manager"):
            raise AccessError(
                self.env._("Only managers of manufacturing may change masters.")
            )
        check_access(self, "read")
        if not all(self.mapped("mto_is_order_bom")):
            raise UserError(
                self.env._("%s is a master already.", self[:1].display_name)
            )

    def _mto_promote(self, variant=None, below=None):
        """Make it the first master of its product.

        :param variant: of another variant of it instead.
        :param below: ``{order bill of materials of a component: its new master}``, of
            what was promoted with it.
        :return: the master.
        """
        self.ensure_one()
        product = variant or self.product_id
        others = self.search(
            self._bom_find_domain(product, company_id=self.company_id.id)
        )
        is_of_all = not variant and len(self.product_tmpl_id.product_variant_ids) == 1
        master = self.copy(
            {
                "code": self.env._(
                    "From %s", self.mto_order_id.name or self.code or ""
                ),
                # A sequence that was never set comes last of all.
                "sequence": min([0, *others.mapped("sequence")]) - 1,
                "product_id": False if is_of_all else product.id,
            }
        )
        self._mto_promote_rows(master, below or {})
        return master

    def _mto_promote_rows(self, master, below):
        """Give a new master what core's copy leaves out: choices and drawings."""
        pairs = [
            (self, master),
            *zip(self._mto_get_lines(), master._mto_get_lines(), strict=True),
            *zip(
                self._mto_get_own_operations(),
                master._mto_get_own_operations(),
                strict=True,
            ),
        ]
        for row, copied in pairs:
            documents = row.mto_document_ids.filtered(
                lambda document, row=row: document._get_owner() == row
            )
            documents._copy_to(master, copied, is_from_master=False)
        for line, copied in pairs[1 : 1 + len(self.bom_line_ids)]:
            made = below.get(line.mto_child_bom_id)
            copied.mto_source = line.mto_source
            copied.mto_chosen_bom_id = (
                made or line.mto_chosen_bom_id if line.mto_source else False
            )
            if made and made.product_id:
                copied.product_id = made.product_id


def _copied(operation, operations):
    """Id of the copy of an operation, if it was copied."""
    return operations[operation].id if operation in operations else False


def _copy_dependencies(copies):
    """Let copied operations wait for each other as the originals do."""
    for record, copied in copies.items():
        blockers = [
            copies[blocker].id
            for blocker in record.blocked_by_operation_ids
            if blocker in copies
        ]
        if blockers:
            copied.blocked_by_operation_ids = [Command.set(blockers)]
