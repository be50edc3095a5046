"""Changes of confirmed order lines, carried through all levels of what brings them."""

from contextlib import contextmanager
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..bridge.parse import read_moment, shown
from ..bridge.request import MAX_QUANTITY
from .mto_pegs import Pegs, quantity_of
from .mto_picture import Picture, public
from .mto_progress import is_started
from .purchase_order_line import UNORDERED
from .trial import SILENT, taken_back

CHANGES = ("product_uom_qty", "requested_date", "priority", "cancel", "repeg")
# Of what is kept, that which lies in stock.
IN_STOCK = ("done", "received")


class MtoChanger(models.AbstractModel):
    """Makes the supply of order lines fit what is wanted of them.

    From what is delivered downwards: what has not begun shrinks or goes; what has
    begun, is ordered or is there stays, and what of it nobody needs is free stock.
    """

    _name = "mto.changer"
    _description = "Changes After Confirmation"

    # The change of one line

    @api.model
    def _preview(self, line, values):
        """What :meth:`_apply` would do, by doing it and taking it back."""
        with taken_back(self.env):
            report = self._change(line.with_context(**SILENT), values)
        for row in report["rows"]:
            if row["action"] == "new":
                # It is not there any more.
                row.update(id=False, name=False)
        return report

    @api.model
    def _apply(self, line, values):
        """Change a line and all that is made and bought for it, and tell it."""
        report = self._change(line, values)
        self._tell(line.order_id, [report])
        self._tell_repegged(line.order_id, report["repegged"])
        return report

    @api.model
    def _change(self, line, values):
        """Do it, but tell nobody.

        :param line: as superuser, of a confirmed order.
        :param values: checked, see :meth:`_parse`.
        :return: what it did, see ``docs/api.md``.
        """
        line.company_id._mto_guard_plan()
        pegs, before, others = Pegs(line), Picture(line), self._get_others(line)
        told = self._get_told(line)
        self._do(line.with_context(mto_planning_silent=True), values)
        kept = self._get_all_kept(pegs)
        repegged = self._repeg(line, kept) if values.get("repeg") else []
        line.env.flush_all()
        after = Picture(line, before)
        return {
            "line_id": line.id,
            "order": line.order_id.name,
            "product_id": line.product_id.id,
            "product": line.product_id.display_name,
            "before": told,
            "after": self._get_told(line),
            "rows": self._compare(before, after),
            "kept": [self._prepare_kept(*row) for row in kept],
            "repegged": repegged,
            "others": self._compare_others(others, self._get_others(line)),
            "cost": self._get_cost(line, before, after),
        }

    @api.model
    def _do(self, line, values):
        is_fresh, productions = self._is_fresh(line), line._mto_get_open_productions()
        usual = max(filter(None, productions.mapped("priority")), default="0")
        priority = values.get("priority", usual)
        is_planned = all(productions.mapped("is_planned"))
        requested = values.get("requested_date")
        quantity = values.get("product_uom_qty", line.product_uom_qty)
        if requested is not None:
            line.mto_requested_date = requested
        if quantity > line.product_uom_qty and is_fresh:
            # One order for each level, made anew, instead of a second one.
            line.product_uom_qty = 0.0
        is_less = quantity < line.product_uom_qty
        if quantity != line.product_uom_qty:
            line.product_uom_qty = quantity
        if line._mto_is_dropped():
            return
        if requested is not None:
            line._mto_replan(self.env._("Another date was requested."), requested)
        elif is_less and is_fresh and is_planned:
            line._mto_replan(self.env._("There is less to make."))
        line._mto_get_open_productions().priority = priority

    # Values

    @api.model
    def _parse(self, line, values):
        """Check the values of a change.

        :return: those of ``product_uom_qty``, ``requested_date`` and ``priority``.
        """
        if not isinstance(values, dict):
            raise ValidationError(self.env._("“values” must be a dictionary."))
        unknown = values.keys() - set(CHANGES)
        if unknown or not values:
            raise ValidationError(
                self.env._(
                    "“%(name)s” cannot be changed; known are: %(known)s.",
                    name=shown(min(map(str, unknown), default="")),
                    known=", ".join(CHANGES),
                )
            )
        parsed = {
            name: getattr(self, f"_parse_{name}")(line, value)
            for name, value in values.items()
        }
        if parsed.pop("cancel", False):
            if parsed.keys() - {"repeg"}:
                raise self._wrong("cancel", True, self.env._("given alone"))
            # What is delivered stays delivered.
            parsed["product_uom_qty"] = line.qty_delivered
        if not parsed:
            raise self._wrong("cancel", False, self.env._("true if given alone"))
        if parsed.get("repeg") and "product_uom_qty" not in parsed:
            raise self._wrong(
                "repeg", True, self.env._("given with “product_uom_qty” or “cancel”")
            )
        return parsed

    @api.model
    def _wrong(self, name, value, expected):
        return ValidationError(
            self.env._(
                "“%(name)s” must be %(expected)s, not “%(value)s”.",
                name=name,
                expected=expected,
                value=shown(value),
            )
        )

    @api.model
    def _parse_product_uom_qty(self, line, value):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value < MAX_QUANTITY:
            raise self._wrong(
                "product_uom_qty", value, self.env._("a number, zero or above")
            )
        if line.product_uom_id.compare(value, line.qty_delivered) < 0:
            raise self._wrong(
                "product_uom_qty",
                value,
                self.env._("at least what is delivered (%g)", line.qty_delivered),
            )
        return float(value)

    @api.model
    def _parse_requested_date(self, line, value):
        if value is False or value is None:
            return False
        moment = read_moment(value)
        if moment is None:
            raise self._wrong(
                "requested_date",
                value,
                self.env._("a UTC date and time like 2026-12-24 15:00:00, or false"),
            )
        self.env["mto.planner"]._check_requested(moment)
        return moment

    @api.model
    def _parse_priority(self, line, value):
        if value not in ("0", "1"):
            raise self._wrong("priority", value, self.env._("“0” or “1”"))
        return value

    @api.model
    def _parse_cancel(self, line, value):
        if not isinstance(value, bool):
            raise self._wrong("cancel", value, self.env._("true or false"))
        return value

    @api.model
    def _parse_repeg(self, line, value):
        if not isinstance(value, bool):
            raise self._wrong("repeg", value, self.env._("true or false"))
        return value

    # Fitting supply to demand

    @contextmanager
    def _following(self, lines):
        """Let all that is made and bought for lines follow what is done within.

        :param lines: confirmed ones, of which less will be wanted.
        """
        # Superuser: whoever changes an order may not read production and purchases.
        lines = lines.sudo().filtered("mto_is_made_to_order")
        if not lines:
            yield
            return
        lines.company_id._mto_guard_plan()
        pegs, before = Pegs(lines), {line: Picture(line) for line in lines}
        yield
        measured = self.env["mto.progress"]._prepare_nothing()
        # Not measured again after each record that changes.
        with self.env.protecting([lines._fields[name] for name in measured], lines):
            self._fit(pegs)
        lines._compute_mto_progress()
        for line in lines:
            if line.state == "sale" and not line._mto_is_dropped():
                reason = self.env._("There is less to make.")
                line._mto_follow_finish(reason)
            else:
                line._mto_drop()
        if not self.env.context.get("mto_planning_silent"):
            self._tell_difference(pegs, before)

    @api.model
    def _is_fresh(self, line):
        """Whether nothing of it is begun, delivered, or asked of a vendor."""
        moves = line.env["stock.move"].search([("mto_line_id", "=", line.id)])
        purchases = line.mto_purchase_line_ids
        return (
            not any(map(is_started, line._mto_get_open_productions()))
            and not moves.filtered(lambda move: move.state == "done")
            and set(purchases.mapped("state")) <= {"draft", "cancel"}
        )

    @api.model
    def _fit(self, pegs):
        """Let all supply of lines shrink to what is needed.

        :param pegs: the ``Pegs`` of the lines before the change.
        """
        # Fewer of a level need fewer of those below it: until nothing shrinks.
        while any([self._fit_group(pegs, group) for group in pegs.groups]):
            pass
        for move in pegs.moves:
            move._mto_follow_origins()
        self._release(pegs)

    @api.model
    def _fit_group(self, pegs, group):
        """Shrink the sources of moves, the last first; says whether anything did."""
        surplus, shrunk = pegs.surplus(group), False
        origins, requests, needs = group
        unit = needs.product_id[:1].uom_id
        for source in [
            *requests.exists().sorted("id", reverse=True),
            *origins.sorted("id", reverse=True),
        ]:
            if unit.compare(surplus, 0.0) <= 0:
                break
            given = source._mto_give_up(surplus)
            shrunk |= unit.compare(given, 0.0) > 0
            surplus -= given
        return shrunk

    @api.model
    def _get_all_kept(self, pegs):
        """What stays though nobody needs it any more.

        :return: list of ``(line, record, quantity in the product's unit, reason)``.
        """
        return [row for group in pegs.groups for row in self._get_kept(pegs, group)]

    @api.model
    def _get_kept(self, pegs, group):
        """Of one group: what is not here yet is counted first."""
        origins, _requests, needs = group
        unit, surplus = needs.product_id[:1].uom_id, pegs.surplus(group)
        for move in origins.sorted(lambda move: (move.state == "done", -move.id)):
            record, reason = move._mto_get_kept()
            quantity = min(surplus, quantity_of(move))
            if record and unit.compare(quantity, 0.0) > 0:
                yield pegs.line_of[needs[:1]], record, quantity, reason
                surplus -= quantity

    @api.model
    def _release(self, pegs):
        """What serves an order line no more is nobody's: free stock, or will be."""
        serving = pegs.serving()
        lost = pegs.moves.exists().filtered(lambda move: move.state != "cancel")
        lost -= serving
        productions = lost.production_id - serving.production_id
        lost |= productions.move_raw_ids.filtered(lambda move: not move.move_orig_ids)
        lost.mto_line_id = False
        productions.mto_line_id = False
        needed = serving.created_purchase_line_ids | serving.purchase_line_id
        purchases = pegs.lines.mto_purchase_line_ids - needed
        purchases.filtered(lambda one: one.state != "cancel").mto_line_id = False

    # Serving others

    @api.model
    def _repeg(self, line, kept):
        """Let other lines take what lies in stock now, those that need it first.

        :param kept: see :meth:`_get_all_kept`.
        :return: list of dictionaries, see ``docs/api.md``.
        """
        rows = []
        for _line, record, quantity, reason in kept:
            unit = record.product_id.uom_id
            for move in self._get_takers(line, record.product_id):
                taken = min(quantity, move.product_qty)
                if reason not in IN_STOCK or unit.compare(taken, 0.0) <= 0:
                    break
                rows.append(self._prepare_repegged(move, taken))
                self._take_from_stock(move, taken)
                quantity -= taken
        return rows

    @api.model
    def _get_takers(self, line, product):
        """Moves of other lines whose own supply of a product has not begun."""
        moves = line.env["stock.move"].search(
            [
                ("company_id", "=", line.company_id.id),
                ("warehouse_id", "=", line.warehouse_id.id),
                ("product_id", "=", product.id),
                ("mto_line_id", "not in", [False, line.id]),
                ("location_id", "child_of", line.warehouse_id.lot_stock_id.id),
                ("state", "=", "waiting"),
            ],
            order="date, id",
        )
        return moves.filtered(
            lambda move: (
                all(one.state in UNORDERED for one in move.created_purchase_line_ids)
                and all(
                    one.production_id and not is_started(one.production_id)
                    for one in move.move_orig_ids
                )
            )
        )

    @api.model
    def _take_from_stock(self, move, quantity):
        """Let what was made or bought for a move shrink by what stock gives it."""
        pegs = Pegs(move.mto_line_id)
        rest = move.product_qty - quantity
        if move.product_id.uom_id.compare(rest, 0.0) > 0:
            taking = move._mto_split_off(quantity)
        else:
            taking = move
            pegs.forget(move)
            move.write(
                {
                    "mto_supply": "stock",
                    "procure_method": "make_to_stock",
                    "move_orig_ids": [Command.clear()],
                    "created_purchase_line_ids": [Command.clear()],
                }
            )
            move._recompute_state()
        taking._action_assign()
        self._fit(pegs)

    @api.model
    def _prepare_repegged(self, move, quantity):
        return {
            "move_id": move.id,
            "line_id": move.mto_line_id.id,
            "order": move.mto_line_id.order_id.name,
            "product_id": move.product_id.id,
            "product": move.product_id.display_name,
            "quantity": quantity,
        }

    @api.model
    def _tell_repegged(self, order, rows):
        """Write on the orders that were served what they take from stock."""
        for row in rows:
            # Superuser: the order that is served may be another salesperson's.
            other = self.env["sale.order.line"].sudo().browse(row["line_id"]).order_id
            other.message_post(
                body=self.env._(
                    "%(quantity)g %(product)s are taken from stock, where %(order)s "
                    "has left them: they are not made or bought for this order.",
                    quantity=row["quantity"],
                    product=row["product"],
                    order=order.name,
                )
            )

    # Telling

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
        """``{id: when it ends}`` of the open manufacturing orders of other lines."""
        rows = line.env["mrp.production"].search_fetch(
            [
                *self.env["mto.planner"]._get_open_domain(line.company_id.id),
                ("mto_line_id", "!=", line.id),
            ],
            ["date_finished"],
        )
        return {one.id: one.date_finished for one in rows}

    @api.model
    def _compare_others(self, before, after):
        """Manufacturing orders of other lines that end at another time."""
        moved = [one for one in after if before.get(one, after[one]) != after[one]]
        return [
            {
                "production_id": production.id,
                "production": production.name,
                "line_id": production.mto_line_id.id,
                "order": production.mto_order_id.name,
                "before": _string(before[production.id]),
                "after": _string(after[production.id]),
                "days": (after[production.id] - before[production.id])
                / timedelta(days=1),
            }
            for production in self.env["mrp.production"].sudo().browse(moved)
        ]

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
        """Write on the order what was done, and ask buyers about what is too much."""
        items = []
        for report in reports:
            items.append(self._describe_line(report))
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
    def _describe_line(self, report):
        # Superuser: as the change itself; whoever asked may change the line.
        line = self.env["sale.order.line"].sudo().browse(report["line_id"])
        values = {"product": line.product_id.display_name}
        if line.state == "cancel" or line._mto_is_dropped():
            return self.env._("%(product)s: not wanted any more.", **values)
        date = line.mto_promise_date
        return self.env._(
            "%(product)s: %(quantity)g, promised for %(date)s.",
            quantity=line.product_uom_qty,
            date=line.order_id._mto_format(date) if date else "-",
            **values,
        )

    @api.model
    def _describe_row(self, row):
        old, new = row["before"], row["after"]
        values = {"name": row["name"], "product": row["product"]}
        if row["action"] == "cancelled":
            return self.env._("%(name)s %(product)s: cancelled.", **values)
        values["after"] = new["quantity"]
        if row["action"] == "new":
            return self.env._("%(name)s %(product)s: new, %(after)g.", **values)
        values["before"] = old["quantity"]
        if values["before"] == values["after"]:
            return self.env._("%(name)s %(product)s: changed.", **values)
        return self.env._("%(name)s %(product)s: %(before)g → %(after)g.", **values)

    @api.model
    def _describe_kept(self, row):
        reasons = {
            "started": self.env._("has begun and goes to stock"),
            "done": self.env._("is made and is free stock"),
            "ordered": self.env._("stays ordered and becomes free stock"),
            "received": self.env._("is here and is free stock"),
        }
        return self.env._(
            "%(name)s: %(quantity)g %(product)s %(reason)s.",
            name=row["name"],
            quantity=row["quantity"],
            product=row["product"],
            reason=reasons[row["reason"]],
        )

    @api.model
    def _ask_buyers(self, order, kept):
        for row in kept:
            if row["reason"] != "ordered":
                continue
            # Superuser: who sells may not read purchases, but asks the buyer.
            bought = self.env["purchase.order.line"].sudo().browse(row["id"])
            purchase = bought.order_id
            purchase.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=purchase.user_id.id or self.env.uid,
                note=self.env._(
                    "%(order)s needs %(quantity)g %(product)s less than ordered: "
                    "cancel them with the vendor, or they become free stock.",
                    order=order.name,
                    quantity=row["quantity"],
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
