"""The finders of personal data on the labelled halves, and on sentences that once went wrong."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ayni.core.formats.documents import Document, make_table
from ayni.text.personal_data.scorer import find_spans, list_windows
from ayni.text.scorer import get_scorer

SET = Path(__file__).parent / "personal_data"


def tally(split):
    """Hits, wrong and missed by kind, start and end exact."""
    rows = [json.loads(line) for line in (SET / f"{split}.jsonl").read_text("utf-8").splitlines()]
    table = make_table(Document(id=str(n), text=r["text"], language=r["language"], country=r["country"]) for n, r in enumerate(rows))
    counts = Counter()
    for row, found in zip(rows, get_scorer("personal_data").score_table(table, {})["spans"].to_pylist(), strict=True):
        true = {(s["type"], s["start"], s["end"]) for s in row["spans"]}
        ours = {(s["type"], s["start"], s["end"]) for s in found}
        for kind, group in (("hit", true & ours), ("wrong", ours - true), ("missed", true - ours)):
            for span in group:
                counts[span[0] if span[0] in ("name", "address") else "identifier", kind] += 1
    return counts


@pytest.mark.parametrize(
    ("split", "group", "precision", "recall"),
    [
        ("dev", "identifier", 0.995, 0.995),
        ("dev", "name", 0.99, 0.99),
        ("dev", "address", 0.985, 0.985),
        ("test", "identifier", 0.995, 0.99),
        ("test", "name", 0.99, 0.99),
        ("test", "address", 0.985, 0.985),
        ("test2", "identifier", 0.99, 0.96),
        ("test2", "name", 0.95, 0.89),
        ("test2", "address", 0.87, 0.865),
    ],
)
def test_a_half_is_found_as_well_as_measured(split, group, precision, recall):
    counts = tally(split)
    hit, wrong, missed = (counts[group, kind] for kind in ("hit", "wrong", "missed"))
    assert hit / (hit + wrong) >= precision
    assert hit / (hit + missed) >= recall


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("CUIL 27-36175803-5, no es dinero", "AR", [("cuit", "27-36175803-5")]),
        ("EL SEÑOR CARLOS PEREZ ROMERO SE PRESENTO", "MX", [("name", "CARLOS PEREZ ROMERO")]),
        ("ola soy marta, la hija de julio perez", "PE", [("name", "marta"), ("name", "julio perez")]),
        ("doña Chelo y don Lencho llegaron", "MX", [("name", "Chelo"), ("name", "Lencho")]),
        (
            "Comparecen Luis Gómez, María Ruiz y Carlos Peña.",
            "CO",
            [("name", "Luis Gómez"), ("name", "María Ruiz"), ("name", "Carlos Peña")],
        ),
        ("la calle Juan Pérez y el Hospital Rafael Calderón", "CR", []),
        ("VISTO EL EXPEDIENTE N° 1234/2020 DEL MINISTERIO DE SALUD", "AR", []),
        ("mi dirección es jirón puno 345, cercado", "PE", [("address", "jirón puno 345")]),
        ("vivo en Avda. Corrientes 1234 piso 5 dto. B, CABA", "AR", [("address", "Avda. Corrientes 1234 piso 5 dto. B")]),
        ("el servidor corre la versión 6.5.11.9", "CL", []),
    ],
)
def test_what_once_went_wrong(text, country, expected):
    assert [(span.type, text[span.start : span.end]) for span in find_spans(text, country, "es")] == expected


def test_a_law_without_people_has_no_window():
    text = "El artículo 27 de la Constitución, publicado el 05-02-1917, dispone lo siguiente; véase la fracción XV, 12/03/2014. " * 20
    data = memoryview(text.encode())
    assert list(list_windows(np.frombuffer(data, np.uint8), 0, len(data))) == []


def test_an_initial_that_looks_like_a_word_between_names():
    for text in ("Archívese. M. E. de PERON. Ángel", "Firma: Ana Y.", "PEREZ, Y", "Sr. E"):
        find_spans(text, "AR", "es")
    assert [(span.type, span.start) for span in find_spans("La paciente Ana María Quispe E. firma.", "PE", "es")] == [("name", 12)]
