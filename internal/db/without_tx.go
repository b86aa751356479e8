package db

import "context"

// withoutTx hides the transactions that a context carries.
type withoutTx struct{ context.Context }

// Value implements [context.Context].
func (c withoutTx) Value(key any) any {
	switch key.(type) {
	case txKey:
		return nil
	case withoutTx:
		return true
	}
	return c.Context.Value(key)
}

// WithoutTx returns a context that carries no transaction, with the values, the deadline and the end of another one.
func WithoutTx(ctx context.Context) context.Context { return withoutTx{ctx} }

// IsWithoutTx reports whether a context is derived from one of [WithoutTx]: a call with it is outside of transactions
// because the program says so.
func IsWithoutTx(ctx context.Context) bool { return ctx.Value(withoutTx{}) != nil }
