# The verbs of the course. `make demo` and `make test` set up whatever is missing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The environment as a reader needs it, with a hub, and with all that tests need.
READER := $(VENV)/.ready
HUB := $(VENV)/.ready-hub
READY := $(VENV)/.ready-dev
PROXY := hub/node_modules/.ready

# A test process for each core and one more, since some tests wait: tests/conftest.py
# says which tests stay together, and which come first.
PROCESSES := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
PYTEST := $(BIN)/python -m pytest -n $(PROCESSES) --no-loadscope-reorder --durations=15

.PHONY: help demo test test-fast test-hub peer-tests test-all coverage chapters build lab hub \
  proxy lint format lock clean

help:
	@echo "make demo       a class of twelve, graded from source to feedback"
	@echo "make test       all tests but those of the hub and the nightly ones"
	@echo "make test-hub   the hub's tests, in a browser; needs npm and Chromium"
	@echo "make peer-tests nbgrader's own tests, with this engine in place of its own"
	@echo "make test-fast  the tests that start no kernels, in a minute and a half"
	@echo "make build      notebooks from their sources"
	@echo "make chapters   every chapter at its default budget, with its minutes"
	@echo "make test-all   all tests, chapters, and the whole bank through three engines"
	@echo "make lab        JupyterLab here, with warm kernels and formgrader"
	@echo "make hub        a JupyterHub here: an instructor, three students, a grader"
	@echo "make proxy      what the hub needs of npm, and the hub's tests"
	@echo "make lint       ruff and mypy     make format   ruff, mending"
	@echo "make lock       requirements*.lock from pyproject.toml (needs uv)"
	@echo "make clean      remove the environment and what runs left behind"

demo: $(READER)
	$(BIN)/autograder demo

test: $(READY) lint
	$(PYTEST)

test-fast: $(READY) lint
	$(PYTEST) -m "not kernel and not hub and not nightly"

test-hub: $(READY) $(PROXY)
	$(PYTEST) -m "hub and not nightly"

peer-tests: $(READY)
	cd $$(mktemp -d) && PYTHONPATH=$(CURDIR)/tests/peer \
	  PATH=$(abspath $(BIN)):$$PATH $(abspath $(BIN))/python -m pytest \
	  -p engine_in_place -p no:cacheprovider -q -n 2 --pyargs \
	  nbgrader.tests.apps.test_nbgrader_autograde \
	  nbgrader.tests.apps.test_nbgrader_generate_feedback \
	  nbgrader.tests.apps.test_nbgrader_validate \
	  nbgrader.tests.apps.test_nbgrader_zip_collect

test-all: $(READY) $(PROXY) lint chapters
	$(PYTEST) -m ""
	$(BIN)/autograder agree --all

coverage: $(READY)
	$(PYTEST) --cov --cov-report=term --cov-report=html

chapters: $(READER)
	$(BIN)/autograder build
	$(BIN)/autograder chapters

build: $(READER)
	$(BIN)/autograder build

lab: $(READER)
	$(BIN)/autograder kernel install --as-python3
	PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/jupyter lab

hub: $(HUB) $(PROXY)
	@$(BIN)/python hub/demo.py

proxy: $(PROXY)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Each extra's file holds what it adds, in versions that go with all others.
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links

lock:
	$(LOCK) -o requirements.lock
	same="-c requirements.lock"; \
	for extra in hub dev; do \
	  $(LOCK) --extra $$extra $$same -o requirements-$$extra.lock \
	    $$(sed -n 's/^\([^ =]*\)==.*/--no-emit-package \1/p' requirements.lock) \
	    || exit 1; \
	  same="$$same -c requirements-$$extra.lock"; \
	done

clean:
	rm -rf $(VENV) hub/node_modules build .*_cache htmlcov

# Touching one of these files makes the environment again.
$(READER): requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) sh setup.sh $(VENV)
	@touch $@

$(HUB): requirements.lock requirements-hub.lock pyproject.toml
	@PYTHON=$(PYTHON) sh setup.sh $(VENV) hub
	@touch $(READER) $@

$(READY): requirements.lock requirements-hub.lock requirements-dev.lock pyproject.toml
	@PYTHON=$(PYTHON) sh setup.sh $(VENV) hub dev
	@touch $(READER) $(HUB) $@

# The proxy in front of JupyterHub, of the versions in package-lock.json. Needs npm.
$(PROXY): hub/package.json hub/package-lock.json
	npm ci --prefix hub --no-audit --no-fund --loglevel=error
	@touch $@
