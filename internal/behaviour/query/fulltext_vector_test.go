package query_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// rental is a film of somebody's table that has a column of the type tsvector.
type rental struct {
	ID       int64 `prom:"key"`
	Title    string
	Fulltext string
	Headline string `prom:"computed"`
}

var (
	film      = prom.Proto[rental]()
	filmID    = prom.NumberOf(film, &film.ID)
	filmTitle = prom.TextOf(film, &film.Title)
	filmText  = prom.TSVectorOf(film, &film.Fulltext, "english")
)

// Ensure that a column of the type tsvector is searched as an index is, and that SQLite says that it has none.
func TestFullTextVector(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[rental](prom.Using(db))
		if e.Name == dbtest.NameSQLite {
			_, err := repo.Where(filmText.Match("boat")).Count(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
			is.True(strings.Contains(err.Error(), "tsvector"))
			return
		}
		kit.RunSQL(t, db, `CREATE TABLE rental (id bigint PRIMARY KEY, title text NOT NULL,
				fulltext tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', title), 'B')) STORED)`,
			`INSERT INTO rental (id, title) VALUES (1, 'Boats and trains'), (2, 'A boat, a boat'), (3, 'Trains')`,
			`CREATE INDEX ON rental USING gist (fulltext)`)
		hits, err := prom.Pluck2(repo.Where(filmText.Match("boat -plane"), prom.Not(filmText.Match("car"))).
			OrderBy(filmText.Rank("boat").Desc()), filmID, filmText.Headline(filmTitle, "boat", prom.HeadlineOptions{})).All(ctx)
		is.NoErr(err)
		is.Equal(hits, []prom.Pair[int64, string]{{A: 2, B: "A \x02boat\x03, a \x02boat\x03"}, {A: 1, B: "\x02Boats\x03 and trains"}})
	})
}

// Ensure that a search reads the index and not the rows, and that a rank does not search anew for each row.
func TestFullTextPlan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := tracts(t, db)
		q := repo.Where(tractText.Match("go"), tractViews.Gte(0)).OrderBy(tractText.Rank("go").Desc()).Limit(3)
		sql, args, err := q.SQL()
		is.NoErr(err)
		conn, err := kit.SQLDB(t, db).Conn(ctx)
		is.NoErr(err)
		defer conn.Close()
		explain, wanted := "EXPLAIN ", []string{"Bitmap Index Scan on tract_fts"}
		if e.Name == dbtest.NameSQLite {
			explain, wanted = "EXPLAIN QUERY PLAN ", []string{"VIRTUAL TABLE INDEX", "SEARCH tract USING INTEGER PRIMARY KEY", "MATERIALIZE"}
		} else {
			_, err = conn.ExecContext(ctx, "SET enable_seqscan = off")
			is.NoErr(err)
		}
		rows, err := conn.QueryContext(ctx, explain+sql, args...)
		is.NoErr(err)
		defer rows.Close()
		cols, err := rows.Columns()
		is.NoErr(err)
		var plan strings.Builder
		for rows.Next() {
			var line string
			into := make([]any, len(cols))
			for i := range into {
				into[i] = new(any)
			}
			into[len(into)-1] = &line
			is.NoErr(rows.Scan(into...))
			plan.WriteString(line + "\n")
		}
		is.NoErr(rows.Err())
		for _, part := range wanted {
			if !strings.Contains(plan.String(), part) {
				t.Errorf("%s\nhas no %q", plan.String(), part)
			}
		}
	})
}
