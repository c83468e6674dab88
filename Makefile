# Everyday commands. All but `run` need requirements-dev.txt.

PYTHON ?= python
# Which tests `make check` runs, and which measurements `make bench`: by default all that the benchmarks promise.
TESTS ?= tests
BENCHMARKS ?= $(shell sed -n 's/^|.*`python -m benchmarks\.\([a-z0-9_]*\)[ `].*/\1/p' benchmarks/README.md | uniq)
# Further options for what is run: make bench OPTIONS=--quick, make run OPTIONS=--server.port=8600
OPTIONS ?=

.PHONY: run check style fix test bench

# Start the app.
run:
	$(PYTHON) -m streamlit run app.py $(OPTIONS)

# Before a commit: style, types, the scripts' syntax, and all tests except the browser's, with coverage of dlviz.
check: style
	$(PYTHON) -m pytest -n 2 --dist worksteal --cov --ignore=tests/browser --ignore=tests/test_style.py $(OPTIONS) $(TESTS)

# The part of it that needs no tests.
style:
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	$(PYTHON) -m basedpyright --pythonpath "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@if command -v node > /dev/null; then \
	  for script in $$(find dlviz -name '*.js'); do \
	    node --check --input-type=module - < $$script || { echo "in $$script"; exit 1; }; \
	  done; \
	else echo "node is not here: the scripts of the browser were not checked"; fi

# Fix what a machine can fix.
fix:
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

# Run every test, as the README says.
test:
	pytest -n 2 --dist worksteal $(OPTIONS)

# Measure what is promised about speed.
bench:
	@for name in $(BENCHMARKS); do echo "== $$name"; $(PYTHON) -m benchmarks.$$name $(OPTIONS) || exit 1; done
