package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/audit"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/transfer"
)

type (
	// Crew has boats, and both are in the audit log.
	Crew struct {
		prom.Model
		_    struct{} `prom:"audit"`
		Name string   `prom:"unique"`
	}
	Boat struct {
		prom.Model
		_       struct{}       `prom:"audit"`
		Crew    prom.Ref[Crew] `prom:"crew_id,index"`
		Name    string
		Miles   int
		Version int        `prom:"version"`
		Deleted *time.Time `prom:"deleted"`
	}
)

var (
	boat      = prom.Proto[Boat]()
	boatCrew  = prom.RefOf(boat, &boat.Crew)
	boatMiles = prom.NumberOf(boat, &boat.Miles)
	boatID    = prom.NumberOf(boat, &boat.ID)
	crew      = prom.Proto[Crew]()
	crewID    = prom.NumberOf(crew, &crew.ID)
)

// bringer returns a function that brings a row, as it is now, from one database to the other. The queries find all
// rows, soft-deleted ones too.
func bringer[T any](from, to *prom.Query[T], id *prom.NumberField[*T, int64],
	repo *prom.Repo[T]) func(context.Context, string) error {
	return func(ctx context.Context, key string) error {
		k, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			return err
		}
		row, err := from.Get(ctx, k)
		if errors.Is(err, prom.ErrNotFound) {
			_, err = to.Where(id.Eq(k)).HardDelete(ctx)
			return err
		}
		if err != nil {
			return err
		}
		_, err = repo.OnConflict(id).UpdateAll().Create(ctx, row)
		return err
	}
}

// follower repeats on a new database what the audit log of the old one says has changed.
type follower struct {
	log   *prom.Repo[audit.Entry] // of the old database
	after int64                   // the entry up to which all is repeated
	bring map[string]func(ctx context.Context, key string) error
}

// catchUp repeats what the log has now, and reports whether that was all of it. A row may refer to one, or have the
// unique text of one, whose entry comes later: then the next call begins with its entry again. Nothing is lost if the
// process ends in between: to repeat an entry does no harm, because each brings the row as it is now.
func (f *follower) catchUp(ctx context.Context) (all bool, err error) {
	until, err := prom.Scalar(ctx, f.log.Where(audit.ID.Gt(f.after)), prom.Max(audit.ID))
	if err != nil {
		return false, err
	}
	again, seen := int64(0), map[[2]string]bool{}
	for e, err := range f.log.Where(audit.ID.Gt(f.after), audit.ID.Lte(until)).OrderBy(audit.ID.Asc()).Each(ctx) {
		if err != nil {
			return false, err
		}
		row := [2]string{e.Table, e.Key}
		if seen[row] {
			continue
		}
		seen[row] = true
		err = f.bring[e.Table](ctx, e.Key)
		later := errors.Is(err, prom.ErrForeignKey) || errors.Is(err, prom.ErrUnique)
		if err != nil && !later {
			return false, err
		}
		if later && again == 0 {
			again = e.ID
		}
	}
	switch {
	case again > 0:
		f.after = again - 1
	case until > 0:
		f.after = until
	}
	return again == 0, nil
}

