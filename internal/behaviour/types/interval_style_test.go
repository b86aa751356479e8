package types_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var intervalStyles = []string{"postgres", "postgres_verbose", "sql_standard", "iso_8601"}

// span has intervals in each form.
type span struct {
	ID   int64 `prom:"key"`
	Term prom.Interval
	Long *prom.Interval
	Slot time.Duration `prom:"type=interval"`
	Text string        `prom:"type=interval"`
	List []string      `prom:"type=interval"`
	Cost string        `prom:"type=money"`
}

var (
	spanOf   = prom.Proto[span]()
	spanTerm = prom.OrderedOf(spanOf, &spanOf.Term)
	spanText = prom.TextOf(spanOf, &spanOf.Text)
)

// Ensure that intervals are read and written back alike in whatever IntervalStyle the database or the role has, as
// prom.Interval, time.Duration, a text and a list of texts, and amounts of money in each lc_monetary of the server.
func TestIntervalStyles(t *testing.T) {
	t.Parallel()
	for _, style := range intervalStyles {
		for _, of := range []string{"ROLE", "DATABASE"} {
			t.Run(style+" "+of, func(t *testing.T) {
				t.Parallel()
				is := is.New(t)
				ctx := context.Background()
				owner := kit.Open(t, dbtest.Postgres(t))
				role := fmt.Sprintf("styled_%d", rand.Int64())
				schema := kit.ScanOne[string](t, owner, "SELECT current_schema()")
				base := kit.ScanOne[string](t, owner, "SELECT current_database()")
				in := ""
				if of == "DATABASE" { // of this role in the database, so that other tests have theirs
					in = " IN DATABASE \"" + base + "\""
				}
				kit.RunSQL(t, owner, `CREATE ROLE "`+role+`" LOGIN`, `GRANT ALL ON SCHEMA "`+schema+`" TO "`+role+`"`,
					`ALTER ROLE "`+role+`"`+in+` SET intervalstyle = `+style)
				t.Cleanup(func() { kit.RunSQL(t, owner, `DROP OWNED BY "`+role+`" CASCADE`, `DROP ROLE "`+role+`"`) })
				for _, mode := range []string{"", "exec", "simple_protocol"} {
					u, err := url.Parse(dbtest.Engine{DSN: dbtest.Postgres(t)}.DSN)
					is.NoErr(err)
					u.User = url.User(role)
					q := u.Query()
					q.Set("search_path", schema)
					if mode != "" {
						q.Set("default_query_exec_mode", mode)
					}
					u.RawQuery = q.Encode()
					db := kit.Open(t, u.String())
					is.Equal(kit.ScanOne[string](t, db, "SHOW intervalstyle"), style)
					repo := prom.NewRepo[span](prom.Using(db))
					is.NoErr(repo.Install(ctx))
					_, err = repo.Query().WithoutWhere().Delete(ctx)
					is.NoErr(err)
					list := []prom.Interval{{}, {Months: 14}, {Months: -14}, {Days: 3}, {Days: -3, Microseconds: -14706e6},
						{Microseconds: -1}, {Months: 1, Days: -1, Microseconds: 1}, {Months: -1, Days: 2, Microseconds: -3600e6}, {Months: -25, Days: -2, Microseconds: -1_500_000}}
					for range 50 {
						list = append(list, prom.Interval{Months: int32(rand.IntN(90) - 45), Days: int32(rand.IntN(9) - 4),
							Microseconds: rand.Int64N(1e10) - 5e9})
					}
					for i, term := range list {
						row := span{ID: int64(i), Term: term, Long: &term, Slot: time.Duration(term.Microseconds) * time.Microsecond,
							Text: term.String(), List: []string{term.String(), "1 mon"}, Cost: "-$1,234.50"}
						is.NoErr(repo.Create(ctx, &row))
						got, err := repo.Get(ctx, row.ID)
						is.NoErr(err)
						is.Equal(*got.Long, term)
						is.Equal(got.Term, term)
						is.Equal(got.Slot, row.Slot)
						is.Equal(got.Text, term.String())
						is.Equal(got.List, row.List)
						is.Equal(got.Cost, row.Cost)
						n, err := repo.Where(spanTerm.Eq(term), spanText.Eq(got.Text)).Count(ctx)
						is.NoErr(err)
						is.True(n >= 1)
						got.ID += 1000
						is.NoErr(repo.Create(ctx, got))
					}
					is.Equal(kit.ScanOne[int](t, db, `SELECT count(*) FROM span a JOIN span b ON b.id = a.id + 1000
						AND a::text = replace(b::text, '(' || b.id, '(' || a.id)`), len(list))
					most, err := prom.Pluck(repo.Query(), prom.Greatest(spanTerm, prom.Val(spanOf, prom.Interval{Months: 9000}))).Limit(1).All(ctx)
					is.NoErr(err)
					is.Equal(most, []prom.Interval{{Months: 9000}})
				}
			})
		}
	}
}
