package events_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that each way to the database is told as what it was, once, with its rows.
func TestEvents(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		db, r := open(t, e.DSN)
		notes := kit.Notes(db)
		n := kit.MustCreate(t, notes, kit.Note{Title: "first"})
		r.take()

		_, err := notes.Get(ctx, n.ID)
		is.NoErr(err)
		is.Equal(r.take(), []string{"statement get note rows=1"})
		_, err = notes.Get(ctx, 4711)
		is.True(errors.Is(err, prom.ErrNotFound))
		is.Equal(r.take(), []string{"statement get note"})
		kit.MustCreate(t, notes, kit.Note{Title: "second"})
		is.Equal(r.take(), []string{"statement insert note rows=1"})
		list, err := notes.Query().All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 2)
		is.Equal(r.take(), []string{"statement query note rows=2"})
		n.Views = 7
		is.NoErr(notes.Update(ctx, n))
		is.Equal(len(r.all(prom.EventStatement)), 1)
		is.Equal(r.all(prom.EventStatement)[0].Rows, int64(1))
		r.take()
		changed, err := notes.Query().Where(kit.NoteID.Gt(0)).Update(ctx, kit.NoteViews.Set(1))
		is.NoErr(err)
		is.Equal(changed, 2)
		is.Equal(r.all(prom.EventStatement)[0].Rows, int64(2))
		r.take()
		r.take()
		is.NoErr(notes.DeleteKey(ctx, n.ID))
		is.Equal(r.all(prom.EventStatement)[0].Rows, int64(1))
		r.take()

		err = notes.CreateMany(ctx, []kit.Note{{Title: "a"}, {Title: "b"}, {Title: "c"}})
		is.NoErr(err)
		stored := int64(0)
		for _, ev := range r.all(prom.EventStatement) {
			if ev.Op == "insert" {
				stored += ev.Rows
			}
		}
		is.Equal(stored, int64(3))
		r.take()

		texts, err := prom.RawQuery[string](db, "SELECT title FROM note").All(ctx)
		is.NoErr(err)
		is.Equal(len(texts), 4)
		is.Equal(r.all(prom.EventStatement)[0].Rows, int64(4))
		is.Equal(len(r.take()), 1)
	})
}

// Ensure that what goes by COPY is told as COPY, with its bytes, and that no INSERT is told that was never sent.
func TestEvents_Copy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, r := open(t, e.DSN)
		notes := kit.Notes(db)
		is.NoErr(notes.CreateMany(t.Context(), manyNotes(1)))
		r.take()
		for _, inTx := range []bool{false, true} {
			work := func(ctx context.Context) error { return notes.CreateMany(ctx, manyNotes(4000)) }
			if inTx {
				is.NoErr(db.Tx(t.Context(), work))
			} else {
				is.NoErr(work(t.Context()))
			}
			kind, verb := prom.EventStatement, "INSERT"
			if e.Name == dbtest.NamePostgres {
				kind, verb = prom.EventCopy, "COPY"
			}
			events := slices.DeleteFunc(r.all(kind), func(e prom.Event) bool { return e.Op == "inspect" })
			is.Equal(len(events), 1)
			is.Equal(events[0].Rows, int64(4000))
			is.True(strings.HasPrefix(events[0].SQL, verb))
			is.Equal(events[0].Bytes > 4000*50, e.Name == dbtest.NamePostgres)
			is.Equal(events[0].Op, "insert")
			r.take()
		}
	})
}

func manyNotes(n int) []kit.Note {
	list := make([]kit.Note, n)
	for i := range list {
		list[i] = kit.Note{Title: "t", Body: strings.Repeat("b", 20)}
	}
	return list
}

