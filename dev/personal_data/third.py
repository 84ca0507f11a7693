"""Makes the third half of the labelled sentences, `tests/text/personal_data/test3.jsonl`, from `third.txt`.

Written by another hand than the halves before and than the finders, before their source or a failure of theirs was
read. Names, addresses and dates stand in `third.txt` as they are written; digits are drawn here, with python-stdnum's
check digits where it has them and the rules of README.md (tests/text/personal_data) where it has none.

    python dev/personal_data/third.py
"""

import json
import random
import re
import string
import uuid
from collections.abc import Callable
from pathlib import Path

import phonenumbers
from stdnum import luhn
from stdnum.ar import cbu, cuit
from stdnum.br import cnpj, cpf
from stdnum.cl import rut
from stdnum.co import nit as nit_co
from stdnum.gt import nit as nit_gt
from stdnum.mx import curp, rfc
from stdnum.pe import ruc as ruc_pe
from stdnum.py import ruc as ruc_py
from stdnum.sv import nit as nit_sv

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "tests" / "text" / "personal_data" / "test3.jsonl"
SPAN = re.compile(r"\[(?P<type>[a-z_]+)(?P<wrong>!?)(?::(?P<style>\w+))?(?: (?P<text>[^\]]+))?\]")
NOBODYS = {"name", "birth_date", "email", "card", "ip"}

draw = random.Random(20261127)


def digits(count: int) -> str:
    """That many digits, the first not zero."""
    return str(draw.randint(1, 9)) + "".join(draw.choice(string.digits) for _ in range(count - 1))


def filled(text: str) -> str:
    """`text` with # and % drawn."""
    return "".join(draw.choice(string.digits) if mark == "#" else draw.choice("23456789") if mark == "%" else mark for mark in text)


def other(check: str) -> str:
    """A check digit or letter that is not this one."""
    return draw.choice([mark for mark in (string.digits if check.isdigit() else "ABCDEFGH") if mark != check])


def grouped(number: str, shape: str) -> str:
    """`number` written into `shape`, an x for each of its marks."""
    marks = iter(number)
    return "".join(next(marks) if mark == "x" else mark for mark in shape)


def weighted(number: str, weights: list[int]) -> int:
    return sum(int(mark) * weight for mark, weight in zip(number, weights, strict=True))


def eleven(number: str, weights: list[int]) -> str:
    """The check digit modulo 11, ten and eleven being zero."""
    rest = 11 - weighted(number, weights) % 11
    return str(rest if rest < 10 else 0)


def day() -> str:
    """A day as YYMMDD."""
    return f"{draw.randint(50, 99):02}{draw.randint(1, 12):02}{draw.randint(1, 28):02}"


def with_letters_cnpj() -> tuple[str, str]:
    body = "".join(draw.choice(string.digits + string.ascii_uppercase) for _ in range(8)) + "0001"
    values = [ord(mark) - 48 for mark in body]
    for _ in range(2):
        weights = [2 + place % 8 for place in range(len(values))][::-1]
        rest = sum(value * weight for value, weight in zip(values, weights, strict=True)) % 11
        values.append(0 if rest < 2 else 11 - rest)
    return body + "".join(map(str, values[-2:])), "xx.xxx.xxx/xxxx-xx"


def cns() -> tuple[str, str]:
    while True:
        body = "7" + digits(13)
        for last in string.digits:
            if weighted(body + last, list(range(15, 0, -1))) % 11 == 0:
                return body + last, "xxx xxxx xxxx xxxx"


def cnj() -> tuple[str, str]:
    number, year, court = "0" + digits(6), str(draw.randint(2010, 2024)), "8" + f"{draw.randint(1, 27):02}"
    office = f"{draw.randint(1, 700):04}"
    check = 98 - int(number + year + court + office + "00") % 97
    return f"{number}{check:02}{year}{court}{office}", "xxxxxxx-xx.xxxx.x.xx.xxxx"


