# The two commands of a newcomer: `make check` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help check check-run test test-consumers build deps deps-build deps-test deps-bench asan \
        bench docs format clean

SANDLINT := build/release/sandlint
JOBS ?= 2
DIR ?=

help: ## shows this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

# --- what is needed ------------------------------------------------------------------------------
deps: deps-build deps-test ## installs what is missing (Debian, as root) and fetches the grammars

deps-build: build/.deps-build node_modules/.package-lock.json
deps-test: build/.deps-test tests/oracle/srt/node_modules/.package-lock.json
deps-bench: build/.deps-bench

build/.deps-%: scripts/packages.txt scripts/deps.sh
	@mkdir -p build
	@scripts/deps.sh $*
	@touch $@

# npm writes this file itself, last.
node_modules/.package-lock.json: package.json package-lock.json | build/.deps-build
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

tests/oracle/srt/node_modules/.package-lock.json: tests/oracle/srt/package.json tests/oracle/srt/package-lock.json | build/.deps-test
	cd tests/oracle/srt && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# --- building ------------------------------------------------------------------------------------
build: deps-build ## builds the release binary, build/release/sandlint
	@test -f build/release/build.ninja || cmake --preset release
	@cmake --build --preset release -j $(JOBS) --target sandlint

build-%: deps-build deps-test
	@test -f build/$*/build.ninja || cmake --preset $*
	@cmake --build --preset $* -j $(JOBS)

docs: build ## writes the rule pages in docs/rules/
	@mkdir -p docs/rules && rm -f docs/rules/*.md
	@$(SANDLINT) explain --write docs/rules

format: ## formats the C++ files
	@git ls-files -z '*.cpp' '*.h' | xargs -0 clang-format -i

clean: ## removes everything that was built
	rm -rf build

# --- checking ------------------------------------------------------------------------------------
ifeq ($(DIR),)
check: build ## lints the example tree; DIR=path lints a tree of yours and ends with the linter's exit code
	@scripts/check-example.sh $(SANDLINT)
else
# GNU make ends with 2 whatever code a recipe ended with. Only -q makes it end with 1: lines with a
# `+` run all the same, and a line that does not counts as "something to do".
MAKEFLAGS += -q
check: check-run
	$(if $(filter 1,$(shell cat build/.check-code)),@exit 1,+@exit $$(cat build/.check-code))

check-run:
	+@MAKEFLAGS= DIR= $(MAKE) --no-print-directory build >&2
	+@$(SANDLINT) check -- "$$DIR"; echo $$? >build/.check-code
endif

# --- testing -------------------------------------------------------------------------------------
test: build-dev ## builds and runs all tests
	@ctest --test-dir build/dev --output-on-failure -j 2
	@echo "All tests passed."

asan: build-asan ## the tests with address and undefined behaviour sanitizers
	@ctest --test-dir build/asan --output-on-failure -j 2
	@echo "All tests passed under the sanitizers."

test-consumers: build deps-test tests/consumers/node_modules/.package-lock.json tests/consumers/servers/node_modules/.package-lock.json ## SARIF, action and pre-commit, as their consumers see them, and real servers in what harden writes
	@tests/consumers/run.sh $(SANDLINT)

tests/consumers/node_modules/.package-lock.json: tests/consumers/package.json tests/consumers/package-lock.json | build/.deps-build
	cd tests/consumers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

tests/consumers/servers/node_modules/.package-lock.json: tests/consumers/servers/package.json tests/consumers/servers/package-lock.json | build/.deps-build
	cd tests/consumers/servers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

bench: deps-build deps-bench ## the benchmarks of each stage, and whole runs over a large tree
	@test -f build/bench/build.ninja || cmake -S . -B build/bench -G Ninja \
	  -DCMAKE_BUILD_TYPE=Release -DSANDLINT_TESTS=OFF -DSANDLINT_BENCHMARKS=ON
	@cmake --build build/bench -j $(JOBS)
	@build/bench/tests/bench/bench_stages
	@build/bench/tests/bench/bench_egress
	@scripts/measure.py build/bench/sandlint
