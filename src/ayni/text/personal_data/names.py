"""Names of people: by lists of given names and surnames, and by the words before and after them.

    find_names(View("la paciente María Quispe", "PE", "es"))     -> [Span("name", 12, 24)]

With nothing that announces it a name needs a given name and a second listed word; after an announcing word ("señora", "a nombre de")
one listed word is enough, in lower case too. Names of streets, schools, courts, saints and of people of history are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ayni.text.personal_data.context import View
from ayni.text.personal_data.spans import Span
from ayni.text.personal_data.spoken import find_spoken
from ayni.text.personal_data.words import PARTICLES, Lists, Words, load_lists, public_pattern

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_JOINS = frozenset("e y".split())
_AFTER = re.compile(
    r"[,;]?(?: ?[-–|/]| \.)? ?\(?(?:(?:ya )?mayor|vecin|de \d\d|\d+ a[ñn]os|brasileir|venezolan|\(?c\.? ?[ci]\.?|d\.?n\.?i|identificad|inscrit|portador|cedula|ced\.|rut\b|run\b|cpf|"
    r"rg\b|cui[tl]?\b|curp|rfc|dui|dpi|nit\b|ruc\b|nss|ssn|cns|nacid|nascid|con (?:domicilio|documento|cedula|pasaporte)|domiciliad|residente|residenciad|"
    r"titular de la|me cambie|prontuario|h\.?c\.?\b|carne de|seguro social|madre de|jubilad|clave de elector|identidad)"
)
_SENTENCE = re.compile(r"(?:[.!?:»”\"]\s*|\n\s*|[-–•]\s)$")
_LOOSE = frozenset(
    (
        "para",
        "contra",
        "dice",
        "yo",
        "eu",
        "parte de",
        "casa de",
        "carro de",
        "empresa de",
        "numero de",
        "favor de",
        "familia de",
        "tarjeta de",
    )
)
_LEAD = re.compile(r"(?:^|[,.;:«\"(•|-]|(?<!\w)(?:a|por|con|com|para|y|e)) ?$")
_PERSONAL = re.compile(  # what is said of people alone
    r"[,;]?(?: ?[-–|/·])? ?\(?(?:(?:ya )?mayor de edad|vecin[oa]s? d|de \d\d a[nñ]os|\d\d a[nñ]os|c\. ?i\.|c\. ?c\.|d\.?n\.?i|(?:titular|portador|portadora) d|(?:con|de) (?:cedula|dni|c\.?i|carne|documento|pasaporte|tarjeta de identidad|numero de identidad)|masculin|femenin|ssn|seguro social|identificad"
    r"|nacid|nascid|brasileir|cpf|run\b|curp|cui[lt]?\b|dui\b|dpi\b|cedula|domiciliad|quien )"
)
_BETWEEN = re.compile(r"[\s:,.|(«\"“/*º°\-–—\d]*(?:\([aos]+\)[\s:,]*)?")
_LIST = re.compile(r"(?:,|;| [ye]|\.)?\s*(?:\d{1,2}[.)]\s*)?(?:[ye] |a )?")
_ABBREVIATED = re.compile(r"[^\W\d_]\.[^\W\d_]")  # C.I., D.N.I.: no initial of a name


def find_names(view: View) -> Iterator[Span]:
    """Every name of a person; they may overlap."""
    lists = load_lists()
    text, folded = view.text, view.folded
    words = [(found[0], at := found.start(), found.end(), text[at].isupper()) for found in _WORD.finditer(folded)]
    last = -1000
    for run in _list_runs(text, words, lists):
        if run[1] - run[0] == 1 and not lists.is_known(words[run[0]][0]) and not (run[0] and words[run[0] - 1][0] in lists.nick):
            continue  # a sentence's first word
        for low, high, inverted in _split(view, words, run, lists):
            span = _judge(view, words, low, high, inverted, last, lists)
            if span:
                last = span.end
                yield span
    yield from find_spoken(view, words, lists)


def _list_runs(text: str, words: Words, lists: Lists) -> Iterator[tuple[int, int]]:
    """Places of words from a capitalised one to the last that goes on with it: capitals, particles and commas; a surname after a line's end."""
    place = 0
    while place < len(words):
        if not words[place][3]:
            place += 1
            continue
        end = look = place + 1
        while look < len(words):
            gap = text[words[look - 1][2] : words[look][1]]
            wrapped = gap == "\n" and words[look][0] in lists.surnames and words[look][0] not in lists.given
            if gap not in (" ", ", ") and not wrapped and not (gap == ". " and words[look - 1][2] - words[look - 1][1] == 1):
                break
            if words[look][3]:
                end = look + 1
            elif gap != " " or (words[look][0] not in PARTICLES and words[look][0] not in _JOINS):
                break
            look += 1
        yield place, end
        place = end


