# `make help` says what there is. Everything works from a bare checkout: the scripts in bin/ make the environment
# in .venv first, and again only when the requirements have changed.

.DEFAULT_GOAL := help
.PHONY: help run dev app app-dev test-app app-e2e app-screenshots test test-browser fuzz mutations client lint bench faults schema lock clean

help: ## What there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: ## Serve API and app with a demo account (PORT=8000, DATABASE_URL=SQLite in var/, APP=off: no app)
	@exec ./bin/run

dev: ## The same with autoreload and DEBUG
	@exec ./bin/run --dev

app: ## Build the app for browsers into clients/app/dist, if its sources have changed
	@exec ./bin/with-environment bin/build_app.py

app-dev: ## Serve the app with reloading at :8081, on the API of `make dev` (API=http://127.0.0.1:8000)
	@exec ./bin/with-environment bin/build_app.py npm run dev

test-app: ## The app's lint, types, unit tests, exports and weight
	@exec ./bin/with-environment bin/build_app.py npm run check

app-e2e: ## The app in a real Chromium against a real server (CHROMIUM=/usr/bin/chromium)
	@exec ./bin/with-environment bin/build_app.py npm run e2e

app-screenshots: ## Pictures of the app's screens, light and dark, narrow and wide, into SCREENSHOT_DIR
	@exec ./bin/with-environment bin/build_app.py npm run screenshots

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
	rm -rf clients/app/node_modules clients/app/dist clients/app/.expo clients/app/.node clients/app/.build-*
	rm -rf clients/typescript/node_modules clients/typescript/generated clients/typescript/build
