package read_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var deep = prom.Proto[kit.Deep]()

// stream lists the views of the rows that a loop over a stream gets.
func stream(ctx context.Context, q *prom.Query[kit.Note], body func(*kit.Note) error) (got []int, err error) {
	for n, err := range q.Stream(ctx) {
		if err != nil {
			return got, err
		}
		got = append(got, n.Views)
		if body != nil {
			if err := body(n); err != nil {
				return got, err
			}
		}
	}
	return got, nil
}

// Ensure that a stream gives the rows that All does, in the order asked for or any, whole or a page of them, outside a
// transaction and in one.
func TestStream(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		repo := kit.Tiles(t, db, 700)
		for _, s := range kit.Situations {
			is := is.New(t)
			is.NoErr(s.In(kit.Ended(t), db, func(ctx context.Context) error {
				got, err := stream(ctx, repo.Query(), nil)
				is.NoErr(err)
				slices.Sort(got)
				is.True(slices.Equal(got, kit.UpTo(700)))
				for _, q := range []*prom.Query[kit.Note]{repo.OrderBy(kit.NoteViews.Desc()),
					repo.OrderBy(kit.NoteStars.Asc(), kit.NoteID.Desc()),
					repo.OrderBy(kit.NoteViews.Asc()).Limit(100).Offset(650), repo.OrderBy(kit.NoteID.Asc()).Limit(0), repo.OrderBy(kit.NoteID.Asc()).Limit(17),
					repo.Where(kit.NoteStars.IsNull()).OrderBy(kit.NoteID.Asc())} {
					list, err := q.All(ctx)
					is.NoErr(err)
					i := 0
					for n, err := range q.Stream(ctx) {
						is.NoErr(err)
						is.True(n.Title == list[i].Title && n.ID == list[i].ID && n.At.Equal(list[i].At) &&
							(n.Stars == nil) == (list[i].Stars == nil))
						is.Equal(len(repo.Modified(n)), 0)
						i++
					}
					is.Equal(i, len(list))
				}
				return nil
			}))
		}
		kit.Idle(t, db)
	})
}

// Ensure that the values of a stream are the caller's own: they stay as they are while later rows are read, and can be
// changed and saved after the loop.
func TestStreamKeeps(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[kit.Deep](prom.Using(kit.Open(t, e.DSN)))
		list := make([]kit.Deep, 300)
		for i := range list {
			list[i] = kit.NewDeep()
			list[i].Name, *list[i].Stars = strings.Repeat(fmt.Sprint(i, "x"), i%40), i
			list[i].Blob = []byte(list[i].Name)
			list[i].Tags[0] = list[i].Name
		}
		is.NoErr(repo.CreateMany(kit.Ended(t), list))
		var kept []*kit.Deep
		for d, err := range repo.OrderBy(prom.NumberOf(deep, &deep.ID).Asc()).Stream(kit.Ended(t)) {
			is.NoErr(err)
			kept = append(kept, d)
		}
		is.Equal(len(kept), len(list))
		for i, d := range kept {
			name := strings.Repeat(fmt.Sprint(i, "x"), i%40)
			is.True(d.Name == name && *d.Stars == i && string(d.Blob) == name && d.Tags[0] == name && d.Marks["m"] == 1)
		}
		kept[7].Tags[1], *kept[8].Stars = "changed", -1
		is.Equal(repo.Modified(kept[7]), []string{"tags"})
		is.Equal(repo.Modified(kept[8]), []string{"stars"})
		is.Equal(len(repo.Modified(kept[9])), 0)
		is.NoErr(errors.Join(repo.Save(kit.Ended(t), kept[7]), repo.Save(kit.Ended(t), kept[8])))
		got, err := repo.Get(kit.Ended(t), kept[8].ID)
		is.NoErr(err)
		is.Equal(*got.Stars, -1)
	})
}

