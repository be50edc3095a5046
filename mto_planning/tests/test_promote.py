import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_customise import CustomiseCase


class PromoteCase(CustomiseCase):
    def setUp(self):
        super().setUp()
        self.line = self._make_line()
        self._change(self.line, "set_quantity", "Tube", quantity=3)
        self._change(self.line, "remove", "Lens")

    def _wizard(self, user=None, **values):
        return (
            self.env["mto.promote"]
            .with_user(user or self.planner)
            .with_context(default_line_id=self.line.id)
            .create(values)
        )

    def _ticked(self, wizard):
        return wizard.level_ids.filtered("is_promoted").product_id


@tagged("post_install", "-at_install")
class TestPromoteLevels(PromoteCase):
    """What one order is made of becomes what all to come are made of."""

    def test_what_differs_is_told_and_ticked(self):
        wizard = self._wizard()
        self.assertEqual(
            wizard.level_ids.product_id,
            self.lamp + self.frame + self.engine + self.board,
        )
        self.assertEqual(self._ticked(wizard), self.frame + self.engine)
        told = {level.product_id: level.differences for level in wizard.level_ids}
        self.assertEqual(told[self.frame], "Tube: 2 → 3")
        self.assertEqual(told[self.engine], "Lens: removed")
        self.assertEqual(told[self.board], "As its master says")

    def test_note_and_drawing_differ_too(self):
        self.line.mto_reset_structure()
        self._change(self.line, "note", "Board", text="Mirrored")
        data = base64.b64encode(b"x").decode()
        self._change(self.line, "attach", "Chip", name="chip.png", data=data)
        wizard = self._wizard()
        self.assertEqual(self._ticked(wizard), self.board)
        level = wizard.level_ids.filtered("is_promoted")
        self.assertEqual(level.differences, "Note: Mirrored\nchip.png")

    def test_all_levels_at_once(self):
        before = self._master_of(self.lamp)
        action = self._wizard().action_promote()
        masters = self.env["mrp.bom"].search(action["domain"])
        self.assertEqual(
            masters.product_tmpl_id, (self.frame + self.engine).product_tmpl_id
        )
        self.assertFalse(any(masters.mapped("mto_is_order_bom")))
        self.assertEqual(self._master_of(self.lamp), before)
        other = self._make_line().mto_get_structure()
        mine = self.line.mto_get_structure()
        self.assertEqual(other["cost"], mine["cost"])
        self.assertFalse(other["is_customised"])

    def test_made_by_choice_stays_made(self):
        self.warehouse.buy_pull_id.route_id.sequence = 0
        self._change(self.line, "make", "Chip", empty=True)
        self._change(self.line, "add_component", "Chip", product_id=self.lens.id)
        wizard = self._wizard()
        self.assertIn(self.chip, self._ticked(wizard))
        wizard.action_promote()
        other = self._make_line().mto_get_structure()
        self.assertEqual(self._row(other, "Chip")["supply"], "make")
        self.assertEqual(other["cost"], self.line.mto_get_structure()["cost"])

    def test_nothing_chosen_and_no_right(self):
        wizard = self._wizard()
        wizard.level_ids.is_promoted = False
        with self.assertRaisesRegex(UserError, "at least one"):
            wizard.action_promote()
        with self.assertRaises(AccessError):
            self._wizard(user=self.engineer)


