package render_test

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

type post struct {
	ID    int64 `prom:"key,auto"`
	Title string
	Views int
	Stars *int
	At    time.Time
	Day   time.Time `prom:"date"`
	Price string    `prom:"decimal=10.2"`
	Code  string    `prom:"nocase"`
	Data  []byte
}

var (
	aPost     = prom.Proto[post]()
	postID    = prom.NumberOf(aPost, &aPost.ID)
	postTitle = prom.TextOf(aPost, &aPost.Title)
	postViews = prom.NumberOf(aPost, &aPost.Views)
	postStars = prom.NullNumberOf(aPost, &aPost.Stars)
	postAt    = prom.TimeOf(aPost, &aPost.At)
	postDay   = prom.TimeOf(aPost, &aPost.Day)
	postPrice = prom.OrderedOf(aPost, &aPost.Price)
	postCode  = prom.TextOf(aPost, &aPost.Code)
	postData  = prom.OrderedOf(aPost, &aPost.Data)
)

func postTable(tb testing.TB) *schema.Table {
	tb.Helper()
	p, err := scan.For(reflect.TypeFor[post]())
	if err != nil {
		tb.Fatal(err)
	}
	return p.Table
}

var dialects = []dialect.Dialect{sqlite.Dialect{}, postgres.Dialect{}}

// condsOf, ordersOf and assignsOf take the model off parts of a query, as the root does.
func condsOf(list ...prom.Cond[*post]) []*ast.Cond { return *(*[]*ast.Cond)(unsafe.Pointer(&list)) }

func ordersOf(list ...prom.Order[*post]) []*ast.Order {
	return *(*[]*ast.Order)(unsafe.Pointer(&list))
}

func assignsOf(list ...prom.Assign[*post]) []*ast.Assign {
	return *(*[]*ast.Assign)(unsafe.Pointer(&list))
}

// where returns a query with conditions.
func where(conds ...prom.Cond[*post]) ast.Spec { return ast.Spec{}.Where(condsOf(conds...)) }

// source gives the choices of a random query, from the bytes of a fuzzer.
type source []byte

func (s *source) n(below int) int {
	if len(*s) == 0 {
		return 0
	}
	b := int((*s)[0])
	*s = (*s)[1:]
	return b % below
}

// cond returns a condition of any form; its text depends on the choices, and some of its values too.
func (s *source) cond(depth int) prom.Cond[*post] {
	n := s.n(7)
	switch choice := s.n(24); choice {
	case 0:
		return postViews.Eq(n)
	case 1:
		return postViews.Gt(n)
	case 2:
		return postStars.IsNull()
	case 3:
		return postStars.Is(&n)
	case 4:
		return postStars.IsNot(&n)
	case 5:
		return postViews.In(make([]int, n)...)
	case 6:
		return postStars.NotIn(make([]int, n)...)
	case 7:
		return postTitle.Contains("x?%"[:n%4])
	case 8:
		return prom.Fold(postTitle).HasPrefix("x")
	case 9:
		return prom.Not(postCode.Like("x%"))
	case 10:
		return prom.Year(postAt).Eq(n)
	case 11:
		return prom.Week(postDay).In(n, 1)
	case 12:
		return postPrice.Lte(fmt.Sprint(n))
	case 13:
		return postData.Eq([]byte{byte(n)})
	case 14:
		return prom.Raw(aPost, "views = ?"+strings.Repeat(" OR ? = '?'", n), make([]any, n+1)...)
	case 15:
		return prom.Raw(aPost, []string{"1 = 1", "title ?? ?", "'??' = ?", `"at" = ?`, "1=1", "/*?*/ 1 = ?",
			"E'\\'?' = ?"}[n], make([]any, []int{0, 1, 1, 1, 0, 1, 1}[n])...)
	case 16:
		return prom.Cond[*post]{}
	case 17, 18:
		if depth > 0 {
			return prom.Not(s.cond(depth - 1))
		}
	case 19, 20, 21, 22, 23:
		if depth > 0 {
			many := 1
			if depth == 1 {
				many += s.n(5) // more than are joined flat
			}
			kids := make([]prom.Cond[*post], n*many)
			for i := range kids {
				kids[i] = s.cond(depth - 1)
			}
			if choice%2 == 0 {
				return prom.And(kids...)
			}
			return prom.Or(kids...)
		}
	}
	return postID.Ne(int64(n))
}

func (s *source) spec() ast.Spec {
	var q ast.Spec
	conds := make([]prom.Cond[*post], s.n(4))
	for i := range conds {
		conds[i] = s.cond(3)
	}
	q = q.Where(condsOf(conds...))
	orders := []prom.Order[*post]{postViews.Asc(), postViews.Desc(), postStars.Asc(), postStars.Desc(),
		prom.Month(postAt).Asc(), postAt.Asc(), postPrice.Desc(), {}}
	for range s.n(3) {
		q = q.OrderBy(ordersOf(orders[s.n(len(orders))]))
	}
	if s.n(3) == 0 {
		q = q.Limit(s.n(9))
	}
	if s.n(3) == 0 {
		q = q.Offset(s.n(9))
	}
	return q
}

