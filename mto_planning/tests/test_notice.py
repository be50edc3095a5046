from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..bridge.days import format_moment
from .common import NOW, MtoCase


class NoticeCase(MtoCase):
    """One order of two things, of which the slow one gets a week late.

    Slow: five days of bending, promised for Friday, 5 March, 17:00. Quick: an hour.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.mto_notice = "manual"
        cls.customer.email = "customer@example.com"
        cls.slow = cls._make_product("Slow thing")
        cls._make_bom(cls.slow, [], [(cls.bending, 60 * 8 * 5)])
        cls.quick = cls._make_product("Quick thing")
        cls._make_bom(cls.quick, [], [(cls.assembly, 60)])
        cls.order = cls._make_order((cls.quick, 1), (cls.slow, 4), user=cls.salesperson)
        cls.order.order_line[1].product_uom_qty = 1
        cls.order.mto_compute_promise()
        cls.order.action_confirm()
        cls.order = cls.order.with_user(cls.env.user)
        cls.line = cls.order.order_line[1]
        cls.env.flush_all()

    def _slip(self, days):
        """The slow one's work takes ``days`` more than planned now."""
        made = self.line.mto_production_ids
        made.workorder_ids.leave_id.date_to += timedelta(days=days)
        made.date_finished += timedelta(days=days)

    def _run_job(self, hours=0):
        lines = self.order.order_line
        lines._mto_measure_again()
        self.env.flush_all()
        # Measured now: work that nobody begins would be late by those hours, too.
        with freeze_time(NOW + timedelta(hours=hours)):
            lines._mto_tell_late()
            self.env["mto.notice"]._follow(self.order)

    def _activities(self, name="new_date"):
        kind = self.env.ref(f"mto_planning.mail_activity_type_{name}")
        return self.order.activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind
        )

    def _send(self, user=None):
        """As the salesperson does: press the button, send what is prepared."""
        order = self.order.with_user(user or self.salesperson)
        action = order.action_mto_tell_customer()
        composer = (
            self.env["mail.compose.message"]
            .with_user(order.env.user)
            .with_context(**action["context"])
            .create({})
        )
        composer.action_send_mail()
        return self.order._mto_get_notice(("sent",))

    def _last_message(self):
        """What was written to the customer, or by him."""
        written = self.order.message_ids.filtered(
            lambda message: message.message_type == "comment"
        )
        return written.sorted("id")[-1]


