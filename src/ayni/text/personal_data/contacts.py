"""Ways to reach or to charge a person: phones, e-mail, payment cards, PIX keys, IP and MAC addresses.

    find_contacts(View("tel. (11) 93447-0569", "BR", "pt"))     -> [Span("phone", 5, 20, "BR")]

Numbering plans come from `phonenumbers` (Google's libphonenumber, ITU-T E.164).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

from ayni.text.personal_data.checks import card
from ayni.text.personal_data.context import View, before
from ayni.text.personal_data.spans import Span

_EMAIL = re.compile(r"(?<![\w.%+-])[\w][\w.%+'-]*@[A-Za-z0-9](?:[\w-]*\.)+[^\W\d_]{2,24}(?![\w-])")
_PHONE = re.compile(
    r"(?<![\w.,/$%-])(?:(?:\+|00)\d{1,3}[ .-]?(?:[19][ .-])?)?(?:\(0?\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .\-–]?\d{2,4}){1,5}(?:[ .\-–]\d{1,4})?(?![\w%]|[.,/-]\d)"
)
_CARD = re.compile(r"(?<![\w.,-])[3-6]\d{3}(?:[ -]?\d{2,6}){2,4}(?![\w]|[.,-]\d)")
_V4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_V6 = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:|:){2,7}[0-9a-fA-F:]*[0-9a-fA-F](?![\w:])")
_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:-])")
_UUID = re.compile(r"(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])", re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d|(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}|(?:1[5-9]|20)\d\d ?[-–] ?(?:1[5-9]|20)\d\d"
)
_BESIDE = re.compile(  # right after an e-mail, or after two capitalised words and a comma
    r"(?:@[\w.-]+\w(?: ?[,;/|·-] ?| (?:o|ou|e|y)(?: al?)? )|(?<![\w])[^\W\d_a-z][^\W\d_]+ (?:de (?:la |los )?)?[^\W\d_a-z][^\W\d_]+, ?)$"
)
PHONE_WORDS = (
    "tel", "tels", "telf", "telfs", "telef*", "consult* al", "hablem* al", "dudas al", "prueba al", "recado", "pix pro", "tlf", "tfno", "fono", "fonos", "cel", "cels", "celular*", "movil", "moviles", "whatsapp", "wsp", "wpp", "wasap",
    "whats", "zap", "zapzap", "fone", "fones", "fax", "telemovel", "llam*", "marc* al", "contacto", "contato", "ligue", "ligar", "liga",
    "mi numero", "meu numero", "mi num", "numero de contacto", "escrib* al", "comunic* al", "celu", "atiende en el", "central telefonica", "anota mi",
)  # fmt: skip
_WEAK_WORDS = (  # enough where the plan of the country has the number
    "numero",
    "num",
    "el mio es",
    "o meu e",
    "agora e",
    "es el",
    "consultarme al",
    "hableme al",
    "yape",
    "plin",
    "nequi",
    "daviplata",
    "linea",
    "saldo al",
    "anota*",
    "emergencia",
    "emergencia avisar",
    "escribe* al",
    "pago movil",
    "contactar*",
    "sinpe",
    "desde el",
    "pix para",
    "esposa",
    "esposo",
    "hija responsable",
    "responde en",
    "movil:",
    "familiar",
    "guarda este",
)
CARD_WORDS = ("tarjeta*", "cartao", "cartoes", "tdc", "visa", "mastercard", "credito", "debito", "card")
IP_WORDS = ("ip", "ips", "ipv4", "ipv6", "servidor", "host", "endereco ip", "direccion ip")
_REACH = 40


def find_contacts(view: View) -> Iterator[Span]:
    """Every contact; they may overlap."""
    if "@" in view.text:
        yield from (Span("email", *found.span(), weight=200) for found in _EMAIL.finditer(view.text))
    if not view.has_digit:
        return
    yield from _find_phones(view)
    yield from _find_cards(view)
    yield from _find_addresses(view)
    for found in _UUID.finditer(view.text) if view.text.count("-") > 3 else ():
        if before(("pix", "chave", "chave pix", "chave aleatoria"), view, found.start(), 60) is not None:
            yield Span("pix_key", *found.span(), "BR", weight=300)


def _find_phones(view: View) -> Iterator[Span]:
    for found in _PHONE.finditer(view.text):
        text = found[0]
        digits = sum(mark.isdigit() for mark in text)
        if not 7 <= digits <= 15 or _DATE.fullmatch(text) or view.text[max(0, found.start() - 2) : found.start()].strip().endswith("$"):
            continue
        near = before(PHONE_WORDS, view, found.start(), _REACH + 30)
        gap = view.text[max(0, found.start() - (near or 0)) : found.start()]
        announced = near is not None and _is_clear(gap) and (near <= _REACH or "llam" in view.folded)
        hinted, weak = False, None
        if not announced and view.country:
            weak = before(_WEAK_WORDS, view, found.start(), _REACH)
            hinted = weak is not None and _is_clear(view.text[found.start() - weak : found.start()])
            if not hinted and _BESIDE.search(view.text, max(0, found.start() - 60), found.start()):
                hinted, weak = True, 20
        if not announced and not hinted and text[0] not in "+(":
            continue  # most numbers, before the plans of the countries are asked
        region, possible, certain = read_phone(text, view.country)
        if hinted and certain:
            announced, near = True, weak
        if text.startswith("+") or text.startswith("("):
            accepted = certain or (announced and possible) or (text.startswith("+") and possible)
        else:
            accepted = announced and (possible or not view.country) and not (digits > 11 and not certain)
        if accepted:
            weight = 110 - (near if near is not None else 50) + 30 * certain + min(len(text), 25) if announced else 60 + 30 * certain
            yield Span("phone", *found.span(), region or view.country or None, weight=weight)


def _is_clear(gap: str) -> bool:
    """Whether hardly any digit stands between a word and a number."""
    return sum(mark.isdigit() for mark in gap) < 4


@lru_cache(maxsize=65536)
def read_phone(text: str, country: str) -> tuple[str, bool, bool]:
    """Country of a number ("" unknown), whether its length is possible, whether its country's plan has it."""
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + text[2:] if text.startswith("00") else text, country or None)
    except phonenumbers.NumberParseException:
        return "", False, False
    region = phonenumbers.region_code_for_number(number) or country
    possible = phonenumbers.is_possible_number_with_reason(number) in (0, 4)  # IS_POSSIBLE, or possible inside an area
    return region, bool(possible) or _is_old_mexican(text), bool(phonenumbers.is_valid_number(number))


