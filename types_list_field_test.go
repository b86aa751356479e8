package prom_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

type shelf struct {
	prom.Model
	Tags   namedList
	Nums   *[]int32
	Floats []float64
	Flags  []bool
	Times  []time.Time
	IDs    []prom.UUID
	Seals  []grams
	Days   weekdays
}

var (
	shelfTags   = prom.ListOf(func(s *shelf) *namedList { return &s.Tags })
	shelfNums   = prom.NullListOf(func(s *shelf) **[]int32 { return &s.Nums })
	shelfFloats = prom.ListOf(func(s *shelf) *[]float64 { return &s.Floats })
	shelfFlags  = prom.ListOf(func(s *shelf) *[]bool { return &s.Flags })
	shelfTimes  = prom.ListOf(func(s *shelf) *[]time.Time { return &s.Times })
	shelfIDs    = prom.ListOf(func(s *shelf) *[]prom.UUID { return &s.IDs })
	shelfSeals  = prom.ListOf(func(s *shelf) *[]grams { return &s.Seals })
	shelfDays   = prom.ListOf(func(s *shelf) *weekdays { return &s.Days })
)

// found returns the keys of the rows that a condition is true for.
func found[T any](t *testing.T, repo *prom.Repo[T], cond prom.Cond[T]) []int64 {
	t.Helper()
	all, err := repo.Where(cond).All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for i := range all {
		ids = append(ids, idOf(&all[i]))
	}
	slices.Sort(ids)
	return ids
}

