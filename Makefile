# Two commands are enough: `make demo` and `make test`. Both set up what they need.

# The newest Python from 3.11 on that answers; PYTHON=... on the command line wins.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The lock names everything: nothing is resolved anew, whatever was released since.
INSTALL := $(PIP) install --no-deps --require-hashes --only-binary :all: --requirement

.PHONY: help demo test coverage lint format lock clean

help: ## This list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime ## Run the main job offline on examples/medical-llms and show the result.
	@$(BIN)/python -m examples.demo

test: $(VENV)/.dev ## Run the tests.
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal --durations 15

coverage: $(VENV)/.dev ## Run the tests and show which lines they leave out; twice as slow.
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal --cov --cov-report=term:skip-covered

lint: $(VENV)/.dev ## Run the linters and the type checker.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.dev ## Rewrite the code in the house format.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: ## Pin the newest releases, with hashes and without index addresses (needs uv).
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --upgrade --quiet pyproject.toml --group build -o requirements/runtime.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --upgrade --quiet pyproject.toml --group dev -o requirements/dev.txt

clean: ## Remove the virtual environment and what the demo made.
	rm -rf $(VENV) demo

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed; none was found on the PATH." >&2; exit 1; }
	@echo "Creating $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked dependencies ..."
	@$(INSTALL) requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked dependencies for development ..."
	@$(INSTALL) requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.runtime
