"""Records of an OAI-PMH repository, as `corpus.fetch` keeps them or somebody saved its pages: one document a record.

    Piece(text="La novela en el Plata\\nPérez, Ana\\n...", title=..., license=<dc:rights>, record="oai:repo.example.org:123")

Dublin Core is read as lines, as a catalogue is; MARCXML and other formats are members that their own readers read. What the
repository has deleted is a bad record. Source: OAI-PMH 2.0 (Open Archives Initiative), DCMI Metadata Terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ayni.core.errors import Unreadable
from ayni.corpus.licenses import find_spdx
from ayni.corpus.readers.markup import inline_text, language_tag, local, parse_xml
from ayni.corpus.readers.member import budget_of, open_member
from ayni.corpus.readers.reader import Bad, Member, Piece
from ayni.corpus.statements import name_date

_DC = "{http://purl.org/dc/elements/1.1/}"
_LINES = ("title", "creator", "contributor", "publisher", "date", "description", "subject")
_SLIM = "http://www.loc.gov/MARC21/slim"


class OaiReader:
    """Files whose root is OAI-PMH's."""

    name = "oai"
    suffixes = ()

    def probe(self, path: Path, head: bytes) -> bool:
        """The root element, and no sign that the page is an error and nothing else."""
        return b"<OAI-PMH" in head

    def read(self, path: Path, options: Mapping[str, Any]) -> Iterator[Piece | Bad | Member]:
        """Every record in the order of the file."""
        root = parse_xml(path.read_bytes(), path.name)
        found = False
        for place, record in enumerate(root.iter("{*}record"), 1):
            header = record.find("{*}header")
            if header is None:
                continue  # a MARC record is a `record` too
            found = True
            identifier = inline_text(header.find("{*}identifier")) or str(place)
            body = next(iter(record.find("{*}metadata") if record.find("{*}metadata") is not None else ()), None)
            if header.get("status") == "deleted":
                yield Bad(identifier, "deleted by the repository")
            elif body is None:
                yield Bad(identifier, "the record has no metadata")
            elif local(body) == "dc":
                piece = _describe(body, identifier)
                yield piece if piece.text else Bad(identifier, "the record has neither title nor description")
            else:
                yield from _hand_on(body, identifier, path)
        if not found:
            raise Unreadable("no records in the page", offset=0, why=inline_text(root.find("{*}error")) or "not ListRecords of OAI-PMH")


def _describe(body: Any, identifier: str) -> Piece:
    def take(name: str) -> list[str]:
        return list(dict.fromkeys(text for each in body.iter(f"{_DC}{name}") if (text := inline_text(each))))

    title = next(iter(take("title")), "")
    lines = [line for name in _LINES for line in (["; ".join(take(name))] if name == "subject" else take(name)) if line]
    rights = take("rights")
    return Piece(
        text="\n".join(lines) if title or take("description") else "",
        title=title,
        language=language_tag(next(iter(take("language")), "")),
        date=next(filter(None, map(name_date, take("date"))), ""),
        url=next((link for link in take("identifier") if link.startswith("http")), ""),
        license=next(filter(find_spdx, rights), next(iter(rights), "")),
        record=identifier,
    )


def _hand_on(body: Any, identifier: str, path: Path) -> Iterator[Member]:
    """A record in another format, as a file of its own."""
    from lxml import etree

    suffix, format = (".marcxml", "marc") if _SLIM in str(body.tag) else (".xml", "")
    budget = budget_of(path)
    budget.members = max(budget.members, 1)  # records are no bomb: the page is as large as they are together
    with open_member(f"record{suffix}", etree.tostring(body, with_tail=False), budget) as place:
        yield Member(identifier, place, format)


READER = OaiReader()
