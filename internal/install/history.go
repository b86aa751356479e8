package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// Change is a row of the history: one statement that changed the schema.
type Change struct {
	ID          int64     `prom:"key,auto"`
	At          time.Time // when, by the program's clock
	Table       string    `prom:"table_name"`
	Statement   string
	Fingerprint string // of the model that wanted it
	Library     string // the version of the library
}

// TableName is the name of the history's table.
func (Change) TableName() string { return db.HistoryTable }

var changes = ownTable(reflect.TypeFor[Change]())

// ownTable returns what reads the schema of one of the library's own models when it is first called.
func ownTable(model reflect.Type) func() *schema.Table {
	return sync.OnceValue(func() *schema.Table {
		t, err := schema.Of(model)
		if err != nil {
			panic(err)
		}
		return t
	})
}

// history writes down what a change of the schema does, in the transaction in which it is done.
type history struct{ there bool }

// write adds a statement. The table of the history is made with its first row.
func (h *history) write(ctx context.Context, db *db.DB, t *schema.Table, sql string) error {
	if db.DSN().Options.NoHistory {
		return nil
	}
	d, own := db.Dialect(), changes()
	if !h.there {
		exists, err := db.Exists(ctx, own.Name)
		if err != nil {
			return err
		}
		if !exists {
			for _, create := range d.CreateTable(own, nil) {
				if err := exec(ctx, db, own.Name, create); err != nil {
					return err
				}
			}
		}
		h.there = true
	}
	cols := own.Columns[1:]
	args := []schema.Value{
		schema.TimeValue(schema.Time, time.Now()), schema.TextValue(schema.Text, t.Name), schema.TextValue(schema.Text, sql),
		schema.TextValue(schema.Text, Fingerprint(d, t)), schema.TextValue(schema.Text, library()),
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ")
	if d.Features().NumberedArgs {
		marks = "$1, $2, $3, $4, $5"
	}
	return exec(ctx, db, own.Name,
		"INSERT INTO "+d.Table(own.Name)+" ("+dialect.QuoteList(schema.ColumnNames(cols))+") VALUES ("+marks+")", args...)
}

func exec(ctx context.Context, db *db.DB, table, sql string, args ...schema.Value) error {
	_, err := db.Exec(ctx, &driver.Statement{SQL: sql, Args: args, Op: "install", Table: table, Write: true})
	return err
}

// Fingerprint returns a short text that is the same for models which want the same table.
func Fingerprint(d dialect.Dialect, t *schema.Table) string {
	h := sha256.New()
	for _, sql := range d.Shadow(t) {
		h.Write([]byte(sql))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

const module = "github.com/prom-go/prom"

// library returns the version of this library that the program was built with, as far as the build knows.
var library = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if info.Main.Path == module {
		return info.Main.Version
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return "unknown"
})
