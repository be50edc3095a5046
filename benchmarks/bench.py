"""What the benchmarks of the engine share: honest timing, and where results are kept.

Import it first: it makes the engine importable without the Odoo add-on around it.
"""

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import types
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOUR, DAY = 3600, 86400

sys.modules["mto_planning"] = addon = types.ModuleType("mto_planning")
addon.__path__ = [str(ROOT / "mto_planning")]

median = statistics.median


def timed(
    calls: Mapping[Hashable, Callable[[], object]],
    rounds: int,
    least: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[Hashable, list[float]]:
    """Seconds of each call, in turn, so that what else runs here disturbs all alike.

    The garbage of one call is not collected in the next; the collector stays on.

    :param least: a call that is quicker is repeated for so many seconds each time it
        is its turn, for what runs between two turns takes the processor's caches.
    :param clock: ``time.process_time`` for what has to do with no other process.
    """
    times: dict[Hashable, list[float]] = {name: [] for name in calls}
    for _round in range(rounds):
        for name, call in calls.items():
            gc.collect()
            turn = clock()
            while True:
                began = clock()
                result = call()
                times[name].append(clock() - began)
                del result
                if clock() - turn >= least:
                    break
    return times


def record(name: str, figures: dict) -> None:
    """Write the figures with the machine they come from."""
    result = ROOT / "benchmarks" / "results" / f"{name}.json"
    result.parent.mkdir(exist_ok=True)
    figures = {"machine": machine(), **figures}
    result.write_text(json.dumps(figures, indent=1) + "\n")


def machine() -> dict:
    """Where it runs, and how busy that is."""
    revision = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "python": platform.python_version(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "revision": revision.stdout.strip(),
    }
