package join_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// tracer notes what a connection tells of, and fails on an end whose context is not that of its start.
type tracer struct {
	mu    sync.Mutex
	open  int
	ended []string
}

type traceKey struct{}

func (r *tracer) start(ctx context.Context, what string) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open++
	return context.WithValue(ctx, traceKey{}, what)
}

func (r *tracer) end(ctx context.Context, err error, detail string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
	what, ok := ctx.Value(traceKey{}).(string)
	if !ok {
		panic("the end of nothing")
	}
	if err != nil {
		detail += " failed"
	}
	r.ended = append(r.ended, what+detail)
}

func (r *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	return r.start(ctx, fmt.Sprintf("query %s %v", d.SQL, d.Args))
}

func (r *tracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryEndData) {
	r.end(ctx, d.Err, " -> "+d.CommandTag.String())
}

func (r *tracer) TracePrepareStart(ctx context.Context, _ *pgx.Conn, d pgx.TracePrepareStartData) context.Context {
	return r.start(ctx, "prepare "+d.SQL)
}

func (r *tracer) TracePrepareEnd(ctx context.Context, _ *pgx.Conn, d pgx.TracePrepareEndData) {
	r.end(ctx, d.Err, "")
}

func (r *tracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	return r.start(ctx, fmt.Sprintf("batch of %d", d.Batch.Len()))
}

func (r *tracer) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = append(r.ended, fmt.Sprintf("in batch %s %v -> %s", d.SQL, d.Args, d.CommandTag))
}

func (r *tracer) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchEndData) {
	r.end(ctx, d.Err, "")
}

func (r *tracer) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceCopyFromStartData) context.Context {
	return r.start(ctx, fmt.Sprintf("copy %s (%s)", d.TableName.Sanitize(), strings.Join(d.ColumnNames, ",")))
}

func (r *tracer) TraceCopyFromEnd(ctx context.Context, _ *pgx.Conn, d pgx.TraceCopyFromEndData) {
	r.end(ctx, d.Err, " -> "+d.CommandTag.String())
}

// take returns what has ended since the last call, and that nothing is open.
func (r *tracer) take(t *testing.T) (ended string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open != 0 {
		t.Fatalf("%d are open", r.open)
	}
	ended = strings.Join(r.ended, "\n")
	r.ended = nil
	return ended
}

// Ensure that a tracer of the pool is told of each statement, with its arguments, its result and its failure, though
// statements go by prom's own way: outside of transactions and in them, in batches and by COPY.
func TestConfigurePool_Tracer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	traced := &tracer{}
	db := kit.Open(t, dbtest.Postgres(t), prom.ConfigurePool(func(cfg *pgxpool.Config) error {
		cfg.ConnConfig.Tracer, cfg.MaxConns = traced, 1
		return nil
	}))
	items := kit.Items(db)
	is.NoErr(prom.Install(ctx, items))
	told := func(want ...string) {
		t.Helper()
		is.Helper()
		ended := traced.take(t)
		for _, w := range want {
			if !strings.Contains(ended, w) {
				t.Fatalf("%q was not told, but\n%s", w, ended)
			}
		}
	}
	one := kit.Item{Name: "one", No: 7}
	is.NoErr(items.Create(ctx, &one))
	told("prepare INSERT", "query INSERT", "7", "-> INSERT 0 1")
	_, err := items.Get(ctx, one.ID)
	is.NoErr(err)
	told("prepare SELECT", fmt.Sprintf("[%d] -> SELECT 1", one.ID))
	_, err = items.Get(ctx, one.ID)
	is.NoErr(err)
	is.Equal(strings.Count(traced.take(t), "\n"), 0) // the one statement, that is prepared
	is.True(errors.Is(items.Create(ctx, &kit.Item{Name: "one"}), prom.ErrUnique))
	told("query INSERT", " failed")
	is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
		is.True(errors.Is(items.Create(ctx, &kit.Item{Name: "one"}), prom.ErrUnique))
		_, err := items.Get(ctx, one.ID)
		return err
	}))
	told("query begin", " failed", "-> SELECT 1", "query commit")
	is.NoErr(items.CreateMany(ctx, kit.ManyItems(kit.ByArrays)))
	told(fmt.Sprintf("-> INSERT 0 %d", kit.ByArrays))
	_, err = items.Where(kit.ItemNo.Gte(0)).Delete(ctx)
	is.NoErr(err)
	is.NoErr(items.CreateMany(ctx, kit.ManyItems(kit.ByCopy)))
	told(`copy "item" (_id,name`, fmt.Sprintf("-> COPY %d", kit.ByCopy))
	var b prom.Batch
	prom.Queue(&b, items).Count(items.Query())
	prom.Queue(&b, items).Create(&kit.Item{Name: "batched", No: 99})
	is.NoErr(b.Run(ctx))
	told("batch of 2", "in batch SELECT", "in batch INSERT", "99")
	var bad prom.Batch
	prom.Queue(&bad, items).Create(&kit.Item{Name: "batched"})
	prom.Queue(&bad, items).Count(items.Query())
	is.True(errors.Is(bad.Run(ctx), prom.ErrUnique))
	told("batch of 2 failed")
	for _, err := range items.Query().Stream(ctx) {
		is.NoErr(err)
		break
	}
	told("query SELECT")
}
