"""Taking over what something really takes, and what that does to dates."""

import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..bridge.access import check_access
from ..bridge.days import format_apart
from ..bridge.figures import format_number
from .errand import Errand
from .trial import SILENT, taken_back

ENGINEERS = "mto_planning.group_engineer"
# A quotation is tried of so many products.
MAX_PRODUCTS = 3
# Nobody plans an operation, or a vendor, that takes longer.
MOST = {"work": 100_000, "vendor": 3_650}

# Order lines that a row is about, of work orders and of purchases.
LINES = {
    "work": """
        SELECT coalesce(operation.mto_template_operation_id, operation.id),
               workorder.workcenter_id, array_agg(DISTINCT production.mto_line_id)
          FROM mrp_routing_workcenter operation
          JOIN mrp_workorder workorder ON workorder.operation_id = operation.id
          JOIN mrp_production production ON production.id = workorder.production_id
         WHERE (operation.id = ANY(%(ids)s::int[])
                OR operation.mto_template_operation_id = ANY(%(ids)s::int[]))
           AND production.mto_line_id IS NOT NULL
           AND (workorder.state NOT IN ('done', 'cancel') OR NOT %(is_open)s)
         GROUP BY 1, 2""",
    "vendor": """
        SELECT offer.id, NULL, array_agg(DISTINCT line.mto_line_id)
          FROM product_supplierinfo offer
          JOIN product_product product
            ON product.product_tmpl_id = offer.product_tmpl_id
           AND (offer.product_id IS NULL OR offer.product_id = product.id)
          JOIN purchase_order_line line ON line.product_id = product.id
          JOIN purchase_order purchase ON purchase.id = line.order_id
          JOIN res_partner vendor ON vendor.id = purchase.partner_id
         WHERE offer.id = ANY(%(ids)s::int[])
           AND offer.partner_id IN (vendor.id, vendor.parent_id)
           AND line.mto_line_id IS NOT NULL
           AND purchase.state <> 'cancel'
           AND (line.mto_is_received IS NOT TRUE OR NOT %(is_open)s)
         GROUP BY 1""",
}


