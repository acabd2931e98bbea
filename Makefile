# make demo    train three small runs and watch their candles in TensorBoard
# make test    every test: pytest, vitest and, in Chromium, the browser's
# make check   ruff, mypy, tsc, biome
# make nightly property tests by the ten thousand, every bit flipped, an hour of fuzzing, a soak (hours)
# make bench   time and memory beside TensorBoard's own loaders (minutes; a quiet machine)
# make format  what ruff and biome can put right themselves

PYTHON ?= python3
# How much `make nightly` tries; .ci/run has it try less.
EXAMPLES ?= 10000
FLIP_EVERY ?= 1
FUZZ_SECS ?= 3600
SOAK_SECS ?= 600
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
NPM := $(PY) scripts/npm.py
MODULES := frontend/node_modules/.package-lock.json
BUNDLE := tensorboard_candles/static/index.js
SOURCES := $(shell find frontend -name node_modules -prune -o -type f -print)

.PHONY: demo test check nightly bench format bundle
.DELETE_ON_ERROR:
.NOTPARALLEL:

demo: $(VENV)/.demo $(BUNDLE)
	@exec $(PY) -m demo

test: $(VENV)/.dev $(BUNDLE)
	scripts/need-chromium.sh
	$(NPM) test
	$(PY) -m pytest

check: $(VENV)/.dev $(MODULES)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy setup.py scripts tensorboard_candles demo tests benchmarks fuzz
	$(NPM) run typecheck
	$(NPM) run lint

nightly: $(VENV)/.fuzz $(BUNDLE)
	EXAMPLES=$(EXAMPLES) $(PY) -m pytest -m hypothesis --hypothesis-profile=nightly tests tests/nightly
	FLIP_EVERY=$(FLIP_EVERY) $(PY) -m pytest tests/nightly
	$(PY) -m fuzz .fuzz/corpus --secs $(FUZZ_SECS)
	$(PY) -m benchmarks.soak --secs $(SOAK_SECS)

bench: $(VENV)/.bench
	$(PY) -m benchmarks.load
	$(PY) -m benchmarks.tail
	$(PY) -m benchmarks.query

format: $(VENV)/.dev $(MODULES)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(NPM) run lint -- --write

bundle: $(BUNDLE)

$(PY):
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml setup.py scripts/build_backend.py | $(PY)
	$(PIP) --editable ".[bundle,demo]"
	touch $@

$(VENV)/.dev: $(VENV)/.demo
	$(PIP) --editable ".[dev]"
	touch $@

$(VENV)/.fuzz: $(VENV)/.dev
	$(PIP) --editable ".[fuzz]"
	touch $@

$(VENV)/.bench: $(VENV)/.demo
	$(PIP) --editable ".[bench]"
	touch $@

$(MODULES): frontend/package.json frontend/package-lock.json | $(VENV)/.demo
	$(NPM) ci
	touch $@

$(BUNDLE): $(SOURCES) $(MODULES)
	$(NPM) run build
	touch $@
