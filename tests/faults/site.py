"""A PostgreSQL server and an Odoo of our own, which may be killed at any moment."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import requests

PATIENCE = 90
# Small, so that it is full soon; the rest of the size is for the data.
DISK_MEGABYTES = 500
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 60
shared_buffers = 64MB
min_wal_size = 32MB
max_wal_size = 64MB
timezone = 'UTC'
log_timezone = 'UTC'
"""


class Disk:
    """A file system of a limited size, if we may have one."""

    def __init__(self, folder):
        """Mount it; who is not root has an ordinary folder, which is never full."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.is_limited = os.geteuid() == 0 and not subprocess.call(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", folder],
            stderr=subprocess.DEVNULL,
        )
        self._balloon = self.folder / "balloon"

    def fill(self):
        """Leave no space."""
        with self._balloon.open("wb") as balloon, suppress(OSError):
            status = os.statvfs(self.folder)
            os.posix_fallocate(balloon.fileno(), 0, status.f_bavail * status.f_frsize)

    def free(self):
        """Leave all of it."""
        self._balloon.unlink(missing_ok=True)

    def remove(self):
        """Unmount it, with all that is on it."""
        if self.is_limited:
            subprocess.check_call(["umount", "--lazy", self.folder])
        shutil.rmtree(self.folder.parent)


class Database:
    """A PostgreSQL cluster of one database, with all that makes a crash harmless."""

    def __init__(self, disk, tools, owner, name):
        """Make it.

        :param tools: the folder of PostgreSQL's programs.
        :param owner: the system user that it runs as; root must not.
        """
        self.name = name
        self.folder = disk.folder / "postgresql"
        self._tools = Path(tools)
        self._as_owner = (
            {"user": owner, "group": owner, "extra_groups": []}
            if os.geteuid() == 0
            else {}
        )
        self.folder.mkdir()
        if self._as_owner:
            shutil.chown(self.folder, owner, owner)
            shutil.chown(disk.folder, owner, owner)
        self._run(
            "initdb", "-U", "mto", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
            "--lc-collate=C", "--wal-segsize=4", "-D", self.folder / "data",
        )  # fmt: skip
        with (self.folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(folder=self.folder))
        self.environment = {
            "PGHOST": str(self.folder),
            "PGPORT": "5432",
            "PGUSER": "mto",
        }

    def _run(self, program, *arguments):
        subprocess.run(
            [self._tools / program, *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._as_owner,
        )

    def restore(self, dump):
        """Take over what another server's database holds."""
        self._ask("postgres", f'CREATE DATABASE "{self.name}" TEMPLATE template0')
        subprocess.run(
            [self._tools / "psql", "-X", "-q", "-d", self.name, "-f", dump],
            check=True,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
        )

    def start(self):
        """Start it, again and again while what is left of the last one goes."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._run(
                    "pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log",
                    "-w", "-t", "60", "start",
                )  # fmt: skip
                return
            except subprocess.CalledProcessError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)

    def is_running(self):
        """Whether it answers."""
        try:
            self.ask("SELECT 1")
        except psycopg2.Error:
            return False
        return True

    def kill(self):
        """Kill the postmaster."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def stop(self):
        """Stop it."""
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")

    def ask(self, query, *values):
        """The rows of a query, which is committed at once."""
        return self._ask(self.name, query, *values)

    def _ask(self, database, query, *values):
        connection = psycopg2.connect(
            host=str(self.folder), user="mto", dbname=database, application_name="check"
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def wake_job(self, job_id):
        """Have Odoo run a job now."""
        self.ask(
            """UPDATE ir_cron SET nextcall = (now() AT TIME ZONE 'UTC') - interval '1 s'
                WHERE id = %s""",
            job_id,
        )
        self._ask("postgres", "SELECT pg_notify('cron_trigger', %s)", self.name)

    def backends(self):
        """``(pid, whether it has written)`` of Odoo's open transactions.

        What has written comes first; of a request that plans the last is its turn.
        """
        return self.ask(
            """SELECT pid, backend_xid IS NOT NULL
                 FROM pg_stat_activity
                WHERE datname = %s AND application_name LIKE 'odoo-%%'
                  AND xact_start IS NOT NULL
                ORDER BY backend_xid IS NULL, xact_start""",
            self.name,
        )

    def turns(self):
        """How many hold an advisory lock, or wait for one."""
        return self.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")[0][
            0
        ]


class Odoo:
    """A server of several workers and one for jobs."""

    def __init__(self, database, configuration, log):
        """Start it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        name = database.name
        self._command = [
            sys.executable, Path(__file__).parents[2] / "scripts/lib/odoo_bin.py",
            "-c", configuration, "-d", name, "--db-filter", f"^{name}$",
            "--http-interface", "127.0.0.1", "--http-port", str(self._port),
            "--gevent-port", str(self._port + 1),
            "--workers", "2", "--max-cron-threads", "1", "--log-level", "info",
        ]  # fmt: skip
        self._environment = {**os.environ, **database.environment}
        self._log = Path(log).open("w")
        self.starts = 0
        self.start()

    def start(self):
        """Start it, as a service manager does when it has ended."""
        self.starts += 1
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def is_running(self):
        """Whether the master is there."""
        return self._process.poll() is None

    def find_worker(self):
        """The worker that answers a request."""
        return self._find(lambda sockets: ("ESTABLISHED", self._port) in sockets)

    def find_job_worker(self):
        """The worker that runs jobs: the one that listens to nobody."""
        return self._find(lambda sockets: not sockets)

    def _find(self, is_it):
        for process in psutil.Process(self._process.pid).children():
            with suppress(psutil.Error):
                sockets = {
                    (found.status, found.laddr.port)
                    for found in process.connections("inet")
                }
                if is_it(sockets):
                    return process
        return None

    def stop(self):
        """Stop all of it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


class Call(threading.Thread):
    """One request over JSON-2, and what its client got."""

    def __init__(self, odoo, key, model, method, **params):
        """Send it.

        When it has ended, ``result`` is what came back, ``error`` a sentence that
        begins with the name of what went wrong, ``is_cut`` whether the connection went.
        """
        super().__init__(daemon=True)
        self._url = f"{odoo.url}/json/2/{model}/{method}"
        self._headers, self._params = {"Authorization": f"bearer {key}"}, params
        self.result = self.error = None
        self.is_cut = False
        self.start()

    def run(self):
        """Wait for the answer."""
        try:
            response = requests.post(
                self._url, json=self._params, headers=self._headers, timeout=150
            )
        except requests.Timeout:
            self.error = "nothing came back"
        except requests.ConnectionError:
            self.error, self.is_cut = "ConnectionError", True
        else:
            self._read(response)

    def _read(self, response):
        if response.ok:
            self.result = response.json()
            return
        try:
            error = response.json()
            self.error = f"{error['name']}: {error['message']}"
        except (ValueError, TypeError, KeyError):
            self.error = f"unnamed: {response.status_code} {response.text[:300]}"

    def get(self):
        """The result; an error is an error."""
        self.join()
        if self.error:
            raise RuntimeError(self.error)
        return self.result
