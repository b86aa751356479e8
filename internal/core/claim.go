package core

import (
	"cmp"
	"context"
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
	switch a.Kind() {
	case schema.Uint64:
		n = cmp.Compare(a.Uint(), b.Uint())
	case schema.Float32, schema.Float64:
		n = cmp.Compare(a.Float(), b.Float())
	case schema.Bytes:
		n = slices.Compare(a.Bytes(), b.Bytes())
	case schema.Text, schema.UUID, schema.JSON:
		n = strings.Compare(a.Text(), b.Text())
	default:
		n = cmp.Compare(a.Int(), b.Int())
	}
	if desc {
		return -n
	}
	return n
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
