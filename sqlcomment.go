package prom

import (
	"context"

	"github.com/prom-go/prom/internal/db"
)

// SQLComment is the comment that [SQLComments] appends to a statement. The zero SQLComment is no comment. Keys and
// values are escaped, so they may be any text; an empty value is omitted.
type SQLComment struct {
	// Tags say where a statement comes from: "application", "route", "controller", "action" and the like. They must
	// have few different values, and none of a request: PostgreSQL keeps a prepared statement for each text with its
	// tags.
	Tags map[string]string
	// Trace are values that are different each time, such as "traceparent". A statement with a trace is parsed by the
	// server each time, in the same round trip, and added to no cache; so set it for sampled traces alone. Its value of
	// a key replaces that of Tags.
	Trace map[string]string
}

// SQLComments appends a comment to the statements of a PostgreSQL connection, in the form of sqlcommenter:
// pg_stat_activity, the server's log and tools that read them then show where a statement comes from. It calls of for
// each statement and each batch, with the context that [Observer.Start] returned, in the goroutine of the call. The
// function must be fast, and must not change the maps afterwards. COPY, BEGIN, COMMIT, savepoints and prom's own
// queries about tables have no comment. Statements whose text has a comment keep only that one. The option has no
// effect on SQLite, which shows its statements to nobody.
//
// In the modes of default_query_exec_mode in which pgx caches statement texts (cache_describe, and cache_statement for
// statements that go by pgx), only the tags are sent.
func SQLComments(of func(ctx context.Context) SQLComment) OpenOption {
	if of == nil {
		return OpenOption{db.SQLComments(nil)}
	}
	return OpenOption{db.SQLComments(func(ctx context.Context) (tags, trace map[string]string) {
		c := of(ctx)
		return c.Tags, c.Trace
	})}
}
