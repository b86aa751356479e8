package prom

import (
	"context"

	"github.com/prom-go/prom/internal/db"
)

// WithActor returns a context for writes of an actor, such as a user name or the name of a job, which the audit log
// records. The last actor of a context applies, at each write; "" is none. See package audit.
//
// Outside a transaction, a write with an actor to an audited table runs in a transaction of its own, which first sets
// the actor in the database. So does a write to a table to which an audited table refers. A transaction sets each actor
// once. Raw SQL has an actor only in a transaction.
func WithActor(ctx context.Context, actor string) context.Context { return db.WithActor(ctx, actor) }

// Actor returns the actor of a context, "" for none.
func Actor(ctx context.Context) string { return db.ActorOf(ctx) }
