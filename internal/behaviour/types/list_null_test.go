package types_test

import (
	"context"
	"database/sql"
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

// sparse has lists whose elements may be NULL, and arrays of two and three dimensions.
type sparse struct {
	ID     int64 `prom:"key,auto"`
	Texts  []*string
	Ints   []sql.Null[int32]
	Days   *[]*time.Time `prom:"date"`
	Prices []*string     `prom:"decimal=8.2"`
	Flags  []*bool
	Floats []*float64
	Grid   [][]int64    `prom:"array"`
	Names  *[][]*string `prom:"array"`
	Cube   [][][]bool   `prom:"array"`
}

var (
	sparseOf    = prom.Proto[sparse]()
	sparseTexts = prom.ListOf(sparseOf, &sparseOf.Texts)
	sparseFlags = prom.ListOf(sparseOf, &sparseOf.Flags)
)

func sparseRow() sparse {
	day := time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)
	return sparse{
		Texts:  []*string{new("a"), nil, new("NULL"), new(`{"x",y}`)},
		Ints:   []sql.Null[int32]{{V: -7, Valid: true}, {}},
		Days:   &[]*time.Time{nil, &day},
		Prices: []*string{new("1.50"), nil},
		Flags:  []*bool{new(true), nil, new(false)},
		Floats: []*float64{nil, new(0.25)},
		Grid:   [][]int64{{1, 2, 3}, {4, 5, 6}},
		Names:  &[][]*string{{new("a"), nil}, {nil, new("d,\"e\"")}},
		Cube:   [][][]bool{{{true}, {false}}, {{false}, {true}}},
	}
}

// pointed writes what a pointer points to.
func pointed[V any](p *V) string {
	if p == nil {
		return "<nil>"
	}
	return fmt.Sprint(*p)
}

// shown writes a row with what its pointers point to.
func (s sparse) shown() string {
	var b strings.Builder
	for _, p := range s.Texts {
		fmt.Fprint(&b, pointed(p), " ")
	}
	fmt.Fprint(&b, s.Ints)
	if s.Days != nil {
		for _, p := range *s.Days {
			fmt.Fprint(&b, pointed(p), " ")
		}
	}
	for _, p := range s.Prices {
		fmt.Fprint(&b, pointed(p), " ")
	}
	for _, p := range s.Flags {
		fmt.Fprint(&b, pointed(p), " ")
	}
	for _, p := range s.Floats {
		fmt.Fprint(&b, pointed(p), " ")
	}
	fmt.Fprint(&b, s.Grid)
	if s.Names != nil {
		for _, row := range *s.Names {
			for _, p := range row {
				fmt.Fprint(&b, pointed(p), " ")
			}
		}
	}
	fmt.Fprint(&b, s.Cube)
	return b.String()
}

