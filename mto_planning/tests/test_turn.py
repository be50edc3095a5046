import threading
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

from ..models import turn


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

    def _get_version(self):
        company = self._env()["res.company"].search([], limit=1)
        return company.id, company.mto_plan_version

    def _set_version(self, known):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE res_company SET mto_plan_version = %s WHERE id = %s",
                known[::-1],
            )
