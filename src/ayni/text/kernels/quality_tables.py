"""What a code point is, as one table of flags, and the chunks that do not split by rule: what the quality kernels look up.

    load_classes()[ord("ñ")] & ALPHA

The definitions are those of datatrove 0.10.1 (its sets of symbols and of terminal punctuation) and of the English
tokenizer of spaCy 3.8 that it uses, so that the measures mean the same; code points come from Python's `unicodedata`.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

SPACE, ALPHA, LOWER, UPPER, DIGIT, PREFIX, SUFFIX, SYMBOL = (1 << bit for bit in range(8))
PUNCTUATION, TERMINAL, QUOTE, LINE, VOWEL, TRIGGER, ICON, CURRENCY, NUMBER, STRONG, ACCENTED = (1 << bit for bit in range(8, 19))
WORD = LOWER | UPPER
LIMIT = 0x34000  # no letter, space or mark of punctuation stands above as of Unicode 16

# Unicode's Sentence_Terminal and some more: datatrove's TERMINAL_PUNCTUATION
_TERMINAL = (
    "21 2e 3f 589 61d-61f 6d4 700-702 7f9 837 839 83d-83e 964-965 104a-104b 1362 1367-1368 166e 1735-1736 17d4-17d6 17d9-17da 1803 1809 "
    "1944-1945 1aa8-1aab 1b5a-1b5b 1b5e-1b5f 1b7d-1b7e 1c3b-1c3c 1c7e-1c7f 203c-203d 2047-2049 2e2e 2e3c "
    "2e53-2e54 3002 a4ff a60e-a60f a6f3 "
    "a6f7 a876-a877 a8ce-a8cf a92f a9c8-a9c9 aa5d-aa5f aaf0-aaf1 abeb fe52 fe56-fe57 ff01 ff0e ff1f ff61 "
    "10a56-10a57 10f55-10f59 10f86-10f89 "
    "11047-11048 110be-110c1 11141-11143 111c5-111c6 111cd 111de-111df 11238-11239 1123b-1123c 112a9 1144b-1144c 115c2-115c3 115c9-115d7 "
    "11641-11642 1173c-1173e 11944 11946 11a42-11a43 11a9b-11a9c 11c41-11c42 11ef7-11ef8 11f43-11f44 16a6e-16a6f 16af5 16b37-16b38 16b44 "
    "16e98 1bc9f 1da88"
)
# datatrove's PUNCTUATION without the above: a word of these alone is a symbol
_SYMBOLS = (
    "0-8 b-1f 22-2d 2f 3a-3e 40 5b-60 7b-9f ab b4 bb 2013-2014 2019 201c-201e 2026 2236 2501 25ba 3001 3008-300d 3010-3011 ff05 ff08-ff09 "
    "ff0c ff11 ff1a-ff1b ff5e"
)
_MARKS = "…,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪"  # split off on both sides
_QUOTES = "'\"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉〈〉⟦⟧"
_CURRENCY = "$£€¥฿₽﷼₴₠₡₢₣₤₥₦₧₨₩₪₫₭₮₯₰₱₲₳₵₶₷₸₹₺₻₼₾₿"
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # str.splitlines
_VOWELS = "aeiouy"  # of the letter without its accents; what else serves as a vowel is listed after
_MORE_VOWELS = "æœøıɨʉəɛɔɑɯʌɪʊωаеиоуыэюя"
TRIGGERS = "jJkKvVfFpP{"  # a letter of each phrase that C4 looks for


def _expand(ranges: str) -> list[int]:
    found: list[int] = []
    for each in ranges.split():
        first, _, last = each.partition("-")
        found += range(int(first, 16), int(last or first, 16) + 1)
    return found


def _category_flags() -> dict[str, int]:
    flags = {"Ll": ALPHA | LOWER, "Lu": ALPHA | UPPER, "Lt": ALPHA | UPPER, "Lm": ALPHA, "Lo": ALPHA | LOWER | UPPER}
    flags |= {"So": ICON | PREFIX | SUFFIX, "Nd": NUMBER}
    return flags | dict.fromkeys(("Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps"), PUNCTUATION)


@cache
def load_classes() -> npt.NDArray[np.uint32]:
    """Flags of every code point below LIMIT."""
    flags = _category_flags()
    table = np.array([flags.get(unicodedata.category(chr(code)), 0) for code in range(LIMIT)], dtype=np.uint32)
    table[[ord("ª"), ord("º")]] = ALPHA  # ordinal signs are no letters of a word
    table[0x2800:0x2900] &= ~np.uint32(ICON | PREFIX | SUFFIX)  # Braille
    for characters, flag in (
        ([code for code in range(0x3001) if chr(code).isspace()], SPACE),
        (map(ord, "0123456789"), DIGIT),
        (map(ord, _MARKS + _QUOTES + "—–"), PREFIX | SUFFIX),
        (map(ord, "§%=" + _CURRENCY), PREFIX),
        (map(ord, _QUOTES), QUOTE),
        (map(ord, _CURRENCY), CURRENCY),
        (map(ord, _LINE_ENDS), LINE),
        (map(ord, TRIGGERS), TRIGGER),
        (_expand(_TERMINAL), TERMINAL | SYMBOL),
        (_expand(_SYMBOLS), SYMBOL),
    ):
        table[list(characters)] |= np.uint32(flag)
    _mark_vowels(table)
    return table


def _mark_vowels(table: npt.NDArray[np.uint32]) -> None:
    """VOWEL; STRONG where a vowel is a nucleus of its own beside another strong one; ACCENTED: a written accent or tilde."""
    for code in range(0x41, 0x1F00):
        if not table[code] & ALPHA:
            continue
        plain, *marks = list(unicodedata.normalize("NFD", chr(code).lower()))
        if plain in _VOWELS or plain in _MORE_VOWELS:
            table[code] |= VOWEL | (STRONG if plain in "aeo" and "\u0303" not in marks else 0)  # não is one syllable
            table[code] |= ACCENTED if set(marks) & {"\u0301", "\u0300", "\u0302"} else 0


@cache
def load_lower() -> npt.NDArray[np.int32]:
    """The lower-case form of every code point below 0x3000 where it is one code point, else itself."""
    return np.array([ord(low) if len(low := chr(code).lower()) == 1 else code for code in range(0x3000)], dtype=np.int32)


def _contractions() -> set[tuple[str, ...]]:
    """English contractions with and without their apostrophe, as spaCy's English tokenizer splits them."""
    subjects = [
        (word, "'ll 'd") for word in ("i", "you", "he", "she", "it", "we", "they", "who", "what", "when", "where", "why", "how", "there")
    ]
    subjects += [(word, "'ll 'd") for word in ("that", "this", "these", "those")]
    pieces: list[tuple[str, ...]] = [(word, end) for word, ends in subjects for end in ends.split()]
    pieces += [(word, end, "'ve") for word, ends in subjects for end in ends.split()]
    several = ("you", "we", "they", "who", "what", "when", "where", "why", "how", "there", "these", "those")
    pieces += [(word, end) for word in several for end in ("'re", "'ve")] + [("i", "'ve"), ("i", "'m"), ("i", "'m", "a")]
    pieces += [(word, "'s") for word in ("he", "she", "it", "who", "what", "when", "where", "why", "how", "there", "that", "this")]
    verbs = ["ca", "could", "do", "does", "did", "had", "may", "might", "must", "need", "ought", "sha", "should", "wo", "would"]
    pieces += [(verb, "n't") for verb in [*verbs, "ai", "are", "is", "was", "were", "have", "has", "dare"]] + [
        (verb, "n't", "'ve") for verb in verbs
    ]
    pieces += [(verb, "'ve") for verb in ("could", "might", "must", "should", "would")] + [("not", "'ve")]
    cased = {each for one in pieces for each in (one, (one[0].title(), *one[1:]))}
    bare = {tuple(piece.replace("'", "") for piece in one) for one in cased}
    words = {"".join(one) for one in product(("i", "it", "she", "he", "we", "who"), ("ll", "s", "d", "re", "ve"))}
    real = {word for word in words if word in ("ill", "its", "hell", "shell", "shed", "were", "well")} | {"were", "whore", "well"}
    return cased | {one for one in bare if "".join(one).lower() not in real}


