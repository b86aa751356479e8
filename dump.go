package prom

import (
	"context"
	"io"

	"github.com/prom-go/prom/internal/core"
)

// Dump writes all rows of the repos' tables, whatever marks or hides them, as lines of JSON that [Restore] reads, on
// the other engine too. It reads the rows as they come, in bounded memory, and all tables as they are at one moment.
// The repos must be on one connection. What is written holds all the data: mind where it goes.
func Dump(ctx context.Context, w io.Writer, repos ...AnyRepo) error {
	return core.Dump(ctx, w, coresOf(repos))
}

// Restore inserts the rows of a dump, which [Dump] has written on either engine, into the tables of repos, which must
// be on one connection. It makes the tables that are missing, and inserts into one transaction: all rows or none. Rows
// that are there stay, and one of the same key is ErrUnique. Rows may refer to each other in circles. Generated keys
// are counted on from the greatest one. Hooks and rules of values are passed by: what was stored is stored.
//
// Memory is bounded, by the longest row and a batch of rows. On PostgreSQL, tables that refer to each other in a
// circle, or to themselves, are locked meanwhile, and must be the user's own.
func Restore(ctx context.Context, r io.Reader, repos ...AnyRepo) error {
	return core.Restore(ctx, r, coresOf(repos))
}
