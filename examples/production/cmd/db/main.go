// Db is the command prom with the models of conduit: it plans, checks and applies what they need of the database that
// PROM_DSN names.
//
//	go run ./cmd/db plan --markdown
package main

import (
	"github.com/prom-go/prom/examples/conduit/api"
	"github.com/prom-go/prom/promcli"
)

func main() { promcli.Main(api.New(nil).Models()...) }
