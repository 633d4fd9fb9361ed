# Everything a newcomer types. It needs Python 3.11 or newer, git and make, nothing else.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
RUNNING := .venv/.installed-to-run

.DEFAULT_GOAL := help
.PHONY: help install run demo test check fix bench lock clean

help: ## Show these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1 \2/p' $(MAKEFILE_LIST) | while read -r name text; do \
	  printf '  make %-8s %s\n' "$$name" "$$text"; done

install: $(STAMP) ## Make .venv with all that tests and checks need

run: $(RUNNING) ## Start everything on this machine; Ctrl-C stops it
	@exec $(BIN)/yikou run

demo: $(RUNNING) ## Play a journey and a morning against the running system
	@exec $(BIN)/python -m sandbox.demo

test: $(STAMP) ## Run the tests on real servers of their own
	@PYTHONDONTWRITEBYTECODE= exec $(BIN)/python -m pytest -n auto --maxprocesses 4

check: $(STAMP) ## Check style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(STAMP) ## Correct the style where a tool can
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(STAMP) ## Measure, beside the limit and the usual peers
	@exec $(BIN)/python -m benchmarks

lock: ## Renew the lock files (for maintainers; needs uv)
	uv pip compile pyproject.toml --extra embedded --extra dev $(LOCKING) -o requirements-dev.txt
	uv pip compile pyproject.toml --extra embedded --constraint requirements-dev.txt $(LOCKING) -o requirements-run.txt
	echo pip==26.3 | uv pip compile - $(LOCKING) -o .ci/pip.txt

clean: ## Remove .venv and the tools' caches; var/ with your data stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# No address of a package index may reach the lock files.
LOCKING := --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

$(RUNNING): requirements-run.txt pyproject.toml .ci/install.py .ci/pip.txt
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): Python 3.11 or newer is needed." >&2; exit 1; }
	@$(PYTHON) .ci/install.py run
	@touch $@

$(STAMP): requirements-dev.txt pyproject.toml .ci/install.py .ci/pip.txt
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): Python 3.11 or newer is needed." >&2; exit 1; }
	@$(PYTHON) .ci/install.py dev
	@touch $(RUNNING) $@
