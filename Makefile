# Two commands carry the day: `make build` and `make test`. `make help` lists the rest.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Which interpreter: empty for the newest that will do (.ci/python), else e.g. make build PYTHON=python3.12
PYTHON ?=
export PYTHON
VENV := .venv
BIN := $(VENV)/bin
DBT := $(BIN)/dbt
# Extra arguments for dbt, e.g. make build VARS="{label_window_days: 365, analysis_date: 2023-01-01}"
VARS ?=
DBT_VARS := $(if $(VARS),--vars '$(VARS)')

# The lock names every package and hash, so pip has nothing to resolve and nothing to trust.
# The build backend of the editable install is locked too: no isolation, no second download.
# Twice quiet: errors only, no warning about how the machine's pip is configured.
PIP_FLAGS := -qq --disable-pip-version-check --no-deps
PIP_INSTALL := $(BIN)/pip install $(PIP_FLAGS)
export DBT_PROFILES_DIR ?= .

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

# Each time, also where nothing is to be installed: an environment of another Python is named, not used.
.PHONY: interpreter
interpreter:
	@.ci/python --venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | interpreter
	@test -x $(BIN)/python || { python=$$(.ci/python); "$$python" -m venv $(VENV); }
	@echo "Setting up $(VENV) with $$($(BIN)/python -V), $$(readlink -f $(BIN)/python), from the hashed lock (once, about a minute)" >&2
	@$(PIP_INSTALL) --require-hashes -r $<
	@$(PIP_INSTALL) --no-build-isolation --editable .
	@$(BIN)/pip check --quiet || $(BIN)/pip check
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Adding the tools that check (once)" >&2
	@$(PIP_INSTALL) --require-hashes -r $<
	@touch $@

profiles.yml: profiles.yml.example
	@test -e $@ || cp $< $@
	@touch $@

.PHONY: setup
setup: $(VENV)/.run profiles.yml ## install, once, into a virtual environment

.PHONY: build
build: setup ## dbt build on DuckDB (its unit tests: make test), then the day: counts, findings, the ten to call first
	@$(DBT) build --quiet --exclude-resource-type unit_test $(DBT_VARS)
	@$(BIN)/lead-scoring summary
	@test -n "$${LEAD_SCORING_DATA:-}" || echo "  (The demo, seeds/demo, is invented data: no such advisor, firm or lead exists.)"

.PHONY: lint
lint: $(VENV)/.dev profiles.yml ## ruff, mypy --strict, import-linter, sqlfluff
	@PATH="$(CURDIR)/$(BIN):$$PATH" .ci/checks lint

.PHONY: test
test: profiles.yml ## every check; what CI runs
	@PATH="$(CURDIR)/$(BIN):$$PATH" .ci/checks

MINUTES ?= 10
.PHONY: explore
explore: $(VENV)/.dev profiles.yml ## new examples for the property tests, for MINUTES=10; keeps what fails
	@env -u LEAD_SCORING_DATA -u LEAD_SCORING_TARGET -u LEAD_SCORING_MODELS \
		$(BIN)/python -m python_scoring.tests.support.explore --minutes $(MINUTES)

.PHONY: test-leaks
test-leaks: $(VENV)/.dev ## plant known leaks into copies of the project; which net catches which (half an hour)
	@$(BIN)/lead-scoring audit planted --out target/planted_leaks.md

# River's detectors, which the alarm is compared with, are no part of the project: an environment of their own.
DETECTORS := target/detectors
$(DETECTORS)/.run: requirements/detectors.txt
	@python=$$(.ci/python); "$$python" -m venv $(DETECTORS)
	@$(DETECTORS)/bin/pip install $(PIP_FLAGS) --require-hashes -r $<
	@touch $@

.PHONY: test-alarms
test-alarms: $(VENV)/.dev $(DETECTORS)/.run ## how often healthy years raise an alert, how late broken ones: target/alarms.md (hours)
	@mkdir -p target
	@$(BIN)/python -m python_scoring.tests.monitoring --detectors $(DETECTORS)/bin/python | tee target/alarms.md

.PHONY: year
year: $(VENV)/.dev profiles.yml ## a year in weekly builds with five faults, what finds each and when: target/year.md (twenty minutes)
	@mkdir -p target
	@env -u LEAD_SCORING_DATA -u LEAD_SCORING_TARGET -u LEAD_SCORING_MODELS \
		$(BIN)/python -m python_scoring.tests.year | tee target/year.md

