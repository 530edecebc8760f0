# On a bare machine with Python 3.11+ (venv), make and a package index: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS = never

.PHONY: demo test lint bench

demo: .venv/installed
	$(BIN)/qms demo

test: .venv/installed-for-tests
	$(BIN)/python -m pytest -n auto -rs

lint: .venv/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/bandit -q -c pyproject.toml -r qms forms exports

bench: .venv/installed-for-tests
	$(BIN)/python -m benchmarks

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/installed: .venv/bin/uv pyproject.toml uv.lock
	$(BIN)/uv sync --quiet --frozen --inexact --no-default-groups
	@touch $@

.venv/installed-for-tests: .venv/bin/uv pyproject.toml uv.lock
	$(BIN)/uv sync --quiet --frozen --inexact
	@touch $@ .venv/installed
