package query_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// noteStore is a repo with some rows, and its connection.
func noteStore(t *testing.T, dsn string, options ...prom.OpenOption) (*prom.DB, *prom.Repo[kit.Note]) {
	t.Helper()
	db := kit.Open(t, dsn, options...)
	notes := prom.NewRepo[kit.Note](prom.Using(db))
	at := time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC)
	rows := []kit.Note{
		{Title: "a?b", Body: strings.Repeat("long ", 500), Views: 3, Stars: new(5), At: at},
		{Title: `it's "quoted"`, Views: -1, At: at.AddDate(1, 0, 0)},
		{Title: "ä%_\\", Body: "x", Views: math.MaxInt64, Stars: new(0), At: at.Add(-time.Hour)},
	}
	if err := notes.CreateMany(context.Background(), rows); err != nil {
		t.Fatal(err)
	}
	return db, notes
}

// Ensure that raw SQL is read into models, structs, maps and values, in every mode of the engines.
// parity: Q45 Q49
func TestRawQuery(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, notes := noteStore(t, e.DSN)
		want, err := notes.OrderBy(kit.NoteID.Asc()).All(ctx)
		is.NoErr(err)

		// Models: all columns, and some of them in another order.
		got, err := prom.RawQuery[kit.Note](notes,
			"SELECT title, body, views, stars, at, _id, _created, _updated FROM note ORDER BY _id").All(ctx)
		is.NoErr(err)
		is.Equal(len(got), 3)
		for i := range got {
			is.Equal(fields(got[i]), fields(want[i]))
			is.True(!got[i].IsNew())
		}
		some, err := prom.RawQuery[kit.Note](db,
			`SELECT stars, _id, "title" FROM note WHERE title = ? OR views < ? ORDER BY _id`, "a?b", 0).All(ctx)
		is.NoErr(err)
		is.Equal(len(some), 2)
		is.Equal(*some[0].Stars, 5)
		is.Equal(some[0].Title, "a?b")
		is.Equal(some[0].Views, 0)
		is.True(some[1].Stars == nil && !some[1].IsNew())

		// Structs that are no models, by the names of their columns.
		type line struct {
			FullName string `prom:"title"`
			N        float64
			Stars    sql.Null[int64]
			Day      time.Time
			hidden   int
		}
		lines, err := prom.RawQuery[line](db,
			"SELECT title, CAST(views AS double precision) / 2 AS N, stars, at AS day FROM note WHERE views BETWEEN ? AND ? ORDER BY _id", -5, 5).All(ctx)
		is.NoErr(err)
		is.Equal(lines, []line{
			{"a?b", 1.5, sql.Null[int64]{V: 5, Valid: true}, want[0].At, 0},
			{`it's "quoted"`, -0.5, sql.Null[int64]{}, want[1].At, 0},
		})

		// Maps.
		m, err := prom.RawQuery[map[string]any](db, "SELECT title, views, stars, at, 0.5 * 3 AS half FROM note WHERE _id = ?",
			want[1].ID).First(ctx)
		is.NoErr(err)
		half := any(1.5)
		if e.Name == dbtest.NamePostgres {
			half = "1.5" // NUMERIC, whose text is exact
		}
		is.Equal(m, map[string]any{"title": `it's "quoted"`, "views": int64(-1), "stars": nil, "at": want[1].At,
			"half": half})

		// Values.
		n, err := prom.RawQuery[int](db, "SELECT count(*) FROM note").First(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		titles, err := prom.RawQuery[string](db, "SELECT title FROM note ORDER BY _id").All(ctx)
		is.NoErr(err)
		is.Equal(titles, []string{want[0].Title, want[1].Title, want[2].Title})
		stars, err := prom.RawQuery[*int](db, "SELECT stars FROM note ORDER BY _id").All(ctx)
		is.NoErr(err)
		is.True(*stars[0] == 5 && stars[1] == nil && *stars[2] == 0)
		at, err := prom.RawQuery[time.Time](db, "SELECT at FROM note WHERE title = ?", "a?b").First(ctx)
		is.NoErr(err)
		is.True(at.Equal(want[0].At))
		big, err := prom.RawQuery[int64](db, "SELECT views FROM note WHERE views = CAST(? AS bigint)",
			int64(math.MaxInt64)).First(ctx)
		is.NoErr(err)
		is.Equal(big, int64(math.MaxInt64))
		anything, err := prom.RawQuery[any](db, "SELECT stars FROM note ORDER BY _id").All(ctx)
		is.NoErr(err)
		is.Equal(anything, []any{int64(5), nil, int64(0)})

		// Streams.
		var streamed []string
		for title, err := range prom.RawQuery[string](db, "SELECT title FROM note ORDER BY _id").Stream(ctx) {
			is.NoErr(err)
			streamed = append(streamed, title)
			if len(streamed) == 2 {
				break
			}
		}
		is.Equal(streamed, titles[:2])

		// What was asked can be shown, and nothing runs.
		text, args, err := prom.RawQuery[int](db, "SELECT ?, '?', ??", 1).SQL()
		is.NoErr(err)
		is.Equal(args, []any{int64(1)})
		is.Equal(text, map[string]string{dbtest.NameSQLite: "SELECT ?, '?', ?",
			dbtest.NamePostgres: "SELECT $1, '?', ?"}[e.Name])
	})
}