.PHONY: test-late
test-late: $(VENV)/.dev profiles.yml ## whether lateness is found, and what a late vendor costs, in three worlds: target/late.md (an hour)
	@mkdir -p target
	@env -u LEAD_SCORING_DATA -u LEAD_SCORING_TARGET -u LEAD_SCORING_MODELS \
		$(BIN)/python -m python_scoring.tests.arrivals | tee target/late.md

# Two feature stores, polars and pandas, beside which the features are timed, are no part of the project either.
PEERS := target/peers
$(PEERS)/.run: requirements/peers.txt
	@python=$$(.ci/python); "$$python" -m venv $(PEERS)
	@$(PEERS)/bin/pip install $(PIP_FLAGS) --require-hashes -r $<
	@touch $@

LEADS ?= 100000 1000000
ROUNDS ?= 3
.PHONY: bench
bench: $(VENV)/.dev $(PEERS)/.run profiles.yml ## seconds and memory of each part beside a hand-written query: target/bench.md, .csv, .svg (hours; LEADS="100000 1000000")
	@env -u LEAD_SCORING_DATA -u LEAD_SCORING_TARGET -u LEAD_SCORING_MODELS \
		$(BIN)/python -m python_scoring.tests.bench --peers $(PEERS)/bin/python --rounds $(ROUNDS) $(addprefix --leads ,$(LEADS))

KILLS ?= 50
CASES ?= 10000
.PHONY: test-faults
test-faults: $(VENV)/.dev profiles.yml ## kills, full disks, two at once, hostile input: target/faults.md (hours; KILLS=50, CASES=10000)
	@env -u LEAD_SCORING_DATA -u LEAD_SCORING_TARGET -u LEAD_SCORING_MODELS \
		$(BIN)/python -m python_scoring.tests.faults --kills $(KILLS) --cases $(CASES)

# uv, locked too: it makes the locks, and the environments in which .ci/checks tries the other Pythons.
LOCKER := target/locker
$(LOCKER)/.run: requirements/lock.txt
	@python=$$(.ci/python); "$$python" -m venv $(LOCKER)
	@$(LOCKER)/bin/pip install $(PIP_FLAGS) --require-hashes -r $<
	@touch $@

# An environment of what runs, and of nothing that only checks. The tool that lists it has one of its own:
# among the others it makes each start of dbt a second and a half slower (an optional check of jsonschema).
SBOM := target/sbom
.PHONY: sbom
sbom: $(VENV)/.dev $(LOCKER)/.run ## what runs, and under which licences: target/sbom.json, target/licences.md
	@rm -rf $(SBOM) $(SBOM)_tool
	@python=$$(.ci/python); for name in $(SBOM) $(SBOM)_tool; do "$$python" -m venv --without-pip $$name; done
	@$(LOCKER)/bin/uv pip install --quiet --python $(SBOM) --no-deps --require-hashes -r requirements/run.txt -r cloud_function/requirements.txt
	@$(LOCKER)/bin/uv pip install --quiet --python $(SBOM)_tool --no-deps --require-hashes -r requirements/sbom.txt
	@$(SBOM)_tool/bin/cyclonedx-py environment --output-format JSON --output-reproducible --output-file target/sbom.json $(SBOM)
	@$(BIN)/pip-licenses --python $(SBOM)/bin/python --format markdown --order name --with-urls --output-file target/licences.md
	@echo "Known vulnerabilities are looked up on the net: pip install pip-audit; pip-audit --require-hashes -r requirements/run.txt" >&2

# The emulator needs another DuckDB than the project, hence another environment, which is also the home
# folder where that DuckDB keeps its extension: nothing is written outside the project.
EMULATOR := .venv-bigquery
$(EMULATOR)/.run: requirements/bigquery.txt
	@echo "Setting up $(EMULATOR) from the hashed lock (once, about a minute)" >&2
	@.ci/python --venv $(EMULATOR)
	@test -x $(EMULATOR)/bin/python || { python=$$(.ci/python); "$$python" -m venv $(EMULATOR); }
	@$(EMULATOR)/bin/pip install $(PIP_FLAGS) --require-hashes -r $<
	@HOME=$(CURDIR)/$(EMULATOR) $(EMULATOR)/bin/python -c "from duckdb_extensions import import_extension as i; i('spatial')" >/dev/null
	@touch $@

