package types_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type listing struct {
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
	listingProto  = prom.Proto[listing]()
	listingTags   = prom.ListOf(listingProto, &listingProto.Tags)
	listingNums   = prom.NullListOf(listingProto, &listingProto.Nums)
	listingFloats = prom.ListOf(listingProto, &listingProto.Floats)
	listingFlags  = prom.ListOf(listingProto, &listingProto.Flags)
	listingTimes  = prom.ListOf(listingProto, &listingProto.Times)
	listingIDs    = prom.ListOf(listingProto, &listingProto.IDs)
	listingSeals  = prom.ListOf(listingProto, &listingProto.Seals)
	listingDays   = prom.ListOf(listingProto, &listingProto.Days)
)

// found returns the keys of the rows that a condition is true for.
func found[T any](t *testing.T, repo *prom.Repo[T], cond prom.Cond[*T]) []int64 {
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

// Ensure that conditions on lists have the same answers on both engines as the words say, for NULL and empty lists and
// hostile texts too.
func TestListConditions(t *testing.T) {
	t.Parallel()
	hostile := []string{"", "a", `"`, `\`, "it's", "{a,b}", `["a"]`, "NULL", "null", "ü", "\u2028", "?", "$1", "a,b", " a"}
	lists := [][]string{{}, {"a"}, {"a", "b"}, {"b", "a", "b"}, {"A"}, hostile, {"ü", "NULL"}, {"{a,b}"}}
	args := append(slices.Clone(lists), []string{"b"}, []string{"a", "a"}, []string{"z"}, []string{"", "z"},
		[]string{`["a"]`, "?"})
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[listing](prom.Using(kit.Open(t, e.DSN)))
		rows := make([]listing, len(lists)+1)
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
					slices.Equal(tags, arg), !slices.Equal(tags, arg), !slices.ContainsFunc(arg,
						not(in(tags))), !slices.ContainsFunc(tags, not(in(arg))),
					slices.ContainsFunc(tags, in(arg)), slices.ContainsFunc(arg, not(in(tags))), len(tags) == 0,
				} {
					if is {
						want[j] = append(want[j], id)
					}
				}
			}
			for j, cond := range []prom.Cond[*listing]{
				listingTags.Eq(arg), listingTags.Ne(arg), listingTags.Contains(arg...), listingTags.ContainedBy(arg...), listingTags.Overlaps(arg...),
				prom.Not(listingTags.Contains(arg...)), listingTags.IsEmpty(),
			} {
				if got := found(t, repo, cond); !slices.Equal(got, want[j]) {
					t.Errorf("condition %d of %q: %v, not %v", j, arg, got, want[j])
				}
			}
		}
		// The last row is NULL, about which nothing is true.
		last := len(rows)
		for _, cond := range []prom.Cond[*listing]{
			listingNums.Contains(), listingNums.Contains(1), listingNums.Overlaps(1), listingNums.ContainedBy(0, 1, 2, 3, 4, 5,
				6), listingNums.Eq([]int32{1}),
			listingNums.IsEmpty(), listingNums.Has(0),
		} {
			is.Equal(len(found(t, repo, cond))+len(found(t, repo, prom.Not(cond))), last-1)
		}
		is.Equal(len(found(t, repo, listingNums.Has(1))), 5)
		is.Equal(len(found(t, repo, listingTags.Len().Gt(2))), 2)
		is.Equal(len(found(t, repo, listingNums.Len().IsNull())), 1)
		is.Equal(len(found(t, repo, prom.Eq(listingNums.Len(), listingTags.Len()))), len(lists))
		is.Equal(found(t, repo, listingNums.IsNull()), []int64{rows[last-1].ID})
		is.Equal(len(found(t, repo, listingNums.NotNull())), last-1)
		is.Equal(len(found(t, repo, prom.Or(listingNums.NotEmpty(), listingTags.Has("a")))), len(lists)-1)
	})
}

// Ensure that lists of every type of element are compared by value.
func TestListElements(t *testing.T) {
	t.Parallel()
	at, id := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC), prom.NewUUID()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[listing](prom.Using(kit.Open(t, e.DSN)))
		s := listing{
			Floats: []float64{0.1, 1, math.Inf(1)}, Flags: []bool{true}, Times: []time.Time{at}, IDs: []prom.UUID{id},
			Seals: []grams{{1.5}, {2}}, Days: weekdays{"mon"},
		}
		is.NoErr(repo.Create(ctx, &s))
		for i, c := range []struct {
			cond prom.Cond[*listing]
			want int
		}{
			{listingFloats.Has(0.1), 1}, {listingFloats.Contains(1, math.Inf(1)), 1}, {listingFloats.Has(0.1000000001),
				0}, {listingFloats.Eq(s.Floats), 1},
			{listingFlags.Has(true), 1}, {listingFlags.Has(false), 0}, {listingFlags.Eq([]bool{true}),
				1}, {listingFlags.ContainedBy(true, false), 1},
			{listingTimes.Has(at.Add(999).In(time.FixedZone("", 3600))), 1}, {listingTimes.Eq([]time.Time{at}),
				1}, {listingTimes.Has(at.Add(1000)), 0},
			{listingIDs.Has(id), 1}, {listingIDs.Has(prom.UUID{}), 0}, {listingIDs.Overlaps(prom.UUID{}, id), 1},
			{listingSeals.Has(grams{1.5}), 1}, {listingSeals.Eq([]grams{{1.5}, {2}}), 1}, {listingSeals.ContainedBy(grams{2}),
				0},
			{listingDays.Has("mon"), 1}, {listingDays.Has("it's, \"tue\""), 0}, {listingNums.Contains(), 0},
		} {
			if n, err := repo.Where(c.cond).Count(ctx); err != nil || n != c.want {
				t.Errorf("condition %d: %d rows, not %d; %v", i, n, c.want, err)
			}
		}
		_, err := repo.Where(listingFloats.Has(math.NaN())).Count(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that elements are appended and removed in the database, NULL and empty lists included, and that their rules
// hold.
func TestListAssigns(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC)
	floats := []float64{0.1, 1.0 / 3, 5e-324, math.MaxFloat64, -math.MaxFloat64, 1e21, math.Pi, math.Inf(-1), 0}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[listing](prom.Using(kit.Open(t, e.DSN)))
		s := listing{Tags: namedList{`"`, "b", `"`}, Floats: []float64{7}}
		is.NoErr(repo.Create(ctx, &s))
		update := func(assigns ...prom.Assign[*listing]) {
			t.Helper()
			n, err := repo.WithoutWhere().Update(ctx, assigns...)
			is.NoErr(err)
			is.Equal(n, 1)
			is.NoErr(repo.Reload(ctx, &s))
		}
		update(listingTags.Append("ü\u2028'", `\`), listingNums.Append(1, -2), listingFloats.Append(floats...),
			listingFlags.Append(true, false, true),
			listingTimes.Append(at), listingSeals.Append(grams{1.5}), listingDays.Append())
		is.Equal(s.Tags, namedList{`"`, "b", `"`, "ü\u2028'", `\`})
		is.Equal(*s.Nums, []int32{1, -2})
		is.Equal(s.Floats, append([]float64{7}, floats...))
		is.Equal(s.Flags, []bool{true, false, true})
		is.Equal(s.Times, []time.Time{at})
		is.Equal(s.Seals, []grams{{1.5}})
		update(listingTags.Remove(`"`, "z"), listingNums.Remove(), listingFloats.Remove(7), listingFlags.Remove(true),
			listingTimes.Remove(at))
		is.Equal(s.Tags, namedList{"b", "ü\u2028'", `\`})
		is.Equal(*s.Nums, []int32{1, -2})
		is.Equal(s.Floats, floats)
		is.Equal(s.Flags, []bool{false})
		is.Equal(s.Times, []time.Time{})
		update(listingNums.Remove(1, -2), listingTags.Set(nil), listingFlags.Set([]bool{true}))
		is.Equal(*s.Nums, []int32{})
		is.Equal(s.Tags, namedList{})
		is.Equal(s.Flags, []bool{true})
		update(listingTags.Append("x"), listingDays.SetTo(listingDays))
		is.Equal(s.Tags, namedList{"x"})
		all, err := prom.Pluck(repo.Query(), listingTags).All(ctx)
		is.NoErr(err)
		is.Equal(all, [][]string{{"x"}})
		update(listingNums.SetNull())
		update(listingNums.Remove(1))
		is.Equal(s.Nums, nil)
		_, err = repo.WithoutWhere().Update(ctx, listingDays.Append("mon", "wed"))
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = repo.WithoutWhere().Update(ctx, listingDays.Remove("wed")) // which nothing is
		is.NoErr(err)
	})
}