// statement makes one statement of any kind.
func (s *source) statement(on *render.Statements) (string, []schema.Value, error) {
	kind, q := s.n(10), s.spec()
	cols := on.Table.Columns
	some := func() []*schema.Column { from := s.n(len(cols)); return cols[from : from+s.n(len(cols)-from)+1] }
	alone := func(text string, err error) (string, []schema.Value, error) { return text, nil, err }
	read := func(text *render.Text, args []schema.Value, err error) (string, []schema.Value, error) {
		if err != nil {
			return "", nil, err
		}
		return text.SQL, args, nil
	}
	switch kind {
	case 0:
		return read(on.Count(nil, q))
	case 1:
		return read(on.Has(nil, q))
	case 2:
		return read(on.SelectColumns(nil, q, some()))
	case 3:
		return read(on.Delete(nil, q.Unpaged().Unordered().WithoutWhere(), render.Returning(s.n(3))))
	case 4:
		assigns := []prom.Assign[*post]{postViews.Add(1), postViews.Set(1), postViews.Sub(1), postStars.SetNull(),
			postTitle.Set("x"), {}}
		return read(on.Update(nil, q.Unpaged().Unordered().WithoutWhere(), assignsOf(assigns[s.n(6)], postPrice.Set("1")),
			time.Time{}, render.Returning(s.n(3))))
	case 5:
		return alone(on.Insert(some(), 1+s.n(4)))
	case 6:
		cols := some()
		how := render.Conflict{On: some(), Set: some(), Nothing: s.n(2) == 0, Tell: s.n(2) == 0}
		return read(on.Upsert(make([]schema.Value, len(cols)), cols, how))
	case 7:
		return alone(on.UpdateKey(some(), some(), s.n(2) == 0))
	case 8:
		return alone(on.SelectBy(some()))
	}
	return read(on.Select(nil, q))
}

// sameAsFresh makes many statements with one cache and each of them again without, and compares.
func sameAsFresh(t *testing.T, data []byte) {
	t.Helper()
	table := postTable(t)
	for _, d := range dialects {
		cached := render.NewStatements(d, table)
		for s := source(data); len(s) > 0; {
			again := append(source{}, s...)
			text, args, err := s.statement(cached)
			want, wantArgs, err2 := again.statement(render.NewStatements(d, table))
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			if text != want || len(args) != len(wantArgs) {
				t.Fatalf("the cache has\n%s\nfor\n%s", text, want)
			}
		}
	}
}

// Ensure that two different statements never share a shape: what comes from the cache is what would be rendered.
func FuzzShape(f *testing.F) {
	f.Add([]byte("\x08\x02\x01\x13\x03\x00\x05\x08\x01\x01\x0e"))
	f.Add([]byte(strings.Repeat("\x08\x03\x06\x13\x05\x11\x0f\x01\x02", 40)))
	f.Fuzz(func(t *testing.T, data []byte) { sameAsFresh(t, data[:min(len(data), 1000)]) })
}

// Ensure the same of many random statements on one cache.
// suite: 4
func TestShapes(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	data := make([]byte, 60_000)
	for i := range data {
		seed = seed*6364136223846793005 + 1442695040888963407
		data[i] = byte(seed >> 56)
	}
	sameAsFresh(t, data)
	dbtest.Reportf(t, 4, "%d bytes of random statements in each dialect, from the cache as if there were none; make fuzz runs the targets", len(data))
}

// Ensure that values are no part of a shape, and that a shape is rendered once.
func TestShapeHolds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := render.NewStatements(sqlite.Dialect{}, postTable(t))
	for i := range 100 {
		q := where(postViews.In(make([]int, i)...), postTitle.HasPrefix(fmt.Sprint(i)),
			prom.Raw(aPost, "views > ?", i)).Limit(i)
		_, args, err := s.Select(nil, q)
		is.NoErr(err)
		is.Equal(len(args), 4)
	}
	is.Equal(s.Stats(), render.CacheStats{Shapes: 1, Hits: 99, Misses: 1})
}

// Ensure that a text whose table has not been looked at is rendered once, and once more when the table is known.
func TestShapeOfUnknownTable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var known atomic.Bool
	forms := func(*schema.Table) (schema.Forms, bool) { return nil, known.Load() }
	s := render.NewFormedStatements(sqlite.Dialect{}, postTable(t), forms, new(atomic.Uint64))
	ask := func() *render.Text {
		text, _, err := s.Select(nil, where(postViews.Eq(1)))
		is.NoErr(err)
		return text
	}
	first := ask()
	is.Equal(len(first.Unknown()), 1)
	is.True(ask() == first)
	again, err := first.Again() // as after a look at a table that is not there
	is.NoErr(err)
	is.True(again == first)
	known.Store(true)
	second := ask()
	is.Equal(len(second.Unknown()), 0)
	is.Equal(second.SQL, first.SQL)
	is.True(ask() == second)
	again, err = first.Again()
	is.NoErr(err)
	is.True(again == second)
	is.Equal(s.Stats(), render.CacheStats{Shapes: 1, Hits: 4, Misses: 1})
}

