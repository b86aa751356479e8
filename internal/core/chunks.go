package core

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/token"
	"github.com/prom-go/prom/schema"
)

// Chunks does what Chunks of package prom says.
type Chunks struct {
	Size   int
	After  string
	Pause  time.Duration
	Share  float64
	Retry  int
	Count  bool
	Commit func(ctx context.Context, p Progress) error
}

// Progress does what Progress of package prom says.
type Progress struct {
	Rows    int
	Chunk   int
	Place   string
	Elapsed time.Duration
	Total   int
}

// chunkSize is the size of chunks when nothing is said.
const chunkSize = 1000

func (c *Chunks) check() error {
	switch {
	case c.Size < 0:
		return errors.New("the size of chunks is negative; 0 stands for 1000 rows")
	case c.Pause < 0:
		return errors.New("the pause between chunks is negative")
	case !(c.Share >= 0 && c.Share <= 1): // NaN too
		return errors.New("the share of the time is from 0 to 1; 0 stands for no pauses")
	case c.Retry < 0:
		return errors.New("the number of retries is negative")
	}
	return nil
}

// pause returns how long to wait behind a chunk that took so long.
func (c *Chunks) pause(took time.Duration) time.Duration {
	wait := c.Pause
	if c.Share > 0 {
		if share := float64(took) / c.Share * (1 - c.Share); share > float64(wait) {
			wait = time.Duration(min(share, float64(time.Hour)))
		}
	}
	return wait
}

// UpdateChunks does what UpdateInChunks of package prom says.
func (q *Query) UpdateChunks(ctx context.Context, how Chunks, assigns []Assign) func(yield func(Progress, error) bool) {
	check := func() error {
		for _, a := range assigns {
			if a != nil && slices.Contains(q.repo.table.Key, a.Col) {
				return fmt.Errorf("chunks go by the key, so that %s cannot be assigned in them", a.Col.Field)
			}
		}
		return nil
	}
	return q.chunks(ctx, "update", how, check, func(q *Query) rowsStatement { return q.update(assigns) })
}

// DeleteChunks does what DeleteInChunks and, if the rows are to go for good, HardDeleteInChunks of package prom say.
func (q *Query) DeleteChunks(ctx context.Context, how Chunks, hard bool) func(yield func(Progress, error) bool) {
	return q.chunks(ctx, "delete", how, func() error { return nil }, func(q *Query) rowsStatement {
		if hard {
			return q.deleteRows
		}
		return q.deletion()
	})
}

// chunkLoop is one loop that writes in chunks.
type chunkLoop struct {
	walker
	op    string
	how   Chunks
	write func(q *Query) rowsStatement
	of    []byte // see token.For
	start time.Time
	done  Progress
}

func (q *Query) chunks(ctx context.Context, op string, how Chunks, check func() error,
	write func(q *Query) rowsStatement) func(yield func(Progress, error) bool) {
	return func(yield func(Progress, error) bool) {
		l := &chunkLoop{op: op, how: how, write: write, start: time.Now()}
		if l.how.Size == 0 {
			l.how.Size = chunkSize
		}
		l.done.Place = how.After
		err := l.begin(ctx, q, check)
		if err == nil {
			err = l.run(yield)
		}
		if err != nil && !errors.Is(err, errStopped) {
			l.done.Chunk, l.done.Elapsed = 0, time.Since(l.start)
			yield(l.done, err)
		}
	}
}

