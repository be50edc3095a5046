from xmlrpc.client import Fault

from odoo.tests import HttpCase, get_db_name
from odoo.tools import mute_logger

from .common import MtoCase

# What core logs about each call by XML-RPC, and about each error that a client gets.
NOISY = ("odoo.addons.rpc.controllers.xmlrpc", "odoo.http", "odoo.addons.base.models")


class MtoRpcCase(MtoCase, HttpCase):
    """The workshop, reached through the doors that programs use, with an API key."""

    def setUp(self):
        super().setUp()
        silence = mute_logger(*NOISY)
        silence.__enter__()
        self.addCleanup(silence.__exit__, None, None, None)
        self._keys = {}

    def _key_of(self, user):
        if user not in self._keys:
            # As superuser the key needs no date of expiry, which would be compared
            # with the database's clock and not with the frozen one.
            self._keys[user] = (
                self.env["res.users.apikeys"]
                .with_user(user)
                .sudo()
                ._generate("rpc", "Test", None)
            )
        return self._keys[user]

    def _xmlrpc(self, user, model, method, *args, **kwargs):
        """Call by XML-RPC; raises ``xmlrpc.client.Fault``."""
        return self.xmlrpc_object.execute_kw(
            get_db_name(), user.id, self._key_of(user), model, method, args, kwargs
        )

    def _refusal(self, user, model, method, *args):
        """The fault of a call by XML-RPC that must fail.

        Not by ``assertRaises``, which would take back what is half written.
        """
        try:
            answer = self._xmlrpc(user, model, method, *args)
        except Fault as fault:
            return fault
        raise self.failureException(f"{model}.{method} was answered: {answer}")

    def _json2(self, user, model, method, body):
        """Call by JSON-2; returns the response.

        :param body: a dictionary, or a string to send as it is.
        """
        how = {"data": body} if isinstance(body, str) else {"json": body}
        key = self._key_of(user)
        self.env.flush_all()
        self.env.clear()
        return self.url_open(
            f"/json/2/{model}/{method}",
            headers={
                "Authorization": f"bearer {key}",
                "Content-Type": "application/json",
            },
            method="POST",
            timeout=60,
            **how,
        )

    def _ask(self, user, model, method, **body):
        """Call by JSON-2 what is expected to work; returns the answer."""
        response = self._json2(user, model, method, body)
        self.assertEqual(response.status_code, 200, response.text[:2000])
        return response.json()
