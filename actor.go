package prom

import (
	"context"

	"github.com/prom-go/prom/internal/db"
)

// WithActor returns a context whose writes the audit log ascribes to an actor: a user name, the name of a job. The last
// actor of a context counts, at each write; "" is nobody. See package audit.
//
// A write to an audited table, outside of a transaction, runs in a transaction of its own if there is an actor, in
// which the database is told first. So does a write to a table to whose rows those of an audited one refer. A
// transaction tells the database once for each actor. Raw SQL has an actor only in a transaction.
func WithActor(ctx context.Context, actor string) context.Context { return db.WithActor(ctx, actor) }

// Actor returns the actor of a context, "" for none.
func Actor(ctx context.Context) string { return db.ActorOf(ctx) }
