"""Language packs: what ayni knows of a language, one TOML file each in assets/languages.

    find_pack("es").stop_words
    find_pack("gn").apostrophe.find("'’")             a pattern of those marks where they are the letter puso

Adding a language is adding a file; nothing here names one.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from ayni.core.digest import digest_folder, digest_json
from ayni.core.places import asset

_LETTER = "[^\\W\\d_]|[\u0300-\u036f]"


class Apostrophe(BaseModel):
    """The letter of a language that looks like an apostrophe: a glottal stop, a saltillo, the mark of an ejective.

    `letter` is its form for comparison, never for the stored text; `written` the marks that writers use for it, the
    usual one first; `accidents` marks that nobody means, which repair replaces; `after` and `before` the letters that
    it stands between (none: any letter); `initial`, `final`: whether it may begin or end a word.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    letter: str
    written: str
    accidents: str = ""
    after: str = ""
    before: str = ""
    initial: bool = False
    final: bool = False
    source: str

    def find(self, marks: str) -> re.Pattern[str]:
        """A pattern of these marks where they are the letter."""
        mark = f"[{re.escape(marks)}]"
        after, before = (f"[{side}]" if side else _LETTER for side in (self.after, self.before))
        places = [f"(?<={after}){mark}(?={before})"]
        places += [f"(?<!\\w){mark}(?={before})"] * self.initial
        places += [f"(?<={after}){mark}(?!\\w)"] * self.final
        return re.compile("|".join(places), re.IGNORECASE)


class Pack(BaseModel):
    """One language: tag, names in Spanish, Portuguese and English, scripts, function words, apostrophe, formulae.

    `formulae` are words of documents' set phrases ("comuníquese"): a line with one is text, however often it recurs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    tag: str
    iso639_3: str = ""
    names: dict[str, str]
    scripts: tuple[str, ...] = ("Latn",)
    stop_words: frozenset[str] = frozenset()
    stop_words_source: str = ""
    core_words: tuple[str, ...] = ()  # the few most frequent function words, of which Gopher's rule asks for two
    apostrophe: Apostrophe | None = None
    formulae: frozenset[str] = frozenset()
    formulae_source: str = ""


@cache
def load_packs() -> dict[str, Pack]:
    """Tag -> pack."""
    files = sorted(asset("languages").glob("*.toml"))
    packs = [Pack.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in files]
    return {pack.tag: pack for pack in packs}


def find_pack(tag: str) -> Pack | None:
    """The pack of a language, or None: the caller then abstains."""
    return load_packs().get(tag)


@cache
def packs_digest() -> str:
    """Digest of all packs: part of the key of every note that used them."""
    return digest_folder(asset("languages"))


@cache
def marks_digest() -> str:
    """Digest of what repair reads of the packs: part of the key of cleaned documents."""
    marks = {tag: pack.apostrophe.model_dump() if pack.apostrophe else None for tag, pack in load_packs().items()}
    formulae = {tag: sorted(pack.formulae) for tag, pack in load_packs().items()}
    return digest_json([{tag: each for tag, each in table.items() if each} for table in (marks, formulae)])


def list_packs() -> list[dict[str, Any]]:
    """Rows for `ayni list languages`."""
    return [
        {"tag": pack.tag, "iso639_3": pack.iso639_3, "es": pack.names["es"], "en": pack.names["en"], "stop_words": len(pack.stop_words)}
        for pack in load_packs().values()
    ]
