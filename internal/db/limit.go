package db

import (
	"context"
	"errors"
	"time"

	"github.com/prom-go/prom/internal/db/driver"
)

// limit is the deadline that a call got from the connection's call_timeout, because its context had none. The zero
// limit is of a call that got none, and costs nothing.
type limit struct {
	ctx    context.Context //nolint:containedctx // of the one call
	cancel context.CancelFunc
}

// limit returns the context for a call of one statement, or of several that are sent together: waiting for a
// connection, running, and reading the rows. [limit.end] must follow.
func (db *DB) limit(ctx context.Context) (context.Context, limit) {
	if d := db.dsn.Options.CallTimeout; d > 0 {
		return withLimit(ctx, d)
	}
	return ctx, limit{}
}

func withLimit(ctx context.Context, d time.Duration) (context.Context, limit) {
	if _, has := ctx.Deadline(); has || ctx.Value(unlimited{}) != nil {
		return ctx, limit{}
	}
	inner, cancel := context.WithTimeout(ctx, d)
	return inner, limit{inner, cancel}
}

// unlimited is the key of contexts whose calls get no deadline.
type unlimited struct{}

// Unlimited returns a context for work that is long by nature, whose calls get no deadline from call_timeout:
// installation, plans, dumps, and loops over the rows of one statement.
func (db *DB) Unlimited(ctx context.Context) context.Context {
	if db.dsn.Options.CallTimeout <= 0 {
		return ctx
	}
	return context.WithValue(ctx, unlimited{}, true)
}

// end ends the call, and says in its error which deadline has passed.
func (l limit) end(err error) error {
	if l.cancel == nil {
		return err
	}
	err = l.explain(err)
	l.cancel()
	return err
}

// explain says in the error of a call which deadline has passed.
func (l limit) explain(err error) error {
	late := err != nil && l.cancel != nil && errors.Is(driver.Ended(l.ctx), context.DeadlineExceeded)
	var e *driver.Error
	if late && errors.As(err, &e) && e.Kind == driver.KindTimeout && e.Detail == driver.DeadlinePassed {
		e.Detail = "the call took longer than call_timeout, which is the deadline of calls whose context has none"
	}
	return err
}
