from random import Random

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCase

CASES = 60


@tagged("post_install", "-at_install")
class TestStructure(MtoCase):
    """The components of a level are those of core's explosion, for any quantity.

    Random kits in kits, units and quantities on random levels; core is the oracle.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = Random(20270301)
        unit = cls.env.ref("uom.product_uom_unit")
        cls.units = unit + cls.env.ref("uom.product_uom_dozen")
        cls.units += cls.env["uom.uom"].create(
            {"name": "Seven", "relative_uom_id": unit.id, "relative_factor": 7}
        )
        cls.parts = [cls._make_bought(f"Part {number}") for number in range(6)]

    def _make_random_bom(self, level=0, **values):
        product = self._make_product(f"Made {level}")
        parts = [
            self._make_random_bom(level + 1, type="phantom")
            if level < 3 and self.random.random() < 0.4
            else self.random.choice(self.parts)
            for _part in range(self.random.randint(1, 4))
        ]
        bom = self._make_bom(product)
        bom.write(
            {
                "product_qty": self.random.choice([1, 2, 3.5]),
                "product_uom_id": self.random.choice(self.units).id,
                "bom_line_ids": [
                    Command.create(
                        {
                            "product_id": part.id,
                            "product_qty": self.random.choice([1, 0.37, 2, 11]),
                            "product_uom_id": self.random.choice(self.units).id,
                        }
                    )
                    for part in parts
                ],
                **values,
            }
        )
        return product

    def _level(self, product, quantity, uom):
        """What the planner makes of a request."""
        planner = self.env["mto.planner"]
        request = planner._make_request(
            key=0,
            product=product,
            quantity=quantity,
            uom=uom,
            warehouse=self.warehouse,
            requested=None,
        )
        [network] = planner._build_networks([request])
        return network.roots[0].made

    def test_components_are_those_of_core(self):
        for case in range(CASES):
            product = self._make_random_bom()
            uom = self.random.choice(self.units)
            # The second quantity is of a structure that is remembered.
            for quantity in (self.random.choice([1, 3, 0.5]), 17.25):
                with self.subTest(case=case, quantity=quantity):
                    self._check(product, quantity, uom)

    def _check(self, product, quantity, uom):
        bom = self.env["mrp.bom"]._bom_find(product)[product]
        made = uom._compute_quantity(quantity, bom.product_uom_id)
        _boms, lines = bom.explode(product, made / bom.product_qty)
        level = self._level(product, quantity, uom)
        self.assertEqual(level.quantity, made)
        self.assertEqual(
            [
                (component.bom_line, component.quantity)
                for component in level.components
            ],
            [
                (
                    line,
                    line.product_uom_id._compute_quantity(
                        data["qty"], line.product_id.uom_id, round=False
                    ),
                )
                for line, data in lines
            ],
        )
