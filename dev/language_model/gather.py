"""Sentences with their language, from the sources of sources.toml: what train.py learns and is measured with.

    sentences = list(gather({"corpus": Path(...), "udhr": Path(...), "debian": Path(...)}))

A sentence knows its source, its label, and the chapter, file or block that it comes from: held-out splits never cut one.
"""

import csv
import gzip
import hashlib
import html
import importlib.util
import json
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MOST = 400  # characters of a sentence; longer ones are cut at a space
BLOCK = 50  # consecutive lines of a parallel text that stay together
LETTER = re.compile(r"[^\W\d_]")

# tags of the declaration that are no tags of ours: varieties of one language, and codes that ISO 639-3 has retired
UDHR = {
    "hat_kreyol": "ht",
    "hat_popular": "ht",
    "gug": "gn",
    "ayr": "ay",
    "spa": "es",
    "042": "es",
    "por_BR": "pt",
    "por_PT": "pt",
    "fra": "fr",
}
UDHR |= {"eng": "en", "deu_1996": "de", "ita": "it", "cat": "ca", "054": "ca", "hsf": "hus", "hva": "hus", "tzc": "tzo", "acu_1": "acu"}
UDHR |= {"055": "jam", "056": "acf", "qud": "qu", "qxa": "quh"}
SOURCES = tomllib.loads((HERE / "sources.toml").read_text("utf8"))
REGION = SOURCES["region"].split()
LECTS = {lect: tag for tag, lects in SOURCES["lects"].items() for lect in lects.split()}  # the language that a lect is answered as


@dataclass(frozen=True)
class Sentence:
    label: str
    source: str
    group: str
    text: str


def order(name: object) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()


def strip_accents(text: str) -> str:
    """As on a keyboard without accents: marks go, the tilde of ñ stays."""
    return unicodedata.normalize("NFC", re.sub(r"(?<![nN])[\u0300-\u036f]", "", unicodedata.normalize("NFD", text)))


def strip_tags(page: str) -> str:
    page = re.sub(r"(?is)<(script|style|head|header|nav|footer|math|m:math)\b.*?</\1>", " ", page)
    page = re.sub(r"(?i)</?(p|div|li|h\d|br|td|tr|dd|dt|title|para|item|caption|pre|table|ul|ol)\b[^>]*>", "\n", page)
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def cut(text: str) -> Iterator[str]:
    """Sentences of a paragraph, none longer than MOST."""
    for piece in re.split(r"(?<=[.!?…;:])\s+", re.sub(r"\s+", " ", text).strip()):
        while len(piece) > MOST:
            at = piece.rfind(" ", 0, MOST)
            at = at if at > 0 else MOST
            yield piece[:at]
            piece = piece[at:].strip()
        if len(LETTER.findall(piece)) >= 4:
            yield piece


FUNCTION_WORDS = {
    "en": "the of and is are to in for with be this that you from as by on it can",
    "es": "el la los las de del que en y por para con un una se su al es lo como",
}
ENGLISH, SPANISH = (frozenset(FUNCTION_WORDS[tag].split()) for tag in ("en", "es"))


def is_strange(text: str, label: str) -> bool:
    """English left in a translation, Spanish beside an Indigenous language, or hardly any letters: tables and commands."""
    if 2 * len(LETTER.findall(text)) < len(text):
        return True
    words = re.findall(r"\w+", text.lower())
    if label not in ("en", "jam") and sum(word in ENGLISH for word in words) >= max(2, 0.2 * len(words)):
        return True
    strangers = label not in ("es", "pt", "ca", "it", "fr", "pap", "und")
    return strangers and sum(word in SPANISH for word in words) >= max(3, 0.25 * len(words))


def decode(path: Path) -> str:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read_text(path: Path) -> Iterator[tuple[str, str]]:
    body = re.sub(r"\A---\n.*?\n---\n", "", decode(path), flags=re.S)
    for number, paragraph in enumerate(re.split(r"\n\s*\n|\n(?=[%#*>-])", body)):
        for text in cut(re.sub(r"-\n(?=[a-záéíóúñ])", "", paragraph)):
            yield f"{path.name}/{number // 20}", text


def read_html(path: Path) -> Iterator[tuple[str, str]]:
    for number, paragraph in enumerate(strip_tags(decode(path)).split("\n")):
        for text in cut(paragraph):
            yield f"{path.name}/{number // 100}", text


