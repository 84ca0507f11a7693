"""Damaged copies of good texts: what the learned quality scorer learns to tell from them. Each takes a text and a generator.

Because a text and its damaged copy have the same words, the scorer cannot learn a topic, a country or a register instead.
"""

import random
import re

_CONFUSED = [
    ("rn", "m"),
    ("m", "rn"),
    ("l", "1"),
    ("i", "l"),
    ("o", "0"),
    ("e", "c"),
    ("c", "e"),
    ("n", "u"),
    ("u", "n"),
    ("ñ", "fi"),
    ("á", "4"),
]
_CONFUSED += [
    ("h", "b"),
    ("b", "h"),
    ("s", "5"),
    ("t", "f"),
    ("f", "t"),
    ("d", "cl"),
    ("ó", "6"),
    ("a", "n"),
    ("g", "q"),
    ("v", "y"),
    ("í", "f"),
]
_STRAY = list("~^|*•■»«°¬_'`,.;:\\/")
_MENUS = {
    "es": "Inicio|Contacto|Mapa del sitio|Compartir|Imprimir|Siguiente|Anterior|Buscar|"
    "Volver arriba|Leer más|Suscribirse|Iniciar sesión|Ver todo|Facebook|Twitter",
    "pt": "Início|Contato|Mapa do site|Compartilhar|Imprimir|Próximo|Anterior|Buscar|"
    "Voltar ao topo|Leia mais|Assine|Entrar|Ver tudo|Facebook|Twitter",
}


def ocr(text: str, rng: random.Random, language: str) -> str:
    """Letters misread, words broken and joined, stray marks: at a rate that a reader would not put up with."""
    rate = rng.uniform(0.04, 0.2)
    words = []
    for word in text.split(" "):
        if rng.random() < rate * 2:
            before, after = rng.choice(_CONFUSED)
            word = word.replace(before, after, 1)
        if rng.random() < rate and len(word) > 3:
            place = rng.randrange(1, len(word) - 1)
            word = rng.choice(
                [
                    word[:place] + " " + word[place:],
                    word[:place] + "-\n" + word[place:],
                    word[:place] + word[place:].upper(),
                    " ".join(word),
                ]
            )
        if rng.random() < rate * 0.7:
            word = rng.choice([word + rng.choice(_STRAY), rng.choice(_STRAY) + " " + word, rng.choice(_STRAY)])
        words.append(word)
    return "".join(word if rng.random() < rate / 2 else word + " " for word in words)


def mojibake(text: str, rng: random.Random, language: str) -> str:
    """UTF-8 read as Windows-1252."""
    return text.encode("utf8").decode("cp1252", "replace")


def shuffle(text: str, rng: random.Random, language: str) -> str:
    """The words in another order."""
    words = text.split()
    rng.shuffle(words)
    return " ".join(words)


def keywords(text: str, rng: random.Random, language: str) -> str:
    """Words of a text as a list of search terms."""
    words = sorted(set(re.findall(r"[^\W\d_]{4,}", text)), key=lambda _: rng.random())
    groups, at = [], 0
    while at < len(words):
        size = rng.choice((1, 1, 2, 3))
        groups.append(" ".join(words[at : at + size]).lower())
        at += size
    return rng.choice((", ", " | ", "; ", " - ", "\n")).join(groups)


def index(text: str, rng: random.Random, language: str) -> str:
    """A table of contents: beginnings of sentences, leaders and page numbers."""
    rows, page = [], rng.randrange(1, 90)
    for number, unit in enumerate(re.split(r"[.;:\n]+", text), start=1):
        head = " ".join(unit.split()[: rng.randrange(2, 8)])
        if head:
            page += rng.randrange(0, 6)
            rows.append(
                f"{number if rng.random() < 0.4 else ''} {head} {rng.choice(('.' * rng.randrange(4, 40), ' . . . . ', ' '))} {page}".strip()
            )
    return "\n".join(rows)


def table(text: str, rng: random.Random, language: str) -> str:
    """Cells: a word or two, and figures."""
    words = re.findall(r"[^\W\d_]+", text) or ["-"]
    joint = rng.choice(("\t", " | ", "  ", " "))
    rows = []
    for at in range(0, len(words), 4):
        figures = [
            f"{rng.randrange(0, 10 ** rng.randrange(1, 7)):,}".replace(",", rng.choice((".", ""))) for _ in range(rng.randrange(2, 6))
        ]
        rows.append(joint.join([" ".join(words[at : at + rng.randrange(1, 3)]), *figures]))
    return "\n".join(rows)


def furniture(text: str, rng: random.Random, language: str) -> str:
    """Menus, dates, page numbers and the beginnings of headlines, a little of the text between them."""
    menu = _MENUS[language].split("|")
    rows = []
    for unit in re.split(r"(?<=[.;:])\s+|\n+", text):
        rows += rng.sample(menu, rng.randrange(1, 5))
        rows.append(" ".join(unit.split()[: rng.randrange(2, 7)]).title() + rng.choice(("", "...", " »", " [+]")))
        if rng.random() < 0.5:
            day, hour = f"{rng.randrange(1, 29):02}/{rng.randrange(1, 13):02}/20{rng.randrange(10, 26)}", rng.randrange(0, 24)
            rows.append(f"{day} {hour:02}h{rng.randrange(0, 60):02}")
        if rng.random() < 0.3:
            rows.append(f"Página {rng.randrange(1, 90)} de {rng.randrange(90, 400)}")
    return rng.choice(("\n", " | ", " ", "\n")).join(rows)


def cut_columns(text: str, rng: random.Random, language: str) -> str:
    """Two columns read as one: halves of lines that do not follow each other."""
    words = text.split()
    width = rng.randrange(3, 6)
    lines = [" ".join(words[at : at + width]) for at in range(0, len(words), width)]
    half = len(lines) // 2
    return rng.choice((" ", "\n")).join(f"{one} {two}" for one, two in zip(lines[:half], lines[half:], strict=False))


DAMAGES = (ocr, ocr, ocr, mojibake, shuffle, keywords, index, table, furniture, furniture, cut_columns)
