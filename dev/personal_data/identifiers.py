"""Fictitious identifiers of twenty countries with their check digits: draw one, and say whether one is right.

The rules are written here by hand, apart from the detector's, so that the labelled set tests it; the README
beside the labelled set names the source of each rule.

    draw(random.Random(1), "cpf", "BR")  ->  ("529.982.247-25", True)
"""

from collections.abc import Callable
from random import Random

WRONG = 0.08  # share of checked identifiers whose check digit is made wrong
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CONSONANTS = "BCDFGHJKLMNPQRSTVWXYZ"
NICARAGUA = "ABCDEFGHJKLMNPQRSTUVWXY"  # 23 letters: no I, O, Z
CURP = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
RFC = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
PUERTO_RICO = ["580", "581", "582", "583", "584", "596", "597", "598", "599"]  # areas once given out there
STATES = [
    "AS",
    "BC",
    "BS",
    "CC",
    "CL",
    "CM",
    "CS",
    "CH",
    "DF",
    "DG",
    "GT",
    "GR",
    "HG",
    "JC",
    "MC",
    "MN",
    "MS",
    "NT",
    "NL",
    "OC",
    "PL",
    "QT",
    "QR",
    "SP",
    "SL",
    "SR",
    "TC",
    "TS",
    "TL",
    "VZ",
    "YN",
    "ZS",
]


