from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..bridge.changes import DOCUMENT_KINDS, OPERATION_KINDS, ChangeParser
from ..bridge.parse import shown
from .bom_content import EMPTY, find_changes, merge

# One call may rebuild a product, but not occupy a worker for ever.
MAX_CHANGES = 500


class MtoBomEditor(models.AbstractModel):
    """Changes what an order line is made of, in its own bills of materials.

    Called by ``sale.order.line`` after its checks. It writes as superuser: a
    salesperson may not write bills of materials, but those of his own quotations are
    his.
    """

    _name = "mto.bom.editor"
    _description = "Editor of an Order's Bills of Materials"

    @api.model
    def _customise(self, line, changes):
        """Apply changes to a line's own bills of materials, all or none.

        :param line: of the user; he may change it: checked by whoever calls.
        """
        parsed = self._parse(changes)
        if not parsed:
            return
        line._mto_guard_structure()
        with self.env.cr.savepoint():
            # Superuser: who may write the quotation may say what it is made of; nothing
            # but the line's own copies is written.
            line = line.sudo()
            targets = self._make_own(line)
            for position, change in enumerate(parsed):
                try:
                    target = self._get_target(targets, change["key"])
                    self._check_may_apply(target, change)
                    getattr(self, f"_apply_{change['type']}")(target, change)
                except UserError as error:
                    raise self._at_change(position, error) from error
            self._complete(line)

    @api.model
    def _complete(self, line):
        """What was put in may be made itself: it gets its own levels now, too.

        So a change of its master changes nothing here.
        """
        self._make_own(line)
        line.mto_bom_ids._check_bom_cycle()

    @api.model
    def _parse(self, changes):
        if not isinstance(changes, list) or len(changes) > MAX_CHANGES:
            raise ValidationError(
                self.env._(
                    "“changes” must be a list of at most %(most)d changes, not "
                    "“%(value)s”.",
                    most=MAX_CHANGES,
                    value=shown(changes),
                )
            )
        parser, parsed = ChangeParser(self.env, changes), []
        for position, values in enumerate(changes):
            try:
                parsed.append(parser.parse(values))
            except UserError as error:
                raise self._at_change(position, error) from error
        return parsed

    @api.model
    def _at_change(self, position, error):
        message = self.env._(
            "Change %(number)d: %(problem)s", number=position, problem=error
        )
        return type(error)(message)

    @api.model
    def _make_own(self, line):
        """Copy every made level that the line has not of its own yet.

        :return: ``{key of a row: its records}``: ``part`` (a component's line),
            ``bom`` (what makes it) or ``operation``, and ``base``, where its row is in
            the content that was copied.
        """
        tree, boms = self.env["mto.planner"]._copy_levels(line)
        by_path = {path: bom for (_line_id, path), bom in boms.items()}
        targets = {}
        for key, (kind, path, *position) in tree.targets.items():
            if kind == "operation":
                row = by_path[path]._mto_get_own_operations()[position[0]]
                targets[key] = {"key": key, "operation": row}
            else:
                above = by_path.get(path[:-1])
                row = above and above._mto_get_lines()[path[-1]]
                targets[key] = {"key": key, "part": row, "bom": by_path.get(path)}
            if row:
                section = "operations" if kind == "operation" else "lines"
                targets[key]["base"] = (row.bom_id, section, row.mto_origin)
        for bom in by_path.values():
            for change in bom._mto_get_own_changes():
                key = self.env["mto.bom.structure"]._gone_key(bom.id, change)
                base = (bom, change.section, change.key)
                targets[key] = {"key": key, "base": base}
        return targets

    @api.model
    def _get_target(self, targets, key):
        target = targets.get(key)
        if not target or any(
            isinstance(one, models.BaseModel) and not one.exists()
            for one in target.values()
        ):
            raise ValidationError(
                self.env._(
                    "“key”: there is no row “%s”. What the line is made of has changed "
                    "meanwhile: read it again.",
                    shown(key),
                )
            )
        return target

    @api.model
    def _check_may_apply(self, target, change):
        _bom, section, _key = target.get("base", (None, None, None))
        # Who customises may show how it is to look: a drawing changes no work.
        is_work = change["type"] not in DOCUMENT_KINDS and (
            change["type"] in OPERATION_KINDS
            or target.get("operation")
            or section == "operations"
        )
        structure = self.env["mto.bom.structure"]
        if is_work and not structure._may_edit_operations():
            raise AccessError(
                self.env._(
                    "“%(type)s” of an operation is for engineers: ask one, or ask your "
                    "administrator for the right “Change the Work of an Order”.",
                    type=change["type"],
                )
            )

    @api.model
    def _get_part(self, target):
        """The component's line that is meant."""
        if target.get("part"):
            return target["part"]
        raise self._not_a(target, self.env._("a component"))

    @api.model
    def _get_level(self, target):
        """The bill of materials of the made row that is meant."""
        if target.get("bom"):
            return target["bom"]
        raise self._not_a(target, self.env._("something that is made"))

    @api.model
    def _get_operation(self, target):
        if target.get("operation"):
            return target["operation"]
        raise self._not_a(target, self.env._("an operation"))

    @api.model
    def _not_a(self, target, what):
        return ValidationError(
            self.env._(
                "“key”: “%(key)s” is not %(what)s that can be changed like this.",
                key=shown(target["key"]),
                what=what,
            )
        )

    # Each kind of change

    @api.model
    def _apply_set_quantity(self, target, change):
        part = self._get_part(target)
        part.product_qty = self._round(part.product_uom_id, change["quantity"])

    @api.model
    def _apply_replace(self, target, change):
        part = self._get_part(target)
        product = change["product_id"].with_env(part.env)
        self._check_component(part.bom_id, product)
        bom, kit = part.bom_id, self._find_kit(part.bom_id, product)
        if kit:
            quantity = change["quantity"] or part.product_qty
            self._apply_remove(target, change)
            self._add_kit(bom, kit, product, quantity)
            return
        if product == part.product_id:
            raise ValidationError(
                self.env._(
                    "“product_id”: it is %s already.", part.product_id.display_name
                )
            )
        self._drop(part)
        values = {
            "product_id": product.id,
            "mto_source": False,
            "mto_chosen_bom_id": False,
        }
        if not part.product_uom_id._has_common_reference(product.uom_id):
            values["product_uom_id"] = product.uom_id.id
        part.write(values)
        if change["quantity"] is not None:
            self._apply_set_quantity(target, change)

    @api.model
    def _apply_add_component(self, target, change):
        bom = self._get_level(target)
        product = change["product_id"].with_env(bom.env)
        self._check_component(bom, product)
        quantity = 1.0 if change["quantity"] is None else change["quantity"]
        quantity = self._round(product.uom_id, quantity)
        kit = self._find_kit(bom, product)
        if kit:
            self._add_kit(bom, kit, product, quantity)
        else:
            self._add_line(bom, product, quantity)

    @api.model
    def _apply_remove(self, target, _change):
        if target.get("operation"):
            target["operation"].unlink()
            return
        part = self._get_part(target)
        self._drop(part)
        part.unlink()

    @api.model
    def _apply_restore(self, target, _change):
        """Take a row of the master that was removed, or changed, as it was copied."""
        bom, section, key = target.get("base", (None, None, None))
        row = bom and (bom.mto_base or EMPTY)[section].get(key)
        drawings = self._get_documents(target).filtered(
            lambda document: not document.is_from_master
        )
        if not (row or drawings):
            raise self._not_a(target, self.env._("a row of the master"))
        drawings.unlink()
        if row:
            self._write_row(bom, section, key, row)

    @api.model
    def _apply_make(self, target, change):
        part, master = self._get_part(target), change["bom_id"]
        product = part.product_id
        master = (master or self.env["mrp.bom"]).with_env(part.env)
        if master:
            self._check_makes(master, product)
        elif not change["empty"]:
            master = master._bom_find(product, company_id=part.company_id.id)[product]
            if not master:
                raise ValidationError(
                    self.env._(
                        "“bom_id”: %s has no bill of materials. Choose one, or start "
                        "with an empty one (“empty”: true).",
                        product.display_name,
                    )
                )
        self._drop(part)
        part.write({"mto_source": "manufacture", "mto_chosen_bom_id": master.id})
        if not master:
            part.mto_child_bom_id = self._create_empty(part)

    @api.model
    def _apply_buy(self, target, _change):
        part = self._get_part(target)
        if not part.product_id.seller_ids:
            raise ValidationError(
                self.env._(
                    "“key”: %s has no vendor: it cannot be bought.",
                    part.product_id.display_name,
                )
            )
        level = part.mto_child_bom_id
        # What it is to look like is the same, whoever makes it.
        level.mto_document_ids.filtered(
            lambda document: document._get_owner() == level
        )._copy_to(part.bom_id, part)
        self._drop(part)
        part.write({"mto_source": "buy", "mto_chosen_bom_id": False})

    @api.model
    def _apply_add_operation(self, target, change):
        bom = self._get_level(target)
        self._check_center(bom, change["workcenter_id"])
        last = bom._mto_get_own_operations()[-1:]
        bom.operation_ids.create(
            {
                "name": change["name"],
                "bom_id": bom.id,
                "workcenter_id": change["workcenter_id"].id,
                "time_mode": "manual",
                "time_cycle_manual": change["minutes"],
                "sequence": last.sequence + 1,
            }
        )

    @api.model
    def _apply_set_operation(self, target, change):
        operation = self._get_operation(target)
        values = {}
        if change["name"] is not None:
            values["name"] = change["name"]
        if change["minutes"] is not None:
            values["time_cycle_manual"] = change["minutes"]
        if change["workcenter_id"] is not None:
            self._check_center(operation.bom_id, change["workcenter_id"])
            values["workcenter_id"] = change["workcenter_id"].id
        if not values:
            raise ValidationError(
                self.env._(
                    "“set_operation” needs “name”, “workcenter_id” or “minutes”."
                )
            )
        operation.write(values)

    @api.model
    def _apply_note(self, target, change):
        noted = target.get("operation") or self._get_level(target)
        noted.mto_note = change["text"] or False

    @api.model
    def _apply_attach(self, target, change):
        # As the user: the file is to be one that he may give away.
        attachment = change["attachment_id"] or self.env["ir.attachment"].create(
            {"name": change["name"], "raw": change["data"]}
        )
        owner = self._get_drawn(target)
        bom = owner if owner._name == "mrp.bom" else owner.bom_id
        Document = owner.env["mto.document"]
        Document.create(
            {
                "attachment_id": attachment.id,
                **Document._prepare_owner(bom, owner),
            }
        )

    @api.model
    def _apply_detach(self, target, change):
        document = change["document_id"].with_env(self._get_drawn(target).env)
        if document not in self._get_documents(target):
            raise ValidationError(
                self.env._(
                    "“document_id”: “%(document)s” is not attached to “%(key)s”.",
                    document=document.name,
                    key=shown(target["key"]),
                )
            )
        document.unlink()

    # Small steps of them

    @api.model
    def _get_drawn(self, target):
        """What a drawing is attached to: an operation, what is made, or a component."""
        for name in ("operation", "bom", "part"):
            if target.get(name):
                return target[name]
        raise self._not_a(target, self.env._("a row"))

    @api.model
    def _get_documents(self, target):
        """Drawings of a row: of a part that is made its own, and those of its level."""
        documents = self.env["mto.document"]
        for name in ("operation", "bom", "part"):
            owner = target.get(name)
            if owner:
                drawings = owner.mto_document_ids.filtered(
                    lambda document, owner=owner: document._get_owner() == owner
                )
                # In the environment of the rows that they are of.
                documents = drawings | documents
        return documents

    @api.model
    def _round(self, uom, quantity):
        """A quantity as its unit is counted; what is rounded to nothing is refused."""
        rounded = uom.round(quantity)
        if uom.is_zero(rounded):
            raise ValidationError(
                self.env._(
                    "“quantity”: %(quantity)s %(unit)s is rounded to nothing.",
                    quantity=f"{quantity:g}",
                    unit=uom.name,
                )
            )
        return rounded

    @api.model
    def _check_component(self, bom, product):
        if product.product_tmpl_id == bom.product_tmpl_id:
            raise ValidationError(
                self.env._(
                    "“product_id”: %s cannot be a component of itself.",
                    product.display_name,
                )
            )
        if product.company_id and product.company_id != bom.company_id:
            raise ValidationError(
                self.env._(
                    "“product_id”: %(product)s is not of %(company)s.",
                    product=product.display_name,
                    company=bom.company_id.name,
                )
            )

    @api.model
    def _find_kit(self, bom, product):
        """What a product is dissolved into as a component, if it is a kit."""
        kits = bom._bom_find(
            product,
            picking_type=bom.picking_type_id,
            company_id=bom.company_id.id,
            bom_type="phantom",
        )
        return kits[product]

    @api.model
    def _add_kit(self, bom, kit, product, quantity):
        """Add the parts and the operations of a kit, as when a master is copied.

        :param quantity: of the kit, in the product's unit.
        """
        batches = product.uom_id._compute_quantity(
            quantity, kit.product_uom_id, round=False
        )
        never_values = bom.mto_line_id.product_no_variant_attribute_value_ids
        boms, parts = kit.explode(
            product,
            batches / kit.product_qty,
            picking_type=bom.picking_type_id,
            never_attribute_values=never_values,
        )
        parts = [(part, data) for part, data in parts if part._mto_is_planned()]
        if not parts:
            raise ValidationError(
                self.env._(
                    "“product_id”: %s is a kit without any parts.", product.display_name
                )
            )
        works = kit._mto_get_operations(boms, product, never_values)
        # Before the others, as core makes them.
        first = bom._mto_get_own_operations()[:1].sequence - len(works)
        copies = {
            work: bom.operation_ids.create(
                work._mto_prepare_order_operation(bom, first + position)
            )
            for position, work in enumerate(works)
        }
        for part, data in parts:
            self._check_component(bom, part.product_id)
            work = copies.get(part.operation_id)
            self._add_line(
                bom,
                part.product_id,
                self._round(part.product_uom_id, data["qty"]),
                product_uom_id=part.product_uom_id.id,
                operation_id=work.id if work else False,
            )

    @api.model
    def _check_makes(self, master, product):
        fits = master.product_id in (product, product.browse())
        if master.product_tmpl_id != product.product_tmpl_id or not fits:
            problem = self.env._("it does not make %s", product.display_name)
        elif master.type != "normal":
            problem = self.env._("it is a kit")
        elif master.mto_is_order_bom:
            problem = self.env._("it belongs to one order")
        else:
            return
        raise ValidationError(
            self.env._(
                "“bom_id”: %(bom)s cannot be chosen: %(problem)s.",
                bom=master.display_name,
                problem=problem,
            )
        )

    @api.model
    def _check_center(self, bom, center):
        company = center.with_env(bom.env).company_id
        if company and company != bom.company_id:
            raise ValidationError(
                self.env._(
                    "“workcenter_id”: %(center)s is not of %(company)s.",
                    center=center.display_name,
                    company=bom.company_id.name,
                )
            )

    @api.model
    def _add_line(self, bom, product, quantity, **values):
        last = bom._mto_get_lines()[-1:]
        bom.bom_line_ids.create(
            {
                "bom_id": bom.id,
                "product_id": product.id,
                "product_qty": quantity,
                "product_uom_id": product.uom_id.id,
                "sequence": last.sequence + 1,
                **values,
            }
        )

    @api.model
    def _create_empty(self, part):
        """A level that the user builds himself."""
        above, product = part.bom_id, part.product_id
        return above.with_context(tracking_disable=True).create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "product_qty": 1.0,
                "product_uom_id": product.uom_id.id,
                "type": "normal",
                "sequence": above.sequence,
                "company_id": above.company_id.id,
                "consumption": above.consumption,
                "mto_is_order_bom": True,
                "mto_line_id": above.mto_line_id.id,
                "mto_base": {
                    **EMPTY,
                    "level": {"": {"quantity": 1.0, "unit_id": product.uom_id.id}},
                },
            }
        )

    @api.model
    def _drop(self, part):
        """Let go of what makes a component; what nothing was made with is deleted."""
        boms = part.mto_child_bom_id.filtered("mto_is_order_bom")._mto_get_tree()
        # First: what was made with stays, and must not go with the line.
        part.mto_child_bom_id = False
        boms._mto_drop()

    # Back to the master

    @api.model
    def _refresh(self, line):
        """Take what the masters have changed, where the line has not itself.

        :return: conflicts, as ``_get_master_changes`` describes them: what the line has
            changed in the same place, and keeps.
        """
        line._mto_guard_structure()
        with self.env.cr.savepoint():
            # Superuser: who may change the line may have its levels refreshed.
            boms = line.sudo().mto_bom_ids
            conflicts = [
                change
                for change in self.env["mto.bom.structure"]._get_master_changes(boms)[
                    "master_changes"
                ]
                if change["conflict"]
            ]
            for bom in boms:
                if bom.exists():
                    self._refresh_one(bom)
            self._complete(boms.env["sale.order.line"].browse(line.id))
        return conflicts

    @api.model
    def _refresh_one(self, bom):
        changes, content = bom._mto_get_master_changes(), bom._mto_get_kept_content()
        base = {section: dict(bom.mto_base[section]) for section in bom.mto_base}
        for change in changes:
            section, key = change.section, change.key
            way, fields = merge(change, content[section].get(key))
            if way == "take" and fields:
                self._write_row(bom, section, key, fields)
            elif way == "take":
                self._remove_row(bom, section, key)
            if change.after is None:
                base[section].pop(key)
            else:
                base[section][key] = change.after
        if changes:
            bom.mto_base = base

    # Back to what it was

    @api.model
    def _remember(self, line):
        """All that ``_restore`` needs, as plain values.

        :param line: as superuser.
        """
        return [
            {
                "bom_id": bom.id,
                "content": bom._mto_get_content(),
                "made": {
                    part._mto_get_key(): [
                        part.mto_child_bom_id.id,
                        part.mto_chosen_bom_id.id,
                    ]
                    for part in bom.bom_line_ids
                },
            }
            for bom in line.mto_bom_ids
        ]

    @api.model
    def _restore(self, line, remembered):
        """Let a line be made of what it was made of when it was remembered.

        :param line: as superuser.
        """
        line._mto_guard_structure()
        Bom = line.env["mrp.bom"]
        for level in remembered:
            bom = Bom.browse(level["bom_id"]).exists()
            if bom:
                # Before its own: what is put back may be below it.
                self._restore_rows(bom, level["content"])
                self._restore_made(bom, level["made"])
        self._complete(line)

    @api.model
    def _restore_rows(self, bom, content):
        for change in find_changes(bom._mto_get_content(), content):
            if change.after is None:
                self._remove_row(bom, change.section, change.key)
            else:
                self._write_row(bom, change.section, change.key, change.after)

    @api.model
    def _restore_made(self, bom, made):
        for key, (child_id, chosen_id) in made.items():
            part, child = (
                self._find_row(bom, "lines", key),
                bom.browse(child_id or ()).exists(),
            )
            if child and part.mto_child_bom_id != child:
                self._drop(part)
                part.mto_child_bom_id = child
                child._mto_get_tree().active = True
            part.mto_chosen_bom_id = bom.browse(chosen_id or ()).exists()

    @api.model
    def _find_row(self, bom, section, key):
        rows = bom.bom_line_ids if section == "lines" else bom.operation_ids
        return rows.filtered(lambda row: row._mto_get_key() == key)

    @api.model
    def _remove_row(self, bom, section, key):
        row = self._find_row(bom, section, key)
        if section == "lines":
            self._drop(row)
        row.unlink()

    @api.model
    def _write_row(self, bom, section, key, fields):
        """Write fields of a content into the row with a key, made if need be."""
        if section == "level":
            self._write_level(bom, fields)
        elif section == "lines":
            self._write_line(bom, key, fields)
        else:
            self._write_operation(bom, key, fields)

    @api.model
    def _write_level(self, bom, fields):
        names = {"quantity": "product_qty", "unit_id": "product_uom_id"}
        bom.write({names[name]: value for name, value in fields.items()})

    @api.model
    def _write_line(self, bom, key, fields):
        names = {
            "product_id": "product_id",
            "quantity": "product_qty",
            "unit_id": "product_uom_id",
            "source": "mto_source",
        }
        values = {names[name]: value for name, value in fields.items()}
        line = self._find_row(bom, "lines", key)
        if not line:
            product = bom.env["product.product"].browse(fields["product_id"])
            quantity = values.pop("product_qty")
            self._add_line(bom, product, quantity, **values, mto_origin=key)
            return
        if values.get("product_id", line.product_id.id) != line.product_id.id:
            self._drop(line)
            values["mto_chosen_bom_id"] = False
        if not values.get("mto_source", line.mto_source):
            values["mto_chosen_bom_id"] = False
        line.write(values)

    @api.model
    def _write_operation(self, bom, key, fields):
        names = {"minutes": "time_cycle_manual"}
        values = {names.get(name, name): value for name, value in fields.items()}
        operation = self._find_row(bom, "operations", key)
        if operation:
            operation.write(values)
            return
        last = bom._mto_get_own_operations()[-1:]
        bom.operation_ids = [
            Command.create(
                {
                    **values,
                    "time_mode": "manual",
                    "sequence": last.sequence + 1,
                    "mto_origin": key,
                }
            )
        ]
