"""At least 150 corrupt or hostile files in one folder with good ones: each ends in quarantine with a reason, the run goes on."""

import json
import os
from pathlib import Path

import pytest
from hostile import write_hostile

GOOD = "La biblioteca popular número {n} abre los martes y los jueves por la tarde para todo el barrio.\n"
LIMITS = ("--set", "read.seconds=10", "--set", "read.megabytes=512")


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    names = write_hostile(folder)
    for n in range(5):
        (folder / f"buena-{n}.txt").write_text(GOOD.format(n=n), "utf-8")
    return folder, names


def test_every_hostile_file_is_named_in_quarantine_and_the_good_ones_are_kept(ayni, recipe, store, folder, hostile_folder):
    place, names = hostile_folder
    assert len(names) >= 150
    recipe.write_text(recipe.read_text("utf-8").replace(str(folder), str(place)), "utf-8")
    assert ayni("run", recipe, "--store", store, *LIMITS).code == 0
    path = ayni("show", "read", "--json", "--store", store).json()["path"]
    quarantine = [json.loads(line) for line in Path(path, "quarantine.jsonl").read_text("utf-8").splitlines()]
    named = {row["origin"].split("#")[0] for row in quarantine}
    assert set(names) <= named, sorted(set(names) - named)
    assert all(row["reason"].strip() for row in quarantine)
    origins = ayni("sql", "SELECT origin, keep FROM documents JOIN picks USING (id)", "--json", "--store", store).json()
    assert sorted(row["origin"] for row in origins) == [f"buena-{n}.txt" for n in range(5)]
    assert all(row["keep"] for row in origins)


def test_names_that_a_file_system_allows_and_people_do_not_expect(ayni, recipe, store, folder):
    (folder / "con\nsalto.txt").write_text(GOOD.format(n=1), "utf-8")
    (folder / "ñandú ꞌ ʼ.txt").write_text(GOOD.format(n=2), "utf-8")
    (folder / "carpeta.txt").mkdir()
    (folder / "roto.txt").symlink_to(folder / "nada.txt")
    (folder / "vuelta").symlink_to(folder)
    (folder / "fuera.txt").symlink_to("/etc/hostname")
    os.mkfifo(folder / "tubo.txt")
    with open(os.fsencode(folder) + b"/latin1-\xf1.txt", "wb") as stream:
        stream.write(GOOD.format(n=3).encode())
    assert ayni("run", recipe, "--store", store, *LIMITS).code == 0
    found = ayni("sql", "SELECT origin FROM documents", "--json", "--store", store).json()
    assert not any("fuera" in row["origin"] or "tubo" in row["origin"] for row in found)
    assert {"con\nsalto.txt", "ñandú ꞌ ʼ.txt"} <= {row["origin"] for row in found}
