# What one types here. Everything runs in a virtual environment of its own, .venv, made on first use.
PYTHON ?= python3
PORT   ?= 8000
BIN    := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help serve test check build bench editor clean

help:  ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

serve: .venv/ready  ## build the release from the tables, publish it, serve it on http://127.0.0.1:$(PORT)
	-@command -v npm >/dev/null && $(MAKE) --no-print-directory editor
	$(BIN)/ess-lod publish
	$(BIN)/ess-lod serve --port $(PORT)

build: .venv/ready  ## check the tables and freeze a release without publishing it
	$(BIN)/ess-lod build

check: .venv/ready  ## check the tables, write nothing
	$(BIN)/ess-lod check

test: .venv/dev .venv/system  ## style, types, layers and all tests
	-@command -v npm >/dev/null && $(MAKE) --no-print-directory editor
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

bench: .venv/dev  ## measure the build, the gate, the pages and the server, with ratios (minutes)
	$(BIN)/python -m tests.bench

editor: src/ess_lod/web/static/yasgui/start.js  ## the query editor of /sparql (needs npm; without it there is a plain form)

clean:  ## remove the virtual environment, the releases and their indexes
	rm -rf .venv releases indexes

EDITOR := src/ess_lod/web/editor
src/ess_lod/web/static/yasgui/start.js: $(wildcard $(EDITOR)/*)
	cd $(EDITOR) && npm ci --ignore-scripts --silent && npm run --silent build
	touch $@

# The other engine, the browser and the clients that tests meet: installed where CI=true and root on Debian; elsewhere the tests that lack one are left out.
.venv/system: tests/debian-packages | .venv/ready
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && [ -n "$$CI" ]; then tests/debian-packages; fi
	touch $@

# Debian's python3 may come without ensurepip: then pip is put in from outside the environment.
.venv/pip:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv || { $(PYTHON) -m venv --clear --without-pip .venv && $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	touch $@

.venv/ready: .venv/pip pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/dev: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@