class MtoTime(models.Model):
    _inherit = "mto.time"

    step = fields.Char("Operation or Vendor", compute="_compute_texts")
    planned_text = fields.Char("Planned Time", compute="_compute_texts")
    real_text = fields.Char("Real Time", compute="_compute_texts")
    reason = fields.Text("What Was Measured", compute="_compute_texts")
    open_line_count = fields.Integer(
        "Open Order Lines",
        compute="_compute_open_line_count",
        help="Lines of orders whose work, or whose parts from this vendor, are still "
        "to come. They keep the times that they were planned with.",
    )
    can_take = fields.Boolean(compute="_compute_can_take")
    can_put_back = fields.Boolean(compute="_compute_can_take")

    # What the screens show

    @api.depends("measured", "planned", "unmeasured", "capacity")
    @api.depends_context("lang")
    def _compute_texts(self):
        for row in self:
            row.step = (row.operation_id or row.partner_id).display_name
            row.planned_text = row._format(row.planned)
            row.real_text = row._format(row.real) if row.cases else False
            row.reason = "\n".join(row._tell_reason())

    def _format(self, value):
        """A time in words, in the unit of its kind."""
        self.ensure_one()
        if self.kind == "vendor":
            days = round(value, 1)
            if days == 1:
                return self.env._("1 day")
            return self.env._("%s days", format_number(self.env, days))
        shown = round(value, 1 if value < 10 else None)
        minutes = self.env._("%s min", format_number(self.env, shown))
        if self.capacity in (0, 1):
            return minutes
        return self.env._(
            "%(minutes)s for %(count)s",
            minutes=minutes,
            count=format_number(self.env, self.capacity),
        )

    def _tell_reason(self):
        """Sentences: what was measured, and what of it is left out."""
        values = {
            "cases": self.cases,
            "longer": self.longer,
            "shorter": self.shorter,
            "low": self._format(self.low),
            "high": self._format(self.high),
        }
        if self.cases:
            if self.longer >= self.shorter:
                text = self.env._("%(longer)d of %(cases)d took longer.", **values)
            else:
                text = self.env._("%(shorter)d of %(cases)d took less.", **values)
            yield text
            yield self.env._("Half of them took from %(low)s to %(high)s.", **values)
        if self.left_out:
            yield self.env._(
                "Left out, more than four times as long as usual or less than a "
                "quarter of it: %d.",
                self.left_out,
            )
        if self.unmeasured:
            yield self.env._(
                "Left out, because nobody has measured them: %d.", self.unmeasured
            )
        if self.fixed_minutes:
            yield self.env._(
                "Besides, each work order takes %s minutes of set-up and clean-up.",
                format_number(self.env, self.fixed_minutes),
            )
        if self.is_learned:
            yield self.env._("Odoo computes the duration of this operation by itself.")
        if self.is_alternative:
            yield self.env._(
                "%s is an alternative: how much faster or slower it is than the "
                "operation's own work center is said by its efficiency.",
                self.workcenter_id.name,
            )

    def _compute_open_line_count(self):
        lines = self._find_lines(is_open=True)
        for row in self:
            row.open_line_count = len(lines.get(row, ()))

    @api.depends("cases", "planned", "proposed", "taken", "taken_date")
    @api.depends_context("uid")
    def _compute_can_take(self):
        for row in self:
            may = row._may_change()
            row.can_take = (
                may
                and row.cases > 0
                and row.proposed != row.planned
                and not (row.is_learned or row.is_alternative)
            )
            row.can_put_back = may and row.taken_date and row.planned == row.taken

    def _find_lines(self, is_open):
        """``{row: ids of the order lines that it is about}``.

        As superuser, by SQL: of lines that the user may not read he is told how many.

        :param is_open: only lines whose work or parts are still to come.
        """
        found = {}
        for kind, rows in self.grouped("kind").items():
            ids = (rows.operation_id if kind == "work" else rows.supplierinfo_id).ids
            by_key = {
                key: ids
                for *key_parts, ids in self.env.execute_query(
                    SQL(LINES[kind], ids=ids, is_open=is_open)
                )
                for key in [tuple(key_parts)]
            }
            for row in rows:
                key = (row.supplierinfo_id.id, None)
                if kind == "work":
                    key = (row.operation_id.id, row.workcenter_id.id)
                found[row] = by_key.get(key, [])
        return found

    def action_view_lines(self):
        """Button: the order lines whose work, or parts, are still to come."""
        check_access(self, "read")
        ids = {one for ids in self._find_lines(is_open=True).values() for one in ids}
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mto_planning.action_mto_lines"
        )
        return {**action, "domain": [("id", "in", list(ids))], "context": {}}

    # What it would do

    def effect(self, value=None):
        """What taking over would do to quotations, tried and taken back.

        :param float value: minutes or days of one row; what is proposed if left out.
        :return: a dictionary: ``open_lines`` (how many lines have their times already
            and keep them), ``products``: for each of the products that were sold last
            and use it ``product_id``, ``name``, ``quantity``, ``before`` and ``after``
            (UTC, the date a customer would be told today), ``days``.
        :raises AccessError: MissingError: not the user's to read.
        :raises UserError: or a ValidationError: the value makes no sense.
        """
        check_access(self, "read")
        values = self._get_values(value)
        # One moment for both, see ``mto.planner._get_moment``.
        rows = Errand.give(self, moment=fields.Datetime.now())
        lines = rows._find_sold_lines()
        before = rows._quote(lines)
        with taken_back(self.env):
            # Superuser: it is taken back. Whoever takes it over needs the rights.
            trial = Errand.give(rows.sudo().with_context(**SILENT), is_trial=True)
            for row, minutes in zip(trial, values, strict=True):
                row._write_planned(minutes)
            self.env.flush_all()
            after = trial._quote(lines)
        return {
            "open_lines": len(
                {one for ids in rows._find_lines(True).values() for one in ids}
            ),
            "products": [
                self._tell_effect(line, before[line], after[line]) for line in lines
            ],
        }

    def _tell_effect(self, line, before, after):
        shift = (after - before).total_seconds() / 86400 if before and after else 0.0
        return {
            "product_id": line.product_id.id,
            "name": line.product_id.with_env(self.env).display_name,
            "quantity": line.product_uom_qty,
            "before": before and fields.Datetime.to_string(before),
            "after": after and fields.Datetime.to_string(after),
            "days": round(shift, 2),
        }

    def _find_sold_lines(self):
        """The last order lines of products that use what these rows are about.

        One of each product, the latest first, as superuser: of each only the product
        and a usual quantity are told.
        """
        ids = {one for ids in self._find_lines(False).values() for one in ids}
        # Superuser: see above.
        lines = (
            self.env["sale.order.line"].sudo().browse(ids).sorted("id", reverse=True)
        )
        found = {}
        for line in lines[:1000]:
            if line.product_id.active and line.state == "sale":
                found.setdefault(line.product_id, line)
            if len(found) == MAX_PRODUCTS:
                break
        return list(found.values())

    def _quote(self, lines):
        """``{line: when it would be delivered if it were asked for now}``, or False."""
        planner = self.env["mto.planner"]
        dates = {}
        for line in lines:
            request = planner._make_request(
                key=line.id,
                product=line.product_id,
                quantity=line.product_uom_qty or 1,
                uom=line.product_uom_id,
                warehouse=line.warehouse_id,
                requested=None,
                line=line.browse(),
            )
            try:
                (answer,) = planner._plan([request])
            except UserError:
                dates[line] = False
            else:
                dates[line] = answer.promise_date or False
        return dates

    # Doing it

    def action_take_over(self):
        """Button: see what it does, then take the real time over."""
        self._check_may_take()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take Over the Real Time"),
            "res_model": "mto.take.over",
            "view_mode": "form",
            "target": "new",
            "context": {"default_time_ids": self.ids},
        }

    def take_over(self, value=None):
        """Plan with the real time from now on: in the master, or the price list.

        Only what is planned from now on uses it; orders keep their times.

        :param float value: minutes or days of one row; what is proposed if left out.
        :raises AccessError: operations are for engineers and manufacturing's
            administrators, price lists for those who may write them.
        :raises UserError: or a ValidationError: the value makes no sense, or Odoo
            computes the duration by itself.
        """
        self._check_may_take()
        for row, minutes in zip(self, self._get_values(value), strict=True):
            # Superuser: engineers may, and core's own rights give masters to
            # manufacturing's administrators alone; checked above.
            row.sudo()._take_over(minutes)
        return True

    def _take_over(self, value):
        before = self.planned
        text = self.env._(
            "%(what)s: planned with %(after)s instead of %(before)s.",
            what=(self.operation_id or self.partner_id).display_name,
            before=self._format(before),
            after=self._format(value),
        )
        self._tell(" ".join([text, *self._tell_reason()]))
        self._write_planned(value)
        self.write(
            {
                "before": before,
                "taken": self.planned,
                "taken_date": fields.Datetime.now(),
                "taken_by_id": self.env.uid,
            }
        )

    def action_put_back(self):
        """Button: plan as before what was taken over.

        :raises UserError: nothing was taken over, or it was changed since.
        """
        check_access(self, "read")
        self._check_may_change()
        for row in self:
            if not row.taken_date:
                raise UserError(
                    self.env._("%s: nothing was taken over.", row.display_name)
                )
            if row.planned != row.taken:
                raise UserError(
                    self.env._(
                        "%(what)s is planned with %(now)s now: it was changed after "
                        "%(taken)s was taken over. Change it where it stands.",
                        what=row.display_name,
                        now=row._format(row.planned),
                        taken=row._format(row.taken),
                    )
                )
            # Superuser: as when it was taken over.
            row.sudo()._put_back()
        return True

    def _put_back(self):
        self._tell(
            self.env._(
                "%(what)s: put back to %(before)s, from %(now)s.",
                what=(self.operation_id or self.partner_id).display_name,
                before=self._format(self.before),
                now=self._format(self.planned),
            )
        )
        self._write_planned(self.before)
        self.write({"taken_date": False, "taken_by_id": False, "taken": 0})

    def _write_planned(self, value):
        """Write a time where it is planned from; offers that said the same, too."""
        if self.kind == "work":
            self.operation_id.time_cycle_manual = value
        else:
            self._get_offers().delay = round(value)

    def _get_offers(self):
        """The price list's rows of this vendor for this, as the SQL of receipts."""
        offer = self.supplierinfo_id
        return offer.product_tmpl_id.seller_ids.filtered(
            lambda one: (
                one.partner_id == offer.partner_id
                and one.product_id == offer.product_id
                and one.company_id == offer.company_id
                and one.delay == offer.delay
            )
        )

    def _tell(self, text):
        """Post what was changed where people look for it."""
        self.ensure_one()
        document = self.bom_id if self.kind == "work" else self.product_tmpl_id
        document.message_post(body=text)

    # What may be done

    def _may_change(self):
        self.ensure_one()
        if self.kind == "vendor":
            return self.supplierinfo_id.has_access("write")
        is_engineer = self.env.user.has_group(ENGINEERS)
        return is_engineer or self.operation_id.has_access("write")

    def _check_may_change(self):
        for row in self:
            if row._may_change():
                continue
            if row.kind == "vendor":
                raise AccessError(
                    self.env._("Only who may change vendors' prices may do this.")
                )
            raise AccessError(
                self.env._(
                    "Only engineers (“Change the Work of an Order”) and administrators "
                    "of manufacturing may change what an operation takes."
                )
            )

    def _check_may_take(self):
        check_access(self, "read")
        self._check_may_change()
        for row in self:
            if row.is_learned:
                raise UserError(
                    self.env._(
                        "%s: Odoo computes this duration by itself. Set it to “Fixed” "
                        "on the operation first.",
                        row.display_name,
                    )
                )
            if row.is_alternative:
                raise UserError(
                    self.env._(
                        "%(what)s was done on the alternative %(center)s. The "
                        "operation has one time for all work centers: change the "
                        "efficiency of this one.",
                        what=row.display_name,
                        center=row.workcenter_id.name,
                    )
                )

    def _get_values(self, value):
        """The time of each row: one that was given, or what is proposed."""
        if value is None or value is False:
            missing = self.filtered(lambda row: not row.cases)
            if missing:
                raise UserError(
                    self.env._("%s: nothing was measured yet.", missing[0].display_name)
                )
            return self.mapped(lambda row: row.proposed)
        self.ensure_one()
        most = MOST[self.kind]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or math.isnan(value) or not 0 <= value <= most:
            raise ValidationError(
                self.env._(
                    "“value” must be a number from 0 to %(most)d, not %(value)s.",
                    most=most,
                    value=value,
                )
            )
        return [value]

    def _tell_proposals(self):
        """A line of text for each row: what would be planned instead of what."""
        return "\n".join(
            f"{row.display_name}: {row.planned_text} → {row._format(row.proposed)}"
            for row in self
        )

    def _tell_effects(self, effect):
        """Lines of text: what ``effect`` returned."""
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        if not effect["products"]:
            yield self.env._("Nothing that uses it was sold yet.")
        for one in effect["products"]:
            quantity = format_number(self.env, one["quantity"])
            values = {"product": one["name"], "quantity": quantity}
            if not one["before"] or not one["after"]:
                yield self.env._("%(quantity)s × %(product)s: no date.", **values)
                continue
            before, after = (
                fields.Datetime.to_datetime(one[name]) for name in ("before", "after")
            )
            if before == after:
                yield self.env._(
                    "%(quantity)s × %(product)s: %(before)s, as before.",
                    before=format_apart(self.env, [before], zone)[0],
                    **values,
                )
                continue
            texts = format_apart(self.env, [before, after], zone)
            yield self.env._(
                "%(quantity)s × %(product)s: %(before)s → %(after)s",
                before=texts[0],
                after=texts[1],
                **values,
            )
        if effect["open_lines"]:
            yield self.env._(
                "Open order lines that keep the times they have: %d.",
                effect["open_lines"],
            )
