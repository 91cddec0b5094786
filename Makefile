# `make demo`, `make test` and `make check` work from a bare checkout; they install what they
# need into .venv and touch nothing else (but for `make test`, see scripts/test_tools.sh).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENT := clients/python

.PHONY: help demo test soak bench check format docs clean

help:
	@echo "make demo    run the demo on http://127.0.0.1:8000/auth-demo"
	@echo "make test    run all tests, with a real Redis and a real browser"
	@echo "make soak    run the fault scenarios in full; the figures go to docs/reliability.md"
	@echo "make bench   measure it beside others; the figures go to bench/RESULTS.md"
	@echo "make check   format, lint, types, import contracts, security"
	@echo "make format  let ruff format and mend what it can"
	@echo "make docs    fill in what documents say of settings and error codes"
	@echo "make clean   remove what the other targets made"

demo: $(VENV)/.demo
	$(BIN)/framegate demo

test: $(VENV)/.test
	scripts/test_tools.sh
	PYTHONHASHSEED=0 $(BIN)/python -m pytest -n 2 tests/unit tests/contract tests/http \
		tests/architecture tests/clients # several processes must find the tests in the same order
	PYTHONHASHSEED=0 $(BIN)/python -m pytest -n 3 --dist loadgroup tests/browser # they often wait
	PYTHONHASHSEED=0 $(BIN)/python -m pytest -n 3 --dist loadfile tests/faults tests/integration

soak: $(VENV)/.test
	scripts/test_tools.sh
	$(BIN)/python -m pytest -p tests.support.soak_bar tests/faults --soak \
		--figures docs/reliability.md

bench: $(VENV)/.bench
	$(BIN)/python -m bench $(BENCH)

check: $(VENV)/.check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive domain application adapters \
		entrypoints $(CLIENT)/framegate_client
	$(BIN)/python scripts/audit_dependencies.py

format: $(VENV)/.check
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.demo
	$(BIN)/python scripts/make_docs.py

clean:
	rm -rf $(VENV) build dist *.egg-info $(CLIENT)/build $(CLIENT)/*.egg-info

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.test: pyproject.toml $(CLIENT)/pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[bench,fast,test]' \
		--editable $(CLIENT)
	touch $@

$(VENV)/.bench: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[bench,fast]'
	touch $@

$(VENV)/.check: pyproject.toml $(CLIENT)/pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[bench,check,fast,test]' \
		--editable $(CLIENT)
	touch $@
