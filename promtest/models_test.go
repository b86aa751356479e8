package promtest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// Sense is an enum type.
type Sense string

// Values are the senses.
func (Sense) Values() []Sense { return []Sense{"sight", "it's touch"} }

type (
	// Canton has what an installation must prepare: collations, an enum type, and a key of two columns.
	Canton struct {
		Land  string `prom:"key,nocase"`
		Code  int    `prom:"key"`
		Name  string `prom:"nocase,unique"`
		Sense Sense  `prom:"enum,default='it''s touch'"`
	}
	// Place refers to it.
	Place struct {
		prom.Model
		Land   string
		Code   int
		Canton prom.CompositeRef[Canton] `prom:"on='land, code'"`
		Text   string                    `prom:"size=..40"`
		Tags   []string                  `prom:"index,using=gin"`
		_      struct{}                  `prom:"fulltext=text,language=english"`
		_      struct{}                  `prom:"audit"`
	}
)

// everything are repos of the models that a replayed installation is compared with.
func everything() []prom.AnyRepo {
	return []prom.AnyRepo{prom.NewRepo[Place](), prom.NewRepo[Parcel](), prom.NewRepo[Writer](), prom.NewRepo[Essay](),
		prom.NewRepo[Writer](prom.Table("ghost writer"))}
}

var schemaName = regexp.MustCompile(`promtest_[a-z0-9]{16}`)

// contents returns what a database has: its tables, with the history of its installation.
func contents(t *testing.T, db *prom.DB) (all []string) {
	t.Helper()
	is := is.New(t)
	ctx := t.Context()
	names, err := db.Tables(ctx)
	is.NoErr(err)
	slices.Sort(names)
	for _, name := range names {
		found, err := db.Describe(ctx, name)
		is.NoErr(err)
		all = append(all, name, schemaName.ReplaceAllString(fmt.Sprintf("%+v", found), ""))
	}
	history, err := prom.RawQuery[string](db, `SELECT table_name || ': ' || statement FROM prom_history ORDER BY 1`).All(ctx)
	is.NoErr(err)
	return append(all, history...)
}

// Ensure that a database with the tables of models is what installation makes, whether it was recorded, replayed, or
// made ahead, and that it works.
func TestModels(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repos := everything()
		installed := database(t, e)
		for _, r := range repos {
			is.NoErr(usingAny(r, installed).Install(t.Context()))
		}
		want := contents(t, installed)
		is.True(len(want) > 10)
		check := func(t *testing.T, db *prom.DB) {
			t.Helper()
			is := is.New(t)
			have := contents(t, db)
			is.Equal(len(have), len(want))
			for i := range want {
				is.Equal(have[i], want[i])
			}
			var on []prom.AnyRepo
			for _, r := range repos {
				on = append(on, usingAny(r, db))
			}
			is.NoErr(prom.Check(t.Context(), on...))
			is.NoErr(prom.NewRepo[Canton](prom.Using(db)).Create(t.Context(), &Canton{Land: "CH", Code: 1, Name: "Bern", Sense: "sight"}))
			promtest.New[Place](db).Create(t)
			promtest.New[Writer](db).CreateMany(t, 2)
		}
		server := promtest.SQLite()
		if e.Name == dbtest.NamePostgres {
			server = promtest.Postgres(e.DSN)
		}
		t.Run("recorded and replayed", func(t *testing.T) {
			var all sync.WaitGroup
			dbs := make([]*prom.DB, 4)
			for i := range dbs {
				all.Go(func() { dbs[i] = promtest.DB(t, server, promtest.Models(repos...)) })
			}
			all.Wait()
			for _, db := range dbs {
				check(t, db)
			}
		})
		t.Run("ahead", func(t *testing.T) {
			is.Equal(promtest.Run(runner(func() int {
				for range 5 {
					check(t, promtest.DB(t, server, promtest.Models(repos...)))
				}
				return 3
			})), 3)
		})
	})
}

// usingAny returns a repo of the same model and table on another connection.
func usingAny(r prom.AnyRepo, db *prom.DB) prom.AnyRepo {
	switch r := r.(type) {
	case *prom.Repo[Place]:
		return r.Using(db)
	case *prom.Repo[Parcel]:
		return r.Using(db)
	case *prom.Repo[Writer]:
		return r.Using(db)
	case *prom.Repo[Essay]:
		return r.Using(db)
	}
	return nil
}

