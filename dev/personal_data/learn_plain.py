"""Plain words: what a corpus writes in lower case, and with a capital at times, so that a capital alone makes no name of them.

python dev/personal_data/learn_plain.py CLEAN_PARTS...      documents parquet parts; writes plain.txt
"""

import re
import sys
from collections import Counter

from learn_names import ASSETS, read_texts, wrap

from ayni.text.personal_data.context import fold
from ayni.text.personal_data.words import load_lists

WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]{3,16}(?![^\W\d_])")
CAPITAL, PLAIN, SHARE = 3, 6, 0.1  # occurrences with a capital, without, and these as a part of all
LETTERS = 40_000  # of a document: no law should count more than a letter


def main(paths: list[str]) -> None:
    counts: Counter[str] = Counter()
    for text in read_texts(paths):
        counts.update(WORD.findall(text[:LETTERS]))
    plain, capital = Counter(), Counter()
    for word, number in counts.items():
        (plain if word.islower() else capital)[fold(word)] += number
    lists = load_lists()
    words = [
        word
        for word, number in capital.items()
        if number >= CAPITAL and plain[word] >= PLAIN and plain[word] > SHARE * (number + plain[word]) and not lists.is_known(word)
    ]
    words = [word for word in words if word.isascii() and word.isalpha()]
    head = "# Plain words, folded, that the corpus also writes with a capital (dev/personal_data/learn_plain.py).\n"
    (ASSETS / "plain.txt").write_text(head + "\n".join(wrap(sorted(words))) + "\n", encoding="utf-8")
    print(len(words), "words")


if __name__ == "__main__":
    main(sys.argv[1:])
