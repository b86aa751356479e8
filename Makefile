.DEFAULT_GOAL := help
.PHONY: help check lint test cover fuzz quickstart

GO          ?= go
TIMEOUT     ?= 25m
FUZZTIME    ?= 10s
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# What coverage is measured of: the library, not the examples and not what serves its tests.
LIBRARY = $(shell $(GO) list ./... | grep -v -e /examples -e /internal/dbtest -e /internal/arch | paste -sd, -)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check: ## formatting, go vet, staticcheck, go.mod
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then printf 'gofmt -w is due:\n%s\n' "$$files"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) mod tidy -diff

lint: check ## the same as check

# go test prints nothing of a package that passed, so the figures come by a file.
test: ## all tests with the race detector, on SQLite and PostgreSQL
	@$(GO) run -race ./internal/dbtest/probe
	@counts=$$(mktemp); trap 'rm -f "$$counts"' EXIT; \
	PROM_TEST_COUNTS="$$counts" $(GO) test -race -count=1 -timeout $(TIMEOUT) ./...; code=$$?; \
	awk '{s += $$2; p += $$6} END {printf "behaviour tests: %d on sqlite, %d on postgres\n", s, p}' "$$counts"; \
	exit $$code

cover: ## coverage of the library by all tests, in coverage.out
	@$(GO) run ./internal/dbtest/probe
	$(GO) test -count=1 -timeout $(TIMEOUT) -coverpkg=$(LIBRARY) -coverprofile=coverage.out ./...
	@$(GO) tool cover -func=coverage.out | tail -n 1

fuzz: ## each fuzz target for FUZZTIME (10s)
	@targets=$$(grep -r --include='*_test.go' '^func Fuzz' . | \
		sed 's|^\(.*\)/[^/]*:func \(Fuzz[A-Za-z0-9_]*\).*|\1 \2|'); \
	[ -n "$$targets" ] || { echo 'no fuzz targets'; exit 1; }; \
	echo "$$targets" | while read -r dir target; do \
		echo "== $$dir $$target"; \
		$(GO) test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) "$$dir" </dev/null || exit 1; \
	done

quickstart: ## the first program of the README
	$(GO) run ./examples/quickstart
