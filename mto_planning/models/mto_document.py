from odoo import api, fields, models


class MtoDocument(models.Model):
    """A drawing of a bill of materials: of all of it, a component or an operation.

    Its file is an attachment of this record, so those may open it who may read this
    record: a drawing of an order whoever sees that order.
    """

    _name = "mto.document"
    _description = "Drawing of a Bill of Materials"
    _inherits = {"ir.attachment": "attachment_id"}
    _order = "id"

    attachment_id = fields.Many2one(
        "ir.attachment", string="File", required=True, index=True, ondelete="cascade"
    )
    bom_id = fields.Many2one(
        "mrp.bom",
        string="Bill of Materials",
        required=True,
        index=True,
        ondelete="cascade",
    )
    bom_line_id = fields.Many2one(
        "mrp.bom.line",
        string="Component",
        index="btree_not_null",
        ondelete="cascade",
    )
    operation_id = fields.Many2one(
        "mrp.routing.workcenter",
        index="btree_not_null",
        ondelete="cascade",
    )
    is_from_master = fields.Boolean(
        readonly=True, help="It came along when a master was copied for an order."
    )

    _attachment_uniq = models.Constraint(
        "unique (attachment_id)", "A file belongs to one drawing."
    )

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        for document in documents:
            document.attachment_id.write(
                {
                    "res_model": self._name,
                    "res_id": document.id,
                    "public": False,
                    "access_token": False,
                }
            )
        return documents

    def _get_owner(self):
        """What it is a drawing of: an operation, a component, or the whole level."""
        self.ensure_one()
        return self.operation_id or self.bom_line_id or self.bom_id

    def _as_dict(self):
        """For programs and screens, see ``docs/api.md``."""
        self.ensure_one()
        return {
            "document_id": self.id,
            "attachment_id": self.attachment_id.id,
            "name": self.name,
            "mimetype": self.mimetype or "",
            "size": self.file_size,
            "is_from_master": self.is_from_master,
        }

    @api.model
    def _find(self, boms):
        """Drawings of bills of materials: ``{what they are of: drawings}``."""
        found = self.search([("bom_id", "in", boms.ids)])
        return found.grouped(lambda document: document._get_owner())

    def _copy_to(self, bom, owner, **values):
        """Give another bill of materials, or a row of it, the same drawings.

        :param owner: ``mrp.bom``, ``mrp.bom.line`` or ``mrp.routing.workcenter``.
        """
        # Superuser: who may copy what they are of copies them; nobody makes one by
        # hand, since the file of one is opened by all who see the order.
        documents = self.sudo()
        return documents.create(
            [
                {
                    "attachment_id": document.attachment_id.copy(
                        {"res_model": False, "res_id": False}
                    ).id,
                    "is_from_master": document.is_from_master,
                    **self._prepare_owner(bom, owner),
                    **values,
                }
                for document in documents
            ]
        )

    @api.model
    def _prepare_owner(self, bom, owner):
        names = {
            "mrp.bom.line": "bom_line_id",
            "mrp.routing.workcenter": "operation_id",
        }
        name = names.get(owner._name)
        return {
            "bom_id": bom.id,
            **dict.fromkeys(names.values(), False),
            **({name: owner.id} if name else {}),
        }


class MtoDocumented(models.AbstractModel):
    """What has drawings; they go with it."""

    _name = "mto.documented"
    _description = "What Has Drawings"

    # Superuser: their names, as the note; whoever opens one is checked.
    mto_documents = fields.Json(
        "Drawings", compute="_compute_mto_documents", compute_sudo=True
    )

    @api.depends("mto_document_ids")
    def _compute_mto_documents(self):
        for record in self:
            record.mto_documents = [
                document._as_dict() for document in record.mto_document_ids
            ]

    def _mto_get_own_documents(self):
        """Drawings that no master has: of an order's rows those that it added."""
        return self.mto_document_ids.filtered(lambda one: not one.is_from_master)

    def unlink(self):
        # Superuser: who may delete a row may delete what is only its; the database
        # would leave the files.
        self.sudo().mto_document_ids.unlink()
        return super().unlink()
