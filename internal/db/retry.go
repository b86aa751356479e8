package db

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// Retry has a transaction run again, at most n more times, when it failed as KindSerialization, KindDeadlock or
// KindBusy, because what a connection had prepared no longer fits, or because the server is a standby: at its
// beginning, in fn or at its commit; or because no connection could be made to begin it. Such a transaction has left
// nothing behind. Any other failure is passed on at once, above all KindOutcomeUnknown. Between the attempts it waits,
// longer each time, and ends with the context. The error is that of the last attempt, or the context's when that ends a
// pause.
//
// Each attempt calls fn anew: what fn changes outside of the database must bear that. What a failed attempt gave to
// [DB.AfterCommit] is dropped.
func Retry(n int) TxOption {
	return func(o *txOptions) { o.retries, o.set = max(0, n), true }
}

// The longest pause before the first repetition, which doubles with each, and that before any.
const (
	retryPause    = 10 * time.Millisecond
	retryPauseMax = time.Second
)

// retry runs attempt, and again while that may help. It gets the number of attempts before.
func (db *DB) retry(ctx context.Context, n int, attempt func(before int) error) error {
	pause := retryPause
	for before := 0; ; n-- {
		err := attempt(before)
		if n <= 0 || !repeatable(err) {
			return err
		}
		// Transactions that met must not meet again, so that each waits for a time of its own.
		wait := time.NewTimer(pause/2 + rand.N(pause/2))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return driver.EndOfContext(ctx.Err())
		}
		pause = min(2*pause, retryPauseMax)
		before++
		db.Retries(ctx, &driver.Statement{Op: "transaction", Attempt: uint8(min(before, 254))}, err)
	}
}

// repeatable reports whether a transaction that failed with err has surely left nothing behind and may succeed another
// time.
func repeatable(err error) bool {
	if errors.Is(err, driver.KindOutcomeUnknown) {
		return false // also beside another error, as of a transaction of another DB inside
	}
	switch driver.KindOf(err) {
	case driver.KindSerialization, driver.KindDeadlock, driver.KindBusy:
		return true
	}
	var e *driver.Error
	if errors.As(err, &e) && e.Op == "begin" && e.Kind == driver.KindConnection {
		return true // it began nothing, whether BEGIN was sent or not
	}
	return driver.IsStale(err) || driver.IsStandby(err)
}
