# Every target does its own set-up: a fresh checkout needs Python 3.11+, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2

.PHONY: demo test serve bench lint docs clean

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/lexicord --registry demo-registry demo

test: $(STAMP) lint
	$(BIN)/pytest -n $(WORKERS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

serve: $(STAMP)
	@test -f demo-registry/lexicord.toml || $(MAKE) demo
	$(BIN)/lexicord --registry demo-registry serve --host 127.0.0.1 --port 8000

bench: $(STAMP)
	$(BIN)/python -m benchmarks

docs: $(STAMP)
	$(BIN)/python -m docs.reference

clean:
	rm -rf $(VENV) demo-registry dist build .mypy_cache .ruff_cache .pytest_cache
