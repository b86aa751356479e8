package write_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Page is deleted softly.
type Page struct {
	prom.Model
	Slug    string `prom:"unique"`
	Site    string `prom:"unique=site_no"`
	No      int    `prom:"unique=site_no"`
	Parent  *prom.Ref[Page]
	Gone    *time.Time `prom:"deleted"`
	Version int        `prom:"version"`
}

// PageRemark belongs to a page.
type PageRemark struct {
	prom.Model
	Page prom.Ref[Page]
	Text string
}

// PlainPage is deleted softly, and nothing tracks it.
type PlainPage struct {
	Slug string `prom:"key"`
	Text string
	Gone *time.Time `prom:"deleted"`
}

var (
	page           = prom.Proto[Page]()
	pageRemark     = prom.Proto[PageRemark]()
	PageSlug       = prom.TextOf(page, &page.Slug)
	PageSite       = prom.TextOf(page, &page.Site)
	PageNo         = prom.NumberOf(page, &page.No)
	PageParent     = prom.NullRefOf(page, &page.Parent)
	PageID         = prom.NumberOf(page, &page.ID)
	PageRemarkPage = prom.RefOf(pageRemark, &pageRemark.Page)
	PageRemarkText = prom.TextOf(pageRemark, &pageRemark.Text)
)

func softPages(db *prom.DB) *prom.Repo[Page] { return prom.NewRepo[Page](prom.Using(db)) }

// manyPages inserts n pages, numbered from 0.
func manyPages(tb testing.TB, repo *prom.Repo[Page], n int) []Page {
	tb.Helper()
	list := make([]Page, n)
	for i := range list {
		list[i] = Page{Slug: "p" + string(rune('a'+i%26)) + strings.Repeat("x", i/26), Site: "s", No: i}
	}
	if err := repo.CreateMany(context.Background(), list); err != nil {
		tb.Fatal(err)
	}
	return list
}

// numbers returns the numbers of pages.
func numbers(list []Page) []int {
	nos := make([]int, len(list))
	for i := range list {
		nos[i] = list[i].No
	}
	return nos
}

// Ensure that a row that was deleted softly is there for nobody who does not ask for it, whichever way they read, and
// that it comes back by Restore.
func TestSoftDelete(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := softPages(db)
		list := manyPages(t, repo, 4)
		v := &list[1]
		updated := v.Updated
		is.NoErr(repo.Delete(ctx, v))
		is.True(v.Gone != nil && v.Updated.After(updated) && v.Version == 2 && !v.IsNew())
		is.Equal(len(repo.Modified(v)), 0)

		_, err := repo.Get(ctx, v.ID)
		is.True(errors.Is(err, prom.ErrNotFound))
		_, err = repo.Get(prom.WithBatchGets(ctx), v.ID)
		is.True(errors.Is(err, prom.ErrNotFound))
		is.True(errors.Is(repo.Load(ctx, &Page{Slug: v.Slug}), prom.ErrNotFound))
		again := *v
		is.True(errors.Is(repo.Reload(ctx, &again), prom.ErrNotFound))
		is.Equal(numbers(kit.AllOf(t, repo)), []int{0, 2, 3})
		count, err := repo.Count(ctx)
		is.NoErr(err)
		is.Equal(count, 3)
		count, err = repo.OrderBy(PageNo.Asc()).Limit(10).Count(ctx)
		is.NoErr(err)
		is.Equal(count, 3)
		has, err := repo.Where(PageNo.Eq(1)).Exists(ctx)
		is.NoErr(err)
		is.True(!has)
		var each, ordered, streamed []int
		for p, err := range repo.Each(ctx) {
			is.NoErr(err)
			each = append(each, p.No)
		}
		for p, err := range repo.OrderBy(PageNo.Desc()).Each(ctx) {
			is.NoErr(err)
			ordered = append(ordered, p.No)
		}
		for p, err := range repo.OrderBy(PageNo.Asc()).Stream(ctx) {
			is.NoErr(err)
			streamed = append(streamed, p.No)
		}
		is.Equal(each, []int{0, 2, 3})
		is.Equal(ordered, []int{3, 2, 0})
		is.Equal(streamed, []int{0, 2, 3})
		var b prom.Batch
		got, all := prom.Queue(&b, repo).Get(v.ID), prom.Queue(&b, repo).All(repo.OrderBy(PageNo.Asc()))
		is.NoErr(b.Run(ctx))
		_, err = got.Value()
		is.True(errors.Is(err, prom.ErrNotFound))
		rows, err := all.Value()
		is.NoErr(err)
		is.Equal(numbers(rows), []int{0, 2, 3})

		with, err := repo.Query().WithDeleted().OrderBy(PageNo.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(numbers(with), []int{0, 1, 2, 3})
		only, err := repo.Query().OnlyDeleted().All(ctx)
		is.NoErr(err)
		is.Equal(numbers(only), []int{1})
		is.True(only[0].Gone.Equal(*v.Gone))
		each = nil
		for p, err := range repo.Query().OnlyDeleted().Each(ctx) {
			is.NoErr(err)
			each = append(each, p.No)
		}
		is.Equal(each, []int{1})

		n, err := repo.Where(PageNo.Gte(0)).Update(ctx, PageSite.Set("t"))
		is.NoErr(err)
		is.Equal(n, 3)
		is.True(errors.Is(repo.Delete(ctx, &again), prom.ErrNotFound))
		is.True(errors.Is(repo.DeleteKey(ctx, v.ID), prom.ErrNotFound))

		is.NoErr(repo.Undelete(ctx, v))
		is.True(v.Gone == nil && v.Version == 3)
		is.Equal(len(kit.AllOf(t, repo)), 4)
		is.True(errors.Is(repo.Undelete(ctx, &again), prom.ErrNotFound)) // it is not deleted any more
		isStale(t, repo.Delete(ctx, &again))                             // nor is it what it was
		isStale(t, repo.Save(ctx, &again))
		back := again
		is.NoErr(repo.Reload(ctx, &back))
		is.True(errors.Is(repo.Undelete(ctx, &back), prom.ErrNotFound)) // it is not deleted
		is.NoErr(repo.HardDelete(ctx, &back))
		is.True(back.IsNew())
		all4, err := repo.Query().WithDeleted().Count(ctx)
		is.NoErr(err)
		is.Equal(all4, 3)
		is.True(errors.Is(repo.HardDelete(ctx, v), prom.ErrNotFound))
	})
}

