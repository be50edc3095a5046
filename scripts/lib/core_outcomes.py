"""Odoo's own tests: what came of each, and what differs between two runs.

A pytest plugin: what is listed beside this file is expected to fail, and with
``CORE_OUTCOMES=file`` the outcome of each test is written there. As a command,
``python core_outcomes.py STOCK OURS`` tells which tests came out otherwise.
"""

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
KNOWN, ON_PURPOSE = "core_known_failures.txt", "core_on_purpose.txt"
# Worst last: a test has as many reports as it has phases and parts.
RANKS = ("passed", "skipped", "failed")

outcomes: dict[str, str] = {}


def listed(name: str) -> tuple[str, ...]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


# The plugin


def pytest_collection_modifyitems(items):
    import pytest

    lists = [listed(KNOWN)]
    if not os.environ.get("CORE_WITHOUT_ADDON"):
        lists.append(listed(ON_PURPOSE))
    for names, reason in zip(lists, ("Odoo's own", "on purpose"), strict=False):
        mark = pytest.mark.xfail(reason=reason, strict=False)
        for item in items:
            if item.nodeid.endswith(names):
                item.add_marker(mark)


def pytest_runtest_logreport(report):
    outcome = "failed" if hasattr(report, "wasxfail") else report.outcome
    if outcome == "failed" and report.passed:
        outcome = "passed"
    before = outcomes.get(report.nodeid, "passed")
    outcomes[report.nodeid] = max(before, outcome, key=RANKS.index)


def pytest_sessionfinish():
    if target := os.environ.get("CORE_OUTCOMES"):
        Path(target).write_text(json.dumps(outcomes), encoding="utf-8")


# The command


def main(stock_file: str, ours_file: str) -> int:
    stock, ours = (
        json.loads(Path(file).read_text(encoding="utf-8"))
        for file in (stock_file, ours_file)
    )
    print(f"without the add-on: {count(stock)}")
    print(f"with the add-on:    {count(ours)}")
    different = {
        name: f"{stock.get(name, 'missing')} without, {ours.get(name, 'missing')} with"
        for name in sorted(stock.keys() | ours.keys())
        if stock.get(name) != ours.get(name)
    }
    meant = {name for name in different if name.endswith(listed(ON_PURPOSE))}
    for name in sorted(meant):
        print(f"on purpose: {name}")
    for name in different.keys() - meant:
        print(f"DIFFERENT: {name}: {different[name]}")
    print(f"{len(different) - len(meant)} tests differ beside {len(meant)} on purpose")
    return int(len(different) > len(meant))


def count(found: dict[str, str]) -> str:
    return ", ".join(
        f"{sum(outcome == rank for outcome in found.values())} {rank}" for rank in RANKS
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
