"""Golden content of the cheap stages: it may change only together with the stage's or scorer's version.

The rows are compared, not the parquet bytes, which hang on a library's version. After a wanted change: raise the version,
run `python -m pytest tests/pipeline/test_golden.py`, and take the new digest from the message.
"""

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ayni.pipeline.stage import find_stage
from ayni.text.scorer import get_scorer

GOLDEN = {
    "read": ("corpus.read", 3, "1751dec580e9e0a6"),
    "clean": ("corpus.clean", 3, "0e8844ddd5687780"),
    "notes": ("corpus.annotate", 2, "d7a3dddd5a4b3fd3"),
    "duplicates": ("corpus.deduplicate", 3, "546343682d0a5d8b"),
    "picks": ("corpus.select", 1, "e85801f3b519f030"),
}
SCORERS = {"fingerprint": 1, "language": 2, "orthography": 1, "personal_data": 3, "quality": 2, "rights": 1, "variety": 1}


def rounded(value):
    """Numbers as far as machines agree on them."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


def digest_rows(folder):
    rows = [rounded(row) for path in sorted(Path(folder).rglob("*.parquet")) for row in pq.read_table(path).to_pylist()]
    return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def test_versions_are_those_of_the_golden_table():
    assert {stage: find_stage(stage).version for stage, _, _ in GOLDEN.values()} == {
        stage: version for stage, version, _ in GOLDEN.values()
    }
    assert {name: get_scorer(name).version for name in SCORERS} == SCORERS


@pytest.mark.parametrize("name", GOLDEN)
def test_content(ayni, recipe, store, name):
    assert ayni("run", recipe, "--store", store, "--only", name).code == 0
    folder = ayni("show", name, "--json", "--store", store).json()["path"]
    assert digest_rows(folder) == GOLDEN[name][2], "the content changed: raise the version, then take this digest"
