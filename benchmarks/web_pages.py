"""Main text of web pages: words kept and page furniture left, resiliparse (as ayni reads) beside trafilatura, one core.

    python -m pip install trafilatura lxml-html-clean
    taskset -c 0 python benchmarks/web_pages.py FOLDER [--selector "#parent-fieldname-text"] [--step 10]

The gold text is what stands in the element that the selector names, which a site's own template marks as its content; without a
selector the whole body (pages that are nothing but their text). Prints JSON: of the gold's words the share kept, of the words
given out the share that is not gold, pages that lost more than one word in ten, and MB/s.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from ayni.core.errors import Unreadable
from ayni.corpus.readers.html import extract


def read_ayni(page):
    try:
        return extract(page).text
    except Unreadable:
        return ""


def read_trafilatura(page):
    return trafilatura.extract(page, include_comments=False, include_tables=True) or ""


def read_trafilatura_recall(page):
    return trafilatura.extract(page, include_comments=False, include_tables=True, favor_recall=True) or ""


def read_resiliparse(page):
    return extract_plain_text(page, main_content=True)


TOOLS = {
    "ayni": read_ayni,
    "resiliparse": read_resiliparse,
    "trafilatura": read_trafilatura,
    "trafilatura recall": read_trafilatura_recall,
}


def gold_text(page, selector):
    tree = HTMLTree.parse(page)
    node = tree.body.query_selector(selector) if selector else tree.body
    return "" if node is None else extract_plain_text(node.html, main_content=False, list_bullets=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--selector", default="")
    parser.add_argument("--step", type=int, default=1)
    options = parser.parse_args()
    pages = [path.read_text("utf-8") for path in sorted(options.folder.rglob("*.html"))[:: options.step]]
    pairs = [(page, gold) for page, gold in ((page, gold_text(page, options.selector)) for page in pages) if gold.strip()]
    golds = [Counter(gold.split()) for _, gold in pairs]
    table = {}
    for name, read in TOOLS.items():
        begin = time.process_time()
        answers = [Counter(read(page).split()) for page, _ in pairs]
        seconds = time.process_time() - begin
        shares = [(answer & gold).total() / gold.total() for answer, gold in zip(answers, golds, strict=True)]
        given = sum(answer.total() for answer in answers)
        kept = sum((answer & gold).total() for answer, gold in zip(answers, golds, strict=True))
        table[name] = {
            "kept": round(kept / sum(gold.total() for gold in golds), 4),
            "furniture": round((given - kept) / max(1, given), 4),
            "pages_that_lost_a_tenth": sum(share < 0.9 for share in shares),
            "MB_s": round(sum(len(page.encode()) for page, _ in pairs) / 1e6 / seconds, 1),
        }
    print(json.dumps({"pages": len(pairs), "without_gold": len(pages) - len(pairs), **table}, indent=1))


if __name__ == "__main__":
    main()
