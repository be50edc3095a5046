from odoo import api, models
from odoo.exceptions import UserError

from ..bridge.figures import format_number


class MtoBuildReport(models.AbstractModel):
    """On paper: what the lines of an order are made of, and what differs.

    For the workshop: without costs and prices.
    """

    _name = "report.mto_planning.report_mto_build"
    _description = "Custom Build of an Order"

    @api.model
    def _get_report_values(self, docids, data=None):
        orders = self.env["sale.order"].browse(docids)
        lines = orders._mto_get_lines()
        if not lines:
            raise UserError(self.env._("Nothing of it is made to order."))
        return {
            "doc_ids": docids,
            "doc_model": "sale.order",
            "docs": orders,
            "builds": {
                line: self._prepare_build(line.mto_get_structure()) for line in lines
            },
            "lines_of": {order: order._mto_get_lines() for order in orders},
        }

    @api.model
    def _prepare_build(self, structure):
        return {
            "structure": structure,
            "rows": [
                {
                    **row,
                    "amount": self._get_amount(row),
                    "remark": self._get_remark(row),
                }
                for row in structure["rows"]
            ],
        }

    @api.model
    def _get_amount(self, row):
        """Of all that the line orders; of what is removed nothing."""
        if row["change"] == "removed":
            return ""
        if row["kind"] == "operation":
            return self.env._("%s min", format_number(self.env, row["duration"]))
        return f"{format_number(self.env, row['total'])} {row['unit']}"

    @api.model
    def _get_remark(self, row):
        """How a row differs from the master."""
        if not row["change"]:
            return ""
        if row["change"] == "added":
            return self.env._("Not in the master")
        before = ", ".join(filter(None, self._describe(row["was"])))
        if row["change"] == "changed" and not before:
            return self.env._("With drawings that the master does not have")
        if row["change"] == "removed":
            return self.env._("Removed. In the master: %s", before)
        current = {**row, "product": row["name"], "name": row["name"]}
        current = {name: current[name] for name in row["was"] if name in current}
        after = ", ".join(filter(None, self._describe(current)))
        if not after:
            return self.env._("Changed. In the master: %s", before)
        return self.env._(
            "Changed: %(after)s instead of %(before)s", after=after, before=before
        )

    @api.model
    def _describe(self, was):
        yield was.get("name") or was.get("product")
        if "quantity" in was:
            quantity = format_number(self.env, was["quantity"])
            yield f"{quantity} {was.get('unit', '')}".strip()
        elif "unit" in was:
            yield was["unit"]
        yield was.get("workcenter")
        if "minutes" in was:
            yield self.env._("%s minutes", format_number(self.env, was["minutes"]))
        if "source" in was:
            sources = dict(
                self.env["mrp.bom.line"]
                ._fields["mto_source"]
                ._description_selection(self.env)
            )
            yield sources.get(was["source"], self.env._("as its rules say"))
