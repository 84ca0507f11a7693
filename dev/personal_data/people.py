"""Fictitious people of the region: names in several shapes, dates of birth, phones, e-mails, addresses.

name(random.Random(1), NAMES["dev"], "BO", "inverted")  ->  "MAMANI QUISPE, JUANA"
"""

import tomllib
import unicodedata
from pathlib import Path
from random import Random

NAMES: dict[str, dict[str, list[str]]] = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
FRESH: dict[str, dict[str, list[str]]] = tomllib.loads((Path(__file__).parent / "fresh.toml").read_text(encoding="utf-8"))
LOCAL = {"BO": "andes", "PE": "andes", "CL": "mapuche", "GT": "maya", "MX": "maya", "EC": "ecuador", "PY": "paraguay", "BR": "brazil"}
SHARE = {"BO": 0.5, "PE": 0.35, "GT": 0.4, "EC": 0.3, "CL": 0.2, "PY": 0.4, "MX": 0.12, "BR": 0.04}
MONTHS = {
    "es": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
    "pt": ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"],
}
DOMAINS = ["example.com", "example.org", "example.net", "correo.example", "mail.example", "example.com"]  # RFC 2606, RFC 6761
PHONES = {  # '#' any digit, '+' a digit from 2 to 9; shapes of each national plan, mobile first
    "AR": ["+54 9 11 +###-####", "011 4+##-####", "11 +###-####", "(0351) 4+#-####", "+54 351 4+#-####"],
    "BO": ["+591 7+######", "7+######", "7+# #####", "+591 2 2+#####"],
    "BR": ["(11) 9+###-####", "+55 21 9+###-####", "(85) 9 +###-####", "71 9+#######", "(31) 3+##-####"],
    "CL": ["+56 9 +### ####", "9 +### ####", "+569+#######", "(45) 22# ####", "+56 2 2+## ####"],
    "CO": ["+57 31+ ### ####", "30+ ### ## ##", "31+#######", "(601) 3+# ####", "+57 300 +## ####"],
    "CR": ["+506 8+##-####", "8+##-####", "+506 6+## ####", "2+##-####"],
    "CU": ["+53 5+######", "5+## ####", "5+######", "+53 7 8+# ####"],
    "DO": ["(809) +##-####", "829-+##-####", "+1 849 +## ####", "809-+##-####"],
    "EC": ["+593 9+ ### ####", "09+#######", "09+ ### ####", "(02) 2+#-####"],
    "GT": ["+502 5+## ####", "5+##-####", "4+## ####", "+502 2+##-####"],
    "HN": ["+504 9+##-####", "9+##-####", "3+## ####", "+504 2+##-####"],
    "MX": ["55 +### ####", "+52 33 +### ####", "(81) +###-####", "951 +## ####", "+52 1 55 +### ####"],
    "NI": ["+505 8+## ####", "8+##-####", "+505 2+##-####", "8+######"],
    "PA": ["+507 6+##-####", "6+##-####", "+507 2+#-####", "6+## ####"],
    "PE": ["+51 9+# ### ###", "9+# ### ###", "9+#######", "(01) 4+#-####", "+51 1 4+# ####"],
    "PR": ["787-+##-####", "(939) +##-####", "+1 787-+##-####", "787 +## ####"],
    "PY": ["+595 98+ ### ###", "098+ ### ###", "(0981) +##-###", "(021) 4+#-###"],
    "SV": ["+503 7+##-####", "7+##-####", "6+## ####", "2+##-####"],
    "UY": ["+598 9+ ### ###", "09+ ### ###", "09+######", "2+## ## ##"],
    "VE": ["+58 414-+##.##.##", "0414-+######", "0424 +## ## ##", "(0212) +##-####", "0412-+##.##.##"],
}
ADDRESSES = {  # % a house number, ~ a digit, @ a letter; the street names are of trees, dates, saints and heroes
    "AR": [
        "calle Los Ceibos %, piso ~, depto. @",
        "Av. San Juan %, 5º @",
        "pasaje Las Acacias %, barrio Villa Los Pinos",
        "calle 12 N° % e/ 45 y 46",
    ],
    "BO": [
        "calle Illampu N° %, zona San Pedro",
        "Av. Las Américas %, Villa Fátima",
        "calle Los Kantutas %, zona Sur",
        "calle 6 N° ~, Ciudad Satélite",
    ],
    "BR": [
        "Rua das Palmeiras, %, apto. ~",
        "Av. Beira-Rio, %, bloco @, apto. ~~",
        "Travessa dos Ipês, nº %, Jardim Primavera",
        "Rua 7 de Abril, %, casa ~, CEP 01234-0~~",
    ],
    "CL": [
        "calle Los Aromos %, depto. ~~",
        "pasaje Los Copihues %, villa Los Alerces",
        "Av. Las Torres %, block ~, depto. ~~",
        "camino a Quepe km ~, parcela ~",
    ],
    "CO": [
        "Calle ~~ # 12-~~, apto. 30~",
        "Carrera ~~ N.º ~~-1~",
        "Cra. 7 # ~~-~1, barrio La Esperanza",
        "Transversal ~~ No. 2~-~~, interior ~",
        "Diagonal ~~ sur # ~-~~",
    ],
    "CR": [
        "de la iglesia católica, 200 metros al sur y 50 al oeste, casa ~",
        "del bar La Central, 100 metros norte, casa verde a mano derecha",
        "residencial Los Robles, casa ~~",
        "avenida ~, calle ~~, casa N° %",
    ],
    "CU": [
        "calle ~~ No. % entre 5ta y 7ma",
        "calle @ No. %, apto. ~, entre 21 y 23",
        "edificio ~~, apto. ~, reparto Los Pinos",
        "calle Real No. % e/ Sol y Luna",
    ],
    "DO": [
        "calle Las Mercedes núm. ~~, sector Los Prados",
        "av. Las Palmas núm. %, apto. ~-@",
        "calle Primera núm. ~, ensanche La Fe",
        "manzana ~~, casa ~, urbanización Los Jardines",
    ],
    "EC": [
        "calle Los Cipreses N4~-~~ y Los Álamos",
        "av. Las Orquídeas % y calle Quinta",
        "cdla. Los Esteros, mz. ~~, villa ~",
        "calle Bolívar ~~-~2 y Sucre",
    ],
    "GT": [
        "~a calle ~~-~~, zona ~",
        "~ avenida ~~-4~ zona 1~, colonia Landívar",
        "4ta. avenida ~-~~, zona ~",
        "lote ~~, manzana @, colonia El Milagro",
    ],
    "HN": [
        "colonia Kennedy, bloque ~~, casa %",
        "barrio Abajo, ~a calle, casa N° ~~",
        "residencial Las Colinas, bloque @, casa ~",
        "col. El Sauce, avenida ~, casa ~~~",
    ],
    "MX": [
        "calle Jacarandas núm. %, int. ~, col. Jardines",
        "Av. de los Maestros %, colonia Centro, C.P. 68~~0",
        "privada Los Sauces #~~, fracc. Las Flores",
        "calle 5 de Mayo No. %, barrio San Miguel",
        "andador Fresno %, manz. ~, lote ~~",
    ],
    "NI": [
        "de los semáforos, 2 cuadras al lago, 1 abajo, casa N° ~~",
        "barrio San Judas, de la escuela 3 cuadras al sur, casa ~-~~",
        "reparto Las Brisas, casa @-~~",
        "del parque, media cuadra arriba, casa esquinera",
    ],
    "PA": [
        "calle ~~, edificio Las Perlas, apto. ~-@",
        "urbanización Los Robles, casa ~~-@",
        "barriada San José, calle ~, casa %",
        "vía Principal, casa N.º ~~~",
    ],
    "PE": [
        "jr. Los Geranios %, dpto. 30~",
        "av. Las Flores %, urb. Santa Rosa",
        "mz. @ lote ~~, A.H. Nueva Esperanza",
        "calle Las Retamas %, int. ~",
        "psje. Los Cedros ~~~",
    ],
    "PR": ["urb. Las Lomas, calle ~, @-~~", "condominio El Mirador, apt. ~~~", "calle Las Flores #~~, bo. Pueblo", "HC-0~ Box %"],
    "PY": [
        "calle Los Lapachos % casi Las Palmas",
        "avda. Boquerón % e/ Los Cedros",
        "calle 14 de Mayo %, barrio San Roque",
        "Tte. Rojas N° % c/ Curupayty",
    ],
    "SV": [
        "colonia Las Rosas, pasaje ~, casa N° ~~",
        "residencial Altavista, polígono ~~, casa ~~",
        "barrio El Centro, ~ calle poniente N° ~-~~",
        "final av. Los Pinos, casa ~~",
    ],
    "UY": ["calle Los Ombúes %, apto. ~0~", "Av. Las Acacias % bis", "camino Los Teros % esq. Los Horneros", "ruta 8 km ~~, solar ~"],
    "VE": [
        "calle Los Mangos, casa N° ~~",
        "av. Principal, residencias El Ávila, piso ~, apto. ~-@",
        "urb. Los Samanes, vereda ~~, casa ~",
        "sector La Ceiba, calle ~, casa s/n, frente a la plaza",
    ],
}