// Ensure that a loop that is left early, by break or panic, gives its connection back at once, with many rows still to
// come, and that in a transaction it leaves the transaction as it was. suite: 17
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.With("pool_maxconn=1"))
		repo := kit.Tiles(t, db, 3000)
		times := dbtest.Size(10, 1000)
		for i := range times {
			last := 20 * i % 2900 // with many rows still to come
			got, err := stream(kit.Ended(t), repo.OrderBy(kit.NoteViews.Asc()), func(n *kit.Note) error {
				if n.Views == last {
					return errors.ErrUnsupported
				}
				return nil
			})
			is.Equal(err, errors.ErrUnsupported)
			is.Equal(len(got), last+1)
			kit.Idle(t, db)
			is.Equal(kit.PanicText(func() {
				_, _ = stream(kit.Ended(t), repo.Query(), func(*kit.Note) error { panic("in the loop") })
			}), "in the loop")
			kit.Idle(t, db)
		}
		is.Equal(kit.Count(t, repo.Query()), 3000)

		is.NoErr(db.Tx(kit.Ended(t), func(ctx context.Context) error {
			is.NoErr(repo.Create(ctx, &kit.Note{Title: "t"}))
			for range 3 {
				got, _ := stream(ctx, repo.Query(), func(*kit.Note) error { return errors.ErrUnsupported })
				is.Equal(len(got), 1)
			}
			is.Equal(kit.PanicText(func() {
				_, _ = stream(ctx, repo.Query(), func(*kit.Note) error { panic("in the loop") })
			}), "in the loop")
			return repo.Create(ctx, &kit.Note{Title: "t"})
		}))
		is.Equal(kit.Count(t, repo.Query()), 3002)
		kit.Idle(t, db)
		dbtest.Reportf(t, 17, "%s: %d loops left by break and as many by panic, each connection free at once", e.Mode, times)
	})
}

// Ensure that an error before the rows and in their midst reaches the loop, once, at its end, and leaves no connection
// in use.
func TestStreamErrors(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.With("pool_maxconn=1"))
		repo := kit.Tiles(t, db, 3000)
		// more than what is on its way at once
		_, err := repo.WithoutWhere().Update(kit.Ended(t), kit.NoteBody.Set(strings.Repeat("x", 2000)))
		is.NoErr(err)
		ctx, cancel := context.WithCancel(kit.Ended(t))
		got, err := stream(ctx, repo.OrderBy(kit.NoteViews.Asc()), func(n *kit.Note) error {
			if n.Views == 5 {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, prom.ErrCanceled) || !errors.Is(err, context.Canceled) {
			t.Errorf("after %d rows: %v", len(got), err)
		}
		is.True(len(got) > 5)
		_, err = stream(ctx, repo.Query(), nil)
		is.True(errors.Is(err, prom.ErrCanceled))
		_, err = stream(kit.Ended(t), repo.Limit(-1), nil)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = stream(kit.Ended(t), repo.Where(prom.Raw(note, "nothing +")), nil)
		is.True(errors.Is(err, prom.ErrSyntax))
		kit.Idle(t, db)

		text := "UPDATE note SET views = 'x' WHERE views = 2500"
		if e.Name == dbtest.NamePostgres {
			text = "ALTER TABLE note ALTER COLUMN views DROP NOT NULL; UPDATE note SET views = NULL WHERE views = 2500"
		}
		kit.RunSQL(t, db, text)
		var errs []error
		n := 0
		for v, err := range repo.OrderBy(kit.NoteID.Asc()).Stream(kit.Ended(t)) {
			if err != nil {
				is.True(v == nil)
				errs = append(errs, err)
				continue // there is nothing after it
			}
			n++
		}
		is.Equal(n, 2500)
		is.Equal(len(errs), 1)
		is.True(errors.Is(errs[0], prom.ErrType))
		kit.Idle(t, db)
		is.Equal(kit.Count(t, repo.Query()), 3000)
	})
}