def _split(view: View, words: Words, run: tuple[int, int], lists: Lists) -> list[tuple[int, int, bool]]:
    """A run cut at commas and at "and"; surnames, comma, given names stay one (true)."""
    cuts, low = [], run[0]
    for place in range(run[0] + 1, run[1]):
        comma = view.text[words[place - 1][2] : words[place][1]] == ", "
        after = words[place + 1][0] if place + 1 < run[1] else ""
        joined = words[place][0] in _JOINS and place > low and (after in lists.given or after not in lists.surnames)
        if comma or joined:
            cuts.append((low, place, comma))
            low = place + joined
    if low < run[1]:  # else the run ends in an initial that looks like "e" or "y"
        cuts.append((low, run[1], False))
    pieces, at = [], 0
    while at < len(cuts):
        low, high, comma = cuts[at]
        if comma and at + 1 < len(cuts) and _is_inverted(view, words, cuts[at], cuts[at + 1], lists):
            pieces.append((low, cuts[at + 1][1], True))
            at += 1
        else:
            pieces.append((low, high, False))
        at += 1
    return pieces


def _is_inverted(view: View, words: Words, left: tuple[int, int, bool], right: tuple[int, int, bool], lists: Lists) -> bool:
    """Whether surnames stand left of a comma and given names right of it."""
    first = [word for word, *_ in words[left[0] : left[1]] if word not in PARTICLES]
    second = [word for word, *_ in words[right[0] : right[1]] if word not in PARTICLES]
    if not first or not second or len(first) > 4 or len(second) > 3 or any(word in lists.stops for word in first):
        return False
    if any(word in lists.places and word not in ("rio", "san", "villa", "torre", "puente") for word in first):
        return False
    surnames = sum(word in lists.surnames for word in first)
    loose = all(w in lists.given or lists.is_free(w) for w in second) and all(w in lists.surnames or lists.is_free(w) for w in first)
    if loose and (surnames > 0 or all(w in lists.given for w in second)) and _AFTER.match(view.folded, words[right[1] - 1][2]):
        return True
    headed = first[0] in lists.given and first[0] not in lists.surnames and words[left[0]][0] not in PARTICLES
    return all(w in lists.given for w in second) and surnames > 0 and not headed


def _judge(view: View, words: Words, low: int, high: int, inverted: bool, last: int, lists: Lists) -> Span | None:
    """The name in one piece of a run, or None."""
    first = next((place for place in range(low, high) if lists.is_known(words[place][0]) and words[place][0] not in lists.places), -1)
    if first < 0:
        return _judge_nickname(view, words, low, high, lists)
    lead = [word for word, *_ in words[low:first]]
    if any(word in lists.places and not (inverted and word in ("rio", "san")) for word in lead):
        return None
    announced, blocked = _look_back(view, words, low if inverted else first, lists)
    if blocked:
        return None
    announced = announced or _look_back(view, words, _head(words, low, first, lists), lists)[0]
    listed = last >= 0 and _LIST.fullmatch(view.folded[last : words[first][1]]) is not None
    opens = low == 0 or _SENTENCE.search(view.text[max(0, words[low][1] - 3) : words[low][1]]) is not None
    low = low if inverted else _after_acronym(view, words, low, first, lists)
    start = _begin(words, low, first, inverted, announced, opens, lists)
    stop = high if inverted else _stop(view, words, first, high, lists)
    content = [words[place][0] for place in range(start, stop) if words[place][0] not in PARTICLES and words[place][0] not in _JOINS]
    given = any(word in lists.given for word in content)
    known = sum(lists.is_known(word) for word in content)
    followed = _AFTER.match(view.folded, words[stop - 1][2]) is not None
    announced = announced or listed or (followed and len(content) > 1)
    if not _is_enough(view, words, start, stop, content, given, known, announced, inverted, lists):
        return None
    name = view.folded[words[start][1] : words[stop - 1][2]]
    if _is_public(name, announced):
        return None
    end = words[stop - 1][2]
    end += len(content[-1]) == 1 and view.text[end : end + 1] == "." and len(content) > 1
    return Span("name", words[start][1], end, weight=20 + 20 * announced + min(len(content), 6))


