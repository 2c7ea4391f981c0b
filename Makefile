# Everything a checkout needs. `make demo` and `make test` set up what is missing.
PYTHON ?= python3
BIN := .venv/bin

# What is imported is compiled once and kept, also where the environment says otherwise.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo up test check lint types imports clean

demo: .venv/.ready
	$(BIN)/python -m samples.demo

up: .venv/.ready
	$(BIN)/docvision up

test: .venv/.ready
	$(BIN)/pytest

check: lint types imports test

lint: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.ready
	$(BIN)/mypy

imports: .venv/.ready
	$(BIN)/lint-imports

clean:
	rm -rf .venv demo-output build dist

# The lock names every package with its version, so pip need not resolve anything.
# Compiling all of it up front takes as long as installing it; Python compiles what it imports.
.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-deps --no-compile --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
