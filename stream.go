package prom

import (
	"context"
	"errors"
	"iter"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/scan"
)

// Stream ranges over the rows as the database sends them, in bounded memory: one statement, whose rows are all of one moment. It
// is the quickest way through many rows, and holds a connection until the loop ends, so the body should not take long and should not
// wait for others who need one. Inside a transaction the body cannot use the transaction, which is busy with the rows, nor, on
// a SQLite database in memory, the database. [Query.Each] has none of these limits and is a little slower.
//
// Each row is a value of its own, which may be kept. A hook AfterLoad of the model is bound by what binds the body.
// When reading fails, or the context has ended, the loop gets the error in place of the next row, with a nil value, and
// ends.
func (q *Query[T]) Stream(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if err := q.stream(ctx, yield); err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// Stream ranges over all rows; see [Query.Stream].
func (r *Repo[T]) Stream(ctx context.Context) iter.Seq2[*T, error] { return r.Query().Stream(ctx) }

func (q *Query[T]) stream(ctx context.Context, yield func(*T, error) bool) error {
	r := q.repo
	b, err := r.bind()
	if err != nil {
		return err
	}
	if len(q.with) > 0 {
		return errorOf("query", r.table, errors.New("a stream cannot load relations, for which its connection is not free; use Each"))
	}
	w := r.take()
	defer r.give(w)
	if err := q.whole(); err != nil {
		return errorOf("query", r.table, err)
	}
	text, args, err := b.stmts.Select(w.args, q.spec)
	if err != nil {
		return errorOf("query", r.table, err)
	}
	w.args = args
	w.setText("query", text)
	w.complete = true
	loader := scan.NewLoader[T](r.plan)
	return streamRows(ctx, b, &w.call, &loader, r.hooks, yield)
}

// streamRows runs a statement and hands its rows to a loop.
func streamRows[T any](ctx context.Context, b *binding, c *call, loader rowLoader[T], hooks hookSet, yield func(*T, error) bool) error {
	s := &streamer[T]{loader: loader, yield: yield}
	if hooks&afterLoad != 0 {
		of := ctx
		s.hook = func(v *T) error { return afterLoad.call(of, v) }
	}
	ctx, end := s.start(ctx, b, c)
	defer end()
	err := b.query(ctx, c, s)
	if s.failed != nil {
		return s.failed
	}
	if s.stopped {
		return errStopped
	}
	return err
}

// rowLoader reads the rows of a result, one after the other.
type rowLoader[T any] interface {
	Load(r scan.Row, v *T) error
}

// loop is what somebody's loop over rows tells the statement that they are of.
type loop struct {
	of      context.Context    //nolint:containedctx // the loop's own
	cancel  context.CancelFunc // nil in a transaction
	begun   *bool              // set once a row has been used
	lent    *conn.Loop         // nil outside of transactions
	stopped bool
}

// start returns the context for the statement. To leave the loop early ends the statement: what is still to come may be much. A transaction
// would end with it, and what a statement writes would be undone.
func (l *loop) start(ctx context.Context, b *binding, c *call) (context.Context, context.CancelFunc) {
	l.of, l.begun = ctx, &c.final
	if c.settles {
		l.of = context.WithoutCancel(ctx) // what it writes is told by the database
	}
	if b.db.InTx(ctx) {
		l.lent = new(conn.Loop)
		c.Loop = l.lent
		return ctx, func() {}
	}
	if c.settles {
		return ctx, func() {}
	}
	ctx, l.cancel = context.WithCancel(ctx)
	return ctx, l.cancel
}

// row tells that there is a row to be used. It is an error when the context has ended: rows that have come already are
// not handed out.
func (l *loop) row() error {
	*l.begun = true
	if err := l.of.Err(); err != nil {
		return conn.ContextError(err)
	}
	return nil
}

// lend lends the rows while the body runs; it is an error when their transaction ends.
func (l *loop) lend(ended *bool) error {
	if !l.lent.Lend() {
		*ended = true
		return conn.ErrLoopEnded()
	}
	return nil
}

// over returns why a loop ends behind its body; nil when it goes on. More is what the body said.
func (l *loop) over(more bool, ended *bool) error {
	switch gone := !l.lent.Return(); {
	case !more:
		return errStopped
	case gone:
		*ended = true
		return conn.ErrLoopEnded()
	}
	return nil
}

// left is deferred: unless all rows were read, the loop was left, by a panic maybe.
func (l *loop) left(ended *bool) {
	if *ended {
		return
	}
	l.stopped = true
	if l.cancel != nil {
		l.cancel()
	}
}

// streamer hands the rows of a statement to a loop.
type streamer[T any] struct {
	loop
	loader rowLoader[T]
	yield  func(*T, error) bool
	hook   func(*T) error // nil when the model has none
	failed error          // of the hook
	slab   []T            // for the next rows; values that are used leave it
}

// streamSlab is how many rows share an allocation. Whoever keeps one row keeps them all.
const streamSlab = 16

// ReadRows implements [conn.RowReader].
func (s *streamer[T]) ReadRows(rows conn.Rows) error {
	ended := false
	defer s.left(&ended)
	for rows.Next() {
		if err := s.row(); err != nil {
			ended = true
			return err
		}
		if len(s.slab) == 0 {
			s.slab = make([]T, streamSlab)
		}
		v := &s.slab[0]
		s.slab = s.slab[1:]
		if err := s.loader.Load(rows, v); err != nil {
			ended = true
			return err
		}
		if s.hook != nil {
			if s.failed = s.hook(v); s.failed != nil {
				return errStopped
			}
		}
		if err := s.lend(&ended); err != nil {
			return err
		}
		if err := s.over(s.yield(v, nil), &ended); err != nil {
			return err
		}
	}
	ended = true
	return nil
}
