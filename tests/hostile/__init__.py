"""At least 150 named corrupt or hostile files, made here and never shipped: what institutions' disks and attackers send.

    write_hostile(folder)        -> the names of the files written, every one of which must end in quarantine

One module a family; each has FILES: name -> bytes, or a function that gives them.
"""

from pathlib import Path

from . import archives, documents, markup, records, text

FAMILIES = (archives, documents, markup, records, text)


def write_hostile(folder):
    """Write every file; returns their names, sorted."""
    names = []
    for family in FAMILIES:
        for name, body in family.FILES.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body() if callable(body) else body)
            assert name not in names, name
            names.append(name)
    return sorted(names)
