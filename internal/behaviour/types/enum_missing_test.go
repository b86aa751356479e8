package types_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// moody has values of an enum that the database alone knows.
type moody struct {
	ID   int64 `prom:"key"`
	Mood string
	List []string
}

var (
	moodyOf   = prom.Proto[moody]()
	moodyMood = prom.TextOf(moodyOf, &moodyOf.Mood)
	moodyList = prom.ListOf(moodyOf, &moodyOf.List)
)

// Ensure that a comparison with a value that an enum of PostgreSQL does not have is an error, of a column and of a list
// alike, and finds nothing on SQLite, where they are texts; and that lists are compared as their type does.
func TestMissingEnumValue(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[moody](prom.Using(db))
		if e.Name == dbtest.NamePostgres {
			kit.RunSQL(t, db, `CREATE TYPE mood AS ENUM ('sad', 'ok')`,
				`CREATE TABLE moody (id bigint PRIMARY KEY, mood mood NOT NULL, list mood[] NOT NULL)`)
		}
		is.NoErr(repo.Create(ctx, &moody{ID: 1, Mood: "sad", List: []string{"sad", "ok"}}))
		for name, c := range map[string]prom.Cond[*moody]{
			"eq": moodyMood.Eq("x"), "in": moodyMood.In("x", "y"), "lt": moodyMood.Gt("x"), "has": moodyList.Has("x"),
			"overlaps": moodyList.Overlaps("x", "y"), "contains": moodyList.Contains("x"), "list": moodyList.Eq([]string{"x"}),
			"index": prom.ListIndex(moodyList, "x").Gt(0),
		} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				n, err := repo.Where(c).Count(ctx)
				is.Equal(n, 0)
				is.Equal(errors.Is(err, prom.ErrType), e.Name == dbtest.NamePostgres)
				is.Equal(err == nil, e.Name == dbtest.NameSQLite)
			})
		}
		for _, c := range []prom.Cond[*moody]{moodyMood.Eq("sad"), moodyList.Has("ok"), moodyList.Overlaps("ok"), moodyList.Contains("ok", "sad"),
			moodyList.Eq([]string{"sad", "ok"}), moodyList.Ne([]string{"sad"}), moodyList.ContainedBy("ok", "sad"), prom.ListIndex(moodyList, "ok").Eq(1)} {
			n, err := repo.Where(c).Count(ctx)
			is.NoErr(err)
			is.Equal(n, 1)
		}
	})
}
