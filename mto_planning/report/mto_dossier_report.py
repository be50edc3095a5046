from markupsafe import Markup
from reportlab.graphics import renderSVG
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.mto_outlook import Outlook
from ..models.mto_progress_timeline import level_of

# Who may print what an order is made by; there is no cost and no price in it.
READERS = ("mrp.group_mrp_user", "sales_team.group_sale_salesman")


class MtoDossier(models.AbstractModel):
    """All that the workshop has to know of an order, on paper."""

    _name = "mto.dossier"
    _description = "Production Dossier"

    @api.model
    def _prepare(self, lines):
        """What is printed of order lines that the user may read.

        :return: list of dictionaries, one for each line.
        :raises AccessError: for whom production is not meant.
        :raises UserError: nothing of it is made to order.
        """
        lines.check_access("read")
        lines.order_id.check_access("read")
        if not (self.env.su or any(map(self.env.user.has_group, READERS))):
            raise AccessError(
                self.env._("The dossier is for manufacturing and for sales.")
            )
        # Superuser: salespeople may read neither work orders nor purchases; of these
        # names, quantities and dates are shown.
        made = lines.sudo().filtered("mto_is_made_to_order")
        if not made:
            raise UserError(self.env._("Nothing of it is made to order."))
        return [self._prepare_line(line) for line in made]

    @api.model
    def _prepare_line(self, line):
        outlook = Outlook(line, fields.Datetime.now())
        return {
            "line": line,
            "order": line.order_id,
            "promise": line.mto_promise_id,
            "levels": self._prepare_levels(outlook),
            "purchases": [
                self._prepare_purchase(purchase, outlook)
                for purchase in outlook.purchases.sorted("date_planned")
            ],
            "deliveries": line.move_ids.filtered(
                lambda move: move.picking_id and move.state != "cancel"
            ).sorted("date"),
        }

    @api.model
    def _prepare_levels(self, outlook):
        """From what is delivered down to its parts: ``[(depth, [orders])]``."""
        levels = {}
        for production in outlook.productions:
            depth = level_of(production)
            levels.setdefault(depth, []).append(
                self._prepare_production(production, outlook)
            )
        return [
            (depth, sorted(levels[depth], key=lambda row: row["start"] or row["need"]))
            for depth in sorted(levels)
        ]

    @api.model
    def _prepare_production(self, production, outlook):
        moves = production.move_raw_ids.filtered(lambda move: move.state != "cancel")
        work = production.workorder_ids.filtered(lambda one: one.state != "cancel")
        return {
            "production": production,
            "start": production.date_start,
            "finish": production.date_finished,
            "barcode": self._draw_barcode(production.name),
            "need": production.mto_need_date or production.date_start,
            "components": [self._prepare_component(move, outlook) for move in moves],
            "operations": work.sorted(lambda one: (one.date_start or one.id, one.id))
            if all(work.mapped("date_start"))
            else work,
            "drawings": self._get_own_drawings(production.bom_id),
        }

    @api.model
    def _draw_barcode(self, text):
        """A Code 128 as picture of lines: sharp on paper, and of no other program.

        Core's are bitmaps, for which some servers lack a library.
        """
        drawing = createBarcodeDrawing(
            "Code128", value=text, quiet=0, barHeight=36, barWidth=1.25
        )
        picture = renderSVG.drawToString(drawing)
        return Markup(picture[picture.index("<svg") :])

    @api.model
    def _prepare_component(self, move, outlook):
        """A component, where it lies, and what brings it."""
        productions, purchases = self._find_sources(move)
        supply = [
            (production.name, outlook.finish(production), production.state == "done")
            for production in productions
        ]
        supply += [
            (
                purchase.order_id.name,
                outlook.receipt(purchase),
                purchase.mto_is_received,
            )
            for purchase in purchases
        ]
        return {
            "move": move,
            "location": move.location_id.display_name,
            "supply": supply,
            "drawings": move.bom_line_id.mto_document_ids.mapped("name"),
        }

    @api.model
    def _find_sources(self, move):
        """The manufacturing orders and purchases that a move takes from."""
        productions = move.env["mrp.production"]
        purchases = move.env["purchase.order.line"]
        seen = todo = move
        while todo:
            productions |= todo.production_id
            purchases |= todo.purchase_line_id | todo.created_purchase_line_ids
            todo = todo.move_orig_ids - seen
            seen |= todo
        return (
            productions.filtered(lambda one: one.state != "cancel"),
            purchases.filtered(lambda one: one.state != "cancel"),
        )

    @api.model
    def _prepare_purchase(self, purchase, outlook):
        return {
            "purchase": purchase,
            "expected": outlook.receipt(purchase),
            "is_here": purchase.mto_is_received,
        }

    @api.model
    def _get_own_drawings(self, bom):
        """Names of the drawings of a level and its operations."""
        return bom.mto_document_ids.filtered(
            lambda drawing: not drawing.bom_line_id
        ).mapped("name")


class MtoDossierReport(models.AbstractModel):
    """The dossier of whole orders."""

    _name = "report.mto_planning.report_mto_dossier"
    _description = "Production Dossier of an Order"

    @api.model
    def _get_report_values(self, docids, data=None):
        orders = self.env["sale.order"].browse(docids)
        lines = orders._mto_get_lines()
        return {
            "doc_ids": docids,
            "doc_model": "sale.order",
            "docs": orders,
            "jobs": self.env["mto.dossier"]._prepare(lines),
        }


class MtoDossierLineReport(models.AbstractModel):
    """The dossier of single lines."""

    _name = "report.mto_planning.report_mto_dossier_line"
    _description = "Production Dossier of an Order Line"

    @api.model
    def _get_report_values(self, docids, data=None):
        lines = self.env["sale.order.line"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "sale.order.line",
            "docs": lines,
            "jobs": self.env["mto.dossier"]._prepare(lines),
        }
