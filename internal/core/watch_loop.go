package core

import (
	"context"
	"errors"
	"slices"
	"time"
	"unsafe"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/internal/token"
	"github.com/prom-go/prom/internal/watch"
	"github.com/prom-go/prom/schema"
)

// watcher is one loop over what is new.
type watcher struct {
	q     Query           // its own
	ctx   context.Context //nolint:containedctx // of the one loop
	yield func(unsafe.Pointer, error) bool
	o     WatchOptions

	settle, patience time.Duration

	b       *binding
	cols    []*schema.Column // of the order
	left    int              // rows that are to come, if limited
	limited bool
	place   *watch.Place

	listener *db.Listener  // nil: it is looked at times
	told     bool          // somebody tells, so that a listener is of use
	asked    bool          // whether told is known
	retry    time.Time     // when to listen again
	pause    time.Duration // before the next try, after one that failed
	failing  time.Time     // since when the database could not be reached; zero when it can
}

// The pauses between tries to reach a database.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// run looks, waits, and looks again.
func (w *watcher) run() error {
	if err := w.prepare(); err != nil {
		return err
	}
	if err := w.b.refuseOnCitus(w.ctx, "watch", "a watch needs to know which transactions are open on each server, "+
		"and would miss rows of long ones"); err != nil {
		return ErrorOf("watch", w.q.repo.table, err)
	}
	if w.o.Trigger {
		if err := install.WatchTrigger(w.ctx, w.b.db, w.q.repo.table); err != nil {
			return ErrorOf("watch", w.q.repo.table, err)
		}
	}
	db := w.b.db
	if !db.IsOpen() {
		if err := db.Ping(w.ctx); err != nil {
			return ErrorOf("watch", w.q.repo.table, err)
		}
	}
	closes := db.Closes()
	if err := w.begin(); err != nil {
		return err
	}
	if at, ok := w.place.Settles(w.settle); ok && !time.Now().Before(at) {
		// First, since a loop that is left after some rows comes no further than to those.
		if err := w.review(); err != nil {
			return err
		}
	}
	for begun := false; ; begun = true {
		if begun && db.Closes() != closes {
			return &driver.Error{Kind: driver.KindClosed, Op: "watch", Table: w.q.repo.table.Name,
				Detail: "the connection was closed"}
		}
		err := w.listen() // first, so that nothing is missed between the look and the listening
		if err == nil {
			err = w.look()
		}
		if err == nil {
			w.failing = time.Time{}
			err = w.wait()
		}
		if err != nil && (!begun || !w.endure(err)) {
			return err
		}
	}
}

// begin finds the place where the watch begins.
func (w *watcher) begin() (err error) {
	r, c := w.q.repo, w.o.Cursor
	of := token.For("watch", r.table.Name, schema.ColumnNames(w.cols)...)
	w.place = &watch.Place{}
	switch {
	case c != nil && c.String() != "":
		content, ok := token.Open(r.tokenKeys, of, c.text)
		if ok {
			w.place, ok = watch.Read(content, w.cols, w.b.db.Dialect().Features().SignedOnly)
		}
		if !ok {
			return ErrorOf("watch", r.table, ErrToken)
		}
	case !w.o.FromStart:
		if w.place.Seen, err = w.last(nil); err != nil {
			return err
		}
		w.place.Settled = w.place.Seen
	}
	if c != nil {
		c.now = func() string { return token.Seal(r.tokenKeys, of, w.place.Append(nil)) }
	}
	return nil
}

func (w *watcher) close() {
	w.unlisten()
	if c := w.o.Cursor; c != nil && c.now != nil {
		_ = c.String()
		c.now = nil
	}
}

// unlisten closes the listener.
func (w *watcher) unlisten() {
	if w.listener != nil {
		w.listener.Close()
		w.listener = nil
	}
}

// endure waits after an error of a connection, and reports whether to go on.
func (w *watcher) endure(err error) bool {
	switch driver.KindOf(err) {
	case driver.KindConnection, driver.KindBusy:
	default:
		return false
	}
	if w.failing.IsZero() {
		w.failing, w.pause = time.Now(), 0
	}
	if time.Since(w.failing) > w.patience {
		return false
	}
	w.pause = min(max(firstPause, 2*w.pause), lastPause)
	return w.sleep(w.pause) == nil
}

func (w *watcher) sleep(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.ctx.Done():
		return w.ctx.Err()
	case <-timer.C:
		return nil
	}
}

