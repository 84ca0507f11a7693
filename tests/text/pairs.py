"""Pairs in tab-separated files: one test a line, `#` for comments, escapes as in Python."""

import re
from pathlib import Path

_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt\\])")


def read_pairs(name):
    """The rows of a file beside this one."""
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return [tuple(map(_unescape, line.split("\t"))) for line in lines if line and not line.startswith("#")]


def _unescape(cell):
    return _ESCAPE.sub(lambda found: found.group().encode("ascii").decode("unicode_escape"), cell)
