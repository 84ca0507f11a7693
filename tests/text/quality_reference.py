"""The measures of the scorer `quality`, written as plainly as possible: what the compiled code must equal.

Words come from the kernel's own splitter, which has its tests apart: this file is about what is counted.
"""

import re
from collections import Counter

import numpy as np

from ayni.text.kernels.quality_tables import SYMBOL, TERMINAL, load_classes, load_specials
from ayni.text.kernels.quality_words import FROM, LONGEST, PLACES, TO, make_scratch, split_chunk

_SCRATCH = make_scratch()


def has(character, flag):
    return ord(character) < len(load_classes()) and bool(load_classes()[ord(character)] & flag)


def split_words(text, english=True):
    words = []
    for chunk in text.split():
        while chunk:
            piece = cut_bytes(chunk)
            data = np.frombuffer(piece.encode(), np.uint8)
            count = split_chunk(data, 0, len(data), english, load_classes(), *load_specials(), _SCRATCH)
            places = _SCRATCH[PLACES]
            words += [
                data[places[a] : places[b]].tobytes().decode() for a, b in zip(_SCRATCH[FROM, :count], _SCRATCH[TO, :count], strict=True)
            ]
            chunk = chunk[len(piece) :]
    return words


def cut_bytes(chunk):
    """The beginning of a chunk up to the character with which it reaches LONGEST bytes."""
    size = 0
    for place, character in enumerate(chunk):
        size += len(character.encode())
        if size >= LONGEST:
            return chunk[: place + 1]
    return chunk


def find_copies(items):
    seen, copies, characters = set(), 0, 0
    for item in items:
        if item in seen:
            copies, characters = copies + 1, characters + len(item)
        seen.add(item)
    return copies, characters


def top_share(words, size, text):
    grams = [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]
    if not grams:
        return 0.0
    gram, uses = Counter(grams).most_common(1)[0]
    return len(" ".join(gram)) * uses / len(text)


def repeated_share(words, size, text):
    seen, repeated, at = set(), 0, 0
    while at < len(words) - size + 1:
        gram = tuple(words[at : at + size])
        if gram in seen:
            repeated += sum(map(len, gram))
            at += size
        else:
            seen.add(gram)
            at += 1
    return repeated / len(text)


def count_sentences(line, english):
    """spaCy's sentencizer over the words of one line, white space that is not one space being a word."""
    found, after = 0, False
    for number, piece in enumerate(re.split(r"(\s+)", line)):
        words = split_words(piece, english) if number % 2 == 0 else [piece] if piece != " " else []
        for word in words:
            point = len(word) == 1 and has(word, TERMINAL)
            mark = all(_is_punctuation(character) for character in word)
            if found == 0:
                found, after = 1, point
            elif after and not point and not mark:
                found, after = found + 1, False
            else:
                after = after or point
    return found


def _is_punctuation(character):
    import unicodedata

    return unicodedata.category(character).startswith("P")


def judge_c4(text, english):
    sentences, lorem, curly = 0, False, False
    for line in text.splitlines():
        line = line.strip()
        words = line.split()
        if any(len(word) > 1000 for word in words):
            continue
        line = re.sub(r"\[\d*]|\[edit]|\[citation needed]", "", line)
        if not line.endswith((".", "?", "!", '"', "'")) or line.endswith("...") or len(words) < 3:
            continue
        low = "".join(chr(ord(each) + 32) if "A" <= each <= "Z" else each for each in line)
        lorem |= "lorem ipsum" in low
        if "javascript" in low:
            continue
        curly |= "{" in low
        policies = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
        if not any(phrase in low for phrase in policies):
            sentences += count_sentences(line, english)
    return sentences, lorem, curly


def share(part, whole):
    return part / whole if whole else None


def measure(text, english=True):
    words = split_words(text, english)
    solid = [word for word in words if not all(has(character, SYMBOL) for character in word)]
    lines, parts = text.splitlines(), [line for line in text.split("\n") if line.strip()]
    found = {"characters": len(text), "tokens": len(words), "words": len(solid), "lines": len(lines)}
    found["mean_word_length"] = share(sum(map(len, solid)), len(solid))
    found["hash_ratio"] = share(text.count("#"), len(words))
    found["ellipsis_ratio"] = share(text.count("...") + text.count("…"), len(words))
    found["bullet_line_share"] = share(sum(line.lstrip().startswith(("•", "-")) for line in lines), len(lines))
    found["ellipsis_line_share"] = share(sum(line.rstrip().endswith(("...", "…")) for line in lines), len(lines))
    found["alphabetic_word_share"] = share(sum(any(map(str.isalpha, word)) for word in words), len(words))
    found["terminal_line_share"] = share(sum(has(line[-1], TERMINAL) for line in parts), len(parts))
    found["short_line_share"] = share(sum(len(line) <= 30 for line in parts), len(parts))
    found["newline_ratio"] = share(text.count("\n"), len(words))
    found["repeated_line_character_share"] = share(find_copies(parts)[1], len(text.replace("\n", "")))
    paragraphs, segments = re.split(r"\n{2,}", text.strip()), re.split("\n+", text)
    for name, items in (("paragraph", paragraphs), ("line", segments)):
        copies, characters = find_copies(items)
        found[f"duplicate_{name}_share"] = copies / len(items) if text else None
        found[f"duplicate_{name}_character_share"] = share(characters, len(text))
    for size in (2, 3, 4):
        found[f"top_{size}_gram_share"] = top_share(words, size, text) if text else None
    for size in range(5, 11):
        found[f"duplicate_{size}_gram_share"] = repeated_share(words, size, text) if text else None
    found["c4_sentences"], found["c4_lorem_ipsum"], found["c4_curly_bracket"] = judge_c4(text, english)
    return found
