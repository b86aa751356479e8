package ast

import (
	"errors"
	"fmt"
	"slices"

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

// LockOf returns s with the rows locked that columns are of: its own, or those that references lead to.
func (s Spec) LockOf(terms []*Expr) Spec {
	return s.With(func(m *More) { m.Locked = append(m.Locked[:len(m.Locked):len(m.Locked)], terms...) })
}

// lockErr returns why rows cannot be locked as the query says.
func (s *Spec) lockErr() error {
	switch {
	case s.LockMode == dialect.NoLock && s.More.Locked != nil:
		return errLockMode
	case s.LockMode != dialect.NoLock && !s.More.lockable():
		return errUnlockable
	}
	for _, e := range s.More.Locked {
		if err := e.FirstErr(); err != nil {
			return err
		}
		if err := s.lockedErr(e, func(e *Expr) *Expr { return e }); err != nil {
			return err
		}
	}
	return nil
}

// lockedErr returns why the row of a column cannot be locked. To is what leads to it. The rows that have none would be
// lost with a lock, or not be locked, if a reference may be NULL: so the query must leave these out.
func (s *Spec) lockedErr(e *Expr, to func(*Expr) *Expr) error {
	switch {
	case e.Op == ExprColumn:
		return nil
	case e.Op != ExprVia:
		return errLockTerm
	}
	for _, c := range e.Ref.Columns {
		if ref := to(ColumnExpr(c, dialect.NoPart)); c.Null && !s.leavesNullOut(ref) {
			return fmt.Errorf("the reference by %s may be NULL, and what is not there cannot be locked: "+
				"give the query the condition that it is not NULL, or lock the rows by a query of their own", c.Name)
		}
	}
	return s.lockedErr(e.Args[0], func(x *Expr) *Expr { return to(Via(e.Ref, x)) })
}

// leavesNullOut reports whether a condition of the query is that an expression is not NULL.
func (s *Spec) leavesNullOut(e *Expr) bool {
	return slices.ContainsFunc(s.Conds, func(n Cond) bool {
		if n.Op != OpNotNull {
			return false
		}
		if n.Expr == nil {
			return sameExpr(ColumnExpr(n.Col, n.Part), e)
		}
		return sameExpr(n.Expr, e)
	})
}

var (
	errLockMode = errors.New("LockOf says whose rows are locked and not how: say " +
		"ForUpdate, ForNoKeyUpdate, ForShare or ForKeyShare as well")
	errLockTerm = errors.New("whose rows are locked is said by a column of the row, " +
		"or by Via one of the row that a reference leads to")
)

// lockable reports whether the rows of the query are rows of its table.
func (m *More) lockable() bool {
	return !m.Distinct && !m.Grouped() && len(m.Source) == 0 && m.Tree == nil
}