def _is_old_mexican(text: str) -> bool:
    """+52 1 and ten digits: mobiles until 2019 (Instituto Federal de Telecomunicaciones, Plan Técnico de Numeración)."""
    digits = "".join(mark for mark in text if mark.isdigit())
    return text.startswith("+") and digits.startswith("521") and len(digits) == 13


def _find_cards(view: View) -> Iterator[Span]:
    for found in _CARD.finditer(view.text):
        digits = re.sub(r"[ -]", "", found[0])
        near = before(CARD_WORDS, view, found.start(), _REACH)
        if not 13 <= len(digits) <= 19:
            continue
        valid = card(digits)
        grouped = re.fullmatch(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}", found[0]) is not None
        if near is not None or (valid and grouped):
            yield Span("card", *found.span(), None, valid, 70 + 40 * (near is not None) + 20 * valid)


def _find_addresses(view: View) -> Iterator[Span]:
    for pattern, mark in ((_V4, "."), (_V6, ":")):
        for found in pattern.finditer(view.text) if view.text.count(mark) > 1 else ():
            if before(("version", "versao"), view, found.start(), 20) is not None:
                continue
            sure = pattern is _V6 or any(len(part) == 3 for part in found[0].split("."))
            if (sure or before(IP_WORDS, view, found.start(), _REACH) is not None) and _is_ip(found[0]):
                yield Span("ip", *found.span(), weight=120)
    if max(view.text.count(":"), view.text.count("-")) > 4:
        yield from (Span("mac", *found.span(), weight=120) for found in _MAC.finditer(view.text))


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
