"""Texts for the learned quality scorer: pieces of the sources named in sources.toml, cut at lines, of 20 to 3,000 characters.

pieces = gather(Path("corpus"), "train")        -> [Piece(text, language, country, register, source)]
"""

import json
import random
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent
MOST_FILES, MOST_PIECES = 260, 1600  # of one source and country, so that no source rules
FORBIDDEN = re.compile(r"\b(NC|ND)\b|none stated", re.I)


@dataclass(frozen=True)
class Piece:
    text: str
    language: str
    country: str
    register: str
    source: str


def gather(corpus: Path, part: str) -> list[Piece]:
    wanted = {row["source"]: row for row in tomllib.loads((ROOT / "sources.toml").read_text("utf8"))[part]}
    files = defaultdict(list)
    with (corpus / "manifest.jsonl").open(encoding="utf8") as stream:
        for line in stream:
            entry = json.loads(line)
            if entry["source"] in wanted:
                if part == "train" and FORBIDDEN.search(entry["licence"]):
                    raise SystemExit(f"{entry['source']}: the licence '{entry['licence']}' does not allow training")
                files[entry["source"], entry["country"]].append(entry)
    pieces = []
    for (source, country), entries in sorted(files.items()):
        rng = random.Random(f"{source}{country}")
        chosen = rng.sample(entries, min(len(entries), MOST_FILES))
        found = []
        for entry in chosen:
            for text in read(corpus / entry["file"], wanted[source]["reads"]):
                found += cut(text, rng, poem=wanted[source]["register"] in ("poem", "proverb", "tweet"))
        rng.shuffle(found)
        language = chosen[0]["language"].split("-")[0]
        pieces += [Piece(text, language, country, wanted[source]["register"], source) for text in found[:MOST_PIECES]]
    return pieces


def read(path: Path, form: str) -> list[str]:
    """Running text of a file, its page furniture left out as far as the form says it."""
    data = path.read_bytes()
    if form == "json":
        return [text for text in strings(json.loads(data)) if len(text) > 40]
    try:
        text = data.decode("utf8")
    except UnicodeDecodeError:  # a replacement character inside valid UTF-8 is the source's own
        text = data.decode("cp1252", "replace")
    text = text.replace("\r\n", "\n")
    if form == "fortunes":
        return [each.strip() for each in text.split("\n%\n")]
    if form == "markdown":
        body = text.split("\n---\n", 1)[-1] if text.startswith("---") else text
        return ["\n".join(line for line in body.split("\n") if not re.match(r"\s*[|#>!\[]", line))]
    if form == "xml":
        from lxml import etree

        root = etree.fromstring(data, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
        return [
            "\n\n".join(" ".join("".join(node.itertext()).split()) for node in root.iter("{*}para") if len("".join(node.itertext())) > 80)
        ]
    if form == "html":
        from trafilatura import extract

        return [extract(text) or ""]
    return [text]


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for each in inner for text in strings(each)]


def cut(text: str, rng: random.Random, poem: bool) -> list[str]:
    """Pieces of whole lines or sentences; lengths from a sentence to a page."""
    if poem:
        return [text.strip()] if len(text.strip()) >= 20 else []
    units = [unit for unit in re.split(r"(?<=[.!?…:;])\s+|\n\s*\n", text) if len(unit.strip()) > 3]
    pieces, at = [], 0
    while at < len(units) and len(pieces) < 40:
        goal = int(20 * 150 ** rng.random())
        taken, size = [], 0
        while at < len(units) and size < goal:
            taken.append(units[at].strip())
            size += len(units[at])
            at += 1
        joint = " " if rng.random() < 0.5 else "\n"
        piece = joint.join(taken)[:6000]
        if len(piece) >= 20:
            pieces.append(piece)
    return pieces
