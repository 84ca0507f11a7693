"""Language packs: what ayni knows of a language, one TOML file each in assets/languages.

    find_pack("es").stop_words

Adding a language is adding a file; nothing here names one.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from ayni.core.digest import digest_folder
from ayni.core.places import asset


class Pack(BaseModel):
    """One language: tag, names in Spanish, Portuguese and English, scripts, function words."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    tag: str
    iso639_3: str = ""
    names: dict[str, str]
    scripts: tuple[str, ...] = ("Latn",)
    stop_words: frozenset[str] = frozenset()
    stop_words_source: str = ""


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


def list_packs() -> list[dict[str, Any]]:
    """Rows for `ayni list languages`."""
    return [
        {"tag": pack.tag, "iso639_3": pack.iso639_3, "es": pack.names["es"], "en": pack.names["en"], "stop_words": len(pack.stop_words)}
        for pack in load_packs().values()
    ]