// Ensure that queries delete softly, restore and delete for good, each the rows that they are about, and never all of
// them unasked.
func TestSoftDeleteByQuery(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := softPages(kit.Open(t, e.DSN))
		manyPages(t, repo, 6)
		counts := func(want ...int) {
			t.Helper()
			is := is.New(t)
			for i, q := range []*prom.Query[Page]{repo.Query(), repo.Query().OnlyDeleted(), repo.Query().WithDeleted()} {
				n, err := q.Count(ctx)
				is.NoErr(err)
				is.Equal(n, want[i])
			}
		}
		n, err := repo.Where(PageNo.Lt(3)).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		counts(3, 3, 6)
		first, err := repo.Query().OnlyDeleted().First(ctx)
		is.NoErr(err)
		n, err = repo.Where(PageNo.Lt(4)).WithDeleted().Delete(ctx) // only those that are there
		is.NoErr(err)
		is.Equal(n, 1)
		same, err := repo.Where(PageID.Eq(first.ID)).OnlyDeleted().First(ctx)
		is.NoErr(err)
		is.Equal(same.Version, first.Version)
		counts(2, 4, 6)
		n, err = repo.Where(PageNo.In(0, 5)).Undelete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		counts(3, 3, 6)
		n, err = repo.Where(PageNo.In(0, 1)).HardDelete(ctx) // 1 is not seen
		is.NoErr(err)
		is.Equal(n, 1)
		counts(2, 3, 5)
		for _, err := range []error{kit.ErrOf(repo.Query().Delete(ctx)), kit.ErrOf(repo.Query().HardDelete(ctx)),
			kit.ErrOf(repo.Query().Undelete(ctx)),
			kit.ErrOf(repo.Query().OnlyDeleted().HardDelete(ctx))} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
		n, err = repo.WithoutWhere().OnlyDeleted().HardDelete(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		counts(2, 0, 2)
		gone, err := prom.DeleteReturning(ctx, repo.Where(PageNo.Eq(4)))
		is.NoErr(err)
		is.True(len(gone) == 1 && gone[0].Gone != nil && gone[0].Version == 2 && !gone[0].IsNew())
		is.NoErr(repo.Undelete(ctx, &gone[0]))
		var b prom.Batch
		done, none := prom.Queue(&b, repo).DeleteKey(gone[0].ID), prom.Queue(&b, repo).DeleteKey(gone[0].ID)
		is.NoErr(b.Run(ctx))
		is.Equal(result(t, done), 1)
		is.Equal(result(t, none), 0)
		counts(1, 1, 2)
	})
}

