package db

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/prom-go/prom/schema"
)

// Mark is a fact about a database, such as that a table is complete. A fact that was established inside a transaction
// holds within it at once, and for everybody when the outermost transaction commits; a rollback takes it back. Closing
// the DB clears all marks. A Mark is safe for concurrent use.
type Mark struct {
	db    *DB
	table *schema.Table // whose completeness is the fact; nil for another fact
	set   atomic.Bool
}

// Mark returns the mark for a key; the same key gives the same mark.
func (db *DB) Mark(key any) *Mark {
	if m, ok := db.marks.Load(key); ok {
		return m.(*Mark)
	}
	table, _ := key.(*schema.Table)
	m, _ := db.marks.LoadOrStore(key, &Mark{db: db, table: table})
	return m.(*Mark)
}

// IsSet reports whether the fact holds for a statement with this context.
func (m *Mark) IsSet(ctx context.Context) bool {
	if m.set.Load() {
		return true
	}
	for tx := m.db.txOf(ctx); tx != nil; tx = tx.parent {
		if tx.isPending(m) {
			return true
		}
	}
	return false
}

// Set notes the fact.
func (m *Mark) Set(ctx context.Context) {
	if m.set.Load() {
		return
	}
	if tx := m.db.txOf(ctx); tx != nil {
		tx.addPending(m)
		return
	}
	m.establish(ctx)
}

// establish notes the fact outside of transactions. The first use of a table in a day is told.
func (m *Mark) establish(ctx context.Context) {
	if m.set.CompareAndSwap(false, true) && m.table != nil && onUse != nil {
		m.db.age()
		onUse(ctx, m.db, m.table)
	}
}

var onUse func(ctx context.Context, db *DB, t *schema.Table)

// OnUse has fn called, outside of transactions, when a program uses a table for the first time on a connection, and
// then once a day. It is for the start of a program.
func OnUse(fn func(ctx context.Context, db *DB, t *schema.Table)) { onUse = fn }

// factsAge is how long facts are kept: what a program uses is told anew after it.
const factsAge = 24 * time.Hour

// age lets the facts end some time after the first one. Looking at a clock in each call would cost more.
func (db *DB) age() {
	db.aging.Lock()
	defer db.aging.Unlock()
	if db.aged == nil {
		db.aged = time.AfterFunc(factsAge, func() {
			db.stopAging()
			db.clearMarks()
		})
	}
}

func (db *DB) stopAging() {
	db.aging.Lock()
	defer db.aging.Unlock()
	if db.aged != nil {
		db.aged.Stop()
		db.aged = nil
	}
}

// Clear takes the fact back.
func (m *Mark) Clear() { m.set.Store(false) }

// ForgetMarks takes all facts back, those of the transaction of ctx too.
func (db *DB) ForgetMarks(ctx context.Context) {
	db.clearMarks()
	for t := db.txOf(ctx); t != nil; t = t.parent {
		t.mu.Lock()
		t.pending = nil
		t.mu.Unlock()
	}
}

func (db *DB) clearMarks() {
	db.marks.Range(func(_, m any) bool { m.(*Mark).Clear(); return true })
}
