import logging
from datetime import timedelta
from uuid import uuid4

from markupsafe import Markup
from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, format_date

from ..bridge.figures import format_number

_logger = logging.getLogger(__name__)

# Before a customer is told automatically, a planner may mend what has just gone wrong.
SETTLING = timedelta(hours=2)
TEMPLATE = "mto_planning.mail_template_new_date"
ASK_TO_TELL = "mto_planning.mail_activity_type_new_date"
ASK_TO_ANSWER = "mto_planning.mail_activity_type_partial"
# A customer's own words.
LONGEST_MESSAGE = 2000


class MtoNotice(models.Model):
    """What a customer was told of dates that have moved, and what he answered.

    A notice is a draft until it is posted on its order. It can be answered once, and
    only while it is true: see :meth:`_is_true`.
    """

    _name = "mto.notice"
    _description = "Notice of a New Delivery Date"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    row_ids = fields.One2many("mto.notice.row", "notice_id", readonly=True)
    state = fields.Selection(
        [
            ("draft", "To Be Sent"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("partial", "Partial Delivery Wanted"),
            ("arranged", "Partial Delivery Prepared"),
            ("expired", "Out of Date"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    # Part of the address of the answer: who has got an old one cannot answer this one.
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: uuid4().hex,
        groups="base.group_system",
    )
    noticed_date = fields.Datetime(
        readonly=True, help="Since when these are the dates, before it is sent."
    )
    sent_date = fields.Datetime("Sent On", readonly=True)
    user_id = fields.Many2one("res.users", "Sent By", readonly=True)
    answer_date = fields.Datetime("Answered On", readonly=True)
    answered_by_id = fields.Many2one("res.partner", "Who Has Answered", readonly=True)
    message = fields.Text("Words of the Customer", readonly=True)
    wanted = fields.Json(
        "Wanted First",
        readonly=True,
        help="What the customer asks for first: a list of line_id, quantity and day.",
    )

    # What is to be told

    @api.model
    def _find_moves(self, order):
        """What differs from what the customer was promised or told last.

        :param order: as superuser.
        :return: values of rows, of all lines that come later than promised or at
            another time than told; empty if nothing of it matters.
        """
        rows, matters = [], False
        for line in order._mto_get_lines():
            date = line._mto_get_date_to_tell()
            if not date:
                continue
            last = line._mto_get_last_notice_row().expected_date
            promised = line.mto_promise_date
            if self._is_another(order, last or promised, date):
                matters = True
            elif not self._is_another(order, promised, date):
                continue
            rows.append(
                {
                    "line_id": line.id,
                    "promise_id": line.mto_promise_id.id,
                    "quantity": line.product_uom_qty - line.qty_delivered,
                    "promised_date": promised,
                    "expected_date": date,
                }
            )
        return rows if matters else []

    @api.model
    def _is_another(self, order, one, two):
        """Whether two dates differ by as many days as matter to the company."""
        days = self._get_day(order, two) - self._get_day(order, one)
        return abs(days.days) >= order.company_id.mto_notice_days

    @api.model
    def _get_day(self, order, moment):
        """The day of a moment for the order's customer."""
        return utc.localize(moment).astimezone(self._get_zone(order)).date()

    @api.model
    def _get_zone(self, order):
        company = order.company_id.partner_id
        return timezone(order.partner_id.tz or company.tz or "UTC")

    @api.model
    def _prepare_draft(self, order):
        """The draft of an order with what is to be told now.

        :param order: as superuser.
        :return: the draft; empty if there is nothing to tell.
        """
        draft = order.mto_notice_ids.filtered(lambda notice: notice.state == "draft")
        rows = self._find_moves(order)
        if not rows:
            if draft:
                order.activity_unlink([ASK_TO_TELL])
            draft.unlink()
            return draft.browse()
        draft = draft[:1] or self.create({"order_id": order.id})
        if not draft._says(rows):
            draft.noticed_date = fields.Datetime.now()
        draft.row_ids.unlink()
        self.env["mto.notice.row"].create(
            [{**row, "notice_id": draft.id} for row in rows]
        )
        return draft

    def _says(self, rows):
        """Whether the notice says the same as rows do, as far as it matters."""
        told = {row.line_id.id: row.expected_date for row in self.row_ids}
        return told.keys() == {row["line_id"] for row in rows} and not any(
            self._is_another(self.order_id, told[row["line_id"]], row["expected_date"])
            for row in rows
        )

    # When it is told

    @api.model
    def _follow(self, orders):
        """Ask salespeople to tell what has moved, or tell it, as the company wants.

        Called by the hourly job only, so that no customer hears of each computation.

        :param orders: confirmed, as superuser.
        """
        for order in orders:
            way = order.company_id.mto_notice
            order.mto_notice_ids._expire()
            if way == "off":
                continue
            before = order.mto_notice_ids.filtered(lambda one: one.state == "draft")
            since = before.noticed_date
            draft = self._prepare_draft(order)
            if not draft:
                continue
            if way == "auto":
                if draft._is_settled():
                    draft._send_or_ask()
            elif draft.noticed_date != since:
                draft._ask_to_tell()

    def _is_settled(self):
        """Whether it may be told automatically.

        As long as a line is blocked its date is a guess: somebody has to act first.
        """
        self.ensure_one()
        blocked = self.row_ids.line_id.filtered(lambda line: line.mto_risk == "blocked")
        return not blocked and self.noticed_date <= fields.Datetime.now() - SETTLING

    def _send_or_ask(self):
        """Send it; if that cannot be, somebody has to."""
        order = self.order_id
        if not order.partner_id.email:
            return self._ask_to_tell()
        try:
            with self.env.cr.savepoint():
                self._send()
        except Exception:
            # A template that somebody has changed may fail in any way, and other
            # customers are to be told nevertheless.
            _logger.exception("The notice of %s could not be sent", order.name)
            self._ask_to_tell()

    def _send(self):
        """Post it on its order, which sends it by mail."""
        self.order_id.message_post_with_source(
            self.env.ref(TEMPLATE),
            email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
        )
        self._mark_sent()

    def _ask_to_tell(self):
        """Give the salesperson something to do, unless he has it already."""
        self.order_id._mto_ask_salesperson(
            ASK_TO_TELL, self.env._("Tell the customer the new date"), self._get_note()
        )

    def _get_note(self):
        rows = [
            self.env._(
                "%(product)s: %(expected)s, promised for %(promised)s",
                product=row.line_id.product_id.display_name,
                expected=format_date(self.env, row._get_day("expected_date")),
                promised=format_date(self.env, row._get_day("promised_date")),
            )
            for row in self.row_ids
        ]
        return Markup("<br/>").join(rows)

    def _mark_sent(self):
        """It has been posted: what was told before is not true any more."""
        order = self.order_id
        older = order.mto_notice_ids.filtered(lambda notice: notice.state == "sent")
        older.state = "expired"
        self.write(
            {
                "state": "sent",
                "sent_date": fields.Datetime.now(),
                "user_id": self.env.uid,
            }
        )
        order.activity_feedback([ASK_TO_TELL])

    # Whether it can be answered

    def _expire(self):
        """Mark what was sent and is not true any more."""
        self.filtered(
            lambda notice: notice.state == "sent" and not notice._is_true()
        ).state = "expired"

    def _is_true(self):
        """Whether each of its lines is still to be delivered when it says."""
        self.ensure_one()
        return self.order_id.state == "sale" and all(
            row._is_true() for row in self.row_ids
        )

    def _is_open(self):
        """Whether the customer may answer it now."""
        self.ensure_one()
        return (
            self.state == "sent"
            and self.company_id.mto_notice != "off"
            and any(row._is_late() for row in self.row_ids)
            and self._is_true()
        )

    def _has_token(self, token):
        return consteq(self.token, token)

    def _get_url(self, want=""):
        """Where the customer answers, as address for a mail."""
        self.ensure_one()
        order = self.order_id
        query = f"&want={want}" if want else ""
        path = order.get_portal_url(
            suffix=f"/new-date/{self.token}", query_string=query
        )
        return f"{order.get_base_url()}{path}"

    def _get_rows(self):
        """What it says, in the reader's language, by the customer's days.

        :return: list of ``{"product", "quantity", "unit", "promised", "expected",
            "is_late"}``.
        """
        return [
            {
                "product": row.line_id.product_id.display_name,
                "quantity": format_number(self.env, row.quantity),
                "unit": row.line_id.product_uom_id.name,
                "promised": format_date(self.env, row._get_day("promised_date")),
                "expected": format_date(self.env, row._get_day("expected_date")),
                "is_late": row._is_late(),
            }
            for row in self.row_ids
        ]

    def _is_late(self):
        return any(row._is_late() for row in self.row_ids)

    # Answers

    def _check_open(self):
        if not self._is_open():
            raise UserError(
                self.env._(
                    "%s: this date has been answered already, or it has moved again.",
                    self.order_id.name,
                )
            )

    def _accept(self, partner):
        """The dates of the notice are the promised ones from now on.

        :param partner: who says so.
        :raises UserError: there is nothing to answer any more.
        """
        self.ensure_one()
        self._check_open()
        self._write_answer("accepted", partner)
        for row in self.row_ids.filtered(lambda row: row._is_late()):
            row.line_id._mto_accept(row._get_agreed_date(), partner)
        self._post(
            partner,
            self.env._("The new delivery date is accepted."),
            self._get_note(),
        )

    def _ask_partial(self, partner, wanted, message):
        """Write down which part the customer wants earlier.

        :param partner: who says so.
        :param wanted: list of ``(order line, quantity, day or False)``.
        :param message: his own words.
        :raises UserError: there is nothing to answer any more.
        """
        self.ensure_one()
        self._check_open()
        self._write_answer("partial", partner, message)
        self.wanted = [
            {"line_id": line.id, "quantity": quantity, "day": day and str(day)}
            for line, quantity, day in wanted
        ]
        rows = [Markup("<li>%s</li>") % self._describe_wanted(*part) for part in wanted]
        note = Markup("<ul>%s</ul>") % Markup().join(rows) if rows else Markup()
        if message:
            note += Markup("<p>%s</p>") % message
        summary = self.env._("The customer asks for a partial delivery")
        self._post(partner, summary, note)
        self.order_id._mto_ask_salesperson(ASK_TO_ANSWER, summary, note)

    def _get_ready_parts(self):
        """What the customer asks for first and what lies ready for him.

        :return: list of ``(line, quantity in its unit)``.
        """
        parts = []
        for part in self.wanted or []:
            line = self.order_id.order_line.filtered(
                lambda line, part=part: line.id == part["line_id"]
            )
            ready = line and min(part["quantity"], line._mto_get_ready_quantity())
            if ready:
                parts.append((line, ready))
        return parts

    def _describe_wanted(self, line, quantity, day):
        values = {
            "quantity": format_number(self.env, quantity),
            "unit": line.product_uom_id.name,
            "product": line.product_id.display_name,
        }
        if not day:
            return self.env._("%(quantity)s %(unit)s %(product)s", **values)
        return self.env._(
            "%(quantity)s %(unit)s %(product)s by %(day)s",
            day=format_date(self.env, day),
            **values,
        )

    def _write_answer(self, state, partner, message=False):
        self.write(
            {
                "state": state,
                "answer_date": fields.Datetime.now(),
                "answered_by_id": partner.id,
                "message": message,
            }
        )

    def _post(self, partner, title, note):
        self.order_id.message_post(
            body=Markup("<p><b>%s</b></p>%s") % (title, note),
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )


class MtoNoticeRow(models.Model):
    """One line of a notice."""

    _name = "mto.notice.row"
    _description = "Line of a Notice of a New Delivery Date"
    _order = "id"
    _rec_name = "line_id"

    notice_id = fields.Many2one(
        "mto.notice", required=True, index=True, ondelete="cascade", readonly=True
    )
    line_id = fields.Many2one(
        "sale.order.line", required=True, index=True, ondelete="cascade", readonly=True
    )
    promise_id = fields.Many2one(
        "mto.promise",
        readonly=True,
        ondelete="cascade",
        index=True,
        help="What was promised when it was told.",
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    promised_date = fields.Datetime("Promised", required=True, readonly=True)
    expected_date = fields.Datetime("New Date", required=True, readonly=True)

    def _is_late(self):
        return self.expected_date > self.promised_date

    def _is_true(self):
        """Whether it would be told the same now."""
        date = self.line_id._mto_get_date_to_tell()
        return (
            bool(date)
            and self.line_id.mto_promise_id == self.promise_id
            and not self.notice_id._is_another(
                self.notice_id.order_id, self.expected_date, date
            )
        )

    def _get_day(self, name):
        order = self.notice_id.order_id
        return self.notice_id._get_day(order, self[name])

    def _get_agreed_date(self):
        """The moment to promise: hours that do not show in the day count, too."""
        date = self.line_id._mto_get_date_to_tell()
        get_day, order = self.notice_id._get_day, self.notice_id.order_id
        is_same_day = get_day(order, date) == self._get_day("expected_date")
        return max(date, self.expected_date) if is_same_day else self.expected_date
