"""What makes two documents versions of one law: one address, or one country and title; and how new each of them is.

    name_law("MX", "LEY AGRARIA", "", text)                             "MX ley agraria"
    date_version("... Última Reforma DOF 14-11-2025", "1992-02-26")     "2025-11-14"

The day up to which a text was brought up to date is stated at the head of consolidated texts; elsewhere it is the document's date.
Mexico's Cámara de Diputados prints "Última Reforma DOF 14-11-2025", or "Nueva Ley DOF ..." for a law that was never reformed
(https://www.diputados.gob.mx/LeyesBiblio).
"""

from __future__ import annotations

import re
import unicodedata

from ayni.text.fingerprint import fingerprint, fold_slowly

DOMAINS = frozenset({"law", "legal"})
_HEAD = 1500  # characters in which a text says how new it is
_STATED = re.compile(r"(?:[uú]ltima\s+reforma|nueva\s+ley|texto\s+vigente)[^\d\n]{0,60}(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.IGNORECASE)
_DIVISION = re.compile(r"(?:libro|titulo|capitulo|seccion|parte|preambulo|anexo|secao)\b", re.IGNORECASE)
_WORDS = 2  # "LEY AGRARIA", "CÓDIGO CIVIL"


def name_law(country: str, title: str, url: str, text: str) -> str:
    """A law's own address, else its country and title (its first line, where it has no title), folded, without accents.

    Gazettes give one title to many acts ("PRESIDENCIA DE LA NACION"), but each act an address of its own.
    """
    if url:
        return f"{country} {url}"
    line = title or next((line for line in text[:_HEAD].split("\n") if line.strip()), "")
    return f"{country} {fold_slowly(''.join(letter for letter in unicodedata.normalize('NFD', line) if not unicodedata.combining(letter)))}"


def is_division(name: str) -> bool:
    """Whether a name is that of a piece of many laws, such as a chapter, or too short for a name."""
    _, _, title = name.partition(" ")
    if "://" in title:
        return False
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
