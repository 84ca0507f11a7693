"""What the store promises: nothing is built twice, nothing is torn, one writer at a time."""

import errno
import json
import os
import shutil

import pytest

from ayni.core import files
from ayni.core.errors import StoreError
from ayni.pipeline.store import Store


def states(answer):
    """Artifact -> cached or built, from the lines of a run."""
    rows = [line.split() for line in answer.out.splitlines() if line.strip().startswith("[")]
    return {words[-4] if "built" in words else words[-3]: "built" if "built" in words else "cached" for words in rows}


def run(ayni, recipe, store, *more):
    answer = ayni("run", recipe, "--store", store, *more)
    assert answer.code == 0, answer.err
    return states(answer)


def digests(ayni, store):
    return {row["name"]: row["digest"] for row in ayni("ls", "--json", "--store", store).json()}


def test_second_run_builds_nothing(ayni, recipe, store):
    assert set(run(ayni, recipe, store).values()) == {"built"}
    assert set(run(ayni, recipe, store).values()) == {"cached"}


def test_harmless_change_stops_early(ayni, recipe, store, folder):
    run(ayni, recipe, store)
    (folder / "uno.txt").write_text("El río baja lento entre los cerros de la puna.   \r\n\r\n", "utf-8")
    after = run(ayni, recipe, store)
    assert after["read"] == after["clean"] == "built"
    assert {after[name] for name in ("notes", "duplicates", "picks")} == {"cached"}


def test_threshold_reruns_only_select(ayni, recipe, store):
    run(ayni, recipe, store)
    after = run(ayni, recipe, store, "--set", "picks.rules=[]")
    assert [name for name, state in after.items() if state == "built"] == ["picks"]


def test_a_moved_folder_is_the_same_source(ayni, recipe, store, folder, tmp_path):
    run(ayni, recipe, store)
    moved = tmp_path / "moved"
    shutil.move(folder, moved)
    recipe.write_text(recipe.read_text("utf-8").replace(str(folder), str(moved)), "utf-8")
    assert set(run(ayni, recipe, store).values()) == {"cached"}


def test_one_new_file_costs_one_part(ayni, recipe, store, folder):
    for number in range(100):
        (folder / f"hoja-{number}.txt").write_text(f"Hoja número {number} del archivo municipal.\n", "utf-8")
    run(ayni, recipe, store)
    before = {path.name for path in store.glob("parts/*/*")}
    (folder / "nueva.txt").write_text("Una hoja que llegó después.\n", "utf-8")
    run(ayni, recipe, store)
    added = {path.name for path in store.glob("parts/*/*")} - before
    # a part each of reading, cleaning, notes and traces; then what truly depends on all: candidates, and shingles and likeness of these
    assert len(added) <= 7
    for name in ("read", "clean", "notes", "duplicates"):
        parts = ayni("show", name, "--json", "--store", store).json()["notes"]["parts"]
        assert parts["built"] == 1, name


def test_two_stores_have_equal_digests(ayni, recipe, store, tmp_path):
    run(ayni, recipe, store)
    run(ayni, recipe, tmp_path / "other")
    assert digests(ayni, store) == digests(ayni, tmp_path / "other")


def test_one_writer_at_a_time(ayni, recipe, store):
    with Store(store).lock():
        answer = ayni("run", recipe, "--store", store)
    assert answer.code == 4
    assert "another run" in answer.err


def test_full_disk_tears_nothing(ayni, recipe, store, monkeypatch):
    """The disk is full at the 5th durable write, then the 8th, ...: a clear error, and what is published stays whole."""
    real, count, limit = os.fsync, [0], [5]

    def fsync(handle):
        count[0] += 1
        if count[0] == limit[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle)

    monkeypatch.setattr(files.os, "fsync", fsync)
    full = 0
    for _ in range(60):
        answer = ayni("run", recipe, "--store", store)
        count[0], limit[0] = 0, limit[0] + 3
        if answer.code == 0:
            break
        full += 1
        assert answer.code == 4
        assert "no space left" in answer.err
        assert "run the same command again" in answer.err
        opened = Store(store)
        assert not [key for key in opened.list_keys() if opened.damaged(key)]
    assert full >= 3
    assert answer.code == 0


