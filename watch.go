package prom

import (
	"context"
	"iter"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/core"
)

// WatchOption changes how [Watch] works.
type WatchOption func(*core.WatchOptions)

// WatchBy watches by another field than the key: rows come in its order, and in that of the key where it is equal. Rows
// are new that are greater than those that were there, so it should be a field that grows, such as the time of
// creation. It cannot be NULL, and should have an index.
func WatchBy(field Columner) WatchOption { return func(o *core.WatchOptions) { o.By = field.Column() } }

// WatchFromStart begins with the rows that are there already, unless [WatchResume] knows a place.
func WatchFromStart() WatchOption { return func(o *core.WatchOptions) { o.FromStart = true } }

// WatchResume begins at the place of a cursor, if it has one, and moves the cursor along: whenever the loop's body
// runs, the cursor stands behind the row that the body got.
func WatchResume(at *WatchCursor) WatchOption {
	return func(o *core.WatchOptions) { o.Cursor = &at.core }
}

// WatchTrigger has PostgreSQL tell of new rows by NOTIFY, and makes the trigger that does if the table has none.
// Without a trigger the watch looks once a second. It changes nothing on SQLite.
func WatchTrigger() WatchOption { return func(o *core.WatchOptions) { o.Trigger = true } }

// WatchEvery sets how often to look: on PostgreSQL once a second, or with a trigger every 30 seconds to be safe; on
// SQLite 5 times a second.
func WatchEvery(d time.Duration) WatchOption { return func(o *core.WatchOptions) { o.Every = d } }

// WatchSettle sets how long a row may take from the moment when its key, or the field that is watched by, gets its
// value until its INSERT has reached the database, the differences of the machines' clocks included if one of them
// makes the value, or goes on by a cursor of another. It is 5 seconds.
func WatchSettle(d time.Duration) WatchOption { return func(o *core.WatchOptions) { o.Settle = &d } }

// WatchPatience sets for how long a database that cannot be reached is tried again before the loop gets the error: a
// minute.
func WatchPatience(d time.Duration) WatchOption {
	return func(o *core.WatchOptions) { o.Patience = &d }
}

// WatchCursor is the place of a watch, for going on there later. Its text may be kept anywhere. It is not safe for
// concurrent use.
type WatchCursor struct{ core core.Cursor }

// NewWatchCursor returns the cursor of a text that String has given, or one without a place for "". Whether the text
// can be used shows when the watch begins.
func NewWatchCursor(text string) *WatchCursor { return &WatchCursor{core.CursorOf(text)} }

// String returns the text of the place, "" when there is none yet. It holds the keys of the last rows, encoded and not
// encrypted.
func (c *WatchCursor) String() string { return c.core.String() }

func watchOptions(options []WatchOption) core.WatchOptions {
	var o core.WatchOptions
	for _, option := range options {
		option(&o)
	}
	return o
}

// Watch ranges over the rows of the query that are new, as they are committed, until ctx ends, which ends the loop
// without an error. With a limit it ends after so many rows.
//
// New are rows that come after those which were there at the beginning, in the order of the key, or on SQLite, where
// the key of a deleted row may come again, of the time of creation; see [WatchBy]. Each row is given once. One whose
// transaction commits late, when greater ones have been given already, is given then: rows are in order within what was
// committed together, and no row is lost, whatever the order of commits is, as long as its value was made no longer
// before its INSERT than [WatchSettle] says. How long the transaction takes after that does not matter. Up to then the
// keys of the rows given are held in memory, and for as long as the oldest writing transaction of the server has been
// open. A row that does not fit the conditions when it is committed is not new when it does later.
//
// A watch goes on where another one ended by a cursor, see [WatchResume]. All rows that came in between are given. The
// text of a cursor holds at most 500 keys of rows that may still get company. When more rows than that were given
// within the time to settle, and one of the others goes away, or a row comes late among them, those that were given at
// about the same time are given again.
//
// No connection of the pool is held while the body runs. On PostgreSQL with a trigger, and on a SQLite file, a
// connection outside of the pool waits for news. One that breaks is made again, and a database that does not answer is
// tried for a while, see [WatchPatience]; no row is lost by that. A watch cannot be part of a transaction, and has an
// order of its own.
func Watch[T any](ctx context.Context, q *Query[T], options ...WatchOption) iter.Seq2[*T, error] {
	rows := q.core.Watch(ctx, watchOptions(options))
	return *(*iter.Seq2[*T, error])(unsafe.Pointer(&rows))
}