// Ensure that rows that were used already do not come again when the connection breaks in their midst, and that the
// error says that it did.
func TestStreamBroken(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p, e := dbtest.NewProxy(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	db := kit.Open(t, e.With("pool_max_conns=1"))
	repo := kit.Notes(db)
	list := make([]kit.Note, 3000)
	for i := range list {
		list[i] = kit.Note{Title: "t", Views: i, Body: strings.Repeat("x", 2000)}
	}
	is.NoErr(repo.CreateMany(kit.Ended(t), list))
	got, err := stream(kit.Ended(t), repo.OrderBy(kit.NoteViews.Asc()), func(n *kit.Note) error {
		if n.Views == 100 {
			p.Cut()
		}
		return nil
	})
	is.True(errors.Is(err, prom.ErrConnection))
	is.True(len(got) > 100 && len(got) < 3000)
	is.True(slices.Equal(got, kit.UpTo(len(got))))
	kit.Idle(t, db)
	p.Cut()
	// before the first row it is run again
	got, err = stream(kit.Ended(t), repo.OrderBy(kit.NoteViews.Asc()).Limit(3), nil)
	is.NoErr(err)
	is.Equal(len(got), 3)
}

// Ensure that the body of a loop may write and read outside a transaction, and that in one it is told that the
// transaction is busy, which goes on after the loop.
func TestStreamBody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		if e.Name == dbtest.NameSQLite {
			e.DSN = e.With("busy_timeout=50ms") // PostgreSQL has no such option, and waits for longer than a test may
		}
		db := kit.Open(t, e.DSN)
		repo := kit.Tiles(t, db, 200)
		got, err := stream(kit.Ended(t), repo.OrderBy(kit.NoteID.Asc()), func(n *kit.Note) error {
			if n.Views%2 == 0 {
				return repo.Delete(kit.Ended(t), n)
			}
			n.Body = "seen"
			return errors.Join(repo.Save(kit.Ended(t), n), repo.Create(kit.Ended(t), &kit.Note{Title: "new"}))
		})
		is.NoErr(err)
		is.Equal(got, kit.UpTo(200)) // all of one moment
		is.Equal(kit.Count(t, repo.Query()), 200)

		is.NoErr(db.Tx(kit.Ended(t), func(ctx context.Context) error {
			_, err := stream(ctx, repo.Query(), func(n *kit.Note) error {
				n.Views++
				if e.Name == dbtest.NamePostgres {
					ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
					defer cancel()
					is.True(errors.Is(repo.Save(ctx, n), prom.ErrTimeout))
					return errors.ErrUnsupported
				}
				err := repo.Save(ctx, n)
				is.True(errors.Is(err, prom.ErrBusy))
				is.True(strings.Contains(err.Error(), "transaction"))
				return errors.ErrUnsupported
			})
			is.Equal(err, errors.ErrUnsupported)
			return repo.Create(ctx, &kit.Note{Title: "after"})
		}))
		is.Equal(kit.Count(t, repo.Where(kit.NoteTitle.Eq("after"))), 1)
	})
}

// Ensure that a missing table is installed by a stream, and that a change of the table that the connections do not know
// of is not seen.
func TestStreamInstalls(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for _, s := range kit.Situations {
			is := is.New(t)
			db := kit.Open(t, e.With("#"+s.Name))
			repo := prom.NewRepo[kit.Note](prom.Using(db), prom.Table("note "+s.Name))
			is.NoErr(s.In(kit.Ended(t), db, func(ctx context.Context) error {
				got, err := stream(ctx, repo.Query(), nil)
				is.Equal(len(got), 0)
				return err
			}))
			is.Equal(kit.Count(t, repo.Query()), 0)
		}
		if e.Name == dbtest.NamePostgres {
			is := is.New(t)
			db := kit.Open(t, e.DSN)
			repo := kit.Tiles(t, db, 10)
			for _, typ := range []string{"integer", "smallint", "numeric", "bigint"} {
				kit.RunSQL(t, db, "ALTER TABLE note ALTER COLUMN views TYPE "+typ)
				got, err := stream(kit.Ended(t), repo.OrderBy(kit.NoteID.Asc()), nil)
				is.NoErr(err)
				is.Equal(got, kit.UpTo(10))
			}
		}
	})
}

// Ensure that two streams, one inside the other, have each its own rows, and that they need a connection each.
func TestStreamsSideBySide(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Tiles(t, kit.Open(t, e.With("pool_maxconn=2")), 50)
		outer, err := stream(kit.Ended(t), repo.OrderBy(kit.NoteViews.Asc()), func(n *kit.Note) error {
			inner, err := stream(kit.Ended(t), repo.OrderBy(kit.NoteViews.Desc()), nil)
			slices.Reverse(inner)
			is.Equal(inner, kit.UpTo(50))
			return err
		})
		is.NoErr(err)
		is.Equal(outer, kit.UpTo(50))
	})
}

// Ensure that a stream of 100,000 rows takes no more memory than one of a few.
func TestStreamMemory(t *testing.T) { //nolint:paralleltest // it measures the heap
	for _, e := range []dbtest.Engine{{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)},
		{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}} {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		is.NoErr(repo.Install(context.Background()))
		numbers := "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) "
		kit.RunSQL(t, db, numbers+`INSERT INTO note (title, body, views, at, _created, _updated)
			SELECT 't', 'some text to make a row of it', i, '2024-01-01', '2024-01-01', '2024-01-01' FROM n`)
		flat(t, repo.Stream(context.Background()), 100_000)
		clock, start := dbtest.NewClock(t), time.Now()
		_, err := stream(kit.Ended(t), repo.Query(), func(*kit.Note) error { return errors.ErrUnsupported })
		is.Equal(err, errors.ErrUnsupported)
		if took := clock.Since(start); took > 5*time.Second {
			t.Errorf("%s: it took %s to leave a loop", e.Name, took)
		}
	}
}
