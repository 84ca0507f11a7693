"""Licences as people state them, to SPDX expressions: known whole, or not at all.

    find_spdx("CC BY 4.0 (SAIJ)")                    -> "CC-BY-4.0"        what stands in brackets at the end says whose it is
    find_spdx("MIT repo; official text")             -> ""                 the code's licence is not the text's
    find_spdx("https://creativecommons.org/licenses/by-sa/3.0/")  -> "CC-BY-SA-3.0"

Source of the identifiers: SPDX License List 3.27. The table holds what texts and the packages read here are given under; the
ported Creative Commons licences (by/2.5/ar) have no identifier.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SPDX = {
    "mpl-2.0": "MPL-2.0",
    "mlp-2.0": "MPL-2.0",  # as elotl 0.1.1 spells it
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd license": "BSD-3-Clause",  # the classifier; the packages read here have three clauses
    "apache-2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "mit": "MIT",
    "mit license": "MIT",
    "0bsd": "0BSD",
    "zlib": "Zlib",
    "bsl-1.0": "BSL-1.0",
    "psf-2.0": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "unlicense": "Unlicense",
    "odc-by": "ODC-By-1.0",  # the card's word on the Hugging Face hub; there is one version
    "odc-by-1.0": "ODC-By-1.0",
    "odbl": "ODbL-1.0",
    "odbl-1.0": "ODbL-1.0",
    "pddl": "PDDL-1.0",
    "pddl-1.0": "PDDL-1.0",
    "cc0": "CC0-1.0",
    "cc0 1.0 universal": "CC0-1.0",
    "public domain mark 1.0": "CC-PDM-1.0",
}
_CC_PARTS = {"by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"}
_CC_VERSIONS = {"1.0", "2.0", "2.5", "3.0", "4.0"}
_CC = re.compile(
    r"(?:https?://creativecommons\.org/licenses/(?P<link>[a-z-]+)/(?P<of>\d\.\d)/?(?:deed\.[a-z_-]+|legalcode(?:\.[a-z_-]+)?)?"
    r"|(?:cc|creative commons)[ -](?P<name>by(?:[ -](?:nc|nd|sa))*)[ -]v?(?P<version>\d\.\d)(?: international)?)"
)
_CC_NAMED = re.compile(
    r"creative commons attribution(?P<rest>(?:[ -]+(?:non-?commercial|share-?alike|no-?derivatives))*)"
    r" (?P<version>\d\.\d)(?: international)?"
)
_CC_WORDS = (("noncommercial", "nc"), ("sharealike", "sa"), ("noderivatives", "nd"))
_CC_ZERO = re.compile(r"(?:https?://creativecommons\.org/publicdomain/(?P<kind>zero|mark)/1\.0/?(?:deed\.[a-z_-]+|legalcode)?|cc0[ -]1\.0)")
_REMARK = re.compile(r"\s*\([^()]*\)\s*$")
_LIMITS = re.compile(  # a remark with one of these words does not name the work: it takes something back
    r"(?i)\b(?:and|or|with|without|except|excluding|but|unless|not|only|some|partly|excepto|salvo|sin|solo|sólo|pero|parte|exceto|sem|não|apenas|exclu\w+)\b"
)


@lru_cache(maxsize=4096)
def find_spdx(text: str) -> str:
    """The SPDX expression of a stated licence, '' where any part of it is not known here: "MIT AND X" is not MIT."""
    remark = _REMARK.search(text)
    named = text if remark is None or _LIMITS.search(remark.group()) else text[: remark.start()]
    if whole := _find_one(text.strip()) or _find_one(named.strip()):
        return whole
    parts = [part for part in re.split(r"\s+(?:AND|OR)\s+|[()]", text.strip()) if part.strip()]
    found = [_find_one(part.strip()) for part in parts]
    unique = list(dict.fromkeys(found))
    if not all(found) or " OR " in text or (len(parts) > 1 and " AND " not in text):
        return ""
    return " AND ".join(unique)


def _find_one(text: str) -> str:
    """One licence, by its name, its short form or its address."""
    stated = " ".join(text.lower().split())
    if stated in _SPDX:
        return _SPDX[stated]
    if zero := _CC_ZERO.fullmatch(stated):
        return "CC-PDM-1.0" if zero["kind"] == "mark" else "CC0-1.0"
    if named := _CC_NAMED.fullmatch(stated):
        words = named["rest"].replace("-", "")
        return _name_commons("-".join(["by", *(short for word, short in _CC_WORDS if word in words)]), named["version"])
    if short := _CC.fullmatch(stated):
        return _name_commons(short["link"] or short["name"].replace(" ", "-"), short["of"] or short["version"])
    return ""


def _name_commons(parts: str, version: str) -> str:
    return f"CC-{parts.upper()}-{version}" if parts in _CC_PARTS and version in _CC_VERSIONS else ""