// Ensure that conditions on lists have the same answers on both engines as the words say, for NULL and empty lists and hostile texts too.
func TestListConditions(t *testing.T) {
	t.Parallel()
	hostile := []string{"", "a", `"`, `\`, "it's", "{a,b}", `["a"]`, "NULL", "null", "ü", "\u2028", "?", "$1", "a,b", " a"}
	lists := [][]string{{}, {"a"}, {"a", "b"}, {"b", "a", "b"}, {"A"}, hostile, {"ü", "NULL"}, {"{a,b}"}}
	args := append(slices.Clone(lists), []string{"b"}, []string{"a", "a"}, []string{"z"}, []string{"", "z"}, []string{`["a"]`, "?"})
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[shelf](prom.Using(open(t, e.DSN)))
		rows := make([]shelf, len(lists)+1)
		for i, l := range lists {
			nums := []int32{}
			for _, s := range l {
				nums = append(nums, int32(len(s)))
			}
			rows[i].Tags, rows[i].Nums = l, &nums
		}
		is.NoErr(repo.CreateMany(ctx, rows))
		for _, arg := range args {
			var want [7][]int64
			for i := range rows {
				tags, id := rows[i].Tags, rows[i].ID
				in := func(list []string) func(string) bool { return func(s string) bool { return slices.Contains(list, s) } }
				not := func(f func(string) bool) func(string) bool { return func(s string) bool { return !f(s) } }
				for j, is := range []bool{
					slices.Equal(tags, arg), !slices.Equal(tags, arg), !slices.ContainsFunc(arg, not(in(tags))), !slices.ContainsFunc(tags, not(in(arg))),
					slices.ContainsFunc(tags, in(arg)), slices.ContainsFunc(arg, not(in(tags))), len(tags) == 0,
				} {
					if is {
						want[j] = append(want[j], id)
					}
				}
			}
			for j, cond := range []prom.Cond[shelf]{
				shelfTags.Eq(arg), shelfTags.Ne(arg), shelfTags.Contains(arg...), shelfTags.ContainedBy(arg...), shelfTags.Overlaps(arg...),
				prom.Not(shelfTags.Contains(arg...)), shelfTags.IsEmpty(),
			} {
				if got := found(t, repo, cond); !slices.Equal(got, want[j]) {
					t.Errorf("condition %d of %q: %v, not %v", j, arg, got, want[j])
				}
			}
		}
		// The last row is NULL, about which nothing is true.
		last := len(rows)
		for _, cond := range []prom.Cond[shelf]{
			shelfNums.Contains(), shelfNums.Contains(1), shelfNums.Overlaps(1), shelfNums.ContainedBy(0, 1, 2, 3, 4, 5, 6), shelfNums.Eq([]int32{1}),
			shelfNums.IsEmpty(), shelfNums.Has(0),
		} {
			is.Equal(len(found(t, repo, cond))+len(found(t, repo, prom.Not(cond))), last-1)
		}
		is.Equal(len(found(t, repo, shelfNums.Has(1))), 5)
		is.Equal(len(found(t, repo, shelfTags.Len().Gt(2))), 2)
		is.Equal(len(found(t, repo, shelfNums.Len().IsNull())), 1)
		is.Equal(len(found(t, repo, prom.Eq(shelfNums.Len(), shelfTags.Len()))), len(lists))
		is.Equal(found(t, repo, shelfNums.IsNull()), []int64{rows[last-1].ID})
		is.Equal(len(found(t, repo, shelfNums.NotNull())), last-1)
		is.Equal(len(found(t, repo, prom.Or(shelfNums.NotEmpty(), shelfTags.Has("a")))), len(lists)-1)
	})
}

// Ensure that lists of every type of element are compared by value.
func TestListElements(t *testing.T) {
	t.Parallel()
	at, id := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC), prom.NewUUID()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[shelf](prom.Using(open(t, e.DSN)))
		s := shelf{
			Floats: []float64{0.1, 1, math.Inf(1)}, Flags: []bool{true}, Times: []time.Time{at}, IDs: []prom.UUID{id},
			Seals: []grams{{1.5}, {2}}, Days: weekdays{"mon"},
		}
		is.NoErr(repo.Create(ctx, &s))
		for i, c := range []struct {
			cond prom.Cond[shelf]
			want int
		}{
			{shelfFloats.Has(0.1), 1}, {shelfFloats.Contains(1, math.Inf(1)), 1}, {shelfFloats.Has(0.1000000001), 0}, {shelfFloats.Eq(s.Floats), 1},
			{shelfFlags.Has(true), 1}, {shelfFlags.Has(false), 0}, {shelfFlags.Eq([]bool{true}), 1}, {shelfFlags.ContainedBy(true, false), 1},
			{shelfTimes.Has(at.Add(999).In(time.FixedZone("", 3600))), 1}, {shelfTimes.Eq([]time.Time{at}), 1}, {shelfTimes.Has(at.Add(1000)), 0},
			{shelfIDs.Has(id), 1}, {shelfIDs.Has(prom.UUID{}), 0}, {shelfIDs.Overlaps(prom.UUID{}, id), 1},
			{shelfSeals.Has(grams{1.5}), 1}, {shelfSeals.Eq([]grams{{1.5}, {2}}), 1}, {shelfSeals.ContainedBy(grams{2}), 0},
			{shelfDays.Has("mon"), 1}, {shelfDays.Has("it's, \"tue\""), 0}, {shelfNums.Contains(), 0},
		} {
			if n, err := repo.Where(c.cond).Count(ctx); err != nil || n != c.want {
				t.Errorf("condition %d: %d rows, not %d; %v", i, n, c.want, err)
			}
		}
		_, err := repo.Where(shelfFloats.Has(math.NaN())).Count(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that elements are appended and removed in the database, NULL and empty lists included, and that their rules hold.
func TestListAssigns(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC)
	floats := []float64{0.1, 1.0 / 3, 5e-324, math.MaxFloat64, -math.MaxFloat64, 1e21, math.Pi, math.Inf(-1), 0}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[shelf](prom.Using(open(t, e.DSN)))
		s := shelf{Tags: namedList{`"`, "b", `"`}, Floats: []float64{7}}
		is.NoErr(repo.Create(ctx, &s))
		update := func(assigns ...prom.Assign[shelf]) {
			t.Helper()
			n, err := repo.AllRows().Update(ctx, assigns...)
			is.NoErr(err)
			is.Equal(n, 1)
			is.NoErr(repo.Reload(ctx, &s))
		}
		update(shelfTags.Append("ü\u2028'", `\`), shelfNums.Append(1, -2), shelfFloats.Append(floats...), shelfFlags.Append(true, false, true),
			shelfTimes.Append(at), shelfSeals.Append(grams{1.5}), shelfDays.Append())
		is.Equal(s.Tags, namedList{`"`, "b", `"`, "ü\u2028'", `\`})
		is.Equal(*s.Nums, []int32{1, -2})
		is.Equal(s.Floats, append([]float64{7}, floats...))
		is.Equal(s.Flags, []bool{true, false, true})
		is.Equal(s.Times, []time.Time{at})
		is.Equal(s.Seals, []grams{{1.5}})
		update(shelfTags.Remove(`"`, "z"), shelfNums.Remove(), shelfFloats.Remove(7), shelfFlags.Remove(true), shelfTimes.Remove(at))
		is.Equal(s.Tags, namedList{"b", "ü\u2028'", `\`})
		is.Equal(*s.Nums, []int32{1, -2})
		is.Equal(s.Floats, floats)
		is.Equal(s.Flags, []bool{false})
		is.Equal(s.Times, []time.Time{})
		update(shelfNums.Remove(1, -2), shelfTags.Set(nil), shelfFlags.Set([]bool{true}))
		is.Equal(*s.Nums, []int32{})
		is.Equal(s.Tags, namedList{})
		is.Equal(s.Flags, []bool{true})
		update(shelfTags.Append("x"), shelfDays.SetTo(shelfDays))
		is.Equal(s.Tags, namedList{"x"})
		all, err := prom.Pluck(repo.Query(), shelfTags).All(ctx)
		is.NoErr(err)
		is.Equal(all, [][]string{{"x"}})
		update(shelfNums.SetNull())
		update(shelfNums.Remove(1))
		is.Equal(s.Nums, nil)
		_, err = repo.AllRows().Update(ctx, shelfDays.Append("mon", "wed"))
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = repo.AllRows().Update(ctx, shelfDays.Remove("wed")) // which nothing is
		is.NoErr(err)
	})
}
