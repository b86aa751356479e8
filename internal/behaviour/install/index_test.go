package install_test

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

// Ensure that partial and descending indexes are made as they are declared, and that a partial unique one holds for its
// rows alone. parity: G1 G2 X1
func TestKindsOfIndexes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		racks, books := prom.NewRepo[rack](prom.Using(db)), prom.NewRepo[rackBook](prom.Using(db))
		s := kit.MustCreate(t, racks, rack{Name: "a"})
		to := prom.NewRef[rack](s.ID)
		kit.MustCreate(t, books, rackBook{Rack: to, Title: "x", Gone: true})
		kit.MustCreate(t, books, rackBook{Rack: to, Title: "x", Gone: true})
		kit.MustCreate(t, books, rackBook{Rack: to, Title: "x"})
		err := books.Create(ctx, &rackBook{Rack: to, Title: "x"})
		is.True(errors.Is(err, prom.ErrUnique))

		query := "SELECT sql FROM sqlite_master WHERE name = "
		if e.Name == dbtest.NamePostgres {
			query = "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = "
		}
		is.True(strings.Contains(kit.ScanOne[string](t, db, query+"'rack_book_title'"), "DESC"))
		is.True(strings.Contains(kit.ScanOne[string](t, db, query+"'rack_book_live_title'"), "WHERE"))
	})
}

// Fencer has indexes that no field has by itself.
type Fencer struct {
	prom.Model
	Mail  string
	Team  string
	Score int

	_ struct{} `prom:"unique=mail,on='lower(mail)'"`
	_ struct{} `prom:"index=ranking,on='team, abs(score) desc',include='mail'"`
}

var (
	fencer      = prom.Proto[Fencer]()
	FencerMail  = prom.TextOf(fencer, &fencer.Mail)
	FencerTeam  = prom.TextOf(fencer, &fencer.Team)
	FencerScore = prom.NumberOf(fencer, &fencer.Score)
)

// Ensure that indexes over expressions, and those that hold more columns than their own, are made and found again, that
// a unique one is kept and named by its error, and that the values of a factory mind it. parity: G3 G4
func TestIndexExpressions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Fencer](prom.Using(db))
		m := Fencer{Mail: "Ann@example.org", Team: "red", Score: -3}
		is.NoErr(repo.Create(ctx, &m))
		is.NoErr(repo.Create(ctx, &Fencer{Mail: "bob@example.org", Team: "red", Score: 2}))

		err := repo.Create(ctx, &Fencer{Mail: "ann@EXAMPLE.org"})
		is.True(errors.Is(err, prom.ErrUnique))
		var failed *prom.Error
		is.True(errors.As(err, &failed))
		is.Equal(failed.Constraint, "fencer_mail")
		is.Equal(len(failed.Columns), 0)

		found, err := db.Describe(ctx, "fencer")
		is.NoErr(err)
		is.True(repo.Schema().Diff(found).Empty())
		is.Equal(len(found.Indexes), 2)
		for _, ix := range found.Indexes {
			switch ix.Name {
			case "fencer_mail":
				is.True(ix.Unique)
				is.Equal(ix.Names(), []string{""})
				is.True(strings.Contains(ix.Columns[0].Expr, "lower"))
			case "fencer_ranking":
				is.Equal(ix.Names()[:2], []string{"team", ""})
				is.True(ix.Columns[1].Desc)
				if e.Name == "sqlite" { // it has no INCLUDE, and the index is not unique
					is.Equal(ix.Names(), []string{"team", "", "mail"})
				} else {
					is.Equal(ix.Include, []string{"mail"})
				}
			default:
				t.Error(ix.Name)
			}
		}

		// It is no index to find a row by: that goes by columns.
		is.True(repo.Load(ctx, &Fencer{Mail: m.Mail}) != nil)
		list, err := repo.Where(FencerTeam.Eq("red"),
			prom.Abs(FencerScore).Gt(2)).OrderBy(prom.Abs(FencerScore).Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 1)
		is.Equal(list[0].Mail, m.Mail)

		if e.Name != "sqlite" {
			return
		}
		// The expressions of a query are those of the index.
		for _, q := range []*prom.Query[Fencer]{
			repo.Where(prom.Lower(FencerMail).Eq("ann@example.org")),
			repo.Where(FencerTeam.Eq("red"), prom.Abs(FencerScore).Gt(2)),
		} {
			sql, args, err := q.SQL()
			is.NoErr(err)
			type step struct {
				ID, Parent, Notused int
				Detail              string
			}
			steps, err := prom.RawQuery[step](db, "EXPLAIN QUERY PLAN "+sql, args...).All(ctx)
			is.NoErr(err)
			is.True(strings.Contains(steps[0].Detail, "INDEX fencer_"))
		}
	})
}
