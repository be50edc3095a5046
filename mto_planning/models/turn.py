"""Whose turn it is to write a plan: one at a time, in the order of asking."""

import threading
from contextlib import suppress
from functools import partial

import psycopg2
from psycopg2.errors import LockNotAvailable

from odoo import http
from odoo.exceptions import ConcurrencyError
from odoo.modules import module

# Of our own advisory locks; the second number is the company.
LOCK = 1299474256
# Whoever waits longer is told to try again: a plan takes seconds.
PATIENCE = "60s"
# So long waits who bars the way of others meanwhile with the rows that he has written.
PATIENCE_OF_WRITER = "1s"
# Between two tries of a request Odoo sleeps two seconds, then four, eight, sixteen.
KEPT_SECONDS = 20
# How often is looked whether the transaction that has the turn is still there.
WATCH_SECONDS = 1

_kept = threading.local()


def is_alone():
    """Whether nobody else can plan: tests are one transaction that is never over."""
    return bool(module.current_test)


def has_written(cr):
    """Whether the transaction of a cursor has changed anything, or locked a row."""
    cr.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
    return cr.fetchone()[0]


def is_untouched(env):
    """Whether nothing would be lost if the transaction were begun anew."""
    transaction = env.transaction
    return not (
        any(transaction.field_dirty.values())
        or any(transaction.tocompute.values())
        or len(env.cr.precommit)
        or len(env.cr.postcommit)
        or has_written(env.cr)
    )


class BusyError(Exception):
    """Others have been planning all the time."""


class Turn:
    """The right to write plans of some companies, held by a connection of its own.

    At REPEATABLE READ whoever waits for a lock still sees the data of before: he must
    start again. A request that comes from outside to plan therefore waits before it has
    done anything, and begins anew with the turn in its hand (:meth:`begin`). Others
    find out on the way that they want to plan (:meth:`take`). So that nobody overtakes
    them while Odoo repeats the request, they keep the turn for the next try in the same
    thread.

    The lock belongs to a transaction of that connection: however that ends, with the
    request, its process or the database server, the lock ends, too.
    """

    @classmethod
    def begin(cls, env, company_ids):
        """Wait for it with a transaction that has done nothing, and begin that anew.

        :raises BusyError: nobody let go of it in time.
        """
        if is_alone() or not is_untouched(env):
            return
        turn = cls.take(env, company_ids)
        env.cr.rollback()
        if turn:
            turn.hold(env.cr)

    @classmethod
    def take(cls, env, company_ids):
        """Wait for it.

        :return: the turn; ``None`` if the transaction has it already.
        :raises BusyError: nobody let go of it in time.
        :raises ConcurrencyError: what the transaction has written may be what others
            wait for, so it has to be repeated by Odoo, with the turn in its hand.
        """
        cr = env.cr
        taken = cr.postcommit.data.get("mto_turns", ())
        missing = sorted(set(company_ids).difference(taken))
        if not missing or is_alone():
            return None
        kept = getattr(_kept, "turn", None)
        _kept.turn = None
        if kept and kept.resume(missing):
            return kept
        if not has_written(cr):
            return cls(env.registry, missing)
        try:
            return cls(env.registry, missing, PATIENCE_OF_WRITER)
        except BusyError:
            if not http.request:
                raise
        cr.postrollback.add(partial(cls._wait_for_next_try, env.registry, missing))
        raise ConcurrencyError("Others are planning.")

    @classmethod
    def _wait_for_next_try(cls, registry, company_ids):
        # The next try says itself that nobody lets go of it.
        with suppress(BusyError):
            cls(registry, company_ids).keep()

    def __init__(self, registry, company_ids, patience=None):
        """Wait for the turn, and get it."""
        self.company_ids = company_ids
        self._timer = None
        self._ending, self._is_over = threading.Lock(), threading.Event()
        self._cr = registry.cursor()
        try:
            self._cr.execute("SET LOCAL lock_timeout = %s", [patience or PATIENCE])
            # In one order, so that two never wait for each other.
            for company_id in company_ids:
                self._cr.execute(
                    "SELECT pg_advisory_xact_lock(%s, %s)",
                    [LOCK, company_id],
                    log_exceptions=False,
                )
        except LockNotAvailable as error:
            self.end()
            raise BusyError from error
        except BaseException:
            self.end()
            raise

    def hold(self, cr):
        """Have it until the transaction of a cursor is over."""
        cr.postcommit.data.setdefault("mto_turns", set()).update(self.company_ids)
        cr.postcommit.add(self.end)
        cr.postrollback.add(self.end)
        # A cursor that loses its connection, in the middle or when it commits, calls
        # nobody. Who waits for the turn would wait for ever.
        threading.Thread(target=self._watch, args=(cr,), daemon=True).start()

    def _watch(self, cr):
        while not self._is_over.wait(WATCH_SECONDS):
            if cr.closed:
                self.end()

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
        """Let the next one plan.

        What was written is written: it does not fail if the connection is lost, for
        then the lock is gone with it.
        """
        with self._ending, suppress(psycopg2.Error):
            self._is_over.set()
            self._cr.close()
