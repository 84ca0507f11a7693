"""Names of people: by lists of given names and surnames, and by what stands before them.

    find_names(View("la paciente María Quispe", "PE", "es"))     -> [Span("name", 12, 24)]

With no announcing word a name needs a given name and a second listed word; after one ("señora", "paciente", "a nombre de") one
listed word is enough, in lower case too. Names of streets, schools, courts, saints and of people of history are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ayni.core.places import asset
from ayni.text.personal_data.context import View, fold
from ayni.text.personal_data.spans import Span

_CAPITAL = r"[A-ZÁÉÍÓÚÜÂÊÔÃÕÇÀÑ][A-Za-zÁÉÍÓÚÜÂÊÔÃÕÇÀÑáéíóúüâêôãõçàñ'’-]*"
_PARTICLE = r"(?:de la|de las|de los|del|de|da|das|do|dos|e|y|DE LA|DE LAS|DE LOS|DEL|DE|DA|DAS|DO|DOS|E|Y|De la|Del|De)"
_RUN = re.compile(
    rf"(?<![\w@.])(?:(?:De la|De los|Del|DE LA|DE LOS|DEL) )?{_CAPITAL}(?: (?:{_PARTICLE} )?{_CAPITAL}|"
    rf" [A-Z]\. (?={_CAPITAL}))*(?:, {_CAPITAL}(?: {_CAPITAL})*)?(?![\w@])"
)
_LOWER = re.compile(r"[^\W\d_]+(?: (?:(?:de la|de los|del|de|da|dos|do) )?[^\W\d_]+){0,5}")
_TRIGGER = re.compile(
    r"(?<!\w)(?:senor(?:a|ita|es|as)?|sra?s?\.?|sra|srta\.?|don|dona|d\.|dr\.?|dra\.?|lic\.?|licenciad[oa]|ing\.?|abogad[oa]|"
    r"paciente|usuari[oa]|alumn[oa]|aluno|aluna|estudiante|menor"
    r"|hij[oa]|filh[oa]|madre|padre|mae|pai|esposa|esposo|herman[oa]|actor|actora|autor|autora|reu|re|demandad[oa]|demandante|"
    r"requerente|requerid[oa]|imputad[oa]|acusad[oa]|victima|vitima"
    r"|testigo|testemunha|soy|sou|me llamo|mi nombre es|meu nome e|se llama|llamad[oa]|chamad[oa]|nombre|nome|nombre completo|"
    r"a nombre de|em nome de|en nome de|en nombre de|titular|beneficiari[oa]"
    r"|ciudadan[oa]|cidad[ao]o?|afiliad[oa]|asegurad[oa]|derechohabiente|client[ea]|cliente|contribuyente|contratista|"
    r"funcionari[oa]|servidor|servidora|motorista|chofer|conductor[a]?|vecin[oa]"
    r"|morador[a]?|agricultor[a]?|quejos[oa]|accionante|accionad[oa]|recurrente|recorrente|recorrid[oa]|apelante|apelad[oa]|"
    r"agravante|impetrante|parte autora|parte demandada|parte actora|comparece|suscribe|firmad[oa]|firma|atentamente|saludos|"
    r"atte\.?|att\.?"
    r"|llamar a|preguntar? por|pregunte por|hablar con|contacto|contato|bolsista|remitente|destinatari[oa]|solicitante|"
    r"peticionari[oa]|interesad[oa]|te habla|habla|con gusto|encargad[oa]|docente|profesor[a]?|professora?|maestr[oa]"
    r"|juez|jueza|juiz|juiza|ministr[oa]|magistrad[oa]|relator|relatora|desembargador[a]?|vocal|secretari[oa]|fiscal|promotor[a]?|"
    r"defensor[a]?|trabajador[a]?|emplead[oa]|gerente|monotributista|proveedor|inquilin[oa]|arrendatari[oa]|arrendador[a]?|"
    r"prestatari[oa]|deudor[a]?|vendedor[a]?|comprador[a]?)"
    r"(?:\(a\)|\(es\))?(?:,| :|:|\.)? (?:es |e )?(?:(?:el|la|los|o|a|que en vida fue) )?(?:(?:senor[a]?|sr\.?|sra\.?|srta\.?|"
    r"dr\.?|dra\.?|don|dona|nino|nina|menor|ciudadan[oa]|alumn[oa]|su hij[oa]) )*$"
)
_NOT = re.compile(
    r"(?<!\w)(?:calle|avenida|av\.?|avda\.?|rua|plaza|plazoleta|praca|parque|pasaje|jr\.?|jiron|carretera|autopista|rodovia|"
    r"puente|ponte|estadio|aeropuerto|aeroporto|puerto|hospital|clinica|escuela|escola"
    r"|colegio|liceo|instituto|instituicao|universidad|universidade|facultad|fundacion|fundacao|museo|museu|teatro|biblioteca|"
    r"barrio|bairro|colonia|urbanizacion|urb\.|villa|vila|municipio|ciudad|cidade|provincia|departamento|estado|isla|ilha|rio|"
    r"cerro|volcan|lago|laguna|bahia|cabo|golfo"
    r"|mina|estacion|estacao|ley|lei|decreto|premio|orden|ordem|medalla|copa|torneo|campeonato|club|clube|sociedad|sociedade|"
    r"empresa|banco|compania|editorial|libro|livro|novela|obra|pelicula|iglesia|igreja|parroquia|catedral|santuario|capilla|"
    r"fiesta|festa|san|santa|santo|sao|batallon|regimiento|brigada"
    r"|centro|complejo|edificio|torre|terminal|mercado|hacienda|fazenda|finca|canton|distrito|comuna|corregimiento|vereda|caserio|"
    r"localidad|partido|frente|mision|plan|programa|beca|proyecto|unidad|sala|auditorio|policlinico|policlinica|consultorio|"
    r"residencial|conjunto|condominio|edif\.|caso|casos|doctrina|fallo|operativo|huracan|tormenta|fenomeno)"
    r"(?: (?:[a-z]+|n[º°o]\.?|\d+)){0,2}? (?:de (?:la |los |las )?|del |da |do |dos )?[\"“«']?$"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SKIP = frozenset("de la las los del da das do dos e y el".split())


@cache
def load_list(name: str) -> frozenset[str]:
    """One of the lists of names (given, surnames), folded."""
    text = asset(f"personal_data/{name}.txt").read_text("utf-8")
    return frozenset(fold(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def load_both() -> frozenset[str]:
    """Given names and surnames, folded."""
    return load_list("given") | load_list("surnames")


@cache
def load_public() -> frozenset[str]:
    """People of history and letters, folded."""
    return frozenset(
        fold(line) for line in asset("personal_data/public_names.txt").read_text("utf-8").splitlines() if not line.startswith("#")
    )


def find_names(view: View) -> Iterator[Span]:
    """Every name of a person; they may overlap."""
    for found in _RUN.finditer(view.text):
        yield from _judge(view, found.start(), found.end())
    for found in re.finditer(
        r"(?<!\w)(?:soy|sou|me llamo|mi nombre es|meu nome e|te habla|aqui|habla|se llama|chamo|a nombre de|em nome de|"
        r"pregunte por|mi hij[oa]|meu filho|minha filha|vizinh[oa]|vecin[oa]) (?:el |la |o |a )?(?=[^\W\d_])",
        view.folded,
    ):
        yield from _find_lower(view, found.end())


def _words(view: View, start: int, end: int) -> list[tuple[str, int, int]]:
    """Folded words of a run with their places."""
    return [(found[0], *found.span()) for found in _WORD.finditer(view.folded, start, end)]


def _judge(view: View, start: int, end: int) -> Iterator[Span]:
    """The names in one run of capitalised words."""
    given, both = load_list("given"), load_both()
    words = _words(view, start, end)
    known = [word in both for word, _, _ in words]
    if not any(known):
        return
    first = next(place for place, word in enumerate(words) if known[place])
    while first > 0 and words[first - 1][0] in _SKIP:
        first -= 1
    lead = view.folded[max(0, words[first][1] - 70) : words[first][1]]
    announced = _TRIGGER.search(lead) is not None
    if (
        (first > 0 and _NOT.search(lead))
        or (not announced and _NOT.search(lead))
        or lead.endswith((" san ", " santa ", " santo ", " sao "))
    ):
        return
    stop = _stop(view, words, known, first, announced)
    content = [place for place in range(first, stop) if words[place][0] not in _SKIP]
    has_given = any(words[place][0] in given for place in content)
    listed = sum(known[place] for place in content)
    if not (has_given and listed >= 2) and not (announced and listed >= 1 and (has_given or listed >= 2 or len(content) > 1)):
        return
    name = view.folded[words[first][1] : words[stop - 1][2]]
    if name in load_public() or (not announced and any(each in name for each in load_public() if " " in each)):
        return
    yield Span("name", words[first][1], words[stop - 1][2], weight=20 + 20 * announced + min(len(content), 4))


def _stop(view: View, words: list[tuple[str, int, int]], known: list[bool], first: int, announced: bool) -> int:
    """Where the name that begins at word `first` ends: at the last listed word, one unlisted between or (announced) after."""
    last = first
    for place in range(first, len(words)):
        if "\n" in view.text[words[place - 1][2] : words[place][1]] and place > first:
            break
        if known[place] or words[place][0] in _SKIP:
            if known[place]:
                last = place
        elif place - last > 1 + any(words[each][0] in _SKIP for each in range(last + 1, place)):
            break
    tail = last + 1
    if (
        tail < len(words)
        and len(words[tail][0]) > 2
        and not view.text[words[tail][1]].islower()
        and "," not in view.text[words[last][2] : words[tail][1]]
    ):
        tail += 1 if words[tail][0] not in _SKIP else 0
    return tail


def _find_lower(view: View, place: int) -> Iterator[Span]:
    """A name in lower case after "soy", "me llamo" and the like: listed words only."""
    found = _LOWER.match(view.folded, place)
    if found is None or view.text[place].isupper():
        return
    given, surnames = load_list("given"), load_list("surnames")
    end = 0
    for number, word in enumerate(re.finditer(r"[^\W\d_]+", found[0])):
        if number == 0 and word[0] not in given:
            return
        if word[0] in given or word[0] in surnames:
            end = word.end()
        elif word[0] not in _SKIP:
            break
    if end:
        yield Span("name", place, place + end, weight=40)
