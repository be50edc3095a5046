"""pytest plugin: which lines and branches of the add-on its tests reach.

``-p reached`` prints what they do not, and fails below ``LEAST`` percent. The modules
are instrumented as they are imported: coverage.py traces each call, those of Odoo too,
and takes twice the time of the tests. The engine is not among them, it has tests of its
own.
"""

import sys
from importlib.machinery import PathFinder

from slipcover import Slipcover, print_coverage
from slipcover.importer import SlipcoverLoader

import odoo.init  # noqa: F401  then its import hook stands behind ours

LEAST = 90
ADDON = "mto_planning"
OTHERS = ("tests", "migrations", "engine", "__manifest__")

# Probes stay: to take them out, it looks through the locals of running threads, which
# change meanwhile, and a request of a test's browser fails.
NEVER = 2**31 - 1

reach = Slipcover(
    branch=True,
    d_miss_threshold=NEVER,
    source=[ADDON],
    omit=[f"*/{name}{end}" for name in OTHERS for end in ("/*", ".py")],
    exclude_also=["raise NotImplementedError"],
)


class Instrumenting:
    """Finder of the add-on's modules: the usual one, with another loader."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        parts = name.split(".")
        if parts[:3] != ["odoo", "addons", ADDON] or set(parts) & set(OTHERS):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.has_location:
            spec.loader = SlipcoverLoader(reach, spec.loader, spec.origin)
        return spec


sys.meta_path.insert(0, Instrumenting)


def pytest_sessionfinish(session, exitstatus):
    session.config.reached = reach.get_coverage()
    if not exitstatus and session.config.reached["summary"]["percent_covered"] < LEAST:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, config):
    share = config.reached["summary"]["percent_covered"]
    terminalreporter.section("lines and branches of the add-on that no test reaches")
    print_coverage(config.reached, missing_width=60, skip_covered=True)
    terminalreporter.line(f"{share:.1f} % are reached; {LEAST} % have to be.")