// Ensure that the text of an upsert, which a call with other columns makes anew, does not hold lists that the first
// caller uses again.
func TestShapeOfUnknownTable_Upsert(t *testing.T) {
	t.Parallel()
	for _, many := range []bool{false, true} {
		is := is.New(t)
		var known atomic.Bool
		forms := func(*schema.Table) (schema.Forms, bool) { return nil, known.Load() }
		table := postTable(t)
		s := render.NewFormedStatements(sqlite.Dialect{}, table, forms, new(atomic.Uint64))
		cols, on := slices.Clone(table.Columns), slices.Clone(table.Key)
		set := slices.DeleteFunc(slices.Clone(cols), func(c *schema.Column) bool { return c.Key })
		upsert := s.Upsert
		if many {
			upsert = func(args []schema.Value, cols []*schema.Column, c render.Conflict) (*render.Text, []schema.Value, error) {
				return s.UpsertMany(args, cols, c, 1)
			}
		}
		first, _, err := upsert(make([]schema.Value, len(cols)), cols, render.Conflict{On: on, Set: set})
		is.NoErr(err)
		for _, list := range [][]*schema.Column{cols, on, set} {
			slices.Reverse(list)
			list[0] = table.Column("views")
		}
		known.Store(true)
		again, err := first.Again()
		is.NoErr(err)
		is.Equal(len(again.Unknown()), 0)
		is.Equal(again.SQL, first.SQL)
	}
}

// Ensure that the cache is bounded, whatever raw SQL a program makes, and right while goroutines fill it.
func TestCacheBound(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := render.NewStatements(postgres.Dialect{}, postTable(t))
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for g := range errs {
		wg.Go(func() {
			for i := range 1500 {
				raw := fmt.Sprintf("views > %d", g*1000+i)
				text, _, err := s.Select(nil, where(prom.Raw(aPost, raw)))
				if err != nil || !strings.HasSuffix(text.SQL, "WHERE ("+raw+")") {
					errs[g] = fmt.Errorf("%s: %v: %w", raw, text, err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		is.NoErr(err)
	}
	is.True(s.Stats().Shapes <= 1024)
	is.True(s.Stats().Shapes > 1)
}

// Ensure that bulk inserts are remembered once, however often what was known of tables becomes old.
func TestBulksEnd(t *testing.T) {
	is := is.New(t)
	table, epoch := postTable(t), new(atomic.Uint64)
	s := render.NewFormedStatements(sqlite.Dialect{}, table, func(*schema.Table) (schema.Forms, bool) { return nil, true },
		epoch)
	text := s.Bulk(table.Columns, nil)
	const epochs = 5000
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	for range epochs {
		epoch.Add(1)
		is.Equal(s.Bulk(table.Columns, nil), text)
	}
	is.True(held() < before+epochs*20) // each of them has some hundred bytes
	runtime.KeepAlive(s)
}

// Ensure that long chains become trees that are no deeper than SQLite takes, with every argument in its place.
func TestBalancedTrees(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		s := render.NewStatements(d, postTable(t))
		for _, n := range []int{1, 16, 17, 1000, 5000} {
			is := is.New(t)
			conds := make([]prom.Cond[*post], n)
			for i := range conds {
				conds[i] = postViews.Eq(i)
			}
			text, args, err := s.Select(nil, where(prom.Or(conds...)))
			is.NoErr(err)
			is.Equal(len(args), n)
			for i, a := range args {
				is.Equal(a.Int(), int64(i))
			}
			depth, deepest := 0, 0
			for _, c := range text.SQL {
				switch c {
				case '(':
					depth++
				case ')':
					depth--
				}
				deepest = max(deepest, depth)
			}
			is.Equal(depth, 0)
			is.True(deepest <= 12)
			is.Equal(strings.Count(text.SQL, " OR "), n-1)
		}
	}
}

// BenchmarkShape looks up the statement of a query of a known shape, built each time as a program makes it.
// TARGETS: section 1
func BenchmarkShape(b *testing.B) {
	s := render.NewStatements(postgres.Dialect{}, postTable(b))
	at := time.Now()
	b.Run("build and look up", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			q := where(postViews.Gt(3), postTitle.Eq("x"), postAt.Lt(at))
			q = q.OrderBy(ordersOf(postViews.Desc())).Limit(10)
			if _, _, err := s.Select(nil, q); err != nil {
				b.Fatal(err)
			}
		}
	})
	q := where(postViews.Gt(3), postTitle.Eq("x"), postAt.Lt(at))
	q = q.OrderBy(ordersOf(postViews.Desc())).Limit(10)
	b.Run("look up", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := s.Select(nil, q); err != nil {
				b.Fatal(err)
			}
		}
	})
}
