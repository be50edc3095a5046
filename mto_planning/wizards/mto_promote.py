from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class MtoPromote(models.TransientModel):
    """Make what one order is made of that of all to come: a master, or a variant."""

    _name = "mto.promote"
    _inherit = ["mto.dialog"]
    _description = "Promote an Order's Bills of Materials"

    line_id = fields.Many2one("sale.order.line", readonly=True)
    bom_id = fields.Many2one("mrp.bom", readonly=True)
    product_id = fields.Many2one("product.product", compute="_compute_product_id")
    target = fields.Selection(
        [
            ("master", "The usual way to make the product"),
            ("variant", "A new variant beside it"),
        ],
        string="Becomes",
        required=True,
        default="master",
    )
    attribute_id = fields.Many2one(
        "product.attribute",
        domain=[("create_variant", "!=", "no_variant")],
        help="What the variants differ in. Empty: one that is called “Version”.",
    )
    value_name = fields.Char(
        "Name of the Variant", help="As customers will read it: “Long arm”, “2027”."
    )
    usual_name = fields.Char(
        "Name of the Usual One",
        default=lambda self: self.env._("Standard"),
        help="What the product of today is called from now on, if it had no such "
        "attribute.",
    )
    price_extra = fields.Float("Extra Price", digits="Product Price")
    level_ids = fields.One2many("mto.promote.level", "wizard_id", string="Levels")

    @api.depends("level_ids")
    def _compute_product_id(self):
        for wizard in self:
            wizard.product_id = wizard.level_ids[:1].bom_id.product_id

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        line = self.env["sale.order.line"].browse(values.get("line_id"))
        line.check_access("read")
        tops = self.env["mrp.bom"].browse(values.get("bom_id"))
        tops = tops or line.mto_bom_ids._mto_get_tops()
        values["level_ids"] = [
            (0, 0, {"bom_id": bom.id, "is_promoted": bool(bom._mto_describe_own())})
            for bom in tops._mto_get_tree()
        ]
        return values

    def action_promote(self):
        """Button: make the new masters, the lowest first, and show them."""
        self.ensure_one()
        levels = self.level_ids.filtered("is_promoted")
        if not levels:
            raise UserError(self.env._("Choose at least one level."))
        levels.bom_id._mto_check_promote()
        masters = self._promote_variants() if self.target == "variant" else {}
        for bom in reversed(levels.bom_id):
            if bom not in masters:
                masters[bom] = bom._mto_promote(below=masters)
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("New Masters"),
            "res_model": "mrp.bom",
            "view_mode": "list,form",
            "domain": [("id", "in", [master.id for master in masters.values()])],
        }
        if len(masters) == 1:
            (master,) = masters.values()
            action |= {"view_mode": "form", "res_id": master.id}
        return action

    # A variant

    def _promote_variants(self):
        """Make a variant of each level that is chosen, and of all above it.

        A level that is not itself chosen needs a variant, too, when something below it
        is: else it would be made of the usual one.
        """
        name = (self.value_name or "").strip()
        if not name:
            raise ValidationError(
                self.env._("“Name of the Variant” is empty: what is it called?")
            )
        attribute = self._get_attribute()
        chosen, masters = self.level_ids.filtered("is_promoted").bom_id, {}
        for bom in reversed(self.level_ids.bom_id):
            if bom in chosen or bom.bom_line_ids.mto_child_bom_id & chosen:
                chosen |= bom
                variant = self._make_variant(bom, attribute, name)
                masters[bom] = bom._mto_promote(variant, masters)
        return masters

    def _get_attribute(self):
        """What the variants differ in."""
        if self.attribute_id:
            if self.attribute_id.create_variant == "no_variant":
                raise ValidationError(
                    self.env._(
                        "“Attribute”: %s makes no variants.",
                        self.attribute_id.display_name,
                    )
                )
            return self.attribute_id
        name = self.env._("Version")
        Attribute = self.env["product.attribute"]
        return Attribute.search(
            [("name", "=", name), ("create_variant", "=", "dynamic")], limit=1
        ) or Attribute.create({"name": name, "create_variant": "dynamic"})

    def _make_variant(self, bom, attribute, name):
        """The variant of what a level makes, with one value instead of another."""
        old, template = bom.product_id, bom.product_tmpl_id
        line = template.attribute_line_ids.filtered(
            lambda line: line.attribute_id == attribute
        )
        if not line:
            # With one value only, core keeps the variants that are there.
            usual = self._get_value(attribute, self.usual_name or name)
            line = line.create(
                {
                    "product_tmpl_id": template.id,
                    "attribute_id": attribute.id,
                    "value_ids": [(4, usual.id)],
                }
            )
        value = self._get_value(attribute, name)
        if value in line.value_ids:
            raise ValidationError(
                self.env._(
                    "“Name of the Variant”: %(product)s has “%(name)s” already.",
                    product=template.display_name,
                    name=name,
                )
            )
        line.value_ids = [(4, value.id)]
        added = line.product_template_value_ids.filtered(
            lambda one: one.product_attribute_value_id == value
        )
        if bom == self.level_ids[:1].bom_id:
            added.price_extra = self.price_extra
        kept = old.product_template_attribute_value_ids.filtered(
            lambda one: one.attribute_line_id != line
        )
        variant = template._get_variant_for_combination(kept | added)
        variant = variant or template._create_product_variant(kept | added)
        variant.standard_price = old.standard_price
        return variant

    def _get_value(self, attribute, name):
        found = attribute.value_ids.filtered(lambda value: value.name == name)[:1]
        return found or found.create({"attribute_id": attribute.id, "name": name})


class MtoPromoteLevel(models.TransientModel):
    """A level that may be promoted."""

    _name = "mto.promote.level"
    _inherit = ["mto.dialog"]
    _description = "Level to Promote"

    wizard_id = fields.Many2one("mto.promote", required=True, ondelete="cascade")
    bom_id = fields.Many2one("mrp.bom", string="Level", readonly=True, required=True)
    product_id = fields.Many2one(related="bom_id.product_id", related_sudo=False)
    is_promoted = fields.Boolean("Promote")
    differences = fields.Text(compute="_compute_differences")

    @api.depends("bom_id")
    def _compute_differences(self):
        for level in self:
            level.differences = level.bom_id._mto_describe_own() or self.env._(
                "As its master says"
            )
