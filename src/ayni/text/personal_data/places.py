"""What a context word makes personal: postal addresses, dates of birth, health-record numbers, number plates.

find_places(View("paciente, HC 54-07-28, placa PDD-8732", "EC", "es"))
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

from ayni.core.places import asset
from ayni.text.personal_data.context import View, before
from ayni.text.personal_data.spans import Span

_MONTH = r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre|janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro)"
_DATE = re.compile(
    r"(?<![\w/.-])(?:\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d|(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2}"
    rf"|\d{{1,2}}(?:º|o|°)?(?: de| del)? {_MONTH}(?: de| del)?(?: ano| año)? (?:19|20)\d\d)(?![\w/])"
)
_BIRTH = ("nacid*", "nacimiento", "fecha de nacimiento", "f. nac", "f. nac.", "f.n.", "fn", "fec. nac.", "fecha nac", "nacio", "naci", "nac",
    "nascid*", "nascimento", "data de nascimento", "nasc", "dn", "d.n.", "nasceu", "nasci", "cumpleanos", "cumple anos")  # fmt: skip
_RECORD = re.compile(r"(?<![\w.,/-])(?:\d{2}-\d{2}-\d{2}|\d{4,8}(?:[/-](?:19|20)\d\d)?|[A-Z]{1,3}-?\d{4,8})(?![\w]|[/-]\d)")
_RECORD_WORDS = ("historia clinica", "hist. clinica", "h.c", "hc", "h.c.", "nhc", "prontuario", "ficha clinica", "record medico", "registro medico",
    "expediente clinico", "expediente medico", "registro clinico", "historia", "historial", "numero de historia", "numero de expediente", "ficha medica", "record")  # fmt: skip
_FILE_WORDS = ("expediente", "registro", "ficha", "exp", "exp.")
_HEALTH = re.compile(
    r"\b(?:pacient|clinic|hospital|salud|saude|embaraz|isss|ihss|inss|ebais|medic|enfermer|consulta|policlin|diagnost|cesfam|leito|internad|vacuna|ubs)"
)
_START = (
    r"(?:calle|c/|av\.?|avda\.?|avenida|aven\.|jr\.?|jiron|pasaje|psje\.?|pje\.?|rua|r\.|travessa|alameda|praca|rodovia|estrada|carrera|cra\.?|kra\.?|cl\.|diagonal|diag\."
    r"|transversal|bulevar|boulevard|blvd\.?|calzada|prolongacion|callejon|autopista|ruta|urb\.?|urbanizacion|residencial|colonia|col\.|condominio|edificio|barrio|reparto|villa"
    r"|conjunto|cuadra|manzana|largo|ladeira|quadra|via|km)"
)
_NUMBER = r"(?:(?:n\.?[ºo°]\.?|no\.|nro\.?|num\.?|numero|n |#|casa|lote|mz\.?|polig\w*|apt\w*\.?|km\.?) ?)?#? ?[a-z]?-?\d{1,5}(?:[- ]?[a-z](?![a-z]))?(?:-\d{1,4}[a-z]?)?(?: ?# ?\d{1,4}[a-z]?(?: ?- ?\d{1,4})?)?"
_PART = (
    r"(?:,? (?:piso|p\.|depto\.?|dpto\.?|departamento|apto\.?|apt\.?|ap\.|apartamento|int\.?|interior|col\.|colonia|urb\.|urbanizacion|villa|zona|sector|barrio|bairro|casa|bloco|bloque"
    r"|block|c\. ?p\.|cp|cep|manzana|mz\.?|lote|lt\.?|poligono|pasaje|torre|edificio|edif\.|entre|esq\.|esquina|casi|bis|oficina|of\.|local|reparto|conjunto|residencias?|y calle|y av\.?"
    r"|n\.?[ºo°]|sala|quadra|qd\.|km|y los|y las|y la|calle|\d{1,2}a calle|[a-z]-\d{1,3}(?!\w)|\d{1,2}[oaº°ª](?!\w)(?: [a-z](?!\w))?)"
    r"(?: ?(?:n\.?[ºo°]\.?|#|numero|num\.?)? ?(?:[\w-]{1,12}))?(?: (?:[A-ZÁÉÍÓÚÑ][\w-]+|y|e|\d{1,4}\w{0,2}(?!\w)))*\.?(?<![ .,;])|, [A-ZÁÉÍÓÚÑ][a-záéíóúñ]+(?: [A-ZÁÉÍÓÚÑ][a-záéíóúñ]+){0,2})"
)
_ADDRESS = re.compile(
    rf"(?<![\w])(?i:{_START})(?: (?:de|del|la|las|los|el|das|dos|da|do|e|y|[A-ZÁÉÍÓÚÂÊÔÃÕÇÑ0-9][\w.'ºª-]*)){{0,6}}?,? (?i:{_NUMBER})(?! de [a-z])(?i:{_PART.replace('A-ZÁÉÍÓÚÑ', 'A-ZÁÉÍÓÚÑ')}){{0,5}}"
)
_GRID = re.compile(
    r"(?<![\w])\d{1,2}[aª]?\.? (?i:calle|avenida|av\.) [A-Z]?\d{1,3}-\d{1,3}(?:,? (?i:zona|z\.) \d{1,2})?(?:, (?i:colonia|barrio|residenciales) [A-ZÁÉÍÓÚÑ]\w+)?"
)
_WAY = re.compile(
    r"(?<![\w])(?:de la|del|de los|de las|de) [\wáéíóúñ. ]{3,40}, ?\d{1,3} ?(?:metros|mts\.?|m\.?|cuadras?|c\.?|varas?)(?: (?:al|hacia el) | )\w+"
    r"(?: y (?:\d{1,3} )?(?:metros )?(?:al )?\w+)?(?:, \d{1,2} (?:abajo|arriba|al (?:lago|sur|norte)))?(?:, casa [\wº°]+(?: (?:\d+|\w+ a mano \w+|a mano \w+))?)?"
)

# What a text must hold, folded, for the pattern of the same place to be tried at all
_STREET = re.compile(rf"(?<!\w){_START}[ ,]")
_CROSSING = re.compile(r"\d[aª]?\.? (?:calle|avenida|av\.) ")
_STRETCH = re.compile(r", ?\d{1,3} ?(?:m|c|vara)")


def find_places(view: View) -> Iterator[Span]:
    """Every such span; they may overlap."""
    if not view.numeric:
        return
    yield from _find_births(view)
    yield from _find_records(view)
    yield from _find_plates(view)
    yield from _find_addresses(view)


def _find_births(view: View) -> Iterator[Span]:
    for found in _DATE.finditer(view.folded):
        near = before(_BIRTH, view, found.start(), 45)
        listed = re.search(r"\d ?- ?$|\d\) ?- $", view.text[max(0, found.start() - 5) : found.start()])
        if near is not None and not re.search(r"\d{4}", view.text[found.start() - near : found.start()]):
            yield Span("birth_date", *found.span(), weight=110 - near)
        elif listed and before(("dni", "ci", "cedula", "cpf"), view, found.start(), 25) is not None:
            yield Span("birth_date", *found.span(), weight=60)


def _find_records(view: View) -> Iterator[Span]:
    for found in _RECORD.finditer(view.text):
        near = before(_RECORD_WORDS, view, found.start(), 25)
        if near is None and (near := before(_FILE_WORDS, view, found.start(), 15)) is not None and not _HEALTH.search(view.folded):
            near = None
        if near is not None and not re.search(r"\d{3}", view.text[found.start() - near : found.start()]):
            yield Span("health_record", *found.span(), view.country or None, weight=105 - near)


@cache
def _plates() -> tuple[tuple[str, ...], list[tuple[str, re.Pattern[str]]]]:
    body = tomllib.loads(asset("personal_data/plates.toml").read_text("utf-8"))
    classes = {"9": "[0-9]", "A": "[A-Z]", "X": "[A-Z0-9]", "-": "[ -]?"}
    rows = [
        (country, "|".join("".join(classes.get(mark, mark) for mark in shape) for shape in shapes))
        for country, shapes in body["shapes"].items()
    ]
    return tuple(body["context"]), [(country, re.compile(rf"(?<![\w-])(?:{shapes})(?![\w-])")) for country, shapes in rows]


def _find_plates(view: View) -> Iterator[Span]:
    words, rows = _plates()
    for country, pattern in rows:
        if view.country and country != view.country:
            continue
        for found in pattern.finditer(view.text):
            near = before(words, view, found.start(), 30)
            if near is not None and not re.search(r"\d{3}", view.text[found.start() - near : found.start()]):
                yield Span("plate", *found.span(), country, weight=105 - near + 20 * any(mark.isalpha() for mark in found[0]))


def _find_addresses(view: View) -> Iterator[Span]:
    for pattern, sign in ((_ADDRESS, _STREET), (_GRID, _CROSSING), (_WAY, _STRETCH)):
        for found in pattern.finditer(view.text) if sign.search(view.folded) else ():
            if any(mark.isdigit() for mark in found[0]):
                yield Span("address", *found.span(), view.country or None, weight=50 + 20 * (pattern is not _WAY))