// fields are the columns of a note, without what tracks it.
func fields(n kit.Note) string {
	stars := "nil"
	if n.Stars != nil {
		stars = fmt.Sprint(*n.Stars)
	}
	return fmt.Sprint(n.Title, n.Body, n.Views, stars, n.At.UTC(), n.ID, n.Created.UTC(), n.Updated.UTC())
}

// Ensure that arguments of every type arrive as what they are, in every mode of the engines, and lists as one argument.
// parity: Q45 Q16
func TestRawArguments(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, notes := noteStore(t, e.DSN)
		at := time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC)
		anyOf := func(column, kind string) string {
			if e.Name == dbtest.NamePostgres {
				return column + " = ANY(?)"
			}
			return column + " IN (SELECT value FROM json_each(?))"
		}
		for _, tt := range []struct {
			where string
			args  []any
			want  int
		}{
			{"title = ?", []any{"a?b"}, 1},
			{"title = '?'", nil, 0},
			{"title = ?", []any{"'; DROP TABLE note; --"}, 0},
			{"views = ? AND stars = ?", []any{uint8(3), new(5)}, 1},
			{"stars IS NULL AND views < ?", []any{int32(0)}, 1},
			{"views = CAST(? AS bigint)", []any{nil}, 0},
			{"at = ?", []any{at}, 1},
			{"at > ? AND title <> ?", []any{at, ""}, 1},
			{anyOf("title", "text"), []any{[]string{"a?b", "it's \"quoted\"", "no"}}, 2},
			{anyOf("views", "bigint"), []any{[]int{3, -1, 7}}, 2},
			{anyOf("views", "bigint"), []any{[]int64{}}, 0},
		} {
			n, err := prom.RawQuery[int](notes, "SELECT count(*) FROM note WHERE "+tt.where, tt.args...).First(ctx)
			if err != nil || n != tt.want {
				t.Errorf("%s: %d, %v", tt.where, n, err)
			}
		}
		n, err := prom.RawExec(ctx, db, "UPDATE note SET body = ?, stars = ? WHERE views = ?", "x;--", nil, 3)
		is.NoErr(err)
		is.Equal(n, 1)
		body, err := prom.RawQuery[string](db, "SELECT body FROM note WHERE views = ? AND stars IS NULL", 3).First(ctx)
		is.NoErr(err)
		is.Equal(body, "x;--")
	})
}

