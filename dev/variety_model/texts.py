"""The texts that the variety model is trained and measured on: small readers of our own over the raw files.

    python texts.py CORPUS starter OUT.parquet

Reads CORPUS/manifest.jsonl and the files of the sources in sources.toml, and writes one row a document: source, group (twins of
one source, as the TXT and the XML of the same laws), country, domain, use ("train" or "measure"), place and text. It does not use
the product's readers, so that a change there moves no figure here.
"""

from __future__ import annotations

import csv
import gettext
import hashlib
import html
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PIECE = 6000  # characters of one piece of a long document
PIECES = {"literature": 6}  # pieces of a novel, spread over it; one, from its middle, of anything else
MOST = 300  # documents of one source and country, the first by hash
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.S)
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_#>`|]+")
_TAG = re.compile(r"<[^>]+>")


def read_markdown(path: Path) -> Iterator[str]:
    text = _FRONT.sub("", path.read_text("utf-8", errors="replace"))
    yield _MARKUP.sub(lambda found: found[1] or " ", text)


def read_plain(path: Path) -> Iterator[str]:
    yield path.read_text("utf-8", errors="replace")


def read_book(path: Path) -> Iterator[str]:
    """A volume of 2 to 3 MB: parts of 40,000 characters stand for its decisions."""
    text = path.read_text("utf-8", errors="replace")
    text = re.sub(r"(\w)-\s*\n\s*(\w)", r"\1\2", text)
    yield from (text[at : at + 40_000] for at in range(40_000, len(text) - 40_000, 40_000))


def read_speeches(path: Path) -> Iterator[str]:
    """A long file: parts of PIECE characters are its documents."""
    text = path.read_text("utf-8", errors="replace")
    yield from (text[at : at + PIECE] for at in range(0, len(text), PIECE))


def read_xml(path: Path) -> Iterator[str]:
    from lxml import etree

    root = etree.parse(str(path), etree.XMLParser(resolve_entities=False, load_dtd=False, recover=True)).getroot()
    for part in root.iter("{*}teiHeader", "{*}meta"):
        part.clear(keep_tail=True)
    yield " ".join(piece.strip() for piece in root.itertext() if piece.strip())


def read_page(path: Path) -> Iterator[str]:
    """Paragraphs of a page: what stands in <p> and holds a sentence."""
    from lxml import html as pages

    root = pages.fromstring(path.read_bytes())
    paragraphs = (" ".join(part.text_content().split()) for part in root.iter("p"))
    yield "\n".join(text for text in paragraphs if len(text) > 60)


def read_sheet(path: Path) -> Iterator[str]:
    from openpyxl import load_workbook

    for row in load_workbook(path, read_only=True).active.iter_rows(min_row=2, values_only=True):
        yield max((str(cell) for cell in row if cell), key=len, default="")


def read_json(path: Path) -> Iterator[str]:
    """Strings of a sentence or more, forty to a document: tweets, curriculum items."""
    strings: list[str] = []

    def visit(value: object) -> None:
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            visit(each)
        if isinstance(value, str) and len(value) > 60:
            strings.append(value)

    visit(json.loads(path.read_text("utf-8")))
    yield from ("\n".join(strings[at : at + 40]) for at in range(0, len(strings), 40))


def read_markup_strings(path: Path) -> Iterator[str]:
    """Quoted strings of a .js or .sql file without tags, forty to a document."""
    found = re.findall(r"""(?:"((?:[^"\\]|\\.){60,})"|'((?:[^'\\]|\\.|''){60,})')""", path.read_text("utf-8", errors="replace"))
    strings = [_TAG.sub(" ", html.unescape(re.sub(r"\\[ntr]", " ", one or two))) for one, two in found]
    yield from ("\n".join(strings[at : at + 40]) for at in range(0, len(strings), 40))


def read_lines(path: Path) -> Iterator[str]:
    lines = path.read_text("utf-8", errors="replace").splitlines()
    yield from ("\n".join(lines[at : at + 40]) for at in range(0, len(lines), 40))


def read_conversation(path: Path) -> Iterator[str]:
    """The Spanish side (`C:`) of a Latin-1 transcript."""
    lines = re.findall(r"^C:(.*(?:\n(?!\w+:|n\w+_|;|\s*$).+)*)", path.read_text("latin-1"), re.M)
    yield _TAG.sub(" ", "\n".join(" ".join(line.split()) for line in lines))


def read_first_column(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row[0] for row in csv.reader(stream) if row]
    yield from ("\n".join(rows[at : at + 40]) for at in range(0, len(rows), 40))


