"""Text recovered from PDF: what share of a twin's characters our reader, pdftotext and pypdf find, in order; pages and MB a second.

    python benchmarks/pdf_text.py CORPUS [--peers pdftotext,pypdf] [--json FILE]

CORPUS has mx_leyes_{pdf,txt,xml}, gt_legalize and ar_fundar_{pdf,md}. Needs rapidfuzz, pypdf and poppler-utils.

Measure. Both texts are NFKC words (runs of letters and digits; marks, case and mark-up do not count, and words that a hyphen cuts at a
line's end are joined). The longest common subsequence of whole words (rapidfuzz, exact) anchors the two; between anchors, where words
differ, the longest common subsequence of characters is counted within the gap only. Share = characters of the twin so found / all
of them. SHINGLES, for us only: the share of the twin's five-word shingles that stand anywhere in our text; where it is high and the
share low, the order differs, and one must look which one a person would read.

Furniture of the twin (lines that recur, but for digits, at least as often as half the pages) is left out for everybody: TXT and XML
twins were made from PDF and carry headers. In the XML chapters' names stand apart from their articles and an article's number
stands twice: <num> is left out. Twins may be another version of the law: WORDS is the share of the twin's different words of
five letters that occur in the text by any of the tools; a low one (marked '*') means another text, not bad reading.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

OTHER_TEXT = 0.97  # of the twin's different words in any tool's text; under it the twin is another version


def find_twins(corpus):
    """(PDF, twin) by the name of the law."""
    for pdf in sorted(corpus.glob("*/*.pdf")):
        stem, source = pdf.stem, pdf.parent.name
        if source == "mx_leyes_pdf":
            twins = [corpus / f"mx_leyes_txt/{stem}_extracted.txt", *corpus.glob(f"mx_leyes_xml/mx-fed-{stem}*.xml")]
        elif source == "gt_legalize":
            twins = [pdf.with_name(f"{stem.removesuffix('-official')}.txt")]
        elif source == "ar_fundar_pdf":
            twins = [corpus / f"ar_fundar_md/docs_fundar/md/{stem.lower()}.md"]
        else:
            twins = []
        yield from ((pdf, twin) for twin in twins if twin.exists())


def read_twin(path, pages):
    """The twin's text without mark-up and without what recurs from page to page."""
    text = path.read_text("utf-8", "replace")
    if path.suffix == ".xml":
        from lxml import etree

        body = etree.fromstring(text.encode()).find("{*}act/{*}body")
        for number in [] if body is None else list(body.iter("{*}num")):
            number.clear()
        text = "\n".join(body.itertext() if body is not None else ())
    lines = [line for line in text.split("\n") if line.strip()]
    shapes = Counter(re.sub(r"[\W\d]+", "", line.casefold()) for line in lines)
    kept = [line for line in lines if shapes[re.sub(r"[\W\d]+", "", line.casefold())] < max(2, pages / 2)]
    return "\n".join(line for line in kept if not re.fullmatch(r"\W*\d+ de \d+\W*", line))


def split_words(text):
    """Words of both texts alike."""
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "-"))
    text = re.sub(r"([^\W\d_])-\s*\n\s*([a-záéíóúñü])", r"\1\2", text)
    return re.findall(r"[^\W_]+", text.casefold())


def measure(twin, found):
    """The share of the twin's characters that stand in `found`, in order."""
    from rapidfuzz.distance import LCSseq

    total = sum(map(len, twin))
    if not total or not found:
        return 0.0
    codes = {word: number for number, word in enumerate(dict.fromkeys(twin + found))}
    steps = LCSseq.opcodes([codes[word] for word in twin], [codes[word] for word in found])
    share = at_twin = at_found = 0
    for step in [*(step for step in steps if step.tag == "equal"), None]:
        end_twin, end_found = (step.src_start, step.dest_start) if step else (len(twin), len(found))
        share += LCSseq.similarity("".join(twin[at_twin:end_twin]), "".join(found[at_found:end_found]))
        if step:
            share += sum(map(len, twin[step.src_start : step.src_end]))
            at_twin, at_found = step.src_end, step.dest_end
    return share / total