// Ensure that a transaction holds what happens in it, that nested ones are savepoints, and that a batch holds its
// statements.
func TestEvents_Tx(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		db, r := open(t, e.DSN)
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		r.take()

		var outside []string
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			kit.MustIn(ctx, t, notes, kit.Note{Title: "in"})
			is.NoErr(db.AfterCommit(ctx, func(ctx context.Context) {
				s, _ := ctx.Value(path{}).(string)
				outside = append(outside, "after"+s)
			}))
			err := db.Tx(ctx, func(ctx context.Context) error {
				kit.MustIn(ctx, t, notes, kit.Note{Title: "in in"})
				return errOwn
			})
			is.Equal(err, errOwn)
			return db.Tx(ctx, func(context.Context) error { return nil })
		}))
		is.Equal(outside, []string{"after"})
		is.Equal(r.take(), []string{
			"transaction begin",
			"transaction statement insert note rows=1",
			"transaction transaction savepoint",
			"transaction transaction statement insert note rows=1",
			"transaction transaction rollback to rollback",
			"transaction transaction failed",
			"transaction transaction savepoint",
			"transaction transaction release",
			"transaction transaction",
			"transaction commit",
			"transaction",
		})

		is.Equal(db.Tx(ctx, func(context.Context) error { return errOwn }), errOwn)
		is.Equal(r.take(), []string{"transaction begin", "transaction rollback", "transaction failed"})
		func() {
			defer func() { is.Equal(recover(), "ouch") }()
			_ = db.Tx(ctx, func(context.Context) error { panic("ouch") })
		}()
		is.Equal(r.take(), []string{"transaction begin", "transaction rollback", "transaction failed"})

		attempts := 0
		is.NoErr(db.Tx(ctx, func(context.Context) error {
			if attempts++; attempts == 1 {
				return &prom.Error{Kind: prom.ErrSerialization}
			}
			return nil
		}, prom.Retry(1)))
		is.Equal(r.take(), []string{
			"transaction begin", "transaction rollback", "transaction failed: serialization failure",
			"retry transaction attempt=2 failed: serialization failure",
			"transaction begin", "transaction commit", "transaction attempt=2",
		})

		var b prom.Batch
		prom.Queue(&b, notes).Create(&kit.Note{Title: "x"})
		prom.Queue(&b, notes).Create(&kit.Note{Title: "y"})
		is.NoErr(b.Run(ctx))
		lines := r.take()
		statements, batches := 0, 0
		for _, s := range lines {
			if strings.HasSuffix(s, "statement insert note rows=1") {
				statements++
			}
			if strings.HasSuffix(s, "batch rows=2 of=2") {
				batches++
			}
		}
		is.Equal(statements, 2)
		is.Equal(batches, 1)
	})
}

// Ensure that an installation is told with the statements that change the schema, and the statement that waits for it
// as one that ran twice.
func TestEvents_Install(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, r := open(t, e.DSN)
		kit.MustCreate(t, kit.Notes(db), kit.Note{Title: "first"})
		var ddl, installs, retries int
		for _, s := range r.take() {
			switch {
			case strings.HasSuffix(s, " ddl"):
				ddl++
				is.True(strings.HasPrefix(s, "install transaction "))
			case s == "install note":
				installs++
			case s == "retry insert note attempt=2 failed: no such table":
				retries++
			case strings.HasPrefix(s, "statement insert note") && strings.Contains(s, "failed"):
				is.Equal(s, "statement insert note failed: no such table")
			case strings.HasPrefix(s, "statement insert note"):
				is.Equal(s, "statement insert note rows=1 attempt=2")
			}
		}
		is.Equal(installs, 1)
		is.Equal(retries, 1)
		is.True(ddl >= 2) // the table and its index
	})
}

// Ensure that arguments are told when they are asked for, and only then.
func TestEvents_Args(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		for _, asked := range []bool{false, true} {
			var options []prom.OpenOption
			if asked {
				options = append(options, prom.LogArgs())
			}
			db, r := open(t, e.DSN, options...)
			_, err := kit.Notes(db).Query().Where(kit.NoteTitle.Eq("secret-value")).All(t.Context())
			is.NoErr(err)
			found := false
			for _, ev := range r.all(prom.EventStatement) {
				for _, a := range ev.Args {
					found = found || a == "secret-value"
				}
				is.True(!strings.Contains(ev.SQL, "secret-value"))
			}
			is.Equal(found, asked)
		}
	})
}