// Ensure that what does not fit is an error that names the column, and never a zero that nobody sees.
// parity: Q45 B40
func TestRawMismatch(t *testing.T) {
	t.Parallel()
	type pair struct {
		A int
		B *string
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, _ := noteStore(t, e.DSN)
		fails := func(err error, kind error, says ...string) {
			t.Helper()
			if !errors.Is(err, kind) {
				t.Errorf("not %v: %v", kind, err)
			}
			for _, s := range says {
				if err == nil || !strings.Contains(err.Error(), s) {
					t.Errorf("no %q in: %v", s, err)
				}
			}
		}
		_, err := prom.RawQuery[int](db, "SELECT stars FROM note ORDER BY _id").All(ctx)
		fails(err, prom.ErrType, "column stars", "is NULL")
		_, err = prom.RawQuery[pair](db, "SELECT NULL AS a, 'x' AS b").First(ctx)
		fails(err, prom.ErrType, `column "a" into field A`, "is NULL")
		_, err = prom.RawQuery[pair](db, "SELECT 1 AS a, 'x' AS b, 2 AS secret").First(ctx)
		fails(err, prom.ErrType, `column "secret"`, "pair has no field for it", "a, b")
		_, err = prom.RawQuery[pair](db, "SELECT 1 AS a, 2 AS a").First(ctx)
		fails(err, prom.ErrType, `column "a"`, "two columns")
		_, err = prom.RawQuery[map[string]any](db, "SELECT 1 AS a, 2 AS a").All(ctx)
		fails(err, prom.ErrType, `column "a"`, "two columns")
		_, err = prom.RawQuery[int](db, "SELECT 1, 2").First(ctx)
		fails(err, prom.ErrValidation, "2 columns", "int holds one")
		_, err = prom.RawQuery[int](db, "SELECT title, views FROM note WHERE 1 = 0").All(ctx)
		fails(err, prom.ErrValidation, "2 columns") // without any row
		_, err = prom.RawQuery[int](db, "SELECT title FROM note").All(ctx)
		fails(err, prom.ErrType, "column title")
		_, err = prom.RawQuery[int8](db, "SELECT views FROM note ORDER BY views DESC").First(ctx)
		fails(err, prom.ErrType, "column views", "range")
		_, err = prom.RawQuery[chan int](db, "SELECT 1").First(ctx)
		fails(err, prom.ErrValidation, "chan int")
		_, err = prom.RawQuery[int](db, "SELECT 1 WHERE 1 = 0").First(ctx)
		fails(err, prom.ErrNotFound)
		for _, err := range prom.RawQuery[int](db, "SELECT stars FROM note").Stream(ctx) {
			if err != nil {
				fails(err, prom.ErrType, "column stars")
			}
		}
		got, err := prom.RawQuery[pair](db, "SELECT 7 AS a").First(ctx) // what is not asked for stays zero
		is.NoErr(err)
		is.Equal(got, pair{A: 7})
		none, err := prom.RawQuery[int](db, "SELECT views FROM note WHERE 1 = 0").All(ctx)
		is.NoErr(err)
		is.Equal(len(none), 0)

		// Before any SQL.
		_, err = prom.RawQuery[int](db, "SELECT ?").First(ctx)
		fails(err, prom.ErrValidation, "1 question marks for 0 arguments")
		_, err = prom.RawQuery[int](db, "SELECT 1; DELETE FROM note").First(ctx)
		fails(err, prom.ErrValidation, "more than one statement")
		_, err = prom.RawExec(ctx, db, "COMMIT")
		fails(err, prom.ErrValidation, "Tx")
		_, err = prom.RawExec(ctx, nil, "DELETE FROM note")
		fails(err, prom.ErrValidation, "*DB or a repo")
		_, err = prom.RawQuery[int]((*prom.DB)(nil), "SELECT 1").All(ctx)
		fails(err, prom.ErrValidation, "*DB or a repo")

		// From the database.
		_, err = prom.RawQuery[int](db, "SELECT nope FROM note").First(ctx)
		fails(err, prom.ErrNoColumn, "nope")
		_, err = prom.RawQuery[int](db, "SELECT 1 FROM nope").First(ctx)
		fails(err, prom.ErrNoTable, "nope")
		_, err = prom.RawQuery[int](db, "SELEKT 1").First(ctx)
		fails(err, prom.ErrSyntax)
		_, err = prom.RawExec(ctx, db,
			"INSERT INTO note (_id, title, body, views, at, _created, _updated) SELECT _id, 'secret value', body, views, at, _created, _updated FROM note")
		fails(err, prom.ErrUnique)
		is.True(!strings.Contains(err.Error(), "secret value"))
	})
}