def test_damage_is_found_by_doctor(ayni, recipe, store):
    run(ayni, recipe, store)
    victim = next(store.glob("artifacts/*/data/picks*"))
    victim.write_bytes(victim.read_bytes() + b" ")
    answer = ayni("doctor", "--store", store)
    assert answer.code == 1
    assert "is not what its manifest states" in answer.out


def test_gc_keeps_what_is_named(ayni, recipe, store):
    run(ayni, recipe, store)
    run(ayni, recipe, store, "--set", "picks.rules=[]")
    kept = digests(ayni, store)
    dry = ayni("gc", "--store", store, "--dry-run", "--json").json()
    swept = ayni("gc", "--store", store, "--json").json()
    assert len(dry["removed"]) == len(swept["removed"]) == 1
    assert digests(ayni, store) == kept
    assert set(run(ayni, recipe, store, "--set", "picks.rules=[]").values()) == {"cached"}


def test_gc_keeps_the_checkpoint_of_an_interrupted_run(ayni, recipe, store):
    run(ayni, recipe, store)
    state = store / "state" / "0123"
    state.mkdir(parents=True)
    assert ayni("gc", "--store", store, "--json").json()["removed"] == []
    assert "state/0123" in ayni("gc", "--all", "--store", store, "--json").json()["removed"]
    assert set(run(ayni, recipe, store).values()) == {"cached"}


def test_doctor_survives_a_damaged_manifest(ayni, recipe, store):
    run(ayni, recipe, store)
    next(store.glob("artifacts/*/manifest.json")).write_text("{")
    answer = ayni("doctor", "--store", store)
    assert answer.code == 1
    assert "is not what its manifest states" in answer.out


def test_manifest_says_everything(ayni, recipe, store):
    run(ayni, recipe, store)
    body = ayni("show", "picks", "--json", "--store", store).json()
    assert body["params"]["rules"][0]["name"] == "copy"
    assert body["inputs"]["documents"][0]["digest"] == digests(ayni, store)["clean"]
    assert body["packages"]["duckdb"]
    assert body["counts"]["kept"] == 3
    lock = json.loads((store / "names/small/recipe.lock").read_text())
    assert lock["artifacts"]["picks"]["digest"] == body["digest"]


def test_show_suggests(ayni, recipe, store):
    run(ayni, recipe, store)
    answer = ayni("show", "pick", "--store", store)
    assert answer.code == 2
    assert "'picks'" in answer.err


def test_why_and_diff(ayni, recipe, store):
    run(ayni, recipe, store)
    first = digests(ayni, store)
    keys = {row["name"]: row["path"].split("/")[-2] for row in ayni("ls", "--json", "--store", store).json()}
    change = "picks.rules=[]"
    assert any(
        "params.rules" in line for line in ayni("why", "picks", recipe, "--store", store, "--set", change, "--json").json()["reasons"]
    )
    run(ayni, recipe, store, "--set", change)
    body = ayni("diff", keys["picks"], "picks", "--store", store, "--json").json()
    assert not body["same"]
    assert any("counts.kept: 3 -> 4" in line for line in body["differences"])
    assert digests(ayni, store)["clean"] == first["clean"]


def test_a_store_that_cannot_be_made(ayni, recipe, tmp_path):
    (tmp_path / "file").write_text("")
    answer = ayni("run", recipe, "--store", tmp_path / "file" / "store")
    assert answer.code == 4
    assert len(answer.err.strip().splitlines()) == 3


def test_missing_artifact_is_a_store_error(store):
    with pytest.raises(StoreError):
        Store(store).manifest("0" * 64)