def _english() -> set[tuple[str, ...]]:
    found = _contractions()
    for one in ["can+not", "gon+na", "got+ta", "let+'s", "c'm+on", "not+'ve"]:
        first, second = one.split("+")
        found |= {(first, second), (first.title() if "'" not in first else "C'm", second)}
    found |= {("y'", "all"), ("y", "all"), ("how", "'d", "'y"), ("How", "'d", "'y")}
    found |= {(str(hour), end) for hour in range(1, 13) for end in ("am", "a.m.", "pm", "p.m.")}
    clipped = ["doin", "goin", "nothin", "nuthin", "ol", "somethin", "lovin", "havin"]
    whole = [word + end for word in clipped + [word.title() for word in clipped] for end in ("", "'")]
    whole += [
        "'em",
        "em",
        "ll",
        "'ll",
        "nuff",
        "'nuff",
        "'s",
        "'S",
        "‘s",
        "‘S",
        "'re",
        "'d",
        "'cause",
        "'Cause",
        "'cos",
        "'Cos",
        "'coz",
        "'Coz",
        "'cuz",
        "'Cuz",
        "'bout",
        "and/or",
        "w/o",
    ]
    whole += [
        "ma'am",
        "Ma'am",
        "o'clock",
        "O'clock",
        "a.m.",
        "p.m.",
        "e.g.",
        "E.g.",
        "E.G.",
        "i.e.",
        "I.e.",
        "I.E.",
        "v.s.",
        "vs.",
        "co.",
        "Ph.D.",
        "D.C.",
    ]
    whole += [f"{state}." for state in ["N.C", "N.D", "N.H", "N.J", "N.M", "N.Y", "S.C"]]
    short = "Mt Ak Ala Apr Ariz Ark Aug Calif Colo Conn Dec Del Feb Fla Ga Ia Id Ill Ind Jan Jul Jun Kan Kans"
    short += " Ky La Mar Mass Mich Minn Miss Neb Nebr"
    short += " Nev Nov Oct Okla Ore Pa Sep Sept Tenn Va Wash Wis Adm Bros Co Corp Dr Gen Gov Inc Jr Ltd Md"
    short += " Messrs Mo Mont Mr Mrs Ms Prof Rep Rev Sen St"
    whole += [f"{word}." for word in short.split()]
    found |= {(word,) for word in whole}
    return found | {tuple(piece.replace("'", "’") for piece in one) for one in found}