def share_shingles(twin, found, length=5):
    """The share of the twin's shingles that stand anywhere in `found`."""
    wanted, there = (list(zip(*(words[place:] for place in range(length)), strict=False)) for words in (twin, found))
    known = set(there)
    return sum(each in known for each in wanted) / max(len(wanted), 1)


def count_broken(text):
    """Lines that go on in small letters after one without a full stop: paragraphs that were not rebuilt, per 1000 characters."""
    lines = [line for line in text.split("\n") if line.strip()]
    broken = sum(below.strip()[:1].islower() and not re.search(r"[.:;,]\s*$", above) for above, below in pairwise(lines))
    return 1000 * broken / max(len(text), 1)


def read_ours(path):
    from ayni.corpus.readers.pdf import READER

    return next(iter(READER.read(path, {}))).text


def read_pdftotext(path):
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode("utf-8", "replace")


def read_pypdf(path):
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


READERS = {"ayni": read_ours, "pdftotext": read_pdftotext, "pypdf": read_pypdf}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--peers", default="pdftotext,pypdf")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    import pypdfium2

    names = ["ayni", *filter(None, arguments.peers.split(","))]
    seconds, texts, rows = Counter(), {}, []
    sizes = {}
    print(f"{'PDF':44}{'twin':8}{'words':>7}{'shingles':>9}" + "".join(f"{name:>11}" for name in names), flush=True)
    for pdf, twin_path in find_twins(arguments.corpus):
        if pdf not in sizes:
            sizes[pdf] = (len(pypdfium2.PdfDocument(pdf)), pdf.stat().st_size)
            for name in names:
                began = time.perf_counter()
                try:
                    texts[pdf, name] = READERS[name](pdf)
                except Exception as error:  # noqa: BLE001  a peer may raise anything
                    texts[pdf, name] = ""
                    print(f"  {name} on {pdf.name}: {error}", file=sys.stderr)
                seconds[name] += time.perf_counter() - began
        twin = split_words(read_twin(twin_path, sizes[pdf][0]))
        found = {name: split_words(texts[pdf, name]) for name in names}
        wanted = {word for word in twin if len(word) > 4}
        words = len(wanted & set().union(*found.values())) / max(len(wanted), 1)
        shares = {name: measure(twin, found[name]) for name in names}
        shingles = share_shingles(twin, found["ayni"])
        rows.append({"pdf": f"{pdf.parent.name}/{pdf.name}", "twin": twin_path.suffix, "words": words, "shingles": shingles, **shares})
        star = "*" if words < OTHER_TEXT else ""
        print(
            f"{pdf.stem[:43]:44}{twin_path.suffix + star:8}{words:7.3f}{shingles:9.3f}"
            + "".join(f"{shares[name]:11.4f}" for name in names),
            flush=True,
        )
    for label, chosen in group_rows(rows):
        medians = "".join(f"{statistics.median(row[name] for row in chosen):11.4f}" for name in names)
        print(f"median of {len(chosen):3} {label:54}" + medians)
    pages, size = (sum(each[place] for each in sizes.values()) for place in (0, 1))
    for name in names:
        broken = statistics.mean(count_broken(texts[pdf, name]) for pdf in sizes)
        speed = f"{pages / seconds[name]:8.0f} pages/s {size / seconds[name] / 1e6:7.2f} MB/s"
        print(f"{name:11}{speed} {broken:7.3f} broken lines per 1000 characters")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": rows, "seconds": dict(seconds), "pages": pages, "bytes": size}, indent=1))


def group_rows(rows):
    """Medians that are worth a line, each with the same version and with all."""
    kinds = {
        "Mexican TXT": lambda row: row["pdf"].startswith("mx") and row["twin"] == ".txt",
        "Mexican XML": lambda row: row["twin"] == ".xml",
        "Guatemalan TXT": lambda row: row["pdf"].startswith("gt"),
        "laws, all": lambda row: not row["pdf"].startswith("ar"),
        "reports (Fundar, Markdown)": lambda row: row["pdf"].startswith("ar"),
    }
    for label, belongs in kinds.items():
        chosen = [row for row in rows if belongs(row)]
        same = [row for row in chosen if row["words"] >= OTHER_TEXT]
        if chosen:
            yield label, chosen
        if same and len(same) < len(chosen):
            yield f"{label}, same version", same


if __name__ == "__main__":
    main()
