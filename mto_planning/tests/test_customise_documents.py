import base64

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_customise import CustomiseCase

CONTENT = b"%PDF-1.4 a drawing"


class DocumentCase(CustomiseCase):
    def _attach(self, line, row_name, kind="part", name="12-B.pdf", content=CONTENT):
        return self._change(
            line,
            "attach",
            row_name,
            kind,
            name=name,
            data=base64.b64encode(content).decode(),
        )

    def _names(self, structure, row_name, kind="part"):
        return [
            one["name"] for one in self._row(structure, row_name, kind)["documents"]
        ]

    def _attachments(self):
        return self.env["ir.attachment"].search([("res_model", "=", "mto.document")])


@tagged("post_install", "-at_install")
class TestDocuments(DocumentCase):
    """Drawings of an order reach whoever makes it."""

    def test_they_reach_production_and_change_no_date(self):
        line = self._make_line()
        line.order_id.mto_compute_promise()
        self._attach(line, "Frame", name="frame.pdf")
        self._attach(line, "Tube", name="tube.pdf")
        structure = self._attach(line, "Bending 1", "operation", name="bend.pdf")
        frame = self._row(structure, "Frame")
        self.assertEqual((frame["change"], frame["was"]), ("changed", {"documents": 0}))
        self.assertEqual(frame["documents"][0]["mimetype"], "application/pdf")
        self.assertEqual(frame["documents"][0]["size"], len(CONTENT))
        self.assertTrue(structure["is_customised"])
        self.assertEqual(structure["cost"], 240)
        self.assertEqual(line.mto_promise_state, "good")
        line.order_id.action_confirm()
        line = line.sudo()
        made = self._production_of(line, self.frame).with_user(self.planner)
        self.assertEqual(
            [one["name"] for one in made.mto_documents],
            ["frame.pdf", "tube.pdf", "bend.pdf"],
        )
        work = made.workorder_ids
        self.assertEqual(len(work.mto_documents), 3)
        other = self._production_of(line, self.lamp)
        self.assertFalse(other.mto_documents)
        attachment = self.env["ir.attachment"].browse(
            work.mto_documents[0]["attachment_id"]
        )
        worker = new_test_user(self.env, "mto_w", groups="mrp.group_mrp_user")
        self.assertEqual(attachment.with_user(worker).raw, CONTENT)

    def test_work_order_shows_what_is_for_it(self):
        line = self._make_line()
        self._change(
            line,
            "add_operation",
            "Frame",
            name="Polish",
            workcenter_id=self.assembly.id,
            minutes=5,
        )
        self._attach(line, "Bending 1", "operation", name="bend.pdf")
        self._attach(line, "Polish", "operation", name="polish.pdf")
        line.order_id.action_confirm()
        made = self._production_of(line.sudo(), self.frame)
        self.assertEqual(
            {
                work.name: [one["name"] for one in work.mto_documents]
                for work in made.workorder_ids
            },
            {"Bending 1": ["bend.pdf"], "Polish": ["polish.pdf"]},
        )

    def test_taken_away_with_its_file(self):
        line = self._make_line()
        before = self._attachments()
        structure = self._attach(line, "Frame")
        document = self._row(structure, "Frame")["documents"][0]
        self.assertEqual((self._attachments() - before).raw, CONTENT)
        with self.assertRaisesRegex(ValidationError, "is not attached to"):
            self._change(line, "detach", "Tube", document_id=document["document_id"])
        structure = self._change(
            line, "detach", "Frame", document_id=document["document_id"]
        )
        self.assertFalse(self._names(structure, "Frame"))
        self.assertFalse(structure["is_customised"])
        self.assertEqual(self._attachments(), before)

    def test_they_go_with_what_they_are_of(self):
        before = self._attachments()
        for end in ("remove", "reset", "product", "line"):
            with self.subTest(end=end):
                line = self._make_line()
                self._attach(line, "Frame")
                self._attach(line, "Tube")
                self._attach(line, "Bending 1", "operation")
                self.assertEqual(len(self._attachments() - before), 3)
                if end == "remove":
                    self._change(line, "remove", "Frame")
                elif end == "reset":
                    line.mto_reset_structure()
                elif end == "product":
                    line.product_id = self.frame
                else:
                    line.unlink()
                self.assertEqual(self._attachments(), before)

    def test_restored_row_has_none_of_its_own(self):
        line = self._make_line()
        self._attach(line, "Lamp")
        self._attach(line, "Tube")
        self._change(line, "set_quantity", "Tube", quantity=5)
        structure = self._change(line, "restore", "Tube")
        self.assertFalse(self._row(structure, "Tube")["change"])
        structure = self._change(line, "restore", "Lamp")
        self.assertFalse(structure["is_customised"])

    def test_copied_with_the_quotation_and_taken_by_others(self):
        line = self._make_line()
        self._attach(line, "Frame", name="frame.pdf")
        self._attach(line, "Tube", name="tube.pdf")
        self._attach(line, "Bending 1", "operation", name="bend.pdf")
        taker = self._make_line()
        copies = [
            line.order_id.copy().order_line.mto_get_structure(),
            taker.mto_take_structure_from(line.id),
        ]
        line.order_id.action_confirm()
        copies.append(line.order_id.copy().order_line.mto_get_structure())
        seen = set()
        for structure in copies:
            self.assertEqual(self._names(structure, "Frame"), ["frame.pdf"])
            self.assertEqual(self._names(structure, "Tube"), ["tube.pdf"])
            names = self._names(structure, "Bending 1", "operation")
            self.assertEqual(names, ["bend.pdf"])
            seen.add(self._row(structure, "Frame")["documents"][0]["attachment_id"])
        self.assertEqual(len(seen), 3, "each has a file of its own")

    def test_what_has_a_drawing_is_not_dropped_by_a_refresh(self):
        line = self._make_line()
        self._attach(line, "Lens")
        self._attach(line, "Bending 1", "operation")
        self._master_of(self.frame).operation_ids.unlink()
        self._master_of(self.engine).bom_line_ids.filtered(
            lambda row: row.product_id == self.lens
        ).unlink()
        self._master_of(self.lamp).operation_ids.time_cycle_manual = 30
        structure = line.mto_refresh_structure()
        self.assertEqual(len(structure["conflicts"]), 2)
        self.assertTrue(self._names(structure, "Lens"))
        self.assertTrue(self._names(structure, "Bending 1", "operation"))
        self.assertEqual(self._row(structure, "Assembly 1", "operation")["minutes"], 30)

    def test_level_with_changes_below_is_not_dropped_by_a_refresh(self):
        line = self._make_line()
        self._change(line, "set_quantity", "Chip", quantity=5)
        self._master_of(self.lamp).bom_line_ids.filtered(
            lambda row: row.product_id == self.engine
        ).unlink()
        structure = line.mto_refresh_structure()
        self.assertEqual(len(structure["conflicts"]), 1)
        self.assertEqual(self._row(structure, "Chip")["quantity"], 5)

    def test_what_is_bought_instead_keeps_the_drawing_of_it(self):
        self.frame.seller_ids = self.tube.seller_ids.copy(
            {"product_tmpl_id": self.frame.product_tmpl_id.id}
        )
        line = self._make_line()
        self._attach(line, "Frame", name="frame.pdf")
        structure = self._change(line, "buy", "Frame")
        self.assertEqual(self._names(structure, "Frame"), ["frame.pdf"])

    def test_named_on_paper(self):
        line = self._make_line()
        self._attach(line, "Frame", name="frame.pdf")
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "mto_planning.report_mto_build", line.order_id.ids
        )
        text = " ".join(html.decode().split())
        self.assertIn("Drawing: frame.pdf", text)
        self.assertIn("With drawings that the master does not have", text)

    def test_drawings_of_a_master_come_along_and_are_no_difference(self):
        line = self._make_line()
        self._attach(line, "Frame", name="frame.pdf")
        self._attach(line, "Tube", name="tube.pdf")
        self._bom_of(line, self.frame).with_user(self.planner).action_mto_promote()
        other = self._make_line()
        structure = other.mto_get_structure()
        self.assertEqual(self._names(structure, "Frame"), ["frame.pdf"])
        self.assertFalse(structure["is_customised"])
        structure = self._change(other, "set_quantity", "Chip", quantity=7)
        self.assertEqual(self._names(structure, "Tube"), ["tube.pdf"])
        self.assertFalse(self._row(structure, "Frame")["change"])
        other.order_id.action_confirm()
        made = self._production_of(other.sudo(), self.frame)
        self.assertEqual(len(made.mto_documents), 2)