def read_fortunes(path: Path) -> Iterator[str]:
    sayings = path.read_text("utf-8", errors="replace").split("\n%\n")
    yield from ("\n".join(sayings[at : at + 40]) for at in range(0, len(sayings), 40))


READERS = {
    "markdown": read_markdown, "plain": read_plain, "book": read_book, "xml": read_xml, "page": read_page, "sheet": read_sheet,
    "json": read_json, "strings": read_markup_strings, "lines": read_lines, "conversation": read_conversation,
    "column": read_first_column, "fortunes": read_fortunes, "speeches": read_speeches,
}  # fmt: skip


def read_catalogues(folder: Path) -> Iterator[dict[str, str]]:
    """Messages of the programs of a Debian system in the Portuguese of Portugal and of Brazil: the same sentences in both.

    A program's two catalogues count where both are there; four groups of programs are held out in turn.
    """
    for path in sorted(folder.glob("pt/LC_MESSAGES/*.mo")):
        twin = folder / "pt_BR" / "LC_MESSAGES" / path.name
        if not twin.exists():
            continue
        read = []
        for each in (path, twin):
            with each.open("rb") as stream:
                messages: dict[Any, str] = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
            read.append({key: text for key, text in messages.items() if len(text) > 30 and key})
        shared = sorted(read[0].keys() & read[1].keys(), key=str)
        group = "software" + str(hashlib.sha256(path.name.encode()).digest()[0] % 4)
        for country, messages in zip(("PT", "BR"), read, strict=True):
            for at in range(0, len(shared), 40):
                text = "\n".join(messages[key] for key in shared[at : at + 40])
                if len(text) >= 300:
                    yield {
                        "source": group, "group": group, "country": country, "domain": "software", "use": "train",
                        "place": f"{path.name}#{at}-{country}", "text": text,
                    }  # fmt: skip


def read_starter(folder: Path) -> Iterator[dict[str, str]]:
    """The starter corpus: its plain text, Markdown, pages and JSONL."""
    for path in sorted(folder.glob("??/*")):
        if path.suffix == ".jsonl":
            texts = ["\n".join(json.loads(line)["text"] for line in path.read_text("utf-8").splitlines())]
        elif path.suffix in (".txt", ".md"):
            texts = list(read_markdown(path))
        elif path.suffix == ".html":
            texts = list(read_page(path))
        else:
            continue
        country = path.parent.name.upper()
        for text in texts:
            yield {
                "source": "starter",
                "group": "starter",
                "country": country,
                "domain": "essay",
                "use": "measure",
                "place": str(path.name),
                "text": text,
            }


def cut_pieces(text: str, count: int) -> list[str]:
    """At most `count` pieces of PIECE characters, evenly spread."""
    if len(text) <= PIECE:
        return [text]
    if count == 1:
        middle = (len(text) - PIECE) // 2
        return [text[middle : middle + PIECE]]
    count = min(count, len(text) // PIECE)
    return [text[at * len(text) // count :][:PIECE] for at in range(count)]


def read_corpus(corpus: Path) -> Iterator[dict[str, str]]:
    sources = tomllib.loads(Path(__file__).with_name("sources.toml").read_text("utf-8"))["source"]
    files: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for line in (corpus / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        source = sources.get(row["source"])
        if (
            source
            and row["language"] in ("es", "pt-BR", "arn+es", "mix+es", "nah+es", "oto+es")
            and row["file"].endswith(source.get("suffix", ""))
        ):
            country = {"PE,BO": "PE"}.get(row["country"], row["country"])
            if len(country) == 2:
                files[row["source"], country].append(row)
    for (name, country), rows in sorted(files.items()):
        source = sources[name]
        rows.sort(key=lambda row: hashlib.sha256(row["file"].encode()).digest())
        found = 0
        for row in rows:
            for number, text in enumerate(READERS[source["reader"]](corpus / row["file"])):
                if len(text) < 300 or found >= MOST:
                    continue
                found += 1
                pieces = cut_pieces(text, PIECES.get(source["domain"], 1))
                for part, piece in enumerate(pieces):
                    yield {
                        "source": name, "group": source.get("group", name), "country": country, "domain": source["domain"],
                        "use": source["use"], "place": f"{row['file']}#{number}.{part}", "text": piece,
                    }  # fmt: skip


def main() -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    corpus, starter, out = (Path(each) for each in sys.argv[1:])
    rows = [*read_corpus(corpus), *read_starter(starter), *read_catalogues(Path("/usr/share/locale"))]
    parquet.write_table(pa.Table.from_pylist(rows), out, compression="zstd")


if __name__ == "__main__":
    main()
