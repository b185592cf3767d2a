# `make` alone lists what there is. Everything runs from .venv, which `make setup` keeps as the pins say.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
JOBS ?= 2
LEAST_COVERAGE := 95
PYTEST_ARGS ?=
CODE := src tests scripts $(wildcard bench)
PYTEST := $(BIN)/python -m pytest
COVERAGE := --cov=keshi --cov=keshi_web --cov-branch
EMBEDDED := $(BIN)/python -m keshi_web.config.postgres
export KESHI_CHROMIUM

.PHONY: help
help: ## list these targets
	@echo "usage: make <target>"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1@\2/p' $(MAKEFILE_LIST) | column -t -s @ 2>/dev/null \
		|| sed -nE 's/^([a-z-]+):.*## (.*)/  \1  \2/p' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## make .venv and the site's assets from the pins (fetches uv itself when missing); quick when nothing changed
	@scripts/setup.sh

.PHONY: demo
demo: setup ## the whole site with sample cities at an address it prints; Ctrl-C ends it
	@$(BIN)/python scripts/demo.py

.PHONY: samples
samples: setup ## settle the sample workbooks of all five notices in the terminal
	@$(BIN)/python scripts/samples.py

.PHONY: test
test: setup check ## everything: the checks, then all tests with branch coverage
	@scripts/setup.sh bench
	@$(if $(wildcard tests/browser/test_*.py),scripts/browser.sh,:)
	@$(PYTEST) -n $(JOBS) --dist loadfile --no-loadscope-reorder $(COVERAGE) --cov-report=term --cov-fail-under=$(LEAST_COVERAGE) $(PYTEST_ARGS)
	@$(EMBEDDED) stop --only-idle --folder .keshi/test/postgres >/dev/null

CHECKS := check-types check-migrations check-schemes check-format check-lint check-layers check-messages \
	check-templates check-generated check-content

.PHONY: check
check: setup ## what needs no tests: format, lint, types, layers, translations, schemes, generated files, contents
	@$(MAKE) --no-print-directory --keep-going -j$(JOBS) --output-sync=target $(CHECKS)
	@echo "check: all in order"

.PHONY: $(CHECKS)
check-format:
	@$(BIN)/ruff format --quiet --check $(CODE) || { echo "run: make format"; exit 1; }
check-lint:
	@$(BIN)/ruff check --quiet $(CODE)
check-types:
	@$(BIN)/mypy --no-error-summary
check-layers:
	@$(BIN)/lint-imports --no-logo >.keshi/layers.txt 2>&1 || { cat .keshi/layers.txt; exit 1; }
check-messages:
	@$(if $(wildcard tests/test_messages.py),$(PYTEST) -q -p no:randomly -p no:cacheprovider tests/test_messages.py \
		>.keshi/messages.txt 2>&1 || { cat .keshi/messages.txt; exit 1; },:)
	@$(BIN)/python scripts/translations.py
check-templates:
	@$(BIN)/djlint src/keshi_web --lint --quiet >.keshi/templates.txt 2>&1 || { cat .keshi/templates.txt; exit 1; }
check-migrations:
	@KESHI_TESTING=1 KESHI_HOME=.keshi/test $(BIN)/python manage.py makemigrations --check --dry-run \
		>.keshi/migrations.txt 2>&1 || { cat .keshi/migrations.txt; exit 1; }
check-schemes:
	@$(BIN)/keshi check >.keshi/schemes.txt 2>&1 || { cat .keshi/schemes.txt; exit 1; }
check-generated:
	@$(BIN)/python scripts/make_schema.py --check
	@$(BIN)/python scripts/make_glossary.py --check
	@$(BIN)/python scripts/make_workflows.py --check
check-content:
	@$(BIN)/python scripts/check_content.py

.PHONY: format
format: setup ## put the code in its format, sort imports, fix what ruff can
	@$(BIN)/ruff check --quiet --fix-only $(CODE)
	@$(BIN)/ruff format $(CODE)

.PHONY: generate
generate: setup ## write the files made from code and data: the JSON Schema of schemes, the facts in the glossary, the workflows
	@$(BIN)/python scripts/make_schema.py
	@$(BIN)/python scripts/make_glossary.py
	@$(BIN)/python scripts/make_workflows.py

.PHONY: coverage
coverage: setup ## tests with a line-by-line report in htmlcov/
	@$(PYTEST) -n $(JOBS) --dist loadfile $(COVERAGE) --cov-report=html --cov-report=term-missing $(PYTEST_ARGS)

.PHONY: soak
soak: setup ## the property tests for long, with other seeds each time; the fault tests many times over
	@KESHI_ROUNDS=25 HYPOTHESIS_PROFILE=thorough $(PYTEST) -n $(JOBS) --dist loadfile $(PYTEST_ARGS)

.PHONY: mutation
mutation: setup ## change the code on purpose and see whether a test notices; MUTANTS='keshi.money*' narrows it
	@$(BIN)/mutmut run --max-children $(JOBS) $(if $(MUTANTS),'$(MUTANTS)')
	@$(BIN)/mutmut results | grep -v ': not checked' || true

.PHONY: bench
bench: ## measure speed, against peers too (adds requirements/bench.txt to .venv)
	@scripts/setup.sh bench
	@$(BIN)/python bench/run.py

.PHONY: pins
pins: setup ## recompile requirements/*.txt; UPGRADE=1 takes the newest versions
	@UPGRADE="$(UPGRADE)" scripts/pins.sh

.PHONY: clean
clean: ## remove what the targets made, .venv included
	@for home in postgres test/postgres; do \
		[[ ! -d .keshi/$$home || ! -x $(BIN)/python ]] || $(EMBEDDED) stop --folder .keshi/$$home >/dev/null; done
	@rm -rf .venv .keshi .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* \
		htmlcov mutants build dist
	@find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