// Ensure that elements of lists may be NULL, and that arrays have several dimensions, by every way to write.
func TestListNulls(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[sparse](prom.Using(kit.Open(t, e.DSN)))
		row := sparseRow()
		want := row.shown()
		is.NoErr(repo.Create(ctx, &row))
		is.Equal(row.shown(), want)
		empty := sparse{}
		is.NoErr(repo.Create(ctx, &empty))
		is.Equal(len(empty.Grid), 0)
		for _, n := range []int{3, 3100} {
			rows := make([]sparse, n)
			for i := range rows {
				rows[i] = sparseRow()
			}
			is.NoErr(repo.CreateMany(ctx, rows))
		}
		row.ID = 1
		is.NoErr(repo.Update(ctx, &row))
		other := sparseRow()
		other.ID = 2
		is.NoErr(repo.Upsert(ctx, &other))
		n := 0
		for r, err := range repo.Query().Each(ctx) {
			is.NoErr(err)
			if r.shown() != want {
				t.Fatalf("row %d is %s, want %s", r.ID, r.shown(), want)
			}
			n++
		}
		is.Equal(n, 3105)

		// A NULL equals nothing: only ListIndex finds it.
		count := func(c prom.Cond[*sparse]) int {
			t.Helper()
			n, err := repo.Where(c).Count(ctx)
			is.NoErr(err)
			return n
		}
		all := 3105
		is.Equal(count(sparseTexts.Has(new("a"))), all)
		is.Equal(count(sparseTexts.Has(nil)), 0)
		is.Equal(count(sparseTexts.Contains(new("a"), nil)), 0)
		is.Equal(count(sparseTexts.Overlaps(nil, new("zz"))), 0)
		is.Equal(count(sparseTexts.Overlaps(nil, new("NULL"))), all)
		is.Equal(count(sparseTexts.ContainedBy(row.Texts...)), 0) // one of its elements is NULL
		is.Equal(count(sparseTexts.Eq(sparseRow().Texts)), all)
		is.Equal(count(sparseFlags.Eq(sparseRow().Flags)), all)
		is.Equal(count(sparseFlags.Ne([]*bool{new(true), new(false), new(false)})), all)
		is.Equal(count(prom.ListIndex(sparseTexts, nil).Eq(1)), all)
		is.Equal(count(prom.ListAt(sparseTexts, 1).IsNull()), all)
		is.Equal(count(sparseTexts.Len().Eq(4)), all)

		one := repo.Where(sparseOfID.Eq(1))
		_, err := one.Update(ctx, sparseTexts.Remove(new("a"), nil), sparseFlags.Append(nil, new(true)))
		is.NoErr(err)
		got, err := repo.Get(ctx, 1)
		is.NoErr(err)
		is.Equal(pointed(got.Texts[0]), "<nil>")
		is.Equal(len(got.Texts), 3)
		is.Equal(fmt.Sprint(len(got.Flags), pointed(got.Flags[1]), pointed(got.Flags[2]), pointed(got.Flags[3])), "5<nil>false<nil>")
		_, err = one.Update(ctx, sparseTexts.Set(sparseRow().Texts))
		is.NoErr(err)

		// Change tracking aside, what was read is what is written.
		got, err = repo.Get(ctx, 1)
		is.NoErr(err)
		got.Grid[1][2] = 60
		is.NoErr(repo.Update(ctx, got))
		got, err = repo.Get(ctx, 1)
		is.NoErr(err)
		is.Equal(got.Grid, [][]int64{{1, 2, 3}, {4, 5, 60}})
	})
}

var sparseOfID = prom.NumberOf(sparseOf, &sparseOf.ID)

// Ensure that arrays that PostgreSQL does not have are refused on both engines.
func TestListRagged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[sparse](prom.Using(kit.Open(t, e.DSN)))
		for _, grid := range [][][]int64{{{1}, {2, 3}}, {{}}, {{1}, {}}, {nil, {1}}} {
			err := repo.Create(ctx, &sparse{Grid: grid})
			is.True(errors.Is(err, prom.ErrValidation))
			is.True(strings.Contains(err.Error(), "the inner slices of an array must have the same length"))
		}
		n, err := repo.Query().Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
	})
}

// Ensure that an error about an element of a list says which one, and what to do.
func TestListElementErrors(t *testing.T) {
	t.Parallel()
	type plain struct {
		ID    int64 `prom:"key,auto"`
		Names []string
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[plain](prom.Using(db))
		is.NoErr(repo.Create(ctx, &plain{Names: []string{"a"}}))
		null, nested := "array['a', null]", "array[array['a'], array['b']]"
		if e.Name == dbtest.NameSQLite {
			null, nested = `'["a", null]'`, `'[["a"], ["b"]]'`
		}
		kit.RunSQL(t, db, `UPDATE "plain" SET "names" = `+null)
		_, err := repo.Get(ctx, 1)
		is.True(errors.Is(err, prom.ErrType))
		for _, want := range []string{"plain", "names", "Names", "element 1", "[]*string"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v does not name %s", err, want)
			}
		}
		kit.RunSQL(t, db, `UPDATE "plain" SET "names" = `+nested)
		_, err = repo.Get(ctx, 1)
		is.True(errors.Is(err, prom.ErrType))
		if !strings.Contains(err.Error(), "the option array") {
			t.Error(err)
		}
	})
}
