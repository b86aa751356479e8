package production_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that the figures of a connection tell what has happened, before it connects, while calls wait, and after its
// end.
func TestStats(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.With("pool_maxconn=2"))
		is.Equal(db.Stats(), prom.Stats{})
		notes := kit.Notes(db)
		n := kit.MustCreate(t, notes, kit.Note{Title: "n"})
		ctx := kit.Ended(t)
		s := db.Stats()
		is.True(s.Open)
		is.Equal(s.Connected, uint64(1))
		is.True(s.Statements.Shapes > 0 && s.Statements.Misses > 0)

		// Two transactions take both connections; a third call waits, and a fourth gives up.
		taken, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 3)
		for range 2 {
			go func() {
				done <- db.Tx(ctx, func(ctx context.Context) error {
					_, err := notes.Get(ctx, n.ID)
					taken <- struct{}{}
					<-release
					return err
				}, prom.ReadOnly())
			}()
			<-taken
		}
		before := db.Stats().Pool
		is.Equal([]int{before.Max, before.Total, before.Idle, before.InUse}, []int{2, 2, 0, 2})
		is.True(db.Health(short(t)).Exhausted)
		before = db.Stats().Pool
		go func() { _, err := notes.Get(ctx, n.ID); done <- err }()
		_, err := notes.Get(short(t), n.ID)
		is.True(errors.Is(err, prom.ErrTimeout))
		close(release)
		for range 3 {
			is.NoErr(<-done)
		}
		after := db.Stats().Pool
		is.Equal(after.InUse, 0)
		is.Equal(after.Idle, 2)
		is.True(after.Acquires > before.Acquires)
		is.True(after.Waits > before.Waits)
		is.True(after.WaitTime-before.WaitTime > 10*time.Millisecond)
		is.True(after.GaveUp > before.GaveUp)
		is.True(after.Opened >= 2)

		if e.Name == dbtest.NameSQLite {
			is.Equal(after.Opened, uint64(2))
			is.Equal(db.Stats().Writer.Max, 1)
			for i := 0; db.Stats().GroupCommits == 0 && i < 100; i++ {
				is.NoErr(kit.Together(8, func(int) error { return notes.Create(ctx, &kit.Note{Title: "n"}) }))
			}
			s := db.Stats()
			is.True(s.GroupCommits > 0 && s.GroupedWrites >= s.GroupCommits*2)
			is.True(s.Writer.Waits > 0 && s.Writer.WaitTime > 0)
		} else {
			is.Equal(db.Stats().Writer, prom.PoolStats{})
		}
		is.NoErr(db.Close())
		s = db.Stats()
		is.True(!s.Open)
		is.Equal(s.Pool, prom.PoolStats{})
		is.Equal(s.Connected, uint64(1))
	})
}

// short is a context that ends soon.
func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// Ensure that figures and health checks may be taken beside everything else.
func TestStats_Concurrent(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		notes := kit.Notes(db)
		kit.MustCreate(t, notes, kit.Note{Title: "n"})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 20 {
					if err := notes.Create(context.Background(), &kit.Note{Title: "n"}); err != nil {
						t.Error(err)
					}
				}
			})
			wg.Go(func() {
				for range 20 {
					_ = db.Stats()
					if h := db.Health(context.Background()); h.Err != nil || h.ReadOnly {
						t.Error(h)
					}
				}
			})
		}
		wg.Wait()
	})
}

// Ensure that a health check tells the version and whether the database takes writes, and does not wait for a writer.
func TestHealth(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.With("#checked"))
		kit.MustCreate(t, kit.Notes(db), kit.Note{Title: "n"})
		h := db.Health(context.Background())
		is.NoErr(h.Err)
		is.Equal(h.Name, "checked")
		is.True(h.Version != "" && h.Latency > 0)
		is.True(!h.ReadOnly && !h.Recovery && !h.Exhausted)
		if e.DSN == "sqlite://:memory:" {
			return
		}
		is.Equal(h.Journal == "wal", e.Name == dbtest.NameSQLite)
		is.NoErr(db.Tx(kit.Ended(t), func(ctx context.Context) error {
			kit.MustIn(ctx, t, kit.Notes(db), kit.Note{Title: "held"})
			for _, from := range []*prom.DB{db, kit.Open(t, e.DSN)} {
				h := from.Health(context.Background())
				is.NoErr(h.Err)
				is.True(h.Latency < 3*time.Second)
			}
			return nil
		}))
		h = kit.Open(t, e.With("readonly=true")).Health(context.Background())
		is.NoErr(h.Err)
		is.True(h.ReadOnly)
	})
}

// Ensure that a health check of what does not answer is an error without secrets, and within its time.
func TestHealth_Fails(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	reg := new(prom.Registry)
	file := t.TempDir() + "/gone.db"
	gone, err := reg.Open("sqlite://" + file + "#gone")
	is.NoErr(err)
	is.NoErr(gone.Ping(kit.Ended(t)))
	for _, ending := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(file + ending)
	}
	_, err = reg.Open("postgres://user:SECRET@127.0.0.1:1/db?connect_timeout=1#down")
	is.NoErr(err)
	_, err = reg.Open("sqlite://" + t.TempDir() + "/fine.db#fine")
	is.NoErr(err)
	broken := t.TempDir() + "/broken.db"
	is.NoErr(os.WriteFile(broken, []byte("this is no database, but a text that is long enough"), 0o600))
	_, err = reg.Open("sqlite://" + broken + "#text")
	is.NoErr(err)
	t.Cleanup(func() { _ = reg.Close() })
	list := reg.Health(kit.Ended(t))
	is.Equal(len(list), 4)
	for i, want := range []struct {
		name string
		kind error
	}{{"down", prom.ErrConnection}, {"fine", nil}, {"gone", prom.ErrConnection}, {"text", prom.ErrCorrupt}} {
		is.Equal(list[i].Name, want.name)
		if want.kind == nil {
			is.NoErr(list[i].Err)
			continue
		}
		kit.NoSecret(t, list[i].Err)
		if !errors.Is(list[i].Err, want.kind) {
			t.Errorf("%s: %v", want.name, list[i].Err)
		}
	}
}

// Ensure that a health check tells that the server refuses writes.
func TestHealth_ReadOnlyServer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	u, err := url.Parse(dbtest.Postgres(t))
	is.NoErr(err)
	q := u.Query()
	q.Set("default_transaction_read_only", "on")
	u.RawQuery = q.Encode()
	h := kit.Open(t, u.String()).Health(context.Background())
	is.NoErr(h.Err)
	is.True(h.ReadOnly)
	is.True(!h.Recovery)
}
