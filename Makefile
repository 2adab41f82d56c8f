# Gatefold. Bare `make` lists what there is.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
SET_UP := $(VENV)/.ready
DEV_SET_UP := $(VENV)/.ready-for-work
VALIDATORS := .venv-validators

.DEFAULT_GOAL := help
.PHONY: help installed demo demo-reset test validators validate bare fuzz soak bench load check format docs words pictures migration lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

installed: $(SET_UP) ## Install what a server needs, or bring it up to date with the code that has come
	@$(BIN)/python -m compileall -q api storage

demo: $(SET_UP) ## Serve the portal with sample titles on http://localhost:8000 (PORT=… for another)
	@$(BIN)/gatefold demo --port $(PORT)

demo-reset: $(SET_UP) ## Empty the demo's state for this PORT
	@$(BIN)/gatefold demo --port $(PORT) --reset

test: $(DEV_SET_UP) ## Set up what the tests need and run them (TESTS=--both: each of them on both databases)
	@$(MAKE) -s validators || echo "The validators could not be installed."
	@tests/set-up
	@tests/run $(TESTS)

validators: $(VALIDATORS)/.ready ## Install what reads and validates the formats, in an environment of its own

validate: $(DEV_SET_UP) ## Check pages and forms with validators that need Java or Debian packages
	@TESTS_VALIDATE=yes $(BIN)/python -m pytest -q -p no:cacheprovider tests/journeys/test_tongues.py
	@$(BIN)/python -m tests.validate

bare: $(DEV_SET_UP) ## Follow docs/operating.md on a bare Debian that boots systemd, as root, about four minutes (BARE=trixie)
	@$(BIN)/python -m tests.bare $(BARE)

bench: $(DEV_SET_UP) ## Measure the portal against bare servers, a few minutes (KEEP=--write for docs/performance.md)
	@tests/bench/set-up
	@$(BIN)/python -m tests.bench $(KEEP)

load: $(DEV_SET_UP) ## Send readers on whole journeys, faster and faster, about seven minutes (LOAD=--write for docs/performance.md)
	@tests/bench/set-up
	@$(BIN)/python -m tests.load $(LOAD)

fuzz: $(DEV_SET_UP) ## Try links, ways back, ranges, names and the API with thousands of made-up cases, a few minutes
	@TESTS_FUZZ=yes $(BIN)/python -m pytest -p no:cacheprovider tests/fuzz

soak: $(DEV_SET_UP) ## Kill a thousand workers under load, then watch two for twenty minutes; about an hour (SOAK="--kills 50 --minutes 2")
	@TESTS_SOAK=yes $(BIN)/python -m pytest -p no:cacheprovider tests/faults
	@TESTS_RACES=1000 $(BIN)/python -m pytest -p no:cacheprovider tests/shelf/test_history.py -k races
	@$(BIN)/python -m tests.soak $(SOAK)

check: $(DEV_SET_UP) ## Format, lint, types, import contracts, container, generated docs and languages up to date
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/python docs/configuration.py --check
	@$(BIN)/python docs/bill.py --check
	@$(BIN)/python docs/words.py --check

format: $(DEV_SET_UP) ## Put the code into the house's form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(DEV_SET_UP) ## Write the generated docs again
	@$(BIN)/python docs/configuration.py
	@$(BIN)/python docs/bill.py

words: $(DEV_SET_UP) ## Bring the catalogues of languages up to date (LANGUAGE=fr begins another)
	@$(BIN)/python docs/words.py $(if $(LANGUAGE),--new $(LANGUAGE))

pictures: $(DEV_SET_UP) ## Picture every page in four forms, and find faults of layout (PAGES="reader desk" FORMS="print german")
	@tests/set-up
	@$(BIN)/python -m tests.gallery $(PAGES) $(if $(FORMS),--forms $(FORMS))

migration: $(DEV_SET_UP) ## Write a migration from the tables: make migration NAME="what it brings"
	@$(BIN)/python -c 'import sys; from api import migrations; migrations.draft(sys.argv[1])' "$(NAME)"

lock: ## Resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra demo --extra build --universal --generate-hashes --no-header --upgrade -q -o requirements.lock
	uv pip compile pyproject.toml --extra demo --extra build --group dev -c requirements.lock --universal --generate-hashes --no-header --upgrade -q -o requirements-dev.lock
	uv pip compile --group validators --universal --generate-hashes --no-header --upgrade -q -o requirements-validators.lock

clean: ## Remove the virtual environment and caches (not var/)
	rm -rf $(VENV) $(VALIDATORS) .validate .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Gatefold needs Python 3.11 or newer; name one with make PYTHON=…")'
	@$(PYTHON) -m venv $(VENV)

$(SET_UP): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Gatefold needs (once, about a minute) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_SET_UP): requirements-dev.lock $(SET_UP)
	@echo "Installing what working on Gatefold needs (once) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VALIDATORS)/.ready: requirements-validators.lock | $(BIN)/python
	@echo "Installing the validators of the formats (once) …"
	@test -x $(VALIDATORS)/bin/python || $(BIN)/python -m venv $(VALIDATORS)
	@$(VALIDATORS)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-validators.lock
	@touch $@
