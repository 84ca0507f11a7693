"""The labelled set of personal data: as its generator makes it, each span and check digit as it says."""

import importlib
import json
import re
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SET = Path(__file__).parent / "personal_data"
SPLITS = ("dev", "test", "test2")
KEYS = {"text", "language", "country", "register", "spans"}


@pytest.fixture(scope="module")
def make():
    sys.path.insert(0, str(ROOT / "dev" / "personal_data"))
    try:
        yield importlib.import_module("make")
    finally:
        sys.path.pop(0)
        for name in ("make", "identifiers", "people", "noise"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def rows():
    return {split: [json.loads(line) for line in (SET / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()] for split in SPLITS}


@pytest.mark.parametrize("split", SPLITS)
def test_committed_file_is_what_the_generator_makes(make, split):
    assert make.lines(split) == (SET / f"{split}.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("split", SPLITS)
def test_spans_hold_and_check_digits_are_as_stated(make, rows, split):
    checks = importlib.import_module("identifiers")
    for row in rows[split]:
        assert set(row) == KEYS
        end = 0
        for span in row["spans"]:
            text = row["text"][span["start"] : span["end"]]
            assert end <= span["start"] < span["end"] and text == text.strip(), row
            end = span["end"]
            assert checks.right(span["type"], span["country"] or "", text) == span["valid"], (text, span)
            assert (span["country"] is None) == (span["type"] in make.INTERNATIONAL)


def test_another_implementation_agrees_on_the_check_digits(rows):
    luhn = {("card", None): "luhn", ("nss_mx", "MX"): "luhn"}
    names = "br.cpf br.cnpj ar.cuit ar.cbu cl.rut mx.curp co.nit gt.nit sv.nit pe.ruc py.ruc ec.ruc do.cedula"
    modules = luhn | {(name[3:], name[:2].upper()): name for name in names.split()} | {("cedula", "EC"): "ec.ci"}
    seen = set()
    for row in rows["dev"] + rows["test"]:
        for span in row["spans"]:
            module = modules.get((span["type"], span["country"]))
            if module:
                text = re.sub(r"[\s./-]", "", row["text"][span["start"] : span["end"]])
                assert importlib.import_module(f"stdnum.{module}").is_valid(text) == span["valid"], (text, span)
                seen.add(module)
    assert seen == set(modules.values())


def test_the_set_is_as_wide_as_it_says(make, rows):
    every = rows["dev"] + rows["test"]
    assert len(every) >= 2600 and len({row["text"] for row in every}) == len(every)
    assert min(Counter(row["country"] for row in every).values()) >= 90 and len({row["country"] for row in every}) == 20
    assert sum(not row["spans"] for row in every) / len(every) >= 0.35
    checked = [span["valid"] for row in every for span in row["spans"] if span["valid"] is not None]
    assert 0.05 < checked.count(False) / len(checked) < 0.11


def test_the_splits_share_no_frame_and_no_name(make):
    frames = {s: {f.text for folder in make.FILLS for f in make.read_frames(make.HERE / folder / f"{s}.txt")} for s in SPLITS}
    for one, other in combinations(SPLITS, 2):
        assert not frames[one] & frames[other]
        for kind in make.people.NAMES["dev"]:
            assert not set(make.people.NAMES[one][kind]) & set(make.people.NAMES[other][kind]), (one, other, kind)


@pytest.fixture(scope="module")
def third(make):
    """The third half: written by another hand, made by another script; `make` puts its folder in reach."""
    yield importlib.import_module("third")
    sys.modules.pop("third", None)


def test_the_third_half_is_what_its_script_makes_and_its_check_digits_hold(make, third):
    checks = importlib.import_module("identifiers")
    rows = [json.loads(line) for line in (SET / "test3.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows == third.make()
    assert len(rows) >= 400 and min(Counter(row["country"] for row in rows).values()) >= 18
    assert sum(not row["spans"] for row in rows) / len(rows) >= 0.25
    for row in rows:
        for span in row["spans"]:
            text = row["text"][span["start"] : span["end"]]
            assert set(row) == KEYS and text == text.strip()
            assert checks.right(span["type"], span["country"] or "", text) == span["valid"], (text, span)
