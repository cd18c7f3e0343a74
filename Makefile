# i-Map. `make demo` runs the portal, `make test` the tests; both need Python 3.11 or newer and nothing else.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
WITH_SERVERS := $(RUN) -m devserver run --home var/test --disposable --

.PHONY: demo test test-fast test-deep test-programs static-of-tests check bench lock messages clean

demo: $(VENV)/.installed
	@$(RUN) -m demo

# Bytecode is kept even where the environment says otherwise: each worker would compile all tests anew.
TESTS := IMAP_MODE=test IMAP_VAR=var/test PYTHONDONTWRITEBYTECODE=
PYTEST := $(WITH_SERVERS) $(RUN) -m pytest -n auto --dist loadgroup

# Everything. Before and after every commit.
test: static-of-tests
	@$(TESTS) $(PYTEST) $(ARGS)

# The modules that tests/fast.txt lists: all day long.
test-fast: static-of-tests
	@$(TESTS) $(WITH_SERVERS) $(RUN) -m pytest -n 2 $(ARGS) @tests/fast.txt

# Properties with a thousand examples, every pair of page and kind of row. Takes hours.
test-deep: static-of-tests
	@IMAP_DEEP=1 $(TESTS) $(PYTEST) -m deep $(ARGS)

# What the portal gives, opened in programs of others; says at the end which of them are missing.
test-programs: static-of-tests
	@$(TESTS) $(PYTEST) -m programs -rs $(ARGS)

static-of-tests: $(VENV)/.installed-dev
	@$(TESTS) $(RUN) manage.py prepare_static

check: $(VENV)/.installed-dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	$(RUN) -m imap.style_check
	$(RUN) -m djlint templates --quiet --lint
	@IMAP_MODE=test IMAP_VAR=var/test $(WITH_SERVERS) $(RUN) manage.py makemigrations --check --dry-run
	@IMAP_MODE=test IMAP_VAR=var/test $(RUN) -m imap.production_check

bench: $(VENV)/.installed-dev
	@IMAP_MODE=test IMAP_VAR=var/bench $(RUN) manage.py prepare_static
	@IMAP_MODE=test IMAP_VAR=var/bench $(RUN) -m devserver run --home var/bench -- $(RUN) -m bench $(PARTS)

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --group dev pyproject.toml -o requirements-dev.txt

messages: $(VENV)/.installed-dev
	$(RUN) -m imap.make_messages

$(VENV)/.installed: requirements.txt
	@echo "Making the virtual environment and installing what the portal needs (once) …"
	@$(PYTHON) -c 'import sys; sys.exit("The i-Map needs Python 3.11 or newer, not " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need (once) …"
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache
