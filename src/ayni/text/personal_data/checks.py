"""Check digits by name: what the tables of identifiers call in `check`. Every function takes the number without separators, in
capitals, and says whether it is right.

    CHECKS["cpf"]("52998224725")     -> True

python-stdnum computes those that it has; the others are here, each with its source.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

Check = Callable[[str], bool]

_MUNICIPALITIES = (17, 8, 16, 16, 13, 14, 19, 8, 24, 21, 9, 30, 32, 21, 8, 17, 14, 5, 11, 11, 7, 17)  # of Guatemala, by department
_NICARAGUA = "ABCDEFGHJKLMNPQRSTUVWXY"


def _stdnum(module: str) -> Check:
    """The check of a module of python-stdnum, imported on first use."""

    def check(number: str) -> bool:
        return bool(import_module(f"stdnum.{module}").is_valid(number))

    return check


def _weigh(number: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B: cards; the NSS of Mexico (IMSS)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def card(number: str) -> bool:
    """A payment card: Luhn, 13 to 19 digits, an issuer's first digit (ISO/IEC 7812-1), not one digit alone."""
    return 13 <= len(number) <= 19 and number[0] in "3456" and len(set(number)) > 3 and luhn(number)


def pis(number: str) -> bool:
    """PIS/PASEP/NIT of Brazil: modulus 11, weights 3 2 9 8 7 6 5 4 3 2 (Caixa Econômica Federal, cadastro NIS)."""
    if len(set(number)) == 1:
        return False
    return int(number[10]) == (11 - _weigh(number, (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10


def voter(number: str) -> bool:
    """Título de eleitor: state 01 to 28, two digits modulus 11 (Tribunal Superior Eleitoral, Res. 21.538/2003, art. 12)."""
    state = number[8:10]
    if len(number) != 12 or not 1 <= int(state) <= 28:
        return False
    rest = [_weigh(number, (2, 3, 4, 5, 6, 7, 8, 9)) % 11]
    first = rest[0] % 10 if rest[0] else int(state in ("01", "02"))
    rest.append(_weigh(state + str(first), (7, 8, 9)) % 11)
    second = rest[1] % 10 if rest[1] else int(state in ("01", "02"))
    return number[10:] == f"{first}{second}"


def health_card(number: str) -> bool:
    """CNS, the card of Brazil's SUS: weights 15 to 1, modulus 11; first digit 1, 2, 7, 8 or 9 (Ministério da Saúde, DATASUS)."""
    return number[0] in "12789" and _weigh(number, tuple(range(15, 0, -1))) % 11 == 0


def court_case(number: str) -> bool:
    """CNJ case number NNNNNNN-DD.AAAA.J.TR.OOOO: modulus 97, base 10 (Res. CNJ 65/2008, annex VIII; ISO 7064)."""
    return int(number[:7] + number[9:] + number[7:9]) % 97 == 1


def clabe(number: str) -> bool:
    """CLABE of Mexico: weights 3 7 1, modulus 10 of each product (Asociación de Bancos de México)."""
    total = sum(int(digit) * weight % 10 for digit, weight in zip(number[:17], (3, 7, 1) * 6, strict=False))
    return int(number[17]) == -total % 10


def rfc(number: str) -> bool:
    """RFC of Mexico with its check digit (SAT, Anexo 22 of the Resolución Miscelánea), by python-stdnum."""
    module = import_module("stdnum.mx.rfc")
    try:
        module.validate(number, validate_check_digits=True)
    except import_module("stdnum.exceptions").ValidationError:
        return False
    return True


def dui(number: str) -> bool:
    """DUI of El Salvador: weights 9 to 2, modulus 10 (RNPN; Ministerio de Hacienda, DUI as NIT)."""
    return int(number[8]) == -_weigh(number[:8], (9, 8, 7, 6, 5, 4, 3, 2)) % 10


def uruguay(number: str) -> bool:
    """Cédula of Uruguay: weights 2 9 8 7 6 3 4, modulus 10 (Dirección Nacional de Identificación Civil)."""
    number = number.zfill(8)
    return int(number[7]) == -_weigh(number[:7], (2, 9, 8, 7, 6, 3, 4)) % 10


def nicaragua(number: str) -> bool:
    """Cédula of Nicaragua: letter number `n mod 23` of the alphabet without I, O, Z (Consejo Supremo Electoral)."""
    return number[13] == _NICARAGUA[int(number[:13]) % 23]


def guatemala(number: str) -> bool:
    """CUI of Guatemala: 8 digits, modulus 11 with weights 2 to 9, department and municipality of birth (RENAP)."""
    department, town = int(number[9:11]), int(number[11:13])
    if not 1 <= department <= 22 or not 1 <= town <= _MUNICIPALITIES[department - 1]:
        return False
    return _weigh(number[:8], (2, 3, 4, 5, 6, 7, 8, 9)) % 11 == int(number[8])


CHECKS: dict[str, Check] = {
    "card": card,
    "cbu": _stdnum("ar.cbu"),
    "clabe": clabe,
    "cnj": court_case,
    "cnpj": _stdnum("br.cnpj"),  # with letters since July 2026 (IN RFB 2.229/2024): stdnum knows both
    "cns": health_card,
    "cpf": _stdnum("br.cpf"),
    "cui_gt": guatemala,
    "cuit": _stdnum("ar.cuit"),
    "curp": _stdnum("mx.curp"),
    "cedula_do": luhn,
    "cedula_ec": _stdnum("ec.ci"),
    "cedula_ni": nicaragua,
    "cedula_uy": uruguay,
    "dui": dui,
    "nit_co": _stdnum("co.nit"),
    "nit_gt": _stdnum("gt.nit"),
    "nit_sv": _stdnum("sv.nit"),
    "nss_mx": luhn,
    "pis": pis,
    "rfc": rfc,
    "rif": _stdnum("ve.rif"),
    "rnc": _stdnum("do.rnc"),
    "ruc_ec": _stdnum("ec.ruc"),
    "ruc_pe": _stdnum("pe.ruc"),
    "ruc_py": _stdnum("py.ruc"),
    "rut_cl": _stdnum("cl.rut"),
    "rut_uy": _stdnum("uy.rut"),
    "titulo_eleitor": voter,
}
