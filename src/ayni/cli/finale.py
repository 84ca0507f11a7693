"""The last lines of a run: the table of gain and forgetting, where the release lies, what to type next."""

from __future__ import annotations

import shlex

from ayni.core.files import read_json
from ayni.pipeline.run import RunResult
from ayni.pipeline.store import Store


def print_finale(store: Store, result: RunResult, asked_store: str | None) -> None:
    """Print the evidence of every release that the run made or found."""
    from ayni.core.page.terminal import gain_table

    option = f" --store {shlex.quote(asked_store)}" if asked_store else ""
    for name, manifest in result.artifacts.items():
        if manifest.kind != "bundle":
            continue
        folder = store.data(manifest.key)
        print()
        print(gain_table(read_json(folder / "scores.json"), "en"))
        print(f"\nreport   {folder / 'report.html'}")
        print(f"chat     ayni chat {name}{option}")
        print(f"page     ayni serve {name}{option}")
