"""Gain against forgetting as a drawing: one point a way, naive training and its averages with the base joined by a line."""

from html import escape

from ayni.core.page.plot import wrap_svg, write_text

WIDTH, HEIGHT, LEFT, TOP = 760, 470, 70, 30
FAMILIES = ("naive", "replay")  # each with its averages, NAME_70 for a share of 0.70
DASHES = {"naive": "", "replay": "6 4"}


def draw(found):
    """SVG: across, bits per byte lost (right) or won (left) on text unlike the replay; upward, regional bits per byte won."""
    points = {name: (row["forgetting"]["unlike the replay"], row["gain"]) for name, row in found.items()}
    across = [each[key] for each, _ in points.values() for key in ("low", "high")] + [0.0]
    upward = [-gain[key] for _, gain in points.values() for key in ("low", "high")]
    low, high, bottom, top = min(across), max(across), min(upward), max(upward)

    def place(x, y):
        return LEFT + (x - low) / (high - low) * (WIDTH - LEFT - 150), TOP + (top - y) / (top - bottom) * (HEIGHT - TOP - 60)

    zero, ground = place(0.0, bottom)
    style = "<style>text{font:13px sans-serif;fill:#222}.soft{fill:#666}line,polyline{stroke:#999;fill:none}</style>"
    parts = [
        style,
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{TOP}" y2="{ground:.1f}"/>',
        f'<line x1="{LEFT}" x2="{WIDTH - 150}" y1="{ground:.1f}" y2="{ground:.1f}"/>',
        write_text(zero, ground + 20, "0", anchor="middle"),
        write_text(LEFT, ground + 20, f"{low:+.3f}", anchor="middle"),
        write_text(WIDTH - 150, ground + 20, f"{high:+.3f}", anchor="middle"),
        write_text(LEFT - 8, TOP + 4, f"{top:.3f}", anchor="end"),
        write_text(LEFT - 8, ground + 4, f"{bottom:.3f}", anchor="end"),
        write_text(
            LEFT, ground + 44, "change of bits per byte on text unlike the replay: left better than the base, right forgotten", style="soft"
        ),
        write_text(LEFT, TOP - 12, "regional bits per byte won", style="soft"),
    ]
    for family in FAMILIES:
        line = sorted((name for name in points if name == family or name.startswith(f"{family}_")), key=lambda name: _share(name, family))
        places = [place(points[name][0]["delta"], -points[name][1]["delta"]) for name in line]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{joined}" stroke-dasharray="{DASHES[family]}"/>')
    for number, (name, (lost, gain)) in enumerate(sorted(points.items(), key=lambda item: item[1][0]["delta"])):
        x, y = place(lost["delta"], -gain["delta"])
        (left, _), (right, _) = (place(lost[key], 0) for key in ("low", "high"))
        (_, lower), (_, upper) = (place(0, -gain[key]) for key in ("high", "low"))
        parts.append(f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke-opacity="0.4"/>')
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{lower:.1f}" y2="{upper:.1f}" stroke-opacity="0.4"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="#1a6b54"><title>{escape(name)}</title></circle>')
        parts.append(write_text(x + 8, y + (18, -8)[number % 2], name.replace("_", " ")))
    return wrap_svg(WIDTH, HEIGHT, "Gain against forgetting", parts)


def _share(name, family):
    return 100 if name == family else int(name.rpartition("_")[2])
