.DEFAULT_GOAL := help
.PHONY: help setup setup-dev vendor run demo test check lint e2e scenario scenario-real scenario-distributed audit-real signing-real faults distributed distributed-down bench screenshots format lock clean

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.runtime-$(shell { cat requirements.lock; grep '^include = ' pyproject.toml; } | sha256sum | cut -c1-16)
DEV_STAMP := .venv/.dev-$(shell { cat requirements-dev.lock; grep '^include = ' pyproject.toml; } | sha256sum | cut -c1-16)
SCENARIOS ?= $(addprefix tests/scenario/test_,$(addsuffix .py,at_once documents live live_stream minutes real_documents real_rollcalls tasks traces voting)) tests/browser/test_session_day.py
BENCH := .venv-bench/bin
BENCH_STAMP := .venv-bench/.bench-$(shell sha256sum requirements-bench.lock | cut -c1-16)
VENDOR := gateway/web/static/vendor/.complete

help: ## Show what can be made
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 24

run: setup ## Start the product with a demo council on http://127.0.0.1:8000
	@$(BIN)/dienhong demo

setup: $(STAMP) vendor ## Make the environment and fetch the front-end files

setup-dev: $(DEV_STAMP) vendor ## The same, with what tests and checks need

vendor: $(VENDOR) ## Fetch third-party scripts and fonts

test: setup-dev ## Run every test (Chromium is installed when missing and root)
	@$(PYTHON) tests/parts.py
	@$(BIN)/python -m dienhong.nodes.minio
	@$(BIN)/python -m pytest -n auto --dist loadfile -rs

check: lint ## Lint, types, import rules, deciders and contracts; under a minute
	@$(BIN)/python -m pytest -n auto -m "not slow" tests/domain tests/contract tests/architecture -rs

lint: setup-dev ## Lint, format, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

e2e: setup-dev ## The browser scenarios only
	@$(BIN)/python -m pytest tests/browser -rs

scenario: setup-dev ## The scenarios through the gateway only
	@$(BIN)/python -m pytest tests/scenario -rs

scenario-real: setup-dev ## Replay the real roll calls and documents of ../shared/data
	@$(BIN)/python -m pytest tests/scenario -m real -rs -s

audit-real: setup-dev ## Export the log of the real roll calls and verify it by the auditor's file on a bare Python
	@$(BIN)/python -m pytest tests/audit/test_real_rollcalls.py -rs -s

signing-real: setup-dev ## Signed files judged by DSS, pdfsig, openssl and veraPDF beside us, and every attack twenty times
	@$(PYTHON) tests/parts.py
	@if command -v mvn >/dev/null && command -v javac >/dev/null; then mvn --quiet --batch-mode --file tests/signing/java package || true; fi
	@SIGNING_ROUNDS=20 $(BIN)/python -m pytest tests/signing/test_real_validators.py tests/signing/test_dss.py tests/signing/test_archivable.py tests/signing/test_attacks.py tests/signing/test_mutations.py -n auto --dist loadfile -rs

faults: setup-dev ## Kill, wipe and cut off every process and server twenty times under load; nothing acknowledged is lost
	@$(PYTHON) tests/parts.py
	@$(BIN)/python -m dienhong.nodes.minio
	@FAULT_ROUNDS=20 $(BIN)/python -m pytest tests/faults tests/distributed tests/audit/test_tampering.py tests/audit/test_command_line.py -rs

scenario-distributed: setup-dev ## Scenarios, real input and the session day in browsers, with every service and gateway a process
	@$(PYTHON) tests/parts.py
	@TEST_COMPOSITION=distributed $(BIN)/python -m pytest $(SCENARIOS) -n 2 --dist loadfile --timeout 900 -rs

distributed: setup-dev ## Start the product as processes of their own, with a demo council, on http://127.0.0.1:8001 and :8002
	@$(PYTHON) tests/parts.py
	@$(BIN)/python -m dienhong.nodes.distributed --demo $(PORTS)

distributed-down: ## End what make distributed started
	@$(BIN)/python -m dienhong.nodes.distributed down

bench: $(STAMP) $(BENCH_STAMP) vendor ## Measure beside named peers and write docs/benchmarks.md; QUICK=1 ends within five minutes
	@$(BENCH)/python -m bench.parts
	@$(BENCH)/python -m bench $(if $(QUICK),--quick)

screenshots: setup-dev ## Take the pictures of docs/screenshots from a running demo
	@$(BIN)/python docs/screenshots.py

format: setup-dev ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: ## Compile the lock files from requirements*.in
	@for each in requirements requirements-distributed requirements-dev requirements-bench; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $$each.in -o $$each.lock; done

clean: ## Remove what was made (the data in var/ stays)
	@rm -rf .venv .venv-bench gateway/web/static/vendor gateway/web/node_modules

.venv/bin/python:
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; } || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

$(STAMP): .venv/bin/python requirements.lock
	@[ -e $(DEV_STAMP) ] || echo "environment: installing what requirements.lock names, about half a minute, once"
	@[ -e $(DEV_STAMP) ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): .venv/bin/python requirements-dev.lock
	@echo "environment: installing what requirements-dev.lock names, about a minute, once"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(STAMP)

# The peers of the benchmarks stay out of the product's own environment.
$(BENCH_STAMP): requirements-bench.lock | .venv/bin/python
	@$(PYTHON) -m venv .venv-bench
	@$(BENCH)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

$(VENDOR): gateway/web/package-lock.json | $(STAMP)
	@$(BIN)/python -m gateway.web.vendor
