# Two commands suffice: `make run` and `make test`. Both set everything up by themselves.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BOT ?= yes

APP_READY := .venv/.synced
BOT_READY := bot/.venv/.synced
ifeq ($(BOT),yes)
  READY := $(APP_READY) $(BOT_READY)
else
  READY := $(APP_READY)
  UP := --no-bot
endif

.PHONY: run
run: $(READY) ## Set everything up, start it and print where to go
	@exec .venv/bin/parley up $(UP)

.PHONY: test
test: $(APP_READY) $(BOT_READY) ## Set everything up and run all tests
	@scripts/chromium
	@scripts/redis >/dev/null
	@scripts/nginx >/dev/null
	@scripts/smsc
	@scripts/test

.PHONY: check
check: $(APP_READY) ## Format, lint, flaws, types, licences, who may import whom: what CI checks before the tests
	@.venv/bin/ruff format --check --quiet --output-format concise . || { echo "Run make format."; exit 1; }
	@.venv/bin/ruff check --quiet --output-format concise .
	@.venv/bin/mypy
	@.venv/bin/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive connectors inbox rehearsal
	@.venv/bin/pytest tests/test_architecture.py tests/test_licences.py

.PHONY: audit
audit: $(APP_READY) ## Ask the registries for known flaws in what is pinned (network; see docs/advisories.md)
	@scripts/audit

.PHONY: translations
translations: $(APP_READY) ## Bring the catalogues of the pages' words up to date (docs/translating.md)
	@scripts/translations

.PHONY: conformance
conformance: $(APP_READY) ## Try the connectors on payloads of others: make conformance VECTORS=DIR
	@.venv/bin/python -m tests.conformance "$(VECTORS)"

.PHONY: format
format: $(APP_READY) ## Bring all code into the house's format
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --quiet --fix .

.PHONY: setup
setup: $(READY) ## Bring uv, both Python environments and MongoDB

.PHONY: train
train: $(APP_READY) $(BOT_READY) ## Train the bot if its data changed
	@.venv/bin/parley bot train

.PHONY: doctor
doctor: $(APP_READY) ## Say what is wrong on this machine and how to mend it
	@.venv/bin/parley doctor

.PHONY: faults
faults: $(APP_READY) ## Break the running processes by chance for MINUTES=10 and compare with a ledger; FAULTS="…", SEED=…
	@.venv/bin/python -m tests.faults --minutes "$(or $(MINUTES),10)" $(if $(SEED),--seed $(SEED)) $(foreach f,$(FAULTS),--fault $(f)) $(MORE)

.PHONY: bench
bench: $(READY) ## Measure all parts beside the least that each can cost; alone: make bench-PART ARGS="…" (benchmarks/)
	@.venv/bin/python -m benchmarks

BENCHES := bench-ingest bench-turns bench-screen bench-connections bench-lists bench-outbox bench-growth bench-rest bench-frames
.PHONY: $(BENCHES)
$(BENCHES): bench-%: $(READY)
	@.venv/bin/python -m benchmarks.$* $(ARGS)

.PHONY: bench-bot
bench-bot: $(APP_READY) $(BOT_READY) ## Measure the bot's turns, CPU and start beside stock Rasa in the same run
	@.venv/bin/python -m benchmarks.bot

.PHONY: bench-nlu
bench-nlu: $(BOT_READY) $(APP_READY) ## Measure how well the bot understands, beside stock Rasa: make bench-nlu DATA=DIR
	@.venv/bin/python -m benchmarks.nlu "$(DATA)" $(if $(ONLY),--only $(ONLY)) $(if $(PIPELINE),--pipeline $(PIPELINE))

.PHONY: clean
clean: ## Remove environments, models and caches; what Parley keeps in var/ stays
	@rm -rf .venv .tools bot/.venv bot/models bot/.rasa bot/.cache .mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

$(APP_READY): pyproject.toml uv.lock scripts/uv
	@echo "Installing the application's environment …"
	@scripts/uv sync --frozen --extra embedded --python '>=3.11,<3.14' --compile-bytecode
	@touch $@

$(BOT_READY): bot/pyproject.toml bot/uv.lock scripts/uv scripts/bot-environment
	@scripts/bot-environment
	@touch $@
