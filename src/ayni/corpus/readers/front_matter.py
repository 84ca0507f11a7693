"""What a Markdown file says of itself before its text: YAML between lines of ---, or TOML between lines of +++.

    fields, body = split_front_matter('---\\ntitulo: "LEY 1"\\npais: co\\n---\\n# LEY 1 ...')
    describe(fields)          -> {"title": "LEY 1", "country": "CO"}: fields of a Piece

Of YAML only what such heads hold is read: names with a plain, quoted, folded (>) or literal (|) text. Lists and tables are
empty, anchors and aliases too, so nothing can expand. A head that is anything else is no head, but text.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

from ayni.corpus.readers.markup import language_tag

_LONGEST = 1 << 16  # characters of a head; the longest of 20,000 real ones has under 20,000
_HEAD = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n(.*?)^(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"([^\W\d][\w .-]*?)[ \t]*:(?:[ \t]+(.*))?")
_NAMES = {
    "title": ("title", "titulo", "título"),
    "date": ("publication_date", "fecha_publicacion", "data_publicacao", "date", "fecha", "data", "published", "enactment_date"),
    "url": ("source", "fuente", "fonte", "url", "original_text_url", "permalink", "link"),
    "language": ("language", "lang", "idioma", "lingua"),
    "country": ("country", "pais", "país"),
    "license": ("license", "licence", "licencia", "licenca", "licença"),
}
_FORMS = {"date": r"\d{4}(?:-\d\d){0,2}(?=\D|\Z)", "url": r"https?://\S+", "country": r"[A-Za-z]{2}\Z"}


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields of a head and the text after it; no fields and the whole text where there is no head."""
    found = _HEAD.match(text[:_LONGEST])
    if found is None:
        return {}, text
    try:
        fields = _read_toml(found[2]) if found[1] == "+++" else _read_yaml(found[2].split("\n"))
    except ValueError:
        return {}, text
    return (fields, text[found.end() :]) if fields else ({}, text)


def describe(fields: Mapping[str, str]) -> dict[str, str]:
    """What a head says in a Piece's own terms."""
    known = {name.lower(): value for name, value in fields.items()}
    piece: dict[str, str] = {}
    for field, names in _NAMES.items():
        for value in filter(None, map(known.get, names)):
            form = re.match(_FORMS.get(field, r"(?s).+"), value)
            if form and field not in piece:
                piece[field] = " ".join(form[0].split())
    if "country" in piece:
        piece["country"] = piece["country"].upper()
    if "language" in piece:
        piece["language"] = language_tag(piece["language"])
    return piece


def _read_toml(head: str) -> dict[str, str]:
    return {name: str(value) for name, value in tomllib.loads(head).items() if not isinstance(value, dict | list)}


def _read_yaml(lines: list[str]) -> dict[str, str]:
    """Raises ValueError where a line that is not indented is neither a field, an item of a list nor a comment."""
    fields: dict[str, str] = {}
    place = 0
    while place < len(lines):
        line = lines[place].rstrip()
        place += 1
        if not line or line.lstrip().startswith(("#", "- ")) or line.startswith((" ", "\t")):
            continue
        found = _FIELD.fullmatch(line)
        if found is None:
            raise ValueError(line)
        begin = place
        first = (found[2] or "").strip()
        quoted = first[:1] in ("'", '"') and not _is_closed(first)
        while place < len(lines) and (quoted or not lines[place].strip() or lines[place][0] in " \t"):
            quoted = quoted and not _is_closed(first[0] + lines[place].strip())
            place += 1
        fields[found[1]] = _read_scalar(first, [each.strip() for each in lines[begin:place]])
    return fields


def _is_closed(quoted: str) -> bool:
    """Whether a line that begins with a quotation mark ends with the same, and not with an escaped one."""
    return len(quoted) > 1 and quoted[-1] == quoted[0] and not (quoted[0] == '"' and quoted.endswith('\\"'))


def _read_scalar(first: str, more: list[str]) -> str:
    if re.fullmatch(r"[>|][-+0-9]*", first):
        return ("\n" if first[0] == "|" else " ").join(more).strip()
    if not first and more and (more[0].startswith("- ") or _FIELD.fullmatch(more[0])):
        return ""  # a list or a table
    whole = " ".join(filter(None, [first, *more]))
    if whole[:1] == '"' and whole[-1:] == '"' and len(whole) > 1:
        try:
            return str(json.loads(whole, strict=False))
        except ValueError:
            return whole[1:-1]
    if whole[:1] == "'" and whole[-1:] == "'" and len(whole) > 1:
        return whole[1:-1].replace("''", "'")
    return "" if whole[:1] in ("[", "{", "&", "*") else whole.split(" #")[0].strip()