def pick(rng: Random, values: list[str], count: int) -> list[str]:
    return rng.sample(values, count)


def parts(rng: Random, lists: dict[str, list[str]], country: str, gender: str) -> tuple[list[str], list[str]]:
    """Given names and surnames of one person: one or two of each."""
    language = "pt" if country == "BR" else "es"
    given = pick(rng, lists[f"{language}_{gender or rng.choice('fm')}"], 2 if rng.random() < 0.4 else 1)
    surnames = pick(rng, lists[f"{language}_s"], 2)
    for at in range(2):
        if rng.random() < SHARE.get(country, 0):
            surnames[at] = rng.choice([s for s in lists[LOCAL[country]] if s not in surnames])
    return given, surnames


def name(rng: Random, lists: dict[str, list[str]], country: str, shape: str = "") -> str:
    """A person's name. Shapes: f, m (gender), full, short, inverted, upper, lower, given, initial, nick; they join by '+'."""
    wants = set(shape.split("+")) if shape else set()
    if "nick" in wants:
        return rng.choice(lists["pt_nick" if country == "BR" else "es_nick"])
    given, surnames = parts(rng, lists, country, "f" if "f" in wants else "m" if "m" in wants else "")
    if "given" in wants:
        text = given[0]
    elif "initial" in wants:
        text = f"{given[0]} {surnames[0].split()[-1][0]}."
    elif "inverted" in wants:
        text = f"{' '.join(surnames)}, {' '.join(given)}"
        text = text.upper() if rng.random() < 0.6 else text[0].upper() + text[1:]
    elif "short" in wants or ("full" not in wants and rng.random() < 0.2):
        text = f"{given[0]} {surnames[0]}"
    else:
        text = " ".join(given + surnames)
    if "upper" in wants:
        return text.upper()
    return text.lower() if "lower" in wants else text


