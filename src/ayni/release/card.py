"""The model card: what the model is, what it gained and forgot, from what it was made, what it must not be used for.

card = describe_model(...)       plain data, also for report.html
render_card(card, scores, report)     README.md; its sentences stand in assets/texts/card.toml
"""

from __future__ import annotations

import tomllib
from typing import Any

from ayni.core.files import read_json
from ayni.core.formats.model import Model
from ayni.core.formats.release import Report
from ayni.core.formats.scores import Scores
from ayni.core.page.rows import write_row
from ayni.core.places import asset
from ayni.pipeline.job import Lineage
from ayni.pipeline.manifest import read_packages

_VERSIONS = ("ayni", "torch", "transformers", "tokenizers", "numpy", "gguf")
LANGUAGES = ("es", "pt", "en")


def describe_model(
    name: str, model: Model, base: Model, scores: Scores, report: Report, recipe: str, lineage: list[Lineage]
) -> dict[str, Any]:
    """Everything that the card and the report say of the model."""
    training = read_json(model.path / "training.json")
    origin = base.origin()
    trained = next((each for each in lineage if each.kind == "model" and each.stage == "training.train"), None)
    packages = read_packages()
    return {
        "name": name,
        "base": origin.get("name", ""),
        "base_source": origin.get("source", ""),
        "license": origin.get("license", ""),
        "parameters": model.parameters(),
        "tokens_trained": training["tokens"],
        "training_loss": training["losses"],
        "digest": trained.digest if trained else "",
        "recipe": recipe,
        "seed": trained.params.get("seed", "") if trained else "",
        "languages": sorted(row["language"] for row in scores.table()["gain"] if row["language"] and not row["country"]),
        "limits": _read_texts()["es"]["limits"],
        "versions": {each: packages[each] for each in _VERSIONS if each in packages},
    }


def _read_texts() -> dict[str, Any]:
    return tomllib.loads(asset("texts/card.toml").read_text("utf-8"))


def render_card(card: dict[str, Any], scores: dict[str, list[dict[str, Any]]], report: dict[str, Any]) -> str:
    """README.md with Hugging Face's header, in Spanish, Portuguese and English."""
    texts = _read_texts()
    parts = [_header(card), f"# {card['name']}\n"]
    for language in LANGUAGES:
        words = texts[language]
        facts = {**card, "parameters": f"{card['parameters']:,}", "tokens": f"{card['tokens_trained']:,}", **_count(report)}
        parts.append(f"## {words['title']}\n\n{words['about'].format(**facts)}\n")
        parts.append(f"### {words['evidence']}\n\n{words['evidence_text']}\n\n{_table(words, scores, language)}\n")
        parts.append(f"### {words['data']}\n\n{words['data_text'].format(**facts)}\n")
        parts.append(f"### {words['limits_title']}\n\n" + "".join(f"- {limit}\n" for limit in words["limits"]))
        parts.append(f"### {words['use']}\n\n```\n{texts['commands']}```\n")
    return "\n".join(parts)


def _header(card: dict[str, Any]) -> str:
    """The YAML header that a hub reads; values are quoted, so a name can hold anything."""
    languages = "".join(f"- {language}\n" for language in [*card["languages"], "en"])
    return f'---\nlicense: "{card["license"]}"\nlanguage:\n{languages}library_name: transformers\npipeline_tag: text-generation\n---\n'


def _count(report: dict[str, Any]) -> dict[str, str]:
    return {
        "read": f"{report['read']['documents']:,}",
        "kept": f"{report['kept']['documents']:,}",
        "quarantined": f"{report['read']['quarantined']:,}",
    }


def _table(words: dict[str, Any], scores: dict[str, list[dict[str, Any]]], language: str) -> str:
    lines = [f"| {' | '.join(words['columns'])} |", "|---|---:|---:|---:|---:|---:|---|"]
    for row in [*scores["gain"], *scores["forgetting"]]:
        lines.append(f"| {' | '.join(write_row(row, language))} |")
    return "\n".join(lines)
