"""report.html of a release: what the model gained and forgot, and the whole way of the documents into it.

    evidence_page(report, scores, card, "es")      one offline file in Spanish, Portuguese and English

Readable by a minister on the first screen, checkable by a statistician below it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ayni.core.formats.scores import MINIMUM_WORKS
from ayni.core.page.document import Page, render_document
from ayni.core.page.plot import Difference, draw_bars, draw_curve, draw_differences
from ayni.core.page.rows import name_interval, name_row, write_row
from ayni.core.page.texts import LANGUAGES, format_number, name_country, name_language, read_words

Body = dict[str, Any]


def evidence_page(report: Body, scores: Body, card: Body, language: str) -> str:
    """The whole file; `language` is shown first."""
    bodies = [(tag, read_words(tag)["name"], _write(report, scores, card, tag)) for tag in LANGUAGES]
    return render_document(str(card["name"]), bodies, language)


def _write(report: Body, scores: Body, card: Body, language: str) -> str:
    words = read_words(language)
    page = Page(card["name"], language)
    page.heading(words["title"].format(name=card["name"]), 1)
    facts = {"parameters": format_number(card["parameters"], language), "tokens": format_number(card["tokens_trained"], language)}
    page.paragraph(words["lead"].format(**{**card, **facts}), style="lead")
    page.figures(_headline(scores, words, language))
    _write_evidence(page, scores, words, language)
    _write_corpus(page, report, words, language)
    _write_training(page, card, words, language)
    page.heading(words["limits_title"])
    for limit in words["limits"]:
        page.paragraph(limit)
    page.heading(words["check"])
    page.paragraph(words["check_text"])
    page.code("sha256sum -c SHA256SUMS\npython -c \"from transformers import AutoModelForCausalLM as M; print(M.from_pretrained('.'))\"")
    return page.render_body()


def _headline(scores: Body, words: Body, language: str) -> list[tuple[str, str]]:
    pairs = []
    for key, about in (("gain", "gain_figure"), ("forgetting", "forgetting_figure")):
        if not scores[key]:
            continue
        row = scores[key][0]
        share = 100 * row["delta"] / row["base_bpb"]
        verdict = words["better"] if row["high"] < 0 else words["worse"] if row["low"] > 0 else words["same"]
        pairs.append((f"{format_number(share, language, 1, sign=True)} %", f"{words[about]} {verdict} ({name_interval(row, language)})"))
    return pairs


def _write_evidence(page: Page, scores: Body, words: Body, language: str) -> None:
    page.heading(words["evidence"])
    page.paragraph(words["evidence_text"])
    rows = []
    for key in ("gain", "forgetting"):
        for place, row in enumerate(scores[key]):
            heading = words[key] if place == 0 else ""
            interval = (row["low"], row["high"]) if row["works"] >= MINIMUM_WORKS else None
            rows.append(Difference(name_row(row, language), row["delta"], interval, heading))
    page.drawing(draw_differences(rows, words["evidence"], words["better"], words["worse"]), words["plot"])
    columns = [words["text"], words["works"], words["bytes"], words["base"], words["model"], words["change"], words["interval"]]
    table = [write_row(row, language) for key in ("gain", "forgetting") for row in scores[key]]
    page.table(columns, table, caption=words["unit"], numbers=range(1, 7))


def _write_corpus(page: Page, report: Body, words: Body, language: str) -> None:
    read, kept = report["read"], report["kept"]
    page.heading(words["corpus"])
    numbers = {key: format_number(value, language) for key, value in (("read", read["documents"]), ("kept", kept["documents"]))}
    page.paragraph(words["corpus_text"].format(**numbers, quarantined=format_number(read["quarantined"], language)))
    page.drawing(_draw_funnel(report, words, language), words["funnel"])
    page.table(
        [words["rule"], words["documents"], words["bytes"], words["by_language"], words["by_country"]],
        [
            [
                rule["rule"],
                format_number(rule["documents"], language),
                format_number(rule["bytes"], language),
                ", ".join(f"{name_language(tag, language)} {number}" for tag, number in rule["by_language"].items()),
                ", ".join(f"{name_country(code, language)} {number}" for code, number in rule["by_country"].items()),
            ]
            for rule in report["rules"]
        ],
        numbers=(1, 2),
    )
    for key, name in (("by_language", name_language), ("by_country", name_country), ("by_domain", _as_it_is), ("by_source", _as_it_is)):
        _write_breakdown(page, report.get(key, []), key, name, words, language)
    page.heading(words["licenses"], 3)
    rows = [[row["source"], row["license"], row["evidence"], format_number(row["documents"], language)] for row in report["by_license"]]
    page.table([words["source"], words["license"], words["stated"], words["documents"]], rows, numbers=(3,))
    _write_lists(page, report, words, language)


def _as_it_is(value: str, language: str) -> str:
    return value or "—"


def _draw_funnel(report: Body, words: Body, language: str) -> str:
    left = report["read"]["documents"]
    rows = [(words["read"], float(left), float(left))]
    for rule in report["rules"]:
        left -= rule["documents"]
        rows.append((rule["rule"], float(left + rule["documents"]), float(left)))
    return draw_bars(rows, words["funnel"], [format_number(row[2], language) for row in rows])


def _write_breakdown(page: Page, rows: list[Body], key: str, name: Callable[[str, str], str], words: Body, language: str) -> None:
    if not rows:
        return
    field = key.removeprefix("by_")
    page.heading(words[key], 3)
    bars = [(name(row[field], language), float(row["read"]), float(row["kept"])) for row in rows]
    shown = [f"{format_number(row['kept'], language)} / {format_number(row['read'], language)}" for row in rows]
    page.drawing(draw_bars(bars, words[key], shown), words["kept_of_read"])


def _write_lists(page: Page, report: Body, words: Body, language: str) -> None:
    inner = Page("", language)
    rows = [
        [row["source"], row["origin"], row["reason"], "" if row["offset"] is None else str(row["offset"])] for row in report["quarantine"]
    ]
    inner.table([words["source"], words["file"], words["reason"], words["offset"]], rows)
    page.fold(f"{words['quarantine']} ({len(rows)})", inner)
    inner = Page("", language)
    samples = [[row["rule"], row["language"], row["country"], row["text"]] for row in report["samples"]]
    inner.table([words["rule"], words["language"], words["country"], words["text"]], samples)
    page.fold(f"{words['samples']} ({len(samples)})", inner)


def _write_training(page: Page, card: Body, words: Body, language: str) -> None:
    page.heading(words["training"])
    losses = [(float(tokens), float(loss)) for tokens, loss in card["training_loss"]]
    page.drawing(draw_curve(losses, words["loss"], words["tokens"]), words["loss"])
    facts = [
        ("recipe", card["recipe"]),
        ("digest", card["digest"]),
        ("base", f"{card['base']} ({card['base_source']})"),
        ("license", card["license"]),
    ]
    facts += [(name, version) for name, version in card["versions"].items()]
    page.table([words["fact"], words["value"]], [[name, str(value)] for name, value in facts])
