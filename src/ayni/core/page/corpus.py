"""report.html of a corpus: plain sentences first, then every figure with its denominator; one offline file in three languages.

corpus_page(body, "es")      body: report.json of corpus/report.py
"""

from __future__ import annotations

import math
from typing import Any

from ayni.core.page.document import Page, render_document
from ayni.core.page.map import draw_map
from ayni.core.page.plot import wrap_svg, write_text
from ayni.core.page.texts import LANGUAGES, format_number, name_country, name_language, read_words

Body = dict[str, Any]
_ROWS = 40  # of a table; report.json has all
_SECTIONS = ("personal_data", "personal_data_country", "rights", "variety", "quality")


def corpus_page(body: Body, language: str) -> str:
    """The whole file; `language` is shown first."""
    bodies = [(tag, read_words(tag)["name"], _write(body, tag)) for tag in LANGUAGES]
    return render_document(str(read_words(language, "corpus")["title"]), bodies, language)


def _write(body: Body, language: str) -> str:
    words = read_words(language, "corpus")
    page = Page(words["title"], language)
    page.heading(words["title"], 1)
    read, kept = body["read"], body["kept"]
    facts = {"read": read["documents"], "kept": kept["documents"], "quarantined": read["quarantined"]}
    page.paragraph(words["lead"].format(**{key: format_number(value, language) for key, value in facts.items()}), style="lead")
    without = sum(1 for row in body["gap_country"] if not row["bytes"])
    pairs = [(format_number(kept["bytes"] / 1e6, language, 1), words["megabytes"]), (format_number(without, language), words["without"])]
    page.figures(pairs)
    page.heading(words["funnel"])
    columns = [words["step"], words["documents"], words["bytes"], words["left"]]
    page.table(columns, _list_funnel(body, words, language), caption=words["funnel_text"], numbers=[1, 2, 3])
    _write_gap(page, body, words, language)
    for key in ("by_language", "by_domain", "licenses"):
        _write_breakdown(page, body[key], key, words, language)
    _write_withdrawn(page, body["withdrawn"], words, language)
    _write_copies(page, body["measured"]["duplicates"], words, language)
    _write_contamination(page, body, words, language)
    for key in _SECTIONS:
        _write_measured(page, body["measured"][key], key, words, language)
    _write_lists(page, body, words, language)
    return page.render_body()


def _list_funnel(body: Body, words: Body, language: str) -> list[list[str]]:
    left = body["read"]["documents"]
    steps = [(words["read"], body["read"], left)]
    for rule in body["rules"]:
        left -= rule["documents"]
        steps.append((f"− {rule['rule']}", rule, left))
    steps.append((f"= {words['kept']}", body["kept"], left))
    if body["mix"]:
        for key, part in (("out", body["mix"]["out"]), ("heldout", body["heldout"])):
            left -= part["documents"]
            steps.append((f"− {words[key]}", part, left))
        steps.append((f"= {words['training']}", body["mix"]["training"], left))
    return [[name, *(format_number(each, language) for each in (part["documents"], part["bytes"], rest))] for name, part, rest in steps]


def _write_gap(page: Page, body: Body, words: Body, language: str) -> None:
    page.heading(words["gap"])
    page.paragraph(words["gap_text"])
    page.drawing(draw_map({row["country"]: row["bytes_a_person"] for row in body["gap_country"]}, words["map"]), words["map_text"])
    for key, field, name in (("gap_country", "country", name_country), ("gap_language", "language", name_language)):
        rows = body[key]
        page.drawing(_draw_ratios([(name(row[field], language), row["ratio"]) for row in rows], words, language), words[key])
        cells = [
            [
                name(row[field], language),
                *(format_number(row[each], language) for each in ("people", "bytes")),
                *(f"{format_number(100 * row[each], language, 2)} %" for each in ("people_share", "text_share")),
                format_number(row["bytes_a_person"], language, _choose_digits(row["bytes_a_person"])),
                ", ".join(filter(None, [words.get(row.get("kind", ""), ""), row.get("where", {}).get(language, ""), row["source"]])),
            ]
            for row in rows
        ]
        columns = [
            words[field],
            words["people"],
            words["bytes"],
            words["people_share"],
            words["text_share"],
            words["each"],
            words["source"],
        ]
        caption = words[key]
        if len({row[-1] for row in cells}) == 1:  # one source for all rows is said once
            caption, columns = f"{caption}. {words['source']}: {cells[0][-1]}", columns[:-1]
            cells = [row[:-1] for row in cells]
        page.table(columns, cells, caption=caption, numbers=range(1, 6))
    page.paragraph(words["no_figure"], style="note")


def _draw_ratios(rows: list[tuple[str, float | None]], words: Body, language: str) -> str:
    """A dot a row on a scale of tenfolds around 1; an empty dot below 1, a cross at the edge where there is no text."""
    low, high, left, right, step = -5.0, 2.0, 190.0, 640.0, 22.0
    bottom = 30 + step * len(rows)
    parts = []
    for power in range(-5, 3):
        x = left + (power - low) / (high - low) * (right - left)
        style = "zero" if power == 0 else "grid"
        parts.append(f'<line class="{style}" x1="{x:.1f}" x2="{x:.1f}" y1="20" y2="{bottom:.1f}"/>')
        parts.append(write_text(x, 14, format_number(10.0**power, language, max(0, -power)), anchor="middle", style="soft"))
    for at, (name, ratio) in enumerate(rows):
        y = 34 + step * at
        x = left + (min(max(math.log10(ratio) if ratio else low, low), high) - low) / (high - low) * (right - left)
        parts.append(write_text(0, y + 4, name))
        dot = (
            f'<circle class="{"good" if ratio >= 1 else "bad open"}" cx="{x:.1f}" cy="{y:.1f}" r="4.5" stroke-width="2"/>' if ratio else ""
        )
        parts.append(dot or write_text(x, y + 4, "×", anchor="middle"))
        parts.append(
            write_text(
                720, y + 4, format_number(ratio, language, _choose_digits(ratio)) if ratio else words["none"], anchor="end", style="soft"
            )
        )
    return wrap_svg(720, bottom + 6, words["ratio"], parts)