// result returns the value of an operation of a batch that has run.
func result[V any](tb testing.TB, r *prom.Result[V]) V {
	tb.Helper()
	v, err := r.Value()
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// Ensure that unique indexes are over the rows that are there, for inserts, upserts and loads.
// parity: M8 M11 X10
func TestSoftDeleteUnique(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := softPages(kit.Open(t, e.DSN))
		old := kit.MustCreate(t, repo, Page{Slug: "a", Site: "s", No: 1})
		is.True(errors.Is(repo.Create(ctx, &Page{Slug: "a", Site: "t"}), prom.ErrUnique))
		is.NoErr(repo.Delete(ctx, old))
		fresh := kit.MustCreate(t, repo, Page{Slug: "a", Site: "s", No: 1})
		is.True(errors.Is(repo.Undelete(ctx, old), prom.ErrUnique))
		is.True(old.Gone != nil)

		up := Page{Slug: "a", Site: "u", No: 2}
		is.NoErr(repo.Upsert(ctx, &up))
		is.Equal(up.ID, fresh.ID)
		pair := Page{Slug: "b", Site: "u", No: 2}
		is.NoErr(repo.Upsert(ctx, &pair, PageNo, PageSite))
		is.Equal(pair.ID, fresh.ID)
		loaded := Page{Slug: "b"}
		is.NoErr(repo.Load(ctx, &loaded))
		is.Equal(loaded.ID, fresh.ID)
		is.NoErr(repo.Delete(ctx, &loaded))
		another := Page{Slug: "b", Site: "u", No: 2}
		is.NoErr(repo.Upsert(ctx, &another))
		is.True(another.ID != fresh.ID)
		// The primary key is over all rows: the one that is deleted comes back, as it is written.
		revived := Page{Model: prom.Model{ID: old.ID}, Slug: "c", Site: "v"}
		is.NoErr(repo.Upsert(ctx, &revived))
		is.True(revived.ID == old.ID && revived.Gone == nil)
		is.Equal(len(kit.AllOf(t, repo)), 2)
	})
}

// Ensure that a value that was loaded as deleted can be written, so that the mark can be set and taken off by hand too.
func TestSoftDeleteByHand(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := softPages(db)
		v := kit.MustCreate(t, repo, Page{Slug: "a"})
		at := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		v.Gone = &at
		is.NoErr(repo.Save(ctx, v))
		is.Equal(len(kit.AllOf(t, repo)), 0)
		v.Slug = "b"
		is.NoErr(repo.Save(ctx, v))
		is.True(v.Gone.Equal(at))
		v.Gone = nil
		var b prom.Batch
		prom.Queue(&b, repo).Update(v)
		is.NoErr(b.Run(ctx))
		is.Equal(kit.AllOf(t, repo)[0].Slug, "b")

		plain := prom.NewRepo[PlainPage](prom.Using(db))
		p := PlainPage{Slug: "p", Text: "one"}
		is.NoErr(plain.Create(ctx, &p))
		is.NoErr(plain.DeleteKey(ctx, "p"))
		is.Equal(len(kit.AllOf(t, plain)), 0)
		is.True(errors.Is(plain.Update(ctx, &p), prom.ErrNotFound))
		is.NoErr(plain.Undelete(ctx, &p))
		is.NoErr(plain.Delete(ctx, &p))
		is.True(p.Gone != nil)
		p.Text = "two"
		is.NoErr(plain.Update(ctx, &p))
		is.NoErr(plain.HardDelete(ctx, &p))
	})
}

