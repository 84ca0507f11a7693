"""Labels from a model that speaks the OpenAI wire: one text, one digit; kept in a file with prompt and model.

ask("http://localhost:8080/v1", "name", texts, Path("labels.jsonl"));  load_labels(path) -> [(text, 0.0 to 1.0)]
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

PROMPT = """\
Judge whether this text is running text that a person wrote and somebody could publish, in any register, dialect or length:
poems, proverbs, talk and laws are all good. Bad is what a machine garbled: misread letters, menus, tables, indexes, word lists.
Answer with one digit from 0 (garbled) to 5 (clean).

{text}"""
MOST_CHARACTERS = 2000


def ask(endpoint: str, model: str, texts: list[str], path: Path) -> None:
    """Append the model's labels to the file."""
    with path.open("a", encoding="utf8") as stream:
        for text in texts:
            body = {"model": model, "temperature": 0, "max_tokens": 4}
            body["messages"] = [{"role": "user", "content": PROMPT.format(text=text[:MOST_CHARACTERS])}]
            request = urllib.request.Request(
                endpoint.rstrip("/") + "/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=120) as reply:
                answer = json.load(reply)["choices"][0]["message"]["content"]
            digit = re.search(r"[0-5]", answer)
            row = {"text": text, "label": int(digit[0]) / 5 if digit else None, "answer": answer, "model": model, "prompt": PROMPT}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def load_labels(path: Path | None) -> Iterator[tuple[str, float]]:
    """The labels of a file; answers without a digit are left out."""
    for line in path.read_text("utf8").splitlines() if path else ():
        row = json.loads(line)
        if row["label"] is not None:
            yield row["text"], row["label"]
