"""Fitting the variety model: features, a linear part without the effect of the domain, and markers written by hand.

    texts = load_texts("docs.parquet", "es")
    model = fit_model(texts, texts.trains)
    scores = model.score(texts, rows)              (rows, countries): linear part + markers

Needs scikit-learn, which the product does not: it is installed for training only.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import scipy.sparse as sparse
from names import all_names

from ayni.text.kernels.buffers import view_strings
from ayni.text.kernels.variety import build_table, hash_features, hash_word

CAPACITY = 24_000  # features kept for a language, those with the largest weights: 2 MB bound of the whole model
MARKER = 0.5  # of the linear score's spread that a marker is worth; a text rarely has more than three
LEAST = 10  # documents of a source and country that weigh in figures: two or three of the starter corpus are no measurement
SHORT = 300  # characters of a document's beginning that are measured as a short text
LEARNED = {"es": ("AR", "CL", "CU", "MX", "PE", "UY"), "pt": ("BR", "PT")}  # countries with two sources of 30 documents that may train
_PORTUGUESE = ("BR", "PT")
REGISTER = {"legal": "legal", "literature": "literature", "poetry": "poetry", "speech": "public", "news": "public"}


@dataclass(frozen=True)
class Texts:
    """Documents of one language as sparse presence of features (documents, features)."""

    presence: sparse.csr_matrix
    features: np.ndarray
    country: np.ndarray
    group: np.ndarray
    source: np.ndarray
    domain: np.ndarray
    trains: np.ndarray
    text: list[str]
    short: np.ndarray

    def __len__(self) -> int:
        return len(self.country)


def name_keys() -> np.ndarray:
    return np.array(sorted({hash_word(word) for word in all_names()}), np.uint32)


def hash_phrase(phrase: str) -> int:
    """The feature of a word or of two words that follow each other."""
    words = phrase.split()
    if len(words) == 1:
        return hash_word(phrase)
    out, none = np.empty(16, np.uint32), np.zeros(2, np.uint32)
    data = np.frombuffer(phrase.encode(), np.uint8)
    count, _, _ = hash_features(data, 0, len(data), none, out)
    return int(out[count - 2])  # the last word gives itself, its ending, the pair, the pair with its ending


def load_texts(path: Path | str, language: str) -> Texts:
    """Documents of es or pt, with the features that at least four of them have."""
    rows = [row for row in parquet.read_table(path).to_pylist() if (row["country"] in _PORTUGUESE) == (language == "pt")]
    rows = [row for row in rows if (row["country"], row["source"]) not in (("BR", "lit_disco_sonnets"), ("HT", "lit_disco_sonnets"))]
    rows += [{**row, "use": "measure", "short": True, "text": row["text"][:SHORT]} for row in rows]
    data, offsets = view_strings(pa.array([row["text"] for row in rows]))
    names, _ = build_table(name_keys())
    out = np.empty(100_000, np.uint32)
    found = [np.unique(out[: hash_features(data, begin, end, names, out)[0]]) for begin, end in pairwise(offsets)]
    owner = np.repeat(np.arange(len(rows)), [len(each) for each in found])
    features, place, counts = np.unique(np.concatenate(found), return_inverse=True, return_counts=True)
    common = counts >= 4
    markers = np.array(list(read_markers(language)), np.uint32)
    common |= np.isin(features, markers)
    number = np.cumsum(common) - 1
    keep = common[place]
    shape = (len(rows), int(common.sum()))
    presence = sparse.csr_matrix((np.ones(keep.sum(), np.float32), (owner[keep], number[place[keep]])), shape=shape)
    unseen = np.setdiff1d(markers, features)  # a marker that no text here has: nothing gainsays it, and nothing shows it
    presence = sparse.csr_matrix(sparse.hstack([presence, sparse.csr_matrix((len(rows), len(unseen)), dtype=np.float32)]))
    column = {key: np.array([row[key] for row in rows]) for key in ("country", "group", "source", "domain")}
    trains = np.flatnonzero([row["use"] == "train" for row in rows])
    return Texts(
        presence,
        np.concatenate([features[common], unseen]),
        **column,
        trains=trains,
        text=[row["text"] for row in rows],
        short=np.array([bool(row.get("short")) for row in rows]),
    )


def read_markers(language: str) -> dict[int, set[str]]:
    """Feature -> countries."""
    lists = tomllib.loads(Path(__file__).with_name("markers.toml").read_text("utf-8"))[language]
    found: dict[int, set[str]] = defaultdict(set)
    for countries, phrases in lists.items():
        for phrase in phrases.split(";"):
            found[hash_phrase(phrase.strip())].update(countries.split())
    return dict(found)


@dataclass(frozen=True)
class Model:
    """linear (features, countries) and markers (features, countries) over the columns of Texts, both in units of a score."""

    countries: tuple[str, ...]
    linear: np.ndarray
    markers: np.ndarray

    def score(self, texts: Texts, rows: np.ndarray) -> np.ndarray:
        """(rows, 2, countries): the linear part and the markers."""
        presence = texts.presence[rows]
        used = np.flatnonzero(self.linear.any(axis=1) | self.markers.any(axis=1))
        root = np.sqrt(np.asarray(presence[:, used].sum(axis=1)).ravel() + 1)
        return np.stack([(presence @ self.linear) / root[:, None], presence @ self.markers], axis=1)


def balance(texts: Texts, rows: np.ndarray) -> np.ndarray:
    """Weight of a document: a country counts as another, in it a source of LEAST documents as another; a smaller one not."""
    keys = list(zip(texts.country[rows], texts.group[rows], texts.short[rows], strict=True))
    sizes = Counter(keys)
    groups = Counter(key[0] for key, size in sizes.items() if size >= LEAST)
    return np.array([1 / sizes[key] / groups[key[0]] if sizes[key] >= LEAST else 0.0 for key in keys])


def choose_features(texts: Texts, rows: np.ndarray) -> np.ndarray:
    """Columns in eight documents and, where there are several, two domains: a word of one domain is topic."""
    presence = texts.presence[rows]
    domains = np.array([REGISTER.get(each, each) for each in texts.domain[rows]])
    known = sorted(set(domains))
    spread = sum((np.asarray(presence[domains == each].sum(axis=0)).ravel() >= 2).astype(int) for each in known)
    return np.flatnonzero((np.asarray(presence.sum(axis=0)).ravel() >= 8) & (spread >= min(2, len(known))))


def fit_linear(texts: Texts, rows: np.ndarray, countries: tuple[str, ...]) -> np.ndarray:
    """A linear support vector machine over presence, weighted by rarity, orthogonal to the mean of every domain."""
    from sklearn.linear_model import SGDClassifier

    chosen = choose_features(texts, rows)
    presence = texts.presence[rows][:, chosen]
    rarity = np.log(len(rows) / (1 + np.asarray(presence.sum(axis=0)).ravel())) + 0.3
    scaled = sparse.diags(1 / np.sqrt(np.asarray(presence.sum(axis=1)).ravel() + 1)) @ presence @ sparse.diags(rarity)
    machine = SGDClassifier(loss="hinge", alpha=1e-5, class_weight="balanced", max_iter=8, tol=None, random_state=0)
    learned = [*LEARNED["es"], *LEARNED["pt"]]
    machine.fit(scaled.tocsr(), np.where(np.isin(texts.country[rows], learned), texts.country[rows], "other"))
    found = machine.coef_ if len(machine.classes_) > 2 else np.vstack([-machine.coef_, machine.coef_])
    weights = found.T.astype(np.float64)
    weights = remove_domains(weights, scaled.tocsr(), texts, rows)
    spread = np.median(np.std(scaled @ weights, axis=0))
    full = np.zeros((texts.presence.shape[1], len(countries)))
    for column, country in enumerate(machine.classes_):
        if country != "other":
            full[chosen, countries.index(country)] = weights[:, column] * rarity / spread
    return keep_largest(full)


def remove_domains(weights: np.ndarray, scaled: sparse.csr_matrix, texts: Texts, rows: np.ndarray) -> np.ndarray:
    """Weights whose score of a domain's mean text is nought: what all countries share there says nothing of one."""
    domains = np.array([REGISTER.get(each, each) for each in texts.domain[rows]])
    means = []
    for domain in sorted(set(domains)):
        inside = sorted(set(texts.country[rows][domains == domain]))
        if len(inside) < 2:  # a domain of one country is that country's
            continue
        each = [
            np.asarray(scaled[np.flatnonzero((domains == domain) & (texts.country[rows] == country))].mean(axis=0)) for country in inside
        ]
        means.append(np.mean(each, axis=0).ravel())
    basis = np.array(means)
    return weights - basis.T @ np.linalg.solve(basis @ basis.T + 1e-9 * np.eye(len(basis)), basis @ weights)


