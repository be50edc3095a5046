from datetime import timedelta
from itertools import count
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import MtoCase


@tagged("post_install", "-at_install")
class TestScenario(MtoCase):
    """What-if: computed without a trace, and true when it is applied."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls._make_product("Table")
        cls._make_bom(cls.table, [], [(cls.assembly, 480)])
        cls.foreman = new_test_user(cls.env, "mto_foreman", groups="mrp.group_mrp_user")

    def _confirm(self, *lines, **values):
        order = self._make_order(*lines or [(self.table, 1)], **values)
        order.action_confirm()
        return order.order_line

    def _try(self, *changes, user=None, **values):
        """A computed what-if of changes, each a dictionary."""
        Scenario = self.env["mto.scenario"].with_user(user or self.planner)
        scenario = Scenario.create(
            {
                "name": "Try",
                "frozen_days": 0,
                "change_ids": [Command.create(change) for change in changes],
                **values,
            }
        )
        scenario.action_compute()
        return scenario

    def _close(self, day, hours=(8, 17), center=None):
        return {
            "kind": "closed",
            "workcenter_id": (center or self.assembly).id,
            "date_from": self._at(day, hours[0]),
            "date_to": self._at(day, hours[1]),
        }

    def _impacts(self, scenario):
        return {
            impact.line_id: (impact.effect, impact.days, impact.made_days)
            for impact in scenario.impact_ids
        }

    def _stand(self):
        """All that a plan has written, and what was decided."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT 'leave', id, date_from, date_to, name
                 FROM resource_calendar_leaves
               UNION ALL SELECT 'production', id, date_start, date_finished, state
                 FROM mrp_production
               UNION ALL SELECT 'move', id, date, date_deadline, state FROM stock_move
               UNION ALL SELECT 'line', id, mto_projected_date, NULL, mto_risk
                 FROM sale_order_line
               UNION ALL SELECT 'message', id, date, NULL, model FROM mail_message
                WHERE model <> 'mto.scenario'
               UNION ALL SELECT 'overtime', id, date_from, date_to, name
                 FROM mto_overtime
               UNION ALL SELECT 'order', id, commitment_date, NULL, state
                 FROM sale_order
               UNION ALL SELECT 'center', id, NULL, NULL, mto_machines::text
                 FROM mrp_workcenter
               UNION ALL SELECT 'plan', id, NULL, NULL, mto_plan_version::text
                 FROM res_company
                ORDER BY 1, 2"""
        )
        return self.env.cr.fetchall()

    def _check_true(self, scenario):
        """Applied, each line stands where the what-if said."""
        said = {impact.line_id: impact.changed_date for impact in scenario.impact_ids}
        scenario.action_apply()
        self.assertEqual(scenario.state, "applied")
        self.env.invalidate_all()
        for line, moment in said.items():
            self.assertEqual(line.mto_ready_date, moment)
        self.assertFalse(self.env["mto.planner"].check_consistency())

    def test_time_that_passes_while_it_is_computed_moves_nobody(self):
        # What is not ordered yet comes the later the later one looks.
        self._confirm((self.frame, 1))
        moments = (self._at(0, 8) + timedelta(minutes=15) * n for n in count())
        with patch.object(fields.Datetime, "now", lambda: next(moments)):
            scenario = self._try(
                {"kind": "machines", "workcenter_id": self.assembly.id, "machines": 2}
            )
        self.assertGreater(next(moments), self._at(0, 8, 30))
        self.assertFalse(scenario.impact_ids)

    # Kinds

    def test_a_closed_work_center_makes_all_behind_it_late(self):
        first, second = self._confirm(), self._confirm()
        before = self._stand()
        scenario = self._try(self._close(0))
        self.assertEqual(self._stand(), before)
        self.assertEqual(
            self._impacts(scenario), {first: ("late", 1, 1), second: ("late", 1, 1)}
        )
        impact = scenario.impact_ids.filtered(lambda one: one.line_id == first)
        self.assertEqual(
            (impact.current_date, impact.anew_date, impact.changed_date),
            (self._at(0, 17), self._at(0, 17), self._at(1, 17)),
        )
        self.assertEqual(impact.promise_date, self._at(0, 17))
        self.assertEqual(scenario.summary, "Becomes late: 2")
        self.assertEqual(scenario.late_count, 2)
        self._check_true(scenario)

    def test_who_has_time_is_delivered_as_before(self):
        line = self._confirm((self.table, 1), commitment_date=self._at(4, 17))
        self.env.company.mto_plan_early = True
        scenario = self._try(self._close(4))
        self.assertEqual(self._impacts(scenario), {})
        self.assertEqual(scenario.summary, "No order is delivered at another time.")
        self.env.company.mto_plan_early = False
        scenario = self._try(self._close(4))
        self.assertEqual(self._impacts(scenario), {line: ("same", 0, -1)})
        self._check_true(scenario)

    def test_overtime_saves_an_order_that_is_late(self):
        first, second = self._confirm(), self._confirm()
        self._try(self._close(0)).action_apply()
        self.assertEqual((first + second).mapped("mto_risk"), ["late", "late"])
        overtime = {**self._close(0, (17, 22)), "kind": "overtime"}
        more = {**self._close(1, (5, 8)), "kind": "overtime"}
        scenario = self._try(overtime, more)
        self.assertEqual(
            {line: row[0] for line, row in self._impacts(scenario).items()},
            {first: "earlier", second: "saved"},
        )
        self._check_true(scenario)
        self.assertEqual(second.mto_risk, "on_track")

    def test_another_machine(self):
        self._confirm()
        second = self._confirm()
        scenario = self._try(
            {"kind": "machines", "workcenter_id": self.assembly.id, "machines": 2}
        )
        self.assertEqual(self._impacts(scenario), {second: ("same", 0, -1)})
        self.assertEqual(self.assembly.mto_machines, 1)
        self._check_true(scenario)
        self.assertEqual(self.assembly.mto_machines, 2)

    def test_a_quotation_and_whom_it_hurts(self):
        line = self._confirm()
        quotation = self._make_order((self.table, 1))
        before = self._stand()
        scenario = self._try({"kind": "quotation", "order_id": quotation.id})
        self.assertEqual(self._stand(), before)
        self.assertEqual(self._impacts(scenario), {quotation.order_line: ("new", 0, 0)})
        self.assertEqual(scenario.impact_ids.changed_date, self._at(1, 17))
        scenario = self._try(
            {"kind": "quotation", "order_id": quotation.id}, self._close(0)
        )
        self.assertEqual(
            self._impacts(scenario),
            {line: ("late", 1, 1), quotation.order_line: ("new", 0, 0)},
        )
        self._check_true(scenario)
        self.assertEqual(quotation.state, "sale")

    def test_an_order_goes_first(self):
        first, second = self._confirm(), self._confirm()
        scenario = self._try({"kind": "first", "order_id": second.order_id.id})
        self.assertEqual(
            self._impacts(scenario), {first: ("late", 1, 1), second: ("same", 0, -1)}
        )
        self._check_true(scenario)

    def test_a_receipt_that_comes_later(self):
        line = self._confirm((self.lamp, 1))
        purchases = line.mto_purchase_line_ids.order_id
        purchases.button_confirm()
        receipt = purchases.picking_ids[:1]
        until = receipt.scheduled_date + timedelta(days=14)
        change = {"kind": "receipt", "picking_id": receipt.id, "date_from": until}
        before = self._stand()
        scenario = self._try(change)
        self.assertEqual(self._stand(), before)
        ((effect, days, _made),) = self._impacts(scenario).values()
        self.assertEqual(effect, "late")
        self.assertGreater(days, 7)
        scenario.with_user(self.env.ref("base.user_admin")).action_compute()
        self._check_true(scenario.with_user(self.env.ref("base.user_admin")))
        earlier = {**change, "date_from": until - timedelta(days=10)}
        ((effect, days, _made),) = self._impacts(self._try(earlier)).values()
        self.assertEqual(effect, "saved")
        self.assertLess(days, -7)

    def test_an_order_without_any_date(self):
        self._confirm()
        far = {**self._close(0), "date_to": self._at(365 * 3, 8)}
        scenario = self._try(far)
        self.assertEqual(
            [row[0] for row in self._impacts(scenario).values()], ["blocked"]
        )
        self.assertFalse(scenario.impact_ids.changed_date)

    def test_what_planning_anew_moves_anyway_is_not_its_fault(self):
        first, second = self._confirm(), self._confirm()
        first.mto_production_ids.action_cancel()
        # The second could go first now; the closed day is after both.
        scenario = self._try(self._close(3))
        self.assertEqual(self._impacts(scenario), {})
        self.assertTrue(second.mto_projected_date)

    # Life

    def test_a_changed_plan_is_computed_again_before_it_is_applied(self):
        self._confirm()
        scenario = self._try(self._close(0))
        self._confirm()
        self.assertTrue(scenario.is_outdated)
        with self.assertRaisesRegex(UserError, "plan has changed since"):
            scenario.action_apply()
        scenario.action_compute()
        self.assertFalse(scenario.is_outdated)
        self.assertEqual(len(scenario.impact_ids), 2)
        scenario.action_apply()
        for method in (scenario.action_apply, scenario.action_compute):
            with self.assertRaisesRegex(UserError, "applied already"):
                method()
        with self.assertRaisesRegex(UserError, "applied already"):
            scenario.change_ids.date_to = self._at(1, 12)
        again = scenario.copy()
        self.assertEqual((again.state, len(again.change_ids)), ("draft", 1))

    def test_what_is_changed_is_not_computed_any_more(self):
        self._confirm()
        scenario = self._try(self._close(0))
        scenario.change_ids.date_to = self._at(1, 17)
        self.assertEqual((scenario.state, len(scenario.impact_ids)), ("draft", 0))
        with self.assertRaisesRegex(UserError, "never computed"):
            scenario.action_apply()

    def test_nothing_to_try(self):
        scenario = self.env["mto.scenario"].create({"name": "Nothing"})
        with self.assertRaisesRegex(UserError, "“Changes” is empty"):
            scenario.action_compute()

    def test_what_cannot_be_done_any_more_is_named_and_leaves_no_trace(self):
        line = self._confirm()
        quotation = self._make_order((self.table, 1))
        scenario = self._try(
            self._close(0), {"kind": "quotation", "order_id": quotation.id}
        )
        quotation.action_confirm()
        before = self._stand()
        with self.assertRaisesRegex(
            UserError, f"{quotation.name}.*no quotation any more"
        ):
            scenario.action_compute()
        self.assertEqual(self._stand(), before)
        done = {"kind": "first", "order_id": line.order_id.id}
        line.order_id.with_context(disable_cancel_warning=True).action_cancel()
        with self.assertRaisesRegex(UserError, "nothing of it is left"):
            self._try(done)

    # Input

    def test_values_that_make_no_sense(self):
        center = self.assembly.id
        for change, message in (
            ({"kind": "closed", "workcenter_id": center}, "“From” is missing"),
            ({**self._close(0), "workcenter_id": False}, "“Work Center” is missing"),
            ({**self._close(0, (17, 8))}, "“Until” must be later"),
            ({**self._close(-3)}, "not be past"),
            ({"kind": "machines", "workcenter_id": center}, "Machines” is missing"),
            (
                {"kind": "machines", "workcenter_id": center, "machines": -1},
                "must be at least 1",
            ),
            ({"kind": "quotation"}, "“Order” is missing"),
            ({"kind": "receipt"}, "“Receipt” is missing"),
        ):
            with (
                self.subTest(change=change),
                self.assertRaisesRegex(ValidationError, message),
            ):
                self._try(change)
        with self.assertRaises(MissingError):
            self._try({"kind": "first", "order_id": 2**31 - 2})

    # Rights

    def test_planners_alone(self):
        for user in (self.salesperson, self.buyer):
            with self.assertRaises(AccessError):
                self._try(self._close(0), user=user)

    def test_who_may_not_make_a_change_may_try_it(self):
        self._confirm()
        self._confirm()
        scenario = self._try(
            {"kind": "machines", "workcenter_id": self.assembly.id, "machines": 2},
            user=self.foreman,
        )
        self.assertEqual(len(scenario.impact_ids), 1)
        before = self._stand()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            scenario.action_apply()
        self.env.invalidate_all()
        self.assertEqual(self._stand(), before)
        self.assertEqual(scenario.state, "computed")

    def test_of_another_company(self):
        scenario = self._try(self._close(0))
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "mto_stranger",
            groups="mrp.group_mrp_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self.env["mto.scenario"].with_user(stranger).search([]))
        with self.assertRaisesRegex(MissingError, "for you"):
            scenario.with_user(stranger).action_compute()
        with self.assertRaisesRegex(MissingError, "for you"):
            self._try(self._close(0), user=stranger)

    def test_sentences(self):
        quotation = self._make_order((self.table, 1))
        scenario = self.env["mto.scenario"].create(
            {
                "name": "Try",
                "change_ids": [
                    Command.create(self._close(0)),
                    Command.create({**self._close(5), "kind": "overtime"}),
                    Command.create(
                        {
                            "kind": "machines",
                            "workcenter_id": self.assembly.id,
                            "machines": 3,
                        }
                    ),
                    Command.create({"kind": "quotation", "order_id": quotation.id}),
                ],
            }
        )
        said = scenario.change_ids.with_context(tz="UTC").mapped("description")
        self.assertRegex(said[0], "^Assembly is closed from Mar 1, 8.* to Mar 1, 5")
        self.assertRegex(said[1], "^Assembly also works from Mar 6")
        self.assertEqual(said[2], "Assembly has 3 machines")
        self.assertEqual(said[3], f"{quotation.name} is confirmed")
