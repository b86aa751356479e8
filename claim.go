package prom

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// Claim takes the first n rows of the query, or as many as there are, by updating them in one statement: the way to take jobs from a
// queue. However many claim at once, each row goes to one of them, if the assignments take it out of the query's rows. A row that
// another transaction has locked is passed over, not waited for. Claim returns the rows as they are then. Without a condition it is
// refused; see AllRows.
//
//	jobs.Where(JobState.Eq("new")).OrderBy(JobDue.Asc()).Claim(ctx, 10, JobState.Set("taken"), JobBy.Set(me))
//
// The rows come in the query's order, on SQLite as far as columns that the claim does not change tell it, and in no order behind that.
// The query takes no limit, offset or lock, and the model must have a primary key.
//
// When the rows cannot be read, or what is asked for With them, or a hook AfterLoad fails, none has been taken.
func (q *Query[T]) Claim(ctx context.Context, n int, assigns ...Assign[T]) (list []T, err error) {
	follows := len(q.with) > 0 || q.repo.hooks&afterLoad != 0
	err = q.repo.undoneWith(ctx, follows, func(ctx context.Context) error {
		list, err = q.claim(ctx, n, assigns)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (q *Query[T]) claim(ctx context.Context, n int, assigns []Assign[T]) ([]T, error) {
	r := q.repo
	if err := r.needKey("claim"); err != nil {
		return nil, err
	}
	b, err := r.bind()
	if err != nil {
		return nil, err
	}
	w := r.take()
	defer r.give(w)
	text, args, err := query.Claim(b.stmts, w.args, q.spec, n, assigns, now())
	if err != nil {
		return nil, errorOf("claim", r.table, err)
	}
	w.args = args
	w.setText("claim", text)
	w.Write = true
	w.returns(r.plan, keptAll)
	list, err := r.readList(ctx, b, w, max(0, n))
	if err != nil {
		return nil, err
	}
	if err := q.sortClaimed(b, list, assigns); err != nil {
		return nil, err
	}
	if err := q.complete(ctx, b, list); err != nil {
		return nil, err
	}
	return list, nil
}

// complete loads what goes with rows that were read without it, and calls their hooks.
func (q *Query[T]) complete(ctx context.Context, b *binding, list []T) error {
	if len(q.with) > 0 {
		if err := loadAll(ctx, b, q.with, pointers(list)); err != nil {
			return err
		}
	}
	return loaded(ctx, q.repo.hooks, list)
}

// sortClaimed puts rows in the query's order, where the database has not.
func (q *Query[T]) sortClaimed(b *binding, list []T, assigns []Assign[T]) error {
	cols, desc, nullsFirst := query.ClaimOrder(b.stmts, q.spec, assigns)
	if len(cols) == 0 {
		return nil
	}
	by := make([][]schema.Value, len(list))
	for i := range list {
		var err error
		if by[i], err = q.repo.tuple(&list[i], cols); err != nil {
			return err
		}
	}
	unsorted := slices.Clone(list)
	for i, at := range sortedPlaces(by, desc, nullsFirst) {
		list[i] = unsorted[at]
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