// Ensure that a model that raw SQL gave is saved as one that a query gave, and that columns which were not read stay
// what they are. parity: Q45 M5
func TestRawModelIsTracked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		_, notes := noteStore(t, e.DSN)
		for _, columns := range []string{"title, body, views, stars, at, _id, _created, _updated", "views, _id"} {
			n, err := prom.RawQuery[kit.Note](notes, "SELECT "+columns+" FROM note WHERE title = ?", "a?b").First(ctx)
			is.NoErr(err)
			was, err := notes.Get(ctx, n.ID)
			is.NoErr(err)
			n.Views++
			is.Equal(notes.Modified(&n), []string{"views"})
			is.NoErr(notes.Save(ctx, &n))
			now, err := notes.Get(ctx, n.ID)
			is.NoErr(err)
			is.Equal(now.Views, was.Views+1)
			is.Equal(now.Body, was.Body)
			is.Equal(*now.Stars, 5)
			is.Equal(n.Title, "a?b") // the row came back
		}
		n, err := prom.RawQuery[kit.Note](notes, "SELECT title FROM note WHERE title = ?", "a?b").First(ctx)
		is.NoErr(err)
		is.True(n.IsNew()) // nobody knows which row it is
	})
}

// Ensure that a statement that writes and returns rows does so, in a transaction and outside, and is counted once.
func TestRawReturning(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, notes := noteStore(t, e.DSN)
		const insert = "INSERT INTO note (title, body, views, at, _created, _updated) SELECT title, body, views + 1, at, _created, _updated FROM note WHERE views < ? RETURNING _id"
		ids, err := prom.RawQuery[int64](db, insert, 100).All(ctx)
		is.NoErr(err)
		is.Equal(len(ids), 2)
		undo := errors.New("undo")
		err = db.Tx(ctx, func(ctx context.Context) error {
			ids, err := prom.RawQuery[int64](db, insert, 100).All(ctx)
			is.NoErr(err)
			is.Equal(len(ids), 4)
			n, err := prom.RawExec(ctx, notes, "DELETE FROM note")
			is.NoErr(err)
			is.Equal(n, 9)
			return undo
		})
		is.Equal(err, undo)
		n, err := notes.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 5)
		one, err := prom.RawQuery[int64](db, insert, 0).First(ctx)
		is.NoErr(err)
		is.True(one > slices.Max(ids))
		var streamed int
		for _, err := range prom.RawQuery[int64](db, "UPDATE note SET views = ? RETURNING _id", 1).Stream(ctx) {
			is.NoErr(err)
			streamed++
		}
		is.Equal(streamed, 6)
		empty, err := prom.RawQuery[int64](db, "UPDATE note SET views = ?", 2).All(ctx) // returns no columns
		is.NoErr(err)
		is.Equal(len(empty), 0)
	})
}