def plain(text: str) -> str:
    """ASCII lower case without spaces, for the local part of an e-mail."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if c.isascii() and c.isalnum())


def email(rng: Random, lists: dict[str, list[str]], country: str) -> str:
    given, surnames = parts(rng, lists, country, "")
    first, last = plain(given[0]), plain(surnames[0].split()[-1])
    local = rng.choice(
        [
            f"{first}.{last}",
            f"{first[0]}{last}{rng.randrange(60, 99)}",
            f"{first}_{last}",
            f"{last}.{first}",
            f"{first}{rng.randrange(1, 2000)}",
            f"{first}-{last}",
        ]
    )
    return f"{local}@{rng.choice(DOMAINS)}"


def phone(rng: Random, country: str, split: str = "") -> str:
    """A phone number; test2 has half of the time a shape of its own."""
    shape = rng.choice(FRESH["phones"][country] if split == "test2" and rng.random() < 0.5 else PHONES[country])
    head = "+" if shape[0] == "+" else ""
    body = shape[len(head) :]
    return head + "".join(str(rng.randrange(10)) if c == "#" else str(rng.randrange(2, 10)) if c == "+" else c for c in body)


def address(rng: Random, country: str, split: str, case: str = "") -> str:
    """A dwelling; dev has the first two shapes of its country, test the others, test2 shapes of its own. Case: upper."""
    if split == "test2":
        shape = rng.choice(FRESH["addresses"][country])
    else:
        shape = rng.choice(ADDRESSES[country][:2] if split == "dev" else ADDRESSES[country][2:])
    shape = shape.upper() if case == "upper" else shape
    out = {"%": lambda: str(rng.randrange(101, 4800)), "~": lambda: str(rng.randrange(1, 10)), "@": lambda: rng.choice("ABCDEF")}
    return "".join(out[c]() if c in out else c for c in shape)


def birth_date(rng: Random, language: str, shape: str = "") -> str:
    """A date of birth: of an adult, or of a pupil where the shape is 'child'."""
    return date(rng, language, *((2009, 2020) if shape == "child" else (1938, 2006)))


def date(rng: Random, language: str, low: int = 2009, high: int = 2026) -> str:
    day, month, year = rng.randrange(1, 29), rng.randrange(1, 13), rng.randrange(low, high)
    long = f"{day} de {MONTHS[language][month - 1]} de {year}"
    return rng.choice([f"{day:02d}/{month:02d}/{year}", long, long, f"{day:02d}-{month:02d}-{year}", f"{year}-{month:02d}-{day:02d}"])
