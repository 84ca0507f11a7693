"""R's serialization in format X (XDR, big-endian), versions 2 and 3: values by their type codes, nothing evaluated.

    value = read_value(data)
    value.kind, value.items, value.attributes["names"].items

Kinds: "list" (also data frames, pairlists and saved workspaces), "text", "number", "other" (functions, environments and what else
holds no text: read past, not kept). Source: R Internals, section 1.8 Serialization Formats, and the type codes of R's Rinternals.h
and serialize.c.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ayni.core.errors import Unreadable

_DEPTH = 200
_NA_INTEGER = -(1 << 31)
_SYMBOL, _ENVIRONMENT, _SPECIAL, _BUILTIN, _STRING, _LOGICAL, _INTEGER, _REAL, _COMPLEX, _TEXT = 1, 4, 7, 8, 9, 10, 13, 14, 15, 16
_LIST, _EXPRESSION, _POINTER, _WEAK, _RAW, _S4, _ALTREP, _REFERENCE = 19, 20, 22, 23, 24, 25, 238, 255
_PAIRS = (2, 3, 5, 6, 17, 239, 240)  # pairlist, closure, promise, call, dots, and the two whose attributes always follow
_ALWAYS_ATTRIBUTED = (239, 240)
_NAMESPACES = (247, 248, 249)
_CONSTANTS = (241, 242, 250, 251, 252, 253, 254)  # NULL, the global environment and their like: a code and nothing more
_HAS_ATTRIBUTES, _HAS_TAG = 1 << 9, 1 << 10
_LATIN1, _UTF8, _ASCII = 1 << 2, 1 << 3, 1 << 6
_WIDTHS = {_LOGICAL: "i", _INTEGER: "i", _REAL: "d", _COMPLEX: "d"}


@dataclass
class Value:
    """One R value."""

    kind: str
    items: Sequence[Any] = ()
    attributes: dict[str, Value] = field(default_factory=dict)


_NOTHING = Value("other")


def read_value(data: bytes) -> Value:
    """The value that a file holds, of a workspace a named list. Raises Unreadable where the bytes break off or make no sense."""
    reader = _Reader(data)
    try:
        reader.read_head()
        return reader.read()
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Unreadable("the R data are cut off or damaged", offset=reader.at, why=str(error)) from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.depth = data, 2, 0  # after "X\n"
        self.references: list[Value] = []
        self.native = "utf-8"

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise IndexError(f"{size} bytes wanted, {len(self.data) - self.at} left")
        self.at += size
        return self.data[self.at - size : self.at]

    def integer(self) -> int:
        return int(struct.unpack(">i", self.take(4))[0])

    def length(self) -> int:
        first = self.integer()
        return first if first != -1 else (self.integer() << 32) + self.integer()

    def read_head(self) -> None:
        """Version, the versions of R that wrote and that may read, and from version 3 on the encoding of what states none."""
        version, _, _ = self.integer(), self.integer(), self.integer()
        if version not in (2, 3):
            raise Unreadable("another version of R's serialization", offset=2, why=f"version {version}, not 2 or 3")
        if version == 3:
            self.native = self.take(self.integer()).decode("ascii")

    def read(self) -> Value:
        """The next value."""
        self.depth += 1
        if self.depth > _DEPTH:
            raise Unreadable("R data nested too deeply", offset=self.at)
        flags = self.integer()
        kind = flags & 0xFF
        value = self._read_kind(kind, flags)
        if flags & _HAS_ATTRIBUTES and kind not in (*_PAIRS, _STRING, _ENVIRONMENT, _ALTREP):
            value.attributes = _name(self.read())
        elif flags & _HAS_ATTRIBUTES and kind == _STRING:
            self.read()
        self.depth -= 1
        return value

    def _read_kind(self, kind: int, flags: int) -> Value:
        if kind in _CONSTANTS:
            return Value("other")
        if kind in _PAIRS:
            return self._read_pairs(kind, flags)
        if kind == _REFERENCE:
            return self.references[(flags >> 8 or self.integer()) - 1]
        if kind in _WIDTHS:
            return self._read_numbers(kind)
        read: Callable[[int], Value] | None = {
            _STRING: self._read_string,
            _TEXT: self._read_text,
            _LIST: self._read_list,
            _EXPRESSION: self._read_list,
            _SYMBOL: self._read_symbol,
            _ENVIRONMENT: self._read_environment,
            _ALTREP: self._read_altrep,
            _POINTER: self._read_pointer,
            _WEAK: lambda _: self._remember(Value("other")),
            _S4: lambda _: Value("other"),
        }.get(kind)
        if read is not None:
            return read(flags)
        if kind in _NAMESPACES:
            self.integer()
            self._read_list(0)
            return self._remember(Value("other"))
        if kind in (_SPECIAL, _BUILTIN, _RAW):
            self.take(self.length())
            return Value("other")
        raise Unreadable("R data of a kind that holds no documents", offset=self.at, why=f"type code {kind}")

    def _remember(self, value: Value) -> Value:
        self.references.append(value)
        return value

    def _read_symbol(self, _: int) -> Value:
        return self._remember(self.read())

    def _read_pointer(self, _: int) -> Value:
        value = self._remember(Value("other"))
        self.read(), self.read()
        return value

    def _read_environment(self, _: int) -> Value:
        self.integer()
        value = self._remember(Value("other"))
        for _ in range(4):  # enclosure, frame, hash table, attributes
            self.read()
        return value

    def _read_string(self, flags: int) -> Value:
        size = self.integer()
        if size == -1:
            return Value("text", [None])
        levels = flags >> 12
        encoding = "utf-8" if levels & (_UTF8 | _ASCII) else "cp1252" if levels & _LATIN1 else self.native
        data = self.take(size)
        try:
            return Value("text", [data.decode(encoding)])
        except (UnicodeDecodeError, LookupError):
            return Value("text", [data.decode("cp1252", errors="replace")])  # what Windows wrote without saying so

    def _read_text(self, _: int) -> Value:
        return Value("text", [self.read().items[0] for _ in range(self._counted(4))])

    def _read_list(self, _: int) -> Value:
        return Value("list", [self.read() for _ in range(self._counted(4))])

    def _counted(self, least: int) -> int:
        """A length that the rest of the data can hold."""
        count = self.length()
        if count < 0 or count * least > len(self.data) - self.at:
            raise IndexError(f"{count} items stated, {len(self.data) - self.at} bytes left")
        return count

    def _read_numbers(self, kind: int) -> Value:
        letter = _WIDTHS[kind]
        count = self.length() * (2 if kind == _COMPLEX else 1)
        numbers = struct.unpack(f">{count}{letter}", self.take(count * struct.calcsize(letter)))
        return Value("number", [_mean(number) for number in numbers])

    def _read_pairs(self, kind: int, flags: int) -> Value:
        """A chain of pairs as one list; `names` are its tags."""
        items, names = [], []
        attributes: dict[str, Value] = {}
        while kind in _PAIRS:
            if flags & _HAS_ATTRIBUTES or kind in _ALWAYS_ATTRIBUTED:
                attributes |= _name(self.read())
            names.append(str(self.read().items[0]) if flags & _HAS_TAG else "")
            items.append(self.read())
            start, flags = self.at, self.integer()
            kind = flags & 0xFF
        self.at = start
        rest = self.read()  # the NULL at the end, or a dotted pair's second half
        return Value("list", [*items, *([rest] if rest.items else [])], {"names": Value("text", names), **attributes})

    def _read_altrep(self, _: int) -> Value:
        """A compact form: a sequence by its bounds, or a wrapped value."""
        info, state, attributes = self.read(), self.read(), self.read()
        name = str(info.items[0].items[0])
        if name.startswith("compact_"):
            count, first, step = (int(each) for each in state.items)
            value = Value("number", range(first, first + count * step, step))
        elif name.startswith("wrap_"):
            value = Value(state.items[0].kind, state.items[0].items, state.items[0].attributes)
        elif name == "deferred_string":
            value = Value("text", [None if each is None else str(each) for each in state.items[0].items])
        else:
            raise Unreadable("R data in a compact form that is not known here", offset=self.at, why=name)
        value.attributes |= _name(attributes)
        return value


def _mean(number: int | float) -> int | float | None:
    if number == _NA_INTEGER or number != number:
        return None
    return int(number) if number == int(number) else number


def _name(pairs: Value) -> dict[str, Value]:
    names = pairs.attributes.get("names")
    return dict(zip(map(str, names.items), pairs.items, strict=False)) if names else {}
