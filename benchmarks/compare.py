"""Compare what was measured on several databases: a table, a file, a verdict.

A benchmark prints one JSON line a run, ``{"figures": {name: {"seconds", "queries"}},
"answers": {name: what came of it}}``; the runs of the sides are taken in turn.
"""

import json
import os
import platform
import statistics
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple


class Target(NamedTuple):
    """A figure against another one.

    :param ours: ``(side, figure)``.
    :param other: the same of what it is compared with.
    :param at_most: times that of the other, or ``None``: only shown.
    :param queries: at most so many, or ``None``.
    """

    name: str
    ours: tuple[str, str]
    other: tuple[str, str]
    at_most: float | None = None
    queries: int | None = None


def read_runs(path):
    """``{side: [figures and answers of each run]}``."""
    runs = defaultdict(list)
    for line in Path(path).read_text().splitlines():
        side, figures = line.split(" ", 1)
        runs[side].append(json.loads(figures))
    return runs


def make_row(runs, target):
    """One comparison, of medians over all rounds."""
    seconds, other = (
        statistics.median(run["figures"][what]["seconds"] for run in runs[side])
        for side, what in (target.ours, target.other)
    )
    queries, other_queries = (
        runs[side][0]["figures"][what]["queries"]
        for side, what in (target.ours, target.other)
    )
    ratio = seconds / other
    return {
        "name": target.name,
        "seconds": round(seconds, 4),
        "other": round(other, 4),
        "ratio": round(ratio, 4),
        "at_most": target.at_most,
        "queries": queries,
        "other_queries": other_queries,
        "met": (target.at_most is None or ratio <= target.at_most)
        and (target.queries is None or queries <= target.queries),
    }


def print_table(rows):
    """The rows for people."""
    head = ("", "ours", "other", "ratio", "at most", "queries")
    print("{:46} {:>10} {:>10} {:>7} {:>8} {:>15}".format(*head))
    for row in rows:
        most = "" if row["at_most"] is None else f"{row['at_most']:.3f}"
        queries = f"{row['queries']:.0f} / {row['other_queries']:.0f}"
        print(
            f"{row['name']:46} {row['seconds']:8.3f} s {row['other']:8.3f} s"
            f" {row['ratio']:7.3f} {most:>8} {queries:>15}"
            f"{'' if row['met'] else '   missed'}"
        )


def write_result(path, rows):
    """The rows for the repository, with the machine they come from."""
    Path(path).parent.mkdir(exist_ok=True)
    machine = {
        "python": platform.python_version(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    text = json.dumps({"machine": machine, "rows": rows}, indent=1)
    Path(path).write_text(text + "\n")


def report(runs, targets, path):
    """Print and write all comparisons."""
    rows = [make_row(runs, target) for target in targets]
    print_table(rows)
    write_result(path, rows)
