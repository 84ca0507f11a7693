"""Accented letters right, by encoding: ayni's `decode` beside charset-normalizer and chardet on the same bytes, one core.

    python -m pip install chardet charset-normalizer
    taskset -c 0 python benchmarks/encodings.py FOLDER [--files 400] [--twins LATIN1_FOLDER UTF8_FOLDER]

Takes UTF-8 files of FOLDER (at most `--files`, evenly spread over its sources; their first 200,000 characters), writes each in
every encoding that can hold it whole (else without the characters that it lacks), reads the bytes back without a declaration, and
prints JSON: by encoding and tool the share of characters beyond ASCII that come back in their places, the share of files that come
back whole, and MB/s. "mixed" is UTF-8 with every tenth line in CP1252. `--short` cuts the texts to that many characters.
`--twins`: files of the same stem in two folders, the words of the first looked up in the second.
"""

import argparse
import json
import re
import time
from pathlib import Path

import chardet
from charset_normalizer import from_bytes

from ayni.core.errors import Unreadable
from ayni.text.encoding import decode

ENCODINGS = ("cp1252", "iso8859-1", "iso8859-15", "cp850", "cp437", "mac-roman", "utf-16-le", "utf-16-be", "mixed")
TEXT = 200_000
_NOT_TEXT = re.compile("[\0\ufeff\x80-\x9f]")  # C1 controls are cp1252 that somebody read as Latin-1; back in Latin-1 they are cp1252


def read_ayni(data):
    try:
        return decode(data)[0]
    except Unreadable:
        return ""


def read_charset_normalizer(data):
    best = from_bytes(data).best()
    return "" if best is None else data.decode(best.encoding, "replace")


def read_chardet(data):
    found = chardet.detect(data)["encoding"]
    try:
        return data.decode(found or "ascii", "replace")
    except LookupError:
        return ""


TOOLS = {"ayni": read_ayni, "charset-normalizer": read_charset_normalizer, "chardet": read_chardet}


def list_texts(folder, count, short):
    """UTF-8 texts with letters beyond ASCII, as many from each source as there are."""
    sources = [sorted(path for path in each.rglob("*") if path.is_file()) for each in sorted(folder.iterdir()) if each.is_dir()]
    texts = []
    for files in sources:
        share = max(1, count // len(sources))
        for path in files[:: max(1, len(files) // share)][:share]:
            try:
                text = path.read_bytes()[: 4 * TEXT].decode("utf-8", "ignore" if path.stat().st_size > 4 * TEXT else "strict")[:TEXT]
            except UnicodeDecodeError:
                continue
            if short:
                text = text[len(text) // 2 :][:short]
            if not text.isascii() and not _NOT_TEXT.search(text):
                texts.append(text)
    return texts


def encode(text, encoding):
    """The bytes, and the text that they hold."""
    if encoding != "mixed":
        data = text.encode(encoding, "ignore")
        return data, data.decode(encoding)
    lines = text.encode("cp1252", "ignore").decode("cp1252").split("\n")
    return b"\n".join(line.encode("cp1252" if place % 10 == 5 else "utf-8") for place, line in enumerate(lines)), "\n".join(lines)


def count_right(read, text):
    """Characters beyond ASCII of the text that stand in the same place after reading, and how many there are."""
    right = sum(a == b for a, b in zip(read, text, strict=False) if b > "\x7f") if len(read) == len(text) else 0
    return right, sum(letter > "\x7f" for letter in text)


def measure(texts):
    table = {}
    for encoding in ENCODINGS:
        pairs = [(data, text) for data, text in (encode(text, encoding) for text in texts) if not text.isascii()]
        for tool, read in TOOLS.items():
            begin = time.process_time()
            answers = [read(data) for data, _ in pairs]
            seconds = time.process_time() - begin
            counts = [count_right(answer, text) for answer, (_, text) in zip(answers, pairs, strict=True)]
            table.setdefault(encoding, {"files": len(pairs)})[tool] = {
                "letters_right": round(sum(right for right, _ in counts) / sum(total for _, total in counts), 5),
                "files_right": round(sum(a == text for a, (_, text) in zip(answers, pairs, strict=True)) / len(pairs), 4),
                "MB_s": round(sum(len(data) for data, _ in pairs) / 1e6 / seconds, 1),
            }
    return table


def measure_twins(legacy, modern):
    """Of the words with letters beyond ASCII in each legacy file, the share that its twin has too (not all: it is an extract)."""
    word = re.compile(r"[^\W\d_]+")
    twins = {path.stem: set(word.findall(path.read_text("utf-8"))) for path in modern.rglob("*") if path.is_file()}
    table = {}
    for tool, read in {**TOOLS, "as stated (iso8859-1)": lambda data: data.decode("iso8859-1")}.items():
        found = total = 0
        for path in sorted(path for path in legacy.rglob("*") if path.stem in twins):
            words = [each for each in word.findall(read(path.read_bytes())) if not each.isascii()]
            found += sum(each in twins[path.stem] for each in words)
            total += len(words)
        table[tool] = {"words_beyond_ascii": total, "in_the_twin": round(found / max(1, total), 5)}
    return table


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--short", type=int, default=0)
    parser.add_argument("--twins", type=Path, nargs=2)
    options = parser.parse_args()
    answer = {"encodings": measure(list_texts(options.folder, options.files, options.short))}
    if options.twins:
        answer["twins"] = measure_twins(*options.twins)
    print(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
