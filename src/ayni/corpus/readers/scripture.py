"""Scriptures in the Corpus Encoding Standard (<cesDoc>): one document a book, a line a verse, a paragraph a chapter.

    [Piece(text="<verse>\\n<verse>\\n\\n<verse> ...", title="Bible(AMU) MAT", language="amu", record="MAT", group="Bible(AMU)")]

This is the form of the parallel Bible corpus by C. Christodouloupoulos. Any other <cesDoc> is one document of its
paragraphs. Source: N. Ide, Corpus Encoding Standard (CES), EAGLES 1996.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ayni.corpus.readers.markup import LINE, PARAGRAPH, first_text, language_tag, mark, text_of
from ayni.corpus.readers.reader import Bad, Piece

ROOTS = ("cesDoc", "cesCorpus")


def read(root: Any) -> Iterator[Piece | Bad]:
    """The books, or the whole text where there are no books."""
    title = first_text(root.iter("{*}h.title"))
    language = next((language_tag(each.get("iso639") or each.get("id") or "") for each in root.iter("{*}language")), "")
    for header in list(root.iter("{*}cesHeader")):
        header.getparent().remove(header)
    mark(root, PARAGRAPH, "div", "p", "head")
    mark(root, LINE, "seg", "s", "l")
    for book in [each for each in root.iter("{*}div") if each.get("type") == "book"]:
        name = (book.get("id") or "").removeprefix("b.")
        text = text_of(book)
        if text:
            yield Piece(text, title=f"{title} {name}".strip(), language=language, record=name, group=title)
        else:
            yield Bad(name, "the book holds no text")
        book.getparent().remove(book)  # the signs after it are no text
    rest = text_of(root)
    if rest:
        yield Piece(rest, title=title, language=language, group=title)