def read_json(path: Path) -> Iterator[tuple[str, str]]:
    def strings(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from strings(each)

    for number, value in enumerate(strings(json.loads(decode(path)))):
        if len(value.split()) >= 3:
            yield from ((f"{path.name}/{number // BLOCK}", text) for text in cut(value))


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(decode(path).split("\n")):
        yield from ((f"{path.name}/{number // BLOCK}", text) for text in cut(line))


def read_bible(path: Path) -> Iterator[tuple[str, str]]:
    for chapter, verse in re.findall(r"<seg id=[\"']b\.(\w+\.\d+)\.\d+[\"'][^>]*>(.*?)</seg>", decode(path), flags=re.S):
        yield from ((chapter, text) for text in cut(html.unescape(verse)))


def read_udhr(path: Path) -> Iterator[tuple[str, str]]:
    """Groups are the articles, alike in all languages: what is held out in one is held out in all."""
    for number, part in enumerate(re.split(r"(?i)<(?:article|section)\b", decode(path).split("<body>")[-1])):
        for paragraph in strip_tags(part if number == 0 else "<" + part).split("\n"):
            for text in cut(re.sub(r"^[^>]*data-[^>]*>", "", paragraph)):
                yield f"article {number}", text


def read_docstrings(path: Path) -> Iterator[tuple[str, str]]:
    for doc in re.findall(r'"""(.*?)"""', decode(path), flags=re.S):
        for paragraph in re.split(r"\n\s*\n", doc):
            if not re.search(r">>>|::|---|[=\[\]{}_\\`]|:\s", paragraph):
                yield from ((path.name, text) for text in cut(paragraph))


def read_elotl(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf8") as stream:
        for number, row in enumerate(csv.reader(stream)):
            variety = row[4] if path.stem == "axolotl" and row[4] in ("nci", "nhe", "nhm", "azz", "nhn") else ""
            if row[1] != row[0]:
                yield from ((f"{path.name}/{number // BLOCK}@{variety}", text) for text in cut(row[1]))


def read_edu(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(decode(path).split("\n")[1:]):
        cells = line.split("\t")
        for at in (1, 3):
            if len(cells) > at:
                yield from ((f"{path.name}/{number // BLOCK}", text) for text in cut(cells[at]))


def read_cenia(path: Path) -> Iterator[tuple[str, str]]:
    for number, value in enumerate(re.findall(r'"rap":\s*"(.*?)",?\n', decode(path))):
        yield from ((f"{number // 3}", text) for text in cut(re.sub(r"<[^>]+>", "", value)))


def read_trl(path: Path) -> Iterator[tuple[str, str]]:
    for line in decode(path).split("\n"):
        if not line.startswith(";") and ": " in line:
            spoken = line.split(": ", 1)[1]
            if "<*" not in spoken:  # turns with Spanish words are for the switches
                yield from ((path.name, text) for text in cut(re.sub(r"<[^>]*>|\([^)]*\)", " ", spoken)))


READERS = {"text": read_text, "html": read_html, "json": read_json, "lines": read_lines, "bible": read_bible, "udhr": read_udhr}
READERS |= {
    "docstrings": read_docstrings,
    "elotl": read_elotl,
    "edu": read_edu,
    "cenia": read_cenia,
    "trl": read_trl,
    "handbook": read_html,
}


def find_root(source: dict, roots: dict[str, Path]) -> Path:
    if source["from"] == "package":
        return Path(importlib.util.find_spec("numpy").origin).parents[1]
    return HERE.parents[1] / "src/ayni/assets" if source["from"] == "asset" else roots[source["from"]]


def read_extra(path: Path, labels: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(decode(path).split("\n")):
        cells = line.split("\t")
        label = labels.get(f"{path.parent.name}/{cells[0].strip()}")
        if label and len(cells) == 3:
            yield from ((label, f"{path.parent.name}/{number // BLOCK}", text) for text in cut(cells[2]))


def label_udhr(code: str) -> str:
    if code in UDHR:
        return UDHR[code]
    return code if code in REGION else "und"


def name_label(source: dict, path: Path, root: Path) -> str | None:
    if source["form"] == "udhr":
        return label_udhr(path.stem)
    if "labels" in source:
        keys = [key for key in source["labels"] if path.stem.startswith(key) or path.suffix == f".{key}"]
        return source["labels"][max(keys, key=len)] if keys else None
    return source.get("label")


def list_files(source: dict, root: Path) -> Iterator[tuple[str | None, Path]]:
    for pattern in source["files"]:
        for folder, label in source.get("folders", {"": None}).items():
            found = [
                path for path in root.glob(pattern.replace("{folder}", folder)) if path.is_file() and path.suffix not in (".u8", ".dat")
            ]
            for path in sorted(found, key=lambda path: order(path.relative_to(root))):
                yield label or name_label(source, path, root), path


def read_source(source: dict, roots: dict[str, Path]) -> Iterator[Sentence]:
    root = find_root(source, roots)
    english: set[str] = set()
    for label, path in list_files(source, root):
        if source["form"] == "extra":
            yield from (Sentence(each, source["name"], group, text) for each, group, text in read_extra(path, source["labels"]))
        elif label is not None:
            for group, text in READERS[source["form"]](path):
                if source["form"] == "handbook":
                    group = f"{path.stem}"
                    if label == "en":
                        english.add(text)
                    elif text in english:  # not translated
                        continue
                variety = group.partition("@")[2] if source["form"] == "elotl" else ""
                name = f"udhr/{path.stem}" if label == "und" and source["form"] == "udhr" else source["name"]
                yield Sentence(variety or label, name, group, text)


def gather(roots: dict[str, Path], uses: tuple[str, ...] = ("train", "measure")) -> Iterator[tuple[str, Sentence]]:
    """(use, sentence), each source's bytes capped by label; the garden's by language."""
    for source in SOURCES["source"]:
        if source["use"] not in uses:
            continue
        taken: dict[tuple[str, str], int] = defaultdict(int)
        groups: dict[tuple[str, str], dict[str, list[Sentence]]] = defaultdict(lambda: defaultdict(list))
        for each in read_source(source, roots):
            if is_strange(each.text, each.label):
                continue
            groups[each.label, each.source][each.group].append(each)
        for key, by_group in groups.items():
            cap = source["cap"] if key[0] != "und" or source["form"] == "udhr" else 400_000
            for group in sorted(by_group, key=order):
                if taken[key] < cap:
                    taken[key] += sum(len(each.text.encode()) for each in by_group[group])
                    yield from ((source["use"], each) for each in by_group[group])
