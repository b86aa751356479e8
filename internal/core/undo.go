package core

import (
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// A write that returns rows is not to have happened when they cannot be read. Where the types tell it, the connection
// asks before it sends the statement (driver.ResultChecker); where only the values show it, the statement is undone.

// keptAll says of a write that its rows may hold what it has not set.
const keptAll = ^uint64(0)

// keptBut is what a row may hold that a statement has not set, when it sets these columns. The time of creation is not
// counted: what it holds is written when the row is, and only others could make it infinite.
func (r *Repo) keptBut(set []*schema.Column) uint64 {
	kept := keptAll &^ bitsOf(set)
	for _, c := range r.table.Columns {
		if c.Created {
			kept &^= bitsOf([]*schema.Column{c})
		}
	}
	return kept
}

// bitsOf are the bits of columns that share them with none.
func bitsOf(cols []*schema.Column) (bits uint64) {
	for _, c := range cols {
		if bit := driver.ColumnBit(c.Ordinal); bit != driver.ColumnBit(c.Ordinal+1) {
			bits |= bit
		}
	}
	return bits
}

// returns makes the statement of w one that is undone when its rows cannot be read.
func (w *work) returns(plan *scan.Plan, kept uint64) {
	w.loader.Plan = plan
	w.Check, w.Undo, w.Kept = w, true, kept
}

// ReadBy implements [driver.ResultChecker].
func (w *work) ReadBy() any { return w.loader.Plan }

// CheckResult implements [driver.ResultChecker].
func (w *work) CheckResult(r driver.ResultTypes) (uint64, error) {
	return w.loader.Plan.CheckTypes(r, driver.ColumnBit)
}
