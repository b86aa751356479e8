package hooks_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that CreateMany calls the hooks of each value, in one transaction, whichever way the rows go, and says which
// value failed.
func TestHooks_CreateMany(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		_, repo, traces := deeds(t, e)
		s := &script{do: map[string]func(context.Context, *deed) error{
			"BeforeCreate": func(_ context.Context, d *deed) error { d.Slug = d.Title; return nil },
			"AfterCreate":  func(ctx context.Context, d *deed) error { d.Seen = fmt.Sprint(d.ID); return nil },
		}}
		ctx := s.in(context.Background())
		for _, n := range []int{1, 3, 600} {
			vs := make([]deed, n)
			for i := range vs {
				vs[i].Title = fmt.Sprint(n, " ", i)
			}
			is.NoErr(repo.CreateMany(ctx, vs))
			is.Equal(s.take(), strings.TrimSpace(strings.Repeat("BeforeSave BeforeCreate ", n)+strings.Repeat("Validate ", n)+
				strings.Repeat("AfterCreate AfterSave ", n)))
			for i := range vs {
				is.Equal(vs[i].Slug, vs[i].Title)
				is.Equal(vs[i].Seen, fmt.Sprint(vs[i].ID))
				is.Equal(len(repo.Modified(&vs[i])), 0)
			}
			got, err := repo.Get(context.Background(), vs[n-1].ID)
			is.NoErr(err)
			is.Equal(got.Slug, vs[n-1].Title)
		}
		before := len(kit.AllOf(t, repo))

		own := errors.New("own")
		for _, at := range []string{"BeforeSave", "Validate", "AfterSave"} {
			s.do[at] = func(ctx context.Context, d *deed) error {
				if d.Notes["fail"] == 0 {
					return nil
				}
				d.Notes["fail"]++
				return errors.Join(traces.Create(ctx, &trace{What: at}), own)
			}
			vs := []deed{{Title: "a"}, {Title: "b"}, {Title: "c", Notes: map[string]int{"fail": 1}}}
			err := repo.CreateMany(ctx, vs)
			var which *prom.ValueError
			is.True(errors.As(err, &which))
			is.Equal(which.Index, 2)
			is.True(errors.Is(err, own))
			is.True(reflect.DeepEqual(vs, []deed{{Title: "a"}, {Title: "b"}, {Title: "c", Notes: map[string]int{"fail": 1}}}))
			is.Equal(len(kit.AllOf(t, repo)), before)
			is.Equal(len(kit.AllOf(t, traces)), 0)
			delete(s.do, at)
		}
	})
}

// Ensure that a batch and the hooks of its values are one transaction: Before all statements, After all of them, and
// nothing of it when one fails.
func TestHooks_Batch(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		_, repo, traces := deeds(t, e)
		stored := kit.MustCreate(t, repo, deed{Title: "stored"})
		own := errors.New("own")
		s := &script{do: map[string]func(context.Context, *deed) error{
			"BeforeSave": func(_ context.Context, d *deed) error { d.Slug = "s " + d.Title; return nil },
			"AfterSave": func(ctx context.Context, d *deed) error {
				return traces.Create(ctx,
					&trace{What: d.Title, Of: d.ID})
			},
		}}
		ctx := s.in(context.Background())
		for range 2 {
			var b prom.Batch
			created, note := deed{Title: "created"}, trace{What: "by hand"}
			stored.Title = "changed"
			prom.Queue(&b, repo).Create(&created)
			prom.Queue(&b, repo).Update(stored)
			prom.Queue(&b, traces).Create(&note)
			all := prom.Queue(&b, repo).All(repo.OrderBy(deedSlug.Asc()))
			is.NoErr(b.Run(ctx))
			is.Equal(s.take(), "BeforeSave BeforeCreate Validate BeforeSave BeforeUpdate Validate AfterCreate AfterSave AfterUpdate AfterSave AfterLoad AfterLoad")
			list, err := all.Value()
			is.NoErr(err)
			is.Equal([]string{list[0].Slug, list[1].Slug}, []string{"s changed", "s created"})
			is.Equal([]string{created.Slug, stored.Slug}, []string{"s created", "s changed"})
			is.True(note.ID > 0)
			is.Equal(len(kit.AllOf(t, traces)), 3)

			_, err = traces.WithoutWhere().Delete(ctx)
			is.NoErr(err)
			is.NoErr(repo.DeleteKey(ctx, created.ID))
		}

		for _, at := range []string{"BeforeCreate", "Validate", "AfterCreate"} {
			s.do[at] = func(context.Context, *deed) error { return own }
			var b prom.Batch
			changed, created := *stored, deed{Title: "created"}
			changed.Title = "again"
			note := trace{What: "by hand"}
			prom.Queue(&b, traces).Create(&note)
			prom.Queue(&b, repo).Create(&created)
			prom.Queue(&b, repo).Update(&changed)
			err := b.Run(ctx)
			var which *prom.BatchError
			is.True(errors.As(err, &which))
			is.Equal(which.Index, 1)
			is.True(which.Err == own) //nolint:errorlint // unchanged
			is.Equal([]string{created.Slug, changed.Slug, note.Created.Format("2006")}, []string{"", "s changed", "0001"})
			is.True(created.IsNew())
			is.Equal(repo.Modified(&changed), []string{"title"})
			is.Equal(len(kit.AllOf(t, traces)), 0)
			is.Equal(len(kit.AllOf(t, repo)), 1)
			delete(s.do, at)
		}
	})
}

// Ensure that a write with hooks repairs a table that somebody dropped, as one without does, and calls the hooks of the
// value as it was.
func TestHooks_Repair(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db, repo, _ := deeds(t, e)
		s := &script{do: map[string]func(context.Context, *deed) error{
			"BeforeSave": func(_ context.Context, d *deed) error { d.Notes["saves"]++; return nil },
		}}
		ctx := s.in(context.Background())
		kit.MustCreate(t, repo, deed{Title: "known"})
		for i, write := range []func(d *deed) error{
			func(d *deed) error { return repo.Create(ctx, d) },
			func(d *deed) error {
				list := []deed{*d}
				err := repo.CreateMany(ctx, list)
				*d = list[0]
				return err
			},
			func(d *deed) error {
				var b prom.Batch
				prom.Queue(&b, repo).Create(d)
				return b.Run(ctx)
			},
		} {
			kit.RunSQL(t, db, "DROP TABLE deed")
			d := deed{Title: fmt.Sprint(i), Notes: map[string]int{}}
			is.NoErr(write(&d))
			is.Equal(d.Notes, map[string]int{"saves": 1})
			is.Equal(len(kit.AllOf(t, repo)), 1)
		}
	})
}
