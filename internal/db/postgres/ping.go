package postgres

import "context"

// Ping asks the server for an answer. Connections that broke while they were idle say nothing about the server: each
// makes room for another, and at last for a new one.
func (e *engine) Ping(ctx context.Context) error {
	var err error
	for range e.most + 1 {
		c, failed := e.acquire(ctx)
		if failed != nil {
			return failed
		}
		err = ErrorOf(c.Ping(ctx))
		broken := c.Conn().IsClosed()
		c.Release()
		if err == nil || !broken || ctx.Err() != nil {
			break
		}
	}
	return err
}
