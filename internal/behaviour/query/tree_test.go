package query_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	// Region lies in another.
	Region struct {
		ID    int64 `prom:"key"`
		In    *prom.Ref[Region]
		Name  string
		Size  *int
		Open  bool
		Since time.Time
		Mark  []byte
		Rate  string     `prom:"decimal=6.2"`
		Gone  *time.Time `prom:"deleted"`
		Depth int        `prom:"computed"`
		Path  []string   `prom:"computed"`
	}
	// Shelf stands on another of its store.
	Shelf struct {
		Store int64                    `prom:"key"`
		Code  string                   `prom:"key"`
		Below *string                  `prom:"below"`
		On    prom.CompositeRef[Shelf] `prom:"on='store, below'"`
	}
)

var (
	region      = prom.Proto[Region]()
	regionID    = prom.NumberOf(region, &region.ID)
	regionIn    = prom.NullRefOf(region, &region.In)
	regionName  = prom.TextOf(region, &region.Name)
	regionSize  = prom.NullNumberOf(region, &region.Size)
	regionOpen  = prom.FieldOf(region, &region.Open)
	regionSince = prom.TimeOf(region, &region.Since)
	regionMark  = prom.FieldOf(region, &region.Mark)
	regionRate  = prom.OrderedOf(region, &region.Rate)

	shelf      = prom.Proto[Shelf]()
	shelfStore = prom.NumberOf(shelf, &shelf.Store)
	shelfCode  = prom.TextOf(shelf, &shelf.Code)
	shelfOn    = prom.CompositeRefOf(shelf, &shelf.On)
)

// newRegions stores a tree
//
//	1 earth ─ 2 peru ─ 4 cusco ─ 6 pisac ─ 8 "ruins"
//	        │        └ 5 lima
//	        └ 3 chile ─ 7 arica, of which 3 is soft-deleted
//	9 moon
func newRegions(tb testing.TB, dsn string) *prom.Repo[Region] {
	tb.Helper()
	ctx := context.Background()
	regions := prom.NewRepo[Region](prom.Using(kit.Open(tb, dsn)))
	for i, name := range []string{"earth", "peru", "chile", "cusco", "lima", "pisac", "arica", `"ruins" é`, "moon"} {
		r := Region{ID: int64(i + 1), Name: name, Open: i%2 == 0, Since: time.Unix(int64(i), 5000).UTC(),
			Mark: []byte{byte(i), 255}, Rate: fmt.Sprint(i, ".10")}
		if in := []int64{0, 1, 1, 2, 2, 4, 3, 6, 0}[i]; in > 0 {
			ref := prom.NewRef[Region](in)
			r.In = &ref
		}
		if i != 1 {
			r.Size = new(i * 10)
		}
		r.Rate = fmt.Sprintf("%d.10", i)
		if err := regions.Create(ctx, &r); err != nil {
			tb.Fatal(err)
		}
	}
	if n, err := regions.Where(regionID.Eq(3)).Delete(ctx); err != nil || n != 1 {
		tb.Fatal(n, err)
	}
	return regions
}

