# make run    virtual environment, installation, and the whole chain of recipes/laptop.toml
# make test   the tests          make lint   ruff, mypy, import-linter          make bench   the benchmarks
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint bench
run: .venv/run
	$(BIN)/ayni run recipes/laptop.toml

test: .venv/dev
	$(BIN)/python -m pytest -q

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev
	for each in benchmarks/*.py; do $(BIN)/python $$each || exit 1; done

.venv/run: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[all]'
	touch $@

.venv/dev: .venv/run
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@