def titulo() -> tuple[str, str]:
    body, state = digits(8), f"{draw.randint(3, 28):02}"
    first = weighted(body, list(range(2, 10))) % 11 % 10
    second = (int(state[0]) * 7 + int(state[1]) * 8 + first * 9) % 11 % 10
    return f"{body}{state}{first}{second}", "xxxx xxxx xxxx"


def clabe() -> tuple[str, str]:
    body = "0" + digits(16)
    return body + str(-sum(int(mark) * (3, 7, 1)[place % 3] % 10 for place, mark in enumerate(body)) % 10), "x" * 18


def cbu_number() -> tuple[str, str]:
    bank, account = "0" + digits(6), "0" + digits(12)
    return bank + cbu.calc_check_digit(bank) + account + cbu.calc_check_digit(account), "x" * 22


def cui() -> tuple[str, str]:
    while True:
        body = digits(8)
        check = weighted(body, list(range(2, 10))) % 11
        if check < 10:
            return f"{body}{check}{draw.randint(1, 15):02}01", "xxxx xxxxx xxxx"


def cedula_ni() -> tuple[str, str]:
    date = day()
    body = f"{draw.choice(['001', '281', '401', '601', '201'])}{date[4:]}{date[2:4]}{date[:2]}{digits(4)}"
    return body + "ABCDEFGHJKLMNPQRSTUVWXY"[int(body) % 23], "xxx-xxxxxx-xxxxx"


def mexican(length: int) -> str:
    return "".join(draw.choice("BCDFGHLMPRSTVZ") for _ in range(length))


def rfc_number(style: str) -> tuple[str, str]:
    body = (mexican(3) if style == "company" else mexican(1) + "U" + mexican(2)) + day() + f"{mexican(1)}{digits(1)}"
    number = body + rfc.calc_check_digit(body)
    return number, "x" * len(number)


def curp_number() -> tuple[str, str]:
    body = f"{mexican(1)}A{mexican(2)}{day()}{draw.choice('HM')}{draw.choice(['YN', 'OC', 'DF', 'CS'])}{mexican(3)}0"
    return body + curp.calc_check_digit(body), "x" * 18


def cuit_number() -> tuple[str, str]:
    while True:
        body = draw.choice(["20", "27", "23"]) + digits(8)
        number = body + cuit.calc_check_digit(body)
        if cuit.is_valid(number):
            return number, "xx-xxxxxxxx-x"


def pairs(body: str, rule: Callable[[str], str], shape: str) -> tuple[str, str]:
    return body + rule(body), shape


def cedula(country: str) -> tuple[str, str]:
    if country == "DO":
        return pairs("0" + digits(9), luhn.calc_check_digit, "xxx-xxxxxxx-x")
    if country == "EC":
        body = f"{draw.randint(1, 24):02}{draw.randint(0, 5)}{digits(6)}"
        return body + luhn.calc_check_digit(body), "xxxxxxxxxx"
    if country == "UY":
        body = digits(7)
        return body + str(-weighted(body, [2, 9, 8, 7, 6, 3, 4]) % 10), "x.xxx.xxx-x"
    return cedula_ni()


def ruc(country: str) -> tuple[str, str]:
    if country == "PE":
        return pairs(draw.choice(["10", "20"]) + digits(8), ruc_pe.calc_check_digit, "x" * 11)
    if country == "PY":
        return pairs(digits(7), ruc_py.calc_check_digit, "xxxxxxx-x")
    return cedula("EC")[0] + "001", "x" * 13


def nit(country: str) -> tuple[str, str]:
    if country == "CO":
        return pairs("9" + digits(8), nit_co.calc_check_digit, "xxx.xxx.xxx-x")
    if country == "GT":
        return pairs(digits(7), nit_gt.calc_check_digit, "xxxxxxx-x")
    date = day()
    body = f"{draw.choice(['0614', '0210', '1217'])}{date[4:]}{date[2:4]}{date[:2]}{digits(3)}"
    return pairs(body, nit_sv.calc_check_digit, "xxxx-xxxxxx-xxx-x")


