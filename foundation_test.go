package prom_test

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that SQLite keeps references, and makes the folders of its file.
// parity: R8 R9
func TestForeignKeysOfFile(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	dsn := dbtest.SQLite(t)
	db := open(t, path.Dir(dsn)+"/not there/nor this/x.db")
	books := prom.NewRepo[rackBook](prom.Using(db))
	err := books.Create(ctx, &rackBook{Rack: prom.RefTo[rack](9)})
	is.True(errors.Is(err, prom.ErrForeignKey))
	is.Equal(scanOne[int](t, db, "SELECT count(*) FROM rack_book"), 0)
}

type rack struct {
	prom.Model
	Name string
}

type rackBook struct {
	prom.Model
	Rack  prom.Ref[rack] `prom:"rack_id"`
	Title string         `prom:"index,desc"`
	Gone  bool

	_ struct{} `prom:"unique=live_title,on=title,where='NOT gone'"`
}

// Ensure that a table has a model's own columns first and _id, _created and _updated last, wherever the struct embeds them.
// parity: F6 F2
func TestColumnsOfTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := open(t, e.DSN)
		is.NoErr(prom.NewRepo[rackBook](prom.Using(db)).Install(context.Background()))
		query := "SELECT group_concat(name) FROM pragma_table_info('rack_book')"
		if e.Name == dbtest.NamePostgres {
			query = "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'rack_book'::regclass AND attnum > 0"
		}
		is.Equal(scanOne[string](t, db, query), "rack_id,title,gone,_id,_created,_updated")
	})
}

// Ensure that an update by a query sets the time of update, and an assignment to it wins.
// parity: W1 Q39
func TestUpdateByQueryIsNoted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := notes(open(t, e.DSN))
		past := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
		n := mustCreate(t, repo, Note{Title: "a", Model: prom.Model{Created: past, Updated: past}})
		before := time.Now().Add(-time.Minute)

		_, err := repo.Where(NoteTitle.Eq("a")).Update(ctx, NoteViews.Set(1))
		is.NoErr(err)
		is.NoErr(repo.Reload(ctx, n))
		is.True(n.Updated.After(before))
		is.True(n.Created.Equal(past))

		updated := prom.TimeOf(func(n *Note) *time.Time { return &n.Updated })
		_, err = repo.Where(NoteTitle.Eq("a")).Update(ctx, NoteViews.Set(2), updated.Set(past))
		is.NoErr(err)
		is.NoErr(repo.Reload(ctx, n))
		is.True(n.Updated.Equal(past))
	})
}

// Ensure that values which are neither numbers nor texts are stored as JSON, and that bytes which are no JSON are an error and
// nothing else.
// parity: W2
func TestStoredAsJSON(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		repo := prom.NewRepo[jar](prom.Using(db))
		p := mustCreate(t, repo, jar{Inside: map[string]any{"a": []any{1.0, "b"}}, Raw: []byte("\x80\x04]\x94.")})
		is.Equal(strings.ReplaceAll(scanOne[string](t, db, "SELECT CAST(inside AS TEXT) FROM jar"), " ", ""), `{"a":[1,"b"]}`)
		is.NoErr(repo.Reload(ctx, p))
		is.Equal(string(p.Raw), "\x80\x04]\x94.") // a list that Python pickled stays bytes
		if e.Name == dbtest.NameSQLite {
			runSQL(t, db, "UPDATE jar SET inside = raw")
			is.True(errors.Is(repo.Reload(ctx, p), prom.ErrType))
		}
	})
}

type jar struct {
	prom.Model
	Inside map[string]any
	Raw    []byte
}

// Ensure that no row is asked for or returned with a limit of none.
// parity: W3 Q32
func TestLimitOfNone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := notes(open(t, e.DSN))
		mustCreate(t, repo, Note{Title: "a"})
		list, err := repo.Limit(0).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 0)
		n, err := repo.Limit(0).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
		_, err = repo.Limit(0).One(ctx)
		is.True(errors.Is(err, prom.ErrNotFound))
	})
}

