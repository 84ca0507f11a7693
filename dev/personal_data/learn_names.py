"""Names that a corpus teaches: words that stand beside listed names in runs of capitals, and hardly anywhere else.

    python dev/personal_data/learn_names.py CLEAN_PARTS...      documents parquet parts; writes learned_{given,surnames}.txt

A word is learned as a surname where it follows a listed given name inside a run that two listed words make a person of, as
a given name where it begins such a run before a given name or a surname. It must do so in several documents, must make up a good part of
the word's capitals, and must hardly ever be written in lower case, so that places and plain words stay out.
"""

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow.parquet as pq

from ayni.text.personal_data.context import fold
from ayni.text.personal_data.words import load_list, load_lists

ASSETS = Path(__file__).resolve().parents[2] / "src" / "ayni" / "assets" / "personal_data"
UPPER = "A-ZÁÉÍÓÚÜÂÊÔÃÕÇÀÑ"
WORD = rf"[{UPPER}](?:[^\W\d_{UPPER}]+|[{UPPER}]+)(?:['’-][^\W\d_]+)?"
RUN = re.compile(rf"(?:([^\W\d_]+)[ .]{{1,2}})?({WORD}(?: (?:(?:de|del|la|los|las|da|das|do|dos|e|y) )*{WORD}){{1,6}})")
LOWER = re.compile(r"(?<![^\W\d_])[a-záéíóúüâêôãõçàñ]{3,20}(?![^\W\d_])")
PARTICLES = frozenset(["de", "del", "la", "los", "las", "da", "das", "do", "dos", "e", "y"])
DOCUMENTS, SHARE, PLAIN, ROUNDS = 2, 0.25, 0.06, 2
NONE = frozenset(["racing", "july", "xpressate", "monterrey", "valladolid", "unace", "failde"])  # seen to be no names
LETTERS = 400_000  # of one document


def read_texts(paths: list[str]) -> list[str]:
    """Spanish and Portuguese texts, the beginning and the end of each, where names stand."""
    texts = []
    for path in paths:
        table = pq.read_table(path, columns=["text", "language"])
        for text, language in zip(table["text"].to_pylist(), table["language"].to_pylist(), strict=True):
            if language[:2] in ("es", "pt"):
                texts.append(text if len(text) < LETTERS else text[: LETTERS // 2] + "\n" + text[-LETTERS // 2 :])
    return texts


def read_runs(texts: list[str]) -> tuple[list[list[tuple[str, list[str]]]], Counter[str], Counter[str]]:
    """Runs of capitals a document (the word before, folded words), how often a word has a capital there, how often none."""
    documents, capital, plain = [], Counter(), Counter()
    for text in texts:
        runs = set()
        for before, run in RUN.findall(text):
            mixed = not run.isupper()
            words = [fold(word) for word in run.split() if not (mixed and word.isupper()) and word not in PARTICLES]
            capital.update(words)
            runs.add((fold(before), *words))
        documents.append([(run[0], list(run[1:])) for run in runs])
        plain.update(fold(word) for word in LOWER.findall(text))
    return documents, capital, plain


def learn(documents, capital, plain, given: set[str], surnames: set[str]) -> tuple[set[str], set[str]]:
    """New given names and surnames that these runs show."""
    lists = load_lists()
    first, last, beside = Counter(), Counter(), Counter()
    where: dict[str, set[int]] = defaultdict(set)
    for number, runs in enumerate(documents):
        for before, words in runs:
            if before in lists.places or any(word in lists.places or word in lists.stops for word in words):
                continue
            known = [(word in given) + 2 * (word in surnames) for word in words]
            for place, word in enumerate(words):
                if known[place] or len(word) < 3 or not 2 <= len(words) <= 6:
                    continue
                others = known[:place] + known[place + 1 :]
                if sum(each > 0 for each in others) < 2 or not any(each & 1 for each in others):
                    continue
                beside[word] += 1
                where[word].add(number)
                if place == 0 or (place == 1 and len(words) > 3 and known[0] & 1):
                    first[word] += 1
                else:
                    last[word] += 1
    found = [
        word
        for word in beside
        if len(where[word]) >= DOCUMENTS
        and beside[word] >= SHARE * min(capital[word], 400)
        and plain[word] <= PLAIN * capital[word]
        and word not in NONE | lists.announce | lists.places | lists.stops | lists.fillers | lists.nick
    ]
    new_given = {word for word in found if first[word] > 0.8 * beside[word] and len(where[word]) >= 2 * DOCUMENTS}
    return new_given, {word for word in found if last[word] > 0.6 * beside[word] and word.isalpha() and set(word) & set("aeiou")}


def main(paths: list[str]) -> None:
    documents, capital, plain = read_runs(read_texts(paths))
    given, surnames = set(load_list("given")), set(load_list("surnames"))
    begun = given | surnames
    for _ in range(ROUNDS):
        new = learn(documents, capital, plain, given, surnames)
        given |= new[0]
        surnames |= new[1]
        print(len(new[0]), "given names,", len(new[1]), "surnames")
    for name, words in (("given", given - begun), ("surnames", surnames - begun)):
        head = f"# {name}, folded, that runs of capitals in the corpus show (dev/personal_data/learn_names.py).\n"
        (ASSETS / f"learned_{name}.txt").write_text(head + "\n".join(wrap(sorted(words))) + "\n", encoding="utf-8")


def wrap(words: list[str]) -> list[str]:
    """Lines of at most 120 letters."""
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > 118:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


if __name__ == "__main__":
    main(sys.argv[1:])
