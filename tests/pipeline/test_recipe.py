"""A wrong recipe is refused at once, in three lines that say how to mend it, with exit code 2."""

import pytest


def spoil(recipe, old, new):
    text = recipe.read_text("utf-8")
    assert old in text
    recipe.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ('language = "es"', 'languge = "es"', "languge", "language"),
        ('stage = "corpus.read"', 'stage = "corpus.reed"', "corpus.reed", "corpus.read"),
        ('documents = "@read"', 'documents = "@raed"', "@raed", "read"),
        ('scorers = ["quality"', 'scorrers = ["quality"', "notes.scorrers", "scorers"),
        ("seed = 3", "sed = 3", "recipe.sed", "seed"),
        ('documents = "@read"', 'documents = "read"', "reference", "@NAME"),
        ('fingerprints = "@notes"', 'fingerprints = "@clean"', "takes notes", "refer to another"),
        ('documents = "@read"', 'documents = "@picks"', "takes documents", "refer to another"),
    ],
)
def test_mistake_gets_three_lines_and_code_2(ayni, recipe, store, old, new, what, mend):
    spoil(recipe, old, new)
    answer = ayni("run", recipe, "--store", store)
    assert answer.code == 2
    lines = answer.err.strip().splitlines()
    assert len(lines) == 3, lines
    assert what in lines[0]
    assert mend in lines[2]
    assert not store.exists() or not list(store.glob("artifacts/*"))


def test_circle(ayni, recipe, store):
    spoil(recipe, 'documents = "@read"', 'documents = "@clean"')
    answer = ayni("run", recipe, "--store", store)
    assert answer.code == 2
    assert "circle" in answer.err


def test_broken_toml_names_the_line(ayni, recipe, store):
    recipe.write_text("[recipe\n", "utf-8")
    answer = ayni("run", recipe, "--store", store)
    assert answer.code == 2
    assert "line 1" in answer.err


def test_missing_recipe(ayni, tmp_path):
    answer = ayni("run", tmp_path / "none.toml")
    assert answer.code == 2
    assert "none.toml" in answer.err


def test_unknown_verb_is_suggested(ayni):
    answer = ayni("rum")
    assert answer.code == 2
    assert "'run'" in answer.err


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ("picks.rules=[]", 0, ""),
        ("nowhere.key=1", 2, "no table 'nowhere'"),
        ("picks", 2, "table.key=value"),
        ("read.seconds=zero", 2, "read.seconds"),
    ],
)
def test_set(ayni, recipe, store, change, code, says):
    answer = ayni("plan", recipe, "--store", store, "--set", change)
    assert answer.code == code
    assert says in answer.err


def test_wrong_sql_rule_names_the_tables(ayni, recipe, store):
    answer = ayni("run", recipe, "--store", store, "--set", 'picks.rules=[{name="x", drop="qualty.words < 3"}]')
    assert answer.code == 2
    assert "tables: documents, " in answer.err
    assert {"quality", "fingerprint", "duplicates"} <= set(answer.err.split("tables: ")[1].strip().split(", "))


@pytest.mark.parametrize("name", ["laptop", "tiny"])
def test_shipped_recipes_are_valid(ayni, store, name):
    answer = ayni("plan", name, "--store", store, "--json")
    assert answer.code == 0
    assert answer.json()["artifacts"][-1]["name"] == "release"
