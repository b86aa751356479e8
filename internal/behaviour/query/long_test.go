package query_test

import (
	"context"
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

// heap is a row with much in it.
type heap struct {
	ID   int `prom:"key,auto"`
	Text string
	List []int64
	Doc  any `prom:"json"`
}

var (
	heapProto = prom.Proto[heap]()
	heapText  = prom.TextOf(heapProto, &heapProto.Text)
	heapList  = prom.ListOf(heapProto, &heapProto.List)
	heapDoc   = prom.JSONOf(heapProto, &heapProto.Doc)
)

// heaps stores a heap of a million letters and lists of n numbers.
func heaps(t *testing.T, db *prom.DB, n int) (repo *prom.Repo[heap], list []int64) {
	t.Helper()
	repo = prom.NewRepo[heap](prom.Using(db))
	list = make([]int64, n)
	for i := range list {
		list[i] = int64(i)
	}
	kit.MustCreate(t, repo, heap{Text: strings.Repeat("a", 1<<20), List: list, Doc: list})
	return repo, list
}

// Ensure that on SQLite, where one function may look at a whole text, the time of a condition does not grow with text
// times pattern, nor with list times list, so that a deadline is met.
func TestLongOperands(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	repo, list := heaps(t, kit.Open(t, dbtest.SQLite(t)), 20_000)
	long := strings.Repeat("a", 1000) + "b"
	backwards := make([]int64, len(list))
	for i := range list {
		backwards[i] = list[len(list)-1-i]
	}
	for name, tt := range map[string]struct {
		cond prom.Cond[*heap]
		want int
	}{
		"like":          {heapText.Like("%" + long + "%"), 0},
		"like end":      {heapText.Like("%" + long), 0},
		"like parts":    {heapText.Like("%" + long + "%" + long + "%"), 0},
		"like fold":     {prom.Fold(heapText).Like("%" + strings.ToUpper(long) + "%"), 0},
		"not like":      {prom.Not(heapText.Like("%" + long + "%")), 1},
		"contains":      {heapText.Contains(long), 0},
		"contains fold": {prom.Fold(heapText).Contains(long), 0},
		"suffix":        {heapText.HasSuffix(long), 0},
		"suffix fold":   {prom.Fold(heapText).HasSuffix(long), 0},
		"list":          {heapList.Contains(backwards...), 1},
		"contained by":  {heapList.ContainedBy(backwards...), 1},
		"overlaps":      {heapList.Overlaps(-1, -2, 19_999), 1},
		"document":      {heapDoc.Contains(backwards), 1},
		"not in it":     {heapDoc.Contains(append([]int64{-1}, backwards...)), 0},
	} {
		clock, start := dbtest.NewClock(t), time.Now()
		n, err := repo.Where(tt.cond).Count(context.Background())
		is.NoErr(err)
		if took := clock.Since(start); n != tt.want || took > 3*time.Second {
			t.Errorf("%s: %d rows in %v", name, n, took)
		}
	}
	_, err := repo.WithoutWhere().Update(context.Background(), heapList.Remove(backwards[1:]...))
	is.NoErr(err)
	is.Equal(kit.AllOf(t, repo)[0].List, []int64{19_999})
}

// Ensure that what does take long ends with the deadline on SQLite, inside one function, and that the connection works
// on.
func TestLongDeadline(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	repo, _ := heaps(t, kit.Open(t, dbtest.SQLite(t)), 1)
	object := func(s string) []any {
		list := make([]any, 6000)
		for i := range list {
			list[i] = map[string]any{"a": map[string]any{s: 1}}
		}
		return list
	}
	_, err := repo.WithoutWhere().Update(context.Background(),
		heapDoc.Set(append(object("b"), map[string]any{"a": map[string]any{"c": 1}})))
	is.NoErr(err)
	for name, cond := range map[string]prom.Cond[*heap]{
		"like":     heapText.Like("%" + strings.Repeat("_a", 5000) + "b%"),
		"document": heapDoc.Contains(object("c")),
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		clock, start := dbtest.NewClock(t), time.Now()
		_, err := repo.Where(cond).Count(ctx)
		cancel()
		if took := clock.Since(start); !errors.Is(err, prom.ErrTimeout) || took > 2*time.Second {
			t.Errorf("%s: %v after %v", name, err, took)
		}
		is.Equal(kit.Count(t, repo.Query()), 1)
	}
}

// Ensure that patterns find texts by their beginnings with an index of SQLite, however they are asked for.
func TestMatchIndex(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var log kit.Statements
	db := kit.Open(t, dbtest.SQLite(t), log.Option())
	repo := kit.Notes(db)
	kit.MustCreate(t, repo, kit.Note{Title: "prefix and more"})
	kit.RunSQL(t, db, `CREATE INDEX "by_title" ON "note" ("title")`)
	for name, cond := range map[string]prom.Cond[*kit.Note]{
		"prefix": kit.NoteTitle.HasPrefix("prefix"), "like": kit.NoteTitle.Like("prefix%"), "like parts": kit.NoteTitle.Like("pre%x_and%"),
	} {
		n, err := repo.Where(cond).Count(context.Background())
		is.NoErr(err)
		is.Equal(n, 1)
		log.Take()
		_, err = repo.Where(cond).All(context.Background())
		is.NoErr(err)
		text := log.Take()[0]
		is.True(strings.Contains(text, "GLOB ?"))
		args := strings.Count(text, "?")
		plan := ""
		rows, err := kit.SQLDB(t, db).Query("EXPLAIN QUERY PLAN "+strings.NewReplacer("prom_like(CAST(", "(", " AS TEXT), ?)",
			" = ?)").Replace(text), []any{"prefix*", "x"}[:args]...)
		is.NoErr(err)
		for rows.Next() {
			var id, parent, unused any
			var detail string
			is.NoErr(rows.Scan(&id, &parent, &unused, &detail))
			plan += detail
		}
		is.NoErr(rows.Close())
		if !strings.Contains(plan, "SEARCH") {
			t.Errorf("%s: %s: %s", name, text, plan)
		}
	}
}

// Ensure that large patches, which may come from a request, are merged in a time that does not grow with their square,
// as RFC 7396 says, on both engines.
func TestLongMerge(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[heap](prom.Using(kit.Open(t, e.DSN)))
		h := kit.MustCreate(t, repo, heap{Doc: map[string]any{"old": map[string]any{"x": 1, "y": 2}, "k1": "was", "z": 1}})
		wide := func(value func(i int) any) map[string]any {
			m := map[string]any{}
			for i := range 20_000 {
				m[fmt.Sprint("k", i)] = value(i)
			}
			return m
		}
		var deep any = map[string]any{"x": nil, "new": 1}
		for range 900 {
			deep = map[string]any{"a": deep}
		}
		clock, start := dbtest.NewClock(t), time.Now()
		for _, patch := range []any{
			deep, deep,
			wide(func(i int) any { return i }), wide(func(i int) any { return map[string]any{"n": i, "gone": nil} }),
			wide(func(i int) any { return []any{i, map[string]any{"stays": nil}} }),
			map[string]any{"old": map[string]any{"y": nil, "z": map[string]any{"gone": nil}}},
		} {
			_, err := repo.WithoutWhere().Update(ctx, heapDoc.Merge(patch))
			is.NoErr(err)
		}
		is.NoErr(repo.Reload(ctx, h))
		doc := h.Doc.(map[string]any)
		is.Equal(len(doc), 20_003)
		is.Equal(fmt.Sprint(doc["old"], doc["k1"], doc["k19999"], doc["z"]),
			"map[x:1 z:map[]] [1 map[stays:<nil>]] [19999 map[stays:<nil>]] 1")
		at := doc["a"]
		for range 899 {
			at = at.(map[string]any)["a"]
		}
		is.Equal(fmt.Sprint(at), "map[new:1]")
		_, err := repo.WithoutWhere().Update(ctx, heapDoc.Merge(wide(func(int) any { return nil })))
		is.NoErr(err)
		is.NoErr(repo.Reload(ctx, h))
		is.Equal(len(h.Doc.(map[string]any)), 3)
		is.True(clock.Since(start) < time.Minute)
		// Deeper than a document may be.
		for range 200 {
			deep = map[string]any{"a": deep}
		}
		_, err = repo.WithoutWhere().Update(ctx, heapDoc.Merge(deep))
		is.True(errors.Is(err, prom.ErrValidation))
	})
}
