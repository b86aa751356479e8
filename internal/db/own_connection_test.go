package db

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the lock under which plans are applied is held until its end, however long that takes, though the server
// ends transactions in which nothing happens.
func TestSerialized_Idle(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := limited(t)
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db, other := connect(t, e.With("idle_in_transaction_session_timeout=50")), connect(t, e.DSN)
	nothing := func() error { return nil }
	is.NoErr(db.Serialized(ctx, func() error {
		_ = db.Tx(ctx, func(inner context.Context) error {
			waitUntilGone(t, other, backendOf(inner, t, db))
			return nil
		})
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		is.True(errors.Is(other.Serialized(short, nothing), context.DeadlineExceeded))
		return nil
	}))
	is.NoErr(other.Serialized(ctx, nothing))
}
