# Everything a newcomer needs: `make run` and `make test` do their own set-up in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help run chat test check lint types contracts content bench soak clean

help: ## Show these commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tuowen needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Try: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: requirements.lock | $(VENV)/.made
	@echo "Setting up .venv (a minute or two, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.made
	@echo "Setting up .venv with the development tools (a minute or two, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.run ## Start the bot: web page on 127.0.0.1:8080, Telegram when a token is set
	@$(BIN)/python -m bot run

chat: $(VENV)/.run ## Talk to the bot in this terminal
	@$(BIN)/python -m bot chat

test: $(VENV)/.dev ## Run the tests
	@$(BIN)/python -m pytest -q $(ARGS)

check: lint types contracts content ## Lint, types, import contracts, content, tests with coverage: what CI runs
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q $(ARGS)
	@$(BIN)/coverage report

lint: $(VENV)/.dev ## ruff
	@$(BIN)/ruff check .

types: $(VENV)/.dev ## mypy --strict
	@$(BIN)/mypy

contracts: $(VENV)/.dev ## Which folder may import which
	@$(BIN)/lint-imports --config pyproject.toml

content: $(VENV)/.dev ## Check the content files
	@$(BIN)/python -m knowledge check

bench: $(VENV)/.dev ## Speed of the whole product beside a bare echo bot
	@$(BIN)/python -m bench

soak: $(VENV)/.dev ## 1,000 parents and 10 staff, kills and a failing network; ARGS sets the size
	@$(BIN)/python -m bench.soak $(ARGS)

clean: ## Remove the set-up and caches (keeps var/)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
