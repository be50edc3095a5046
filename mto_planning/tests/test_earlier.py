import json

from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_customise import CustomiseCase


@tagged("post_install", "-at_install")
class TestEarlier(CustomiseCase):
    """Finding the earlier order that a new one is to be like."""

    def setUp(self):
        super().setUp()
        self.hook = self._make_bought("Brass hook", 1)
        self.long = self._make_line(quantity=2, price_unit=500)
        self.long.order_id.write(
            {"client_order_ref": "LOBBY-7", "date_order": "2026-06-01 10:00:00"}
        )
        self._change(self.long, "set_quantity", "Tube", quantity=3)
        self._change(self.long, "note", "Frame", text="Mirrored arm")
        self.hooked = self._make_line()
        partner = self.env["res.partner"].create({"name": "Grand Hotel"})
        self.hooked.order_id.sudo().partner_id = partner
        self._change(
            self.hooked, "add_component", "Lamp", product_id=self.hook.id, quantity=2
        )
        self.plain = self._make_line()
        self.plain.order_id.action_confirm()
        self.line = self._make_line()

    def _find(self, line=None, **filters):
        found = (line or self.line).mto_find_earlier(filters)
        return [one["line_id"] for one in found["lines"]]

    def test_found_by_words(self):
        for words, lines in (
            ("", self.plain + self.hooked + self.long),
            ("lobby", self.long),
            ("grand", self.hooked),
            ("hotel brass", self.hooked),
            ("brass lobby", self.line.browse()),
            ("mirrored", self.long),
            (self.long.order_id.name, self.long),
            ("100%", self.line.browse()),
        ):
            with self.subTest(words=words):
                self.assertEqual(self._find(text=words), lines.ids)

    def test_found_by_fields(self):
        for filters, lines in (
            ({"customer": "grand"}, self.hooked),
            ({"order": "lobby"}, self.long),
            ({"date_from": "2027-01-01"}, self.plain + self.hooked),
            ({"date_to": "2026-06-01"}, self.line.browse()),
            ({"date_to": "2026-06-02"}, self.long),
            ({"only_customised": True}, self.hooked + self.long),
            ({"limit": 1}, self.plain),
            ({"limit": 1, "offset": 2}, self.long),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self._find(**filters), lines.ids)
        self.assertTrue(self.line.mto_find_earlier({"limit": 2})["has_more"])
        self.assertFalse(self.line.mto_find_earlier({"limit": 3})["has_more"])

    def test_shown_before_it_is_taken(self):
        (found,) = self.line.mto_find_earlier({"text": "lobby"})["lines"]
        self.assertEqual(found["order"], self.long.order_id.name)
        self.assertEqual(found["date"], "2026-06-01 10:00:00")
        self.assertEqual((found["quantity"], found["unit_price"]), (2, 500))
        self.assertEqual(found["unit_cost"], 245)
        self.assertEqual(found["margin_percent"], 51)
        self.assertEqual(
            [
                (row["name"], row["change"], row.get("was"))
                for row in found["differences"]
            ],
            [("Frame", False, {}), ("Tube", "changed", {"quantity": 2})],
        )
        structure = self.line.mto_take_structure_from(found["line_id"])
        self.assertEqual(structure["cost"], found["unit_cost"])

    def test_answer_goes_through_both_doors(self):
        """XML-RPC has no ``None``; JSON no keys but texts."""
        found = self.line.mto_find_earlier({})
        self.assertEqual(json.loads(json.dumps(found)), found)
        self.assertNotIn("null", json.dumps(found))

    def test_of_other_products_and_companies_nothing(self):
        self.assertFalse(self._find(line=self._make_line(self.frame)))

    def test_orders_of_others_are_not_found(self):
        colleague = new_test_user(
            self.env, "mto_colleague", groups="sales_team.group_sale_salesman"
        )
        mine = self._make_line(user=colleague)
        self.assertFalse(self._find(line=mine))
        self.long.order_id.sudo().user_id = colleague
        self.assertEqual(self._find(line=mine), self.long.ids)
        with self.assertRaises(MissingError):
            self.line.with_user(colleague).mto_find_earlier({})

    def test_bad_filters(self):
        for filters, problem in (
            ([1], "must be a dictionary"),
            ({"colour": 1}, "no field “colour”"),
            ({"text": 7}, "“text” cannot be"),
            ({"date_from": "soon"}, "“date_from” must be a date"),
            ({"date_to": 7}, "“date_to” must be a date"),
            ({"limit": 0}, "“limit” cannot be"),
            ({"limit": 1000}, "“limit” cannot be"),
            ({"limit": True}, "“limit” cannot be"),
            ({"offset": -1}, "“offset” cannot be"),
            ({"only_customised": 1}, "“only_customised” cannot be"),
        ):
            with self.subTest(filters=filters):
                with self.assertRaisesRegex(ValidationError, problem):
                    self.line.mto_find_earlier(filters)
        with self.assertRaisesRegex(UserError, "not made to order"):
            self._make_line(self.lens).mto_find_earlier({})


