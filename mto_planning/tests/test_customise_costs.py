from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .test_customise import CustomiseCase


@tagged("post_install", "-at_install")
class TestKits(CustomiseCase):
    """A kit that is added is dissolved, as when a master is copied."""

    def _make_kit(self):
        bolt = self._make_bought("Bolt", 1)
        inner = self._make_product("Bolt set", on_order=False, is_storable=False)
        self._make_bom(inner, [(bolt, 4)], type="phantom")
        kit = self._make_product("Mount", on_order=False, is_storable=False)
        self._make_bom(
            kit,
            [(inner, 2), (self.lens, 3)],
            [(self.bending, 10)],
            type="phantom",
            product_qty=2,
        )
        return kit

    def test_added_kit_is_its_parts_and_work(self):
        kit = self._make_kit()
        line = self._make_line(self.frame, user=self.salesperson)
        structure = self._change(
            line, "add_component", "Frame", product_id=kit.id, quantity=4
        )
        self.assertEqual(
            [(row["name"], row.get("quantity")) for row in structure["rows"][1:]],
            [
                ("Tube", 2),
                ("Bolt", 16),
                ("Lens", 6),
                ("Bending 1", None),
                ("Bending 1", None),
            ],
        )
        self.assertEqual(structure["rows"][4]["minutes"], 10, "kits' work comes first")
        (answer,) = line.order_id.mto_compute_promise()
        line.order_id.action_confirm()
        self._check_as_promised(answer, line.sudo())

    def test_same_as_a_master_that_has_the_kit(self):
        kit = self._make_kit()
        bench, other = self._make_product("Bench"), self._make_product("Bench 2")
        self._make_bom(bench, [(self.tube, 1), (kit, 3)], [(self.assembly, 20)])
        self._make_bom(other, [(self.tube, 1)], [(self.assembly, 20)])
        line = self._make_line(other)
        added = self._change(
            line, "add_component", "Bench 2", product_id=kit.id, quantity=3
        )
        master = self._make_line(bench).mto_get_structure()
        self.assertEqual(
            [(row["name"], row["cost"]) for row in added["rows"][1:]],
            [(row["name"], row["cost"]) for row in master["rows"][1:]],
        )

    def test_sold_kit_with_a_made_part_twice_has_two(self):
        twin = self._make_product("Twin")
        self._make_bom(twin, [(self.frame, 1), (self.frame, 2)], type="phantom")
        line = self._make_line(twin)
        first, second = [
            row["key"]
            for row in line.mto_get_structure()["rows"]
            if row["name"] == "Tube"
        ]
        self.assertNotEqual(first, second)
        line.mto_customise([{"type": "set_quantity", "key": second, "quantity": 5}])
        structure = line.mto_get_structure()
        tubes = [row for row in structure["rows"] if row["name"] == "Tube"]
        self.assertEqual([row["total"] for row in tubes], [2, 10])
        copied = line.order_id.copy().order_line.mto_get_structure()
        self.assertEqual(copied["cost"], structure["cost"])
        (answer,) = line.order_id.mto_compute_promise()
        line.order_id.action_confirm()
        line = line.sudo()
        self.assertEqual(
            sorted(
                (made.product_qty, made.move_raw_ids.product_uom_qty)
                for made in line.mto_production_ids
            ),
            [(1, 2), (2, 10)],
        )
        self._check_as_promised(answer, line)

    def test_replaced_by_a_kit(self):
        kit = self._make_kit()
        line = self._make_line(self.frame)
        structure = self._change(line, "replace", "Tube", product_id=kit.id, quantity=2)
        parts = [row["name"] for row in structure["rows"] if row["kind"] == "part"]
        self.assertEqual(parts, ["Frame", "Bolt", "Lens", "Tube"])
        self.assertEqual(self._row(structure, "Tube")["change"], "removed")


@tagged("post_install", "-at_install")
class TestByproducts(CustomiseCase):
    """What comes out beside bears its share, as core values it."""

    def setUp(self):
        super().setUp()
        self.scrap = self._make_product("Cuttings", on_order=False)
        self.master = self._master_of(self.frame)
        self.master.byproduct_ids = [
            Command.create(
                {"product_id": self.scrap.id, "product_qty": 3, "cost_share": 10}
            )
        ]

    def test_shown_with_its_share(self):
        structure = self._make_line(quantity=2).mto_get_structure()
        row = self._row(structure, "Cuttings", "byproduct")
        self.assertEqual((row["quantity"], row["total"]), (3, 6))
        self.assertEqual((row["cost"], row["cost_share"]), (-20, 10))
        self.assertEqual(self._row(structure, "Frame")["cost"], 180)
        self.assertEqual(structure["cost"], 460)
        # Its share is taken of the material as of the work.
        self.assertEqual(structure["material_cost"], 118)
        self.assertEqual(structure["work_cost"], 460 - 118)

    def test_kept_in_a_copy_and_made(self):
        line = self._make_line()
        self._change(line, "set_quantity", "Tube", quantity=4)
        structure = line.mto_get_structure()
        self.assertEqual(self._row(structure, "Frame")["cost"], 99)
        line.order_id.action_confirm()
        made = self._production_of(line.sudo(), self.frame)
        self.assertEqual(made.move_byproduct_ids.cost_share, 10)
        self.assertEqual(line.sudo().mto_estimated_cost, 99 + 100 + 40)

    def test_of_other_variants_counts_nothing(self):
        self.master.byproduct_ids.product_qty = 0
        structure = self._make_line().mto_get_structure()
        self.assertEqual(structure["cost"], 240)


