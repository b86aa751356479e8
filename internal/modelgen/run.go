// Package modelgen writes the models of a database that exists: a struct, a repo and field handles for each table. It
// is what promgen and the command prom inspect do.
package modelgen

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// Options say what is written.
type Options struct {
	Package string   // the name of the package
	Schemas []string // whose tables are taken; those that a name without a schema finds when it is nil
	Tables  []string // all when it is nil
	Views   bool     // models of views, too
}

// Parse reads the arguments of promgen, which name the database too; "" is that of the environment.
func Parse(args []string, usage io.Writer) (o Options, dsn string, err error) {
	flags := flag.NewFlagSet("promgen", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.StringVar(&dsn, "dsn", "", "the database; PROM_DSN when it is not given")
	flags.StringVar(&o.Package, "package", "models", "the name of the package to write")
	schemas := flags.String("schema", "",
		"the schemas whose tables to take, with commas between them; without it, those that a name without a schema finds")
	only := flags.String("tables", "", "the tables, with commas between them; all when it is not given")
	flags.BoolVar(&o.Views, "views", false, "write models of views too, which are only read")
	flags.Bool("fields", false, "write the handles of the models of a package instead; promgen -fields -help tells how")
	if err := flags.Parse(args); err != nil {
		return o, "", err
	}
	if *schemas != "" {
		o.Schemas = strings.Split(*schemas, ",")
	}
	if *only != "" {
		o.Tables = strings.Split(*only, ",")
	}
	return o, dsn, nil
}

// Source returns the Go file with the models of a database.
func Source(ctx context.Context, db *prom.DB, o Options) ([]byte, error) {
	if !isIdentifier(o.Package) {
		return nil, fmt.Errorf("%q cannot be the name of a package", o.Package)
	}
	names, err := relations(ctx, db, o.Schemas, o.Views)
	if err != nil {
		return nil, err
	}
	for _, t := range o.Tables {
		if !slices.Contains(names, t) {
			return nil, fmt.Errorf("there is no table %q", t)
		}
	}
	if o.Tables != nil {
		names = o.Tables
	}
	if len(names) == 0 {
		return nil, errors.New("the database has no tables")
	}
	g := generator{pkg: o.Package, names: namesOf(names)}
	parts := map[string]bool{} // tables whose rows are those of a partitioned one
	for _, name := range names {
		found, err := db.Describe(ctx, name)
		if errors.Is(err, prom.ErrNoTable) { // it was listed, so it has no column by which it could be described
			g.left = append(g.left, fmt.Sprintf("The table %q has no columns. It is left out.", name))
			continue
		}
		if err != nil {
			return nil, err
		}
		var unread map[string]string
		if found.FoldNames {
			if unread, err = lookAtValues(ctx, db, name, &found); err != nil {
				return nil, err
			}
		}
		for _, p := range found.Partitions {
			parts[p.Name] = o.Tables == nil
		}
		g.add(name, found, unread)
	}
	g.tables = slices.DeleteFunc(g.tables, func(t *found) bool { return parts[t.table] })
	return g.source()
}

// relations lists the tables, and the views behind them, of schemas, or those that need none.
func relations(ctx context.Context, db *prom.DB, schemas []string, withViews bool) (names []string, err error) {
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
	if schemas == nil {
		return names, list(func() ([]string, error) { return db.Tables(ctx) },
			func() ([]string, error) { return db.Views(ctx) })
	}
	for _, space := range schemas {
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
