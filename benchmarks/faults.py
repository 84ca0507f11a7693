"""Let every write below the store fail once: what a run says then, what it leaves, and whether the next one goes on.

    python benchmarks/faults.py                      every write, rename, fsync, link, mkdir and opening for writing
    python benchmarks/faults.py --step 10            every tenth
    python benchmarks/faults.py --sticky --step 10   the disk stays full from there on

tests/pipeline/failing_disk.c is compiled and loaded before libc, so that native writers (Arrow, DuckDB, NumPy) fail as well. The
program is imported once; every run is a fork of it. Each failure must end in three lines that say what, why and how to mend, leave
no artifact that is not whole, and the next, undisturbed run must end in the digests of a straight one. Exit code 1 otherwise.
"""

import argparse
import contextlib
import ctypes
import errno
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SHIM = Path(__file__).resolve().parents[1] / "tests" / "pipeline" / "failing_disk.c"
RECIPE = """
[recipe]
name = "faults"
seed = 3
[read]
stage = "corpus.read"
sources = [{{ name = "given", path = "{folder}", language = "es" }}]
[clean]
stage = "corpus.clean"
documents = "@read"
boilerplate = false
[notes]
stage = "corpus.annotate"
documents = "@clean"
scorers = ["fingerprint"]
[duplicates]
stage = "corpus.deduplicate"
documents = "@clean"
fingerprints = "@notes"
[picks]
stage = "corpus.select"
documents = "@clean"
notes = ["@notes", "@duplicates"]
rules = [{{ name = "copy", drop = "duplicates.copy_of IS NOT NULL" }}]
"""
MODULES = ("ayni.cli.run", "ayni.pipeline.run", "ayni.corpus.read", "ayni.corpus.clean", "ayni.corpus.annotate", "ayni.corpus.select")


def compile_shim(folder: Path) -> Path:
    library = folder / "failing_disk.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, SHIM, "-ldl"], check=True)
    return library


def run(recipe: Path, store: Path) -> tuple[int, str]:
    """The command line in a fork: exit code, and what it said on stderr."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            from ayni.cli.main import main

            said = io.StringIO()
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
                code = main(["run", str(recipe), "--store", str(store), "--site", str(recipe.with_name("site.toml"))])
            os.write(writer, said.getvalue().encode()[-4000:])
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as stream:
        said = stream.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def read_digests(store: Path) -> dict[str, str]:
    from ayni.pipeline.store import Store

    opened = Store(store)
    return {each.name: opened.manifest(each.key).digest for each in opened.names() if opened.has(each.key)}


def find_damage(store: Path) -> list[str]:
    """Artifacts that are not what their manifest states, and parts without a whole result."""
    from ayni.pipeline.store import Store

    opened = Store(store)
    folders = [path for path in store.glob("artifacts/*") if path.name not in set(opened.list_keys())]
    parts = []
    for part in store.glob("parts/*/*"):
        try:
            json.loads((part / "result.json").read_text())
        except (OSError, ValueError):
            parts.append(part)
    return [*(key for key in opened.list_keys() if opened.damaged(key)), *map(str, [*folders, *parts])]


def judge(code: int, said: str, store: Path) -> str:
    """'' where a failing run ended as it must."""
    lines = [line for line in said.splitlines() if line.strip()]
    if "Traceback" in said or "did not foresee" in said or code not in (1, 2, 3, 4):
        return f"exit {code}, unexplained: {said[-600:]}"
    if not all(any(line.lstrip().startswith(word) for line in lines[-3:]) for word in ("error:", "why:", "mend:")):
        return f"exit {code}, not three lines: {lines[-3:]}"
    damage = find_damage(store)
    return f"damaged: {damage}" if damage else ""


def examine(folder: Path, step: int, sticky: bool, first: int = 1) -> tuple[Counter, list[str]]:
    """Fail the writes first, first + step, ...; what came of them, and what was wrong."""
    shim = ctypes.CDLL(None)
    shim.fault_last.restype = ctypes.c_char_p
    given, recipe, store = folder / "given", folder / "recipe.toml", folder / "root" / "store"
    given.mkdir()
    for number in range(3):
        (given / f"{number}.txt").write_text(f"Acta número {number} del consejo municipal, sesión ordinaria de marzo.\n" * 9)
    recipe.write_text(RECIPE.format(folder=given))
    recipe.with_name("site.toml").write_text('[site]\nname = "faults"\nworkers = 1\n')
    shim.fault_arm(0, 0, 0)
    assert run(recipe, store)[0] == 0
    sites, truth = shim.fault_count(), read_digests(store)
    found, wrong = Counter({"sites": sites}), []
    for at in range(first, sites + 1, step):
        shutil.rmtree(store.parent, ignore_errors=True)
        store.parent.mkdir()
        shim.fault_arm(at, errno.ENOSPC if at % 2 else errno.EIO, int(sticky))
        code, said = run(recipe, store)
        place = (shim.fault_last() or b"").decode().replace(str(store), "")
        shim.fault_arm(0, 0, 0)
        found["tried"] += 1
        found["call " + place.split(" ")[0]] += 1
        found["ended with a clear error" if code else "went on by itself"] += 1
        problem = judge(code, said, store) if code else ""
        again, said = run(recipe, store)
        if not problem and (again or read_digests(store) != truth or find_damage(store)):
            problem = f"the next run: exit {again}, {said[-500:]}"
        if problem:
            wrong.append(f"{at}: {place}: {problem}")
    return found, wrong


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--step", type=int, default=1)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--sticky", action="store_true", help="every later write fails too")
    args = asked.parse_args()
    if "FAULT_ROOT" not in os.environ:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            (place / "root").mkdir()
            surroundings = {**os.environ, "LD_PRELOAD": str(compile_shim(place)), "FAULT_ROOT": str(place / "root"), "OMP_NUM_THREADS": "1"}
            return subprocess.run([sys.executable, *sys.argv], env=surroundings).returncode
    import importlib

    for name in MODULES:
        importlib.import_module(name)
    found, wrong = examine(Path(os.environ["FAULT_ROOT"]).parent, args.step, args.sticky, args.first)
    print(json.dumps(found, indent=1), *wrong, f"wrong: {len(wrong)}", sep="\n")
    return 1 if wrong or not found["ended with a clear error"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