@tagged("post_install", "-at_install")
class TestPromoteVariant(PromoteCase):
    """Beside the product of today stands one that is made like the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.developer = new_test_user(
            cls.env,
            "mto_developer",
            groups="mrp.group_mrp_manager,product.group_product_manager",
        )

    def _promote(self, **values):
        values = {"value_name": "Long", **values}
        wizard = self._wizard(user=self.developer, target="variant", **values)
        return wizard.action_promote()

    def _variant(self, product, name="Long"):
        (variant,) = product.product_tmpl_id.product_variant_ids.filtered(
            lambda one: name in one.product_template_attribute_value_ids.mapped("name")
        )
        return variant

    def test_product_without_attributes_stays_what_it_is(self):
        old = self.line.product_id
        masters = {
            product: self._master_of(product)
            for product in (self.lamp, self.frame, self.engine, self.board)
        }
        mine = self.line.mto_get_structure()
        self._promote(price_extra=50)
        # The old ones are the same records, active, and made as before.
        for product, master in masters.items():
            self.assertTrue(product.active)
            self.assertEqual(self._master_of(product), master)
        self.assertEqual(self.line.product_id, old)
        self.assertEqual(self._make_line().mto_get_structure()["cost"], 240)
        # The new one has variants of what differs, down to it.
        variant = self._variant(self.lamp)
        self.assertNotEqual(variant, old)
        self.assertEqual(variant.price_extra, 50)
        self.assertEqual(len(self.lamp.product_tmpl_id.product_variant_ids), 2)
        self.assertEqual(len(self.board.product_tmpl_id.product_variant_ids), 1)
        line = self._make_line(variant)
        self.assertTrue(line.mto_is_made_to_order)
        theirs = line.mto_get_structure()
        self.assertEqual(theirs["cost"], mine["cost"])
        self.assertFalse(theirs["is_customised"])
        self.assertIn(
            self._variant(self.frame).id,
            [row.get("product_id") for row in theirs["rows"]],
        )
        (answer,) = line.order_id.mto_compute_promise()
        line.order_id.action_confirm()
        self._check_as_promised(answer, line.sudo())
        # The quotation itself is as it was.
        self.assertEqual(self.line.mto_get_structure()["cost"], mine["cost"])

    def test_second_variant_of_the_same(self):
        self._promote()
        self._change(self.line, "set_quantity", "Tube", quantity=5)
        self._promote(value_name="Longer")
        self.assertEqual(len(self.lamp.product_tmpl_id.product_variant_ids), 3)
        cost = self._make_line(self._variant(self.lamp, "Longer")).mto_get_structure()
        first = self._make_line(self._variant(self.lamp)).mto_get_structure()
        self.assertEqual(cost["cost"] - first["cost"], 10)
        with self.assertRaisesRegex(ValidationError, "has “Long” already"):
            self._promote()

    def test_product_with_variants_that_are_always_made(self):
        color = self.env["product.attribute"].create(
            {
                "name": "Color",
                "create_variant": "always",
                "value_ids": [
                    Command.create({"name": name}) for name in ("White", "Black")
                ],
            }
        )
        # Without the context of its creation, which makes no variants.
        template = self.env["product.template"].browse(self.frame.product_tmpl_id.id)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": color.id,
                    "value_ids": [Command.set(color.value_ids.ids)],
                }
            )
        ]
        white, black = template.product_variant_ids
        self.line = self._make_line(black)
        self._change(self.line, "set_quantity", "Tube", quantity=9)
        self._promote()
        self.assertTrue((white + black).exists() == white + black)
        self.assertTrue(white.active and black.active)
        # Only the one that was asked for, in the color of the order.
        self.assertEqual(len(template.product_variant_ids), 3)
        variant = self._variant(self.frame)
        self.assertIn(
            "Black", variant.product_template_attribute_value_ids.mapped("name")
        )
        for product, quantity in ((white, 2), (black, 2), (variant, 9)):
            structure = self._make_line(product).mto_get_structure()
            self.assertEqual(self._row(structure, "Tube")["quantity"], quantity)

    def test_attribute_of_the_user(self):
        size = self.env["product.attribute"].create(
            {"name": "Size", "create_variant": "always"}
        )
        self._promote(attribute_id=size.id, usual_name="M", value_name="XL")
        self.assertTrue(self.lamp.active)
        self.assertEqual(
            self.lamp.product_template_attribute_value_ids.mapped("name"), ["M"]
        )
        self.assertEqual(len(self.lamp.product_tmpl_id.product_variant_ids), 2)
        size.create_variant = "always"
        engraving = self.env["product.attribute"].create(
            {"name": "Engraving", "create_variant": "no_variant"}
        )
        with self.assertRaisesRegex(ValidationError, "makes no variants"):
            self._promote(attribute_id=engraving.id)

    def test_products_are_made_by_those_who_may(self):
        wizard = self._wizard(target="variant", value_name="Long")
        with self.assertRaisesRegex(AccessError, "Products"):
            wizard.action_promote()

    def test_without_a_name(self):
        with self.assertRaisesRegex(ValidationError, "is empty"):
            self._promote(value_name="  ")
