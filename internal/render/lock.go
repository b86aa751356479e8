package render

import (
	"errors"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
)

// lock adds the clause that locks the rows of some names.
func (r *renderer) lock(b squirrel.SelectBuilder, q *ast.Spec, of string) squirrel.SelectBuilder {
	if q.LockMode == dialect.NoLock {
		return b
	}
	if r.sc.outer != nil {
		r.fail(errLockInside)
	}
	r.st.text.Locks = true
	if text := r.d.Lock(q.LockMode, q.LockWait, of); text != "" {
		b = b.Suffix(text)
	}
	return b
}

var errLockInside = errors.New("a subquery cannot lock rows; add ForUpdate to the outer query")

var errLockUnread = errors.New("Count and Has cannot lock rows; read the rows to lock them")
