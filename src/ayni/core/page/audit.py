"""audit.html: the filter audit for people, one offline file in Spanish, Portuguese and English.

audit_page(body, "es")      body: audit.json
"""

from __future__ import annotations

from typing import Any

from ayni.core.page.document import Page, render_document
from ayni.core.page.texts import LANGUAGES, format_number, name_country, name_language, read_words

Body = dict[str, Any]
_ROWS = 15  # of a table; the JSON has all


def audit_page(body: Body, language: str) -> str:
    """The whole file; `language` is shown first."""
    bodies = [(tag, read_words(tag)["name"], _write(body, tag)) for tag in LANGUAGES]
    return render_document(str(read_words(language)["audit"]), bodies, language)


def _write(body: Body, language: str) -> str:
    words = read_words(language)
    page = Page(words["audit"], language)
    page.heading(words["audit"], 1)
    counts = {key: format_number(body[key]["documents"], language) for key in ("read", "kept")}
    page.paragraph(words["audit_lead"].format(**counts, quarantined=format_number(body["read"]["quarantined"], language)), style="lead")
    _write_funnel(page, body, words, language)
    _write_flags(page, body["flags"], words, language)
    for rule in body["rules"]:
        if rule["documents"]:
            _write_rule(page, rule, words, language)
    if body["quarantine"]:
        rows = [[reason, format_number(count, language)] for reason, count in body["quarantine"].items()]
        page.table([words["reason"], words["documents"]], rows, caption=words["quarantine"], numbers=[1])
    return page.render_body()


def _write_funnel(page: Page, body: Body, words: Body, language: str) -> None:
    left = body["read"]["documents"]
    rows = [[words["read"], "", format_number(left, language), format_number(body["read"]["bytes"] / 1e6, language, 1)]]
    for rule in body["rules"]:
        left -= rule["documents"]
        dropped = format_number(rule["documents"], language)
        rows.append([rule["rule"], dropped, format_number(left, language), format_number(rule["bytes"] / 1e6, language, 1)])
    page.table([words["rule"], words["dropped"], words["left"], "MB"], rows, caption=words["funnel"], numbers=[1, 2, 3])


def _write_flags(page: Page, flags: list[Body], words: Body, language: str) -> None:
    page.heading(words["flags"])
    page.paragraph(words["flags_text"] if flags else words["no_flags"])
    if flags:
        rows = [[flag["rule"], words["dimensions"][flag["dimension"]], *_group_cells(flag, flag["dimension"], language)] for flag in flags]
        page.table([words["rule"], words["group"], "", *_columns(words)], rows, numbers=[3, 4, 5, 6])


def _write_rule(page: Page, rule: Body, words: Body, language: str) -> None:
    page.heading(f"{rule['rule']}: {format_number(rule['documents'], language)}")
    inner = Page(rule["rule"], language)
    for dimension, rows in rule["by"].items():
        lost = [row for row in rows if row["dropped"]][:_ROWS]
        if lost and any(row["value"] for row in lost):
            cells = [_group_cells(row, dimension, language) for row in lost]
            inner.table([words["dimensions"][dimension], *_columns(words)], cells, numbers=[1, 2, 3, 4])
    page.fold(words["groups_of"].format(rule=rule["rule"]), inner)
    columns = [words["group"], words["dropped"], words["kept_beside"]]
    samples = [[_label(each, language), each["text"], each["kept_text"] or "—"] for each in rule["samples"]]
    page.table(columns, samples, caption=words["samples"])


def _columns(words: Body) -> list[str]:
    return [words["read"], words["dropped"], words["share"], words["elsewhere"]]


def _group_cells(row: Body, dimension: str, language: str) -> list[str]:
    shares = [f"{format_number(100 * row[key], language, 1)} %" for key in ("share", "elsewhere")]
    return [
        _name(row["value"], dimension, language),
        format_number(row["read"], language),
        format_number(row["dropped"], language),
        *shares,
    ]


def _label(each: Body, language: str) -> str:
    parts = [name_country(each["country"], language), name_language(each["language"], language), each["domain"], each["origin"]]
    return " · ".join(filter(None, parts))


def _name(value: str, dimension: str, language: str) -> str:
    if dimension == "country":
        return name_country(value, language)
    return name_language(value, language) if dimension == "language" else value or "—"
