"""R's serialization, format X (XDR, big-endian), versions 2 and 3: values by their type codes, nothing evaluated.

    for name, value in read_values(data): value.kind, value.items, value.attributes["names"].items

Kinds: "list" (also data frames and pairlists), "text", "number", "other" (functions, environments, language: read past, not kept).
Source: R Internals 4.5, section 1.8 Serialization Formats, and the type codes of Rinternals.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ayni.core.errors import Unreadable

_DEPTH = 200
_NA = -(1 << 31)
_SYMBOL, _PAIRLIST, _CLOSURE, _ENVIRONMENT, _PROMISE, _LANGUAGE, _SPECIAL, _BUILTIN, _STRING = 1, 2, 3, 4, 5, 6, 7, 8, 9
_LOGICAL, _INTEGER, _REAL, _COMPLEX, _TEXT, _DOTS, _LIST, _EXPRESSION, _POINTER, _WEAK, _RAW, _S4 = 10, 13, 14, 15, 16, 17, 19, 20, 22, 23, 24, 25
_ALTREP, _ATTRIBUTED_LIST, _ATTRIBUTED_LANGUAGE, _NAMESPACE, _PACKAGE, _PERSISTENT, _REFERENCE = 238, 239, 240, 249, 250, 247, 255
_CONSTANTS = range(241, 255)  # the base and empty environments, NULL and their like: a code and nothing more
_WIDTHS = {_LOGICAL: "i", _INTEGER: "i", _REAL: "d", _COMPLEX: "2d"}


@dataclass
class Value:
    """One R value."""

    kind: str
    items: list[Any] = field(default_factory=list)
    attributes: dict[str, Value] = field(default_factory=dict)


NULL = Value("other")


def read_values(data: bytes) -> Iterator[tuple[str, Value]]:
    """The named values of a saved workspace, or the one of an .rds. Raises Unreadable where the bytes break off or make no sense."""
    reader = _Reader(data)
    try:
        reader.read_head()
        names, value = reader.read(0)
    except (struct.error, IndexError, RecursionError, UnicodeDecodeError) as error:
        raise Unreadable("the R data are cut off or damaged", offset=reader.at, why=str(error) or type(error).__name__) from error
    if names:
        yield from zip(names, value.items, strict=True)
    else:
        yield "", value
"""  """
