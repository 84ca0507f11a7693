"""Reading the files of a source: what a reader finds, with what the rules, the index and the source say of it.

    read_file(source, file, rules)             -> (documents, quarantined)
    read_files_guarded(source, files, ...)     the same in a child process with limits, as Arrow tables

Nearer statements count first. Where the records of a file say their own language (tables, parallel lines, databases), that is
nearer than rule, index and source; of a whole page or book, the people who gave it know better than its header. A member of an
archive is a file of its own: rules match `actas.zip/1.txt`, and its document comes from `actas.zip#1.txt`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyarrow as pa

from ayni.core.errors import Unreadable
from ayni.core.formats.documents import SCHEMA, Document, Quarantined, identify, list_documents
from ayni.corpus.licenses import find_spdx
from ayni.corpus.readers import choose_reader, find_reader, list_readers
from ayni.corpus.readers.reader import Bad, Member, Piece, Reader
from ayni.corpus.rules import Rule, settle
from ayni.corpus.sources import Source, SourceFile, state_license
from ayni.corpus.statements import name_country, name_date, name_language
from ayni.text.packs import load_packs

_FILE_MEGABYTES = 64
_RECORDS_SPEAK = {"tables", "parallel", "lines", "parquet", "sql", "rdata", "javascript", "oai"}
_CONTAINERS = {"archives", "warc"}
_ORIGIN = SCHEMA.get_field_index("origin")


@dataclass
class Filed:
    """Rows of documents as they come, in the order of SCHEMA, and what could not be read."""

    source: Source
    rows: list[tuple[str, ...]] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def reject(self, origin: str, reason: str, offset: int | None = None) -> None:
        """Note what could not be read."""
        self.quarantined.append(Quarantined(self.source.name, origin, reason, offset))

    def table(self) -> pa.Table:
        """The documents as an Arrow table."""
        try:
            return _make_table(self.rows)
        except UnicodeEncodeError:  # half a surrogate pair, as the escapes of JSON can make one
            for row in self.rows:
                if not _is_text(row):
                    self.reject(_spell(row[_ORIGIN]), "half a surrogate pair: not text")
            return _make_table([row for row in self.rows if _is_text(row)])


def _make_table(rows: list[tuple[str, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in SCHEMA)
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=SCHEMA)


def _is_text(row: tuple[str, ...]) -> bool:
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return False
    return True


def _spell(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def read_file(source: Source, file: SourceFile, rules: Sequence[Rule] = ()) -> tuple[list[Document], list[Quarantined]]:
    """Documents of one file, and what of it could not be read."""
    table, quarantined = read_table(source, file, rules)
    return list_documents(table), quarantined


def read_table(
    source: Source, file: SourceFile, rules: Sequence[Rule] = (), limit: int = _FILE_MEGABYTES
) -> tuple[pa.Table, list[Quarantined]]:
    """The same, as an Arrow table; of a file of more than `limit` megabytes nothing."""
    filed = Filed(source)
    try:
        size = file.path.stat().st_size
        if size > limit << 20:
            raise Unreadable("the file is larger than is allowed", offset=limit << 20, why=f"{size >> 20} MB, limit {limit}")
        _read_into(filed, file, rules, Member("", file.path), "", settle(rules, source.name, file.relative))
    except (OSError, Unreadable) as error:
        filed.reject(file.relative, *_explain(error))
    if not filed.rows and not filed.quarantined:
        filed.reject(file.relative, "no document in it")  # a file that was given is never gone without a word
    return filed.table(), filed.quarantined


def _read_into(filed: Filed, file: SourceFile, rules: Sequence[Rule], member: Member, inner: str, rule: Rule) -> None:
    """Read a file, or the member that stands at `inner` in it. Raises Unreadable or OSError where it is none."""
    source = filed.source
    if rule.skip:
        filed.reject(_join(file.relative, inner), rule.reason())
        return
    reader = _find(member, rule.format or member.format or source.format)
    facts = _Facts(source, file, rule, reader.name, member, inner)
    for item in reader.read(member.path, {**source.options, **member.options, **rule.options}):
        place = _join(inner, item.name if isinstance(item, Member) else item.record)
        if isinstance(item, Member):
            below = settle(rules, source.name, f"{file.relative}/{place}" if place else file.relative, rule)
            try:
                _read_into(filed, file, rules, item, place, below)
            except (Unreadable, OSError) as error:
                filed.reject(_join(file.relative, place), *_explain(error))
        elif isinstance(item, Bad):
            filed.reject(_spell(_join(file.relative, place)), item.reason, item.offset)
        else:
            _add(filed, facts, _join(file.relative, place), item)


def _find(member: Member, format: str) -> Reader:
    """The reader that a statement names, or that the file calls for; what holds members is opened before a format is asked for."""
    if not format or format in _CONTAINERS:
        return find_reader(format) if format else choose_reader(member.path)
    try:
        by_content = choose_reader(member.path)
    except Unreadable:
        return find_reader(format)
    return by_content if by_content.name in _CONTAINERS else find_reader(format)


@cache
def _flat_suffixes() -> tuple[str, ...]:
    return tuple(suffix for reader in list_readers() if reader.name not in _CONTAINERS for suffix in reader.suffixes)


def may_hold_members(path: Path) -> bool:
    """Whether a file may be a container, as far as its name tells: rules for members then count for it."""
    return not path.name.lower().endswith(_flat_suffixes())


def _join(*parts: str) -> str:
    return "#".join(part for part in parts if part)


def _explain(error: Unreadable | OSError) -> tuple[str, int | None]:
    if isinstance(error, Unreadable):
        return "; ".join(filter(None, (error.what, error.why))), error.offset
    return f"the file cannot be opened: {error.strerror or error}", None


class _Facts:
    """What is known of every document of a file, or of a member, before it is read."""

    def __init__(self, source: Source, file: SourceFile, rule: Rule, reader: str, member: Member, inner: str) -> None:
        about = file.entry
        self.about, self.member = about, member
        self.records_speak = reader in _RECORDS_SPEAK
        self.source = about.source or source.name
        self.language = name_language(rule.language or about.language or source.language)
        self.country = name_country(rule.country or about.country or source.country)
        self.domain = rule.domain or about.domain or source.domain
        self.license, self.evidence = state_license(source, about, rule)
        self.consent = rule.consent or about.consent or source.consent
        self.terms = rule.terms or about.terms or source.terms
        self.work = _join(file.relative, inner)
        self.folder = posixpath.dirname(self.work)

    def language_of(self, piece: Piece) -> str:
        """The document's language; "mul", of a file in several, gives way to what a record says of itself."""
        own = name_language(piece.language) if piece.language else ""
        return (own or self.language) if self.records_speak or self.language in ("", "mul") else self.language

    def license_of(self, piece: Piece) -> tuple[str, str]:
        """The record's own licence, where it states one."""
        if not piece.license:
            return self.license, self.evidence
        return find_spdx(piece.license), f"the record: {piece.license}"

    def group_of(self, piece: Piece) -> str:
        """The larger work; "./NAME" is one that the files of this folder share."""
        return posixpath.join(self.folder, piece.group[2:]) if piece.group.startswith("./") else piece.group or self.work


