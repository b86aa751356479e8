package prom

import (
	"context"
	"iter"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// WatchOption is an option of [Watch].
type WatchOption func(*core.WatchOptions)

// WatchBy watches by another field than the key. Rows are in the order of this field, and then of the key. A row is new
// if its value is greater than those of the existing rows, so the field should grow, such as the time of creation. It
// cannot be NULL, and should have an index.
func WatchBy(field Columner) WatchOption { return func(o *core.WatchOptions) { o.By = field.Column() } }

// WatchFromStart begins with the existing rows, unless the cursor of [WatchResume] has a place.
func WatchFromStart() WatchOption { return func(o *core.WatchOptions) { o.FromStart = true } }

// WatchResume begins at the place of a cursor, if it has one, and advances the cursor: when the loop's body runs, the
// cursor is after the row that the body got.
func WatchResume(at *WatchCursor) WatchOption {
	return func(o *core.WatchOptions) { o.Cursor = &at.core }
}

// WatchTrigger makes PostgreSQL notify the watch of new rows (NOTIFY), and creates the trigger if the table has none.
// Without a trigger, the watch polls once a second. Behind a pooler that shares sessions, as PgBouncer does in
// transaction mode, notifications do not arrive: the watch ends with [ErrUnsupported]. It has no effect on SQLite.
func WatchTrigger() WatchOption { return func(o *core.WatchOptions) { o.Trigger = true } }

// WatchEvery sets the polling interval. The default is one second on PostgreSQL, or, with a trigger, 30 seconds as a
// safeguard; on SQLite it is 5 times a second.
func WatchEvery(d time.Duration) WatchOption { return func(o *core.WatchOptions) { o.Every = d } }

// WatchSettle sets the greatest time between the moment when the key of a row (or the field of [WatchBy]) gets its
// value and the moment when its INSERT reaches the database. It includes the difference of the machines' clocks if a
// machine generates the value, or if a watch continues with the cursor of another machine. The default is 5 seconds.
func WatchSettle(d time.Duration) WatchOption { return func(o *core.WatchOptions) { o.Settle = &d } }

// WatchPatience sets how long the watch retries if the database cannot be reached, before the loop gets the error. The
// default is one minute.
func WatchPatience(d time.Duration) WatchOption {
	return func(o *core.WatchOptions) { o.Patience = &d }
}

// WatchCursor is the place of a watch, from which it can continue later. Its text may be stored anywhere. It is not
// safe for concurrent use.
type WatchCursor struct{ core core.Cursor }

// NewWatchCursor returns the cursor of a text from [WatchCursor.String], or a cursor without a place for "". An invalid
// text is an error when the watch begins.
func NewWatchCursor(text string) *WatchCursor { return &WatchCursor{core.CursorOf(text)} }

// String returns the text of the place, or "" if there is none yet. It holds the keys of the last rows, encoded but not
// encrypted.
func (c *WatchCursor) String() string { return c.core.String() }

func watchOptions(options []WatchOption) core.WatchOptions {
	var o core.WatchOptions
	for _, option := range options {
		option(&o)
	}
	return o
}

// Watch ranges over new rows of the query as they are committed. When ctx ends, the loop ends without an error. With a
// limit, it ends after that number of rows.
//
// A row is new if it comes after the rows that existed at the beginning, in the order of the key. On SQLite, where the
// key of a deleted row may be used again, it is the order of the time of creation; see [WatchBy]. Each row is returned
// once. A row whose transaction commits late, after greater rows have been returned, is returned then: rows are in
// order only among those that were committed together. No row is lost, in whatever order the transactions commit, if
// its value was generated no longer before its INSERT than [WatchSettle] says. The time from the INSERT to the commit
// does not matter. The watch holds the keys of returned rows in memory for that time, and as long as the oldest writing
// transaction of the server is open. A row that does not fulfill the conditions when it is committed is not new when it
// fulfills them later.
//
// A watch can continue where another one ended, with a cursor; see [WatchResume]. It returns all rows that were
// committed in between. The text of a cursor holds at most 500 keys of rows near which late rows may still appear.
// Rows may be returned again in one case: more than 500 rows were returned within the settle time, and one of the
// others is deleted or a late row appears among them. Then those that were returned at about the same time are returned
// again.
//
// The watch holds no connection of the pool while the body runs. On PostgreSQL with a trigger, and on a SQLite file, a
// connection outside the pool waits for changes. If it breaks, the watch opens it again, and retries for a while if the
// database does not respond, see [WatchPatience]; no row is lost by that. A watch cannot run inside a transaction, and
// the query must have no order and no offset.
func Watch[T any](ctx context.Context, q *Query[T], options ...WatchOption) iter.Seq2[*T, error] {
	rows := q.core.Watch(ctx, watchOptions(options))
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}
