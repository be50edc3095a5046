"""Puts the outcomes of both sides together: ``report.py RESULT SIDE…``.

A side is a file of three lines: its name, what its clients saw, what ``verify.py``
has found.

Fails if anything is wrong with ours: a client's error, a lost order, a minute that is
booked twice, a piece that is promised twice, a promise that does not stand.
"""

import json
import sys
from pathlib import Path


def summarise(outcome_file, found_file):
    """The figures of one side."""
    outcome = json.loads(Path(outcome_file).read_text())
    found = json.loads(Path(found_file).read_text())
    confirmed = sum(
        entry["calls"] - entry["failures"]
        for name, entry in outcome["latency"].items()
        if name.startswith("confirm")
    )
    return {
        "people": outcome["people"],
        "seconds": outcome["seconds"],
        "confirmed": confirmed,
        "confirmed_a_minute": round(60 * confirmed / outcome["seconds"], 1),
        "failures": outcome["failures"],
        **found,
        "latency_ms": dict(sorted(outcome["latency"].items())),
    }


def problems_of(side):
    """What must not be, as sentences."""
    # What a user may not do he may not do alone either: no matter of many at once.
    problems = [
        f"{count} x {error}"
        for error, count in side["failures"].items()
        if "AccessError" not in error
    ]
    problems += [
        f"{name}: {n}" for name, n in side["orders"].items() if "wrong" in name
    ]
    problems += [
        f"{name}: {side[name]}"
        for name in (
            "overlapping",
            "in_held_time",
            "over_reserved",
            "pieces_promised_twice",
            "advisory_locks",
            "check_consistency",
        )
        if side[name]
    ]
    promises = side["promises"].items()
    return problems + [f"{name}: {n}" for name, n in promises if "wrong" in name]


def describe(entry):
    """Calls, p50, p95 and p99 of a call; a dash for what a side does not have."""
    if not entry:
        return "-"
    values = "".join(f"{entry[name]:>8.0f}" for name in ("p50", "p95", "p99"))
    return f"{entry['calls']:>6} x{values}"


def print_table(sides):
    """Latency of each call, side by side."""
    names = sorted({name for side in sides.values() for name in side["latency_ms"]})
    for title, side in sides.items():
        print(
            f"{title}: {side['confirmed']} confirmed in {side['seconds']} s, "
            f"{side['confirmed_a_minute']} a minute; orders {side['orders']}; "
            f"overlapping work {side['overlapping']:.0f}, pieces promised twice "
            f"{side['pieces_promised_twice']:.0f}; failures {side['failures'] or 0}"
        )
        print("    promises:", side.get("promises", "none"))
    print(f"{'ms':26}" + "".join(f"{title:>40}" for title in sides))
    for name in names:
        cells = [describe(side["latency_ms"].get(name)) for side in sides.values()]
        print(f"{name:26}" + "".join(f"{cell:>40}" for cell in cells))


def main():
    """Write the result, print it, and judge it."""
    result, *sides = sys.argv[1:]
    figures = {}
    for side in sides:
        title, outcome, found = Path(side).read_text().splitlines()
        figures[title] = summarise(outcome, found)
    Path(result).write_text(json.dumps(figures, indent=1) + "\n")
    print_table(figures)
    problems = problems_of(figures["ours"])
    if problems:
        sys.exit("With the add-on:\n" + "\n".join(problems))


if __name__ == "__main__":
    main()
