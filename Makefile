# Circolare: `make demo` to try it, `make test` to test it. Both set up what they need.

PYTHON ?= python3
# Test processes at a time, and what else pytest shall know: make test ARGS="-k journeys -x"
JOBS ?= 3
ARGS ?=
ONLY ?=
BASE ?= http://127.0.0.1:8000
KEEP ?=
OUT ?= var/pictures

PY = .venv/bin/python
LAUNCH = $(PY) -m circolare.launch
BOOTSTRAP = $(PYTHON) site/bootstrap.py

.PHONY: help demo test e2e check fmt bench screenshots chaos looks docs setup manage

help:
	@echo "make demo    the whole installation with a sample, at http://127.0.0.1:8000/ (HOST, PORT)"
	@echo "make test    every test that needs no browser (JOBS, ARGS)"
	@echo "make e2e     the tests in a browser (Chromium)"
	@echo "make check   lint, types, rooms, migrations, templates, texts"
	@echo "make fmt     put code and templates in order"
	@echo "make bench   print the figures (ONLY=name), KEEP=1 writes them into docs/benchmarks.md"
	@echo "make screenshots   every page and screen as pictures in OUT (ARGS=--axe looks for barriers too)"
	@echo "make chaos   the long fault runs"
	@echo "make looks   HTML and Lighthouse of a running site at BASE (Node, Java; ONLY=markup or phone)"
	@echo "make docs    the documentation as pages, in docs/_build/"
	@echo "make manage ARGS=\"COMMAND\"   a management command while the demo is stopped"
	@echo "make setup   only .venv"

setup:
	@$(BOOTSTRAP) test lint

demo:
	@$(BOOTSTRAP)
	@$(LAUNCH) demo

test:
	@$(BOOTSTRAP) test
	@$(LAUNCH) test .venv/bin/pytest -n $(JOBS) --dist worksteal $(ARGS)

e2e:
	@$(BOOTSTRAP) test
	@$(LAUNCH) test .venv/bin/pytest -m browser -n $(JOBS) --dist loadscope tests/browser $(ARGS)

check: setup
	@$(LAUNCH) check

fmt: setup
	@$(LAUNCH) fmt

screenshots:
	@$(BOOTSTRAP) test
	@$(LAUNCH) test $(PY) -m tests.pictures $(OUT) $(ARGS)

bench:
	@$(BOOTSTRAP) test bench
	@$(LAUNCH) bench $(PY) -m tests.bench $(if $(KEEP),--keep) $(ONLY)

chaos:
	@$(BOOTSTRAP) test
	@$(LAUNCH) test .venv/bin/pytest -m chaos tests/chaos $(ARGS)

looks:
	@$(BOOTSTRAP) test
	@$(PY) -m tests.looks $(BASE) $(ONLY)

docs:
	@$(BOOTSTRAP) docs
	@.venv/bin/sphinx-build -W --keep-going -n -q docs docs/_build
	@echo "docs/_build/index.html"

manage:
	@$(BOOTSTRAP)
	@$(LAUNCH) run $(PY) manage.py $(ARGS)
