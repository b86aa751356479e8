package promtest_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

type (
	Writer struct {
		prom.Model
		Name  string `prom:"unique"`
		Texts prom.Many[Essay]
	}
	Essay struct {
		prom.Model
		By    prom.Ref[Writer]
		Title string
	}
)

var (
	writer      = prom.Proto[Writer]()
	writerID    = prom.NumberOf(writer, &writer.ID)
	writerName  = prom.TextOf(writer, &writer.Name)
	writerTexts = prom.ManyOf(writer, &writer.Texts)
	essay       = prom.Proto[Essay]()
	essayBy     = prom.RefOf(essay, &essay.By)
)

// press is a service as programs have it.
type press struct {
	db      *prom.DB
	writers *prom.Repo[Writer]
	essays  *prom.Repo[Essay]
}

func newPress(db *prom.DB) *press {
	return &press{db, prom.NewRepo[Writer](prom.Using(db)), prom.NewRepo[Essay](prom.Using(db))}
}

// line returns the line of its caller, with an offset.
func line(offset int) string {
	_, file, n, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", filepath.Base(file), n+offset)
}

// Ensure that a budget fails with the statements by shape and line, and passes when it is kept, whether the tables were
// there or not.
func TestBudget(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		p := newPress(database(t, e))
		ada := &Writer{Name: "Ada"}
		create := func(ctx context.Context) error { return p.writers.Create(ctx, ada) }
		is.Equal(record(t, func(tb testing.TB) {
			is.NoErr(create(promtest.Budget(tb, t.Context(), 1))) // which makes the table
		}), "")
		var at string
		text := record(t, func(tb testing.TB) {
			ctx := promtest.Budget(tb, t.Context(), 3)
			for range 3 {
				at = line(+1)
				_, err := p.writers.Get(ctx, ada.ID)
				is.NoErr(err)
			}
			is.NoErr(p.essays.Create(ctx, &Essay{By: prom.RefTo(ada)}))
		})
		for _, part := range []string{"4 statements, and the budget of budget_test.go:", " is 3:\n", "     3 × get writer (Get) at " + at,
			"     1 × insert essay (Create) at budget_test.go:", `SELECT "name", "_id"`} {
			if !strings.Contains(text, part) {
				t.Errorf("%s\nlacks %q", text, part)
			}
		}
		is.True(!strings.Contains(text, "instead:")) // the arguments are the same

		is.Equal(record(t, func(tb testing.TB) {
			ctx := promtest.Budget(tb, t.Context(), 2)
			var b prom.Batch
			for range 5 {
				prom.Queue(&b, p.essays).Create(&Essay{By: prom.RefTo(ada)})
			}
			is.NoErr(b.Run(ctx)) // one of the two
			is.NoErr(p.db.Tx(ctx, func(ctx context.Context) error {
				return p.db.Tx(ctx, func(ctx context.Context) error {
					_, err := p.essays.Count(ctx)
					return err
				})
			}))
		}), "")
	})
}