// every returns how often to look when nobody tells.
func (w *watcher) every() time.Duration {
	switch {
	case w.o.Every > 0:
		return w.o.Every
	case w.lite():
		return liteEvery
	}
	return pollEvery
}

// lite reports whether the database has no channels, and is asked whether there was a commit.
func (w *watcher) lite() bool { return w.b.db.Dialect().Channel() == "" }

// listen opens a listener, if there is none and somebody tells. While the server does not let it, the watch looks as
// often as without.
func (w *watcher) listen() error {
	if w.listener != nil || w.asked && !w.told || time.Now().Before(w.retry) {
		return nil
	}
	channel, told, err := w.b.db.Channel(w.ctx, w.q.repo.table.Name)
	if err != nil {
		return ErrorOf("watch", w.q.repo.table, err)
	}
	w.asked, w.told = true, told || w.lite()
	if !w.told {
		return nil
	}
	w.listener, err = w.b.db.Listen(w.ctx, channel, w.every())
	switch {
	case err == nil:
		w.told = w.listener != nil
		return nil
	case driver.KindOf(err) == driver.KindReadOnly, // of a standby, where nobody can listen
		driver.KindOf(err) == driver.KindUnsupported && !w.o.Trigger: // behind a pooler
		w.told = false
		return nil
	case driver.KindOf(err) == driver.KindConnection:
		w.retry = time.Now().Add(lastPause)
		return nil
	}
	return ErrorOf("watch", w.q.repo.table, err)
}

// wait waits until it may be worth to look again.
func (w *watcher) wait() error {
	d := w.every()
	if w.listener != nil && w.o.Every == 0 {
		d = toldEvery
	}
	if at, ok := w.place.Settles(w.settle); ok {
		// A place that could not settle waits for a transaction, and that is asked for now and then.
		settles := time.Until(at)
		if settles <= 0 {
			settles = max(w.settle, firstPause)
		}
		d = min(d, settles)
	}
	if w.listener == nil {
		return w.sleep(d)
	}
	if _, err := w.listener.Wait(w.ctx, d); err != nil {
		w.unlisten()
		if driver.Ended(w.ctx) != nil || driver.KindOf(err) != driver.KindConnection {
			return ErrorOf("watch", w.q.repo.table, err)
		}
	}
	return nil
}

// look gives all rows that are there and have not been given.
func (w *watcher) look() error {
	for {
		// Up to a row that is there now: so the rows that the conditions leave out count as looked at too, and a value
		// that comes later is compared by the database, which alone knows its order.
		end, err := w.last(w.place.Seen)
		if err != nil {
			return err
		}
		if end == nil {
			return w.review()
		}
		if err := w.fresh(end); err != nil {
			return err
		}
	}
}

// last returns the greatest row beyond a place, nil for none.
func (w *watcher) last(beyond []schema.Value) ([]schema.Value, error) {
	spec := w.q.spec.Everything()
	if beyond != nil {
		spec = spec.After(w.cols, beyond)
	}
	last, err := w.walker().keys(spec.ByKeysDesc(w.cols).Limit(1), w.cols)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	return last[0], nil
}

func (w *watcher) walker() *walker {
	return &walker{q: w.q, b: w.b, ctx: w.ctx, yield: w.yield}
}

// fresh gives the rows beyond seen, up to another place.
func (w *watcher) fresh(end []schema.Value) error {
	for size, full := firstBatch, true; full; size = w.walker().grown(size) {
		n := size
		if w.limited {
			n = min(n, w.left)
		}
		spec := w.q.spec.UpTo(w.cols, end).ByKeys(w.cols)
		if w.place.Seen != nil {
			spec = spec.After(w.cols, w.place.Seen)
		}
		list, err := w.q.rows(w.ctx, w.b, spec.Limit(n))
		if err != nil {
			return err
		}
		w.place.Look(time.Now(), w.settle)
		err = w.give(list, func(at []schema.Value, given bool) {
			if given {
				w.place.Reach(at)
			} else {
				w.place.Give(at)
			}
		})
		if err != nil {
			return err
		}
		if full = list.Len == n; !full {
			w.place.Reach(end)
		}
		if w.place.Held() > promptKeys {
			if err := w.review(); err != nil {
				return err
			}
		}
	}
	return nil
}

