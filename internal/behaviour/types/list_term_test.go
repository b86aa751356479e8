package types_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// terms returns what a term is of each row, nil for NULL, in the order of their keys.
func terms[V any](t *testing.T, repo *prom.Repo[listing], x prom.Term[*listing, V]) []*V {
	t.Helper()
	list, err := prom.Pluck(repo.OrderBy(prom.NumberOf(listingProto, &listingProto.ID).Asc()),
		prom.OrNull(x)).All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Ensure that elements, slices and positions are those of Go, for indexes from both ends and beyond them, of empty
// lists, of NULL, and of computed lists.
func TestListTerms(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[listing](prom.Using(kit.Open(t, e.DSN)))
		lists := [][]string{{}, {"a"}, {"b", "it's", `"q"`, "b", `\`}, {"NULL", "", "ü"}}
		rows := make([]listing, len(lists)+1)
		for i, l := range lists {
			nums := []int32{}
			for j := range l {
				nums = append(nums, int32(10*j-10))
			}
			rows[i].Tags, rows[i].Nums = l, &nums
		}
		is.NoErr(repo.CreateMany(ctx, rows))

		indexes := []int{math.MinInt, -6, -5, -4, -2, -1, 0, 1, 2, 4, 5, 6, math.MaxInt}
		place := func(i, n int) int {
			if i < 0 {
				return max(i, -n-1) + n
			}
			return min(i, n)
		}
		same := func(what string, got []*string, want func(list []string) *string) {
			t.Helper()
			for i, l := range lists {
				if w := want(l); (got[i] == nil) != (w == nil) || w != nil && *got[i] != *w {
					t.Errorf("%s of %q: %v", what, l, got[i])
				}
			}
		}
		for _, i := range indexes {
			elem := func(l []string) *string {
				if at := place(i, len(l)); at >= 0 && at < len(l) {
					return &l[at]
				}
				return nil
			}
			same(fmt.Sprint("element ", i), terms(t, repo, prom.ListAt(listingTags, i)), elem)
			same(fmt.Sprint("element of a computed list ", i),
				terms(t, repo, prom.ListAt(prom.ListConcat(listingTags, prom.Val(listingProto, []string{})), i)), elem)
			for _, to := range indexes {
				got := terms(t, repo, prom.ListSlice(listingTags, i, to))
				for j, l := range lists {
					from, to := max(place(i, len(l)), 0), max(place(to, len(l)), 0)
					if want := l[from:max(from, to)]; !slices.Equal(*got[j], want) {
						t.Errorf("slice from %d to %d of %q: %q", i, to, l, *got[j])
					}
				}
			}
		}
		for _, text := range []string{"b", "", `\`, "NULL", "z", "it's"} {
			got := terms(t, repo, prom.ListIndex(listingTags, text))
			for i, l := range lists {
				if at := slices.Index(l, text); (at >= 0) != (got[i] != nil) || at >= 0 && *got[i] != int64(at) {
					t.Errorf("index of %q in %q: %v", text, l, got[i])
				}
			}
		}

		// The last row's numbers are NULL.
		last := len(rows) - 1
		is.True(terms(t, repo, prom.ListAt(listingNums, 0))[last] == nil)
		is.True(terms(t, repo, prom.ListSlice(listingNums, 0, 9))[last] == nil)
		is.True(terms(t, repo, prom.ListIndex(listingNums, 0))[last] == nil)
		is.True(terms(t, repo, prom.ListConcat(listingNums, listingNums))[last] == nil)
		is.Equal(*terms(t, repo, prom.ListConcat(listingNums, prom.Val(listingProto, []int32{7})))[last], []int32{7})
		is.Equal(*terms(t, repo, prom.ListConcat(prom.Val(listingProto, []int32{7}), listingNums))[2],
			[]int32{7, -10, 0, 10, 20, 30})
		is.Equal(len(*terms(t, repo, prom.ListConcat(listingTags, listingTags))[2]), 10)

		// In conditions, orders and groups.
		is.Equal(found(t, repo, prom.ListAt(listingTags, -1).Eq(`\`)), []int64{rows[2].ID})
		is.Equal(found(t, repo, prom.ListAt(listingNums, 1).Gt(-1)), []int64{rows[2].ID, rows[3].ID})
		is.Equal(found(t, repo, prom.ListSlice(listingTags, 0, 1).Eq([]string{"b"})), []int64{rows[2].ID})
		is.Equal(found(t, repo, prom.ListSlice(listingTags, 1, math.MaxInt).Eq([]string{})),
			[]int64{rows[0].ID, rows[1].ID, rows[4].ID})
		is.Equal(found(t, repo, prom.ListAt(prom.ListSlice(listingTags, 1, 3), 1).Eq(`"q"`)), []int64{rows[2].ID})
		is.Equal(found(t, repo, prom.ListIndex(listingTags, "b").Eq(0)), []int64{rows[2].ID})
		is.Equal(found(t, repo, prom.ListAt(listingNums, 2).IsNull()), []int64{rows[0].ID, rows[1].ID, rows[4].ID})
		ordered, err := prom.Pluck(repo.OrderBy(prom.ListAt(listingTags, 0).Asc().NullsFirst(),
			prom.NumberOf(listingProto, &listingProto.ID).Asc()),
			prom.NumberOf(listingProto, &listingProto.ID)).All(ctx)
		is.NoErr(err)
		is.Equal(ordered, []int64{rows[0].ID, rows[4].ID, rows[3].ID, rows[1].ID, rows[2].ID})
		groups, err := prom.Pluck2(repo.Query(), prom.OrNull(prom.ListAt(listingNums, 0)),
			prom.Count(listingProto)).OrderBy(prom.Count(listingProto).Desc()).All(ctx)
		is.NoErr(err)
		is.True(len(groups) == 2 && *groups[0].A == -10 && groups[0].B == 3 && groups[1].A == nil)

		// In assignments: the first element to the end, and one before all others.
		n, err := repo.Where(listingTags.Len().Gt(2)).Update(ctx,
			listingTags.SetTo(prom.ListConcat(prom.ListSlice(listingTags, 1, math.MaxInt), prom.ListSlice(listingTags, 0, 1))),
			listingNums.SetTo(prom.ListConcat(prom.Val(listingProto, []int32{1, 2}), prom.ListSlice(listingNums, 0, 1))))
		is.NoErr(err)
		is.Equal(n, 2)
		is.NoErr(repo.Reload(ctx, &rows[2]))
		is.Equal([]string(rows[2].Tags), []string{"it's", `"q"`, "b", `\`, "b"})
		is.Equal(*rows[2].Nums, []int32{1, 2, -10})

		// What is computed of a group.
		all, err := prom.Scalar(ctx, repo.Where(listingTags.Len().Gt(2)),
			prom.ListAt(prom.ArrayAgg(prom.ListAt(listingTags, 0)), -1))
		is.NoErr(err)
		is.Equal(all, "it's")
	})
}

// Ensure that elements of every type are read, compared and found as they were stored.
func TestListTerms_Elements(t *testing.T) {
	t.Parallel()
	at, id := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC), prom.NewUUID()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[listing](prom.Using(db))
		s := listing{
			Floats: []float64{1, 0.30000000000000004, math.Inf(-1)}, Flags: []bool{false, true}, Times: []time.Time{at,
				at.Add(time.Hour)}, IDs: []prom.UUID{{}, id},
			Seals: []grams{{1.5}, {2}}, Days: weekdays{"it's, \"tue\"", "mon"},
		}
		is.NoErr(repo.Create(ctx, &s))
		is.Equal(*terms(t, repo, prom.ListAt(listingFloats, 0))[0], 1.0)
		is.Equal(*terms(t, repo, prom.ListAt(listingFloats, 1))[0], 0.30000000000000004)
		is.Equal(*terms(t, repo, prom.ListSlice(listingFloats, 1, 3))[0], []float64{0.30000000000000004, math.Inf(-1)})
		is.Equal(*terms(t, repo, prom.ListAt(listingFlags, 1))[0], true)
		is.Equal(*terms(t, repo, prom.ListConcat(listingFlags, listingFlags))[0], []bool{false, true, false, true})
		is.True((*terms(t, repo, prom.ListAt(listingTimes, -2))[0]).Equal(at))
		is.Equal(*terms(t, repo, prom.ListAt(listingIDs, 1))[0], id)
		is.Equal(*terms(t, repo, prom.ListAt(listingSeals, 1))[0], grams{2})
		is.Equal(*terms(t, repo, prom.ListSlice(listingSeals, -1, 2))[0], []grams{{2}})
		is.Equal(*terms(t, repo, prom.ListAt(listingDays, 0))[0], weekday("it's, \"tue\""))
		for i, c := range []struct {
			cond prom.Cond[*listing]
			want int
		}{
			{prom.ListAt(listingFloats, 2).Eq(math.Inf(-1)), 1}, {prom.ListIndex(listingFloats, 0.30000000000000004).Eq(1),
				1}, {prom.ListAt(listingFloats, 0).Gt(0.5), 1},
			{prom.Truth(prom.ListAt(listingFlags, 1)), 1}, {prom.ListAt(listingFlags, 0).Eq(true),
				0}, {prom.ListIndex(listingFlags, true).Eq(1), 1},
			{prom.ListAt(listingTimes, 0).Eq(at), 1}, {prom.ListAt(listingTimes, 0).Gt(at),
				0}, {prom.Year(prom.ListAt(listingTimes, 0)).Eq(2024), 1},
			{prom.ListIndex(listingTimes, at.Add(time.Hour).In(time.FixedZone("", 3600))).Eq(1), 1},
			{prom.ListAt(listingIDs, 1).Eq(id), 1}, {prom.ListIndex(listingIDs, id).Eq(1), 1},
			{prom.ListAt(listingSeals, 0).Eq(grams{1.5}), 1}, {prom.ListIndex(listingSeals, grams{2}).Eq(1),
				1}, {prom.ListSlice(listingSeals, 0, 1).Eq([]grams{{1.5}}), 1},
			{prom.ListAt(listingDays, 1).Eq("mon"), 1}, {prom.ListIndex(listingDays, "mon").Eq(1), 1},
		} {
			if n, err := repo.Where(c.cond).Count(ctx); err != nil || n != c.want {
				t.Errorf("condition %d: %d rows, not %d; %v", i, n, c.want, err)
			}
		}
		_, err := repo.Where(prom.ListIndex(listingFloats, math.NaN()).Eq(0)).Count(ctx)
		is.True(errors.Is(err, prom.ErrValidation))

		// Somebody else's NULL among the elements is none of ours, and the others are read.
		list := "'{1,NULL,3}'"
		if e.Name == dbtest.NameSQLite {
			list = "'[1, null, 3]'"
		}
		kit.RunSQL(t, db, "UPDATE listing SET nums = "+list)
		is.True(terms(t, repo, prom.ListAt(listingNums, 1))[0] == nil)
		is.Equal(*terms(t, repo, prom.ListAt(listingNums, -1))[0], int32(3))
		is.Equal(*terms(t, repo, prom.ListIndex(listingNums, 3))[0], int64(2))
		is.Equal(*terms(t, repo, prom.ListSlice(listingNums, 2, 3))[0], []int32{3})
		_, err = prom.Pluck(repo.Query(), prom.ListSlice(listingNums, 0, 2)).All(ctx)
		is.True(errors.Is(err, prom.ErrType))
	})
}
