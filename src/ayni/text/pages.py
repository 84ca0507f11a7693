"""Pages: short documents that follow each other in one work, joined as a reader would meet them.

    for page in group_pages(documents, limit_bytes=2000): page.text

A page never mixes sources, works, languages or countries; a document that is longer than the limit is a page alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ayni.core.formats.documents import Document


@dataclass(frozen=True)
class Page:
    """Some consecutive documents as one text."""

    ids: tuple[str, ...]
    text: str
    language: str
    country: str
    domain: str
    source: str
    group: str


def group_pages(documents: Iterable[Document], limit_bytes: int) -> Iterator[Page]:
    """Join consecutive documents of one (source, group, language, country) up to a limit of UTF-8 bytes."""
    open_pages: dict[tuple[str, str, str, str], list[Document]] = {}
    sizes: dict[tuple[str, str, str, str], int] = {}
    for document in documents:
        key = (document.source, document.group, document.language, document.country)
        size = len(document.text.encode()) + 1
        if key in open_pages and sizes[key] + size > limit_bytes:
            yield _close(open_pages.pop(key))
        open_pages.setdefault(key, []).append(document)
        sizes[key] = size + (sizes[key] if len(open_pages[key]) > 1 else 0)
    for rows in open_pages.values():
        yield _close(rows)


def cut_page(page: Page, limit_bytes: int) -> Page:
    """The page itself, or the beginning of a longer one up to the last white space within the limit."""
    data = page.text.encode()
    if len(data) <= limit_bytes:
        return page
    text = data[:limit_bytes].decode(errors="ignore")
    words = text.rstrip() if text[-1:].isspace() else text.rpartition(" ")[0]
    return replace(page, text=words or text)


def _close(rows: list[Document]) -> Page:
    first = rows[0]
    text = "\n".join(row.text for row in rows)
    return Page(tuple(row.id for row in rows), text, first.language, first.country, first.domain, first.source, first.group)