// Ensure that case, weeks, days of the week and NULLs in an order are the same on both engines.
// parity: W4 Q12 Q18
func TestSameOnBothEngines(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := notes(open(t, e.DSN))
		newYear := time.Date(2021, 1, 3, 12, 0, 0, 0, time.UTC) // a Sunday, in week 53 of 2020
		mustCreate(t, repo, Note{Title: "Abc", Views: 1, At: newYear, Stars: new(2)})
		mustCreate(t, repo, Note{Title: "abc", Views: 2, At: newYear.AddDate(0, 0, 1)})
		mustCreate(t, repo, Note{Title: "ABC", Views: 3, At: newYear.AddDate(0, 0, 7), Stars: new(1)})
		for _, tt := range []struct {
			cond prom.Cond[Note]
			want []int
		}{
			{NoteTitle.Eq("abc"), []int{2}},
			{NoteTitle.HasPrefix("A"), []int{1, 3}},
			{NoteTitle.HasPrefixFold("a"), []int{1, 2, 3}},
			{NoteTitle.Like("_b_"), []int{1, 2}},
			{NoteAt.Week().Eq(53), []int{1}},
			{NoteAt.Week().Eq(1), []int{2, 3}},
			{NoteAt.DayOfWeek().Eq(7), []int{1, 3}},
			{NoteAt.DayOfWeek().In(1), []int{2}},
		} {
			is.Equal(views(t, repo.Where(tt.cond), false), tt.want)
		}
		is.Equal(views(t, repo.OrderBy(NoteStars.Asc()), true), []int{3, 1, 2})
		is.Equal(views(t, repo.OrderBy(NoteStars.Desc()), true), []int{2, 1, 3})
	})
}

// Ensure that a transaction is its context's and nobody else's: what another goroutine does meanwhile is no part of it.
// parity: W5 B2 T1
func TestTransactionIsOfItsContext(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		repo := notes(db)
		is.NoErr(repo.Install(ctx))
		written := make(chan error, 1)
		err := db.Tx(ctx, func(tx context.Context) error {
			if e.Name == dbtest.NamePostgres { // SQLite has one writer, so the other comes after it
				is.NoErr(repo.Create(tx, &Note{Title: "mine"}))
			}
			go func() { written <- repo.Create(ctx, &Note{Title: "other"}) }()
			if e.Name == dbtest.NamePostgres {
				is.NoErr(<-written)
				written <- nil
			}
			n, err := repo.Where(NoteTitle.Eq("mine")).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 0) // not seen from outside
			is.NoErr(repo.Create(tx, &Note{Title: "mine"}))
			return errUndo
		})
		is.True(errors.Is(err, errUndo))
		is.NoErr(<-written)
		list := allOf(t, repo)
		is.Equal(len(list), 1)
		is.Equal(list[0].Title, "other")
	})
}

// Ensure that partial and descending indexes are made as they are declared, and that a partial unique one holds for its rows alone.
// parity: G1 G2 X1
func TestKindsOfIndexes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		racks, books := prom.NewRepo[rack](prom.Using(db)), prom.NewRepo[rackBook](prom.Using(db))
		s := mustCreate(t, racks, rack{Name: "a"})
		to := prom.RefTo[rack](s.ID)
		mustCreate(t, books, rackBook{Rack: to, Title: "x", Gone: true})
		mustCreate(t, books, rackBook{Rack: to, Title: "x", Gone: true})
		mustCreate(t, books, rackBook{Rack: to, Title: "x"})
		err := books.Create(ctx, &rackBook{Rack: to, Title: "x"})
		is.True(errors.Is(err, prom.ErrUnique))

		query := "SELECT sql FROM sqlite_master WHERE name = "
		if e.Name == dbtest.NamePostgres {
			query = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = "
		}
		is.True(strings.Contains(scanOne[string](t, db, query+"'rack_book_title'"), "DESC"))
		is.True(strings.Contains(scanOne[string](t, db, query+"'rack_book_live_title'"), "WHERE"))
	})
}
