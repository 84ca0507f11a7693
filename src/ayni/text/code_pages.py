"""Which one-byte code page bytes are in, by where its letters come to stand: a page read wrongly puts symbols into words.

    gather(b"Mam\\xa0 no est\\xa0 en casa").choose()         -> ("cp850", mean score)

Reads every byte above 127 with its two neighbours, counts the distinct triples once, and scores each page over them: how
common the character is in Spanish and Portuguese, and whether it may stand between these neighbours ("é" in a word, "É" not
after a small letter, "¿" not inside a word, "º" not between small letters). Frequencies are
orders of magnitude set by hand, some of them mended on the files of benchmarks/encodings.py; the rules are the two orthographies'.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

PAGES = ("cp1252", "iso8859-15", "mac-roman", "cp850", "cp437")  # at equal scores the first, which is the most common one
_HANDICAP = {"cp1252": 0.0, "iso8859-15": 3.5, "mac-roman": 3.0, "cp850": 3.0, "cp437": 4.0}  # so that one byte convinces nobody
_DECLARED = 6.0  # what a declaration is worth: two or three letters
_CROWDED = 5.0  # what a high byte between two others takes from the mean: Cyrillic and Chinese pages are made of such bytes
_SAMPLE = 1 << 18  # high bytes that are looked at, from the beginning
_SPACE, _DIGIT, _SMALL, _LARGE, _POINT, _OPEN, _CLOSE, _ORDINAL, _DASH, _APOSTROPHE, _SYMBOL = range(11)
_CLASSES = 11
# log10 of a character's share in the non-ASCII characters of Spanish and Portuguese, as an order of magnitude
_SHARES = {
    **dict.fromkeys("áéíóúñãç", -1.0),
    **dict.fromkeys("êâôõàü", -1.7),
    **dict.fromkeys("ÁÉÍÓÚÑÇÃÕÜÂÊÔÀ", -2.3),
    "\xa0": -1.0,  # as common as "á" in text that was a page; cp850's "á" is the same byte, and cp1252 wins the tie
    **dict.fromkeys("¿¡«»“”‘’–—ºª°…·", -2.0),
    **dict.fromkeys("ëäïö", -2.0),  # vowels of Indigenous orthographies
    **dict.fromkeys("èìòùîûÈÌÒÙÄËÏÖ§´€•²³½¼¨", -3.0),
}
_RARE_LETTER, _RARE_SYMBOL, _BOX, _CONTROL = -4.0, -5.0, -6.0, -9.0


@dataclass(frozen=True)
class Evidence:
    """The distinct triples of bytes around the high ones, and how often each stands."""

    before: NDArray[np.uint8]
    here: NDArray[np.uint8]
    after: NDArray[np.uint8]
    counts: NDArray[np.int64]

    def choose(self, declared: str = "") -> tuple[str, float]:
        """The best page and its mean score; 0 where there is nothing to score."""
        total = int(self.counts.sum())
        if total == 0:
            return declared if declared in PAGES else PAGES[0], 0.0
        sums = {page: self.score(page) for page in PAGES}
        merits = {page: sums[page] - _HANDICAP[page] + _DECLARED * (page == declared) for page in PAGES}
        best = max(PAGES, key=lambda page: merits[page])
        crowded = int(self.counts[(self.before >= 128) & (self.after >= 128)].sum())
        return best, (sums[best] - _CROWDED * crowded) / total

    def score(self, page: str) -> float:
        """The sum over all high bytes, were they in this page."""
        classes, shares = _read_page(page)
        here = classes[self.here]
        fit = _rules()[classes[self.before], here, classes[self.after]]
        return float(((shares[self.here] + fit) * self.counts).sum())


def gather(data: bytes) -> Evidence:
    """The evidence of some bytes; the neighbours of the first and last byte are spaces."""
    padded = np.frombuffer(b" " + data + b" ", dtype=np.uint8)
    places = np.flatnonzero(padded >= 128)[:_SAMPLE]
    triples = padded[places - 1].astype(np.uint32) << 16 | padded[places].astype(np.uint32) << 8 | padded[places + 1]
    found, counts = np.unique(triples, return_counts=True)
    return Evidence((found >> 16).astype(np.uint8), (found >> 8 & 255).astype(np.uint8), (found & 255).astype(np.uint8), counts)


def decode_page(data: bytes, page: str) -> str:
    """Text in a page; bytes that it leaves undefined become the C1 controls of Latin-1, as in browsers."""
    try:
        return data.decode(page)
    except UnicodeDecodeError:
        return data.decode("latin-1").translate({byte: letter for byte, letter in enumerate(_letters(page)) if byte >= 128})


@cache
def _letters(page: str) -> str:
    return "".join(bytes([byte]).decode(page, "replace").replace("\ufffd", chr(byte)) for byte in range(256))


@cache
def _read_page(page: str) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Of each byte its character's class and the logarithm of its share."""
    letters = _letters(page)
    classes = np.array([_classify(letter) for letter in letters], dtype=np.intp)
    return classes, np.array([_share(letter) for letter in letters])


