package ast

import (
	"errors"

	"github.com/prom-go/prom/dialect"
)

var errUnlockable = errors.New("FOR UPDATE needs rows of a table: it cannot be combined with DISTINCT, GROUP BY, a union or a query made by From")

// Lock returns s with its rows locked.
func (s Spec) Lock(l dialect.Lock, w dialect.LockWait) Spec {
	s.LockMode, s.LockWait = l, w
	return s
}

// Locks reports whether s locks its rows.
func (s Spec) Locks() bool { return s.LockMode != dialect.NoLock }

// lockable reports whether the rows of the query are rows of its table.
func (m *More) lockable() bool {
	return !m.Distinct && !m.Grouped() && len(m.Source) == 0 && m.Tree == nil
}
