package prom

import (
	"context"
	"errors"
	"fmt"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
)

// WithDeleted takes the rows that are marked as deleted, too. It is for models with a field that has the tag option deleted, and an
// error of others, when the query runs.
func (q *Query[T]) WithDeleted() *Query[T] {
	return q.as(q.marked(q.spec.WithDeleted()))
}

// OnlyDeleted takes the rows that are marked as deleted and no others. It is for models with a field that has the tag option deleted,
// and an error of others, when the query runs.
func (q *Query[T]) OnlyDeleted() *Query[T] {
	return q.as(q.marked(q.spec.OnlyDeleted()))
}

// marked returns a spec that says something about deleted rows, of which there must be some kind.
func (q *Query[T]) marked(spec query.Spec) query.Spec {
	switch {
	case spec.HasSource():
		return spec.Fail(errors.New("the rows of other queries have been chosen by these; say it of each of them"))
	case q.repo.table.Deleted == nil:
		return spec.Fail(errNoMark(q.repo.table.Model.Name()))
	}
	return spec
}

func errNoMark(model string) error {
	return fmt.Errorf("%s has no field with the tag option deleted, so that its rows are deleted for good", model)
}

// Restore takes the mark of deletion off the row of v, which Delete has set, and makes v what is stored then. A row that is not
// marked, or gone, is ErrNotFound, and, for a model with a version, one that was changed since v was loaded is ErrStale. It is for models with a
// field that has the tag option deleted. Hooks are not called.
func (r *Repo[T]) Restore(ctx context.Context, v *T) error {
	if err := r.needKey("restore"); err != nil {
		return err
	}
	if r.table.Deleted == nil {
		return errorOf("restore", r.table, errNoMark(r.table.Model.Name()))
	}
	return r.mark(ctx, v, "restore", query.Spec{}.OnlyDeleted(), (*query.Statements).Restore)
}

// mark runs a statement that marks the row of v as deleted, or takes the mark off. Spec says where such a row is looked for when it
// was not there.
func (r *Repo[T]) mark(ctx context.Context, v *T, op string, spec query.Spec, statement markStatement) error {
	b, err := r.bind()
	if err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	by, row, err := r.rowIs(nil, v)
	if err != nil {
		return errorOf(op, r.table, err)
	}
	text, args, err := statement(b.stmts, w.args, query.Spec{}.KeyIs(by, row), now(), true)
	if err != nil {
		return errorOf(op, r.table, err)
	}
	w.args = args
	w.setText(op, text)
	w.Write = true
	w.stored = *v
	if err := r.readOne(ctx, b, w, &w.stored); err != nil {
		return r.missed(ctx, err, spec, by, row)
	}
	*v = w.stored
	return nil
}

// HardDelete deletes the row of v for good, whether it is marked as deleted or not. Afterwards v counts as new. For a model without
// a field that has the tag option deleted it is Delete. The model's hooks BeforeDelete and AfterDelete are called.
func (r *Repo[T]) HardDelete(ctx context.Context, v *T) error {
	return r.hookedDelete(ctx, v, r.hardDelete)
}

func (r *Repo[T]) hardDelete(ctx context.Context, v *T) error {
	if err := r.needKey("delete"); err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	by, args, err := r.rowIs(w.args, v)
	if err != nil {
		return errorOf("delete", r.table, err)
	}
	w.args = args
	if err := r.deleteBy(ctx, w, by); err != nil {
		return r.missed(ctx, err, query.Spec{}.WithDeleted(), by, args)
	}
	scan.Forget(r.plan, v)
	return nil
}

// Restore takes the mark of deletion off the rows, those of them that have it, and returns how many they were. Without a condition it
// is refused; see AllRows. It takes no order, limit or offset.
func (q *Query[T]) Restore(ctx context.Context) (int, error) {
	if q.repo.table.Deleted == nil {
		return 0, errorOf("restore", q.repo.table, errNoMark(q.repo.table.Model.Name()))
	}
	return q.write(ctx, q.markRows((*query.Statements).Restore), "restore", nil)
}

// HardDelete deletes the rows for good and returns how many they were. Those that are marked as deleted are among them when
// WithDeleted or OnlyDeleted says so. Without a condition it is refused; see AllRows. It takes no order, limit or offset.
func (q *Query[T]) HardDelete(ctx context.Context) (int, error) {
	return q.write(ctx, q.deleteRows, "delete", nil)
}