// Ensure that raw SQL that fails in a transaction leaves it usable, reads too, on every engine and in every mode.
// parity: T9
func TestRawFailsInTx(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, notes := noteStore(t, e.DSN)
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			_, err := prom.RawExec(ctx, db, "UPDATE note SET views = ?", 9)
			is.NoErr(err)
			for range 2 { // prepared now, and before
				_, err = prom.RawExec(ctx, db,
					"INSERT INTO note (_id, title, body, views, at, _created, _updated) SELECT _id, title, body, views, at, _created, _updated FROM note")
				is.True(errors.Is(err, prom.ErrUnique))
				_, err = prom.RawQuery[int](db, "SELECT 1 FROM nope WHERE 1 = ?", 1).All(ctx)
				is.True(errors.Is(err, prom.ErrNoTable))
				_, err = prom.RawQuery[int](db, "SELEKT").All(ctx)
				is.True(errors.Is(err, prom.ErrSyntax))
				_, err = prom.RawQuery[int](db, "SELECT stars FROM note").All(ctx)
				is.True(errors.Is(err, prom.ErrType))
			}
			return nil
		}))
		n, err := notes.Where(kit.NoteViews.Eq(9)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
	})
}

// Ensure that raw SQL bound to a repo installs its table, in a transaction too, and bound to a connection does not.
// parity: A1 A2 A14
func TestRawInstalls(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		notes := prom.NewRepo[kit.Note](prom.Using(db))
		_, err := prom.RawQuery[int](db, "SELECT count(*) FROM note").First(ctx)
		is.True(errors.Is(err, prom.ErrNoTable))
		_, err = prom.RawExec(ctx, db, "DELETE FROM note")
		is.True(errors.Is(err, prom.ErrNoTable))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			n, err := prom.RawQuery[int](notes, "SELECT count(*) FROM note WHERE views > ?", 1).First(ctx)
			is.NoErr(err)
			is.Equal(n, 0)
			return nil
		}))
		_, err = prom.RawExec(ctx, db, "DROP TABLE note")
		is.NoErr(err)
		type service struct{ *prom.Repo[kit.Note] }
		n, err := prom.RawExec(ctx, service{notes}, "DELETE FROM note")
		is.NoErr(err)
		is.Equal(n, 0)
		_, err = prom.RawQuery[int](notes, "SELECT 1 FROM nope").First(ctx) // no table of the repo's
		is.True(errors.Is(err, prom.ErrNoTable))
	})
}

// Ensure that a read-only connection and a read-only transaction refuse raw writes and run raw reads.
// parity: R10
func TestRawReadOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, _ := noteStore(t, e.DSN)
		const insert = "INSERT INTO note (title, body, views, at, _created, _updated) SELECT title, body, views, at, _created, _updated FROM note RETURNING _id"
		refuses := func(ctx context.Context, db *prom.DB) {
			n, err := prom.RawQuery[int](db, "SELECT count(*) FROM note").First(ctx)
			is.NoErr(err)
			is.Equal(n, 3)
			_, err = prom.RawQuery[int64](db, insert).All(ctx)
			is.True(errors.Is(err, prom.ErrReadOnly))
			_, err = prom.RawExec(ctx, db, "DELETE FROM note")
			is.True(errors.Is(err, prom.ErrReadOnly))
		}
		refuses(ctx, kit.Open(t, e.With("readonly=true")))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			refuses(ctx, db)
			return nil
		}, prom.ReadOnly()))
	})
}

// Ensure that raw reads of a SQLite file run beside a transaction that writes, and that raw statements are logged.
func TestRawBesideWriter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var seen kit.Statements
		db, notes := noteStore(t, e.DSN, seen.Option())
		is.NoErr(notes.Tx(ctx, func(inside context.Context) error {
			_, err := prom.RawExec(inside, db, "UPDATE note SET views = 0")
			is.NoErr(err)
			n, err := prom.RawQuery[int](db, "SELECT count(*) FROM note WHERE views = 0").First(ctx)
			is.NoErr(err)
			is.Equal(n, 0)
			return nil
		}))
		is.Equal(kit.Starting(seen.Take(), "UPDATE note SET views = 0"), 1)
	})
}
