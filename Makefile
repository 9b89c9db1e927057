# Every command of the project. Paths are relative, so that they work below a directory with spaces in its name.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test check verify proof bench screenshots lock fmt clean

PORT ?= 8080
UPGRADE ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(UPGRADE)
PYTEST := $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# An environment that was made elsewhere and moved has scripts with the old path in them.
ifneq "$(shell cat .venv/.made 2>/dev/null)" "$(CURDIR)"
.PHONY: .venv/.made
endif

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*  ## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf 'make %-11s %s\n' "$$name" "$$text"; done

run: .venv/.runtime  ## start copartner with its demo world on 127.0.0.1:8080 (PORT= changes the port)
	@exec $(BIN)/copartner up --data .copartner --port $(PORT)

test: .venv/.dev  ## the tests a builder runs, about 20 minutes on two cores
	@requirements/debian
	$(PYTEST) -m "not verify"

check: .venv/.dev  ## style, types, import contracts, sizes
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture

verify: .venv/.dev proof  ## the long checks, at most 30 minutes
	@requirements/debian
	$(PYTEST) -m verify
	@if test -x /usr/lib/postgresql/15/bin/postgres; then \
		set -x; COPARTNER_TEST_POSTGRES=15 $(PYTEST) -m "not verify" tests/services; fi

proof: .venv/.dev  ## prove that the rules keep partners apart
	$(BIN)/python -m copartner.proof

bench: .venv/.dev  ## measure and compare with the floors
	$(BIN)/python bench/run.py

screenshots: .venv/.dev  ## pictures of the portal's main pages, into .screenshots
	@requirements/debian
	PYTHONPATH=tests $(BIN)/python tests/browsing/screenshots.py .screenshots

lock: .venv/.dev  ## write the lock files again (UPGRADE=--upgrade takes newer versions)
	$(LOCK) --extra emulator pyproject.toml requirements/build.in --output-file requirements/runtime.txt
	$(LOCK) --all-extras pyproject.toml requirements/build.in --constraints requirements/runtime.txt \
		--output-file requirements/dev.txt
	for client in tests/clients/*/requirements.in; do $(LOCK) "$$client" --output-file "$${client%.in}.txt"; done

fmt: .venv/.dev  ## format the code
	$(BIN)/ruff check --fix-only --exit-zero
	$(BIN)/ruff format

clean:  ## remove the environment, the demo data and every cache
	@link=.copartner/postgres/cluster; test ! -L $$link || rm -rf "$$(dirname "$$(readlink $$link)")"
	rm -rf .venv .copartner .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist src/*.egg-info \
		.screenshots
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/.made:
	@test -z "$$(cat .venv/.made 2>/dev/null)" || rm -rf .venv
	@for python in python3.11 python3.12 python3.13 python3; do \
		if $$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; \
		then $$python -m venv .venv && pwd -P > .venv/.made && exit 0; exit 1; fi; done; \
	echo 'copartner needs Python 3.11, 3.12 or 3.13 with its module venv, and found none on PATH.' \
		'On Debian and Ubuntu: apt-get install python3 python3-venv' >&2; exit 1

.venv/.runtime: requirements/runtime.txt pyproject.toml .venv/.made
	@echo 'installing into .venv (once)' >&2
	@$(PIP) --require-hashes --only-binary :all: --no-deps -r requirements/runtime.txt
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.runtime
	@$(PIP) --require-hashes --only-binary :all: --no-deps -r requirements/dev.txt
	@touch $@