@tagged("post_install", "-at_install")
class TestLinesFromElsewhere(CustomiseCase):
    """Quotation templates, variants, and what customers choose in words."""

    def _attribute(self, name, mode, *values):
        return self.env["product.attribute"].create(
            {
                "name": name,
                "create_variant": mode,
                "value_ids": [Command.create({"name": value}) for value in values],
            }
        )

    def _give(self, product, attribute):
        # Without the context of its creation, which makes no values.
        template = self.env["product.template"].browse(product.product_tmpl_id.id)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        return template

    def test_line_of_a_quotation_template_is_like_any_other(self):
        if "sale.order.template" not in self.env:
            self.skipTest("quotation templates are not installed")
        template = self.env["sale.order.template"].create(
            {
                "name": "Lobby",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": self.lamp.id, "product_uom_qty": 2})
                ],
            }
        )
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "sale_order_template_id": template.id}
        )
        order._onchange_sale_order_template_id()
        line = order.order_line
        self.assertEqual((line.product_id, line.product_uom_qty), (self.lamp, 2))
        self.assertTrue(line.mto_is_made_to_order)
        structure = self._change(line, "set_quantity", "Tube", quantity=3)
        self.assertEqual(structure["cost"], 490)
        order.mto_compute_promise()
        self.assertEqual(line.mto_promise_state, "good")
        order.action_confirm()
        self.assertEqual(len(line.mto_production_ids), 4)

    def test_no_variant_choices_decide_and_another_choice_is_seen(self):
        finish = self._attribute("Finish", "no_variant", "Raw", "Polished")
        template = self._give(self.frame, finish)
        raw, polished = template.attribute_line_ids.product_template_value_ids
        self._master_of(self.frame).bom_line_ids = [
            Command.create(
                {
                    "product_id": self.lens.id,
                    "product_qty": 1,
                    "bom_product_template_attribute_value_ids": [
                        Command.set(polished.ids)
                    ],
                }
            )
        ]
        line = self._make_line(self.frame)
        line.product_no_variant_attribute_value_ids = raw
        names = [row["name"] for row in line.mto_get_structure()["rows"]]
        self.assertNotIn("Lens", names)
        line.product_no_variant_attribute_value_ids = polished
        names = [row["name"] for row in line.mto_get_structure()["rows"]]
        self.assertIn("Lens", names)
        # Customised: the other choice is what the master says now.
        self._change(line, "set_quantity", "Tube", quantity=3)
        line.product_no_variant_attribute_value_ids = raw
        structure = line.mto_get_structure()
        self.assertIn("Lens", [row["name"] for row in structure["rows"]])
        self.assertEqual(
            [(one["change"], one["name"]) for one in structure["master_changes"]],
            [("removed", "Lens")],
        )
        structure = line.mto_refresh_structure()
        self.assertNotIn("Lens", [row["name"] for row in structure["rows"]])
        self.assertEqual(self._row(structure, "Tube")["quantity"], 3)

    def test_another_variant_drops_what_was_customised_and_says_so(self):
        color = self._attribute("Color", "always", "White", "Black")
        template = self._give(self.frame, color)
        white, black = template.product_variant_ids
        line = self._make_line(white)
        self._change(line, "set_quantity", "Tube", quantity=3)
        line.order_id.mto_compute_promise()
        # As the web client asks while the line is edited.
        answer = line.onchange(
            {"product_id": black.id}, ["product_id"], {"product_id": {}}
        )
        self.assertIn("is made as that one's master", answer["warning"]["message"])
        line.product_id = black
        self.assertEqual(line.product_id, black)
        structure = line.mto_get_structure()
        self.assertEqual(self._row(structure, "Tube")["quantity"], 2)
        self.assertEqual(line.mto_promise_state, "outdated")
        said = line.order_id.message_ids[0].body
        self.assertIn("Tube: 2 → 3", said)
        self.assertIn("what was customised is dropped", said)

    def test_another_variant_of_what_is_as_its_master_needs_no_word(self):
        line = self._make_line()
        messages = line.order_id.message_ids
        line.product_id = self.frame
        self.assertEqual(line.order_id.message_ids, messages)

    def test_custom_value_keeps_the_structure(self):
        engraving = self._attribute("Engraving", "no_variant", "None", "Own text")
        engraving.value_ids[1].is_custom = True
        template = self._give(self.frame, engraving)
        own = template.attribute_line_ids.product_template_value_ids[1]
        line = self._make_line(self.frame)
        self._change(line, "set_quantity", "Tube", quantity=3)
        line.write(
            {
                "product_no_variant_attribute_value_ids": [Command.set(own.ids)],
                "product_custom_attribute_value_ids": [
                    Command.create(
                        {
                            "custom_product_template_attribute_value_id": own.id,
                            "custom_value": "To Anna",
                        }
                    )
                ],
            }
        )
        structure = line.mto_get_structure()
        self.assertEqual(self._row(structure, "Tube")["quantity"], 3)
        self.assertFalse(structure["master_changed"])
