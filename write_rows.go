package prom

import (
	"context"
	"time"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// markStatement makes a statement that sets the mark of deletion, or takes it off.
type markStatement func(*query.Statements, []schema.Value, query.Spec, time.Time, bool) (*query.Text, []schema.Value, error)

// rowsStatement makes a statement that writes to the rows of a query.
type rowsStatement func(s *query.Statements, args []schema.Value, returning bool) (*query.Text, []schema.Value, error)

func (q *Query[T]) markRows(statement markStatement) rowsStatement {
	return func(s *query.Statements, args []schema.Value, returning bool) (*query.Text, []schema.Value, error) {
		return statement(s, args, q.spec, now(), returning)
	}
}

func (q *Query[T]) deleteRows(s *query.Statements, args []schema.Value, returning bool) (*query.Text, []schema.Value, error) {
	return s.Delete(args, q.spec, returning)
}

// deletion is what deleting the rows does.
func (q *Query[T]) deletion() rowsStatement {
	if q.repo.table.Deleted == nil {
		return q.deleteRows
	}
	return q.markRows((*query.Statements).SoftDelete)
}

func (q *Query[T]) update(assigns []Assign[T]) rowsStatement {
	return func(s *query.Statements, args []schema.Value, returning bool) (*query.Text, []schema.Value, error) {
		return query.Update(s, args, q.spec, assigns, now(), returning)
	}
}

// write runs a statement that writes to the rows, and returns how many they were. With a list to fill it returns them there.
func (q *Query[T]) write(ctx context.Context, statement rowsStatement, op string, list *[]T) (int, error) {
	r := q.repo
	b, err := r.bind()
	if err != nil {
		return 0, err
	}
	w := r.take()
	defer r.give(w)
	text, args, err := statement(b.stmts, w.args, list != nil)
	counts := list != nil || err != nil || b.counts(ctx)
	if !counts {
		text, args, err = statement(b.stmts, w.args, true)
	}
	if err != nil {
		return 0, errorOf(op, r.table, err)
	}
	w.args = args
	w.setText(op, text)
	w.Write = true
	if !counts {
		return b.countRows(ctx, &w.call)
	}
	if list == nil {
		n, err := b.exec(ctx, &w.call)
		return int(n), err
	}
	w.returns(r.plan, keptAll)
	expect := text.Rows()
	if expect == 0 {
		expect = firstList
	}
	if *list, err = r.readList(ctx, b, w, expect); err != nil {
		return 0, err
	}
	text.SawRows(len(*list))
	return len(*list), loaded(ctx, r.hooks, *list)
}

// Update assigns new values to the rows and returns how many they were. Without a condition it is refused; see AllRows. The model's
// updated column is set to the present time, and its version counted up, unless they are assigned. It takes no order, limit or
// offset. It works on rows and loads none: hooks of the model are not called, but the rules of the assigned fields hold.
func (q *Query[T]) Update(ctx context.Context, assigns ...Assign[T]) (int, error) {
	return q.write(ctx, q.update(assigns), "update", nil)
}

// UpdateReturning is [Query.Update] that returns the rows as they are stored then, in no certain order. When they
// cannot be read nothing has been updated. Of the model's hooks only AfterLoad is called, in a transaction with the
// update, which its error undoes.
func (q *Query[T]) UpdateReturning(ctx context.Context, assigns ...Assign[T]) ([]T, error) {
	return q.writeReturning(ctx, q.update(assigns), "update")
}

// writeReturning is write that returns the rows.
func (q *Query[T]) writeReturning(ctx context.Context, statement rowsStatement, op string) (list []T, err error) {
	err = q.repo.undoneWith(ctx, q.repo.hooks&afterLoad != 0, func(ctx context.Context) error {
		_, err := q.write(ctx, statement, op, &list)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// undoneWith runs a write, in a transaction if something follows it whose failure is to undo it.
func (r *Repo[T]) undoneWith(ctx context.Context, follows bool, write func(ctx context.Context) error) error {
	if !follows {
		return write(ctx)
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	return b.inTx(ctx, write)
}

// Delete deletes the rows and returns how many they were. Those of a model with a field that has the tag option deleted are marked
// instead, if they are not yet. Without a condition it is refused; see AllRows. It takes no order, limit or offset.
// It works on rows and loads none: hooks of the model are not called.
func (q *Query[T]) Delete(ctx context.Context) (int, error) {
	return q.write(ctx, q.deletion(), "delete", nil)
}

// DeleteReturning is [Query.Delete] that returns the rows, in no certain order: as they were, and, if they are marked instead, as
// they are stored then. Rows that are gone for good count as new, so that Save inserts them again. The
// hook AfterLoad is called as by UpdateReturning.
func (q *Query[T]) DeleteReturning(ctx context.Context) ([]T, error) {
	list, err := q.writeReturning(ctx, q.deletion(), "delete")
	if err == nil && q.repo.table.Deleted == nil {
		for i := range list {
			scan.Forget(q.repo.plan, &list[i])
		}
	}
	return list, err
}
