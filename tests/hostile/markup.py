"""XML and HTML that expand, nest, point outside, or break off."""

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def _doctype(inner, root="TEI"):
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{inner}]>'


def _xml(body, declaration='<?xml version="1.0" encoding="UTF-8"?>'):
    return (declaration + body).encode()


_BOMB = _doctype('<!ENTITY l0 "ja">' + _LAUGHS)
_DEEP = 200_000
_ROOTS = {
    "tei": ("TEI", ' xmlns="http://www.tei-c.org/ns/1.0"'),
    "akoma_ntoso": ("akomaNtoso", ' xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"'),
    "cnxml": ("document", ' xmlns="http://cnx.rice.edu/cnxml"'),
    "marcxml": ("collection", ' xmlns="http://www.loc.gov/MARC21/slim"'),
    "generic": ("informe", ""),
}

FILES = {}
for _name, (_root, _space) in _ROOTS.items():
    _open = f"<{_root}{_space}>"
    FILES |= {
        f"markup/{_name}_billion_laughs.xml": (_doctype('<!ENTITY l0 "ja">' + _LAUGHS, _root) + f"{_open}&l9;</{_root}>").encode(),
        f"markup/{_name}_external_entity.xml": (
            _doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', _root) + f"{_open}<p>&x;</p></{_root}>"
        ).encode(),
        f"markup/{_name}_cut_off.xml": _xml(f"{_open}<text><body><p>El texto queda a medi"),
        f"markup/{_name}_crossed_tags.xml": _xml(f"{_open}<a><b>uno</a></b></{_root}>"),
        f"markup/{_name}_endless_nesting.xml": _xml(_open + "<div>" * _DEEP),
        f"markup/{_name}_empty_root.xml": _xml(f"{_open}</{_root}>"),
        f"markup/{_name}_nul_byte.xml": _xml(f"{_open}<p>uno\0dos</p></{_root}>"),
    }
FILES |= {
    "markup/quadratic_blowup.xml": (_doctype(f'<!ENTITY a "{"x" * 100_000}">', "r") + "<r>" + "&a;" * 10_000 + "</r>").encode(),
    "markup/parameter_entity.xml": (_doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;', "r") + "<r>a</r>").encode(),
    "markup/entity_cycle.xml": (_doctype('<!ENTITY a "&b;"><!ENTITY b "&a;">', "r") + "<r>&a;</r>").encode(),
    "markup/entity_late_in_file.xml": (
        '<?xml version="1.0"?><!--' + "relleno " * 2000 + '--><!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>'
    ).encode(),
    "markup/empty.xml": b"",
    "markup/not_xml.xml": b"esto no es XML, aunque su nombre lo diga",
    "markup/two_roots.xml": b"<a>uno</a><b>dos</b>",
    "markup/undeclared_entity.xml": b"<r>uno &nada; dos</r>",
    "markup/utf8_declared_latin1_meant.xml": '<?xml version="1.0" encoding="UTF-8"?><r>año nuevo \ud83d</r>'.encode(
        "utf-8", "surrogatepass"
    ),
    "markup/attribute_of_11_megabytes.xml": b'<r a="' + b"x" * 11_000_000 + b'"/>',
    "markup/only_a_comment.xml": b'<?xml version="1.0"?><!-- nada -->',
    "markup/doctype_bomb.html": _BOMB.encode() + b"<html><body></body></html>",
    "markup/empty.html": b"",
    "markup/no_text.html": b"<html><head><script>while(1){}</script><style>p{}</style></head><body><img src=x></body></html>",
    "markup/endless_nesting.html": b"<html><body>" + b"<div>" * _DEEP,
    "markup/nul_bytes.html": b"\0<\0h\0t\0m\0l\0>\0" * 100,
    "markup/noise.html": bytes(range(128, 256)) * 400,
    "markup/only_tags_of_5_megabytes.html": b"<b></b>" * 700_000,
    "markup/no_laws.js": b"function f(){ return 1 }\n" * 200,
    "markup/cut_string.js": b'var leyes = ["<h1>Ley',
}
