"""Compare the figures of stock Odoo and the add-on, and say whether both made the same.

Run by ``benchmarks/run orders``: ``compare.py FIGURES RESULT``. Exits with 1 when the
answers differ.
"""

import json
import os
import platform
import statistics
import sys
from pathlib import Path

# name: (ours, stock's, what it is)
ROWS = {
    "promise 1": ("plan 1", "promise of one line; stock plans the same chain"),
    "promise 5": ("plan 1", "promise of five lines; stock plans one chain"),
    "confirm 1": ("confirm 1", "confirm one line, planned; stock's is not planned"),
    "confirm 5": ("confirm 5", "confirm five lines, planned; stock's are not planned"),
}


def main() -> int:
    """Print the table, write the result, check the answers."""
    runs = {"stock": [], "ours": []}
    for line in Path(sys.argv[1]).read_text().splitlines():
        side, figures = line.split(" ", 1)
        runs[side].append(json.loads(figures))
    rows = [make_row(runs, name, *row) for name, row in ROWS.items()]
    print(f"{'':10} {'ours':>9} {'stock':>9} {'ratio':>6} {'queries':>14}")
    for row in rows:
        print(
            f"{row['name']:10} {row['ours']:8.3f}s {row['stock']:8.3f}s"
            f" {row['ratio']:6.2f} {row['queries']:6.0f} / {row['stock_queries']:.0f}"
            f"   {row['what']}"
        )
    result = Path(sys.argv[2])
    result.parent.mkdir(exist_ok=True)
    result.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1) + "\n")
    return check_answers(runs)


def make_row(runs, name, other, what):
    """One comparison: medians over the rounds."""
    ours = statistics.median(run[name]["seconds"] for run in runs["ours"])
    stock = statistics.median(run[other]["seconds"] for run in runs["stock"])
    return {
        "name": name,
        "what": what,
        "ours": ours,
        "stock": stock,
        "ratio": round(ours / stock, 3),
        "queries": runs["ours"][0][name]["queries"],
        "stock_queries": runs["stock"][0][other]["queries"],
    }


def check_answers(runs):
    """Both sides have to make and buy the same quantities in as many work orders."""
    for name in ("confirm 1", "confirm 5"):
        answers = [run[name]["made"] for side in runs.values() for run in side]
        if any(answer != answers[0] for answer in answers):
            print(f"{name}: the answers differ", *answers, sep="\n  ")
            return 1
    print("Both made and bought the same.")
    return 0


def machine():
    """Where it ran, and how busy that was."""
    return {
        "python": platform.python_version(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    sys.exit(main())
