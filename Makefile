# What people type in this repository; "make" alone lists it.
# Only what every make understands: no functions, no conditionals.

PORT ?= 8080
HAL_DELIVERY_DATA_DIR ?= var/demo
HAL_DELIVERY_LOG_FORMAT ?= text
ARGS ?=

PYTHONS = python3.13 python3.12 python3.11 python3
BIN = .venv/bin
CHECKED = content_repo search_index hal_delivery docs tests wsgi.py

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

install: .venv/.installed  ## make .venv and install the service, its tests and checks into it

serve: install  ## serve the demo content on PORT (8080) from HAL_DELIVERY_DATA_DIR (var/demo)
	@HAL_DELIVERY_DATA_DIR="$(HAL_DELIVERY_DATA_DIR)" \
	HAL_DELIVERY_LOG_FORMAT="$(HAL_DELIVERY_LOG_FORMAT)" \
	exec $(BIN)/hal-delivery serve --demo --port "$(PORT)"

test: install  ## run every test, on SQLite and on a PostgreSQL of its own (ARGS go to pytest)
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: install  ## check format, lint, types and the arrows between packages
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/mypy $(CHECKED)
	$(BIN)/python -m pytest -q tests/test_architecture.py

bench: install  ## measure the service on this machine (ARGS go to the benchmark)
	$(BIN)/python -m tests.bench $(ARGS)

chaos: install  ## kill imports and writers, tear the index, and compare (ARGS go to the runs)
	$(BIN)/python -m tests.chaos $(ARGS)

quality: install  ## compare what search finds with other engines (ARGS go to the report)
	@$(BIN)/python -c 'import tantivy' 2>/dev/null || $(BIN)/python -m pip install -qq \
	  --disable-pip-version-check --no-input -e '.[quality]' || \
	  echo "tantivy could not be installed; the report goes without it." >&2
	$(BIN)/python -m tests.quality $(ARGS)

# The stamp makes the second run instant: it is older than these two files only
# when what they declare may have changed.
.venv/.installed: setup.cfg pyproject.toml
	@found=; $(BIN)/python -c 'import pip' 2>/dev/null || { \
	  for candidate in $(PYTHONS); do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      found=$$candidate; \
	      if $$candidate -c 'import ensurepip, venv' 2>/dev/null; then \
	        echo "Making .venv with $$($$candidate --version)."; \
	        $$candidate -m venv --clear .venv && exit 0; \
	        echo "$$candidate could not make .venv; its reason is above." >&2; exit 1; \
	      fi; \
	    fi; \
	  done; \
	  if [ -n "$$found" ]; then \
	    echo "$$found is here, but without the modules venv and ensurepip:" >&2; \
	    echo "on Debian and Ubuntu, install the package python3-venv." >&2; \
	  else \
	    echo "No Python 3.11 or newer found; looked for: $(PYTHONS)." >&2; \
	  fi; \
	  exit 1; }
	@echo "Installing into .venv (the first time takes up to a minute)."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input \
	  -e '.[test,check]' || { \
	  echo "The installation failed; pip's reason is above. Run make again to retry." >&2; exit 1; }
	@touch $@

.PHONY: help install serve test check bench chaos quality
