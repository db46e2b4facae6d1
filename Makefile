# Lantern: `make` alone lists what can be made.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
# One step after the other: they share the virtual environment.
.NOTPARALLEL:

VENV = .venv/bin/python

# The newest Python that Lantern runs on, unless PYTHON=… names one.
PYTHON ?=
define bootstrap
@python='$(PYTHON)'; \
for found in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	test -z "$$python" || break; \
	"$$found" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$$found; \
done; \
test -n "$$python" || { \
	echo 'Lantern needs Python 3.11 or newer: install it, or name one: make PYTHON=/path/to/python' >&2; \
	exit 1; }; \
"$$python" tools/bootstrap.py $(1)
endef

.PHONY: help
help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: ## Start Lantern with its demo on http://127.0.0.1:8000 (PORT=, DATABASE_URL=)
	$(call bootstrap,requirements.txt)
	@exec $(VENV) -m tools.run

.PHONY: test
test: ## Run every check and every test, on SQLite and PostgreSQL
	$(call bootstrap,requirements-dev.txt)
	@exec $(VENV) -m tools.check all

.PHONY: both
both: ## The same, with every page on each engine, too (twice as long)
	$(call bootstrap,requirements-dev.txt)
	@exec $(VENV) -m tools.check both

.PHONY: chaos
chaos: ## Run the tests that kill and race, in every way at every step, and the tablets under seven seeds
	$(call bootstrap,requirements-dev.txt)
	@exec $(VENV) -m tools.check chaos

.PHONY: money
money: ## Let a thousand histories of giving end, and compare the ledger with the bank
	$(call bootstrap,requirements-dev.txt)
	@exec $(VENV) -m tools.check money

.PHONY: lint
lint: ## Run the checks that start nothing: style, types, floors, catalogues
	$(call bootstrap,requirements-dev.txt)
	@exec $(VENV) -m tools.check lint

.PHONY: format
format: ## Put the code into its usual shape
	$(call bootstrap,requirements-dev.txt)
	@$(VENV) -m ruff check --fix-only --exit-zero --quiet .
	@$(VENV) -m ruff format .

.PHONY: bench
bench: ## Measure against a bare Flask floor; writes bench/results.json
	$(call bootstrap,requirements-dev.txt)
	@$(VENV) -m tools.catalogues compile
	@exec $(VENV) -m bench

.PHONY: conformance
conformance: ## Let other people's engines read our records, calendars, codes and papers
	$(call bootstrap,requirements-dev.txt)
	@exec $(VENV) -m tools.conformance

.PHONY: shell
shell: ## Open a Python shell inside the application of the last `make run`
	$(call bootstrap,requirements.txt)
	@exec $(VENV) -m flask --app wsgi shell

.PHONY: catalogues
catalogues: ## Bring the translations up to date with the texts, check and compile them
	$(call bootstrap,requirements-dev.txt)
	@$(VENV) -m tools.catalogues update
	@$(VENV) -m tools.catalogues check
	@$(VENV) -m tools.catalogues compile

.PHONY: lock
lock: ## Choose the newest allowed versions again and write both lock files
	$(call bootstrap,requirements.txt)
	@$(VENV) -m tools.lock
