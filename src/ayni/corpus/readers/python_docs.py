"""Documentation inside installed Python packages: the prose of docstrings, one document a module.

    Piece(text="paragraph\\n\\nparagraph", title="networkx/algorithms/flow.py")

Modules are parsed, never imported or run. Only paragraphs of running prose stay; examples, parameter lists and tables go.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.readers.reader import Bad, Piece
from ayni.text.encoding import decode

_MINIMUM = 200  # characters: shorter paragraphs are captions and parameter notes
_CODE = re.compile(r">>>|::\s*$|^\s*[-=~]{3,}\s*$|^\s*\.\. |^\s{4,}\S", re.MULTILINE)
_NODES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class PythonDocsReader:
    """.py: docstrings only."""

    name = "python_docs"
    suffixes = (".py",)

    def probe(self, path: Path, head: bytes) -> bool:
        """Never by content: code is not a document unless a recipe says so."""
        return False

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad]:
        """Yield the module's prose, or nothing where it has none."""
        source, _ = decode(path.read_bytes() or b"\n")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # invalid escapes in somebody's code are not ours to report
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError) as error:
            raise Unreadable("not Python that this version reads", offset=getattr(error, "offset", None), why=str(error)) from error
        prose = [paragraph for node in ast.walk(tree) if isinstance(node, _NODES) for paragraph in _read_prose(node)]
        if prose:
            yield Piece(text="\n\n".join(prose))


def _read_prose(node: Any) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", ast.get_docstring(node) or ""):
        if len(paragraph) >= _MINIMUM and not _CODE.search(paragraph):
            yield " ".join(paragraph.split())


READER = PythonDocsReader()