// Ensure that the rows that are deleted are left out of subqueries, joins and trees as well.
func TestSoftDeleteInOtherQueries(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo, remarks := softPages(db), prom.NewRepo[PageRemark](prom.Using(db))
		list := manyPages(t, repo, 3)
		for i := range list {
			kit.MustCreate(t, remarks, PageRemark{Page: prom.NewRef[Page](list[i].ID), Text: list[i].Slug})
		}
		ref := prom.NewRef[Page](list[0].ID)
		list[1].Parent = &ref
		is.NoErr(repo.Save(ctx, &list[1]))
		ref2 := prom.NewRef[Page](list[1].ID)
		list[2].Parent = &ref2
		is.NoErr(repo.Save(ctx, &list[2]))

		counts := func(q *prom.Query[PageRemark]) int {
			n, err := q.Count(ctx)
			is.NoErr(err)
			return n
		}
		under := func() int {
			n, err := repo.Where(prom.DescendantsOf(PageParent, PageNo.Eq(0))).Count(ctx)
			is.NoErr(err)
			return n
		}
		is.Equal(counts(remarks.Where(PageRemarkPage.Has(PageNo.Gte(0)))), 3)
		is.Equal(under(), 2)
		is.NoErr(repo.Delete(ctx, &list[1]))
		is.Equal(counts(remarks.Where(PageRemarkPage.Has(PageNo.Gte(0)))), 2)
		is.Equal(counts(remarks.Where(prom.Not(PageRemarkPage.Has()))), 1)
		is.Equal(counts(remarks.Where(prom.InQuery(PageRemarkPage, prom.Pluck(repo.Query(), PageID)))), 2)
		is.Equal(counts(remarks.Where(prom.InQuery(PageRemarkPage, prom.Pluck(repo.Query().WithDeleted(), PageID)))), 3)
		is.Equal(counts(remarks.Where(prom.Exists(pageRemark, repo.Query().OnlyDeleted(),
			prom.Match(PageID, PageRemarkPage)))), 1)
		is.Equal(counts(remarks.Where(prom.Via(PageRemarkPage, PageSlug).IsNull())), 1)
		slugs, err := prom.Pluck(remarks.OrderBy(PageRemarkText.Asc()),
			prom.OrNull(prom.Via(PageRemarkPage, PageSlug))).All(ctx)
		is.NoErr(err)
		is.True(*slugs[0] == "pa" && slugs[1] == nil && *slugs[2] == "pc")
		is.Equal(under(), 0) // what is below it hangs on it
		n, err := remarks.WithoutWhere().Update(ctx,
			PageRemarkText.SetTo(prom.OrValue(prom.Via(PageRemarkPage, PageSlug), "none")))
		is.NoErr(err)
		is.Equal(n, 3)
		is.Equal(counts(remarks.Where(PageRemarkText.Eq("none"))), 1)
	})
}

// Ensure that a model without the field says so, and that a query of other queries does.
func TestSoftDeleteNeedsItsField(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo, soft := kit.Items(db), softPages(db)
		v := kit.MustCreate(t, repo, kit.Item{Name: "a"})
		for _, err := range []error{
			kit.ErrOf(repo.Query().WithDeleted().All(ctx)), kit.ErrOf(repo.Query().OnlyDeleted().Count(ctx)), repo.Undelete(ctx,
				v),
			kit.ErrOf(repo.WithoutWhere().Undelete(ctx)), kit.ErrOf(prom.Union(soft.Query(),
				soft.Query()).WithDeleted().All(ctx)),
		} {
			is.True(errors.Is(err, prom.ErrValidation))
		}
		n, err := repo.WithoutWhere().HardDelete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		v = kit.MustCreate(t, repo, kit.Item{Name: "a"})
		is.NoErr(repo.HardDelete(ctx, v))
		is.True(v.IsNew())
	})
}

// Ensure that a delete of soft-deleted rows alone does not reach those that are there: it is refused, with what to say
// instead, by itself, returning rows and in a batch.
func TestDeleteOfDeleted(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Page](prom.Using(kit.Open(t, e.DSN)))
		for i := range 3 {
			kit.MustCreate(t, repo, Page{Slug: fmt.Sprint(i), No: i})
		}
		is.NoErr(repo.DeleteKey(ctx, 1))
		q := repo.Where(PageNo.Gte(0)).OnlyDeleted()
		is.Equal(kit.Count(t, q), 1)
		var b prom.Batch
		prom.Queue(&b, repo).DeleteWhere(q)
		for name, err := range map[string]error{
			"delete": kit.ErrOf(q.Delete(ctx)), "returning": kit.ErrOf(prom.DeleteReturning(ctx, q)), "batch": b.Run(ctx),
		} {
			if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), "HardDelete") {
				t.Errorf("%s: %v", name, err)
			}
		}
		is.Equal(kit.Count(t, repo.Query()), 2)
		n, err := repo.Where(PageNo.Gte(0)).WithDeleted().Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		gone, err := q.HardDelete(ctx)
		is.NoErr(err)
		is.Equal(gone, 3)
	})
}
