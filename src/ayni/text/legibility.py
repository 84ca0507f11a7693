"""Legibility of Spanish and Portuguese prose from the length of its sentences and words; null for other languages.

    fernandez_huerta   206.84 - 60 syllables/word - 1.02 words/sentence            (es)
    szigriszt          206.835 - 62.3 syllables/word - words/sentence              (es; the INFLESZ scale reads this number)
    flesch_pt          248.835 - 84.6 syllables/word - 1.015 words/sentence        (pt)

Sources: J. Fernández Huerta, "Medidas sencillas de lecturabilidad", Consigna 214 (1959), with words to a sentence as G. Law,
"Error in the Fernandez Huerta readability formula" (2011), sets it right; F. Szigriszt Pazos, "Sistemas predictivos de
legibilidad del mensaje escrito", thesis, Universidad Complutense de Madrid (1993); I. Barrio-Cantalejo et al., "Validación de
la Escala INFLESZ", Anales del Sistema Sanitario de Navarra 31 (2008); T. Martins et al., "Readability formulas applied to
textbooks in Brazilian Portuguese", Notas do ICMSC 28 (1996). Syllables are counted by rule from the letters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
FORMULAS = {  # column: (language, constant, syllables to a word, words to a sentence)
    "fernandez_huerta": ("es", 206.84, 60.0, 1.02),
    "szigriszt": ("es", 206.835, 62.3, 1.0),
    "flesch_pt": ("pt", 248.835, 84.6, 1.015),
}
FEWEST_WORDS = 100  # the formulas were made on samples of a hundred words; under it they say nothing


def measure_legibility(syllables: Numbers, words: Numbers, sentences: Numbers, languages: Sequence[str]) -> dict[str, Numbers]:
    """Column -> score of every text, NaN where the formula is not for its language or the text is too short."""
    tags = np.array([tag.split("-")[0] for tag in languages], dtype=object)
    enough = (words >= FEWEST_WORDS) & (sentences > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_word, by_sentence = syllables / words, words / sentences
    return {
        column: np.where(enough & (tags == language), constant - a * by_word - b * by_sentence, np.nan)
        for column, (language, constant, a, b) in FORMULAS.items()
    }
