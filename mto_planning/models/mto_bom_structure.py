from collections import defaultdict

from odoo import api, models
from odoo.fields import Date

from ..bridge.figures import format_number
from .bom_content import merge

# Others, who ship or bill an order, may write it, too.
EDIT_GROUPS = ("sales_team.group_sale_salesman", "mrp.group_mrp_user")
# Not by implying one in the other: that would write users and contacts on installing.
ENGINEERS = ("mto_planning.group_engineer", "mrp.group_mrp_manager")


class MtoBomStructure(models.AbstractModel):
    """What an order line is made of, as people and programs see it; writes nothing.

    Called by ``sale.order.line`` after its checks.
    """

    _name = "mto.bom.structure"
    _description = "Structure of an Order Line"

    @api.model
    def _get_structure(self, line):
        """The tree of a line, its costs, and what differs: see ``docs/api.md``.

        :param line: of whoever asks; he may read it.
        """
        # Superuser: whoever may read a line sees what it is made of and by, not more.
        inside = line.sudo()
        tree = self.env["mto.planner"]._get_tree(inside)
        rows = self._mark_changes(tree)
        refusal = self._get_refusal(line)
        return {
            "line_id": line.id,
            "product_id": line.product_id.id,
            "product": line.product_id.display_name,
            "quantity": line.product_uom_qty,
            "unit": line.product_uom_id.name,
            "is_customised": bool(inside.mto_build or tree.has_own_documents),
            "has_copies": bool(tree.boms),
            "promise_state": line.mto_promise_state,
            "is_confirmed": self._is_confirmed(line),
            "can_edit": not refusal,
            "can_edit_operations": not refusal and self._may_edit_operations(),
            "can_promote": bool(tree.boms) and self._may_promote(),
            "refusal": refusal,
            "rows": rows,
            **self._get_totals(inside, tree),
            **self._get_master_changes(tree.boms),
        }

    @api.model
    def _get_refusal(self, line):
        """Why the user cannot change what a line is made of; empty if he can."""
        if self._is_confirmed(line):
            if self._may_edit_confirmed():
                return ""
            return self.env._(
                "The order is confirmed: only planners change now what it is made of."
            )
        if line.state not in ("draft", "sent"):
            return self.env._("The order is closed: it stays as it was made.")
        if not (line.has_access("write") and self._may_edit()):
            return self.env._("You may read this quotation, but not change it.")
        return ""

    @api.model
    def _is_confirmed(self, line):
        """Whether a change is one of production, too: it is seen before it is done."""
        return line.state == "sale" and not line.order_id.locked

    @api.model
    def _may_edit(self):
        return self._is_any(EDIT_GROUPS)

    @api.model
    def _may_edit_confirmed(self):
        return self.env.su or self.env.user.has_group("mrp.group_mrp_user")

    @api.model
    def _may_edit_operations(self):
        return self._is_any(ENGINEERS)

    @api.model
    def _is_any(self, groups):
        return self.env.su or any(self.env.user.has_group(one) for one in groups)

    @api.model
    def _may_promote(self):
        return self.env.su or self.env.user.has_group("mrp.group_mrp_manager")

    @api.model
    def _get_totals(self, line, tree):
        """Cost, price and margin of a line, in its company's currency."""
        company, order = line.company_id, line.order_id
        price = line.currency_id._convert(
            line.price_subtotal,
            company.currency_id,
            company,
            order.date_order or Date.context_today(line),
        )
        currency = company.currency_id
        cost = currency.round(tree.cost)
        margin = price - cost
        return {
            "currency_id": currency.id,
            "cost": cost,
            "material_cost": currency.round(tree.material_cost),
            "work_cost": currency.round(tree.cost - tree.material_cost),
            "price": currency.round(price),
            "margin": currency.round(margin),
            "margin_percent": 100 * margin / price if price else 0.0,
            "target_margin_percent": company.mto_target_margin,
            "price_currency_id": line.currency_id.id,
            "unit_price": line.price_unit,
            "suggested_unit_price": self._suggest_price(line, tree.cost, price),
        }

    @api.model
    def _suggest_price(self, line, cost, price):
        """The unit price with which the line has the company's margin.

        :param cost: and ``price``: of the line as it is, in the company's currency.
        """
        wanted = cost / (1 - line.company_id.mto_target_margin / 100)
        if price and line.price_unit:
            # So discounts, and taxes that are in the price, stay as they are.
            suggested = line.price_unit * wanted / price
        else:
            company = line.company_id
            suggested = company.currency_id._convert(
                wanted / (line.product_uom_qty or 1.0),
                line.currency_id,
                company,
                line.order_id.date_order or Date.context_today(line),
            )
        return line.currency_id.round(suggested)

    # Differences

    @api.model
    def _mark_changes(self, tree):
        """Rows of a tree, each with what differs, and those that are gone."""
        boms = tree.boms
        changes = {
            (bom.id, change.section, change.key): change
            for bom in boms
            for change in bom._mto_get_own_changes()
        }
        names = self._get_names(changes.values())
        gone = defaultdict(list)
        for (bom_id, _section, _key), change in changes.items():
            if change.kind == "removed":
                gone[bom_id].append(self._gone_row(bom_id, change, names))
        keys = self._get_content_keys(boms)
        rows, waiting = [], []
        for row in tree.rows:
            # What is gone stands at the end of its level.
            while waiting and waiting[-1][0] >= row["depth"]:
                rows += waiting.pop()[1]
            change = changes.get(keys.get(row["key"]))
            rows.append({**row, **self._mark_change(row, change, names)})
            place = {"parent": row["key"], "depth": row["depth"] + 1}
            missing = [{**one, **place} for one in gone[row.get("bom_id")]]
            waiting.append((row["depth"], missing))
        for _depth, missing in reversed(waiting):
            rows += missing
        return rows

    @api.model
    def _mark_change(self, row, change, names):
        """How a row differs: in what it says, in its drawings, or not at all."""
        kind = change.kind if change else False
        was = self._describe(change, names) if change else {}
        drawings = [one["is_from_master"] for one in row["documents"]]
        if kind != "added" and not all(drawings):
            kind, was = "changed", {**was, "documents": sum(drawings)}
        return {"change": kind, "was": was}

    @api.model
    def _get_content_keys(self, boms):
        """``{key of a row: (bill of materials id, section, key of the content)}``."""
        keys = {}
        for bom in boms:
            for line in bom.bom_line_ids:
                keys[f"part-{line.id}"] = (bom.id, "lines", line._mto_get_key())
            for operation in bom.operation_ids:
                key = (bom.id, "operations", operation._mto_get_key())
                keys[f"work-{operation.id}"] = key
        return keys

    @api.model
    def _get_names(self, changes):
        """``{field: {id: name}}`` of the records that changes name."""
        models_of = {
            "product_id": "product.product",
            "unit_id": "uom.uom",
            "workcenter_id": "mrp.workcenter",
        }
        rows = [row for change in changes for row in change[2:] if row]
        # Superuser: names of what the line is, or was, made of.
        return {
            name: {
                record.id: record.display_name
                for record in self.env[model]
                .sudo()
                .browse({row[name] for row in rows if name in row})
                .exists()
            }
            for name, model in models_of.items()
        }

    @api.model
    def _describe(self, change, names, row=None):
        """The fields of a row before a change, with names instead of ids."""
        row = change.before if row is None else row
        if not row:
            return {}
        wanted = change.fields if change.kind == "changed" else list(row)
        if change.kind != "changed" and not row.get("source"):
            # As its rules say, as most are: that is worth a word only if it changed.
            wanted = [name for name in wanted if name != "source"]
        renamed = {"unit_id": "unit", "workcenter_id": "workcenter"}
        renamed["product_id"] = "product"
        return {
            renamed.get(name, name): names[name].get(row[name], "")
            if name in names
            else row[name]
            for name in wanted
        }

    @api.model
    def _tell_change(self, change, names):
        """A change of a row in a few words."""
        name = self._name_of(change, names)
        if change.kind == "added":
            return self.env._("%s: added", name)
        if change.kind == "removed":
            return self.env._("%s: removed", name)
        sides = [
            self._describe(change, names, side)
            for side in (change.before, change.after)
        ]
        was, now = (", ".join(map(self._tell_value, side.values())) for side in sides)
        return f"{name}: {was} → {now}"

    @api.model
    def _tell_value(self, value):
        if isinstance(value, float):
            return format_number(self.env, value)
        return value or self.env._("as its rules say")

    @api.model
    def _gone_key(self, bom_id, change):
        return f"gone-{bom_id}-{change.section}-{change.key}"

    @api.model
    def _gone_row(self, bom_id, change, names):
        before = self._describe(change, names)
        is_part = change.section == "lines"
        return {
            "key": self._gone_key(bom_id, change),
            "kind": "part" if is_part else "operation",
            "name": before["product"] if is_part else before["name"],
            "quantity": before.get("quantity", 0.0),
            "unit": before.get("unit", ""),
            "workcenter": before.get("workcenter", ""),
            "minutes": before.get("minutes", 0.0),
            "cost": 0.0,
            "note": "",
            "documents": [],
            "change": "removed",
            "was": before,
        }

    @api.model
    def _get_master_changes(self, boms):
        """What the masters say now that the copies were made of them do not."""
        found = [
            (bom, change) for bom in boms for change in bom._mto_get_master_changes()
        ]
        contents = {bom: bom._mto_get_kept_content() for bom, _change in found}
        outcomes = [
            (bom, change, merge(change, contents[bom][change.section].get(change.key)))
            for bom, change in found
        ]
        names = self._get_names([change for _bom, change in found])
        return {
            "master_changed": any(way != "done" for *_, (way, _fields) in outcomes),
            "master_changes": [
                {
                    "level": bom.product_id.display_name,
                    "kind": {"level": "level", "lines": "part"}.get(
                        change.section, "operation"
                    ),
                    "change": change.kind,
                    "name": self._name_of(change, names),
                    "was": self._describe(change, names),
                    "now": self._describe(change, names, change.after or {}),
                    "conflict": way == "conflict",
                }
                for bom, change, (way, _fields) in outcomes
                if way != "done"
            ],
        }

    @api.model
    def _name_of(self, change, names):
        row = change.before or change.after
        if change.section == "operations":
            return row["name"]
        return names["product_id"].get(row.get("product_id"), "")

    # What is asked for

    @api.model
    def _describe_asked(self, line, changes):
        """Changes of a line's structure, in words.

        :param changes: checked, as of ``mto_customise``.
        """
        rows = {row["key"]: row["name"] for row in self._get_structure(line)["rows"]}
        return [self._describe_one(change, rows) for change in changes]

    @api.model
    def _describe_one(self, change, rows):
        product = self.env["product.product"].browse(change.get("product_id", ()))
        center = self.env["mrp.workcenter"].browse(change.get("workcenter_id", ()))
        quantity = change.get("quantity")
        values = {
            "row": rows.get(change["key"], ""),
            "product": product.display_name or "",
            "quantity": format_number(self.env, quantity or 1.0),
            "name": change.get("name") or "",
            "minutes": format_number(self.env, change.get("minutes") or 0.0),
            "center": center.display_name or "",
        }
        texts = {
            "set_quantity": self.env._("%(row)s: %(quantity)s for each.", **values),
            "replace": self.env._("%(product)s instead of %(row)s.", **values),
            "add_component": self.env._(
                "%(row)s: %(quantity)s %(product)s more.", **values
            ),
            "remove": self.env._("Without %(row)s.", **values),
            "restore": self.env._("%(row)s as the master says.", **values),
            "make": self.env._("%(row)s is made.", **values),
            "buy": self.env._("%(row)s is bought.", **values),
            "add_operation": self.env._(
                "%(row)s: %(name)s on %(center)s, %(minutes)s minutes.", **values
            ),
            "set_operation": self.env._(
                "%(row)s: other work (%(name)s %(center)s %(minutes)s minutes).",
                **values,
            ),
            "note": self.env._("%(row)s: another note.", **values),
            "attach": self.env._("%(row)s: one drawing more.", **values),
            "detach": self.env._("%(row)s: one drawing less.", **values),
        }
        return texts.get(change["type"], change["type"])
