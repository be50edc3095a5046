"""What was told and what became of it: a picture of all years."""

from .figures import mean

WIDTH, ROW, LEFT, TOP = 760, 20, 190, 74
NAMES = {
    "stock": "Stock Odoo",
    "overview": "BoM Overview",
    "constant": "Constant, tuned afterwards",
    "plan": "Our plan, no safety",
    "ours": "Ours",
}
LEVEL = 0.95


def draw(rows) -> str:
    """For each load and rule: how many in time, quoted days, days off."""
    loads = sorted({row["load"] for row in rows})
    height = TOP + len(loads) * (len(NAMES) + 2) * ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="16" y="24" font-size="15" font-weight="bold">'
        "Simulated years: the same orders and the same trouble</text>",
        '<text x="16" y="42" fill="#555">Mean of the years; the thin line goes from the'
        " least to the greatest year; dashed: the chosen service level</text>",
    ]
    columns = (
        ("On time", "on_time", 1.0, "{:.1%}"),
        ("Days quoted", "quoted_days", 40.0, "{:.1f}"),
        ("Days off, mean", "mean_absolute_error", 20.0, "{:.1f}"),
    )
    width = (WIDTH - LEFT - 16) / len(columns)
    for place, (label, *_rest) in enumerate(columns):
        parts.append(
            f'<text x="{LEFT + place * width:.0f}" y="{TOP - 12}" fill="#555">'
            f"{label}</text>"
        )
    y = TOP
    for load in loads:
        parts.append(
            f'<text x="16" y="{y + 14}" font-weight="bold">Load {load:.0%}</text>'
        )
        for name, text in NAMES.items():
            y += ROW
            parts.append(f'<text x="28" y="{y + 14}">{text}</text>')
            for place, (_label, key, most, form) in enumerate(columns):
                values = [r["rules"][name][key] for r in rows if r["load"] == load]
                x = LEFT + place * width
                parts += _bar(x, y, width - 60, values, most, form, name == "ours")
                if key == "on_time":
                    at = x + (width - 60) * LEVEL
                    parts.append(
                        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{y}" y2="{y + ROW}"'
                        ' stroke="#b00" stroke-dasharray="3 2"/>'
                    )
        y += 2 * ROW
    return "\n".join([*parts, "</svg>\n"])


def _bar(x, y, width, values, most, form, is_ours):
    value, color = mean(values), "#71639e" if is_ours else "#b9b3cf"
    low, high = (width * min(one / most, 1) for one in (min(values), max(values)))
    long = width * min(value / most, 1)
    return [
        f'<rect x="{x:.1f}" y="{y + 3}" width="{long:.1f}" height="14"'
        f' fill="{color}"/>',
        f'<line x1="{x + low:.1f}" x2="{x + high:.1f}" y1="{y + 10}" y2="{y + 10}"'
        ' stroke="#333"/>',
        f'<text x="{x + width + 6:.1f}" y="{y + 15}">{form.format(value)}</text>',
    ]
