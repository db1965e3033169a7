# `make run` and `make test` are all that is needed; each does its own set-up.
# Where things go: HOST (127.0.0.1), PORT (8000), DATA_DIR (var), PYTHON (found on the PATH).

.DEFAULT_GOAL := help
.SUFFIXES:
BIN := .venv/bin

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start Causeway; the first start sets everything up
	@tools/install.sh run
	@exec $(BIN)/python manage.py up

.PHONY: test
test: ## Lint, types, checks and the whole suite
	@tools/test.sh

.PHONY: lint
lint: dev-set ## Lint and format checks: Python and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@tools/templates.sh --check

.PHONY: format
format: dev-set ## Put the code into the project's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@tools/templates.sh

.PHONY: types
types: dev-set ## Check the types
	@$(BIN)/mypy

.PHONY: bench
bench: dev-set ## Measure the pages beside a bare Django view
	@$(BIN)/python -m bench.pages

.PHONY: requirements
requirements: dev-set ## Compile the requirements after a change of pyproject.toml
	@tools/compile.sh

.PHONY: upgrade
upgrade: dev-set ## Compile the requirements with the newest versions that fit
	@tools/compile.sh --upgrade

.PHONY: clean
clean: ## Remove the environment and the caches; data in var/ stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results bench/out
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: dev-set
dev-set:
	@tools/install.sh dev