// begin finds out what is wrong with the loop before anything is written.
func (l *chunkLoop) begin(ctx context.Context, q *Query, check func() error) error {
	r := q.repo
	if err := r.needKey(l.op); err != nil {
		return err
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	l.walker = walker{q: *q, b: b, ctx: q.repo.onPrimary(ctx)}
	if err = l.how.check(); err == nil {
		err = check()
	}
	if err == nil && b.db.InTx(ctx) {
		err = errors.New("chunks are transactions of their own, so that they cannot be part of one; use a context without it, or the query's own " + l.op)
	}
	if err == nil {
		_, _, err = l.write(q)(b.stmts, nil, render.ReturnNothing)
	}
	if err != nil {
		return ErrorOf(l.op, r.table, err)
	}
	terms := make([]string, len(r.table.Key))
	for i, c := range r.table.Key {
		terms[i] = c.Name
	}
	l.of = token.For("chunk", r.table.Name, terms...)
	return nil
}

// place returns the key at which the loop goes on, nil for the first row.
func (l *chunkLoop) place() ([]schema.Value, error) {
	if l.how.After == "" {
		return nil, nil
	}
	r := l.q.repo
	content, ok := token.Open(r.tokenKeys, l.of, l.how.After)
	if ok {
		var key, rest = []schema.Value(nil), []byte(nil)
		if key, rest, ok = token.ReadTuple(content, r.table.Key, l.b.db.Dialect().Features().SignedOnly); ok &&
			len(rest) == 0 {
			return key, nil
		}
	}
	return nil, ErrorOf(l.op, r.table, ErrToken)
}

// run writes chunk after chunk, each of the rows whose keys come next, none of them beyond the last key that there was
// at the start.
func (l *chunkLoop) run(yield func(Progress, error) bool) error {
	key := l.q.repo.table.Key
	after, err := l.place()
	if err != nil {
		return err
	}
	all := l.q.spec.Uncomputed().Lock(dialect.NoLock, dialect.LockWaits)
	next := func() ast.Spec {
		if after == nil {
			return all
		}
		return all.After(key, after)
	}
	if l.how.Count {
		rest := &Query{repo: l.q.repo, spec: next()}
		if l.done.Total, err = rest.Count(l.ctx); err != nil {
			return err
		}
	}
	for bounded := false; ; {
		began := time.Now()
		keys, err := l.keys(next().ByKeys(key).Limit(l.how.Size), key)
		if err != nil || len(keys) == 0 {
			return err
		}
		full := len(keys) == l.how.Size
		if full && !bounded {
			if all, err = l.bound(all); err != nil {
				return err
			}
			bounded = true
		}
		if err := l.chunk(keys); err != nil {
			return err
		}
		after = keys[len(keys)-1]
		took := time.Since(began)
		if !yield(l.done, nil) {
			return errStopped
		}
		if !full {
			return nil
		}
		if err := l.wait(l.how.pause(took)); err != nil {
			return ErrorOf(l.op, l.q.repo.table, err)
		}
	}
}

// chunk writes to the rows that have the keys, as far as the conditions still hold for them, in a transaction.
func (l *chunkLoop) chunk(keys [][]schema.Value) error {
	r := l.q.repo
	q := l.q.as(l.q.spec.KeysIn(r.table.Key, len(keys), func(i, part int) schema.Value { return keys[i][part] }))
	var options []db.TxOption
	if l.how.Retry > 0 {
		options = append(options, db.Retry(l.how.Retry))
	}
	var done Progress
	err := l.b.inTx(l.ctx, func(ctx context.Context) error {
		n, err := q.write(ctx, l.write(q), l.op, nil)
		if err != nil {
			return err
		}
		done = l.done
		done.Chunk, done.Rows, done.Elapsed = n, done.Rows+n, time.Since(l.start)
		done.Place = token.Seal(r.tokenKeys, l.of, token.AppendTuple(nil, keys[len(keys)-1]))
		if l.how.Commit != nil {
			return l.how.Commit(ctx, done)
		}
		return nil
	}, options...)
	if err == nil {
		done.Elapsed = time.Since(l.start)
		l.done = done
	}
	return err
}

// wait waits, unless the context ends.
func (l *chunkLoop) wait(d time.Duration) error {
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-l.ctx.Done():
		}
	}
	if err := driver.Ended(l.ctx); err != nil {
		return driver.ContextError(err)
	}
	return nil
}
