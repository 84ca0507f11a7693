"""Stage `evaluation.compare`: base and adapted model side by side, page by page: what was gained, what was forgotten.

    [scores]
    stage = "evaluation.compare"
    base = "@base_likelihoods"
    model = "@model_likelihoods"

Rows of gain: all regional text, each language, and each country within Spanish and Portuguese. Rows of forgetting: text
unlike the replay together and by register, and text of the replay's own kind, apart, because that flatters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ayni.core.errors import StageFailed
from ayni.core.formats.likelihoods import Likelihoods
from ayni.core.formats.scores import PageScore, ScoreRow, Scores
from ayni.evaluation.statistics import bits_per_byte, paired_interval
from ayni.pipeline.job import Job
from ayni.pipeline.recipe import seed_for
from ayni.pipeline.stage import StageParams, stage

_BY_COUNTRY = ("es", "pt")  # languages that several countries share


@stage("evaluation.compare", version=1, seeded=True)
def compare(job: Job, base: Likelihoods, model: Likelihoods, params: StageParams) -> Scores:  # type: ignore[return]
    """Pair the pages, group them, and put an interval on every difference."""
    pages = _pair(base, model)
    gain = [page for page in pages if page.set == "gain"]
    english = [page for page in pages if page.set == "forgetting"]
    rows_gain = [*_row("regional", gain, job.seed), *_by_language(gain, job.seed), *_by_country(gain, job.seed)]
    Scores(job.folder).write(pages, rows_gain, list(_forgetting(english, job.seed)))


def _pair(base: Likelihoods, model: Likelihoods) -> list[PageScore]:
    left, right = base.pages(), model.pages()
    if [page.page for page in left] != [page.page for page in right]:
        raise StageFailed("base and model did not read the same pages", mend="use the same documents, mix and page_bytes for both")
    return [
        PageScore(a.page, a.work, a.set, a.language, a.country, a.register, a.alike, a.bytes, a.nats, b.nats)
        for a, b in zip(left, right, strict=True)
    ]


def _row(name: str, pages: Sequence[PageScore], seed: int, *, language: str = "", country: str = "", register: str = "") -> list[ScoreRow]:
    """One row, or none where there is no page."""
    if not pages:
        return []
    sizes, base, model = [p.bytes for p in pages], [p.base_nats for p in pages], [p.model_nats for p in pages]
    works = [p.work for p in pages]
    delta, low, high = paired_interval(sizes, base, model, works, seed_for(seed, name))
    return [
        ScoreRow(
            name,
            language,
            country,
            register,
            len(pages),
            len(set(works)),
            sum(sizes),
            bits_per_byte(base, sizes),
            bits_per_byte(model, sizes),
            delta,
            low,
            high,
        )
    ]


def _split(pages: Sequence[PageScore], key: Callable[[PageScore], str]) -> Iterator[tuple[str, list[PageScore]]]:
    for value in sorted({key(page) for page in pages}):
        yield value, [page for page in pages if key(page) == value]


def _by_language(pages: Sequence[PageScore], seed: int) -> list[ScoreRow]:
    return [row for language, cell in _split(pages, lambda page: page.language) for row in _row(language, cell, seed, language=language)]


def _by_country(pages: Sequence[PageScore], seed: int) -> list[ScoreRow]:
    rows: list[ScoreRow] = []
    for language in _BY_COUNTRY:
        spoken = [page for page in pages if page.language == language and page.country]
        for country, cell in _split(spoken, lambda page: page.country):
            rows += _row(f"{language}-{country}", cell, seed, language=language, country=country)
    return rows


def _forgetting(pages: Sequence[PageScore], seed: int) -> Iterator[ScoreRow]:
    unlike = [page for page in pages if not page.alike]
    languages = {page.language for page in pages}
    language = languages.pop() if len(languages) == 1 else ""
    yield from _row("unlike the replay", unlike, seed, language=language)
    for register, cell in _split(unlike, lambda page: page.register):
        yield from _row(register, cell, seed, language=language, register=register)
    alike = [page for page in pages if page.alike]
    yield from _row("like the replay", alike, seed, language=language, register="replay")
