package driver

import (
	"context"
	"time"
)

// RollbackTimeout bounds a rollback whose server does not answer. The connection is dropped then, which rolls back too.
const RollbackTimeout = 5 * time.Second

// RollbackGrace is how long a rollback goes on when the caller's context has ended. Most take one round trip.
const RollbackGrace = 200 * time.Millisecond

// Settling returns the context for what must be done though the caller's context has ended, or ends meanwhile.
func Settling(ctx context.Context) (context.Context, context.CancelFunc) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), RollbackTimeout)
	if ctx.Done() == nil {
		return end, cancel
	}
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-end.Done():
		case <-time.After(RollbackGrace):
			cancel()
		}
	})
	return end, func() {
		stop()
		cancel()
	}
}
