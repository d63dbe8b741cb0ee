# Every target sets up what it needs; nothing has to be installed by hand but git, make and Python 3.11+.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --frozen
ENGINES ?= duckdb,spark,clickhouse,postgresql
DESKS ?= sqlite,postgresql
DEMO_HOME ?= demo-home
PORT ?= 8080
# Tests are shared out among as many processes as there are processors, four at most (tests/conftest.py: which go together).
TESTS := pytest -q --numprocesses=auto --maxprocesses=4 --engine=$(ENGINES) --desk=$(DESKS)

# Libraries are compiled once and not by every program that starts: half of what a start takes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-all check bench serve setup system
.DEFAULT_GOAL := demo

.tools/bin/uv:
	python3 tools/get_uv.py

setup: $(if $(findstring .tools,$(UV)),.tools/bin/uv)
	$(UV) sync --frozen --quiet

# Debian packages for the tests of real parts (PostgreSQL, Java, Chromium, Postfix, Dovecot); said plainly when they cannot be installed.
system:
	@python3 tools/system_packages.py

demo: $(if $(findstring .tools,$(UV)),.tools/bin/uv)
	$(UV) run --frozen --no-default-groups emptychair demo --home $(DEMO_HOME) --port $(PORT)

serve: $(if $(findstring .tools,$(UV)),.tools/bin/uv)
	$(UV) run --frozen --no-default-groups emptychair serve --port $(PORT)

check: setup
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) lint-imports --no-logo
	$(RUN) pytest -q tests/test_shape.py

test: setup system
	$(RUN) $(TESTS) -m "not slow"

test-all: setup system
	$(RUN) $(TESTS)

bench: setup
	$(RUN) python -m benchmarks
