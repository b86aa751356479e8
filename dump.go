package prom

import (
	"context"
	"io"

	"github.com/prom-go/prom/internal/core"
)

// Dump writes all rows of the repos' tables, soft-deleted rows too, as lines of JSON. [Restore] reads them, also on the
// other engine. Dump reads all tables in one snapshot and in bounded memory. The repos must be on one connection. The
// output contains all data of the tables: be careful where you store it.
func Dump(ctx context.Context, w io.Writer, repos ...AnyRepo) error {
	return core.Dump(ctx, w, coresOf(repos))
}

// Restore inserts the rows of a dump that [Dump] wrote, on either engine, into the tables of repos, which must be on
// one connection. It creates missing tables, and inserts all rows in one transaction: all or none. Existing rows stay;
// a row with the same key is ErrUnique. Rows may refer to each other in cycles. Generated keys continue after the
// greatest key. Restore calls no hooks and checks no rules of values.
//
// Restore uses memory for the longest row and one batch of rows. On PostgreSQL, tables that refer to themselves or to
// each other in a cycle are locked meanwhile, and the database user must own them.
func Restore(ctx context.Context, r io.Reader, repos ...AnyRepo) error {
	return core.Restore(ctx, r, coresOf(repos))
}
