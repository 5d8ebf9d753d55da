# make demo and make test work on a fresh machine; everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
HOST ?= 127.0.0.1
PORT ?= 8080

# Python starts in half the time where it may keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check test-crash eval eval-sample bench clean

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.installed: $(BIN)/uv pyproject.toml requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint requirements.lock --editable .
	touch $@

$(VENV)/.installed-dev: $(BIN)/uv pyproject.toml requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint requirements.lock --editable '.[dev]'
	touch $(VENV)/.installed $@

demo: $(VENV)/.installed
	$(BIN)/dragoman demo --host $(HOST) --port $(PORT)

test: $(VENV)/.installed-dev
	$(BIN)/pytest -n 2 --dist loadfile

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m i18n.check tests/data/languages

test-crash: $(VENV)/.installed-dev
	$(BIN)/python -m tests.crash $(CRASH)

eval: $(VENV)/.installed-dev
	$(BIN)/dragoman eval run dialogues

eval-sample: $(VENV)/.installed-dev
	$(BIN)/dragoman eval run dialogues --sample 6

bench: $(VENV)/.installed-dev
	$(BIN)/dragoman bench turn

clean:
	rm -rf $(VENV) .dragoman build *.egg-info