def digits(rng: Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def weigh(number: str, weights: list[int]) -> int:
    return sum((ord(c) - 48) * w for c, w in zip(number, weights, strict=False))


def back(number: str, low: int = 2, high: int = 99) -> int:
    """Sum of the digits times weights that grow from the right: low, low+1 ... high, and again from low."""
    return sum(int(c) * (low + i % (high - low + 1)) for i, c in enumerate(reversed(number)))


def luhn(number: str) -> str:
    """The Luhn digit (ISO/IEC 7812-1) of a number without it."""
    doubled = (int(c) * 2 if i % 2 == 0 else int(c) for i, c in enumerate(reversed(number)))
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


def eleven(total: int, ten: str = "K") -> str:
    rest = -total % 11
    return ten if rest == 10 else str(rest)


def check_cpf(body: str) -> str:
    first = str(sum(int(c) * w for c, w in zip(body, range(10, 1, -1), strict=True)) * 10 % 11 % 10)
    return first + str(sum(int(c) * w for c, w in zip(body + first, range(11, 1, -1), strict=True)) * 10 % 11 % 10)


def check_cnpj(body: str) -> str:
    weights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    first = weigh(body, weights) % 11
    one = "0" if first < 2 else str(11 - first)
    second = weigh(body + one, [6, *weights]) % 11
    return one + ("0" if second < 2 else str(11 - second))


def check_titulo(body: str) -> str:
    """Two digits of a voter's number; São Paulo (01) and Minas Gerais (02) write 1 where the rest is 0."""

    def rest(total: int) -> int:
        left = total % 11
        return 0 if left == 10 else 1 if left == 0 and body[8:10] in ("01", "02") else left

    first = rest(weigh(body[:8], [2, 3, 4, 5, 6, 7, 8, 9]))
    return f"{first}{rest(weigh(body[8:10] + str(first), [7, 8, 9]))}"


def check_cnj(body: str) -> str:
    """Two digits of NNNNNNN AAAA J TR OOOO: 98 less the rest of the number with 00 after it by 97."""
    return f"{98 - int(body + '00') % 97:02d}"


def check_cbu(body: str) -> str:
    """The last digit of either block of a CBU."""
    weights = [3, 1, 7, 9]
    return str(-sum(int(c) * weights[i % 4] for i, c in enumerate(reversed(body))) % 10)


def check_curp(body: str) -> str:
    return str(-sum(CURP.index(c) * w for c, w in zip(body, range(18, 1, -1), strict=True)) % 10)


def check_rfc(body: str) -> str:
    return eleven(sum(RFC.index(c) * w for c, w in zip(body.rjust(12), range(13, 1, -1), strict=True)), "A")


def check_nit_sv(body: str) -> str:
    if body[10:13] <= "100":
        return str(weigh(body, list(range(14, 1, -1))) % 11 % 10)
    return str(-weigh(body, [2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 % 10)


def check_nit_co(body: str) -> str:
    weights = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71]
    rest = sum(int(c) * w for c, w in zip(reversed(body), weights, strict=False)) % 11
    return str(rest if rest < 2 else 11 - rest)


def check_cedula_ec(body: str) -> str:
    return luhn(body)


def check_cuit(body: str) -> str:
    return {10: "9", 11: "0"}.get(
        11 - weigh(body, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11, str(-weigh(body, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
    )


CHECKS: dict[tuple[str, str], Callable[[str], str]] = {
    ("cpf", "BR"): check_cpf,
    ("cnpj", "BR"): check_cnpj,
    ("pis", "BR"): lambda b: {10: "0"}.get(
        -weigh(b, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11, str(-weigh(b, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
    ),
    ("titulo_eleitor", "BR"): check_titulo,
    ("cns", "BR"): lambda b: eleven(weigh(b, list(range(15, 1, -1))), "X"),
    ("cuit", "AR"): check_cuit,
    ("rut", "CL"): lambda b: eleven(back(b, 2, 7)),
    ("curp", "MX"): check_curp,
    ("rfc", "MX"): check_rfc,
    ("nss_mx", "MX"): luhn,
    ("clabe", "MX"): lambda b: str(-sum(int(c) * (3, 7, 1)[i % 3] % 10 for i, c in enumerate(b)) % 10),
    ("nit", "CO"): check_nit_co,
    ("nit", "GT"): lambda b: eleven(back(b)),
    ("nit", "SV"): check_nit_sv,
    ("dui", "SV"): lambda b: str(-weigh(b, [9, 8, 7, 6, 5, 4, 3, 2]) % 10),
    ("ruc", "PE"): lambda b: str((11 - weigh(b, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10),
    ("ruc", "PY"): lambda b: str((11 - back(b, 2, 11) % 11) % 11 % 10),
    ("cedula", "DO"): luhn,
    ("cedula", "EC"): luhn,
    ("cedula", "UY"): lambda b: str(-weigh(b, [2, 9, 8, 7, 6, 3, 4]) % 10),
    ("cedula", "NI"): lambda b: NICARAGUA[int(b) % 23],
    ("card", ""): luhn,
}


def clean(number: str) -> str:
    """An identifier without its marks: only digits and capital letters (and & and Ñ of an RFC)."""
    return "".join(c for c in number.upper() if c.isalnum() or c == "&")


def right(kind: str, country: str, text: str) -> bool | None:
    """Whether the check digit of a written identifier is right; None where its type has none (or none confirmed)."""
    number = clean(text)
    if kind == "cbu":
        return check_cbu(number[:7]) == number[7] and check_cbu(number[8:21]) == number[21]
    if kind == "cnj":
        return check_cnj(number[:7] + number[9:]) == number[7:9]
    if kind == "cui":
        return str(weigh(number[:8], list(range(2, 10))) % 11) == number[8]
    if (kind, country) == ("ruc", "EC"):
        return luhn(number[:9]) == number[9]
    check = CHECKS.get((kind, "" if kind == "card" else country))
    if check is None:
        return None
    size = 2 if kind in ("cpf", "cnpj", "titulo_eleitor") else 1
    return check(number[:-size]) == number[-size:]


def spoil(rng: Random, number: str, at: int) -> str:
    """The number with another digit (or letter, where a letter stands) at that place."""
    old = number[at]
    choices = [c for c in (NICARAGUA if old in NICARAGUA and len(number) == 14 else "0123456789") if c != old]
    return number[:at] + rng.choice(choices) + number[at + 1 or len(number) :]


def date6(rng: Random, order: str = "ymd") -> str:
    parts = {"y": f"{rng.randrange(40, 100):02d}", "m": f"{rng.randrange(1, 13):02d}", "d": f"{rng.randrange(1, 29):02d}"}
    return "".join(parts[c] for c in order)


def body_of(rng: Random, kind: str, country: str) -> str:
    """The identifier without its check digit (for those whose check digit is at the end)."""
    letters = "".join(rng.choice(CONSONANTS) for _ in range(6))
    initials = rng.choice(CONSONANTS) + rng.choice("AEIOU") + letters[:2]
    first = str(rng.randrange(1, 10))
    province = f"{rng.randrange(1, 25):02d}"
    match kind, country:
        case "cnpj", _:
            # Half numeric, half with letters (IN RFB 2.229/2024: new registrations since July 2026).
            if rng.random() < 0.5:
                return digits(rng, 8) + "0001"
            return (
                "".join(rng.choice("0123456789" + LETTERS) for _ in range(7)) + rng.choice(LETTERS) + rng.choice(["0001", "000A", "01DE"])
            )
        case "pis", _:
            return "1" + digits(rng, 9)
        case "titulo_eleitor", _:
            return digits(rng, 8) + f"{rng.randrange(1, 29):02d}"
        case "cns", _:
            return rng.choice("7789") + digits(rng, 13)
        case "cuit", _:
            return rng.choice(["20", "27", "23", "24", "20", "27"]) + f"{rng.randrange(8_000_000, 48_000_000):08d}"
        case "rut", _:
            return str(rng.randrange(5_000_000, 25_000_000))
        case "curp", _:
            return initials + date6(rng) + rng.choice("HM") + rng.choice(STATES) + letters[2:5] + digits(rng, 1)
        case "rfc", _:
            return initials + date6(rng) + rng.choice("123456789ABCDEFGHIJKLMNOPQRSTUV") + rng.choice("123456789" + LETTERS)
        case "nss_mx", _:
            return f"{rng.randrange(2, 97):02d}" + digits(rng, 2) + date6(rng, "y") + digits(rng, 4)
        case "clabe", _:
            return rng.choice(["002", "012", "014", "021", "072"]) + "180" + digits(rng, 11)
        case "nit", "CO":
            return rng.choice("89") + digits(rng, 8)
        case "nit", "GT":
            return first + digits(rng, rng.choice([5, 6, 7]))
        case "nit", "SV":
            return f"{rng.randrange(1, 15):02d}" + f"{rng.randrange(1, 20):02d}" + date6(rng, "dmy") + rng.choice("01") + digits(rng, 2)
        case "dui", _:
            return "0" + digits(rng, 7)
        case "ruc", "PE":
            return rng.choice(["10", "20"]) + first + digits(rng, 7)
        case "ruc", "PY":
            return rng.choice(["8000", "8001", str(rng.randrange(100, 500))]) + digits(rng, 4)
        case "cedula", "DO":
            return rng.choice(["001", "031", "402", "225", "054"]) + digits(rng, 7)
        case "cedula", "EC":
            return province + rng.choice("012345") + digits(rng, 6)
        case "cedula", "UY":
            return rng.choice("12345") + digits(rng, 6)
        case "cedula", "NI":
            return rng.choice(["001", "281", "201", "441", "161", "401", "601", "081"]) + date6(rng, "dmy") + "00" + digits(rng, 2)
    return first + digits(rng, 8)


def compose(rng: Random, kind: str, country: str) -> tuple[str, int]:
    """A right identifier without marks, and the place of the digit that a wrong one has wrong."""
    if kind == "cbu":
        head, tail = "0" + digits(rng, 6), digits(rng, 13)
        return head + check_cbu(head) + tail + check_cbu(tail), 21
    if kind == "cnj":
        body = (
            digits(rng, 7)
            + str(rng.randrange(2011, 2027))
            + rng.choice(["826", "819", "813", "405", "502", "821", "806"])
            + f"{rng.randrange(1, 700):04d}"
        )
        return body[:7] + check_cnj(body) + body[7:], 8
    if kind == "card":
        body = rng.choice(["4", "51", "53", "55"])
        body += digits(rng, 15 - len(body))
        return body + luhn(body), 15
    if (kind, country) == ("ruc", "EC"):
        body = body_of(rng, "cedula", "EC")
        return body + luhn(body) + "001", 9
    while True:
        if kind == "cui":
            body = rng.choice("123") + digits(rng, 7)
            check = str(weigh(body, list(range(2, 10))) % 11)
            if check != "10":
                return body + check + f"{rng.randrange(1, 23):02d}{rng.randrange(1, 6):02d}", 8
            continue
        body = body_of(rng, kind, country)
        check = CHECKS[kind, country](body)
        if check != "X":
            return body + check, -1


def dots(number: str) -> str:
    return f"{int(number):,}".replace(",", ".")


def written(rng: Random, kind: str, country: str, n: str) -> str:
    """One of the ways in which the country writes the identifier."""
    dashed = [dots(n[:-1]) + "-" + n[-1], n[:-1] + "-" + n[-1]] if n[:-1].isdigit() else [n]
    ways: dict[tuple[str, str], list[str]] = {
        ("cpf", "BR"): [f"{n[:3]}.{n[3:6]}.{n[6:9]}-{n[9:]}"] * 3 + [n, f"{n[:9]}-{n[9:]}"],
        ("cnpj", "BR"): [f"{n[:2]}.{n[2:5]}.{n[5:8]}/{n[8:12]}-{n[12:]}"] * 3 + [n],
        ("pis", "BR"): [f"{n[:3]}.{n[3:8]}.{n[8:10]}-{n[10:]}", n],
        ("titulo_eleitor", "BR"): [f"{n[:4]} {n[4:8]} {n[8:]}", n],
        ("cns", "BR"): [f"{n[:3]} {n[3:7]} {n[7:11]} {n[11:]}", n],
        ("cnj", "BR"): [f"{n[:7]}-{n[7:9]}.{n[9:13]}.{n[13:14]}.{n[14:16]}.{n[16:]}"],
        ("cuit", "AR"): [f"{n[:2]}-{n[2:10]}-{n[10:]}"] * 2 + [n],
        ("cbu", "AR"): [n, n, f"{n[:8]} {n[8:]}"],
        ("rut", "CL"): [dashed[0], dashed[0], dashed[-1], dashed[0].replace("K", "k")],
        ("nss_mx", "MX"): [n, f"{n[:2]} {n[2:4]} {n[4:6]} {n[6:10]} {n[10:]}"],
        ("clabe", "MX"): [n, f"{n[:3]} {n[3:6]} {n[6:17]} {n[17:]}"],
        ("nit", "CO"): dashed,
        ("nit", "GT"): [n[:-1] + "-" + n[-1], n[:-1] + "-" + n[-1], n],
        ("nit", "SV"): [f"{n[:4]}-{n[4:10]}-{n[10:13]}-{n[13:]}"] * 2 + [n],
        ("dui", "SV"): [n[:8] + "-" + n[8:]] * 3 + [n],
        ("ruc", "PY"): [n[:-1] + "-" + n[-1]],
        ("cui", "GT"): [f"{n[:4]} {n[4:9]} {n[9:]}", n],
        ("cedula", "DO"): [f"{n[:3]}-{n[3:10]}-{n[10:]}"] * 2 + [n],
        ("cedula", "EC"): [n, n, n[:9] + "-" + n[9:]],
        ("cedula", "UY"): [f"{n[0]}.{n[1:4]}.{n[4:7]}-{n[7:]}"] * 2 + [n[:7] + "-" + n[7:], n],
        ("cedula", "NI"): [f"{n[:3]}-{n[3:9]}-{n[9:]}"] * 2 + [n],
        ("card", ""): [f"{n[:4]} {n[4:8]} {n[8:12]} {n[12:]}"] * 2 + [f"{n[:4]}-{n[4:8]}-{n[8:12]}-{n[12:]}", n],
    }
    return rng.choice(ways.get((kind, country), [n]))


def draw_unchecked(rng: Random, kind: str, country: str) -> str:
    """An identifier whose type has no check digit, or none that could be confirmed."""
    n = digits(rng, 9)
    match kind, country:
        case "dni", "AR":
            return rng.choice([dots, str])(str(rng.randrange(5_000_000, 55_000_000)))
        case "dni", "PE":
            return rng.choice("014478") + n[:7]
        case "dni", "HN":
            head, year = f"{rng.randrange(1, 19):02d}{rng.randrange(1, 10):02d}", str(rng.randrange(1945, 2006))
            return rng.choice([f"{head}-{year}-{n[:5]}", f"{head}{year}{n[:5]}", f"{head} {year} {n[:5]}"])
        case "cedula", "CO":
            number = str(rng.choice([rng.randrange(10_000_000, 99_999_999), rng.randrange(1_000_000_000, 1_199_999_999)]))
            return rng.choice([dots, dots, str])(number)
        case "cedula", "BO":
            return str(rng.randrange(1_000_000, 9_999_999)) + rng.choice(["", "", "", f"-{n[0]}{rng.choice(LETTERS[:8])}"])
        case "cedula", "CR":
            return rng.choice(
                [
                    f"{rng.randrange(1, 8)}-0{n[:3]}-0{n[3:6]}",
                    f"{rng.randrange(1, 8)}-1{n[:3]}-0{n[3:6]}",
                    f"{rng.randrange(1, 8)}0{n[:3]}0{n[3:6]}",
                ]
            )
        case "cedula", "CU":
            return date6(rng) + n[:5]
        case "cedula", "PA":
            return rng.choice(
                [f"{rng.randrange(1, 14)}-{rng.randrange(50, 999)}-{rng.randrange(100, 2400)}"] * 4
                + [f"PE-{n[0]}1-{n[1:4]}", f"E-8-{rng.randrange(10000, 99999)}", f"N-19-{rng.randrange(100, 999)}"]
            )
        case "cedula", "PY":
            return rng.choice([dots, dots, str])(str(rng.randrange(800_000, 7_900_000)))
        case "cedula", "VE":
            number = str(rng.randrange(3_000_000, 32_000_000))
            return rng.choice(
                [f"V-{dots(number)}", f"V-{number}", f"V{number}", dots(number), f"E-{dots(str(rng.randrange(80_000_000, 84_999_999)))}"]
            )
        case "nit", "BO":
            return rng.choice([str(rng.randrange(1_000_000, 9_999_999)) + "01" + n[0], "1" + digits(rng, 8)])
        case "ruc", "PA":
            return f"155{digits(rng, 6)}-2-{rng.randrange(2010, 2026)}"
        case "ine", _:
            return (
                "".join(rng.choice(CONSONANTS) for _ in range(6))
                + date6(rng)
                + f"{rng.randrange(1, 33):02d}"
                + rng.choice("HM")
                + digits(rng, 3)
            )
        case "rg", _:
            return rng.choice(
                [
                    f"{rng.randrange(10, 60)}.{n[:3]}.{n[3:6]}-{rng.choice('0123456789X')}",
                    f"MG-{rng.randrange(10, 20)}.{n[:3]}.{n[3:6]}",
                    f"{rng.randrange(1, 10)}{n[:6]}",
                    f"{rng.randrange(10, 60)}{n[:6]}-{n[7]}",
                ]
            )
        case "rol", _:
            return rng.choice(
                [
                    f"C-{rng.randrange(100, 30000)}-{rng.randrange(2012, 2027)}",
                    f"{dots(str(rng.randrange(1001, 99000)))}-{rng.randrange(2012, 2027)}",
                    f"{rng.choice('TMO')}-{rng.randrange(10, 3000)}-{rng.randrange(2014, 2027)}",
                ]
            )
        case "social_security", "PR":
            return f"{rng.choice(PUERTO_RICO)}-{rng.randrange(1, 100):02d}-{rng.randrange(1, 10000):04d}"
        case "social_security", _:
            return str(rng.randrange(1, 10)) + n[:8]
        case "passport", _:
            shape = {
                "AR": "AAD######",
                "BR": "FZ######",
                "CO": "AT######",
                "MX": "G########",
                "CL": "F########",
                "PE": "1########",
                "EC": "A#######",
                "VE": "1########",
                "PR": "5########",
                "CU": "K######",
            }
            return "".join(str(rng.randrange(10)) if c == "#" else c for c in shape.get(country, rng.choice("ABC") + "######"))
        case "plate", _:
            return plate(rng, country)
        case "pix_key", _:
            hexa = "".join(rng.choice("0123456789abcdef") for _ in range(32))
            return f"{hexa[:8]}-{hexa[8:12]}-4{hexa[13:16]}-{rng.choice('89ab')}{hexa[17:20]}-{hexa[20:]}"
        case "health_record", _:
            return rng.choice(
                [
                    str(rng.randrange(10_000, 999_999)),
                    f"{n[:6]}",
                    f"{n[:2]}-{n[2:4]}-{n[4:6]}",
                    f"{rng.randrange(10, 99)}{n[:4]}/{rng.randrange(2015, 2027)}",
                ]
            )
        case "ip", _:
            net = rng.choice(["192.0.2", "198.51.100", "203.0.113"])  # reserved for documentation (RFC 5737, RFC 3849)
            return rng.choice(
                [f"{net}.{rng.randrange(1, 255)}"] * 4 + [f"2001:db8:{rng.randrange(16, 65535):x}::{rng.randrange(1, 65535):x}"]
            )
    raise KeyError(f"no identifier {kind} for {country}")


def plate(rng: Random, country: str) -> str:
    """A vehicle plate as the country shapes it ('@' a letter, '#' a digit)."""
    shapes = {
        "AR": ["@@ ### @@", "@@###@@", "@@@ ###"], "BR": ["@@@#@##", "@@@-####"], "CL": ["@@@@-##", "@@@@.##"], "CO": ["@@@###", "@@@ ###"],
        "MX": ["@@@-###-@"], "PE": ["@@@-###"], "UY": ["S@@ ####", "S@@####"], "PY": ["@@@@ ###", "@@@ ###"],
        "BO": ["####@@@", "#### @@@"], "EC": ["P@@-####", "G@@-####"], "VE": ["@@###@@"], "CR": ["@@@-###", "@@@###"],
        "GT": ["P-###@@@", "P###@@@"], "SV": ["P###-###"], "HN": ["H@@ ####"], "NI": ["M ######"],
        "PA": ["@@####"], "DO": ["A######", "G######"], "CU": ["P######", "P ######"], "PR": ["@@@-###"],
    }  # fmt: skip
    return "".join(rng.choice(CONSONANTS) if c == "@" else str(rng.randrange(10)) if c == "#" else c for c in rng.choice(shapes[country]))


def draw(rng: Random, kind: str, country: str) -> tuple[str, bool | None]:
    """An identifier as it is written, and whether its check digit is right (None where it has none)."""
    place = "" if kind == "card" else country
    if kind not in ("cbu", "cnj", "cui", "card") and (kind, place) not in CHECKS and (kind, place) != ("ruc", "EC"):
        return draw_unchecked(rng, kind, country), None
    if kind == "cpf":
        body = digits(rng, 9)
        number, at = body + check_cpf(body), -1
    else:
        number, at = compose(rng, kind, place)
    if rng.random() < WRONG:
        number = spoil(rng, number, at)
    text = written(rng, kind, place, number)
    return text, right(kind, place, text)
