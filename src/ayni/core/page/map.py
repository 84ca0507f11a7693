"""A map of the region as SVG, from assets/page/map.json (Natural Earth): the darker a country, the more; a dash where there is nothing.

draw_map({"BO": 0.3, "MX": 0.0}, "Bytes per inhabitant")
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from ayni.core.places import asset

STEPS = (0.1, 0.3, 1.0, 3.0, 10.0)
BESIDE = {"HT": 14, "DO": -10, "SV": 8, "PA": 10, "CR": 2, "CU": -8}  # pixels down, so that codes do not cover one another


def draw_map(values: Mapping[str, float], title: str) -> str:
    """Countries shaded in six steps of `values` (STEPS are the limits), each with its code; hatched where there is no text."""
    drawn = json.loads(asset("page/map.json").read_text("utf-8"))
    shapes, labels = [], []
    for code, country in drawn["countries"].items():
        value = values.get(code)
        shade = 0.12 + 0.13 * sum(value >= step for step in STEPS) if value else 0.0
        style = f'class="bar" fill-opacity="{shade:.2f}"' if value else 'fill="none" stroke-dasharray="2 2"'
        about = f"<title>{escape(code)}</title>" if value is None else f"<title>{escape(code)}: {value:.3g}</title>"
        shapes.append(f'<path {style} stroke="currentColor" stroke-width=".6" d="{country["path"]}">{about}</path>')
        x, y, radius = country["label"]
        if radius < 8:  # too small for its own code: beside it, towards the sea
            x, y = x + radius + 9, y + BESIDE.get(code, 0)
        labels.append(f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle">{code}</text>' if code in values else "")
    box = f"0 0 {drawn['width']} {drawn['height']}"
    head = f'<svg class="map" viewBox="{box}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    return head + "".join(shapes) + "".join(labels) + "</svg>"
