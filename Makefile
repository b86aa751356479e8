.DEFAULT_GOAL := help
.PHONY: help setup check lint test nested race torture suite matrix engines parity cover fuzz module quickstart bench bench-check bench-compile differential fit release release-archives release-tree release-check site site-check

GO          ?= go
TIMEOUT     ?= 25m
FULLTIMEOUT ?= 60m
FUZZTIME    ?= 10s
QUERIES     ?= 20000
PACKAGES    ?= ./...
VERSIONS    ?= 13 14 15 16 17 18
MATRIX      ?= ./internal/behaviour/... .
RUN         ?=
# Modules in folders of their own, and those of them whose tests are suites of docs/reliability.md.
NESTED := $(patsubst %/go.mod,%,$(wildcard */go.mod */*/go.mod))
SUITES := internal/histories
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# A checkout that belongs to somebody else, as in a container, has no version that go could stamp; it would fail for that.
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -buildvcs=false)

# Why there is no race detector, when there is none. It is asked where it is used, which is after the set-up: make
# expands a recipe when its prerequisites are done.
NORACE = $(shell GOFLAGS="$(GOFLAGS)" $(GO) run ./internal/dbtest/setup -norace)

# The race detector looks at everything but SQLite itself, code translated from C whose memory lies where the detector does not look:
# it would take most of the time of building and testing. make race has it look there as well.
RACE = $(if $(NORACE),,-race -gcflags=modernc.org/sqlite/lib=-race=false)

# Tests and examples have many models, and the compiler makes all methods of a repo and of a generic field for each of them. Without
# inlining and without what a debugger needs, it takes half the time and memory for that. A package's flags are those of its tests.
BRIEF := $(foreach p,prom prom/internal/behaviour/... prom/internal/differential prom/internal/histories/... prom/internal/torture prom/promtest prom/examples/...,'-gcflags=github.com/prom-go/$(p)=-l -dwarf=false')

# The flags of all tests go by the environment, because a test asks go for what it has compiled.
TESTFLAGS = $(GOFLAGS) $(RACE) $(BRIEF)

# Of C there is SQLite's code alone, in the module bench: to optimize it takes longer than its tests. The flags are the same for all that
# is compiled here, because what they change is below the package net.
export CGO_CFLAGS := -g -O0
bench bench-check: export CGO_CFLAGS := -g -O2

# Without this, each process ends with a second of sleep, and there are many.
export GORACE := $(strip $(GORACE) atexit_sleep_ms=0)

# What coverage is measured of: the library, not the examples and not what serves its tests.
LIBRARY = $(shell $(GO) list ./... | grep -v -e /examples -e /internal/dbtest -e /internal/arch -e /internal/behaviour -e /internal/parity -e /internal/suites -e /internal/testindex -e /internal/differential -e /internal/torture | paste -sd, -)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# SETUP holds more flags. It prints what it installs or fetches.
setup: ## what the tests need: PostgreSQL, a C compiler, PgBouncer; installed or fetched where they are missing
	@$(GO) run ./internal/dbtest/setup $(SETUP)

# The compiler spends a fifth of its time on collecting garbage: with GOGC=400 it takes more memory instead. Tests, which measure memory, do
# without; the packages are compiled by then.
check: export GOGC := 400

# What checks the code has packages compiled, staticcheck those of the tests as well; with the flags of the tests they are compiled once for all.
check: parity ## formatting, go vet, staticcheck, go.mod, and the tests of docs/parity.md
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then printf 'gofmt -w is due:\n%s\n' "$$files"; exit 1; fi
	GOFLAGS="$(TESTFLAGS)" $(GO) vet ./...
	@staticcheck=$$(mktemp -d); trap 'rm -rf "$$staticcheck"' EXIT; \
	GOBIN="$$staticcheck" $(GO) install $(STATICCHECK) && for mod in . $(SUITES); do \
		(cd $$mod && GOFLAGS="$(TESTFLAGS)" "$$staticcheck"/staticcheck ./...) || exit 1; \
	done
	$(GO) mod tidy -diff

# It is no part of check: the first run takes minutes and gigabytes.
lint: ## every linter of golangci-lint but those that .golangci.yml has off, with the reasons
	@linter=$$(mktemp -d); trap 'rm -rf "$$linter"' EXIT; \
	GOBIN="$$linter" $(GO) install $(GOLANGCI) && GOFLAGS="$(GOFLAGS) $(BRIEF)" "$$linter"/golangci-lint run ./...
	$(GO) mod verify

# go test prints nothing of a package that passed, so the figures come by files. Vetting is what check does.
test: setup ## all tests (or PACKAGES) with the race detector, on both engines; and make nested; the suites of docs/reliability.md are short
	@counts=$$(mktemp) report=$$(mktemp); trap 'rm -f "$$counts" "$$report"' EXIT; \
	export PROM_TEST_COUNTS="$$counts" PROM_TEST_REPORT="$$report"; code=0; \
	for mod in . $(if $(filter ./...,$(PACKAGES)),$(SUITES)); do \
		(cd $$mod && GOFLAGS="$(TESTFLAGS)" $(GO) test -vet=off -count=1 -timeout $(TIMEOUT) $(PACKAGES)) || code=1; \
	done; \
	[ "$(PACKAGES)" != ./... ] || $(MAKE) --no-print-directory nested || code=1; \
	[ "$(PACKAGES)" != ./... ] || $(GO) run ./internal/suites -all -report "$$report" || code=1; \
	awk '{s += $$2; p += $$6} END {printf "behaviour tests: %d on sqlite, %d on postgres\n", s, p}' "$$counts"; \
	$(if $(RACE),,echo "without the race detector: $$($(GO) run ./internal/dbtest/setup -norace)";) \
	exit $$code

# go test ./... does not go into modules below this one. Two of them go at a time, since each has one test at last that leaves a
# processor idle. Those that are suites are run by make test with the race detector, and not here.
nested: ## go vet, go.mod and the tests of the modules in folders of their own, such as bench and promvet; make test runs them too
	@printf '%s\n' $(NESTED) | xargs -P 2 -I '{}' $(MAKE) --no-print-directory module MOD='{}'

module:
	$(if $(MOD),,$(error name a module: make module MOD=promvet))
	@cd $(MOD) && GOGC=400 $(GO) vet ./... && $(GO) mod tidy -diff
	$(if $(filter $(SUITES),$(MOD)),,@cd $(MOD) && $(GO) test -vet=off -count=1 -timeout $(TIMEOUT) ./...)

# The suites of one letter, or the row of one number, at full size, one package after the other: they are many processes, and measure how long things take.
define suites
	@report=$$(mktemp) packages=$$(mktemp); trap 'rm -f "$$report" "$$packages"' EXIT; \
	tests=$$($(GO) run ./internal/suites -tests $(1)) && $(GO) run ./internal/suites -packages $(1) >"$$packages" || exit 1; \
	export PROM_TEST_SIZE=full PROM_TEST_MODES= PROM_TEST_REPORT="$$report"; code=0; \
	while read -r mod list; do \
		(cd "$$mod" && GOFLAGS="$(TESTFLAGS)" $(GO) test -vet=off -count=1 -p 1 -timeout $(FULLTIMEOUT) -run "$$tests" $$list </dev/null) || code=1; \
	done <"$$packages"; \
	$(GO) run ./internal/suites -report "$$report" -only $(1) || code=1; \
	exit $$code
endef

race: RACE := -race
race: SETUP := -race -pgbouncer
race: export PROM_TEST_MODES := all
race: test ## the same, with SQLite's own code under the race detector and all modes of pgx, and the suites marked R at full size: slow
	$(call suites,R)

torture: FUZZTIME := 60s
torture: setup fuzz ## the suites of docs/reliability.md that are marked T at full size, and each fuzz target for a minute: more than an hour
	$(call suites,T)

suite: setup ## the row N of docs/reliability.md alone, at full size, as in make suite N=11
	$(if $(N),,$(error name a row: make suite N=11))$(call suites,$(N))

# Without the race detector, which looks at prom and not at the server. RUN is a pattern of tests.
matrix: ## the behaviour tests on PostgreSQL alone, on each of VERSIONS (13 to 18), from the npm registry
	@GOFLAGS="$(GOFLAGS) $(BRIEF)" $(GO) run ./internal/dbtest/matrix -versions '$(VERSIONS)' -run '$(RUN)' \
		-timeout $(TIMEOUT) $(MATRIX)

engines: ## the behaviour tests of engines that are not fetched: of Citus on PROM_TEST_CITUS, the DSN of a database with the extension
	$(if $(PROM_TEST_CITUS),,$(error set PROM_TEST_CITUS to the DSN of a database with the extension citus))
	GOFLAGS="$(GOFLAGS) $(BRIEF)" $(GO) test -vet=off -count=1 -timeout $(TIMEOUT) -run Citus ./internal/behaviour/install

parity: ## which test shows which row of docs/parity.md; fails when one lacks a test
	@$(GO) run ./internal/parity

cover: setup ## coverage of the library by all tests, in coverage.out
	GOFLAGS="$(GOFLAGS) $(BRIEF)" $(GO) test -vet=off -count=1 -timeout $(TIMEOUT) -coverpkg=$(LIBRARY) -coverprofile=coverage.out $$($(GO) list ./... | grep -v /examples)
	@$(GO) tool cover -func=coverage.out | tail -n 1

differential: setup ## random queries on both engines and in Go, QUERIES (20000) of them
	PROM_DIFFERENTIAL=$(QUERIES) $(GO) test -count=1 -timeout $(TIMEOUT) -v -run TestDifferential ./internal/differential

# DSN is not shown: make prints no recipe that begins with @.
fit: ## a database that exists: promgen's models of DSN read, write and follow all of it, and change nothing
	@$(if $(DSN),,$(error name a database: make fit DSN=sqlite:///srv/app.db))$(GO) run ./internal/fit '$(DSN)'

fuzz: ## each fuzz target for FUZZTIME (10s)
	@targets=$$(grep -r --include='*_test.go' '^func Fuzz' . | \
		sed 's|^\(.*\)/[^/]*:func \(Fuzz[A-Za-z0-9_]*\).*|\1 \2|'); \
	[ -n "$$targets" ] || { echo 'no fuzz targets'; exit 1; }; \
	echo "$$targets" | while read -r dir target; do \
		echo "== $$dir $$target"; \
		$(GO) test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) "$$dir" </dev/null || exit 1; \
	done

release-check: ## go install of the command from the tree of a release, compiled and run; make test only resolves it
	cd internal/release && PROM_TEST_SIZE=full $(GO) test -vet=off -count=1 -timeout $(TIMEOUT) ./...

# It works in a clone, and pushes nothing. DIST is a new folder for the archives; APPLY=1 commits and tags. PLATFORMS= compiles nothing.
release release-archives: PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
release: ## a release, as in make release VERSION=v0.1.0: changelog, tags, archives of prom, checksums; a dry run without APPLY=1
	$(if $(VERSION),,$(error name a version: make release VERSION=v0.1.0))@\
	cd internal/release && $(GO) run . -cut -repo '$(CURDIR)' -version '$(VERSION)' -platforms '$(PLATFORMS)' \
		$(if $(DIST),-dist '$(abspath $(DIST))') $(if $(APPLY),-apply)

release-archives: ## the archives of a release, from a checkout of its tag: make release-archives VERSION=v0.1.0 DIST=dist
	$(if $(and $(VERSION),$(DIST)),,$(error name a version and a new folder: make release-archives VERSION=v0.1.0 DIST=dist))@\
	cd internal/release && $(GO) run . -archives -repo '$(CURDIR)' -version '$(VERSION)' -platforms '$(PLATFORMS)' -dist '$(abspath $(DIST))'

# A checkout's modules replace the library by the folder above, with which go install would refuse them. OUT is a new folder, PROXY another one.
release-tree: ## the tree to commit and tag for a release, as in make release-tree VERSION=v0.1.0 OUT=/tmp/release
	$(if $(and $(VERSION),$(OUT)),,$(error name a version and a new folder: make release-tree VERSION=v0.1.0 OUT=/tmp/release))@\
	cd internal/release && $(GO) run . -repo '$(CURDIR)' -version '$(VERSION)' -out '$(abspath $(OUT))' $(if $(PROXY),-proxy '$(abspath $(PROXY))')

# The pages are checked in, the site is not. VERSION names the pages, such as v0.1.0; BASE is the path of the site at its
# host, such as /prom/. What npm fetches is pinned by site/package-lock.json.
site: ## the documentation as a site with search, in site/dist; needs Node.js and npm
	@for tool in node npm; do command -v $$tool >/dev/null || { \
		echo "make site needs Node.js 18 or later and npm, and there is no $$tool: install them, as by apt-get install nodejs npm"; exit 1; }; done
	@$(GO) run ./internal/site -version '$(VERSION)'
	@cd site && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error; }
	@cd site && SITE_BASE='$(or $(BASE),/)' npm run --silent build

# It is no part of make test: it needs a browser.
site-check: site ## the built site: its search, dead links, orphans, and each page in Chromium with axe-core; needs Chromium
	@for tool in "$$CHROMIUM" chromium chromium-browser google-chrome; do command -v "$$tool" >/dev/null && break; done || { \
		echo "make site-check needs Chromium: install it, as by apt-get install chromium, or name it in CHROMIUM"; exit 1; }
	cd site && SITE_BASE='$(or $(BASE),/)' node check-search.mjs
	cd internal/site/check && $(GO) vet ./... && $(GO) mod tidy -diff && $(GO) test -vet=off -count=1 -timeout $(TIMEOUT) ./...

quickstart: ## a first program
	$(GO) run ./examples/quickstart

# The benchmark is a module of its own, so that what it compares with is no dependency of the library. BENCH holds more flags.
bench: ## prom against other libraries, all of docs/benchmarks.md
	cd bench && $(GO) run . $(BENCH)

bench-check: ## the short form: prom against its targets, fails when it is behind
	cd bench && $(GO) run . -check $(BENCH)

bench-compile: ## what models cost the compiler and the linker, prom and others
	cd bench && $(GO) run ./compile $(BENCH)
