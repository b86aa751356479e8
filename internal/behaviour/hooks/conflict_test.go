package hooks_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that inserts that mind conflicts call their hooks, undo what these did when the row was left alone, and leave
// values as they were when a hook fails. parity: F45 M8
func TestHooks_OnConflict(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		s := &script{do: map[string]func(context.Context, *deed) error{}}
		ctx := s.in(context.Background())
		_, repo, traces := deeds(t, e)
		s.do["BeforeSave"] = func(ctx context.Context, d *deed) error {
			d.Slug = "slug of " + d.Title
			return traces.Create(ctx, &trace{What: d.Title})
		}
		traced := func() int {
			n, err := traces.Count(ctx)
			is.NoErr(err)
			return n
		}
		by := repo.OnConflict(deedTitle)
		v := deed{Title: "one"}
		outcome, err := by.Create(ctx, &v)
		is.NoErr(err)
		is.Equal(outcome, prom.Inserted)
		is.Equal(s.take(), "BeforeSave Validate AfterSave")
		is.Equal(v.Slug, "slug of one")
		is.Equal(traced(), 1)

		again := deed{Title: "one"}
		outcome, err = by.DoNothing().Create(ctx, &again)
		is.NoErr(err)
		is.Equal(outcome, prom.Unchanged)
		is.Equal(s.take(), "BeforeSave Validate")
		is.True(again.IsNew() && again.Slug == "")
		is.Equal(traced(), 1)

		many := []deed{{Title: "one"}, {Title: "two"}}
		outcomes, err := by.DoNothing().CreateMany(ctx, many)
		is.NoErr(err)
		is.Equal(outcomes, []prom.Outcome{prom.Unchanged, prom.Inserted})
		is.Equal(s.take(), "BeforeSave Validate BeforeSave Validate AfterSave")
		is.Equal(many[0].Slug, "")
		is.Equal(many[1].Slug, "slug of two")

		own := errors.New("own")
		s.do["AfterSave"] = func(context.Context, *deed) error { return own }
		bad := deed{Title: "three"}
		_, err = by.Create(ctx, &bad)
		is.Equal(err, own)
		is.True(bad.IsNew() && bad.Slug == "")
		_, err = by.CreateMany(ctx, []deed{{Title: "three"}, {Title: "four"}})
		is.True(errors.Is(err, own))
		delete(s.do, "AfterSave")
		count, err := repo.Count(ctx)
		is.NoErr(err)
		is.Equal(count, 2)
		s.take()

		got := deed{Title: "two"}
		created, err := repo.GetOrCreate(ctx, &got)
		is.True(err == nil && !created)
		is.Equal(s.take(), "AfterLoad")
		fresh := deed{Title: "three"}
		created, err = repo.GetOrCreate(ctx, &fresh)
		is.True(err == nil && created && fresh.Slug == "slug of three")
		is.Equal(s.take(), "BeforeSave BeforeCreate Validate AfterCreate AfterSave")

		list, err := prom.UpdateReturning(ctx, repo.WithoutWhere(), deedSlug.Set("s"))
		is.NoErr(err)
		is.Equal(len(list), 3)
		is.Equal(s.take(), "AfterLoad AfterLoad AfterLoad")
		is.NoErr(repo.HardDelete(ctx, &fresh))
		is.Equal(s.take(), "BeforeDelete AfterDelete")
	})
}
