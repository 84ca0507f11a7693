"""What looks like personal data and is not: the slots of hard negatives, written '{~slot}' or '{~slot:argument}'.

fill(random.Random(1), "isbn", "", "CL", "es")  ->  "978-956-12-3456-7"
"""

from random import Random

from identifiers import LETTERS, digits
from people import MONTHS, date

MONEY = {
    "AR": "$ {}", "BO": "Bs {}", "BR": "R$ {}", "CL": "${}", "CO": "$ {}", "CR": "₡{}", "CU": "{} CUP",
    "DO": "RD${}", "EC": "USD {}", "GT": "Q{}", "HN": "L {}", "MX": "${} M.N.", "NI": "C$ {}", "PA": "B/. {}",
    "PE": "S/ {}", "PR": "${}", "PY": "₲ {}", "SV": "US${}", "UY": "$U {}", "VE": "Bs. {}",
}  # fmt: skip
DOTTED = {"AR", "BO", "BR", "CL", "CO", "CR", "CU", "EC", "PY", "UY", "VE"}  # thousands with dots, decimals with commas
GROUPS = {
    "AR": "987",
    "BO": "99954",
    "BR": "85",
    "CL": "956",
    "CO": "958",
    "CR": "9968",
    "CU": "959",
    "DO": "9945",
    "EC": "9978",
    "GT": "9929",
    "MX": "607",
    "PA": "9962",
    "PE": "612",
    "PY": "99953",
    "SV": "99923",
    "UY": "9974",
    "VE": "980",
}


def isbn(rng: Random, country: str) -> str:
    group = GROUPS.get(country, "84")
    left = 9 - len(group)
    size = rng.randrange(2, left - 1)
    registrant, title = digits(rng, size), digits(rng, left - size)
    body = "978" + group + registrant + title
    check = -sum(int(c) * (1, 3)[i % 2] for i, c in enumerate(body)) % 10
    return rng.choice([f"978-{group}-{registrant}-{title}-{check}", f"{body}{check}", f"978 {group} {registrant} {title} {check}"])


def issn(rng: Random) -> str:
    body = digits(rng, 7)
    check = -sum(int(c) * w for c, w in zip(body, range(8, 1, -1), strict=True)) % 11
    return f"{body[:4]}-{body[4:]}{'X' if check == 10 else check}"


def amount(rng: Random, country: str) -> str:
    whole, cents = rng.choice([rng.randrange(90, 9000), rng.randrange(9_000, 90_000), rng.randrange(10**5, 10**6)]), rng.randrange(100)
    whole *= 1000 if country in ("CL", "PY", "CO") and whole < 10**5 else 1
    text = f"{whole:,}" + ("" if country in ("CL", "PY", "CO") else f".{cents:02d}")
    if country in DOTTED:
        text = text.translate(str.maketrans(",.", ".,"))
    return MONEY[country].format(text)


def fill(rng: Random, slot: str, argument: str, country: str, language: str) -> str:
    """The text of one slot."""
    match slot:
        case "n":
            low, _, high = argument.partition("-")
            number = str(rng.randrange(1, 10)) + digits(rng, rng.randrange(int(low), int(high or low) + 1) - 1)
            return number
        case "N":  # with a mark between thousands
            text = f"{rng.randrange(10 ** (int(argument) - 1), 10 ** int(argument)):,}"
            return text.replace(",", ".") if country in DOTTED else text
        case "L":
            return "".join(rng.choice(LETTERS) for _ in range(int(argument or 1)))
        case "date":
            return date(rng, language)
        case "day":
            return f"{rng.randrange(1, 29)} de {rng.choice(MONTHS[language])}"
        case "year":
            return str(rng.randrange(2004, 2027))
        case "years":
            start = rng.randrange(1995, 2018)
            return f"{start}-{start + rng.randrange(2, 9)}"
        case "amount":
            return amount(rng, country)
        case "isbn":
            return isbn(rng, country)
        case "issn":
            return issn(rng)
        case "doi":
            head = f"10.{rng.randrange(1000, 60000)}/{rng.choice(['s', 'j.', 'rev.', ''])}"
            return f"{head}{digits(rng, 4)}-{digits(rng, 4)}.{rng.randrange(2008, 2026)}.{digits(rng, 3)}"
        case "pages":
            start = rng.randrange(11, 900)
            return f"{start}-{start + rng.randrange(3, 60)}"
        case "coord":
            south, west = rng.randrange(10, 50), rng.randrange(40, 80)
            if rng.random() < 0.5:
                return f"-{south}.{digits(rng, 6)}, -{west}.{digits(rng, 6)}"
            return f"{south}°{rng.randrange(10, 60)}′{rng.randrange(10, 60)}″ S, {west}°{rng.randrange(10, 60)}′{rng.randrange(10, 60)}″ O"
        case "version":
            return ".".join(str(rng.randrange(0, 30)) for _ in range(rng.choice([3, 4, 4])))
        case "score":
            return f"{rng.randrange(0, 6)}-{rng.randrange(0, 6)}"
        case "pct":
            return f"{rng.randrange(1, 99)}{'.' if country not in DOTTED else ','}{rng.randrange(10)} %"
        case "time":
            return f"{rng.randrange(7, 22)}:{rng.choice(['00', '15', '30', '45'])}"
        case "uuid":
            raw = "".join(rng.choice("0123456789abcdef") for _ in range(32))
            return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"
    raise KeyError(f"no slot ~{slot}")
