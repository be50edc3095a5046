from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..bridge.access import check_access
from .mto_notice import TEMPLATE


class SaleOrder(models.Model):
    """Telling the customer that dates have moved, and his answer."""

    _inherit = "sale.order"

    mto_notice_ids = fields.One2many(
        "mto.notice",
        "order_id",
        string="Notices of New Dates",
        readonly=True,
        groups="sales_team.group_sale_salesman,mrp.group_mrp_user",
    )
    mto_can_tell = fields.Boolean(
        compute="_compute_mto_notice",
        compute_sudo=True,
        groups="base.group_user",
        help="Whether dates have moved that the customer does not know of.",
    )
    mto_can_accept = fields.Boolean(
        compute="_compute_mto_notice", compute_sudo=True, groups="base.group_user"
    )
    mto_notice_text = fields.Char(
        "New Date Told",
        compute="_compute_mto_notice",
        compute_sudo=True,
        groups="base.group_user",
    )

    # Not the lines': measuring many would read the order of each.
    @api.depends(
        "state",
        "mto_projected_date",
        "mto_promise_date",
        "mto_risk",
        "mto_notice_ids.state",
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_mto_notice(self):
        # Read for all at once: what follows looks at line by line.
        self.order_line.mapped("mto_notice_row_ids.notice_id.state")
        self.order_line.mapped("mto_promise_id.confirmed_date")
        for order in self:
            is_open = order.state == "sale"
            told = order._mto_get_notice(("sent", "accepted", "partial", "arranged"))
            order.mto_can_tell = is_open and bool(told._find_moves(order))
            order.mto_can_accept = bool(told) and told._is_open()
            order.mto_notice_text = is_open and order._mto_describe_notice(told)

    def _mto_describe_notice(self, notice):
        if not notice or self.mto_stage == "delivered":
            return False
        values = {
            "day": format_date(self.env, notice.sent_date),
            "answered": format_date(self.env, notice.answer_date or notice.sent_date),
            "who": notice.answered_by_id.name,
            "dates": ", ".join(
                dict.fromkeys(
                    format_date(self.env, row._get_day("expected_date"))
                    for row in notice.row_ids
                )
            ),
        }
        if notice.state == "accepted":
            return self.env._(
                "%(who)s has accepted %(dates)s on %(answered)s.", **values
            )
        if notice.state == "arranged":
            return self.env._(
                "%(who)s has asked for a partial delivery on %(answered)s. It is "
                "prepared.",
                **values,
            )
        if notice.state == "partial":
            return self.env._(
                "%(who)s has asked for a partial delivery on %(answered)s.", **values
            )
        return self.env._(
            "The customer was told %(dates)s on %(day)s; no answer yet.", **values
        )

    def _mto_get_notice(self, states=("draft",)):
        """The last notice of the order that is in one of some states, as superuser."""
        self.ensure_one()
        # Superuser: who sends a mail or reads his order may not read notices.
        notices = self.sudo().mto_notice_ids.sorted("id", reverse=True)
        return notices.filtered(lambda notice: notice.state in states)[:1]

    def _mto_get_open_notice(self):
        """What the customer may answer now; empty if there is nothing."""
        notice = self._mto_get_notice(("sent",))
        return notice.filtered(lambda notice: notice._is_open())

    def _mto_get_day(self, moment):
        """The day of a moment where the customer is.

        Papers and pages tell this one, whoever renders them: a guest has no time zone,
        and mails and histories would tell another day than the page beside them.
        """
        # Superuser: where the customer is; who reads his order knows him.
        return self.env["mto.notice"]._get_day(self.sudo(), moment)

    def _mto_tell_day(self, moment):
        """The day of a moment in the language of the reader, where the customer is.

        Empty for no moment.
        """
        return format_date(self.env, moment and self._mto_get_day(moment))

    # Telling

    def action_mto_tell_customer(self):
        """Button: write to the customer which dates have moved.

        The customer may answer, unless the company does not want that.

        :raises UserError: no date has moved since he was told.
        """
        self.ensure_one()
        check_access(self, "write")
        # Superuser: notices are written here only.
        order = self.sudo()
        notice = order.env["mto.notice"]._prepare_draft(order)
        if not notice:
            raise UserError(
                self.env._(
                    "%s: there is no new date. The customer was told what is expected.",
                    self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Customer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "sale.order",
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": self.env.ref(TEMPLATE).id,
                "default_email_layout_xmlid": (
                    "mail.mail_notification_layout_with_responsible_signature"
                ),
                "email_notification_allow_footer": True,
                "hide_mail_template_management_options": True,
                "force_email": True,
                "mto_planning_notice": notice.id,
            },
        }

    def action_mto_accept_new_date(self):
        """Button: the customer has accepted the new date by other ways."""
        self.ensure_one()
        check_access(self, "write")
        notice = self._mto_get_notice(("sent",))
        if not notice:
            raise UserError(
                self.env._("%s: the customer was told no new date.", self.name)
            )
        # Superuser: whoever may write the order may agree on its date.
        notice._accept(self.env.user.partner_id)
        return True

    def message_post(self, **kwargs):
        """What was told has been told once it is posted.

        Which notice that is says the context of the composer, which core sends with the
        message, now or when it is scheduled for.
        """
        message = super().message_post(**kwargs)
        notice_id = self.env.context.get("mto_planning_notice")
        # A customer's message brings a context, too, and core posts it as superuser.
        if type(notice_id) is int and self.env.user._is_internal():
            for order in self:
                notice = order._mto_get_notice()
                notice.filtered(lambda one: one.id == notice_id)._mark_sent()
        return message

    def _mto_ask_salesperson(self, activity_type, summary, note):
        """Give the salesperson something to do, once."""
        self.ensure_one()
        user = self.user_id
        if not user:
            return
        self.activity_unlink([activity_type], user_id=user.id)
        self.activity_schedule(
            activity_type, summary=summary, note=note, user_id=user.id
        )

    # Answers

    @api.model
    def _mto_get_customer_messages(self):
        """What the portal says when it comes back from an answer.

        :return: ``{name in the address: (kind of alert, sentence)}``.
        """
        return {
            "mto_accepted": (
                "success",
                self.env._("Thank you: the new date is agreed."),
            ),
            "mto_partial": (
                "success",
                self.env._("Thank you: we will get back to you about the delivery."),
            ),
            "mto_closed": (
                "warning",
                self.env._(
                    "This link is not valid any more: the date has been answered, or "
                    "it has moved again. See below how things stand."
                ),
            ),
            "mto_employee": (
                "info",
                self.env._(
                    "Customers answer here. If yours has told you, note it on the "
                    "order."
                ),
            ),
        }

    def _mto_get_partial_lines(self):
        """What a customer may ask a part of: all that is still to be delivered."""
        self.ensure_one()
        return self.order_line.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and not line.display_type
                and line._mto_get_open_quantity()
            )
        )
