// Promvet reports mistakes in programs that use github.com/prom-go/prom, by itself or as a tool of go vet:
//
//	promvet ./...
//	go vet -vettool=$(which promvet) ./...
//
// What it reports is described in docs/vet.md.
package main

import (
	"golang.org/x/tools/go/analysis/singlechecker"

	"github.com/prom-go/prom/promvet"
)

func main() { singlechecker.Main(promvet.Analyzer) }
