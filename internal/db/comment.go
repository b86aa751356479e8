package db

import (
	"context"

	"github.com/prom-go/prom/internal/db/driver"
)

// SQLComments has the statements of a DB carry comments, where the database shows them to those who watch it: the tags,
// of which there are few different values, and the trace. Each is called with the context of a statement's event.
func SQLComments(of func(context.Context) (tags, trace map[string]string)) OpenOption {
	return func(db *DB) {
		if db.comments = nil; of != nil && db.dialect.Features().Comments {
			db.comments = func(ctx context.Context) driver.Comment { return driver.CommentOf(of(ctx)) }
		}
	}
}
