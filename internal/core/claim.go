package core

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Claim takes the first n rows of the query, or as many as there are, by updating them in one statement.
func (q *Query) Claim(ctx context.Context, n int, assigns []Assign) (list scan.List, err error) {
	if err := q.stored(); err != nil {
		return scan.List{}, ErrorOf("claim", q.repo.table, err)
	}
	err = q.repo.undoneWith(ctx, q.follows(), func(ctx context.Context) error {
		list, err = q.claim(ctx, n, assigns)
		return err
	})
	if err != nil {
		return scan.List{}, err
	}
	return list, nil
}

func (q *Query) claim(ctx context.Context, n int, assigns []Assign) (scan.List, error) {
	r := q.repo
	if err := r.needKey("claim"); err != nil {
		return scan.List{}, err
	}
	b, err := r.bind()
	if err != nil {
		return scan.List{}, err
	}
	if c := r.table.DistributedBy(); c != nil && !q.spec.Fixes(c) {
		if err := b.refuseOnCitus(ctx, "claim", "a claim locks rows with SKIP LOCKED on several servers, "+
			"unless the query has the condition that "+c.Name+" is equal to one value"); err != nil {
			return scan.List{}, err
		}
	}
	w := r.take()
	defer r.give(w)
	text, args, err := b.stmts.Claim(w.args, q.spec, n, assigns, now())
	if err != nil {
		return scan.List{}, ErrorOf("claim", r.table, err)
	}
	w.args = args
	w.setText("claim", text)
	w.Write = true
	w.returns(r.plan, keptAll)
	list, err := r.readList(ctx, b, w, max(0, n))
	if err != nil {
		return scan.List{}, err
	}
	if err := q.sortClaimed(b, list, assigns); err != nil {
		return scan.List{}, err
	}
	r.wroteList(ctx, b, "update", list)
	if err := q.complete(ctx, b, list); err != nil {
		return scan.List{}, err
	}
	return list, nil
}

// follows reports whether something follows rows that were read, whose failure undoes what was written to them.
func (q *Query) follows() bool { return len(q.with) > 0 || q.repo.hooks&afterLoad != 0 }

// complete loads what goes with rows that were read without it, and calls their hooks.
func (q *Query) complete(ctx context.Context, b *binding, list scan.List) error {
	if len(q.with) > 0 {
		if err := loadAll(ctx, b, q.with, q.repo.memory.Addresses(list)); err != nil {
			return err
		}
	}
	return q.repo.loaded(ctx, list)
}

// sortClaimed puts rows in the query's order, where the database has not.
func (q *Query) sortClaimed(b *binding, list scan.List, assigns []Assign) error {
	cols, desc, nullsFirst := b.stmts.ClaimOrder(q.spec, assigns)
	if len(cols) == 0 {
		return nil
	}
	m := q.repo.memory
	by := make([][]schema.Value, list.Len)
	for i := range list.Len {
		var err error
		if by[i], err = q.repo.tuple(m.At(list, i), cols); err != nil {
			return err
		}
	}
	unsorted := m.Clone(list)
	for i, at := range sortedPlaces(by, desc, nullsFirst) {
		m.Copy(m.At(list, i), m.At(unsorted, at))
	}
	return nil
}

// sortedPlaces returns the places of the tuples in their order.
func sortedPlaces(by [][]schema.Value, desc, nullsFirst []bool) []int {
	places := make([]int, len(by))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(x, y int) int {
		for i := range desc {
			if n := compareValues(by[x][i], by[y][i], desc[i], nullsFirst[i]); n != 0 {
				return n
			}
		}
		return 0
	})
	return places
}

// compareValues compares two values of a column as SQLite does, texts by their bytes.
func compareValues(a, b schema.Value, desc, nullsFirst bool) (n int) {
	if a.IsNull() || b.IsNull() {
		n = cmp.Compare(boolInt(a.IsNull()), boolInt(b.IsNull()))
		if nullsFirst {
			return -n
		}
		return n
	}
	if n = compareClasses(a, b); desc {
		return -n
	}
	return n
}

// compareClasses compares two values as SQLite does, which may be of different classes: numbers come before texts, and
// these before bytes.
func compareClasses(a, b schema.Value) int {
	class := func(v schema.Value) int {
		return map[schema.Kind]int{schema.Text: 1, schema.Bytes: 2}[v.Kind()]
	}
	switch {
	case a.Kind() == b.Kind():
		return compareAlike(a, b)
	case class(a) != class(b):
		return cmp.Compare(class(a), class(b))
	case a.Kind() == schema.Float64:
		return -compareIntFloat(b.Int(), a.Float())
	}
	return compareIntFloat(a.Int(), b.Float())
}

// compareIntFloat compares an integer with a float, without rounding it to one.
func compareIntFloat(n int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	whole := math.Trunc(f)
	return cmp.Or(cmp.Compare(n, int64(whole)), cmp.Compare(0, f-whole))
}

// compareAlike compares two values of one kind.
func compareAlike(a, b schema.Value) int {
	switch a.Kind() {
	case schema.Uint64:
		return cmp.Compare(a.Uint(), b.Uint())
	case schema.Float32, schema.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case schema.Bytes:
		return slices.Compare(a.Bytes(), b.Bytes())
	case schema.Text, schema.UUID, schema.JSON:
		return strings.Compare(a.Text(), b.Text())
	}
	return cmp.Compare(a.Int(), b.Int())
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