.PHONY: test-bigquery
test-bigquery: $(VENV)/.dev $(EMULATOR)/.run ## the BigQuery target on an emulator for two days, on drawn worlds by ZetaSQL, on local Spark (30 minutes; Java 17)
	@$(BIN)/python -m python_scoring.tests.bigquery_emulator --environment $(EMULATOR)
	@$(PIP_INSTALL) --no-build-isolation --require-hashes -r requirements/spark.txt
	@$(BIN)/pytest -q -m bigquery

# axe-core checks accessibility; a script of the page's own runs both, so no driver of the browser is needed.
AXE := target/axe/node_modules/axe-core/axe.min.js
CHROMIUM ?= chromium
.PHONY: test-pages
test-pages: $(VENV)/.dev ## the dashboard in a headless Chromium, with axe-core (needs chromium and npm; CHROMIUM=chromium)
	@command -v $(CHROMIUM) >/dev/null || { echo "$(CHROMIUM) is not installed: the page was not tried in a browser. On Debian: apt-get install chromium" >&2; exit 2; }
	@test -e $(AXE) || npm install --silent --no-save --prefix target/axe axe-core@4.14.1
	@CHROMIUM=$(CHROMIUM) AXE=$(AXE) $(BIN)/pytest -q -m browser python_scoring/tests/report

# A second reading of the LookML, by a parser of other people in another language.
LOOKML_PARSER := target/lookml
.PHONY: test-lookml
test-lookml: $(VENV)/.dev ## the LookML by a second parser, lookml-parser of npm (needs npm)
	@test -e $(LOOKML_PARSER)/node_modules/lookml-parser || npm install --silent --no-save --prefix $(LOOKML_PARSER) lookml-parser@7.1.3
	@NODE_PATH=$(CURDIR)/$(LOOKML_PARSER)/node_modules $(BIN)/pytest -q -m npm python_scoring/tests/looker

.PHONY: dataproc
dataproc: ## zip of the code for Dataproc: target/lead_scoring.zip
	@mkdir -p target
	@git archive --format=zip --output target/lead_scoring.zip HEAD python_scoring seeds/mappings ':!python_scoring/tests' ':!python_scoring/artifacts'

.PHONY: function-bundle
function-bundle: setup ## the folder to deploy as a Cloud Function: target/function
	@rm -rf target/function
	@$(BIN)/lead-scoring function bundle --out target/function

ENGINE ?= docker
IMAGE ?= lead-scoring-daily
IMAGE_ARGS ?=
.PHONY: image
image: ## the container of the daily line: IMAGE=lead-scoring-daily, by ENGINE=docker (or podman, buildah)
	@$(ENGINE) build --file deploy/Dockerfile --tag $(IMAGE) $(IMAGE_ARGS) .

PORT ?= 8080
.PHONY: serve
serve: $(VENV)/.dev function-bundle ## serve that folder on this machine, at PORT=8080
	@PATH="$(CURDIR)/$(BIN):$$PATH" cloud_function/serve target/function --listen=127.0.0.1:$(PORT)

.PHONY: docs
docs: setup ## dbt docs in target/: every model and column
	@$(DBT) docs generate --static

# One lock serves every Python of requires-python (decision 0011). What is pinned stays pinned while it fits;
# a newer one is asked for by name: make lock UPGRADE="click duckdb"
UPGRADE ?=
LOCK = $(LOCKER)/bin/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header $(addprefix --upgrade-package ,$(UPGRADE))

.PHONY: lock
lock: $(LOCKER)/.run ## renew the hashed locks after a change of pyproject.toml
	@$(LOCK) --extra install --output-file requirements/run.txt pyproject.toml >/dev/null
	@$(LOCK) --extra install --extra serving --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt pyproject.toml >/dev/null
	@$(LOCK) --constraint requirements/dev.txt --output-file cloud_function/requirements.txt cloud_function/requirements.in >/dev/null
	@for name in bigquery spark lock sbom detectors peers; do \
		$(LOCK) --output-file requirements/$$name.txt requirements/$$name.in >/dev/null; done

.PHONY: clean
clean: ## remove what was built, but not the virtual environment or the score history
	@rm -rf target logs .pytest_cache .mypy_cache .ruff_cache .hypothesis
