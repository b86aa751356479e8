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
	"github.com/prom-go/prom/schema"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, "promgen:", strings.TrimPrefix(err.Error(), "prom: "))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if slices.ContainsFunc(args, func(a string) bool { return a == "-fields" || a == "--fields" }) {
		options, err := fieldgen.Parse(args, out)
		if err != nil {
			return err
		}
		return fieldgen.Run(options)
	}
	flags := flag.NewFlagSet("promgen", flag.ContinueOnError)
	dsn := flags.String("dsn", "", "the database; PROM_DSN when it is not given")
	pkg := flags.String("package", "models", "the name of the package to write")
	schemas := flags.String("schema", "",
		"the schemas whose tables to take, with commas between them; without it, those that a name without a schema finds")
	only := flags.String("tables", "", "the tables, with commas between them; all when it is not given")
	views := flags.Bool("views", false, "write models of views too, which are only read")
	flags.Bool("fields", false, "write the handles of the models of a package instead; promgen -fields -help tells how")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if !isIdentifier(*pkg) {
		return fmt.Errorf("%q cannot be the name of a package", *pkg)
	}
	db, err := open(*dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	names, err := relations(ctx, db, *schemas, *views)
	if err != nil {
		return err
	}
	if *only != "" {
		wanted := strings.Split(*only, ",")
		for _, w := range wanted {
			if !slices.Contains(names, w) {
				return fmt.Errorf("there is no table %q", w)
			}
		}
		names = wanted
	}
	if len(names) == 0 {
		return errors.New("the database has no tables")
	}
	g := generator{pkg: *pkg, names: namesOf(names)}
	for _, name := range names {
		found, err := db.Describe(ctx, name)
		if errors.Is(err, prom.ErrNoTable) { // it was listed, so it has no column by which it could be described
			g.left = append(g.left, fmt.Sprintf("The table %q has no columns. It is left out.", name))
			continue
		}
		if err != nil {
			return err
		}
		var unread map[string]string
		if found.FoldNames {
			if unread, err = lookAtValues(ctx, db, name, &found); err != nil {
				return err
			}
		}
		g.add(name, found, unread)
	}
	source, err := g.source()
	if err != nil {
		return err
	}
	_, err = out.Write(source)
	return err
}

// relations lists the tables, and the views behind them, of schemas, which stand with commas between them, or those
// that need none.
func relations(ctx context.Context, db *prom.DB, schemas string, withViews bool) (names []string, err error) {
	list := func(tables, views func() ([]string, error)) error {
		found, err := tables()
		if err != nil {
			return err
		}
		names = append(names, found...)
		if withViews {
			found, err = views()
			names = append(names, found...)
		}
		return err
	}
	if schemas == "" {
		return names, list(func() ([]string, error) { return db.Tables(ctx) }, func() ([]string, error) { return db.Views(ctx) })
	}
	for space := range strings.SplitSeq(schemas, ",") {
		n := len(names)
		err := list(func() ([]string, error) { return prom.TablesIn(ctx, db, space) },
			func() ([]string, error) { return prom.ViewsIn(ctx, db, space) })
		if err != nil {
			return nil, err
		}
		if len(names) == n {
			return nil, fmt.Errorf("the schema %q has no tables", space)
		}
	}
	return names, nil
}

// open opens a database that is only read.
func open(dsn string) (*prom.DB, error) {
	if dsn == "" {
		return prom.Conn("")
	}
	return new(prom.Registry).Open(dsn)
}

// found is a table with the names that it gets in Go.
type found struct {
	schema.Found
	table  string
	unread map[string]string // why a column is left out, by its name
	name   string            // of the struct
	proto  string            // of its prototype

	embedded  string          // Model or UUIDModel, if the struct embeds it
	fields    []*field        // without those of what is embedded
	relations []*field        // which are no columns
	id        *field          // of the embedded key
	plainKey  bool            // references hold the key as it is, so that it is none itself
	names     map[string]bool // of fields
	blanks    [][]string      // tags of blank fields
	uniques   [][]string      // columns of the unique indexes that a foreign key can refer to
	top       []string        // comments above the struct
	notes     []string        // and in it
}
