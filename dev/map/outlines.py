"""Outlines of Latin America and the Caribbean for the corpus report: src/ayni/assets/page/map.json from Natural Earth 1:50m.

    npm pack world-atlas@2 && tar xzf world-atlas-2.*.tgz
    python dev/map/outlines.py package/countries-50m.json src/ayni/assets/page/map.json       # needs shapely 2.1 or later

world-atlas (ISC licence) carries Natural Earth (public domain) as TopoJSON. Lambert's azimuthal equal-area projection, so that a
country's area on the page is its area on the ground; borders are simplified together, so that neighbours stay joined.
Boundaries are the source's and take no position.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon

# ISO 3166-1: numeric as in the source -> alpha-2
COUNTRIES = {
    "032": "AR", "068": "BO", "076": "BR", "084": "BZ", "044": "BS", "152": "CL", "170": "CO", "188": "CR", "192": "CU", "214": "DO",
    "218": "EC", "222": "SV", "250": "GF", "320": "GT", "328": "GY", "332": "HT", "340": "HN", "388": "JM", "484": "MX", "558": "NI",
    "591": "PA", "600": "PY", "604": "PE", "630": "PR", "740": "SR", "780": "TT", "858": "UY", "862": "VE",
}  # fmt: skip
CENTRE = (-74.0, -12.0)
WIDTH = 640
TOLERANCE = 0.9  # pixels squared: the area of the smallest triangle that stays
SMALLEST = 1.2  # square pixels: islands below vanish, but never a country's largest piece


def main(source: Path, target: Path) -> None:
    """Read TopoJSON, project, simplify, write paths."""
    topology = json.loads(source.read_text("utf-8"))
    arcs = decode_arcs(topology)
    shapes = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = COUNTRIES.get(str(geometry.get("id", "")))
        if code:
            shapes[code] = read_shape(geometry, arcs, code)
    codes = sorted(shapes)
    planar = [shapely.transform(shapes[code], project_all) for code in codes]
    left, low, right, high = shapely.total_bounds(planar)
    scale = WIDTH / (right - left)
    flat = [shapely.transform(each, lambda points: (points - [left, high]) * [scale, -scale]) for each in planar]
    simple = shapely.coverage_simplify(flat, TOLERANCE)
    countries = {code: {"path": write_path(shape), "label": place_label(shape)} for code, shape in zip(codes, simple, strict=True)}
    head = {
        "source": "Made with Natural Earth (1:50m, public domain), from the npm package world-atlas 2.0.2",
        "projection": f"Lambert azimuthal equal-area, centre {CENTRE[0]:g} {CENTRE[1]:g}",
        "width": WIDTH,
        "height": math.ceil((high - low) * scale),
    }
    rows = ",\n".join(f" {json.dumps(code)}: {json.dumps(each, separators=(',', ':'))}" for code, each in countries.items())
    target.write_text(json.dumps(head, indent=1)[:-2] + f',\n "countries": {{\n{rows}\n }}\n}}\n', "utf-8")


def decode_arcs(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Arcs in degrees: quantised differences, added up."""
    (across, down), (left, top) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * across + left, y * down + top))
        arcs.append(points)
    return arcs


def read_shape(geometry: dict[str, Any], arcs: list[list[tuple[float, float]]], code: str) -> MultiPolygon:
    """Polygons in degrees; of France only Guiana, of every country only what lies in the region."""
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    found = []
    for rings in polygons:
        shell, *holes = [join_arcs(ring, arcs) for ring in rings]
        west, _, east, north = Polygon(shell).bounds
        inside = west > -120 and east < -30 and north < 35 and (code != "GF" or (east < -50 and north < 7))
        if inside and not (code == "CL" and west < -100) and not (code == "EC" and west < -85) and not (code == "BR" and west > -33):
            found.append(Polygon(shell, holes))
    return MultiPolygon(found)


def join_arcs(ring: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """A ring from its arcs; a negative number is an arc run backwards."""
    points: list[tuple[float, float]] = []
    for number in ring:
        points += arcs[number] if number >= 0 else arcs[~number][::-1]
    return points


def project_all(points: Any) -> Any:
    """Lambert's azimuthal equal-area projection (Snyder 1987, Map projections, page 182), on a sphere of radius 1."""
    import numpy as np

    across, up = np.radians(points[:, 0] - CENTRE[0]), np.radians(points[:, 1])
    centre = math.radians(CENTRE[1])
    cosine = math.sin(centre) * np.sin(up) + math.cos(centre) * np.cos(up) * np.cos(across)
    k = np.sqrt(2 / (1 + cosine))
    return np.stack(
        [k * np.cos(up) * np.sin(across), k * (math.cos(centre) * np.sin(up) - math.sin(centre) * np.cos(up) * np.cos(across))], axis=1
    )


def write_path(shape: Any) -> str:
    """An SVG path, relative, to a tenth of a pixel."""
    polygons = sorted(getattr(shape, "geoms", [shape]), key=lambda each: -each.area)
    path = ""
    for polygon in [polygons[0], *(each for each in polygons[1:] if each.area >= SMALLEST)]:
        points = [(round(10 * x), round(10 * y)) for x, y in polygon.exterior.coords[:-1]]
        path += f"M{points[0][0] / 10:g} {points[0][1] / 10:g}l"
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(points)]
        path += " ".join(f"{dx / 10:g} {dy / 10:g}" for dx, dy in steps if dx or dy) + "z"
    return path.replace(" -", "-")


def place_label(shape: Any) -> list[float]:
    """The middle of the largest circle inside the largest piece, and its radius."""
    largest = max(getattr(shape, "geoms", [shape]), key=lambda each: each.area)
    circle = shapely.maximum_inscribed_circle(largest)
    (x, y), _ = circle.coords
    return [round(x, 1), round(y, 1), round(circle.length, 1)]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
