"""Data sets of the Hugging Face hub: their data files and their card, nothing that would have to be run.

    fetch_dataset("hf:ORG/NAME@REVISION", state, files)      -> Origin(license="cc-by-4.0", ...)

Files of data only (Parquet, JSON lines, CSV, text, packed or not); a data set that exists as a script alone has none. The licence
is what the card's own metadata state, in their words. The hub's address is huggingface_hub's (HF_ENDPOINT), and so is its token.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from ayni.core.digest import list_files
from ayni.core.errors import InputError, MissingExtra
from ayni.core.formats.files import Origin

_DATA = ("*.parquet", "*.jsonl", "*.ndjson", "*.json", "*.csv", "*.tsv", "*.txt", "*.md", "*.xml", "*.gz", "*.zst", "*.xz", "*.zip")
_CARD = "README.md"
_NO_DATA = ("dataset_infos.json", "dataset_dict.json", ".gitattributes")


def fetch_dataset(address: str, state: Path, files: Path, include: Iterable[str] = ()) -> Origin:
    """Fetch a data set's files. Raises InputError where the hub has none of that name, or there are no data in it."""
    try:
        from huggingface_hub import HfApi, snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError
    except ImportError as error:
        raise MissingExtra("huggingface_hub is not installed", why=str(error), mend="pip install 'ayni[corpus]'") from error
    name, _, revision = address.removeprefix("hf:").partition("@")
    wanted = [*(include or _DATA), _CARD]
    try:
        commit = HfApi().dataset_info(name, revision=revision or None).sha or ""
        snapshot = Path(snapshot_download(name, repo_type="dataset", revision=commit, allow_patterns=wanted, cache_dir=state / "hub"))
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise InputError(f"the hub has no data set '{name}'", why=str(error).splitlines()[0], mend="check its name and revision") from error
    except (HfHubHTTPError, OSError) as error:
        raise InputError(
            f"the hub did not give '{name}'", why=str(error).splitlines()[0], mend="run again: what is there is kept"
        ) from error
    return copy_snapshot(snapshot, files, name, commit)


def copy_snapshot(snapshot: Path, files: Path, name: str, commit: str) -> Origin:
    """The data of a downloaded snapshot, and what its card says."""
    for path in list_files(snapshot):
        relative = path.relative_to(snapshot)
        if relative.as_posix() != _CARD and relative.name not in _NO_DATA and not any(part.startswith(".") for part in relative.parts):
            target = files / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    license, language = _read_card(snapshot / _CARD)
    evidence = f"card of the data set {name} at {commit[:12]}: license: {license or 'not stated'}"
    return Origin(f"hf:{name}", license, evidence, {"commit": commit, "language": language})


def _read_card(path: Path) -> tuple[str, str]:
    """Licence and languages, from the YAML between the first two lines of dashes."""
    from huggingface_hub import metadata_load

    try:
        stated = (metadata_load(path) if path.is_file() else None) or {}
    except ValueError:  # YAML that is none
        stated = {}
    return _join(stated.get("license")), _join(stated.get("language"))


def _join(value: object) -> str:
    """One value or several as text: two licences are known together or not at all."""
    return " AND ".join(map(str, value)) if isinstance(value, list) else str(value or "")
