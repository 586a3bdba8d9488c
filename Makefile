# Two commands are enough: `make run` opens the app, `make test` proves it. `make help` lists the rest.
# Everything below is a plain command too; the README shows them for those without make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APP := $(VENV)/.app-installed
DEV := $(VENV)/.dev-installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PINS := $(BIN)/pip-compile --quiet --strip-extras --no-header --annotation-style line \
	--no-emit-index-url --no-emit-trusted-host --no-emit-options

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo test lint types imports pytest unit browser coverage hunt faults fuzz systems fmt bench scale reruns load screenshots pins clean

help: ## list these
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(APP) ## make .venv with the pinned packages of the app

setup-dev: $(DEV) ## the same with the tools of tests and lint, Chromium and PostgreSQL
	@sh tools/system.sh

$(BIN)/python:
	@sh tools/venv.sh "$(PYTHON)" "$(VENV)"

$(APP): requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(APP)
	$(PIP) -r requirements-dev.txt
	@touch $@

run: $(APP) ## open the app on http://127.0.0.1:8501
	@$(BIN)/python -m arcore serve

demo: $(APP) ## build the sample company afresh
	@$(BIN)/python -m arcore demo

# The types have one core for a minute; beside the tests they fill the time in which those wait.
test: setup-dev lint imports ## lint, types, import rules, all tests
	@$(MAKE) --no-print-directory -j2 types unit
	@$(MAKE) --no-print-directory browser

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

imports: $(DEV)
	$(BIN)/lint-imports --no-logo

unit: $(DEV)
	$(BIN)/pytest -n auto --dist loadfile -m "not bench and not browser and not fault"

browser: $(DEV)
	$(BIN)/pytest -n auto --dist loadfile tests/browser

pytest:
	@$(MAKE) --no-print-directory unit
	@$(MAKE) --no-print-directory browser

coverage: setup-dev ## the tests but those in the browser, and what they reach; some minutes more
	$(BIN)/pytest -n auto --dist loadfile -m "not bench and not browser and not fault" --cov --cov-report=term

fmt: $(DEV) ## put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

hunt: setup-dev ## look for new failures with random examples, for some minutes
	ARCORE_FUZZ_EXAMPLES=100 $(BIN)/pytest -n auto --dist loadfile $$(grep -rlE "hypothesis|profile\(" tests --include="test_*.py")

faults: setup-dev ## kill the program 50 times while it sends 200 reminders, on both stores; two busy years of them
	$(BIN)/pytest -m fault

fuzz: setup-dev ## throw 20,000 spoiled files at the import, about ten minutes
	$(BIN)/python -m tools.fuzz 20000

systems: $(APP) ## read the sample exports of other systems and write docs/systems.md
	$(BIN)/python -m tools.systems

bench: setup-dev ## try each benchmark on a small book, then measure speed beside the peers; writes benchmarks/results.json
	$(BIN)/pytest -n auto --dist loadfile -m bench
	$(BIN)/python -m benchmarks

scale: setup-dev ## measure time and memory from 10,000 to 10,000,000 invoices; some ten minutes, up to 20 GB
	$(BIN)/python -m benchmarks.scale

reruns: setup-dev ## measure what drawing a page again costs with a million invoices
	$(BIN)/python -m benchmarks.reruns

load: setup-dev ## let 50 tabs click on the served app; writes benchmarks/load/results.json, some minutes
	$(BIN)/python -m benchmarks.load

screenshots: setup-dev ## draw the pictures of the README
	$(BIN)/python -m tools.screenshots

pins: $(DEV) ## compile the requirements
	$(PINS) -o requirements.txt requirements.in
	$(PINS) -o requirements-dev.txt requirements-dev.in
	@for pinned in requirements requirements-dev; do \
		{ echo "# Made by \`make pins\` from $$pinned.in; change that file, not this one."; cat $$pinned.txt; } > $$pinned.new; \
		mv $$pinned.new $$pinned.txt; done

clean: ## remove what was built; your books in data/ stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
