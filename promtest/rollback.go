package promtest

import (
	"context"
	"errors"
	"testing"

	"github.com/prom-go/prom"
)

var errRolledBack = errors.New("promtest: the test is over")

// Rollback begins a transaction that is rolled back when the test ends, and returns its context. So tests can share a
// database and its rows. Transactions of the program are nested in it (savepoints), with these differences: they accept
// no options, as every nested transaction; functions that wait for the commit ([prom.AfterCommit], [prom.OnCommit]) are
// not called; and on SQLite other writers of the database wait until the test ends. A factory creates rows in it by
// [Factory.In]. On connections of [DB], and with the option [Guards], a call in the test's goroutine with another
// context fails the test.
//
//	ctx := promtest.Rollback(t, t.Context(), db)
func Rollback(tb testing.TB, ctx context.Context, db *prom.DB) context.Context {
	tb.Helper()
	h := holder{site: callers().at()}
	h.goroutine, _ = goroutine(false)
	// The test's context ends before its cleanups, and the transaction with them.
	ctx = context.WithValue(context.WithoutCancel(ctx), holderKey{}, h)
	inside, over, ended := make(chan context.Context), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- db.Tx(ctx, func(ctx context.Context) error {
			inside <- ctx
			<-over
			return errRolledBack
		})
	}()
	select {
	case ctx = <-inside:
	case err := <-ended:
		tb.Fatal("promtest:", err)
	}
	tb.Cleanup(func() {
		close(over)
		if err := <-ended; !errors.Is(err, errRolledBack) {
			tb.Error("promtest:", err)
		}
	})
	return ctx
}

// holder is the goroutine of the test that a transaction is of, which another one runs.
type holder struct {
	goroutine string
	site      frame
}

type holderKey struct{}