type runner func() int

func (r runner) Run() int { return r() }

// Ensure that databases which are made ahead go with the process, those too that no test has taken, and that a server
// which cannot be reached fails the test that asks.
func TestRun(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	server := database(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)})
	name := "promtest_run_" + strings.ToLower(rand.Text()[:8])
	_, err := prom.RawExec(t.Context(), server, "CREATE DATABASE "+name)
	is.NoErr(err)
	t.Cleanup(func() {
		_, err := prom.RawExec(context.Background(), server, "DROP DATABASE "+name)
		is.NoErr(err)
	})
	u, err := url.Parse(dbtest.Postgres(t))
	is.NoErr(err)
	u.Path, u.RawQuery = "/"+name, strings.ReplaceAll(u.RawQuery, "search_path", "application_name")
	code := promtest.Run(runner(func() int {
		for range 4 {
			text := record(t, func(tb testing.TB) {
				db := promtest.DB(tb, promtest.Postgres(u.String()), promtest.Models(prom.NewRepo[Writer]()))
				if err := newPress(db).writers.Create(t.Context(), &Writer{Name: "a"}); err != nil {
					tb.Error(err)
				}
			})
			is.Equal(text, "")
		}
		return 0
	}))
	is.Equal(code, 0)
	left := database(t, dbtest.Engine{Name: dbtest.NamePostgres, DSN: u.String()})
	n, err := prom.RawQuery[int](left, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'promtest\\_%'").First(t.Context())
	is.NoErr(err)
	is.Equal(n, 1) // that of left
	is.NoErr(left.Close())

	u.Path = "/not_" + name
	promtest.Run(runner(func() int {
		for range 2 {
			text := record(t, func(tb testing.TB) { promtest.DB(tb, promtest.Postgres(u.String())) })
			is.True(strings.Contains(text, "not_"+name) || strings.Contains(text, "does not exist"))
		}
		return 0
	}))
}

// Ensure that nothing of a test in a transaction stays, that transactions in it are savepoints, that it comes to its
// end when the test fails, and that a call beside it fails the test.
func TestRollback(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		p := guarded(t, t, e)
		shared := promtest.New[Writer](p.db)
		shared.Create(t, func(w *Writer) { w.Name = "shared" })
		count := func(ctx context.Context) int {
			n, err := p.writers.Count(ctx)
			is.NoErr(err)
			return n
		}
		for _, fails := range []bool{false, true} {
			text := record(t, func(tb testing.TB) {
				ctx := promtest.Rollback(tb, promtest.Budget(tb, t.Context(), 100), p.db)
				is.True(p.db.InTx(ctx))
				is.Equal(count(ctx), 1)
				is.NoErr(p.writers.Create(ctx, &Writer{Name: "a"}))
				is.NoErr(p.db.Tx(ctx, func(ctx context.Context) error { return p.writers.Create(ctx, &Writer{Name: "b"}) }))
				no := errors.New("no")
				is.Equal(p.db.Tx(ctx, func(ctx context.Context) error {
					is.NoErr(p.writers.Create(ctx, &Writer{Name: "c"}))
					return no
				}), no)
				is.NoErr(p.essays.Create(ctx, &Essay{By: prom.NewRef[Writer](1)}))
				shared.In(ctx).Create(t)
				is.Equal(count(ctx), 4)
				if fails {
					tb.Fatal("the test fails")
				}
			})
			is.Equal(text != "", fails)
			is.Equal(count(t.Context()), 1)
		}
		text := record(t, func(tb testing.TB) {
			p := guarded(tb, t, e)
			promtest.Rollback(tb, t.Context(), p.db)
			_, err := p.writers.Count(t.Context())
			is.NoErr(err)
		})
		is.True(strings.Contains(text, "the transaction begins at /") && strings.Contains(text, "models_test.go:"))

		is.NoErr(p.db.Close())
		closed, err := new(prom.Registry).Open("sqlite://:memory:")
		is.NoErr(err)
		_, err = newPress(closed).writers.Count(t.Context())
		is.NoErr(err)
		is.NoErr(closed.Close())
		text = record(t, func(tb testing.TB) { promtest.Rollback(tb, t.Context(), closed) })
		is.Equal(strings.Count(text, "promtest: prom:"), 1)
	})
}