// Ensure that each row of a tree has its depth and its path, from the root and from rows that are chosen, as values of
// conditions, orders, groups, computed fields, aggregates and writes; that soft-deleted rows end the way; and that
// trees are read to a depth. parity: Q17
func TestTrees(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		regions := newRegions(t, e.DSN)
		all := regions.OrderBy(regionID.Asc())
		depth, path := prom.TreeDepth(regionIn), prom.TreePath(regionIn, regionID)
		fromPeru := prom.TreeDepth(regionIn, regionName.Eq("peru"))

		depths, err := prom.Pluck(all, depth).All(ctx)
		is.NoErr(err)
		is.Equal(depths, []int{0, 1, 2, 2, 3, 0, 4, 0}) // 7, whose parent is soft-deleted, is a root
		paths, err := prom.Pluck(all, path).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(paths), "[[1] [1 2] [1 2 4] [1 2 5] [1 2 4 6] [7] [1 2 4 6 8] [9]]")
		below, err := prom.Pluck2(all, prom.OrNull(fromPeru),
			prom.OrNull(prom.TreePath(regionIn, regionName, regionName.Eq("peru")))).All(ctx)
		is.NoErr(err)
		texts := ""
		for _, p := range below {
			if p.A != nil {
				texts += fmt.Sprint(*p.A, *p.B, ";")
			} else {
				is.True(p.B == nil)
			}
		}
		is.Equal(texts, `1 [peru cusco];1 [peru lima];2 [peru cusco pisac];3 [peru cusco pisac "ruins" é];`)
		whole, err := prom.Pluck2(regions.Query().WithDeleted().OrderBy(regionID.Asc()), regionID, path).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(whole[2], whole[6]), "{3 [1 3]} {7 [7]}")

		// Paths of other kinds.
		ruins := regions.Where(regionID.Eq(8))
		sizes, err := prom.Pluck(ruins, prom.TreePath(regionIn, prom.OrValue(regionSize, -1))).First(ctx)
		is.NoErr(err)
		is.Equal(sizes, []int{0, -1, 30, 50, 70})
		_, err = prom.Pluck(ruins, prom.TreePath(regionIn, regionSize)).First(ctx)
		is.True(err != nil) // NULL in one of them
		opens, err := prom.Pluck(ruins, prom.TreePath(regionIn, regionOpen)).First(ctx)
		is.NoErr(err)
		is.Equal(opens, []bool{true, false, false, false, false})
		since, err := prom.Pluck(ruins, prom.TreePath(regionIn, regionSince)).First(ctx)
		is.NoErr(err)
		is.True(len(since) == 5 && since[4].Equal(time.Unix(7, 5000)))
		marks, err := prom.Pluck(ruins, prom.TreePath(regionIn, regionMark)).First(ctx)
		is.NoErr(err)
		is.Equal(marks[1], []byte{1, 255})
		rates, err := prom.Pluck(ruins, prom.TreePath(regionIn, regionRate)).First(ctx)
		is.NoErr(err)
		is.Equal(rates, []string{"0.10", "1.10", "3.10", "5.10", "7.10"})
		texts2, err := prom.Pluck(ruins,
			prom.TreePath(regionIn, prom.Concat(prom.OrValue(prom.Via(regionIn, regionName), "-"),
				prom.Val(region, ">")))).First(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(texts2), "[-> earth> peru> cusco> pisac>]")
		halves, err := prom.Pluck(ruins,
			prom.TreePath(regionIn, prom.Div(prom.Float(regionID), prom.Val(region, 4.0)))).First(ctx)
		is.NoErr(err)
		is.Equal(halves, []float64{0.25, 0.5, 1, 1.5, 2})

		// Conditions, limits of depth.
		for name, tt := range map[string]struct {
			cond prom.Cond[*Region]
			want string
		}{
			"depth":        {depth.Gte(3), "[6 8]"},
			"depth below":  {fromPeru.Lte(2), "[4 5 6]"},
			"not below":    {fromPeru.IsNull(), "[1 2 7 9]"},
			"nearest":      {prom.TreeDepth(regionIn, regionName.In("peru", "cusco")).Eq(1), "[4 5 6]"},
			"any ancestor": {prom.TreeDepth(regionIn, regionOpen.Eq(true)).NotNull(), "[2 4 5 6 8]"},
			"null cond":    {prom.TreeDepth(regionIn, regionSize.Lt(5)).Eq(3), "[6]"}, // of NULL the way goes on
			"subquery": {prom.TreeDepth(regionIn, prom.Exists(region, regions.Where(regionName.Eq("lima")),
				prom.Match(prom.Via(regionIn, regionID), regionID))).NotNull(), "[4 5 6 8]"},
			"within 1":    {prom.DescendantsWithin(1, regionIn, regionName.Eq("peru")), "[4 5]"},
			"within 2":    {prom.DescendantsWithin(2, regionIn, regionName.Eq("earth")), "[2 4 5]"},
			"within many": {prom.DescendantsWithin(10000, regionIn, regionName.Eq("earth")), "[2 4 5 6 8]"},
			"not within":  {prom.Not(prom.DescendantsWithin(2, regionIn, regionName.Eq("earth"))), "[1 6 7 8 9]"},
			"above 1":     {prom.AncestorsWithin(1, regionIn, regionID.In(8, 5)), "[2 6]"},
			"above 2":     {prom.AncestorsWithin(2, regionIn, regionID.Eq(8)), "[4 6]"},
			"linked": {prom.Exists(region, regions.Query(), prom.Eq(prom.Inner(twoRegions, depth),
				prom.Minus(prom.Outer(twoRegions, depth), prom.Val(twoRegions, 3)))), "[6 8]"},
			"of a parent":   {prom.Via(regionIn, depth).Eq(2), "[6]"},
			"in a relation": {regionIn.Has(fromPeru.Eq(2)), "[8]"},
		} {
			got, err := prom.Pluck(regions.Where(tt.cond), regionID).OrderBy(regionID.Asc()).All(ctx)
			if err != nil || fmt.Sprint(got) != tt.want {
				t.Errorf("%s: %v, %v, not %s", name, got, err, tt.want)
			}
		}

		// Orders, groups, aggregates, computed fields of a page, and of a union.
		names, err := prom.Pluck(regions.OrderBy(depth.Desc(), regionName.Asc()).Limit(3), regionName).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(names), `["ruins" é pisac cusco]`)
		levels, err := prom.Pluck2(regions.Query(), depth,
			prom.Count(region)).Having(prom.Count(region).Gt(1)).OrderBy(depth.Desc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(levels), "[{2 2} {0 3}]")
		deepest, err := prom.Scalar(ctx, regions.Query(), prom.Max(depth))
		is.NoErr(err)
		is.Equal(deepest, 4)
		computed := prom.Union(regions.Where(fromPeru.Eq(1)), ruins).Compute(prom.Col(&region.Depth, depth),
			prom.Col(&region.Path, prom.TreePath(regionIn, regionName))).OrderBy(regionID.Desc())
		page, err := computed.PageAt(ctx, 2, 0)
		is.NoErr(err)
		is.Equal(page.Total, 3)
		is.Equal(fmt.Sprint(page.Rows[0].Depth, page.Rows[0].Path, page.Rows[1].Depth, page.Rows[1].Path),
			`4 [earth peru cusco pisac "ruins" é] 2 [earth peru lima]`)

		// Writes.
		n, err := regions.Where(fromPeru.NotNull()).Update(ctx, regionSize.SetTo(prom.Times(depth, prom.Val(region, 100))))
		is.NoErr(err)
		is.Equal(n, 4)
		n, err = regions.Where(regionSize.Eq(400), depth.Eq(4)).HardDelete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)

		// A circle: peru lies in pisac.
		n, err = regions.Where(regionID.Eq(2)).Update(ctx, regionIn.Set(6))
		is.NoErr(err)
		is.Equal(n, 1)
		paths, err = prom.Pluck(all, path).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(paths), "[[1] [2 4 6 2] [4 6 2 4] [4 6 2 5] [6 2 4 6] [7] [9]]")
		below, err = prom.Pluck2(all, prom.OrNull(fromPeru),
			prom.OrNull(prom.TreePath(regionIn, regionName, regionName.Eq("peru")))).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(*below[1].A, *below[1].B), "3 [peru cusco pisac peru]")
		for _, cond := range []prom.Cond[*Region]{regionName.Eq("peru"), regionID.Gt(3), regionOpen.Eq(true)} {
			a, err := prom.Pluck(regions.Where(prom.DescendantsOf(regionIn, cond)).OrderBy(regionID.Asc()), regionID).All(ctx)
			is.NoErr(err)
			b, err := prom.Pluck(regions.Where(prom.TreeDepth(regionIn, cond).NotNull()).OrderBy(regionID.Asc()),
				regionID).All(ctx)
			is.NoErr(err)
			is.Equal(a, b)
			c, err := prom.Pluck(regions.Where(prom.DescendantsWithin(10000, regionIn, cond)).OrderBy(regionID.Asc()),
				regionID).All(ctx)
			is.NoErr(err)
			is.Equal(a, c)
		}

		// What there cannot be.
		for name, q := range map[string]*prom.Query[Region]{
			"no level":       regions.Where(prom.DescendantsWithin(0, regionIn)),
			"negative level": regions.Where(prom.AncestorsWithin(-1, regionIn)),
			"many levels":    regions.Where(prom.DescendantsWithin(10001, regionIn)),
			"order of paths": regions.OrderBy(path.Asc()),
			"of aggregates":  regions.Compute(prom.Col(&region.Path, prom.TreePath(regionIn, prom.Max(regionName)))),
		} {
			if _, err := q.All(ctx); !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

var twoRegions = prom.Correlate(region, region)

// Ensure that a tree may be made by a reference of several columns.
func TestTrees_Composite(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		shelves := prom.NewRepo[Shelf](prom.Using(kit.Open(t, e.DSN)))
		for store := range int64(2) {
			for i, code := range []string{"a", "b", "c", "d"} { // a, a1: b, c on b, d on b in the first and on c in the second
				s := Shelf{Store: store + 1, Code: code}
				if i > 0 {
					s.Below = new([][]string{{"a", "b", "b"}, {"a", "b", "c"}}[store][i-1])
				}
				is.NoErr(shelves.Create(ctx, &s))
			}
		}
		rows, err := prom.Pluck3(shelves.OrderBy(shelfStore.Asc(), shelfCode.Asc()), shelfStore, prom.TreeDepth(shelfOn),
			prom.TreePath(shelfOn, shelfCode)).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(rows), "[{1 0 [a]} {1 1 [a b]} {1 2 [a b c]} {1 2 [a b d]} {2 0 [a]} {2 1 [a b]} {2 2 [a b c]} {2 3 [a b c d]}]")
		for name, tt := range map[string]struct {
			cond prom.Cond[*Shelf]
			want string
		}{
			"below":     {prom.DescendantsOf(shelfOn, shelfStore.Eq(2), shelfCode.Eq("b")), "[2c 2d]"},
			"not below": {prom.Not(prom.DescendantsOf(shelfOn, shelfCode.Eq("a"))), "[1a 2a]"},
			"above":     {prom.AncestorsOf(shelfOn, shelfCode.Eq("d")), "[1a 1b 2a 2b 2c]"},
			"not above": {prom.Not(prom.AncestorsOf(shelfOn, shelfCode.Eq("d"))), "[1c 1d 2d]"},
			"within":    {prom.DescendantsWithin(2, shelfOn, shelfCode.Eq("a")), "[1b 1c 1d 2b 2c]"},
			"above one": {prom.AncestorsWithin(1, shelfOn, shelfCode.Eq("d")), "[1b 2c]"},
			"depth":     {prom.TreeDepth(shelfOn, shelfCode.Eq("b")).Eq(2), "[2d]"},
		} {
			got, err := prom.Pluck2(shelves.Where(tt.cond).OrderBy(shelfStore.Asc(), shelfCode.Asc()), shelfStore,
				shelfCode).All(ctx)
			list := make([]string, len(got))
			for i, p := range got {
				list[i] = fmt.Sprint(p.A, p.B)
			}
			if err != nil || fmt.Sprint(list) != tt.want {
				t.Errorf("%s: %v, %v, not %s", name, list, err, tt.want)
			}
		}
		n, err := shelves.Where(prom.DescendantsOf(shelfOn, shelfStore.Eq(1), shelfCode.Eq("b"))).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
	})
}