def dui() -> tuple[str, str]:
    body = "0" + digits(7)
    return body + str(-weighted(body, list(range(9, 1, -1))) % 10), "xxxxxxxx-x"


def card() -> tuple[str, str]:
    body = "4" + digits(14)
    return body + luhn.calc_check_digit(body), "xxxx xxxx xxxx xxxx"


def numbered(kind: str, country: str, style: str) -> tuple[str, str]:
    """A number of this kind with a right check digit, and the shape it is written in."""
    rules: dict[str, Callable[[], tuple[str, str]]] = {
        "cpf": lambda: pairs(digits(9), cpf._calc_check_digits, "xxx.xxx.xxx-xx"),
        "cnpj": with_letters_cnpj
        if style == "letters"
        else lambda: pairs(digits(8) + "0001", cnpj.calc_check_digits, "xx.xxx.xxx/xxxx-xx"),
        "pis": lambda: pairs("1" + digits(9), lambda b: eleven(b, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]), "xxx.xxxxx.xx-x"),
        "titulo_eleitor": titulo,
        "cns": cns,
        "cnj": cnj,
        "cuit": cuit_number,
        "cbu": cbu_number,
        "rut": lambda: pairs(str(draw.randint(5, 24)) + digits(6), rut.calc_check_digit, ""),
        "curp": curp_number,
        "rfc": lambda: rfc_number(style),
        "nss_mx": lambda: pairs(digits(10), luhn.calc_check_digit, "x" * 11),
        "clabe": clabe,
        "cui": cui,
        "dui": dui,
        "card": card,
        "cedula": lambda: cedula(country),
        "ruc": lambda: ruc(country),
        "nit": lambda: nit(country),
    }
    number, shape = rules[kind]()
    if kind == "rut":
        shape = "x" * (len(number) - 7) + ".xxx.xxx-x"
    return number, shape


def rings(text: str, country: str) -> bool:
    """Whether `phonenumbers` knows the range."""
    return phonenumbers.is_valid_number(phonenumbers.parse(text, country))


def written(kind: str, country: str, style: str, wrong: bool) -> str:
    number, shape = numbered(kind, country, style)
    if wrong:
        place = {"cui": 8, "cnj": 8}.get(kind, len(number) - 1)
        place = 9 if kind == "ruc" and country == "EC" else place
        number = number[:place] + other(number[place]) + number[place + 1 :]
    if style == "plain":
        return number
    return grouped(number, "xxxxxxxxx-x" if style == "dash" else shape)


def read_line(line: str, country: str, language: str) -> dict[str, object]:
    """One sentence of the file as a line of the set."""
    register, marked = line.split(": ", 1)
    text, spans, last = "", [], 0
    for match in SPAN.finditer(marked):
        text += marked[last : match.start()]
        last, kind = match.end(), match["type"]
        valid: bool | None = None
        if kind == "pix_key":
            value = str(uuid.UUID(int=draw.getrandbits(128), version=4))
        elif match["text"]:
            value = match["text"] if kind in NOBODYS | {"address"} else filled(match["text"])
            for _ in range(50 if kind == "phone" else 0):
                if rings(value, country):
                    break
                value = filled(match["text"])
        else:
            value, valid = written(kind, country, match["style"] or "", bool(match["wrong"])), not match["wrong"]
        issuer = None if kind in NOBODYS else country
        spans.append({"type": kind, "start": len(text), "end": len(text) + len(value), "country": issuer, "valid": valid})
        text += value
    text += marked[last:]
    return {"text": text, "language": language, "country": country, "register": register, "spans": spans}


def make() -> list[dict[str, object]]:
    """Every sentence of `third.txt`, in its order."""
    draw.seed(20261127)
    lines, country, language = [], "", ""
    for line in (HERE / "third.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            _, country, language = line.split()
        elif line and not line.startswith("#"):
            lines.append(read_line(line, country, language))
    return lines


if __name__ == "__main__":
    OUT.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in make()), encoding="utf-8")
