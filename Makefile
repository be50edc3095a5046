# The one interface, for people and for CI. `make` alone lists the commands.
#
# Every command prepares by itself what it needs (make setup); what is there already
# costs a second. Nothing is written outside this folder and the cache
# (~/.cache/mto-planning; for root's database server /var/cache/mto-planning).
#
# ODOO_SOURCE=/path   an Odoo 19.0 that you have, instead of a fetched one
# PGHOST=… PGUSER=…   a PostgreSQL server that you run, instead of an own one
# DB_PREFIX=mto_      what the names of the databases made here begin with

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-engine test-odoo test-runner test-core test-oca test-apps test-glue test-life \
	coverage mutants db odoo lint fix bench faults axe pictures wheel clean distclean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
		awk -F ':.*## ' '{ printf "make %-15s %s\n", $$1, $$2 }'

setup: ## fetch and prepare everything (the other commands do it by themselves)
	@scripts/setup.sh

demo: ## serve the demo company on http://localhost:8069 (PORT=8070, RESET=1 builds it anew)
	@scripts/demo.sh

test: test-engine test-odoo ## all tests of ours: the engine's, then Odoo's with a browser

test-engine: ## the engine's tests alone: no Odoo, no database (ARGS="-k name")
	@scripts/test_engine.sh $(ARGS)

test-odoo: ## the add-on's tests on a fresh database (ARGS="-k name", KEEP=1 keeps it)
	@scripts/test_odoo.sh $(ARGS)

test-runner: ## the add-on's tests with Odoo's own runner; a warning in the log fails it
	@scripts/test_runner.sh

test-core: ## Odoo's own tests, without the add-on and with it; none differs (ARGS="mrp", DB=mine)
	@DB="$(DB)" ONLY="$(ONLY)" scripts/test_core.sh $(ARGS)

test-oca: ## beside add-ons of OCA: their tests come out the same, ours pass (ARGS="ddmrp")
	@scripts/test_oca.sh $(ARGS)

test-apps: ## our tests beside Odoo's other apps: repairs, point of sale, projects, shop, … (half an hour)
	@scripts/test_apps.sh $(ARGS)

test-glue: ## our glue modules with the add-ons of OCA that they need (two minutes)
	@scripts/test_glue.sh

test-life: ## install on a company at work, upgrade, uninstall, install again (ONLY=upgrade)
	@ONLY="$(ONLY)" scripts/test_life.sh

coverage: ## all tests of ours, and what they do not reach: too much of it fails
	@COVERAGE=1 $(MAKE) --no-print-directory test

mutants: ## does a test fail for each small fault put into the engine? (ARGS="gaps ledger")
	@scripts/mutants.sh $(ARGS)

db: ## a fresh database with the add-on, without demo data: make db NAME=mto_try
	@scripts/db.sh "$(NAME)"

odoo: ## Odoo's command line: make odoo ARGS="shell -d mto_try --no-http" < script.py
	@scripts/odoo.sh $(ARGS)

lint: ## every static check (under a minute)
	@scripts/lint.sh

fix: ## format, and repair what the linters can
	@scripts/fix.sh

bench: ## the benchmarks (ARGS goes to benchmarks/run)
	@scripts/bench.sh $(ARGS)

faults: ## kill workers, jobs, connections and the database in mid-work (ARGS="--rounds 3")
	@scripts/faults.sh $(ARGS)

axe: ## accessibility of every screen, by axe-core in a browser (ARGS="Load")
	@ARGS="$(ARGS)" scripts/axe.sh

pictures: ## the README's pictures, anew from the demo company (ONLY="load today")
	@scripts/pictures.sh

wheel: ## build the add-on's wheel into dist/
	@scripts/wheel.sh

clean: ## drop this checkout's databases and caches
	@scripts/clean.sh

distclean: ## clean, and remove everything that was fetched and made in the cache
	@scripts/clean.sh --all
