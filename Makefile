# `make help` lists the targets. The work itself is in Python: cpc/bootstrap.py, cpc/run.py.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test test-full unit mutants faults sbom audit check style scripts wording types imports migrations deployment templates bench screenshots format lock clean \
	ready ready-dev
MAKEFLAGS += --no-print-directory
# Each test process imports all of the project and its tests: compile them once, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

# The system's own Python first: it is built with profile-guided optimization. One compiled with pyenv's defaults is not,
# and takes a quarter to a third longer for the same tests.
PYTHONS := /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11
ifndef PYTHON
# Where none has ensurepip, bootstrap.py says what to install.
PYTHON := $(shell for needed in ensurepip sys; do for name in $(PYTHONS); do \
	$$name -c "import sys, $$needed; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && command -v $$name && exit; done; done)
endif
BIN := .venv/bin
PARALLEL := -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder
FREE_OF_DATA := env -u DATABASE_URL -u DATABASE_OWNER_URL CPC_ENV=test
PRODUCTION := env CPC_ENV=production ALLOWED_HOSTS=cpc.example EMAIL_HOST=mail.example DATABASE_URL=postgres://cpc@db/cpc \
	DATABASE_SSLMODE=verify-full \
	MFA_KEYS=$$($(BIN)/python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())') \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')
SCRIPTS := $(shell git ls-files -co --exclude-standard '*.js' 2>/dev/null)
TEMPLATES := $(shell git ls-files -co --exclude-standard '*.html' 2>/dev/null)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: ready ## set up, load the demo data, and serve it (PORT=8000, DATABASE_URL=...)
	@$(BIN)/python -m cpc.run

test: ready-dev ## set up and run every test function (ARGS="tests/selection -k name"; ARGS="-n 0 ..." in one process)
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-full: ready-dev ## run the same tests with every role, width, state, and scale, and with random examples (ARGS as above)
	@$(BIN)/python -m pytest $(PARALLEL) --wide $(ARGS)

unit: ready-dev ## run the tests that need no database, browser, or publishers' files (ARGS as above)
	@$(BIN)/python -m pytest $(PARALLEL) -m "not database and not browser and not files" $(ARGS)

mutants: ready-dev ## change the engine in many places and list what no test notices (ARGS="selection.scoring.hurdles*")
	@$(BIN)/mutmut run $(ARGS)
	@$(BIN)/mutmut results | grep -v "not checked" || true

faults: ready-dev ## plant seeded faults in a copy, one at a time, and check that a test fails (ARGS="parts of their names")
	@$(BIN)/python -m tests.faults $(ARGS)

check: style scripts wording types imports migrations deployment templates ## every check below; `make -k check` shows all that fail

style: ready-dev ## ruff: rules and format
	$(BIN)/ruff check . || { echo "make format repairs what ruff can repair." >&2; exit 1; }
	$(BIN)/ruff format --check . || { echo "Run: make format" >&2; exit 1; }

scripts: ready-dev ## Biome: rules for JavaScript
	@$(BIN)/python -m tests.support.node node_modules/@biomejs/biome/bin/biome lint --error-on-warnings $(SCRIPTS)

wording: ready-dev ## retired words and spellings, docstring openings, class names defined twice
	@$(BIN)/python -m tests.wording

types: ready-dev ## mypy, strict
	$(BIN)/mypy .

imports: ready-dev ## import-linter: who may import whom
	$(BIN)/lint-imports

migrations: ready-dev ## no model change without its migration
	$(FREE_OF_DATA) $(BIN)/python manage.py makemigrations --check --dry-run || \
		{ echo "Run: $(BIN)/python manage.py makemigrations APP --name NAME" >&2; exit 1; }

deployment: ready-dev ## Django's deployment checks with production settings
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

templates: ready-dev ## djade: the format of templates
	@$(BIN)/djade --target-version 5.2 --check $(TEMPLATES) || { echo "Run: make format" >&2; exit 1; }

bench: ready-dev ## measure performance against the project's goals
	@$(BIN)/python -m tests.bench $(ARGS)

sbom: ready-dev ## write the bill of materials of Python and npm to .cpc/sbom (CycloneDX)
	@$(BIN)/python -m tests.dependencies sbom

audit: ready-dev ## look for known vulnerabilities of the dependencies (AUDIT_REQUIRED=1 fails where the data can't be reached)
	@$(BIN)/python -m tests.dependencies audit

screenshots: ready-dev ## save screenshots of every page at two widths to .cpc/screenshots
	@$(BIN)/python -m tests.browser.screenshots

format: ready-dev ## rewrite Python and templates in the house style
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $(TEMPLATES) || true

UV := .cpc/uv/bin/uv
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11

lock: ready ## update the locks from pyproject.toml and package.json
	@test -x $(UV) || { $(PYTHON) -m venv .cpc/uv && .cpc/uv/bin/pip install --quiet uv; }
	$(COMPILE) --upgrade pyproject.toml --group localdb -o requirements.lock
	$(COMPILE) --upgrade pyproject.toml --group localdb --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --upgrade --no-annotate --group node -o requirements-node.lock
	npm install --package-lock-only --ignore-scripts

clean: ## remove everything that was built except the demo data
	@test ! -x $(BIN)/python || $(BIN)/python -m cpc.localdb --test remove >/dev/null
	rm -rf .venv node_modules vendor staticfiles .cpc/pg-test .cpc/faults .cpc/uv .cpc/node .cpc/screenshots
	rm -rf mutants .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready: ; @$(call bootstrap,run)
ready-dev: ; @$(call bootstrap,dev)

define bootstrap
test -n "$(PYTHON)" || { echo "No Python >= 3.11 found: install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }; \
$(PYTHON) -P cpc/bootstrap.py $(1)
endef
