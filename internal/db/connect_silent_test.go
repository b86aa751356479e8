package db

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a server which falls silent while a new connection is looked at does not keep the connection's place in
// the pool.
func TestConnectSilent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ mode, question string }{
		{"describe_exec", "pg_backend_pid"},
		{"exec", "extra_float_digits"},
		{"simple_protocol", "extra_float_digits"},
	} {
		t.Run(tt.mode, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			proxy, e := dbtest.NewProxy(t, dbtest.Engine{DSN: dbtest.Postgres(t)})
			db := connect(t, e.With("pool_max_conns=1&connect_timeout=1s&default_query_exec_mode="+tt.mode))
			proxy.Silence(tt.question)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			is.Equal(driver.KindOf(db.Ping(ctx)), driver.KindTimeout)
			is.NoErr(db.Ping(limited(t))) // it waits for the place
		})
	}
}