def _after_acronym(view: View, words: Words, low: int, first: int, lists: Lists) -> int:
    """The place after the last short word in capitals before a name that is not: STF, CPN; `low` where there is none."""
    if view.text[words[first][1] : words[first][2]].isupper():
        return low
    for place in range(first - 1, low - 1, -1):
        word, start, end, _ = words[place]
        if 1 < len(word) < 5 and view.text[start:end].isupper() and not lists.is_known(word):
            return next(after for after in range(place + 1, first + 1) if words[after][0] not in PARTICLES)
    return low


def _is_public(name: str, announced: bool) -> bool:
    """Whether it is somebody of history or letters; announced, only the very name counts."""
    found = public_pattern().match(name)
    return found is not None and (found.end() == len(name) or (not announced and " " in found[0]))


def _is_enough(
    view: View,
    words: Words,
    start: int,
    stop: int,
    content: list[str],
    given: bool,
    known: int,
    announced: bool,
    inverted: bool,
    lists: Lists,
) -> bool:
    """Whether listed words and what announces them make a person."""
    if content[-2:] in (["s", "a"], ["s", "c"]) or content[-1] in ("ltda", "sa", "srl", "cia", "eireli", "sas", "spa"):
        return False
    if given and known >= 2 and (announced or not all(word in lists.common for word in content)):
        return True
    if announced and (
        inverted or known >= 2 or (given and (len(content) == 1 or words[start][0] in lists.given)) or (known and len(content) > 1)
    ):
        return len(content) > 1 or content[0] not in lists.common or _look_back(view, words, start, lists)[0]
    free = all(lists.is_known(word) or lists.is_free(word) for word in content)
    if (
        free
        and 2 <= len(content) <= 5
        and content[0] in lists.given
        and content[0] not in lists.common
        and _LEAD.search(view.folded[max(0, words[start][1] - 8) : words[start][1]])
    ):
        return True
    if free and 3 <= len(content) <= 5 and known >= 2 and lists.is_free(content[0]):
        return True
    if len(content) == 1 and given and content[0] not in lists.common and start > 0:
        article, next_word = words[start - 1], words[stop] if stop < len(words) else ("", 0, 0, True)
        near = view.text[article[2] : words[start][1]] == " " and view.text[words[stop - 1][2] : next_word[1]] == " "
        if article[0] in ("el", "la", "o", "a") and start > 1 and words[start - 2][0] in ("es", "e", "soy") and not words[start - 2][3]:
            return near or view.text[words[stop - 1][2] : words[stop - 1][2] + 1] in (",", ".", ";", "")
        if article[0] in ("es", "e") and view.text[article[2] : words[start][1]] == " ":
            return view.text[words[stop - 1][2] : words[stop - 1][2] + 1] == ","
        return (
            near and article[0] in ("el", "la", "o", "a") and not article[3] and not next_word[3] and next_word[0] not in PARTICLES | _JOINS
        )
    return False


def _begin(words: Words, low: int, first: int, inverted: bool, announced: bool, opens: bool, lists: Lists) -> int:
    """Where a name begins: unlisted capitals before the first listed word belong to it where it is announced or inverted."""
    if all(words[place][0] in PARTICLES for place in range(low, first)):
        return low
    start = first
    trusted = inverted or announced
    while trusted and start > low:
        word = words[start - 1][0]
        if word in PARTICLES and words[start][0] in lists.given and not inverted:
            break
        loose = word in lists.stops and word not in PARTICLES
        if loose or word in lists.announce or word in lists.nick or word in _JOINS or len(word) < 2:
            break
        start -= 1
    while not trusted and start > low + opens and lists.is_free(words[start - 1][0]):
        start -= 1
    while words[start][0] in PARTICLES and not (trusted and words[start][3] and (inverted or words[first][0] in lists.surnames)):
        start += 1
    return start


def _head(words: Words, low: int, first: int, lists: Lists) -> int:
    """The first of the capitalised words before word `first` that may be names of no list."""
    head = first
    while head > low and not _ends(words[head - 1][0], lists) and words[head - 1][0] not in lists.nick and words[head - 1][0] not in _JOINS:
        head -= 1
    while words[head][0] in PARTICLES:
        head += 1
    return head