def _add(filed: Filed, facts: _Facts, origin: str, piece: Piece) -> None:
    """File one document, unless its record stands twice in the file: two documents would have one id."""
    if origin in filed.seen:
        filed.reject(_spell(origin), "its record id stands twice in the file")
        return
    filed.seen.add(origin)
    about, member = facts.about, facts.member
    own = name_date(piece.date) if piece.date else ""
    license, evidence = facts.license_of(piece)
    filed.rows.append(
        (
            identify(filed.source.name, _spell(origin)),
            piece.text,
            piece.title or about.title,
            facts.language_of(piece),
            (name_country(piece.country) if piece.country else "") or facts.country,
            piece.domain or facts.domain,
            facts.source,
            license,
            evidence,
            piece.url or member.url or about.url,
            ((own or about.date) if facts.records_speak else (about.date or own)) or member.date,
            origin,
            facts.group_of(piece),
            piece.derivation,
            facts.consent,
            facts.terms,
        )
    )


def read_files_guarded(
    source: Source,
    files: list[SourceFile],
    rules: Sequence[Rule] = (),
    *,
    seconds: float,
    megabytes: int,
    file_megabytes: int = _FILE_MEGABYTES,
) -> Iterator[tuple[pa.Table, list[Quarantined]]]:
    """Read files in a child process with limits; a file that kills or stalls it is quarantined, the rest goes on."""
    from ayni.corpus.guard import guard

    list_readers(), load_packs()  # here, once a worker: the child is forked anew for every part and would load them each time
    works = [(source, file, rules, file_megabytes) for file in files]
    for file, result in zip(files, guard(_read_one, works, seconds=seconds, megabytes=megabytes), strict=True):
        if isinstance(result, str):
            yield _make_table([]), [Quarantined(source.name, file.relative, result.replace(str(file.path), file.relative))]
        else:
            data, quarantined = result
            yield pa.ipc.open_stream(data).read_all(), quarantined


def _read_one(work: tuple[Source, SourceFile, Sequence[Rule], int]) -> tuple[bytes, list[Quarantined]]:
    """In the child: the table as bytes, which cross a pipe faster than a hundred thousand objects."""
    table, quarantined = read_table(*work)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes(), quarantined