// Ensure that budgets count in each other and in other goroutines, and that one which sees nothing fails.
func TestBudgetNested(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := newPress(promtest.DB(t, promtest.SQLite()))
	is.NoErr(prom.Install(t.Context(), p.writers, p.essays))
	text := record(t, func(tb testing.TB) {
		outer := promtest.Budget(tb, t.Context(), 4)
		inner := promtest.Budget(tb, outer, 5)
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if _, err := p.writers.Count(inner); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
	is.Equal(strings.Count(text, "promtest:"), 1)
	is.True(strings.Contains(text, "5 statements, and the budget of"))

	blind, err := new(prom.Registry).Open("sqlite://:memory:")
	is.NoErr(err)
	defer blind.Close()
	for i, guard := range []func(tb testing.TB) context.Context{
		func(tb testing.TB) context.Context { return promtest.Budget(tb, t.Context(), 1) },
		func(tb testing.TB) context.Context { return promtest.NoLoops(tb, t.Context()) },
	} {
		text = record(t, func(tb testing.TB) { is.NoErr(newPress(blind).writers.Create(guard(tb), &Writer{Name: fmt.Sprint(i)})) })
		is.True(strings.Contains(text, "saw no statement; use its context for the calls, and a connection of promtest.DB"))
	}
	is.Equal(record(t, func(tb testing.TB) { promtest.Budget(tb, t.Context(), 0) }), "")

	shared, err := new(prom.Registry).Open("sqlite://:memory:", promtest.Guards(nil))
	is.NoErr(err)
	defer shared.Close()
	is.Equal(record(t, func(tb testing.TB) {
		is.NoErr(newPress(shared).writers.Create(promtest.Budget(tb, t.Context(), 1), &Writer{Name: "Bob"}))
	}), "")
}

// Ensure that a loop is told with its line and with the call that takes its place, for each kind of call, and that what
// only looks like a loop is not.
func TestNoLoops(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		p := newPress(database(t, e))
		is.NoErr(prom.Install(t.Context(), p.writers, p.essays))
		people := make([]Writer, 5)
		for i := range people {
			people[i].Name = fmt.Sprint("writer ", i)
		}
		is.NoErr(p.writers.CreateMany(t.Context(), people))
		for _, tt := range []struct {
			name, remedy string
			call         func(ctx context.Context) (loop string, err error)
		}{
			{"get", "repo.Where(key.In(keys...)).All(ctx)", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for _, w := range people {
					if _, err = p.writers.Get(ctx, w.ID); err != nil {
						return loop, err
					}
				}
				return loop, nil
			}},
			{"get behind a function", "repo.Where(key.In(keys...)).All(ctx)", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for i := 0; i < len(people) && err == nil; i++ {
					_, err = p.named(ctx, people[i].ID)
				}
				return loop, err
			}},
			{"get in goroutines", "repo.Where(key.In(keys...)).All(ctx)", func(ctx context.Context) (loop string, err error) {
				errs := make(chan error, len(people))
				loop = line(+1)
				for _, w := range people {
					go func() {
						_, err := p.writers.Get(ctx, w.ID)
						errs <- err
					}()
				}
				for range people {
					err = <-errs
				}
				return loop, err
			}},
			{"create", "repo.CreateMany(ctx, values)", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for _, w := range people {
					err = p.essays.Create(ctx, &Essay{By: prom.RefTo(&w)})
				}
				return loop, err
			}},
			{"get or create", "prom.GetOrCreateMany(ctx, repo, values, on...)", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for i := range people {
					_, err = p.writers.GetOrCreate(ctx, &Writer{Name: fmt.Sprint("new ", i)}, writerName)
				}
				return loop, err
			}},
			{"relation", "load the relation with the rows by With", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for i := range people {
					err = p.writers.With(writerTexts).LoadInto(ctx, &people[i])
				}
				return loop, err
			}},
			{"query", "With reads a relation with its rows", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for _, w := range people {
					_, err = p.essays.Where(essayBy.Eq(w.ID)).All(ctx)
				}
				return loop, err
			}},
			{"save", "Queue(&batch, repo).Update(v)", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for i := range people {
					people[i].Name += "!"
					err = p.writers.Save(ctx, &people[i])
				}
				return loop, err
			}},
			{"upsert", "repo.OnConflict(on...).UpdateAll().CreateMany(ctx, values)", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for i := range people {
					err = p.writers.Upsert(ctx, &Writer{Name: people[i].Name}, writerName)
				}
				return loop, err
			}},
			{"count", "Compute with the relation's Count", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for _, w := range people {
					_, err = p.essays.Where(essayBy.Eq(w.ID)).Count(ctx)
				}
				return loop, err
			}},
			{"raw", "prom.Batch", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for i := range people {
					_, err = prom.RawQuery[int](p.db, "SELECT _id FROM writer WHERE name = ?", fmt.Sprint(i)).All(ctx)
				}
				return loop, err
			}},
			{"delete", "repo.Where(key.In(keys...)).Delete(ctx)", func(ctx context.Context) (loop string, err error) {
				loop = line(+1)
				for i := range 4 {
					err = p.essays.DeleteKey(ctx, 1+i)
				}
				return loop, err
			}},
		} {
			var loop string
			text := record(t, func(tb testing.TB) {
				var err error
				loop, err = tt.call(promtest.NoLoops(tb, t.Context()))
				is.NoErr(err)
			})
			if !strings.Contains(text, "the loop begins at ") || !strings.Contains(text, loop+"\n") ||
				!strings.Contains(text, "instead: ") || !strings.Contains(text, tt.remedy) {
				t.Errorf("%s: the loop at %s, which %s would replace, is told as:\n%s", tt.name, loop, tt.remedy, text)
			}
		}
		for name, call := range map[string]func(ctx context.Context) error{
			"many": func(ctx context.Context) error { return p.essays.CreateMany(ctx, make100(people)) },
			"pages": func(ctx context.Context) error { // as Each has it
				if err := p.essays.CreateMany(ctx, make100(people)); err != nil {
					return err
				}
				n := 0
				for range p.essays.Each(ctx) {
					n++
				}
				if n < 100 {
					return fmt.Errorf("%d rows", n)
				}
				return nil
			},
			"twice": func(ctx context.Context) (err error) {
				for _, w := range people[:2] {
					_, err = p.writers.Get(ctx, w.ID)
				}
				return err
			},
			"again": func(ctx context.Context) (err error) {
				for range 5 {
					_, err = p.writers.Get(ctx, people[0].ID)
				}
				return err
			},
			"lines": func(ctx context.Context) error {
				_, err := p.writers.Get(ctx, people[0].ID)
				if err == nil {
					_, err = p.writers.Get(ctx, people[1].ID)
				}
				if err == nil {
					_, err = p.writers.Get(ctx, people[2].ID)
				}
				return err
			},
			"with": func(ctx context.Context) error {
				_, err := p.writers.With(writerTexts.With(essayBy)).All(ctx)
				return err
			},
			"batch": func(ctx context.Context) error {
				var b prom.Batch
				for _, w := range people {
					prom.Queue(&b, p.writers).Get(w.ID)
				}
				return b.Run(ctx)
			},
		} {
			if text := record(t, func(tb testing.TB) { is.NoErr(call(promtest.NoLoops(tb, t.Context()))) }); text != "" {
				t.Errorf("%s: %s", name, text)
			}
		}
		text := record(t, func(tb testing.TB) {
			ctx := promtest.NoLoops(tb, t.Context())
			for _, w := range people { // the test's own
				_, err := p.named(ctx, w.ID)
				is.NoErr(err)
			}
		})
		is.Equal(text, "")
	})
}

func make100(people []Writer) []Essay {
	list := make([]Essay, 100)
	for i := range list {
		list[i].By = prom.RefTo(&people[i%len(people)])
	}
	return list
}

// named is a method of a service, with the query in a place of its own.
func (p *press) named(ctx context.Context, id int64) (string, error) {
	w, err := p.writers.Where(writerID.Eq(id)).Get(ctx, id)
	if err != nil {
		return "", err
	}
	return w.Name, nil
}
