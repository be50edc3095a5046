from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import MtoCase


class TodayCase(MtoCase):
    """Three orders on Monday: chips of the first come late, the others are on track."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls._make_bought("Screw", 4, on_order=False)
        cls._make_stock(cls.screw, 100)
        cls.board.bom_ids.bom_line_ids = [
            Command.create({"product_id": cls.screw.id, "product_qty": 6})
        ]
        cls.seller = new_test_user(
            cls.env, "mto_other_sales", groups="sales_team.group_sale_salesman"
        )
        cls.late, cls.fine, cls.spare = (
            cls._confirm(user) for user in (cls.salesperson, cls.seller, cls.seller)
        )
        cls._delay(cls.late, 3)
        cls.today = cls.env["mto.today"].with_user(cls.planner)

    @classmethod
    def _confirm(cls, user):
        order = cls._make_order((cls.lamp, 1), user=user)
        order.mto_compute_promise()
        order.action_confirm()
        line = order.sudo().order_line
        line.mto_purchase_line_ids.order_id.button_confirm()
        return line

    @classmethod
    def _chip(cls, line):
        return line.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == cls.chip
        )

    @classmethod
    def _delay(cls, line, days):
        cls._chip(line).date_planned += timedelta(days=days)
        cls.env.flush_all()

    def _get(self, user=None):
        self.env.flush_all()
        own = [self.late.id, self.fine.id, self.spare.id]
        data = self.env["mto.today"].with_user(user or self.planner).get()
        data["lines"] = [row for row in data["lines"] if row["line_id"] in own]
        return data

    def _ids(self, data, key="lines"):
        return [row["line_id"] for row in data[key]]


@tagged("post_install", "-at_install")
class TestToday(TodayCase):
    """What is shown to whom, in which order, and what it says."""

    def test_row_says_what_who_when_and_what_to_do(self):
        (row,) = self._get()["lines"]
        self.assertEqual(row["line_id"], self.late.id)
        self.assertEqual(row["order"], self.late.order_id.name)
        self.assertEqual(row["customer"], "Test customer")
        self.assertEqual(row["risk"], "late")
        self.assertEqual(row["cause"], "purchase")
        self.assertEqual(row["promise_date"], str(self._at(7, 10, 40)))
        self.assertEqual(row["projected_date"], str(self._at(10, 10, 40)))
        self.assertEqual(row["slack_hours"], -72)
        self.assertEqual(row["since"], "2027-03-01")
        self.assertEqual(row["suggestion"]["remedy"], "ask_buyer")
        self.assertEqual(row["salesperson"], self.salesperson.name)

    def test_worst_first(self):
        self._delay(self.fine, 9)
        self.assertEqual(self._ids(self._get()), [self.fine.id, self.late.id])
        self.late.mto_production_ids[0].action_cancel()
        data = self._get()
        self.assertEqual(self._ids(data), [self.late.id, self.fine.id])
        self.assertEqual(data["lines"][0]["risk"], "blocked")
        self.assertGreaterEqual(data["counts"]["blocked"], 1)

    def test_everyone_sees_what_is_his(self):
        self._delay(self.fine, 9)
        both = {self.late.id, self.fine.id}
        self.assertEqual(set(self._ids(self._get())), both)
        self.assertEqual(self._ids(self._get(self.salesperson)), [self.late.id])
        data = self._get(self.buyer)
        self.assertEqual(set(self._ids(data)), both)
        self.assertEqual(data["lines"][0]["suggestion"]["remedy"], "open_purchase")
        self.assertIs(data["lines"][0]["value"], False)
        self.late.mto_production_ids[0].action_cancel()
        self.assertEqual(self._ids(self._get(self.buyer)), [self.fine.id])

    def test_others_see_nothing(self):
        nobody = new_test_user(self.env, "mto_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["mto.today"].with_user(nobody).get()
        with self.assertRaises(MissingError):
            self.env["mto.today"].with_user(self.salesperson).take(self.fine.id)
        for call in ("take", "snooze", "act"):
            arguments = {"snooze": ["2027-03-09"], "act": ["open_line"]}.get(call, [])
            with self.assertRaises(MissingError):
                method = getattr(self.env["mto.today"].with_user(self.buyer), call)
                method(self.fine.id, *arguments)

    def test_other_companies_are_not_shown(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "mto_stranger",
            groups="mrp.group_mrp_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertEqual(self._get(stranger)["lines"], [])

    def test_asks_as_often_for_many_as_for_few(self):
        def count():
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.today.get()
            return self.env.cr.sql_log_count - before

        few = count()
        self._delay(self.fine, 9)
        self._delay(self.spare, 9)
        self.assertLessEqual(count(), few)

    def test_bad_input_is_named(self):
        for call, arguments, text in (
            ("take", ["x"], "line_id"),
            ("take", [True], "line_id"),
            ("snooze", [self.late.id, "soon"], "until"),
            ("snooze", [self.late.id, "2027-03-01"], "until"),
            ("snooze", [self.late.id, "2029-03-01"], "until"),
            ("snooze", [self.late.id, "2027-03-05", 3], "reason"),
            ("act", [self.late.id, "explode"], "remedy"),
            ("act", [self.late.id, ["plan_anew"]], "remedy"),
        ):
            with self.subTest(call=call, arguments=arguments):
                with self.assertRaisesRegex(ValidationError, text):
                    getattr(self.today, call)(*arguments)

    # Who cares

    def test_somebody_cares(self):
        self.today.take(self.late.id)
        (row,) = self._get()["lines"]
        self.assertEqual(row["owner_id"], self.planner.id)
        self.today.take(self.late.id, False)
        self.assertFalse(self._get()["lines"][0]["owner_id"])

    def test_snoozed_until_its_day(self):
        self.today.snooze(self.late.id, "2027-03-03", "The vendor calls")
        data = self._get()
        self.assertEqual(data["lines"], [])
        self.assertIn(self.late.id, self._ids(data, "snoozed"))
        with freeze_time(self._at(2, 8)):
            self.assertEqual(self._ids(self._get()), [self.late.id])
        self.today.snooze(self.late.id, False)
        self.assertEqual(self._ids(self._get()), [self.late.id])

    def test_snoozed_comes_back_when_it_gets_worse(self):
        self.today.snooze(self.late.id, "2027-03-05", "Known")
        self._delay(self.late, 0.5)
        self.assertEqual(self._get()["lines"], [])
        self._delay(self.late, 1.5)
        self.assertEqual(self._ids(self._get()), [self.late.id])
        self.today.snooze(self.late.id, "2027-03-05", "Known")
        self.late.mto_production_ids[0].action_cancel()
        self.assertEqual(self._ids(self._get()), [self.late.id])

    # What has changed

    def _take_snapshot(self, day):
        with freeze_time(self._at(day, 1)):
            self.env["mto.snapshot"]._cron_take()
            self.env["mto.snapshot"]._cron_take()

    def _changes(self, day):
        with freeze_time(self._at(day, 8)):
            data = self._get()
        own = {self.late.id, self.fine.id, self.spare.id}
        changes = {
            name: [row["line_id"] for row in rows if row["line_id"] in own]
            for name, rows in data["changes"].items()
            if name != "since"
        }
        since = {row["line_id"]: row["since"] for row in data["lines"]}
        return data["changes"]["since"], changes, since

    def test_what_changed_since_the_last_working_day(self):
        self.assertFalse(self._get()["changes"])
        self._delay(self.spare, 9)
        self._take_snapshot(0)
        self._delay(self.late, 1)
        self._delay(self.spare, -9)
        self._delay(self.fine, 9)
        since, changes, first = self._changes(1)
        self.assertEqual(since, "2027-03-01")
        self.assertEqual(
            changes,
            {
                "new": [self.fine.id],
                "worse": [self.late.id],
                "better": [self.spare.id],
                "done": [],
            },
        )
        self.assertEqual(first[self.late.id], "2027-03-01")
        self.assertEqual(first[self.fine.id], "2027-03-02")

    def test_on_monday_friday_counts(self):
        for day in (2, 4, 5, 6):
            self._take_snapshot(day)
        since, _changes, first = self._changes(7)
        self.assertEqual(since, "2027-03-05")
        self.assertEqual(first[self.late.id], "2027-03-03")

    def test_delivered_is_done(self):
        self._take_snapshot(0)
        self.late.qty_delivered_method = "manual"
        with patch.object(
            type(self.env["mto.progress"]), "_get_delivery", return_value=self._at(1, 7)
        ):
            self.late._mto_measure_again()
            self.env.flush_all()
        self.assertEqual(self._changes(1)[1]["done"], [self.late.id])

    def test_snapshots_are_few(self):
        self._take_snapshot(0)
        Snapshot = self.env["mto.snapshot"]
        self.assertEqual(Snapshot.search([]).line_id & self.fine, self.fine.browse())
        with freeze_time(self._at(30, 1)):
            Snapshot._gc_old()
        self.assertFalse(Snapshot.search([]))

    # What is done

    def test_ask_the_buyer_once(self):
        purchase = self._chip(self.late).order_id
        purchase.user_id = self.buyer
        self.assertIn("asked", self.today.act(self.late.id, "ask_buyer")["message"])
        self.assertEqual(purchase.activity_ids.user_id, self.buyer)
        answer = self.today.act(self.late.id, "ask_buyer")
        self.assertIn("already", answer["message"])
        self.assertEqual(len(purchase.activity_ids), 1)

    def test_buyer_opens_the_purchase(self):
        answer = (
            self.env["mto.today"]
            .with_user(self.buyer)
            .act(self.late.id, "open_purchase")
        )
        self.assertEqual(answer["res_model"], "purchase.order")
        self.assertEqual(answer["res_id"], self._chip(self.late).order_id.id)

    def test_salesperson_tells_the_customer_the_new_date(self):
        answer = (
            self.env["mto.today"]
            .with_user(self.salesperson)
            .act(self.late.id, "tell_customer")
        )
        context = answer["context"]
        self.assertEqual(context["default_res_ids"], self.late.order_id.ids)
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.salesperson)
            .with_context(**context)
            .create({})
        )
        composer.action_send_mail()
        message = self.late.order_id.message_ids.filtered(
            lambda message: message.message_type == "comment"
        )
        self.assertIn("03/11/2027", message.body)
        self.assertEqual(message.notified_partner_ids, self.customer)
        # He knows now.
        (row,) = self._get(self.salesperson)["lines"]
        self.assertNotIn(
            "tell_customer", [remedy["remedy"] for remedy in row["remedies"]]
        )

    def test_salesperson_is_told_first_to_tell(self):
        """Who cannot help with the cause tells the customer."""
        for user, remedy in (
            (self.salesperson, "tell_customer"),
            (self.planner, "ask_buyer"),
            (self.buyer, "open_purchase"),
        ):
            (row,) = self._get(user)["lines"]
            self.assertEqual(row["suggestion"]["remedy"], remedy)
        offered = {
            one["remedy"] for one in self._get(self.buyer)["lines"][0]["remedies"]
        }
        self.assertNotIn("open_cause", offered)
        self.assertNotIn("tell_customer", offered)

    def test_planner_asks_sales(self):
        self.today.act(self.late.id, "ask_sales")
        activity = self.late.order_id.activity_ids
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertIn("expected on March 11, promised for March 8.", activity.note)

    def test_plan_anew_moves_this_order_only(self):
        others = (self.fine | self.spare).mto_production_ids.workorder_ids
        before = others.mapped("date_start")
        answer = self.today.act(self.late.id, "plan_anew")
        self.assertIn("new times", answer["message"])
        self.assertEqual(others.mapped("date_start"), before)
        board = self._production_of(self.late, self.board)
        self.assertEqual(board.date_start, self._at(10, 8))
        self.assertEqual(self.late.mto_projected_date, self._at(10, 10, 40))
        # The plan follows the chips now; what is left is to say so.
        self.assertEqual(self.late.mto_cause, "plan")
        (row,) = self._get()["lines"]
        self.assertEqual(row["suggestion"]["remedy"], "ask_sales")

    def test_what_is_missing_is_brought(self):
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.screw.id),
                ("location_id", "=", self.warehouse.lot_stock_id.id),
            ]
        )
        quant.inventory_quantity = 30
        quant.action_apply_inventory()
        blocked = (self.late | self.fine | self.spare).filtered(
            lambda line: line.mto_cause == "missing"
        )
        self.assertEqual(len(blocked), 1)
        answer = self.today.act(blocked.id, "bring")
        self.assertIn("Screw", answer["message"])
        bought = blocked.mto_purchase_line_ids.filtered(
            lambda purchase: purchase.product_id == self.screw
        )
        self.assertEqual((bought.product_qty, bought.state), (6, "draft"))
        self.assertNotEqual(blocked.mto_risk, "blocked")
        moves = self._production_of(blocked, self.board).move_raw_ids.filtered(
            lambda move: move.product_id == self.screw
        )
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 12)
        bought.order_id.button_confirm()
        bought.move_ids.picking_id.button_validate()
        self.assertEqual(set(moves.mapped("state")), {"assigned"})

    def test_what_was_cancelled_is_made_again(self):
        engine = self._production_of(self.fine, self.engine)
        engine.action_cancel()
        self.assertEqual(self.fine.mto_cause, "lost")
        self.today.act(self.fine.id, "bring")
        again = self._production_of(self.fine, self.engine) - engine
        self.assertEqual(again.bom_id, engine.bom_id)
        self.assertEqual(again.product_qty, 2)
        self.assertTrue(again.is_planned)
        self.assertNotEqual(self.fine.mto_risk, "blocked")

    def test_short_receipt_is_ordered_again(self):
        purchase = self._chip(self.late)
        picking = purchase.move_ids.picking_id
        for move in picking.move_ids:
            short = move.product_id == self.chip
            move.quantity = 5 if short else move.product_uom_qty
            move.picked = True
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertEqual(self.late.mto_cause, "short")
        self.today.act(self.late.id, "bring")
        again = self.late.mto_purchase_line_ids.filtered(
            lambda line: line.product_id == self.chip and line != purchase
        )
        self.assertEqual((again.product_qty, again.state), (3, "draft"))
        self.assertNotEqual(self.late.mto_risk, "blocked")


@tagged("post_install", "-at_install")
class TestMorning(TodayCase):
    """By mail, to who wants it, in his morning, on working days, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner.write(
            {
                "mto_morning_message": True,
                "tz": "Europe/Brussels",
                "email": "planner@example.com",
            }
        )

    def _send(self, day, hour, minute=0):
        before = self.env["mail.mail"].search([])
        with (
            freeze_time(self._at(day, hour, minute)),
            patch.object(self.registry["ir.cron"], "_commit_progress"),
        ):
            self.env["mto.morning"]._cron_send()
        return self.env["mail.mail"].search([]) - before

    def test_once_in_the_morning_of_a_working_day(self):
        self.assertFalse(self._send(1, 4, 30))  # half past five in Brussels
        mail = self._send(1, 5)
        self.assertIn("planner@example.com", mail.email_to)
        self.assertIn(self.late.order_id.name, mail.body_html)
        self.assertIn("Chip", mail.body_html)
        self.assertNotIn(self.fine.order_id.name, mail.body_html)
        self.assertFalse(self._send(1, 6))
        self.assertTrue(self._send(2, 8))
        self.assertFalse(self._send(3, 13))
        self.assertFalse(self._send(5, 8))  # Saturday

    def test_off_by_default(self):
        user = self.env["res.users"].new({})
        self.assertFalse(user.mto_morning_message)
        self.planner.mto_morning_message = False
        self.assertFalse(self._send(1, 8))

    def test_users_switch_it_on_themselves(self):
        own = self.planner.with_user(self.planner)
        own.write({"mto_morning_message": False})
        self.assertFalse(own.read(["mto_morning_message"])[0]["mto_morning_message"])

    def test_nobody_without_rights_gets_it(self):
        self.planner.group_ids = self.env.ref("base.group_user")
        self.assertFalse(self._send(1, 8))

    def test_nothing_is_sent_when_nothing_needs_him(self):
        other = new_test_user(
            self.env,
            "mto_idle",
            groups="sales_team.group_sale_salesman",
            mto_morning_message=True,
            email="idle@example.com",
        )
        self.assertNotIn(other.email, "".join(self._send(1, 9).mapped("email_to")))

    def test_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.planner.lang = "nl_NL"
        mail = self._send(1, 8)
        # Dutch dates; eleven March.
        self.assertIn("11-03-2027", mail.body_html)

    def test_holidays_are_no_working_days(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.env.company.id,
                "calendar_id": self.env.company.resource_calendar_id.id,
                "date_from": self._at(1, 0),
                "date_to": self._at(2, 0),
            }
        )
        self.assertFalse(self._send(1, 8))
