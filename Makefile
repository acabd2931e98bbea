# make demo    train three small runs and watch their candles in TensorBoard
# make demo-live  two models on Fashion-MNIST, started and steered from the tab (PyTorch, in .venv-live)
# make test    the everyday tests, on every core: pytest, vitest and, in Chromium, the browser's
# make test-slow  what of them takes minutes: the looks of every widget, the pixels of a million points
# make test-all  both, and the tests that need frameworks (torch, TensorFlow, JAX, …; 5 GB in .venv-frameworks)
# make check   ruff, mypy, tsc, biome
# make nightly property tests by the ten thousand, every bit flipped, an hour of fuzzing, a soak (hours)
# make bench   time and memory beside TensorBoard's own loaders and other loggers (half an hour; a quiet machine)
# make format  what ruff and biome can put right themselves

PYTHON ?= python3
# How much `make nightly` tries; .ci/run has it try less.
EXAMPLES ?= 10000
FLIP_EVERY ?= 1
FUZZ_SECS ?= 3600
SOAK_SECS ?= 600
# How many processes share the tests, a file at a time: as many as there are cores, within reason.
WORKERS ?= auto
VENV := .venv
FRAMEWORKS := .venv-frameworks
LOGGERS := .venv-loggers
LIVE := .venv-live
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
FRAMEWORKS_PY := $(FRAMEWORKS)/bin/python
NPM := $(PY) scripts/npm.py
PYTEST := -m pytest --numprocesses=$(WORKERS) --maxprocesses=8 --dist=loadfile --no-loadscope-reorder
# Those tests that `make test` skips for want of a framework.
NEED_FRAMEWORKS := tests/integrations \
	$(shell grep -rl --include='*.py' --exclude-dir=integrations --exclude-dir=nightly importorskip tests)
MODULES := frontend/node_modules/.package-lock.json
BUNDLE := tensorboard_candles/static/index.js
SOURCES := $(shell find frontend -name node_modules -prune -o -type f -print)

.PHONY: demo demo-live test test-slow test-all check nightly bench format bundle
.DELETE_ON_ERROR:
.NOTPARALLEL:

demo: $(VENV)/.demo $(BUNDLE)
	@exec $(PY) -m demo

demo-live: $(LIVE)/.installed $(BUNDLE)
	@exec $(LIVE)/bin/python -m demo.fashion_mnist $(ARGS)

test: $(VENV)/.dev $(BUNDLE)
	scripts/need-chromium.sh
	$(NPM) test
	$(PY) $(PYTEST)

test-slow: $(VENV)/.dev $(BUNDLE)
	scripts/need-chromium.sh
	$(PY) $(PYTEST) -m slow

test-all: test test-slow $(FRAMEWORKS)/.installed
	$(FRAMEWORKS_PY) $(PYTEST) --all-frameworks $(NEED_FRAMEWORKS)

check: $(VENV)/.dev $(MODULES)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy setup.py scripts tensorboard_candles demo tests benchmarks fuzz
	$(NPM) run typecheck
	$(NPM) run lint

nightly: $(VENV)/.fuzz $(BUNDLE)
	EXAMPLES=$(EXAMPLES) $(PY) $(PYTEST) -m hypothesis --hypothesis-profile=nightly tests tests/nightly
	FLIP_EVERY=$(FLIP_EVERY) $(PY) $(PYTEST) --dist=load tests/nightly
	$(PY) -m fuzz .fuzz/corpus --secs $(FUZZ_SECS)
	$(PY) -m benchmarks.soak --secs $(SOAK_SECS)

bench: $(VENV)/.bench $(FRAMEWORKS)/.installed $(LOGGERS)/.installed $(BUNDLE)
	$(PY) -m benchmarks.load
	$(PY) -m benchmarks.tail
	$(PY) -m benchmarks.query
	$(PY) -m benchmarks.alerts
	$(PY) -m benchmarks.tab
	$(PY) -m benchmarks.live
	$(PY) -m benchmarks.control
	$(PY) -m benchmarks.write --peers $(LOGGERS)/bin/python
	$(FRAMEWORKS_PY) -m benchmarks.loop
	$(FRAMEWORKS_PY) -m benchmarks.landscape

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

$(VENV)/.bench: $(VENV)/.dev
	$(PIP) --editable ".[bench]"
	touch $@

$(FRAMEWORKS)/.installed: pyproject.toml setup.py scripts/build_backend.py tests/requirements-frameworks.txt
	$(PYTHON) -m venv $(FRAMEWORKS)
	$(FRAMEWORKS_PY) -m pip install --quiet --disable-pip-version-check \
		--editable ".[test,bench]" --requirement tests/requirements-frameworks.txt
	touch $@

$(LIVE)/.installed: pyproject.toml setup.py scripts/build_backend.py demo/fashion_mnist/requirements.txt
	$(PYTHON) -m venv $(LIVE)
	$(LIVE)/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable ".[demo,image,stats]" --requirement demo/fashion_mnist/requirements.txt
	touch $@

$(LOGGERS)/.installed: pyproject.toml setup.py scripts/build_backend.py tests/requirements-frameworks.txt
	$(PYTHON) -m venv $(LOGGERS)
	$(LOGGERS)/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable ".[bench-write]" --constraint tests/requirements-frameworks.txt
	touch $@

$(MODULES): frontend/package.json frontend/package-lock.json | $(VENV)/.demo
	$(NPM) ci
	touch $@

$(BUNDLE): $(SOURCES) $(MODULES)
	$(NPM) run build
	touch $@
