"""Make the labelled test set of personal data from frames: dev/personal_data/{frames,negatives}/*.txt.

    python dev/personal_data/make.py            # writes tests/text/personal_data/{dev,test,test2}.jsonl

A frame is one line under a header '[COUNTRY language register]'; COUNTRY is one code, several with commas, or '*'
(the nineteen Spanish-speaking ones). '{type}' or '{type:shape}' puts in a labelled span, '{doc}' the country's usual
document with its usual words before it (only the number is labelled), '{~slot}' something that is not personal data.
'\\n' is a new line. Every frame draws from its own text, so that a new frame changes no other line.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

import noise
import people
from identifiers import draw

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "tests" / "text" / "personal_data"
SEED = 20261127
SPLITS = ("dev", "test", "test2")
SPANISH = ["AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "PY", "SV", "UY", "VE"]
FILLS = {"frames": 5, "negatives": 4}
INTERNATIONAL = {"name", "birth_date", "email", "card", "ip"}
SLOT = re.compile(r"\{(~?)([a-zA-Z_]+)(?::([^}]+))?\}")
DOCUMENTS = {  # usual words before a person's usual document
    "AR": ["DNI {dni}", "D.N.I. N° {dni}", "DNI Nº {dni}", "CUIL {cuit}"],
    "BO": ["C.I. {cedula}", "cédula de identidad N° {cedula}", "C.I. Nº {cedula}"],
    "BR": ["CPF {cpf}", "CPF nº {cpf}", "inscrito(a) no CPF sob o nº {cpf}", "RG nº {rg}", "C.P.F.: {cpf}"],
    "CL": ["RUT {rut}", "RUN {rut}", "cédula de identidad N° {rut}", "R.U.T. N° {rut}", "C.I. {rut}"],
    "CO": ["C.C. {cedula}", "cédula de ciudadanía N.º {cedula}", "CC No. {cedula}", "c.c. {cedula}"],
    "CR": ["cédula {cedula}", "cédula de identidad número {cedula}", "céd. {cedula}"],
    "CU": ["carné de identidad {cedula}", "CI {cedula}", "carné de identidad No. {cedula}"],
    "DO": ["cédula {cedula}", "cédula de identidad y electoral núm. {cedula}", "céd. {cedula}"],
    "EC": ["C.I. {cedula}", "cédula de ciudadanía No. {cedula}", "cédula {cedula}", "CC. {cedula}"],
    "GT": ["DPI {cui}", "CUI {cui}", "Documento Personal de Identificación con CUI {cui}", "DPI No. {cui}"],
    "HN": ["DNI {dni}", "identidad {dni}", "Documento Nacional de Identificación No. {dni}", "tarjeta de identidad No. {dni}"],
    "MX": ["CURP {curp}", "CURP: {curp}", "RFC {rfc}", "clave de elector {ine}"],
    "NI": ["cédula {cedula}", "cédula de identidad No. {cedula}", "cédula de identidad número {cedula}"],
    "PA": ["cédula {cedula}", "cédula de identidad personal N.º {cedula}", "céd. {cedula}"],
    "PE": ["DNI {dni}", "DNI N° {dni}", "D.N.I. {dni}", "identificado(a) con DNI N.º {dni}"],
    "PR": ["seguro social {social_security}", "SSN {social_security}", "número de Seguro Social {social_security}"],
    "PY": ["C.I. N° {cedula}", "cédula de identidad civil N° {cedula}", "C.I.C. N° {cedula}"],
    "SV": ["DUI {dui}", "DUI N° {dui}", "Documento Único de Identidad número {dui}"],
    "UY": ["C.I. {cedula}", "cédula de identidad N.º {cedula}", "cédula {cedula}"],
    "VE": ["C.I. {cedula}", "cédula de identidad N° {cedula}", "cédula {cedula}"],
}


@dataclass(frozen=True)
class Frame:
    """One line of a frames file."""

    text: str
    countries: tuple[str, ...]
    language: str
    register: str


@dataclass
class Row:
    """A sentence under construction."""

    text: str
    spans: list[dict]


def read_frames(path: Path) -> list[Frame]:
    frames: list[Frame] = []
    head: tuple[str, str, str] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            place, language, register = line.strip("[]").split()
            head = place, language, register
        elif line.strip() and not line.startswith("#"):
            if head is None:
                raise ValueError(f"{path}: a frame stands before the first header: {line}")
            places = tuple(SPANISH) if head[0] == "*" else tuple(head[0].split(","))
            frames.append(Frame(line.strip().replace("\\n", "\n"), places, head[1], head[2]))
    return frames


def value(rng: Random, kind: str, shape: str, country: str, language: str, split: str) -> tuple[str, bool | None]:
    lists = people.NAMES[split]
    match kind:
        case "name":
            return people.name(rng, lists, country, shape), None
        case "birth_date":
            return people.birth_date(rng, language, shape), None
        case "email":
            return people.email(rng, lists, country), None
        case "phone":
            return people.phone(rng, country, split), None
        case "address":
            return people.address(rng, country, split, shape), None
    return draw(rng, kind, country)


def fill(frame: Frame, country: str, rng: Random, split: str) -> Row:
    """The sentence that a frame makes for a country: its text and its spans."""
    template = re.sub(r"\{doc\}", lambda _: rng.choice(DOCUMENTS[country]), frame.text)
    row, at = Row("", []), 0
    for slot in SLOT.finditer(template):
        row.text += template[at : slot.start()]
        at = slot.end()
        kind, shape = slot[2], slot[3] or ""
        if slot[1]:
            row.text += noise.fill(rng, kind, shape, country, frame.language)
            continue
        text, valid = value(rng, kind, shape, country, frame.language, split)
        start = len(row.text)
        row.text += text
        owner = None if kind in INTERNATIONAL else country
        row.spans.append({"type": kind, "start": start, "end": len(row.text), "country": owner, "valid": valid})
    row.text += template[at:]
    return row


def rows(split: str) -> list[dict]:
    """All sentences of a split, in an order that mixes countries, the same at every run."""
    out: list[dict] = []
    seen: set[str] = set()
    for folder, count in FILLS.items():
        for frame in read_frames(HERE / folder / f"{split}.txt"):
            times = count if SLOT.search(frame.text) else 1
            start = Random(f"{SEED}:{frame.text}").randrange(len(frame.countries))
            step = 7 if len(frame.countries) > 7 else 1
            for k in range(times):
                country = frame.countries[(start + k * step) % len(frame.countries)]
                row = fill(frame, country, Random(f"{SEED}:{split}:{frame.text}:{k}"), split)
                if row.text not in seen:
                    seen.add(row.text)
                    out.append(
                        {"text": row.text, "language": frame.language, "country": country, "register": frame.register, "spans": row.spans}
                    )
    return sorted(out, key=lambda r: Random(f"{SEED}:{r['text']}").random())


def lines(split: str) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(split))


if __name__ == "__main__":
    for split in SPLITS:
        (OUT / f"{split}.jsonl").write_text(lines(split), encoding="utf-8")
