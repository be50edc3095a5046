from datetime import timedelta

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import REFUSED, MtoCase


class ProjectCase(MtoCase):
    """A lamp (day 7) and a stool (the same day, one hour of assembly) for one lobby."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stool = cls._make_product("Stool")
        cls._make_bom(cls.stool, [], [(cls.assembly, 60)])
        cls.project = cls._make_project()

    @classmethod
    def _make_project(cls, **values):
        return cls.env["mto.project"].create(
            {"name": "Lobby", "partner_id": cls.customer.id, **values}
        )

    @classmethod
    def _order(cls, product, project=None, **values):
        project = cls.project if project is None else project
        return cls._make_order((product, 1), mto_project_id=project.id, **values)

    def _confirm(self, *orders):
        for order in orders:
            order.mto_compute_promise()
            order.action_confirm()
        return [order.order_line for order in orders]

    def _delivery_of(self, line):
        return line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer"
        ).picking_id

    def _deliver(self, line):
        """Make what a line needs by hand, and ship it alone."""
        move = line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )
        move.quantity = line.product_uom_qty
        move.picked = True
        move.picking_id.with_context(skip_backorder=True).button_validate()


@tagged("post_install", "-at_install")
class TestProject(ProjectCase):
    """What belongs to an installation, and what it comes to."""

    # Belonging

    def test_lines_belong_where_their_order_does(self):
        order = self._order(self.lamp)
        line = order.order_line
        self.assertEqual(line.mto_project_id, self.project)
        order.order_line = [Command.create({"product_id": self.stool.id})]
        self.assertEqual(order.order_line.mto_project_id, self.project)
        other = self._make_project(name="Spa")
        line.mto_project_id = other
        third = self._make_project(name="Bar")
        order.mto_project_id = third
        self.assertEqual(line.mto_project_id, other)
        self.assertEqual(order.order_line[1].mto_project_id, third)
        self.assertEqual(third.line_ids, order.order_line[1])

    def test_confirmed_order_joins_and_leaves(self):
        order = self._make_order((self.lamp, 1))
        order.action_confirm()
        order.mto_project_id = self.project
        self.assertEqual(self.project.line_ids, order.order_line)
        self.assertEqual(self.project.projected_date, order.mto_projected_date)
        order.mto_project_id = False
        self.assertFalse(self.project.line_ids)
        self.assertFalse(self.project.projected_date)

    def test_orders_are_put_in_and_taken_out_on_its_own_form(self):
        order = self._make_order((self.lamp, 1))
        self.project.order_ids = [Command.link(order.id)]
        self.assertEqual(order.order_line.mto_project_id, self.project)
        self.project.order_ids = [Command.unlink(order.id)]
        self.assertFalse(order.order_line.mto_project_id)

    def test_installation_is_chosen_on_the_quotation(self):
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.lamp
            form.mto_project_id = self.project
            with form.order_line.new() as line:
                line.product_id = self.stool
        order = form.record
        self.assertEqual(order.order_line.mto_project_id, self.project)
        self.assertEqual(len(self.project.line_ids), 2)

    def test_another_customer_on_the_form_leaves_the_installation(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with Form(self._order(self.lamp)) as form:
            form.partner_id = stranger
            self.assertFalse(form.mto_project_id)

    def test_split_line_stays_where_it_belongs(self):
        order = self._make_order((self.lamp, 3))
        order.order_line.mto_project_id = self.project
        line_ids = order.order_line.mto_split([1, 2])
        self.assertEqual(set(self.project.line_ids.ids), set(line_ids))

    def test_duplicate_of_an_order_belongs_to_nothing(self):
        copy = self._order(self.lamp).copy()
        self.assertFalse(copy.mto_project_id)
        self.assertFalse(copy.order_line.mto_project_id)

    # Bad input

    def test_other_customers_are_refused_with_both_names(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self._order(self.lamp)
        loose = self._make_order((self.lamp, 1), partner_id=stranger.id)
        for call in (
            lambda: order.write({"partner_id": stranger.id}),
            lambda: loose.write({"mto_project_id": self.project.id}),
            lambda: loose.order_line.write({"mto_project_id": self.project.id}),
            lambda: self.project.write({"partner_id": stranger.id}),
        ):
            with (
                self.subTest(call=call),
                self.assertRaisesRegex(
                    ValidationError,
                    "Stranger.*Test customer|Test customer.*Stranger",
                ),
                self.cr.savepoint(),
            ):
                call()

    def test_people_of_the_customer_may_order_for_it(self):
        person = self.env["res.partner"].create(
            {"name": "Somebody there", "parent_id": self.customer.id}
        )
        order = self._order(self.lamp, partner_id=person.id)
        self.assertEqual(self.project.line_ids, order.order_line)

    def test_orders_of_another_company_are_refused(self):
        company = self.env["res.company"].create({"name": "Other lamps"})
        theirs = self._make_project(company_id=company.id, user_id=False)
        order = self._make_order((self.lamp, 1))
        for records in (order, order.order_line):
            with (
                self.subTest(records=records),
                self.assertRaisesRegex(UserError, "compan"),
                self.cr.savepoint(),
            ):
                records.mto_project_id = theirs
        self._order(self.lamp)
        with self.assertRaisesRegex(ValidationError, "Other lamps"):
            self.project.company_id = company

    def test_what_has_orders_is_archived_not_deleted(self):
        order = self._order(self.lamp)
        with self.assertRaisesRegex(UserError, f"{order.name}.*archive"):
            self.project.unlink()
        self.project.active = False
        self.assertEqual(order.order_line.mto_project_id, self.project)
        order.mto_project_id = False
        self.project.unlink()
        self.assertFalse(self.project.exists())

    # The whole

    def test_dates_of_all_quotations_are_computed_at_once(self):
        """The second lamp waits for the first; the stool is there before."""
        first, second = self._order(self.lamp), self._order(self.lamp)
        stool = self._order(self.stool)
        answers = self.project.mto_compute_promise()
        lines = first.order_line + second.order_line + stool.order_line
        self.assertEqual([answer["line_id"] for answer in answers], lines.ids)
        quoted = self.env["mto.planner"].quote(
            [{"product_id": line.product_id.id, "quantity": 1} for line in lines]
        )
        self.assertEqual(
            [answer["promise_date"] for answer in answers],
            [answer["promise_date"] for answer in quoted],
        )
        self.assertGreater(second.mto_promise_date, first.mto_promise_date)
        self.assertEqual(self.project.promise_date, second.mto_promise_date)
        self.assertEqual(self.project.setting_line_id, second.order_line)
        self.assertIn(second.name, self.project.reason)
        self.assertEqual(self.project.stage, "quoted")
        self.assertEqual(self.project.promise_state, "good")

    def test_no_date_before_all_have_one(self):
        first = self._order(self.lamp)
        first.mto_compute_promise()
        self.assertEqual(self.project.promise_date, first.mto_promise_date)
        self._order(self.stool)
        self.assertFalse(self.project.promise_date)
        self.assertEqual(self.project.promise_state, "none")

    def test_nothing_open_is_said(self):
        order = self._order(self.lamp)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "Lobby.*no open quotation"):
            self.project.mto_compute_promise()

    def test_confirmed_and_quoted_lines_give_the_date_of_the_whole(self):
        (lamp,) = self._confirm(self._order(self.lamp))
        stool = self._order(self.stool)
        self.project.mto_compute_promise()
        self.assertEqual(self.project.promise_date, lamp.mto_promise_date)
        self.assertLess(stool.mto_promise_date, lamp.mto_promise_date)
        self.assertEqual(self.project.projected_date, lamp.mto_projected_date)

    def test_date_wanted_for_the_whole_is_that_of_lines_without_one(self):
        self.project.requested_date = self._at(20, 15)
        own = self._order(self.stool, commitment_date=self._at(10, 15))
        order = self._order(self.stool)
        self.project.mto_compute_promise()
        self.assertEqual(order.mto_promise_date, self._at(20, 15))
        self.assertEqual(own.mto_promise_date, self._at(10, 15))
        self.assertEqual(order.mto_promise_state, "good")
        self.project.requested_date = self._at(1, 9)
        self.assertEqual(order.mto_promise_state, "outdated")
        self.assertEqual(own.mto_promise_state, "good")
        self.assertTrue(self.project.is_late)

    def test_whole_rolls_up_as_an_order_does(self):
        """One order with two lines, and an installation of the same two lines."""
        order = self._make_order(
            (self.lamp, 1), (self.stool, 1), mto_project_id=self.project.id
        )
        order.mto_compute_promise()
        order.action_confirm()
        workorder = order.order_line.mto_production_ids.workorder_ids[:1]
        workorder.button_start()
        workorder.button_finish()
        for name in ("promise_date", "projected_date", "risk", "progress", "stage"):
            with self.subTest(name=name):
                self.assertEqual(self.project[name], order[f"mto_{name}"])
        self.assertGreater(self.project.progress, 0)

    def test_what_slips_sets_the_date_and_is_named(self):
        lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))
        self.assertEqual(self.project.setting_line_id, lamp)
        production = self._production_of(stool, self.stool)
        production.date_start = self._at(20, 8)
        production.date_finished = self._at(20, 9)
        self.assertEqual(self.project.projected_date, self._at(20, 9))
        self.assertEqual(self.project.setting_line_id, stool)
        self.assertIn(production.name, self.project.reason)
        self.assertEqual(self.project.risk, "late")
        self.assertLess(self.project.slack_hours, 0)

    def test_each_date_tells_what_comes_then(self):
        lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))
        first, second = self.project.deliveries
        self.assertEqual(first["date"], str(stool.mto_projected_date))
        self.assertEqual(second["date"], str(lamp.mto_projected_date))
        self.assertEqual(second["lines"][0]["order"], lamp.order_id.name)
        self.assertEqual(first["state"], "confirmed")
        self._order(self.stool)
        last = self.project.deliveries[-1]
        self.assertEqual((last["date"], last["state"]), (False, "quoted"))

    def test_cancelled_order_counts_no_more(self):
        (lamp,) = self._confirm(self._order(self.lamp))
        (stool,) = self._confirm(self._order(self.stool))
        lamp.order_id._action_cancel()
        self.assertEqual(self.project.promise_date, stool.mto_promise_date)
        self.assertEqual(self.project.line_count, 1)

    def test_costs_of_confirmed_and_quoted_lines(self):
        (lamp,) = self._confirm(self._order(self.lamp))
        stool = self._order(self.stool).order_line
        self.assembly.costs_hour = 90
        stool.price_unit, lamp.price_unit = 200, 1000
        project = self.project
        self.assertEqual(
            project.estimated_cost,
            # an hour of assembly
            lamp.mto_estimated_cost + 90,
        )
        self.assertEqual(project.price, 1200)
        self.assertEqual(project.margin, 1200 - project.estimated_cost)

    def test_timeline_is_that_of_its_orders(self):
        lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))
        rows = self.project.mto_progress_data()
        orders = lamp.order_id + stool.order_id
        self.assertEqual(
            [{**row, "now": ""} for row in rows],
            [{**row, "now": ""} for row in orders.mto_progress_data()],
        )

    def test_form_asks_as_often_for_many_lines(self):
        view = self.env.ref("mto_planning.mto_project_view_form")
        names = [
            name
            for node in view._get_combined_arch().iter("field")
            if (name := node.get("name")) in self.project._fields
            and self.project._fields[name].type != "one2many"
        ]
        few, many = self._make_project(name="Few"), self._make_project(name="Many")
        for project, count in ((few, 4), (many, 12)):
            order = self._make_order(
                *[(self.lamp, 1)] * (count // 2), mto_project_id=project.id
            )
            order.mto_compute_promise()
            order.action_confirm()
            order = self._make_order(
                *[(self.lamp, 1)] * (count // 2), mto_project_id=project.id
            )
            order.mto_compute_promise()

        def count(project):
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                project.read(names)
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(few), count(many))
        self.assertLessEqual(count(few), 60)


@tagged("post_install", "-at_install")
class TestTogether(ProjectCase):
    """A lamp on day 7 and a stool on day 0 that are delivered in one go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project.deliver_together = True

    def _quote_both(self):
        orders = self._order(self.lamp), self._order(self.stool)
        self.project.mto_compute_promise()
        return orders

    # Quotations

    def test_each_is_told_the_date_of_the_last(self):
        lamp, stool = self._quote_both()
        self.assertEqual(stool.mto_promise_date, lamp.mto_promise_date)
        promise = stool.order_line.mto_promise_id
        self.assertLess(promise.own_date, promise.promise_date)
        self.assertEqual(promise.waits_for_line_id, lamp.order_line)
        self.assertIn(lamp.name, stool.order_line.mto_promise_text)
        self.assertFalse(lamp.order_line.mto_promise_id.waits_for_line_id)
        self.assertEqual(len(stool.order_line.mto_promise_ids), 1)
        self.assertEqual(stool.order_line.mto_first_promise_date, lamp.mto_promise_date)

    def test_change_shows_whom_else_it_moves(self):
        lamp, stool = self._confirm(*self._quote_both())
        before, later = stool.mto_promise_date, self._at(28, 12)
        report = lamp.mto_preview_change({"requested_date": str(later)})
        (row,) = report["others"]
        self.assertEqual(
            (row["line_id"], row["production_id"], row["before"], row["after"]),
            (stool.id, False, str(before), str(later)),
        )
        self.assertEqual(stool.mto_promise_date, before)
        lamp.mto_apply_change({"requested_date": str(later)})
        self.assertEqual(stool.mto_promise_date, later)

    def test_answer_says_what_it_waits_for(self):
        self._quote_both()
        lamp, stool = self.project.mto_compute_promise()
        self.assertEqual(stool["promise_date"], lamp["promise_date"])
        self.assertLess(stool["own_date"], stool["promise_date"])
        self.assertEqual(stool["waits_for"]["line_id"], lamp["line_id"])
        self.assertNotIn("own_date", lamp)

    def test_later_quotation_moves_the_other_and_says_so(self):
        stool = self._order(self.stool)
        (before,) = stool.mto_compute_promise()
        lamp = self._order(self.lamp)
        lamp.mto_compute_promise()
        self.assertEqual(stool.mto_promise_date, lamp.mto_promise_date)
        self.assertEqual(len(stool.order_line.mto_promise_ids), 2)
        self.assertIn(lamp.name, stool.message_ids[0].body)
        lamp.order_line.unlink()
        self.assertEqual(str(stool.mto_promise_date), before["promise_date"])
        self.assertEqual(stool.mto_promise_state, "good")

    def test_date_wanted_earlier_is_missed_together(self):
        lamp, stool = self._order(self.lamp), self._order(self.stool)
        stool.commitment_date = self._at(2, 15)
        answers = self.project.mto_compute_promise()
        self.assertEqual(stool.mto_promise_state, "late")
        self.assertFalse(answers[1]["on_request"])
        self.assertEqual(stool.mto_promise_date, lamp.mto_promise_date)

    def test_customer_gets_no_date_before_the_last_has_one(self):
        stool = self._order(self.stool)
        stool.mto_compute_promise()
        self.assertTrue(stool._mto_get_customer_date())
        lamp = self._order(self.lamp)
        self.assertIsNone(stool._mto_get_customer_date())
        lamp.mto_compute_promise()
        self.assertEqual(stool._mto_get_customer_date(), lamp.mto_promise_date)

    def test_held_quotation_keeps_what_it_holds(self):
        stool = self._order(self.stool)
        stool.mto_hold()
        until = stool.mto_hold_until
        lamp = self._order(self.lamp)
        lamp.mto_compute_promise()
        self.assertEqual(stool.mto_promise_date, lamp.mto_promise_date)
        self.assertEqual(stool.mto_hold_until, until)
        promise = stool.order_line.mto_promise_id
        self.assertEqual(promise.state, "held")
        self.assertTrue(promise.slot_ids)

    # Orders

    def test_one_shipment_for_all_orders(self):
        lamp, stool = self._quote_both()
        date = lamp.mto_promise_date
        (lamp | stool).action_confirm()
        shipment = self._delivery_of(lamp.order_line)
        self.assertEqual(len(shipment), 1)
        self.assertEqual(self._delivery_of(stool.order_line), shipment)
        self.assertEqual(shipment.move_type, "one")
        self.assertEqual(shipment.mto_project_id, self.project)
        self.assertEqual(set(shipment.move_ids.mapped("date")), {date})
        for order in (lamp, stool):
            self.assertEqual(order.commitment_date, date)
            self.assertEqual(order.mto_projected_date, date)
            self.assertEqual(order.mto_risk, "on_track")
            self.assertEqual(order.delivery_count, 1)
            self.assertEqual(order.delivery_status, "pending")
        (delivery,) = self.project.deliveries
        self.assertEqual(len(delivery["lines"]), 2)

    def test_orders_confirmed_one_by_one_come_to_the_same(self):
        lamp, stool = self._quote_both()
        date = lamp.mto_promise_date
        stool.action_confirm()
        self.assertEqual(stool.commitment_date, date)
        lamp.action_confirm()
        shipment = self._delivery_of(lamp.order_line)
        self.assertEqual(self._delivery_of(stool.order_line), shipment)
        self.assertEqual(stool.commitment_date, lamp.commitment_date)
        self.assertEqual(stool.mto_projected_date, lamp.mto_projected_date)

    def test_mere_quotation_moves_no_confirmed_order(self):
        (stool,) = self._confirm(self._order(self.stool))
        told = stool.order_id.commitment_date
        lamp = self._order(self.lamp)
        lamp.mto_compute_promise()
        self.assertEqual(stool.order_id.commitment_date, told)
        self.assertGreater(lamp.mto_promise_date, told)
        lamp.action_confirm()
        self.assertEqual(stool.order_id.commitment_date, lamp.commitment_date)
        self.assertIn(lamp.name, stool.order_id.message_ids[0].body)
        self.assertEqual(self._delivery_of(stool).scheduled_date, lamp.commitment_date)
        production = self._production_of(stool, self.stool)
        self.assertEqual(production.mto_need_date, stool.mto_promise_id.shipping_date)

    def test_whoever_confirms_sees_first_whose_date_moves(self):
        (stool,) = self._confirm(self._order(self.stool))
        lamp = self._order(self.lamp)
        asked = lamp.with_context(mto_planning_ask=True).action_confirm()
        self.assertEqual(lamp.state, "draft")
        wizard = self.env["mto.confirm"].with_context(**asked["context"]).create({})
        self.assertIn(stool.order_id.name, wizard.moved)
        self.assertFalse(wizard.line_ids)
        wizard.action_confirm()
        self.assertEqual(lamp.state, "sale")
        third = self._order(self.stool)
        third.with_context(mto_planning_ask=True).action_confirm()
        self.assertEqual(third.state, "sale")

    def test_one_slips_and_all_do(self):
        lamp, stool = self._confirm(*self._quote_both())
        production = self._production_of(lamp, self.lamp)
        production.date_finished += timedelta(days=3)
        late = lamp.mto_promise_date + timedelta(days=3)
        self.assertEqual(stool.mto_projected_date, late)
        self.assertEqual(stool.mto_risk, "late")
        self.assertEqual(stool.mto_slack_hours, -72)
        self.assertIn(production.name, stool.mto_trouble)
        self.assertIn(lamp.order_id.name, stool.mto_trouble)
        self.assertEqual(stool.order_id.mto_projected_date, late)
        production.date_finished -= timedelta(days=3)
        self.assertEqual(stool.mto_risk, "on_track")
        self.assertEqual(stool.mto_projected_date, lamp.mto_promise_date)

    def test_what_has_time_slips_without_harm(self):
        lamp, stool = self._confirm(*self._quote_both())
        self._production_of(stool, self.stool).date_finished += timedelta(days=3)
        self.assertEqual(stool.mto_risk, "on_track")
        self.assertEqual(lamp.mto_projected_date, lamp.mto_promise_date)

    def test_partial_delivery_anyway(self):
        lamp, stool = self._confirm(*self._quote_both())
        told = lamp.mto_promise_date
        self._deliver(stool)
        self.assertEqual(stool.mto_stage, "delivered")
        self.assertEqual(stool.mto_promise_id.state, "kept")
        self.assertEqual(stool.order_id.delivery_status, "full")
        rest = self._delivery_of(lamp)
        self.assertEqual(rest.state == "done", False)
        self.assertEqual(rest.mto_project_id, self.project)
        self.assertEqual(lamp.mto_projected_date, told)
        self.assertNotEqual(lamp.order_id.delivery_status, "full")
        first, last = self.project.deliveries
        self.assertEqual((first["state"], last["state"]), ("delivered", "confirmed"))

    def test_waiting_teaches_no_safety(self):
        """It was planned for the common date: nothing has slipped."""
        _lamp, stool = self._confirm(*self._quote_both())
        promise = stool.mto_promise_id
        self.assertEqual(promise.planned_date, promise.promise_date)

    def test_cancelled_order_leaves_the_shipment_of_the_others(self):
        lamp, stool = self._confirm(*self._quote_both())
        own = stool.mto_promise_id.own_date
        for order in (lamp.order_id,):
            order._action_cancel()
        shipment = self._delivery_of(stool)
        self.assertNotIn(shipment.state, ("cancel", "done"))
        self.assertEqual(shipment.move_ids.sale_line_id, stool)
        self.assertEqual(set(lamp.move_ids.mapped("state")), {"cancel"})
        self.assertEqual(stool.order_id.commitment_date, own)
        self.assertEqual(stool.mto_projected_date, own)

    # Switching

    def test_switched_on_with_confirmed_orders(self):
        self.project.deliver_together = False
        lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))
        self.assertNotEqual(self._delivery_of(lamp), self._delivery_of(stool))
        self.assertLess(stool.mto_promise_date, lamp.mto_promise_date)
        kept = min(self._delivery_of(lamp).id, self._delivery_of(stool).id)
        self.project.deliver_together = True
        shipment = self._delivery_of(stool)
        self.assertEqual(self._delivery_of(lamp), shipment)
        self.assertEqual(shipment.id, kept)
        self.assertEqual(stool.order_id.commitment_date, lamp.mto_promise_date)
        self.assertEqual(shipment.scheduled_date, lamp.mto_promise_date)
        self.assertIn("delivery date has moved", stool.order_id.message_ids[0].body)

    def test_switched_off_each_is_as_it_was(self):
        self.project.deliver_together = False
        lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))

        def picture():
            return [
                (
                    line.mto_promise_date,
                    line.mto_promise_id.planned_date,
                    line.mto_promise_id.shipping_date,
                    line.mto_promise_text,
                    line.order_id.commitment_date,
                    line.mto_projected_date,
                    line.mto_risk,
                    line.move_ids.filtered("picking_id").date,
                    line.move_ids.filtered("picking_id").date_deadline,
                    self._delivery_of(line).mto_project_id,
                    self._delivery_of(line).move_type,
                    self._delivery_of(line).sale_id,
                )
                for line in (lamp, stool)
            ]

        before = picture()
        self.project.deliver_together = True
        self.assertNotEqual(picture(), before)
        self.project.deliver_together = False
        self.assertEqual(picture(), before)
        self.assertNotEqual(self._delivery_of(lamp), self._delivery_of(stool))

    def test_promises_of_before_know_nothing_of_waiting(self):
        """Rows of the ledger that were written by an earlier version."""
        self.project.deliver_together = False
        lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))
        own = stool.mto_promise_date
        (lamp | stool).mto_promise_id.sudo().write(
            {"own_date": False, "own_planned_date": False, "own_shipping_date": False}
        )
        self.project.deliver_together = True
        self.assertEqual(stool.mto_promise_date, lamp.mto_promise_date)
        self.project.deliver_together = False
        self.assertEqual(stool.mto_promise_date, own)

    def test_what_has_begun_to_leave_stays(self):
        self.project.deliver_together = False
        lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))
        own = self._delivery_of(stool)
        own.printed = True
        self.project.deliver_together = True
        self.assertEqual(self._delivery_of(stool), own)
        self.assertNotEqual(self._delivery_of(lamp), own)

    def test_form_warns_before_customers_are_told_another_date(self):
        self.project.deliver_together = False
        _lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))
        form = Form(self.project)
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logs:
            form.deliver_together = True
        self.assertIn(stool.order_id.name, str(logs.output))

    def test_form_shows_what_is_saved_until_it_is(self):
        self.project.deliver_together = False
        lamp, stool = self._confirm(self._order(self.lamp), self._order(self.stool))
        workorder = stool.mto_production_ids.workorder_ids
        workorder.button_start()
        names = ("stage", "risk", "projected_date", "progress", "reason")
        before = {name: str(self.project[name]) for name in names}
        with (
            self.assertLogs("odoo.tests.form.onchange", "WARNING"),
            Form(self.project) as form,
        ):
            form.deliver_together = True
            self.assertEqual({name: str(form[name]) for name in names}, before)
            self.assertEqual(len(form.deliveries), 2)
        self.assertEqual(len(self.project.deliveries), 1)
        self.assertEqual(stool.mto_projected_date, lamp.mto_projected_date)

    def test_line_leaves_and_joins(self):
        lamp, stool = self._confirm(*self._quote_both())
        own = stool.mto_promise_id.own_date
        stool.mto_project_id = False
        self.assertEqual(stool.mto_projected_date, own)
        self.assertNotEqual(self._delivery_of(lamp), self._delivery_of(stool))
        self.assertEqual(self._delivery_of(stool).move_type, "direct")
        stool.mto_project_id = self.project
        self.assertEqual(stool.mto_projected_date, lamp.mto_projected_date)
        self.assertEqual(self._delivery_of(lamp), self._delivery_of(stool))

    def test_other_addresses_are_other_shipments(self):
        lamp, stool = self._quote_both()
        address = self.env["res.partner"].create(
            {"name": "Site", "type": "delivery", "parent_id": self.customer.id}
        )
        stool.partner_shipping_id = address
        (lamp | stool).action_confirm()
        self.assertNotEqual(
            self._delivery_of(lamp.order_line), self._delivery_of(stool.order_line)
        )
        self.assertEqual(stool.commitment_date, lamp.commitment_date)

    def test_warehouse_with_more_steps_picks_all_at_once(self):
        self.warehouse.delivery_steps = "pick_ship"
        lamp, stool = self._quote_both()
        (lamp | stool).action_confirm()
        moves = (lamp | stool).order_line.move_ids.filtered("picking_id")
        self.assertEqual(len(moves.picking_id), 1)
        self.assertEqual(moves.picking_id.move_type, "one")

    def test_goods_from_the_shelf_go_along(self):
        shelf = self._make_product("Shelf", on_order=False)
        self._make_stock(shelf, 5)
        order = self._make_order(
            (self.lamp, 1), (shelf, 1), mto_project_id=self.project.id
        )
        order.action_confirm()
        self.assertEqual(len(order.picking_ids), 1)
        self.assertNotEqual(order.picking_ids.state, "assigned")

    def test_change_of_a_confirmed_line_moves_all(self):
        lamp, stool = self._confirm(*self._quote_both())
        lamp.mto_apply_change({"product_uom_qty": 9})
        self.assertGreater(lamp.mto_promise_date, self._at(7, 10, 40))
        self.assertEqual(stool.mto_promise_date, lamp.mto_promise_date)
        self.assertEqual(stool.order_id.commitment_date, lamp.order_id.commitment_date)


