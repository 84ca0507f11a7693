"""What sources state of language, country and date, in the forms that documents keep; what is not understood stays empty.

name_language("aym")      -> "ay"        the pack's tag;  "quy" stays "quy", "pt-BR" is "pt";  "nah+es" is "mul"
name_country("México")    -> "MX"        ISO 3166-1 alpha-2;  "BO,PE" is no one country: ""
name_date("Ago-2011")     -> "2011-08"   ISO 8601, as precise as stated;  "03/04/2019" is two dates: ""
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ayni.text.packs import load_packs

_COUNTRIES = {  # ISO 3166-1; names in Spanish, Portuguese and English, without accents, as NAME_FORMS makes them
    "AR": "argentina",
    "BO": "bolivia",
    "BR": "brasil brazil",
    "CL": "chile",
    "CO": "colombia",
    "CR": "costa_rica",
    "CU": "cuba",
    "DO": "republica_dominicana dominican_republic",
    "EC": "ecuador equador",
    "ES": "espana espanha spain",
    "FR": "francia franca france",
    "GT": "guatemala",
    "HN": "honduras",
    "HT": "haiti",
    "MX": "mexico",
    "NI": "nicaragua",
    "PA": "panama",
    "PE": "peru",
    "PR": "puerto_rico porto_rico",
    "PT": "portugal",
    "PY": "paraguay paraguai",
    "SV": "el_salvador",
    "US": "estados_unidos united_states",
    "UY": "uruguay uruguai",
    "VE": "venezuela",
}
_BY_NAME = {name.replace("_", " "): code for code, names in _COUNTRIES.items() for name in names.split()}
_MONTHS = (  # in Spanish, Portuguese and English; three letters are enough
    "enero janeiro january",
    "febrero fevereiro february",
    "marzo marco march",
    "abril april",
    "mayo maio may",
    "junio junho june",
    "julio julho july",
    "agosto august",
    "septiembre setiembre setembro september",
    "octubre outubro october",
    "noviembre novembro november",
    "diciembre dezembro december",
)
_ISO = re.compile(r"(\d{4})(?:[-/](\d{2})(?:[-/](\d{2}))?)?(?:[t ]\d{2}:\d{2}.*)?")  # of folded text
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_MONTH_YEAR = re.compile(r"([a-z]{3,10})\.?[-/ ](?:de )?(\d{4})")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})[- ](?:de )?([a-z]{3,10})\.?[- ](?:de )?(\d{4})(?: \d{2}:\d{2}.*)?")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def fold(text: str) -> str:
    """Lower case without accents: how names of columns, countries and months are compared."""
    return "".join(each for each in unicodedata.normalize("NFD", text.strip().casefold()) if not unicodedata.combining(each))


@lru_cache(maxsize=4096)
def name_language(stated: str) -> str:
    """The tag of a stated language: the pack's where one is known by it, else ISO 639's two or three letters, else ''."""
    if len(parts := re.split(r"[+,;/]", stated)) > 1:
        found = {name_language(each) for each in parts} - {""}
        return found.pop() if len(found) == 1 else "mul" if found else ""
    packs = load_packs()
    if not _TAG.fullmatch(stated.strip()):
        return next((tag for tag, pack in packs.items() if fold(stated) in map(fold, pack.names.values())), "")
    primary = re.split("[-_]", stated.strip().lower())[0]
    if primary in packs:
        return primary
    return next((tag for tag, pack in packs.items() if pack.iso639_3 == primary), primary)


@lru_cache(maxsize=4096)
def name_country(stated: str) -> str:
    """The code of a stated country; '' for several, none, or a name that is not known here."""
    text = stated.strip()
    return text.upper() if re.fullmatch("[A-Za-z]{2}", text) else _BY_NAME.get(fold(text), "")


@lru_cache(maxsize=4096)
def name_date(stated: str) -> str:
    """A stated date in ISO 8601; '' where day and month could be taken for each other, or it is none."""
    text = fold(stated)
    if (whole := _ISO.fullmatch(text)) or (whole := _COMPACT.fullmatch(text)):
        return _join(whole[1], whole[2], whole[3])
    if month := _MONTH_YEAR.fullmatch(text):
        return _join(month[2], _number_month(month[1]), None)
    day = _DAY_MONTH_YEAR.fullmatch(text.partition(", ")[2] or text)
    return _join(day[3], _number_month(day[2]), day[1]) if day else ""


def _number_month(word: str) -> str:
    return next((str(number) for number, names in enumerate(_MONTHS, 1) if any(name.startswith(word) for name in names.split())), "0")


def _join(year: str, month: str | None, day: str | None) -> str:
    if not 1 <= int(month or 1) <= 12 or not 1 <= int(day or 1) <= 31:
        return ""
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])
