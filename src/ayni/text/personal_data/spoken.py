"""Names in lower case, as people write in chats: after "soy", "me llamo", "a nombre de", or before "aquí" and "habla".

find_spoken(view, words, lists)     of "hola, soy rosa quispe"     -> [Span("name", 10, 21)]
"""

from __future__ import annotations

from collections.abc import Iterator

from ayni.text.personal_data.context import View
from ayni.text.personal_data.spans import Span
from ayni.text.personal_data.words import PARTICLES, Lists, Words


def find_spoken(view: View, words: Words, lists: Lists) -> Iterator[Span]:
    """Names in lower case: a listed given name after "soy", "me llamo" and the like, or before "aquí" and "habla"."""
    for place, (word, start, _, capital) in enumerate(words):
        if capital or word not in lists.given or not place:
            continue
        spoken = _is_spoken(view, words, place, lists)
        stop, unlisted = place + 1, 0
        while stop < len(words) and view.text[words[stop - 1][2] : words[stop][1]] == " " and not words[stop][3] and stop - place < 9:
            next_word = words[stop][0]
            if lists.is_known(next_word) or next_word in PARTICLES:
                stop += 1
            elif (
                spoken and unlisted < 2 and _closes(view, words, stop) and next_word not in lists.stops and next_word not in lists.announce
            ):
                unlisted += 1
                stop += 1
            else:
                break
        while words[stop - 1][0] in PARTICLES:
            stop -= 1
        after = words[stop][0] if stop < len(words) else ""
        plain = (
            word not in lists.common
            and words[stop - 1][0] in lists.surnames
            and not any(w[0] in lists.ordinary for w in words[place + 1 : stop])
        )
        if (
            (spoken and (stop - place > 1 or word not in lists.common))
            or (stop - place > 1 and plain)
            or (stop - place > 1 and after in ("aqui", "habla", "por") and words[stop - 1][0] in lists.surnames)
        ):
            yield Span("name", start, words[stop - 1][2], weight=42)


def _closes(view: View, words: Words, place: int) -> bool:
    """Whether a word, or the one after it, is the last before a mark."""
    for each in (place, place + 1):
        if each < len(words) and view.text[words[each][2] : words[each][2] + 1] in (",", ".", ";", ")", "\n", ""):
            return each == place or view.text[words[place][2]] == " "
    return False


def _is_spoken(view: View, words: Words, place: int, lists: Lists) -> bool:
    """Whether "soy", "a nombre de" ends right before a word, an article or "señora" between at most."""
    at = words[place][1]
    for back in range(1, 4):
        if place - back < 0:
            return False
        before = words[place - back]
        if view.folded[before[2] : at].strip(" ,:(") != "":
            return False
        if any(view.folded.endswith(each, 0, before[2]) for each in lists.speak_by_last.get(before[0], ())):
            return True
        if before[0] not in ("el", "la", "o", "a", "e", "es", "don", "dona", "senor", "senora"):
            return False
        at = before[1]
    return False
