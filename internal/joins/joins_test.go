package joins

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/matryer/is"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Order is a model of prom's.
type Order struct {
	ID    int64 `prom:"key,auto"`
	Who   string
	State string
}

func (Order) TableName() string { return "purchase" }

// Ship is a job of River's.
type Ship struct {
	Order int64 `json:"order"`
}

func (Ship) Kind() string { return "ship" }

// shipper works on jobs: the state of an order and the end of the job are one transaction, which it begins itself.
type shipper struct {
	river.WorkerDefaults[Ship]

	pool *pgxpool.Pool
	db   *prom.DB
	done chan error
}

func (s *shipper) Work(ctx context.Context, job *river.Job[Ship]) (err error) {
	defer func() { s.done <- err }()
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // after Commit it does nothing
	inside, err := prom.WithPgxTx(ctx, s.db, tx)
	if err != nil {
		return err
	}
	orders := prom.NewRepo[Order](prom.Using(s.db))
	order, err := orders.Get(inside, job.Args.Order)
	if err != nil {
		return err
	}
	order.State = "shipped"
	if err := orders.Save(inside, order); err != nil {
		return err
	}
	if _, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// program is a program with a pool, River, queries of sqlc's and prom.
type program struct {
	pool    *pgxpool.Pool
	db      *prom.DB
	orders  *prom.Repo[Order]
	queries *Queries
	river   *river.Client[pgx.Tx]
	worker  *shipper
}

func newProgram(t *testing.T) *program {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	pool, err := pgxpool.New(ctx, dbtest.Postgres(t))
	check(err)
	t.Cleanup(pool.Close)
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	check(err)
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	check(err)
	db, err := prom.OpenPoolIn(new(prom.Registry), "", pool)
	check(err)
	t.Cleanup(func() { _ = db.Close() })
	p := &program{pool: pool, db: db, orders: prom.NewRepo[Order](prom.Using(db)), queries: New(pool)}
	check(prom.Install(ctx, p.orders))
	_, err = pool.Exec(ctx, `CREATE TABLE line (id bigserial PRIMARY KEY, order_id bigint NOT NULL REFERENCES purchase, what text NOT NULL)`)
	check(err)
	p.worker = &shipper{pool: pool, db: db, done: make(chan error, 100)}
	workers := river.NewWorkers()
	river.AddWorker(workers, p.worker)
	p.river, err = river.NewClient(riverpgxv5.New(pool), &river.Config{
		Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}},
		Logger: slog.New(slog.DiscardHandler), FetchPollInterval: 100 * time.Millisecond,
	})
	check(err)
	return p
}

func (p *program) counts(ctx context.Context, t *testing.T) (counts [3]int) {
	t.Helper()
	err := p.pool.QueryRow(ctx, `SELECT (SELECT count(*) FROM purchase), (SELECT count(*) FROM line), (SELECT count(*) FROM river_job)`).
		Scan(&counts[0], &counts[1], &counts[2])
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// order stores an order by prom, its lines by sqlc's queries and a job by River, in the transaction of ctx.
func (p *program) order(ctx context.Context, is *is.I) int64 {
	is.Helper()
	tx, err := prom.PgxTx(ctx)
	is.NoErr(err)
	order := Order{Who: "ada", State: "new"}
	is.NoErr(p.orders.Create(ctx, &order))
	q := p.queries.WithTx(tx)
	for _, what := range []string{"pen", "ink"} {
		_, err := q.AddLine(ctx, order.ID, what)
		is.NoErr(err)
	}
	lines, err := q.ListLines(ctx, order.ID)
	is.NoErr(err)
	is.Equal(lines, []string{"pen", "ink"})
	_, err = p.river.InsertTx(ctx, tx, Ship{order.ID}, nil)
	is.NoErr(err)
	_, err = p.river.InsertManyTx(ctx, tx, []river.InsertManyParams{{Args: Ship{order.ID}, InsertOpts: &river.InsertOpts{
		ScheduledAt: time.Now().Add(time.Hour)}}})
	is.NoErr(err)
	order.State = "ordered"
	is.NoErr(p.orders.Save(ctx, &order))
	return order.ID
}

// Ensure that prom, queries of sqlc's form and River's InsertTx share a transaction that prom began: nothing is there
// after its rollback, all is after its commit, and a savepoint undoes what all three did since.
func TestOneTransaction(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	p := newProgram(t)
	undo := errors.New("undo")
	is.True(errors.Is(p.db.Tx(ctx, func(ctx context.Context) error {
		p.order(ctx, is)
		return undo
	}), undo))
	is.Equal(p.counts(ctx, t), [3]int{0, 0, 0})
	is.NoErr(p.db.Tx(ctx, func(ctx context.Context) error {
		p.order(ctx, is)
		is.True(errors.Is(p.db.Tx(ctx, func(ctx context.Context) error {
			p.order(ctx, is)
			return undo
		}), undo))
		return nil
	}))
	is.Equal(p.counts(ctx, t), [3]int{1, 2, 2})
}

// Ensure that all three share a transaction that the program began.
func TestOneTransaction_Joined(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	p := newProgram(t)
	for _, want := range [][3]int{{0, 0, 0}, {1, 2, 2}} {
		tx, err := p.pool.Begin(ctx)
		is.NoErr(err)
		inside, err := prom.WithPgxTx(ctx, p.db, tx)
		is.NoErr(err)
		id := p.order(inside, is)
		q := p.queries.WithTx(tx)
		is.NoErr(q.ClearLines(ctx, id))
		for _, what := range []string{"a", "b"} {
			_, err = q.AddLine(ctx, id, what)
			is.NoErr(err)
		}
		if want[0] == 0 {
			is.NoErr(tx.Rollback(ctx))
		} else {
			is.NoErr(tx.Commit(ctx))
		}
		is.Equal(p.counts(ctx, t), want)
	}
}

// Ensure that a job which was enqueued with prom's transaction is worked on after its commit, by a worker whose
// transaction is River's, prom's and its own.
func TestWorker(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := t.Context()
	p := newProgram(t)
	is.NoErr(p.river.Start(ctx))
	t.Cleanup(func() { is.NoErr(p.river.Stop(context.Background())) })
	var id int64
	is.NoErr(p.db.Tx(ctx, func(ctx context.Context) error {
		id = p.order(ctx, is)
		time.Sleep(300 * time.Millisecond) // River looks, and must see nothing yet
		is.Equal(len(p.worker.done), 0)
		return nil
	}))
	select {
	case err := <-p.worker.done:
		is.NoErr(err)
	case <-time.After(30 * time.Second):
		t.Fatal("the job was not worked on")
	}
	order, err := p.orders.Get(ctx, id)
	is.NoErr(err)
	is.Equal(order.State, "shipped")
	var state string
	is.NoErr(p.pool.QueryRow(ctx, `SELECT state FROM river_job WHERE finalized_at IS NOT NULL`).Scan(&state))
	is.Equal(state, "completed")
}
