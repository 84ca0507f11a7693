"""What a context word makes personal: postal addresses, dates of birth, health-record numbers, number plates.

find_places(View("paciente, HC 54-07-28, placa PDD-8732", "EC", "es"))
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

from ayni.core.places import asset
from ayni.text.personal_data.addresses import find_addresses
from ayni.text.personal_data.context import View, before
from ayni.text.personal_data.spans import Span

_MONTH = r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro)"
_DATE = re.compile(
    r"(?<![\w/.-])(?:\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d|(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2}"
    rf"|\d{{1,2}}(?:º|o|°)?(?: de| del)? {_MONTH}(?: de| del)?(?: ano| año)? (?:19|20)\d\d)(?![\w/])"
)
BIRTH = ("nacid*", "nacido", "nacida", "nascido", "nascida", "nacidos", "nascidos", "nacimiento", "fecha de nacimiento", "f. nac", "f. nac.", "f.n.", "fn", "fec. nac.", "fecha nac", "nacio", "naci", "nac",
    "nascid*", "nascimento", "data de nascimento", "nasc", "dn", "d.n.", "nasceu", "nasci", "cumpleanos", "cumple anos")  # fmt: skip
_RECORD = re.compile(r"(?<![\w.,/-])(?:\d{2}-\d{2}-\d{2}|\d{4,8}(?:[/-](?:(?:19|20)\d\d|\d{1,2}))?|[A-Z]{1,3}-?\d{4,8})(?![\w]|[/-]\d)")
RECORD_WORDS = ("historia clinica", "hist. clinica", "h.c", "hc", "h.c.", "nhc", "prontuario", "ficha clinica", "record medico", "registro medico",
    "expediente clinico", "expediente de salud", "expediente medico", "registro clinico", "historia", "historial", "numero de historia", "numero de expediente", "ficha medica", "record",
    "pront", "hcu", "hcl", "h.cl", "nro de historia", "n.º de historia", "n.o de historia", "registro hospitalario", "afiliado n.º", "afiliado n.o", "numero de afiliado",
    "afiliado", "expte clinico", "exp clinico", "exp. clinico")  # fmt: skip
_FILE_WORDS = ("expediente", "registro", "ficha", "exp", "exp.")
_HEALTH = re.compile(
    r"\b(?:pacient|clinic|embaraz|isss|ihss|ebais|enfermer|consulta|policlin|diagnost|cesfam|leito|internad|vacuna|ubs|nss\b|ips\b|glucosa|mg/dl|procedente|gestante|ingres[ao] (?:con|por)|prenatal|mutualista|presion|hipertens|dolor|fiebre|febre|leito|cama|msp\b)"
)
_AROUND = 240  # code points on either side
_LEGAL = re.compile(r"\b(?:ministerio|juzgado|tribunal|decreto|ley|lei|resolucion|sentencia|visto el|corte)\b")


def find_places(view: View) -> Iterator[Span]:
    """Every such span; they may overlap."""
    if not view.has_digit:
        return
    yield from _find_births(view)
    yield from _find_records(view)
    yield from _find_plates(view)
    yield from find_addresses(view)


def _find_births(view: View) -> Iterator[Span]:
    for found in _DATE.finditer(view.folded):
        near = before(BIRTH, view, found.start(), 45)
        listed = re.search(r"\d ?- ?$|\d\) ?- $", view.text[max(0, found.start() - 5) : found.start()])
        if near is not None and not re.search(r"\d{4}", view.text[found.start() - near : found.start()]):
            yield Span("birth_date", *found.span(), weight=110 - near)
        elif listed and before(("dni", "ci", "cedula", "cpf"), view, found.start(), 25) is not None:
            yield Span("birth_date", *found.span(), weight=60)


def _find_records(view: View) -> Iterator[Span]:
    for found in _RECORD.finditer(view.text):
        near = before(RECORD_WORDS, view, found.start(), 25)
        if near is None and (file := before(_FILE_WORDS, view, found.start(), 15)) is not None and _is_clinical(view, found.start()):
            near = file
        if near is not None and not re.search(r"\d{3}|[Bb]ox", view.text[found.start() - near : found.start()]):
            yield Span("health_record", *found.span(), view.country or None, weight=105 - near)


def _is_clinical(view: View, place: int) -> bool:
    """Whether the words around a place are of a clinic and not of a court or a ministry."""
    low, high = max(0, place - _AROUND), place + _AROUND
    return _HEALTH.search(view.folded, low, high) is not None and _LEGAL.search(view.folded, low, high) is None


@cache
def load_plates() -> tuple[tuple[str, ...], list[tuple[str, re.Pattern[str]]]]:
    """Words before a plate; the shapes of each country as patterns."""
    body = tomllib.loads(asset("personal_data/plates.toml").read_text("utf-8"))
    classes = {"9": "[0-9]", "A": "[A-Z]", "X": "[A-Z0-9]", "-": "[ .-]?"}
    rows = [
        (country, "|".join("".join(classes.get(mark, mark) for mark in shape) for shape in shapes))
        for country, shapes in body["shapes"].items()
    ]
    return tuple(body["context"]), [(country, re.compile(rf"(?<![\w-])(?:{shapes})(?![\w-])")) for country, shapes in rows]


def _find_plates(view: View) -> Iterator[Span]:
    words, rows = load_plates()
    if view.words.isdisjoint(word.split()[0] for word in words):
        return
    for country, pattern in rows:
        if view.country and country != view.country:
            continue
        for found in pattern.finditer(view.text):
            near = before(words, view, found.start(), 30)
            if near is not None and not re.search(r"\d{3}", view.text[found.start() - near : found.start()]):
                yield Span("plate", *found.span(), country, weight=105 - near + 20 * any(mark.isalpha() for mark in found[0]))
