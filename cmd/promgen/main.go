// Promgen writes the models of a database that exists: a Go file with a struct, a repo and the field handles of each
// table.
//
//	go run github.com/prom-go/prom/cmd/promgen -dsn sqlite://app.db -package models > models.go
//
// With -schema billing,auth it takes the tables of these schemas, or attached databases of SQLite, and the models name
// their tables with them. Where two schemas have a table of one name, the names of both structs begin with the schema.
//
// The DSN is that of the environment, PROM_DSN, unless -dsn gives another. What a model cannot say, such as a column of
// a type of an extension or an index on an expression, is left out with a comment that tells why. Foreign keys become
// references by their types, composite references, and relations of the other side. Views are written with -views.
//
// With -fields it writes the handles of the models that a package has, one struct of them for each model, so that
// queries say book.Title.Eq("Dune"). It is run by go generate, and its file is checked in:
//
//	//go:generate go run github.com/prom-go/prom/cmd/promgen -fields
//
// With -fields -check it writes nothing, and fails when the file is not current; promtest.CheckFields does that in a
// test. Its other flags are listed by promgen -fields -help, and described in docs/guide/fields.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/fieldgen"
	"github.com/prom-go/prom/internal/modelgen"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, "promgen:", strings.TrimPrefix(err.Error(), "prom: "))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, usage io.Writer) error {
	if slices.ContainsFunc(args, func(a string) bool { return a == "-fields" || a == "--fields" }) {
		options, err := fieldgen.Parse(args, out)
		if err != nil {
			return err
		}
		return fieldgen.Run(options)
	}
	options, dsn, err := modelgen.Parse(args, usage)
	if err != nil {
		return err
	}
	db, err := open(dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	source, err := modelgen.Source(ctx, db, options)
	if err != nil {
		return err
	}
	_, err = out.Write(source)
	return err
}

// open opens a database that is only read.
func open(dsn string) (*prom.DB, error) {
	if dsn == "" {
		return prom.Conn("")
	}
	return new(prom.Registry).Open(dsn)
}
