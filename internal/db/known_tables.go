package db

import (
	"fmt"
	"slices"
	"sync"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// known are the tables that a program stores on a connection, whether it has used them yet or not.
type known struct {
	mu     sync.Mutex
	tables []*schema.Table
}

func (k *known) add(t *schema.Table) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.Contains(k.tables, t) {
		k.tables = append(k.tables, t)
	}
}

// knownByName are the tables on connections, by their names.
type knownByName struct {
	mu    sync.Mutex
	names map[string]*known
}

// of returns what is known of the connection of a name.
func (k *knownByName) of(name string) *known {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.names == nil {
		k.names = make(map[string]*known)
	}
	if k.names[name] == nil {
		k.names[name] = &known{}
	}
	return k.names[name]
}

func (k *known) list() []*schema.Table {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.tables)
}

// Know notes that the program stores a table on the connection.
func (db *DB) Know(t *schema.Table) { db.known.add(t) }

// Know notes that the program stores a table on the connection of a name, which may be opened later.
func (r *Registry) Know(name string, t *schema.Table) {
	r.known.of(name).add(t)
}

// Known lists the tables that the program stores on a connection.
func (db *DB) Known() []*schema.Table {
	list := db.known.list()
	if db.registry != nil {
		list = append(list, db.registry.known.of(db.Name()).list()...)
	}
	return list
}

// CheckTable returns why a table cannot be one of the connection: it is a materialized view or has a field of any type,
// and the engine has none, or, on SQLite, no database is attached by the name of its schema.
func (db *DB) CheckTable(t *schema.Table) error {
	can, engine := db.dialect.Features(), db.dialect.Name()
	if t.Materialized && !can.Materialized {
		return driver.Invalid("bind", t.Name, fmt.Errorf("%s has no materialized views; make it an ordinary view there, and the model one of a view",
			engine))
	}
	i := slices.IndexFunc(t.Columns, func(c *schema.Column) bool { return c.Kind == schema.Any })
	if i >= 0 && !can.StorageClasses {
		return driver.Invalid("bind", t.Name, fmt.Errorf("the field %s holds a value of any type, and a column of %s has one type; make the field a string, bytes or json there",
			t.Columns[i].Field, engine))
	}
	space := t.Schema()
	if space == "" || db.dsn.Dialect != dsn.SQLite {
		return nil
	}
	e := &driver.Error{Kind: driver.KindNoTable, Table: t.Name}
	switch folded := schema.FoldName(space); {
	case folded == "main", dsn.IsAttached(db.dsn, space):
		return nil
	case folded == "temp":
		e.Detail = "a temporary table belongs to one connection, and a DB has several; attach a file, or use an ordinary table"
	default:
		e.Detail = "no database is attached as " + space + "; add attach=" + space + ":path/to/file.db to the DSN"
	}
	return e
}
