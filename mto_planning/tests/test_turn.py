import threading
from unittest.mock import Mock, patch

import psycopg2
from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import ConcurrencyError, UserError
from odoo.modules.registry import Registry
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

from ..models import mto_door, turn


@tagged("post_install", "-at_install")
class TestTurn(BaseCase):
    """Real transactions on connections of their own: one plans, the others wait."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.first, self.second, self.third = (self._env() for _number in range(3))
        for name, value in (("PATIENCE", "100ms"), ("is_alone", lambda: False)):
            patcher = patch.object(turn, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)

    def _env(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        env["res.company"].search([], limit=1).fetch(["name"])  # has its snapshot
        return env

    def _guard(self, env):
        env["res.company"].search([], limit=1)._mto_guard_plan()

    @mute_logger("odoo.sql_db")
    def test_one_plans_at_a_time(self):
        self._guard(self.first)
        with self.assertRaisesRegex(UserError, "Others are planning"):
            self._guard(self.second)
        self.first.cr.rollback()
        self._guard(self.second)
        self.second.cr.rollback()

    @mute_logger("odoo.sql_db")
    def test_it_may_be_asked_for_several_times(self):
        self._guard(self.first)
        self._guard(self.first)
        with self.assertRaisesRegex(UserError, "Others are planning"):
            self._guard(self.second)
        self.first.cr.rollback()
        # It is given back once, however often it was asked for.
        self._guard(self.second)
        self.second.cr.rollback()

    @mute_logger("odoo.sql_db")
    def test_who_has_not_seen_the_last_plan_starts_again_and_is_not_overtaken(self):
        self._guard(self.first)
        # Counted as a plan by everybody, and taken back in the end.
        self.addCleanup(self._set_version, self._get_version())
        self.first.cr.commit()
        with self.assertRaises(SerializationFailure):
            self._guard(self.second)
        self.second.cr.rollback()
        # Nobody gets between the two tries of the second.
        with patch.object(turn, "_kept", threading.local()):
            with self.assertRaisesRegex(UserError, "Others are planning"):
                self._guard(self._env())
        self._guard(self.second)
        self.second.cr.rollback()
        self._guard(self._env())

    @mute_logger("odoo.sql_db")
    def test_a_turn_that_nobody_uses_is_let_go(self):
        self._guard(self.first)
        self.addCleanup(self._set_version, self._get_version())
        self.first.cr.commit()
        with patch.object(turn, "KEPT_SECONDS", 0.01):
            with self.assertRaises(SerializationFailure):
                self._guard(self.second)
        turn._kept.turn._timer.join()
        self._guard(self._env())

    @mute_logger("odoo.sql_db")
    def test_who_waits_before_he_does_anything_sees_the_last_plan(self):
        self._guard(self.first)
        self.addCleanup(self._set_version, self._get_version())
        self.first.cr.commit()
        turn.Turn.begin(self.second, self._company(self.second).ids)
        self._guard(self.second)
        with self.assertRaisesRegex(UserError, "Others are planning"):
            self._guard(self.third)
        self.second.cr.rollback()

    def test_what_is_written_is_not_lost_for_it(self):
        partner = self.first["res.partner"].search([], limit=1)
        partner.comment = "written"
        turn.Turn.begin(self.first, self._company(self.first).ids)
        self.assertIn("written", partner.comment)
        self.first.flush_all()
        turn.Turn.begin(self.first, self._company(self.first).ids)
        self.assertIn("written", partner.comment)
        # It has no turn: it is taken when a plan is written.
        self._guard(self.second)
        self.first.cr.rollback()
        self.second.cr.rollback()

    @mute_logger("odoo.sql_db")
    def test_who_has_written_lets_go_of_it_before_he_waits(self):
        self._guard(self.first)
        partner = self.second["res.partner"].search([], limit=1)
        partner.comment = "written"
        self.second.flush_all()
        with (
            patch.object(turn, "PATIENCE_OF_WRITER", "50ms"),
            patch.object(turn, "http", Mock(request=True)),
        ):
            with self.assertRaises(ConcurrencyError):
                self._guard(self.second)
        # Odoo takes back what he has written, and tries again in the same thread.
        with patch.object(turn, "PATIENCE", "20s"):
            again = threading.Thread(target=self._try_again, args=(self.second,))
            again.start()
            # So who has the turn may write that, too.
            self.first["res.partner"].browse(partner.id).comment = "by the first"
            self.first.flush_all()
            self.first.cr.rollback()
            again.join(20)
        with self.assertRaisesRegex(UserError, "Others are planning"):
            self._guard(self.third)
        self.second.cr.rollback()

    def _try_again(self, env):
        env.cr.rollback()
        self._guard(env)

    @mute_logger("odoo.sql_db")
    def test_the_turn_ends_with_a_connection_that_is_lost(self):
        with patch.object(turn, "WATCH_SECONDS", 0.02):
            self._guard(self.first)
            self._cut(self.first.cr)
            with self.assertRaises(psycopg2.OperationalError):
                self.first.cr.execute("SELECT 1")
            with patch.object(turn, "PATIENCE", "10s"):
                self._guard(self.second)
        self.second.cr.rollback()

    @mute_logger("odoo.sql_db")
    def test_what_is_written_is_written_if_the_turn_was_lost(self):
        taken = turn.Turn(self.registry, self._company(self.first).ids)
        taken.hold(self.first.cr)
        self._cut(taken._cr)
        self.first.cr.commit()
        self._guard(self.second)
        self.second.cr.rollback()

    def test_the_door_is_for_those_outside(self):
        partner = self.first["res.partner"].search([], limit=1)
        order = self.first["sale.order"].create({"partner_id": partner.id})
        with (
            patch.object(turn.Turn, "begin") as begin,
            patch.object(type(order), "_mto_check_open", side_effect=UserError("no")),
        ):
            with self.assertRaises(UserError):
                order.mto_hold()
            begin.assert_not_called()
            with self.assertRaises(UserError):
                call_kw(self.first["sale.order"], "mto_hold", [order.ids], {})
            begin.assert_called_once()
            self.assertEqual(begin.call_args.args[1], order.company_id.ids)

    def test_who_only_asks_does_not_wait(self):
        planner = self.first["mto.planner"]
        with patch.object(turn.Turn, "begin") as begin:
            call_kw(planner, "replan", [{"dry_run": True}], {})
            call_kw(planner, "replan", [], {"options": {"dry_run": True}})
            begin.assert_not_called()
            call_kw(planner, "replan", [{"production_ids": []}], {})
            begin.assert_called_once()
        self.first.cr.rollback()

    def test_all_doors_are_there(self):
        for name, (_path, methods) in mto_door.PLANNING.items():
            for method in methods:
                with self.subTest(model=name, method=method):
                    model = self.registry[name]
                    self.assertIsInstance(vars(model)[method], mto_door.Door)
                    self.assertEqual(getattr(model, method).__name__, method)

    def _cut(self, cr):
        """Lose the connection of a cursor."""
        pid = cr._cnx.info.backend_pid
        with self.registry.cursor() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def _company(self, env):
        return env["res.company"].search([], limit=1)

    def _get_version(self):
        company = self._env()["res.company"].search([], limit=1)
        return company.id, company.mto_plan_version

    def _set_version(self, known):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE res_company SET mto_plan_version = %s WHERE id = %s",
                known[::-1],
            )