@tagged("post_install", "-at_install")
class TestNotice(NoticeCase):
    """When a date moves, the customer is told once, and may say what he wants."""

    # Telling

    def test_nothing_has_moved_there_is_nothing_to_tell(self):
        self._run_job()
        self.assertFalse(self.order.mto_notice_ids)
        self.assertFalse(self.order.mto_can_tell)
        with self.assertRaisesRegex(UserError, "no new date"):
            self.order.with_user(self.salesperson).action_mto_tell_customer()

    def test_hours_do_not_matter(self):
        self.line.mto_production_ids.date_finished += timedelta(hours=3)
        self._run_job()
        self.assertEqual(self.line.mto_risk, "late")
        self.assertFalse(self.order.mto_notice_ids)

    def test_the_salesperson_is_asked_once(self):
        self._slip(7)
        for hours in (0, 1, 30):
            self._run_job(hours)
        activity = self._activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertIn("03/12/2027", activity.note)
        self.assertEqual(self.order.mto_notice_ids.state, "draft")

    def test_what_a_job_posts_is_in_the_time_zone_of_the_salesperson(self):
        self.salesperson.tz = "Asia/Tokyo"
        self.env.user.tz = False
        self._slip(7)
        self._run_job()
        late = self.order.message_ids.filtered(
            lambda message: "later than promised" in message.body
        )
        # 17:00 in UTC is the next day there.
        self.assertIn("March 13 instead of March 6", late.body)

    def test_moments_are_told_as_on_the_screen(self):
        moment = datetime(2027, 12, 31, 23, 30)
        for lang, zone, told in (
            ("en_US", "UTC", "Dec 31, 11:30 PM"),
            ("en_US", "Europe/Brussels", "Jan 1, 2028, 12:30 AM"),
            ("de_DE", "Europe/Brussels", "1. Jan. 2028, 00:30"),
        ):
            with self.subTest(lang=lang, zone=zone):
                self.env["res.lang"]._activate_lang(lang)
                env = self.env(context={"lang": lang})
                text = format_moment(env, moment, zone)
                # Some releases of CLDR have a narrow space before AM and PM.
                self.assertEqual(text.replace("\u202f", " "), told)

    def test_an_activity_that_was_put_away_comes_back_when_it_moves_again(self):
        self._slip(7)
        self._run_job()
        self._activities().action_done()
        self._run_job(1)
        self.assertFalse(self._activities())
        self._slip(3)
        self._run_job(2)
        self.assertIn("03/15/2027", self._activities().note)

    def test_what_is_sent_says_what_was_promised_and_what_is_expected(self):
        self._slip(7)
        self._run_job()
        notice = self._send()
        self.assertEqual((notice.state, notice.user_id), ("sent", self.salesperson))
        message = self._last_message()
        body = message.body
        for text in ("Slow thing", "03/05/2027", "03/12/2027", "new-date"):
            self.assertIn(text, body)
        self.assertNotIn("Quick thing", body)
        self.assertNotIn("Bending", body)
        self.assertIn(self.customer, message.partner_ids | message.notified_partner_ids)
        self.assertFalse(self._activities())
        self.assertFalse(self.order.mto_can_tell)
        self.assertIn("no answer yet", self.order.mto_notice_text)

    def test_in_the_customers_language_and_time_zone(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.write({"lang": "fr_FR", "tz": "Pacific/Auckland"})
        self._slip(7)
        notice = self._send()
        # 17:00 UTC on Friday is Saturday in Auckland.
        self.assertIn("13/03/2027", self._last_message().body)
        self.assertEqual(str(notice.row_ids._get_day("expected_date")), "2027-03-13")

    def test_it_is_told_again_only_when_it_moves_again(self):
        self._slip(7)
        first = self._send()
        self.line.mto_production_ids.date_finished += timedelta(hours=2)
        self._run_job(1)
        self.assertEqual(first.state, "sent")
        self.assertFalse(self._activities())
        self._slip(3)
        self._run_job(2)
        self.assertEqual(first.state, "expired")
        self.assertEqual(len(self._activities()), 1)
        second = self._send()
        self.assertNotEqual(first.sudo().token, second.sudo().token)

    def test_days_that_matter_are_the_companys(self):
        self.company.mto_notice_days = 8
        self._slip(7)
        self.assertFalse(self.order.mto_can_tell)
        self._slip(1)
        self.assertTrue(self.order.mto_can_tell)

    def test_it_is_on_time_again_and_the_customer_hears_it(self):
        self._slip(7)
        first = self._send()
        self._slip(-7)
        self._run_job(1)
        self.assertEqual(first.state, "expired")
        self.assertEqual(len(self._activities()), 1)
        second = self._send()
        self.assertIn("good news", self._last_message().body)
        self.assertFalse(second._is_open())
        with self.assertRaises(UserError):
            second._accept(self.customer)

    def test_on_time_again_nobody_is_asked_to_tell_a_date_that_is_not_true(self):
        self._slip(7)
        self._run_job()
        self.assertTrue(self._activities())
        self._slip(-7)
        self._run_job(1)
        self.assertEqual(self.line.mto_risk, "on_track")
        self.assertFalse(self._activities())
        self.assertFalse(self.order.mto_notice_ids)

    def test_without_notices_nobody_is_asked_to_tell_it_either(self):
        self.env.company.mto_notice = "off"
        self._slip(7)
        self._run_job()
        self.assertTrue(self._activities())
        self._slip(-7)
        self._run_job(1)
        self.assertFalse(self._activities())

    def test_automatically_but_not_at_once(self):
        self.company.mto_notice = "auto"
        self._slip(7)
        self._run_job()
        self._run_job(1)
        self.assertEqual(self.order.mto_notice_ids.state, "draft")
        self.assertFalse(self._activities())
        self._run_job(2)
        self.assertEqual(self.order.mto_notice_ids.state, "sent")
        self.assertIn("03/12/2027", self._last_message().body)
        messages = len(self.order.message_ids)
        self._run_job(3)
        self.assertEqual(len(self.order.message_ids), messages)

    def test_a_planner_mends_it_before_the_customer_hears_of_it(self):
        self.company.mto_notice = "auto"
        self._slip(7)
        self._run_job()
        self._slip(-7)
        self._run_job(2)
        self.assertFalse(self.order.mto_notice_ids)

    def test_a_guess_is_not_told_automatically(self):
        self.company.mto_notice = "auto"
        self._slip(7)
        self._run_job()
        field = self.line._fields["mto_risk"]
        with self.env.protecting([field], self.line):
            self.line.mto_risk = "blocked"
        self.assertFalse(self.order.mto_notice_ids._is_settled())

    def test_without_an_address_the_salesperson_is_asked(self):
        self.company.mto_notice = "auto"
        self.customer.email = False
        self._slip(7)
        self._run_job()
        self._run_job(2)
        self.assertEqual(self.order.mto_notice_ids.state, "draft")
        self.assertEqual(len(self._activities()), 1)

    def test_a_broken_template_stops_nobody_else(self):
        self.company.mto_notice = "auto"
        self._slip(7)
        self._run_job()
        broken = patch.object(
            self.registry["mto.notice"], "_send", side_effect=ValueError("Broken")
        )
        with broken, self.assertLogs("odoo.addons.mto_planning", "ERROR"):
            self._run_job(2)
        self.assertEqual(len(self._activities()), 1)

    def test_off_nothing_is_prepared_and_nothing_can_be_answered(self):
        self.company.mto_notice = "off"
        self._slip(7)
        self._run_job()
        self.assertFalse(self.order.mto_notice_ids)
        self.assertEqual(len(self._activities()), 1, "As ever: it is late")
        notice = self._send()
        self.assertNotIn("new-date", self._last_message().body)
        self.assertFalse(notice._is_open())

    def test_a_new_date_has_the_safety_that_is_still_needed(self):
        promise = self.line.mto_promise_id
        promise.safety_days = 2
        promise.confirmed_date = NOW - timedelta(days=11)
        self._slip(7)
        # Half of the way is gone: 11 days and 9 hours are ahead of 22 and 9 hours.
        ahead, gone = timedelta(days=11, hours=9), timedelta(days=11)
        self.assertEqual(
            self.line._mto_get_date_to_tell(),
            self._at(11, 17) + timedelta(days=2 * (ahead / (ahead + gone))),
        )

    # Accepting

    def test_what_is_accepted_is_promised(self):
        before = self.line.mto_promise_id
        self._slip(7)
        self._run_job()
        self._send()._accept(self.customer)
        promise = self.line.mto_promise_id
        self.assertNotEqual(promise, before)
        self.assertEqual((before.state, promise.state), ("superseded", "confirmed"))
        self.assertEqual(promise.accepted_by_id, self.customer)
        self.assertEqual(promise.promise_date, self._at(11, 17))
        self.assertEqual(promise.first_promise_date, self._at(4, 17))
        self.assertEqual(self.order.commitment_date, self._at(11, 17))
        deliveries = self.line._mto_get_open_deliveries()
        self.assertEqual(deliveries.date_deadline, self._at(11, 17))
        self._run_job(1)
        self.assertEqual(self.line.mto_risk, "on_track")
        self.assertEqual(self.line.mto_projected_date, self._at(11, 17))
        self.assertEqual(self.line.mto_slack_hours, 0)
        self.assertFalse(self._activities())
        self.assertNotIn("on time again", self._last_message().body)
        self.assertEqual(self.order.order_line[0].mto_promise_date, self._at(0, 9))

    def test_figures_are_those_of_the_first_promise(self):
        self._slip(7)
        self._send()._accept(self.customer)
        promise = self.line.mto_promise_id
        promise.actual_date = self._at(11, 17)
        self.assertEqual(promise.delay_days, 7)
        self.assertEqual(promise.slippage_days, 7)

    def test_it_is_answered_once(self):
        self._slip(7)
        notice = self._send()
        notice._accept(self.customer)
        for answer in (
            lambda: notice._accept(self.customer),
            lambda: notice._ask_partial(self.customer, [], "Some"),
        ):
            with self.assertRaisesRegex(UserError, "answered already"):
                answer()

    def test_a_date_that_has_moved_again_is_not_accepted(self):
        self._slip(7)
        notice = self._send()
        self._slip(2)
        with self.assertRaisesRegex(UserError, "moved again"):
            notice._accept(self.customer)
        self.assertEqual(self.line.mto_promise_date, self._at(4, 17))

    def test_hours_that_no_day_shows_are_accepted_too(self):
        self._slip(7)
        notice = self._send()
        self.line.mto_production_ids.date_finished += timedelta(hours=2)
        notice._accept(self.customer)
        self.assertEqual(self.line.mto_risk, "on_track")

    def test_accepted_and_late_again_is_told_again(self):
        self._slip(7)
        self._send()._accept(self.customer)
        self._slip(3)
        self._run_job(1)
        self.assertEqual(self.line.mto_risk, "late")
        self.assertIn("promised for 03/12/2027", self._activities().note)

    def test_a_salesperson_notes_what_he_was_told(self):
        self._slip(7)
        self._send()
        order = self.order.with_user(self.salesperson)
        self.assertTrue(order.mto_can_accept)
        order.action_mto_accept_new_date()
        self.assertFalse(order.mto_can_accept)
        self.assertEqual(
            self.line.mto_promise_id.accepted_by_id, self.salesperson.partner_id
        )

    def test_orders_of_others_are_not_told_nor_accepted(self):
        self._slip(7)
        self._send()
        colleague = new_test_user(
            self.env, "mto_n_colleague", groups="sales_team.group_sale_salesman"
        )
        for user, refusal in ((colleague, MissingError), (self.buyer, AccessError)):
            order = self.order.with_user(user)
            for call in (
                order.action_mto_tell_customer,
                order.action_mto_accept_new_date,
            ):
                with self.subTest(user=user.login), self.assertRaises(refusal):
                    call()
        with self.assertRaises(AccessError):
            self.order.mto_notice_ids.with_user(colleague).read(["state"])
        with self.assertRaises(AccessError):
            self.order.mto_notice_ids.with_user(self.salesperson).read(["token"])

    def test_what_is_delivered_together_is_accepted_together(self):
        project = self.env["mto.project"].create(
            {"name": "Lobby", "partner_id": self.customer.id, "deliver_together": True}
        )
        self.order.mto_project_id = project
        quick = self.order.order_line[0]
        self.assertEqual(quick.mto_promise_date, self._at(4, 17))
        self._slip(7)
        self.assertEqual(quick.mto_projected_date, self._at(11, 17))
        notice = self._send()
        self.assertEqual(notice.row_ids.line_id, self.order.order_line)
        notice._accept(self.customer)
        for line in self.order.order_line:
            self.assertEqual(line.mto_promise_date, self._at(11, 17))
            self.assertEqual(line.mto_risk, "on_track")

    # History

    def test_history_tells_the_dates_as_they_were_told(self):
        self._slip(7)
        self._send()._accept(self.customer)
        texts = [text for _moment, text in self.line._mto_get_customer_history()]
        self.assertEqual(
            texts,
            [
                "Confirmed: delivery is promised for 03/05/2027.",
                "We told you a new date: 03/12/2027.",
                "You have accepted 03/12/2027.",
            ],
        )


@tagged("post_install", "-at_install")
class TestNoticePortal(NoticeCase, HttpCase):
    """The customer answers through real HTTP, and nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.env["res.partner"].create({"name": "Test stranger"})
        for login, partner in (
            ("mto_n_owner", cls.customer),
            ("mto_n_stranger", cls.stranger),
        ):
            new_test_user(
                cls.env, login, groups="base.group_portal", partner_id=partner.id
            )
        cls.tube.seller_ids.partner_id.name = "Secret vendor"
        cls._slip(cls, 7)
        cls.notice = cls._send(cls)
        cls.env.flush_all()

    def _address(self, order=None, token=None, access=True, what=""):
        order = order or self.order
        token = token or self.notice.sudo().token
        key = f"?access_token={order._portal_ensure_token()}" if access else ""
        return f"/my/orders/{order.id}/new-date/{token}{what}{key}"

    def _post(self, what, data=None, **options):
        # Another page gives a token for the form, to whom it may concern.
        page = self.url_open("/web/login").text
        csrf = page.split('csrf_token: "')[1].split('"')[0]
        return self.url_open(
            self._address(what=what, **options), {"csrf_token": csrf, **(data or {})}
        )

    def _is_untouched(self):
        self.env.invalidate_all()
        return self.notice.state == "sent" and self.line.mto_promise_date == self._at(
            4, 17
        )

    # Who may see it

    def test_a_customers_message_tells_him_nothing(self):
        self._slip(3)
        self._run_job()
        action = self.order.action_mto_tell_customer()
        draft = self.env["mto.notice"].browse(action["context"]["mto_planning_notice"])
        self.authenticate("mto_n_owner", "mto_n_owner")
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "sale.order",
                "thread_id": self.order.id,
                "token": self.order._portal_ensure_token(),
                "post_data": {"body": "Hello", "message_type": "comment"},
                "context": {"mto_planning_notice": draft.id},
            },
        )
        self.assertIn("Hello", self._last_message().body)
        self.env.invalidate_all()
        self.assertEqual(draft.state, "draft")

    def test_opening_answers_nothing(self):
        page = self.url_open(self._address()).text
        self.assertIn("03/12/2027", page)
        self.assertIn("Accept the new date", page)
        self.assertTrue(self._is_untouched())
        for what in ("/accept", "/partial"):
            self.assertIn(
                self.url_open(self._address(what=what)).status_code, (404, 405)
            )
        self.assertTrue(self._is_untouched())

    def test_strangers_learn_and_change_nothing(self):
        no_key, wrong = {"access": False}, {"token": "0" * 32}
        for login in (None, "mto_n_stranger"):
            self.authenticate(login, login)
            for what in ("", "/accept", "/partial"):
                with self.subTest(login=login, what=what):
                    if what:
                        answer = self._post(what, {"message": "Mine"}, **no_key)
                    else:
                        answer = self.url_open(self._address(**no_key))
                    self.assertNotIn(self.order.name, answer.text)
                    self.assertNotIn("03/12/2027", answer.text)
        for login in (None, "mto_n_owner"):
            self.authenticate(login, login)
            for what in ("/accept", "/partial"):
                answer = self._post(what, {"message": "Mine"}, **wrong)
                self.assertIn("not valid any more", answer.text)
        self.assertTrue(self._is_untouched())

    def test_the_key_of_another_order_opens_nothing(self):
        other = self._make_order((self.quick, 1), partner_id=self.stranger.id)
        other.action_confirm()
        key = other._portal_ensure_token()
        self.env.flush_all()
        self.authenticate("mto_n_stranger", "mto_n_stranger")
        address = f"/my/orders/{self.order.id}/new-date/{self.notice.sudo().token}"
        answer = self.url_open(f"{address}?access_token={key}")
        self.assertNotIn(self.order.name, answer.text)
        # His own order with our notice.
        answer = self._post("/accept", order=other)
        self.assertIn("not valid any more", answer.text)
        self.assertTrue(self._is_untouched())

    @mute_logger("odoo.http")
    def test_a_form_of_somebody_elses_page_is_refused(self):
        answer = self.url_open(self._address(what="/accept"), {"csrf_token": "no"})
        self.assertEqual(answer.status_code, 400)
        self.assertTrue(self._is_untouched())

    def test_employees_do_not_answer_here(self):
        self.authenticate("mto_sales", "mto_sales")
        answer = self._post("/accept")
        self.assertIn("note it on the order", answer.text)
        self.assertTrue(self._is_untouched())

    @mute_logger("odoo.http")
    def test_nothing_internal_is_on_any_page(self):
        drawing = self.env["mto.document"].search([], limit=1)
        self.authenticate("mto_n_owner", "mto_n_owner")
        made = self.line.mto_production_ids
        for address in (self._address(), f"/my/orders/{self.order.id}"):
            page = self.url_open(address).text
            for internal in (
                "Bending",
                made.name,
                "Secret vendor",
                self.line.mto_trouble,
                "Slack",
                self.planner.name,
            ):
                self.assertNotIn(internal, page)
        for path in (
            f"/web/content/mto.document/{drawing.id or 1}/file",
            f"/web/image/mto.document/{drawing.id or 1}/file",
            f"/report/html/mto_planning.report_mto_dossier/{self.order.id}",
            f"/report/html/mto_planning.report_mto_timeline/{self.order.id}",
            f"/report/html/mto_planning.report_mto_build/{self.order.id}",
        ):
            answer = self.url_open(path)
            with self.subTest(path=path):
                self.assertNotIn(made.name, answer.text)
                self.assertNotIn("Bending", answer.text)

    # Answers

    def test_the_customer_accepts_by_his_link(self):
        answer = self._post("/accept")
        self.assertIn("the new date is agreed", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.notice.state, "accepted")
        self.assertEqual(self.line.mto_promise_date, self._at(11, 17))
        self.assertEqual(self._last_message().author_id, self.customer)
        answer = self._post("/accept")
        self.assertIn("not valid any more", answer.text)
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn("You have accepted 03/12/2027.", page)
        self.assertNotIn("The delivery date has moved", page)

    def test_the_customer_accepts_when_he_is_logged_in(self):
        self.authenticate("mto_n_owner", "mto_n_owner")
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertIn("The delivery date has moved", page)
        self._post("/accept", access=False)
        self.env.invalidate_all()
        self.assertEqual(self.notice.answered_by_id, self.customer)
        self.assertEqual(self.notice.state, "accepted")

    def test_the_customer_asks_for_a_part(self):
        quick = self.order.order_line[0]
        data = {
            f"quantity_{quick.id}": "1",
            f"day_{quick.id}": "2027-03-04",
            "message": "The <b>quick</b> one first, please",
        }
        answer = self._post("/partial", data)
        self.assertIn("we will get back to you", answer.text)
        self.env.invalidate_all()
        self.assertEqual(self.notice.state, "partial")
        body = self._last_message().body
        self.assertIn("1 Units Quick thing by 03/04/2027", body)
        self.assertIn("&lt;b&gt;quick", body)
        activity = self._activities("partial")
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertIn("Quick thing", activity.note)
        self.assertEqual(self.line.mto_promise_date, self._at(4, 17))

    def test_what_makes_no_sense_is_said_and_changes_nothing(self):
        quick = self.order.order_line[0]
        for data, sentence in (
            ({}, "say how many"),
            ({f"quantity_{quick.id}": "7"}, "from 0 to 1"),
            ({f"quantity_{quick.id}": "-1"}, "from 0 to 1"),
            ({f"quantity_{quick.id}": "nan"}, "from 0 to 1"),
            ({f"quantity_{quick.id}": "many"}, "from 0 to 1"),
            (
                {f"quantity_{quick.id}": "1", f"day_{quick.id}": "2020-01-01"},
                "still to come",
            ),
            ({f"quantity_{quick.id}": "1", f"day_{quick.id}": "soon"}, "still to come"),
        ):
            with self.subTest(data=data):
                self.assertIn(sentence, self._post("/partial", data).text)
                self.assertTrue(self._is_untouched())

    def test_today_is_that_of_the_customer(self):
        self.customer.tz = "America/Los_Angeles"
        self.env.flush_all()
        quick = self.order.order_line[1]
        # Still Monday there, Tuesday in UTC.
        with freeze_time(self._at(1, 3)):
            page = self.url_open(self._address()).text
            self.assertIn('min="2027-03-01"', page)
            day = {f"quantity_{quick.id}": "1", f"day_{quick.id}": "2027-02-28"}
            self.assertIn("still to come", self._post("/partial", day).text)
            day[f"day_{quick.id}"] = "2027-03-01"
            self._post("/partial", day)
        self.assertEqual(self.notice.state, "partial")

    def test_lines_of_other_orders_are_not_asked_for(self):
        other = self._make_order((self.quick, 1))
        self.env.flush_all()
        answer = self._post("/partial", {f"quantity_{other.order_line.id}": "1"})
        self.assertIn("say how many", answer.text)

    def test_a_link_is_over_when_the_date_moves_again(self):
        self._slip(3)
        self.env.flush_all()
        self.assertIn("not valid any more", self._post("/accept").text)
        self.assertIn("not valid any more", self.url_open(self._address()).text)
        self.assertEqual(self.line.mto_promise_date, self._at(4, 17))

    def test_a_link_is_over_with_the_order(self):
        self.order._action_cancel()
        self.env.flush_all()
        self.assertIn("not valid any more", self._post("/accept").text)

    def test_ready_pieces_are_offered(self):
        quick = self.order.order_line[0]
        self.assertEqual(quick._mto_get_ready_quantity(), 0)
        quick.mto_production_ids.qty_producing = 1
        quick.mto_production_ids.button_mark_done()
        self.assertEqual(quick._mto_get_ready_quantity(), 1)
        self.env.flush_all()
        self.assertIn("1 of them ready now", self.url_open(self._address()).text)

    def test_the_portal_tells_no_planned_transfer(self):
        self.order.picking_ids.scheduled_date = self._at(-3, 9)
        self.env.flush_all()
        page = self.url_open(self.order.get_portal_url()).text
        self.assertIn(self.order.picking_ids.name, page)
        self.assertNotIn("02/26/2027", page)
