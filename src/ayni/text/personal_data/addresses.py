"""Postal addresses: from the word for the street (or the landmark) to the last of number, unit, district or postcode.

    find_addresses(View("vive en calle Los Aromos 12, depto. 3, Temuco", "CL", "es"))     -> [Span("address", 8, 34, "CL")]

The town after it is not part of it. A street with a name and no number is none: "la calle San Martín" is no dwelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ayni.text.personal_data.context import View
from ayni.text.personal_data.spans import Span

_UPPER = "A-ZÁÉÍÓÚÜÂÊÔÃÕÇÀÑ"
_NO_NAME = r"(?i:no|nro|n[uú]m|n|n[uú]mero|piso|casa|depto|dpto|apto|apt|int|lote|lt|mz|manzana|col|colonia|barrio|zona|urb|esq|tel|cel|cep|cp)(?![^\W\d_])"
_CAP = rf"(?:(?i:mcal|gral|cnel|cdte|dr|dra|tte|cap|sta|sto|pte|ing|prof|fco|mons)\.|(?!{_NO_NAME})[{_UPPER}](?:[^\W\d_]|['’-])*)"
_OF = r"(?:(?i:de|del|la|las|los|el|da|das|do|dos|e|y) )"
_NAME = rf"(?:{_OF}{{0,3}}(?:\d{{1,2}} (?i:de) {_CAP}|{_CAP}))"
_NAMES = rf"{_NAME}(?: {_NAME}){{0,4}}"
_NO = r"(?i:n\.?[º°o]\.?|n[uú]m\.?|n[uú]mero|nro\.?|n\b)"
_VALUE = r"(?:[A-Z]?-?\d{1,5}(?:[A-Z](?!\w|\.\w)|[ -][A-Z](?![\w.]))?(?:[-.]\d{1,4}[A-Za-z]?)?|[sS]/[nN])(?![\w]| de )"
_HOUSE = rf"(?:,? ?(?:{_NO}|\#) ?{_VALUE}(?: ?- ?\d{{1,3}}(?!\w))?|,? {_VALUE}|,? (?i:km)\.? ?{_VALUE})"
_WAYS = (
    r"(?i:calle|c/|c\.|av|avda|avenida|aven|jr|jir[oó]n|pasaje|psje|pje|rua|travessa|alameda|pra[cç]a|rodovia|estrada|carrera|cra|kra|carr|cl|diagonal|diag"
    r"|transversal|bulevar|boulevard|blvd|bv|calzada|prolongaci[oó]n|callej[oó]n|cerrada|privada|andador|autopista|ruta|camino a|camino|cno|v[ií]a|vereda|largo|ladeira"
    r"|tte|mcal|gral|cnel|rotonda)(?:(?<=/)|\.|(?![^\W\d_]))"
)
_AREAS = (
    r"(?i:urb|urbanizaci[oó]n|residencial|residencias|res|colonia|col|condominio|edificio|edif|barrio|bo|bairro|barriada|reparto|villa|vila|conjunto|manzana|manzano|mz|manz|quadra|qd"
    r"|cdla|ciudadela|sector|poblaci[oó]n|ensanche|fraccionamiento|fracc|fracci[oó]n|jardim|jardines|ciudad|a\. ?h\.?|aldea|cant[oó]n|zona|lote|asoc|cooperativa|coop|ph|pol[ií]gono"
    r"|bloque|block|bloco|torre|s[ií]tio|unidad)\.?"
)
_UNITS = (
    r"(?i:piso|p|depto|dpto|dto|departamento|apartamento|apto|apt|ap|int|interior|casa|bloco|bloque|block|c\. ?p|cp|cep|manzana|manzano|mz|manz|lote|lt|pol[ií]gono|torre|edificio|edif|oficina|of"
    r"|local|sala|quadra|qd|km|parcela|solar|villa|zona|sector|vereda|pasaje|calle|avenida|av|conjunto|n[º°]|box|secci[oó]n)\.?"
)
_CROSS = rf"(?: ?,? (?i:e/|entre|esq\.?|esquina|casi|c/|y|con)(?: (?i:calle|av\.?|carrera))? ?(?:{_NAMES}|\d\w{{0,4}})(?: (?i:y|e) (?:{_NAME}|\d\w{{0,4}}))?)"
_END = r"(?=[,.;:\n)|»”\"]|$| (?:(?i:tel|cel|c\.i|dni|cpf|rg|fono|cep|correo|e-mail)|(?![A-ZÁÉÍÓÚÜÂÊÔÃÕÇÀÑ])))"
_TAIL = (
    rf"(?:{_CROSS}(?: {_NO} ?{_VALUE})?|,? {_UNITS} ?(?:{_NO} ?|\#)?(?:\d{{5}}-\d{{3}}|{_VALUE}|\d{{1,2}}[ªa]|[A-Z](?:-\d{{1,3}})?)(?!\w)(?:-[A-Z](?!\w))?(?: (?i:sur|norte|este|oeste))?"
    rf"|,? {_AREAS} {_NAME}(?: {_NAME}){{0,2}}?{_END}|,? \d{{1,2}}\.?[ºª°o](?!\w)(?: (?i:piso))?(?: [A-Z](?!\w))?|, [A-Z]-\d{{1,3}}(?!\w)"
    rf"|,? (?:\d{{1,2}}\.?(?:[aª]|ta|da|ra)?\.? )?(?i:calle|avenida|av\.?)(?: (?i:poniente|oriente|norte|sur))?(?: {_HOUSE.replace(',? ?', '', 1)})? ?(?:\d{{1,3}}|{_NAMES}{_HOUSE}|{_NAME})?(?=,|\.|;| )"
    r"| (?i:bis|sur|norte|poniente|oriente|este|oeste)(?!\w)|,? (?i:s/n)(?!\w)|, (?i:casa) (?i:esquinera|[a-zé]+ a mano (?:derecha|izquierda))|, (?i:port[oó]n) \w+"
    rf"|, (?i:de la|del|de los)(?: [\w.]+){{1,4}},? \d{{1,3}} ?(?i:cuadras?|c\.|metros|mts|varas)(?: (?i:al|hacia el))? \w+|, (?i:frente a) (?i:la|el|los) [a-z]+)"
)
_PLACE = re.compile(
    rf"(?<![\w./])(?:(?i:final) )?{_WAYS}(?: (?i:calle|carrera)(?= \d))? ?(?:{_NAMES}|(?:\d{{1,3}}[aª°]?|[A-Z])(?: ?[A-Z](?!\w))?(?: (?i:bis|sur|norte))?(?=[ ,]))(?P<house>{_HOUSE})?(?P<tail>{_TAIL}{{0,6}})"
)
_AREA = re.compile(
    rf"(?<![\w./]){_AREAS} (?:{_NO} ?)?(?:{_NAMES}|\d{{1,3}}|[A-Z](?:-?\d{{1,3}})?)(?=[ ,])(?P<house>{_HOUSE})?(?P<tail>{_TAIL}{{1,6}})"
)
_GRID = re.compile(
    r"(?<![\w])\d{1,2}(?:[aªA°]|(?i:ta|da|ra|va))?\.? (?i:calle|avenida|av\.)(?: (?i:norte|sur|poniente|oriente))?(?: \"?[A-Z]\"?)?"
    rf"(?P<house> (?:{_NO} ?)?[A-Z]?\d{{1,3}}-\d{{1,3}}| {_NO} ?\d{{1,4}}|,)(?P<tail>{_TAIL}{{0,4}})"
)
_LANDMARK = re.compile(
    rf"(?<![\w])(?i:de la|del|de los|de las|rotonda)(?: [\w.]+){{1,5}}, ?(?:(?i:media)|\d{{1,3}}) ?(?i:metros|mts\.?|m\.|cuadras?|c\.|varas?)(?: (?i:al|hacia el|a la))? \w+"
    rf"(?: y \d{{1,3}}(?: (?i:metros))?(?: (?i:al))? \w+)?(?:, ~?\d{{1,2}}(?: c\.)?(?: (?i:al))? \w+)?(?P<tail>{_TAIL}{{0,3}})"
)
_BOX = re.compile(r"(?<![\w])(?:HC[- ]\d{1,2} (?i:box|bzn\.?) \d{1,5}|(?i:p\.? ?o\.? box|apartado postal|caixa postal) \d{1,6})(?!\w)")
_LIVES = r"(?:domicili\w+|resid\w+|direcci[oó]n|endere[cç]o|viv[eoí]\w*|mor[ao]\w*|sit[ao]|situad[ao]|ubicad[ao]|entregar)"
_BARE = re.compile(
    rf"(?i:(?<!\w){_LIVES}(?: (?i:real|particular|f[ií]sica|exacta|fiscal))?:? (?:(?:en|na|no|es|de) )?(?:(?:la|el) )?)(?P<span>(?:\d{{1,2}} (?i:de) )?{_NAMES}(?P<house>{_HOUSE})(?P<tail>{_TAIL}{{0,4}}))"
)
_LOWER = re.compile(rf"(?<![\w./]){_WAYS} (?:[^\W\d_]+ ){{1,4}}(?P<house>(?:{_NO} ?|\# ?)?\d{{1,5}}[a-z]?(?!\w))(?P<tail>{_TAIL}{{0,4}})")
_LIVING = re.compile(rf"(?i:(?<!\w){_LIVES}(?: \w+)?:?(?: (?:es|en|na|no|de|la|el)){{0,2}} ?)$")
_TELLING = frozenset(
    """calle c av avda avenida jr jiron pasaje psje pje rua travessa alameda praca rodovia estrada carrera cra kra carr cl diagonal diag transversal bulevar boulevard
    blvd bv calzada prolongacion callejon cerrada privada andador autopista ruta camino cno via vereda largo ladeira tte mcal gral cnel rotonda urb urbanizacion residencial
    residencias colonia col condominio edificio barrio bo bairro barriada reparto villa vila conjunto manzana manzano mz manz quadra qd cdla ciudadela sector poblacion
    ensanche fraccionamiento fracc jardim ciudad aldea canton zona lote asoc cooperativa ph poligono bloque block torre hc box metros mts cuadra cuadras varas apartado caixa
    domicilio domiciliado domiciliada residente residenciado residenciada reside vive vivo vivia mora moro direccion endereco sito situada situado ubicado ubicada entregar""".split()
)
_DIGIT = re.compile(r"\d|[sS]/[nN]|esquinera|a mano ")


def find_addresses(view: View) -> Iterator[Span]:
    """Every address; they may overlap."""
    if view.words.isdisjoint(_TELLING) or not view.has_digit:
        return
    lead = view.country or None
    for pattern, weight in ((_PLACE, 50), (_AREA, 54), (_GRID, 60), (_LANDMARK, 56), (_BOX, 90)):
        for found in pattern.finditer(view.text):
            if pattern is _LANDMARK or pattern is _BOX or _is_numbered(found, pattern is _AREA):
                yield _span(found.start(), found.end(), view, lead, weight)
    for found in _LOWER.finditer(view.text):
        if _LIVING.search(view.text, max(0, found.start() - 40), found.start()):
            yield _span(found.start(), found.end(), view, lead, 46)
    for found in _BARE.finditer(view.text):
        yield _span(*found.span("span"), view, lead, 45)


def _is_numbered(found: re.Match[str], area: bool) -> bool:
    """Whether a house or a unit is named, not the street alone; an area may be a number itself."""
    said = found[0] if area else (found["house"] or "") + (found["tail"] or "")
    return _DIGIT.search(said) is not None


def _span(start: int, end: int, view: View, country: str | None, weight: int) -> Span:
    """The span without marks at its end; longer is surer."""
    while end > start and view.text[end - 1] in " ,;:.":
        end -= 1
    return Span("address", start, end, country, weight=weight + min(end - start, 100) // 2)