def _classify(letter: str) -> int:
    named = {**dict.fromkeys("¿¡«“‘(['\"{", _OPEN), **dict.fromkeys("»”)]}…", _CLOSE), **dict.fromkeys("ºª°²³", _ORDINAL)}
    named |= {**dict.fromkeys("–—-·", _DASH), **dict.fromkeys("’´", _APOSTROPHE), **dict.fromkeys(".,;:!?", _POINT)}
    if letter in named:
        return named[letter]
    if letter.isspace() or letter == "\xa0":
        return _SPACE
    if letter.isalpha():
        return _LARGE if letter.isupper() else _SMALL
    return _DIGIT if letter.isdigit() else _SYMBOL


def _share(letter: str) -> float:
    if letter in _SHARES:
        return _SHARES[letter]
    if unicodedata.category(letter) == "Cc":
        return _CONTROL
    if "\u2500" <= letter <= "\u25ff":
        return _BOX
    return _RARE_LETTER if "\xc0" <= letter <= "\u017f" and letter.isalpha() else _RARE_SYMBOL


@cache
def _rules() -> NDArray[np.float64]:
    """What a character of a class loses by standing between two others."""
    fit = np.zeros((_CLASSES, _CLASSES, _CLASSES))
    words = [_SMALL, _LARGE]
    everything = list(range(_CLASSES))
    outside = [each for each in everything if each not in words]
    fit[np.ix_(outside, [_SMALL], outside)] -= 1.0  # a word of one letter: é, à, ó
    fit[_LARGE, _SMALL, _LARGE] -= 4.0
    fit[_DIGIT, _SMALL, _DIGIT] -= 3.0
    fit[_SMALL, _LARGE, :] -= 4.0
    fit[_SYMBOL, _SMALL, _SYMBOL] -= 3.0
    fit[np.ix_(words, [_OPEN], everything)] -= 4.0
    fit[np.ix_(everything, [_CLOSE], words)] -= 4.0
    fit[_SPACE, _CLOSE, :] -= 1.0
    fit[:, _OPEN, _SPACE] -= 1.0
    fit[np.ix_(words, [_DASH], words)] -= 3.0
    fit[_SMALL, _ORDINAL, :] -= 0.5  # "n°" is right, but most stand after digits and "N"
    fit[_SMALL, _ORDINAL, _SMALL] -= 4.0
    fit[np.ix_(words, [_SYMBOL], words)] -= 4.0
    fit[np.ix_(words, [_SPACE], [_SPACE, _POINT])] -= 0.5  # where cp850's "á" ends a word
    fit[np.ix_([_SPACE], [_ORDINAL], words)] -= 2.0
    fit[np.ix_([_SPACE], [_APOSTROPHE], words)] -= 1.0
    return fit
