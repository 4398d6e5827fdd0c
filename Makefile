# `make help` says what there is. Everything works from a bare checkout: the scripts in bin/ make the environment
# in .venv first, and again only when the requirements have changed.

.DEFAULT_GOAL := help
.PHONY: help run dev test test-browser fuzz mutations client lint bench faults schema lock clean

help: ## What there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: ## Serve the API with a demo account (PORT=8000, DATABASE_URL=SQLite in var/)
	@exec ./bin/run

dev: ## The same with autoreload and DEBUG
	@exec ./bin/run --dev

test: ## Lint, types, import contracts, the suite on SQLite and on PostgreSQL, coverage
	@exec ./bin/with-environment bin/check.py test

test-browser: ## What drives a real headless Chromium
	@exec ./bin/with-environment bin/check.py browser

fuzz: ## Every check of schemathesis over every operation (FUZZ_EXAMPLES=5, FUZZ_SEED=1; TEST_POSTGRES_URL)
	@exec ./bin/with-environment bin/check.py fuzz

mutations: ## Switch off one protection at a time, and see which test of attacks turns red
	@exec ./bin/with-environment bin/mutations.py

client: ## Generate the TypeScript client, compile it and let it talk to a server (needs Node)
	@exec ./bin/with-environment bin/check.py client

lint: ## Lint, types, import contracts and missing migrations, without the suite
	@exec ./bin/with-environment bin/check.py lint

bench: ## The benchmarks, with wrk (about 15 minutes; BENCH=--quick for a look, BENCH=--sqlite for requests on SQLite)
	@exec ./bin/with-environment -m bench.run $(BENCH)

faults: ## Break the database, Redis, the processes, the disk, the power and the clock while people shop (about 5 minutes)
	@exec ./bin/with-environment -m faults $(FAULTS)

schema: ## Write docs/swagger.json anew, after the API has changed
	@DEBUG=1 exec ./bin/with-environment manage.py export_document docs/swagger.json

backup: ## Copy the database to FILE while it is in use
	@exec ./bin/manage backup "$(FILE)"

restore: ## Fill an empty database from FILE
	@exec ./bin/manage restore "$(FILE)"

lock: ## Resolve requirements*.in into requirements*.txt, with hashes
	@exec ./bin/lock

clean: ## Remove the environment and every cache; the data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage*
	rm -rf clients/typescript/node_modules clients/typescript/generated clients/typescript/build
