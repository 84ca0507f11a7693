"""Which orthography is recognised in text whose orthography is known: a confusion table, and conversions beside elotl's.

    python benchmarks/orthography.py CORPUS

CORPUS holds the developers' corpus. Known are: Mapudungun of the AVENUE transcripts (close to the Alfabeto Unificado: column NICE
of Wikipedia's table) and of the Universal Declaration (Raguileo: it writes v and x); Quechua of Peru's Ministry of Education (three
vowels, by its own resolution); Guaraní of AmericasNLP (achegety); Nahuatl by document, where elotl's corpus calls the variant
Classical, or where the title or the letters say it. Text is cut into pieces of 30 lines (Nahuatl: 10). Prints JSON: known ->
recognised -> pieces; MB/s; and the share of running words of Nahuatl that end as elotl's Normalizer("inali") ends them.
"""

import argparse
import csv
import json
import logging
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

from ayni.corpus.readers.html import READER
from ayni.text.orthography import recognise, spell_alike

SEP = ("Una tortillita nomás - Se taxkaltsin saj", "Lo que relatan de antes (cuentos tének y nahuas de la huasteca)")
AMERICANIST = "El nahuatl de Tetzcoco en la actualidad"


def read_lines(path, encoding="utf-8"):
    return path.read_text(encoding).splitlines()


def list_known(corpus):
    """(language, known orthography, lines, lines a piece)."""
    for path in sorted(corpus.glob("ind_mapudungun_clean_utf8/*")):
        yield "arn", "unificado", [line.partition(":")[2] for line in read_lines(path) if not line.startswith(";")], 30
    for path in sorted(corpus.glob("ind_mapudungun_latin1/*")):
        yield "arn", "unificado", [line[2:] for line in read_lines(path, "latin-1") if line.startswith("M:")], 30
    for name, tag, known in (("arn", "arn", "raguileo"), ("gug", "gn", "achegety"), ("nhn", "nah", "sep")):
        (piece,) = READER.read(corpus / f"udhr_html/{name}.html", {})
        yield tag, known, piece.text.splitlines(), 30
    yield "qu", "trivocalic", read_lines(corpus / "ind_americasnlp/quechua-spanish/parallel_data/es-quy/minedu.quy-es.quy"), 30
    yield "gn", "achegety", read_lines(corpus / "ind_americasnlp/guarani-spanish/train.gn"), 30
    for (variant, title), lines in read_nahuatl(corpus).items():
        known = "classical" if variant == "Classical Nahuatl" else "sep" if title in SEP else "americanist" if title == AMERICANIST else ""
        if known:
            yield "nah", known, lines, 10


def read_nahuatl(corpus):
    """(variant, title) -> lines of elotl's corpus axolotl."""
    found = defaultdict(list)
    with (corpus / "ind_elotl_csv/axolotl.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            found[row[2], row[3]].append(row[1])
    return found


def compare_words(corpus):
    """Share of running words that ayni and elotl write alike, by known orthography."""
    from elotl.nahuatl.orthography import Normalizer

    normalizer = Normalizer("inali")
    words = defaultdict(Counter)
    for tag, known, lines, _ in list_known(corpus):
        if tag == "nah" and known != "americanist":
            words[known].update(re.findall(r"[^\W\d_]+", " ".join(lines).casefold()))
    found = {}
    for known, counts in words.items():
        often = counts.most_common(2000)
        same = sum(count for word, count in often if spell_alike(word, "nah", known) == normalizer.normalize(word, overrides={}))
        found[known] = round(same / sum(count for _, count in often), 3)
    return found


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("corpus", type=Path)
    corpus = asked.parse_args().corpus
    logging.disable(logging.CRITICAL)
    table, size, seconds = defaultdict(Counter), 0, 0.0
    for tag, known, lines, many in list_known(corpus):
        for begin in range(0, len(lines), many):
            piece = "\n".join(lines[begin : begin + many])
            began = time.process_time()
            table[f"{tag} {known}"][recognise(piece, tag)[0] or "abstains"] += 1
            seconds, size = seconds + time.process_time() - began, size + len(piece.encode())
    answer = {"recognised": table, "MB/s, piece by piece": round(size / 1e6 / seconds, 1), "words as elotl": compare_words(corpus)}
    print(json.dumps(answer, indent=1, ensure_ascii=False))
