"""Whose turn it is to write a plan: one at a time, in the order of asking."""

import threading

from psycopg2.errors import LockNotAvailable

from odoo.modules import module

# Of our own advisory locks; the second number is the company.
LOCK = 1299474256
# Whoever waits longer is told to try again: a plan takes seconds.
PATIENCE = "60s"
# Between two tries of a request Odoo sleeps two seconds, then four, eight, sixteen.
KEPT_SECONDS = 20

_kept = threading.local()


def is_alone():
    """Whether nobody else can plan: tests are one transaction that is never over."""
    return bool(module.current_test)


class BusyError(Exception):
    """Others have been planning all the time."""


class Turn:
    """The right to write plans of some companies, held by a connection of its own.

    At REPEATABLE READ whoever waits for a lock still sees the data of before: he must
    start again. So that nobody overtakes him meanwhile, he starts again with the turn
    in his hand: it is kept for the next try of the same request, in the same thread.
    """

    @classmethod
    def take(cls, env, company_ids):
        """Wait for it.

        :return: the turn; ``None`` if the transaction has it already.
        :raises BusyError: nobody let go of it in time.
        """
        cr = env.cr
        taken = cr.postcommit.data.setdefault("mto_turns", set())
        missing = sorted(set(company_ids) - taken)
        if not missing or is_alone():
            return None
        kept = getattr(_kept, "turn", None)
        _kept.turn = None
        if kept and kept.resume(missing):
            return kept
        return cls(env, missing)

    def __init__(self, env, company_ids):
        """Wait for the turn, and get it."""
        self.company_ids = company_ids
        self._timer = None
        self._ending = threading.Lock()
        self._cr = env.registry.cursor()
        try:
            self._cr.execute("SET LOCAL lock_timeout = %s", [PATIENCE])
            # In one order, so that two never wait for each other.
            for company_id in company_ids:
                self._cr.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, company_id])
            # It is the session's; the transaction would only keep old rows alive.
            self._cr.rollback()
        except LockNotAvailable as error:
            self._cr.rollback()
            self.end()
            raise BusyError from error
        except BaseException:
            self._cr.rollback()
            self.end()
            raise

    def hold(self, cr):
        """Have it until the transaction of a cursor is over."""
        cr.postcommit.data["mto_turns"].update(self.company_ids)
        cr.postcommit.add(self.end)
        cr.postrollback.add(self.end)

    def keep(self):
        """Have it for the next try of this request; not for long if there is none."""
        _kept.turn = self
        self._timer = threading.Timer(KEPT_SECONDS, self.end)
        self._timer.daemon = True
        self._timer.start()

    def resume(self, company_ids):
        """Go on with a turn that was kept; says whether it is still there."""
        self._timer.cancel()
        if self._cr.closed or self.company_ids != company_ids:
            self.end()
            return False
        return True

    def end(self):
        """Let the next one plan."""
        with self._ending:
            if not self._cr.closed:
                self._cr.execute("SELECT pg_advisory_unlock_all()")
                self._cr.close()
