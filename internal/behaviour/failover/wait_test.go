package failover_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// away returns a database whose server cannot be reached until back is called.
func away(t *testing.T, options string) (db *prom.DB, back func()) {
	t.Helper()
	network, e := dbtest.NewNetwork(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	db = kit.Open(t, e.With(options))
	if err := prom.NewRepo[kit.Item](prom.Using(db)).Install(kit.Ended(t)); err != nil {
		t.Fatal(err)
	}
	if err := network.Set(dbtest.Toxic{Kind: dbtest.Down}); err != nil {
		t.Fatal(err)
	}
	return db, func() {
		if err := network.Set(dbtest.Toxic{}); err != nil {
			t.Error(err)
		}
	}
}

// Ensure that calls wait by failover_wait for a server that cannot be reached, and that each is done once.
func TestFailoverWait(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db, back := away(t, "failover_wait=1m&pool_maxconn=4")
	items := prom.NewRepo[kit.Item](prom.Using(db))
	time.AfterFunc(300*time.Millisecond, back)
	calls := []func() error{
		func() error { return items.Create(ctx, &kit.Item{Name: "1"}) },
		func() error { return items.CreateMany(ctx, []kit.Item{{Name: "a"}, {Name: "b"}}) },
		func() error { _, err := items.Count(ctx); return err },
		func() error {
			return db.Tx(ctx, func(ctx context.Context) error { return items.Create(ctx, &kit.Item{Name: "2"}) })
		},
		func() error { return db.Ping(ctx) },
		func() error {
			var b prom.Batch
			prom.Queue(&b, items).Create(&kit.Item{Name: "3"})
			return b.Run(ctx)
		},
	}
	start := time.Now()
	is.NoErr(kit.Together(len(calls), func(i int) error { return calls[i]() }))
	is.True(time.Since(start) >= 300*time.Millisecond)
	n, err := items.Count(ctx)
	is.NoErr(err)
	is.Equal(n, 5)
}

// Ensure that a call waits no longer than failover_wait says, nor than its context or call_timeout, and that nothing of
// it has happened then.
func TestFailoverWait_Ends(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, options string
		context       time.Duration
		ends          time.Duration
		kind          prom.Kind
	}{
		{"none", "", 0, 0, prom.ErrConnection},
		{"failover_wait", "failover_wait=400ms", 0, 400 * time.Millisecond, prom.ErrConnection},
		{"context", "failover_wait=1m", 300 * time.Millisecond, 300 * time.Millisecond, prom.ErrTimeout},
		{"call_timeout", "failover_wait=1m&call_timeout=300ms", 0, 300 * time.Millisecond, prom.ErrTimeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			db, _ := away(t, tt.options)
			items := prom.NewRepo[kit.Item](prom.Using(db))
			ctx := context.Background()
			if tt.context > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(context.Background(), tt.context)
				defer cancel()
			}
			clock, start := dbtest.NewClock(t), time.Now()
			err := items.Create(ctx, &kit.Item{Name: "4"})
			took := clock.Since(start)
			is.True(errors.Is(err, tt.kind))
			is.True(!errors.Is(err, prom.ErrOutcomeUnknown))
			if tt.name == "call_timeout" && !strings.Contains(err.Error(), "call_timeout") {
				t.Error(err)
			}
			if took > tt.ends+time.Second || time.Since(start) < tt.ends-50*time.Millisecond {
				t.Errorf("it took %v, not %v: %v", took, tt.ends, err)
			}
		})
	}
}

// Ensure that a call does not wait for what will not change: a database that does not exist.
func TestFailoverWait_Never(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d, err := prom.ParseDSN(dbtest.Postgres(t))
	is.NoErr(err)
	name := strings.Replace(dbtest.Postgres(t), "/"+d.Path, "/no_such_database", 1)
	db := kit.Open(t, name+"&failover_wait=1m")
	clock, start := dbtest.NewClock(t), time.Now()
	err = db.Ping(kit.Ended(t))
	is.True(errors.Is(err, prom.ErrConnection))
	is.True(clock.Since(start) < 10*time.Second)
}

// Ensure that Retry counts a BEGIN that never left, and that the function has not been called for it.
func TestRetry_Begin(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db, back := away(t, "")
	items := prom.NewRepo[kit.Item](prom.Using(db))
	called := 0
	create := func(ctx context.Context) error {
		called++
		return items.Create(ctx, &kit.Item{Name: "5"})
	}
	is.True(errors.Is(db.Tx(ctx, create, prom.Retry(1)), prom.ErrConnection))
	is.Equal(called, 0)
	time.AfterFunc(100*time.Millisecond, back)
	is.NoErr(db.Tx(ctx, create, prom.Retry(12)))
	is.Equal(called, 1)
}
