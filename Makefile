# Two commands matter: `make run` and `make test`. Everything is installed in .venv; nothing is asked.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint bench screenshots messages lock clean help

help:            ## What one can do here
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

$(VENV)/.run: requirements.lock requirements-rights.lock pyproject.toml tools/install.sh
	bash tools/install.sh run

$(VENV)/.dev: requirements.lock requirements-dev.lock requirements-rights.lock pyproject.toml tools/install.sh
	bash tools/install.sh dev

run: $(VENV)/.run ## Start the site with the demonstration territory on http://127.0.0.1:8000
	@exec $(BIN)/yole serve --demo $(if $(PORT),--port $(PORT))

test: $(VENV)/.dev lint ## Every check and test
	$(BIN)/python -m pytest

lint: $(VENV)/.dev ## Style, types, layers, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --quiet --lint src
	$(BIN)/python tools/messages.py --check

.venv-bench/.done: requirements-bench.in
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet -r requirements-bench.in
	touch $@

bench: $(VENV)/.dev .venv-bench/.done ## Measure each engine beside its peer; writes docs/benchmarks.md
	BENCH_PEER_PYTHON=$(CURDIR)/.venv-bench/bin/python $(BIN)/python tools/bench.py $(ONLY)

screenshots: $(VENV)/.dev ## Fill docs/screenshots from the demonstration territory
	$(BIN)/python tools/screenshots.py

messages: $(VENV)/.dev ## Update and compile the translation catalogues
	$(BIN)/python tools/messages.py

lock: $(VENV)/.dev ## Make the lock files again, with hashes and without index addresses
	bash tools/lock.sh

clean:           ## Remove what was installed and built (never the data)
	rm -rf $(VENV) .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build src/*.egg-info