def _common() -> set[tuple[str, ...]]:
    """Faces, and letters with a point, in any language."""
    faces = [eyes + nose + mouth for eyes in ":;" for nose in ("", "-") for mouth in [")", "D"]]
    faces += [
        ":" + nose + mouth
        for nose in ("", "-")
        for mouth in ["(", "))", ")))", "((", "(((", "]", "}", "/", "|", "P", "p", "O", "o", "0", "*", "3", ">", "X", "x"]
    ]
    faces += [
        "(:",
        "(-:",
        "=)",
        "(=",
        "[:",
        "[-:",
        "[=",
        "=]",
        ":o)",
        "(o:",
        "8)",
        "8-)",
        "(-8",
        "(;",
        "(-;",
        "):",
        ")-:",
        "=(",
        ">:(",
        ":')",
        ":'-)",
        ":'(",
        ":'-(",
        "=/",
        "=|",
        "]=",
        "=[",
        ":1",
        ":()",
        ">:o",
        "=3",
        "=D",
        "xD",
        "xDD",
        "XD",
        "XDD",
        "8D",
        "8-D",
    ]
    faces += [
        "^_^",
        "^__^",
        "^___^",
        ">.<",
        ">.>",
        "<.<",
        "._.",
        ";_;",
        "-_-",
        "-__-",
        "v.v",
        "V.V",
        "v_v",
        "V_V",
        "o_o",
        "o_O",
        "O_o",
        "O_O",
        "0_o",
        "o_0",
        "0_0",
        "o.O",
        "O.o",
        "O.O",
        "o.o",
        "0.0",
        "o.0",
        "0.o",
        "@_@",
        "<3",
        "<33",
        "<333",
        "</3",
    ]
    faces += ["(^_^)", "(-_-)", "(._.)", "(>_<)", "(*_*)", "''", "'", '\\")', "<space>", "C++", "\\t", "\\n"]
    return {(face,) for face in faces} | {(f"{letter}.",) for letter in "abcdefghijklmnopqrstuvwxyzäöü"} | {("’",), ("’’",)}


@cache
def load_specials() -> tuple[Any, Any]:
    """Chunks that are split as listed: hashes of their bytes (uint64, open-addressed), and the sizes of their pieces, a byte each."""
    from ayni.text.kernels.quality_bytes import hash_bytes
    from ayni.text.kernels.quality_words import ENGLISH_ONLY

    rows = [(one, 0) for one in sorted(_common())] + [(one, ENGLISH_ONLY) for one in sorted(_english() - _common())]
    slots = 1 << 13  # more than four times the entries
    keys, pieces = np.zeros(slots, np.uint64), np.zeros(slots, np.int64)
    for parts, english in rows:
        data = np.frombuffer("".join(parts).encode(), np.uint8)
        key = hash_bytes(data, 0, len(data))
        slot = int(key) & (slots - 1)
        while keys[slot] and keys[slot] != key:
            slot = (slot + 1) & (slots - 1)
        keys[slot] = key
        pieces[slot] = english + sum(len(part.encode()) << 8 * place for place, part in enumerate(parts))
    return keys, pieces