def _choose_digits(value: float) -> int:
    """Decimals that show two digits of a small number, and two at least; none for nothing."""
    return max(2, 1 - math.floor(math.log10(value))) if value > 0 else 0


def _write_breakdown(page: Page, rows: list[Body], key: str, words: Body, language: str) -> None:
    page.heading(words[key])
    field = next(iter(rows[0])) if rows else ""
    shown = sorted(rows, key=lambda row: (-row["bytes"], row[field]))[:_ROWS]
    cells = [
        [
            name_language(row[field], language) if field == "language" else row[field] or words["not_stated"],
            *(format_number(row[each], language) for each in ("read", "kept", "bytes")),
        ]
        for row in shown
    ]
    caption = words["first_rows"].format(shown=len(shown), all=len(rows))
    page.table([words["value"], words["read"], words["kept"], words["bytes"]], cells, caption=caption, numbers=[1, 2, 3])


def _write_withdrawn(page: Page, rows: list[list[Any]] | None, words: Body, language: str) -> None:
    page.heading(words["withdrawn"])
    if not rows:
        page.paragraph(words["nothing_withdrawn"])
        return
    cells = [[source, *(format_number(each, language) for each in rest)] for source, *rest in rows[:_ROWS]]
    page.table([words["source"], words["documents"], words["bytes"]], cells, caption=words["withdrawn_text"], numbers=[1, 2])


def _write_copies(page: Page, found: Body | None, words: Body, language: str) -> None:
    page.heading(words["duplicates"])
    if found is None:
        page.paragraph(words["not_measured"])
        return
    facts = {key: format_number(found[key], language) for key in ("copies", "clusters", "largest")}
    page.paragraph(words["copies_text"].format(**facts))
    rows = [[size, format_number(number, language), format_number(total, language)] for size, number, total in found["by_size"]]
    page.table([words["size"], words["clusters"], words["documents"]], rows, numbers=[1, 2])
    page.table(
        [words["kind"], words["copies"]], [[kind, format_number(number, language)] for kind, number in found["by_kind"]], numbers=[1]
    )


def _write_contamination(page: Page, body: Body, words: Body, language: str) -> None:
    """Both directions: what was taken from the documents, and how much of each benchmark stands in them."""
    page.heading(words["contamination"])
    taken = body["measured"]["contamination"]
    if taken is None:
        page.paragraph(words["not_measured"])
        return
    page.paragraph(words["contamination_text"])
    rows = [[name, *(format_number(each, language) for each in (hit, dropped, hit - dropped))] for name, hit, dropped in taken]
    columns = [words[key] for key in ("benchmark", "holding", "dropped", "staying")]
    page.table(columns, rows, caption=words["taken"], numbers=[1, 2, 3])
    if body["benchmarks"] is None:
        return
    keys = ("items", "clean", "partial", "full", "short", "common_only")
    cells = [
        [each["name"], *(format_number(each[key], language) for key in keys), _write_share(each["ngrams_found"], each["ngrams"], language)]
        for each in body["benchmarks"]
    ]
    columns = [words[key] for key in ("benchmark", *keys, "ngrams_found")]
    page.table(columns, cells, caption=words["held"], numbers=range(1, 8))
    examples = [
        [each["name"], one["item"], _write_share(one["share"], 1, language), format_number(one["documents"], language), one["document"]]
        for each in body["benchmarks"]
        for one in each["examples"]
    ]
    inner = Page("", language)
    inner.table([words[key] for key in ("benchmark", "item", "ngrams_found", "documents", "document")], examples, numbers=[2, 3])
    page.fold(words["items_held"], inner)


def _write_share(part: float, whole: float, language: str) -> str:
    return f"{format_number(100 * part / whole, language, 1)} %" if whole else "—"


def _write_measured(page: Page, rows: list[list[Any]] | None, key: str, words: Body, language: str) -> None:
    page.heading(words[key])
    if rows is None:
        page.paragraph(words["not_measured"])
        return
    counts = ("found", "documents") if key.startswith("personal_data") else ("documents", "bytes")
    cells = [
        [words["no_verdict"] if value in (None, "") else str(value), *(format_number(each, language) for each in rest)]
        for value, *rest in rows[:_ROWS]
    ]
    page.table([words["value"], *(words[each] for each in counts)], cells, numbers=[1, 2])


def _write_lists(page: Page, body: Body, words: Body, language: str) -> None:
    reasons: dict[str, int] = {}
    for row in body["quarantine"]:
        reason = row["reason"].split(";")[0][:80]
        reasons[reason] = reasons.get(reason, 0) + 1
    page.heading(words["quarantine"])
    shown = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))[:_ROWS]
    page.table([words["value"], words["found"]], [[reason, format_number(number, language)] for reason, number in shown], numbers=[1])
    inner = Page("", language)
    samples = [[row["rule"], row["origin"], row["text"]] for row in body["samples"]]
    inner.table([words["step"], words["source"], words["text"]], samples)
    page.fold(words["samples"], inner)
