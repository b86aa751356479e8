package differential_test

import (
	"context"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that what random queries have found stays right, on both engines.
func TestFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		w := open(t, e.DSN, newSource(1, 0, dataSize))
		roots := w.nodes.repo.Where(nodeParent.IsNull())

		// Through a reference to nothing a term is NULL, also one that has a value of NULLs.
		via := prom.Via(nodeParent, prom.OrValue(nodeM, 7))
		list, err := prom.Pluck(roots, prom.OrNull(via)).All(ctx)
		is.NoErr(err)
		is.True(len(list) > 0)
		is.True(!slices.ContainsFunc(list, func(n *int) bool { return n != nil }))
		n, err := roots.Where(prom.Via(nodeParent, nodeItems.Count()).NotNull()).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)

		// A condition on decimals does not make texts be compared as decimals.
		late := prom.Case(nodeName, prom.Then(nodePrice.Gte("0.00"), prom.Coalesce(nodeName)))
		n, err = w.nodes.repo.Where(prom.Ne(late, prom.Coalesce(nodeName))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
		names, err := prom.Pluck(w.nodes.repo.Query(), nodeName).OrderBy(late.Asc()).All(ctx)
		is.NoErr(err)
		is.True(slices.IsSorted(names))

		// An order is by a column of the model, not by one of the result that PostgreSQL gives its name.
		constant := prom.ScalarSubquery(node, prom.Pluck(w.nodes.repo.Where(nodeID.Eq(7)), nodeID))
		ids, err := prom.Pluck2(w.nodes.repo.Query(), constant, nodeID).OrderBy(nodeID.Desc()).All(ctx)
		is.NoErr(err)
		is.True(len(ids) == len(w.nodes.rows))
		for i, pair := range ids {
			is.Equal(pair, prom.Pair[int64, int64]{A: 7, B: int64(len(ids) - i)})
		}

		// Decimals that are taken once are ordered as numbers.
		prices, err := prom.Pluck(w.nodes.repo.Query(), nodePrice).Distinct().OrderBy(nodePrice.Asc()).All(ctx)
		is.NoErr(err)
		is.True(len(prices) > 3)
		is.True(slices.IsSortedFunc(prices, compareDecimals))

		// A selected expression with arguments may be grouped by, once more.
		next := prom.Plus(nodeN, prom.Val(node, 1))
		groups := prom.Pluck2(w.nodes.repo.Query(), next, prom.Count(node))
		once, err := groups.OrderBy(next.Asc()).All(ctx)
		is.NoErr(err)
		twice, err := groups.GroupBy(next).OrderBy(next.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(once, twice)

		// An expression that differs in its arguments alone is another one.
		other := prom.Plus(nodeN, prom.Val(node, 2))
		_, err = groups.GroupBy(other).All(ctx)
		is.True(err != nil)
		distinct := prom.Pluck(w.nodes.repo.Query(), next).Distinct()
		_, err = distinct.OrderBy(next.Asc()).All(ctx)
		is.NoErr(err)
		_, err = distinct.OrderBy(other.Asc()).All(ctx)
		is.True(err != nil)
	})
}
