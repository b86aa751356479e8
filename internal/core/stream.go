package core

import (
	"context"
	"errors"
	"iter"
	"unsafe"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
)

// Rows ranges over values by their addresses. An error comes with nil, and ends the loop.
type Rows = iter.Seq2[unsafe.Pointer, error]

// Stream ranges over the rows as the database sends them.
func (q *Query) Stream(ctx context.Context) Rows {
	return func(yield func(unsafe.Pointer, error) bool) {
		if err := q.stream(ctx, yield); err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

func (q *Query) stream(ctx context.Context, yield func(unsafe.Pointer, error) bool) error {
	r := q.repo
	b, err := r.bind()
	if err != nil {
		return err
	}
	if len(q.with) > 0 {
		return ErrorOf("query", r.table,
			errors.New("Stream cannot load relations because its connection is in use; use Each"))
	}
	w := r.take()
	defer r.give(w)
	text, args, err := b.stmts.Select(w.args, q.spec)
	if err != nil {
		return ErrorOf("query", r.table, err)
	}
	w.args = args
	w.setText("query", text)
	w.complete = true
	loader := &scan.Reader{Plan: r.plan}
	part, err := partOf(r.plan, q.spec)
	if err != nil {
		return ErrorOf("query", r.table, err)
	}
	if part != nil {
		loader.Use(part)
		w.complete = false
	}
	s := &streamer{memory: r.memory, loader: loader, yield: yield}
	if r.hooks&afterLoad != 0 {
		s.hook = func(v unsafe.Pointer) error { return r.loadedOne(ctx, v) }
	}
	return s.run(ctx, b, &w.call)
}

// run runs a statement and hands its rows to the loop.
func (s *streamer) run(ctx context.Context, b *binding, c *call) error {
	ctx, end := s.start(ctx, b, c)
	defer end()
	c.reads = true
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
type rowLoader interface {
	Load(r scan.Row, v unsafe.Pointer) error
}

// loop is what somebody's loop over rows tells the statement that they are of.
type loop struct {
	of      context.Context    //nolint:containedctx // the loop's own
	cancel  context.CancelFunc // nil in a transaction
	again   *rerun             // of the statement: never, once a row has been used
	lent    *db.Loop           // nil outside of transactions
	stopped bool
}

// start returns the context for the statement. To leave the loop early ends the statement: what is still to come may be
// much. A transaction would end with it, and what a statement writes would be undone.
func (l *loop) start(ctx context.Context, b *binding, c *call) (context.Context, context.CancelFunc) {
	l.of, l.again = ctx, &c.again
	if c.settles {
		l.of = context.WithoutCancel(ctx) // the database reports what it writes
	}
	ctx = b.db.Unlimited(ctx)
	if b.db.InTx(ctx) {
		l.lent = new(db.Loop)
		c.lent = l.lent
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
	*l.again = rerunNever
	if err := l.of.Err(); err != nil {
		return driver.ContextError(err)
	}
	return nil
}

// lend lends the rows while the body runs; it is an error when their transaction ends.
func (l *loop) lend(ended *bool) error {
	if !l.lent.Lend() {
		*ended = true
		return db.ErrLoopEnded()
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
		return db.ErrLoopEnded()
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
type streamer struct {
	loop
	memory *scan.Memory
	loader rowLoader
	yield  func(unsafe.Pointer, error) bool
	hook   func(unsafe.Pointer) error // nil when the model has none
	failed error                      // of the hook
	single bool                       // the loop keeps no row but its copy, so that all can be read into one place
	slab   scan.List                  // for the next rows; values that are used leave it
	used   int                        // of it
}

// streamSlab is how many rows share an allocation. Whoever keeps one row keeps them all.
const streamSlab = 16

// next returns where the next row goes.
func (s *streamer) next() unsafe.Pointer {
	if s.single && s.slab.Len > 0 {
		s.memory.Clear(s.slab.Data)
		return s.slab.Data
	}
	if s.used == s.slab.Len {
		n := streamSlab
		if s.single {
			n = 1
		}
		s.slab, s.used = s.memory.Make(n, n), 0
	}
	s.used++
	return s.memory.At(s.slab, s.used-1)
}

// ReadRows implements [driver.RowReader].
func (s *streamer) ReadRows(rows driver.Rows) error {
	ended := false
	defer s.left(&ended)
	for rows.Next() {
		v := s.next()
		err := s.row()
		if err == nil {
			err = s.loader.Load(rows, v)
		}
		if err != nil {
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
