package promtest

import (
	"context"
	"errors"
	"testing"

	"github.com/prom-go/prom"
)

var errRolledBack = errors.New("promtest: the test is over")

// Rollback begins a transaction that is rolled back when the test ends, and returns its context. So tests can share a
// database, and the rows that it has. Transactions of the program are nested in it (savepoints), and behave as always
// except for these: their options are refused, as those of each nested transaction are; what waits for the commit
// ([prom.AfterCommit], [prom.OnCommit]) does not happen; and on SQLite other writers of the database wait until the
// test ends. A factory creates in it by [Factory.In]. A call in the test's goroutine with another context fails the
// test, on connections of [DB] and with the option [Guards].
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