@tagged("post_install", "-at_install")
class TestProjectRights(ProjectCase):
    """Installations are read and written as the orders in them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = {
            "colleague": "sales_team.group_sale_salesman",
            "leader": "sales_team.group_sale_salesman_all_leads",
            "worker": "mrp.group_mrp_user",
            "shipper": "stock.group_stock_user",
            "employee": "base.group_user",
        }
        cls.users = {
            name: new_test_user(cls.env, f"mto_p_{name}", groups=group)
            for name, group in groups.items()
        }
        cls.users["portal"] = new_test_user(
            cls.env,
            "mto_p_portal",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )
        cls.project.user_id = cls.salesperson
        cls.project.deliver_together = True
        cls.order = cls._order(cls.lamp, user=cls.salesperson)
        cls.order.mto_compute_promise()
        cls.order.action_confirm()
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.env.invalidate_all()

    def _as(self, name):
        return self.project.with_user(self.users.get(name, self.salesperson))

    def test_who_reads_and_who_writes(self):
        for name, reads, writes in (
            ("salesperson", True, True),
            ("leader", True, True),
            ("worker", True, False),
            ("shipper", True, False),
            ("colleague", False, False),
            ("employee", False, False),
            ("portal", False, False),
        ):
            project = self._as(name)
            with self.subTest(user=name):
                self.assertEqual(project.has_access("read"), reads)
                self.assertEqual(project.has_access("write"), writes)
                self.assertFalse(project.has_access("unlink"))
                if reads:
                    project.read()
                    self.assertTrue(project.mto_progress_data())
                else:
                    with self.assertRaisesRegex(UserError, REFUSED):
                        project.mto_progress_data()

    def test_colleague_in_it_sees_the_whole_date_but_his_lines_only(self):
        mine = self._order(self.stool, user=self.users["colleague"])
        mine.mto_compute_promise()
        project = self._as("colleague")
        self.assertEqual(project.promise_date, self.order.sudo().mto_promise_date)
        self.assertEqual(mine.mto_promise_date, project.promise_date)
        (row,) = project.mto_progress_data()
        self.assertEqual(row["line_id"], mine.order_line.id)
        (delivery,) = project.deliveries
        self.assertEqual(len(delivery["lines"]), 1)
        mine.action_confirm()
        self.assertEqual(
            self._delivery_of(mine.sudo().order_line),
            self._delivery_of(self.order.sudo().order_line),
        )
        mine._action_cancel()
        self.assertEqual(mine.state, "cancel")
        self.assertEqual(self.order.state, "sale")

    def test_costs_are_for_manufacturing(self):
        for name, sees in (("salesperson", False), ("worker", True)):
            shown = set(self._as(name).fields_get())
            for field in ("estimated_cost", "actual_cost", "margin"):
                with self.subTest(user=name, field=field):
                    self.assertEqual(field in shown, sees)

    def test_customer_reads_no_installation(self):
        order = self.order.with_user(self.users["portal"])
        with self.assertRaises(AccessError):
            order.read(["mto_project_id"])

    def test_other_companies_are_closed(self):
        company = self.env["res.company"].create({"name": "Other lamps"})
        stranger = new_test_user(
            self.env,
            "mto_p_stranger",
            groups="sales_team.group_sale_manager,mrp.group_mrp_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        project = self.project.with_user(stranger)
        self.assertFalse(project.search([("id", "=", self.project.id)]))
        with self.assertRaises(MissingError):
            project.mto_progress_data()


@tagged("post_install", "-at_install")
class TestProjectPortal(ProjectCase, HttpCase):
    """The customer sees how far his installation is, and nothing internal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp_order = cls._order(cls.lamp, client_order_ref="Ceiling")
        cls.stool_order = cls._order(cls.stool, client_order_ref="Seats")
        cls.draft = cls._order(cls.stool, client_order_ref="Not sent yet")
        (cls.lamp_order | cls.stool_order).mto_compute_promise()
        (cls.lamp_order | cls.stool_order).action_confirm()
        new_test_user(
            cls.env,
            "mto_p_customer",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )
        stranger = cls.env["res.partner"].create({"name": "Stranger"})
        new_test_user(
            cls.env,
            "mto_p_other",
            groups="base.group_portal",
            partner_id=stranger.id,
        )

    def _page(self, login=None):
        self.authenticate(login, login)
        return self.url_open(self.stool_order.get_portal_url()).text

    def test_all_orders_of_the_installation_are_on_the_page_of_each(self):
        page = self._page("mto_p_customer")
        self.assertIn("Lobby", page)
        self.assertIn("Ceiling", page)
        self.assertIn(f"/my/orders/{self.lamp_order.id}", page)
        self.assertIn("03/08/2027", page)
        for internal in ("Not sent yet", "Assembly", "Chip", "Test vendor", "Slack"):
            self.assertNotIn(internal, page)

    def test_a_link_to_one_order_tells_nothing_of_the_others(self):
        for login in (None, "mto_p_other"):
            with self.subTest(login=login):
                page = self._page(login)
                self.assertIn("Seats", page)
                self.assertNotIn("Ceiling", page)
                self.assertNotIn("Lobby", page)

    def test_one_go_is_said(self):
        self.project.deliver_together = True
        page = self._page("mto_p_customer")
        self.assertIn("in one go", page)
        self.assertNotIn("03/01/2027</span>", page.split("mto_project")[1])
