package query_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var item = prom.Proto[kit.Item]()

// Ensure that conditions and unions of any number can be put together one by one, and that a statement which is beyond
// what the engine takes is told as such.
func TestLarge(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		items := kit.Items(kit.Open(t, e.DSN))
		if err := items.CreateMany(ctx, kit.ManyItems(1300)); err != nil {
			t.Fatal(err)
		}
		numbered := func(i int) *prom.Query[kit.Item] { return items.Where(kit.ItemName.Eq(fmt.Sprintf("item %d", i))) }
		const n = 1200
		and, or, single, mixed := kit.ItemNo.Gte(0), kit.ItemNo.Eq(0), kit.ItemNo.Lt(5), kit.ItemNo.Lt(5)
		for i := 1; i < n; i++ {
			and = prom.And(and, kit.ItemNo.Ne(i))
			or = prom.Or(kit.ItemNo.Eq(i), or)
			single = prom.Or(prom.And(single))
			mixed = prom.And(prom.Or(kit.ItemNo.Lt(0), mixed), kit.ItemNo.Lt(1000))
		}
		union, all, except := numbered(0), numbered(0), items.Where(kit.ItemNo.Lt(700))
		var others []*prom.Query[kit.Item]
		for i := 1; i <= 600; i++ {
			one := numbered(i)
			union, all, except = prom.Union(union, one), prom.UnionAll(all, one,
				items.OrderBy(kit.ItemName.Asc()).Limit(1)), prom.Except(except, one)
			others = append(others, one)
		}
		many := prom.Union(numbered(0), others...)
		queries := map[string]struct {
			q    *prom.Query[kit.Item]
			want int
		}{
			"conditions joined by And":      {items.Where(and), 101},
			"conditions joined by Or":       {items.Where(or), n},
			"their negation":                {items.Where(prom.Not(or)), 100},
			"both of one":                   {items.Where(single), 5},
			"a union made query by query":   {union, 601},
			"all of a union with limits":    {all, 1201},
			"a difference of many":          {except, 100},
			"a union of many":               {many, 601},
			"a page of it":                  {many.Where(kit.ItemNo.Gt(10)).OrderBy(kit.ItemNo.Asc()).Limit(7), 7},
			"unions of unions":              {prom.Except(prom.Union(union, many), items.Where(kit.ItemNo.Lt(300))), 301},
			"an intersection of two unions": {prom.Intersect(prom.Union(numbered(7), numbered(8)), many), 2},
		}
		for name, tt := range queries {
			if got, err := tt.q.Count(ctx); err != nil || got != tt.want {
				t.Errorf("%s: %d rows, not %d: %v", name, got, tt.want, err)
			}
		}

		is := is.New(t)
		sum := prom.Val(item, 1)
		for range n {
			sum = prom.Plus(kit.ItemNo, sum)
		}
		for _, cond := range []prom.Cond[*kit.Item]{mixed, sum.Gt(5)} {
			_, err := items.Where(cond).Count(ctx)
			if e.Name == dbtest.NameSQLite {
				is.True(errors.Is(err, prom.ErrSyntax) && strings.Contains(err.Error(), "nested deeper than"))
			} else {
				is.NoErr(err)
			}
		}
	})
}
