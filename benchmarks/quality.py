"""Quality measures against datatrove 0.10.1's four filters: MB/s of processor time on one core, and verdicts that agree.

    python benchmarks/quality.py --corpus FOLDER --peer PYTHON [--seconds 60]

PYTHON is an interpreter that has datatrove==0.10.1 with its `processing` extra and spacy; both read the same texts in one
run: English documentation of this machine (docstrings, /usr/share/doc, manual pages) and English of the corpus for the
verdicts and the first speed, regional laws, novels and reports of the corpus for the second. Verdicts are taken with the
rules in src/ayni/assets/rules, as a recipe would. Prints JSON.
"""

import argparse
import ast
import gzip
import json
import random
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from pathlib import Path

FILTERS = ("gopher_quality", "gopher_repetition", "c4", "fineweb")
MOST = 12_000  # characters of a document
REGIONAL = ("ar_legalize/**/*.md", "cl_legalize/**/*.md", "lit_conha19_txt/*.txt", "ar_fundar_md/**/*.md")


def gather_english(corpus: Path) -> list[str]:
    rng = random.Random(5)
    texts = []
    voices = corpus / "ind_americasnlp/aymara-spanish/parallel_data/en-aym/opus_globalvoices.en-aym.en"
    lines = voices.read_text("utf8").split("\n") if voices.exists() else []
    texts += ["\n".join(lines[at : at + 40]) for at in range(0, len(lines), 40)]
    packages = Path(sysconfig.get_paths()["purelib"])
    for folder, pattern, most in (
        (Path("/usr/share/doc"), "*/*", 1300),
        (Path("/usr/share/man"), "man*/*.gz", 1000),
        (packages, "**/*.py", 2500),
    ):
        files = sorted(path for path in folder.glob(pattern) if path.is_file())
        found = [read_english(path) for path in rng.sample(files, min(len(files), 2 * most))]
        texts += [text for text in found if len(text) >= 200][:most]
    rng.shuffle(texts)
    return [text.replace("\0", "")[:MOST] for text in texts]


def read_english(path: Path) -> str:
    try:
        text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode("utf8")
        if path.suffix != ".py":
            return re.sub(r"(?m)^\.[A-Za-z]{2}\b ?|\\f[BRIP]", "", text).replace("\\-", "-")
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)]
        return "\n\n".join(filter(None, map(ast.get_docstring, nodes)))
    except (OSError, EOFError, UnicodeDecodeError, SyntaxError, ValueError):
        return ""


def gather_regional(corpus: Path) -> list[str]:
    rng = random.Random(6)
    groups = [sorted(corpus.glob(pattern)) for pattern in REGIONAL]
    files = [path for found in groups for path in rng.sample(found, min(len(found), 12))]
    rng.shuffle(files)
    return [path.read_text("utf8", errors="replace") for path in files]


def run_peer(path: str, seconds: float) -> None:
    """Runs under the peer's interpreter: verdicts of the four filters until the time is over."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
    from datatrove.utils.text import split_into_words

    filters = [GopherQualityFilter(), GopherRepetitionFilter(), C4QualityFilter(), FineWebQualityFilter()]
    split_into_words("Load the tokenizer.")
    size, verdicts, begun = 0, [], time.process_time()
    for text in json.loads(Path(path).read_text("utf8")):
        found = [each.filter(Document(text=text, id="0")) for each in filters]
        verdicts.append([not (each[0] if isinstance(each, tuple) else each) for each in found])
        size += len(text.encode())
        if time.process_time() - begun > seconds:
            break
    print(json.dumps({"seconds": time.process_time() - begun, "bytes": size, "drops": verdicts}))


def run_ours(texts: list[str], language: str) -> tuple[float, list[list[bool]]]:
    """Best of three of the whole scorer over the texts, and the verdicts of the shipped rules."""
    import duckdb
    import pyarrow as pa

    from ayni.core.formats.documents import Document, make_table
    from ayni.core.places import asset
    from ayni.text.quality import score

    table = make_table([Document(id=f"{row:016}", text=text, language=language) for row, text in enumerate(texts)])
    notes = {"language": pa.table({"language": pa.array([""] * len(texts))})}
    score(table, notes)
    times = []
    for _ in range(3):
        begun = time.process_time()
        columns = score(table, notes)
        times.append(time.process_time() - begun)
    rules = [rule for path in sorted(asset("rules").glob("*.toml")) for rule in tomllib.loads(path.read_text("utf8"))["rules"]]
    cases = ["(" + " OR ".join(f"coalesce(({rule['drop']}), false)" for rule in rules if rule["filter"] == name) + ")" for name in FILTERS]
    with duckdb.connect() as connection:
        connection.register("quality", pa.table(columns))
        return min(times), [list(row) for row in connection.execute(f"SELECT {', '.join(cases)} FROM quality").fetchall()]


def compare(texts: list[str], language: str, peer: str, seconds: float) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps(texts), "utf8")
        command = [peer, __file__, "--as-peer", str(path), "--seconds", str(seconds)]
        theirs = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()[-1])
    texts = texts[: len(theirs["drops"])]
    taken, drops = run_ours(texts, language)
    speeds = {"ours": theirs["bytes"] / 1e6 / taken, "datatrove": theirs["bytes"] / 1e6 / theirs["seconds"]}
    rows = list(zip(drops, theirs["drops"], strict=True))
    return {
        "documents": len(texts),
        "megabytes": round(theirs["bytes"] / 1e6, 2),
        "mb_per_second": {name: round(value, 3) for name, value in speeds.items()},
        "ratio": round(speeds["ours"] / speeds["datatrove"], 1),
        "same_verdict": {name: sum(ours[at] == other[at] for ours, other in rows) / len(rows) for at, name in enumerate(FILTERS)},
        "dropped": {name: sum(other[at] for _, other in rows) for at, name in enumerate(FILTERS)},
        "differ": [row for row, (ours, other) in enumerate(rows) if ours != other][:20],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--peer", default=sys.executable)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--as-peer", default="")
    args = parser.parse_args()
    if args.as_peer:
        run_peer(args.as_peer, args.seconds)
        return
    found = {"english": compare(gather_english(args.corpus), "en", args.peer, args.seconds)}
    found["regional"] = compare(gather_regional(args.corpus), "es", args.peer, args.seconds / 2)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