// writeCrews writes at random, in every way that a service does, as many transactions as it may by now, until it may
// none.
func writeCrews(ctx context.Context, db *prom.DB, seed uint64, may *atomic.Int64) error {
	on, r := prom.Using(db), rand.New(rand.NewPCG(seed, 1))
	crews, boats := prom.NewRepo[Crew](on), prom.NewRepo[Boat](on)
	for n := int64(0); may.Load() > 0; {
		if n >= may.Load() {
			time.Sleep(time.Millisecond)
			continue
		}
		n++
		err := db.Tx(ctx, func(ctx context.Context) error {
			c := Crew{Name: fmt.Sprintf("crew %d-%d", seed, n)}
			if err := crews.Create(ctx, &c); err != nil {
				return err
			}
			two := []Boat{{Crew: prom.RefTo(&c), Name: "a"}, {Crew: prom.RefTo(&c), Name: "b"}}
			if err := boats.CreateMany(ctx, two); err != nil {
				return err
			}
			some := boats.Where(boatID.Lt(2*c.ID-int64(r.IntN(20))), boatID.Gt(2*c.ID-30))
			switch r.IntN(4) {
			case 0: // to the new crew
				_, err := some.Update(ctx, boatCrew.Set(c.ID), boatMiles.Add(1))
				return err
			case 1:
				_, err := some.Where(boatMiles.Eq(0)).Delete(ctx)
				return err
			case 2:
				_, err := some.Where(boatMiles.Gt(1)).HardDelete(ctx)
				return err
			}
			b, err := some.First(ctx)
			if err != nil {
				return ignore(err, prom.ErrNotFound)
			}
			b.Name = fmt.Sprint("boat ", n)
			return boats.Save(ctx, b)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func ignore(err error, kind prom.Kind) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}

// Ensure that a service goes from SQLite to PostgreSQL while it writes, as docs/guide/sqlite-to-postgres.md tells: by a
// copy of a backup, and a follower of the audit log, with a moment without writes at the end.
func TestFollow(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	oldDSN := dbtest.Engine{DSN: dbtest.SQLite(t)}
	old, to := kit.Open(t, oldDSN.DSN), kit.Open(t, dbtest.Postgres(t))
	oldCrews, oldBoats := prom.NewRepo[Crew](prom.Using(old)), prom.NewRepo[Boat](prom.Using(old))
	crews, boats := oldCrews.Using(to), oldBoats.Using(to)
	is.NoErr(prom.Install(ctx, oldCrews, oldBoats))
	var may atomic.Int64
	may.Store(20)
	writers := make(chan error, 2)
	for seed := range uint64(2) {
		go func() { writers <- writeCrews(ctx, old, seed+1, &may) }()
	}
	written := func(n int) { // and go on
		t.Helper()
		for have := 0; have < n; time.Sleep(time.Millisecond) {
			var err error
			have, err = oldCrews.Count(ctx)
			is.NoErr(err)
			select {
			case err := <-writers:
				t.Fatal(err)
			default:
			}
		}
		may.Add(10)
	}
	written(30)

	file := filepath.Join(t.TempDir(), "copy.db")
	is.NoErr(old.Backup(ctx, file))
	copied := kit.Open(t, "sqlite:///"+strings.TrimPrefix(filepath.ToSlash(file), "/"))
	_, err := transfer.Copy(ctx, (*db.DB)(copied), (*db.DB)(to),
		transfer.Options{Models: schemas(oldCrews, oldBoats)})
	is.NoErr(err)
	begin, err := prom.Scalar(ctx, audit.NewRepo(prom.Using(copied)).Query(), prom.Max(audit.ID))
	is.NoErr(err)
	log := audit.NewRepo(prom.Using(old))
	f := &follower{log: log, after: begin, bring: map[string]func(context.Context, string) error{
		"crew": bringer(oldCrews.Query(), crews.Query(), crewID, crews),
		"boat": bringer(oldBoats.Query().WithDeleted(), boats.Query().WithDeleted(), boatID, boats),
	}}
	for n := range 3 {
		written(50 + 20*n)
		_, err := f.catchUp(ctx)
		is.NoErr(err)
	}
	may.Store(0)
	for range 2 {
		is.NoErr(<-writers)
	}
	rounds := 0
	for all := false; !all; rounds++ {
		all, err = f.catchUp(ctx)
		is.NoErr(err)
		is.True(rounds < 20)
	}
	newest, err := prom.Scalar(ctx, f.log.Query(), prom.Max(audit.ID))
	is.NoErr(err)
	is.Equal(f.after, newest)
	t.Logf("%d entries followed, %d rounds at the end", newest-begin, rounds)
	for _, sql := range []string{
		"SELECT setval(pg_get_serial_sequence('crew', '_id'), (SELECT max(_id) FROM crew))",
		"SELECT setval(pg_get_serial_sequence('boat', '_id'), (SELECT max(_id) FROM boat))",
	} {
		_, err := prom.RawExec(ctx, to, sql)
		is.NoErr(err)
	}

	wantCrews, err := oldCrews.OrderBy(crewID.Asc()).All(ctx)
	is.NoErr(err)
	gotCrews, err := crews.OrderBy(crewID.Asc()).All(ctx)
	is.NoErr(err)
	is.Equal(len(gotCrews), len(wantCrews))
	for i, want := range wantCrews {
		is.True(gotCrews[i].ID == want.ID && gotCrews[i].Name == want.Name)
	}
	wantBoats, err := oldBoats.OrderBy(boatID.Asc()).WithDeleted().All(ctx)
	is.NoErr(err)
	gotBoats, err := boats.OrderBy(boatID.Asc()).WithDeleted().All(ctx)
	is.NoErr(err)
	is.Equal(len(gotBoats), len(wantBoats))
	other := 0
	for i, want := range wantBoats {
		got := gotBoats[i]
		is.True(got.ID == want.ID && got.Name == want.Name && got.Miles == want.Miles && got.Crew.Key() == want.Crew.Key())
		is.Equal(got.Deleted == nil, want.Deleted == nil)
		is.True(got.Created.Equal(want.Created))
		if got.Version != want.Version || !got.Updated.Equal(want.Updated) {
			other++
		}
	}
	t.Logf("%d boats, %d of them with another version or time of update", len(wantBoats), other)
	is.NoErr(crews.Create(ctx, &Crew{Name: "the first of the new database"}))
}