@tagged("post_install", "-at_install")
class TestDocumentRights(DocumentCase):
    """Whoever may customise attaches; whoever sees the order opens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._make_line(user=cls.salesperson)
        cls.colleague = new_test_user(
            cls.env, "mto_colleague", groups="sales_team.group_sale_salesman"
        )
        cls.customer_user = new_test_user(
            cls.env,
            "mto_portal",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )

    def test_salesperson_attaches_and_only_who_sees_the_order_opens(self):
        self._attach(self.line, "Frame")
        structure = self._attach(self.line, "Bending 1", "operation")
        document = self._row(structure, "Frame")["documents"][0]
        attachment = self.env["ir.attachment"].browse(document["attachment_id"])
        for user in (self.salesperson, self.engineer, self.planner):
            self.assertEqual(attachment.with_user(user).raw, CONTENT)
        for user in (self.colleague, self.customer_user, self.buyer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env.invalidate_all()
                attachment.with_user(user).read(["raw"])
        record = self.env["mto.document"].browse(document["document_id"])
        for call in (
            lambda: record.with_user(self.salesperson).unlink(),
            lambda: record.with_user(self.salesperson).write({"name": "x"}),
            lambda: record.with_user(self.colleague).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(MissingError):
            self._attach(self.line.with_user(self.colleague), "Frame")

    def test_uploaded_file_is_taken_and_closed(self):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.salesperson)
            .create({"name": "up.txt", "raw": b"x", "public": True})
        )
        structure = self._change(
            self.line, "attach", "Frame", attachment_id=attachment.id
        )
        document = self._row(structure, "Frame")["documents"][0]
        self.assertEqual(document["attachment_id"], attachment.id)
        self.assertFalse(attachment.sudo().public)
        with self.assertRaisesRegex(ValidationError, "belongs to nothing else"):
            self._change(self.line, "attach", "Tube", attachment_id=attachment.id)

    def test_files_of_others_are_not_reached(self):
        Attachment = self.env["ir.attachment"]
        files = [
            Attachment.create({"name": "a", "raw": b"a"}),
            Attachment.with_user(self.planner).create({"name": "b", "raw": b"b"}),
            Attachment.create(
                {
                    "name": "c",
                    "raw": b"c",
                    "res_model": "sale.order",
                    "res_id": self.line.order_id.id,
                }
            ),
            Attachment.create({"name": "d", "raw": b"d", "public": True}),
        ]
        for attachment in files:
            with self.subTest(name=attachment.name):
                with self.assertRaises(UserError):
                    self._change(
                        self.line, "attach", "Frame", attachment_id=attachment.id
                    )
        self.assertFalse(self.line.sudo().mto_bom_ids)
        # A drawing of another quotation is not taken away through this one.
        other = self._make_line()
        document = self._row(self._attach(other, "Frame"), "Frame")["documents"][0]
        with self.assertRaises(UserError):
            self._change(
                self.line, "detach", "Frame", document_id=document["document_id"]
            )

    def test_nobody_makes_one_by_hand(self):
        """Whatever file it was given, all who see the order would open it."""
        self._attach(self.line, "Frame")
        private = self.env["ir.attachment"].create({"name": "p", "raw": b"private"})
        bom = self._bom_of(self.line, self.frame)
        Document = self.env["mto.document"]
        for user in (self.salesperson, self.engineer, self.planner):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    Document.with_user(user).create(
                        {"bom_id": bom.id, "attachment_id": private.id}
                    )
                with self.assertRaises(AccessError):
                    bom.mto_document_ids.with_user(user).attachment_id = private
                with self.assertRaises(AccessError):
                    private.with_user(user).read(["raw"])

    def test_bad_files(self):
        key = self._key(self.line, "Frame")
        data = base64.b64encode(CONTENT).decode()
        cases = [
            ({"name": "x"}, "needs “name” and “data”"),
            ({"data": data}, "needs “name” and “data”"),
            ({}, "needs “name” and “data”"),
            ({"name": "x", "data": "%%"}, "in base64"),
            ({"name": "x", "data": 7}, "in base64"),
            ({"name": "x", "data": ""}, "in base64"),
            ({"name": "x", "data": data, "attachment_id": 1}, "."),
            ({"attachment_id": "x"}, "must be the id"),
        ]
        for values, problem in cases:
            with self.subTest(values=values):
                with self.assertRaisesRegex((ValidationError, AccessError), problem):
                    self.line.mto_customise([{"type": "attach", "key": key, **values}])
        self.env["ir.config_parameter"].sudo().set_param("web.max_file_upload_size", 5)
        with self.assertRaisesRegex(ValidationError, "is the most"):
            self._attach(self.line, "Frame")
        self.assertFalse(self.line.sudo().mto_bom_ids)
