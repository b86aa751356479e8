package query

import (
	"errors"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
)

var errUnlockable = errors.New("rows that are locked must be those of a table: not distinct ones, groups, unions or rows of another query")

var errLockInside = errors.New("a query inside another one cannot lock rows; lock those of the outer one")

var errLockUnread = errors.New("rows are locked when they are read; Count and Has read none")

// Lock returns s with its rows locked.
func (s Spec) Lock(l dialect.Lock, w dialect.LockWait) Spec {
	s.lock, s.wait = l, w
	return s
}

// Locks reports whether s locks its rows.
func (s Spec) Locks() bool { return s.lock != dialect.NoLock }

// lockable reports whether the rows of the query are rows of its table.
func (m *specMore) lockable() bool {
	return !m.distinct && !m.grouped() && len(m.source) == 0 && m.tree == nil
}

// lock adds the clause that locks rows.
func (r *renderer) lock(b squirrel.SelectBuilder, q *Spec) squirrel.SelectBuilder {
	if q.lock == dialect.NoLock {
		return b
	}
	if r.sc.outer != nil {
		r.fail(errLockInside)
	}
	r.st.text.Locks = true
	if text := r.d.Lock(q.lock, q.wait, r.sc.name); text != "" {
		b = b.Suffix(text)
	}
	return b
}
