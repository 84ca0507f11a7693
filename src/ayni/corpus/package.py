"""Installed Python packages as sources: found through their metadata, never imported.

find_folder("elotl")      -> .../site-packages/elotl
state_license("bncc")     -> ("MIT", "metadata of bncc 0.5.1: MIT")
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from ayni.core.errors import InputError
from ayni.corpus.licenses import find_spdx


def _find_package(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise InputError(f"the package '{name}' is not installed", why="a source reads from it", mend=f"pip install {name}") from None


def find_folder(name: str) -> Path:
    """The import package's folder of a distribution, from its list of files."""
    tops = {str(each).split("/")[0] for each in _find_package(name).files or [] if str(each).endswith("/__init__.py")}
    normal = name.lower().replace("-", "_")
    top = next((each for each in sorted(tops) if each.lower() == normal), min(tops, default=normal))
    return Path(str(_find_package(name).locate_file(top)))


@lru_cache(maxsize=64)
def state_license(name: str) -> tuple[str, str]:
    """SPDX licence and evidence from a distribution's metadata; "" where they state none that is known here whole."""
    found = _find_package(name)
    stated = (found.metadata["License-Expression"] or found.metadata["License"] or "").split("\n")[0].strip()
    classifiers = [each.rpartition(" :: ")[2] for each in found.metadata.get_all("Classifier") or [] if each.startswith("License")]
    evidence = f"metadata of {name} {found.version}: {stated or '; '.join(classifiers)}"
    known = [find_spdx(text) for text in (stated, *classifiers) if text]
    return next((spdx for spdx in known if spdx), ""), evidence
