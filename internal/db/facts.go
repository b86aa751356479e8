package db

import (
	"context"
	"sync/atomic"
)

// Mark is a fact about a database, such as that a table is complete. A fact that was established inside a transaction
// holds within it at once, and for everybody when the outermost transaction commits; a rollback takes it back. Closing
// the DB clears all marks. A Mark is safe for concurrent use.
type Mark struct {
	db  *DB
	set atomic.Bool
}

// Mark returns the mark for a key; the same key gives the same mark.
func (db *DB) Mark(key any) *Mark {
	if m, ok := db.marks.Load(key); ok {
		return m.(*Mark)
	}
	m, _ := db.marks.LoadOrStore(key, &Mark{db: db})
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
	m.set.Store(true)
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
