from datetime import timedelta

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import MtoCase

DOSSIER = "mto_planning.report_mto_dossier"
TIMELINE = "mto_planning.report_mto_timeline"


@tagged("post_install", "-at_install")
class TestPaper(MtoCase):
    """A lamp on paper: its dossier for the workshop, and its timeline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_stock(cls.tube, 10)
        cls.order = cls._make_order((cls.lamp, 2), user=cls.salesperson)
        cls.order.client_order_ref = "Lobby"
        cls.order.mto_compute_promise()
        cls.order.action_confirm()
        cls.order = cls.order.with_user(cls.env.user)
        cls.line = cls.order.order_line

    def _render(self, report, records, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.planner)
        page, _type = reports._render_qweb_html(report, records.ids)
        return page.decode()

    def _late(self, days=9):
        chip = self.line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.chip
        )
        chip.order_id.button_confirm()
        chip.date_planned += timedelta(days=days)
        self.line._mto_measure_again()

    # Dossier

    def test_dossier_tells_all_that_the_workshop_needs(self):
        self.lamp.seller_ids.unlink()
        page = self._render(DOSSIER, self.order)
        made = self.line.mto_production_ids
        purchases = self.line.mto_purchase_line_ids
        for text in (
            self.order.name,
            "Test customer",
            "Lobby",
            self.line.mto_promise_id.constraint_text,
            *made.mapped("name"),
            *made.workorder_ids.mapped("name"),
            *made.workorder_ids.workcenter_id.mapped("name"),
            *purchases.order_id.mapped("name"),
            *made.move_raw_ids.location_id.mapped("display_name"),
            self.line.move_ids.picking_id.name,
        ):
            self.assertIn(text, page)

    def test_dossier_has_no_costs(self):
        self.chip.seller_ids.price = 8765.43
        self.chip.standard_price = 7654.32
        self.bending.costs_hour = 6543.21
        self.line.price_unit = 5432.1
        page = self._render(DOSSIER, self.order).replace(",", "")
        for amount in ("8765.43", "7654.32", "6543.21", "5432.1", "10864.2"):
            self.assertNotIn(amount, page)

    def test_levels_begin_on_pages_of_their_own_with_their_barcodes(self):
        tree = html.fromstring(self._render(DOSSIER, self.order))
        levels = tree.xpath("//div[contains(@style, 'page-break-before: always')]")
        names = [
            sorted(
                product.name
                for product in self.line.mto_production_ids.product_id
                for heading in level.xpath(".//h4")
                if heading.text_content().strip().endswith(product.name)
            )
            for level in levels
        ]
        self.assertEqual(names, [["Lamp"], ["Frame", "LED engine"], ["Board"]])
        self.assertEqual(len(tree.xpath("//svg")), 4)
        for table in tree.xpath("//table[tbody/tr/td[@class='o_mto_tick']]"):
            self.assertTrue(table.xpath("thead/tr/th"))

    def test_a_component_says_what_brings_it(self):
        (job,) = self.env["mto.dossier"]._prepare(self.line)
        components = {
            component["move"].product_id: component
            for _depth, orders in job["levels"]
            for order in orders
            for component in order["components"]
        }
        frame = self._production_of(self.line, self.frame)
        ((name, finish, is_here),) = components[self.frame]["supply"]
        self.assertEqual((name, finish), (frame.name, frame.date_finished))
        self.assertFalse(is_here)
        self._late()
        chip = self.line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.chip
        )
        (job,) = self.env["mto.dossier"]._prepare(self.line)
        ((name, expected, _is_here),) = job["levels"][2][1][0]["components"][0][
            "supply"
        ]
        self.assertEqual((name, expected), (chip.order_id.name, chip.date_planned))

    def test_names_of_drawings_are_there(self):
        bom = self._production_of(self.line, self.frame).bom_id
        self.env["mto.document"].create(
            {"name": "Frame 12-B.pdf", "bom_id": bom.id, "raw": b"%PDF"}
        )
        bom.mto_note = "Sand the edges"
        page = self._render(DOSSIER, self.order)
        self.assertIn("Frame 12-B.pdf", page)
        self.assertIn("Sand the edges", page)

    def test_dossier_of_a_line(self):
        other = self._make_order((self.frame, 1), (self.frame, 3))
        other.action_confirm()
        first, second = other.order_line
        page = self._render(f"{DOSSIER}_line", second)
        self.assertIn(second.mto_production_ids.name, page)
        self.assertNotIn(first.mto_production_ids.name, page)

    def test_dossier_is_for_manufacturing_and_for_own_orders(self):
        self.assertIn("Bending", self._render(DOSSIER, self.order, self.salesperson))
        colleague = new_test_user(
            self.env, "mto_d_colleague", groups="sales_team.group_sale_salesman"
        )
        shipper = new_test_user(
            self.env, "mto_d_shipper", groups="stock.group_stock_user"
        )
        portal = new_test_user(
            self.env,
            "mto_d_portal",
            groups="base.group_portal",
            partner_id=self.customer.id,
        )
        for user in (colleague, self.buyer, shipper, portal):
            for report in (DOSSIER, TIMELINE):
                if user == shipper and report == TIMELINE:
                    # Whoever reads an order may follow it.
                    continue
                with self.subTest(user=user.login, report=report):
                    with self.assertRaises(AccessError):
                        self._render(report, self.order, user)

    def test_of_nothing_that_is_made_there_is_no_dossier(self):
        bought = self._make_order((self.tube, 1))
        for report in (DOSSIER, TIMELINE):
            with self.assertRaisesRegex(UserError, "Nothing of it"):
                self._render(report, bought)

    # Timeline

    def _rows(self):
        (data,) = self.order.mto_progress_data()
        return {row["id"]: row for row in data["timeline"]}

    def test_timeline_is_drawn_in_proportion(self):
        (data,) = self.order.mto_progress_data()
        paper = self.env["mto.timeline.print"]._prepare([data])
        (page,) = paper["pages"]
        head, detail, *rows = page["rows"]
        self.assertIn("2 × Lamp", head["label"])
        self.assertIn("Promised", detail["detail"])
        self.assertEqual(len(rows), len(data["timeline"]))
        markers = rows[0]["markers"]
        (promise,) = (one["x"] for one in markers if one["kind"] == "promise")
        ends = [bar["x"] + bar["width"] for row in rows for bar in row["bars"]]
        self.assertAlmostEqual(max(ends), promise, delta=3)
        self.assertLess(paper["now"], promise)

    def test_long_timelines_go_on_with_their_name(self):
        others = self.env["sale.order"]
        for _number in range(3):
            others |= self._make_order((self.lamp, 1))
        others.action_confirm()
        data = (self.order | others).mto_progress_data()
        pages = self.env["mto.timeline.print"]._prepare(data)["pages"]
        self.assertEqual(len(pages), 2)
        for page in pages:
            self.assertTrue(page["rows"][0]["is_head"])
        shown = sum(not row["is_head"] for page in pages for row in page["rows"])
        self.assertEqual(shown, sum(len(group["timeline"]) for group in data))

    def test_timeline_prints_for_orders_lines_and_installations(self):
        project = self.env["mto.project"].create(
            {"name": "Lobby lights", "partner_id": self.customer.id}
        )
        self.order.mto_project_id = project
        for name, record in (
            (TIMELINE, self.order),
            (f"{TIMELINE}_line", self.line),
            (f"{TIMELINE}_project", project),
        ):
            page = self._render(name, record)
            self.assertIn("<svg", page)
            self.assertIn("Bending", page)

    def test_the_way_that_sets_the_date_is_marked(self):
        critical = {row["name"] for row in self._rows().values() if row["critical"]}
        made = {
            product: self._production_of(self.line, product).name
            for product in (self.lamp, self.engine, self.board, self.frame)
        }
        chip = self.line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.chip
        )
        # Chips come last, so boards, engines and the lamp wait for them.
        self.assertIn(chip.order_id.name, critical)
        self.assertLess(
            {made[self.lamp], made[self.engine], made[self.board]}, critical
        )
        self.assertNotIn(made[self.frame], critical)

    def test_what_is_late_says_why(self):
        self._late()
        late = [row for row in self._rows().values() if row["late"]]
        self.assertTrue(late)
        for row in late:
            self.assertIn("Chip", row["reason"])
        page = self._render(TIMELINE, self.order)
        self.assertIn('stroke-dasharray="3 2"', page)

    def test_transfers_inside_the_factory_are_shown(self):
        self.warehouse.manufacture_steps = "pbm"
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        (data,) = order.mto_progress_data()
        transfers = [row for row in data["timeline"] if row["kind"] == "move"]
        self.assertTrue(transfers)
        pickings = self.env["stock.picking"].browse(
            [row["res_id"] for row in transfers]
        )
        self.assertEqual(set(pickings.picking_type_id.mapped("code")), {"internal"})
        self.assertEqual(len(pickings), len(set(pickings)))