def _stop(view: View, words: Words, first: int, high: int, lists: Lists) -> int:
    """Where the name that begins at word `first` ends. In capitals an unlisted word counts only before a listed one or at the end."""
    capitals = view.text[words[first][1] : words[first][2]].isupper()
    stop, content = first + 1, 1
    for place in range(first + 1, high):
        word = words[place][0]
        if word in PARTICLES or word in _JOINS:
            continue
        joined = words[place - 1][0] in PARTICLES
        if (
            content > 6
            or (len(word) > 1 and _ends(word, lists) and not (joined and (word in lists.places or lists.is_known(word))))
            or _ABBREVIATED.match(view.text, words[place][1])
        ):
            break
        if capitals and content > 1 and not lists.is_known(word) and _runs_on(words, place, high, stop - first, lists):
            break
        stop, content = place + 1, content + 1
    return stop


def _runs_on(words: Words, place: int, high: int, size: int, lists: Lists) -> bool:
    """Whether more words in capitals follow than a name has: text in capitals, not surnames that no list has."""
    left = [words[each][0] for each in range(place + 1, high) if words[each][0] not in PARTICLES]
    if not left or lists.is_known(left[0]) or left[0] in lists.stops:
        return False
    return len(left) > (size < 3)


def _ends(word: str, lists: Lists) -> bool:
    """Whether a capitalised word belongs to no name."""
    if (word in lists.stops and word not in PARTICLES) or (word in lists.places and word not in ("san", "santa")):
        return True
    return word in lists.announce and not lists.is_known(word)


def _look_back(view: View, words: Words, first: int, lists: Lists) -> tuple[bool, bool]:
    """What stands before word `first`: whether it announces a person; whether it names a place or a thing after one."""
    place, right = first - 1, words[first][1]
    for _ in range(5):
        if place < 0 or _BETWEEN.fullmatch(view.folded, words[place][2], right) is None:
            break
        word = words[place][0]
        if (
            word in lists.announce
            or word in lists.nick
            or any(view.folded.endswith(each, 0, words[place][2]) for each in lists.phrases_by_last.get(word, ()))
        ):
            return True, False
        if word in lists.places and view.text[words[place][2] : right].strip() in ("", "."):
            return False, True
        if word not in lists.fillers and word not in PARTICLES:
            before = words[place - 1][0] if place else ""
            return False, before in lists.places and view.text[words[place][2] : right] == " " and words[first - 1][0] in PARTICLES
        right = words[place][1]
        place -= 1
    return False, False


def _judge_nickname(view: View, words: Words, low: int, high: int, lists: Lists) -> Span | None:
    """One unlisted capital after "don", "vulgo" and the like; two or more after an announcing word and before a document."""
    while high - low > 1 and (words[low][0] in lists.nick or words[low][0] in lists.announce or words[low][0] in PARTICLES):
        low += 1
    before = words[low - 1] if low else ("", 0, 0, False)
    gap = view.text[before[2] : words[low][1]]
    size = high - low
    if size > 5:
        return None
    if any(words[place][0] in lists.stops or words[place][0] in lists.places for place in range(low, high)):
        return None
    called = before[0] in lists.nick and gap in (" ", ". ", " «", ' "', " “") and words[low][2] - words[low][1] > 1
    if size == 1 and called and not view.text[words[low][1] : words[low][2]].isupper():
        return Span("name", words[low][1], words[low][2], weight=30)
    labelled = ":" in gap and view.text[words[high - 1][2] : words[high - 1][2] + 1] in ("", ",", ".", ";", "|", "/", "\n", ")")
    followed = labelled or _AFTER.match(view.folded, words[high - 1][2])
    if size < 2:
        return None
    announced = _look_back(view, words, low, lists)[0]
    free = all(lists.is_free(words[place][0]) or words[place][0] in PARTICLES for place in range(low, high))
    person = free and announced and gap in (" ", ". ", ": ", ", ") and _is_of_people(view, before, lists)
    if (followed and announced) or (free and _PERSONAL.match(view.folded, words[high - 1][2])) or person:
        return Span("name", words[low][1], words[high - 1][2], weight=25)
    return None


def _is_of_people(view: View, before: tuple[str, int, int, bool], lists: Lists) -> bool:
    """Whether the word or phrase that ends here announces people and no firms."""
    if before[0] in lists.announce:
        return before[0] not in lists.crowds
    return any(view.folded.endswith(each, 0, before[2]) and each not in _LOOSE for each in lists.phrases_by_last.get(before[0], ()))
