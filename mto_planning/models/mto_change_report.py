"""What a change did, as data and as messages."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ..bridge.figures import format_number
from .mto_picture import Picture, public
from .mto_progress import is_started
from .purchase_order_line import UNORDERED

# Of a row about another order: what names it, besides its name.
NAMING = {"line_id", "move_id", "production_id", "production", "id", "name"}


class MtoChanger(models.AbstractModel):
    _inherit = "mto.changer"

    @api.model
    def _get_told(self, line):
        promise = line.mto_promise_id
        return {
            "quantity": line.product_uom_qty,
            "requested_date": _string(promise.requested_date),
            "promise_date": _string(promise.promise_date),
            "planned_date": _string(promise.planned_date),
            "on_request": promise.on_request,
        }

    @api.model
    def _compare(self, before, after):
        """The rows of what differs, as before and after."""
        rows = []
        for record in {**before.rows, **after.rows}:
            old, new = before.rows.get(record), after.rows.get(record)
            states = [row and public(row) for row in (old, new)]
            if states[0] == states[1]:
                continue
            rows.append(
                {
                    "kind": (new or old)["kind"],
                    "model": record._name,
                    "id": record.id,
                    "name": (new or old)["name"],
                    "product_id": (new or old)["product_id"],
                    "product": (new or old)["product"],
                    "action": _action(*states),
                    "before": states[0] or False,
                    "after": states[1] or False,
                }
            )
        return rows

    @api.model
    def _prepare_kept(self, line, record, quantity, reason):
        order = record.order_id if record._name == "purchase.order.line" else record
        return {
            "model": record._name,
            "id": record.id,
            "name": order.name,
            "product_id": record.product_id.id,
            "product": record.product_id.display_name,
            "quantity": quantity,
            "reason": reason,
            "wanted_by": self._get_wanting(line, record.product_id),
        }

    @api.model
    def _get_wanting(self, line, product):
        """What is asked for or planned of a product for other lines, not begun yet."""
        pegged = [
            ("company_id", "=", line.company_id.id),
            ("product_id", "=", product.id),
            ("mto_line_id", "not in", [False, line.id]),
        ]
        requests = line.env["purchase.order.line"].search(
            [*pegged, ("state", "in", UNORDERED)]
        )
        productions = line.env["mrp.production"].search(
            [*pegged, ("state", "=", "confirmed")]
        )
        found = [(one, one.order_id.name) for one in requests]
        found += [(one, one.name) for one in productions if not is_started(one)]
        return [
            {
                "model": record._name,
                "id": record.id,
                "name": name,
                "order": record.mto_order_id.name,
                "line_id": record.mto_line_id.id,
                "quantity": record.product_uom_qty,
            }
            for record, name in found
        ]

    @api.model
    def _get_others(self, line):
        """When others end, and when what is delivered with the line was promised.

        :return: ``{record: date}`` of open manufacturing orders of other lines, and of
            order lines.
        """
        productions = line.env["mrp.production"].search_fetch(
            [
                *self.env["mto.planner"]._get_open_domain(line.company_id.id),
                ("mto_line_id", "!=", line.id),
            ],
            ["date_finished"],
        )
        mates = self.env["mto.shipment"]._get_shipments(line)[line] - line
        return {one: one.date_finished for one in productions} | {
            mate: mate.mto_promise_date for mate in mates
        }

    @api.model
    def _compare_others(self, before, after):
        """Of what was there before, that which has another date."""
        return [
            self._prepare_other(record, before[record], date)
            for record, date in after.items()
            if before.get(record, date) != date
        ]

    @api.model
    def _prepare_other(self, record, before, after):
        is_line = record._name == "sale.order.line"
        line = record if is_line else record.mto_line_id
        return {
            "production_id": False if is_line else record.id,
            "production": False if is_line else record.name,
            "line_id": line.id,
            "order": line.order_id.name,
            "product_id": record.product_id.id,
            "quantity": line.product_uom_qty if is_line else record.product_qty,
            "before": _string(before),
            "after": _string(after),
            "days": (after - before) / timedelta(days=1) if before and after else 0.0,
        }

    @api.model
    def _veil(self, report):
        """A report for the user: what he may not read of other orders has no name.

        What happens to them stays, so that he knows that somebody has to be asked.
        """
        rows = [*report["others"], *report["repegged"]]
        rows += [wanting for kept in report["kept"] for wanting in kept["wanted_by"]]
        ids = {row["line_id"] for row in rows}
        readable = self.env["sale.order.line"].browse(ids)._filtered_access("read").ids
        for row in rows:
            if row["line_id"] not in readable:
                row.update(dict.fromkeys(NAMING & row.keys(), False))
                row["order"] = self.env._("another order")
        return report

    @api.model
    def _get_cost(self, line, before, after):
        """What is spent less (below zero) or more: not ordered, not worked yet."""
        materials = after.cost("purchase") - before.cost("purchase")
        work = after.cost("operation") - before.cost("operation")
        currency = line.company_id.currency_id
        return {
            "currency": currency.name,
            "materials": currency.round(materials),
            "work": currency.round(work),
            "hours": round(after.hours() - before.hours(), 4),
            "total": currency.round(materials + work),
        }

    @api.model
    def _tell_difference(self, pegs, before):
        """Tell what lines lost, each on its order.

        :param before: ``{line: its Picture}``.
        """
        kept = self._get_all_kept(pegs)
        for order, lines in pegs.lines.grouped("order_id").items():
            self._tell(
                order,
                [
                    {
                        "line_id": line.id,
                        "rows": self._compare(
                            before[line], Picture(line, before[line])
                        ),
                        "kept": [
                            self._prepare_kept(*row) for row in kept if row[0] == line
                        ],
                    }
                    for line in lines
                ],
            )

    @api.model
    def _tell(self, order, reports):
        """Write on an order what was done, and ask buyers about what is too much.

        :param order: as superuser, as the change itself: who sells may not read
            purchases, but asks the buyer.
        """
        items = []
        for report in reports:
            items.append(self._describe_line(order, report))
            items += [
                self._describe_row(row)
                for row in report["rows"]
                if row["kind"] in ("production", "purchase")
            ]
            items += map(self._describe_kept, report["kept"])
            self._ask_buyers(order, report["kept"])
        order.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._("What is made and bought follows the change:"),
                Markup().join(Markup("<li>%s</li>") % item for item in items),
            )
        )

    @api.model
    def _describe_line(self, order, report):
        line = order.order_line.browse(report["line_id"])
        values = {"product": line.product_id.display_name}
        if line.state == "cancel" or line._mto_is_dropped():
            return self.env._("%(product)s: not wanted any more.", **values)
        date = line.mto_promise_date
        return self.env._(
            "%(product)s: %(quantity)s, promised for %(date)s.",
            quantity=format_number(self.env, line.product_uom_qty),
            date=line.order_id._mto_format(date) if date else "-",
            **values,
        )

    @api.model
    def _describe_row(self, row):
        old, new = row["before"], row["after"]
        values = {"name": row["name"], "product": row["product"]}
        if row["action"] == "cancelled":
            return self.env._("%(name)s %(product)s: cancelled.", **values)
        values["after"] = format_number(self.env, new["quantity"])
        if row["action"] == "new":
            return self.env._("%(name)s %(product)s: new, %(after)s.", **values)
        values["before"] = format_number(self.env, old["quantity"])
        if values["before"] == values["after"]:
            return self.env._("%(name)s %(product)s: changed.", **values)
        return self.env._("%(name)s %(product)s: %(before)s → %(after)s.", **values)

    @api.model
    def _describe_kept(self, row):
        reasons = {
            "started": self.env._("has begun and goes to stock"),
            "done": self.env._("is made and is free stock"),
            "ordered": self.env._("stays ordered and becomes free stock"),
            "received": self.env._("is here and is free stock"),
        }
        return self.env._(
            "%(name)s: %(quantity)s %(product)s %(reason)s.",
            name=row["name"],
            quantity=format_number(self.env, row["quantity"]),
            product=row["product"],
            reason=reasons[row["reason"]],
        )

    @api.model
    def _ask_buyers(self, order, kept):
        for row in kept:
            if row["reason"] != "ordered":
                continue
            bought = order.env["purchase.order.line"].browse(row["id"])
            purchase = bought.order_id
            purchase.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=purchase.user_id.id or self.env.uid,
                note=self.env._(
                    "%(order)s needs %(quantity)s %(product)s less than ordered: "
                    "cancel them with the vendor, or they become free stock.",
                    order=order.name,
                    quantity=format_number(self.env, row["quantity"]),
                    product=row["product"],
                ),
            )


def _action(old, new):
    if not old:
        return "new"
    if not new or (new["state"] == "cancel" and old["state"] != "cancel"):
        return "cancelled"
    return "changed"


def _string(moment):
    return fields.Datetime.to_string(moment) if moment else False
