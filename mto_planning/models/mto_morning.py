import logging
from datetime import datetime

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

_logger = logging.getLogger(__name__)

# In the user's time zone: not before people read it, not when the day is half over.
MORNING_HOURS = range(6, 12)
ROWS = 20


class MtoMorning(models.AbstractModel):
    """The list of ``mto.today`` by mail, for who wants it, once a working day."""

    _name = "mto.morning"
    _description = "Made-to-Order: Morning Message"

    @api.model
    def _cron_send(self):
        """Send it to all for whom it is morning and who have not had it today."""
        users = self.env["res.users"].search(
            [("mto_morning_message", "=", True), ("share", "=", False)], order="id"
        )
        waiting = users.filtered(self._is_due)
        for done, user in enumerate(waiting, 1):
            self._send(user)
            remaining = len(waiting) - done
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    @api.model
    def _get_local(self, user):
        zone = timezone(user.tz or user.company_id.partner_id.tz or "UTC")
        return utc.localize(fields.Datetime.now()).astimezone(zone)

    @api.model
    def _is_due(self, user):
        local: datetime = self._get_local(user)
        today = self._get_today(user)
        return (
            local.hour in MORNING_HOURS
            and user.mto_morning_sent != local.date()
            and bool(user.email)
            and today._is_working_day(local.date())
        )

    @api.model
    def _get_today(self, user):
        """``mto.today`` as the user sees it: his rights, language and time."""
        companies = user.company_id | user.company_ids
        return (
            self.env["mto.today"]
            .with_user(user)
            .with_context(lang=user.lang, tz=user.tz, allowed_company_ids=companies.ids)
        )

    @api.model
    def _send(self, user):
        """One mail; nothing when nothing needs the user or he may see nothing."""
        user.mto_morning_sent = self._get_local(user).date()
        today = self._get_today(user)
        if not today._may_see():
            return
        data = today.get()
        if not data["lines"] and not any((data["changes"] or {}).values()):
            return
        # Superuser: users may not create mails; what is in it the user has read.
        self.env["mail.mail"].sudo().create(self._prepare_mail(user, today, data))

    @api.model
    def _prepare_mail(self, user, today, data):
        env = today.env
        base = user.get_base_url()
        body = env["ir.qweb"]._render(
            "mto_planning.today_message",
            {
                "user": user,
                "data": data,
                "rows": data["lines"][:ROWS],
                "more": max(0, data["total"] - ROWS),
                "url": f"{base}/odoo/action-mto_planning.action_mto_today",
                "day": lambda moment: format_datetime(
                    env, moment, tz=user.tz, dt_format="short"
                ),
                "date": lambda day: format_date(env, day),
            },
            minimal_qcontext=True,
        )
        return {
            "subject": env._("Orders at risk: %s", len(data["lines"])),
            "body_html": body,
            "email_from": user.company_id.email_formatted or user.email_formatted,
            "email_to": user.email_formatted,
            "auto_delete": True,
        }