// Ensure that waits are told with what was waited for: the pool, the writer of SQLite, the turn in a transaction, and
// the lock of another process's writer.
func TestEvents_Waits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		db, r := open(t, e.With("pool_max_conns=1"))
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		r.take()
		waited := func(want prom.Wait) bool {
			for _, ev := range r.all(prom.EventWait) {
				if ev.Wait == want && ev.Duration >= 10*time.Millisecond {
					return true
				}
			}
			return false
		}
		hold := func(other func()) {
			in, out := make(chan struct{}), make(chan struct{})
			go func() { <-in; other(); close(out) }()
			is.NoErr(db.Tx(ctx, func(context.Context) error {
				close(in)
				time.Sleep(50 * time.Millisecond)
				return nil
			}))
			<-out
		}
		hold(func() { kit.MustCreate(t, notes, kit.Note{Title: "waits"}) })
		if e.Name == dbtest.NamePostgres {
			is.True(waited(prom.WaitPool))
		} else {
			is.True(waited(prom.WaitWriter))
		}

		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			for _, err := range notes.Query().Stream(ctx) {
				is.NoErr(err)
				done := make(chan struct{})
				go func() {
					defer close(done)
					_, _ = notes.Get(ctx, 1)
				}()
				time.Sleep(50 * time.Millisecond)
				defer func() { <-done }()
				break
			}
			return nil
		}))
		is.True(waited(prom.WaitTurn))

		if e.Name == dbtest.NameSQLite && e.Mode != "memory" {
			other := kit.Open(t, e.DSN)
			in, out := make(chan struct{}), make(chan error)
			go func() {
				out <- other.Tx(ctx, func(ctx context.Context) error {
					kit.MustIn(ctx, t, kit.Notes(other), kit.Note{Title: "other"})
					close(in)
					time.Sleep(50 * time.Millisecond)
					return nil
				})
			}()
			<-in
			kit.MustCreate(t, notes, kit.Note{Title: "waits for a lock"})
			is.NoErr(<-out)
			is.True(waited(prom.WaitLock))
		}
	})
}

// Ensure that reads which share a statement are told, beside the statement.
func TestEvents_Coalesced(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, r := open(t, e.DSN)
		kit.MustCreate(t, kit.Notes(db), kit.Note{Title: "first"})
		r.take()
		notes := prom.NewRepo[kit.Note](prom.Using(db), prom.BatchGets())
		var statements, shared int
		for range 100 { // one statement may be back before the next call
			r.take()
			is.NoErr(kit.Together(200, func(int) error {
				_, err := notes.Get(t.Context(), 1)
				return err
			}))
			statements, shared = len(r.all(prom.EventStatement)), len(r.all(prom.EventCoalesced))
			if shared > 0 {
				break
			}
		}
		is.True(shared > 0)
		is.True(statements > 0 && statements < 200)
		for _, ev := range r.all(prom.EventCoalesced) {
			is.Equal(ev.Rows, int64(1))
			is.NoErr(ev.Err)
		}
		r.take()
	})
}

// Ensure that connections are told, and one after a failure as such.
func TestEvents_Connect(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		db, r := open(t, e.DSN)
		is.NoErr(db.Ping(ctx))
		first := r.all(prom.EventConnect)
		is.True(len(first) >= 1 && !first[0].Reconnect && first[0].Err == nil)
		if e.Name != dbtest.NamePostgres {
			return
		}
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "first"})
		r.take()
		killed := db.Tx(ctx, func(ctx context.Context) error {
			_, err := prom.RawExec(ctx, db, "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		})
		is.True(killed != nil)
		_, err := notes.Query().Count(ctx)
		is.NoErr(err)
		again := r.all(prom.EventConnect)
		is.True(len(again) >= 1)
		is.True(again[0].Reconnect)
	})
}
