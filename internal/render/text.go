package render

import (
	"errors"
	"sync/atomic"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Text is the text of a statement, and what was seen of its results.
type Text struct {
	SQL    string
	Tables []*schema.Table // that it needs beside the statement's own
	Locks  bool            // it locks the rows that it reads
	owners []*ast.Owner    // of its subqueries

	unknown []*schema.Table // of which the forms of columns were not known
	again   func() (*Text, error)
	rows    atomic.Int64
}

// CheckDB returns an error when a subquery belongs to another connection than db.
func (t *Text) CheckDB(db any) error {
	for _, o := range t.owners {
		other, err := o.DB()
		if err != nil {
			return err
		}
		if other != db {
			return errors.New("the subquery's repo uses another connection; a statement runs on one database")
		}
	}
	return nil
}

// Unknown lists the tables of which the forms of columns were not known when the text was made. When they are, Again
// makes it anew.
func (t *Text) Unknown() []*schema.Table { return t.unknown }

// Again makes the text anew; see [Text.Unknown].
func (t *Text) Again() (*Text, error) { return t.again() }

// Rows returns how many rows the statement returned last, 0 when it has not run yet: the best guess of how many come
// next.
func (t *Text) Rows() int { return int(t.rows.Load()) }

// SawRows notes how many rows the statement returned.
func (t *Text) SawRows(n int) {
	if t.rows.Load() != int64(n) { // writing what all read would slow them
		t.rows.Store(int64(n))
	}
}
