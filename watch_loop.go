package prom

import (
	"context"
	"errors"
	"time"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// watcher is one loop over what is new.
type watcher[T any] struct {
	q     Query[T]        // its own
	ctx   context.Context //nolint:containedctx // of the one loop
	yield func(*T, error) bool
	o     watchOptions

	b       *binding
	cols    []*schema.Column // of the order
	left    int              // rows that are to come, if limited
	limited bool
	place   place

	listener *conn.Listener // nil: it is looked at times
	told     bool           // somebody tells, so that a listener is of use
	asked    bool           // whether told is known
	retry    time.Time      // when to listen again
	pause    time.Duration  // before the next try, after one that failed
	failing  time.Time      // since when the database could not be reached; zero when it can
}

// The pauses between tries to reach a database.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// run looks, waits, and looks again.
func (w *watcher[T]) run() error {
	if err := w.prepare(); err != nil {
		return err
	}
	if w.o.trigger {
		if err := install.WatchTrigger(w.ctx, w.b.db, w.q.repo.table); err != nil {
			return errorOf("watch", w.q.repo.table, err)
		}
	}
	db := w.b.db
	if !db.IsOpen() {
		if err := db.Ping(w.ctx); err != nil {
			return errorOf("watch", w.q.repo.table, err)
		}
	}
	opened := db.Opened()
	if err := w.begin(); err != nil {
		return err
	}
	for begun := false; ; begun = true {
		if begun && (!db.IsOpen() || db.Opened() != opened) {
			return &Error{Kind: ErrClosed, Op: "watch", Table: w.q.repo.table.Name, Detail: "the connection was closed"}
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
func (w *watcher[T]) begin() (err error) {
	names := schema.ColumnNames(w.cols)
	of := tokenOf("watch", w.q.repo.table, names...)
	c := w.o.cursor
	switch {
	case c != nil && c.String() != "":
		content, err := w.q.repo.open(of, c.text)
		if err == nil {
			w.place, err = readPlace(content, w.cols)
		}
		if err != nil {
			return errorOf("watch", w.q.repo.table, err)
		}
	case !w.o.fromStart:
		if w.place.seen, err = w.last(nil); err != nil {
			return err
		}
		w.place.settled = w.place.seen
	}
	if c != nil {
		c.now = func() string { return w.q.repo.seal(of, w.place.append(nil)) }
	}
	return nil
}

func (w *watcher[T]) close() {
	w.deafen()
	if c := w.o.cursor; c != nil && c.now != nil {
		_ = c.String()
		c.now = nil
	}
}

// deafen closes the listener.
func (w *watcher[T]) deafen() {
	if w.listener != nil {
		w.listener.Close()
		w.listener = nil
	}
}

// endure waits after an error of a connection, and reports whether to go on.
func (w *watcher[T]) endure(err error) bool {
	switch conn.KindOf(err) {
	case ErrConnection, ErrBusy:
	default:
		return false
	}
	if w.failing.IsZero() {
		w.failing, w.pause = time.Now(), 0
	}
	if time.Since(w.failing) > w.o.patience {
		return false
	}
	w.pause = min(max(firstPause, 2*w.pause), lastPause)
	return w.sleep(w.pause) == nil
}

func (w *watcher[T]) sleep(d time.Duration) error {
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
func (w *watcher[T]) every() time.Duration {
	switch {
	case w.o.every > 0:
		return w.o.every
	case w.lite():
		return liteEvery
	}
	return pollEvery
}

// lite reports whether the database has no channels, and is asked whether there was a commit.
func (w *watcher[T]) lite() bool { return w.b.db.Dialect().Channel() == "" }

// listen opens a listener, if there is none and somebody tells. While the server does not let it, the watch looks as often as
// without.
func (w *watcher[T]) listen() error {
	if w.listener != nil || w.asked && !w.told || time.Now().Before(w.retry) {
		return nil
	}
	channel, told, err := conn.Channel(w.ctx, w.b.db, w.q.repo.table.Name)
	if err != nil {
		return errorOf("watch", w.q.repo.table, err)
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
	case conn.KindOf(err) == ErrReadOnly: // of a standby, where nobody can listen
		w.told = false
		return nil
	case conn.KindOf(err) == ErrConnection:
		w.retry = time.Now().Add(lastPause)
		return nil
	}
	return errorOf("watch", w.q.repo.table, err)
}

// wait waits until it may be worth to look again.
func (w *watcher[T]) wait() error {
	d := w.every()
	if w.listener != nil && w.o.every == 0 {
		d = toldEvery
	}
	if len(w.place.marks) > 0 {
		// A place that could not settle waits for a transaction, and that is asked for now and then.
		settles := time.Until(w.place.marks[0].time.Add(w.o.settle))
		if settles <= 0 {
			settles = max(w.o.settle, firstPause)
		}
		d = min(d, settles)
	}
	if w.listener == nil {
		return w.sleep(d)
	}
	if _, err := w.listener.Wait(w.ctx, d); err != nil {
		w.deafen()
		if w.ctx.Err() != nil || conn.KindOf(err) != ErrConnection {
			return errorOf("watch", w.q.repo.table, err)
		}
	}
	return nil
}

// look gives all rows that are there and have not been given.
func (w *watcher[T]) look() error {
	for {
		// Up to a row that is there now: so the rows that the conditions leave out count as looked at too, and a value that comes
		// later is compared by the database, which alone knows its order.
		end, err := w.last(w.place.seen)
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
func (w *watcher[T]) last(beyond []schema.Value) ([]schema.Value, error) {
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

func (w *watcher[T]) walker() *walker[T] {
	return &walker[T]{q: w.q, b: w.b, ctx: w.ctx, yield: w.yield}
}

// fresh gives the rows beyond seen, up to another place.
func (w *watcher[T]) fresh(end []schema.Value) error {
	for size, full := firstBatch, true; full; size = w.walker().grown(size) {
		n := size
		if w.limited {
			n = min(n, w.left)
		}
		spec := w.q.spec.UpTo(w.cols, end).ByKeys(w.cols)
		if w.place.seen != nil {
			spec = spec.After(w.cols, w.place.seen)
		}
		list, err := w.q.rows(w.ctx, w.b, spec.Limit(n))
		if err != nil {
			return err
		}
		when := time.Now()
		keys, err := w.give(list, true)
		if err != nil {
			w.place.look(w.place.seen, when, keys, w.o.settle)
			return err
		}
		to := end
		if full = len(list) == n; full {
			to = w.place.seen
		}
		w.place.look(to, when, keys, w.o.settle)
		if len(w.place.given) > promptKeys {
			if err := w.review(); err != nil {
				return err
			}
		}
	}
	return nil
}

// give hands rows to the loop, those that it has not had, and returns the keys of these. Fresh ones move seen along.
func (w *watcher[T]) give(list []T, fresh bool) (keys []string, err error) {
	for i := range list {
		if err := w.ctx.Err(); err != nil { // the body may have ended it
			return keys, err
		}
		at, err := w.q.repo.tuple(&list[i], w.cols)
		if err != nil {
			return keys, err
		}
		given := w.place.wasGiven(at)
		if !given { // before the row counts as given, so that it comes again if the hook loses the connection
			if err := loadedOne(w.ctx, w.q.repo.hooks, &list[i]); err != nil {
				return keys, err
			}
		}
		if fresh {
			w.place.seen = at
		}
		if given {
			continue
		}
		keys = append(keys, w.place.give(at))
		if !w.yield(&list[i], nil) {
			return keys, errStopped
		}
		if w.left--; w.limited && w.left == 0 {
			return keys, errStopped
		}
	}
	return keys, nil
}

// promptKeys is up to how many rows given lately each look searches for such that were committed late among them. Of more, they are
// searched for once, when their place settles.
const promptKeys = 10_000

// review looks for rows that were committed late, and settles what can be settled then.
func (w *watcher[T]) review() error {
	if len(w.place.marks) == 0 {
		return nil
	}
	n, err := w.due()
	if err != nil {
		return err
	}
	to := w.place.seen
	if len(w.place.given) > promptKeys {
		if n == 0 {
			return nil
		}
		to = w.place.marks[n-1].at
	}
	if err := w.late(to); err != nil {
		return err
	}
	w.place.settle(n)
	return nil
}

// due returns how many marks are settled once the rows up to them have been looked at again. That is so when the values of all rows
// that could come before them had been made, and their INSERTs had reached the database, by a moment, and all transactions that
// were open at that moment have ended by now.
func (w *watcher[T]) due() (n int, err error) {
	sql := w.b.db.Dialect().Horizon()
	var ended, next int64
	for i := range w.place.marks {
		m := &w.place.marks[i]
		if time.Since(m.time) < w.o.settle {
			break
		}
		if sql != "" {
			if next == 0 {
				if ended, next, err = w.horizon(sql); err != nil {
					return 0, err
				}
			}
			if m.past == 0 {
				m.past = next
			}
			if ended < m.past {
				continue
			}
		}
		n = i + 1
	}
	return n, nil
}

func (w *watcher[T]) horizon(sql string) (ended, next int64, err error) {
	st := conn.Statement{Op: "watch", Table: w.q.repo.table.Name, SQL: sql}
	err = w.b.db.Read(w.ctx, &st, conn.RowFunc(func(rows conn.Rows) (err error) {
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
		err = errors.New("the database did not tell the numbers of its transactions")
	}
	return ended, next, err
}

// late gives the rows between settled and another place that have not been given.
func (w *watcher[T]) late(to []schema.Value) error {
	if to == nil {
		return nil
	}
	spec := w.q.spec.UpTo(w.cols, to).ByKeys(w.cols)
	if w.place.settled != nil {
		spec = spec.After(w.cols, w.place.settled)
	}
	all, err := w.walker().keys(spec, w.cols)
	if err != nil {
		return err
	}
	var missed [][]schema.Value
	for _, at := range all {
		if !w.place.wasGiven(at) {
			missed = append(missed, w.keyIn(at))
		}
	}
	for len(missed) > 0 {
		some := missed[:min(firstBatch, len(missed))]
		missed = missed[len(some):]
		list, err := w.walker().fetch(some)
		if err != nil {
			return err
		}
		keys, err := w.give(list, false)
		w.place.late(keys)
		if err != nil {
			return err
		}
	}
	return nil
}

// keyIn returns the key of the row with those values.
func (w *watcher[T]) keyIn(at []schema.Value) []schema.Value {
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