def keep_largest(weights: np.ndarray) -> np.ndarray:
    size = np.abs(weights).max(axis=1)
    if np.count_nonzero(size) > CAPACITY:
        weights[size < np.sort(size)[-CAPACITY]] = 0
    return weights


def fit_markers(texts: Texts, rows: np.ndarray, countries: tuple[str, ...], markers: dict[int, set[str]]) -> np.ndarray:
    """Markers that the training texts do not gainsay: none is commoner in a source of another country than in its own."""
    column = {int(feature): at for at, feature in enumerate(texts.features)}
    rates: dict[str, np.ndarray] = {}
    for country, group in sorted(set(zip(texts.country[rows], texts.group[rows], strict=True))):
        inside = rows[(texts.country[rows] == country) & (texts.group[rows] == group)]
        if len(inside) >= 10:
            rate = np.asarray(texts.presence[inside].mean(axis=0)).ravel()
            rates[country] = np.maximum(rates.get(country, 0), rate)
    table = np.zeros((len(texts.features), len(countries)))
    for feature, said in markers.items():
        if (at := column.get(feature)) is None:
            continue
        own = max((rates[each][at] for each in said if each in rates), default=0)
        other = max((rate[at] for each, rate in rates.items() if each not in said), default=0)
        if other > max(own, 0.01):
            continue
        for each in said:
            table[at, countries.index(each)] = MARKER * (1.0 if len(said) == 1 else 0.8)
    return table


def fit_model(texts: Texts, rows: np.ndarray, markers: dict[int, set[str]]) -> Model:
    countries = tuple(sorted(set(texts.country[texts.trains]) | set().union(*markers.values())))
    return Model(countries, fit_linear(texts, rows, countries), fit_markers(texts, rows, countries, markers))


def score_held_out(texts: Texts, markers: dict[int, set[str]]) -> tuple[tuple[str, ...], np.ndarray]:
    """Scores (documents, 2, countries) by a model that saw nothing of the document's group."""
    scores = None
    whole = fit_model(texts, texts.trains, markers)
    for group in sorted(set(texts.group)):
        rows = np.flatnonzero(texts.group == group)
        model = fit_model(texts, texts.trains[texts.group[texts.trains] != group], markers) if np.isin(rows, texts.trains).any() else whole
        found = model.score(texts, rows)
        scores = np.zeros((len(texts), *found.shape[1:])) if scores is None else scores
        scores[rows] = found
    return whole.countries, scores
