package kit

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/prom-go/prom"
)

// Count counts the rows of a query.
func Count[T any](t *testing.T, q *prom.Query[T]) int {
	t.Helper()
	n, err := q.Count(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// MustIn is [MustCreate] with a context.
func MustIn[T any](ctx context.Context, tb testing.TB, repo *prom.Repo[T], v T) *T {
	tb.Helper()
	if err := repo.Create(ctx, &v); err != nil {
		tb.Fatal(err)
	}
	return &v
}

// Tiles fills a repo of notes: views 0 to n-1, and stars the views divided by 2, or NULL when they are divisible by 3.
func Tiles(t *testing.T, db *prom.DB, n int) *prom.Repo[Note] {
	t.Helper()
	list := make([]Note, n)
	for i := range list {
		list[i] = Note{Title: fmt.Sprintf("n%04d", i), Views: i, At: time.Unix(int64(i), 0)}
		if i%3 != 0 {
			half := i / 2
			list[i].Stars = &half
		}
	}
	repo := Notes(db)
	if err := repo.CreateMany(context.Background(), list); err != nil {
		t.Fatal(err)
	}
	return repo
}

// Views lists the views of the rows of a query, in its order, or by size when it has none.
func Views(t *testing.T, q *prom.Query[Note], ordered bool) []int {
	t.Helper()
	list, err := q.All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := make([]int, len(list))
	for i := range list {
		got[i] = list[i].Views
	}
	if !ordered {
		slices.Sort(got)
	}
	return got
}

// AllOf returns the rows of a repo.
func AllOf[T any](tb testing.TB, repo *prom.Repo[T]) []T {
	tb.Helper()
	list, err := repo.All(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// MustCreate inserts a value and returns it.
func MustCreate[T any](tb testing.TB, repo *prom.Repo[T], v T) *T {
	tb.Helper()
	return MustIn(context.Background(), tb, repo, v)
}