@tagged("post_install", "-at_install")
class TestSubcontracting(CustomiseCase):
    """With core's subcontracting installed: the vendor's price and what he is given."""

    def setUp(self):
        super().setUp()
        types = self.env["mrp.bom"]._fields["type"].get_values(self.env)
        if "subcontract" not in types:
            self.skipTest("subcontracting is not installed")
        self.chip.standard_price = 2
        self._make_bom(
            self.lens,
            [(self.chip, 6)],
            type="subcontract",
            product_qty=2,
            subcontractor_ids=[Command.set(self.vendor.ids)],
        )

    def test_price_and_supplied_parts(self):
        structure = self._make_line().mto_get_structure()
        # 5 to the vendor and three chips at 2.
        lens = self._row(structure, "Lens")
        self.assertEqual((lens["supply"], lens["unit_cost"]), ("buy", 11))

    def test_subcontractor_does_not_see_whose_order_it_is(self):
        line = self._make_line()
        line.order_id.action_confirm()
        purchase = line.sudo().mto_purchase_line_ids.filtered(
            lambda bought: bought.product_id == self.lens
        )
        purchase.order_id.button_confirm()
        receipt = purchase.order_id.picking_ids
        subcontractor = new_test_user(
            self.env, "lens_maker", "base.group_portal", partner_id=self.vendor.id
        )
        made = receipt.with_user(subcontractor)._get_subcontract_production()
        (part,) = made.move_raw_ids
        part.quantity = part.product_uom_qty
        arriving = receipt.with_user(subcontractor)
        seen = [made, part, made.bom_id, arriving, arriving.move_ids]
        for record in seen:
            names = [
                name
                for name in record.fields_get()
                if name in ("display_name", "origin") or name.startswith("mto_")
            ]
            values = str(record.read(names))
            for secret in (line.order_id.name, line.order_id.partner_id.name):
                self.assertNotIn(secret, values)
        purchase.env["stock.picking"].browse(receipt.id).button_validate()
        self.assertEqual(purchase.qty_received, purchase.product_qty)


@tagged("post_install", "-at_install")
class TestOverview(CustomiseCase):
    """The same sums as core's BoM Overview, where both mean the same."""

    def _overview(self, product, quantity):
        bom = self._master_of(product)
        report = self.env["report.mrp.report_bom_structure"]
        data = report._get_report_data(
            bom.id, searchQty=quantity, searchVariant=product.id
        )
        return data["lines"]

    def _check(self, products, quantity):
        for product in products:
            with self.subTest(product=product.display_name):
                line = self._make_line(product, quantity)
                structure = line.mto_get_structure()
                lines = self._overview(product, quantity)
                self.assertAlmostEqual(
                    structure["cost"],
                    lines["bom_cost"],
                    delta=0.01 * len(structure["rows"]),
                )

    def test_same_as_core_where_parts_cost_the_same(self):
        """Core's parts cost their standard cost, ours what the vendor takes."""
        for part in self.tube + self.lens + self.chip:
            part.standard_price = 5
        self._check(self.lamp + self.frame + self.engine + self.board, 3)

    def test_same_as_core_over_the_demo_factory(self):
        demo = self.env["ir.model.data"].search(
            [("module", "=", "mto_planning"), ("model", "=", "product.template")]
        )
        templates = self.env["product.template"].browse(demo.mapped("res_id")).exists()
        if not templates:
            self.skipTest("installed without demo data")
        for product in templates.product_variant_ids.filtered("seller_ids"):
            seller = product._select_seller(quantity=None)
            product.standard_price = seller.product_uom_id._compute_price(
                seller.price_discounted, product.uom_id
            )
        made = templates.product_variant_ids.filtered(
            lambda product: (
                self._master_of(product)
                and self._make_line(product).mto_is_made_to_order
            )
        )
        self.assertTrue(made)
        self._check(made, 2)
