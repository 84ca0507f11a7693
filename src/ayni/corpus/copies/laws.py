"""What makes two documents versions of one law: the same country and title, and the day up to which each was brought up to date.

    name_law("MX", "LEY AGRARIA", text)                                 "MX ley agraria"
    date_version("... Última Reforma DOF 14-11-2025", "1992-02-26")     "2025-11-14"

That day is stated at the head of consolidated texts; elsewhere it is the document's date. Mexico's Cámara de Diputados prints
"Última Reforma DOF 14-11-2025", or "Nueva Ley DOF ..." for a law that was never reformed (https://www.diputados.gob.mx/LeyesBiblio).
"""

from __future__ import annotations

import re

from ayni.text.fingerprint import fingerprint, fold_slowly

DOMAINS = frozenset({"law", "legal"})
_HEAD = 1500  # characters in which a text says how new it is
_STATED = re.compile(r"(?:[uú]ltima\s+reforma|nueva\s+ley|texto\s+vigente)[^\d\n]{0,60}(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.IGNORECASE)
_DIVISION = re.compile(r"(?:libro|t[ií]tulo|cap[ií]tulo|secci[oó]n|parte|preambulo|pre[aá]mbulo|anexo|se[cç][aã]o)\b", re.IGNORECASE)
_WORDS = 2  # "LEY AGRARIA", "CÓDIGO CIVIL"


def name_law(country: str, title: str, text: str) -> str:
    """A law's country and title (its first line, where it has no title), folded."""
    line = title or next((line for line in text[:_HEAD].split("\n") if line.strip()), "")
    return f"{country} {fold_slowly(line)}"


def is_division(name: str) -> bool:
    """Whether a name is that of a piece of many laws, such as a chapter, or too short for a name."""
    _, _, title = name.partition(" ")
    return len(title.split()) < _WORDS or bool(_DIVISION.match(title))


def hash_name(name: str) -> int:
    """64 bits of a law's name."""
    return int(fingerprint(name), 16)


def date_version(text: str, date: str) -> str:
    """The day (ISO 8601) that a text states as that of its last reform, else the given date."""
    found = _STATED.search(text[:_HEAD])
    if found is None:
        return date
    day, month, year = (int(each) for each in found.groups())
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else date
