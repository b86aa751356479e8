package differential_test

import (
	"slices"

	"github.com/prom-go/prom"
)

// frameOf gives a window a random frame. The function returns the rows of a partition that it shows of a row. Rows that
// are equal in the order stand in any order, unless that is total, so that they cannot be counted one by one.
func frameOf[T any](w *world, win prom.Window[*T], total bool, orders order[T]) (prom.Window[*T],
	func(r *T, partition []*T) []*T) {
	bounds := []prom.FrameBound{prom.UnboundedPreceding, -2, -1, prom.CurrentRow, 1, 3, prom.UnboundedFollowing}
	from := w.n(len(bounds) - 1)
	to := max(from, 1) + w.n(len(bounds)-max(from, 1))
	low, high := bounds[from], bounds[to]
	exclude := prom.FrameExclusion(w.n(4))
	peers := func(a, b *T) bool { return orders.cmp(a, b) == 0 }
	// places returns the number of each row's group, or of the row itself.
	places := func(partition []*T, rows bool) []int {
		list := make([]int, len(partition))
		for i := 1; i < len(list); i++ {
			list[i] = list[i-1]
			if rows || !peers(partition[i-1], partition[i]) {
				list[i]++
			}
		}
		return list
	}
	rows := false
	switch n := w.n(4); {
	case n == 0:
		low, high = prom.UnboundedPreceding, prom.CurrentRow // SQL's own
	case n == 1 && total:
		win, rows = win.Rows(low, high), true
	case n == 2:
		ends := []prom.FrameBound{prom.UnboundedPreceding, prom.CurrentRow, prom.UnboundedFollowing}
		low, high = ends[w.n(2)], ends[1+w.n(2)]
		win = win.Range(low, high)
	default:
		win = win.Groups(low, high)
	}
	return win.Exclude(exclude), func(r *T, partition []*T) []*T {
		at := slices.Index(partition, r)
		place := places(partition, rows)
		var seen []*T
		for i, e := range partition {
			switch distance := prom.FrameBound(place[i] - place[at]); {
			case distance < low || distance > high:
			case exclude == prom.ExcludeCurrentRow && e == r, exclude == prom.ExcludeGroup &&
				peers(e, r), exclude == prom.ExcludeTies && e != r && peers(e, r):
			default:
				seen = append(seen, e)
			}
		}
		return seen
	}
}
