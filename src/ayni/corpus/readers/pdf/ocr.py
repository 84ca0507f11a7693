"""Pages as images, read by Debian's tesseract in a process of its own with a time limit.

engine = find_engine("spa+por+que")      Engine(path="/usr/bin/tesseract", version="5.3.0", languages="spa+por+que")
read_image(page, engine, seconds=60)     ([Line, ...], 94.1)      lines and the mean confidence of their words
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

from ayni.core.errors import InputError, MissingExtra, Unreadable
from ayni.core.processes import die_with
from ayni.corpus.readers.pdf.layout import Line

DEFAULT_LANGUAGES = "spa+por+que"
_DPI = 300  # what tesseract's documentation asks for at least
_PIXELS = 5000  # of the longer side: A3 at 300 dpi
_PACKAGES = "apt-get install tesseract-ocr tesseract-ocr-spa tesseract-ocr-por tesseract-ocr-que"


@dataclass(frozen=True)
class Engine:
    """The program, its version and the languages that it will use."""

    path: str
    version: str
    languages: str


def find_engine(wanted: str = "") -> Engine:
    """The installed tesseract with those of the default languages that it has, or with all that were asked for by name."""
    path = shutil.which("tesseract")
    if path is None:
        raise MissingExtra("OCR needs tesseract, which is not installed", why="no program of this name on the path", mend=_PACKAGES)
    listed = _ask(path, "--list-langs").split("\n")[1:]
    languages = [name for name in (wanted or DEFAULT_LANGUAGES).split("+") if name in listed]
    missing = [name for name in wanted.split("+") if wanted and name not in listed]
    if missing or not languages:
        lacking = "+".join(missing) or DEFAULT_LANGUAGES
        raise InputError(f"tesseract has no data for '{lacking}'", why=f"installed: {' '.join(listed)}", mend=_PACKAGES)
    version = re.search(r"tesseract v?(\S+)", _ask(path, "--version"))
    return Engine(path, version[1] if version else "", "+".join(languages))


def _ask(path: str, question: str) -> str:
    """stdout and stderr: versions before 4 answer on the second."""
    return subprocess.run([path, question], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30, check=False).stdout


def read_image(page: Any, engine: Engine, *, number: int, seconds: float) -> tuple[list[Line], float]:
    """Render a page in grey and read it. Raises Unreadable where tesseract fails or takes too long."""
    width, height = page.get_size()
    scale = min(_DPI / 72, _PIXELS / max(width, height, 1))
    pixels = page.render(scale=scale, grayscale=True).to_numpy()
    image = b"P5 %d %d 255\n" % (pixels.shape[1], pixels.shape[0]) + pixels.tobytes()
    command = [engine.path, "-", "-", "-l", engine.languages, "--dpi", str(round(72 * scale)), "tsv"]
    parent = os.getpid()
    try:
        done = subprocess.run(
            command,
            input=image,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"OMP_THREAD_LIMIT": "1"},  # a reader keeps to one core; the others read other files
            preexec_fn=lambda: die_with(parent),
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(f"OCR of page {number + 1} took longer than {seconds:g} s", why="options.ocr_seconds") from error
    if done.returncode:
        raise Unreadable(f"OCR of page {number + 1} failed", why=done.stderr.decode("utf-8", "replace").strip()[-200:])
    return _read_table(done.stdout.decode("utf-8", "replace"), scale, number, float(height))


def _read_table(table: str, scale: float, number: int, height: float) -> tuple[list[Line], float]:
    """Tesseract's TSV to lines: its own order of blocks and paragraphs, coordinates turned to those of the page."""
    lines: dict[tuple[str, ...], Line] = {}
    confidence = []
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        text = (row["text"] or "").strip()
        if row["level"] != "5" or not text:
            continue
        confidence.append(float(row["conf"]))
        left, top, width, tall = (float(row[name]) / scale for name in ("left", "top", "width", "height"))
        key = tuple(row[name] for name in ("block_num", "par_num", "line_num"))
        line = lines.get(key)
        if line is None:
            lines[key] = Line(text, left, left + width, height - top - tall, max(tall, 1.0), page=number, height=height)
        else:
            line.text += f" {text}"
            line.x1 = max(line.x1, left + width)
            line.y, line.size = min(line.y, height - top - tall), max(line.size, tall)
    return list(lines.values()), sum(confidence) / max(len(confidence), 1)