// give hands rows to the loop, those that it has not had. What is to be noted of a row is noted by a function, just
// before it is given.
func (w *watcher) give(list scan.List, note func(at []schema.Value, given bool)) error {
	for i := range list.Len {
		v := w.q.repo.memory.At(list, i)
		if err := w.ctx.Err(); err != nil { // the body may have ended it
			return err
		}
		at, err := w.q.repo.tuple(v, w.cols)
		if err != nil {
			return err
		}
		given := w.place.Given(at)
		if !given { // before the row counts as given, so that it comes again if the hook loses the connection
			if err := w.q.repo.loadedOne(w.ctx, v); err != nil {
				return err
			}
		}
		note(at, given)
		if given {
			continue
		}
		if !w.yield(v, nil) {
			return errStopped
		}
		if w.left--; w.limited && w.left == 0 {
			return errStopped
		}
	}
	return nil
}

// promptKeys is up to how many rows given lately each look searches for such that were committed late among them. Of
// more, they are searched for once, when their place settles.
const promptKeys = 10_000

// review settles what can be settled, and looks for rows that were committed late.
func (w *watcher) review() error {
	horizon := w.horizon
	if w.b.db.Dialect().Horizon() == "" {
		horizon = nil
	}
	for due, err := w.place.Due(w.settle, horizon); due > 0 || err != nil; {
		if err != nil {
			return err
		}
		n, to := w.place.Stretch(due)
		if err = w.finish(to); err == nil {
			w.place.Settle(n)
			due -= n
		}
	}
	if _, ok := w.place.Settles(0); !ok || w.place.Held() > promptKeys {
		return nil
	}
	return w.late()
}

// finish gives the rows between settled and a mark that is about to settle which have not been given. Each of them
// settles what is before it, so that a loop which is left goes on behind it.
func (w *watcher) finish(to []schema.Value) error {
	all, err := w.between(w.place.Settled, to)
	if err != nil {
		return err
	}
	return w.missed(w.place.Missed(all), func(now []schema.Value) { w.place.Settled = now })
}

// horizon asks for the numbers of the database's transactions, see [watch.Place.Due].
func (w *watcher) horizon() (ended, next int64, err error) {
	st := driver.Statement{Op: "watch", Table: w.q.repo.table.Name, SQL: w.b.db.Dialect().Horizon()}
	err = w.b.db.Read(w.ctx, &st, driver.RowFunc(func(rows driver.Rows) (err error) {
		for rows.Next() {
			if ended, err = rows.Int(0); err != nil {
				return err
			}
			if next, err = rows.Int(1); err != nil {
				return err
			}
		}
		return nil
	}))
	if err == nil && next == 0 {
		err = errors.New("the database did not return its transaction IDs")
	}
	return ended, next, err
}

// late gives the rows that have been committed late, as far as all that have been given are known.
func (w *watcher) late() error {
	all, err := w.between(w.place.Known(), w.place.Seen)
	if err != nil {
		return err
	}
	missed := slices.DeleteFunc(all, w.place.Given)
	// which would lose the others, so that they would come again: they come when their place settles
	if w.o.Cursor != nil {
		missed = missed[:min(len(missed), w.place.LateKeys())]
	}
	return w.missed(missed, nil)
}

// between reads the values of the rows behind a place and up to another, in order.
func (w *watcher) between(from, to []schema.Value) ([][]schema.Value, error) {
	if to == nil {
		return nil, nil
	}
	spec := w.q.spec.UpTo(w.cols, to).ByKeys(w.cols)
	if from != nil {
		spec = spec.After(w.cols, from)
	}
	return w.walker().keys(spec, w.cols)
}

// missed gives rows by their values, those that are still there. Before each of them, settle is called with the values,
// or it is noted as given late.
func (w *watcher) missed(missed [][]schema.Value, settle func(at []schema.Value)) error {
	for len(missed) > 0 {
		some := missed[:min(firstBatch, len(missed))]
		missed = missed[len(some):]
		keys := make([][]schema.Value, len(some))
		for i, at := range some {
			keys[i] = w.keyIn(at)
		}
		list, err := w.walker().fetch(keys)
		if err != nil {
			return err
		}
		err = w.give(list, func(at []schema.Value, given bool) {
			switch {
			case settle != nil: // by the values that were looked for, since those of the row may have changed
				for key := w.keyIn(at); !slices.EqualFunc(keys[0], key, schema.Value.Equal); {
					keys, some = keys[1:], some[1:]
				}
				settle(some[0])
			case !given:
				w.place.GiveLate(at)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keyIn returns the key of the row with those values.
func (w *watcher) keyIn(at []schema.Value) []schema.Value {
	key := make([]schema.Value, len(w.q.repo.table.Key))
	for i, k := range w.q.repo.table.Key {
		for j, c := range w.cols {
			if c == k {
				key[i] = at[j]
			}
		}
	}
	return key
}
