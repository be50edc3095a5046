"""Kill what can be killed, in the middle of what is done, and see what is left.

Starts a PostgreSQL and an Odoo of its own. Again and again something is asked for
(``work.py``), and at a random moment, while its transaction is open, something fails
(``FAULTS``). When all is well again, the rows that belong to it are compared with those
of before: they must be the same, or look as they do when nothing fails. Nobody may wait
for ever, no right to plan may stay behind, and ``check_consistency`` finds nothing.

    python -m tests.faults.run --dump DUMP --factory FILE --config FILE --tools FOLDER
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path

import psycopg2

from . import work
from .site import PATIENCE, Call, Database, Disk, Odoo

OPERATIONS = (
    work.Confirm,
    work.ConfirmHeld,
    work.Hold,
    work.More,
    work.Less,
    work.Cancel,
    work.Replan,
    work.Expire,
)
# Longer than a turn is kept for a second try.
TURN_SECONDS = 30


# What fails. Each is given the site and the open transactions, the writing one first.


def kill_worker(site, _backends):
    """The process that does it, worker or job, is killed."""
    process = site.odoo.find_worker() or site.odoo.find_job_worker()
    if process:
        process.kill()


def kill_database(site, _backends):
    """The database server is killed."""
    site.database.kill()


def fill_disk(site, _backends):
    """The disk of the database is full."""
    site.disk.fill()


def cut_connection(site, backends):
    """The connection of the transaction is lost."""
    site.database.ask("SELECT pg_terminate_backend(%s)", backends[0][0])


def cut_turn(site, backends):
    """The connection that holds the turn is lost."""
    site.database.ask("SELECT pg_terminate_backend(%s)", backends[-1][0])


FAULTS = {
    "worker or job killed": kill_worker,
    "database killed": kill_database,
    "disk full": fill_disk,
    "connection lost": cut_connection,
    "turn's connection lost": cut_turn,
}


class Site:
    """The disk, the database and Odoo."""

    def __init__(self, options, stack):
        """Start all."""
        folder = Path(tempfile.mkdtemp(prefix="mto-faults-"))
        os.chmod(folder, 0o755)
        self.factory = json.loads(Path(options.factory).read_text())
        self.disk = Disk(folder / "disk")
        stack.callback(self.disk.remove)
        self.database = Database(self.disk, options.tools, options.owner, options.name)
        stack.callback(self.database.stop)
        self.database.start()
        self.database.restore(options.dump)
        self.database.ask(
            "UPDATE ir_cron SET active = (id = %s)", self.factory["job_id"]
        )
        self.odoo = Odoo(self.database, options.config, options.log)
        stack.callback(self.odoo.stop)

    def mend(self):
        """Do what an administrator does; Odoo comes back by itself."""
        self.disk.free()
        if not self.database.is_running():
            self.database.start()

    def wait_until_well(self):
        """Until a request is answered again."""
        end = time.monotonic() + PATIENCE
        while True:
            call = Call(
                self.odoo, self.factory["key"], "res.users", "search_count", domain=[]
            )
            call.join()
            if not call.error:
                return
            if not self.odoo.is_running():
                # Core's master gives up when a job's worker cannot start.
                self.odoo.start()
            if time.monotonic() > end:
                raise work.Torn(f"Odoo does not come back: {call.error}")
            time.sleep(0.3)

    def wait_for(self, what, count, seconds):
        """Until there is none of something."""
        end = time.monotonic() + seconds
        while count():
            if time.monotonic() > end:
                raise work.Torn(f"{what} after {seconds} s: {count()}")
            time.sleep(0.2)


class Trial:
    """One operation, one fault, and what came of it."""

    def __init__(self, site, operation, fault, dice):
        """Prepare it."""
        self.site, self.operation, self.fault, self.dice = site, operation, fault, dice
        self.was_hit = self.had_written = False
        self.answer = "job"

    def run(self):
        """Do it; returns ``before`` or ``after``.

        :raises Torn: it was done half, or something stays behind.
        """
        self.operation.prepare()
        before = self.operation.look()
        self.call = self.operation.begin()
        self._strike()
        if self.call:
            self.call.join()
        self.site.mend()
        self.site.wait_until_well()
        self.site.wait_for("turns", self.site.database.turns, TURN_SECONDS)
        left = self.operation.judge(before, self.operation.look())
        self._judge_answer(left)
        self._check()
        return left

    def _strike(self):
        # The moment is counted from when its transaction is open.
        end = time.monotonic() + 20
        while not self._find() and time.monotonic() < end and self._is_at_work():
            time.sleep(0.005)
        time.sleep(self.dice.uniform(0, self.operation.typical))
        backends = self._find()
        self.was_hit = bool(backends) and self._is_at_work()
        self.had_written = self.was_hit and backends[0][1]
        if self.was_hit:
            FAULTS[self.fault](self.site, backends)

    def _is_at_work(self):
        return self.call is None or self.call.is_alive()

    def _find(self):
        return self.site.database.backends()

    def _judge_answer(self, left):
        if not self.call:
            return
        call = self.call
        self.answer = "result" if not call.error else call.error.split(":")[0]
        if not call.error and left == "before":
            raise work.Torn("the client was told that it is done")
        if call.error and (
            call.error.startswith(("unnamed", "nothing"))
            or (call.is_cut and self.fault != "worker or job killed")
        ):
            raise work.Torn(f"the client got no answer that it can use: {call.error}")

    def _check(self):
        self.operation.finish()
        found = self.operation.call("mto.planner", "check_consistency").get()
        if found:
            raise work.Torn(f"check_consistency: {found}")


def hit(site, operation, fault, dice):
    """Try until the fault comes in the middle; returns the trial and what was left."""
    for _try in range(4):
        trial = Trial(site, operation, fault, dice)
        left = trial.run()
        if trial.was_hit:
            operation.typical = min(operation.typical * 1.2, 5.0)
            break
        # It was done before: it is quicker than it was.
        operation.typical *= 0.5
    return trial, left


def learn(site, operations):
    """Have each done once, to see how long it takes and what it leaves."""
    for operation in operations:
        began = time.monotonic()
        operation.prepare()
        prepared = time.monotonic() - began
        operation.learn()
        took = time.monotonic() - began - 2 * prepared
        operation.typical = min(max(took, 0.2), 3.0)
        print(f"{operation.name}: {operation.typical:.2f} s", flush=True)


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("dump", "factory", "config", "tools"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--owner", default="postgres")
    parser.add_argument("--name", default="mto_faults")
    parser.add_argument("--log", default="/dev/null")
    parser.add_argument("--result")
    parser.add_argument("--rounds", type=int, default=1, help="of all pairs")
    parser.add_argument("--minutes", type=float, default=60, help="at most so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="faults or operations whose name has this")
    return parser.parse_args()


def main():
    """Run all pairs so many times; fails if anything was torn."""
    options = parse()
    # Killed itself, it leaves nothing behind.
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit("stopped"))
    dice = random.Random(options.seed)
    random.seed(options.seed)
    counts, answers, torn = defaultdict(Counter), Counter(), []
    with ExitStack() as stack:
        site = Site(options, stack)
        site.wait_until_well()
        operations = [
            kind(site.factory, site.odoo, site.database) for kind in OPERATIONS
        ]
        pairs = [
            (fault, operation)
            for fault in FAULTS
            for operation in operations
            if (site.disk.is_limited or fault != "disk full")
            # The job that ends holds plans nothing: it needs no turn.
            and not (fault.startswith("turn") and isinstance(operation, work.Expire))
            and (not options.only or options.only in fault + operation.name)
        ]
        learn(site, {operation: None for _fault, operation in pairs})
        last = time.monotonic() + 60 * options.minutes
        for _round in range(options.rounds):
            dice.shuffle(pairs)
            for fault, operation in pairs:
                if time.monotonic() > last:
                    break
                try:
                    trial, left = hit(site, operation, fault, dice)
                except (work.Torn, RuntimeError, psycopg2.Error) as error:
                    torn.append(f"{fault}, {operation.name}: {error}")
                    print(torn[-1], flush=True)
                    counts[fault, operation.name]["torn"] += 1
                    site.mend()
                    site.wait_until_well()
                    continue
                count = counts[fault, operation.name]
                count["hits"] += trial.was_hit
                count["written"] += trial.had_written
                count[left] += trial.was_hit
                answers[trial.answer] += trial.was_hit
                row = (fault, operation.name, trial.was_hit, left, trial.answer)
                print(*row, sep=" | ", flush=True)
        starts = site.odoo.starts
    report(options, counts, answers, torn, starts)


def report(options, counts, answers, torn, starts):
    """Print the table, write it, and fail if anything was torn."""
    columns = ("hits", "written", "before", "after", "torn")
    print(f"{'':46}" + "".join(f"{name:>9}" for name in columns))
    for (fault, name), count in sorted(counts.items()):
        cells = "".join(f"{count[column]:>9}" for column in columns)
        print(f"{fault:24}{name:22}{cells}")
    total = sum(counts.values(), Counter())
    print(f"{'all':46}" + "".join(f"{total[column]:>9}" for column in columns))
    print("what the client got:", dict(answers), "Odoo was started again:", starts - 1)
    if options.result:
        result = {
            "seed": options.seed,
            "rows": [
                {"fault": fault, "operation": name, **{c: count[c] for c in columns}}
                for (fault, name), count in sorted(counts.items())
            ],
            "all": {column: total[column] for column in columns},
            "answers": dict(answers),
            "odoo_started_again": starts - 1,
            "torn": torn,
        }
        Path(options.result).write_text(json.dumps(result, indent=1) + "\n")
    if torn:
        sys.exit("\n".join(torn))


if __name__ == "__main__":
    main()
