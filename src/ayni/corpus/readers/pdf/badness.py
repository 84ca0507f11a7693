"""Whether a page's text layer is one: letters, in words, as Spanish, Portuguese and the region's languages write them.

judge_text("Artículo 1. La presente ley")  ->  ""        judge_text("\\ue012\\ue013 ...")  ->  "private-use glyphs"

Fonts without a map to Unicode give private-use and replacement characters; wrong maps give letters without vowels, or signs.
"""

from __future__ import annotations

import re
import unicodedata

LETTERS = 20  # fewer on a page that is not blank: an image with a page number
_FOREIGN = 0.05  # private-use, replacement and control characters among all; at most 0.002 on the sound pages of 81 PDFs from MX, GT, AR
_MARKS = 0.35  # neither letters nor digits; at most 0.17 on those pages
_VOWELS = (0.3, 0.7)  # of Latin letters; 0.39 to 0.49 on those pages, 0.42 to 0.65 in the UDHR in Latin script; a shifted map: 0.14 to 0.26
_LEADERS = re.compile(r"[._·…‥\-–—=*]{2,}")  # dots of tables of contents, rules, blanks to fill in
_ENOUGH = 200  # letters before statistics are believed


def judge_text(text: str) -> str:
    """Why a page's text is no text; empty where it is."""
    body = [letter for letter in _LEADERS.sub("", text) if not letter.isspace()]
    letters = [letter for letter in body if letter.isalpha()]
    if sum(unicodedata.category(letter) in ("Co", "Cc", "Cn") or letter == "\ufffd" for letter in body) > _FOREIGN * max(len(body), 1):
        return "private-use glyphs"
    if len(letters) < LETTERS:
        return "no text"
    if len(body) > _ENOUGH and sum(unicodedata.category(letter)[0] in "SPM" for letter in body) > _MARKS * len(body):
        return "signs instead of letters"
    latin = re.sub(r"[^a-z]", "", unicodedata.normalize("NFD", "".join(letters).casefold()))
    if len(latin) > _ENOUGH and len(latin) > 0.8 * len(letters):
        vowels = sum(latin.count(vowel) for vowel in "aeiouy") / len(latin)
        if not _VOWELS[0] <= vowels <= _VOWELS[1]:
            return "letters that spell no words"
    return ""
