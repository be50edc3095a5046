"""How the time grows when a size doubles: a picture of what the benchmarks measured.

``make bench ARGS=growth`` reads ``results/*.json`` and writes ``results/growth.svg``.
"""

import json
from html import escape
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
LIMIT = 2.2
# Of the picture, in pixels.
WIDTH, ROW, LEFT, RIGHT, TOP = 720, 24, 250, 40, 56
SCALE = 3.0


def read_growth():
    """``[(what doubles, factor of the time), …]`` of all benchmarks."""
    return [*_of_odoo(), *_of_promises(), *_of_replans()]


def _of_odoo():
    for name in ("promise", "orders"):
        for row in _read(name)["rows"]:
            if row["name"].startswith("9: "):
                yield f"Odoo: {row['name'][3:]}", row["ratio"]


def _of_promises():
    rows = _read("engine_promise")["growth"]
    for before, after in zip(rows, rows[1:], strict=False):
        if before["what"] == after["what"]:
            what = f"engine: {after['size']:,} {after['what']} to {before['size']:,}"
            yield what, after["factor"]


def _of_replans():
    seconds = {
        row["manufacturing_orders"]: row["seconds"]
        for row in _read("engine_replan")["rows"]
        if not row["just_in_time"]
    }
    for count, before in seconds.items():
        if 2 * count in seconds:
            what = f"engine: replan {2 * count:,} orders to {count:,}"
            yield what, seconds[2 * count] / before


def _read(name):
    return json.loads((RESULTS / f"{name}.json").read_text())


def draw(growth):
    """The picture: a bar for each doubling, and the line that none should pass."""
    height = TOP + ROW * len(growth) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="16" y="24" font-size="15" font-weight="bold">'
        "Time, when the size doubles</text>",
    ]
    for factor, label in ((1, "×1"), (2, "×2"), (LIMIT, "at most ×2.2")):
        parts += _line(_x(factor), height, label, dashed=factor == LIMIT)
    for position, (what, factor) in enumerate(growth):
        parts += _bar(TOP + ROW * position, what, factor)
    return "\n".join([*parts, "</svg>\n"])


def _x(factor):
    return LEFT + (WIDTH - LEFT - RIGHT) * min(factor, SCALE) / SCALE


def _line(x, height, label, dashed):
    style = ' stroke-dasharray="4 3" stroke="#b00"' if dashed else ' stroke="#ccc"'
    color, shift = ("#b00", 14) if dashed else ("#777", 0)
    return [
        f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{TOP - 6}" y2="{height - 12}"{style}/>',
        f'<text x="{x:.0f}" y="{TOP - 10 - shift}" text-anchor="middle"'
        f' fill="{color}">{label}</text>',
    ]


def _bar(y, what, factor):
    color = "#71639e" if factor <= LIMIT else "#d44c59"
    return [
        f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(what)}</text>',
        f'<rect x="{LEFT}" y="{y + 4}" width="{_x(factor) - LEFT:.0f}" height="15"'
        f' fill="{color}"/>',
        f'<text x="{_x(factor) + 5:.0f}" y="{y + 16}">{factor:.2f}</text>',
    ]


if __name__ == "__main__":
    growth = read_growth()
    (RESULTS / "growth.svg").write_text(draw(growth))
    for what, factor in growth:
        print(f"{what:44} x {factor:.2f}{'' if factor <= LIMIT else '   missed'}")
